"""Comparing Japanese addresses however their numbers were written: a key beside the address, never in place of it."""

import re

from esurety.domain.search_words import folded

_DIGITS = {character: str(digit) for digit, character in enumerate("〇一二三四五六七八九")} | {"零": "0"}
_TENS = {"十": 10, "百": 100, "千": 1_000}
_KANJI_NUMBER = re.compile("[〇零一二三四五六七八九十百千]+")
_PARTS = re.compile("丁目|番地の?|番|号|の(?=[0-9])")
_RUNS_OF_DASHES = re.compile("-+")


def folded_address(text: str) -> str:
    """The key of an address: 八丁堀二丁目27番10号, 八丁堀２－２７－１０ and 八丁堀2丁目二十七番地10 have the same one."""
    numbered = _KANJI_NUMBER.sub(lambda found: _number(found.group()), folded(text))
    return _RUNS_OF_DASHES.sub("-", _PARTS.sub("-", numbered)).strip("-")


def _number(kanji: str) -> str:
    """二十七 and 二七 are 27, 百五 is 105."""
    if not any(character in _TENS for character in kanji):
        return "".join(_DIGITS[character] for character in kanji)
    whole, pending = 0, ""
    for character in kanji:
        if character in _TENS:
            whole, pending = whole + int(pending or "1") * _TENS[character], ""
        else:
            pending += _DIGITS[character]
    return str(whole + int(pending or "0"))
