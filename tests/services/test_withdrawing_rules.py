"""What was judged stays judged: policies begin tomorrow, a version whose day has not come is withdrawn, an ended right stays ended."""

from datetime import date, datetime, timedelta
from fractions import Fraction

import pytest

from esurety.domain.application_rules import warning
from esurety.domain.application_state import ApplicationAct
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.contractor_standing import CONTRACTOR_STANDING
from esurety.domain.policy_form import ReadPolicy
from esurety.domain.products import Product
from esurety.domain.table_rows import FileRefused
from esurety.domain.yen import Yen
from esurety.persistence.reference_data import authority_on, surety_and_head
from esurety.services.check_entitlement import NoRightToIssue
from esurety.services.import_records import ImportKind, import_records, try_import
from esurety.services.keep_authorities import create_authority
from esurety.services.keep_branches import BranchData, LastBranch, end_branch, left_by_branch, open_branch
from esurety.services.keep_companies import end_company, left_by_company
from esurety.services.keep_issuing_rights import (
    BeginsInThePast,
    EndsInThePast,
    RightHasEnded,
    end_right,
    grant_right,
    shown_until,
    stop_right,
)
from esurety.services.keep_issuing_rights import entries_of as rights_of_person
from esurety.services.lay_down_policy import EffectiveDayHasBegun, lay_down_policy
from esurety.services.load_tariffs import every_tariff, load_tariffs
from esurety.services.read_applications import application_for_office
from esurety.services.read_rules import find_authority
from esurety.services.review_application import WarningsNotAcknowledged, decide, rule_outcomes
from esurety.services.rule_keeping import NotAnOperator
from esurety.services.withdraw_rules import AlreadyWithdrawn, DayHasCome, VersionNotFound, withdraw_policy, withdraw_tariff
from tests.example_of_record import APPLIED_AT, ISSUED_AT, ISSUED_ON, REVIEWED_AT
from tests.stage import Stage

TOMORROW = ISSUED_ON + timedelta(days=1)
NEXT_DAY = APPLIED_AT + timedelta(days=1)
WRONG = AuthorityPolicy("〇〇区", "〇〇市長", electronic_since=date(2024, 4, 1), advance_cap_works=Fraction(4, 100))
TARIFF = [["商品", "料率の名称", "適用開始日", "上限額", "料率"], ["前払金保証", "誤った料率", "R6.4.2", "", "9"]]


def lay_down(stage: Stage, *, on: date = TOMORROW, authority: int | None = None, policy: AuthorityPolicy = WRONG) -> int:
    identity = authority or stage.ids["〇〇区"]
    with stage.app.app_context():
        lay_down_policy(
            account=stage.person("admin"),
            authority_id=identity,
            laid_down=ReadPolicy(on, policy),
            newest_seen=find_authority(identity).newest,
            token=stage.token(),
            at=APPLIED_AT,
        )
    return int(stage.scalar("SELECT max(id) FROM authority_policies"))


def withdraw(stage: Stage, version: int, *, at: datetime = APPLIED_AT, by: str = "admin", authority: int | None = None) -> None:
    with stage.app.app_context():
        withdraw_policy(
            account=stage.person(by), authority_id=authority or stage.ids["〇〇区"], version_id=version, reason="入力の誤り", at=at
        )


# ---- policies ----


def test_the_first_policy_begins_today_or_earlier_as_long_as_nobody_has_applied(stage: Stage) -> None:
    with stage.app.app_context():
        new = create_authority(account=stage.person("admin"), name="みなと市", head="みなと市長", at=APPLIED_AT)

    lay_down(stage, on=date(2024, 3, 1), authority=new)

    with stage.app.app_context():
        assert find_authority(new).policy_on(ISSUED_ON).advance_cap_works == Fraction(4, 100)
    with pytest.raises(EffectiveDayHasBegun):  # a change of it does not
        lay_down(stage, on=ISSUED_ON, authority=new)


def test_what_was_judged_without_a_policy_stays_judged(stage: Stage) -> None:
    stage.change("DELETE FROM authority_policies")
    stage.submit(advance_payment__certificate_form="paper", certificate_delivery="post")

    for day in (ISSUED_ON - timedelta(days=30), ISSUED_ON):
        with pytest.raises(EffectiveDayHasBegun):
            lay_down(stage, on=day)
    lay_down(stage, on=TOMORROW)


def test_a_withdrawn_policy_judges_nothing_and_stays_in_the_history(stage: Stage) -> None:
    wrong = lay_down(stage)

    withdraw(stage, wrong)

    with stage.app.app_context():
        found = find_authority(stage.ids["〇〇区"])
        there = authority_on(stage.ids["〇〇区"], TOMORROW)
        addressed = surety_and_head(stage.ids["surety"], stage.ids["〇〇区"], TOMORROW)
        assert there is not None
        assert there.policy.advance_cap_works == found.policy_on(TOMORROW).advance_cap_works == Fraction(40, 100)
        assert addressed is not None
        assert addressed[1] == "〇〇区長"
        assert len(found.versions) == 2
    assert stage.rows("SELECT kind, note FROM events ORDER BY id DESC LIMIT 1") == [
        ("PolicyWithdrawn", "令和6年4月2日から　理由：入力の誤り")
    ]
    lay_down(stage)  # its day is free again


def test_what_is_in_force_cannot_be_withdrawn(stage: Stage) -> None:
    wrong = lay_down(stage)
    before = stage.census()

    with pytest.raises(DayHasCome):
        withdraw(stage, wrong, at=NEXT_DAY)
    with pytest.raises(NotAnOperator):
        withdraw(stage, wrong, by="clerk")
    with pytest.raises(VersionNotFound):
        withdraw(stage, wrong, authority=stage.ids["長生村"])
    assert stage.census() == before
    withdraw(stage, wrong)
    with pytest.raises(AlreadyWithdrawn):
        withdraw(stage, wrong)


# ---- tariffs ----


def test_a_withdrawn_tariff_reckons_nothing_and_its_day_is_free_again(stage: Stage) -> None:
    operator = stage.person("admin")
    with stage.app.app_context():
        load_tariffs(account=operator, rows=TARIFF, token="t", at=APPLIED_AT)
        wrong = next(one.id for one in every_tariff(operator) if one.tariff.label == "誤った料率")
        withdraw_tariff(account=operator, tariff_id=wrong, reason="桁の誤り", at=APPLIED_AT)
        with pytest.raises(AlreadyWithdrawn):
            withdraw_tariff(account=operator, tariff_id=wrong, reason="桁の誤り", at=APPLIED_AT)
        with pytest.raises(DayHasCome):
            withdraw_tariff(account=operator, tariff_id=1, reason="誤り", at=APPLIED_AT)
        with pytest.raises(VersionNotFound):
            withdraw_tariff(account=operator, tariff_id=999, reason="誤り", at=APPLIED_AT)

    application = stage.submit(at=NEXT_DAY)

    # 19,440,000円 × 0.27 %, the tariff that was there before
    assert stage.column("SELECT premium FROM requested_guarantees WHERE application_id = :id", id=application) == [52_488]
    with stage.app.app_context():
        again = [TARIFF[0], ["前払金保証", "正しい料率", "R6.4.2", "", "0.9"]]
        assert load_tariffs(account=operator, rows=again, token="u", at=APPLIED_AT) == 1
        with pytest.raises(FileRefused):
            load_tariffs(account=operator, rows=again, token="v", at=APPLIED_AT)


# ---- rights to issue ----


def entry(stage: Stage) -> int:
    """The approver's right to issue advance payment guarantees."""
    with stage.app.app_context():
        _, entries = rights_of_person(stage.person("admin"), stage.account_ids["approver"])
        return next(one.id for one in entries if one.product == Product.ADVANCE_PAYMENT)


def end(stage: Stage, right: int, day: date, *, at: datetime = APPLIED_AT) -> None:
    with stage.app.app_context():
        _, entries = rights_of_person(stage.person("admin"), stage.account_ids["approver"])
        seen = shown_until(next(one for one in entries if one.id == right))
        end_right(account=stage.person("admin"), entry_id=right, last_day=day, seen_until=seen, at=at)


def test_a_right_is_stopped_at_an_instant_and_what_was_issued_before_stays_entitled(stage: Stage) -> None:
    stage.issued()
    later, right = stage.approve(works_name="別の工事", works_number="6号"), entry(stage)

    with stage.app.app_context():
        stop_right(account=stage.person("admin"), entry_id=right, reason="異動", at=ISSUED_AT)

    with pytest.raises(NoRightToIssue):
        stage.issue(later, at=ISSUED_AT + timedelta(minutes=1))
    assert stage.column("SELECT valid_until FROM issuing_authorities WHERE id = :id", id=right) == [None]
    assert stage.scalar("SELECT note FROM events WHERE kind = 'IssuingRightStopped'").endswith("理由：異動")


def test_an_ended_right_stays_ended(stage: Stage) -> None:
    right = entry(stage)
    with pytest.raises(EndsInThePast):
        end(stage, right, ISSUED_ON - timedelta(days=1))
    end(stage, right, ISSUED_ON)

    with pytest.raises(RightHasEnded):
        end(stage, right, date(2030, 3, 31), at=NEXT_DAY)
    with stage.app.app_context(), pytest.raises(RightHasEnded):
        stop_right(account=stage.person("admin"), entry_id=right, reason="異動", at=NEXT_DAY)


def test_a_stopped_right_stays_stopped(stage: Stage) -> None:
    right = entry(stage)
    with stage.app.app_context():
        stop_right(account=stage.person("admin"), entry_id=right, reason="異動", at=APPLIED_AT)

    with pytest.raises(RightHasEnded):
        end(stage, right, date(2030, 3, 31))


def test_nobody_becomes_entitled_to_the_past(stage: Stage) -> None:
    with stage.app.app_context(), pytest.raises(BeginsInThePast):
        grant_right(
            account=stage.person("admin"),
            account_id=stage.account_ids["approver"],
            product=Product.ADVANCE_PAYMENT,
            up_to=Yen(1),
            valid_from=ISSUED_ON - timedelta(days=1),
            valid_until=None,
            at=APPLIED_AT,
        )


# ---- branches and contractors ----


def test_the_last_branch_stays(stage: Stage) -> None:
    operator = stage.person("admin")
    with stage.app.app_context():
        with pytest.raises(LastBranch):
            end_branch(account=operator, branch_id=stage.ids["branch"], reason="統合", at=APPLIED_AT)
        open_branch(account=operator, code=205, data=BranchData("木更津支店", "0438-1", "平日"), at=APPLIED_AT)
        end_branch(account=operator, branch_id=stage.ids["branch"], reason="統合", at=APPLIED_AT)

    assert stage.scalar("SELECT note FROM events WHERE kind = 'BranchEnded'") == "理由：統合"


def test_what_hangs_on_a_branch_and_a_contractor_is_counted(stage: Stage) -> None:
    number_of_issued, waiting = stage.issued(), stage.submit(works_name="待っている工事", works_number="7号")
    stage.draft()
    assert number_of_issued

    with stage.app.app_context():
        operator = stage.person("admin")
        of_branch = left_by_branch(operator, stage.ids["branch"], ISSUED_ON)
        of_company = left_by_company(operator, stage.ids["ネットデスク建設株式会社"], ISSUED_ON)
        years_later = left_by_company(operator, stage.ids["ネットデスク建設株式会社"], date(2034, 4, 1))
    assert (of_branch.applications, of_branch.contracts, of_branch.people) == (1, 1, 2)  # the clerk and the approver
    assert (of_company.applications, of_company.contracts, of_company.people) == (1, 1, 1)
    assert of_company.oldest == ((waiting, "待っている工事"),)
    assert years_later.contracts == 0


def test_an_ended_contractors_application_is_approved_only_with_a_reason(stage: Stage) -> None:
    application = stage.submit()
    with stage.app.app_context():
        end_company(account=stage.person("admin"), company_id=stage.ids["ネットデスク建設株式会社"], reason="廃業", at=APPLIED_AT)
        found = warning(rule_outcomes(application_for_office(stage.person("clerk"), application), today=ISSUED_ON))
    assert CONTRACTOR_STANDING in [one.rule for one in found]
    assert "終了した受注者（令和06年04月01日に終了）" in next(one.text for one in found if one.rule == CONTRACTOR_STANDING)

    with stage.app.app_context(), pytest.raises(WarningsNotAcknowledged):
        decide(
            ApplicationAct.APPROVE,
            account=stage.person("clerk"),
            application_id=application,
            revision=stage.revision(application),
            at=REVIEWED_AT,
            installation=stage.installation,
        )


# ---- imports ----


def test_namesakes_are_marked_and_the_same_address_is_the_same_contractor(stage: Stage) -> None:
    operator = stage.person("admin")
    rows = [
        ["商号", "住所", "代表者"],
        ["別の建設", "千葉県市原市1", "甲"],
        ["ネットデスク建設㈱", "千葉県市原市2", "乙"],
        ["双子組", "千葉県富里市1", "丙"],
        ["双子組", "千葉県富里市2", "丁"],
    ]
    with stage.app.app_context():
        tried = try_import(account=operator, kind=ImportKind.CONTRACTORS, rows=rows, today=ISSUED_ON)
        same = [rows[0], ["ネットデスク建設株式会社", "東京都中央区八丁堀二丁目２７－１０", "甲"]]
        with pytest.raises(FileRefused) as no:
            try_import(account=operator, kind=ImportKind.CONTRACTORS, rows=same, today=ISSUED_ON)

    assert tried.doubtful == 3
    assert [row[0] for row in tried.rows] == ["ネットデスク建設㈱", "双子組", "双子組", "別の建設"]
    assert "東京都中央区八丁堀2丁目27番10号" in tried.rows[0][-1]
    assert tried.rows[-1][-1] == ""
    assert "すでに登録されています" in no.value.problems[0].message


def test_an_imports_history_names_the_file_and_what_it_brought(stage: Stage) -> None:
    rows = [["商号", "住所", "代表者"], ["甲建設", "千葉県1", "甲"], ["乙建設", "千葉県2", "乙"]]

    with stage.app.app_context():
        import_records(
            account=stage.person("admin"), kind=ImportKind.CONTRACTORS, rows=rows, token="t", at=APPLIED_AT, file_name="受注者.csv"
        )

    assert stage.scalar("SELECT note FROM events WHERE kind = 'ContractorsImported'") == "2件　ファイル：受注者.csv\n甲建設\n乙建設"
