"""The contractor's home."""

from flask import render_template

from esurety.domain.application_state import ApplicationState
from esurety.domain.japanese_calendar import japanese_day
from esurety.persistence.contracts import ContractFilter
from esurety.services.hand_in_papers import papers_to_hand_in
from esurety.services.read_applications import newest_in, own_counts
from esurety.services.read_contracts import list_contracts
from esurety.services.read_figures import issued_over_a_year
from esurety.web.access import person
from esurety.web.answers import now
from esurety.web.charts import issued_chart
from esurety.web.netdesk import blueprint
from esurety.web.netdesk.applications import application_line
from esurety.web.presentation import contract_line

_SHOWN = 5
_TO_DO = (ApplicationState.RETURNED, ApplicationState.DRAFT)
_UNDER_WAY = (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED)


@blueprint.get("/")
def home() -> str:
    """What waits for the contractor, what is under way, what was issued last."""
    account, today = person(), japanese_day(now())
    counts = own_counts(account)
    contracts = list_contracts(account, ContractFilter(), today=today).contracts
    return render_template(
        "netdesk/home.html",
        to_do=[application_line(one) for one in newest_in(account, _TO_DO, limit=_SHOWN)],
        under_way=[application_line(one) for one in newest_in(account, _UNDER_WAY, limit=_SHOWN)],
        contracts=[contract_line(one, today) for one in contracts[:_SHOWN]],
        papers=papers_to_hand_in(account),
        chart=issued_chart(issued_over_a_year(account, today=today)),
        figures=[
            ("差戻し（修正が必要）", counts.get(ApplicationState.RETURNED, 0), "returned"),
            ("下書き", counts.get(ApplicationState.DRAFT, 0), "draft"),
            ("審査待ち・審査中", counts.get(ApplicationState.SUBMITTED, 0) + counts.get(ApplicationState.IN_REVIEW, 0), "submitted"),
            ("承認済（発行待ち）", counts.get(ApplicationState.APPROVED, 0), "approved"),
        ],
    )
