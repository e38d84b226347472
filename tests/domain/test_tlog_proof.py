"""The side file: read back as written, in the shape of C2SP tlog-proof, and nothing else is taken for one."""

import base64

import pytest

from esurety.domain.tlog_proof import TlogProof, UnreadableProof

CHECKPOINT = "example.com/fancylog\n109482\nsFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n\n— example.com/fancylog hI2DJwAA\n"
PROOF = TlogProof(b"s" * 32, b'{"a":1}', 73_894, (b"h" * 32, b"i" * 32), CHECKPOINT)


def test_a_proof_has_the_lines_of_the_specification() -> None:
    head, checkpoint = str(PROOF).split("\n\n", 1)

    assert checkpoint == CHECKPOINT
    assert head.split("\n") == [
        "c2sp.org/tlog-proof@v1",
        "extra " + base64.b64encode(b"s" * 32 + b'{"a":1}').decode(),
        "index 73894",
        base64.b64encode(b"h" * 32).decode(),
        base64.b64encode(b"i" * 32).decode(),
    ]


@pytest.mark.parametrize("proof", [PROOF, TlogProof(b"s" * 32, b"{}", 0, (), CHECKPOINT)])
def test_a_proof_reads_back_as_itself(proof: TlogProof) -> None:
    assert TlogProof.parse(str(proof)) == proof


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("tlog-proof@v1", "tlog-proof@v2"), ("extra ", "more "), ("index 73894", "index 073894"), ("index 73894", "index x"), ("index 73894", "index " + "9" * 5000), ("index 73894\n", ""),
        ("aGho", "aGh"), ("\n\n", "\n"), ("extra c3Nz", "extra c3N*"), ("index 73894\n", "index 73894\n" + "aGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGhoaGg=\n" * 64),
    ],
)  # fmt: skip
def test_any_other_text_is_no_proof(old: str, new: str) -> None:
    assert old in str(PROOF)
    with pytest.raises(UnreadableProof):
        TlogProof.parse(str(PROOF).replace(old, new))


def test_a_proof_without_an_entry_is_none() -> None:
    with pytest.raises(UnreadableProof):
        TlogProof.parse(str(TlogProof(b"s" * 32, b"", 0, (), CHECKPOINT)))
