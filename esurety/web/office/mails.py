"""送信メール: what the outbox holds, the text of a mail, 再送."""

from dataclasses import dataclass

from flask import flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_time
from esurety.persistence.models import OutboxMail
from esurety.services.mail_gate_codes import without_code
from esurety.services.read_mails import find_mail, list_mails
from esurety.services.send_mail import mark_arrived, send_again
from esurety.web.access import person
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import typed_whole
from esurety.web.office.permissions import acting_person, may_act
from esurety.web.presentation import Tag, application_number

_STATES = {
    "queued": Tag("送信待ち", "info"),
    "sending": Tag("送信中", "info"),
    "unknown": Tag("届いたか不明", "warning"),
    "sent": Tag("送信済", "success"),
    "failed": Tag("送信できませんでした", "danger"),
}
_CAN_GO_AGAIN = {"sent", "failed", "unknown"}
_ALL = "all"
_LONGEST_WORD = 100


@dataclass(frozen=True)
class MailLine:
    """One mail of the outbox."""

    id: int
    recipient: str
    subject: str
    tag: Tag
    tries: str
    created: str
    sent: str
    next_try: str
    error: str
    application_id: int | None
    application: str
    can_go_again: bool


@blueprint.get("/mails/")
def mails() -> str:
    """The outbox, newest first."""
    state = request.args.get("state", _ALL)
    state = state if state in _STATES else _ALL
    word = request.args.get("word", "").strip()[:_LONGEST_WORD]
    found, goes_on = list_mails(person(), state=None if state == _ALL else state, word=word, older_than=typed_whole("older_than"))
    return render_template(
        "office/mails.html",
        lines=[_line(one) for one in found],
        state=state,
        word=word,
        states=[(_ALL, "すべて"), *((value, tag.text) for value, tag in _STATES.items())],
        is_continued=typed_whole("older_than") is not None,
        next_address=url_for("office.mails", state=state, word=word or None, older_than=goes_on) if goes_on is not None else "",
    )


@blueprint.get("/mails/<int:mail_id>")
def mail(mail_id: int) -> str:
    """One mail as it was, or will be, sent."""
    account = person()
    found = find_mail(account, mail_id)
    line = _line(found)
    return render_template(
        "office/mail.html",
        line=line,
        text=without_code(found.event, found.body),
        may_send_again=line.can_go_again and may_act(account),
        is_unknown=found.state == "unknown",
    )


@blueprint.post("/mails/<int:mail_id>/send-again")
def send_mail_again(mail_id: int) -> Response:
    """再送."""
    account = acting_person()
    if find_mail(account, mail_id).state in _CAN_GO_AGAIN:
        send_again(account=account, mail_id=mail_id, at=now())
        flash("再送を受け付けました。まもなく送信します。", "success")
    else:
        flash("このメールはすでに送信待ちです。まもなく送信します。", "info")
    return see_other(url_for("office.mail", mail_id=mail_id))


@blueprint.post("/mails/<int:mail_id>/arrived")
def mark_mail_arrived(mail_id: int) -> Response:
    """The recipient says that it is there."""
    mark_arrived(account=acting_person(), mail_id=mail_id, at=now())
    flash("このメールを、届いたものとして記録しました。", "success")
    return see_other(url_for("office.mail", mail_id=mail_id))


def _line(found: OutboxMail) -> MailLine:
    waits = found.state not in _CAN_GO_AGAIN or (found.state == "unknown" and found.unsure <= 1)
    return MailLine(
        id=found.id,
        recipient=found.recipient,
        subject=found.subject,
        tag=_STATES[found.state],
        tries=f"{found.tries}回",
        created=era_time(found.created_at),
        sent=era_time(found.sent_at) if found.sent_at is not None else "",
        next_try=era_time(found.next_try_at) if waits and found.tries else "",
        error=found.last_error,
        application_id=found.application_id,
        application=application_number(found.application_id) if found.application_id is not None else "",
        can_go_again=found.state in _CAN_GO_AGAIN,
    )
