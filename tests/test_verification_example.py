"""docs/verification.md: its worked example is what its files say, and the verifier takes them for genuine."""

import re

from esurety.domain.verdict import Diagnosis, Headline, Question
from tests.verification_example import BEGIN, END, FOLDER, TEXT, values
from tests.verifier import run, verifier

ARGUMENTS = (
    *(FOLDER / "certificate.pdf", "--trust", FOLDER / "trust.json", "--proof", FOLDER / "certificate.tlog-proof"),
    *("--timestamp", FOLDER / "certificate.tst", "--on", "2024-05-01"),
)


def test_the_values_in_the_text_are_those_of_the_files() -> None:
    text = TEXT.read_text(encoding="utf-8")

    assert text.split(BEGIN)[1].split(END)[0] == f"\n{values()}\n"


def test_the_example_is_genuine() -> None:
    ran = run(*ARGUMENTS)

    assert (ran.code, ran.complained) == (0, "")
    assert ran.said.startswith(Headline.GENUINE.label)
    assert "公開記録の連署：shonin.example.jp/witness" in ran.said
    assert "タイムスタンプ：2024-04-01 12:00:05+09:00（検証例のタイムスタンプ局）" in ran.said


def test_the_text_uses_the_words_of_the_verdict() -> None:
    text = TEXT.read_text(encoding="utf-8")

    for name in verifier().HEADLINES:
        assert Headline[name].label in text
    assert all(one.label in text for one in Question)
    for name in ("NO_SIGNATURE", "SIGNATURE_STRIPPED", "RE_SAVED", "UNKNOWN_SIGNER", "DEMO_KEY", "KEY_NOT_VALID_THEN", "DATA_UNREADABLE"):
        assert Diagnosis[name].title in text


def test_every_number_of_a_method_in_the_text_is_known_to_the_verifier() -> None:
    program = (TEXT.parents[1] / "tools" / "esurety_verify.py").read_text(encoding="utf-8")
    named = set(re.findall(r"\b[0-2](?:\.[0-9]+){6,}\b", TEXT.read_text(encoding="utf-8")))

    assert len(named) > 8
    assert {one for one in named if f'"{one}"' not in program} == set()
