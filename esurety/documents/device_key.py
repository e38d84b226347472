"""A signing key that never leaves its device: asked over PKCS#11, one session a process, opened anew when the device was away."""

import hashlib
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from threading import Lock
from typing import Any

from esurety.documents.signing_identity import UnusableIdentity
from esurety.domain.signing_problem import SigningProblem
from esurety.settings import KeyDevice

try:
    import pkcs11
    from pkcs11.util.ec import encode_ecdsa_signature
except ImportError:  # only installations with such a device need it: pip install python-pkcs11
    pkcs11 = None  # type: ignore[assignment] # said plainly when a device is set


@dataclass(frozen=True)
class DeviceKey:
    """The private key with a label in the device of the settings."""

    device: KeyDevice
    label: str
    _sessions: "_Sessions" = field(repr=False)

    def signature(self, data: bytes) -> bytes:
        """ECDSA over P-256 with SHA-256, as DER. Raises UnusableIdentity."""
        digest = hashlib.sha256(data).digest()
        return bytes(encode_ecdsa_signature(self._sessions.sign(self.label, digest)))


def device_key(device: KeyDevice, surety_id: int) -> DeviceKey:
    """The key of a surety in the device; it is first asked for when something is signed. Raises UnusableIdentity."""
    if pkcs11 is None:
        raise UnusableIdentity(SigningProblem.NO_DEVICE_SOFTWARE)
    return DeviceKey(device, f"surety-{surety_id}", _sessions_with(device))


class _Sessions:
    """One session of this process with the device. Servers fork before anything is signed: PKCS#11 forbids to share a session."""

    def __init__(self, device: KeyDevice) -> None:
        self._device = device
        self._one_at_a_time = Lock()
        self._session: Any = None

    def sign(self, label: str, digest: bytes) -> bytes:
        """A raw ECDSA signature. Raises UnusableIdentity."""
        with self._one_at_a_time:
            try:
                return self._sign_again(label, digest) if self._session is None else self._sign(label, digest)
            except pkcs11.NoSuchKey:
                raise UnusableIdentity(SigningProblem.NO_KEY_IN_DEVICE) from None
            except pkcs11.PKCS11Error:
                return self._sign_again(label, digest)  # the device may have been away for a moment

    def _sign_again(self, label: str, digest: bytes) -> bytes:
        """With a fresh session."""
        self._let_go()
        try:
            return self._sign(label, digest)
        except pkcs11.NoSuchKey:
            raise UnusableIdentity(SigningProblem.NO_KEY_IN_DEVICE) from None
        except pkcs11.PKCS11Error:
            self._let_go()
            raise UnusableIdentity(SigningProblem.DEVICE_UNREACHABLE) from None

    def _let_go(self) -> None:
        if self._session is not None:
            with suppress(pkcs11.PKCS11Error):  # a device that is away cannot close its sessions either
                self._session.close()
        self._session = None

    def _sign(self, label: str, digest: bytes) -> bytes:
        key = self._opened().get_key(object_class=pkcs11.ObjectClass.PRIVATE_KEY, label=label)
        signed: bytes = key.sign(digest, mechanism=pkcs11.Mechanism.ECDSA)
        return signed

    def _opened(self) -> Any:
        if self._session is None:
            try:
                token = pkcs11.lib(self._device.module).get_token(token_label=self._device.token)
            except (OSError, RuntimeError) as no:
                raise pkcs11.GeneralError from no
            self._session = token.open(user_pin=self._device.pin)
        return self._session


@cache
def _sessions_with(device: KeyDevice) -> _Sessions:
    return _Sessions(device)
