"""中間前払金: what must hold before it is paid — half the period passed, half the work done, certified by the authority (認定調書)."""

from collections.abc import Iterator
from datetime import date, timedelta

from esurety.domain.application_content import ApplicationContent, RequestedGuarantee, field_name
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import Product, WorksKind
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.yen import Yen

_INTERIM = Product.INTERIM_ADVANCE_PAYMENT


def half_of_period_passes_on(construction_starts_on: date, construction_ends_on: date) -> date:
    """The first day on which half of 工期, its first and last day counted, has passed."""
    days = (construction_ends_on - construction_starts_on).days + 1
    return construction_starts_on + timedelta(days=-(-days // 2) - 1)


def first_advance(content: ApplicationContent) -> Yen | None:
    """前払金 that counts against the interim advance: the larger of what was typed and what this very application asks for."""
    first, interim = content.guarantee(Product.ADVANCE_PAYMENT), content.guarantee(_INTERIM)
    applied = first.guaranteed_amount if first is not None else None
    received = interim.previous_advance_amount if interim is not None else None
    known = [amount for amount in (applied, received) if amount is not None]
    return max(known, default=None)


def interim_outcomes(content: ApplicationContent, applied_on: date) -> Iterator[RuleOutcome]:
    """The outcomes of the interim advance's own conditions; nothing where none is wanted."""
    interim = content.guarantee(_INTERIM)
    if interim is None:
        return
    if content.works_kind is not WorksKind.WORKS:
        yield RuleOutcome(
            "中間前払金保証：種別",
            Verdict.BROKEN,
            f"中間前払金保証は工事だけが対象です。種別が「{content.works_kind.label}」の契約では選べません。",
            field_name(_INTERIM, "wanted"),
        )
    yield _certified(interim, applied_on)
    if interim.certified_on is not None:
        yield _half_passed(content, interim.certified_on)


def _certified(interim: RequestedGuarantee, applied_on: date) -> RuleOutcome:
    """A warning, not a bar: the paper itself may be handed in after the form, and the clerk answers for going on without it."""
    rule, where = "中間前払金保証：認定調書", field_name(_INTERIM, "certified_on")
    if interim.certified_on is None:
        return RuleOutcome(
            rule,
            Verdict.WARNING,
            "中間前払金保証には、工期と出来高がともに2分の1以上であると発注者が認めた認定調書が必要です。"
            "認定調書を受け取り、その日付と認定番号を入力してください。",
            where,
        )
    if interim.certified_on > applied_on:
        text = f"認定調書の日付 {era_date(interim.certified_on)}は、申込みの日より後です。認定調書のとおりに入力してください。"
        return RuleOutcome(rule, Verdict.BROKEN, text, where)
    number = f"（認定番号 {interim.certification_number}）" if interim.certification_number else ""
    return RuleOutcome(rule, Verdict.KEPT, f"{era_date(interim.certified_on)}の認定調書{number}を受けています。", where)


def _half_passed(content: ApplicationContent, certified_on: date) -> RuleOutcome:
    """A warning: the authority may have certified by another period, such as a year's share of the works or one changed since."""
    half = half_of_period_passes_on(content.construction_starts_on, content.construction_ends_on)
    passed = certified_on >= half
    end = "以後です。" if passed else "より前です。工期と認定調書の日付を確認してください。"
    return RuleOutcome(
        "中間前払金保証：工期の2分の1",
        Verdict.KEPT if passed else Verdict.WARNING,
        f"認定調書の日付 {era_date(certified_on)}は、工期の2分の1が経過する{era_date(half)}{end}",
        field_name(_INTERIM, "certified_on"),
    )
