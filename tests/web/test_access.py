"""Who may call what: every endpoint with what it answers to everybody. A new endpoint needs a row here."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from tests.example_of_record import with_performance
from tests.stage import Issued, Stage
from tests.web.page_client import PageClient

SIGN_IN, HOME, GATE = "→ /login", "→ home", "→ gate"
WHO = ("anonymous", "netdesk", "contractor2", "clerk", "approver", "admin")


def _everybody(answer: object) -> tuple[object, ...]:
    return (answer,) * len(WHO)


def _contractors(own: object, other: object) -> tuple[object, ...]:
    return (SIGN_IN, own, other, 404, 404, 404)


def _office(clerk: object, approver: object, admin: object) -> tuple[object, ...]:
    return (SIGN_IN, 404, 404, clerk, approver, admin)


OPEN = _contractors(200, 200)  # any contractor, each sees the own company's
OWN = _contractors(200, 404)  # of one company alone
LOOK = _office(200, 200, 200)
LAY_DOWN = _office(403, 403, 422)  # a form of the operator's rules, which others may only look at
OPERATE = _office(404, 404, 200)  # the operator's own pages
ACT = 403  # what an operator is told who tries to act

# (endpoint, method): what each of WHO is answered. Posts carry a CSRF token and nothing else.
TABLE: dict[tuple[str, str], tuple[object, ...]] = {
    ("public.home", "GET"): _everybody(200),
    ("public.login", "GET"): (200, HOME, HOME, HOME, HOME, HOME),
    ("public.sign_in_with_password", "POST"): _everybody(422),
    ("public.logout", "POST"): _everybody(SIGN_IN),
    ("public.guide", "GET"): _everybody(200),
    ("public.verify", "GET"): _everybody(200),
    ("public.verify_file", "POST"): _everybody(422),
    ("public.verifier", "GET"): _everybody(200),
    ("public.verdict_slip", "POST"): _everybody(422),
    ("public.certificate_status_page", "GET"): _everybody(404),  # no such certificate
    ("public.authorities", "GET"): _everybody(200),
    ("public.schemas", "GET"): _everybody(200),
    ("public.schema", "GET"): _everybody(200),
    ("public.log", "GET"): _everybody(200),
    ("public.log_checkpoint", "GET"): _everybody(200),
    ("public.log_key", "GET"): _everybody(200),
    ("public.log_tile", "GET"): _everybody(200),
    ("public.log_witness_key", "GET"): _everybody(200),
    ("public.log_witness", "GET"): _everybody(404),  # nobody's log has been witnessed here
    ("public.healthz", "GET"): _everybody(200),
    ("public.readyz", "GET"): _everybody(200),
    ("public.demo_mail", "GET"): _everybody(404),  # this is no demonstration
    ("netdesk.home", "GET"): OPEN,
    ("netdesk.new_application", "GET"): OPEN,
    ("netdesk.create_application", "POST"): _contractors(422, 422),
    ("netdesk.product_block", "POST"): OPEN,
    ("netdesk.joint_venture_block", "POST"): OPEN,
    ("netdesk.notification_block", "POST"): OPEN,
    ("netdesk.figures", "POST"): OPEN,
    ("netdesk.applications", "GET"): OPEN,
    ("netdesk.application", "GET"): OWN,
    ("netdesk.edit_application", "GET"): OWN,
    ("netdesk.change_application", "POST"): _contractors(422, 404),
    ("netdesk.confirm_application", "GET"): OWN,
    ("netdesk.submit_confirmed", "POST"): _contractors(409, 404),
    ("netdesk.application_received", "GET"): OWN,
    ("netdesk.confirm_withdrawal", "GET"): OWN,
    ("netdesk.withdraw", "POST"): _contractors(409, 404),
    ("netdesk.works", "GET"): OWN,
    ("netdesk.contracts", "GET"): OPEN,
    ("netdesk.contract", "GET"): OWN,
    ("netdesk.contract_panel", "GET"): _contractors("→ /netdesk/contracts/", 404),  # htmx gets the part
    ("netdesk.certificate", "GET"): OWN,
    ("netdesk.history", "GET"): OWN,
    ("netdesk.certificate_pdf", "GET"): OWN,
    ("netdesk.certificate_proof", "GET"): OWN,
    ("netdesk.certificate_timestamp", "GET"): _contractors(404, 404),  # none came later
    ("netdesk.key_notice_pdf", "GET"): OWN,
    ("netdesk.premium_statement_pdf", "GET"): OWN,
    ("netdesk.change_contract", "GET"): OWN,
    ("netdesk.apply_for_change", "POST"): _contractors(422, 404),
    ("netdesk.change_figures_of", "POST"): _contractors(200, 404),
    ("netdesk.compare_contract", "GET"): OWN,
    ("netdesk.refund_statement_pdf", "GET"): _contractors(404, 404),  # nothing has been paid back
    ("netdesk.ask_for_key", "GET"): OWN,
    ("netdesk.send_request_for_key", "POST"): _contractors(422, 404),
    ("office.home", "GET"): LOOK,
    ("office.review", "GET"): LOOK,
    ("office.back_to_review", "GET"): _office("→ /office/applications/1", "→ /office/applications/1", "→ /office/applications/1"),
    ("office.start_review", "POST"): _office(409, 409, ACT),
    ("office.approve", "POST"): _office(409, 409, ACT),
    ("office.return_application", "POST"): _office(422, 422, ACT),
    ("office.decline", "POST"): _office(422, 422, ACT),
    ("office.revoke_approval", "POST"): _office(422, 422, ACT),
    ("office.premium", "POST"): _office(422, 422, ACT),
    ("office.issue", "GET"): _office(403, "→ /office/applications/1", 403),
    ("office.issue_now", "POST"): _office(403, "→ /office/applications/1", 403),
    ("office.works", "GET"): LOOK,
    ("office.contracts", "GET"): LOOK,
    ("office.contract", "GET"): LOOK,
    ("office.change_contract", "GET"): LOOK,
    ("office.compare_contract", "GET"): LOOK,
    ("office.refund_statement_pdf", "GET"): _office(404, 404, 404),  # nothing has been paid back
    ("office.confirm_cancellation", "GET"): _office(403, 200, 403),
    ("office.cancel", "POST"): _office(403, 422, 403),
    ("office.confirm_reissue", "GET"): _office(403, 200, 403),
    ("office.reissue", "POST"): _office(403, 422, 403),
    ("office.key_requests", "GET"): LOOK,
    ("office.decline_key", "POST"): _office(403, 422, 403),
    ("office.back_to_reissue", "GET"): _office(*["→ /office/contracts/10124-00001M/reissue-key"] * 3),
    ("office.certificate_pdf", "GET"): LOOK,
    ("office.premium_statement_pdf", "GET"): LOOK,
    ("office.certificate_proof", "GET"): LOOK,
    ("office.certificate_timestamp", "GET"): _office(404, 404, 404),  # none came later
    ("office.mails", "GET"): LOOK,
    ("office.mail", "GET"): LOOK,
    ("office.mark_mail_arrived", "POST"): _office("→ /office/mails/1", "→ /office/mails/1", ACT),
    ("office.gate", "GET"): _office(404, 200, 200),
    ("office.release_gate_source", "POST"): _office(404, "→ /office/gate/", "→ /office/gate/"),
    ("office.release_gate_contract", "POST"): _office(404, "→ /office/gate/", "→ /office/gate/"),
    ("office.send_mail_again", "POST"): _office("→ /office/mails/1", "→ /office/mails/1", ACT),
    ("office.people", "GET"): OPERATE,
    ("office.people_surety", "GET"): OPERATE,
    ("office.people_keep_surety", "POST"): _office(404, 404, 422),
    ("office.people_sureties", "GET"): _office(404, 404, 404),  # who operates one surety chooses none
    ("office.people_act_for", "POST"): _office(404, 404, 404),
    ("office.people_new_surety", "GET"): _office(404, 404, 404),
    ("office.people_create_surety", "POST"): _office(404, 404, 404),
    ("office.people_list", "GET"): OPERATE,
    ("office.people_new", "GET"): OPERATE,
    ("office.people_create", "POST"): _office(404, 404, 422),
    ("office.people_record", "GET"): OPERATE,
    ("office.people_correct", "POST"): _office(404, 404, 422),
    ("office.people_confirm_end", "GET"): OPERATE,
    ("office.people_end", "POST"): _office(404, 404, 422),
    ("office.people_rights", "GET"): OPERATE,
    ("office.people_rights_of", "GET"): OPERATE,
    ("office.people_grant_right", "POST"): _office(404, 404, 422),
    ("office.people_right", "GET"): OPERATE,
    ("office.people_end_right", "POST"): _office(404, 404, 422),
    ("office.people_back_to_right", "GET"): _office(404, 404, "→ /office/people/rights/1"),
    ("office.people_stop_right", "POST"): _office(404, 404, 422),
    ("office.people_password", "GET"): OPERATE,
    ("office.people_reset_password", "POST"): _office(404, 404, 422),
    ("office.open_next", "GET"): _office("→ /office/applications/3", "→ /office/applications/3", "→ /office/applications/3"),
    ("office.assign", "POST"): _office(409, 409, ACT),
    ("office.unassign", "POST"): _office("→ /office/applications/1", "→ /office/applications/1", ACT),
    ("office.ask_for_paper", "POST"): _office(422, 422, ACT),
    ("office.accept_paper", "POST"): _office(409, 409, ACT),
    ("office.ask_for_paper_again", "POST"): _office(422, 422, ACT),
    ("office.paper", "GET"): _office(404, 404, 404),  # nothing has been handed in
    ("office.reverse_premium", "POST"): _office(422, 422, ACT),
    ("office.monthly_premiums", "GET"): LOOK,
    ("office.monthly_payment", "GET"): _office(200, 200, ACT),
    ("office.record_payment_of_month", "POST"): _office(422, 422, ACT),
    ("office.settlements", "GET"): LOOK,
    ("office.settlement", "GET"): _office(404, 404, 404),  # nothing has been billed or paid back
    ("office.settle", "POST"): _office(404, 404, ACT),
    ("office.reopen_settlement", "POST"): _office(404, 404, ACT),
    ("office.back_to_settlement", "GET"): _office(*["→ /office/premiums/settlements/1"] * 3),
    ("office.to_post", "GET"): LOOK,
    ("office.posted", "GET"): LOOK,
    ("office.unmark_as_posted", "POST"): _office("→ /office/premiums/posted/", "→ /office/premiums/posted/", ACT),
    ("office.returns", "GET"): LOOK,
    ("office.money_return", "GET"): LOOK,
    ("office.record_return", "POST"): _office(422, 422, ACT),
    ("office.reverse_return", "POST"): _office(422, 422, ACT),
    ("office.back_to_return", "GET"): _office(*["→ /office/premiums/returns/1"] * 3),
    ("office.contracts_file", "GET"): LOOK,
    ("office.queue_file", "GET"): LOOK,
    ("office.reports", "GET"): LOOK,
    ("office.report", "GET"): LOOK,
    ("office.report_file", "GET"): LOOK,
    ("netdesk.contracts_file", "GET"): OPEN,
    ("office.mark_as_posted", "POST"): _office("→ /office/premiums/to-post/", "→ /office/premiums/to-post/", ACT),
    ("netdesk.papers", "GET"): OWN,
    ("netdesk.hand_in", "POST"): _contractors(422, 404),
    ("netdesk.paper", "GET"): _contractors(404, 404),  # nothing has been handed in
    ("office.rules", "GET"): LOOK,
    ("office.rules_authorities", "GET"): LOOK,
    ("office.rules_authority", "GET"): LOOK,
    ("office.rules_policy", "GET"): LOOK,
    ("office.new_authority", "GET"): _office(403, 403, 200),
    ("office.add_authority", "POST"): LAY_DOWN,
    ("office.confirm_authority_end", "GET"): _office(403, 403, 200),
    ("office.end_authority_now", "POST"): LAY_DOWN,
    ("office.new_policy", "GET"): _office(403, 403, 200),
    ("office.lay_down_new_policy", "POST"): LAY_DOWN,
    ("office.confirm_policy_withdrawal", "GET"): _office(403, 403, 409),  # its day has come
    ("office.withdraw_policy_now", "POST"): _office(403, 403, 409),
    ("office.rules_tariffs", "GET"): LOOK,
    ("office.confirm_tariff_withdrawal", "GET"): _office(403, 403, 409),  # its day has come
    ("office.withdraw_tariff_now", "POST"): _office(403, 403, 409),
    ("office.tariff_template", "GET"): LOOK,
    ("office.new_tariffs", "GET"): _office(403, 403, 200),
    ("office.try_new_tariffs", "POST"): LAY_DOWN,
    ("office.load_new_tariffs", "POST"): LAY_DOWN,
    ("office.rules_import", "GET"): _office(403, 403, 200),
    ("office.import_template", "GET"): _office(403, 403, 200),
    ("office.try_records", "POST"): LAY_DOWN,
    ("office.import_now", "POST"): LAY_DOWN,
    ("dsure.home", "GET"): _everybody(200),
    ("dsure.open_certificate", "POST"): _everybody(422),
    ("dsure.ask_for_gate_code", "POST"): _everybody(422),
    ("dsure.close", "POST"): _everybody(GATE),
    ("dsure.certificate", "GET"): _everybody(GATE),
    ("dsure.compare", "GET"): _everybody(GATE),
    ("dsure.certificate_print", "GET"): _everybody(GATE),
    ("dsure.certificate_pdf", "GET"): _everybody(GATE),
    ("dsure.certificate_proof", "GET"): _everybody(GATE),
    ("dsure.certificate_timestamp", "GET"): _everybody(GATE),
}
_DRAFTS = {"netdesk.edit_application", "netdesk.change_application", "netdesk.confirm_application", "netdesk.submit_confirmed"}
_WAITING = {"netdesk.confirm_withdrawal", "netdesk.withdraw", "netdesk.application_received"}


def endpoints(app: Flask) -> set[tuple[str, str]]:
    return {(rule.endpoint, method) for rule in app.url_map.iter_rules() for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}}


def test_every_endpoint_has_a_row(app: Flask) -> None:
    assert endpoints(app) == set(TABLE)


@pytest.fixture
def records(stage: Stage) -> dict[str, object]:
    """One application of the first company in each state that matters: issued, draft, waiting."""
    issued: Issued = stage.issued(**with_performance())
    assert issued.application_id == 1
    return {"issued": 1, "draft": stage.draft(), "waiting": stage.submit(), "number": issued.number}


def address_of(app: Flask, endpoint: str, records: dict[str, object]) -> str:
    application = records["draft" if endpoint in _DRAFTS else "waiting" if endpoint in _WAITING else "issued"]
    values = {
        "application_id": application,
        "number": records["number"],
        "product": "advance_payment",
        "works_id": 999 if application == 999 else 1,
        "mail_id": 1,
        "request_id": 1,
        "receipt_id": 1,
        "paper_id": 1,
        "settlement_id": 1,
        "repayment_id": 1,
        "company_id": 1,
        "month": "2024-04",
        "act": "approve",
        "kind": "companies",
        "name": "premiums",
        "record_id": 2,
        "account_id": 4,
        "right_id": 1,
        "authority_id": 1,
        "surety_id": 1,
        "version_id": 1,
        "tariff_id": 1,
        "register": "contractors",
        "status_id": "0000000000000000",
        "place": "0/000.p/1",
        "origin_hash": "0" * 64,
        "schema": "esurety-certificate-1",
    }
    rule = next(app.url_map.iter_rules(endpoint))
    with app.test_request_context():
        return str(app.url_for(endpoint, **{name: values[name] for name in rule.arguments}))


def answer_of(client: PageClient, method: str, address: str) -> object:
    # Without an expected status: the table is what is expected.
    response = client._http.open(address, method=method, data={"csrf_token": client.csrf_token()} if method == "POST" else None)
    location = response.headers.get("Location", "")
    status = response.status_code
    response.close()
    if status != 303:
        return status
    path = location.split("?")[0]
    return {"/login": SIGN_IN, "/dsure/": GATE, "/netdesk/": HOME, "/office/": HOME}.get(path, f"→ {path}")


@pytest.mark.parametrize("who", WHO)
def test_everybody_is_answered_as_the_table_says(
    who: str, app: Flask, stage: Stage, records: dict[str, object], signed_in: Callable[[str], PageClient]
) -> None:
    column = WHO.index(who)
    client = PageClient(stage) if who == "anonymous" else signed_in(who)
    last = ("public.logout", "POST")  # ends the session that the others need

    wrong = {}
    for row in sorted(TABLE, key=lambda one: (one == last, one[1], one[0])):
        endpoint, method = row
        found = answer_of(client, method, address_of(app, endpoint, records))
        if found != TABLE[row][column]:
            wrong[row] = f"answers {found}, the table says {TABLE[row][column]}"

    assert wrong == {}


GETS_OF_ONE_RECORD = sorted(
    endpoint for (endpoint, method), answers in TABLE.items() if method == "GET" and answers == OWN and endpoint.startswith("netdesk.")
)


def test_another_companys_record_reads_exactly_like_a_missing_one(
    app: Flask, stage: Stage, records: dict[str, object], signed_in: Callable[[str], PageClient]
) -> None:
    other = signed_in("contractor2")
    missing = {"issued": 999, "draft": 999, "waiting": 999, "number": "10124-00999A"}

    for endpoint in GETS_OF_ONE_RECORD:
        of_another = other.get(address_of(app, endpoint, records), expect=404)
        of_nobody = other.get(address_of(app, endpoint, missing), expect=404)

        assert without_tokens(of_another.text) == without_tokens(of_nobody.text), endpoint
        assert of_another.headers["Content-Type"] == of_nobody.headers["Content-Type"]


def without_tokens(text: str) -> str:
    return re.sub(r'(csrf_token" value="|X-CSRFToken":")[^"]*', r"\1", text)
