"""Services are called in an application context, as views and commands call them; time is an argument."""

from collections.abc import Iterator

import pytest
from flask import Flask

from esurety.services.installation import Installation
from tests.stage import Stage


@pytest.fixture
def in_context(app: Flask) -> Iterator[None]:
    """An application context around the whole test."""
    with app.app_context():
        yield


@pytest.fixture
def installation(stage: Stage) -> Installation:
    return stage.installation
