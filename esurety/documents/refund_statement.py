"""返還計算書: what of a premium is paid back after a decrease or a cancellation."""

from collections.abc import Iterator

from esurety.documents.html_to_pdf import pdf_on_one_sheet
from esurety.documents.japanese_lines import lines_of
from esurety.documents.page_template import filled
from esurety.documents.paper_layout import (
    FULL_WIDTH,
    ISSUER_WIDTH,
    NAME_SIZE,
    NOTE_SIZE,
    TYPE_SIZES,
    TypeSize,
    branch_text,
    lines_of_all,
    row_of,
)
from esurety.domain.japanese_calendar import era_date
from esurety.domain.refund_statement import PremiumMaking, RefundStatement

_TIER_WIDTH = 160  # points: the cell of 62 mm less its padding
_SPECIMEN = "見本　この計算書は説明のために作成したもので、効力はありません　見本"
_LEAD = "保証料の返還額を次のとおり計算しました。"
_NO_TAX = "※　保証料は、消費税法上の非課税です。返還額にも消費税はかかりません。"
_BY_TRANSFER = "※　返還額は、取扱店からご連絡のうえ、振込でお返しします。未納の保証料があるときは、差し引いた残りをお返しします。"


def render_refund_statement(statement: RefundStatement) -> bytes:
    """The statement as PDF, the same bytes for the same statement. Raises UnprintableCharacters, DocumentNotMade."""
    pages = (filled("refund_statement.html", **_facts(statement, type_size)) for type_size in TYPE_SIZES)
    return pdf_on_one_sheet(pages, made_on=statement.issued_on)


def _facts(statement: RefundStatement, type_size: TypeSize) -> dict[str, object]:
    size = type_size.size
    branch = branch_text(statement.branch_name, statement.branch_phone, statement.branch_hours)
    return {
        "title": "返還計算書",
        "number": statement.guarantee_contract_number.text,
        "surety_name": statement.surety_name,
        "specimen": _SPECIMEN if statement.is_specimen else "",
        "foot": f"保証契約番号　{statement.guarantee_contract_number}",
        "type": type_size,
        "issued_on": era_date(statement.issued_on),
        "addressee": lines_of(f"{statement.billing_name}　様", width=FULL_WIDTH, size=NAME_SIZE),
        "lead": _LEAD,
        "rows": [row_of(label, text, size) for label, text in _rows(statement)],
        "refund": row_of("返還額（非課税）", statement.refunded.text, type_size.chief_size, "chief"),
        "payment": row_of("支払方法", statement.payment_method, size),
        "makings": [_making(one, size) for one in statement.makings],
        "tariff": lines_of(f"適用した料率：{statement.tariff_label}", width=FULL_WIDTH - 20, size=size, bold=True),
        "notes": lines_of_all((_NO_TAX, _how_paid_back(statement)), width=FULL_WIDTH, size=NOTE_SIZE),
        "surety": lines_of(statement.surety_name, width=ISSUER_WIDTH, size=NAME_SIZE, bold=True),
        "branch": lines_of(branch, width=ISSUER_WIDTH, size=size),
    }


def _how_paid_back(statement: RefundStatement) -> str:
    if statement.account_month is None:
        return _BY_TRANSFER
    return f"※　返還額は、{era_date(statement.account_month, padded=False).removesuffix('1日')}分の一括納付から差し引きます。"


def _making(making: PremiumMaking, size: float) -> dict[str, object]:
    return {
        "title": lines_of(f"{making.title}（{making.tariff_label}）", width=FULL_WIDTH, size=size),
        "tiers": [
            {
                "tier": lines_of(line.tier_text, width=_TIER_WIDTH, size=size),
                "amount": line.amount.text,
                "rate": line.rate_text,
                "premium": line.premium_text,
            }
            for line in making.lines
        ],
        "rounding": lines_of_all([making.rounding_text], width=FULL_WIDTH, size=size),
    }


def _rows(statement: RefundStatement) -> Iterator[tuple[str, str]]:
    yield "商品（保証区分）", statement.product.label
    yield "保証契約番号", statement.guarantee_contract_number.text
    yield "工事名", statement.works_name
    yield "受注者名", statement.contractor_name
    yield "保証料請求先", statement.billing_name
    yield "返還の事由", statement.occasion
    yield "これまでの保証金額", statement.guaranteed_before.text
    if statement.guaranteed_after is not None:
        yield "変更後の保証金額", statement.guaranteed_after.text
    yield "これまでの保証料", statement.premium_before.text
    yield "変更後の保証料" if statement.guaranteed_after is not None else "返還後の保証料", statement.premium_after.text
