"""保証契約番号: the briefing's pattern, and a check letter that notices the slips of people who re-type it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from esurety.domain.guarantee_contract_number import GuaranteeContractNumber, NotAContractNumber, check_letter

numbers = st.builds(
    GuaranteeContractNumber.of,
    st.integers(min_value=1, max_value=999),
    st.integers(min_value=2000, max_value=2099),
    st.integers(min_value=1, max_value=99_999),
)


def test_the_sample_number_of_the_briefing_is_well_formed() -> None:
    assert GuaranteeContractNumber.parse("99999-00005M").text == "99999-00005M"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("99999-00005m", id="小文字"),
        pytest.param("９９９９９－００００５Ｍ", id="全角"),
        pytest.param("9999900005M", id="ハイフンなし"),
        pytest.param("99999 00005 M", id="空白区切り"),
        pytest.param("99999−00005M", id="マイナス記号"),
        pytest.param("99999ー00005M", id="長音"),
        pytest.param("99999─00005M", id="罫線"),
        pytest.param("99999‐00005M", id="U+2010のハイフン"),
        pytest.param("保証契約番号：99999-00005M", id="見出し付き"),
        pytest.param("保 証 契 約 番 号 : 99999-00005M", id="お知らせの見出しのまま"),
        pytest.param("契約情報　99999-00005M", id="法令の呼び名"),
        pytest.param("「99999-00005M」", id="かぎかっこ"),
        pytest.param("\ufeff99999-00005M\u200b\r\n", id="見えない文字と改行"),
    ],
)
def test_a_number_is_read_however_it_was_typed_or_pasted(typed: str) -> None:
    assert str(GuaranteeContractNumber.parse(typed)) == "99999-00005M"


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("", id="空"),
        pytest.param("99999-00005", id="検査文字なし"),
        pytest.param("99999-00005A", id="検査文字違い"),
        pytest.param("99999-00006M", id="数字違い"),
        pytest.param("9999-00005M", id="一桁足りない"),
        pytest.param("999999-00005M", id="一桁多い"),
        pytest.param("9999-0000M", id="画面見本の短い番号"),
        pytest.param("99999-00005MM", id="文字が多い"),
        pytest.param("M99999-00005", id="文字が先"),
        pytest.param("٩٩٩٩٩-٠٠٠٠٥M", id="別の文字体系の数字"),
        pytest.param("99999-00005M\x00", id="制御文字"),
        pytest.param("保証契約番号：", id="見出しだけ"),
    ],
)
def test_what_is_no_number_is_refused(typed: str) -> None:
    with pytest.raises(NotAContractNumber):
        GuaranteeContractNumber.parse(typed)


def test_a_number_names_its_branch_fiscal_year_and_sequence() -> None:
    number = GuaranteeContractNumber.of(branch_code=43, fiscal_year=2026, sequence=5)

    assert number.text[:-1] == "04326-00005"


@pytest.mark.parametrize(
    ("branch_code", "sequence"),
    [
        pytest.param(0, 1, id="支店コード0"),
        pytest.param(1000, 1, id="支店コード四桁"),
        pytest.param(1, 0, id="連番0"),
        pytest.param(1, 100_000, id="連番六桁"),
    ],
)
def test_a_number_that_would_not_fit_its_places_is_refused(branch_code: int, sequence: int) -> None:
    with pytest.raises(NotAContractNumber):
        GuaranteeContractNumber.of(branch_code, 2026, sequence)


@given(numbers)
def test_every_number_made_is_read_back(number: GuaranteeContractNumber) -> None:
    assert GuaranteeContractNumber.parse(number.text) == number
    assert GuaranteeContractNumber.parse(number.text.lower().replace("-", "")) == number


@given(numbers)
def test_every_single_wrong_digit_is_noticed(number: GuaranteeContractNumber) -> None:
    digits, letter = number.text[:5] + number.text[6:11], number.text[-1]

    slips = [digits[:place] + wrong + digits[place + 1 :] for place in range(10) for wrong in "0123456789" if wrong != digits[place]]

    assert len(slips) == 90
    for slip in slips:
        with pytest.raises(NotAContractNumber):
            GuaranteeContractNumber.parse(slip + letter)


@given(numbers)
def test_every_swap_of_two_neighbouring_digits_is_noticed(number: GuaranteeContractNumber) -> None:
    digits, letter = number.text[:5] + number.text[6:11], number.text[-1]

    for place in range(9):
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        if swapped != digits:
            with pytest.raises(NotAContractNumber):
                GuaranteeContractNumber.parse(swapped + letter)


@given(st.text(alphabet="0123456789", min_size=10, max_size=10))
def test_the_check_letter_is_never_one_that_reads_as_a_digit(digits: str) -> None:
    assert check_letter(digits) in "ABCDEFGHJKLMNPQRTUVWXYZ"


def test_numbers_of_one_branch_and_year_sort_by_sequence() -> None:
    made = [GuaranteeContractNumber.of(43, 2026, sequence) for sequence in (10, 2, 99_999)]

    assert [number.text[6:11] for number in sorted(made)] == ["00002", "00010", "99999"]
