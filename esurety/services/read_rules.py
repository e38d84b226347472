"""What the pages of rules show."""

from dataclasses import dataclass
from datetime import date

from esurety.domain.authority_policy import AuthorityPolicy
from esurety.persistence import events, reference_data, rules
from esurety.persistence.models import Authority, AuthorityPolicyVersion, Event
from esurety.services.keep_authorities import AuthorityNotFound, authority_subject
from esurety.services.lay_down_policy import newest_version

AUTHORITIES_A_PAGE = 50


@dataclass(frozen=True)
class AuthorityWithVersions:
    """An authority with all that was ever laid down for it, the latest day first."""

    authority: Authority
    versions: list[AuthorityPolicyVersion]

    @property
    def standing(self) -> list[AuthorityPolicyVersion]:
        """Those that were not withdrawn."""
        return [one for one in self.versions if one.withdrawn_at is None]

    @property
    def newest(self) -> int:
        """The standing version that was laid down last."""
        return newest_version(self.versions)

    def in_force(self, day: date) -> AuthorityPolicyVersion | None:
        """The version in force on a day."""
        return next((one for one in self.standing if one.effective_from <= day), None)

    def policy_on(self, day: date) -> AuthorityPolicy:
        """The policy in force on a day, the national defaults where none was laid down."""
        found = self.in_force(day)
        return self.policy_of(found) if found is not None else reference_data.default_policy(self.authority)

    def policy_before(self, version: AuthorityPolicyVersion) -> AuthorityPolicy:
        """What a version followed."""
        earlier = next((one for one in self.standing if one.effective_from < version.effective_from), None)
        return self.policy_of(earlier) if earlier is not None else reference_data.default_policy(self.authority)

    def policy_of(self, version: AuthorityPolicyVersion) -> AuthorityPolicy:
        return reference_data.policy_of(version, self.authority.name)

    def version(self, version_id: int) -> AuthorityPolicyVersion | None:
        return next((one for one in self.versions if one.id == version_id), None)


@dataclass(frozen=True)
class ListedAuthority:
    """One authority of the list, with the policy in force today and the day the next begins."""

    authority: Authority
    policy: AuthorityPolicy
    next_from: date | None


def list_authorities(*, word: str, after: int | None, today: date) -> tuple[list[ListedAuthority], int | None]:
    """A page of authorities by name, and after which one the next page begins."""
    found = rules.list_authorities(word=word, after=after, limit=AUTHORITIES_A_PAGE + 1)
    shown = found[:AUTHORITIES_A_PAGE]
    ids = [one.id for one in shown]
    policies, next_days = reference_data.policies_on(today, ids), rules.next_policy_days(today, ids)
    listed = [
        ListedAuthority(
            one,
            reference_data.policy_of(policies[one.id], one.name) if one.id in policies else reference_data.default_policy(one),
            next_days.get(one.id),
        )
        for one in shown
    ]
    return listed, shown[-1].id if len(found) > AUTHORITIES_A_PAGE else None


def find_authority(authority_id: int) -> AuthorityWithVersions:
    """An authority with its versions. Raises AuthorityNotFound."""
    authority = rules.find_authority(authority_id)
    if authority is None:
        raise AuthorityNotFound
    return AuthorityWithVersions(authority, rules.policy_versions(authority_id))


def happened_to_authority(authority_id: int) -> list[Event]:
    """What was done to an authority, newest first."""
    return events.events_about(authority_subject(authority_id))


def happened_to(subject: str) -> list[Event]:
    """What was done to another record of rules, newest first."""
    return events.events_about(subject)
