"""Keeping authentication keys: a verifier to check a typed key, a sealed copy for re-printing the notice.

The pepper and the key-encryption key live outside the database and its backups, so that a stolen database opens nothing.
"""

import hmac
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.settings import Secrets

_NONCE_BYTES = 12
# A hash takes 12 MiB and 21 ms of a core: whoever floods the gate must not take the whole machine.
_HASHES_AT_ONCE = 2
_WAIT_FOR_A_HASH_SECONDS = 0.25
_CODE_DIGITS = 8


class KeyNotReadable(Exception):
    """The sealed key cannot be opened: the key-encryption key is another one, or the record was tampered with."""


class HashersBusy(Exception):
    """As many keys are being checked in this process as may be at once."""


class KeyVault:
    """Seals, unseals and verifies keys with the secrets of this installation."""

    def __init__(self, keep: Secrets, *, cheap_hashing: bool = False) -> None:
        self._pepper = keep.key_pepper
        self._cipher = AESGCM(keep.key_encryption_key)
        memory = 8 if cheap_hashing else 12 * 1024
        self._hasher = PasswordHasher(time_cost=1 if cheap_hashing else 3, memory_cost=memory, parallelism=1)
        self._nobody = self._hasher.hash(secrets.token_hex(16))
        self._slots = BoundedSemaphore(_HASHES_AT_ONCE)

    def verifier(self, key: AuthenticationKey) -> str:
        """What is stored to check the key against: argon2id over the peppered key."""
        return self._hasher.hash(self._peppered(key.reveal()))

    def matches(self, verifier: str | None, key: AuthenticationKey | None) -> bool:
        """Whether the key is the verifier's. An unknown contract or a malformed key costs the same hash and never matches.

        Raises HashersBusy.
        """
        typed = self._peppered(key.reveal() if key is not None else "")
        try:
            with self._slot():
                found = self._hasher.verify(verifier or self._nobody, typed)
        except (VerificationError, InvalidHashError):
            return False
        return found and verifier is not None and key is not None

    def seal(self, key: AuthenticationKey, number: GuaranteeContractNumber, key_version: int) -> bytes:
        """The key encrypted and bound to its contract and version."""
        nonce = secrets.token_bytes(_NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, key.reveal().encode(), _bound_to(number, key_version))

    def unseal(self, sealed: bytes, number: GuaranteeContractNumber, key_version: int) -> AuthenticationKey:
        """The key in clear, for the notice. Raises KeyNotReadable."""
        try:
            clear = self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _bound_to(number, key_version))
        except (InvalidTag, ValueError) as no:  # ValueError: too short to be sealed at all
            raise KeyNotReadable(f"the key of {number} cannot be unsealed") from no
        return AuthenticationKey(clear.decode())

    def one_time_code(self, nonce: str) -> str:
        """The mailed code of eight digits that belongs to a nonce; whoever reads the database alone cannot reckon it."""
        digest = hmac.digest(self._pepper, f"gate code {nonce}".encode(), "sha256")
        return f"{int.from_bytes(digest) % 10**_CODE_DIGITS:0{_CODE_DIGITS}d}"

    @contextmanager
    def _slot(self) -> Iterator[None]:
        if not self._slots.acquire(timeout=_WAIT_FOR_A_HASH_SECONDS):
            raise HashersBusy
        try:
            yield
        finally:
            self._slots.release()

    def _peppered(self, text: str) -> str:
        return hmac.digest(self._pepper, text.encode(), "sha256").hex()


def _bound_to(number: GuaranteeContractNumber, key_version: int) -> bytes:
    return f"{number.text}/{key_version}".encode()
