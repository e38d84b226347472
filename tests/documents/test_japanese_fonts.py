"""The vendored fonts are those that were chosen, and copy what they show."""

import hashlib
from datetime import date

from esurety.documents.html_to_pdf import pdf_of
from esurety.documents.japanese_fonts import FONT_FOLDER


def test_the_vendored_fonts_are_unchanged() -> None:
    listed = dict(reversed(line.split()) for line in (FONT_FOLDER / "SHA256SUMS").read_text(encoding="ascii").splitlines())

    assert set(listed) == {"LICENSE", "NotoSerifJP_400Regular.ttf", "NotoSerifJP_700Bold.ttf"}
    for name, checksum in listed.items():
        assert hashlib.sha256((FONT_FOLDER / name).read_bytes()).hexdigest() == checksum


def test_the_rare_characters_of_japanese_names_are_copied_as_shown(poppler) -> None:
    rare = "髙﨑𠮷①㈱神㋿𡈽𩸽𠀋"
    pdf = pdf_of(f"<html><body><div>{rare}</div><div><b>{rare}</b></div></body></html>", made_on=date(2024, 4, 1))

    assert poppler.text(pdf) == rare * 2
    assert all(poppler.embedded(pdf).values())
