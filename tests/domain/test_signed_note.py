"""Notes, keys and checkpoints: the vectors of Go's sumdb/note, and what the C2SP texts demand of readers."""

import base64

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from esurety.domain.signed_note import (
    COSIGNATURE_V1,
    ED25519,
    Checkpoint,
    NoteKey,
    NoteSignature,
    SignedNote,
    UnreadableNote,
    cosigned_message,
)
from esurety.services.note_keys import NoteSigner, NotSigned, checked_head, refuse_unsigned

# The example in the documentation of golang.org/x/mod/sumdb/note.
NEUMANN = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
NEUMANN_SIGNER = "PRIVATE+KEY+PeterNeumann+c74f20a3+AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz"
NEUMANN_TEXT = "If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_NOTE = (
    NEUMANN_TEXT + "\n— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
)


def test_the_published_note_is_read_and_its_signature_holds() -> None:
    key, note = NoteKey.parse(NEUMANN), SignedNote.parse(NEUMANN_NOTE)

    assert (key.name, key.algorithm, key.text) == ("PeterNeumann", ED25519, NEUMANN)
    assert (note.text, str(note)) == (NEUMANN_TEXT, NEUMANN_NOTE)
    Ed25519PublicKey.from_public_bytes(key.public_key).verify(note.signed_by(key)[0], note.text.encode())
    refuse_unsigned(note, key)


def test_our_signer_reads_the_published_private_key_and_signs_the_same() -> None:
    signer = NoteSigner(NEUMANN_SIGNER)
    key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(NEUMANN_SIGNER.split("+", 4)[4])[1:])

    assert signer.key == NoteKey.parse(NEUMANN)
    assert key.sign(NEUMANN_TEXT.encode()) == SignedNote.parse(NEUMANN_NOTE).signatures[0].signature


def test_a_note_whose_text_was_touched_is_not_signed() -> None:
    with pytest.raises(NotSigned):
        refuse_unsigned(SignedNote.parse(NEUMANN_NOTE.replace("answer", "Answer")), NoteKey.parse(NEUMANN))


def test_a_wrong_signature_beside_a_right_one_makes_the_note_void() -> None:
    key, note = NoteKey.parse(NEUMANN), SignedNote.parse(NEUMANN_NOTE)
    wrong = SignedNote(note.text, (*note.signatures, NoteSignature(key.name, key.key_id, bytes(64))))

    with pytest.raises(NotSigned):
        refuse_unsigned(wrong, key)


def test_signatures_of_unknown_keys_are_passed_over() -> None:
    note = SignedNote.parse(NEUMANN_NOTE)
    more = SignedNote(note.text, (NoteSignature("other.example", b"abcd", b"x" * 64), *note.signatures))

    refuse_unsigned(SignedNote.parse(str(more)), NoteKey.parse(NEUMANN))


@pytest.mark.parametrize(
    "text",
    [
        "", "PeterNeumann", NEUMANN.replace("c74f20a3", "c74f20a4"), NEUMANN.replace("PeterNeumann", "Peter Neumann"),
        NEUMANN.replace("PeterNeumann", "X"), NEUMANN[:-4], NEUMANN.replace("ARpc", "BRpc"), NEUMANN.replace("c74f20a3", "zzzzzzzz"), NEUMANN + "=",
    ],
)  # fmt: skip
def test_what_is_no_key_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNote):
        NoteKey.parse(text)


@pytest.mark.parametrize(
    "note",
    [
        "", "text\n", NEUMANN_TEXT + "\n", NEUMANN_NOTE[:-1], NEUMANN_NOTE.replace("— ", "- "), NEUMANN_NOTE.replace("x08go", "x08g*"),
        NEUMANN_NOTE.replace("\n—", "\n\t—"), NEUMANN_TEXT + "\n— a AAAA\n", NEUMANN_TEXT + "\n— a\n", NEUMANN_NOTE + "x\n",
        "x\n" * 70_000 + "\n— a AAAAAAAA\n", NEUMANN_TEXT + "\n— a AAAAAA\n",
    ],
)  # fmt: skip
def test_what_is_no_note_is_refused(note: str) -> None:
    with pytest.raises(UnreadableNote):
        SignedNote.parse(note)


def test_a_note_may_have_empty_lines_and_many_signatures() -> None:
    lines = "".join(NoteSignature(f"key{number}", bytes(4), b"x" * 2500).line for number in range(16))

    note = SignedNote.parse(f"one\n\ntwo\n\n{lines}")

    assert (note.text, len(note.signatures)) == ("one\n\ntwo\n", 16)


# The checkpoint that tlog-checkpoint and tlog-cosignature print.
SOFA = "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n"
SOFA_NOTE = (
    SOFA + "\n— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+mbIUBkBIfZ+qnA==\n"
)


def test_the_checkpoint_of_the_specification_is_read() -> None:
    note = SignedNote.parse(SOFA_NOTE)
    head = Checkpoint.parse(note.text)

    assert (head.origin, head.size) == ("example.com/behind-the-sofa", 20_852_163)
    assert head.text == SOFA
    assert str(note) == SOFA_NOTE
    assert int.from_bytes(note.signatures[1].signature[:8], "big") == 1_679_315_147  # the time that the specification says
    assert len(note.signatures[1].signature) == 8 + 64


def test_the_message_of_a_cosignature_is_that_of_the_specification() -> None:
    assert cosigned_message(SOFA, 1_679_315_147).decode() == "cosignature/v1\ntime 1679315147\n" + SOFA


@pytest.mark.parametrize(
    "text",
    ["", "a\n1\n", SOFA.replace("20852163", "020852163"), SOFA.replace("20852163", "-1"), SOFA.replace("20852163", "１"), SOFA.replace("CsUY", "CsU"),
     SOFA.replace("example.com/behind-the-sofa", ""), SOFA.replace("20852163", "9" * 19), SOFA + "\n"],
)  # fmt: skip
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNote):
        Checkpoint.parse(text)


def test_extension_lines_are_somebody_elses() -> None:
    assert Checkpoint.parse(SOFA + "an extension\n").size == 20_852_163


def test_a_cosignature_is_made_and_checked() -> None:
    from datetime import UTC, datetime

    log, witness = NoteSigner(NEUMANN_SIGNER), _witness()
    signed = log.sign(Checkpoint("PeterNeumann", 3, bytes(32)))

    both = witness.cosign(signed, datetime(2026, 11, 23, tzinfo=UTC))

    assert [one.name for one in both.signatures] == ["PeterNeumann", "w.example/witness"]
    refuse_unsigned(both, witness.key)
    head, _ = checked_head(str(both), log.key)
    assert head.size == 3
    again = witness.cosign(both, datetime(2026, 11, 24, tzinfo=UTC))
    assert len(again.signatures) == 2
    later = again.signatures[1].signature
    assert later[:8] != both.signatures[1].signature[:8]
    with pytest.raises(InvalidSignature):
        Ed25519PublicKey.from_public_bytes(witness.key.public_key).verify(later[8:], both.text.encode())


def test_a_head_under_another_name_is_not_signed_by_this_log() -> None:
    signer = NoteSigner(NEUMANN_SIGNER)

    with pytest.raises(NotSigned):
        checked_head(str(signer.sign(Checkpoint("other.example/log", 3, bytes(32)))), signer.key)


def _witness() -> NoteSigner:
    seed = base64.b64encode(bytes([COSIGNATURE_V1]) + b"w" * 32).decode()
    return NoteSigner(f"PRIVATE+KEY+w.example/witness+00000000+{seed}")
