"""Migration 0002 with rows in: heads are copied to the policies, names of what has ended are free, and all of it goes back."""

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

POLICY = (
    "INSERT INTO authority_policies (authority_id, effective_from, electronic_since, counts_by, electronic_works_kinds, submission_note,"
    " advance_cap_works, advance_cap_services, advance_cap_low_bid, interim_cap, advances_together_cap, performance_minimum,"
    " performance_minimum_low_bid, rounding_unit, minimum_price, performance_recipient, performance_subject, advance_recipient,"
    " advance_subject) VALUES ({authority}, '{day}', NULL, 'contracted_on', 'works', '', 400, 300, 200, 200, 600, 100, 300, 1, 0,"
    " '', '', '', '')"
)
BRANCH = "INSERT INTO branches (surety_id, code, name, phone, hours, ended_on) VALUES (1, {code}, '千葉支店', '', '', {ended_on})"
AUTHORITY = "INSERT INTO authorities (name, folded_name, head, ended_on) VALUES ('{name}', '{name}', '{head}', {ended_on})"


@pytest.fixture
def before(empty_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An installation of 0001 with two authorities, one of them with two policies, and a branch that has ended."""
    app = create_app(settings_for(empty_database_url, tmp_path))
    with app.app_context():
        upgrade(revision="0001")
        run("INSERT INTO sureties (name, address, representative, four_eyes_above, created_at) VALUES ('見本', '', '', 0, '2024-01-01')")
        run(AUTHORITY.format(name="長生村", head="長生村長", ended_on="NULL"))
        run(AUTHORITY.format(name="みなと市", head="みなと市長", ended_on="'2024-03-31'"))
        run(POLICY.format(authority=1, day="2020-04-01"))
        run(POLICY.format(authority=1, day="2024-04-01"))
        run(BRANCH.format(code=101, ended_on="'2024-03-31'"))
        yield app
    let_go(app)


def run(statement: str) -> None:
    with db.engine.begin() as connection:
        connection.execute(text(statement))


def rows(statement: str) -> list[tuple[object, ...]]:
    with db.engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(statement))]


def test_every_policy_takes_its_authoritys_head_and_keeps_what_it_had(before: Flask) -> None:
    upgrade(revision="0002")

    assert rows("SELECT head, submission_channels, submission_channel_note, advance_cap_works FROM authority_policies") == [
        ("長生村長", "", "", 400),
        ("長生村長", "", "", 400),
    ]
    assert rows("SELECT authority_id FROM authority_policies") == [(1,), (1,)]
    with pytest.raises(IntegrityError):
        run("UPDATE authority_policies SET counts_by = 'tomorrow'")
    with pytest.raises(IntegrityError):
        run("UPDATE branches SET code = 0")


def test_the_name_of_what_has_ended_is_free_and_a_living_one_is_not(before: Flask) -> None:
    upgrade(revision="0002")

    run(AUTHORITY.format(name="みなと市", head="みなと市長", ended_on="NULL"))
    run(BRANCH.format(code=102, ended_on="NULL"))

    with pytest.raises(IntegrityError):
        run(AUTHORITY.format(name="みなと市", head="", ended_on="NULL"))
    with pytest.raises(IntegrityError):
        run(BRANCH.format(code=103, ended_on="NULL"))
    with pytest.raises(IntegrityError):
        run(BRANCH.format(code=101, ended_on="'2024-03-31'"))  # numbers begin with the code: it stays taken


def test_going_back_keeps_every_row_and_names_stay_apart(before: Flask) -> None:
    upgrade(revision="0002")
    run(AUTHORITY.format(name="みなと市", head="みなと市長", ended_on="NULL"))
    run(BRANCH.format(code=102, ended_on="NULL"))
    run("UPDATE authority_policies SET head = '長生町長' WHERE effective_from = '2024-04-01'")

    downgrade(revision="0001")

    assert rows("SELECT name, head FROM authorities ORDER BY id") == [
        ("長生村", "長生町長"),
        ("みなと市（旧2）", "みなと市長"),
        ("みなと市", "みなと市長"),
    ]
    assert rows("SELECT name FROM branches ORDER BY code") == [("千葉支店（旧1）",), ("千葉支店",)]
    assert len(rows("SELECT id FROM authority_policies")) == 2
    with pytest.raises(IntegrityError):
        run(AUTHORITY.format(name="長生村", head="", ended_on="'2024-03-31'"))
    upgrade(revision="0002")
    assert rows("SELECT head FROM authority_policies") == [("長生町長",), ("長生町長",)]


def test_references_are_held_again_after_migrating(before: Flask) -> None:
    upgrade(revision="0002")

    with pytest.raises(IntegrityError):
        run("DELETE FROM authorities WHERE id = 1")
    with pytest.raises(IntegrityError):
        run("UPDATE authority_policies SET authority_id = 999")
