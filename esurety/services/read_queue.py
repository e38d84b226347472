"""What the office reads before it takes up an application: the queue, and who works here."""

from collections.abc import Iterable

from esurety.domain.application_state import ApplicationState
from esurety.persistence import application_queue, staff
from esurety.persistence.application_queue import QueuePage
from esurety.persistence.staff import StaffMember
from esurety.services.sign_in import SignedIn

# What still waits for somebody is read from its oldest; what is over, from its latest.
_WAITING = frozenset({ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED, ApplicationState.RETURNED})


def queue(account: SignedIn, *, branch_id: int | None, states: Iterable[ApplicationState], after: int | None = None) -> QueuePage:
    """A page of the applications of this person's surety: the longest waiting first, or the latest of those that are over."""
    wanted = frozenset(states)
    return application_queue.queue_page(
        account.surety_id or 0, branch_id=branch_id, states=wanted, newest_first=not wanted <= _WAITING, after=after
    )


def colleagues(account: SignedIn) -> list[StaffMember]:
    """Everybody of this person's surety, those who have left too."""
    return staff.staff_of(account.surety_id or 0)
