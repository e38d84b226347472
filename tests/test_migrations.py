"""Migrations on both databases: up, down with rows in, and the same schema as the models."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, upgrade
from sqlalchemy import inspect, text
from sqlalchemy.types import TypeDecorator

from esurety.persistence import schema
from esurety.persistence.database import db
from esurety.web import create_app
from tests.conftest import let_go, settings_for
from tests.example_of_record import ISSUED_AT, ISSUED_ON
from tests.stage import Stage

ROOT = Path(__file__).resolve().parents[1]


@pytest.fixture
def empty(empty_database_url: str, tmp_path: Path) -> Iterator[Flask]:
    """An application on a database without a table, inside its context."""
    app = create_app(settings_for(empty_database_url, tmp_path))
    with app.app_context():
        yield app
    let_go(app)


def tables() -> set[str]:
    return set(inspect(db.engine).get_table_names())


def test_up_makes_every_table_and_down_takes_every_one_away(empty: Flask) -> None:
    assert tables() == set()

    upgrade()
    assert tables() == {table.name for table in db.metadatas[None].sorted_tables} | {"alembic_version"}
    assert schema.is_current()

    downgrade(revision="base")
    assert tables() == {"alembic_version"}
    assert not schema.is_current()


def test_down_and_up_again_with_rows_in(stage: Stage) -> None:
    stage.issued()
    stage.cancel(stage.numbers_of(1)[0], on=ISSUED_ON, at=ISSUED_AT)

    with stage.app.app_context():
        downgrade(revision="base")
        assert tables() == {"alembic_version"}
        upgrade()

    assert set(stage.census().values()) == {0}


def test_each_migration_can_be_undone_and_done_again(empty: Flask) -> None:
    revisions = list(ScriptDirectory(str(ROOT / "migrations")).walk_revisions())[::-1]
    upgrade()

    for revision in reversed(revisions):
        downgrade(revision="-1")
        upgrade(revision=revision.revision)
        assert schema.is_current() == (revision is revisions[-1])
        downgrade(revision="-1")


def test_the_migrated_schema_is_the_models_schema(empty: Flask) -> None:
    upgrade()

    with db.engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection, opts={"compare_type": _same_type}), db.metadatas[None])

    assert differences == []


def _same_type(_context: object, _inspected: object, _column: object, inspected_type: object, metadata_type: object) -> bool | None:
    """Our column types are other names for the database's own."""
    plain = metadata_type.impl if isinstance(metadata_type, TypeDecorator) else metadata_type
    return type(plain)._type_affinity is not type(inspected_type)._type_affinity  # type: ignore[attr-defined]


def test_constraints_and_indexes_have_the_names_of_the_models(empty: Flask) -> None:
    upgrade()

    inspector = inspect(db.engine)
    for table in db.metadatas[None].sorted_tables:
        found = {one["name"] for one in inspector.get_check_constraints(table.name)}
        found |= {one["name"] for one in inspector.get_unique_constraints(table.name)}
        found |= {one["name"] for one in inspector.get_foreign_keys(table.name)}
        found |= {inspector.get_pk_constraint(table.name)["name"]}
        found |= {one["name"] for one in inspector.get_indexes(table.name)}
        prepare = db.engine.dialect.identifier_preparer
        wanted = {str(prepare.format_constraint(one)).strip('"') for one in table.constraints} | {str(one.name) for one in table.indexes}
        assert wanted <= found, table.name
        assert None not in found


def test_no_name_is_longer_than_postgresql_keeps() -> None:
    named = [one for table in db.metadatas[None].sorted_tables for one in (*table.constraints, *table.indexes)]

    assert [str(one.name) for one in named if len(str(one.name)) > 63] == []


@pytest.mark.parametrize(
    "name",
    [
        "ck_certificate_versions_issued_has_certificate",
        "uq_guarantee_contracts_number",
        "uq_guarantee_contracts_requested_guarantee_id",
        "uq_applications_created_by_form_token",
        "uq_outbox_mails_event",
        "uq_authentication_keys_contract_id_key_version",
        "ck_applications_submitted_is_complete",
        "ck_applications_approved_has_approver",
        "ck_accounts_contractor_has_company",
    ],
)
def test_the_rules_that_must_survive_a_second_process_are_constraints(name: str, stage: Stage) -> None:
    if stage._engine.dialect.name == "sqlite":
        defined = " ".join(stage.column("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL"))
        assert name in defined
    else:
        assert name in stage.column("SELECT conname FROM pg_constraint")


def test_there_is_one_line_of_migrations_numbered_in_order() -> None:
    scripts = ScriptDirectory(str(ROOT / "migrations"))

    assert len(scripts.get_heads()) == 1
    files = sorted((ROOT / "migrations" / "versions").glob("*.py"))
    assert [path.name[:4] for path in files] == [f"{one:04d}" for one in range(1, len(files) + 1)]


def test_migrating_twice_changes_nothing(empty: Flask) -> None:
    upgrade()
    with db.engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO sureties (name, address, representative, four_eyes_above, created_at)"
                " VALUES ('x', '', '', 0, '2024-01-01 00:00:00')"
            )
        )

    upgrade()

    with db.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM sureties")).scalar() == 1
