"""Every rule of an application: kept, to be looked at, or broken, each in words that say what to do."""

from dataclasses import replace
from datetime import date

import pytest

from esurety.domain.application_content import ApplicationContent, RequestedGuarantee
from esurety.domain.application_rules import RuleOutcome, Verdict, broken, check_application
from esurety.domain.authority_policy import AuthorityPolicy, CountsBy
from esurety.domain.products import CertificateForm, PremiumPaymentMethod, Product, WorksKind
from esurety.domain.yen import Yen

APPLIED_ON = date(2024, 4, 1)
POLICY = AuthorityPolicy("長生村", electronic_since=date(2024, 4, 1))
OPT_IN, CAP, YEAR = "前払金保証：電子保証への対応", "前払金保証：限度額", "前払金保証：今年度対象額"
MINIMUM, PLANNED = "契約保証：最低額", "契約保証：前払金の予定"
TOGETHER, WORKS_ONLY, CERTIFIED = "前払金と中間前払金の合計", "中間前払金保証：種別", "中間前払金保証：認定調書"


def requested(product: Product, amount: int, *, year_amount: int | None = None, on_paper: bool = False) -> RequestedGuarantee:
    return RequestedGuarantee(
        product,
        CertificateForm.PAPER if on_paper else CertificateForm.ELECTRONIC,
        Yen(amount),
        None if year_amount is None else Yen(year_amount),
        PremiumPaymentMethod.TRANSFER,
    )


def an_advance(amount: int, *, year_amount: int | None = None, on_paper: bool = False) -> RequestedGuarantee:
    return requested(Product.ADVANCE_PAYMENT, amount, year_amount=year_amount, on_paper=on_paper)


def an_interim(amount: int) -> RequestedGuarantee:
    return requested(Product.INTERIM_ADVANCE_PAYMENT, amount)


def a_performance(amount: int) -> RequestedGuarantee:
    return requested(Product.CONTRACT_PERFORMANCE, amount)


def the_briefings_application(*guarantees: RequestedGuarantee) -> ApplicationContent:
    return ApplicationContent(
        works_name="都営住宅××××× 耐震改修工事",
        works_number="",
        works_place="東京都中央区八丁堀",
        works_kind=WorksKind.WORKS,
        contracting_authority_id=1,
        contract_price=Yen(48_600_000),
        contracted_on=date(2024, 4, 1),
        announced_on=None,
        construction_starts_on=date(2024, 4, 1),
        construction_ends_on=date(2024, 9, 30),
        is_low_bid=False,
        branch_id=7,
        certificate_delivery=None,
        notification_email="abcde@ejcs.co.jp",
        premium_billing_name="ネットデスク建設 株式会社",
        premium_statement_on_paper=False,
        guarantees=guarantees or (an_advance(19_440_000),),
    )


def outcome(rule: str, content: ApplicationContent, policy: AuthorityPolicy = POLICY) -> RuleOutcome:
    (found,) = [one for one in check_application(content, policy, applied_on=APPLIED_ON) if one.rule == rule]
    return found


def rules(content: ApplicationContent, policy: AuthorityPolicy = POLICY) -> list[str]:
    return [one.rule for one in check_application(content, policy, applied_on=APPLIED_ON)]


def test_the_briefings_example_keeps_every_rule() -> None:
    outcomes = check_application(the_briefings_application(), POLICY, applied_on=APPLIED_ON)

    assert {one.verdict for one in outcomes} == {Verdict.KEPT}
    assert [one.rule for one in outcomes] == ["契約日と工期", OPT_IN, CAP, "前払金保証：保証期間"]
    assert broken(outcomes) == ()


def test_a_verdict_has_a_word_for_the_clerk() -> None:
    assert [verdict.label for verdict in Verdict] == ["適合", "参考", "要確認", "不適合"]


@pytest.mark.parametrize(
    ("requested", "rule", "verdict"),
    [
        pytest.param(an_advance(19_440_000), "前払金保証：保証期間", Verdict.WARNING, id="前払金は理由があれば"),
        pytest.param(an_interim(9_720_000), "中間前払金保証：保証期間", Verdict.WARNING, id="中間前払金も"),
        pytest.param(a_performance(4_860_000), "契約保証：保証期間", Verdict.BROKEN, id="契約保証は何も守らない"),
    ],
)
def test_a_period_that_is_over_on_the_day_of_application(requested: RequestedGuarantee, rule: str, verdict: Verdict) -> None:
    content = the_briefings_application(requested)
    (over,) = [one for one in check_application(content, POLICY, applied_on=date(2024, 10, 1)) if one.rule == rule]
    (last_day,) = [one for one in check_application(content, POLICY, applied_on=date(2024, 9, 30)) if one.rule == rule]

    assert over.verdict is verdict
    assert "申込みの日にはすでに終わっています" in over.text
    assert last_day.verdict is Verdict.KEPT


def test_works_that_begin_before_the_contract_are_to_be_looked_at() -> None:
    found = outcome("契約日と工期", replace(the_briefings_application(), contracted_on=date(2024, 4, 2)))

    assert found.verdict is Verdict.WARNING
    assert found.field == "construction_starts_on"
    assert "令和06年04月02日" in found.text
    assert found.text.endswith("契約書を確認してください。")


@pytest.mark.parametrize(
    ("policy", "verdict", "field", "advice"),
    [
        pytest.param(POLICY, Verdict.KEPT, "advance_payment-certificate_form", "対応しています", id="対応済みの発注者"),
        pytest.param(
            AuthorityPolicy("長生村"),
            Verdict.BROKEN,
            "advance_payment-certificate_form",
            "「証書(紙)」を選んでください。",
            id="未対応の発注者",
        ),
        pytest.param(
            replace(POLICY, electronic_since=date(2024, 4, 2)),
            Verdict.BROKEN,
            "advance_payment-certificate_form",
            "「証書(紙)」を選んでください。",
            id="開始前の契約",
        ),
        pytest.param(
            replace(POLICY, electronic_works_kinds=frozenset({WorksKind.DESIGN})),
            Verdict.BROKEN,
            "advance_payment-certificate_form",
            "「証書(紙)」を選んでください。",
            id="対象外の種別",
        ),
        pytest.param(
            replace(POLICY, counts_by=CountsBy.ANNOUNCED_ON),
            Verdict.BROKEN,
            "announced_on",
            "公告日を入力してください。",
            id="公告日が未入力",
        ),
    ],
)
def test_electronic_is_possible_only_where_the_authority_has_opted_in(
    policy: AuthorityPolicy, verdict: Verdict, field: str, advice: str
) -> None:
    found = outcome(OPT_IN, the_briefings_application(), policy)

    assert (found.verdict, found.field) == (verdict, field)
    assert advice in found.text


def test_paper_needs_no_opt_in() -> None:
    content = the_briefings_application(an_advance(19_440_000, on_paper=True))

    assert OPT_IN not in rules(content, AuthorityPolicy("長生村"))
    assert broken(check_application(content, AuthorityPolicy("長生村"), applied_on=APPLIED_ON)) == ()


@pytest.mark.parametrize(
    ("changes", "amount", "unit", "verdict"),
    [
        pytest.param({}, 19_440_000, 1, Verdict.KEPT, id="工事の40%ちょうど"),
        pytest.param({}, 19_440_001, 1, Verdict.BROKEN, id="工事の40%を1円超える"),
        pytest.param({"contract_price": Yen(5_170_000)}, 2_060_000, 10_000, Verdict.KEPT, id="1万円未満切捨て"),
        pytest.param({"contract_price": Yen(5_170_000)}, 2_068_000, 10_000, Verdict.BROKEN, id="1万円未満を切り捨てていない"),
        pytest.param({"contract_price": Yen(5_170_000)}, 2_000_000, 100_000, Verdict.KEPT, id="10万円未満切捨て"),
        pytest.param({"contract_price": Yen(3_300_000), "works_kind": WorksKind.DESIGN}, 990_000, 10_000, Verdict.KEPT, id="設計の30%"),
        pytest.param(
            {"contract_price": Yen(3_300_000), "works_kind": WorksKind.DESIGN},
            990_000,
            100_000,
            Verdict.BROKEN,
            id="設計の30%を切り捨てていない",
        ),
        pytest.param({"is_low_bid": True}, 9_720_000, 1, Verdict.KEPT, id="低入札の20%"),
        pytest.param({"is_low_bid": True}, 9_720_001, 1, Verdict.BROKEN, id="低入札の20%を1円超える"),
    ],
)
def test_an_advance_stays_within_its_cap(changes: dict[str, object], amount: int, unit: int, verdict: Verdict) -> None:
    content = replace(the_briefings_application(an_advance(amount)), **changes)  # type: ignore[arg-type]

    found = outcome(CAP, content, replace(POLICY, rounding_unit=Yen(unit)))

    assert (found.verdict, found.field) == (verdict, "advance_payment-guaranteed_amount")


def test_an_advance_within_its_cap_shows_its_share() -> None:
    text = outcome(CAP, the_briefings_application()).text

    assert text == "前払金保証金額 19,440,000円（40.0%）は限度額 19,440,000円（請負金額 48,600,000円の40%）以内です。"


def test_an_advance_above_its_cap_is_told_the_cap_and_where_it_comes_from() -> None:
    content = replace(the_briefings_application(an_advance(2_068_000)), contract_price=Yen(5_170_000))

    text = outcome(CAP, content, replace(POLICY, rounding_unit=Yen(10_000))).text

    assert "限度額 2,060,000円（請負金額 5,170,000円の40%（10,000円未満切捨て））を超えています" in text
    assert text.endswith("限度額以下で入力してください。")


@pytest.mark.parametrize(
    ("amount", "verdict"),
    [pytest.param(8_000_000, Verdict.KEPT, id="対象額の40%"), pytest.param(8_000_001, Verdict.BROKEN, id="1円超える")],
)
def test_in_multi_year_works_the_years_amount_is_the_base(amount: int, verdict: Verdict) -> None:
    content = replace(the_briefings_application(an_advance(amount, year_amount=20_000_000)), contract_price=Yen(90_000_000))

    found = outcome(CAP, content)

    assert found.verdict is verdict
    assert "今年度対象額 20,000,000円の40%" in found.text


def test_in_multi_year_works_the_guarantee_ends_with_the_fiscal_year() -> None:
    content = replace(
        the_briefings_application(an_advance(8_000_000, year_amount=20_000_000)),
        contract_price=Yen(90_000_000),
        contracted_on=date(2026, 6, 1),
        construction_starts_on=date(2026, 6, 1),
        construction_ends_on=date(2028, 9, 30),
    )

    found = outcome("前払金保証：保証期間", content)

    assert found.verdict is Verdict.KEPT
    assert "令和09年03月31日まで" in found.text


def test_a_guarantee_covers_the_works_to_their_end() -> None:
    content = the_briefings_application(an_advance(19_440_000), a_performance(4_860_000))

    for product in ("前払金保証", "契約保証"):
        found = outcome(f"{product}：保証期間", content)
        assert found.verdict is Verdict.KEPT
        assert "保証期間は令和06年09月30日まで" in found.text


def test_a_years_amount_above_the_price_is_refused() -> None:
    found = outcome(YEAR, the_briefings_application(an_advance(1_000_000, year_amount=48_600_001)))

    assert (found.verdict, found.field) == (Verdict.BROKEN, "advance_payment-fiscal_year_amount")
    assert found.text.endswith("請負金額以下で入力してください。")


def test_a_years_amount_up_to_the_price_needs_no_word() -> None:
    assert YEAR not in rules(the_briefings_application(an_advance(1_000_000, year_amount=48_600_000)))


@pytest.mark.parametrize(
    ("amount", "is_low_bid", "verdict", "advice"),
    [
        pytest.param(1_234_568, False, Verdict.KEPT, "以上です。", id="10%を切り上げた額"),
        pytest.param(1_234_567, False, Verdict.BROKEN, "1,234,568円以上で入力してください。", id="1円足りない"),
        pytest.param(3_703_704, True, Verdict.KEPT, "以上です。", id="低入札の30%を切り上げた額"),
        pytest.param(3_703_703, True, Verdict.BROKEN, "3,703,704円以上で入力してください。", id="低入札で1円足りない"),
        pytest.param(12_345_678, False, Verdict.KEPT, "以上です。", id="請負金額と同額"),
        pytest.param(12_345_679, False, Verdict.BROKEN, "請負金額以下で入力してください。", id="請負金額を超える"),
    ],
)
def test_a_performance_guarantee_reaches_its_minimum_and_never_passes_the_price(
    amount: int, is_low_bid: bool, verdict: Verdict, advice: str
) -> None:
    content = replace(the_briefings_application(a_performance(amount)), contract_price=Yen(12_345_678), is_low_bid=is_low_bid)

    found = outcome(MINIMUM, content)

    assert (found.verdict, found.field) == (verdict, "contract_performance-guaranteed_amount")
    assert found.text.endswith(advice)


def test_a_performance_guarantee_without_an_advance_is_to_be_looked_at() -> None:
    alone, with_advance = the_briefings_application(a_performance(4_860_000)), [an_advance(19_440_000), a_performance(4_860_000)]

    found = outcome(PLANNED, alone)

    assert (found.verdict, found.field) == (Verdict.WARNING, "contract_performance-wanted")
    assert found.text.endswith("確認してください。")
    assert PLANNED not in rules(the_briefings_application(*with_advance))


@pytest.mark.parametrize(
    ("first", "interim", "verdict", "advice"),
    [
        pytest.param(19_440_000, 9_720_000, Verdict.KEPT, "以内です。", id="合計60%ちょうど"),
        pytest.param(19_440_000, 9_720_001, Verdict.BROKEN, "中間前払金の金額を減らしてください。", id="合計60%を1円超える"),
    ],
)
def test_both_advances_together_stay_within_three_fifths(first: int, interim: int, verdict: Verdict, advice: str) -> None:
    found = outcome(TOGETHER, the_briefings_application(an_advance(first), an_interim(interim)))

    assert (found.verdict, found.field) == (verdict, "interim_advance_payment-guaranteed_amount")
    assert "限度額 29,160,000円（60%）" in found.text
    assert found.text.endswith(advice)


def test_an_interim_advance_alone_reminds_of_the_first_one() -> None:
    found = outcome(TOGETHER, the_briefings_application(an_interim(9_720_000)))

    assert found.verdict is Verdict.WARNING
    assert "29,160,000円（60%）" in found.text
    assert found.text.endswith("確認してください。")


@pytest.mark.parametrize(
    ("amount", "verdict"),
    [pytest.param(9_720_000, Verdict.KEPT, id="20%ちょうど"), pytest.param(9_720_001, Verdict.BROKEN, id="20%を1円超える")],
)
def test_an_interim_advance_stays_within_a_fifth(amount: int, verdict: Verdict) -> None:
    assert outcome("中間前払金保証：限度額", the_briefings_application(an_interim(amount))).verdict is verdict


def test_an_interim_advance_needs_the_authoritys_certificate_of_progress() -> None:
    found = outcome(CERTIFIED, the_briefings_application(an_interim(9_720_000)))

    assert (found.verdict, found.field) == (Verdict.WARNING, "interim_advance_payment-certified_on")
    assert "認定調書" in found.text
    assert CERTIFIED not in rules(the_briefings_application())


@pytest.mark.parametrize("kind", [WorksKind.DESIGN, WorksKind.SURVEY], ids=["設計", "調査・測量"])
def test_an_interim_advance_is_for_works_only(kind: WorksKind) -> None:
    content = the_briefings_application(an_interim(9_720_000))

    found = outcome(WORKS_ONLY, replace(content, works_kind=kind))

    assert (found.verdict, found.field) == (Verdict.BROKEN, "interim_advance_payment-wanted")
    assert found.text.endswith("選べません。")
    assert WORKS_ONLY not in rules(content)


def test_only_broken_rules_stand_in_the_way() -> None:
    content = replace(the_briefings_application(an_advance(19_440_001), a_performance(1)), contracted_on=date(2024, 4, 2))

    in_the_way = broken(check_application(content, POLICY, applied_on=APPLIED_ON))

    assert [one.rule for one in in_the_way] == [CAP, MINIMUM]


def test_every_product_is_judged_by_its_own_rules() -> None:
    content = the_briefings_application(an_advance(19_440_000), an_interim(9_720_000), a_performance(4_860_000))

    found = rules(content)

    for product in ("前払金保証", "中間前払金保証", "契約保証"):
        assert f"{product}：電子保証への対応" in found
        assert f"{product}：保証期間" in found
    assert len(found) == len(set(found))
