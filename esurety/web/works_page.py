"""同じ工事の保証: the page of one works as the contractor and the office see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date, era_time, fiscal_year, fiscal_year_text, japanese_day
from esurety.domain.products import CertificateForm, Product
from esurety.domain.same_works import moment_of
from esurety.domain.works_in_step import Behind
from esurety.persistence.models import GuaranteeContract
from esurety.services.read_works import Step, WorksOverview
from esurety.web.presentation import Tag, application_number, contract_tags, state_tag, version_text


@dataclass(frozen=True)
class StepCard:
    """One guarantee of the works."""

    title: str
    tags: list[Tag]
    rows: list[tuple[str, str]]
    missing: str
    is_done: bool
    is_urgent: bool  # something is to be handed in
    number: str
    application_id: int | None
    change: tuple[int, str] | None = None  # the application of a change under way, and in words
    behind: str = ""  # what of the guarantee does not follow the works
    may_follow: bool = False  # whether a change is to be applied for
    without_advance: str = ""  # the works' 前払金保証 is cancelled, in words


@dataclass(frozen=True)
class ProductColumn:
    """The guarantees of one product; `can_apply` where another one would not repeat what there is."""

    product: str
    label: str
    moment: str
    can_apply: bool
    cards: list[StepCard]


@dataclass(frozen=True)
class WorksPage:
    """Everything the page shows."""

    id: int
    name: str
    authority: str
    company: str
    reference: str  # of the newest contract or application, to start another from
    columns: list[ProductColumn]


def goes_on_next_year(contract: GuaranteeContract, content: CertificateContent) -> bool:
    """Whether this is one year's advance of works that go on, so that the next year's can be applied for."""
    is_advance = content.product is Product.ADVANCE_PAYMENT
    return is_advance and contract.cancelled_on is None and content.guarantee_ends_on < content.construction_ends_on


def works_page(overview: WorksOverview, today: date) -> WorksPage:
    """The page of a works."""
    facts = overview.facts
    columns = [_column(product, steps, today) for product, steps in overview.steps.items()]
    return WorksPage(facts.id, facts.name, facts.authority, facts.company, _reference(overview), columns)


def _column(product: Product, steps: list[Step], today: date) -> ProductColumn:
    is_there = any(_is_in_the_way(one, today) for one in steps)
    return ProductColumn(product.value, product.label, moment_of(product), not is_there, [_card(one, today) for one in steps])


def _is_in_the_way(step: Step, today: date) -> bool:
    """Whether another guarantee of the product, for an advance of this year, would be one too many."""
    if step.fiscal_year is not None and step.fiscal_year != fiscal_year(today):
        return False
    return step.application is not None or (step.contract is not None and step.contract.cancelled_on is None)


def _reference(overview: WorksOverview) -> str:
    steps = [one for of_product in overview.steps.values() for one in of_product]
    numbers = [(one.contract.id, one.contract.number) for one in steps if one.contract is not None]
    applications = [str(one.application.id) for one in steps if one.application is not None]
    return max(numbers)[1] if numbers else max(applications, key=int, default="")


def _card(step: Step, today: date) -> StepCard:
    title = step.product.label + (f"（{fiscal_year_text(step.fiscal_year)}）" if step.fiscal_year is not None else "")
    contract, application = step.contract, step.application
    if contract is None:
        tags = [state_tag(application)] if application is not None else [Tag("申込みなし", "neutral")]
        rows = [("申込番号", application_number(application.id))] if application is not None else []
        amounts = [one.guaranteed_amount.text for one in application.requested if one.product == step.product] if application else []
        rows += [("保証金額", amount) for amount in amounts]
        return StepCard(title, tags, rows, step.missing.text, False, False, "", application.id if application else None)
    rows = [
        ("保証契約番号", contract.number),
        ("版", version_text(contract.current_version)),
        ("保証金額", contract.guaranteed_amount.text),
        ("保証期限", era_date(contract.guarantee_ends_on)),
        ("形式", CertificateForm(contract.certificate_form).label),
        ("発行日", era_date(japanese_day(step.issued_at)) if step.issued_at is not None else ""),
    ]
    if contract.certificate_form == CertificateForm.ELECTRONIC:
        rows += [
            ("認証キーのお知らせ", f"{era_time(step.notice_taken_at)}に印刷" if step.notice_taken_at else "まだ印刷していません"),
            ("発注者の閲覧", f"{era_time(step.opened_at)}に閲覧" if step.opened_at else _not_opened(contract)),
        ]
    done = step.missing.is_done
    return StepCard(
        title,
        contract_tags(contract, today),
        rows,
        step.missing.text,
        done,
        not done,
        contract.number,
        None,
        change=_change_words(step),
        behind=step.behind.text if step.behind is not None else "",
        may_follow=step.behind is not None and bool(step.behind.lacking) and step.change is None,
        without_advance=f"前払金保証（{step.cancelled_beside}）は解約済みです。" if step.cancelled_beside else "",
    )


def _not_opened(contract: GuaranteeContract) -> str:
    return f"{version_text(contract.current_version)}はまだ閲覧していません" if contract.current_version else "まだ閲覧していません"


def _change_words(step: Step) -> tuple[int, str] | None:
    change = step.change
    if change is None:
        return None
    return change.application_id, f"変更の手続き中（申込番号 {application_number(change.application_id)}、{change.state.label}）"


@dataclass(frozen=True)
class SiblingLine:
    """Another guarantee of the works that does not follow its price and 工期."""

    number: str
    product: str
    text: str
    may_follow: bool


def sibling_lines(late: Sequence[Behind]) -> list[SiblingLine]:
    """Those guarantees as pages name them, each with whether its change can be applied for."""
    return [SiblingLine(one.guarantee.number, one.guarantee.product.label, one.text, one.is_pressing) for one in late]
