"""審査待ち: the applications that wait for the surety, by branch, the oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for

from esurety.domain.application_state import ApplicationState
from esurety.domain.japanese_calendar import era_time
from esurety.domain.products import CertificateForm, Product
from esurety.domain.yen import total
from esurety.persistence.models import Application, Branch
from esurety.services.read_applications import office_branches, office_counts
from esurety.services.read_queue import queue
from esurety.services.sign_in import SignedIn
from esurety.web.access import person
from esurety.web.answers import now
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.presentation import Tag, age_text, application_number, state_tag

_S = ApplicationState
_EVERYWHERE = "all"
_WAITING = "waiting"
_STATES: dict[str, tuple[str, tuple[ApplicationState, ...]]] = {
    _WAITING: ("審査待ち・審査中", (_S.SUBMITTED, _S.IN_REVIEW)),
    _S.SUBMITTED.value: ("申込済", (_S.SUBMITTED,)),
    _S.IN_REVIEW.value: ("審査中", (_S.IN_REVIEW,)),
    _S.APPROVED.value: ("承認済（発行待ち）", (_S.APPROVED,)),
    _S.RETURNED.value: ("差戻し（修正待ち）", (_S.RETURNED,)),
    _S.ISSUED.value: ("発行済", (_S.ISSUED,)),
    _S.DECLINED.value: ("謝絶", (_S.DECLINED,)),
    _S.WITHDRAWN.value: ("取下げ", (_S.WITHDRAWN,)),
    "all": ("すべて", tuple(state for state in _S if state is not _S.DRAFT)),
}
_FIGURES = (_S.SUBMITTED, _S.IN_REVIEW, _S.APPROVED, _S.RETURNED)


@dataclass(frozen=True)
class QueueLine:
    """One application in the queue."""

    id: int
    number: str
    works_name: str
    company: str
    authority: str
    branch: str
    products: list[str]
    amount: str
    tag: Tag
    submitted: str
    age: str


@dataclass(frozen=True)
class Figure:
    """How many applications are in a state, and where they are listed."""

    label: str
    count: int
    href: str


@blueprint.get("/")
def home() -> str:
    """The queue, narrowed to the own branch and to what waits for review unless asked otherwise."""
    account, at = person(), now()
    branches = office_branches(account)
    branch = _chosen_branch(account, branches)
    state = request.args.get("state", "")
    state = state if state in _STATES else _WAITING
    label, states = _STATES[state]
    branch_id = None if branch == _EVERYWHERE else int(branch)
    page = queue(account, branch_id=branch_id, states=states, after=typed_whole("after"))
    return render_template(
        "office/queue.html",
        lines=[_line(one, at) for one in page.applications],
        figures=_figures(office_counts(account, branch_id=branch_id), branch),
        branch=branch,
        branch_name=next((one.name for one in branches if str(one.id) == branch), "すべての営業部・支店"),
        branches=[(_EVERYWHERE, "すべて"), *((str(one.id), one.name) for one in branches)],
        shows_branch=branch == _EVERYWHERE,
        state=state,
        state_label=label,
        states=[(value, text) for value, (text, _) in _STATES.items()],
        next_address=url_for("office.home", branch=branch, state=state, after=page.after) if page.after is not None else "",
    )


def _chosen_branch(account: SignedIn, branches: list[Branch]) -> str:
    """The branch in the address if it is one of the surety's, else the own one; who has none sees them all."""
    known = {_EVERYWHERE, *(str(one.id) for one in branches)}
    own = str(account.branch_id) if account.branch_id is not None else _EVERYWHERE
    typed = request.args.get("branch", own)
    return typed if typed in known else _EVERYWHERE


def _figures(counts: Mapping[ApplicationState, int], branch: str) -> list[Figure]:
    return [Figure(state.label, counts.get(state, 0), url_for("office.home", branch=branch, state=state.value)) for state in _FIGURES]


def _line(application: Application, at: datetime) -> QueueLine:
    submitted_at = application.submitted_at or application.changed_at
    return QueueLine(
        id=application.id,
        number=application_number(application.id),
        works_name=application.works_name or "",
        company=application.company.name,
        authority=application.authority.name if application.authority else "",
        branch=application.branch.name if application.branch else "",
        products=[f"{Product(one.product).label}（{CertificateForm(one.certificate_form).short_label}）" for one in application.requested],
        amount=total([one.guaranteed_amount for one in application.requested]).text,
        tag=state_tag(application),
        submitted=era_time(submitted_at),
        age=age_text(submitted_at, at),
    )
