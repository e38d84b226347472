"""Laying down an authority's policy from a day on: a new version beside the others, never over them."""

from datetime import date, datetime, time
from fractions import Fraction

from esurety.domain.authority_policy import SubmissionChannel
from esurety.domain.beginning_of_rules import latest_beginning
from esurety.domain.japanese_calendar import JAPAN, era_date, japanese_day
from esurety.domain.policy_form import ReadPolicy
from esurety.domain.products import WorksKind
from esurety.persistence import events, rules
from esurety.persistence.database import writing
from esurety.persistence.models import AuthorityPolicyVersion
from esurety.services.keep_authorities import authority_subject, lock_living_authority
from esurety.services.rule_keeping import refuse_unless_operator
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ChangedMeanwhile


class EffectiveDayHasBegun(Exception):
    """Applications are judged by the policy of that day already: a change begins tomorrow at the earliest."""


class EffectiveDayTaken(Exception):
    """A version begins on that day already."""


class EffectiveDayTooFar(Exception):
    """The day is so far ahead that its year was mistyped; `latest` is the last that is taken."""

    def __init__(self, latest: date) -> None:
        super().__init__(f"after {latest}")
        self.latest = latest


def lay_down_policy(*, account: SignedIn, authority_id: int, laid_down: ReadPolicy, newest_seen: int, token: str, at: datetime) -> None:
    """Add a version of an authority's policy, once per page.

    `newest_seen` is the newest version (its id, 0 for none) that the preview was compared with. Raises NotAnOperator,
    AuthorityNotFound, AuthorityEnded, EffectiveDayHasBegun, EffectiveDayTooFar, EffectiveDayTaken, or ChangedMeanwhile when there is a newer version.
    """
    refuse_unless_operator(account)
    act = f"policy:{authority_id}"
    with writing():
        if events.is_answered(account.account_id, token, act):
            return
        authority = lock_living_authority(account, authority_id)
        versions = rules.policy_versions(authority_id)
        refuse_day(authority_id, laid_down.effective_from, versions, today=japanese_day(at))
        if newest_seen != newest_version(versions):
            raise ChangedMeanwhile
        rules.add(policy_row(authority.id, laid_down, account=account, at=at))
        events.keep_answer(account.account_id, token, act, at)
        events.record_event(
            at=at,
            kind="PolicyLaidDown",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            subject=authority_subject(authority.id),
            note=f"{era_date(laid_down.effective_from, padded=False)}から適用",
        )


def refuse_day(authority_id: int, effective_from: date, versions: list[AuthorityPolicyVersion], *, today: date) -> None:
    """What was judged stays judged: only the first policy of an authority begins today or earlier, and only on a day since which
    nobody has applied. Raises EffectiveDayHasBegun, EffectiveDayTooFar or EffectiveDayTaken.
    """
    standing = [one for one in versions if one.withdrawn_at is None]
    if effective_from <= today and (any(one.effective_from <= today for one in standing) or _is_judged_since(authority_id, effective_from)):
        raise EffectiveDayHasBegun
    if effective_from > latest_beginning(today):
        raise EffectiveDayTooFar(latest_beginning(today))
    if any(one.effective_from == effective_from for one in standing):
        raise EffectiveDayTaken


def _is_judged_since(authority_id: int, day: date) -> bool:
    return rules.has_judged_since(authority_id, datetime.combine(day, time(), JAPAN))


def newest_version(versions: list[AuthorityPolicyVersion]) -> int:
    """The id of the standing version that was laid down last, 0 for none."""
    return max((one.id for one in versions if one.withdrawn_at is None), default=0)


def policy_row(authority_id: int, laid_down: ReadPolicy, *, account: SignedIn, at: datetime) -> AuthorityPolicyVersion:
    """A policy as it is kept."""
    policy = laid_down.policy
    return AuthorityPolicyVersion(
        authority_id=authority_id,
        effective_from=laid_down.effective_from,
        head=policy.head,
        electronic_since=policy.electronic_since,
        counts_by=policy.counts_by.value,
        electronic_works_kinds=",".join(kind.value for kind in WorksKind if kind in policy.electronic_works_kinds),
        submission_channels=",".join(channel.value for channel in SubmissionChannel if channel in policy.submission_channels),
        submission_channel_note=policy.submission_channel_note,
        submission_note=policy.submission_note,
        advance_cap_works=_per_mille(policy.advance_cap_works),
        advance_cap_services=_per_mille(policy.advance_cap_services),
        advance_cap_low_bid=_per_mille(policy.advance_cap_low_bid),
        interim_cap=_per_mille(policy.interim_cap),
        advances_together_cap=_per_mille(policy.advances_together_cap),
        performance_minimum=_per_mille(policy.performance_minimum),
        performance_minimum_low_bid=_per_mille(policy.performance_minimum_low_bid),
        rounding_unit=policy.rounding_unit,
        minimum_price=policy.minimum_price,
        performance_recipient=policy.performance_desk.recipient,
        performance_subject=policy.performance_desk.subject,
        advance_recipient=policy.advance_desk.recipient,
        advance_subject=policy.advance_desk.subject,
        created_at=at,
        created_by=account.account_id,
    )


def _per_mille(share: Fraction) -> int:
    thousandths = share * 1000
    if thousandths.denominator != 1:
        raise ValueError(f"{share} is no whole number of per mille")
    return int(thousandths)
