"""認証キーのお知らせ, read back with poppler. The order of its parts is the briefing's."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from esurety.documents.certificate import render_certificate
from esurety.documents.key_notice import render_key_notice
from esurety.documents.printable_characters import UnprintableCharacters
from esurety.domain.authentication_key import ALPHABET, AuthenticationKey
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.other_documents import KeyNotice
from esurety.domain.products import Product

IN_ORDER = [
    "電子保証にかかる「認証キー」のお知らせ",
    "保証確認サービス（D-Sure）",
    "①",
    "電子契約システムへのアップロード",
    "又は",
    "②",
    "電子メールに添付して送信",
    "完了します",
    "お問い合わせ",
    "工事名",
    "都営住宅×××××耐震改修工事",
    "受注者名",
    "（J/Vの場合は代表者）",
    "ネットデスク建設株式会社",
    "商品（保証区分）",
    "前払金保証",
    "保証契約番号",
    "10124-00005P",
    "認証キー",
    "ABCDEF01",
    "【発注者様へのお願い】",
    "https://hosho.vill.chosei.example.jp/dsure/",
    "電子保証株式会社",
]


def test_the_parts_stand_in_the_briefing_s_order(key_notice: KeyNotice, poppler) -> None:
    text = poppler.text(render_key_notice(key_notice))

    place = 0
    for part in IN_ORDER:
        assert part in text[place:], part
        place = text.index(part, place) + len(part)


def test_the_notice_is_one_good_sheet(key_notice: KeyNotice, assert_good_sheet: Callable[[bytes], None]) -> None:
    assert_good_sheet(render_key_notice(key_notice))


@pytest.mark.parametrize("key", ["ABCDEF01", "11111111", "MWMWMWMW", *(ALPHABET[start : start + 8] for start in (0, 8, 16, 24))])
def test_the_key_is_copied_as_one_word_of_half_width_characters(key_notice: KeyNotice, poppler, key: str) -> None:
    pdf = render_key_notice(replace(key_notice, authentication_key=AuthenticationKey(key)))

    assert f"認証キー {key}" in poppler.lines(pdf) or key in poppler.lines(pdf)


@pytest.mark.parametrize("key", ["11111111", "MWMWMWMW"])
def test_every_character_of_the_key_is_equally_wide_and_large(key_notice: KeyNotice, poppler, key: str) -> None:
    words = poppler.words(render_key_notice(replace(key_notice, authentication_key=AuthenticationKey(key))))

    left, _, right, _ = max(words, key=lambda word: word[3] - word[1])
    assert right - left == pytest.approx(8 * 30, abs=0.5)  # eight squares of 30 pt


def test_the_key_stands_in_the_notice_only_once_and_not_in_its_properties(key_notice: KeyNotice, poppler) -> None:
    pdf = render_key_notice(key_notice)

    assert poppler.text(pdf).count("ABCDEF01") == 1
    assert not any("ABCDEF01" in value for value in poppler.info(pdf).values())
    assert b"ABCDEF01" not in pdf


def test_the_key_is_not_in_the_certificate(certificate: CertificateContent, key_notice: KeyNotice, poppler) -> None:
    pdf = render_certificate(certificate)

    assert key_notice.authentication_key.reveal() not in poppler.text(pdf)
    assert key_notice.authentication_key.reveal().encode() not in pdf


@pytest.mark.parametrize(
    ("product", "completed"),
    [
        (Product.ADVANCE_PAYMENT, "前払金の請求手続（前払金保証）が完了"),
        (Product.INTERIM_ADVANCE_PAYMENT, "中間前払金の請求手続（中間前払金保証）が完了"),
        (Product.CONTRACT_PERFORMANCE, "請負契約の締結手続（契約保証）が完了"),
    ],
)
def test_the_notice_says_what_the_submission_completes(key_notice: KeyNotice, poppler, product: Product, completed: str) -> None:
    text = poppler.text(render_key_notice(replace(key_notice, product=product)))

    assert completed in text
    assert f"商品（保証区分）{product.label}" in text


def test_long_and_rare_names_fit_and_can_be_copied_out(key_notice: KeyNotice, poppler, assert_good_sheet: Callable[[bytes], None]) -> None:
    works_name = ("①髙﨑・𠮷田地区㈱ほか改修工事" * 20)[:200]
    pdf = render_key_notice(
        replace(key_notice, works_name=works_name, contractor_name=works_name[:100], dsure_address="https://example.jp/" + "a" * 180)
    )

    assert works_name in poppler.text(pdf)
    assert_good_sheet(pdf)


def test_a_specimen_is_marked(key_notice: KeyNotice, poppler) -> None:
    assert "見本" in poppler.text(render_key_notice(replace(key_notice, is_specimen=True)))
    assert "見本" not in poppler.text(render_key_notice(key_notice))


def test_a_character_that_the_font_lacks_is_named(key_notice: KeyNotice) -> None:
    with pytest.raises(UnprintableCharacters) as refusal:
        render_key_notice(replace(key_notice, contractor_name="😀建設"))

    assert refusal.value.characters == ("😀",)


def test_the_same_notice_gives_the_same_bytes(key_notice: KeyNotice) -> None:
    assert render_key_notice(key_notice) == render_key_notice(key_notice)
