"""Timestamps by an authority that answers, is slow, lies, or is not there. The token's judge is OpenSSL."""

import hashlib
import subprocess
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from esurety.documents.certificate import render_certificate
from esurety.documents.sign_certificate import sign
from esurety.documents.signing_identity import identity_in
from esurety.documents.timestamps import DEMO_AUTHORITY, Authorities, DemoAuthority, NoTimestamp, token_over
from esurety.domain.certificate_data import certificate_data
from tests.documents.conftest import CERTIFICATE
from tests.documents.test_sign_certificate import SIGNED_AT, validated
from tests.signing import pdfsig, signing_folder, the_root
from tests.timestamp_server import STAMPED_AT, timestamp_server

FILE = b"a certificate's bytes"
SHA256 = hashlib.sha256(FILE).hexdigest()
NOBODY = "http://127.0.0.1:9/"  # the discard port: refused at once


def stamped(stamper: Authorities) -> bytes:
    return sign(
        render_certificate(CERTIFICATE),
        identity=identity_in(signing_folder() / "1"),
        data_json=certificate_data(CERTIFICATE),
        signed_at=SIGNED_AT,
        timestamper=stamper,
    )


def openssl_verifies(token: bytes, root: bytes, folder: Path) -> bool:
    for name, content in (("token", token), ("file", FILE), ("root.pem", root)):
        (folder / name).write_bytes(content)
    command = ["openssl", "ts", "-verify", "-token_in", "-in", folder / "token", "-data", folder / "file", "-CAfile", folder / "root.pem"]
    return subprocess.run(command, check=False, capture_output=True).returncode == 0


def test_a_token_is_embedded_in_the_signature(tmp_path: Path) -> None:
    with timestamp_server() as server:
        stamper = Authorities([server.address], seconds=2)
        pdf = stamped(stamper)

    assert server.asked == ["application/timestamp-query"]  # once: an authority may charge for each
    assert stamper.answered == server.address
    status = validated(pdf)
    assert status.bottom_line
    assert status.timestamp_validity is not None
    assert status.timestamp_validity.intact
    assert status.timestamp_validity.timestamp == STAMPED_AT
    assert "Signature is Valid" in pdfsig(pdf, tmp_path)


def test_the_next_authority_is_asked_when_the_first_is_not_there() -> None:
    with timestamp_server() as server:
        stamper = Authorities([NOBODY, server.address], seconds=2)
        token_over(SHA256, stamper)

    assert stamper.answered == server.address


@pytest.mark.parametrize("behaves", ["refuses", "garbage", "huge", "other_digest", "bad_signature", "old_nonce"])
def test_an_unsound_answer_is_no_timestamp(behaves: str) -> None:
    with timestamp_server(behaves) as server, pytest.raises(NoTimestamp):
        token_over(SHA256, Authorities([server.address], seconds=5))


@pytest.mark.parametrize("behaves", ["slow", "drips"])
def test_a_slow_authority_is_not_waited_for(behaves: str) -> None:
    with timestamp_server(behaves) as server:
        stamper = Authorities([server.address, server.address, server.address], seconds=0.4)
        begun = time.monotonic()
        for _certificate in range(3):
            with pytest.raises(NoTimestamp):
                token_over(SHA256, stamper)

        assert time.monotonic() - begun < 1.2  # all three certificates together, not each
        assert len(server.asked) == 1


def test_a_detached_token_is_over_the_files_hash(tmp_path: Path) -> None:
    with timestamp_server() as server:
        token = token_over(SHA256, Authorities([server.address], seconds=2))

    assert token.authority == server.address
    assert token.stamped_at == STAMPED_AT
    assert openssl_verifies(token.der, the_root().pem, tmp_path)


def test_the_demonstrations_own_authority_stamps_and_names_itself(tmp_path: Path) -> None:
    at = datetime(2026, 11, 23, 7, 0, 0, 123, tzinfo=UTC)

    token = token_over(SHA256, DemoAuthority(tmp_path, at))

    assert token.authority == DEMO_AUTHORITY
    assert token.stamped_at == at.replace(microsecond=0)
    assert "見本" in DEMO_AUTHORITY
    assert openssl_verifies(token.der, (tmp_path / "demo-roots.pem").read_bytes(), tmp_path)
