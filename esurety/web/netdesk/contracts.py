"""保証契約一覧 with its drill-down, one contract, its certificate in a window of its own, 電子保証履歴一覧."""

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import japanese_day
from esurety.services.hand_out_documents import certificate_content
from esurety.services.hand_out_refund import settlements
from esurety.services.read_contracts import (
    authorities_to_choose,
    compare_with_application,
    find_contract,
    happened_to_contract,
    list_contracts,
    openings,
    submission_of,
    versions,
)
from esurety.services.read_lists import contract_listing
from esurety.services.read_works import left_behind, standing_of
from esurety.services.reissue_key import key_lines
from esurety.web.access import person
from esurety.web.answers import now, see_other, two_shaped, wants_fragment
from esurety.web.change_words import cancellation_rows, change_state, key_rows, settlement_lines
from esurety.web.contract_search import older_than, search_form, typed_filter
from esurety.web.downloads import FileName, answer_with_file, download_links
from esurety.web.netdesk import blueprint
from esurety.web.presentation import (
    certificate_rows,
    contract_line,
    contract_tags,
    opening_lines,
    public_history_lines,
    version_lines,
    version_text,
)
from esurety.web.works_page import goes_on_next_year, sibling_lines


@blueprint.get("/contracts/")
def contracts() -> Response:
    """保証契約一覧; htmx asks for the rows alone."""
    account, today = person(), japanese_day(now())
    narrowed = typed_filter()
    page = list_contracts(account, narrowed, today=today, older_than=older_than())
    search = search_form(narrowed, today, authorities_to_choose(today) if not wants_fragment() else [])
    opened = request.args.get("open", "")
    shown = next((one for one in page.contracts if one.number == opened), None)
    facts = {
        "lines": [contract_line(one, today) for one in page.contracts],
        "older_than": page.older_than,
        "opened": shown.number if shown is not None else "",
        "panel": version_lines(versions(shown)) if shown is not None else [],
        "openings": opening_lines(openings(shown)) if shown is not None else [],
        "search": search,
        "downloads": download_links(url_for("netdesk.contracts_file"), search.query),
    }
    template = "netdesk/_contract_results.html" if wants_fragment() else "netdesk/contracts.html"
    return two_shaped(render_template(template, **facts))


@blueprint.get("/contracts/download")
def contracts_file() -> Response:
    """保証契約一覧 of the own company as narrowed, whole, as a file."""
    account, today, narrowed = person(), japanese_day(now()), typed_filter()
    return answer_with_file(
        lambda: contract_listing(account, narrowed, today=today).everything(),
        named=FileName.of("保証契約一覧", "contracts", today),
        back=url_for("netdesk.contracts"),
    )


@blueprint.get("/contracts/<number>/panel")
def contract_panel(number: str) -> Response:
    """The drill-down below a row of the list; without htmx the list itself opens it (?open=)."""
    contract = find_contract(person(), number)
    if not wants_fragment():
        return see_other(url_for("netdesk.contracts", open=number))
    facts = {
        "line": contract_line(contract, japanese_day(now())),
        "panel": version_lines(versions(contract)),
        "openings": opening_lines(openings(contract)),
    }
    return two_shaped(render_template("netdesk/_contract_panel.html", **facts))


@blueprint.get("/contracts/<number>")
def contract(number: str) -> str:
    """保証契約の詳細."""
    found, today = find_contract(person(), number), japanese_day(now())
    issued, standing, submission = versions(found), standing_of(found), submission_of(found, today)
    content, settled = CertificateContent.from_json(issued[0].content), settlements(found)
    return render_template(
        "netdesk/contract.html",
        line=contract_line(found, today),
        contract=found,
        rows=certificate_rows(content),
        goes_on_next_year=goes_on_next_year(found, content),
        versions=version_lines(issued),
        submission=submission,
        siblings=sibling_lines([one for one in left_behind(standing, submission.policy) if one.guarantee.number != number]),
        version_text=version_text(found.current_version),
        change_state=change_state(found, standing, today=today),
        settlements=settlement_lines(settled, found),
        cancellation=cancellation_rows(found, settled),
        openings=opening_lines(openings(found)),
        history=public_history_lines(happened_to_contract(found)),
    )


@blueprint.get("/contracts/<number>/certificate")
def certificate(number: str) -> str:
    """保証契約内容の確認: the certificate beside what was applied for, differences marked."""
    found = find_contract(person(), number)
    version = asked_version()
    content = certificate_content(found, version=version)
    compared = compare_with_application(found, content)
    return render_template(
        "netdesk/certificate.html",
        contract=found,
        content=content,
        tags=contract_tags(found, japanese_day(now())),
        rows=certificate_rows(content),
        compared=compared,
        differences=sum(one.differs for one in compared),
        version=content.version,
        version_text=version_text(content.version),
        is_current=content.version == found.current_version,
    )


@blueprint.get("/contracts/<number>/history")
def history(number: str) -> str:
    """電子保証履歴一覧: one row a version, with 印刷 for the key notice."""
    found = find_contract(person(), number)
    return render_template(
        "netdesk/history.html",
        line=contract_line(found, japanese_day(now())),
        contract=found,
        versions=version_lines(versions(found)),
        keys=key_rows(key_lines(found)),
        openings=opening_lines(openings(found)),
        history=public_history_lines(happened_to_contract(found)),
        submission=submission_of(found, japanese_day(now())),
    )


def asked_version() -> int | None:
    """?version=n; None for the newest. What is no number names a version that does not exist."""
    typed = request.args.get("version", "")
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 6 else -1  # noqa: PLR2004 - no contract has so many versions
