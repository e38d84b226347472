"""取消し of a policy or a tariff whose day has not come: asked with a reason, kept in the history."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, era_time, japanese_day
from esurety.domain.typed_fields import TypedForm
from esurety.services.load_tariffs import every_tariff
from esurety.services.read_rules import AuthorityWithVersions, find_authority
from esurety.services.withdraw_rules import AlreadyWithdrawn, DayHasCome, VersionNotFound, withdraw_policy, withdraw_tariff
from esurety.web.answers import now, see_other
from esurety.web.faults import Explanation, explain
from esurety.web.office import blueprint
from esurety.web.office.rules_home import operator

_LONGEST_REASON = 500
_POLICY = "/rules/authorities/<int:authority_id>/policies/<int:version_id>/withdraw"
_TARIFF = "/rules/tariffs/<int:tariff_id>/withdraw"
_DONE = "適用前の{}を取り消しました。"
_DONE_BEFORE = "この版は、すでに取り消されています。"


@dataclass(frozen=True)
class WithdrawalPage:
    """What is to be withdrawn, and what goes on in its place."""

    title: str
    done_title: str
    what: str
    instead: str
    action: str
    back: str
    trail: Sequence[tuple[str, str | None]]
    withdrawn: str = ""  # when it was withdrawn before


@blueprint.get(_POLICY)
def confirm_policy_withdrawal(authority_id: int, version_id: int) -> str:
    """Asked before a policy is withdrawn."""
    operator()
    return _show(_policy_page(find_authority(authority_id), version_id))


@blueprint.post(_POLICY)
def withdraw_policy_now(authority_id: int, version_id: int) -> Response:
    """この版を取り消す."""
    account, form = operator(), TypedForm(request.form)
    page, reason = _policy_page(find_authority(authority_id), version_id), _reason(form)
    if form.problems or page.withdrawn:
        return _asked_again(page, form)
    try:
        withdraw_policy(account=account, authority_id=authority_id, version_id=version_id, reason=reason, at=now())
    except AlreadyWithdrawn:
        flash(_DONE_BEFORE, "info")
    else:
        flash(_DONE.format("取扱いの版"), "success")
    return see_other(url_for("office.rules_authority", authority_id=authority_id))


@blueprint.get(_TARIFF)
def confirm_tariff_withdrawal(tariff_id: int) -> str:
    """Asked before a tariff is withdrawn."""
    operator()
    return _show(_tariff_page(tariff_id))


@blueprint.post(_TARIFF)
def withdraw_tariff_now(tariff_id: int) -> Response:
    """この料率を取り消す."""
    account, form = operator(), TypedForm(request.form)
    page, reason = _tariff_page(tariff_id), _reason(form)
    if form.problems or page.withdrawn:
        return _asked_again(page, form)
    try:
        withdraw_tariff(account=account, tariff_id=tariff_id, reason=reason, at=now())
    except AlreadyWithdrawn:
        flash(_DONE_BEFORE, "info")
    else:
        flash(_DONE.format("保証料率"), "success")
    return see_other(url_for("office.rules_tariffs"))


@blueprint.errorhandler(VersionNotFound)
def explain_version_not_found(_error: VersionNotFound) -> Response:
    """The same as for any page that is not there."""
    return explain(404)


@blueprint.errorhandler(DayHasCome)
def explain_day_has_come(_error: DayHasCome) -> Response:
    """The day came before it was withdrawn."""
    return explain(
        409,
        explanation=Explanation(
            "この版の適用は始まっています",
            "申込みの判断や保証料の計算に使われるため、取り消せません。今回の操作は行っていません。",
            "内容を改めるときは、これからの日付を適用開始日にして、新しい版を登録してください。",
        ),
    )


def _policy_page(found: AuthorityWithVersions, version_id: int) -> WithdrawalPage:
    version = found.version(version_id)
    if version is None:
        raise VersionNotFound
    _refuse_begun(version.effective_from, version.withdrawn_at)
    day, name = era_date(version.effective_from, padded=False), found.authority.name
    before = next((one for one in found.standing if one.effective_from < version.effective_from), None)
    authority = url_for("office.rules_authority", authority_id=found.authority.id)
    return WithdrawalPage(
        title="取扱いの版を取り消しますか",
        done_title="取り消した取扱いの版",
        what=f"{name}　{day}からの取扱い",
        instead=f"{era_date(before.effective_from, padded=False)}からの取扱い" if before is not None else "全国の標準の取扱い",
        action=url_for("office.withdraw_policy_now", authority_id=found.authority.id, version_id=version_id),
        back=url_for("office.rules_policy", authority_id=found.authority.id, version_id=version_id),
        trail=[
            ("取扱い・料率", url_for("office.rules")),
            ("発注者の取扱い", url_for("office.rules_authorities")),
            (name, authority),
            ("取消しの確認", None),
        ],
        withdrawn=_when(version.withdrawn_at),
    )


def _tariff_page(tariff_id: int) -> WithdrawalPage:
    there = every_tariff(operator())
    laid_down = next((one for one in there if one.id == tariff_id), None)
    if laid_down is None:
        raise VersionNotFound
    found = laid_down.tariff
    _refuse_begun(found.effective_from, laid_down.withdrawn_at)
    same = [one.tariff for one in there if one.withdrawn_at is None and one.tariff.product is found.product]
    before = next((one for one in same if one.effective_from < found.effective_from), None)
    return WithdrawalPage(
        title="保証料率を取り消しますか",
        done_title="取り消した保証料率",
        what=f"{found.product.label}　{era_date(found.effective_from, padded=False)}から　{found.label}",
        instead=f"{era_date(before.effective_from, padded=False)}からの料率（{before.label}）" if before is not None else "",
        action=url_for("office.withdraw_tariff_now", tariff_id=tariff_id),
        back=url_for("office.rules_tariffs"),
        trail=[("取扱い・料率", url_for("office.rules")), ("保証料率", url_for("office.rules_tariffs")), ("取消しの確認", None)],
        withdrawn=_when(laid_down.withdrawn_at),
    )


def _refuse_begun(day: date, withdrawn_at: datetime | None) -> None:
    """Nothing is asked about a version whose day has come; the day of a withdrawn one never comes."""
    if withdrawn_at is None and day <= japanese_day(now()):
        raise DayHasCome


def _when(withdrawn_at: datetime | None) -> str:
    return era_time(withdrawn_at) if withdrawn_at is not None else ""


def _reason(form: TypedForm) -> str:
    return form.paragraph("reason", "取り消す理由", longest=_LONGEST_REASON)


def _asked_again(page: WithdrawalPage, form: TypedForm) -> Response:
    if page.withdrawn:
        flash(_DONE_BEFORE, "info")
        return see_other(page.back)
    return Response(_show(page, form), status=422, mimetype="text/html")


def _show(page: WithdrawalPage, form: TypedForm | None = None) -> str:
    form = form or TypedForm({})
    return render_template(
        "office/rules/withdraw.html", page=page, typed=form.typed, errors=form.problems, problems=list(form.problems.items())
    )
