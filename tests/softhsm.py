"""A key device made of software (SoftHSM), for tests. It reads its configuration once a process, so all tests share one token."""

import atexit
import os
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import load_der_public_key

from esurety.settings import KeyDevice
from tests.signing import PEM, SURETY_NAME, the_root

try:
    import pkcs11
    from pkcs11.util.ec import encode_ec_public_key, encode_named_curve_parameters
except ImportError:
    pkcs11 = None  # type: ignore[assignment]

_LIBRARY = next((path for path in Path("/usr/lib").glob("**/libsofthsm2.so")), None)
PIN = "4711"
needs_softhsm = pytest.mark.skipif(
    pkcs11 is None or _LIBRARY is None or shutil.which("softhsm2-util") is None, reason="SoftHSM or python-pkcs11 is not installed"
)


@cache
def the_device() -> KeyDevice:
    """The token of the session, empty at first."""
    home = Path(tempfile.mkdtemp(prefix="esurety-softhsm-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    (home / "tokens").mkdir()
    (home / "softhsm2.conf").write_text(f"directories.tokendir = {home / 'tokens'}\nobjectstore.backend = file\n")
    os.environ["SOFTHSM2_CONF"] = str(home / "softhsm2.conf")
    options = ["--init-token", "--free", "--label", "esurety", "--pin", PIN, "--so-pin", "0815"]
    subprocess.run(["softhsm2-util", *options], check=True, capture_output=True)
    return KeyDevice(str(_LIBRARY), "esurety", PIN)


@cache
def certificate_of_key(label: str) -> bytes:
    """Make a key pair in the device, whose private half cannot be taken out; answers the certificate for it, as PEM."""
    device = the_device()
    with pkcs11.lib(device.module).get_token(token_label=device.token).open(user_pin=device.pin, rw=True) as session:
        curve = encode_named_curve_parameters("secp256r1")
        parameters = session.create_domain_parameters(pkcs11.KeyType.EC, {pkcs11.Attribute.EC_PARAMS: curve}, local=True)
        public, _private = parameters.generate_keypair(store=True, label=label)
        key = load_der_public_key(encode_ec_public_key(public))
    assert isinstance(key, ec.EllipticCurvePublicKey)

    class OnlyPublic:
        def public_key(self) -> ec.EllipticCurvePublicKey:
            return key

    return the_root().certify(SURETY_NAME, OnlyPublic()).public_bytes(PEM)  # type: ignore[arg-type]
