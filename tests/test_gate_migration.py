"""Migration 0008 carries tries and mails over, both ways, and keeps its rules on both databases."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from esurety.persistence.database import db
from esurety.web import create_app
from tests.conftest import let_go, settings_for


@pytest.fixture
def migrated(empty_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    app = create_app(settings_for(empty_database_url, tmp_path))
    with app.app_context():
        upgrade(revision="0008")
        yield app
    let_go(app)


def change(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return list(map(tuple, connection.execute(text(statement))))


def test_tries_keep_their_outcome(migrated: Flask) -> None:
    for outcome in ("opened", "failed", "held"):
        change(f"INSERT INTO gate_attempts (source, at, outcome, times) VALUES ('{outcome}', '2024-04-01 00:00:00+00', '{outcome}', 1)")

    downgrade(revision="-1")
    assert rows("SELECT source, CASE WHEN succeeded THEN 1 ELSE 0 END FROM gate_attempts ORDER BY id") == [("opened", 1), ("failed", 0)]

    upgrade(revision="0008")
    assert rows("SELECT source, outcome, times FROM gate_attempts ORDER BY id") == [("opened", "opened", 1), ("failed", "failed", 1)]


def test_a_mail_of_unknown_fate_is_there_for_a_person_after_going_back(migrated: Flask) -> None:
    change(
        "INSERT INTO sureties (name, address, representative, four_eyes_above, created_at) VALUES ('保証', '', '', 0, '2024-04-01 00:00:00+00')"
    )
    change(
        "INSERT INTO outbox_mails (surety_id, event, message_id, recipient, subject, body, state, tries, unsure, created_at, next_try_at, last_error)"
        " VALUES (1, 'a', '<a@b>', 'c@d', 'e', 'f', 'unknown', 1, 1, '2024-04-01 00:00:00+00', '2024-04-01 00:00:00+00', '')"
    )

    downgrade(revision="-1")
    assert rows("SELECT state FROM outbox_mails") == [("failed",)]
    with pytest.raises(IntegrityError):
        change("UPDATE outbox_mails SET state = 'unknown'")

    upgrade(revision="0008")
    change("UPDATE outbox_mails SET state = 'unknown'")
    with pytest.raises(IntegrityError):
        change("UPDATE outbox_mails SET state = 'lost'")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO gate_attempts (source, at, outcome, times) VALUES ('x', '2024-04-01 00:00:00+00', 'maybe', 1)",
        "INSERT INTO gate_budgets (kind, name, full_at, failures) VALUES ('other', 'x', '2024-04-01 00:00:00+00', 0)",
        "INSERT INTO gate_codes (number, source, nonce, asked_at, used_at) VALUES ('x', 'x', 'x', '2024-04-01 00:00:00+00', '2024-04-01 00:00:00+00')",
        (
            "INSERT INTO gate_stops (source, stopped_at, ends_at, numbers, held, released_at)"
            " VALUES ('x', '2024-04-01 00:00:00+00', '2024-04-01 00:00:00+00', 1, 0, '2024-04-01 00:00:00+00')"
        ),
    ],
)
def test_what_makes_no_sense_is_refused(statement: str, migrated: Flask) -> None:
    with pytest.raises(IntegrityError):
        change(statement)
