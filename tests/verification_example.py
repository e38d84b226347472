"""The worked example of docs/verification.md: a certificate, its proof, its timestamp and a trust file, and the values on the way.

`python -m tests.verification_example` makes the files anew (with fresh signing keys, which are thrown away) and writes the values into
the text. The keys of log and witness are fixed and public: nobody may use them for anything else.
"""

import base64
import hashlib
import json
import re
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from asn1crypto import keys, x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from pyhanko.sign.timestamps.dummy_client import DummyTimeStamper

from esurety.documents.timestamps import token_over
from esurety.domain.log_entry import LogEntry, LogEvent, commitment
from esurety.domain.merkle_tree import GrowingTree, Node, inclusion_ranges, leaf_hash
from esurety.domain.signed_note import Checkpoint, NoteKey, cosigned_message
from esurety.domain.tlog_proof import TlogProof
from esurety.services.note_keys import NoteSigner
from tests.documents.conftest import CERTIFICATE
from tests.signing import TestAuthority
from tests.tampering import identity_of, signed
from tests.verifier import verifier

DOCS = Path(__file__).resolve().parents[1] / "docs"
TEXT, FOLDER = DOCS / "verification.md", DOCS / "verification-example"
BEGIN, END = "<!-- 検証例の値：tests/verification_example.py が書きます -->", "<!-- 検証例の値：終わり -->"
SIGNED_AT = datetime(2024, 4, 1, 3, 0, tzinfo=UTC)
STAMPED_AT = datetime(2024, 4, 1, 3, 0, 5, tzinfo=UTC)
COSIGNED_AT = datetime(2024, 4, 2, 0, 0, tzinfo=UTC)
PLACE = 2  # of the certificate's entry among the five


def _signer(name: str, kind: int, seed: bytes) -> NoteSigner:
    return NoteSigner(f"PRIVATE+KEY+{name}+00000000+{base64.b64encode(bytes([kind]) + seed).decode()}")


LOG = _signer("hosho.vill.chosei.example.jp/log", 1, b"l" * 32)
WITNESS = _signer("shonin.example.jp/witness", 4, b"w" * 32)


def salt(at: int) -> bytes:
    """The salt of an entry; a real one is random."""
    return hashlib.sha256(b"salt %d" % at).digest()


def make() -> None:
    """Make the files anew."""
    authority = TestAuthority.root("検証例の認証局")
    others = [_entry(at, "10124-00001M", event, version) for at, event, version in ((0, "issued", 0), (1, "issued", 0))]
    before = GrowingTree()
    for at, one in enumerate(others):
        before.append(_leaf(at, one))
    content = replace(CERTIFICATE, log_origin=LOG.key.name, log_head_size=before.size, log_head_root=before.root.hex())
    pdf = signed(content, identity_of(authority, content.surety_name), SIGNED_AT)
    own = LogEntry(SIGNED_AT, LogEvent.ISSUED, content.guarantee_contract_number, 0, hashlib.sha256(pdf).hexdigest())
    entries = [*others, own, _entry(3, "10124-00001M", "changed", 1), replace(_entry(4, "10124-00001M", "key_reissued", 1), key_version=2)]
    FOLDER.mkdir(exist_ok=True)
    (FOLDER / "certificate.pdf").write_bytes(pdf)
    (FOLDER / "certificate.tst").write_bytes(token_over(own.certificate_sha256, _stamper(authority)).der)  # type: ignore[arg-type]
    (FOLDER / "certificate.tlog-proof").write_text(_proof(entries), encoding="utf-8")
    (FOLDER / "trust.json").write_text(_trust(authority, pdf, before), encoding="utf-8")


def _entry(at: int, number: str, event: str, version: int) -> LogEntry:
    return LogEntry(SIGNED_AT, LogEvent(event), number, version, hashlib.sha256(b"certificate %d" % at).hexdigest())


def _leaf(at: int, one: LogEntry) -> bytes:
    return leaf_hash(commitment(salt(at), one.to_json().encode()))


def _proof(entries: list[LogEntry]) -> str:
    tree, hashes = GrowingTree(), dict[Node, bytes]()
    for at, one in enumerate(entries):
        hashes |= dict(tree.append(_leaf(at, one)))
    note = WITNESS.cosign(LOG.sign(Checkpoint(LOG.key.name, tree.size, tree.root)), COSIGNED_AT)
    path = tuple(one.hash_from(hashes) for one in inclusion_ranges(PLACE, tree.size))
    return str(TlogProof(salt(PLACE), entries[PLACE].to_json().encode(), PLACE, path, str(note)))


def _stamper(authority: TestAuthority) -> DummyTimeStamper:
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    certificate = authority.certify("検証例のタイムスタンプ局", key, stamps=True).public_bytes(serialization.Encoding.DER)
    der = key.private_bytes(serialization.Encoding.DER, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    stamper = DummyTimeStamper(x509.Certificate.load(certificate), keys.PrivateKeyInfo.load(der), fixed_dt=STAMPED_AT)
    stamper.answered = "検証例のタイムスタンプ局"  # what token_over asks for besides
    return stamper


def _trust(authority: TestAuthority, pdf: bytes, before: GrowingTree) -> str:
    signer = verifier().check_signature(verifier().find_signature(pdf))[0].signer
    schemas = {
        path.name.removesuffix(".schema.json"): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted((DOCS / "schemas").glob("*"))
    }
    said = {
        "schema": "esurety-trust-1",
        "exported_at": "2024-04-01T02:59:00Z",
        "roots": [base64.b64encode(authority.certificate.public_bytes(serialization.Encoding.DER)).decode()],
        "demo_roots": [],
        "sureties": [{"name": CERTIFICATE.surety_name, "certificates_sha256": [signer.sha256]}],
        "log": {"key": LOG.key.text, "checkpoint": str(LOG.sign(Checkpoint(LOG.key.name, before.size, before.root)))},
        "witnesses": [WITNESS.key.text],
        "schemas": schemas,
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def values() -> str:
    """The values on the way, from the files, as the text shows them."""
    pdf = (FOLDER / "certificate.pdf").read_bytes()
    proof = TlogProof.parse((FOLDER / "certificate.tlog-proof").read_text(encoding="utf-8"))
    found = verifier().find_signature(pdf)
    data = verifier().attached_data(pdf)
    note = proof.checkpoint.partition("\n\n")[0] + "\n"
    own = commitment(proof.salt, proof.entry)
    rows = [
        ("証書のファイルの SHA-256", hashlib.sha256(pdf).hexdigest()),
        ("ByteRange", " ".join(re.findall(rb"/ByteRange \[([0-9 ]+)\]", pdf)[0].decode().split())),
        ("署名されたバイト列の SHA-256（messageDigest）", hashlib.sha256(found.covered).hexdigest()),
        ("署名者の電子証明書の SHA-256", verifier().check_signature(found)[0].signer.sha256),
        ("署名した時刻（/M）", verifier().check_signature(found)[1].strftime("%Y-%m-%dT%H:%M:%SZ")),
        ("証書のデータの長さ（バイト）", str(len(data))),
        ("証書のデータの SHA-256", hashlib.sha256(data).hexdigest()),
        ("salt", proof.salt.hex()),
        ("エントリ", proof.entry.decode()),
        ("コミットメント", own.hex()),
        ("葉のハッシュ", leaf_hash(own).hex()),
        ("葉の位置 / 木の大きさ", f"{proof.index} / {note.split(chr(10))[1]}"),
        *((f"証明のハッシュ{at}", one.hex()) for at, one in enumerate(proof.hashes, 1)),
        ("根", Checkpoint.parse(note).root.hex()),
        ("公開記録の検証鍵", LOG.key.text),
        ("証人の検証鍵", WITNESS.key.text),
        ("証人が署名する文", repr(cosigned_message(note, int(COSIGNED_AT.timestamp())).decode())[1:-1]),
    ]
    return "\n".join(["", "| 値 | |", "|---|---|", *(f"| {name} | `{value}` |" for name, value in rows), ""])


if __name__ == "__main__":
    make()
    text = TEXT.read_text(encoding="utf-8")
    head, rest = text.split(BEGIN)
    TEXT.write_text(f"{head}{BEGIN}\n{values()}\n{END}{rest.split(END)[1]}", encoding="utf-8")
    assert NoteKey.parse(LOG.key.text) == LOG.key
