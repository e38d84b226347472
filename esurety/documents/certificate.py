"""保証証書: one version of a guarantee's certificate on one sheet of A4."""

from collections.abc import Iterator
from functools import lru_cache

import segno

from esurety.documents.html_to_pdf import pdf_on_one_sheet
from esurety.documents.japanese_lines import lines_of
from esurety.documents.page_template import filled
from esurety.documents.paper_layout import (
    FULL_WIDTH,
    HALF_WIDTH,
    ISSUER_WIDTH,
    NAME_SIZE,
    NOTE_SIZE,
    TYPE_SIZES,
    TypeSize,
    branch_text,
    lines_of_all,
    row_of,
)
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import CertificateForm, Product

_FOOT_SIZE = 7
_STATUS_SIZE = 7.5
_STATUS_WIDTH = 40 / 25.4 * 72  # beside the QR code
_QR_DOTS = 4  # to a module: a viewer that smooths pictures blurs no edge
_ROOT_DIGITS = 16  # 64 bits: nobody finds another log with the same beginning
# A code is soon copied onto a forgery: what tells the state does not tell what is genuine.
_STATUS_NOTES = {
    CertificateForm.ELECTRONIC: "いまの状態はQRコードで、\n本物かどうかは下の\n検証用アドレスで確かめます。",
    CertificateForm.PAPER: "いまの状態はQRコードで、\n本物かどうかは保証会社の\n取扱支店で確かめられます。",
}
_SPECIMEN = "見本　この証書は説明のために作成したもので、保証の効力はありません　見本"
_FORMS = {CertificateForm.ELECTRONIC: "電子証書", CertificateForm.PAPER: "証書(紙)"}
_NOTES = {
    CertificateForm.ELECTRONIC: "この電子証書は、保証確認サービス（D-Sure）で、保証契約番号と認証キーを入力して閲覧できます。",
    CertificateForm.PAPER: "この証書(紙)は、発注者様にご提出ください。",
}


def render_certificate(content: CertificateContent) -> bytes:
    """The certificate as PDF, the same bytes for the same content; two pages only when not even the smallest type fits on one.

    Raises UnprintableCharacters, DocumentNotMade.
    """
    pages = (filled("certificate.html", **_facts(content, type_size)) for type_size in TYPE_SIZES)
    return pdf_on_one_sheet(pages, made_on=content.issued_on)


def _facts(content: CertificateContent, type_size: TypeSize) -> dict[str, object]:
    size = type_size.size
    branch = branch_text(content.branch_name, content.branch_phone, content.branch_hours)
    principal = (_venture(content), content.principal_address, content.principal_name, content.principal_representative)
    return {
        "title": f"{content.product.label}証書",
        "number": content.guarantee_contract_number,
        "surety_name": content.surety_name,
        "specimen": _SPECIMEN if content.is_specimen else "",
        "foot": lines_of_all(_foot(content), width=FULL_WIDTH, size=_FOOT_SIZE),
        "qr": _qr(content.status_address) if content.status_address else "",
        "status": lines_of(_STATUS_NOTES[content.certificate_form], width=_STATUS_WIDTH, size=_STATUS_SIZE),
        "type": type_size,
        "form": _FORMS[content.certificate_form],
        "issued_on": era_date(content.issued_on),
        "version": content.version_text,
        "obligee": lines_of(f"{content.obligee_head}　様", width=HALF_WIDTH, size=NAME_SIZE),
        "principal": lines_of_all(principal, width=HALF_WIDTH, size=size),
        "rows": [row_of(label, text, size) for label, text in _rows(content)],
        "guaranteed": row_of("保証金額（総額）", f"{content.guaranteed_amount.text}（{_share(content)}）", type_size.chief_size, "chief"),
        "last_rows": [row_of(label, text, size) for label, text in _last_rows(content)],
        "statement": lines_of(content.guarantee_statement, width=FULL_WIDTH, size=size),
        "surety_address": lines_of_all([content.surety_address], width=ISSUER_WIDTH, size=size),
        "surety": lines_of(content.surety_name, width=ISSUER_WIDTH, size=NAME_SIZE, bold=True),
        "surety_people": lines_of_all((content.surety_representative, branch), width=ISSUER_WIDTH, size=size),
        "note": lines_of_all(_notes(content), width=FULL_WIDTH, size=NOTE_SIZE),
    }


def _notes(content: CertificateContent) -> Iterator[str]:
    yield _NOTES[content.certificate_form]
    if content.status_address:
        yield f"確認用アドレス　{content.status_address}"
        if content.certificate_form is CertificateForm.ELECTRONIC:  # of a sheet of paper nobody can tell it there
            yield f"検証用アドレス　{content.status_address.rsplit('/c/', 1)[0]}/verify"


def _foot(content: CertificateContent) -> Iterator[str]:
    yield f"保証契約番号　{content.guarantee_contract_number}　（{content.version_text}）"
    if content.log_head_size is not None:
        yield f"公開記録　{content.log_origin}　第{content.log_head_size}件時点　{content.log_head_root[:_ROOT_DIGITS]}"


@lru_cache(maxsize=1)  # one page may be set in several sizes of type
def _qr(address: str) -> str:
    """A QR code that survives the copier: 15 % of it may be lost. As PNG, because a drawing (SVG) would bring Helvetica along."""
    return str(segno.make_qr(address, error="m").png_data_uri(scale=_QR_DOTS, border=4))


def _venture(content: CertificateContent) -> str:
    """企業体名 above its representative."""
    return f"{content.joint_venture_name}\n代表者" if content.joint_venture_name else ""


def _members(content: CertificateContent) -> str:
    return "\n".join(
        f"{name}（出資比率 {share}{'・代表者' if is_first else ''}）　{address}"
        for name, address, share, is_first in content.joint_venture_members
    )


def _rows(content: CertificateContent) -> Iterator[tuple[str, str]]:
    if content.joint_venture_name:
        yield "構成員", _members(content)
    yield "工事番号", content.works_number
    yield "工事名", content.works_name
    yield "工事場所", content.works_place
    yield "請負金額（総額）", content.contract_price.text
    yield "契約日", era_date(content.contracted_on)
    yield "工期", f"{era_date(content.construction_starts_on)}～{era_date(content.construction_ends_on)}"
    if content.product.is_advance:
        yield from _advance_rows(content)


def _advance_rows(content: CertificateContent) -> Iterator[tuple[str, str]]:
    if content.fiscal_year_amount is not None:
        yield "今年度対象額", content.fiscal_year_amount.text
    yield "中間前払金額" if content.product is Product.INTERIM_ADVANCE_PAYMENT else "前払金額", content.guaranteed_amount.text
    if content.previous_advance_amount is not None:
        yield "既前払金額", content.previous_advance_amount.text
    yield "預託金融機関", content.depository


def _share(content: CertificateContent) -> str:
    base = "請負金額" if content.ratio_base is content.contract_price else "今年度対象額"
    return f"{base}の{content.ratio_text}"


def _last_rows(content: CertificateContent) -> Iterator[tuple[str, str]]:
    yield "保証期間", f"{era_date(content.guarantee_starts_on)}～{era_date(content.guarantee_ends_on)}"
    yield "約款名", content.terms_name
    if content.replaced_row:
        yield from content.replaced_row
        yield "変更点", "\n".join(f"{label}：{before or 'なし'} → {after or 'なし'}" for label, before, after in content.change_note)
