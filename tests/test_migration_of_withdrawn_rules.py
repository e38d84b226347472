"""Migration 0004 with rows in: what was withdrawn leaves with it, what stands stays, and a stopped right is not revived."""

from datetime import timedelta

from flask_migrate import downgrade, upgrade

from esurety.services.keep_issuing_rights import stop_right
from tests.example_of_record import APPLIED_AT, ISSUED_ON
from tests.services.test_withdrawing_rules import entry, lay_down, withdraw
from tests.stage import Stage


def test_down_and_up_again_keeps_what_stands(stage: Stage) -> None:
    stage.issued()
    withdraw(stage, lay_down(stage))
    stands, right = lay_down(stage), entry(stage)
    with stage.app.app_context():
        stop_right(account=stage.person("admin"), entry_id=right, reason="異動", at=APPLIED_AT + timedelta(hours=3))
    policies = stage.rows("SELECT id, effective_from, advance_cap_works FROM authority_policies WHERE withdrawn_at IS NULL ORDER BY id")
    tariffs = stage.rows("SELECT id, product, effective_from FROM tariffs ORDER BY id")
    assert stands in [row[0] for row in policies]

    with stage.app.app_context():
        downgrade(revision="0003")
    assert stage.rows("SELECT id, effective_from, advance_cap_works FROM authority_policies ORDER BY id") == policies
    assert str(stage.scalar("SELECT valid_until FROM issuing_authorities WHERE id = :id", id=right)) == str(ISSUED_ON)
    with stage.app.app_context():
        upgrade()

    assert stage.rows("SELECT id, effective_from, advance_cap_works FROM authority_policies ORDER BY id") == policies
    assert stage.rows("SELECT id, product, effective_from FROM tariffs ORDER BY id") == tariffs
