"""Finding Japanese names however they were typed: a folded key beside the name, never in place of it."""

import re
import unicodedata
from itertools import islice, product

_ABBREVIATIONS = (("(株)", "株式会社"), ("(有)", "有限会社"), ("(合)", "合同会社"), ("(名)", "合名会社"), ("(資)", "合資会社"))
# Characters that people swap for their everyday twins when they search.
_TWINS = str.maketrans("髙﨑𠮷濵濱邊邉齋齊澤嶋嶌廣國櫻瀨槗⾼", "高崎吉浜浜辺辺斎斉沢島島広国桜瀬橋高")
_WRITTEN_FOR: dict[str, list[str]] = {}
for _rare, _everyday in _TWINS.items():
    _WRITTEN_FOR.setdefault(chr(_everyday), []).append(chr(_rare))
_SIGNS = (("株式会社", "㈱"), ("有限会社", "㈲"))
_MOST_WAYS = 12  # of each form of the company's name
_KATAKANA_TO_HIRAGANA = {code: code - 0x60 for code in range(ord("ァ"), ord("ヶ") + 1)}
_LONGEST_KEY = 800  # what its column holds: one ㌖ becomes six characters, and is still found by the first of them
_DASHES = re.compile("[‐‑‒–—―−ー─━-]")
_IGNORED = re.compile(r"[\s・,、。.]")
_VARIATION_SELECTORS = re.compile("[\ufe00-\ufe0f\U000e0100-\U000e01ef]")


def folded(text: str) -> str:
    """The key under which a name is found: widths, kana, case, ㈱ and 髙 folded; only for searching."""
    plain = unicodedata.normalize("NFKC", _VARIATION_SELECTORS.sub("", text)).lower()
    for short, long in _ABBREVIATIONS:
        plain = plain.replace(short, long)
    plain = plain.translate(_TWINS).translate(_KATAKANA_TO_HIRAGANA)
    return _IGNORED.sub("", _DASHES.sub("-", plain))[:_LONGEST_KEY]


def ways_of_writing(word: str) -> tuple[str, ...]:
    """A word as it may stand in a name that has no folded key beside it: widths, ㈱ and 髙 in the writings that people use."""
    plain = unicodedata.normalize("NFKC", _VARIATION_SELECTORS.sub("", word)).strip()
    for short, long in _ABBREVIATIONS:
        plain = plain.replace(short, long)
    forms = [plain, *(plain.replace(long, sign) for long, sign in _SIGNS if long in plain)]
    forms += [plain.replace(long, short) for short, long in _ABBREVIATIONS if long in plain]
    written = ["".join(one) for form in forms for one in islice(product(*(_alternatives(char) for char in form)), _MOST_WAYS)]
    return tuple(dict.fromkeys([word.strip(), *written]))


def _alternatives(character: str) -> list[str]:
    """A character with those that people swap it for."""
    everyday = character.translate(_TWINS)
    return [character, *(one for one in (everyday, *_WRITTEN_FOR.get(everyday, ())) if one != character)]


def bigrams(key: str) -> frozenset[str]:
    """The pairs of neighbouring characters of a folded key: Japanese search words often have just two (橋梁, 道路)."""
    return frozenset(key[i : i + 2] for i in range(len(key) - 1))
