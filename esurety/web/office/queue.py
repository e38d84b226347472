"""審査待ち: the applications that wait for the surety, by branch, the oldest first."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.application_state import ApplicationState
from esurety.domain.japanese_calendar import era_time, japanese_day
from esurety.domain.products import CertificateForm, Product
from esurety.domain.waiting_age import WaitingAge
from esurety.domain.yen import total
from esurety.persistence.models import Application
from esurety.services.read_applications import office_branches
from esurety.services.read_figures import issued_over_a_year
from esurety.services.read_lists import queue_listing
from esurety.services.read_queue import WAITING, colleagues, queue, waiting_besides, waiting_counts
from esurety.services.sign_in import SignedIn
from esurety.web.access import person
from esurety.web.answers import now
from esurety.web.charts import issued_chart
from esurety.web.downloads import FileName, answer_with_file, download_links
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.office.queue_filter import ASSIGNEES, EVERYWHERE, KINDS, STATES, TypedFilter, keep_filter, queue_address, typed_filter
from esurety.web.presentation import Tag, age_text, application_number, state_tag


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
    is_change: bool
    amount: str
    tag: Tag
    assignee: str
    submitted: str
    age: str


@dataclass(frozen=True)
class Figure:
    """How many applications are in a state, by how long they have waited, and where they are listed."""

    label: str
    count: int
    href: str
    ages: list[tuple[str, int, str]]


@dataclass(frozen=True)
class FilterForm:
    """The filter's choices with what is chosen."""

    typed: TypedFilter
    branches: list[tuple[str, str]]

    states = tuple((value, text) for value, (text, _) in STATES.items())
    products = (("", "すべて"), *((one.value, one.label) for one in Product))
    kinds = (("", "すべて"), *KINDS.items())
    assignees = (("", "すべて"), *ASSIGNEES.items())
    ages = (("", "すべて"), *((one.value, one.label) for one in WaitingAge))


@blueprint.get("/")
def home() -> str:
    """The queue, narrowed to the own branch and to what waits for review unless asked otherwise."""
    account, at = person(), now()
    branches = office_branches(account)
    typed = typed_filter(request.args, account, {str(one.id) for one in branches}, {one.id for one in branches if one.ended_on})
    keep_filter(typed)
    narrowed = typed.narrowed(account, japanese_day(at))
    page = queue(account, narrowed, after=typed_whole("after"))
    names = {one.account_id: one.name for one in colleagues(account)}
    return render_template(
        "office/queue.html",
        lines=[_line(one, at, names) for one in page.applications],
        figures=_figures(waiting_counts(account, narrowed, today=japanese_day(at)), typed),
        work=_other_work(account),
        form=FilterForm(typed, [(EVERYWHERE, "すべて"), *((str(one.id), one.name) for one in branches)]),
        branch_name=next((one.name for one in branches if str(one.id) == typed.branch), "すべての営業部・支店"),
        shows_branch=typed.branch == EVERYWHERE,
        state_label=STATES[typed.state][0],
        first_id=page.applications[0].id if page.applications and typed_whole("after") is None else None,
        chart=issued_chart(issued_over_a_year(account, today=japanese_day(at))),
        next_address=queue_address(typed.arguments(), after=page.after) if page.after is not None else "",
        downloads=download_links(url_for("office.queue_file"), typed.arguments()),
    )


@blueprint.get("/applications/download")
def queue_file() -> Response:
    """The queue as narrowed, whole, as a file."""
    account, at = person(), now()
    branches = office_branches(account)
    typed = typed_filter(request.args, account, {str(one.id) for one in branches}, {one.id for one in branches if one.ended_on})
    return answer_with_file(
        lambda: queue_listing(account, typed.narrowed(account, japanese_day(at))).everything(),
        named=FileName.of(f"申込一覧_{STATES[typed.state][0]}", "applications", japanese_day(at)),
        back=url_for("office.home"),
    )


def _figures(counts: Mapping[tuple[ApplicationState, WaitingAge], int], typed: TypedFilter) -> list[Figure]:
    def address(state: ApplicationState, age: str) -> str:
        return queue_address(typed.arguments(state=state.value, age=age))

    return [
        Figure(
            state.label,
            sum(counts.get((state, age), 0) for age in WaitingAge),
            address(state, ""),
            [(age.label, counts.get((state, age), 0), address(state, age.value)) for age in WaitingAge],
        )
        for state in WAITING
    ]


def _other_work(account: SignedIn) -> list[tuple[str, int, str]]:
    """What waits besides applications: label, how many, where."""
    counted = waiting_besides(account)
    work = [
        ("認証キーの再発行の依頼", counted.key_requests, url_for("office.key_requests")),
        ("精算していない差額・返還", counted.settlements, url_for("office.settlements")),
        ("発行済みで未入金の保証料", counted.unpaid, url_for("office.settlements")),
        ("謝絶・取下げ・過払いで返す保証料", counted.owing, url_for("office.returns")),
    ]
    return [one for one in work if one[1]]


def _line(application: Application, at: datetime, names: Mapping[int, str]) -> QueueLine:
    submitted_at = application.submitted_at or application.changed_at
    return QueueLine(
        id=application.id,
        number=application_number(application.id),
        works_name=application.works_name or "",
        company=application.company.name,
        authority=application.authority.name if application.authority else "",
        branch=application.branch.name if application.branch else "",
        products=[f"{Product(one.product).label}（{CertificateForm(one.certificate_form).short_label}）" for one in application.requested],
        is_change=application.changed_contract_id is not None,
        amount=total([one.guaranteed_amount for one in application.requested]).text,
        tag=state_tag(application),
        assignee=names.get(application.assignee_id or 0, ""),
        submitted=era_time(submitted_at),
        age=age_text(submitted_at, at),
    )
