"""Line breaking after JIS X 4051. At size 10 every Japanese character is 10 points wide."""

import pytest

from esurety.documents.japanese_fonts import REGULAR, face_named
from esurety.documents.japanese_lines import lines_of


@pytest.mark.parametrize(
    ("text", "width", "lines"),
    [
        ("", 100, ("",)),
        ("工事名", 100, ("工事名",)),
        ("あいうえおかきくけこ", 50, ("あいうえお", "かきくけこ")),
        ("一行目\n二行目", 100, ("一行目", "二行目")),
        ("あいうえお。かきくけこ", 50, ("あいうえ", "お。かきく", "けこ")),
        ("あいうえ（かき）くけこ", 50, ("あいうえ", "（かき）く", "けこ")),
        ("あいうえスーパー", 50, ("あいうえ", "スーパー")),
        ("請負金額は19,440,000円です", 75, ("請負金額は", "19,440,000円で", "す")),
        ("受付は9:00～17:00です", 50, ("受付は", "9:00～", "17:00です")),
        ("電話043-241-6101まで", 70, ("電話", "043-241-6101", "まで")),
        ("工事D-Sureです", 40, ("工事", "D-Sure", "です")),
        ("𠮷𠮷𠮷𠮷𠮷", 20, ("𠮷𠮷", "𠮷𠮷", "𠮷")),
        ("葛\U000e0100城市", 20, ("葛城", "市")),
        ("。。。。。。", 20, ("。。", "。。", "。。")),
    ],
)
def test_lines_break_where_a_typesetter_would(text: str, width: float, lines: tuple[str, ...]) -> None:
    assert lines_of(text, width=width, size=10) == lines


@pytest.mark.parametrize("text", ["https://example.jp/" + "a" * 300, "1" * 300, "（" * 50, "ー" * 50, "長い　名前　" * 30, "a b " * 100])
def test_no_line_is_wider_than_its_column_and_nothing_is_lost(text: str) -> None:
    lines = lines_of(text, width=100, size=10)

    assert all(face_named(REGULAR).stringWidth(line, 10) <= 100 for line in lines)
    assert "".join(lines).replace(" ", "").replace("　", "") == text.replace(" ", "").replace("　", "")


def test_bold_type_takes_more_room() -> None:
    text = "ABCDEFGH 12345678 " * 5

    assert len(lines_of(text, width=100, size=10, bold=True)) >= len(lines_of(text, width=100, size=10))
