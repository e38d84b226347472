"""前払金 and 中間前払金 together: at most 60 % of what they stand on, whichever of the two is applied for or changed (domain.md, Products)."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from esurety.domain.application_content import ApplicationContent, field_name
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.guarantee_limits import advances_together_limit
from esurety.domain.products import Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.works_standing import NOTHING_STANDS, WorksStanding
from esurety.domain.yen import Yen, total

_FIRST, _INTERIM = Product.ADVANCE_PAYMENT, Product.INTERIM_ADVANCE_PAYMENT
_RULE = "前払金と中間前払金の合計"


@dataclass(frozen=True)
class AdvancesTogether:
    """What counts together. `first` is None where nobody knows the first advance; `base` is the smallest one that any of them stands on."""

    first: Yen | None
    interim: Yen
    base: Yen
    counted: tuple[str, ...]  # what stands in the works already, by name and amount

    @property
    def total(self) -> Yen:
        return total([self.first or Yen(0), self.interim])


def advances_together(content: ApplicationContent, works: WorksStanding, *, year: int) -> AdvancesTogether:
    """The advances of an application, or of a change, with those that stand in the works for the same money.

    The first advance is the larger of 既前払金額 as typed and what is guaranteed here; the base is the smallest one: the limit must not
    grow by leaving a year's amount out.
    """
    price, works = content.contract_price, works.with_approved()
    own = [one for one in (content.guarantee(_FIRST), content.guarantee(_INTERIM)) if one is not None]
    first, interim = works.advances(_FIRST, year), works.advances(_INTERIM, year)
    guaranteed = [one.amount for one in first] + [one.guaranteed_amount for one in own if one.product is _FIRST]
    typed = [one.previous_advance_amount for one in own if one.previous_advance_amount is not None]
    known = [total(guaranteed)] if guaranteed else []
    return AdvancesTogether(
        first=max([*known, *typed], default=None),
        interim=total([*(one.amount for one in interim), *(one.guaranteed_amount for one in own if one.product is _INTERIM)]),
        base=min([*(one.ratio_base(price) for one in own), *(one.ratio_base(price) for one in (*first, *interim))], default=price),
        counted=tuple(f"{'発行済み' if one.is_issued else '承認済み'}の{one.name} {one.amount.text}" for one in (*first, *interim)),
    )


def with_first_advance(content: ApplicationContent, works: WorksStanding, *, year: int) -> ApplicationContent:
    """The application with 既前払金額 as it is judged: the certificate says what the surety has issued, not less because less was typed."""
    interim = content.guarantee(_INTERIM)
    if interim is None or not works.with_approved().advances(_FIRST, year):
        return content
    first = advances_together(content, works, year=year).first
    known = tuple(replace(one, previous_advance_amount=first) if one is interim else one for one in content.guarantees)
    return replace(content, guarantees=known)


def together_limit(content: ApplicationContent, policy: AuthorityPolicy, works: WorksStanding, *, year: int) -> Yen:
    """The most that the advances may come to together."""
    return advances_together_limit(policy, advances_together(content, works, year=year).base)


def together_outcomes(
    content: ApplicationContent, policy: AuthorityPolicy, works: WorksStanding, *, year: int, may_stay: bool = False
) -> Iterator[RuleOutcome]:
    """The outcome for the advances together; nothing where no interim advance is wanted or stands.

    `may_stay`: a change whose amount does not grow is only warned of, for what was paid once is paid (see `application_rules`).
    """
    found = advances_together(content, works, year=year)
    own = content.guarantee(_INTERIM) or content.guarantee(_FIRST)
    if own is None or (content.guarantee(_INTERIM) is None and not found.interim):
        return
    limit = advances_together_limit(policy, found.base)
    within, where = f"限度額 {limit.text}（{float(policy.advances_together_cap * 100):g}%）", field_name(own.product, "guaranteed_amount")
    if found.first is None:  # the first advance was guaranteed elsewhere, or its amount is not known yet
        text = f"既前払金額が入力されていません。すでに受けた前払金との合計が、{within}以内であることを確認してください。"
        yield RuleOutcome(_RULE, Verdict.WARNING, text, field_name(_INTERIM, "previous_advance_amount"))
        return
    issued = f"（{'、'.join(found.counted)}を含む）" if found.counted else ""
    what = f"前払金と中間前払金の合計 {found.total.text}{issued}は、{within}"
    if found.total > limit:
        advice = (
            "前払金の返還が要るかを、発注者に確認してください。"
            if may_stay
            else f"{own.product.label.removesuffix('保証')}の金額を減らしてください。"
        )
        yield RuleOutcome(_RULE, Verdict.WARNING if may_stay else Verdict.BROKEN, f"{what}を超えています。{advice}", where)
        return
    yield RuleOutcome(_RULE, Verdict.KEPT, f"{what}以内です。", where)
    yield from _with_what_is_under_way(content, policy, works, year)


def _with_what_is_under_way(content: ApplicationContent, policy: AuthorityPolicy, works: WorksStanding, year: int) -> Iterator[RuleOutcome]:
    """A warning where it is another open application that leads over the limit: which of the two is issued, people decide."""
    waiting = works.with_approved().applications
    if not waiting:
        return
    then = advances_together(content, works.if_all_is_issued(), year=year)
    limit = advances_together_limit(policy, then.base)
    if then.total > limit:
        numbers = tuple(one.application_id for one in waiting if one.product.is_advance)
        told = "、".join(f"申込番号 {one:06d}" for one in numbers)
        yield RuleOutcome(
            f"{_RULE}（手続き中を含む）",
            Verdict.WARNING,
            f"同じ工事で手続き中の{told}がそのまま発行されると、合計は {then.total.text}となり、限度額 {limit.text}を超えます。"
            "どちらを発行するか確認してください。",
            field_name(_INTERIM if content.guarantee(_INTERIM) is not None else _FIRST, "guaranteed_amount"),
            numbers,
        )


def without_own_interim(content: ApplicationContent) -> ApplicationContent:
    """The application as if its interim advance were still to be decided."""
    return replace(
        content,
        guarantees=tuple(replace(one, guaranteed_amount=Yen(0)) if one.product is _INTERIM else one for one in content.guarantees),
    )


def left_for_interim(
    content: ApplicationContent, policy: AuthorityPolicy, works: WorksStanding = NOTHING_STANDS, *, year: int
) -> Yen | None:
    """What the other advances leave for the interim one being typed; None where the first is not known."""
    found = advances_together(without_own_interim(content), works, year=year)
    if found.first is None:
        return None
    return Yen(max(0, advances_together_limit(policy, found.base) - found.total))
