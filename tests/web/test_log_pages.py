"""The public log over HTTP: the page, the static files as C2SP tlog-tiles demands, the side files of the three portals."""

import base64
import hashlib
import json
from pathlib import Path

import jsonschema
import pytest

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.merkle_tree import is_included, leaf_hash
from esurety.domain.tlog_proof import TlogProof
from tests.example_of_record import with_performance
from tests.services.test_changing import CHANGED_AT, LARGER, changed
from tests.services.test_log import check_signature, new_key
from tests.stage import Stage
from tests.web.page_client import PageClient

SCHEMA = json.loads((Path(__file__).resolve().parents[2] / "docs/schemas/esurety-log-entry-1.schema.json").read_text(encoding="utf-8"))
TEXT = "text/plain; charset=utf-8"


def test_the_page_says_what_the_log_is_and_how_to_hold_us_to_it(client: PageClient, stage: Stage) -> None:
    stage.issued(**with_performance())

    page = client.get("/log/")

    root = stage.scalar("SELECT root FROM log_checkpoints WHERE tree_size = 2")
    assert page.heading == "公開記録"
    assert page.rows()["記録の件数"] == "2件"
    assert page.rows()["最後の記録の日時"] == "令和06年04月01日 12時00分"
    assert f"{root[:16]} {root[16:32]}" in page.words
    assert stage.installation.log_signer.key.text in page.words
    assert client.get(page.link("署名つきの先頭値を開く")).text == stage.scalar("SELECT note FROM log_checkpoints WHERE tree_size = 2")
    assert client.get(page.link("検証鍵を開く")).text == stage.installation.log_signer.key.text + "\n"


def test_an_empty_log_has_a_page_and_a_signed_head_too(client: PageClient, stage: Stage) -> None:
    assert "まだ1件も記録されていません" in client.get("/log/").words
    check_signature(stage, client.get("/log/checkpoint").text)
    client.get("/log/tile/0/000", expect=404)
    client.get("/log/tile/entries/000", expect=404)


def test_nothing_that_is_public_says_what_or_whose_or_how_much(client: PageClient, stage: Stage) -> None:
    number = stage.issued().number

    for path in ("/log/", "/log/checkpoint", "/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"):
        body = client.get(path).body
        for secret in (number, "ネットデスク建設", "19,440,000", "都営住宅", stage.scalar("SELECT file_sha256 FROM certificate_versions")):
            assert secret.encode() not in body, path


def test_tiles_and_bundles_are_those_of_the_tree(client: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    for _ in range(4):
        new_key(stage, number)

    bundle = client.get("/log/tile/entries/000.p/5").body
    tile = client.get("/log/tile/0/000.p/5").body

    commitments = [bundle[at + 2 : at + 34] for at in range(0, len(bundle), 34)]
    assert bundle[:2] == b"\x00\x20"
    assert [leaf_hash(one) for one in commitments] == [tile[at : at + 32] for at in range(0, 160, 32)]
    assert client.get("/log/tile/0/000.p/3").body == tile[:96]  # as it was at an earlier head


def test_full_tiles_and_the_tile_above_them(client: PageClient, stage: Stage, many_leaves: None) -> None:
    full = client.get("/log/tile/0/000")
    above = client.get("/log/tile/1/000.p/1").body

    assert len(full.body) == 8192
    assert len(client.get("/log/tile/0/001.p/4").body) == 128
    hashes = [full.body[at : at + 32] for at in range(0, 8192, 32)]
    while len(hashes) > 1:
        hashes = [hashlib.sha256(b"\x01" + hashes[at] + hashes[at + 1]).digest() for at in range(0, len(hashes), 2)]
    assert above == hashes[0]


@pytest.fixture
def many_leaves(stage: Stage) -> None:
    """260 subtrees as they would be; not by 260 acts."""
    from esurety.domain.merkle_tree import GrowingTree

    tree = GrowingTree()
    values = []
    for number in range(260):
        values += [
            f"({level}, {position}, {_blob(stage, made)})" for (level, position), made in tree.append(leaf_hash(bytes([number % 256])))
        ]
    stage.change(f"INSERT INTO log_nodes (level, position, hash) VALUES {', '.join(values)}")


def _blob(stage: Stage, data: bytes) -> str:
    return f"x'{data.hex()}'" if stage._engine.dialect.name == "sqlite" else f"decode('{data.hex()}', 'hex')"


def test_static_files_are_cached_for_ever_and_heads_are_not(client: PageClient, stage: Stage) -> None:
    stage.issued()

    for path in ("/log/tile/0/000.p/1", "/log/tile/entries/000.p/1"):
        page = client.get(path)
        assert page.headers["Content-Type"] == "application/octet-stream"
        assert page.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert "Set-Cookie" not in page.headers
        assert "Cookie" not in page.headers.get("Vary", "")
        assert len(page.statements) == 1
    for path in ("/log/checkpoint", "/log/key", "/log/witness/key"):
        page = client.get(path)
        assert (page.headers["Content-Type"], page.headers["Cache-Control"]) == (TEXT, "public, no-cache")


@pytest.mark.parametrize(
    "path",
    [
        "0/000", "0/000.p/2", "0/001.p/1", "1/000.p/1", "0/000.p/0", "0/000.p/256", "0/000.p/01", "0/0", "0/000.p", "00/000.p/1", "64/000.p/1", "-1/000",
        "x/000", "9" * 5000 + "/000", "0/x000/000.p/1", "0/../0/000.p/1", "0/999.p/1", "entries/000.p/2", "entries/", "entries/000", "data/000.p/1", "0/x008/x388/608.p/1",
        "63/x999/x999/x999/999", "0", "0/", "０/000.p/1", "0/000.p/1/", "8/000.p/1",
    ],
)  # fmt: skip
def test_every_other_path_is_not_found(client: PageClient, stage: Stage, path: str) -> None:
    stage.issued()

    client.get(f"/log/tile/{path}", expect=404)


def test_a_file_for_everybody_carries_nobodys_session(contractor: PageClient, stage: Stage) -> None:
    stage.issued()

    for path in ("/log/tile/0/000.p/1", "/log/checkpoint"):
        assert "Set-Cookie" not in contractor.get(path).headers
    assert "Set-Cookie" in contractor.get("/netdesk/").headers  # where it is kept alive


def test_there_is_no_head_of_a_log_that_nobody_witnessed(client: PageClient) -> None:
    for name in ("0" * 64, "x", hashlib.sha256(b"127.0.0.1:8000/log").hexdigest()):
        client.get(f"/log/witness/{name}", expect=404)


def proof_of(text: str) -> tuple[TlogProof, dict[str, object]]:
    proof = TlogProof.parse(text)
    entry = json.loads(proof.entry)
    jsonschema.validate(entry, SCHEMA, format_checker=jsonschema.FormatChecker())
    return proof, entry


def test_the_three_portals_hand_out_the_side_file_of_each_version(
    contractor: PageClient, clerk: PageClient, client: PageClient, stage: Stage
) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    dsure = client.get("/dsure/")
    client.press(dsure, "証書を開く", guarantee_contract_number=number, authentication_key=stage.key_of(number))

    for one, base in ((contractor, f"/netdesk/contracts/{number}/"), (clerk, f"/office/contracts/{number}/"), (client, "/dsure/")):
        for query, version in (("", 1), ("?version=0", 0), ("?version=1", 1)):
            answer = one.get(f"{base}certificate.tlog-proof{query}")
            proof, entry = proof_of(answer.text)
            assert (entry["version"], entry["guarantee_contract_number"]) == (version, number)
            assert hashlib.sha256(one.get(f"{base}certificate.pdf?version={version}").body).hexdigest() == entry["certificate_sha256"]
            body = proof.checkpoint.split("\n")
            root = base64.b64decode(body[2])
            leaf = leaf_hash(hashlib.sha256(b"").digest())
            assert not is_included(leaf=leaf, index=proof.index, size=int(body[1]), proof=proof.hashes, root=root)
            assert f'filename="certificate_{number}_{version}.tlog-proof"' in answer.headers["Content-Disposition"]
            assert answer.headers["Cache-Control"] == "no-store"
            assert answer.headers["Content-Type"] == TEXT
        one.get(f"{base}certificate.tlog-proof?version=2", expect=404)
        one.get(f"{base}certificate.tlog-proof?version=x", expect=404)


def test_the_pages_lead_to_the_side_file(contractor: PageClient, clerk: PageClient, client: PageClient, stage: Stage) -> None:
    number = stage.issued().number
    client.press(client.get("/dsure/"), "証書を開く", guarantee_contract_number=number, authentication_key=stage.key_of(number))

    for one, path in (
        (contractor, f"/netdesk/contracts/{number}"),
        (clerk, f"/office/contracts/{number}"),
        (client, "/dsure/certificate"),
    ):
        page = one.get(path)
        assert "tlog-proof" in page.link("記録の証明")
        proof_of(one.get(page.link("記録の証明")).text)


def test_every_kind_of_entry_fits_the_published_schema(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)
    new_key(stage, number)
    stage.cancel(number, on=japanese_day(CHANGED_AT), at=CHANGED_AT)

    said = [json.loads(entry) for entry in stage.column("SELECT entry FROM log_entries ORDER BY leaf_index")]

    assert [one["event"] for one in said] == ["issued", "changed", "key_reissued", "cancelled"]
    for entry in said:
        jsonschema.validate(entry, SCHEMA, format_checker=jsonschema.FormatChecker())
        for name in entry:
            with pytest.raises(jsonschema.ValidationError):
                jsonschema.validate({key: value for key, value in entry.items() if key != name}, SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(said[0] | {"key_version": 2}, SCHEMA)
