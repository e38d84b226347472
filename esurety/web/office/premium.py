"""入金を記録: the premium that has arrived."""

from flask import flash, request, url_for
from werkzeug.wrappers import Response

from esurety.domain import typed_fields
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.yen import Yen
from esurety.services.review_application import MoreThanOutstanding, PremiumNotRecordable, record_premium
from esurety.services.write_application import ChangedMeanwhile
from esurety.web.answers import new_token, now, see_other
from esurety.web.office import blueprint
from esurety.web.office.address import whole
from esurety.web.office.permissions import acting_person
from esurety.web.office.review_page import TypedForm, review_page, show_clash, show_review

_FIELDS = ("received_on", "amount")
_DIGITS_OF_AN_AMOUNT = 15


@blueprint.post("/applications/<int:application_id>/premium")
def premium(application_id: int) -> Response:
    """Record a receipt: once per page, and once per slip even when two clerks hold it."""
    account, at = acting_person(), now()
    typed = {name: request.form.get(name, "")[:100] for name in _FIELDS}
    read = typed_fields.TypedForm(typed)
    received_on, amount = read.day("received_on", "入金日"), read.amount("amount", "入金額")
    if received_on is not None and received_on > japanese_day(at):
        read.complain("received_on", f"入金日は今日（{era_date(japanese_day(at), padded=False)}）までの日付で入力してください")
    if received_on is None or amount is None or read.problems:
        return show_review(review_page(account, application_id), status=422, form=TypedForm("premium", typed, tuple(read.problems.items())))
    try:
        record_premium(
            account=account,
            application_id=application_id,
            received_on=received_on,
            amount=amount,
            token=request.form.get("token", "")[:64] or new_token(),
            at=at,
            outstanding_seen=_outstanding_seen(),
        )
    except MoreThanOutstanding as no:
        problems = (("amount", _too_much(no.outstanding)),)
        return show_review(review_page(account, application_id), status=422, form=TypedForm("premium", typed, problems))
    except (ChangedMeanwhile, PremiumNotRecordable):
        return show_clash(review_page(account, application_id), form=TypedForm("premium", typed))
    flash(f"保証料の入金 {amount.text}（{era_date(received_on)}）を記録しました。", "success")
    return see_other(url_for("office.review", application_id=application_id))


def _outstanding_seen() -> Yen | None:
    seen = whole(request.form, "outstanding_seen", longest=_DIGITS_OF_AN_AMOUNT)
    return None if seen is None else Yen(seen)


def _too_much(outstanding: Yen) -> str:
    if outstanding == 0:
        return "未入金の保証料はありません。入金の記録は要りません"
    return f"入金額は未入金の{outstanding.text}以下で入力してください。多く振り込まれた分は保証料として記録せず、返金の手続きをしてください"
