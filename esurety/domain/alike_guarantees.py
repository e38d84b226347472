"""Issued guarantees that seem to be for the same works although nobody joined them: a blank form must not get round what 同じ工事 would show."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from esurety.domain.advances_together import advances_together
from esurety.domain.application_content import ApplicationContent, field_name
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.guarantee_limits import advances_together_limit
from esurety.domain.products import Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.search_words import folded
from esurety.domain.works_standing import StandingGuarantee, WorksStanding

_RULE = "同じ工事とみられる保証"


@dataclass(frozen=True)
class AlikeGuarantee:
    """A guarantee in force or expired, of the same surety and authority, whose works have the same name or number; the name is folded."""

    guarantee: StandingGuarantee
    company: str
    folded_works_name: str


def alike_outcomes(
    content: ApplicationContent,
    policy: AuthorityPolicy,
    works: WorksStanding,
    alike: Sequence[AlikeGuarantee],
    *,
    year: int,
    is_change: bool = False,
) -> Iterator[RuleOutcome]:
    """One outcome for all of them: a warning where one is a double or stands on the same money, else worth knowing.

    Names and numbers repeat from year to year, so only people can tell: it never breaks, and works that had ended before this contract
    was made are left out. A change is warned of only where the advances would exceed their limit: its application was asked before.
    """
    possible = [one for one in alike if _may_be_the_same(one.guarantee, content.contracted_on)]
    if not possible:
        return
    joined = WorksStanding((*works.guarantees, *(one.guarantee for one in possible)), works.applications)
    together, is_over = _together(content, policy, joined, year)
    if is_change and not is_over:
        return
    products = {one.product for one in content.guarantees}
    counts = any(_counts(one.guarantee, products, joined, year) for one in possible)
    told = "、".join(_told(one, content) for one in possible)
    yield RuleOutcome(
        _RULE,
        Verdict.WARNING if counts else Verdict.NOTED,
        f"同じ工事とみられる保証があります：{told}。{together}"
        "同じ工事のときは、「同じ工事」の申込みとして出し直すと、保証がひとつの工事にまとまります（審査中の申込みは、差し戻して出し直します）。"
        "別の工事か、両方が要るのかを確認してください。",
        field_name(content.guarantees[0].product, "wanted"),
        contracts=tuple(one.guarantee.number for one in possible),
    )


def _may_be_the_same(one: StandingGuarantee, contracted_on: date) -> bool:
    return max(one.construction_ends_on, one.guarantee_ends_on) >= contracted_on


def _counts(one: StandingGuarantee, products: set[Product], joined: WorksStanding, year: int) -> bool:
    """Whether it is a second 契約保証, or an advance on the money that this one would be an advance on."""
    if not one.product.is_advance:
        return one.product in products
    return any(product.is_advance for product in products) and one in joined.advances(one.product, year)


def _told(one: AlikeGuarantee, content: ApplicationContent) -> str:
    how = "工事名が同じ" if one.folded_works_name == folded(content.works_name) else "工事番号が同じ"
    return f"{one.guarantee.name} {one.guarantee.amount.text}（{one.company}、{how}）"


def _together(content: ApplicationContent, policy: AuthorityPolicy, joined: WorksStanding, year: int) -> tuple[str, bool]:
    """What the advances come to with those, in words, and whether that is too much; nothing where no advance is wanted."""
    if not any(one.product.is_advance for one in content.guarantees):
        return "", False
    found = advances_together(content, joined, year=year)
    limit = advances_together_limit(policy, found.base)
    is_over = found.total > limit
    within = "を超えます" if is_over else "以内です"
    share = f"{float(policy.advances_together_cap * 100):g}%"
    return f"これを合わせると、前払金と中間前払金の合計は {found.total.text}で、限度額 {limit.text}（{share}）{within}。", is_over
