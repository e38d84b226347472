"""What the office reads before it takes up an application: the queue, and who works here."""

from collections.abc import Sequence
from datetime import date

from esurety.domain.application_state import ApplicationState
from esurety.domain.waiting_age import WaitingAge, first_instants
from esurety.persistence import application_queue, staff
from esurety.persistence.application_queue import QueueFilter, QueuePage
from esurety.persistence.models import Application
from esurety.persistence.other_work import OtherWork, other_work
from esurety.persistence.staff import StaffMember
from esurety.services.sign_in import SignedIn

# What still waits for somebody is read from its oldest; what is over, from its latest.
WAITING = (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED, ApplicationState.RETURNED)


def queue(account: SignedIn, narrowed: QueueFilter, *, after: int | None = None) -> QueuePage:
    """A page of the applications of this person's surety: the longest waiting first, or the latest of those that are over."""
    return application_queue.queue_page(
        account.surety_id or 0, narrowed, newest_first=not narrowed.states <= frozenset(WAITING), after=after
    )


def queue_order(account: SignedIn, narrowed: QueueFilter, *, most: int) -> list[int]:
    """The ids of all applications of the queue in its order, at most so many."""
    return application_queue.queue_order(
        account.surety_id or 0, narrowed, newest_first=not narrowed.states <= frozenset(WAITING), most=most
    )


def applications_in_order(account: SignedIn, ids: Sequence[int]) -> list[Application]:
    """Applications of this person's surety in the order of their ids given."""
    return application_queue.applications_in_order(account.surety_id or 0, ids)


def next_application(account: SignedIn, narrowed: QueueFilter, *, besides: int) -> int | None:
    """The application that this person opens next; None when the queue has no other."""
    return application_queue.next_in_queue(account.surety_id or 0, narrowed, besides=besides)


def waiting_counts(account: SignedIn, narrowed: QueueFilter, *, today: date) -> dict[tuple[ApplicationState, WaitingAge], int]:
    """How many applications wait in each state, by how long."""
    since_today, since_few_days = first_instants(today)
    return application_queue.queue_counts(account.surety_id or 0, narrowed, WAITING, since_today=since_today, since_few_days=since_few_days)


def colleagues(account: SignedIn) -> list[StaffMember]:
    """Everybody of this person's surety, those who have left too."""
    return staff.staff_of(account.surety_id or 0)


def waiting_besides(account: SignedIn) -> OtherWork:
    """What waits for this person's surety besides applications."""
    return other_work(account.surety_id or 0)
