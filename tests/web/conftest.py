"""The web tests' clock and clients."""

from collections.abc import Callable, Iterator

import pytest
import time_machine

from tests.example_of_record import APPLIED_AT
from tests.stage import Stage
from tests.web.page_client import PageClient


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """The clock of the requests: the day of the example of record, ten in the morning in Japan; it runs on from there."""
    with time_machine.travel(APPLIED_AT, tick=True) as traveller:
        yield traveller


@pytest.fixture
def client(stage: Stage) -> PageClient:
    """Somebody who has not signed in."""
    return PageClient(stage)


@pytest.fixture
def signed_in(stage: Stage) -> Callable[[str], PageClient]:
    """signed_in("clerk"): a client of its own for each person."""
    return lambda login: PageClient(stage).sign_in(login)


@pytest.fixture
def contractor(stage: Stage) -> PageClient:
    return PageClient(stage).sign_in("netdesk")


@pytest.fixture
def clerk(stage: Stage) -> PageClient:
    return PageClient(stage).sign_in("clerk")


@pytest.fixture
def approver(stage: Stage) -> PageClient:
    return PageClient(stage).sign_in("approver")
