"""認証キー: drawn from 32 characters that cannot be confused, read back from mail, fax and paper, never shown by accident."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.authentication_key import AuthenticationKey, NotAKey

KEY_CHARACTERS = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # digits and capitals without I, L, O, U
keys = st.text(alphabet=KEY_CHARACTERS, min_size=8, max_size=8)
WIDE = {code: code + 0xFEE0 for code in range(0x21, 0x7F)}


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("ABCDEF01", id="見本"),
        pytest.param("abcdef01", id="小文字"),
        pytest.param("ＡＢＣＤＥＦ０１", id="全角"),
        pytest.param("ａｂｃｄｅｆ０１", id="全角の小文字"),
        pytest.param("ABCD EF01", id="空白入り"),
        pytest.param("ABCD　EF01", id="全角空白入り"),
        pytest.param("ABCD-EF01", id="ハイフン入り"),
        pytest.param("ABCD－EF01", id="全角ハイフン入り"),
        pytest.param("ABCDーEF01", id="長音入り"),
        pytest.param("ABCD─EF01", id="罫線入り"),
        pytest.param("ABCDEFO1", id="0をOと打つ"),
        pytest.param("abcdefo1", id="0をoと打つ"),
        pytest.param("ABCDEF0I", id="1をIと打つ"),
        pytest.param("abcdef0l", id="1をlと打つ"),
        pytest.param("認証キー：ABCDEF01", id="貼り付けた行"),
        pytest.param("認証キー ABCDEF01\r\n", id="改行まで貼り付けた行"),
        pytest.param("認証ｷｰ:ABCDEF01", id="半角カナの見出し"),
        pytest.param("認 証 キー : ABCDEF01", id="お知らせの見出しのまま"),
        pytest.param("「認証キー」：ABCDEF01", id="かぎかっこの見出し"),
        pytest.param("認証情報：ABCDEF01", id="法令の呼び名"),
        pytest.param("\ufeffABCDEF01\u200b", id="見えない文字"),
    ],
)
def test_a_key_is_read_however_it_was_typed_or_pasted(typed: str) -> None:
    assert AuthenticationKey.parse(typed).reveal() == "ABCDEF01"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="空"),
        pytest.param("認証キー：", id="見出しだけ"),
        pytest.param("ABCDEF0", id="七文字"),
        pytest.param("ABCDEF012", id="九文字"),
        pytest.param("ABCDEFU1", id="使わない文字U"),
        pytest.param("ABCDEF0!", id="記号"),
        pytest.param("あいうえおかきく", id="ひらがな"),
        pytest.param("ABCDEF0١", id="別の文字体系の数字"),
        pytest.param("ABCDEF01\x00", id="制御文字"),
        pytest.param("A" * 10_000, id="長すぎる"),
    ],
)
def test_what_is_no_key_is_refused_without_repeating_it(typed: str) -> None:
    with pytest.raises(NotAKey) as refusal:
        AuthenticationKey.parse(typed)

    assert str(refusal.value) == "not an authentication key"


def test_a_drawn_key_has_eight_characters_that_cannot_be_confused() -> None:
    drawn = [AuthenticationKey.draw().reveal() for _ in range(500)]

    assert {len(characters) for characters in drawn} == {8}
    assert set("".join(drawn)) <= set(KEY_CHARACTERS)
    assert len(set(drawn)) == 500


def test_a_key_hides_itself_from_logs_and_pages() -> None:
    key = AuthenticationKey("ABCDEF01")

    for shown in (repr(key), str(key), f"{key}", repr([key]), "%s" % key, f"{key!s:>40}"):  # noqa: UP031 every way a log formats
        assert "ABCDEF01" not in shown


def test_a_key_made_by_hand_must_already_be_clean() -> None:
    with pytest.raises(NotAKey):
        AuthenticationKey("abcdef01")


def test_keys_are_equal_by_their_characters() -> None:
    assert AuthenticationKey("ABCDEF01") == AuthenticationKey.parse("abcdefoi")
    assert AuthenticationKey("ABCDEF01") != AuthenticationKey("ABCDEF02")
    assert AuthenticationKey("ABCDEF01") != "ABCDEF01"
    assert len({AuthenticationKey("ABCDEF01"), AuthenticationKey("ABCDEF01")}) == 1


@given(keys, st.randoms(use_true_random=False))
def test_every_key_is_read_back_from_messed_up_spelling(characters: str, chance: random.Random) -> None:
    spelled = ""
    for character in characters:
        seen = chance.choice({"0": "0Oo", "1": "1IiLl"}.get(character, character + character.lower()))
        spelled += chance.choice([seen, seen.translate(WIDE)]) + chance.choice(["", "", " ", "　", "-", "－", "ー", "‐", "−"])
    label = chance.choice(["", "認証キー：", "認証キー: ", "認 証 キー : ", "「認証キー」", "認証情報　", "認証ｷｰ "])

    assert AuthenticationKey.parse(label + spelled).reveal() == characters


@given(st.text(max_size=120))
def test_anything_typed_is_a_key_or_refused(typed: str) -> None:
    try:
        key = AuthenticationKey.parse(typed)
    except NotAKey:
        return
    assert set(key.reveal()) <= set(KEY_CHARACTERS)
