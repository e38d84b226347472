"""保証契約者 of a certificate: the company that applied, or the representative of its joint venture with all members."""

from dataclasses import dataclass

from esurety.domain.joint_venture import JointVenture
from esurety.domain.search_words import folded
from esurety.persistence.models import Company


@dataclass(frozen=True)
class Principal:
    """Who is guaranteed for, as the certificate names it."""

    name: str
    address: str
    representative: str  # 代表取締役 …; empty for a representative that is another company than the one that applied
    joint_venture_name: str = ""
    members: tuple[tuple[str, str, str, bool], ...] = ()

    @property
    def members_text(self) -> str:
        return members_text(self.members)


def members_text(members: tuple[tuple[str, str, str, bool], ...]) -> str:
    """構成員 in one line: 甲建設㈱（60%・代表者）、乙建設㈱（40%）."""
    return "、".join(f"{name}（{share}・代表者）" if is_first else f"{name}（{share}）" for name, _, share, is_first in members)


def principal_of(company: Company, venture: JointVenture | None) -> Principal:
    """The principal of an application's certificates."""
    if venture is None:
        return Principal(company.name, company.address, company.representative)
    first = venture.representative
    is_applicant = folded(first.name) == folded(company.name)
    return Principal(
        first.name,
        first.address,
        company.representative if is_applicant else "",
        venture.name,
        tuple((one.name, one.address, one.share_text, one.is_representative) for one in venture.members),
    )
