"""取消し of a policy or a tariff whose day has not come: it judges nothing, and it stays in the history."""

from datetime import datetime

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.persistence import events, rules
from esurety.persistence.database import writing
from esurety.persistence.models import AuthorityPolicyVersion, TariffVersion
from esurety.services.keep_authorities import authority_subject, lock_living_authority
from esurety.services.load_tariffs import tariff_subject
from esurety.services.rule_keeping import refuse_unless_operator
from esurety.services.sign_in import SignedIn


class VersionNotFound(LookupError):
    """There is no such policy or tariff."""


class DayHasCome(Exception):
    """The version is in force or was: what was judged and reckoned by it stays as it is."""


class AlreadyWithdrawn(Exception):
    """Somebody withdrew the version before."""


def withdraw_policy(*, account: SignedIn, authority_id: int, version_id: int, reason: str, at: datetime) -> None:
    """Withdraw a version of an authority's policy before its day; the version before it goes on.

    Raises NotAnOperator, AuthorityNotFound, AuthorityEnded, VersionNotFound, DayHasCome or AlreadyWithdrawn.
    """
    with writing():
        lock_living_authority(account, authority_id)
        version = next((one for one in rules.policy_versions(authority_id) if one.id == version_id), None)
        if version is None:
            raise VersionNotFound
        _withdraw(version, at)
        _record(account, "PolicyWithdrawn", authority_subject(authority_id), f"{_from_day(version)}　理由：{reason}", at)


def withdraw_tariff(*, account: SignedIn, tariff_id: int, reason: str, at: datetime) -> None:
    """Withdraw a tariff of the person's surety before its day; the one before it goes on.

    Raises NotAnOperator, VersionNotFound, DayHasCome or AlreadyWithdrawn.
    """
    refuse_unless_operator(account)
    with writing():
        tariff = rules.lock_tariff(tariff_id)
        if tariff is None or tariff.surety_id != account.surety_id:
            raise VersionNotFound
        _withdraw(tariff, at)
        note = f"{Product(tariff.product).label}　{_from_day(tariff)}　{tariff.label}\n理由：{reason}"
        _record(account, "TariffWithdrawn", tariff_subject(tariff.surety_id), note, at)


def _withdraw(version: AuthorityPolicyVersion | TariffVersion, at: datetime) -> None:
    if version.withdrawn_at is not None:
        raise AlreadyWithdrawn
    if version.effective_from <= japanese_day(at):
        raise DayHasCome
    version.withdrawn_at = at


def _from_day(version: AuthorityPolicyVersion | TariffVersion) -> str:
    return f"{era_date(version.effective_from, padded=False)}から"


def _record(account: SignedIn, kind: str, subject: str, note: str, at: datetime) -> None:
    events.record_event(at=at, kind=kind, actor_id=account.account_id, actor_name=account.actor_name, subject=subject, note=note)
