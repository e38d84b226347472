"""共同企業体: who its members are, and what the form says when they do not make one up."""

import pytest

from esurety.domain.joint_venture import JointVenture, Member, UnsoundJointVenture, joint_venture
from esurety.domain.joint_venture_form import first_members, is_untouched, member_field, read_joint_venture, rows_shown, with_more_rows
from esurety.domain.typed_fields import TypedForm

OWN = "ネットデスク建設株式会社"


def typed(*rows: tuple[str, str, str], name: str = "見本特定建設工事共同企業体", representative: str = "1") -> dict[str, str]:
    """A form with members given as (name, address, share)."""
    form = {"is_joint_venture": "on", "joint_venture_name": name, "jv_representative": representative}
    for at, row in enumerate(rows, 1):
        form |= {member_field(at, part): value for part, value in zip(("name", "address", "share"), row, strict=True)}
    return {field: value for field, value in form.items() if value}


def read(form: dict[str, str]) -> tuple[JointVenture | None, dict[str, str]]:
    reader = TypedForm(form)
    return read_joint_venture(reader, OWN), reader.problems


THREE = ((OWN, "東京都中央区", "33.34"), ("見本土木㈱", "千葉県長生村", "３３．３３％"), ("髙﨑工業", "千葉市", "33.33%"))


def test_members_with_shares_make_a_joint_venture() -> None:
    venture, problems = read(typed(*THREE))

    assert problems == {}
    assert venture is not None
    assert [(one.name, one.share_text) for one in venture.members] == [(OWN, "33.34%"), ("見本土木㈱", "33.33%"), ("髙﨑工業", "33.33%")]
    assert venture.representative.name == OWN


def test_the_representative_stands_first() -> None:
    venture, _ = read(typed(*THREE, representative="3"))

    assert venture is not None
    assert venture.members[0].name == venture.representative.name == "髙﨑工業"


def test_without_the_tick_nothing_is_read() -> None:
    form = typed(*THREE)
    del form["is_joint_venture"]

    assert read(form) == (None, {})


@pytest.mark.parametrize(
    ("form", "field", "advice"),
    [
        pytest.param(typed(*THREE, name=""), "joint_venture_name", "企業体名を入力してください", id="企業体名がない"),
        pytest.param(typed((OWN, "東京都", "100")), "jv_member-2-name", "構成員を2社以上入力してください", id="1社だけ"),
        pytest.param(typed(*THREE, representative=""), "jv_representative", "代表者を1社だけ選んでください", id="代表者を選んでいない"),
        pytest.param(typed(*THREE, representative="5"), "jv_representative", "代表者を1社だけ選んでください", id="代表者が空の行"),
        pytest.param(
            typed((OWN, "東京都", "60"), ("見本土木", "千葉県", "39.5")),
            "jv_member-2-share",
            "出資比率の合計を100%にしてください（いま99.5%です）",
            id="合計が100%でない",
        ),
        pytest.param(
            typed((OWN, "東京都", "60"), ("ネットデスク建設㈱", "東京都", "40")),
            "jv_member-2-name",
            "同じ構成員が2回入力されています。1社ずつ入力してください",
            id="書き方が違う同じ会社",
        ),
        pytest.param(
            typed(("甲建設", "東京都", "60"), ("乙建設", "千葉県", "40")),
            "jv_member-1-name",
            f"構成員に、申込みをする会社（{OWN}）を入力してください",
            id="自社がいない",
        ),
        pytest.param(typed((OWN, "", "60"), THREE[1]), "jv_member-1-address", "構成員1の住所を入力してください", id="住所がない"),
        pytest.param(typed((OWN, "東京都", ""), THREE[1]), "jv_member-1-share", "構成員1の出資比率を入力してください", id="比率がない"),
        *(
            pytest.param(
                typed((OWN, "東京都", share), THREE[1]),
                "jv_member-1-share",
                "構成員1の出資比率は「60」「33.34」のように、0.01から100までの数字で入力してください",
                id=f"比率が{share}",
            )
            for share in ("0", "六割", "-5", "33.345", "101", "1e2")
        ),
    ],
)
def test_what_is_wrong_is_said_at_its_field(form: dict[str, str], field: str, advice: str) -> None:
    venture, problems = read(form)

    assert venture is None
    assert problems[field] == advice


def test_the_representative_must_be_one() -> None:
    with pytest.raises(UnsoundJointVenture):
        joint_venture("甲乙共同企業体", [Member("甲", "", 5_000, True), Member("乙", "", 5_000, True)])


def test_a_block_just_opened_begins_with_the_company_itself() -> None:
    assert is_untouched({"is_joint_venture": "on", "works_name": "工事"})
    assert not is_untouched({"is_joint_venture": "on", "jv_member-2-name": "乙"})
    assert not is_untouched({"works_name": "工事"})
    assert first_members(OWN, "東京都")["jv_representative"] == "1"


# ---- as many rows as the venture has members ----


def members(count: int) -> tuple[tuple[str, str, str], ...]:
    """A venture of so many companies, the last with what is left of the whole."""
    each = 100 // count
    shares = [each] * (count - 1) + [100 - each * (count - 1)]
    return tuple((OWN if at == 1 else f"構成{at}建設", "千葉県", str(share)) for at, share in enumerate(shares, 1))


@pytest.mark.parametrize(
    ("form", "rows"),
    [
        pytest.param({}, 3, id="はじめは3社"),
        pytest.param({"jv_rows": "5"}, 5, id="増やした数"),
        pytest.param({"jv_rows": "99"}, 10, id="最大は10社"),
        pytest.param({"jv_rows": "1"}, 3, id="3社より減らない"),
        pytest.param({"jv_rows": "多数"}, 3, id="数でない"),
        pytest.param({"jv_member-6-share": "10"}, 6, id="入力のある行は隠れない"),
    ],
)
def test_the_form_has_the_rows_asked_for(form: dict[str, str], rows: int) -> None:
    assert rows_shown(form) == rows


def test_rows_are_added_up_to_the_most_and_nothing_typed_is_lost() -> None:
    form = typed(*THREE)

    counts = []
    for _ in range(5):
        form = with_more_rows(form)
        counts.append(rows_shown(form))

    assert counts == [5, 7, 9, 10, 10]
    assert typed(*THREE).items() <= form.items()


def test_ten_members_make_a_venture_and_eleven_do_not() -> None:
    venture, problems = read(typed(*members(10)))

    assert problems == {}
    assert venture is not None
    assert len(venture.members) == 10
    with pytest.raises(UnsoundJointVenture) as no:
        joint_venture("十一社共同企業体", [Member(f"{at}建設", "", 900 if at else 1_000, at == 0) for at in range(11)])
    assert "10社まで" in no.value.advice


def test_the_shares_of_further_rows_count_towards_the_whole() -> None:
    rows = (*members(9)[:-1], ("構成9建設", "千葉県", "11"))  # 8 × 11 % + 11 % = 99 %

    assert read(typed(*rows))[1] == {"jv_member-9-share": "出資比率の合計を100%にしてください（いま99%です）"}


def test_more_rows_alone_are_nothing_typed() -> None:
    assert is_untouched({"is_joint_venture": "on", "jv_rows": "5"})
