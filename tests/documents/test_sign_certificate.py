"""Signed certificates, judged by two strangers: poppler's pdfsig and pyHanko's validator. Expected values: the issue, PAdES, RFC 5754."""

import asyncio
import io
import json
import logging
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, rsa
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from esurety.documents.certificate import render_certificate
from esurety.documents.demo_authority import ensure_demo_identity
from esurety.documents.sign_certificate import sign
from esurety.documents.signing_identity import UnusableIdentity, identity_in, load_identity
from esurety.documents.trusted_roots import UnreadableRoots, trusted_roots
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.certificate_data import certificate_data, content_of_data
from esurety.domain.signing_problem import SigningProblem
from tests.documents.conftest import CERTIFICATE
from tests.signing import TestAuthority, key_pem, new_key, pdfsig, put_identity, signing_folder, the_root

SIGNED_AT = datetime(2024, 4, 1, 3, 0, tzinfo=UTC)


def signed(content: CertificateContent, folder: Path | None = None) -> bytes:
    identity = identity_in(folder or signing_folder() / "1")
    return sign(render_certificate(content), identity=identity, data_json=certificate_data(content), signed_at=SIGNED_AT)


@pytest.fixture(scope="module")
def signed_example() -> bytes:
    return signed(CERTIFICATE)


def validated(pdf: bytes, at: datetime = SIGNED_AT) -> PdfSignatureStatus:
    (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    roots = trusted_roots(signing_folder())
    context = ValidationContext(trust_roots=list(roots.real), moment=at, allow_fetching=False)
    return asyncio.run(async_validate_pdf_signature(signature, signer_validation_context=context))


def test_poppler_finds_the_whole_document_validly_signed_and_trusted(signed_example: bytes, tmp_path: Path) -> None:
    said = pdfsig(signed_example, tmp_path, trusting=the_root().pem)

    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "Signature Type: ETSI.CAdES.detached" in said
    assert "Signing Hash Algorithm: SHA-256" in said
    assert "Signature Field Name: SuretySignature" in said
    assert said.count("Signature #") == 1


def test_poppler_does_not_trust_it_without_our_root(signed_example: bytes, tmp_path: Path) -> None:
    assert "Certificate is Trusted" not in pdfsig(signed_example, tmp_path)


def test_pyhankos_validator_agrees(signed_example: bytes) -> None:
    status = validated(signed_example)

    assert status.bottom_line
    assert status.coverage is SignatureCoverageLevel.ENTIRE_FILE
    assert status.trusted
    assert status.docmdp_ok


def test_it_is_ecdsa_over_p256_with_sha256_and_no_change_is_allowed(signed_example: bytes) -> None:
    (signature,) = PdfFileReader(io.BytesIO(signed_example)).embedded_signatures
    signer = signature.signer_info

    assert signer["signature_algorithm"]["algorithm"].native == "sha256_ecdsa"
    assert signer["digest_algorithm"]["algorithm"].native == "sha256"
    assert signature.signer_cert.public_key.curve == ("named", "secp256r1")
    assert signature.docmdp_level is MDPPerm.NO_CHANGES
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert {"signing_certificate_v2", "message_digest", "content_type"} <= {one["type"].native for one in signer["signed_attrs"]}
    assert signature.self_reported_timestamp == SIGNED_AT


def test_the_data_is_attached_as_an_associated_file_in_the_signed_revision(signed_example: bytes, tmp_path: Path) -> None:
    reader = PdfFileReader(io.BytesIO(signed_example))
    (file,) = reader.root["/AF"]
    (tmp_path / "signed.pdf").write_bytes(signed_example)
    subprocess.run(["pdfdetach", "-save", "1", "-o", tmp_path / "data.json", tmp_path / "signed.pdf"], check=True)

    file = file.get_object()
    assert file["/AFRelationship"] == "/Data"
    assert file["/UF"] == "esurety-certificate.json"
    assert file["/EF"]["/F"]["/Subtype"] == "/application/json"
    assert reader.total_revisions == 2
    data = (tmp_path / "data.json").read_bytes()
    assert content_of_data(data) == CERTIFICATE
    assert json.loads(data)["guaranteed_amount"] == 19_440_000


def test_the_rendered_file_is_its_beginning_byte_for_byte(signed_example: bytes) -> None:
    assert signed_example.startswith(render_certificate(CERTIFICATE))


def test_the_page_is_still_one_good_sheet(signed_example: bytes, assert_good_sheet: Callable[[bytes], None]) -> None:
    assert_good_sheet(signed_example)


@pytest.mark.parametrize("place", [100, 30_000, -700, -30])
def test_a_flipped_bit_is_found(signed_example: bytes, place: int, tmp_path: Path) -> None:
    flipped = bytearray(signed_example)
    flipped[place] ^= 1

    assert "Signature is Valid" not in pdfsig(bytes(flipped), tmp_path) or not _is_valid(bytes(flipped))


def _is_valid(pdf: bytes) -> bool:
    try:
        status = validated(pdf)
    except Exception:  # noqa: BLE001 - whatever stops the validator is no "valid"
        return False
    return bool(status.bottom_line) and status.coverage is SignatureCoverageLevel.ENTIRE_FILE


def test_intermediates_travel_in_the_signature(tmp_path: Path) -> None:
    middle = the_root().intermediate()
    put_identity(tmp_path, middle, chain=(middle,))

    pdf = signed(CERTIFICATE, tmp_path)

    assert validated(pdf).bottom_line
    (tmp_path / "poppler").mkdir()
    assert "Certificate is Trusted" in pdfsig(pdf, tmp_path / "poppler", trusting=the_root().pem)


def test_a_long_chain_has_room(tmp_path: Path) -> None:
    authority, chain = the_root(), []
    for number in range(12):
        authority = authority.intermediate(f"試験用中間認証局その{number}" + "長" * 8)
        chain.append(authority)
    put_identity(tmp_path, authority, chain=tuple(reversed(chain)))
    assert len((tmp_path / "certificate.pem").read_bytes()) > 4096 * 2

    assert validated(signed(CERTIFICATE, tmp_path)).bottom_line


def test_a_certificate_signed_with_a_key_since_replaced_stays_valid(tmp_path: Path) -> None:
    put_identity(tmp_path, the_root(), valid_until=datetime(2024, 12, 31, tzinfo=UTC))
    before = signed(CERTIFICATE, tmp_path)
    put_identity(tmp_path, the_root())

    after = signed(CERTIFICATE, tmp_path)

    assert validated(before).bottom_line
    assert validated(after).bottom_line
    assert not validated(before, at=datetime(2025, 6, 1, tzinfo=UTC)).bottom_line  # judged by today's date it would not be


# ---- what hinders ----


def _missing_key(folder: Path) -> None:
    (folder / "key.pem").unlink()


def _missing_certificate(folder: Path) -> None:
    (folder / "certificate.pem").unlink()


def _scrambled_key(folder: Path) -> None:
    (folder / "key.pem").write_text("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n")


def _scrambled_certificate(folder: Path) -> None:
    (folder / "certificate.pem").write_text("not a certificate")


def _another_key(folder: Path) -> None:
    (folder / "key.pem").write_bytes(key_pem(new_key()))


def _rsa(folder: Path) -> None:
    put_identity(folder, the_root(), key=rsa.generate_private_key(public_exponent=65537, key_size=2048))


def _other_curve(folder: Path) -> None:
    put_identity(folder, the_root(), key=ec.generate_private_key(ec.SECP384R1()))


def _only_encrypts(folder: Path) -> None:
    put_identity(folder, the_root(), signs=False)


def _an_authoritys_own(folder: Path) -> None:
    put_identity(folder, the_root(), is_authority=True)


def _expired(folder: Path) -> None:
    put_identity(folder, the_root(), valid_until=SIGNED_AT - timedelta(seconds=1))


def _not_yet(folder: Path) -> None:
    put_identity(folder, the_root(), valid_from=SIGNED_AT + timedelta(seconds=1))


@pytest.mark.parametrize(
    ("happen", "problem"),
    [
        (_missing_key, SigningProblem.NO_KEY),
        (_missing_certificate, SigningProblem.NO_CERTIFICATE),
        (_scrambled_key, SigningProblem.UNREADABLE_KEY),
        (_scrambled_certificate, SigningProblem.UNREADABLE_CERTIFICATE),
        (_another_key, SigningProblem.KEY_OF_ANOTHER_CERTIFICATE),
        (_rsa, SigningProblem.KEY_IS_NOT_P256),
        (_other_curve, SigningProblem.KEY_IS_NOT_P256),
        (_only_encrypts, SigningProblem.CERTIFICATE_NOT_FOR_SIGNING),
        (_an_authoritys_own, SigningProblem.CERTIFICATE_NOT_FOR_SIGNING),
        (_expired, SigningProblem.EXPIRED),
        (_not_yet, SigningProblem.NOT_YET_VALID),
    ],
)
def test_what_hinders_has_its_own_name(tmp_path: Path, happen: Callable[[Path], None], problem: SigningProblem) -> None:
    put_identity(tmp_path, the_root())
    happen(tmp_path)

    with pytest.raises(UnusableIdentity) as refused:
        identity_in(tmp_path).require_valid(SIGNED_AT)

    assert refused.value.problem is problem


def test_every_problem_has_a_sentence_of_its_own() -> None:
    sentences = [problem.sentence for problem in SigningProblem]

    assert len(set(sentences)) == len(sentences)
    assert all(problem.advice for problem in SigningProblem)


def test_new_files_are_used_without_a_restart(tmp_path: Path) -> None:
    put_identity(tmp_path, the_root())
    before = identity_in(tmp_path)
    assert identity_in(tmp_path) is before

    put_identity(tmp_path, the_root())

    assert identity_in(tmp_path).certificate.serial_number != before.certificate.serial_number


def test_a_key_shows_itself_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    key = new_key()
    put_identity(tmp_path, the_root(), key=key)
    secret = f"{key.private_numbers().private_value:x}"
    body = key_pem(key).decode().splitlines()[1]

    with caplog.at_level(logging.DEBUG):
        identity = load_identity(tmp_path)
        signed(CERTIFICATE, tmp_path)
        (tmp_path / "key.pem").write_bytes(key_pem(key).replace(b"BEGIN", b"BEGAN"))
        with pytest.raises(UnusableIdentity) as refused:
            load_identity(tmp_path)

    shown = f"{identity!r} {identity} {vars(refused.value)} {refused.getrepr(style='long')} {caplog.text}"
    assert body not in shown
    assert secret not in shown


# ---- demonstration ----


def test_a_demonstrations_root_is_never_among_the_real_ones(tmp_path: Path) -> None:
    ensure_demo_identity(tmp_path, 1, "電子保証株式会社")
    (tmp_path / "roots.pem").write_bytes((tmp_path / "demo-roots.pem").read_bytes() + the_root().pem)

    roots = trusted_roots(tmp_path)

    assert [one.subject.native["common_name"] for one in roots.real] == ["試験用認証局"]
    assert [one.subject.native["organization_name"] for one in roots.demo] == ["見本認証局"]
    assert identity_in(tmp_path / "1").is_demo
    assert not identity_in(signing_folder() / "1").is_demo


def test_a_demonstrations_key_is_made_once(tmp_path: Path) -> None:
    ensure_demo_identity(tmp_path, 1, "電子保証株式会社")
    before = (tmp_path / "1/key.pem").read_bytes()

    ensure_demo_identity(tmp_path, 1, "電子保証株式会社")
    ensure_demo_identity(tmp_path, 2, "別の保証会社")

    assert (tmp_path / "1/key.pem").read_bytes() == before
    assert (tmp_path / "1/key.pem").stat().st_mode & 0o777 == 0o400
    assert identity_in(tmp_path / "2").subject != identity_in(tmp_path / "1").subject
    assert not list(tmp_path.glob(".*"))


def test_unreadable_roots_are_not_no_roots(tmp_path: Path) -> None:
    (tmp_path / "roots.pem").write_text("nonsense")

    with pytest.raises(UnreadableRoots):
        trusted_roots(tmp_path)


def test_a_demonstrations_certificate_is_signed_too(certificate: CertificateContent, tmp_path: Path) -> None:
    ensure_demo_identity(tmp_path, 1, certificate.surety_name)

    pdf = signed(replace(certificate, is_specimen=True), tmp_path / "1")

    (tmp_path / "poppler").mkdir()
    said = pdfsig(pdf, tmp_path / "poppler", trusting=(tmp_path / "demo-roots.pem").read_bytes())
    assert "Signer Certificate Common Name: 見本" in said
    assert "Signature is Valid" in said


def test_another_authoritys_signature_is_not_trusted(tmp_path: Path) -> None:
    put_identity(tmp_path, TestAuthority.root("別の認証局"))

    assert not validated(signed(CERTIFICATE, tmp_path)).bottom_line
