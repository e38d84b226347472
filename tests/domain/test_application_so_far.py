"""What the form answers while it is typed: never a slip of what is still empty, always the rule's own words."""

from datetime import date

import pytest

from esurety.domain.application_so_far import read_so_far, slips_so_far
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.rule_outcome import Verdict

POLICY = AuthorityPolicy("長生村", electronic_since=date(2024, 4, 1))
TODAY = date(2024, 4, 1)
BEGUN = {"works_kind": "works", "contract_price": "48,600,000"}
DAYS = {"contracted_on": "R6.4.1", "construction_starts_on": "R6.4.1", "construction_ends_on": "R6.9.30"}
ADVANCE = {"advance_payment-wanted": "on", "advance_payment-guaranteed_amount": "19,440,001"}
PERFORMANCE = {"contract_performance-wanted": "on"}


def said(**typed: str) -> dict[str, Verdict]:
    found = read_so_far(BEGUN | {name.replace("__", "-"): value for name, value in typed.items()}, today=TODAY)
    assert found is not None
    return {one.rule: one.verdict for one in found.outcomes(POLICY)}


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        pytest.param({}, {}, id="まだ何も選んでいない"),
        pytest.param(ADVANCE, {"前払金保証：限度額": Verdict.BROKEN}, id="形式も日付もまだでも限度額を言う"),
        pytest.param(
            ADVANCE | DAYS, {"前払金保証：限度額": Verdict.BROKEN, "前払金保証：保証期間": Verdict.KEPT}, id="日付がそろえば保証期間も言う"
        ),
        pytest.param(PERFORMANCE, {"契約保証：前払金の予定": Verdict.WARNING}, id="金額が空のあいだは不足と言わない"),
        pytest.param(
            PERFORMANCE | {"contract_performance-guaranteed_amount": "1"},
            {"契約保証：最低額": Verdict.BROKEN, "契約保証：前払金の予定": Verdict.WARNING},
            id="契約保証が1円",
        ),
        pytest.param(DAYS | {"contracted_on": "R6.4.2"}, {"契約日と工期": Verdict.WARNING}, id="契約日より前に始まる工期"),
    ],
)
def test_what_can_be_said_is_said(typed: dict[str, str], expected: dict[str, Verdict]) -> None:
    assert said(**typed) == expected


def test_nothing_is_measured_without_a_price() -> None:
    assert read_so_far({"works_kind": "works"}, today=TODAY) is None


@pytest.mark.parametrize(
    ("typed", "fields"),
    [
        pytest.param({}, set(), id="空欄"),
        pytest.param({"construction_starts_on": "R6.4.1", "construction_ends_on": "R6.3.31"}, {"construction_ends_on"}, id="工期が逆"),
        pytest.param({"construction_ends_on": "平成40年1月1日"}, {"construction_ends_on"}, id="平成40年"),
        pytest.param({"contracted_on": "R6.4.1", "announced_on": "R6.4.2"}, {"announced_on"}, id="公告日が契約日より後"),
        pytest.param({"contract_price": "10000億"}, {"contract_price"}, id="9999億円を超える"),
    ],
)
def test_only_what_is_there_can_be_a_slip(typed: dict[str, str], fields: set[str]) -> None:
    assert set(slips_so_far(typed)) == fields
