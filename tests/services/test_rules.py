"""Policies and tariffs through the services: by whom, from when, once; an application is judged by what was in force on its day."""

from dataclasses import replace
from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from esurety.domain.application_rules import broken
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.policy_form import ReadPolicy
from esurety.domain.table_rows import FileRefused
from esurety.domain.yen import Yen
from esurety.persistence.reference_data import authority_on
from esurety.services.import_records import ImportKind, import_records
from esurety.services.keep_authorities import AuthorityEnded, AuthorityNotFound, NameTaken, create_authority, end_authority
from esurety.services.lay_down_policy import EffectiveDayHasBegun, EffectiveDayTaken, EffectiveDayTooFar, lay_down_policy
from esurety.services.load_tariffs import load_tariffs
from esurety.services.read_applications import application_for_office
from esurety.services.read_rules import find_authority
from esurety.services.review_application import rule_outcomes
from esurety.services.rule_keeping import NotAnOperator
from esurety.services.write_application import ChangedMeanwhile, IncompleteApplication
from tests.example_of_record import APPLIED_AT, ISSUED_ON
from tests.stage import Stage

TOMORROW = ISSUED_ON + timedelta(days=1)
STRICTER = AuthorityPolicy("〇〇区", electronic_since=date(2024, 4, 1), advance_cap_works=Fraction(30, 100))
TARIFF = [["商品", "料率の名称", "適用開始日", "上限額", "料率"], ["前払金保証", "新しい例示料率", "R6.4.2", "", "0.1"]]


def newest(stage: Stage) -> int:
    return int(stage.scalar("SELECT max(id) FROM authority_policies WHERE authority_id = :id", id=stage.ids["〇〇区"]))


def lay_down(
    stage: Stage,
    policy: AuthorityPolicy = STRICTER,
    *,
    on: date = TOMORROW,
    by: str = "admin",
    seen: int | None = None,
    authority: int | None = None,
) -> None:
    with stage.app.app_context():
        lay_down_policy(
            account=stage.person(by),
            authority_id=authority or stage.ids["〇〇区"],
            laid_down=ReadPolicy(on, policy),
            newest_seen=newest(stage) if seen is None else seen,
            token=stage.token(),
            at=APPLIED_AT,
        )


def test_an_application_is_judged_by_the_policy_of_its_own_day(stage: Stage) -> None:
    lay_down(stage)
    before = stage.submit()

    with stage.app.app_context():
        application = application_for_office(stage.person("clerk"), before)
        assert broken(rule_outcomes(application, today=TOMORROW)) == ()
    with pytest.raises(IncompleteApplication) as no:  # 19,440,000円 are 40 %, of which tomorrow only 30 % are left
        stage.submit(at=APPLIED_AT + timedelta(days=1))
    assert "14,580,000円" in no.value.problems["advance_payment-guaranteed_amount"]


def test_every_version_stays(stage: Stage) -> None:
    lay_down(stage)
    lay_down(stage, replace(STRICTER, rounding_unit=Yen(100_000)), on=date(2025, 4, 1))

    with stage.app.app_context():
        found = find_authority(stage.ids["〇〇区"])
        caps = [float(found.policy_on(day).advance_cap_works) for day in (ISSUED_ON, TOMORROW, date(2025, 4, 1))]
        units = [found.policy_on(day).rounding_unit for day in (ISSUED_ON, TOMORROW, date(2025, 4, 1))]
        in_force = authority_on(stage.ids["〇〇区"], TOMORROW)
    assert caps == [0.4, 0.3, 0.3]
    assert units == [1, 1, 100_000]
    assert in_force is not None
    assert in_force.policy == STRICTER
    assert stage.column("SELECT kind FROM events WHERE subject = :it", it=f"authority:{stage.ids['〇〇区']}") == ["PolicyLaidDown"] * 2


@pytest.mark.parametrize("by", ["netdesk", "clerk", "approver"])
def test_only_the_operator_lays_down_rules(by: str, stage: Stage) -> None:
    before = stage.census()
    person = stage.person(by)

    with pytest.raises(NotAnOperator):
        lay_down(stage, by=by)
    with stage.app.app_context():
        with pytest.raises(NotAnOperator):
            create_authority(account=person, name="みなと市", head="みなと市長", at=APPLIED_AT)
        with pytest.raises(NotAnOperator):
            load_tariffs(account=person, rows=TARIFF, token="t", at=APPLIED_AT)
        with pytest.raises(NotAnOperator):
            import_records(account=person, kind=ImportKind.CONTRACTORS, rows=[], token="t", at=APPLIED_AT)
    assert stage.census() == before


def test_what_is_refused_leaves_nothing(stage: Stage) -> None:
    before = stage.census()

    for begun in (ISSUED_ON - timedelta(days=1), ISSUED_ON):  # today's applications are judged already
        with pytest.raises(EffectiveDayHasBegun):
            lay_down(stage, on=begun)
    with pytest.raises(ChangedMeanwhile):
        lay_down(stage, seen=0)
    with pytest.raises(AuthorityNotFound):
        lay_down(stage, authority=999)
    with pytest.raises(EffectiveDayTooFar) as no:
        lay_down(stage, on=date(2026, 4, 2))
    assert no.value.latest == date(2026, 4, 1)
    assert stage.census() == before

    lay_down(stage)
    with pytest.raises(EffectiveDayTaken):
        lay_down(stage)


def test_an_ended_authority_is_offered_no_more_and_takes_no_policy(stage: Stage) -> None:
    with stage.app.app_context():
        end_authority(account=stage.person("admin"), authority_id=stage.ids["〇〇区"], ended_on=TOMORROW, reason="合併", at=APPLIED_AT)

    stage.submit()  # until the day it is offered
    with pytest.raises(IncompleteApplication) as no:
        stage.submit(at=APPLIED_AT + timedelta(days=1))
    assert "発注者を選んでください" in no.value.problems["contracting_authority_id"]
    with pytest.raises(AuthorityEnded):
        lay_down(stage)


def test_a_name_written_otherwise_is_the_same_name(stage: Stage) -> None:
    with stage.app.app_context():
        create_authority(account=stage.person("admin"), name="髙崎市", head="髙崎市長", at=APPLIED_AT)
        with pytest.raises(NameTaken):
            create_authority(account=stage.person("admin"), name="高﨑市", head="高﨑市長", at=APPLIED_AT)


def test_a_tariff_counts_from_its_day(stage: Stage) -> None:
    with stage.app.app_context():
        assert load_tariffs(account=stage.person("admin"), rows=TARIFF, token="t", at=APPLIED_AT) == 1
        assert load_tariffs(account=stage.person("admin"), rows=TARIFF, token="t", at=APPLIED_AT) == 0
        with pytest.raises(FileRefused):
            load_tariffs(account=stage.person("admin"), rows=TARIFF, token="another", at=APPLIED_AT)

    today, tomorrow = stage.submit(), stage.submit(at=APPLIED_AT + timedelta(days=1))

    premiums = dict(stage.rows("SELECT application_id, premium FROM requested_guarantees"))  # of 19,440,000円
    assert premiums == {today: 52_488, tomorrow: 19_440}


def test_a_file_is_taken_in_whole_or_not(stage: Stage) -> None:
    before = stage.census()
    rows = [["商号", "住所", "代表者"], ["甲建設", "千葉県", "甲"], ["乙建設", "", "乙"]]

    with stage.app.app_context(), pytest.raises(FileRefused):
        import_records(account=stage.person("admin"), kind=ImportKind.CONTRACTORS, rows=rows, token="t", at=datetime.now(APPLIED_AT.tzinfo))

    assert stage.census() == before
