"""The rules an application must keep, each with its outcome in words: the contractor and the clerk read the same sentences."""

from collections.abc import Iterator, Sequence
from datetime import date

from esurety.domain.application_content import ApplicationContent, RequestedGuarantee, field_name
from esurety.domain.authority_policy import AuthorityPolicy, electronic_acceptance
from esurety.domain.guarantee_limits import advance_limit, guarantee_ends_on, performance_minimum
from esurety.domain.interim_conditions import interim_outcomes
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import CertificateForm, Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.same_works import EarlierGuarantee, repeated_outcomes
from esurety.domain.yen import percentage_text

__all__ = ["RuleOutcome", "Verdict", "broken", "check_application", "warning"]


def check_application(
    content: ApplicationContent, policy: AuthorityPolicy, *, applied_on: date, earlier: Sequence[EarlierGuarantee] = ()
) -> tuple[RuleOutcome, ...]:
    """Every rule's outcome for an application under its authority's policy, in the order of the form.

    `earlier` are the guarantees that the same works have already.
    """
    return (*_outcomes(content, policy, applied_on), *repeated_outcomes(content, earlier, applied_on))


def broken(outcomes: tuple[RuleOutcome, ...]) -> tuple[RuleOutcome, ...]:
    """The outcomes that stand in the way of submitting or approving."""
    return tuple(one for one in outcomes if one.verdict is Verdict.BROKEN)


def warning(outcomes: tuple[RuleOutcome, ...]) -> tuple[RuleOutcome, ...]:
    """The outcomes that an approver may go past with a reason; a broken rule is none of them."""
    return tuple(one for one in outcomes if one.verdict is Verdict.WARNING)


def _outcomes(content: ApplicationContent, policy: AuthorityPolicy, applied_on: date) -> Iterator[RuleOutcome]:
    yield _contract_before_works(content)
    for requested in content.guarantees:
        if requested.certificate_form is CertificateForm.ELECTRONIC:
            yield _authority_accepts(content, requested, policy)
        yield from _year_amount(content, requested)
        if requested.product.is_advance:
            yield from _minimum_price(content, requested, policy)
            yield from _advance_cap(content, requested, policy)
        else:
            yield from _performance(content, requested, policy)
        yield _period(content, requested, applied_on)
    yield from interim_outcomes(content, policy, applied_on)


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


def _year_amount(content: ApplicationContent, requested: RequestedGuarantee) -> Iterator[RuleOutcome]:
    year_amount = requested.fiscal_year_amount
    if year_amount is not None and year_amount > content.contract_price:
        yield RuleOutcome(
            f"{requested.product.label}：今年度対象額",
            Verdict.BROKEN,
            f"今年度対象額 {year_amount.text}が請負金額 {content.contract_price.text}を超えています。請負金額以下で入力してください。",
            field_name(requested.product, "fiscal_year_amount"),
        )


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


def _advance_cap(content: ApplicationContent, requested: RequestedGuarantee, policy: AuthorityPolicy) -> Iterator[RuleOutcome]:
    product, amount, base = requested.product, requested.guaranteed_amount, requested.ratio_base(content.contract_price)
    limit = advance_limit(policy, product, content.works_kind, base, is_low_bid=content.is_low_bid)
    share = policy.advance_cap(product, content.works_kind, is_low_bid=content.is_low_bid)
    base_name = "今年度対象額" if requested.fiscal_year_amount is not None else "請負金額"
    how = f"{base_name} {base.text}の{float(share * 100):g}%"
    if policy.rounding_unit > 1:
        how += f"（{policy.rounding_unit.text}未満切捨て）"
    rule, where = f"{product.label}：限度額", field_name(product, "guaranteed_amount")
    if amount > limit:
        yield RuleOutcome(
            rule,
            Verdict.BROKEN,
            f"{product.label}金額 {amount.text}が限度額 {limit.text}（{how}）を超えています。限度額以下で入力してください。",
            where,
        )
    else:
        ratio = percentage_text(amount, base)
        yield RuleOutcome(
            rule, Verdict.KEPT, f"{product.label}金額 {amount.text}（{ratio}）は限度額 {limit.text}（{how}）以内です。", where
        )


def _performance(content: ApplicationContent, requested: RequestedGuarantee, policy: AuthorityPolicy) -> Iterator[RuleOutcome]:
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
    if not any(one.product.is_advance for one in content.guarantees):
        yield RuleOutcome(
            "契約保証：前払金の予定",
            Verdict.WARNING,
            "契約保証は、前払金を予定する契約に付ける保証です。前払金保証の申込みがあるか、予定されているかを確認してください。",
            field_name(Product.CONTRACT_PERFORMANCE, "wanted"),
        )


def _period(content: ApplicationContent, requested: RequestedGuarantee, applied_on: date) -> RuleOutcome:
    ends_on = guarantee_ends_on(
        requested.product,
        applied_on=applied_on,
        contracted_on=content.contracted_on,
        construction_ends_on=content.construction_ends_on,
        fiscal_year_amount=requested.fiscal_year_amount,
    )
    works_end = era_date(content.construction_ends_on)
    rule = f"{requested.product.label}：保証期間"
    if ends_on < applied_on:
        text = f"保証期間は{era_date(ends_on)}までで、申込みの日にはすでに終わっています。工期が正しいか、契約書を確認してください。"
        return RuleOutcome(rule, Verdict.NOTED, text, "construction_ends_on")
    if ends_on < content.construction_ends_on:
        text = f"今年度対象額に対する保証のため、保証期間は年度末の{era_date(ends_on)}までです（工期の末日 {works_end}）。"
    else:
        text = f"保証期間は{era_date(ends_on)}までで、工期（{works_end}まで）を満たしています。"
    return RuleOutcome(rule, Verdict.KEPT, text, "construction_ends_on")
