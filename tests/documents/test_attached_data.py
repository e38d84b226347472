"""What our own files carry, as the audit reads it."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from esurety.documents.attached_data import DataUnreadable, own_file
from esurety.documents.certificate import render_certificate
from esurety.documents.sign_certificate import sign
from esurety.documents.signing_identity import identity_in
from esurety.documents.timestamps import Authorities, NoTimestamp, stamped_at, token_over
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.certificate_data import certificate_data
from tests.documents.conftest import CERTIFICATE
from tests.signing import signing_folder
from tests.timestamp_server import STAMPED_AT, timestamp_server

SIGNED_AT = datetime(2024, 4, 1, 3, 0, tzinfo=UTC)


@pytest.fixture
def stamper() -> Iterator[Callable[[], Authorities]]:
    with timestamp_server() as server:
        yield lambda: Authorities([server.address], seconds=5)


def signed(content: CertificateContent, stamper: Authorities | None = None) -> bytes:
    return sign(
        render_certificate(content),
        identity=identity_in(signing_folder() / "1"),
        data_json=certificate_data(content),
        signed_at=SIGNED_AT,
        timestamper=stamper,
    )


def test_a_signed_file_carries_its_data_and_its_time() -> None:
    own = own_file(signed(CERTIFICATE))

    assert (own.signed_at, own.is_stamped) == (SIGNED_AT, False)
    assert own.data is not None
    assert own.data["works_name"] == CERTIFICATE.works_name


def test_a_timestamp_in_the_signature_is_seen(stamper: Callable[[], Authorities]) -> None:
    assert own_file(signed(CERTIFICATE, stamper())).is_stamped is True


def test_a_file_as_it_is_printed_carries_nothing() -> None:
    own = own_file(render_certificate(CERTIFICATE))

    assert (own.data, own.signed_at, own.is_stamped) == (None, None, False)


def test_what_is_no_pdf_is_said_to_be_unreadable() -> None:
    with pytest.raises(DataUnreadable):
        own_file(b"nothing")


def test_a_kept_token_holds_for_its_own_file_alone(stamper: Callable[[], Authorities]) -> None:
    token = token_over("ab" * 32, stamper()).der

    assert stamped_at(token, "ab" * 32) == STAMPED_AT
    for der, sha256 in ((token, "ac" * 32), (token[:-1] + bytes([token[-1] ^ 1]), "ab" * 32), (b"", "ab" * 32), (b"token", "ab" * 32)):
        with pytest.raises(NoTimestamp):
            stamped_at(der, sha256)
