"""What a report can be asked, as its form: this fiscal year, this year's changes and the next thirty days unless told otherwise."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

from esurety.domain.japanese_calendar import era_date, fiscal_year, fiscal_year_text
from esurety.domain.products import CertificateForm, Product
from esurety.domain.typed_fields import TypedForm
from esurety.persistence.report_figures import ShareBy
from esurety.services.read_reports import ReportName, ReportQuestion
from esurety.web.presentation import fiscal_year_options

_YEARS_OFFERED = 15
_DAYS, _MOST_DAYS = 30, 999
_EVERYTHING = ("", "すべて")


@dataclass(frozen=True)
class ReportField:
    """One field of the form; with options it is a choice."""

    name: str
    label: str
    value: str
    options: list[tuple[str, str]] = field(default_factory=list)
    is_day: bool = False
    error: str = ""


@dataclass(frozen=True)
class ReportForm:
    """The form with what was typed, and the question; None while something has to be corrected."""

    fields: list[ReportField]
    question: ReportQuestion | None
    covers: str  # 令和8年度

    @property
    def problems(self) -> list[tuple[str, str]]:
        return [(one.name, one.error) for one in self.fields if one.error]

    @property
    def query(self) -> dict[str, str]:
        return {one.name: one.value for one in self.fields if one.value}


def report_form(name: ReportName, typed: Mapping[str, str], today: date) -> ReportForm:
    """Read the form of a report."""
    if name is ReportName.CHANGES:
        return _between_days(typed, today)
    if name is ReportName.EXPIRING:
        return _within_days(typed, today)
    return _of_year(name, typed, today)


def _of_year(name: ReportName, typed: Mapping[str, str], today: date) -> ReportForm:
    years = fiscal_year_options(today, years=_YEARS_OFFERED)
    year = _one_of(typed.get("fiscal_year", ""), years, str(fiscal_year(today)))
    fields = [ReportField("fiscal_year", "年度", year, years)]
    product, form, by = "", "", ShareBy.MONTH.value
    if name is ReportName.CONTRACTS:
        forms = [_EVERYTHING, *((one.value, one.label) for one in CertificateForm)]
        product, form = _one_of(typed.get("product", ""), _products(), ""), _one_of(typed.get("certificate_form", ""), forms, "")
        fields += [ReportField("product", "保証", product, _products()), ReportField("certificate_form", "証書の形式", form, forms)]
    if name is ReportName.FORMS:
        ways = [(one.value, f"{one.label}別") for one in ShareBy]
        by = _one_of(typed.get("by", ""), ways, by)
        fields.append(ReportField("by", "集計の単位", by, ways))
    question = ReportQuestion(
        fiscal_year=int(year),
        first=date(int(year), 4, 1),
        last=date(int(year) + 1, 3, 31),
        product=Product(product) if product else None,
        certificate_form=CertificateForm(form) if form else None,
        by=ShareBy(by),
    )
    return ReportForm(fields, question, fiscal_year_text(int(year)))


def _between_days(typed: Mapping[str, str], today: date) -> ReportForm:
    usual = {"first": era_date(date(fiscal_year(today), 4, 1), padded=False), "last": era_date(today, padded=False)}
    read = TypedForm({name: typed.get(name, "").strip() or otherwise for name, otherwise in usual.items()})
    first, last = read.day("first", "期間の初日"), read.day("last", "期間の末日")
    if first is not None and last is not None and last < first:
        read.complain("last", "期間の末日は初日以降の日付を入力してください")
    fields = [
        ReportField(name, label, read.raw(name)[:100], is_day=True, error=read.problems.get(name, ""))
        for name, label in (("first", "期間の初日"), ("last", "期間の末日"))
    ]
    if read.problems or first is None or last is None:
        return ReportForm(fields, None, "")
    question = ReportQuestion(fiscal_year=fiscal_year(today), first=first, last=last)
    return ReportForm(fields, question, f"{era_date(first, padded=False)}から{era_date(last, padded=False)}まで")


def _within_days(typed: Mapping[str, str], today: date) -> ReportForm:
    text = typed.get("days", "").strip()[:100] or str(_DAYS)
    plain = re.sub(r"[\s,日]", "", unicodedata.normalize("NFKC", text))
    days = int(plain) if re.fullmatch(r"[0-9]{1,3}", plain) else 0
    product = _one_of(typed.get("product", ""), _products(), "")
    error = "" if days else f"日数は1から{_MOST_DAYS}までの数字で入力してください"
    fields = [ReportField("days", "何日以内に期限が来るか", text, error=error), ReportField("product", "保証", product, _products())]
    if not days:
        return ReportForm(fields, None, "")
    last = today + timedelta(days=days)
    question = ReportQuestion(fiscal_year=fiscal_year(today), first=today, last=last, product=Product(product) if product else None)
    return ReportForm(fields, question, f"{days}日以内（{era_date(last, padded=False)}まで）")


def _products() -> list[tuple[str, str]]:
    return [_EVERYTHING, *((one.value, one.label) for one in Product)]


def _one_of(typed: str, options: list[tuple[str, str]], otherwise: str) -> str:
    return typed if typed in {value for value, _ in options} else otherwise
