"""Which characters the documents' font can draw, asked without drawing."""

import subprocess
import sys
from pathlib import Path

import pytest

from esurety.documents.printable_characters import UnprintableCharacters, missing_characters, require_printable


@pytest.mark.parametrize(
    "text", ["", "髙﨑𠮷①㈱㋿神", "都営住宅××××× 耐震改修工事", "〒①～－―…ﾊﾝｶｸ１２３", "一行目\n二行目\r\n三行目", "が゙"]
)
def test_what_people_type_can_be_printed(text: str) -> None:
    assert missing_characters(text) == ()


@pytest.mark.parametrize("text", ["葛\U000e0100城", "㊙\ufe0e", "\u180b"])
def test_a_variation_selector_is_not_missed(text: str) -> None:
    assert missing_characters(text) == ()


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("𓀀工事", ("𓀀",)),
        ("\U0002b740と𓀀と\U0002b740", ("\U0002b740", "𓀀")),
        ("絵文字😀", ("😀",)),
        ("\ud842", ("\ud842",)),
        ("abc\u202egnp.exe", ("\u202e",)),
        ("見えない\u200b空白", ("\u200b",)),
    ],
    ids=["hieroglyph", "in order, once", "emoji", "lone surrogate", "turned writing", "zero width"],
)
def test_what_the_font_lacks_is_named(text: str, missing: tuple[str, ...]) -> None:
    assert missing_characters(text) == missing


def test_the_refusal_names_the_characters() -> None:
    with pytest.raises(UnprintableCharacters, match=r"U\+13000") as refusal:
        require_printable("𓀀")

    assert isinstance(refusal.value, ValueError)
    assert refusal.value.characters == ("𓀀",)


def test_asking_loads_no_renderer() -> None:
    program = (
        "import sys; from esurety.documents.printable_characters import missing_characters;"
        "missing_characters('髙'); sys.exit('xhtml2pdf' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=Path(__file__).parents[2]).returncode == 0
