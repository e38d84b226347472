"""A key in a device, here SoftHSM: it signs over PKCS#11 and cannot be read out."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256

from esurety.documents import device_key as module
from esurety.documents.certificate import render_certificate
from esurety.documents.device_key import device_key
from esurety.documents.sign_certificate import sign
from esurety.documents.signing_identity import UnusableIdentity, identity_in, load_identity
from esurety.domain.certificate_data import certificate_data
from esurety.domain.signing_problem import SigningProblem
from esurety.settings import KeyDevice
from tests.documents.conftest import CERTIFICATE
from tests.documents.test_sign_certificate import SIGNED_AT, validated
from tests.signing import pdfsig, the_root
from tests.softhsm import PIN, certificate_of_key, needs_softhsm, the_device

pytestmark = needs_softhsm


@dataclass(frozen=True)
class Surety:
    """A surety whose key is in the device."""

    device: KeyDevice
    folder: Path


@pytest.fixture
def surety(tmp_path: Path) -> Surety:
    folder = tmp_path / "1"
    folder.mkdir()
    (folder / "certificate.pem").write_bytes(certificate_of_key("surety-1"))
    certificate_of_key("surety-2")
    return Surety(the_device(), folder)


def test_a_key_in_a_device_signs_as_one_in_a_file(surety: Surety, tmp_path: Path) -> None:
    identity = identity_in(surety.folder, device_key(surety.device, 1))

    pdf = sign(render_certificate(CERTIFICATE), identity=identity, data_json=certificate_data(CERTIFICATE), signed_at=SIGNED_AT)

    assert validated(pdf).bottom_line
    said = pdfsig(pdf, tmp_path, trusting=the_root().pem)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said


def test_threads_sign_one_after_the_other(surety: Surety) -> None:
    key = device_key(surety.device, 1)
    public = x509.load_pem_x509_certificate((surety.folder / "certificate.pem").read_bytes()).public_key()

    with ThreadPoolExecutor(4) as threads:
        signatures = list(threads.map(key.signature, [b"said"] * 12))

    assert isinstance(public, ec.EllipticCurvePublicKey)
    for signature in signatures:
        public.verify(signature, b"said", ec.ECDSA(SHA256()))


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")  # the library's own, about the session that is gone
def test_a_device_that_was_away_for_a_moment_is_asked_again(surety: Surety) -> None:
    key = device_key(surety.device, 1)
    key.signature(b"before")
    key._sessions._session.close()

    assert key.signature(b"after")


@pytest.mark.parametrize(
    "spoil",
    [
        lambda device: replace(device, pin="0000"),
        lambda device: replace(device, token="another"),
        lambda device: replace(device, module="/nowhere/lib.so"),
    ],
    ids=["wrong pin", "no such token", "no such library"],
)
def test_a_device_that_cannot_be_used_is_named_so(surety: Surety, spoil: Callable[[KeyDevice], KeyDevice]) -> None:
    with pytest.raises(UnusableIdentity) as refused:
        load_identity(surety.folder, device_key(spoil(surety.device), 1))

    assert refused.value.problem is SigningProblem.DEVICE_UNREACHABLE


def test_a_surety_without_a_key_in_the_device_is_told(surety: Surety) -> None:
    with pytest.raises(UnusableIdentity) as refused:
        load_identity(surety.folder, device_key(surety.device, 3))

    assert refused.value.problem is SigningProblem.NO_KEY_IN_DEVICE


def test_another_key_of_the_device_does_not_pair(surety: Surety) -> None:
    with pytest.raises(UnusableIdentity) as refused:
        load_identity(surety.folder, device_key(surety.device, 2))

    assert refused.value.problem is SigningProblem.KEY_OF_ANOTHER_CERTIFICATE


def test_without_the_software_it_says_what_to_install(surety: Surety, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "pkcs11", None)
    with pytest.raises(UnusableIdentity) as refused:
        device_key(surety.device, 1)

    assert refused.value.problem is SigningProblem.NO_DEVICE_SOFTWARE
    assert "python-pkcs11" in refused.value.problem.advice


def test_the_pin_shows_itself_nowhere(surety: Surety) -> None:
    key = device_key(surety.device, 1)

    assert PIN not in f"{surety.device!r} {key!r} {identity_in(surety.folder, key)!r}".replace(str(surety.folder), "")
