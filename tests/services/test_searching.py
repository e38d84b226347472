"""Finding contracts by their works' name: pairs of characters find what LIKE finds, in any spelling."""

from datetime import date

import pytest

from esurety.domain.search_words import folded
from esurety.persistence.contracts import ContractFilter
from esurety.services.read_contracts import list_contracts
from tests.stage import Stage

TODAY = date(2024, 4, 1)
NAMES = (
    "村道1号線 道路改良工事",
    "橋梁長寿命化 詳細設計業務委託",
    "髙﨑橋 耐震補強工事（その①）",
    "高崎団地 ﾊﾞﾘｱﾌﾘｰ改修",
    "㈱みほん前 歩道橋",
    "一宮川 河川維持工事 100%",
    "水",
    "A_B工区 舗装",
)
WORDS = (
    "道路", "橋梁", "橋", "水", "高崎", "髙﨑", "たかさき", "耐震補強", "その1", "その①", "バリアフリー", "ばりあふりー", "ﾊﾞﾘｱ", "株式会社みほん",
    "(株)みほん", "㈱みほん", "１号", "100%", "%", "_", "a_b", "ＡＢ", "道路改良工事", "道改", "工事 その", "ない", "歩道 橋", "一宮川河川",
)  # fmt: skip


@pytest.fixture
def listed(stage: Stage) -> Stage:
    for name in NAMES:
        stage.issued(works_name=name)
    return stage


def found(stage: Stage, word: str) -> set[str]:
    with stage.app.app_context():
        page = list_contracts(stage.person("netdesk"), ContractFilter(word=word), today=TODAY)
        return {contract.works_name for contract in page.contracts}


def test_pairs_find_exactly_what_a_scan_finds(listed: Stage) -> None:
    for word in WORDS:
        scanned = {name for name in NAMES if folded(word) in folded(name)}

        assert found(listed, word) == scanned, word


@pytest.mark.parametrize(
    ("word", "names"),
    [
        ("橋梁", {NAMES[1]}),
        ("高崎", {NAMES[2], NAMES[3]}),
        ("髙﨑", {NAMES[2], NAMES[3]}),
        ("その①", {NAMES[2]}),
        ("バリアフリー", {NAMES[3]}),
        ("株式会社みほん", {NAMES[4]}),
        ("100%", {NAMES[5]}),
        ("水", {NAMES[6]}),
        ("トンネル", set()),
    ],
)
def test_words_people_type(word: str, names: set[str], listed: Stage) -> None:
    assert found(listed, word) == names


def test_an_empty_word_narrows_nothing(listed: Stage) -> None:
    assert found(listed, "") == found(listed, "　") == set(NAMES)
