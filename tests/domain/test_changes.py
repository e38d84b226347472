"""変更: the kinds, the differences, the premium; and no sequence of acts that leads where no application may be."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from esurety.domain.application_state import ActNotPossible, ApplicationAct, ApplicationState, after, may
from esurety.domain.certificate_changes import ChangeKind, NothingChanges, change_kinds, differences, premium_difference
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.change_request import IncompleteChange, read_change, refuse_hopeless, typed_change, unchanged_form
from esurety.domain.yen import Yen, total
from tests.documents.conftest import CERTIFICATE

LARGER = replace(CERTIFICATE, version=1, guaranteed_amount=Yen(21_600_000), contract_price=Yen(54_000_000))
LONGER = replace(CERTIFICATE, version=1, construction_ends_on=date(2024, 12, 27), guarantee_ends_on=date(2024, 12, 27))


@pytest.mark.parametrize(
    ("following", "kinds"),
    [
        pytest.param(LARGER, (ChangeKind.INCREASE,), id="増額"),
        pytest.param(replace(CERTIFICATE, guaranteed_amount=Yen(1)), (ChangeKind.DECREASE,), id="減額"),
        pytest.param(LONGER, (ChangeKind.EXTENSION,), id="保証期限変更"),
        pytest.param(
            replace(LONGER, guaranteed_amount=Yen(20_000_000)), (ChangeKind.INCREASE, ChangeKind.EXTENSION), id="増額と保証期限変更"
        ),
        pytest.param(replace(CERTIFICATE, contract_price=Yen(50_000_000)), (), id="請負金額だけ"),
        pytest.param(replace(CERTIFICATE, fiscal_year_amount=Yen(1)), (), id="今年度対象額だけ"),
    ],
)
def test_the_kinds_of_a_change(following: CertificateContent, kinds: tuple[ChangeKind, ...]) -> None:
    assert change_kinds(CERTIFICATE, following) == kinds


def test_a_change_that_changes_nothing_is_none() -> None:
    with pytest.raises(NothingChanges):
        change_kinds(CERTIFICATE, replace(CERTIFICATE, version=1, issued_on=date(2024, 6, 1)))


def test_differences_are_in_the_words_of_the_paper() -> None:
    assert [(one.label, one.before, one.after) for one in differences(CERTIFICATE, LARGER)] == [
        ("請負金額（総額）", "48,600,000円", "54,000,000円"),
        ("保証金額（総額）", "19,440,000円", "21,600,000円"),
    ]


def test_a_change_note_survives_the_text_and_an_older_text_has_none() -> None:
    noted = replace(LARGER, replaces_version=0, change_note=(("保証金額（総額）", "19,440,000円", "21,600,000円"),))

    assert CertificateContent.from_json(noted.to_json()) == noted
    older = CERTIFICATE.to_json().replace('"change_note":[],', "").replace('"replaces_version":null,', "")
    assert "change_note" not in older
    assert CertificateContent.from_json(older) == CERTIFICATE


def test_the_form_begins_with_what_is_and_that_is_no_change() -> None:
    request = read_change(unchanged_form(CERTIFICATE) | {"change_reason": "理由"}, CERTIFICATE)

    assert request.guaranteed_amount == CERTIFICATE.guaranteed_amount
    assert set(refuse_hopeless(CERTIFICATE, CERTIFICATE, today=date(2024, 6, 1))) == {"guaranteed_amount"}


def test_only_the_fields_of_the_form_are_kept() -> None:
    assert typed_change({"contract_price": "1", "state": "issued", "guarantee_contract_number": "x"}) == {"contract_price": "1"}


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        pytest.param({"contract_price": ""}, "contract_price", id="空欄"),
        pytest.param({"contract_price": "10000億"}, "contract_price", id="9999億円を超える"),
        pytest.param({"construction_ends_on": "平成40年1月1日"}, "construction_ends_on", id="平成40年"),
        pytest.param({"construction_ends_on": "R6.3.31"}, "construction_ends_on", id="工期の初日より前"),
    ],
)
def test_each_slip_is_named_at_its_field(typed: dict[str, str], field: str) -> None:
    with pytest.raises(IncompleteChange) as no:
        read_change(unchanged_form(CERTIFICATE) | {"change_reason": "理由"} | typed, CERTIFICATE)

    assert set(no.value.problems) == {field}


@given(st.lists(st.integers(0, 10**12).map(Yen), min_size=1, max_size=20))
def test_the_sum_of_the_differences_is_the_last_total(premiums: list[Yen]) -> None:
    steps = [premium_difference(before, following) for before, following in zip([Yen(0), *premiums], premiums, strict=False)]

    assert total([one.billed for one in steps]) - total([one.refunded for one in steps]) == premiums[-1]
    assert all(not (one.billed and one.refunded) for one in steps)


class Applying(RuleBasedStateMachine):
    """Somebody does one act after the other; what the screens promise of the states must hold at every moment."""

    def __init__(self) -> None:
        super().__init__()
        self.state = ApplicationState.DRAFT
        self.done: list[ApplicationAct] = []

    @rule(act=st.sampled_from(list(ApplicationAct)))
    def act(self, act: ApplicationAct) -> None:
        if may(act, self.state):
            self.state = after(act, self.state)
            self.done.append(act)
        else:
            with pytest.raises(ActNotPossible):
                after(act, self.state)

    @invariant()
    def nothing_is_issued_without_approval(self) -> None:
        if self.state is ApplicationState.ISSUED:
            assert self.done[-2:] == [ApplicationAct.APPROVE, ApplicationAct.ISSUE]

    @invariant()
    def only_a_draft_has_never_been_handed_in(self) -> None:
        if self.state not in {ApplicationState.DRAFT, ApplicationState.WITHDRAWN}:
            assert ApplicationAct.SUBMIT in self.done

    @invariant()
    def what_has_ended_stays_so(self) -> None:
        ended = {ApplicationAct.ISSUE, ApplicationAct.DECLINE, ApplicationAct.WITHDRAW, ApplicationAct.LAPSE}
        assert not ended.intersection(self.done[:-1])

    @invariant()
    def a_decision_follows_a_submission(self) -> None:
        under_review = {ApplicationAct.SUBMIT, ApplicationAct.START_REVIEW, ApplicationAct.REVOKE}
        for before, act in zip(self.done, self.done[1:], strict=False):
            if act in {ApplicationAct.APPROVE, ApplicationAct.DECLINE}:
                assert before in under_review
            if act is ApplicationAct.RETURN:
                assert before in under_review | {ApplicationAct.APPROVE}
            if act is ApplicationAct.REVOKE:
                assert before is ApplicationAct.APPROVE


TestApplying = Applying.TestCase
