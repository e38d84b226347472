"""Fields as people fill them: a value, or one polite sentence that says what to do."""

from datetime import date

import pytest

from esurety.domain.products import WorksKind
from esurety.domain.typed_fields import TypedForm, unusable_character
from esurety.domain.yen import Yen


def a_form(typed: str) -> TypedForm:
    return TypedForm({"field": typed})


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("㈱髙﨑組", id="環境依存文字"),
        pytest.param("𠮷田工業", id="サロゲートペアの字"),
        pytest.param("神田建設", id="互換漢字"),
        pytest.param("第①工区　舗装工事", id="丸数字と全角空白"),
        pytest.param("ﾈｯﾄﾃﾞｽｸ建設", id="半角カナ"),
        pytest.param("ＡＢＣ　工業", id="全角英字"),
        pytest.param("葛\U000e0100城建設", id="異体字セレクタ"),
        pytest.param("か\u3099", id="結合文字の濁点"),
    ],
)
def test_a_name_is_kept_exactly_as_typed(name: str) -> None:
    form = a_form(name)

    assert form.text("field", "工事名", longest=200) == name
    assert form.problems == {}


def test_blanks_around_a_name_are_dropped() -> None:
    assert a_form(" 　耐震改修工事　 ").text("field", "工事名", longest=200) == "耐震改修工事"


@pytest.mark.parametrize("typed", ["", "  ", "　"])
def test_a_missing_name_is_asked_for(typed: str) -> None:
    form = a_form(typed)

    form.text("field", "工事名", longest=200)

    assert form.problems == {"field": "工事名を入力してください"}


def test_a_name_not_required_may_be_missing() -> None:
    form = TypedForm({})

    assert form.text("field", "工事番号", longest=60, required=False) == ""
    assert form.problems == {}


def test_a_name_too_long_is_told_its_length() -> None:
    form, fits = a_form("あ" * 201), a_form("𠮷" * 200)

    form.text("field", "工事名", longest=200)
    fits.text("field", "工事名", longest=200)

    assert form.problems == {"field": "工事名は200文字以内で入力してください（いま201文字です）"}
    assert fits.problems == {}


@pytest.mark.parametrize(
    ("typed", "named"),
    [
        pytest.param("耐震\x00改修", "U+0000", id="ヌル文字"),
        pytest.param("耐震\n改修", "U+000A", id="改行"),
        pytest.param("耐震\t改修", "U+0009", id="タブ"),
        pytest.param("耐震\x85改修", "U+0085", id="C1制御文字"),
        pytest.param("耐震\u202e改修", "U+202E", id="右から左への上書き"),
        pytest.param("耐震\u2066改修", "U+2066", id="方向の隔離"),
        pytest.param("耐震\u061c改修", "U+061C", id="アラビア文字の方向記号"),
        pytest.param("耐震\u2028改修", "U+2028", id="行区切り"),
        pytest.param("耐震\ud842改修", "U+D842", id="片割れのサロゲート"),
    ],
)
def test_a_character_no_name_can_have_is_named(typed: str, named: str) -> None:
    form = a_form(typed)

    form.text("field", "工事名", longest=200)

    assert named in (unusable_character(typed) or "")
    assert named in form.problems["field"]
    assert form.problems["field"].endswith("取り除いて入力してください")


def test_a_paragraph_keeps_its_lines() -> None:
    form = a_form(" 一行目\r\n二行目\n ")

    assert form.paragraph("field", "差戻しの理由", longest=100) == "一行目\n二行目"
    assert form.problems == {}


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param("", "差戻しの理由を入力してください", id="空"),
        pytest.param("あ" * 11, "差戻しの理由は10文字以内で入力してください（いま11文字です）", id="長すぎる"),
        pytest.param("あ\x07", "差戻しの理由に使えない文字（制御文字 U+0007）が含まれています。取り除いて入力してください", id="制御文字"),
    ],
)
def test_a_paragraph_that_cannot_be_kept_is_told_why(typed: str, message: str) -> None:
    form = a_form(typed)

    form.paragraph("field", "差戻しの理由", longest=10)

    assert form.problems == {"field": message}


def test_an_amount_is_read_in_any_width() -> None:
    assert a_form("４８，６００，０００円").amount("field", "請負金額") == Yen(48_600_000)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param("", "請負金額を入力してください", id="空"),
        pytest.param("たくさん", "請負金額は数字で入力してください（例：48,600,000）", id="言葉"),
        pytest.param("0", "請負金額は1円以上で入力してください", id="ゼロ"),
        pytest.param("9" * 15, "請負金額は9,999億円以下で入力してください", id="大きすぎる"),
        pytest.param("9" * 5_000, "請負金額は9,999億円以下で入力してください", id="途方もなく長い"),
    ],
)
def test_an_amount_that_cannot_be_read_is_told_what_to_type(typed: str, message: str) -> None:
    form = a_form(typed)

    assert form.amount("field", "請負金額") is None
    assert form.problems == {"field": message}


def test_a_day_is_read_in_japanese_style() -> None:
    assert a_form("Ｒ６．４．１").day("field", "契約日") == date(2024, 4, 1)


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        pytest.param("", "契約日を入力してください", id="空"),
        pytest.param("令和5年02月30日", "契約日は存在する日付を入力してください（令和5年2月は28日までです）", id="存在しない日"),
        pytest.param("平成40年1月1日", "契約日は「平成40年1月1日」ではなく「令和10年1月1日」と入力してください", id="終わった元号"),
    ],
)
def test_a_day_that_cannot_be_read_is_told_what_to_type(typed: str, message: str) -> None:
    form = a_form(typed)

    assert form.day("field", "契約日") is None
    assert form.problems == {"field": message}


def test_amounts_and_days_not_required_may_be_missing() -> None:
    form = TypedForm({})

    assert form.amount("field", "今年度対象額", required=False) is None
    assert form.day("field", "公告日", required=False) is None
    assert form.choice("field", "種別", WorksKind, required=False) is None
    assert form.problems == {}


@pytest.mark.parametrize("typed", ["", "building", "WORKS", " works"])
def test_a_choice_that_was_not_offered_is_asked_for_again(typed: str) -> None:
    form = a_form(typed)

    assert form.choice("field", "種別", WorksKind) is None
    assert form.problems == {"field": "種別を選んでください"}


def test_an_offered_choice_is_taken() -> None:
    assert a_form("design").choice("field", "種別", WorksKind) is WorksKind.DESIGN


@pytest.mark.parametrize("typed", ["", "3", "-1", "1.0", "１", "1 OR 1=1", "9" * 50])
def test_a_record_that_was_not_offered_is_asked_for_again(typed: str) -> None:
    form = a_form(typed)

    assert form.identifier("field", "発注者", {1, 2}) is None
    assert form.problems == {"field": "発注者を選んでください"}


def test_an_offered_record_is_taken() -> None:
    assert a_form("2").identifier("field", "発注者", {1, 2}) == 2


@pytest.mark.parametrize(
    ("typed", "address"),
    [
        pytest.param("abcde@ejcs.co.jp", "abcde@ejcs.co.jp", id="説明会資料の例"),
        pytest.param("ａｂｃｄｅ＠ｅｊｃｓ．ｃｏ．ｊｐ", "abcde@ejcs.co.jp", id="全角"),
        pytest.param(" abcde@ejcs.co.jp　", "abcde@ejcs.co.jp", id="前後の空白"),
        pytest.param("kouji.bu+hosho@net-desk.example.jp", "kouji.bu+hosho@net-desk.example.jp", id="記号入り"),
    ],
)
def test_a_mail_address_is_read_in_any_width(typed: str, address: str) -> None:
    form = a_form(typed)

    assert form.email("field", "メールアドレス") == address
    assert form.problems == {}


@pytest.mark.parametrize(
    "typed",
    [
        pytest.param("abcde", id="アットなし"),
        pytest.param("abcde@ejcs", id="ドットなし"),
        pytest.param("a b@ejcs.co.jp", id="空白入り"),
        pytest.param("a..b@ejcs.co.jp", id="ドットの連続"),
        pytest.param("abcde@ejcs.co.jp, x@example.jp", id="宛先が二つ"),
        pytest.param("abcde@ejcs.co.jp\r\nBcc: x@example.jp", id="見出しの注入"),
        pytest.param("株@ejcs.co.jp", id="漢字"),
        pytest.param("a@" + "b" * 64 + ".jp", id="長すぎる区切り"),
        pytest.param("a@" + "b." * 130 + "jp", id="長すぎる"),
    ],
)
def test_what_is_no_mail_address_is_answered_with_an_example(typed: str) -> None:
    form = a_form(typed)

    form.email("field", "メールアドレス")

    assert form.problems == {"field": "メールアドレスは「abcde@example.jp」のように半角で入力してください"}


def test_a_missing_mail_address_is_asked_for() -> None:
    form = a_form("　")

    form.email("field", "メールアドレス")

    assert form.problems == {"field": "メールアドレスを入力してください"}


def test_the_first_message_of_a_field_stays() -> None:
    form = a_form("")

    form.complain("field", "一つ目")
    form.complain("field", "二つ目")

    assert form.problems == {"field": "一つ目"}


@pytest.mark.parametrize(("typed", "ticked"), [("on", True), ("yes", True), ("", False), ("no", False), ("off", False)])
def test_a_checkbox_is_ticked_or_not(typed: str, ticked: bool) -> None:
    assert a_form(typed).is_on("field") is ticked
    assert TypedForm({}).is_on("field") is False
