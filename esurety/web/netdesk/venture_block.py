"""共同企業体 in the form: its members as rows of fields."""

from collections.abc import Mapping
from dataclasses import dataclass

from esurety.domain.joint_venture import MOST_MEMBERS
from esurety.domain.joint_venture_form import JOINT_VENTURE_FIELDS, member_field, rows_shown


@dataclass(frozen=True)
class MemberRow:
    """The fields of one member."""

    label: str
    name: str
    address: str
    share: str
    is_needed: bool


@dataclass(frozen=True)
class VentureBlock:
    """The block of the form; what was typed stays in hidden fields while it is closed."""

    wanted: bool
    typed: Mapping[str, str]
    errors: Mapping[str, str]

    @property
    def count(self) -> int:
        """How many rows are shown."""
        return rows_shown(self.typed)

    @property
    def most(self) -> int:
        """How many members a venture can have."""
        return MOST_MEMBERS

    @property
    def rows(self) -> list[MemberRow]:
        return [
            MemberRow(f"構成員{at}", member_field(at, "name"), member_field(at, "address"), member_field(at, "share"), at <= 2)  # noqa: PLR2004 - a venture has two members at least
            for at in range(1, self.count + 1)
        ]

    @property
    def representative_options(self) -> list[tuple[str, str]]:
        return [(str(at), f"構成員{at}") for at in range(1, self.count + 1)]

    @property
    def kept(self) -> list[tuple[str, str]]:
        """What a closed block carries along."""
        return [(name, self.typed[name]) for name in JOINT_VENTURE_FIELDS if name != "is_joint_venture" and name in self.typed]
