"""Changes and further applications are judged with what the surety itself has issued for the works (issue 3)."""

from datetime import date, timedelta

import pytest

from esurety.domain.application_content import IncompleteApplication
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.change_request import IncompleteChange
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import Product
from esurety.domain.rule_outcome import Verdict
from esurety.services.apply_for_change import assess_change, change_form, preview_change
from esurety.services.read_applications import application_for_office
from esurety.services.review_application import rule_outcomes
from esurety.services.start_from_works import form_of_same_works
from tests.example_of_record import ISSUED_AT, with_interim, with_performance
from tests.services.test_changing import CHANGED_AT, cancel, change, changed, content
from tests.stage import Stage

HALF_PASSED = ISSUED_AT + timedelta(days=110)
TOGETHER, CAP = "前払金と中間前払金の合計", "前払金保証：限度額"


def an_interim(number: str, **more: str) -> dict[str, str]:
    """中間前払金保証 alone, for the works of a contract."""
    return (
        {f"advance_payment__{part}": "" for part in ("wanted", "certificate_form", "guaranteed_amount")}
        | with_interim()
        | {"same_works_as": number, "interim_advance_payment__certified_on": "令和6年7月15日"}
        | more
    )


def verdicts(stage: Stage, application: int) -> dict[str, Verdict]:
    with stage.context():
        outcomes = rule_outcomes(application_for_office(stage.person("clerk"), application), today=japanese_day(CHANGED_AT))
    return {one.rule: one.verdict for one in outcomes}


@pytest.mark.parametrize("typed", ["1", ""], ids=["1円", "空欄"])
def test_what_was_issued_counts_whatever_is_typed(stage: Stage, typed: str) -> None:
    number = stage.issued().number
    previous = {"interim_advance_payment__previous_advance_amount": typed}

    with pytest.raises(IncompleteApplication) as no:
        stage.submit(at=HALF_PASSED, **an_interim(number, interim_advance_payment__guaranteed_amount="9,720,001", **previous))
    second = stage.issued(at=HALF_PASSED, **an_interim(number, **previous))

    assert "interim_advance_payment-guaranteed_amount" in no.value.problems
    assert content(stage, second.number, 0).previous_advance_amount == 19_440_000


def test_a_second_interim_advance_counts_the_first(stage: Stage) -> None:
    number = stage.issued().number
    stage.issued(at=HALF_PASSED, **an_interim(number, interim_advance_payment__previous_advance_amount="19,440,000"))

    with pytest.raises(IncompleteApplication) as no:
        stage.submit(at=HALF_PASSED, **an_interim(number, interim_advance_payment__guaranteed_amount="8,000,000"))

    assert "36,440,000円" not in no.value.problems["interim_advance_payment-guaranteed_amount"]
    assert "37,160,000円" in no.value.problems["interim_advance_payment-guaranteed_amount"]  # 19,440,000 + 9,720,000 + 8,000,000


def test_a_change_of_the_first_advance_counts_the_interim_one(stage: Stage) -> None:
    """48,000,000円 at 60 % are 28,800,000円: beside an interim advance of 9,720,000円 the first may be 19,080,000円, not the 40 %."""
    advance, _ = stage.issued(advance_payment__guaranteed_amount="18,000,000", **with_interim()).numbers

    with pytest.raises(IncompleteChange) as no:
        change(stage, advance, guaranteed_amount="19,080,001", contract_price="48,000,000")
    change(stage, advance, guaranteed_amount="19,080,000", contract_price="48,000,000")

    assert "発行済みの中間前払金保証" in no.value.problems["guaranteed_amount"]


def test_a_change_of_the_interim_advance_keeps_the_first_ones_amount(stage: Stage) -> None:
    """48,000,000円 at 60 % are 28,800,000円: beside 19,440,000円 the interim one may be 9,360,000円, not the 20 %."""
    _, interim = stage.issued(**with_interim(amount="9,000,000")).numbers

    with pytest.raises(IncompleteChange) as no:
        change(stage, interim, guaranteed_amount="9,360,001", contract_price="48,000,000")
    changed(stage, interim, guaranteed_amount="9,360,000", contract_price="48,000,000")

    assert "発行済みの前払金保証" in no.value.problems["guaranteed_amount"]
    assert content(stage, interim, 1).previous_advance_amount == 19_440_000
    with stage.context():
        form = change_form(stage.person("netdesk"), interim)
    assert form.typed["previous_advance_amount"] == "19,440,000"


def test_a_price_cut_that_leaves_the_advance_is_warned_of(stage: Stage) -> None:
    number = stage.issued().number

    application = change(stage, number, contract_price="40,000,000")

    assert verdicts(stage, application)[CAP] is Verdict.WARNING


def test_a_policy_that_closes_the_door_leaves_a_contract_changeable(stage: Stage) -> None:
    number = stage.issued().number
    stage.change("UPDATE authority_policies SET electronic_since = NULL, minimum_price = 900000000")

    changed(stage, number, guaranteed_amount="19,000,000")

    assert content(stage, number, 1).certificate_form == "electronic"


def test_a_performance_guarantee_is_not_shortened_into_the_past(stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers

    with pytest.raises(IncompleteChange) as no:
        change(stage, performance, construction_ends_on="令和6年4月30日")
    application = change(stage, advance, construction_ends_on="令和6年4月30日")

    assert "申込みの日にはすでに終わっています" in no.value.problems["construction_ends_on"]
    assert verdicts(stage, application)["前払金保証：保証期間"] is Verdict.WARNING


def test_the_sibling_that_no_longer_covers_is_told_to_contractor_and_clerk(stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers
    raised = {"contract_price": "54,430,000", "construction_ends_on": "令和6年12月27日"}
    with stage.context():
        form = change_form(stage.person("netdesk"), advance)
        typed = form.typed | {"change_reason": "理由"} | raised
        assessed = assess_change(account=stage.person("netdesk"), number=advance, typed=typed, at=CHANGED_AT)
    (told,) = [one for one in assessed.outcomes if performance in one.rule]

    application = change(stage, advance, **raised)

    assert "契約保証も変更が要ります（あと583,000円、" in told.text
    assert verdicts(stage, application)[told.rule] is Verdict.WARNING
    change(stage, performance, guaranteed_amount="5,443,000", **raised)
    assert verdicts(stage, application)[told.rule] is Verdict.NOTED


def test_no_advance_is_missed_where_the_works_have_one(stage: Stage) -> None:
    _, performance = stage.issued(**with_performance()).numbers

    application = change(stage, performance, guaranteed_amount="5,000,000")

    assert "契約保証：前払金の予定" not in verdicts(stage, application)


def test_a_new_form_starts_from_the_version_issued_last(stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers
    changed(stage, advance, contract_price="54,000,000", construction_ends_on="令和6年12月27日")

    with stage.context():
        person = stage.person("netdesk")
        typed = form_of_same_works(person, performance, Product.INTERIM_ADVANCE_PAYMENT, today=date(2024, 8, 1)).typed

    assert (typed["contract_price"], typed["construction_ends_on"]) == ("54,000,000", "令和6年12月27日")


def test_a_form_that_follows_the_works_begins_with_what_was_applied_for(stage: Stage) -> None:
    advance, performance = stage.issued(**with_performance()).numbers
    change(stage, advance, contract_price="54,000,000", construction_ends_on="令和6年12月27日")

    with stage.context():
        form = change_form(stage.person("netdesk"), performance, follows_works=True)

    assert (form.typed["contract_price"], form.typed["construction_ends_on"]) == ("54,000,000", "令和6年12月27日")
    assert form.typed["guaranteed_amount"] == "4,860,000"


def test_a_change_can_be_looked_at_before_it_is_complete(stage: Stage) -> None:
    number = stage.issued().number
    with stage.context():
        person = stage.person("netdesk")
        typed = change_form(person, number).typed
        nothing = preview_change(account=person, number=number, typed=typed, at=CHANGED_AT)
        larger = preview_change(account=person, number=number, typed=typed | {"guaranteed_amount": "19,000,000"}, at=CHANGED_AT)
        slip = preview_change(account=person, number=number, typed=typed | {"contract_price": "いくらか"}, at=CHANGED_AT)

    assert (nothing.assessed, nothing.problems) == (None, {})
    assert larger.assessed is not None
    assert larger.assessed.plan.kinds_text == "減額"
    assert set(slip.problems) == {"contract_price"}


def test_a_change_that_ended_with_its_contract_says_so(stage: Stage) -> None:
    number = stage.issued().number
    application = change(stage, number, guaranteed_amount="19,000,000")

    cancel(stage, number)

    (note,) = stage.column("SELECT note FROM events WHERE kind = 'ChangeLapsed' AND application_id = :id", id=application)
    assert note == "解約日 令和06年05月01日　解約の理由：請負契約の解除のため"


def test_a_years_advance_that_was_carried_over_is_told_whom_to_ask(stage: Stage) -> None:
    number = stage.issued(
        contract_price="90,000,000",
        construction_ends_on="令和8年9月30日",
        advance_payment__fiscal_year_amount="20,000,000",
        advance_payment__guaranteed_amount="8,000,000",
    ).number
    said = CertificateContent.from_json(stage.scalar("SELECT content FROM certificate_versions"))

    with pytest.raises(IncompleteChange) as no:
        change(stage, number, at=ISSUED_AT + timedelta(days=370), construction_ends_on="令和9年3月31日")

    assert "繰越し" in no.value.problems["construction_ends_on"]
    assert said.branch_phone in no.value.problems["construction_ends_on"]
