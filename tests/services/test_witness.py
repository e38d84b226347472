"""Two installations: one keeps a log and serves it over HTTP, the other one witnesses it and is not to be deceived."""

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import Result
from flask import Flask
from flask_migrate import upgrade
from werkzeug.serving import make_server

from esurety.cli import register_commands
from esurety.domain.log_entry import LogEvent, commitment
from esurety.domain.merkle_tree import is_included, leaf_hash
from esurety.domain.signed_note import Checkpoint, SignedNote
from esurety.domain.tlog_proof import TlogProof
from esurety.services.note_keys import NoteSigner, refuse_unsigned
from esurety.services.witness_log import HeadRefused, NotFetched, Witnessed, witness_log
from esurety.settings import _fresh_note_key
from esurety.web import create_app
from tests.conftest import let_go, settings_for
from tests.domain.test_signed_note import NEUMANN, NEUMANN_SIGNER
from tests.example_of_record import ISSUED_AT, with_performance
from tests.services.test_audit import append_again, cut_to
from tests.services.test_log import ORIGIN, new_key
from tests.stage import Stage

Tamper = Callable[..., None]


@pytest.fixture
def witness(tmp_path: Path) -> Iterator[Flask]:
    """The other installation, with a database and keys of its own."""
    settings = settings_for(f"sqlite:///{tmp_path / 'witness.sqlite3'}", tmp_path / "witness")
    secrets = replace(
        settings.secrets,
        log_key=_fresh_note_key("witness.example/log", 1),
        witness_key="PRIVATE+KEY+witness.example/witness+00000000+BHd3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3d3",
    )
    app = create_app(replace(settings, secrets=secrets))
    register_commands(app)
    with app.app_context():
        upgrade()
    yield app
    let_go(app)


@pytest.fixture
def address(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Where the log is served, by the real application over a real socket."""
    monkeypatch.setenv("no_proxy", "*")
    server = make_server("127.0.0.1", 0, stage.app)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/log"
    server.shutdown()
    thread.join()
    server.server_close()


def look(witness: Flask, address: str, *more: str) -> Result:
    return witness.test_cli_runner().invoke(args=["log", "witness", address, *more])


def evidence(tmp_path: Path) -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted((tmp_path / "witness" / "witness-evidence").glob("*"))]


def test_a_log_that_grows_is_co_signed_again_and_again(stage: Stage, witness: Flask, address: str) -> None:
    number = stage.issued(**with_performance()).number

    first = look(witness, address)
    same = look(witness, address)
    for _ in range(5):
        new_key(stage, number)
    grown = look(witness, address + "/")

    assert (first.exit_code, same.exit_code, grown.exit_code) == (0, 0, 0), first.output + same.output + grown.output
    assert "はじめて見ました（第2件）。検証鍵を固定しました" in first.stderr
    assert "別の方法で受け取った検証鍵と見比べてください" in first.stderr
    assert "見比べて" not in same.stderr + grown.stderr
    assert "第2件のまま変わっていません" in same.stderr
    assert "第2件から第7件へ、書き換えなしに伸びています" in grown.stderr
    note = SignedNote.parse(grown.stdout)
    refuse_unsigned(note, stage.installation.log_signer.key)
    refuse_unsigned(note, witness.extensions["esurety"].witness_signer.key)
    assert Checkpoint.parse(note.text).size == 7
    assert same.stdout == first.stdout


def test_co_signatures_go_into_the_proof_of_a_certificate(stage: Stage, witness: Flask, address: str, tmp_path: Path) -> None:
    number = stage.issued(**with_performance()).number
    cosigned = look(witness, address).stdout
    new_key(stage, number)
    (tmp_path / "head").write_text(cosigned, encoding="utf-8")
    (tmp_path / "other").write_text(cosigned.replace("\n2\n", "\n3\n"), encoding="utf-8")
    (tmp_path / "nothing").write_text("nothing", encoding="utf-8")
    register_once(stage.app)
    command = stage.app.test_cli_runner().invoke

    done = command(args=["log", "proof", number, "--head", str(tmp_path / "head")])
    late = command(args=["log", "proof", stage.issued().number, "--head", str(tmp_path / "head")])

    proof = TlogProof.parse(done.stdout)
    assert proof.checkpoint == cosigned
    root = Checkpoint.parse(SignedNote.parse(cosigned).text).root
    leaf = leaf_hash(commitment(proof.salt, proof.entry))
    assert is_included(leaf=leaf, index=0, size=2, proof=proof.hashes, root=root)
    assert late.exit_code == 1
    assert TlogProof.parse(command(args=["log", "proof", number]).stdout).checkpoint.startswith(f"{ORIGIN}\n4\n")
    for wrong in ("other", "nothing", "absent"):
        assert command(args=["log", "proof", number, "--head", str(tmp_path / wrong)]).exit_code == 1
    assert command(args=["log", "proof", "10124-00999A"]).exit_code == 1
    assert command(args=["log", "proof", number, "--version", "7"]).exit_code == 1


def register_once(app: Flask) -> None:
    """The standing application has its commands when an earlier test has given them."""
    if "log" not in app.cli.commands:
        register_commands(app)


def test_what_was_co_signed_is_published_by_the_witness(stage: Stage, witness: Flask, address: str) -> None:
    stage.issued()
    done = look(witness, address)

    client = witness.test_client()
    name = hashlib.sha256(ORIGIN.encode()).hexdigest()

    assert client.get(f"/log/witness/{name}").text == done.stdout
    assert client.get("/log/witness/key").text.strip() == witness.extensions["esurety"].witness_signer.key.text
    assert ORIGIN in client.get("/log/").text


def test_a_fork_is_refused_and_the_evidence_is_kept(stage: Stage, witness: Flask, address: str, tamper: Tamper, tmp_path: Path) -> None:
    number = stage.issued(**with_performance()).number
    for _ in range(4):
        new_key(stage, number)
    honest = look(witness, address)

    cut_to(tamper, 3)
    append_again(stage, [(LogEvent.KEY_REISSUED, 1, {"key_version": version}) for version in range(3, 9)])
    forked = look(witness, address)

    assert (honest.exit_code, forked.exit_code) == (0, 1)
    assert "前に見た第6件までの記録が、いまの記録の始まりになっていません（分岐または書き換え）" in forked.stderr
    assert honest.stdout in evidence(tmp_path)[0]
    assert stage.scalar("SELECT note FROM log_checkpoints WHERE tree_size = 9") in evidence(tmp_path)[0]
    assert look(witness, address).exit_code == 1  # and it stays refused


def test_a_fork_of_the_same_length_is_refused(stage: Stage, witness: Flask, address: str, tamper: Tamper) -> None:
    stage.issued(**with_performance())
    look(witness, address)

    cut_to(tamper, 1)
    append_again(stage, [(LogEvent.ISSUED, 2, {})])

    refused = look(witness, address)
    assert refused.exit_code == 1
    assert "分岐または書き換え" in refused.stderr


def test_a_shrunk_tree_is_refused(stage: Stage, witness: Flask, address: str, tamper: Tamper, tmp_path: Path) -> None:
    stage.issued(**with_performance())
    look(witness, address)

    cut_to(tamper, 1)
    refused = look(witness, address)

    assert refused.exit_code == 1
    assert "記録が縮んでいます。前に見たときは第2件まででしたが、いまは第1件までです" in refused.stderr
    assert len(evidence(tmp_path)) == 1
    cut_to(tamper, 0)
    assert look(witness, address).exit_code == 1


def test_a_head_that_does_not_belong_to_its_tree_is_refused(stage: Stage, witness: Flask, address: str, tamper: Tamper) -> None:
    stage.issued(**with_performance())
    tamper("UPDATE log_nodes SET hash = (SELECT hash FROM log_nodes WHERE level = 0 AND position = 0) WHERE level = 0 AND position = 1")
    tamper("DELETE FROM log_nodes WHERE level = 1")

    refused = look(witness, address)

    assert refused.exit_code == 1
    assert "公開されている木（タイル）から計算した値と違います" in refused.stderr


def test_a_given_key_is_held_to_and_a_pinned_one_too(stage: Stage, witness: Flask, address: str) -> None:
    stage.issued()
    own = stage.installation.log_signer.key.text

    assert look(witness, address, "--key", NEUMANN).exit_code == 1
    assert look(witness, address, "--key", "nonsense").exit_code == 1
    held = look(witness, address, "--key", own)
    assert held.exit_code == 0
    assert "見比べて" not in held.stderr
    changed = look(witness, address, "--key", NEUMANN)
    assert changed.exit_code == 1
    assert "はじめに固定したものと違います" in changed.stderr


def test_a_log_that_takes_another_name_at_its_address_is_refused(witness: Flask, stage: Stage, tmp_path: Path) -> None:
    old, new = (NoteSigner(_fresh_note_key(name, 1)) for name in ("town.example/log", "town.example/log-2"))
    heads = {signer: str(signer.sign(Checkpoint(signer.key.name, 0, hashlib.sha256().digest()))) for signer in (old, new)}
    installation = witness.extensions["esurety"]

    def ask(signer: NoteSigner, at: str, key: str | None = None) -> Witnessed:
        files = {"checkpoint": heads[signer].encode(), "key": signer.key.text.encode()}
        return witness_log(fetch=files.__getitem__, address=at, key=key, installation=installation, at=ISSUED_AT)

    with witness.app_context():
        ask(old, "https://town.example/log")
        for address in ("https://town.example/log", "https://TOWN.example/log/", "http://town.example/log"):
            for key in (None, new.key.text):
                with pytest.raises(HeadRefused) as refused:
                    ask(new, address, key)
                assert "前は town.example/log という名前でしたが、いまは town.example/log-2 と名乗っています" in refused.value.why
                assert heads[new] in refused.value.evidence
                assert any(old.key.name in one for one in refused.value.evidence if one != heads[new])
        assert not ask(old, "https://town.example/log").is_new
        assert ask(new, "https://elsewhere.example/log").is_new


def test_nobody_witnesses_himself(stage: Stage, address: str) -> None:
    stage.issued()
    register_once(stage.app)

    refused = look(stage.app, address)

    assert refused.exit_code == 1
    assert "自分の記録の証人にはなれません" in refused.stderr


def test_what_cannot_be_reached_is_not_judged(stage: Stage, witness: Flask, address: str, tmp_path: Path) -> None:
    assert look(witness, address.replace("/log", "/nowhere")).exit_code == 2
    assert look(witness, "ftp://127.0.0.1/log").exit_code == 2
    assert look(witness, "http://127.0.0.1:1/log").exit_code == 2
    assert evidence(tmp_path) == []


def test_an_empty_log_can_be_witnessed_from_its_first_hour(stage: Stage, witness: Flask, address: str) -> None:
    assert look(witness, address).exit_code == 0
    stage.issued()
    assert look(witness, address).exit_code == 0


NEUMANNS = NoteSigner(NEUMANN_SIGNER)


@pytest.mark.parametrize(
    ("files", "refusal"),
    [
        ({"checkpoint": b"nothing"}, HeadRefused),
        ({"checkpoint": b"\xff"}, NotFetched),
        ({"checkpoint": str(NEUMANNS.sign(Checkpoint("PeterNeumann", 3, bytes(32)))).encode(), "tile/0/000.p/3": bytes(64)}, NotFetched),
        ({"checkpoint": str(NEUMANNS.sign(Checkpoint("PeterNeumann", 3, bytes(32)))).encode(), "tile/0/000.p/3": bytes(96)}, HeadRefused),
        ({"checkpoint": str(NEUMANNS.sign(Checkpoint("PeterNeumann", 3, bytes(32)))).replace("\n3\n", "\n4\n").encode()}, HeadRefused),
        ({"checkpoint": str(NEUMANNS.sign(Checkpoint("other.example", 3, bytes(32)))).encode()}, HeadRefused),
    ],
    ids=["何でもない文書", "文字でない", "短いタイル", "合わないタイル", "署名後の変更", "別の名前"],
)
def test_odd_answers_are_refused(witness: Flask, files: dict[str, bytes], refusal: type[Exception]) -> None:
    def fetch(path: str) -> bytes:
        if path not in files:
            raise NotFetched(path)
        return files[path]

    with witness.app_context():
        with pytest.raises(refusal):
            witness_log(
                fetch=fetch, address="https://neumann.example/log", key=NEUMANN, installation=witness.extensions["esurety"], at=ISSUED_AT
            )
        assert "まだ1件も" in witness.test_client().get("/log/").text
