"""保証料率: the tariffs of each product with their versions; loading them from a file, looked at before."""

from dataclasses import dataclass, replace
from datetime import date

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.beginning_of_rules import YEARS_AHEAD, latest_beginning
from esurety.domain.guarantee_premium import NoTierForAmount, Tariff, rate_text, tier_range_text
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.domain.table_rows import FileRefused, RowProblem, template_rows
from esurety.domain.tariff_file import COLUMNS, EXAMPLE_AMOUNTS, EXAMPLE_ROWS, example_premium
from esurety.domain.yen import Yen
from esurety.services.load_tariffs import LaidDownTariff, every_tariff, load_tariffs, standing_tariffs, tariff_subject, try_tariffs
from esurety.services.read_rules import happened_to
from esurety.web.access import person
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.rules_files import csv_template, kept_rows, kept_text, sent_rows
from esurety.web.office.rules_home import may_change_rules, operator
from esurety.web.presentation import Tag, history_lines


@dataclass(frozen=True)
class TariffBox:
    """One version as the page shows it."""

    product: str
    label: str
    effective_from: str
    tag: Tag
    tiers: list[tuple[str, str]]
    terms: str
    withdraw_href: str = ""


@dataclass(frozen=True)
class PreviewBox:
    """A tariff to be added, with what amounts cost before and after."""

    box: TariffBox
    old_label: str
    premiums: list[tuple[str, str, str]]


@blueprint.get("/rules/tariffs/")
def rules_tariffs() -> str:
    """Every product's tariffs: in force, to come, gone."""
    account, today = person(), japanese_day(now())
    found, may_change = every_tariff(account), may_change_rules()
    standing = [one.tariff for one in found if one.withdrawn_at is None]
    groups = [
        (product.label, [_listed(one, standing, today, may_change=may_change) for one in found if one.tariff.product is product])
        for product in Product
    ]
    return render_template(
        "office/rules/tariffs.html",
        groups=groups,
        history=history_lines(happened_to(tariff_subject(account.surety_id or 0))),
        may_change=may_change,
    )


@blueprint.get("/rules/tariffs/load")
def new_tariffs() -> str:
    """Choose a file."""
    operator()
    return _file_page(())


@blueprint.get("/rules/tariffs/template.csv")
def tariff_template() -> Response:
    """A file to begin with."""
    return csv_template(template_rows(COLUMNS, EXAMPLE_ROWS), "tariffs.csv")


@blueprint.post("/rules/tariffs/load")
def try_new_tariffs() -> Response:
    """What the file would add, with premiums before and after; nothing is changed."""
    account, today = operator(), japanese_day(now())
    try:
        rows = sent_rows()
        tariffs = try_tariffs(account=account, rows=rows, today=today)
    except FileRefused as no:
        return _refused(no)
    there = standing_tariffs(account)
    far_off = [era_date(one.effective_from, padded=False) for one in tariffs if one.effective_from > latest_beginning(today)]
    page = render_template(
        "office/rules/tariffs_preview.html",
        boxes=[_preview(one, there) for one in tariffs],
        far_off=sorted(set(far_off)),
        years_ahead=YEARS_AHEAD,
        kept=kept_text(rows),
    )
    return Response(page, mimetype="text/html")


@blueprint.post("/rules/tariffs/")
def load_new_tariffs() -> Response:
    """この内容で登録する."""
    account = operator()
    try:
        count = load_tariffs(account=account, rows=kept_rows(), token=request.form.get("token", "")[:64] or new_token(), at=now())
    except FileRefused as no:
        return _refused(no)
    flash(f"保証料率を{count}件登録しました。" if count else "この料率はすでに登録されています。", "success" if count else "info")
    return see_other(url_for("office.rules_tariffs"))


def _refused(no: FileRefused) -> Response:
    return Response(_file_page(no.problems), status=422, mimetype="text/html")


def _file_page(row_problems: tuple[RowProblem, ...]) -> str:
    return render_template("office/rules/tariffs_load.html", **file_problems(row_problems), columns=COLUMNS)


def file_problems(found: tuple[RowProblem, ...]) -> dict[str, object]:
    """Problems as a page of a file shows them: the first in the summary, all of them in a list."""
    if not found:
        return {"problems": [], "row_problems": []}
    first = (
        found[0].text if len(found) == 1 else f"{len(found)}か所に問題があります。登録したものはありません。下の一覧を見て直してください"
    )
    return {"problems": [("file", first)], "row_problems": [one.text for one in found]}


def _preview(tariff: Tariff, there: list[Tariff]) -> PreviewBox:
    before = [one for one in there if one.product is tariff.product and one.effective_from <= tariff.effective_from]
    old = max(before, key=lambda one: one.effective_from, default=None)
    return PreviewBox(
        box=_box(tariff, Tag("これから登録", "info")),
        old_label=f"{old.label}（{era_date(old.effective_from, padded=False)}から）" if old is not None else "なし",
        premiums=[
            (_short(amount), _premium(old, amount) if old is not None else "―", _premium(tariff, amount)) for amount in EXAMPLE_AMOUNTS
        ],
    )


def _premium(tariff: Tariff, amount: Yen) -> str:
    try:
        return example_premium(tariff, amount).text
    except NoTierForAmount:
        return "計算できません"


def _short(amount: Yen) -> str:
    man = int(amount) // 10_000
    return f"{man // 10_000}億円" if man >= 10_000 else f"{man:,}万円"  # noqa: PLR2004 - 1億 is 10,000万


def _listed(one: LaidDownTariff, standing: list[Tariff], today: date, *, may_change: bool) -> TariffBox:
    if one.withdrawn_at is not None:
        return _box(one.tariff, Tag("取消済", "neutral"))
    box = _box(one.tariff, _tag(one.tariff, standing, today))
    if not may_change or one.tariff.effective_from <= today:
        return box
    return replace(box, withdraw_href=url_for("office.confirm_tariff_withdrawal", tariff_id=one.id))


def _tag(tariff: Tariff, found: list[Tariff], today: date) -> Tag:
    if tariff.effective_from > today:
        return Tag("これから", "info")
    in_force = max(one.effective_from for one in found if one.product is tariff.product and one.effective_from <= today)
    return Tag("適用中", "success") if tariff.effective_from == in_force else Tag("過去", "neutral")


def _box(tariff: Tariff, tag: Tag) -> TariffBox:
    bounds = [Yen(0), *(one.upper_bound for one in tariff.tiers)]
    terms = [f"{tariff.rounding_unit.text}未満切捨て"]
    if tariff.minimum:
        terms.append(f"最低保証料 {tariff.minimum.text}")
    if tariff.months_basis is not None:
        terms.append(f"{tariff.months_basis}か月を超える保証期間は、1か月ごとに増える")
    return TariffBox(
        product=tariff.product.label,
        label=tariff.label,
        effective_from=era_date(tariff.effective_from, padded=False),
        tag=tag,
        tiers=[
            (tier_range_text(lower or Yen(0), tier.upper_bound), rate_text(tier.rate))
            for lower, tier in zip(bounds[:-1], tariff.tiers, strict=True)
        ],
        terms="、".join(terms),
    )
