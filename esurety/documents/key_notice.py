"""電子保証にかかる「認証キー」のお知らせ: the one sheet that carries the key in clear, in the briefing's order."""

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
from esurety.domain.other_documents import KeyNotice
from esurety.domain.products import Product

_TITLE = "電子保証にかかる「認証キー」のお知らせ"
_SPECIMEN = "見本　このお知らせは説明のために作成したもので、保証の効力はありません　見本"
_INTRODUCTION = (
    "電子証書を「保証確認サービス（D-Sure）」に掲載しました。下の内容が正しいことをお確かめのうえ、"
    "このPDFファイルを次のどちらかの方法で発注者様に提出してください。"
)
_WAYS = ("①　電子契約システムへのアップロード", "②　電子メールに添付して送信")
_COMPLETED_PROCEDURE = {
    Product.ADVANCE_PAYMENT: "前払金の請求手続（前払金保証）",
    Product.INTERIM_ADVANCE_PAYMENT: "中間前払金の請求手続（中間前払金保証）",
    Product.CONTRACT_PERFORMANCE: "請負契約の締結手続（契約保証）",
}
_REQUEST = "「保証確認サービス（D-Sure）」を次のアドレスで開き、上の「保証契約番号」と「認証キー」を入力して、電子証書をご確認ください。"
_ADVICE = "認証キーは電子証書を閲覧するための暗証番号です。紛らわしい英字（I・L・O・U）は使っていません。"


def render_key_notice(notice: KeyNotice) -> bytes:
    """The notice as PDF, the same bytes for the same notice. Raises UnprintableCharacters, DocumentNotMade."""
    pages = (filled("key_notice.html", **_facts(notice, type_size)) for type_size in TYPE_SIZES)
    return pdf_on_one_sheet(pages, made_on=notice.issued_on)


def _facts(notice: KeyNotice, type_size: TypeSize) -> dict[str, object]:
    size = type_size.size
    return {
        "title": _TITLE,
        "number": notice.guarantee_contract_number.text,
        "surety_name": notice.surety_name,
        "specimen": _SPECIMEN if notice.is_specimen else "",
        "foot": f"保証契約番号　{notice.guarantee_contract_number}",
        "type": type_size,
        "introduction": lines_of(_INTRODUCTION, width=FULL_WIDTH, size=size),
        "ways": _WAYS,
        "completion": lines_of_all((_completion(notice), _contact(notice)), width=FULL_WIDTH, size=size),
        "rows": _rows(notice, size),
        "advice": lines_of(_ADVICE, width=FULL_WIDTH, size=NOTE_SIZE),
        "obligee": lines_of(f"{notice.obligee_head}　様", width=FULL_WIDTH, size=size),
        "request": lines_of(_REQUEST, width=FULL_WIDTH, size=size),
        "dsure_address": lines_of(notice.dsure_address, width=FULL_WIDTH, size=size),
        "issued_on": era_date(notice.issued_on),
        "surety": lines_of(notice.surety_name, width=ISSUER_WIDTH, size=NAME_SIZE, bold=True),
        "branch": lines_of(branch_text(notice.branch_name, notice.branch_phone, notice.branch_hours), width=ISSUER_WIDTH, size=size),
    }


def _completion(notice: KeyNotice) -> str:
    return f"発注者様に「保証契約番号」と「認証キー」を提出すると、{_COMPLETED_PROCEDURE[notice.product]}が完了します。"


def _contact(notice: KeyNotice) -> str:
    return f"ご不明な点は、{notice.branch_name}（電話{notice.branch_phone}）までお問い合わせください。"


def _rows(notice: KeyNotice, size: float) -> list[Row]:
    return [
        row_of("工事名", notice.works_name, size),
        Row("受注者名\n（J/Vの場合は代表者）", row_of("", notice.contractor_name, size).lines),
        row_of("商品（保証区分）", notice.product.label, size),
        Row("保証契約番号", (notice.guarantee_contract_number.text,), "contract-number"),
        Row("認証キー", (notice.authentication_key.reveal(),), "key"),
    ]
