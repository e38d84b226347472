"""同じ工事: what has been guaranteed for it already, and what is still missing at each step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from esurety.domain.application_content import ApplicationContent, field_name
from esurety.domain.application_state import ApplicationState, GuaranteeState
from esurety.domain.certificate_content import version_text
from esurety.domain.japanese_calendar import fiscal_year, fiscal_year_text
from esurety.domain.products import CertificateForm, Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.search_words import folded
from esurety.domain.works_standing import WorksStanding


@dataclass(frozen=True)
class OpenApplication:
    """Another application for a product that has not come to an end; the works' names are folded, to be compared."""

    application_id: int
    product: Product
    state: ApplicationState
    company: str
    folded_works_name: str


def year_of_advance(*, applied_on: date, contracted_on: date) -> int:
    """The fiscal year whose advance is meant: that of the application, or of the contract if that is still to come."""
    return fiscal_year(max(applied_on, contracted_on))


def repeated_outcomes(content: ApplicationContent, works: WorksStanding, applied_on: date) -> Iterator[RuleOutcome]:
    """A warning for each product that the same works have a guarantee of already: one for each year's advance, one 契約保証."""
    year = year_of_advance(applied_on=applied_on, contracted_on=content.contracted_on)
    for requested in content.guarantees:
        product = requested.product
        numbers = [one.number for one in works.guarantees if one.product is product and (not product.is_advance or one.fiscal_year == year)]
        if numbers:
            of_year = f"{fiscal_year_text(year)}の" if product.is_advance else ""
            yield RuleOutcome(
                f"{product.label}：同じ工事の保証契約",
                Verdict.WARNING,
                f"同じ工事には、{of_year}{product.label}（{'、'.join(numbers)}）がすでにあります。重ねて申し込むものでないか確認してください。",
                field_name(product, "wanted"),
            )


def open_elsewhere_outcomes(content: ApplicationContent, others: Sequence[OpenApplication]) -> Iterator[RuleOutcome]:
    """A warning for each product that another open application of the same authority and works asks for as well.

    Two forms sent for one works would become two guarantees with two premiums; only people can tell whether both are meant.
    """
    own_name = folded(content.works_name)
    for requested in content.guarantees:
        product = requested.product
        found = [one for one in others if one.product is product]
        if found:
            told = "、".join(
                f"申込番号 {one.application_id:06d}（{one.company}、{one.state.label}、"
                f"{'工事名が同じ' if one.folded_works_name == own_name else '工事番号が同じ'}）"
                for one in found
            )
            yield RuleOutcome(
                f"{product.label}：手続き中の申込み",
                Verdict.WARNING,
                f"同じ発注者・同じ工事と思われる{product.label}の申込みが、ほかにもあります：{told}。二重の申込みでないか確認してください。",
                field_name(product, "wanted"),
                tuple(one.application_id for one in found),
            )


_MOMENTS = {
    Product.CONTRACT_PERFORMANCE: "契約時",
    Product.ADVANCE_PAYMENT: "前払金の請求時",
    Product.INTERIM_ADVANCE_PAYMENT: "中間前払金の請求時",
}


def moment_of(product: Product) -> str:
    """When a product's guarantee is handed to the authority."""
    return _MOMENTS[product]


@dataclass(frozen=True)
class Missing:
    """What is still missing at one step, in words; `is_done` when nothing is."""

    text: str
    is_done: bool = False


def missing_without_contract(product: Product, application_state: str | None) -> Missing:
    """What is missing where there is no contract yet; `application_state` is the label of an application under way."""
    if application_state is not None:
        return Missing(f"申込みの手続き中です（{application_state}）。発行されたら、{moment_of(product)}に発注者へ提出します。")
    if product is Product.CONTRACT_PERFORMANCE:
        return Missing("契約保証の申込みはありません。契約時に契約保証が要る工事では、申し込んでください。")
    if product is Product.ADVANCE_PAYMENT:
        return Missing("前払金保証の申込みはありません。前払金を請求するときまでに申し込んでください。")
    return Missing("中間前払金保証の申込みはありません。認定調書を受けてから申し込みます。")


def missing_of_contract(
    product: Product,
    certificate_form: CertificateForm,
    state: GuaranteeState,
    *,
    notice_taken: bool,
    opened: bool,
    version: int = 0,
    opened_before: int | None = None,
) -> Missing:
    """What is missing for an issued contract to be in the authority's hands.

    `version` is the current one; `opened_before` the newest earlier version that the authority opened, if any.
    """
    moment = moment_of(product)
    if state is not GuaranteeState.IN_FORCE:
        return Missing(f"この保証契約は「{state.label}」です。提出など、新しい手続きは要りません。", is_done=True)
    if certificate_form is CertificateForm.PAPER:
        paper = f"{version_text(version)}の証書(紙)" if version else "証書(紙)"
        return Missing(f"{'' if version else f'{moment}に、'}{paper}を発注者に提出してください。")
    if opened:
        which = f"{version_text(version)}の" if version else ""
        return Missing(f"発注者が{which}電子証書を閲覧しました。", is_done=True)
    if opened_before is not None:
        return Missing(
            f"{version_text(opened_before)}は閲覧済みです。{version_text(version)}は、発注者がまだ閲覧していません。"
            "同じ保証契約番号と認証キーで開けることを、発注者に伝えてください。"
        )
    if notice_taken:
        return Missing(
            f"お知らせは印刷済みですが、発注者はまだ閲覧していません。{moment}に、{product.label}のお知らせを提出したか確認してください。"
        )
    return Missing(f"{moment}に、{product.label}の「認証キーのお知らせ」を発注者に提出してください。お知らせはまだ印刷していません。")
