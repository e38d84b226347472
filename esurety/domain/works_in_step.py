"""同じ工事 in step: when price or 工期 change, the other guarantees of the works may need a change of their own."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from esurety.domain.application_content import ApplicationContent
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.guarantee_limits import performance_minimum
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.works_standing import AppliedFor, StandingGuarantee, WorksStanding
from esurety.domain.yen import Yen

_OF_THE_WORKS = "同じ工事の"


@dataclass(frozen=True)
class Behind:
    """A guarantee that is behind the works; `lacking` is what has to change, empty where only its facts are older."""

    guarantee: StandingGuarantee
    lacking: tuple[str, ...]
    older: tuple[str, ...]
    under_way: AppliedFor | None  # its change, if one has been applied for that puts it right

    @property
    def is_pressing(self) -> bool:
        """Whether somebody has to apply for something."""
        return bool(self.lacking) and self.under_way is None

    @property
    def text(self) -> str:
        """What is behind, and what to do."""
        said = [f"{self.guarantee.name}は、{'、'.join(self.older)}のままです。"] if self.older else []
        if self.lacking:
            said.append(f"{self.guarantee.product.label}も変更が要ります（{'、'.join(self.lacking)}）。")
        if self.under_way is not None:
            said.append(f"変更の手続き中です（申込番号 {self.under_way.application_id:06d}、{self.under_way.state.label}）。")
        elif self.lacking:
            said.append("あわせて変更を申し込んでください。")
        else:
            said.append("変更は要りません。")
        return "".join(said)


@dataclass(frozen=True)
class WorksFigures:
    """Price and 工期 of the works, by which its guarantees are measured."""

    contract_price: Yen
    construction_ends_on: date
    least_performance: Yen | None = None  # None where nobody knows the authority's share

    @classmethod
    def of(cls, content: ApplicationContent, policy: AuthorityPolicy) -> "WorksFigures":
        """As an application, or a change, has them."""
        least = performance_minimum(policy, content.contract_price, is_low_bid=content.is_low_bid)
        return cls(content.contract_price, content.construction_ends_on, least)

    @classmethod
    def of_newest(cls, works: WorksStanding, policy: AuthorityPolicy) -> "WorksFigures | None":
        """As the version that was issued last has them; None where nothing stands."""
        newest = works.newest
        if newest is None:
            return None
        least = performance_minimum(policy, newest.contract_price, is_low_bid=newest.is_low_bid)
        return cls(newest.contract_price, newest.construction_ends_on, least)


def behind(figures: WorksFigures, works: WorksStanding) -> Iterator[Behind]:
    """The guarantees that do not follow price and 工期; a year's advance is measured by its year and never behind."""
    for one in works.guarantees:
        if one.fiscal_year_amount is not None:
            continue
        found = _behind(one, figures)
        if found is not None:
            change = works.change_of(one.number)
            puts_right = change is not None and not _lacking(_changed(one, change), figures)
            yield replace(found, under_way=change if puts_right else None)


def _behind(one: StandingGuarantee, figures: WorksFigures) -> Behind | None:
    older = []
    if one.contract_price != figures.contract_price:
        older.append(f"請負金額 {one.contract_price.text}")
    if one.construction_ends_on != figures.construction_ends_on:
        older.append(f"工期の末日 {era_date(one.construction_ends_on)}")
    lacking = _lacking(one, figures)
    return Behind(one, lacking, tuple(older), None) if older or lacking else None


def _changed(one: StandingGuarantee, change: AppliedFor) -> StandingGuarantee:
    ends_on = change.construction_ends_on
    return replace(one, amount=change.amount, construction_ends_on=ends_on, guarantee_ends_on=max(one.guarantee_ends_on, ends_on))


def _lacking(one: StandingGuarantee, figures: WorksFigures) -> tuple[str, ...]:
    """契約保証 must reach its share of the price and cover the whole 工期; an advance must last until completion (domain.md, Products)."""
    lacking = []
    least = figures.least_performance
    if one.product is Product.CONTRACT_PERFORMANCE and least is not None and one.amount < least:
        lacking.append(f"あと{(least - one.amount).text}")
    if one.guarantee_ends_on < figures.construction_ends_on:
        lacking.append(f"保証期限 {era_date(one.guarantee_ends_on)}を{era_date(figures.construction_ends_on)}まで延長")
    return tuple(lacking)


def in_step_outcomes(content: ApplicationContent, policy: AuthorityPolicy, works: WorksStanding) -> Iterator[RuleOutcome]:
    """Each guarantee of the works that would be left behind: a warning where 契約保証 no longer protects as it must, else worth knowing."""
    for one in behind(WorksFigures.of(content, policy), works):
        pressing = one.is_pressing and one.guarantee.product is Product.CONTRACT_PERFORMANCE
        yield RuleOutcome(
            f"{_OF_THE_WORKS}{one.guarantee.name}",
            Verdict.WARNING if pressing else Verdict.NOTED,
            one.text,
            "construction_ends_on" if one.guarantee.construction_ends_on != content.construction_ends_on else "contract_price",
            () if one.under_way is None else (one.under_way.application_id,),
        )


def speaks_of_siblings(outcome: RuleOutcome) -> bool:
    """Whether an outcome is about another guarantee of the works: of an application that has come to its end, no longer its business."""
    return outcome.rule.startswith(_OF_THE_WORKS)
