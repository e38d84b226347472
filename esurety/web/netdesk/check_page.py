"""The page that asks a contractor to check the answers before they go out."""

from dataclasses import dataclass

from flask import url_for

from esurety.domain.application_content import ApplicationContent, RequestedGuarantee, field_name
from esurety.domain.application_differences import PremiumChange, premium_changes
from esurety.domain.application_rules import RuleOutcome, Verdict
from esurety.domain.guarantee_premium import Premium
from esurety.domain.japanese_calendar import era_date
from esurety.domain.joint_venture_form import member_field
from esurety.domain.products import Product
from esurety.domain.yen import percentage_text, total
from esurety.persistence.applications import premiums_of
from esurety.persistence.models import Application
from esurety.services.write_application import AssessedApplication
from esurety.web.applied_words import venture_rows

_TONES = {Verdict.KEPT: "success", Verdict.NOTED: "info", Verdict.WARNING: "warning", Verdict.BROKEN: "danger"}


@dataclass(frozen=True)
class CheckGroup:
    """Some answers under a heading; each (term, value, field to change)."""

    title: str
    rows: list[tuple[str, str, str]]


@dataclass(frozen=True)
class Check:
    """Everything the check page shows."""

    groups: list[CheckGroup]
    outcomes: list[tuple[str, str, str, list[tuple[str, str]]]]  # rule, text, tone, links
    premium_total: str
    premium_changes: tuple[PremiumChange, ...]  # since it was handed in before

    @property
    def is_by_tariff(self) -> bool:
        return any(one.is_by_tariff for one in self.premium_changes)


def check_page(assessed: AssessedApplication, application: Application) -> Check:
    """Everything applied for, in groups, with the field that changes each answer; what it costs otherwise than when it was returned."""
    content = assessed.content
    groups = [CheckGroup("発注者と工事", _works_rows(content, assessed.authority_name))]
    if content.joint_venture is not None:
        rows = [
            (term, text, "joint_venture_name" if at == 0 else member_field(at, "name"))
            for at, (term, text) in enumerate(venture_rows(content.joint_venture))
        ]
        groups.append(CheckGroup("共同企業体", rows))
    for requested in content.guarantees:
        premium = assessed.premiums[requested.product][1]
        groups.append(CheckGroup(requested.product.label, _guarantee_rows(content, requested, premium)))
    groups.append(CheckGroup("申込送信先、保証証書受取", _sending_rows(content, assessed.branch_name)))
    premiums = total([premium.amount for _, premium in assessed.premiums.values()])
    outcomes = [(one.rule, one.text, _TONES[one.verdict], _ways_to_join(one, application.id)) for one in assessed.outcomes]
    return Check(groups, outcomes, premiums.text, premium_changes(premiums_of(application), assessed.premiums))


def _ways_to_join(outcome: RuleOutcome, application_id: int) -> list[tuple[str, str]]:
    """For each guarantee that seems to be of the same works: this very form, joined with them."""
    return [
        (f"{number} と同じ工事として申し込む", url_for("netdesk.edit_application", application_id=application_id, same_works_as=number))
        for number in outcome.contracts
    ]


def _works_rows(content: ApplicationContent, authority: str) -> list[tuple[str, str, str]]:
    announced = [("公告日", era_date(content.announced_on), "announced_on")] if content.announced_on else []
    return [
        ("発注者", authority, "contracting_authority_id"),
        ("工事名", content.works_name, "works_name"),
        ("工事番号", content.works_number or "（なし）", "works_number"),
        ("工事場所", content.works_place, "works_place"),
        ("種別", content.works_kind.label, "works_kind"),
        ("請負金額", content.contract_price.text, "contract_price"),
        ("低入札", "該当する" if content.is_low_bid else "該当しない", "is_low_bid"),
        *announced,
        ("契約日", era_date(content.contracted_on), "contracted_on"),
        ("工期の初日", era_date(content.construction_starts_on), "construction_starts_on"),
        ("工期の末日", era_date(content.construction_ends_on), "construction_ends_on"),
    ]


def _guarantee_rows(content: ApplicationContent, requested: RequestedGuarantee, premium: Premium) -> list[tuple[str, str, str]]:
    product, amount = requested.product, requested.guaranteed_amount
    ratio = percentage_text(amount, requested.ratio_base(content.contract_price))
    rows = [("保証証書の形式", requested.certificate_form.label, field_name(product, "certificate_form"))]
    if requested.fiscal_year_amount:
        rows.append(("今年度対象額", requested.fiscal_year_amount.text, field_name(product, "fiscal_year_amount")))
    rows.append((f"{product.label}金額", f"{amount.text}（{ratio}）", field_name(product, "guaranteed_amount")))
    if product is Product.INTERIM_ADVANCE_PAYMENT:
        certified, previous = requested.certified_on, requested.previous_advance_amount
        rows += [
            ("認定調書の日付", era_date(certified) if certified else "（未入力）", field_name(product, "certified_on")),
            ("認定番号", requested.certification_number or "（なし）", field_name(product, "certification_number")),
            ("既前払金額", previous.text if previous is not None else "（未入力）", field_name(product, "previous_advance_amount")),
        ]
    if not product.is_advance:
        rows.append(("契約保証料支払方法", requested.premium_payment_method.label, field_name(product, "premium_payment_method")))
    rows.append(("保証料（見込み）", f"{premium.amount.text}（{premium.tariff.label}）", ""))
    return rows


def _sending_rows(content: ApplicationContent, branch: str) -> list[tuple[str, str, str]]:
    notice = f"希望する（{content.notification_email}）" if content.notification_email else "希望しない"
    delivery = content.certificate_delivery
    return [
        ("保証料請求先", content.premium_billing_name, "premium_billing_name"),
        ("保証料計算書(紙)", "希望する" if content.premium_statement_on_paper else "希望しない", "premium_statement_on_paper"),
        ("申込送信先", branch, "branch_id"),
        *([("保証証書受取", delivery.label, "certificate_delivery")] if delivery else []),
        ("電子保証発行完了のお知らせ", notice, "notify_on_issue"),
    ]
