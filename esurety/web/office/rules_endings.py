"""取扱いの終了 of an authority: first what still hangs on it, then the day and the reason."""

from dataclasses import replace

from flask import flash, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.typed_fields import TypedForm
from esurety.services.keep_authorities import AuthorityEnded, end_authority, left_by_authority
from esurety.services.read_rules import AuthorityWithVersions, find_authority
from esurety.services.sign_in import SignedIn
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.people_page import Attempt, EndPage, FormField, form_of, left_behind, show_end, typed_fields
from esurety.web.office.rules_home import operator

_FIELDS = (
    FormField("ended_on", "終了日", "date", hint="この日から終了します。例：令和6年4月1日、R6.4.1、2024/4/1"),
    FormField("reason", "終了の理由", "textarea", hint="経過に残ります。例：合併により〇〇市となるため"),
)
_LONGEST_REASON = 500


@blueprint.get("/rules/authorities/<int:authority_id>/end")
def confirm_authority_end(authority_id: int) -> Response:
    """Asked before an authority is ended."""
    account = operator()
    return show_end(_page(account, _living(authority_id), None))


@blueprint.post("/rules/authorities/<int:authority_id>/end")
def end_authority_now(authority_id: int) -> Response:
    """取扱いを終了する: offered no longer from a day on."""
    account, found, at = operator(), _living(authority_id), now()
    typed = typed_fields(_FIELDS)
    form = TypedForm(typed)
    ended_on = form.day("ended_on", "終了日")
    reason = form.paragraph("reason", "終了の理由", longest=_LONGEST_REASON)
    if ended_on is not None and ended_on < japanese_day(at):
        form.complain("ended_on", f"終了日は今日（{era_date(japanese_day(at), padded=False)}）以降の日付で入力してください")
    if form.problems or ended_on is None:
        return show_end(_page(account, found, Attempt(typed, form.problems)), 422)
    end_authority(account=account, authority_id=authority_id, ended_on=ended_on, reason=reason, at=at)
    flash(f"{found.authority.name}の取扱いを{era_date(ended_on)}から終了します。申込みの画面には出なくなります。", "success")
    return see_other(url_for("office.rules_authority", authority_id=authority_id))


def _living(authority_id: int) -> AuthorityWithVersions:
    found = find_authority(authority_id)
    if found.authority.ended_on is not None:
        raise AuthorityEnded(found.authority.ended_on)
    return found


def _page(account: SignedIn, found: AuthorityWithVersions, attempt: Attempt | None) -> EndPage:
    authority, today = found.authority, japanese_day(now())
    left = left_by_authority(account, authority.id, today)
    facts, applications = left_behind(left, with_contracts=False)
    action = url_for("office.end_authority_now", authority_id=authority.id)
    form = form_of(_FIELDS, action, "取扱いを終了する", {"ended_on": era_date(today, padded=False)}, attempt)
    back = url_for("office.rules_authority", authority_id=authority.id)
    return EndPage(
        title=f"{authority.name}の取扱いを終了しますか",
        trail=[
            ("取扱い・料率", url_for("office.rules")),
            ("発注者の取扱い", url_for("office.rules_authorities")),
            (authority.name, back),
            ("終了の確認", None),
        ],
        explanation="終了日から、申込みの画面と「電子保証に対応している発注者」の一覧に出なくなります。"
        "手続き中の申込みは審査を続けられますが、承認するときに理由の入力が要ります。発行した保証契約は、そのまま続きます。",
        facts=[*facts, ("保証期間中の保証契約", f"{left.contracts:,}件")],
        applications=applications,
        form=replace(form, tone="danger"),
        back=back,
    )
