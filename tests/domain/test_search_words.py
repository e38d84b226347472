"""Searching: names are found however they were typed, by a key that never takes the place of the name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.search_words import bigrams, folded


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        pytest.param("髙橋建設", "高橋建設", id="はしごだか"),
        pytest.param("山﨑組", "山崎組", id="たつさき"),
        pytest.param("𠮷田工業", "吉田工業", id="つちよし"),
        pytest.param("渡邊工務店", "渡辺工務店", id="わたなべの邊"),
        pytest.param("渡邉工務店", "渡邊工務店", id="わたなべの邉と邊"),
        pytest.param("齋藤建設", "斎藤建設", id="さいとうの齋"),
        pytest.param("濱田組", "浜田組", id="はまだの濱"),
        pytest.param("濵田組", "浜田組", id="はまだの濵"),
        pytest.param("長澤建設", "長沢建設", id="澤"),
        pytest.param("神田建設", "神田建設", id="互換漢字の神"),
        pytest.param("㈱ネットデスク建設", "株式会社ネットデスク建設", id="かぶの記号"),
        pytest.param("ネットデスク建設㈱", "ネットデスク建設(株)", id="かぶの略記"),
        pytest.param("ネットデスク建設（株）", "ネットデスク建設株式会社", id="全角かっこ"),
        pytest.param("㈲山田組", "有限会社山田組", id="有限会社"),
        pytest.param("㍿山田組", "株式会社山田組", id="組文字"),
        pytest.param("ネットデスク建設 株式会社", "ネットデスク建設株式会社", id="空白"),
        pytest.param("ネットデスク建設　株式会社", "ネットデスク建設株式会社", id="全角空白"),
        pytest.param("ﾈｯﾄﾃﾞｽｸ建設", "ネットデスク建設", id="半角カナ"),
        pytest.param("ネットデスク建設", "ねっとですく建設", id="ひらがな"),
        pytest.param("ＡＢＣ工業", "abc工業", id="全角英字"),
        pytest.param("第①工区", "第1工区", id="丸数字"),
        pytest.param("橋梁工事１２－３", "橋梁工事12-3", id="全角の番号"),
        pytest.param("コンクリート", "コンクリ−ト", id="長音とマイナス"),
        pytest.param("コンクリート", "ｺﾝｸﾘｰﾄ", id="半角カナの長音"),
        pytest.param("葛\U000e0100城建設", "葛城建設", id="異体字セレクタ"),
        pytest.param("ネット・デスク", "ネットデスク", id="中黒"),
    ],
)
def test_a_name_is_found_however_it_was_typed(stored: str, typed: str) -> None:
    assert folded(stored) == folded(typed)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param("高橋建設", "高梨建設", id="別の姓"),
        pytest.param("株式会社山田組", "有限会社山田組", id="別の会社形態"),
        pytest.param("はし", "ばし", id="濁点"),
        pytest.param("第1工区", "第2工区", id="別の番号"),
    ],
)
def test_different_names_stay_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


def test_a_part_of_a_name_is_found_in_the_whole() -> None:
    assert folded("ﾈｯﾄﾃﾞｽｸ") in folded("㈱ネットデスク建設")


def test_a_key_falls_into_pairs_of_neighbouring_characters() -> None:
    assert bigrams("橋梁補修") == {"橋梁", "梁補", "補修"}
    assert bigrams("橋") == frozenset()
    assert bigrams("") == frozenset()


@given(st.text(), st.text())
def test_a_word_of_two_letters_or_more_shares_its_pairs_with_the_name_it_stands_in(before: str, word: str) -> None:
    assert bigrams(word) <= bigrams(before + word)


@given(st.text())
def test_nothing_typed_can_break_the_search(typed: str) -> None:
    assert " " not in folded(typed)
