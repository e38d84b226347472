"""共同企業体 in the form of 申込の作成: its fields, and what they come to."""

import re
import unicodedata
from collections.abc import Mapping

from esurety.domain.joint_venture import MOST_MEMBERS, WHOLE, About, JointVenture, Member, UnsoundJointVenture, joint_venture
from esurety.domain.search_words import folded
from esurety.domain.typed_fields import TypedForm

FIRST_ROWS = 3  # most ventures have two or three members
_ROWS_ADDED = 2
ROWS_FIELD = "jv_rows"  # how many rows the page had
_LONGEST_NAME, _LONGEST_ADDRESS = 200, 300
_SHARE = re.compile(r"(\d{1,3})(?:\.(\d{1,2}))?")


def member_field(position: int, part: str) -> str:
    """The name of a member's field: jv_member-1-name. Positions count from 1."""
    return f"jv_member-{position}-{part}"


MEMBER_PARTS = ("name", "address", "share")
MEMBER_FIELDS = tuple(member_field(position, part) for position in range(1, MOST_MEMBERS + 1) for part in MEMBER_PARTS)
JOINT_VENTURE_FIELDS = ("is_joint_venture", "joint_venture_name", *MEMBER_FIELDS, "jv_representative", ROWS_FIELD)
_NOT_TYPED = {"is_joint_venture", ROWS_FIELD}


def first_members(company_name: str, company_address: str) -> dict[str, str]:
    """What the block begins with: the signed-in company as the first member and representative."""
    return {member_field(1, "name"): company_name, member_field(1, "address"): company_address, "jv_representative": "1"}


def is_untouched(typed: Mapping[str, str]) -> bool:
    """Whether the block is wanted and nothing has been typed into it yet."""
    return "is_joint_venture" in typed and not any(name in typed for name in JOINT_VENTURE_FIELDS if name not in _NOT_TYPED)


def rows_shown(typed: Mapping[str, str]) -> int:
    """How many members' rows the form has: those that were asked for, and never fewer than something stands in."""
    asked = typed.get(ROWS_FIELD, "")
    rows = int(asked) if asked.isascii() and asked.isdigit() and len(asked) <= len(str(MOST_MEMBERS)) else FIRST_ROWS
    filled = [at for at in range(1, MOST_MEMBERS + 1) if any(typed.get(member_field(at, part)) for part in MEMBER_PARTS)]
    return min(MOST_MEMBERS, max(FIRST_ROWS, rows, *filled[-1:]))


def with_more_rows(typed: Mapping[str, str]) -> dict[str, str]:
    """The form with further rows for members, everything typed kept."""
    return {**typed, ROWS_FIELD: str(min(MOST_MEMBERS, rows_shown(typed) + _ROWS_ADDED))}


def read_joint_venture(form: TypedForm, company_name: str) -> JointVenture | None:
    """The joint venture of the form; None where none is wanted, or where a field needs attention, which `form` then says."""
    if not form.is_on("is_joint_venture"):
        return None
    name = form.text("joint_venture_name", "企業体名", longest=_LONGEST_NAME)
    positions = [at for at in range(1, MOST_MEMBERS + 1) if any(form.raw(member_field(at, part)).strip() for part in MEMBER_PARTS)]
    before = len(form.problems)
    members = {at: _read_member(form, at) for at in positions}
    if len(form.problems) > before or not name:
        return None
    if company_name and folded(company_name) not in {folded(one.name) for one in members.values()}:
        form.complain(member_field(1, "name"), f"構成員に、申込みをする会社（{company_name}）を入力してください")
        return None
    try:
        return joint_venture(name, list(members.values()))
    except UnsoundJointVenture as unsound:
        form.complain(_field_about(unsound, positions), unsound.advice)
        return None


def _field_about(unsound: UnsoundJointVenture, positions: list[int]) -> str:
    """The field that a complaint about the whole joint venture belongs to."""
    if unsound.about is About.REPRESENTATIVE:
        return "jv_representative"
    if unsound.about is About.SHARES:
        return member_field(positions[-1], "share")
    if unsound.about is About.COUNT:
        return member_field(2 if positions == [1] else 1, "name")
    return member_field(positions[unsound.position or 0], "name")


def _read_member(form: TypedForm, at: int) -> Member:
    return Member(
        name=form.text(member_field(at, "name"), f"構成員{at}の商号", longest=_LONGEST_NAME),
        address=form.text(member_field(at, "address"), f"構成員{at}の住所", longest=_LONGEST_ADDRESS),
        share=_read_share(form, at),
        is_representative=form.raw("jv_representative") == str(at),
    )


def _read_share(form: TypedForm, at: int) -> int:
    """A share in hundredths of a per cent: 60, 33.34, ３３．３４％."""
    name = member_field(at, "share")
    typed = unicodedata.normalize("NFKC", form.raw(name)[:100]).strip().rstrip("%").strip()
    if not typed:
        form.complain(name, f"構成員{at}の出資比率を入力してください")
        return 0
    found = _SHARE.fullmatch(typed)
    share = int(found[1]) * 100 + int((found[2] or "").ljust(2, "0")) if found else 0
    if not 1 <= share <= WHOLE:
        form.complain(name, f"構成員{at}の出資比率は「60」「33.34」のように、0.01から100までの数字で入力してください")
    return share
