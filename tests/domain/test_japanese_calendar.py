"""Days as Japan writes them. The first days of the eras are those of the imperial and cabinet ordinances."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.japanese_calendar import (
    EraOverrun,
    ImpossibleDay,
    NotADate,
    NotReadAsDate,
    era_date,
    era_of,
    era_time,
    fiscal_year,
    fiscal_year_text,
    japanese_day,
    last_day_of_fiscal_year,
    parse_date,
)

FIRST_DAY = date(1873, 1, 1)
days = st.dates(min_value=FIRST_DAY, max_value=date(2999, 12, 31))


@pytest.mark.parametrize(
    ("typed", "day"),
    [
        pytest.param("令和6年4月1日", date(2024, 4, 1), id="和暦"),
        pytest.param("令和06年04月01日", date(2024, 4, 1), id="ゼロ埋め"),
        pytest.param("令和６年４月１日", date(2024, 4, 1), id="全角数字"),
        pytest.param("令和 6年 4月 1日", date(2024, 4, 1), id="空白入り"),
        pytest.param("　令和6年4月1日　", date(2024, 4, 1), id="前後の全角空白"),
        pytest.param("㋿6年4月1日", date(2024, 4, 1), id="令和の合字"),
        pytest.param("㍻30年4月1日", date(2018, 4, 1), id="平成の合字"),
        pytest.param("㍼63年4月1日", date(1988, 4, 1), id="昭和の合字"),
        pytest.param("R6.4.1", date(2024, 4, 1), id="頭文字"),
        pytest.param("r6.4.1", date(2024, 4, 1), id="小文字"),
        pytest.param("Ｒ６．４．１", date(2024, 4, 1), id="全角の頭文字"),
        pytest.param("R06/04/01", date(2024, 4, 1), id="頭文字とスラッシュ"),
        pytest.param("令6.4.1", date(2024, 4, 1), id="元号の一字目"),
        pytest.param("2024/4/1", date(2024, 4, 1), id="西暦"),
        pytest.param("2024-04-01", date(2024, 4, 1), id="ハイフン"),
        pytest.param("２０２４／４／１", date(2024, 4, 1), id="全角の西暦"),
        pytest.param("2024年4月1日", date(2024, 4, 1), id="西暦の年月日"),
        pytest.param("20240401", date(2024, 4, 1), id="八桁"),
        pytest.param("２０２４０４０１", date(2024, 4, 1), id="全角の八桁"),
        pytest.param("2024‐4‐1", date(2024, 4, 1), id="U+2010のハイフン"),
        pytest.param("2024−4−1", date(2024, 4, 1), id="マイナス記号"),
        pytest.param("2024－4－1", date(2024, 4, 1), id="全角ハイフン"),
        pytest.param("2024ー4ー1", date(2024, 4, 1), id="長音"),
        pytest.param("2024ｰ4ｰ1", date(2024, 4, 1), id="半角の長音"),
        pytest.param("2024–4—1", date(2024, 4, 1), id="欧文のダッシュ"),
        pytest.param("2024─4─1", date(2024, 4, 1), id="罫線"),
        pytest.param("令和元年5月1日", date(2019, 5, 1), id="元年"),
        pytest.param("令和1年5月1日", date(2019, 5, 1), id="1年"),
        pytest.param("R元.5.1", date(2019, 5, 1), id="頭文字と元年"),
        pytest.param("平成31年4月30日", date(2019, 4, 30), id="平成の最後の日"),
        pytest.param("H1.1.8", date(1989, 1, 8), id="平成の最初の日"),
        pytest.param("昭和64年1月7日", date(1989, 1, 7), id="昭和の最後の日"),
        pytest.param("S1.12.25", date(1926, 12, 25), id="昭和の最初の日"),
        pytest.param("大正15年12月24日", date(1926, 12, 24), id="大正の最後の日"),
        pytest.param("T1.7.30", date(1912, 7, 30), id="大正の最初の日"),
        pytest.param("明治45年7月29日", date(1912, 7, 29), id="明治の最後の日"),
        pytest.param("明治6年1月1日", date(1873, 1, 1), id="太陽暦の最初の日"),
        pytest.param("令和6年2月29日", date(2024, 2, 29), id="うるう日"),
    ],
)
def test_a_day_is_read_as_people_type_it(typed: str, day: date) -> None:
    assert parse_date(typed) == day


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        pytest.param("令和5年02月30日", "存在する日付を入力してください（令和5年2月は28日までです）", id="資料の見本の2月30日"),
        pytest.param("令和6年2月30日", "存在する日付を入力してください（令和6年2月は29日までです）", id="うるう年の2月30日"),
        pytest.param("2023/2/29", "存在する日付を入力してください（2023年2月は28日までです）", id="うるう年でない2月29日"),
        pytest.param("1900/2/29", "存在する日付を入力してください（1900年2月は28日までです）", id="100で割れる平年"),
        pytest.param("令和6年4月31日", "存在する日付を入力してください（令和6年4月は30日までです）", id="4月31日"),
        pytest.param("令和6年13月1日", "存在する日付を入力してください（13月はありません）", id="13月"),
        pytest.param("令和6年0月1日", "存在する日付を入力してください（0月はありません）", id="0月"),
        pytest.param("令和6年4月0日", "存在する日付を入力してください（令和6年4月は30日までです）", id="0日"),
        pytest.param("20240431", "存在する日付を入力してください（2024年4月は30日までです）", id="八桁の4月31日"),
        pytest.param("令和元年6月31日", "存在する日付を入力してください（令和元年6月は30日までです）", id="元年の6月31日"),
    ],
)
def test_an_impossible_day_is_answered_with_the_last_possible_one(typed: str, advice: str) -> None:
    with pytest.raises(ImpossibleDay) as refusal:
        parse_date(typed)

    assert refusal.value.advice == advice


@pytest.mark.parametrize(
    ("typed", "advice"),
    [
        pytest.param("平成40年4月1日", "「平成40年4月1日」ではなく「令和10年4月1日」と入力してください", id="平成40年"),
        pytest.param("H31.5.1", "「平成31年5月1日」ではなく「令和元年5月1日」と入力してください", id="改元の日"),
        pytest.param("令和元年4月30日", "「令和元年4月30日」ではなく「平成31年4月30日」と入力してください", id="改元の前日"),
        pytest.param("令和1年1月1日", "「令和元年1月1日」ではなく「平成31年1月1日」と入力してください", id="令和1年の1月"),
        pytest.param("昭和100年4月1日", "「昭和100年4月1日」ではなく「令和7年4月1日」と入力してください", id="昭和100年"),
        pytest.param("昭和64年1月8日", "「昭和64年1月8日」ではなく「平成元年1月8日」と入力してください", id="平成改元の日"),
        pytest.param("大正元年7月29日", "「大正元年7月29日」ではなく「明治45年7月29日」と入力してください", id="大正改元の前日"),
        pytest.param("明治50年1月1日", "「明治50年1月1日」ではなく「大正6年1月1日」と入力してください", id="明治50年"),
    ],
)
def test_an_overrun_era_is_answered_with_the_right_one(typed: str, advice: str) -> None:
    with pytest.raises(EraOverrun) as refusal:
        parse_date(typed)

    assert refusal.value.advice == advice


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="空"),
        pytest.param("あした", id="言葉"),
        pytest.param("6/4/1", id="元号なしの二桁以下の年"),
        pytest.param("06.04.01", id="元号なしの二桁の年"),
        pytest.param("元年5月1日", id="元号なしの元年"),
        pytest.param("2024/4", id="日がない"),
        pytest.param("202441", id="六桁"),
        pytest.param("2024 4 1", id="空白だけで区切る"),
        pytest.param("令和0年4月1日", id="0年"),
        pytest.param("慶応3年1月1日", id="知らない元号"),
        pytest.param("明治5年1月1日", id="太陽暦より前"),
        pytest.param("1872/12/31", id="太陽暦より前の西暦"),
        pytest.param("9999/12/31", id="遠すぎる未来"),
        pytest.param("令和9999年1月1日", id="元号の遠すぎる未来"),
        pytest.param("2024/4/1/1", id="余分な数字"),
        pytest.param("2024/4/1 2024/4/2", id="日付が二つ"),
    ],
)
def test_what_is_no_date_is_answered_with_what_to_type(typed: str) -> None:
    with pytest.raises(NotReadAsDate) as refusal:
        parse_date(typed)

    assert refusal.value.advice.endswith("入力してください")


@pytest.mark.parametrize(
    ("day", "printed", "unpadded"),
    [
        pytest.param(date(2024, 4, 1), "令和06年04月01日", "令和6年4月1日", id="説明会資料の例"),
        pytest.param(date(2024, 9, 30), "令和06年09月30日", "令和6年9月30日", id="工期の末日"),
        pytest.param(date(2019, 5, 1), "令和元年05月01日", "令和元年5月1日", id="令和元年"),
        pytest.param(date(2019, 4, 30), "平成31年04月30日", "平成31年4月30日", id="平成31年"),
        pytest.param(date(1989, 1, 8), "平成元年01月08日", "平成元年1月8日", id="平成元年"),
        pytest.param(date(1989, 1, 7), "昭和64年01月07日", "昭和64年1月7日", id="昭和64年"),
        pytest.param(date(1926, 12, 25), "昭和元年12月25日", "昭和元年12月25日", id="昭和元年"),
        pytest.param(date(1912, 7, 30), "大正元年07月30日", "大正元年7月30日", id="大正元年"),
        pytest.param(date(1912, 7, 29), "明治45年07月29日", "明治45年7月29日", id="明治45年"),
        pytest.param(date(1873, 1, 1), "明治06年01月01日", "明治6年1月1日", id="明治6年"),
        pytest.param(date(2027, 12, 3), "令和09年12月03日", "令和9年12月3日", id="令和9年"),
    ],
)
def test_a_day_is_printed_as_on_official_papers(day: date, printed: str, unpadded: str) -> None:
    assert era_date(day) == printed
    assert era_date(day, padded=False) == unpadded


def test_no_era_is_given_to_a_day_of_the_old_calendar() -> None:
    with pytest.raises(ValueError, match="no era"):
        era_of(date(1872, 12, 31))


def test_every_day_since_1873_is_read_back_from_its_printed_form() -> None:
    to = date(2100, 1, 1)

    lost = [day for day in map(date.fromordinal, range(FIRST_DAY.toordinal(), to.toordinal())) if parse_date(era_date(day)) != day]

    assert lost == []


@given(days)
def test_a_day_is_read_back_from_every_form_we_print(day: date) -> None:
    for printed in (era_date(day), era_date(day, padded=False), day.isoformat(), f"{day:%Y%m%d}", f"{day.year}/{day.month}/{day.day}"):
        assert parse_date(printed) == day


@given(st.text(alphabet="令和平成元年月日RHS0123456789/.- ０１", max_size=16))
def test_anything_typed_is_a_day_we_can_print_or_gets_advice(typed: str) -> None:
    day, advice = None, ""
    try:
        day = parse_date(typed)
    except NotADate as no:
        advice = no.advice

    assert "入力してください" in advice if day is None else parse_date(era_date(day)) == day


@pytest.mark.parametrize(
    ("day", "year"),
    [
        pytest.param(date(2026, 4, 1), 2026, id="年度の初日"),
        pytest.param(date(2026, 12, 31), 2026, id="大みそか"),
        pytest.param(date(2027, 1, 1), 2026, id="元日"),
        pytest.param(date(2027, 3, 31), 2026, id="年度の末日"),
        pytest.param(date(2027, 4, 1), 2027, id="翌年度の初日"),
    ],
)
def test_a_fiscal_year_runs_from_april_to_march(day: date, year: int) -> None:
    assert fiscal_year(day) == year


def test_fiscal_year_reiwa_8_ends_on_31_march_reiwa_9() -> None:
    assert era_date(last_day_of_fiscal_year(2026), padded=False) == "令和9年3月31日"


@pytest.mark.parametrize(
    ("year", "named"),
    [
        pytest.param(2026, "令和8年度", id="令和8年度"),
        pytest.param(2020, "令和2年度", id="令和2年度"),
        pytest.param(2019, "令和元年度", id="改元の年度は新しい元号"),
        pytest.param(2018, "平成30年度", id="平成30年度"),
        pytest.param(1989, "平成元年度", id="平成元年度"),
        pytest.param(1988, "昭和63年度", id="昭和63年度"),
    ],
)
def test_a_fiscal_year_is_named_as_the_government_names_it(year: int, named: str) -> None:
    assert fiscal_year_text(year) == named


@given(days)
def test_every_day_lies_in_its_fiscal_year(day: date) -> None:
    year = fiscal_year(day)

    assert last_day_of_fiscal_year(year - 1) < day <= last_day_of_fiscal_year(year)


def test_an_instant_is_shown_in_japanese_time() -> None:
    assert era_time(datetime(2026, 11, 23, 4, 5, 59, tzinfo=UTC)) == "令和08年11月23日 13時05分"


def test_the_day_turns_at_midnight_in_japan() -> None:
    before, after = datetime(2027, 3, 31, 14, 59, 59, tzinfo=UTC), datetime(2027, 3, 31, 15, 0, tzinfo=UTC)

    assert japanese_day(before) == date(2027, 3, 31)
    assert japanese_day(after) == date(2027, 4, 1)
    assert era_time(after).startswith("令和09年04月01日 ")
    assert after - before == timedelta(seconds=1)


def test_an_instant_without_time_zone_is_refused() -> None:
    naive = datetime(2026, 11, 23, 4, 5)  # noqa: DTZ001 the mistake to be refused

    with pytest.raises(ValueError, match="time zone"):
        era_time(naive)
    with pytest.raises(ValueError, match="time zone"):
        japanese_day(naive)
