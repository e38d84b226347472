"""同じ工事: what has been guaranteed for it already, and what is still missing at each step."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from esurety.domain.application_content import ApplicationContent, field_name
from esurety.domain.application_state import GuaranteeState
from esurety.domain.japanese_calendar import fiscal_year, fiscal_year_text
from esurety.domain.products import CertificateForm, Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict


@dataclass(frozen=True)
class EarlierGuarantee:
    """A guarantee of the same works that is not cancelled."""

    product: Product
    number: str
    fiscal_year: int  # whose advance it guarantees


def year_of_advance(*, applied_on: date, contracted_on: date) -> int:
    """The fiscal year whose advance is meant: that of the application, or of the contract if that is still to come."""
    return fiscal_year(max(applied_on, contracted_on))


def repeated_outcomes(content: ApplicationContent, earlier: Sequence[EarlierGuarantee], applied_on: date) -> Iterator[RuleOutcome]:
    """A warning for each product that the same works have a guarantee of already: one for each year's advance, one 契約保証."""
    year = year_of_advance(applied_on=applied_on, contracted_on=content.contracted_on)
    for requested in content.guarantees:
        product = requested.product
        numbers = [one.number for one in earlier if one.product is product and (not product.is_advance or one.fiscal_year == year)]
        if numbers:
            of_year = f"{fiscal_year_text(year)}の" if product.is_advance else ""
            yield RuleOutcome(
                f"{product.label}：同じ工事の保証契約",
                Verdict.WARNING,
                f"同じ工事には、{of_year}{product.label}（{'、'.join(numbers)}）がすでにあります。重ねて申し込むものでないか確認してください。",
                field_name(product, "wanted"),
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
    product: Product, certificate_form: CertificateForm, state: GuaranteeState, *, notice_taken: bool, opened: bool
) -> Missing:
    """What is missing for an issued contract to be in the authority's hands."""
    moment = moment_of(product)
    if state is not GuaranteeState.IN_FORCE:
        return Missing(f"この保証契約は「{state.label}」です。提出など、新しい手続きは要りません。", is_done=True)
    if certificate_form is CertificateForm.PAPER:
        return Missing(f"{moment}に、証書(紙)を発注者に提出してください。")
    if opened:
        return Missing("発注者が電子証書を閲覧しました。", is_done=True)
    if notice_taken:
        return Missing(
            f"お知らせは印刷済みですが、発注者はまだ閲覧していません。{moment}に、{product.label}のお知らせを提出したか確認してください。"
        )
    return Missing(f"{moment}に、{product.label}の「認証キーのお知らせ」を発注者に提出してください。お知らせはまだ印刷していません。")
