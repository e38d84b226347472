"""変更, 解約 and 認証キーの再発行: the same number, the same key, the premium's difference; nothing twice, nothing by halves."""

from datetime import date, datetime, timedelta

import pytest

from esurety.domain.application_state import ApplicationAct
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.change_request import IncompleteChange
from esurety.domain.yen import Yen
from esurety.services import make_certificate
from esurety.services.apply_for_change import AnotherChangeOpen, ContractIsCancelled, change_form, submit_change
from esurety.services.cancel_contract import (
    AlreadyCancelled,
    CancelledOnAnImpossibleDay,
    NotEntitledToCancel,
    RefundsTooMuch,
    cancel_contract,
)
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.hand_out_refund import refund_statement
from esurety.services.issue_change import issue_change
from esurety.services.issue_guarantee import IsAChange, PremiumOutstanding, issue_guarantees
from esurety.services.open_certificate_with_key import NotOpened, open_certificate_with_key, opened_certificate
from esurety.services.read_contracts import find_contract
from esurety.services.reissue_key import AlreadyAsked, HasNoKey, NotEntitledToReissue, ask_for_new_key, reissue_key
from tests.example_of_record import ISSUED_AT, RARE_COMPANY, on_paper
from tests.pdf_text import pdf_text
from tests.stage import Stage

CHANGED_AT = ISSUED_AT + timedelta(days=30)
LARGER = {"contract_price": "54,000,000", "guaranteed_amount": "21,600,000", "construction_ends_on": "令和6年12月27日"}
SMALLER = {"contract_price": "40,000,000", "guaranteed_amount": "16,000,000"}


def change(stage: Stage, number: str, *, by: str = "netdesk", token: str = "", at: datetime = CHANGED_AT, **typed: str) -> int:
    with stage.context():
        form = change_form(stage.person(by), number)
        return submit_change(
            account=stage.person(by),
            number=number,
            typed=form.typed | {"change_reason": "設計変更のため"} | typed,
            revision=form.returned.revision if form.returned else None,
            token=token or stage.token(),
            at=at,
            installation=stage.installation,
        )


def issue(stage: Stage, application: int, *, token: str = "", at: datetime = CHANGED_AT) -> None:
    with stage.context():
        issue_change(
            account=stage.person("approver"),
            application_id=application,
            revision=stage.revision(application),
            token=token or stage.token(),
            at=at,
            installation=stage.installation,
        )


def changed(stage: Stage, number: str, *, at: datetime = CHANGED_AT, **typed: str) -> int:
    application = change(stage, number, at=at, **typed)
    stage.decide(ApplicationAct.APPROVE, application, at=at)
    issue(stage, application, at=at)
    return application


def content(stage: Stage, number: str, version: int) -> CertificateContent:
    return CertificateContent.from_json(
        stage.scalar(
            "SELECT content FROM certificate_versions WHERE contract_id = :id AND version = :v", id=stage.contract_id(number), v=version
        )
    )


def test_an_increase_with_an_extension_becomes_version_one(stage: Stage) -> None:
    number = stage.issued().number
    key = stage.key_of(number)
    before = stage.census()

    application = changed(stage, number, **LARGER)

    said = content(stage, number, 1)
    assert (said.guarantee_contract_number, said.version, said.replaces_version) == (number, 1, 0)
    assert (said.guaranteed_amount, said.contract_price) == (Yen(21_600_000), Yen(54_000_000))
    assert said.guarantee_ends_on == date(2024, 12, 27)
    assert ("保証金額（総額）", "19,440,000円", "21,600,000円") in said.change_note
    assert ("保証期間の末日", "令和06年09月30日", "令和06年12月27日") in said.change_note
    assert stage.key_of(number) == key
    after = stage.census()
    grown = {table: after[table] - before[table] for table in ("guarantee_contracts", "authentication_keys", "certificate_versions")}
    assert grown == {"guarantee_contracts": 0, "authentication_keys": 0, "certificate_versions": 1}
    assert stage.state(application) == "issued"
    assert stage.rows("SELECT current_version, guaranteed_amount FROM guarantee_contracts") == [(1, 21_600_000)]
    subjects = stage.column("SELECT subject FROM outbox_mails WHERE event LIKE 'changed:%'")
    assert subjects
    assert all("変更後の保証証書を発行しました" in subject for subject in subjects)


def test_the_certificate_names_the_version_it_replaces(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)

    pdf = stage.scalar("SELECT f.pdf FROM certificate_files f JOIN certificate_versions v ON v.file_sha256 = f.sha256 WHERE v.version = 1")

    text = pdf_text(bytes(pdf))
    assert "変更第1回" in text
    assert "当初の証書" in text
    assert "19,440,000円→21,600,000円" in text


def test_an_increase_waits_for_the_difference_alone(stage: Stage) -> None:
    number = stage.issued(by="contractor2", premium_billing_name=RARE_COMPANY).number
    whole = stage.scalar("SELECT premium FROM certificate_versions")
    application = change(stage, number, by="contractor2", **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)

    with pytest.raises(PremiumOutstanding):
        issue(stage, application)
    now_whole = stage.scalar("SELECT premium FROM requested_guarantees WHERE application_id = :id", id=application)
    stage.pay(application, amount=now_whole - whole, at=CHANGED_AT)
    issue(stage, application)

    assert now_whole > whole
    assert stage.rows("SELECT version, kind, amount FROM premium_settlements") == [(1, "billed", now_whole - whole)]


def test_a_decrease_is_paid_back_with_a_statement(stage: Stage) -> None:
    number = stage.issued(by="contractor2", premium_billing_name=RARE_COMPANY).number
    whole = stage.scalar("SELECT premium FROM certificate_versions")

    application = change(stage, number, by="contractor2", **SMALLER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)
    issue(stage, application)

    less = stage.scalar("SELECT premium FROM certificate_versions WHERE version = 1")
    assert stage.rows("SELECT version, kind, amount FROM premium_settlements") == [(1, "refund", whole - less)]
    with stage.context():
        statement = pdf_text(refund_statement(contract=find_contract(stage.person("contractor2"), number), version=1))
    assert "返還計算書" in statement
    assert Yen(whole - less).text in statement
    with stage.context(), pytest.raises(NoSuchDocument):
        refund_statement(contract=find_contract(stage.person("contractor2"), number), version=2)


def test_paper_stays_paper_and_the_office_cannot_issue_a_change_as_new(stage: Stage) -> None:
    number = stage.issued(**on_paper()).number
    application = change(stage, number, **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)

    with stage.context(), pytest.raises(IsAChange):
        issue_guarantees(
            account=stage.person("approver"),
            application_id=application,
            revision=stage.revision(application),
            token=stage.token(),
            at=CHANGED_AT,
            installation=stage.installation,
        )
    issue(stage, application)

    assert content(stage, number, 1).certificate_form == "paper"
    assert stage.keys() == {}


def test_handing_in_twice_makes_one_change_and_a_second_one_waits(stage: Stage) -> None:
    number = stage.issued().number
    with stage.context():
        form = change_form(stage.person("netdesk"), number)
        typed = form.typed | {"change_reason": "設計変更のため"} | LARGER
    both = [_send(stage, number, typed, "once") for _ in range(2)]

    assert both[0] == both[1]
    with pytest.raises(AnotherChangeOpen) as no:
        _send(stage, number, typed, "another")
    assert no.value.application_id == both[0]


def _send(stage: Stage, number: str, typed: dict[str, str], token: str) -> int:
    with stage.context():
        return submit_change(
            account=stage.person("netdesk"),
            number=number,
            typed=typed,
            revision=None,
            token=token,
            at=CHANGED_AT,
            installation=stage.installation,
        )


def test_a_returned_change_is_corrected_and_handed_in_again(stage: Stage) -> None:
    number = stage.issued().number
    application = change(stage, number, **LARGER)
    stage.decide(ApplicationAct.RETURN, application, at=CHANGED_AT, reason="金額が契約書と違います。")

    again = change(stage, number, **(LARGER | {"contract_price": "55,000,000"}))

    assert again == application
    assert stage.state(application) == "submitted"


@pytest.mark.parametrize(
    ("typed", "field", "words"),
    [
        pytest.param({}, "guaranteed_amount", "変わるところがありません", id="何も変わらない"),
        pytest.param({"construction_ends_on": "令和6年3月31日"}, "construction_ends_on", "工期の初日", id="始まる前に終わる"),
        pytest.param({"contract_price": "10,000億円"}, "contract_price", "9,999億円以下", id="大きすぎる金額"),
        pytest.param({"construction_ends_on": "平成40年4月1日"}, "construction_ends_on", "", id="平成40年"),
        pytest.param({"guaranteed_amount": "30,000,000"}, "guaranteed_amount", "限度額", id="限度額を超える"),
        pytest.param({"change_reason": ""}, "change_reason", "変更の理由を入力してください", id="理由がない"),
    ],
)
def test_what_is_no_change_is_told_in_its_own_words(stage: Stage, typed: dict[str, str], field: str, words: str) -> None:
    number = stage.issued().number
    before = stage.census()

    with pytest.raises(IncompleteChange) as no:
        change(stage, number, **typed)

    assert words in no.value.problems[field]
    assert stage.census() == before


def test_an_ended_guarantee_can_only_be_extended(stage: Stage) -> None:
    number = stage.issued().number
    after_the_end = datetime.fromisoformat("2024-10-20T01:00:00+00:00")

    with pytest.raises(IncompleteChange) as no:
        change(stage, number, at=after_the_end, **SMALLER)
    changed(stage, number, at=after_the_end, construction_ends_on="令和6年12月27日")

    assert "期間満了のあとは" in no.value.problems["construction_ends_on"]
    assert content(stage, number, 1).guarantee_ends_on == date(2024, 12, 27)


def test_a_crash_after_preparing_leaves_what_the_next_try_picks_up(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    number = stage.issued().number
    application = change(stage, number, **LARGER)
    stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)
    with monkeypatch.context() as broken:
        broken.setattr(make_certificate, "render_certificate", lambda _content: (_ for _ in ()).throw(RuntimeError("power cut")))
        with pytest.raises(RuntimeError):
            issue(stage, application)
    assert stage.rows("SELECT current_version, guaranteed_amount FROM guarantee_contracts") == [(0, 19_440_000)]

    issue(stage, application, at=CHANGED_AT + timedelta(days=1))

    assert content(stage, number, 1).issued_on == date(2024, 5, 2)
    assert stage.scalar("SELECT count(*) FROM certificate_versions") == 2


def test_a_second_change_counts_from_the_first(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)

    changed(stage, number, at=CHANGED_AT + timedelta(days=1), **SMALLER)

    premiums = stage.column("SELECT premium FROM certificate_versions ORDER BY version")
    rows = stage.rows("SELECT version, kind, amount FROM premium_settlements ORDER BY id")
    assert rows == [(1, "billed", premiums[1] - premiums[0]), (2, "refund", premiums[1] - premiums[2])]
    assert content(stage, number, 2).replaces_version == 1


# ---- 解約 ----


def cancel(
    stage: Stage, number: str, *, by: str = "approver", on: date = date(2024, 5, 1), refund: int = 0, at: datetime = CHANGED_AT
) -> None:
    with stage.context():
        cancel_contract(
            account=stage.person(by),
            number=number,
            cancelled_on=on,
            reason="請負契約の解除のため",
            at=at,
            installation=stage.installation,
            refund=Yen(refund) if refund else None,
        )


def test_cancelling_tells_the_contractor_and_pays_back_at_most_the_premium(stage: Stage) -> None:
    number = stage.issued().number
    whole = stage.scalar("SELECT premium FROM certificate_versions")

    with pytest.raises(RefundsTooMuch):
        cancel(stage, number, refund=whole + 1)
    cancel(stage, number, refund=whole)

    assert stage.rows("SELECT kind, amount FROM premium_settlements") == [("refund", whole)]
    assert stage.column("SELECT body FROM outbox_mails WHERE event LIKE 'cancelled:%'")
    with stage.context():
        statement = pdf_text(refund_statement(contract=find_contract(stage.person("netdesk"), number), version=1))
    assert "解約" in statement
    with pytest.raises(AlreadyCancelled):
        cancel(stage, number)
    with pytest.raises(ContractIsCancelled):
        change(stage, number, **LARGER)


@pytest.mark.parametrize("by", ["clerk", "admin", "netdesk"])
def test_only_an_approver_cancels(stage: Stage, by: str) -> None:
    number = stage.issued().number

    with pytest.raises(NotEntitledToCancel):
        cancel(stage, number, by=by)


@pytest.mark.parametrize("on", [date(2024, 5, 2), date(2024, 3, 31)], ids=["あした", "保証の始まる前"])
def test_a_contract_is_not_cancelled_on_an_impossible_day(stage: Stage, on: date) -> None:
    number = stage.issued().number

    with pytest.raises(CancelledOnAnImpossibleDay):
        cancel(stage, number, on=on)


@pytest.mark.parametrize("reached", ["submitted", "approved"])
def test_an_open_change_ends_with_its_contract(stage: Stage, reached: str) -> None:
    number = stage.issued().number
    application = change(stage, number, **LARGER)
    if reached == "approved":
        stage.decide(ApplicationAct.APPROVE, application, at=CHANGED_AT)

    cancel(stage, number)

    assert stage.state(application) == "withdrawn"
    assert f"申込番号 {application:06d}" in stage.scalar("SELECT body FROM outbox_mails WHERE event LIKE 'cancelled:%' LIMIT 1")


# ---- 認証キーの再発行 ----


def reissue(stage: Stage, number: str, *, by: str = "approver", token: str = "") -> None:
    with stage.context():
        reissue_key(
            account=stage.person(by),
            number=number,
            reason="お知らせを別のあて先に送ったため",
            token=token or stage.token(),
            at=CHANGED_AT,
            installation=stage.installation,
        )


def try_key(stage: Stage, number: str, key: str) -> tuple[int, int]:
    with stage.context():
        return open_certificate_with_key(
            typed_number=number, typed_key=key, source="192.0.2.9", at=CHANGED_AT, installation=stage.installation
        )


def test_the_old_key_stops_at_once_and_the_new_one_opens(stage: Stage) -> None:
    number = stage.issued().number
    old = stage.key_of(number)
    contract_id, key_id = try_key(stage, number, old)

    reissue(stage, number)

    new = stage.key_of(number)
    assert new != old
    with pytest.raises(NotOpened):
        try_key(stage, number, old)
    assert try_key(stage, number, new)[0] == contract_id
    with stage.context():
        assert opened_certificate(contract_id=contract_id, key_id=key_id) is None
    assert stage.rows("SELECT key_version, revoked_at IS NULL FROM authentication_keys ORDER BY id") in (
        [(1, False), (2, True)],
        [(1, 0), (2, 1)],
    )


def test_nobody_is_mailed_a_key(stage: Stage) -> None:
    number = stage.issued().number
    reissue(stage, number)

    mails = stage.rows("SELECT recipient, subject || body FROM outbox_mails WHERE event LIKE 'key_reissued:%'")

    assert {recipient for recipient, _ in mails} == {"netdesk@demo.example", "abcde@ejcs.co.jp", "approver@demo.example"}
    assert all(stage.key_of(number) not in text for _, text in mails)


def test_pressing_twice_reissues_once(stage: Stage) -> None:
    number = stage.issued().number

    for _ in range(2):
        reissue(stage, number, token="once")

    assert stage.scalar("SELECT count(*) FROM authentication_keys") == 2


def test_paper_has_no_key_to_reissue(stage: Stage) -> None:
    number = stage.issued(**on_paper()).number

    with pytest.raises(HasNoKey):
        reissue(stage, number)


@pytest.mark.parametrize("by", ["clerk", "netdesk"])
def test_only_an_approver_reissues(stage: Stage, by: str) -> None:
    number = stage.issued().number

    with pytest.raises(NotEntitledToReissue):
        reissue(stage, number, by=by)


def test_a_contractor_asks_once_and_again_after_it_was_done(stage: Stage) -> None:
    number = stage.issued().number

    def ask(at: datetime = CHANGED_AT) -> None:
        with stage.context():
            ask_for_new_key(account=stage.person("netdesk"), number=number, reason="紛失のため", at=at, installation=stage.installation)

    ask()
    with pytest.raises(AlreadyAsked):
        ask()
    reissue(stage, number)
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'key_asked:%'") == 1
    ask(CHANGED_AT + timedelta(days=1))
    assert stage.scalar("SELECT count(*) FROM outbox_mails WHERE event LIKE 'key_asked:%'") == 2
