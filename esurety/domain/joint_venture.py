"""共同企業体 (JV): its name, its members and their shares; papers name the representative, the certificate all."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from esurety.domain.search_words import folded

WHOLE = 10_000  # shares are kept in hundredths of a per cent
MOST_MEMBERS = 10  # ventures of more are not seen in municipal works, and the certificate's page has no room for them [A]


def percent_text(share: int) -> str:
    """Hundredths of a per cent as people write them: 60%, 33.34%."""
    whole, rest = divmod(share, 100)
    return f"{whole}.{rest:02}".rstrip("0").rstrip(".") + "%"


@dataclass(frozen=True)
class Member:
    """構成員 with its share of the works."""

    name: str
    address: str
    share: int  # hundredths of a per cent
    is_representative: bool

    @property
    def share_text(self) -> str:
        """出資比率: 60%, 33.34%."""
        return percent_text(self.share)


@dataclass(frozen=True)
class JointVenture:
    """A joint venture that is complete: one representative, shares that make up the whole."""

    name: str
    members: tuple[Member, ...]

    @property
    def representative(self) -> Member:
        return next(member for member in self.members if member.is_representative)


class About(StrEnum):
    """What is wrong with a joint venture's members."""

    COUNT = "count"
    REPRESENTATIVE = "representative"
    NAMES = "names"
    SHARES = "shares"


class UnsoundJointVenture(ValueError):
    """The members do not make up a joint venture; `advice` says what to correct, `position` which member, counted from 0."""

    def __init__(self, advice: str, about: About, position: int | None = None) -> None:
        super().__init__(advice)
        self.advice, self.about, self.position = advice, about, position


def joint_venture(name: str, members: Sequence[Member]) -> JointVenture:
    """A joint venture of these members. Raises UnsoundJointVenture."""
    if len(members) < 2:
        raise UnsoundJointVenture("構成員を2社以上入力してください", About.COUNT)
    if len(members) > MOST_MEMBERS:
        raise UnsoundJointVenture(f"構成員は{MOST_MEMBERS}社までです。取扱店にご相談ください", About.COUNT)
    if sum(member.is_representative for member in members) != 1:
        raise UnsoundJointVenture("代表者を1社だけ選んでください", About.REPRESENTATIVE)
    companies = [folded(member.name) for member in members]  # ㈱見本 and 株式会社見本 are one company
    for position, company in enumerate(companies):
        if company in companies[:position]:
            raise UnsoundJointVenture("同じ構成員が2回入力されています。1社ずつ入力してください", About.NAMES, position)
    together = sum(member.share for member in members)
    if together != WHOLE:
        raise UnsoundJointVenture(f"出資比率の合計を100%にしてください（いま{percent_text(together)}です）", About.SHARES)
    return JointVenture(name, tuple(sorted(members, key=lambda member: not member.is_representative)))
