"""The database's own promises: instants, transactions, constraints, the recipe of SQLite."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone

import pytest
from flask import Flask
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError, InvalidRequestError

from esurety.domain.yen import Yen
from esurety.persistence import applications, contracts
from esurety.persistence.database import UtcInstant, db, end_reading, reading, writing
from esurety.persistence.models import Application, GuaranteeContract, Surety
from tests.example_of_record import APPLIED_AT
from tests.stage import Stage


def test_an_instant_comes_back_as_the_same_instant_in_utc(app: Flask) -> None:
    nine_in_japan = datetime(2024, 4, 1, 9, 0, tzinfo=timezone(timedelta(hours=9)))
    with app.app_context():
        with writing() as session:
            session.add(Surety(name="別の会社", address="", representative="", four_eyes_above=Yen(1), created_at=nine_in_japan))
        found = reading().query(Surety).filter_by(name="別の会社").one()

        assert found.created_at == nine_in_japan
        assert found.created_at.utcoffset() == timedelta(0)
        assert found.created_at.hour == 0


def test_an_instant_without_its_zone_is_refused(app: Flask) -> None:
    with app.app_context(), pytest.raises(ValueError, match="time zone"):
        UtcInstant().process_bind_param(datetime(2024, 4, 1, 9, 0), db.engine.dialect)  # noqa: DTZ001 - that is the point


def test_amounts_come_back_as_yen_beyond_thirty_two_bits(stage: Stage) -> None:
    stage.submit(contract_price="300,000,000,000", advance_payment__guaranteed_amount="120,000,000,000")

    with stage.app.app_context():
        found = applications.application_of_company(1, stage.ids["ネットデスク建設株式会社"])
        assert found is not None
        assert type(found.contract_price) is Yen
        assert found.contract_price == Yen(300_000_000_000)


def test_a_block_that_ends_well_is_committed_and_one_that_fails_leaves_nothing(app: Flask, stage: Stage) -> None:
    def add(name: str) -> None:
        reading().add(Surety(name=name, address="", representative="", four_eyes_above=Yen(1), created_at=APPLIED_AT))

    with app.app_context():
        with writing():
            add("良い会社")
        with pytest.raises(KeyboardInterrupt), writing():  # noqa: PT012 - the block is what is tested
            add("消える会社")
            reading().flush()
            raise KeyboardInterrupt

    assert stage.column("SELECT name FROM sureties ORDER BY id") == ["見本建設業保証株式会社", "良い会社"]


def test_inside_a_write_what_was_read_before_is_read_anew(app: Flask, stage: Stage) -> None:
    with app.app_context():
        found = reading().query(Surety).one()
        assert found.representative == "代表取締役社長 見本 守"
        end_reading()
        stage.change("UPDATE sureties SET representative = '新しい社長'")

        with writing():
            assert reading().query(Surety).one().representative == "新しい社長"


def test_concurrent_writers_lose_no_update(app: Flask, stage: Stage) -> None:
    """The driver's own BEGIN lost 95 of 400 when tried."""
    raised: list[Exception] = []

    def count() -> None:
        for _ in range(15):
            try:
                with app.app_context(), writing():
                    contracts.next_sequence(stage.ids["branch"], 2024)
            except Exception as no:  # noqa: BLE001 - the test judges it
                raised.append(no)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert raised == []
    assert stage.scalar("SELECT last_sequence FROM number_counters") == 60


def test_a_number_that_was_not_used_is_given_back(app: Flask, stage: Stage) -> None:
    with app.app_context():
        with pytest.raises(RuntimeError), writing():  # noqa: PT012 - the block is what is tested
            assert contracts.next_sequence(stage.ids["branch"], 2024) == 1
            raise RuntimeError
        with writing():
            assert contracts.next_sequence(stage.ids["branch"], 2024) == 1
        with writing():
            assert contracts.next_sequence(stage.ids["branch"], 2024) == 2
            assert contracts.next_sequence(stage.ids["branch"], 2025) == 1


FORBIDDEN = {
    "issued without a file": "UPDATE certificate_versions SET file_sha256 = NULL",
    "an unknown state": "UPDATE applications SET state = 'lost'",
    "submitted without a price": "UPDATE applications SET contract_price = 0",
    "ends before it begins": "UPDATE applications SET construction_ends_on = '2024-03-01'",
    "a draft again, in review": "UPDATE applications SET submitted_at = NULL",
    "issued without an approver": "UPDATE applications SET approver_id = NULL",
    "an unknown form": "UPDATE guarantee_contracts SET certificate_form = 'both'",
    "a guarantee of nothing": "UPDATE requested_guarantees SET guaranteed_amount = 0",
    "a contractor without a company": "UPDATE accounts SET company_id = NULL WHERE role = 'contractor'",
    "a clerk with a company": "UPDATE accounts SET company_id = 1 WHERE role = 'clerk'",
    "a clerk without a branch": "UPDATE accounts SET branch_id = NULL WHERE role = 'clerk'",
    "an unknown role": "UPDATE accounts SET role = 'king' WHERE role = 'admin'",
    "two with one address": "UPDATE accounts SET email = 'clerk@demo.example'",
    "a branch of nobody": "UPDATE branches SET surety_id = 999",
    "a contract without its company": "DELETE FROM companies",
    "a mail in an unknown state": "UPDATE outbox_mails SET state = 'lost'",
}


@pytest.mark.parametrize("statement", FORBIDDEN.values(), ids=FORBIDDEN.keys())
def test_the_database_itself_refuses(statement: str, stage: Stage) -> None:
    stage.issued()

    with pytest.raises(IntegrityError):
        stage.change(statement)


def test_relationships_that_were_not_asked_for_raise_instead_of_loading(stage: Stage) -> None:
    stage.issued()

    with stage.app.app_context():
        with pytest.raises(InvalidRequestError):
            _ = reading().query(Application).first().company  # type: ignore[union-attr]
        with pytest.raises(InvalidRequestError):
            _ = reading().query(GuaranteeContract).first().authority  # type: ignore[union-attr]


def test_sqlite_is_safe_against_power_cuts_and_keeps_foreign_keys(make_app: Callable[..., Flask]) -> None:
    app = make_app()
    with app.app_context():
        if db.engine.dialect.name != "sqlite":
            return
        with db.engine.connect() as connection:
            pragmas = {
                name: connection.execute(text(f"PRAGMA {name}")).scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            }

    assert pragmas == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 5000}


def test_a_reader_does_not_wait_for_a_writer(app: Flask, stage: Stage) -> None:
    with app.app_context(), writing():
        reading().add(Surety(name="まだ書いている", address="", representative="", four_eyes_above=Yen(1), created_at=datetime.now(UTC)))
        reading().flush()
        with ThreadPoolExecutor() as somebody:  # whether a transaction writes is known by thread
            assert somebody.submit(stage.scalar, "SELECT count(*) FROM sureties").result(timeout=3) == 1
