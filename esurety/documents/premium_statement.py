"""保証料計算書: how a premium comes about, tier by tier, and on which tariff; of an increase, the difference to be paid."""

from esurety.documents.html_to_pdf import pdf_on_one_sheet
from esurety.documents.japanese_lines import lines_of
from esurety.documents.page_template import filled
from esurety.documents.paper_layout import (
    FULL_WIDTH,
    ISSUER_WIDTH,
    NAME_SIZE,
    NOTE_SIZE,
    TYPE_SIZES,
    Row,
    TypeSize,
    branch_text,
    lines_of_all,
    row_of,
)
from esurety.domain.japanese_calendar import era_date
from esurety.domain.other_documents import PremiumLine, PremiumStatement

_TIER_WIDTH = 160  # points: the cell of 62 mm less its padding
_SPECIMEN = "見本　この計算書は説明のために作成したもので、請求の効力はありません　見本"
_LEAD = "保証料を次のとおり計算しました。"
_LEAD_OF_INCREASE = "保証契約の変更により、保証料を次のとおり計算し直しました。"
_NOTES = (
    "※　保証料は、消費税法上の非課税です。消費税はかかりません。",
    "※　領収証は、別に書面でお送りします。",
)


def render_premium_statement(statement: PremiumStatement) -> bytes:
    """The statement as PDF, the same bytes for the same statement. Raises UnprintableCharacters, DocumentNotMade."""
    pages = (filled("premium_statement.html", **_facts(statement, type_size)) for type_size in TYPE_SIZES)
    return pdf_on_one_sheet(pages, made_on=statement.issued_on)


def _facts(statement: PremiumStatement, type_size: TypeSize) -> dict[str, object]:
    size = type_size.size
    branch = branch_text(statement.branch_name, statement.branch_phone, statement.branch_hours)
    return {
        "title": "保証料計算書",
        "number": statement.guarantee_contract_number.text,
        "surety_name": statement.surety_name,
        "specimen": _SPECIMEN if statement.is_specimen else "",
        "foot": f"保証契約番号　{statement.guarantee_contract_number}",
        "type": type_size,
        "issued_on": era_date(statement.issued_on),
        "addressee": lines_of(f"{statement.billing_name}　様", width=FULL_WIDTH, size=NAME_SIZE),
        "lead": _LEAD if statement.increase is None else _LEAD_OF_INCREASE,
        "rows": _rows(statement, size),
        "premiums": _premiums(statement, type_size),
        "payment": row_of("支払方法", statement.payment_method.label, size),
        "tariff": lines_of(f"適用した料率：{statement.tariff_label}", width=FULL_WIDTH - 20, size=size, bold=True),
        "breakdown": "計算の内訳" if statement.increase is None else "変更後の保証料の計算の内訳",
        "tiers": [_tier(line, size) for line in statement.lines],
        "rounding": lines_of_all([statement.rounding_text], width=FULL_WIDTH, size=size),
        "notes": lines_of_all(_NOTES, width=FULL_WIDTH, size=NOTE_SIZE),
        "surety": lines_of(statement.surety_name, width=ISSUER_WIDTH, size=NAME_SIZE, bold=True),
        "branch": lines_of(branch, width=ISSUER_WIDTH, size=size),
    }


def _premiums(statement: PremiumStatement, type_size: TypeSize) -> list[Row]:
    """What is to be paid, large; of a change also the new total and what was billed before."""
    increase = statement.increase
    if increase is None:
        return [row_of("保証料（非課税）", statement.premium.text, type_size.chief_size, "chief")]
    return [
        row_of("変更後の保証料", statement.premium.text, type_size.size),
        row_of("これまでの保証料", increase.previous.text, type_size.size),
        row_of("追加の保証料\n（差額・非課税）", increase.difference.text, type_size.chief_size, "chief"),
    ]


def _rows(statement: PremiumStatement, size: float) -> list[Row]:
    increase = statement.increase
    of_change = [] if increase is None else [row_of("版", increase.version_text, size)]
    before = [] if increase is None else [row_of("これまでの保証金額", increase.previous_guaranteed.text, size)]
    amount = "保証金額（総額）" if increase is None else "変更後の保証金額"
    return [
        row_of("商品（保証区分）", statement.product.label, size),
        row_of("保証契約番号", statement.guarantee_contract_number.text, size),
        *of_change,
        row_of("工事名", statement.works_name, size),
        row_of("受注者名", statement.contractor_name, size),
        row_of("保証料請求先", statement.billing_name, size),
        *before,
        row_of(amount, statement.guaranteed_amount.text, size),
    ]


def _tier(line: PremiumLine, size: float) -> dict[str, object]:
    return {
        "tier": lines_of(line.tier_text, width=_TIER_WIDTH, size=size),
        "amount": line.amount.text,
        "rate": line.rate_text,
        "premium": line.premium_text,
    }
