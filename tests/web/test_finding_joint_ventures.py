"""A joint venture is found by its name and by each of its members, in the queue and among the contracts, however 髙 and ㈱ are typed."""

import pytest

from esurety.domain.search_words import ways_of_writing
from tests.stage import Stage
from tests.web.page_client import PageClient
from tests.web.test_joint_venture_pages import VENTURE

WORDS = [
    pytest.param("特定建設工事共同企業体", 1, id="企業体名"),
    pytest.param("見本・高崎", 1, id="企業体名の髙﨑を高崎と"),
    pytest.param("髙﨑土木㈱", 1, id="構成員のとおり"),
    pytest.param("高崎土木株式会社", 1, id="構成員を常用の字で"),
    pytest.param("高崎土木(株)", 1, id="構成員を半角の略で"),
    pytest.param("土木％", 0, id="記号はそのまま"),
    pytest.param("別の会社", 0, id="ないもの"),
]


@pytest.mark.parametrize(("word", "found"), WORDS)
def test_the_queue_and_the_contracts_find_it(word: str, found: int, clerk: PageClient, stage: Stage) -> None:
    number = stage.issued(**VENTURE).number
    waiting = stage.submit(works_name="別の工事", works_number="", **VENTURE)
    stage.submit(works_name="また別の工事", works_number="")

    contracts = clerk.get(f"/office/contracts/?company={word}")
    queue = clerk.get(f"/office/?word={word}")

    assert (number in contracts.words) is bool(found)
    assert (f"{waiting:06d}" in queue.words) is bool(found)
    assert "また別の工事" not in queue.words


def test_a_word_has_a_bounded_number_of_writings() -> None:
    ways = ways_of_writing("高崎吉浜辺斎沢島広国桜瀬橋")

    assert len(ways) == 12, "of three thousand"
    assert ways_of_writing("見本") == ("見本",)
