"""What the public guide lists."""

from datetime import date

from esurety.persistence import reference_data
from esurety.persistence.models import Branch
from esurety.persistence.reference_data import AuthorityWithPolicy


def authorities_for_guide(*, word: str, today: date) -> list[AuthorityWithPolicy]:
    """The authorities by name, those that accept 電子保証 first."""
    found = reference_data.authorities_on(today, word=word)
    return sorted(found, key=lambda one: one.policy.electronic_since is None)


def branches_for_guide(*, today: date) -> list[Branch]:
    """Whom to ask."""
    return reference_data.all_branches(on=today)
