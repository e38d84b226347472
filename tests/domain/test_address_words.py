"""Addresses are the same however their numbers were written."""

import pytest

from esurety.domain.address_words import folded_address


@pytest.mark.parametrize(
    ("stored", "typed"),
    [
        pytest.param("東京都中央区八丁堀2丁目27番10号", "東京都中央区八丁堀二丁目27番10号", id="漢数字"),
        pytest.param("東京都中央区八丁堀2丁目27番10号", "東京都中央区八丁堀２－２７－１０", id="略記と全角"),
        pytest.param("東京都中央区八丁堀2丁目27番10号", "東京都中央区 八丁堀2丁目二十七番一〇号", id="十を使う数と使わない数"),
        pytest.param("千葉市中央区市場町1番1号", "千葉市中央区市場町1の1", id="の"),
        pytest.param("長生村本郷一〇五番地", "長生村本郷百五番地", id="百"),
        pytest.param("一宮町一宮2457番地", "一宮町一宮2457", id="地名の漢数字"),
        pytest.param("富里市七栄千二百番地", "富里市七栄1200", id="千二百"),
    ],
)
def test_one_address_has_one_key(stored: str, typed: str) -> None:
    assert folded_address(typed) == folded_address(stored)


@pytest.mark.parametrize(
    ("one", "another"),
    [
        pytest.param("八丁堀2丁目27番10号", "八丁堀2丁目27番1号", id="別の号"),
        pytest.param("八丁堀2丁目7番", "八丁堀27番", id="つながない"),
        pytest.param("市原市五井1", "市原市五井2", id="別の番地"),
    ],
)
def test_different_addresses_stay_apart(one: str, another: str) -> None:
    assert folded_address(one) != folded_address(another)
