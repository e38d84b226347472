"""D-Sure の受付: tries at the gate, sources and contracts that are asked for a code, alarms, 解除."""

from dataclasses import dataclass

from flask import flash, g, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_time
from esurety.persistence.models import GateAttempt
from esurety.services.keep_gate import (
    NotEntitledToRelease,
    NothingToRelease,
    OfficeAlarms,
    look_at_gate,
    may_keep_gate,
    office_alarms,
    release_contract,
    release_source,
)
from esurety.web.access import installation, person, person_or_none
from esurety.web.answers import now, see_other, wants_fragment
from esurety.web.faults import explain
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.presentation import Tag, history_lines

_OUTCOMES = {
    "opened": Tag("開けた", "success"),
    "failed": Tag("開けなかった", "warning"),
    "held": Tag("確かめずに断った", "neutral"),
}
_LONGEST_NAME = 100
_MENU = frozenset(f"office.{page}" for page in ("home", "contracts", "monthly_premiums", "to_post", "mails", "gate", "people", "rules"))


@dataclass(frozen=True)
class AttemptLine:
    """A try, or several of one source with one number."""

    when: str
    number: str
    is_own: bool
    source: str
    tag: Tag
    times: str


@blueprint.get("/gate/")
def gate() -> str:
    """The gate as it is now."""
    at, older_than = now(), typed_whole("older_than")
    view = look_at_gate(account=person(), at=at, installation=installation(), older_than=older_than)
    return render_template(
        "office/gate.html",
        gate_left=f"{view.gate_left}回（全体で{view.gate_size}回）",
        stops=[(one.source, era_time(one.stopped_at), era_time(one.ends_at), f"{one.numbers}件", f"{one.held}回") for one in view.stops],
        sources=[(one.name, era_time(one.full_at)) for one in view.sources],
        numbers=[(one.name, f"{one.failures}回", era_time(one.full_at) if one.full_at > at else "") for one in view.numbers],
        attempts=[_line(*one) for one in view.attempts],
        happened=history_lines(view.happened),
        next_address=url_for("office.gate", older_than=view.older_than) if view.older_than is not None else "",
        is_continued=older_than is not None,
    )


@blueprint.post("/gate/release-source")
def release_gate_source() -> Response:
    """解除 of a source."""
    source = request.form.get("source", "")[:_LONGEST_NAME]
    try:
        release_source(account=person(), source=source, at=now())
        flash(f"接続元 {source} の制限を解除しました。", "success")
    except NothingToRelease:
        flash("この接続元には、いま制限がありません。", "info")
    return see_other(url_for("office.gate"))


@blueprint.post("/gate/release-contract")
def release_gate_contract() -> Response:
    """解除 of a contract."""
    number = request.form.get("number", "")[:_LONGEST_NAME]
    try:
        release_contract(account=person(), number=number, at=now())
        flash(f"保証契約 {number} の制限を解除しました。", "success")
    except NothingToRelease:
        flash("この保証契約には、いま制限がありません。", "info")
    return see_other(url_for("office.gate"))


@blueprint.errorhandler(NotEntitledToRelease)
def explain_no_gate(_error: NotEntitledToRelease) -> Response:
    """For a clerk there is no such page."""
    return explain(404)


@blueprint.context_processor
def alarm_lines() -> dict[str, list[tuple[str, str, str]]]:
    """What to look at, above the pages of the menu: words, link, where it leads. Pages of one record have their own work to show."""
    account = person_or_none()
    if account is None or account.surety_id is None or request.endpoint not in _MENU or wants_fragment():
        return {"alarms": []}
    if "alarms" not in g:
        shows_stops = may_keep_gate(account) and request.endpoint != "office.gate"  # that page is about nothing else
        g.alarms = _words(office_alarms(account=account, at=now()), shows_stops=shows_stops)
    return {"alarms": g.alarms}


def _words(alarms: OfficeAlarms, *, shows_stops: bool) -> list[tuple[str, str, str]]:
    lines = []
    if alarms.mail_waits:
        words = "1時間以上送れていないメールがあります。運用担当に、メールの送信が動いているか確かめるよう伝えてください。"
        lines.append((words, "送信待ちのメールを見る", url_for("office.mails", state="queued")))
    if alarms.unknown_mails:
        words = f"届いたかどうか分からないメールが{alarms.unknown_mails}通あります。宛先に確かめて、再送するか決めてください。"
        lines.append((words, "分からないメールを見る", url_for("office.mails", state="unknown")))
    if alarms.stopped_sources and shows_stops:
        words = f"D-Sure で多くの番号を続けて試した接続元を{alarms.stopped_sources}件止めています。"
        lines.append((words, "D-Sure の受付を見る", url_for("office.gate")))
    return lines


def _line(attempt: GateAttempt, is_own: bool) -> AttemptLine:
    return AttemptLine(
        when=era_time(attempt.at),
        number=attempt.number or "番号ではない入力",
        is_own=is_own,
        source=attempt.source,
        tag=_OUTCOMES[attempt.outcome],
        times=f"{attempt.times}回",
    )
