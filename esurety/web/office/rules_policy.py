"""取扱いの新しい版: the form, the preview field by field, laying it down."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.documents.printable_characters import missing_characters
from esurety.domain.authority_policy import CountsBy, SubmissionChannel
from esurety.domain.beginning_of_rules import YEARS_AHEAD
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.policy_form import (
    EXAMPLE_PRICE,
    FIELD_NAMES,
    IncompletePolicy,
    PolicyChange,
    ReadPolicy,
    channel_field,
    compare_policies,
    kind_field,
    policy_example,
    read_policy,
    typed_policy,
)
from esurety.domain.products import WorksKind
from esurety.services.keep_authorities import AuthorityEnded
from esurety.services.lay_down_policy import EffectiveDayHasBegun, EffectiveDayTaken, EffectiveDayTooFar, lay_down_policy, refuse_day
from esurety.services.read_rules import AuthorityWithVersions, find_authority
from esurety.services.sign_in import SignedIn
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import whole
from esurety.web.office.rules_authorities import changes_first
from esurety.web.office.rules_home import operator

_LONGEST = 2_000
_CHANGED = "ほかの人がこの発注者の取扱いを登録しました。変更点を最新の取扱いと比べ直しました。確認して、もう一度登録してください。"


@dataclass(frozen=True)
class ExampleLine:
    """One amount of the example, before and after."""

    label: str
    before: str
    after: str


@blueprint.get("/rules/authorities/<int:authority_id>/policies/new")
def new_policy(authority_id: int) -> str:
    """The form, filled with the policy in force."""
    operator()
    found = _living(authority_id)
    typed = typed_policy(found.policy_on(japanese_day(now())))
    if request.args.get("based_on") == "newest" and found.standing:
        typed = typed_policy(found.policy_of(found.standing[0]))
    return _form(found, typed)


@blueprint.post("/rules/authorities/<int:authority_id>/policies/new")
def lay_down_new_policy(authority_id: int) -> Response:
    """action: preview (what would change), edit (back to the form), save."""
    account, at = operator(), now()
    found = _living(authority_id)
    typed = {name: value[:_LONGEST] for name, value in request.form.items() if name in FIELD_NAMES}
    if request.form.get("action") == "edit":
        return _answer(_form(found, typed))
    try:
        read = read_policy(typed, found.authority.name, unprintable=missing_characters)
        if request.form.get("action") == "save":
            return _save(account, found, read, at)
        refuse_day(authority_id, read.effective_from, found.versions, today=japanese_day(at))
        return _answer(_preview(found, read, typed))
    except IncompletePolicy as no:
        problems = no.problems
    except EffectiveDayHasBegun:
        earliest = era_date(_tomorrow(at), padded=False)
        problems = {
            "effective_from": f"適用開始日はあした（{earliest}）以降の日付で入力してください。受け付けた申込みの判断は変えられません"
        }
    except EffectiveDayTooFar as no:
        problems = {
            "effective_from": f"適用開始日の{era_date(read.effective_from, padded=False)}は、{YEARS_AHEAD}年より先です。"
            f"{era_date(no.latest, padded=False)}までの日付で入力してください"
        }
    except EffectiveDayTaken:
        problems = {"effective_from": "その日から始まる取扱いがすでにあります。適用開始日を別の日にしてください"}
    except ChangedMeanwhile:
        return _answer(_preview(find_authority(authority_id), read, typed, notice=_CHANGED), 409)
    return _answer(_form(found, typed, problems), 422)


def _save(account: SignedIn, found: AuthorityWithVersions, read: ReadPolicy, at: datetime) -> Response:
    authority_id, name = found.authority.id, found.authority.name
    lay_down_policy(
        account=account,
        authority_id=authority_id,
        laid_down=read,
        newest_seen=whole(request.form, "newest_seen") or 0,
        token=request.form.get("token", "")[:64] or new_token(),
        at=at,
    )
    flash(f"{name}の取扱いを登録しました（{era_date(read.effective_from, padded=False)}から適用）。", "success")
    return see_other(url_for("office.rules_authority", authority_id=authority_id))


def _living(authority_id: int) -> AuthorityWithVersions:
    found = find_authority(authority_id)
    if found.authority.ended_on is not None:
        raise AuthorityEnded(found.authority.ended_on)
    return found


def _form(found: AuthorityWithVersions, typed: dict[str, str], problems: dict[str, str] | None = None) -> str:
    errors = problems or {}
    return render_template(
        "office/rules/policy_form.html",
        authority=found.authority,
        typed=typed,
        errors=errors,
        problems=list(errors.items()),
        counts_by=[(one.value, one.label) for one in CountsBy],
        channels=[(channel_field(channel), channel.label) for channel in SubmissionChannel],
        kinds=[(kind_field(kind), kind.label) for kind in WorksKind],
        is_first=found.in_force(japanese_day(now())) is None,
        tomorrow=era_date(_tomorrow(now()), padded=False),
    )


def _preview(found: AuthorityWithVersions, read: ReadPolicy, typed: dict[str, str], *, notice: str = "") -> str:
    before = found.policy_on(read.effective_from)
    old, new = dict(policy_example(before)), dict(policy_example(read.policy))
    after = min((one.effective_from for one in found.standing if one.effective_from > read.effective_from), default=None)
    changes: list[PolicyChange] = compare_policies(before, read.policy)
    return render_template(
        "office/rules/policy_preview.html",
        authority=found.authority,
        effective_from=era_date(read.effective_from, padded=False),
        is_default=found.in_force(read.effective_from) is None,
        changes=changes_first(changes),
        number_of_changes=sum(one.differs for one in changes),
        price=EXAMPLE_PRICE.text,
        example=[ExampleLine(label, old.get(label, "対象外"), new.get(label, "対象外")) for label in {**old, **new}],
        typed=typed,
        newest_seen=found.newest,
        until=era_date(after, padded=False) if after is not None else "",
        notice=notice,
    )


def _tomorrow(at: datetime) -> date:
    return japanese_day(at) + timedelta(days=1)


def _answer(page: str, status: int = 200) -> Response:
    return Response(page, status=status, mimetype="text/html")
