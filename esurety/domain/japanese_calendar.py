"""Days and times as Japan writes them: 和暦 read and printed, fiscal years, Japanese time."""

import re
import unicodedata
from calendar import monthrange
from datetime import date, datetime, timedelta, timezone
from typing import NamedTuple

JAPAN = timezone(timedelta(hours=9), "JST")  # Japan has kept no summer time since 1951


class Era(NamedTuple):
    """A 元号 and the day it began."""

    name: str
    letter: str
    first_day: date


# A future era is one more row at the top.
_FIRST_YEAR, _LAST_YEAR = 1873, 2999  # before 明治6年 Japan had another calendar; after 2999 it is a slip of the finger
ERAS = (
    Era("令和", "R", date(2019, 5, 1)),
    Era("平成", "H", date(1989, 1, 8)),
    Era("昭和", "S", date(1926, 12, 25)),
    Era("大正", "T", date(1912, 7, 30)),
    Era("明治", "M", date(1868, 1, 25)),  # years count from 1868; days before 1873 are not ours
)

_ERA_OF_WORD = {word: era for era in ERAS for word in (era.name, era.letter, era.name[0])}
_TYPED = re.compile(
    r"(?P<era>令和|平成|昭和|大正|明治|令|平|昭|大|明|[RHSTM])?"
    r"(?P<year>元|\d{1,4})[年./-](?P<month>\d{1,2})[月./-](?P<day>\d{1,2})日?"
)
_EIGHT_DIGITS = re.compile(r"(?P<year>\d{4})(?P<month>\d{2})(?P<day>\d{2})")
_DASHES = re.compile("[‐‑‒–—―−－ー─━]")


class NotADate(ValueError):
    """The text names no day; `advice` says why and what to type, to follow 「…は」."""

    def __init__(self, advice: str) -> None:
        super().__init__(advice)
        self.advice = advice


class NotReadAsDate(NotADate):
    """The text does not look like a date."""


class ImpossibleDay(NotADate):
    """The month has no such day, or the year no such month."""


class EraOverrun(NotADate):
    """The era had ended before that day, or had not begun."""


def parse_date(typed: str) -> date:
    """Read a day typed as 令和6年4月1日, R6.4.1, Ｒ６．４．１, 2024/4/1 or 20240401. Raises NotADate with advice."""
    plain = _DASHES.sub("-", re.sub(r"\s", "", unicodedata.normalize("NFKC", typed))).upper()
    match = _TYPED.fullmatch(plain) or _EIGHT_DIGITS.fullmatch(plain)
    if match is None:
        raise NotReadAsDate("「令和6年4月1日」または「2024/4/1」のように入力してください")
    parts = match.groupdict()
    era = _ERA_OF_WORD.get(parts.get("era") or "")
    year_of_era = 1 if parts["year"] == "元" else int(parts["year"])
    if era is None:
        if parts["year"] == "元" or len(parts["year"]) < 4:
            raise NotReadAsDate("元号を付けて「令和6年4月1日」、または西暦4桁で「2024/4/1」のように入力してください")
        return _day(year_of_era, int(parts["month"]), int(parts["day"]), f"{year_of_era}年")
    return _day_of_era(era, year_of_era, int(parts["month"]), int(parts["day"]))


def _day_of_era(era: Era, year_of_era: int, month: int, day: int) -> date:
    named_year = f"{era.name}{_year_text(year_of_era)}年"
    year = era.first_day.year + year_of_era - 1
    if year_of_era < 1:
        raise NotReadAsDate("「令和6年4月1日」または「2024/4/1」のように入力してください")
    found = _day(year, month, day, named_year)
    if found < era.first_day or era_of(found) is not era:
        raise EraOverrun(f"「{named_year}{month}月{day}日」ではなく「{era_date(found, padded=False)}」と入力してください")
    return found


def _day(year: int, month: int, day: int, named_year: str) -> date:
    if year < _FIRST_YEAR:
        raise NotReadAsDate("明治6年（1873年）以降の日付を入力してください")
    if year > _LAST_YEAR:
        raise NotReadAsDate(f"{_LAST_YEAR}年以前の日付を入力してください")
    if not 1 <= month <= 12:
        raise ImpossibleDay(f"存在する日付を入力してください（{month}月はありません）")
    last = monthrange(year, month)[1]
    if not 1 <= day <= last:
        raise ImpossibleDay(f"存在する日付を入力してください（{named_year}{month}月は{last}日までです）")
    return date(year, month, day)


def era_of(day: date) -> Era:
    """The era a day belongs to. Raises ValueError before 明治6年 (1873), when Japan had another calendar."""
    if day.year < _FIRST_YEAR:
        raise ValueError("no era is known for that day")
    return next(era for era in ERAS if day >= era.first_day)


def era_date(day: date, *, padded: bool = True) -> str:
    """A day as official papers print it: 令和06年04月01日, 令和元年05月01日; unpadded 令和6年4月1日."""
    year = _era_year(day, padded=padded)
    return f"{year}{day.month:02d}月{day.day:02d}日" if padded else f"{year}{day.month}月{day.day}日"


def _era_year(day: date, *, padded: bool) -> str:
    era = era_of(day)
    return f"{era.name}{_year_text(day.year - era.first_day.year + 1, padded=padded)}年"


def _year_text(year_of_era: int, *, padded: bool = False) -> str:
    if year_of_era == 1:
        return "元"
    return f"{year_of_era:02d}" if padded else str(year_of_era)


def era_time(instant: datetime) -> str:
    """An instant in Japanese time, to the minute: 令和08年11月23日 09時05分. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    local = instant.astimezone(JAPAN)
    return f"{era_date(local.date())} {local.hour:02d}時{local.minute:02d}分"


def japanese_day(instant: datetime) -> date:
    """The calendar day in Japan at an instant. Raises ValueError for a naive one."""
    if instant.tzinfo is None:
        raise ValueError("an instant needs its time zone")
    return instant.astimezone(JAPAN).date()


def fiscal_year(day: date) -> int:
    """The 年度 (April to March) a day falls in, by the year it began: 2027-03-31 is in 2026."""
    return day.year if day.month >= 4 else day.year - 1


def last_day_of_fiscal_year(year: int) -> date:
    """31 March of the next calendar year."""
    return date(year + 1, 3, 31)


def fiscal_year_text(year: int) -> str:
    """令和8年度. A year in which an era began bears the new name throughout: 令和元年度, as the government decided in 2019."""
    return _era_year(date(year, 12, 31), padded=False) + "度"
