"""保証契約: the list, one contract, its certificate. The office never sees an authentication key."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.services.hand_out_documents import certificate_content, certificate_file
from esurety.services.hand_out_premium_statement import premium_statement
from esurety.services.hand_out_refund import settlements
from esurety.services.read_changes import open_change_of
from esurety.services.read_contracts import authorities_to_choose, find_contract, happened_to_contract, list_contracts, openings, versions
from esurety.services.read_lists import contract_listing
from esurety.services.reissue_key import key_lines, open_request
from esurety.web.access import person
from esurety.web.answers import now, pdf
from esurety.web.change_words import cancellation_rows, key_rows, settlement_lines
from esurety.web.contract_search import older_than, search_form, typed_filter
from esurety.web.downloads import FileName, answer_with_file, download_links
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.office.permissions import may_issue
from esurety.web.presentation import application_number, certificate_rows, contract_line, history_lines, opening_lines, version_lines
from esurety.web.proof_file import proof_file
from esurety.web.timestamp_file import timestamp_file


@blueprint.get("/contracts/")
def contracts() -> str:
    """保証契約一覧 of the surety, newest first."""
    account, today = person(), japanese_day(now())
    narrowed = typed_filter()
    page = list_contracts(account, narrowed, today=today, older_than=older_than())
    search = search_form(narrowed, today, authorities_to_choose(today))
    goes_on = f"{url_for('office.contracts')}?{search.query}&older_than={page.older_than}" if page.older_than is not None else ""
    return render_template(
        "office/contracts.html",
        lines=[contract_line(one, today) for one in page.contracts],
        search=search,
        is_continued=older_than() is not None,
        next_address=goes_on,
        downloads=download_links(url_for("office.contracts_file"), search.query),
    )


@blueprint.get("/contracts/download")
def contracts_file() -> Response:
    """保証契約一覧 as narrowed, whole, as a file."""
    account, today, narrowed = person(), japanese_day(now()), typed_filter()
    return answer_with_file(
        lambda: contract_listing(account, narrowed, today=today).everything(),
        named=FileName.of("保証契約一覧", "contracts", today),
        back=url_for("office.contracts"),
    )


@blueprint.get("/contracts/<number>")
def contract(number: str) -> str:
    """One contract: its state, its certificate, its versions, who looked, what happened."""
    found, today = find_contract(person(), number), japanese_day(now())
    issued, happened, waiting = versions(found), happened_to_contract(found), open_change_of(found)
    asked, settled = open_request(found), settlements(found)
    is_in_force = found.cancelled_on is None and found.guarantee_ends_on >= today
    return render_template(
        "office/contract.html",
        line=contract_line(found, today),
        cancelled_on=era_date(found.cancelled_on) if found.cancelled_on is not None else "",
        cancellation=cancellation_rows(found, settled),
        may_cancel=may_issue(person()) and is_in_force,
        application_id=found.application_id,
        works_id=found.works_id,
        application_number=application_number(found.application_id),
        rows=certificate_rows(certificate_content(found)),
        versions=version_lines(issued),
        may_issue=may_issue(person()),
        open_change_id=waiting.id if waiting is not None else None,
        key_request=asked.note if asked is not None else "",
        keys=key_rows(key_lines(found)),
        settlements=settlement_lines(settled, found),
        openings=opening_lines(openings(found)),
        history=history_lines(happened),
    )


@blueprint.get("/contracts/<number>/certificate.pdf")
def certificate_pdf(number: str) -> Response:
    """The certificate's file, the newest version or ?version=n."""
    found = find_contract(person(), number)
    return pdf(certificate_file(found, version=_asked_version()), name=f"保証証書_{number}.pdf", ascii_name=f"certificate_{number}.pdf")


@blueprint.get("/contracts/<number>/premium-statement.pdf")
def premium_statement_pdf(number: str) -> Response:
    """保証料計算書, of the newest version that has one or of ?version=n."""
    found = find_contract(person(), number)
    content = premium_statement(contract=found, version=_asked_version())
    return pdf(content, name=f"保証料計算書_{number}.pdf", ascii_name=f"premium-statement_{number}.pdf")


@blueprint.get("/contracts/<number>/certificate.tlog-proof")
def certificate_proof(number: str) -> Response:
    """The proof that the certificate stands in the public log, the newest version or ?version=n."""
    return proof_file(find_contract(person(), number), _asked_version())


@blueprint.get("/contracts/<number>/certificate.tst")
def certificate_timestamp(number: str) -> Response:
    """The timestamp that came after the issue, newest version or ?version=n."""
    return timestamp_file(find_contract(person(), number), _asked_version())


def _asked_version() -> int | None:
    """?version=n; None for the newest. What is no number names a version that does not exist."""
    if not request.args.get("version"):
        return None
    version = typed_whole("version")
    return -1 if version is None else version
