"""An authority that has ended: warned of from its day on, not before."""

from datetime import date

from esurety.domain.authority_standing import authority_outcome, ended_authority_text
from esurety.domain.rule_outcome import Verdict

DAY = date(2024, 4, 2)


def test_it_is_warned_of_from_its_day_on() -> None:
    assert authority_outcome("〇〇区", None, DAY) is None
    assert authority_outcome("〇〇区", DAY, date(2024, 4, 1)) is None

    outcome = authority_outcome("〇〇区", DAY, DAY)

    assert outcome is not None
    assert outcome.verdict is Verdict.WARNING
    assert outcome.text.startswith("〇〇区は終了した発注者（令和06年04月02日から）です。")


def test_before_its_day_it_is_one_that_will_end() -> None:
    assert ended_authority_text(DAY, date(2024, 4, 1)) == "終了する発注者（令和06年04月02日から）"
