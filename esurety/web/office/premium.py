"""入金を記録: the premium that has arrived."""

from flask import abort, flash, request, url_for
from werkzeug.wrappers import Response

from esurety.domain import typed_fields
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import ReceiptMethod
from esurety.domain.yen import Yen
from esurety.services.correct_receipt import AlreadyReversed, MoneyGivenBack, ReceiptNotFound, reverse_receipt
from esurety.services.review_application import MoreThanOutstanding, PremiumNotRecordable, ReceivedBeforeApplication, record_premium
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import whole
from esurety.web.office.permissions import acting_person
from esurety.web.office.review_page import TypedForm, review_page, show_clash, show_review

_FIELDS = ("received_on", "amount", "method", "confirm_overpayment")
_LONGEST_REASON = 400
_DIGITS_OF_AN_AMOUNT = 15
_GIVEN_BACK = "この入金は、すでに受注者に返還済みです。先に返還の記録を取り消してから、入金の記録を取り消してください"


@blueprint.post("/applications/<int:application_id>/premium")
def premium(application_id: int) -> Response:
    """Record a receipt: once per page, and once per slip even when two clerks hold it."""
    account, at = acting_person(), now()
    typed = {name: request.form.get(name, "")[:100] for name in _FIELDS}
    read = typed_fields.TypedForm(typed)
    received_on, amount = read.day("received_on", "入金日"), read.amount("amount", "入金額")
    method = read.choice("method", "入金方法", ReceiptMethod)
    if received_on is not None and received_on > japanese_day(at):
        read.complain("received_on", f"入金日は今日（{era_date(japanese_day(at), padded=False)}）までの日付で入力してください")
    if received_on is None or amount is None or method is None or read.problems:
        return show_review(review_page(account, application_id), status=422, form=TypedForm("premium", typed, tuple(read.problems.items())))
    try:
        record_premium(
            account=account,
            application_id=application_id,
            received_on=received_on,
            amount=amount,
            token=request.form.get("token", "")[:64] or new_token(),
            at=at,
            received_seen=_received_seen(),
            method=method,
            is_overpayment_confirmed=read.is_on("confirm_overpayment"),
        )
    except MoreThanOutstanding as no:
        problems = (("confirm_overpayment", _too_much(amount, no.outstanding)),)
        return show_review(review_page(account, application_id), status=422, form=TypedForm("premium", typed, problems))
    except ReceivedBeforeApplication as no:
        problems = (("received_on", f"入金日は申込みの日（{era_date(no.applied_on, padded=False)}）以後の日付で入力してください"),)
        return show_review(review_page(account, application_id), status=422, form=TypedForm("premium", typed, problems))
    except (ChangedMeanwhile, PremiumNotRecordable):
        return show_clash(review_page(account, application_id), form=TypedForm("premium", typed))
    flash(f"保証料の入金 {amount.text}（{era_date(received_on)}）を記録しました。", "success")
    return see_other(url_for("office.review", application_id=application_id))


@blueprint.post("/applications/<int:application_id>/receipts/<int:receipt_id>/reverse")
def reverse_premium(application_id: int, receipt_id: int) -> Response:
    """入金の記録を取り消す, with the reason: the record stays, the totals leave it out."""
    account, act = acting_person(), f"reverse-{receipt_id}"
    read = typed_fields.TypedForm(request.form)
    reason = read.paragraph("reason", "取消しの理由", longest=_LONGEST_REASON)
    if read.problems:
        problems = tuple((f"{act}-reason", message) for message in read.problems.values())
        return show_review(review_page(account, application_id), status=422, form=TypedForm(act, {"reason": reason}, problems))
    try:
        reverse_receipt(account=account, application_id=application_id, receipt_id=receipt_id, reason=reason, at=now())
    except ReceiptNotFound:
        abort(404)
    except MoneyGivenBack:
        problems = ((f"{act}-reason", _GIVEN_BACK),)
        return show_review(review_page(account, application_id), status=409, form=TypedForm(act, {"reason": reason}, problems))
    except AlreadyReversed:
        return show_clash(review_page(account, application_id), form=TypedForm(act, {"reason": reason}))
    flash("入金の記録を取り消しました。記録は理由とともに残り、入金済みの額には数えません。", "success")
    return see_other(url_for("office.review", application_id=application_id))


def _received_seen() -> Yen | None:
    seen = whole(request.form, "received_seen", longest=_DIGITS_OF_AN_AMOUNT)
    return None if seen is None else Yen(seen)


def _too_much(amount: Yen, outstanding: Yen) -> str:
    over = Yen(amount - outstanding).text
    if outstanding == 0:
        return f"未入金の保証料はありません。{over}を過払いとして記録する場合は、確認にチェックを入れてください"
    return f"入金額が未入金の{outstanding.text}を{over}超えています。過払いとして記録する場合は、確認にチェックを入れてください"
