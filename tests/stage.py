"""A town with its people, moved through the real services: each call in an application context of its own, as each request is."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from flask import Flask
from sqlalchemy import text

from esurety.domain.application_rules import warning
from esurety.domain.application_state import ApplicationAct
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.yen import Yen
from esurety.persistence import demo_records
from esurety.persistence.database import db, writing
from esurety.services.cancel_contract import cancel_contract
from esurety.services.create_account import create_account
from esurety.services.installation import Installation
from esurety.services.issue_guarantee import issue_guarantees
from esurety.services.read_applications import application_for_office
from esurety.services.review_application import decide, record_premium, rule_outcomes
from esurety.services.sign_in import Role, SignedIn, who_is
from esurety.services.write_application import FormIdentity, save_draft, submit_application, withdraw_application
from tests.example_of_record import APPLIED_AT, ISSUED_AT, REVIEWED_AT, typed_example

PASSWORD = "esurety-demo"
PEOPLE = ("netdesk", "contractor2", "clerk", "approver", "admin")


def settle(installation: Installation, at: datetime) -> None:
    """Put the demonstration's records and people into an empty database; needs an application context."""
    with writing():
        ids = demo_records.add_reference_records(at)
    belongs: dict[str, tuple[str, Role, dict[str, int]]] = {
        "netdesk": ("受注 一郎", Role.CONTRACTOR, {"company_id": ids["ネットデスク建設株式会社"]}),
        "contractor2": ("﨑山 髙𠮷", Role.CONTRACTOR, {"company_id": ids["﨑山髙𠮷工業㈱"]}),
        "clerk": ("審査 良子", Role.CLERK, {"branch_id": ids["branch"]}),
        "approver": ("発行 正", Role.APPROVER, {"branch_id": ids["branch"]}),
        "admin": ("運用 花子", Role.ADMIN, {}),
    }
    made: dict[str, int] = {}
    for login, (name, role, belongs_to) in belongs.items():
        made[login] = create_account(
            email=f"{login}@demo.example",
            password=PASSWORD,
            display_name=name,
            role=role,
            at=at,
            keeper=installation.keeper,
            shortest_password=len(PASSWORD),
            surety_id=ids["surety"],
            **belongs_to,
        )
    with writing():
        demo_records.add_issuing_rights(made["approver"], at)


@dataclass(frozen=True)
class Issued:
    """What an issue came to: the application and its numbers in the order of the form."""

    application_id: int
    numbers: list[str]

    @property
    def number(self) -> str:
        return self.numbers[0]


class Stage:
    """Moves applications from state to state, and looks into the database past the code under test."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        self.installation: Installation = app.extensions["esurety"]
        self._tokens = 0
        with app.app_context():
            self._engine = db.engine
        self.ids = {
            name: identity for table in ("companies", "authorities") for identity, name in self.rows(f"SELECT id, name FROM {table}")
        }
        self.ids |= {"surety": self.scalar("SELECT id FROM sureties"), "branch": self.scalar("SELECT id FROM branches")}
        self.account_ids = {email.split("@")[0]: identity for identity, email in self.rows("SELECT id, email FROM accounts")}

    # ---- the database, asked directly ----

    def rows(self, statement: str, **values: Any) -> list[tuple[Any, ...]]:
        with self._engine.connect() as connection:
            return [tuple(row) for row in connection.execute(text(statement), values)]

    def scalar(self, statement: str, **values: Any) -> Any:
        return self.rows(statement, **values)[0][0]

    def column(self, statement: str, **values: Any) -> list[Any]:
        return [row[0] for row in self.rows(statement, **values)]

    def change(self, statement: str, **values: Any) -> None:
        """Change a row behind everybody's back."""
        with self._engine.begin() as connection:
            connection.execute(text(statement), values)

    def census(self) -> dict[str, int]:
        """How many rows each table has: equal before and after means that nothing was written or lost."""
        tables = [table.name for table in db.metadatas[None].sorted_tables]
        return {table: self.scalar(f"SELECT count(*) FROM {table}") for table in tables}

    # ---- people and applications ----

    def person(self, login: str) -> SignedIn:
        with self.app.app_context():
            found = who_is(self.account_ids[login])
        assert found is not None
        return found

    def token(self) -> str:
        self._tokens += 1
        return f"stage-{self._tokens}"

    def revision(self, application_id: int) -> int:
        return int(self.scalar("SELECT revision FROM applications WHERE id = :id", id=application_id))

    def state(self, application_id: int) -> str:
        return str(self.scalar("SELECT state FROM applications WHERE id = :id", id=application_id))

    def draft(self, *, by: str = "netdesk", at: datetime = APPLIED_AT, **changes: str) -> int:
        with self.app.app_context():
            return save_draft(account=self.person(by), typed=typed_example(self.ids, **changes), page=FormIdentity(self.token()), at=at)

    def submit(self, *, by: str = "netdesk", at: datetime = APPLIED_AT, **changes: str) -> int:
        with self.app.app_context():
            return submit_application(
                account=self.person(by),
                typed=typed_example(self.ids, **changes),
                page=FormIdentity(self.token()),
                at=at,
                installation=self.installation,
            )

    def decide(self, act: ApplicationAct, application_id: int, *, by: str = "clerk", at: datetime = REVIEWED_AT, reason: str = "") -> None:
        with self.app.app_context():
            decide(
                act,
                account=self.person(by),
                application_id=application_id,
                revision=self.revision(application_id),
                at=at,
                installation=self.installation,
                reason=reason,
                overrides=self.overrides(application_id, by=by, at=at),
            )

    def overrides(self, application_id: int, *, by: str = "clerk", at: datetime = REVIEWED_AT) -> dict[str, str]:
        """A reason for going past each rule that warns."""
        if self.state(application_id) not in {"submitted", "in_review"}:
            return {}
        outcomes = rule_outcomes(application_for_office(self.person(by), application_id), today=japanese_day(at))
        return {one.rule: "契約書で確認しました" for one in warning(outcomes)}

    def approve(self, *, by: str = "netdesk", at: datetime = APPLIED_AT, **changes: str) -> int:
        """An application that has been handed in and approved; its premium is still to come unless it is on account."""
        application_id = self.submit(by=by, at=at, **changes)
        self.decide(ApplicationAct.APPROVE, application_id, at=at)
        return application_id

    def withdraw(self, application_id: int, *, by: str = "netdesk", at: datetime = REVIEWED_AT) -> None:
        with self.app.app_context():
            withdraw_application(account=self.person(by), application_id=application_id, revision=self.revision(application_id), at=at)

    def premium(self, application_id: int) -> int:
        """What has to be transferred."""
        return int(
            self.scalar(
                "SELECT coalesce(sum(premium), 0) FROM requested_guarantees WHERE application_id = :id AND premium_payment_method = 'transfer'",
                id=application_id,
            )
        )

    def pay(self, application_id: int, *, amount: int | None = None, on: date | None = None, at: datetime = REVIEWED_AT) -> None:
        with self.app.app_context():
            record_premium(
                account=self.person("clerk"),
                application_id=application_id,
                received_on=on or japanese_day(at),
                amount=Yen(amount or self.premium(application_id)),
                token=self.token(),
                at=at,
            )

    def issue(
        self, application_id: int, *, by: str = "approver", at: datetime = ISSUED_AT, token: str = "", revision: int | None = None
    ) -> Issued:
        with self.app.app_context():
            issue_guarantees(
                account=self.person(by),
                application_id=application_id,
                revision=self.revision(application_id) if revision is None else revision,
                token=token or self.token(),
                at=at,
                installation=self.installation,
            )
        return Issued(application_id, self.numbers_of(application_id))

    def issued(self, *, by: str = "netdesk", at: datetime = ISSUED_AT, **changes: str) -> Issued:
        """Everything from the form to the certificate."""
        application_id = self.approve(by=by, at=at, **changes)
        if self.premium(application_id):
            self.pay(application_id, at=at)
        return self.issue(application_id, at=at)

    def cancel(self, number: str, *, on: date, at: datetime) -> None:
        with self.app.app_context():
            cancel_contract(
                account=self.person("approver"),
                number=number,
                cancelled_on=on,
                reason="請負契約の解除のため",
                at=at,
                installation=self.installation,
            )

    def many_issued(self, count: int, *, sequence_from: int = 101) -> list[str]:
        """Copies of the first issued contract, straight into the tables: for lists that need many rows. Their numbers, oldest first."""
        tables = db.metadatas[None].tables
        numbers = [GuaranteeContractNumber.of(101, 2024, sequence_from + one).text for one in range(count)]
        with self._engine.begin() as connection:

            def copied(table: str, where: str, **changes: Any) -> int:
                row = dict(connection.execute(tables[table].select().where(text(where))).mappings().first() or {})
                row.pop("id", None)
                return int((connection.execute(tables[table].insert().values(**(row | changes))).inserted_primary_key or [0])[0])

            for number in numbers:
                application = copied("applications", "state = 'issued'", form_token=number)
                requested = copied("requested_guarantees", "id = 1", application_id=application)
                contract = copied(
                    "guarantee_contracts", "id = 1", number=number, application_id=application, requested_guarantee_id=requested
                )
                copied("certificate_versions", "contract_id = 1 AND version = 0", contract_id=contract, status_id=None)
                connection.execute(
                    text("INSERT INTO contract_bigrams SELECT bigram, :new FROM contract_bigrams WHERE contract_id = 1"), {"new": contract}
                )
        return numbers

    # ---- contracts and keys ----

    def numbers_of(self, application_id: int) -> list[str]:
        return self.column("SELECT number FROM guarantee_contracts WHERE application_id = :id ORDER BY id", id=application_id)

    def contract_id(self, number: str) -> int:
        return int(self.scalar("SELECT id FROM guarantee_contracts WHERE number = :number", number=number))

    def keys(self) -> dict[str, str]:
        """Every key in clear by its contract's number, read through the vault."""
        rows = self.rows(
            "SELECT c.number, k.sealed, k.key_version FROM authentication_keys k JOIN guarantee_contracts c ON c.id = k.contract_id ORDER BY k.key_version"
        )
        vault = self.installation.vault
        return {number: vault.unseal(bytes(sealed), GuaranteeContractNumber(number), version).reveal() for number, sealed, version in rows}

    def key_of(self, number: str) -> str:
        return self.keys()[number]

    @contextmanager
    def context(self) -> Iterator[None]:
        """An application context for calls of services, ended without a trace."""
        with self.app.app_context():
            yield
