"""Signing as part of issuing: what is signed, what hinders it, what is printed of status page and log, timestamps now and later."""

import hashlib
import io
import json
import logging
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from esurety.documents.demo_authority import ensure_demo_identity
from esurety.documents.timestamps import DEMO_AUTHORITY
from esurety.domain.certificate_data import content_of_data
from esurety.domain.signing_problem import SigningProblem
from esurety.services import make_certificate
from esurety.services.issue_guarantee import AlreadyIssued
from esurety.services.make_certificate import CannotBeSigned
from esurety.services.stamp_later import NoTimestamp, stamp_one_waiting_file
from tests.documents.test_timestamps import NOBODY
from tests.example_of_record import ISSUED_AT, on_paper, with_performance
from tests.services.test_changing import CHANGED_AT, LARGER, changed
from tests.signing import key_pem, new_key, pdfsig, put_identity, signing_folder, the_root
from tests.stage import Stage
from tests.timestamp_server import STAMPED_AT, timestamp_server

VERSIONS = "SELECT version, status_id, signed_at, timestamp_state FROM certificate_versions ORDER BY contract_id, version"


def with_settings(stage: Stage, **changes: object) -> None:
    """The stage's people act with other settings from here on."""
    stage.installation = replace(stage.installation, settings=replace(stage.installation.settings, **changes))  # type: ignore[arg-type]


def files(stage: Stage) -> list[bytes]:
    """The files in the order in which they were issued."""
    rows = stage.column(
        "SELECT f.pdf FROM certificate_versions v JOIN certificate_files f ON f.sha256 = v.file_sha256 ORDER BY v.contract_id, v.version"
    )
    return [bytes(pdf) for pdf in rows]


def data_of(pdf: bytes) -> bytes:
    (file,) = PdfFileReader(io.BytesIO(pdf)).root["/AF"]
    data: bytes = file.get_object()["/EF"]["/F"].data
    return data


def test_an_electronic_certificate_is_signed_by_its_surety(stage: Stage, tmp_path: Path) -> None:
    stage.issued()

    (pdf,) = files(stage)
    said = pdfsig(pdf, tmp_path, trusting=the_root().pem)
    assert "Signature is Valid" in said
    assert "Certificate is Trusted" in said
    assert "Total document signed" in said
    assert "Signing Time: Apr 01 2024 03:00:00" in said  # 12:00 in Japan, the moment of issue
    (_version, _status, signed_at, state) = stage.rows(VERSIONS)[0]
    assert str(signed_at).startswith("2024-04-01 03:00:00")
    assert state == "none"
    assert stage.scalar("SELECT file_sha256 FROM certificate_versions") == hashlib.sha256(pdf).hexdigest()


def test_the_data_inside_is_the_stored_content(stage: Stage) -> None:
    stage.issued(**with_performance())

    stored = stage.column("SELECT content FROM certificate_versions ORDER BY contract_id")
    assert [content_of_data(data_of(pdf)).to_json() for pdf in files(stage)] == stored


def test_a_certificate_on_paper_is_not_signed_and_needs_no_key(stage: Stage, tmp_path: Path) -> None:
    with_settings(stage, signing_folder=tmp_path / "nothing")

    stage.issued(**on_paper())

    (pdf,) = files(stage)
    assert PdfFileReader(io.BytesIO(pdf)).embedded_signatures == []
    assert stage.rows(VERSIONS)[0][2:] == (None, "none")


def test_each_version_has_a_status_page_of_its_own_and_names_the_latest_head(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)

    contents = [json.loads(text) for text in stage.column("SELECT content FROM certificate_versions ORDER BY version")]
    ids = [one["status_id"] for one in contents]
    assert ids == [row[1] for row in stage.rows(VERSIONS)]
    assert len(set(ids)) == 2
    assert all(len(one) == 16 and set(one) <= set("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for one in ids)
    assert [one["status_address"] for one in contents] == [f"http://127.0.0.1:8000/c/{one}" for one in ids]
    assert (contents[0]["log_head_size"], contents[0]["log_head_root"]) == (None, "")  # nothing had been entered
    (root,) = stage.column("SELECT root FROM log_checkpoints WHERE tree_size = 1")
    assert (contents[1]["log_origin"], contents[1]["log_head_size"], contents[1]["log_head_root"]) == ("127.0.0.1:8000/log", 1, root)


def test_a_certificate_on_paper_has_a_status_page_too(stage: Stage) -> None:
    stage.issued(**on_paper())

    assert len(stage.rows(VERSIONS)[0][1]) == 16


def test_a_broken_try_keeps_its_status_page(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    application = stage.approve()
    with monkeypatch.context() as broken:
        broken.setattr(make_certificate, "sign", lambda *_a, **_k: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            stage.issue(application)
    (before,) = stage.column("SELECT status_id FROM certificate_versions")

    stage.issue(application)

    assert stage.column("SELECT status_id FROM certificate_versions") == [before]
    assert json.loads(stage.scalar("SELECT content FROM certificate_versions"))["status_id"] == before


# ---- what hinders ----


def _no_key(folder: Path) -> None:
    (folder / "1/key.pem").unlink()


def _another_key(folder: Path) -> None:
    (folder / "1/key.pem").write_bytes(key_pem(new_key()))


def _expired(folder: Path) -> None:
    put_identity(folder / "1", the_root(), valid_until=ISSUED_AT - timedelta(days=1))


def _not_yet(folder: Path) -> None:
    put_identity(folder / "1", the_root(), valid_from=ISSUED_AT + timedelta(days=1))


def _of_a_demonstration(folder: Path) -> None:
    for file in (folder / "1").iterdir():
        file.unlink()
    (folder / "1").rmdir()
    ensure_demo_identity(folder, 1, "見本建設業保証株式会社")


@pytest.mark.parametrize(
    ("happen", "problem"),
    [
        (_no_key, SigningProblem.NO_KEY),
        (_another_key, SigningProblem.KEY_OF_ANOTHER_CERTIFICATE),
        (_expired, SigningProblem.EXPIRED),
        (_not_yet, SigningProblem.NOT_YET_VALID),
        (_of_a_demonstration, SigningProblem.DEMO_CERTIFICATE),
    ],
)
def test_without_a_usable_key_nothing_is_issued_and_no_number_used(
    stage: Stage, tmp_path: Path, happen: Callable[[Path], None], problem: SigningProblem
) -> None:
    put_identity(tmp_path / "1", the_root())
    happen(tmp_path)
    application = stage.approve(**with_performance())
    with_settings(stage, signing_folder=tmp_path)
    before = stage.census()

    with pytest.raises(CannotBeSigned) as refused:
        stage.issue(application)

    assert refused.value.problem is problem
    assert stage.census() == before
    with_settings(stage, signing_folder=signing_folder())
    assert [number[:11] for number in stage.issue(application).numbers] == ["10124-00001", "10124-00002"]


def test_a_change_needs_a_usable_key_too(stage: Stage, tmp_path: Path) -> None:
    number = stage.issued().number
    with_settings(stage, signing_folder=tmp_path)
    versions = stage.scalar("SELECT count(*) FROM certificate_versions")

    with pytest.raises(CannotBeSigned):
        changed(stage, number, **LARGER)

    assert stage.scalar("SELECT count(*) FROM certificate_versions") == versions
    assert stage.scalar("SELECT current_version FROM guarantee_contracts") == 0


def test_what_has_been_issued_is_said_so_even_without_a_key(stage: Stage, tmp_path: Path) -> None:
    issued = stage.issued()
    with_settings(stage, signing_folder=tmp_path)

    with pytest.raises(AlreadyIssued):
        stage.issue(issued.application_id)


def test_a_key_never_reaches_database_or_log(stage: Stage, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    key = new_key()
    put_identity(tmp_path / "1", the_root(), key=key)
    with_settings(stage, signing_folder=tmp_path)
    secret = key.private_numbers().private_value.to_bytes(32, "big")
    body = "".join(key_pem(key).decode().splitlines()[1:-1]).encode()

    with caplog.at_level(logging.DEBUG):
        stage.issued()

    assert body not in caplog.text.encode()
    for table in stage.census():
        for row in stage.rows(f"SELECT * FROM {table}"):
            for value in row:
                shown = bytes(value) if isinstance(value, (bytes, memoryview)) else str(value).encode()
                assert body not in shown, table
                assert secret not in shown, table
                assert secret.hex().encode() not in shown, table


# ---- timestamps ----


def stamp(stage: Stage, at: datetime = CHANGED_AT) -> bool:
    with stage.context():
        return stamp_one_waiting_file(now=at, installation=stage.installation)


def states(stage: Stage) -> list[str]:
    return [row[3] for row in stage.rows(VERSIONS)]


def test_a_timestamp_that_can_be_had_is_embedded(stage: Stage) -> None:
    with timestamp_server() as server:
        with_settings(stage, timestamp_authorities=(server.address,))
        stage.issued(**with_performance(form="paper"))

    assert states(stage) == ["embedded", "none"]
    assert len(server.asked) == 1
    assert stage.scalar("SELECT count(*) FROM certificate_timestamps") == 0


@pytest.mark.parametrize("behaves", ["refuses", "garbage", "bad_signature"])
def test_without_one_it_is_issued_all_the_same(stage: Stage, behaves: str, tmp_path: Path) -> None:
    with timestamp_server(behaves) as server:
        with_settings(stage, timestamp_authorities=(NOBODY, server.address))
        stage.issued()

    assert states(stage) == ["pending"]
    assert "Signature is Valid" in pdfsig(files(stage)[0], tmp_path)


def test_a_slow_authority_holds_up_nobody(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(make_certificate, "SECONDS_AT_ISSUE", 0.3)
    with timestamp_server("slow") as server:
        with_settings(stage, timestamp_authorities=(server.address,))
        stage.issued(**with_performance())

    assert states(stage) == ["pending", "pending"]
    assert len(server.asked) == 1  # the second certificate does not wait again


def test_the_missing_timestamp_comes_later_beside_the_file(stage: Stage) -> None:
    with_settings(stage, timestamp_authorities=(NOBODY,))
    stage.issued(**with_performance())
    before = files(stage)
    with pytest.raises(NoTimestamp):
        stamp(stage)
    assert states(stage) == ["pending", "pending"]

    with timestamp_server() as server:
        with_settings(stage, timestamp_authorities=(server.address,))
        assert [stamp(stage), stamp(stage), stamp(stage)] == [True, True, False]

    assert states(stage) == ["detached", "detached"]
    assert files(stage) == before
    kept = stage.rows("SELECT version, authority, stamped_at FROM certificate_timestamps")
    assert [(version, authority) for version, authority, _at in kept] == [(0, server.address)] * 2
    assert all(str(at).startswith(f"{STAMPED_AT:%Y-%m-%d %H:%M:%S}") for _version, _authority, at in kept)
    assert stage.column("SELECT note FROM events WHERE kind = 'TimestampAdded'") == [f"当初 {server.address}"] * 2


def test_two_workers_add_one_timestamp(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    from esurety.services import stamp_later

    with_settings(stage, timestamp_authorities=(NOBODY,))
    stage.issued()
    asked = stamp_later.token_over

    def while_the_other_is_faster(sha256: str, stamper: object) -> object:
        monkeypatch.setattr(stamp_later, "token_over", asked)
        assert stamp(stage)
        return asked(sha256, stamper)  # type: ignore[arg-type]

    with timestamp_server() as server:
        with_settings(stage, timestamp_authorities=(server.address,))
        monkeypatch.setattr(stamp_later, "token_over", while_the_other_is_faster)
        stamp(stage)

    assert stage.scalar("SELECT count(*) FROM certificate_timestamps") == 1
    assert stage.scalar("SELECT count(*) FROM events WHERE kind = 'TimestampAdded'") == 1


def test_no_authority_in_the_settings_means_no_timestamp(stage: Stage) -> None:
    stage.issued()

    assert states(stage) == ["none"]
    assert stamp(stage) is False


def test_a_demonstration_stamps_for_itself(stage: Stage, tmp_path: Path) -> None:
    with_settings(stage, is_demo=True, signing_folder=tmp_path)
    stage.issued()
    assert states(stage) == ["pending"]

    assert stamp(stage, at=datetime(2024, 4, 2, tzinfo=UTC))

    assert states(stage) == ["detached"]
    assert stage.column("SELECT authority FROM certificate_timestamps") == [DEMO_AUTHORITY]
    (pdf,) = files(stage)
    signer = PdfFileReader(io.BytesIO(pdf)).embedded_signatures[0].signer_cert
    assert signer.subject.native["common_name"].startswith("見本")
    assert signer.issuer.native["organization_name"] == "見本認証局"
    assert content_of_data(data_of(pdf)).is_specimen
