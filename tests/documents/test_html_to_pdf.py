"""The renderer: whatever it complains of is no document."""

import logging
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from esurety.documents import html_to_pdf
from esurety.documents.html_to_pdf import DocumentNotMade, pdf_of, pdf_on_one_sheet
from esurety.documents.printable_characters import UnprintableCharacters

DAY = date(2024, 4, 1)


def page(body: str) -> str:
    return f"<html><head><title>題</title></head><body>{body}</body></html>"


@pytest.mark.parametrize(
    "body",
    [
        '<img src="http://127.0.0.1:9/a.png"/>',
        '<img src="https://example.jp/a.png"/>',
        '<img src="/etc/hostname"/>',
        '<img src="file:///etc/hostname"/>',
        '<div style="font-family: 知らない書体">文字</div>',
    ],
    ids=["loopback", "network", "path", "file", "unknown font"],
)
def test_a_warning_fails_the_document(body: str) -> None:
    with pytest.raises(DocumentNotMade):
        pdf_of(page(body), made_on=DAY)


def test_a_warning_fails_the_document_even_where_logging_is_turned_down(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logging.getLogger(), "level", logging.CRITICAL)

    with pytest.raises(DocumentNotMade):
        pdf_of(page('<img src="/etc/hostname"/>'), made_on=DAY)


def test_a_document_that_takes_too_long_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html_to_pdf, "_NOTHING_FROM_OUTSIDE", replace(html_to_pdf._NOTHING_FROM_OUTSIDE, max_render_seconds=0.000001))

    with pytest.raises(DocumentNotMade):
        pdf_of(page("<div>文字</div>" * 100), made_on=DAY)


def test_a_failure_leaves_the_next_document_whole() -> None:
    before = pdf_of(page("文字"), made_on=DAY)
    with pytest.raises(UnprintableCharacters):
        pdf_of(page("𓀀"), made_on=DAY)
    with pytest.raises(DocumentNotMade):
        pdf_of(page('<img src="/etc/hostname"/>'), made_on=DAY)

    assert pdf_of(page("文字"), made_on=DAY) == before


def test_control_characters_are_not_drawn(poppler) -> None:
    assert poppler.text(pdf_of(page("<div>工\x00事\x0b名\x9f</div>"), made_on=DAY)) == "工事名"


def test_documents_made_at_the_same_time_do_not_mix() -> None:
    alone = {text: pdf_of(page(text), made_on=DAY) for text in ("一二三", "髙﨑𠮷", "ABC")}

    with ThreadPoolExecutor(3) as threads:
        together = list(threads.map(lambda text: (text, pdf_of(page(text), made_on=DAY)), list(alone) * 4))

    assert all(pdf == alone[text] for text, pdf in together)


def test_the_largest_setting_that_takes_one_sheet_is_chosen(poppler) -> None:
    settings = [page("<div>文字</div>" * count) for count in (200, 20, 10)]

    assert pdf_on_one_sheet(settings, made_on=DAY) == pdf_of(settings[1], made_on=DAY)
    assert poppler.info(pdf_on_one_sheet(settings[:1], made_on=DAY))["Pages"] != "1"
