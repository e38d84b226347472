"""The opened certificate: on screen, as its file, and as a sheet of reference."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import render_template, request
from werkzeug.wrappers import Response

from esurety.domain.application_state import GuaranteeState, guarantee_state
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.persistence.models import GuaranteeContract
from esurety.services.compare_versions import compare_versions
from esurety.services.hand_out_documents import NoSuchDocument, certificate_file
from esurety.services.open_certificate_with_key import OpenedCertificate
from esurety.web.answers import now, pdf
from esurety.web.dsure import blueprint
from esurety.web.dsure.opened_session import open_until, opened
from esurety.web.presentation import Tag, certificate_rows, contract_tags, version_lines, version_text
from esurety.web.proof_file import proof_file
from esurety.web.timestamp_file import timestamp_file

_MOST_DIGITS = 5


@dataclass(frozen=True)
class StateLine:
    """A state and what it means for the clerk who reads it."""

    tag: Tag
    meaning: str


@blueprint.get("/certificate")
def certificate() -> str:
    """State first, then the fields, then the versions."""
    return render_template("dsure/certificate.html", **_facts(now()))


@blueprint.get("/certificate/print")
def certificate_print() -> str:
    """One sheet of A4, marked 「参考印刷」."""
    return render_template("dsure/certificate_print.html", **_facts(now()))


@blueprint.get("/certificate.pdf")
def certificate_pdf() -> Response:
    """The stored file of the newest version, or of ?version=n."""
    contract = opened().contract
    version = _shown_content(opened()).version
    number = contract.number
    return pdf(
        certificate_file(contract, version=version),
        name=f"保証証書_{number}_{version_text(version)}.pdf",
        ascii_name=f"certificate_{number}_{version}.pdf",
    )


@blueprint.get("/certificate.tlog-proof")
def certificate_proof() -> Response:
    """The proof that the certificate stands in the public log, newest version or ?version=n."""
    return proof_file(opened().contract, _shown_content(opened()).version)


@blueprint.get("/certificate.tst")
def certificate_timestamp() -> Response:
    """The timestamp that came after the issue, newest version or ?version=n."""
    return timestamp_file(opened().contract, _shown_content(opened()).version)


def _facts(at: datetime) -> dict[str, Any]:
    contract, content = opened().contract, _shown_content(opened())
    until = open_until(at)
    return {
        "number": contract.number,
        "states": _state_lines(contract, content, japanese_day(at)),
        "checked_at": era_time(at),
        "open_until": era_time(until) if until is not None else "",
        "rows": certificate_rows(content),
        "is_specimen": content.is_specimen,
        "branch": f"{content.surety_name} {content.branch_name}（電話 {content.branch_phone}）",
        "version": content.version,
        "version_text": content.version_text,
        "is_newest": content.version == contract.current_version,
        "newest_text": version_text(contract.current_version),
        "versions": version_lines(opened().versions),
        "has_timestamp_file": any(one.version == content.version and one.has_timestamp_file for one in version_lines(opened().versions)),
        "differences": compare_versions(opened().versions, older=None, newer=content.version).differences if content.version else (),
        "previous_text": version_text(content.version - 1),
    }


def _shown_content(certificate: OpenedCertificate) -> CertificateContent:
    """What the newest version says, or the one that ?version=n names. Raises NoSuchDocument."""
    asked = request.args.get("version") or str(certificate.contract.current_version)
    if not (asked.isascii() and asked.isdigit() and len(asked) <= _MOST_DIGITS):
        raise NoSuchDocument
    found = next((one for one in certificate.versions if one.version == int(asked)), None)
    if found is None:
        raise NoSuchDocument
    return CertificateContent.from_json(found.content)


def _state_lines(contract: GuaranteeContract, content: CertificateContent, today: date) -> list[StateLine]:
    state, *changed = contract_tags(contract, today)
    change = (
        f"発行のあとで、内容が変わっています。最新の版は「{version_text(contract.current_version)}」です。"
        "前の版を印刷・保存してある場合は、差し替えてください。"
    )
    return [StateLine(state, _meaning(contract, content, today)), *(StateLine(tag, change) for tag in changed)]


def _meaning(contract: GuaranteeContract, content: CertificateContent, today: date) -> str:
    ends_on = era_date(contract.guarantee_ends_on)
    state = guarantee_state(cancelled_on=contract.cancelled_on, guarantee_ends_on=contract.guarantee_ends_on, today=today)
    if state is GuaranteeState.EXPIRED:
        return f"保証期間は {ends_on} で終わりました。内容は記録として表示しています。証書を返す手続きは要りません。"
    if state is GuaranteeState.CANCELLED and contract.cancelled_on is not None:
        return (
            f"この保証契約は {era_date(contract.cancelled_on)} に解約されました。現在、保証は効力がありません。"
            f"内容は記録として表示しています。くわしいことは、{content.branch_name}（電話 {content.branch_phone}）にお尋ねください。"
        )
    return f"この保証は有効です。保証期間は {ends_on} までです。"
