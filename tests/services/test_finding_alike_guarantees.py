"""A blank form for works that the surety has guaranteed already: found by name or number, of whatever company, through an index."""

from datetime import timedelta

import pytest
from sqlalchemy import event

from esurety.domain.application_state import ApplicationAct
from esurety.domain.rule_outcome import RuleOutcome
from esurety.persistence.database import db, reading
from esurety.persistence.works import guarantees_alike
from esurety.services.read_applications import application_for_office
from esurety.services.review_application import WarningsNotAcknowledged, decide, rule_outcomes
from esurety.services.write_application import FormIdentity, assess_application, submit_application
from tests.example_of_record import ISSUED_AT, ISSUED_ON, typed_example
from tests.stage import Stage

RULE = "同じ工事とみられる保証"
AGAIN = ISSUED_AT + timedelta(hours=1)


def seen_by_clerk(stage: Stage, application_id: int) -> RuleOutcome | None:
    with stage.app.app_context():
        outcomes = rule_outcomes(application_for_office(stage.person("clerk"), application_id), today=ISSUED_ON)
    return next((one for one in outcomes if one.rule == RULE), None)


def seen_by_contractor(stage: Stage, by: str = "netdesk", **changes: str) -> RuleOutcome | None:
    with stage.app.app_context():
        typed = typed_example(stage.ids, **changes)
        outcomes = assess_application(account=stage.person(by), typed=typed, today=ISSUED_ON).outcomes
    return next((one for one in outcomes if one.rule == RULE), None)


@pytest.mark.parametrize(
    ("other", "is_found"),
    [
        pytest.param({}, True, id="同じ申込み"),
        pytest.param({"works_name": "別の名前で書いた工事"}, True, id="工事番号が同じ"),
        pytest.param({"works_number": "", "works_name": "都営住宅×××××　耐震改修 工事"}, True, id="工事名の書き方だけが違う"),
        pytest.param({"works_number": "7号", "works_name": "別の工事"}, False, id="別の工事"),
        pytest.param({"works_number": "", "works_name": "別の工事"}, False, id="番号のない別の工事"),
        pytest.param({"contracting_authority_id": "長生村"}, False, id="別の発注者"),
    ],
)
def test_an_issued_guarantee_of_the_same_works_is_found(other: dict[str, str], *, is_found: bool, stage: Stage) -> None:
    if "contracting_authority_id" in other:
        other = {"contracting_authority_id": str(stage.ids[other["contracting_authority_id"]])}
    number = stage.issued().number

    found = seen_by_clerk(stage, stage.submit(at=AGAIN, **other))
    told = seen_by_contractor(stage, **other)

    assert (found is not None, told is not None) == (is_found, is_found)
    if found is not None:
        assert found.contracts == (number,)
        assert f"前払金保証（{number}） 19,440,000円（ネットデスク建設株式会社、" in found.text


def test_another_companys_is_shown_to_the_clerk_alone(stage: Stage) -> None:
    number = stage.issued().number

    second = stage.submit(by="contractor2", at=AGAIN, premium_billing_name="﨑山髙𠮷工業㈱")

    found = seen_by_clerk(stage, second)
    assert found is not None
    assert found.contracts == (number,)
    assert seen_by_contractor(stage, by="contractor2", premium_billing_name="﨑山髙𠮷工業㈱") is None


def test_going_on_needs_a_reason_which_is_kept(stage: Stage) -> None:
    stage.issued()
    second = stage.submit(at=AGAIN)

    with stage.app.app_context(), pytest.raises(WarningsNotAcknowledged) as no:
        decide(
            ApplicationAct.APPROVE,
            account=stage.person("clerk"),
            application_id=second,
            revision=stage.revision(second),
            at=AGAIN,
            installation=stage.installation,
        )
    assert [one.rule for one in no.value.outcomes] == [RULE]

    stage.decide(ApplicationAct.APPROVE, second, at=AGAIN)
    assert stage.rows("SELECT application_id, rule FROM warning_overrides") == [(second, RULE)]
    assert seen_by_clerk(stage, second) is None, "it was answered for"


def test_joined_works_and_cancelled_guarantees_are_not_told_twice(stage: Stage) -> None:
    number = stage.issued().number
    assert seen_by_clerk(stage, stage.submit(at=AGAIN, same_works_as=number)) is None

    stage.cancel(number, on=ISSUED_ON, at=AGAIN)
    assert seen_by_clerk(stage, stage.submit(at=AGAIN, works_number="")) is None


def test_a_returned_application_can_join_the_works(stage: Stage) -> None:
    """Sent from a blank form, returned because of the warning, handed in again for the same works."""
    first = stage.issued()
    second = stage.submit(at=AGAIN)
    stage.decide(ApplicationAct.RETURN, second, at=AGAIN, reason="同じ工事の申込みとして出し直してください。")

    with stage.app.app_context():
        submit_application(
            account=stage.person("netdesk"),
            typed=typed_example(stage.ids, same_works_as=first.number),
            page=FormIdentity("", second, stage.revision(second)),
            at=AGAIN,
            installation=stage.installation,
        )

    assert len(set(stage.column("SELECT works_id FROM applications"))) == 1
    assert seen_by_clerk(stage, second) is None


def test_sqlite_finds_them_by_their_indexes(stage: Stage) -> None:
    if stage._engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL decides by its statistics")
    asked: list[tuple[str, tuple[object, ...]]] = []
    with stage.app.app_context():
        typed = typed_example(stage.ids)
        content = assess_application(account=stage.person("netdesk"), typed=typed, today=ISSUED_ON).content

        @event.listens_for(db.engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, values: tuple[object, ...], *_rest: object) -> None:
            asked.append((statement, values))

        guarantees_alike(content, surety_id=stage.ids["surety"], works_id=None)
        statement, values = asked[0]
        plan = str(reading().connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())
        event.remove(db.engine, "before_cursor_execute", note)

    assert "ix_guarantee_contracts_authority_id_folded_works_name" in plan
    assert "ix_applications_authority_id_works_number" in plan
    assert "SCAN guarantee_contracts" not in plan
