"""Heads and channels by the day of the application; names that are free again; two open applications for one works."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from sqlalchemy import event

from esurety.domain.application_state import ApplicationAct
from esurety.domain.authority_policy import AuthorityPolicy, SubmissionChannel
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.policy_form import ReadPolicy
from esurety.persistence.database import db, reading
from esurety.persistence.works import open_for_the_same_works
from esurety.services.import_records import ImportKind, import_records
from esurety.services.keep_authorities import NameTaken, create_authority, end_authority
from esurety.services.keep_branches import BranchData, end_branch, open_branch
from esurety.services.keep_companies import end_company
from esurety.services.keep_records import Taken
from esurety.services.lay_down_policy import lay_down_policy
from esurety.services.read_applications import application_for_office
from esurety.services.read_contracts import compare_with_application, find_contract
from esurety.services.review_application import WarningsNotAcknowledged, decide, rule_outcomes
from tests.example_of_record import APPLIED_AT, ISSUED_AT, ISSUED_ON, REVIEWED_AT, with_performance
from tests.services.test_changing import LARGER, changed, content
from tests.stage import Stage

TOMORROW = ISSUED_ON + timedelta(days=1)
POLICY = AuthorityPolicy("〇〇区", "〇〇市長", electronic_since=date(2024, 4, 1))


def lay_down(stage: Stage, policy: AuthorityPolicy = POLICY, *, on: date = TOMORROW, authority: str = "〇〇区") -> None:
    with stage.app.app_context():
        lay_down_policy(
            account=stage.person("admin"),
            authority_id=stage.ids[authority],
            laid_down=ReadPolicy(on, policy),
            newest_seen=stage.scalar("SELECT max(id) FROM authority_policies WHERE authority_id = :id", id=stage.ids[authority]),
            token=stage.token(),
            at=APPLIED_AT,
        )


def heads(stage: Stage) -> list[str]:
    contents = stage.column("SELECT content FROM certificate_versions ORDER BY contract_id, version")
    return [CertificateContent.from_json(one).obligee_head for one in contents]


# ---- the head, and how the key notice is handed in ----


def test_a_certificate_is_addressed_as_on_the_day_of_its_application(stage: Stage) -> None:
    lay_down(stage)
    today = stage.approve()
    tomorrow = stage.approve(at=APPLIED_AT + timedelta(days=1), works_name="別の工事", works_number="6号")

    later = ISSUED_AT + timedelta(days=2)
    for application in (today, tomorrow):
        stage.issue(application, at=later)

    assert heads(stage) == ["〇〇区長", "〇〇市長"]
    with stage.app.app_context():
        for number in (stage.numbers_of(today)[0], stage.numbers_of(tomorrow)[0]):
            contract = find_contract(stage.person("netdesk"), number)
            compared = compare_with_application(contract, content(stage, number, 0))
            assert [one.label for one in compared if one.differs] == []


def test_without_a_policy_the_head_is_the_one_the_authority_was_taken_in_with(stage: Stage) -> None:
    stage.change("DELETE FROM authority_policies")

    stage.issued(advance_payment__certificate_form="paper", certificate_delivery="post")

    assert heads(stage) == ["〇〇区長"]


def test_a_change_is_addressed_anew_and_its_note_says_so(stage: Stage) -> None:
    number = stage.issued().number
    lay_down(stage)

    changed(stage, number, **LARGER)

    said = content(stage, number, 1)
    assert said.obligee_head == "〇〇市長"
    assert ("被保証者", "〇〇区長", "〇〇市長") in said.change_note
    assert content(stage, number, 0).obligee_head == "〇〇区長"


def test_the_issue_mail_tells_where_and_how_each_key_notice_goes(stage: Stage) -> None:
    channels = frozenset({SubmissionChannel.BIDDING_SYSTEM, SubmissionChannel.PAPER})
    lay_down(stage, replace(POLICY, submission_channels=channels, submission_channel_note="契約課"))

    stage.issued(at=ISSUED_AT + timedelta(days=1), **with_performance(form="paper"))

    body = stage.scalar("SELECT body FROM outbox_mails WHERE event LIKE 'issued:%'")
    assert "■ 前払金保証の提出先" in body
    assert "電子入札システムでの送信 または 印刷して持参・郵送（契約課）" in body
    assert "■ 契約保証の提出先" not in body  # on paper there is no key


# ---- names of what has ended ----


def test_the_name_of_an_ended_authority_can_be_registered_again(stage: Stage) -> None:
    operator = stage.person("admin")
    with stage.app.app_context():
        end_authority(account=operator, authority_id=stage.ids["みほん町"], ended_on=TOMORROW, reason="合併", at=APPLIED_AT)
        with pytest.raises(NameTaken) as no:  # until tomorrow it is still there
            create_authority(account=operator, name="みほん町", head="みほん町長", at=APPLIED_AT)
        again = create_authority(account=operator, name="みほん町", head="みほん町長", at=APPLIED_AT + timedelta(days=1))
        with pytest.raises(NameTaken):
            create_authority(account=operator, name="みほん町", head="みほん町長", at=APPLIED_AT + timedelta(days=1))

    assert no.value.ended_on == TOMORROW
    assert again != stage.ids["みほん町"]
    assert stage.column("SELECT name FROM authorities WHERE name = 'みほん町'") == ["みほん町"] * 2


def test_files_take_in_again_what_has_ended(stage: Stage) -> None:
    operator, at = stage.person("admin"), APPLIED_AT + timedelta(days=1)
    name, address = stage.rows("SELECT name, address FROM companies WHERE id = :id", id=stage.ids["﨑山髙𠮷工業㈱"])[0]
    with stage.app.app_context():
        end_authority(account=operator, authority_id=stage.ids["みほん町"], ended_on=ISSUED_ON, reason="合併", at=APPLIED_AT)
        end_company(account=operator, company_id=stage.ids["﨑山髙𠮷工業㈱"], reason="廃業", at=APPLIED_AT)

        authorities = [["発注者名", "宛名"], ["みほん町", "みほん町長"]]
        companies = [["商号", "住所", "代表者"], [name, address, "代表取締役"]]
        assert import_records(account=operator, kind=ImportKind.AUTHORITIES, rows=authorities, token="a", at=at) == 1
        assert import_records(account=operator, kind=ImportKind.CONTRACTORS, rows=companies, token="c", at=at) == 1


def test_the_name_of_an_ended_branch_is_free_and_its_code_is_not(stage: Stage) -> None:
    operator, data = stage.person("admin"), BranchData("千葉支店", "043-1", "平日")
    with stage.app.app_context():
        with pytest.raises(Taken):
            open_branch(account=operator, code=102, data=data, at=APPLIED_AT)
        open_branch(account=operator, code=103, data=BranchData("木更津支店", "0438-1", "平日"), at=APPLIED_AT)  # one always stays
        end_branch(account=operator, branch_id=stage.ids["branch"], reason="統合", at=APPLIED_AT)
        open_branch(account=operator, code=102, data=data, at=APPLIED_AT)
        end_branch(account=operator, branch_id=stage.scalar("SELECT id FROM branches WHERE code = 102"), reason="統合", at=APPLIED_AT)
        with pytest.raises(Taken) as no:
            open_branch(account=operator, code=101, data=data, at=APPLIED_AT)

    assert no.value.field == "code"


# ---- two open applications for one works ----


def twins(stage: Stage, application_id: int) -> list[tuple[int, ...]]:
    with stage.app.app_context():
        outcomes = rule_outcomes(application_for_office(stage.person("clerk"), application_id), today=ISSUED_ON)
    return [one.applications for one in outcomes if one.applications]


@pytest.mark.parametrize(
    ("other", "is_found"),
    [
        pytest.param({}, True, id="同じ申込み"),
        pytest.param({"works_name": "別の名前で書いた工事"}, True, id="工事番号が同じ"),
        pytest.param({"works_number": "", "works_name": "都営住宅×××××　耐震改修 工事"}, True, id="工事名の書き方だけが違う"),
        pytest.param({"works_number": "7号", "works_name": "別の工事"}, False, id="別の工事"),
        pytest.param({"contracting_authority_id": "長生村"}, False, id="別の発注者"),
        pytest.param({**with_performance(), "advance_payment__wanted": "", "advance_payment__guaranteed_amount": ""}, False, id="別の商品"),
    ],
)
def test_another_open_application_for_the_same_works_is_found(other: dict[str, str], *, is_found: bool, stage: Stage) -> None:
    if "contracting_authority_id" in other:
        other = {"contracting_authority_id": str(stage.ids[other["contracting_authority_id"]])}
    first = stage.submit()

    second = stage.submit(**other)

    assert twins(stage, second) == ([(first,)] if is_found else [])
    assert twins(stage, first) == ([(second,)] if is_found else [])


def test_another_companys_application_counts_and_says_whose_it_is(stage: Stage) -> None:
    first = stage.submit(by="contractor2", premium_billing_name="﨑山髙𠮷工業㈱")
    second = stage.submit()

    with stage.app.app_context():
        outcomes = rule_outcomes(application_for_office(stage.person("clerk"), second), today=ISSUED_ON)

    text = next(one.text for one in outcomes if one.applications)
    assert f"申込番号 {first:06d}（﨑山髙𠮷工業㈱、申込済、工事名が同じ）" in text


@pytest.mark.parametrize("end", ["withdrawn", "returned", "declined", "issued"])
def test_what_is_no_longer_open_does_not_warn(end: str, stage: Stage) -> None:
    if end == "issued":
        stage.issued()
    else:
        first = stage.submit()
        if end == "withdrawn":
            stage.withdraw(first)
        else:
            stage.decide({"returned": ApplicationAct.RETURN, "declined": ApplicationAct.DECLINE}[end], first, reason="確認のため")

    assert twins(stage, stage.submit()) == []


def test_an_approved_one_still_warns_and_going_on_needs_a_reason(stage: Stage) -> None:
    first, second = stage.approve(), stage.submit()
    assert twins(stage, second) == [(first,)]

    with stage.app.app_context(), pytest.raises(WarningsNotAcknowledged) as no:
        decide(
            ApplicationAct.APPROVE,
            account=stage.person("clerk"),
            application_id=second,
            revision=stage.revision(second),
            at=REVIEWED_AT,
            installation=stage.installation,
        )
    assert [one.rule for one in no.value.outcomes] == ["前払金保証：手続き中の申込み"]

    stage.decide(ApplicationAct.APPROVE, second)
    assert stage.rows("SELECT application_id, rule FROM warning_overrides") == [(second, "前払金保証：手続き中の申込み")]


def test_sqlite_finds_the_open_ones_by_their_index(stage: Stage) -> None:
    """A condition with bound values would not use the partial index, and the page would read every application of the authority."""
    if stage._engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL decides by its statistics")

    asked: list[tuple[str, tuple[object, ...]]] = []
    application_id = stage.submit()
    with stage.app.app_context():
        application = application_for_office(stage.person("clerk"), application_id)

        @event.listens_for(db.engine, "before_cursor_execute")
        def note(_connection: object, _cursor: object, statement: str, values: tuple[object, ...], *_rest: object) -> None:
            asked.append((statement, values))

        open_for_the_same_works(application)
        statement, values = asked[0]
        plan = str(reading().connection().exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values).fetchall())
        event.remove(db.engine, "before_cursor_execute", note)

    assert "ix_applications_open_authority_id" in plan
