"""保証証書, read back with poppler. Expected values: the example of record in `domain.md`."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
import zxingcpp

from esurety.documents.certificate import render_certificate
from esurety.documents.printable_characters import UnprintableCharacters
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.products import CertificateForm, Product
from esurety.domain.yen import Yen

LONG_NAME = ("令和６年度長生村立一松小学校校舎耐震改修工事（建築・電気設備・機械設備）その他" * 6)[:200]
LONG_ADDRESS = ("東京都中央区八丁堀2丁目27番10号グランドタワー日本橋八丁堀" * 7)[:200]


@pytest.mark.parametrize(
    "printed",
    [
        "前払金保証証書",
        "電子証書",
        "10124-00005P",
        "令和06年04月01日",
        "当初",
        "長生村長様",
        "東京都中央区八丁堀2丁目27番10号",
        "ネットデスク建設株式会社",
        "代表取締役保証太郎",
        "工事名都営住宅×××××耐震改修工事",
        "請負金額（総額）48,600,000円",
        "工期令和06年04月01日～令和06年09月30日",
        "前払金額19,440,000円",
        "預託金融機関〇〇銀行△△支店",
        "保証金額（総額）19,440,000円（請負金額の40.0%）",
        "保証期間令和06年04月01日～令和06年09月30日",
        "約款名前払金保証約款",
        "前払金保証約款及びこの証書に記載するところに従い保証します。",
        "千葉支店",
        "043-241-6101",
        "9:00～17:00",
        "D-Sure",
    ],
)
def test_the_example_of_record_is_printed(certificate: CertificateContent, poppler, printed: str) -> None:
    assert printed in poppler.text(render_certificate(certificate))


def test_a_certificate_is_one_good_sheet(certificate: CertificateContent, assert_good_sheet: Callable[[bytes], None]) -> None:
    assert_good_sheet(render_certificate(certificate))


def test_the_file_is_dated_and_named(certificate: CertificateContent, poppler) -> None:
    info = poppler.info(render_certificate(certificate))

    assert info["Title"] == "前払金保証証書 10124-00005P"
    assert info["Author"] == certificate.surety_name
    assert info["CreationDate"].startswith(("2024-04-01T00:00:00+09", "2024-03-31T15:00:00Z"))


@pytest.mark.parametrize(
    "rare", ["髙﨑建設㈱①", "𠮷田", "神社前（ア）－１", "葛󠄀城市", "辻󠄂"], ids=["cp932", "beyond BMP", "widths", "IVS", "IVS 2"]
)
def test_rare_characters_can_be_copied_out(certificate: CertificateContent, poppler, rare: str) -> None:
    pdf = render_certificate(replace(certificate, works_name=f"{rare}改修工事", principal_name=f"有限会社{rare}"))

    shown = "".join(character for character in rare if not 0xE0100 <= ord(character) <= 0xE01EF)
    assert f"工事名{shown}改修工事" in poppler.text(pdf)
    assert f"有限会社{shown}" in poppler.text(pdf)


def test_a_character_that_the_font_lacks_is_named(certificate: CertificateContent) -> None:
    with pytest.raises(UnprintableCharacters) as refusal:
        render_certificate(replace(certificate, works_name="𓀀新築\U0002b740工事𓀀"))

    assert refusal.value.characters == ("𓀀", "\U0002b740")


def test_markup_in_a_name_is_printed_not_obeyed(
    certificate: CertificateContent, poppler, assert_good_sheet: Callable[[bytes], None]
) -> None:
    markup = '<b>&<pdf:nextpage/><img src="http://127.0.0.1/"/>{{ 7*7 }}'

    pdf = render_certificate(replace(certificate, works_name=markup))

    assert markup.replace(" ", "") in poppler.text(pdf)
    assert_good_sheet(pdf)


def test_the_longest_names_fit_on_one_sheet(certificate: CertificateContent, poppler, assert_good_sheet: Callable[[bytes], None]) -> None:
    pdf = render_certificate(
        replace(
            certificate,
            works_name=LONG_NAME,
            works_place=LONG_ADDRESS,
            principal_name=LONG_NAME,
            principal_address=LONG_ADDRESS,
            fiscal_year_amount=Yen(48_600_000),
            depository=LONG_NAME[:100],
            guarantee_statement=certificate.guarantee_statement * 4,
        )
    )

    assert_good_sheet(pdf)
    assert poppler.text(pdf).count(LONG_NAME) == 2
    assert poppler.text(pdf).count(LONG_ADDRESS) == 2


def test_a_long_works_name_alone_does_not_make_the_type_smaller(certificate: CertificateContent, poppler) -> None:
    usual, long = (
        Counter(
            round(bottom - top, 1) for _, top, _, bottom in poppler.words(render_certificate(replace(certificate, works_name=works_name)))
        )
        for works_name in (certificate.works_name, LONG_NAME)
    )

    assert long.most_common(1)[0][0] == usual.most_common(1)[0][0]


@pytest.mark.parametrize(
    ("version", "printed"), [(0, "当初"), (1, "変更第1回"), (12, "変更第12回")], ids=["original", "first change", "twelfth change"]
)
def test_the_version_is_printed(certificate: CertificateContent, poppler, version: int, printed: str) -> None:
    pdf = render_certificate(replace(certificate, version=version))

    assert printed in poppler.text(pdf)


def test_a_performance_certificate_has_no_rows_about_advances(
    certificate: CertificateContent, poppler, assert_good_sheet: Callable[[bytes], None]
) -> None:
    pdf = render_certificate(
        replace(
            certificate,
            product=Product.CONTRACT_PERFORMANCE,
            depository="",
            guaranteed_amount=Yen(4_860_000),
            guarantee_statement="当会社は、上記の契約の履行を保証します。",
            terms_name="契約保証約款",
        )
    )

    text = poppler.text(pdf)
    assert "契約保証証書" in text
    assert "4,860,000円（請負金額の10.0%）" in text
    assert "前払" not in text
    assert "預託金融機関" not in text
    assert_good_sheet(pdf)


def test_an_interim_certificate_names_the_first_advance(certificate: CertificateContent, poppler) -> None:
    pdf = render_certificate(
        replace(
            certificate,
            product=Product.INTERIM_ADVANCE_PAYMENT,
            guaranteed_amount=Yen(9_720_000),
            previous_advance_amount=Yen(19_440_000),
        )
    )

    text = poppler.text(pdf)
    assert "中間前払金保証証書" in text
    assert "中間前払金額9,720,000円" in text
    assert "既前払金額19,440,000円" in text
    assert "（請負金額の20.0%）" in text


def test_a_year_s_amount_is_the_base_of_the_ratio(certificate: CertificateContent, poppler) -> None:
    pdf = render_certificate(
        replace(
            certificate,
            contract_price=Yen(90_000_000),
            fiscal_year_amount=Yen(20_000_000),
            guaranteed_amount=Yen(8_000_000),
            guarantee_ends_on=date(2027, 3, 31),
        )
    )

    text = poppler.text(pdf)
    assert "今年度対象額20,000,000円" in text
    assert "8,000,000円（今年度対象額の40.0%）" in text
    assert "～令和09年03月31日" in text


def test_a_paper_certificate_says_so_and_nothing_of_d_sure(certificate: CertificateContent, poppler) -> None:
    text = poppler.text(render_certificate(replace(certificate, certificate_form=CertificateForm.PAPER)))

    assert "証書(紙)" in text
    assert "D-Sure" not in text
    assert "電子証書" not in text


def test_an_empty_fact_is_shown_as_a_dash(certificate: CertificateContent, poppler) -> None:
    assert "工事番号―工事名" in poppler.text(render_certificate(replace(certificate, works_number="")))


def test_a_specimen_is_marked_for_eye_and_copy(certificate: CertificateContent, poppler) -> None:
    specimen, real = (render_certificate(replace(certificate, is_specimen=is_specimen)) for is_specimen in (True, False))

    assert poppler.text(specimen).count("見本") == 5
    assert "保証の効力はありません" in poppler.text(specimen)
    assert "見本" not in poppler.text(real)
    light_grey = 0xEC
    assert poppler.greys(specimen).count(light_grey) > 2_000
    assert poppler.greys(real).count(light_grey) < 1_000
    assert poppler.info(specimen)["Pages"] == "1"


@pytest.mark.parametrize("form", CertificateForm)
@pytest.mark.parametrize("is_specimen", [True, False], ids=["specimen", "real"])
def test_the_qr_code_leads_to_the_status_page(certificate: CertificateContent, poppler, form: CertificateForm, is_specimen: bool) -> None:
    """Also from a coarse scan, and from a page set in small type."""
    for works_name in (certificate.works_name, LONG_NAME):
        content = replace(certificate, certificate_form=form, is_specimen=is_specimen, works_name=works_name, principal_name=works_name)
        pdf = render_certificate(content)
        for dots_per_inch in (100, 200):
            (code,) = zxingcpp.read_barcodes(poppler.picture(pdf, dots_per_inch))

            assert code.text == "https://hosho.vill.chosei.example.jp/c/7K3M9QWX0C4T8VZA"


def test_a_certificate_from_before_there_were_status_pages_has_none(
    certificate: CertificateContent, poppler, assert_good_sheet: Callable[[bytes], None]
) -> None:
    before = {"status_id": "", "status_address": "", "log_origin": "", "log_head_size": None, "log_head_root": ""}

    pdf = render_certificate(replace(certificate, **before))

    assert_good_sheet(pdf)
    assert "確認用アドレス" not in poppler.text(pdf)
    assert "公開記録" not in poppler.text(pdf)
    assert not zxingcpp.read_barcodes(poppler.picture(pdf, 100))


def test_the_same_content_gives_the_same_bytes_even_in_another_process(certificate: CertificateContent) -> None:
    program = (
        "import sys; from esurety.documents.certificate import render_certificate;"
        "from esurety.domain.certificate_content import CertificateContent;"
        "sys.stdout.buffer.write(render_certificate(CertificateContent.from_json(sys.stdin.read())))"
    )
    elsewhere = subprocess.run(
        [sys.executable, "-c", program],
        input=certificate.to_json().encode(),
        capture_output=True,
        check=True,
        cwd=Path(__file__).parents[2],
        env={**os.environ, "PYTHONHASHSEED": "4711", "PYTHONUTF8": "1", "TZ": "America/New_York"},
    ).stdout

    assert render_certificate(certificate) == elsewhere
    assert render_certificate(certificate) == elsewhere


def test_a_full_width_space_is_drawn_as_wide_as_it_is(certificate: CertificateContent, poppler) -> None:
    pdf = render_certificate(replace(certificate, obligee_head="長生　村長"))

    edge = 20 / 25.4 * 72  # the left margin
    assert [round(left - edge) for left, top, _, _ in poppler.words(pdf) if left < 250 and 175 < top < 180] == [0, 3 * 14, 6 * 14]
