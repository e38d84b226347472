"""発行権限 and four eyes: tables of who may, and who must leave it to another."""

from datetime import date

import pytest

from esurety.domain.issuing_rights import IssuingRight, may_issue, needs_another_person
from esurety.domain.products import Product
from esurety.domain.yen import Yen

ADVANCE, PERFORMANCE = Product.ADVANCE_PAYMENT, Product.CONTRACT_PERFORMANCE
RIGHT = IssuingRight(ADVANCE, Yen(19_440_000), date(2024, 4, 1), date(2024, 9, 30))
OPEN_ENDED = IssuingRight(ADVANCE, Yen(19_440_000), date(2024, 4, 1), None)


@pytest.mark.parametrize(
    ("right", "product", "amount", "day", "allowed"),
    [
        pytest.param(RIGHT, ADVANCE, 19_440_000, date(2024, 4, 1), True, id="上限ちょうど、初日"),
        pytest.param(RIGHT, ADVANCE, 19_440_001, date(2024, 4, 1), False, id="上限を1円超える"),
        pytest.param(RIGHT, PERFORMANCE, 1, date(2024, 4, 1), False, id="ほかの保証"),
        pytest.param(RIGHT, ADVANCE, 1, date(2024, 3, 31), False, id="開始日の前日"),
        pytest.param(RIGHT, ADVANCE, 1, date(2024, 9, 30), True, id="終了日"),
        pytest.param(RIGHT, ADVANCE, 1, date(2024, 10, 1), False, id="終了日の翌日"),
        pytest.param(OPEN_ENDED, ADVANCE, 1, date(2099, 12, 31), True, id="期限なし"),
    ],
)
def test_an_entry_covers_its_product_amount_and_days(right: IssuingRight, product: Product, amount: int, day: date, allowed: bool) -> None:
    assert may_issue([right], product, Yen(amount), day) is allowed


def test_nobody_without_an_entry_issues_and_any_of_several_entries_is_enough() -> None:
    day = date(2024, 4, 1)

    assert not may_issue([], ADVANCE, Yen(1), day)
    assert may_issue([RIGHT, IssuingRight(PERFORMANCE, Yen(5), day, None)], PERFORMANCE, Yen(5), day)


@pytest.mark.parametrize(
    ("acted_before", "amount", "another"),
    [
        pytest.param({1}, 50_000_001, True, id="限度額を1円超え、自分だけが関わった"),
        pytest.param({1}, 50_000_000, False, id="限度額ちょうど"),
        pytest.param({2}, 50_000_001, False, id="ほかの人が関わった"),
        pytest.param({2, 1}, 50_000_001, False, id="審査は別の人、承認は自分：二人で足りる"),
        pytest.param({None}, 50_000_001, True, id="まだ誰も関わっていない"),
        pytest.param(set(), 50_000_001, True, id="審査がまだ"),
        pytest.param(set(), 50_000_000, False, id="審査がまだ、限度額ちょうど"),
    ],
)
def test_above_the_limit_somebody_else_has_taken_a_part_before(acted_before: set[int | None], amount: int, another: bool) -> None:
    found = needs_another_person(acted_before=acted_before, person_id=1, amount=Yen(amount), four_eyes_above=Yen(50_000_000))

    assert found is another
