"""What stands in the works judges new applications and changes alike (issue 3; domain.md, Products)."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.advances_together import left_for_interim, with_first_advance
from esurety.domain.application_content import ApplicationContent, RequestedGuarantee
from esurety.domain.application_rules import check_application
from esurety.domain.application_state import ApplicationState
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.products import Product
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.works_in_step import WorksFigures, behind
from esurety.domain.works_standing import NOTHING_STANDS, AppliedFor, StandingGuarantee, WorksStanding
from esurety.domain.yen import Yen
from tests.domain.test_application_rules import a_performance, an_advance, an_interim, the_briefings_application

POLICY = AuthorityPolicy("長生村", electronic_since=date(2024, 4, 1))
APPLIED_ON = date(2024, 8, 1)
PRICE, END = Yen(41_800_000), date(2024, 9, 30)  # 40 % are 16,720,000円, 60 % 25,080,000円, 10 % 4,180,000円
TOGETHER, CAP, PERIOD = "前払金と中間前払金の合計", "前払金保証：限度額", "前払金保証：保証期間"


def stands(
    product: Product, amount: int, *, number: str = "10124-00001A", year: int = 2024, of_year: int | None = None
) -> StandingGuarantee:
    return StandingGuarantee(product, number, year, Yen(amount), PRICE, END, END, None if of_year is None else Yen(of_year))


FIRST = stands(Product.ADVANCE_PAYMENT, 16_720_000)
INTERIM = stands(Product.INTERIM_ADVANCE_PAYMENT, 8_360_000, number="10124-00002B")
PERFORMANCE = stands(Product.CONTRACT_PERFORMANCE, 4_180_000, number="10124-00003C")


def asked(*guarantees: RequestedGuarantee, price: Yen = PRICE, ends_on: date = END) -> ApplicationContent:
    return replace(the_briefings_application(*guarantees), contract_price=price, construction_ends_on=ends_on)


def interim_of(amount: int, typed: int | None) -> RequestedGuarantee:
    return replace(an_interim(amount), previous_advance_amount=None if typed is None else Yen(typed))


def judged(
    content: ApplicationContent,
    *standing: StandingGuarantee,
    changes: StandingGuarantee | None = None,
    applied: tuple[AppliedFor, ...] = (),
) -> dict[str, RuleOutcome]:
    works = WorksStanding(standing, applied)
    return {one.rule: one for one in check_application(content, POLICY, applied_on=APPLIED_ON, works=works, changes=changes)}


@pytest.mark.parametrize(
    ("typed", "interim", "standing", "verdict"),
    [
        pytest.param(1, 8_360_000, (FIRST,), Verdict.KEPT, id="1円と入力しても発行済みの額で足りる"),
        pytest.param(1, 8_360_001, (FIRST,), Verdict.BROKEN, id="1円と入力しても発行済みの額で超える"),
        pytest.param(None, 8_360_001, (FIRST,), Verdict.BROKEN, id="空欄でも発行済みの額で超える"),
        pytest.param(16_720_001, 8_360_000, (FIRST,), Verdict.BROKEN, id="入力のほうが大きければ入力の額"),
        pytest.param(1, 8_000_000, (FIRST, INTERIM), Verdict.BROKEN, id="発行済みの中間前払金も数える"),
        pytest.param(1, 8_000_000, (), Verdict.KEPT, id="何も発行していなければ入力の額"),
    ],
)
def test_the_larger_of_typed_and_issued_counts(
    typed: int | None, interim: int, standing: tuple[StandingGuarantee, ...], verdict: Verdict
) -> None:
    found = judged(asked(interim_of(interim, typed)), *standing)[TOGETHER]

    assert found.verdict is verdict
    assert all(f"{one.name} {one.amount.text}" in found.text for one in standing), "the clerk sees our own figures"


def test_the_certificate_says_what_was_issued_not_what_was_typed() -> None:
    content = with_first_advance(asked(interim_of(8_000_000, 1)), WorksStanding((FIRST,)), year=2024)
    elsewhere = with_first_advance(asked(interim_of(8_000_000, 1)), NOTHING_STANDS, year=2024)

    assert content.guarantees[0].previous_advance_amount == 16_720_000
    assert elsewhere.guarantees[0].previous_advance_amount == 1


def test_a_year_counts_with_its_own_money_alone() -> None:
    of_last_year = stands(Product.ADVANCE_PAYMENT, 8_000_000, year=2023, of_year=20_000_000)
    interim = replace(interim_of(4_000_000, 8_000_000), fiscal_year_amount=Yen(20_000_000))

    assert judged(asked(interim), of_last_year)[TOGETHER].verdict is Verdict.KEPT


@pytest.mark.parametrize(
    ("content", "before", "standing", "verdict"),
    [
        pytest.param(asked(interim_of(8_360_001, None)), INTERIM, (FIRST, INTERIM), Verdict.BROKEN, id="中間前払金の増額"),
        pytest.param(asked(interim_of(8_360_000, None)), INTERIM, (FIRST, INTERIM), Verdict.KEPT, id="中間前払金は60%ちょうど"),
        pytest.param(asked(an_advance(16_720_001)), FIRST, (FIRST, INTERIM), Verdict.BROKEN, id="前払金の増額"),
        pytest.param(
            asked(an_advance(16_720_000), price=Yen(40_000_000)), FIRST, (FIRST, INTERIM), Verdict.WARNING, id="請負金額だけの減額"
        ),
    ],
)
def test_a_change_is_judged_with_the_other_advance(
    content: ApplicationContent, before: StandingGuarantee, standing: tuple[StandingGuarantee, ...], verdict: Verdict
) -> None:
    assert judged(content, *standing, changes=before)[TOGETHER].verdict is verdict


def test_an_open_application_that_leads_over_the_limit_is_warned_of() -> None:
    first = AppliedFor(23, Product.ADVANCE_PAYMENT, ApplicationState.SUBMITTED, 2024, Yen(16_720_000), PRICE, END)

    found = judged(asked(interim_of(8_000_000, 17_000_000)), applied=(first,))
    assert f"{TOGETHER}（手続き中を含む）" not in found
    over = judged(asked(interim_of(8_360_001, 1)), applied=(first,))[f"{TOGETHER}（手続き中を含む）"]

    assert (over.verdict, over.applications) == (Verdict.WARNING, (23,))


def test_what_is_approved_counts_as_if_it_were_issued() -> None:
    first = AppliedFor(23, Product.ADVANCE_PAYMENT, ApplicationState.APPROVED, 2024, Yen(16_720_000), PRICE, END)

    found = judged(asked(interim_of(8_360_001, 1)), applied=(first,))[TOGETHER]

    assert found.verdict is Verdict.BROKEN
    assert "承認済みの前払金保証（申込番号 000023） 16,720,000円" in found.text


@given(
    price=st.integers(1, 10**12),
    issued=st.integers(0, 10**12),
    typed=st.none() | st.integers(1, 10**12),
    unit=st.sampled_from([1, 10_000, 100_000]),
)
def test_what_is_left_is_what_the_rule_lets_pass(price: int, issued: int, typed: int | None, unit: int) -> None:
    policy = replace(POLICY, rounding_unit=Yen(unit))
    works = WorksStanding((replace(FIRST, amount=Yen(issued)),))

    def together(amount: int) -> Verdict:
        content = asked(interim_of(amount, typed), price=Yen(price))
        return next(one.verdict for one in check_application(content, policy, applied_on=APPLIED_ON, works=works) if one.rule == TOGETHER)

    left = left_for_interim(asked(interim_of(1, typed), price=Yen(price)), policy, works, year=2024)
    assert left is not None
    assert together(left + 1) is Verdict.BROKEN
    assert left == 0 or together(left) is Verdict.KEPT


@pytest.mark.parametrize(
    ("price", "verdict", "said"),
    [
        pytest.param(40_000_000, Verdict.WARNING, "10分の5（20,000,000円）以内のため", id="5割以内なら返還なし"),
        pytest.param(30_000_000, Verdict.WARNING, "10分の5（15,000,000円）を1,720,000円超えています", id="5割を超える"),
        pytest.param(41_800_000, Verdict.KEPT, "以内です", id="限度額以内"),
    ],
)
def test_an_advance_left_as_it_is_after_a_price_cut_warns(price: int, verdict: Verdict, said: str) -> None:
    """標準約款の前払金の条: what exceeds 5/10 of the reduced price is paid back."""
    found = judged(asked(an_advance(16_720_000), price=Yen(price)), FIRST, changes=FIRST)[CAP]

    assert found.verdict is verdict
    assert said in found.text


def test_an_increase_beyond_the_cap_stays_forbidden() -> None:
    assert judged(asked(an_advance(16_720_001)), FIRST, changes=FIRST)[CAP].verdict is Verdict.BROKEN


@pytest.mark.parametrize(
    ("requested", "before", "verdict"),
    [
        pytest.param(a_performance(4_180_000), PERFORMANCE, Verdict.BROKEN, id="契約保証"),
        pytest.param(an_advance(16_720_000), FIRST, Verdict.WARNING, id="前払金保証"),
    ],
)
def test_a_guarantee_is_not_shortened_into_the_past(requested: RequestedGuarantee, before: StandingGuarantee, verdict: Verdict) -> None:
    found = judged(asked(requested, ends_on=date(2024, 7, 31)), before, changes=before)[f"{requested.product.label}：保証期間"]

    assert (found.verdict, found.field) == (verdict, "construction_ends_on")


def test_today_is_not_past() -> None:
    assert judged(asked(a_performance(4_180_000), ends_on=APPLIED_ON), changes=PERFORMANCE)["契約保証：保証期間"].verdict is Verdict.KEPT


def test_what_was_judged_at_the_making_stays_judged() -> None:
    closed = AuthorityPolicy("みほん町", electronic_since=None, minimum_price=Yen(100_000_000))
    outcomes = check_application(asked(an_advance(16_000_000)), closed, applied_on=APPLIED_ON, changes=FIRST)

    assert {one.verdict for one in outcomes} == {Verdict.KEPT}
    assert not [one for one in outcomes if "電子保証" in one.rule or "対象となる" in one.rule]


def test_a_years_guarantee_keeps_its_year_when_it_is_changed_later() -> None:
    before = replace(stands(Product.ADVANCE_PAYMENT, 8_000_000, of_year=20_000_000), guarantee_ends_on=date(2025, 3, 31))
    content = asked(an_advance(8_000_000, year_amount=20_000_000), ends_on=date(2027, 9, 30))
    outcomes = check_application(content, POLICY, applied_on=date(2025, 3, 1), works=WorksStanding((before,)), changes=before)
    later = check_application(content, POLICY, applied_on=date(2025, 4, 1), works=WorksStanding((before,)), changes=before)

    assert "令和07年03月31日" in next(one.text for one in outcomes if one.rule == PERIOD)
    assert next(one.verdict for one in later if one.rule == PERIOD) is Verdict.WARNING


@pytest.mark.parametrize(
    ("standing", "applied", "warns"),
    [
        pytest.param((), (), True, id="前払金の予定がない"),
        pytest.param((FIRST,), (), False, id="前払金保証が発行済み"),
        pytest.param(
            (),
            (AppliedFor(1, Product.ADVANCE_PAYMENT, ApplicationState.IN_REVIEW, 2024, Yen(1), PRICE, END),),
            False,
            id="前払金保証が審査中",
        ),
    ],
)
@pytest.mark.parametrize("changes", [None, PERFORMANCE], ids=["新規", "変更"])
def test_an_advance_of_the_works_is_an_advance_planned(
    standing: tuple[StandingGuarantee, ...], applied: tuple[AppliedFor, ...], changes: StandingGuarantee | None, *, warns: bool
) -> None:
    found = judged(asked(a_performance(4_180_000)), *standing, changes=changes, applied=applied)

    assert ("契約保証：前払金の予定" in found) is warns


@pytest.mark.parametrize(
    ("of_this_year", "warns"),
    [pytest.param(21_800_000, False, id="合わせて請負金額ちょうど"), pytest.param(21_800_001, True, id="合わせて1円超える")],
)
def test_the_years_together_are_no_more_than_the_price(of_this_year: int, *, warns: bool) -> None:
    earlier = stands(Product.ADVANCE_PAYMENT, 8_000_000, year=2023, of_year=20_000_000)
    found = judged(asked(an_advance(1_000_000, year_amount=of_this_year)), earlier)

    assert ("前払金保証：今年度対象額の合計" in found) is warns


# ---- 同じ工事 in step ----

RAISED = WorksFigures(Yen(47_630_000), date(2024, 12, 27), Yen(4_763_000))


def test_a_larger_and_longer_contract_leaves_its_siblings_behind() -> None:
    first, performance = behind(RAISED, WorksStanding((FIRST, PERFORMANCE)))

    assert performance.lacking == ("あと583,000円", "保証期限 令和06年09月30日を令和06年12月27日まで延長")
    assert performance.is_pressing
    assert "契約保証も変更が要ります（あと583,000円、" in performance.text
    assert first.lacking == ("保証期限 令和06年09月30日を令和06年12月27日まで延長",)


@pytest.mark.parametrize(
    ("amount", "ends_on", "is_pressing"),
    [
        pytest.param(4_763_000, date(2024, 12, 27), False, id="足りる変更が手続き中"),
        pytest.param(4_762_999, date(2024, 12, 27), True, id="1円足りない変更"),
        pytest.param(4_763_000, date(2024, 12, 26), True, id="1日足りない変更"),
    ],
)
def test_a_change_under_way_puts_a_sibling_right_if_it_is_enough(amount: int, ends_on: date, *, is_pressing: bool) -> None:
    change = AppliedFor(
        23,
        Product.CONTRACT_PERFORMANCE,
        ApplicationState.SUBMITTED,
        2024,
        Yen(amount),
        RAISED.contract_price,
        ends_on,
        None,
        PERFORMANCE.number,
    )
    (found,) = behind(RAISED, WorksStanding((PERFORMANCE,), (change,)))

    assert found.is_pressing is is_pressing
    assert ("申込番号 000023" in found.text) is not is_pressing


def test_what_agrees_is_not_behind_and_a_years_advance_never_is() -> None:
    of_the_year = stands(Product.ADVANCE_PAYMENT, 8_000_000, of_year=20_000_000)

    assert not [*behind(WorksFigures(PRICE, END, Yen(4_180_000)), WorksStanding((FIRST, PERFORMANCE)))]
    assert not [*behind(RAISED, WorksStanding((of_the_year,)))]


def test_a_change_warns_of_a_performance_guarantee_that_no_longer_covers() -> None:
    content = asked(an_advance(16_720_000), price=RAISED.contract_price, ends_on=RAISED.construction_ends_on)
    found = judged(content, FIRST, PERFORMANCE, changes=FIRST)

    assert found[f"同じ工事の{PERFORMANCE.name}"].verdict is Verdict.WARNING
    assert f"同じ工事の{FIRST.name}" not in found


def test_what_is_left_for_the_interim_advance_stands_on_the_smaller_base() -> None:
    content = asked(an_advance(8_000_000, year_amount=20_000_000), interim_of(1, None))

    assert left_for_interim(content, POLICY, year=2024) == 4_000_000
    assert left_for_interim(asked(interim_of(1, None)), POLICY, year=2024) is None
