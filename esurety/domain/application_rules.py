"""The rules an application must keep, each with its outcome in words: the contractor and the clerk read the same sentences."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from esurety.domain.advances_together import together_outcomes
from esurety.domain.alike_guarantees import AlikeGuarantee, alike_outcomes
from esurety.domain.application_content import ApplicationContent, RequestedGuarantee, field_name
from esurety.domain.authority_policy import AuthorityPolicy, electronic_acceptance
from esurety.domain.guarantee_limits import advance_limit, guarantee_ends_on, performance_minimum
from esurety.domain.interim_conditions import interim_outcomes
from esurety.domain.japanese_calendar import era_date, last_day_of_fiscal_year
from esurety.domain.products import CertificateForm, Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.same_works import OpenApplication, open_elsewhere_outcomes, repeated_outcomes, year_of_advance
from esurety.domain.works_in_step import in_step_outcomes
from esurety.domain.works_standing import NOTHING_STANDS, StandingGuarantee, WorksStanding
from esurety.domain.yen import Yen, percentage_text, round_down, total

__all__ = ["RuleOutcome", "Verdict", "broken", "check_application", "warning"]

# 公共工事標準請負契約約款 (前払金): of a price cut, only what exceeds these shares of the new price is paid back [A: the authority's terms may differ].
_KEPT_AFTER_A_CUT, _KEPT_WITH_INTERIM = Fraction(5, 10), Fraction(6, 10)


@dataclass(frozen=True)
class _Case:
    """What is judged, and by what; of a change also the guarantee as it was."""

    content: ApplicationContent
    policy: AuthorityPolicy
    applied_on: date
    works: WorksStanding  # what stands beside it
    before: StandingGuarantee | None

    @property
    def year(self) -> int:
        """The fiscal year whose advance it is: a later change does not move it."""
        if self.before is not None:
            return self.before.fiscal_year
        return year_of_advance(applied_on=self.applied_on, contracted_on=self.content.contracted_on)

    @property
    def judged_as_applied_on(self) -> date:
        """The day that says which year's end a guarantee on a year's amount has."""
        return self.applied_on if self.before is None else last_day_of_fiscal_year(self.before.fiscal_year)

    @property
    def does_not_grow(self) -> bool:
        """Of a change: whether nothing more is guaranteed than has been already."""
        return self.before is not None and all(one.guaranteed_amount <= self.before.amount for one in self.content.guarantees)


def check_application(
    content: ApplicationContent,
    policy: AuthorityPolicy,
    *,
    applied_on: date,
    works: WorksStanding = NOTHING_STANDS,
    others: Sequence[OpenApplication] = (),
    alike: Sequence[AlikeGuarantee] = (),
    changes: StandingGuarantee | None = None,
) -> tuple[RuleOutcome, ...]:
    """Every rule's outcome for an application, or a change of a guarantee, under its authority's policy, in the order of the form.

    `works` is what stands in the same works, `others` the open applications and `alike` the issued guarantees that seem to be for them
    too, `changes` the guarantee that is to be changed, as it was. Opt-in, form and least price were judged when that one was made, and stay so (briefing, Q5).
    """
    case = _Case(content, policy, applied_on, works.without(changes.number if changes is not None else ""), changes)
    return (
        *_outcomes(case),
        *in_step_outcomes(content, policy, case.works),
        *(repeated_outcomes(content, works, applied_on) if changes is None else ()),
        *open_elsewhere_outcomes(content, others),
        *(() if case.does_not_grow else alike_outcomes(content, policy, case.works, alike, year=case.year, is_change=changes is not None)),
    )


def broken(outcomes: tuple[RuleOutcome, ...]) -> tuple[RuleOutcome, ...]:
    """The outcomes that stand in the way of submitting or approving."""
    return tuple(one for one in outcomes if one.verdict is Verdict.BROKEN)


def warning(outcomes: tuple[RuleOutcome, ...]) -> tuple[RuleOutcome, ...]:
    """The outcomes that an approver may go past with a reason; a broken rule is none of them."""
    return tuple(one for one in outcomes if one.verdict is Verdict.WARNING)


def _outcomes(case: _Case) -> Iterator[RuleOutcome]:
    content, policy = case.content, case.policy
    yield _contract_before_works(content)
    for requested in content.guarantees:
        if requested.certificate_form is CertificateForm.ELECTRONIC and case.before is None:
            yield _authority_accepts(content, requested, policy)
        yield from _year_amount(case, requested)
        if requested.product.is_advance:
            if case.before is None:
                yield from _minimum_price(content, requested, policy)
            yield from _advance_cap(case, requested)
        else:
            yield from _performance(case, requested)
        yield _period(case, requested)
    yield from together_outcomes(content, policy, case.works, year=case.year, may_stay=case.does_not_grow)
    yield from interim_outcomes(content, case.applied_on)


def _contract_before_works(content: ApplicationContent) -> RuleOutcome:
    on_time = content.contracted_on <= content.construction_starts_on
    days = f"契約日 {era_date(content.contracted_on)}、工期の初日 {era_date(content.construction_starts_on)}"
    if on_time:
        return RuleOutcome("契約日と工期", Verdict.KEPT, f"{days}です。", "construction_starts_on")
    return RuleOutcome(
        "契約日と工期",
        Verdict.WARNING,
        f"{days}で、工期が契約日より前に始まっています。契約書を確認してください。",
        "construction_starts_on",
    )


def _authority_accepts(content: ApplicationContent, requested: RequestedGuarantee, policy: AuthorityPolicy) -> RuleOutcome:
    acceptance = electronic_acceptance(
        policy, works_kind=content.works_kind, contracted_on=content.contracted_on, announced_on=content.announced_on
    )
    verdict = Verdict.KEPT if acceptance.is_accepted else Verdict.BROKEN
    where = field_name(requested.product, "certificate_form") if acceptance.is_accepted is not None else "announced_on"
    return RuleOutcome(f"{requested.product.label}：電子保証への対応", verdict, acceptance.text, where)


def _year_amount(case: _Case, requested: RequestedGuarantee) -> Iterator[RuleOutcome]:
    year_amount, price = requested.fiscal_year_amount, case.content.contract_price
    if year_amount is None:
        return
    rule, where = f"{requested.product.label}：今年度対象額", field_name(requested.product, "fiscal_year_amount")
    if year_amount > price:
        text = f"今年度対象額 {year_amount.text}が請負金額 {price.text}を超えています。請負金額以下で入力してください。"
        yield RuleOutcome(rule, Verdict.BROKEN, text, where)
        return
    issued = [one for one in case.works.guarantees if one.product is requested.product and one.fiscal_year_amount is not None]
    earlier = total([one.fiscal_year_amount or Yen(0) for one in issued])
    if issued and year_amount + earlier > price:
        text = (
            f"今年度対象額 {year_amount.text}と、発行済みの保証（{'、'.join(one.number for one in issued)}）の対象額 {earlier.text}の合計が、"
            f"請負金額 {price.text}を超えています。各年度の出来高予定額を確認してください。"
        )
        yield RuleOutcome(f"{rule}の合計", Verdict.WARNING, text, where)


def _minimum_price(content: ApplicationContent, requested: RequestedGuarantee, policy: AuthorityPolicy) -> Iterator[RuleOutcome]:
    """Authorities pay advances only from a price on (domain.md: thresholds belong to the authority's policy)."""
    if not policy.minimum_price:
        return
    product, least, price = requested.product, policy.minimum_price.text, content.contract_price
    rule = f"{product.label}：対象となる請負金額"
    if price < policy.minimum_price:
        text = (
            f"{policy.authority_name}で前払金の対象になるのは、請負金額が{least}以上の契約です。"
            f"請負金額 {price.text}では{product.label}を申し込めません。請負金額を確認し、正しければ{product.label}を外してください。"
        )
        yield RuleOutcome(rule, Verdict.BROKEN, text, field_name(product, "wanted"))
    else:
        text = f"請負金額 {price.text}は、{policy.authority_name}で前払金の対象になる{least}以上です。"
        yield RuleOutcome(rule, Verdict.KEPT, text, field_name(product, "wanted"))


def _advance_cap(case: _Case, requested: RequestedGuarantee) -> Iterator[RuleOutcome]:
    content, policy = case.content, case.policy
    product, amount, base = requested.product, requested.guaranteed_amount, requested.ratio_base(content.contract_price)
    limit = advance_limit(policy, product, content.works_kind, base, is_low_bid=content.is_low_bid)
    share = policy.advance_cap(product, content.works_kind, is_low_bid=content.is_low_bid)
    base_name = "今年度対象額" if requested.fiscal_year_amount is not None else "請負金額"
    how = f"{base_name} {base.text}の{float(share * 100):g}%"
    if policy.rounding_unit > 1:
        how += f"（{policy.rounding_unit.text}未満切捨て）"
    rule, where = f"{product.label}：限度額", field_name(product, "guaranteed_amount")
    if amount <= limit:
        ratio = percentage_text(amount, base)
        yield RuleOutcome(
            rule, Verdict.KEPT, f"{product.label}金額 {amount.text}（{ratio}）は限度額 {limit.text}（{how}）以内です。", where
        )
        return
    over = f"{product.label}金額 {amount.text}が限度額 {limit.text}（{how}）を超えています。"
    if case.does_not_grow:
        yield RuleOutcome(rule, Verdict.WARNING, over + _after_a_cut(case, base), where)
    else:
        yield RuleOutcome(rule, Verdict.BROKEN, f"{over}限度額以下で入力してください。", where)


def _after_a_cut(case: _Case, base: Yen) -> str:
    """What happens to an advance that was paid before its base was cut."""
    year = case.year
    interim = case.works.advances(Product.INTERIM_ADVANCE_PAYMENT, year)
    beside = (*case.works.advances(Product.ADVANCE_PAYMENT, year), *interim)
    has_interim = bool(interim) or case.content.guarantee(Product.INTERIM_ADVANCE_PAYMENT) is not None
    share = _KEPT_WITH_INTERIM if has_interim else _KEPT_AFTER_A_CUT
    kept = round_down(base.times(share), Yen(1))
    paid = total([*(one.guaranteed_amount for one in case.content.guarantees), *(one.amount for one in beside)])
    tenths = f"10分の{int(share * 10)}（{kept.text}）"
    if paid <= kept:
        return f"支払済みの前払金 {paid.text}は{tenths}以内のため、標準約款では返還は要りません。発注者の約款を確認してください。"
    return f"支払済みの前払金 {paid.text}が{tenths}を{(paid - kept).text}超えています。返還が要るかを発注者に確認してください。"


def _performance(case: _Case, requested: RequestedGuarantee) -> Iterator[RuleOutcome]:
    content, policy = case.content, case.policy
    amount, where = requested.guaranteed_amount, field_name(Product.CONTRACT_PERFORMANCE, "guaranteed_amount")
    least = performance_minimum(policy, content.contract_price, is_low_bid=content.is_low_bid)
    how = (
        f"請負金額 {content.contract_price.text}の{float(policy.performance_share(is_low_bid=content.is_low_bid) * 100):g}%、1円未満切上げ"
    )
    if amount < least:
        yield RuleOutcome(
            "契約保証：最低額",
            Verdict.BROKEN,
            f"契約保証金額 {amount.text}が必要な額 {least.text}（{how}）に足りません。{least.text}以上で入力してください。",
            where,
        )
    elif amount > content.contract_price:
        yield RuleOutcome(
            "契約保証：最低額",
            Verdict.BROKEN,
            f"契約保証金額 {amount.text}が請負金額を超えています。請負金額以下で入力してください。",
            where,
        )
    else:
        yield RuleOutcome("契約保証：最低額", Verdict.KEPT, f"契約保証金額 {amount.text}は必要な額 {least.text}（{how}）以上です。", where)
    if not any(one.product.is_advance for one in content.guarantees) and not case.works.has_an_advance:
        yield RuleOutcome(
            "契約保証：前払金の予定",
            Verdict.WARNING,
            "契約保証は、前払金を予定する契約に付ける保証です。前払金保証の申込みがあるか、予定されているかを確認してください。",
            field_name(Product.CONTRACT_PERFORMANCE, "wanted"),
        )


def _period(case: _Case, requested: RequestedGuarantee) -> RuleOutcome:
    content, applied_on = case.content, case.applied_on
    ends_on = guarantee_ends_on(
        requested.product,
        applied_on=case.judged_as_applied_on,
        contracted_on=content.contracted_on,
        construction_ends_on=content.construction_ends_on,
        fiscal_year_amount=requested.fiscal_year_amount,
    )
    works_end = era_date(content.construction_ends_on)
    rule = f"{requested.product.label}：保証期間"
    if ends_on < applied_on and case.before is not None:
        return _shortened_into_the_past(requested, ends_on, rule)
    if ends_on < applied_on:  # 契約保証 would protect nobody; an advance may be guaranteed for what is still to be settled [A]
        text = f"保証期間は{era_date(ends_on)}までで、申込みの日にはすでに終わっています。工期が正しいか、契約書を確認してください。"
        verdict = Verdict.WARNING if requested.product.is_advance else Verdict.BROKEN
        return RuleOutcome(rule, verdict, text, "construction_ends_on")
    if ends_on < content.construction_ends_on:
        text = f"今年度対象額に対する保証のため、保証期間は年度末の{era_date(ends_on)}までです（工期の末日 {works_end}）。"
    else:
        text = f"保証期間は{era_date(ends_on)}までで、工期（{works_end}まで）を満たしています。"
    return RuleOutcome(rule, Verdict.KEPT, text, "construction_ends_on")


def _shortened_into_the_past(requested: RequestedGuarantee, ends_on: date, rule: str) -> RuleOutcome:
    """A guarantee made to end before today protects nobody; of an advance that may be meant, for works that ended early [A]."""
    text = f"変更後の保証期間は{era_date(ends_on)}までで、申込みの日にはすでに終わっています。"
    if requested.product.is_advance:
        return RuleOutcome(rule, Verdict.WARNING, f"{text}工期の末日が正しいか、変更契約書を確認してください。", "construction_ends_on")
    return RuleOutcome(rule, Verdict.BROKEN, f"{text}工期の末日を、申込みの日以降の日付で入力してください。", "construction_ends_on")
