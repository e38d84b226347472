"""tools/esurety_verify.py: what it says of good, tampered and strange files, with and without what goes beside them."""

import ast
import hashlib
import json
import random
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.x509.oid import NameOID
from pyhanko.sign.fields import MDPPerm, SigSeedSubFilter

from esurety.documents import sign_certificate
from esurety.documents.demo_authority import ensure_demo_identity
from esurety.documents.signing_identity import SigningIdentity, identity_in
from esurety.documents.timestamps import Authorities, token_over
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.log_entry import LogEntry, LogEvent
from esurety.domain.signed_note import Checkpoint, SignedNote
from esurety.domain.verdict import Answer, Diagnosis, Headline, Question
from esurety.services.export_trust import trust_file
from esurety.services.keep_log import tlog_proof
from esurety.services.note_keys import NoteSigner
from esurety.settings import _fresh_note_key
from esurety.web import create_app
from tests import hostile_files, tampering
from tests.conftest import let_go, settings_for
from tests.example_of_record import ISSUED_AT, OPENED_AT, RARE_WORKS_NAME, with_performance
from tests.signing import SURETY_NAME, TestAuthority, new_key, signing_folder, the_root
from tests.stage import Stage
from tests.tampering import GoodFile, Tampering
from tests.timestamp_server import timestamp_server
from tests.verifier import PROGRAM, proof_of, run, verifier

ON = date(2024, 5, 1)
FLIPS = 300
VERIFIER = verifier()


@dataclass(frozen=True)
class Town:
    """An installation with issued certificates, their proofs, and its trust file."""

    stage: Stage
    good: list[GoodFile]
    proofs: list[str]
    trust: str

    @property
    def log(self) -> NoteSigner:
        return self.stage.installation.log_signer

    def judge(self, pdf: bytes, *proofs: str, stamp: bytes | None = None, on: date = ON, **trust: object) -> Any:
        said = VERIFIER.Trust.read(json.dumps(json.loads(self.trust) | trust))
        return VERIFIER.judge(pdf, VERIFIER.Beside(said, on, proofs, stamp))

    def head(self, size: int, root: bytes) -> dict[str, str]:
        return {"key": self.log.key.text, "checkpoint": str(self.log.sign(Checkpoint(self.log.key.name, size, root)))}


@pytest.fixture(scope="module")
def town(settled_sqlite: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Town]:
    folder = tmp_path_factory.mktemp("town")
    shutil.copy(settled_sqlite, folder / "town.sqlite3")
    app = create_app(settings_for(f"sqlite:///{folder / 'town.sqlite3'}", folder / "data"))
    stage = Stage(app)
    stage.issued(**with_performance(), works_name=RARE_WORKS_NAME)
    stage.issued(works_name="村道1号線 道路改良工事")
    rows = stage.rows(
        "SELECT v.contract_id, v.content, f.pdf FROM certificate_versions v JOIN certificate_files f ON f.sha256 = v.file_sha256 ORDER BY 1"
    )
    good = [GoodFile(bytes(pdf), CertificateContent.from_json(content)) for _, content, pdf in rows]
    with stage.context():
        proofs = [tlog_proof(contract_id, 0) for contract_id, _, _ in rows]
        trust = trust_file(witnesses=[], at=OPENED_AT, installation=stage.installation)
    yield Town(stage, good, proofs, trust)
    let_go(app)


@pytest.fixture
def files(town: Town, tmp_path: Path) -> Path:
    """A folder with one certificate, its proof and the trust file."""
    (tmp_path / "good.pdf").write_bytes(town.good[0].pdf)
    (tmp_path / "good.tlog-proof").write_text(town.proofs[0], encoding="utf-8")
    (tmp_path / "trust.json").write_text(town.trust, encoding="utf-8")
    return tmp_path


def entry(one: GoodFile, **changes: Any) -> LogEntry:
    content = one.content
    issued = LogEntry(ISSUED_AT, LogEvent.ISSUED, content.guarantee_contract_number, content.version, hashlib.sha256(one.pdf).hexdigest())
    return replace(issued, **changes)


# ---- the program ----


def test_it_is_one_file_of_the_standard_library_that_knows_no_network() -> None:
    tree = ast.parse(PROGRAM.read_text(encoding="utf-8"), feature_version=(3, 9))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {str(node.module) for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}

    assert {name.split(".")[0] for name in imported} <= sys.stdlib_module_names
    assert not imported & {
        "socket",
        "ssl",
        "http",
        "http.client",
        "urllib",
        "urllib.request",
        "subprocess",
        "asyncio",
        "os",
        "pickle",
        "ctypes",
    }


def test_its_words_are_those_of_the_verdict() -> None:
    for name, words in VERIFIER.HEADLINES.items():
        headline = Headline[name]
        assert words == (headline.label, headline.meaning, headline.what_to_do, headline.exit_code)
    for name, words in VERIFIER.DIAGNOSES.items():
        diagnosis = Diagnosis[name]
        assert words == (diagnosis.title, diagnosis.text, diagnosis.what_to_do)
    assert tuple(one.label for one in Question) == VERIFIER.QUESTIONS
    assert tuple(one.label for one in Answer) == VERIFIER.ANSWERS


def test_every_word_that_it_chooses_is_there() -> None:
    chosen = {node.value for node in ast.walk(ast.parse(PROGRAM.read_text(encoding="utf-8"))) if isinstance(node, ast.Constant)}
    named = {
        one for one in chosen if isinstance(one, str) and one.isupper() and (one in Headline.__members__ or one in Diagnosis.__members__)
    }

    assert named <= VERIFIER.HEADLINES.keys() | VERIFIER.DIAGNOSES.keys()
    assert "VALID" not in named  # who asks nobody cannot say 有効


def test_a_good_certificate_with_its_proof_holds(files: Path) -> None:
    ran = run(files / "good.pdf", "--trust", files / "trust.json", "--proof", files / "good.tlog-proof", "--on", "2024-05-01")

    assert (ran.code, ran.complained) == (0, "")
    assert ran.said.startswith("真正（いまの状態は未確認）：")
    assert "内容は発行時のままか　はい" in ran.said
    assert "いま有効か　確かめられません" in ran.said
    assert "http://127.0.0.1:8000/c/" in ran.said
    assert "発行権限があるか　はい" in ran.said
    assert RARE_WORKS_NAME in ran.said


def test_without_its_proof_the_issue_is_not_told(files: Path) -> None:
    ran = run(files / "good.pdf", "--trust", files / "trust.json", "--on", "2024-05-01")

    assert (ran.code, ran.complained) == (2, "")
    assert ran.said.startswith("署名は真正（発行の記録は未確認）：")
    assert "発行権限があるか　確かめられません" in ran.said


def test_a_tampered_certificate_does_not_hold(files: Path, town: Town) -> None:
    (files / "bad.pdf").write_bytes(tampering.overlaid(town.good[0]))

    ran = run(files / "bad.pdf", "--trust", files / "trust.json", "--proof", files / "good.tlog-proof", "--on", "2024-05-01")

    assert ran.code == 1
    assert ran.said.startswith("改変あり：")


@pytest.mark.parametrize("missing", ["good.pdf", "trust.json", "good.tlog-proof"])
def test_what_cannot_be_read_cannot_be_told(files: Path, missing: str) -> None:
    (files / missing).unlink()

    ran = run(files / "good.pdf", "--trust", files / "trust.json", "--proof", files / "good.tlog-proof")

    assert (ran.code, ran.said) == (2, "")
    assert "読めません" in ran.complained


@pytest.mark.parametrize("trust", ["", "{}", "[]", "nonsense", '{"schema":"esurety-trust-2"}'])
def test_a_broken_trust_file_decides_nothing(files: Path, trust: str) -> None:
    (files / "trust.json").write_text(trust, encoding="utf-8")

    assert run(files / "good.pdf", "--trust", files / "trust.json").code == 2


# ---- tampering ----

KINDS: list[tuple[Tampering, str, str]] = [
    (tampering.re_saved, "COPY", "RE_SAVED"),
    (tampering.cleaned, "COPY", "RE_SAVED"),
    (tampering.merged, "COPY", "RE_SAVED"),
    (tampering.merged_behind, "COPY", "RE_SAVED"),
    (tampering.annotated, "ALTERED", "CHANGED_AFTER_SIGNING"),
    (tampering.overlaid, "ALTERED", "CHANGED_AFTER_SIGNING"),
    (tampering.with_script, "ALTERED", "CHANGED_AFTER_SIGNING"),
    (tampering.appended, "ALTERED", "APPENDED_BYTES"),
    (tampering.edited_data, "ALTERED", "EDITED"),
    (tampering.stripped, "ALTERED", "SIGNATURE_STRIPPED"),
    (tampering.range_shortened, "ALTERED", "EDITED"),
    (tampering.range_with_another_gap, "ALTERED", "EDITED"),
    (tampering.range_outside, "ALTERED", "EDITED"),
    (tampering.forged_with_real_number, "UNREGISTERED", "UNKNOWN_SIGNER"),
    (tampering.forged_with_invented_number, "UNREGISTERED", "UNKNOWN_SIGNER"),
    (tampering.unsigned_invention, "UNDECIDED", "NO_SIGNATURE"),
    (tampering.printed_to_pdf, "UNDECIDED", "NO_SIGNATURE"),
    (tampering.scanned, "UNDECIDED", "NO_SIGNATURE"),
    (tampering.screen_shot, "UNDECIDED", "IMAGE"),
    (tampering.truncated, "UNDECIDED", "BROKEN"),
    (tampering.encrypted, "UNDECIDED", "ENCRYPTED"),
]


@pytest.mark.parametrize(("tamper", "headline", "diagnosis"), KINDS, ids=[kind.__name__ for kind, _, _ in KINDS])
def test_no_tampered_file_is_accepted_and_each_kind_is_named(town: Town, tamper: Tampering, headline: str, diagnosis: str) -> None:
    for one, proof in zip(town.good, town.proofs, strict=True):
        verdict = town.judge(tamper(one), proof)

        assert (verdict.headline, verdict.diagnoses) == (headline, (diagnosis,))
        assert VERIFIER.PASS not in {answer for answer, _ in (verdict.intact, verdict.in_force, verdict.authorised)}


def test_no_bit_can_be_flipped(town: Town) -> None:
    chance = random.Random(20261123)  # noqa: S311 - a repeatable one
    for at in range(FLIPS):
        pdf = bytearray(town.good[at % len(town.good)].pdf)
        if at % 3 == 0:  # in the signature itself, which its own digest leaves out
            begin = pdf.index(b"/Contents <") + 11
            place = begin + chance.randrange(2200)
        else:
            place = chance.randrange(len(pdf))
        pdf[place] ^= 1 << chance.randrange(8)

        assert town.judge(bytes(pdf)).intact[0] != VERIFIER.PASS, place


@pytest.mark.parametrize(
    ("content", "diagnosis"),
    [(b"", "EMPTY"), (b"no certificate", "NOT_A_PDF"), (b"%PDF-1.7" + bytes(20 * 1024 * 1024), "TOO_LARGE"), (hostile_files.nested_without_end(), "NO_SIGNATURE"),
     (hostile_files.endless_page_tree(), "NO_SIGNATURE"), (b"%PDF-1.7 startxref /ByteRange [0 20 30 40]", "BROKEN")],
    ids=["empty", "text", "large", "nested", "endless", "range"],
)  # fmt: skip
def test_strange_files_are_not_judged(town: Town, content: bytes, diagnosis: str) -> None:
    verdict = town.judge(content)

    assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", (diagnosis,))


@pytest.mark.parametrize(
    "otherwise",
    [{"docmdp_permissions": MDPPerm.FILL_FORMS}, {"certify": False}, {"subfilter": SigSeedSubFilter.ADOBE_PKCS7_DETACHED}],
    ids=["forms may be filled", "not certifying", "not PAdES"],
)
def test_a_signature_of_the_suretys_own_key_that_is_not_a_certificates_is_none(
    town: Town, monkeypatch: pytest.MonkeyPatch, otherwise: dict[str, Any]
) -> None:
    usual = sign_certificate.PdfSignatureMetadata
    monkeypatch.setattr(sign_certificate, "PdfSignatureMetadata", lambda **facts: usual(**(facts | otherwise)))

    verdict = town.judge(signed_by(town, identity_in(signing_folder() / "1")))

    assert (verdict.headline, verdict.diagnoses) == ("ALTERED", ("EDITED",))


def test_nothing_is_hidden_behind_the_signature_in_its_place(town: Town) -> None:
    pdf = town.good[0].pdf
    end = pdf.index(b">", pdf.index(b"/Contents <"))

    assert pdf[end - 4 : end] == b"0000"
    assert town.judge(pdf[: end - 2] + b"41" + pdf[end:]).diagnoses == ("EDITED",)
    assert town.judge(pdf[: end - 2] + b"  " + pdf[end:]).headline != "SIGNED_ONLY"


def test_attached_data_that_unpack_to_much_are_not_read(town: Town, monkeypatch: pytest.MonkeyPatch) -> None:
    much = json.dumps({"schema": "esurety-certificate-1", "x": " " * 50_000_000}).encode()
    pdf = tampering.sign(
        tampering.render_certificate(town.good[0].content),
        identity=identity_in(signing_folder() / "1"),
        data_json=much,
        signed_at=ISSUED_AT,
    )

    assert town.judge(pdf).diagnoses == ("DATA_UNREADABLE",)


# ---- whose signature ----


def signed_by(town: Town, identity: SigningIdentity) -> bytes:
    return tampering.signed(town.good[0].content, identity)


def test_another_organisation_below_the_same_root_is_not_the_surety(town: Town) -> None:
    pdf = signed_by(town, tampering.identity_of(the_root(), SURETY_NAME))

    verdict = town.judge(pdf)

    assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", ("SIGNER_NOT_LISTED",))
    assert verdict.authorised[0] == VERIFIER.UNKNOWN


def test_a_key_used_outside_its_period_proves_nothing(town: Town) -> None:
    expired = tampering.identity_of(
        the_root(), SURETY_NAME, valid_from=datetime(2021, 1, 1, tzinfo=UTC), valid_until=datetime(2023, 1, 1, tzinfo=UTC)
    )
    pdf = tampering.signed_although_expired(town.good[0].content, expired, tampering.SIGNED_AT)

    verdict = town.judge(pdf)

    assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", ("KEY_NOT_VALID_THEN",))


def test_a_certificate_signed_by_a_key_that_expired_later_holds(town: Town) -> None:
    assert town.judge(town.good[0].pdf, town.proofs[0], on=date(2060, 1, 1)).headline == "EXPIRED"


def test_a_chain_over_an_intermediate_holds(town: Town) -> None:
    authority = the_root().intermediate()
    pdf = signed_by(town, tampering.identity_of(authority, SURETY_NAME))
    fingerprint = VERIFIER.find_signature(pdf)
    signer = VERIFIER.check_signature(fingerprint)[0].signer.sha256

    verdict = town.judge(pdf, sureties=[{"name": SURETY_NAME, "certificates_sha256": [signer]}])

    assert verdict.headline == "SIGNED_ONLY"


def test_a_root_of_the_same_name_is_another_one(town: Town) -> None:
    (name,) = the_root().certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    forger = tampering.identity_of(TestAuthority.root(str(name.value)), SURETY_NAME)

    verdict = town.judge(signed_by(town, forger), town.proofs[0])

    assert (verdict.headline, verdict.diagnoses) == ("UNREGISTERED", ("UNKNOWN_SIGNER",))


def test_what_a_signer_certifies_leads_nowhere(town: Town) -> None:
    key = new_key()
    no_authority = TestAuthority(key, the_root().certify("受注者", key))
    other = tampering.identity_of(no_authority, SURETY_NAME)

    assert town.judge(signed_by(town, other)).diagnoses == ("UNKNOWN_SIGNER",)


def test_a_demonstrations_certificate_is_a_specimen(town: Town, tmp_path: Path) -> None:
    ensure_demo_identity(tmp_path, 1, SURETY_NAME)
    pdf = signed_by(town, identity_in(tmp_path / "1"))

    verdict = town.judge(pdf)

    assert (verdict.headline, verdict.diagnoses) == ("SPECIMEN", ("DEMO_KEY",))
    assert VERIFIER.PASS not in {answer for answer, _ in (verdict.intact, verdict.in_force, verdict.authorised)}


def test_with_the_demonstrations_trust_file_it_says_what_it_would_be(town: Town, tmp_path: Path) -> None:
    ensure_demo_identity(tmp_path, 1, SURETY_NAME)
    pdf = signed_by(town, identity_in(tmp_path / "1"))
    root = VERIFIER.base64.b64encode(identity_root(tmp_path)).decode()
    proof = proof_of(entry(GoodFile(pdf, replace(town.good[0].content, log_head_size=None))), town.log)

    verdict = town.judge(pdf, proof, roots=[], demo_roots=[root], log=town.head(5, b"r" * 32))

    assert (verdict.headline, verdict.would_be) == ("SPECIMEN", "GENUINE")
    assert verdict.authorised[0] == VERIFIER.FAIL


def identity_root(folder: Path) -> bytes:
    text = (folder / "demo-roots.pem").read_text(encoding="ascii")
    return bytes(VERIFIER.base64.b64decode("".join(text.split("-----")[2].split())))


# ---- the log ----


def test_a_proof_of_another_certificate_says_nothing_of_this_one(town: Town) -> None:
    verdict = town.judge(town.good[0].pdf, town.proofs[1])

    assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", ("PROOF_OF_ANOTHER",))
    assert verdict.authorised[0] == VERIFIER.UNKNOWN


def test_a_newer_version_in_the_log_makes_this_one_old(town: Town) -> None:
    newer = proof_of(entry(town.good[0], version=1, event=LogEvent.CHANGED, certificate_sha256="0" * 64), town.log)

    for proofs in ((newer,), (town.proofs[0], newer)):
        verdict = town.judge(town.good[0].pdf, *proofs)
        assert verdict.headline == "OLDER_VERSION"
        assert verdict.in_force[0] == VERIFIER.FAIL


def cancellation(one: GoodFile, **changes: Any) -> LogEntry:
    return entry(one, event=LogEvent.CANCELLED, cancelled_on=date(2024, 4, 20), **changes)


def test_a_proof_of_cancellation_is_no_proof_of_issue(town: Town) -> None:
    gone = proof_of(cancellation(town.good[0]), town.log)
    gone_after_a_change = proof_of(cancellation(town.good[0], version=1, certificate_sha256="0" * 64), town.log)

    for proofs in ((gone,), (town.proofs[0], gone), (gone_after_a_change,), (gone, town.proofs[1]), (gone, "nothing")):
        verdict = town.judge(town.good[0].pdf, *proofs)
        assert (verdict.headline, VERIFIER.HEADLINES[verdict.headline][3]) == ("CANCELLED", 1)
        assert verdict.in_force == (VERIFIER.FAIL, "公開記録に、2024-04-20に解約した記録があります。")
    assert town.judge(town.good[0].pdf, gone).authorised[0] == VERIFIER.UNKNOWN
    assert town.judge(town.good[0].pdf, town.proofs[0], gone).authorised[0] == VERIFIER.PASS


def test_a_cancellation_of_another_file_under_this_version_makes_this_one_an_altered_one(town: Town) -> None:
    other = proof_of(cancellation(town.good[0], certificate_sha256="0" * 64), town.log)

    assert town.judge(town.good[0].pdf, other).headline == "ALTERED"


def test_a_cancellation_of_another_contract_says_nothing_of_this_one(town: Town) -> None:
    other = proof_of(cancellation(town.good[1]), town.log)

    assert town.judge(town.good[0].pdf, other).diagnoses == ("PROOF_OF_ANOTHER",)


@pytest.mark.parametrize("version", [0, 1])
def test_a_proof_of_a_new_key_is_no_proof_of_issue(town: Town, version: int) -> None:
    new_key_entry = entry(town.good[0], event=LogEvent.KEY_REISSUED, key_version=2, version=version)

    verdict = town.judge(town.good[0].pdf, proof_of(new_key_entry, town.log))

    assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", ("PROOF_OF_ANOTHER",))
    assert verdict.authorised[0] == VERIFIER.UNKNOWN


def test_a_file_that_is_not_the_one_in_the_log_is_altered(town: Town) -> None:
    other = proof_of(entry(town.good[0], certificate_sha256="0" * 64), town.log)

    verdict = town.judge(town.good[0].pdf, other)

    assert (verdict.headline, verdict.diagnoses) == ("ALTERED", ("NOT_THE_STORED_FILE",))
    assert verdict.intact[0] == VERIFIER.FAIL


def test_another_logs_proof_is_none(town: Town) -> None:
    strangers = NoteSigner(_fresh_note_key(town.log.key.name, 1))

    verdict = town.judge(town.good[0].pdf, proof_of(entry(town.good[0]), strangers))

    assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", ("PROOF_WRONG",))


def test_two_roots_of_one_size_are_a_fork(town: Town) -> None:
    size = len(town.good)

    verdict = town.judge(town.good[0].pdf, town.proofs[0], log=town.head(size, b"r" * 32))

    assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", ("LOG_FORKED",))


def test_the_head_printed_on_the_certificate_and_that_of_the_trust_file_are_compared_without_a_proof(town: Town) -> None:
    assert town.good[2].content.log_head_size == 2

    for proofs in ((), (town.proofs[2],)):
        forked = town.judge(town.good[2].pdf, *proofs, log=town.head(2, b"r" * 32))
        assert (forked.headline, forked.diagnoses, forked.authorised[0]) == ("UNDECIDED", ("LOG_FORKED",), VERIFIER.UNKNOWN)
    assert town.judge(town.good[2].pdf, log=town.head(4, b"r" * 32)).headline == "SIGNED_ONLY"


def test_an_entry_that_stands_before_the_head_printed_on_the_certificate_is_a_fork(town: Town) -> None:
    assert town.good[2].content.log_head_size == 2
    earlier = proof_of(entry(town.good[2]), town.log)  # at the place 0

    assert town.judge(town.good[2].pdf, earlier).diagnoses == ("LOG_FORKED",)


def test_no_bit_of_a_proof_can_be_flipped(town: Town) -> None:
    chance = random.Random(6962)  # noqa: S311 - likewise
    good = town.proofs[1].encode()
    for _ in range(150):
        proof = bytearray(good)
        proof[chance.randrange(len(proof))] ^= 1 << chance.randrange(8)

        assert town.judge(town.good[1].pdf, proof.decode("utf-8", "replace")).diagnoses == ("PROOF_WRONG",), proof


def test_a_witness_of_the_trust_file_counts_and_a_wrong_co_signature_does_not(town: Town) -> None:
    witness = NoteSigner(_fresh_note_key("witness.example.jp", 4))
    top, _, note = town.proofs[0].partition("\n\n")
    cosigned = f"{top}\n\n{witness.cosign(SignedNote.parse(note), OPENED_AT)}"

    assert dict(town.judge(town.good[0].pdf, cosigned).facts)["公開記録の連署"] == "なし"
    believed = town.judge(town.good[0].pdf, cosigned, witnesses=[witness.key.text])
    assert dict(believed.facts)["公開記録の連署"] == "witness.example.jp"
    assert believed.headline == "GENUINE"
    altered = cosigned[:-10] + ("A" if cosigned[-10] != "A" else "B") + cosigned[-9:]
    assert town.judge(town.good[0].pdf, altered, witnesses=[witness.key.text]).diagnoses == ("PROOF_WRONG",)


# ---- timestamps ----


@pytest.fixture(scope="module")
def stamper() -> Iterator[Callable[[], Authorities]]:
    with timestamp_server() as server:
        yield lambda: Authorities([server.address], seconds=5)


def test_a_detached_timestamp_is_shown(town: Town, files: Path, stamper: Callable[[], Authorities]) -> None:
    token = token_over(hashlib.sha256(town.good[0].pdf).hexdigest(), stamper())
    (files / "good.tst").write_bytes(token.der)

    ran = run(files / "good.pdf", "--trust", files / "trust.json", "--proof", files / "good.tlog-proof", "--timestamp", files / "good.tst", "--on", "2024-05-01")  # fmt: skip

    assert ran.code == 0
    assert "タイムスタンプ：2024-04-01 12:00:05+09:00（試験用タイムスタンプ局）" in ran.said


def test_a_timestamp_of_an_unknown_authority_is_no_evidence(town: Town, stamper: Callable[[], Authorities]) -> None:
    token = token_over(hashlib.sha256(town.good[0].pdf).hexdigest(), stamper())
    trust = VERIFIER.Trust.read(json.dumps(json.loads(town.trust) | {"roots": []}))

    assert VERIFIER.check_stamp(VERIFIER.one_der(token.der), town.good[0].pdf, trust).is_trusted is False


def test_a_timestamp_over_something_else_is_wrong(town: Town, stamper: Callable[[], Authorities]) -> None:
    token = token_over(hashlib.sha256(town.good[1].pdf).hexdigest(), stamper()).der
    broken = token[:-1] + bytes([token[-1] ^ 1])

    for stamp in (token, broken, b"", b"no token"):
        verdict = town.judge(town.good[0].pdf, town.proofs[0], stamp=stamp)
        assert (verdict.headline, verdict.diagnoses) == ("UNDECIDED", ("TIMESTAMP_WRONG",))


def test_an_embedded_timestamp_is_shown_and_no_other_can_stand_in_its_place(town: Town, stamper: Callable[[], Authorities]) -> None:
    content = town.good[0].content
    made = [
        tampering.sign(
            tampering.render_certificate(content),
            identity=identity_in(signing_folder() / "1"),
            data_json=tampering.certificate_data(content),
            signed_at=ISSUED_AT,
            timestamper=stamper(),
        )
        for _ in range(2)
    ]
    stamped_at = "2024-04-01 12:00:05+09:00（試験用タイムスタンプ局）"

    verdict = town.judge(made[0])

    assert verdict.headline == "SIGNED_ONLY"
    assert dict(verdict.facts)["タイムスタンプ"] == stamped_at
    digits = [VERIFIER.find_signature(one).digits.decode() for one in made]
    tokens = [digits[at][digits[at].rindex("060B2A864886F70D010910020E") :] for at in range(2)]
    if len(tokens[0]) == len(tokens[1]):
        assert town.judge(made[0].replace(tokens[0].encode(), tokens[1].encode())).diagnoses == ("EDITED",)


# ---- state ----


def test_a_guarantee_that_has_ended_is_not_in_force(town: Town) -> None:
    verdict = town.judge(town.good[0].pdf, town.proofs[0], on=date(2024, 10, 1))

    assert (verdict.headline, verdict.in_force[0]) == ("EXPIRED", VERIFIER.FAIL)
    unproven = town.judge(town.good[0].pdf, on=date(2024, 10, 1))
    assert (unproven.headline, unproven.in_force[0]) == ("SIGNED_ONLY", VERIFIER.FAIL)
    assert town.judge(town.good[0].pdf, town.proofs[0], on=date(2024, 9, 30)).headline == "GENUINE"


def test_data_that_the_schema_does_not_allow_are_not_read(town: Town) -> None:
    schemas = json.loads(town.trust)["schemas"]
    schemas["esurety-certificate-1"]["properties"]["version"]["minimum"] = 1

    assert town.judge(town.good[0].pdf, schemas=schemas).diagnoses == ("DATA_UNREADABLE",)


def test_a_schema_that_it_does_not_understand_is_not_passed_over(town: Town) -> None:
    schemas = json.loads(town.trust)["schemas"]
    schemas["esurety-certificate-1"]["patternProperties"] = {}

    assert town.judge(town.good[0].pdf, schemas=schemas).diagnoses == ("UNKNOWN_METHOD",)
