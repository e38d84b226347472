"""保証会社の切替: an operator of the whole installation says for which surety to act, or registers another one."""

from flask import abort, flash, make_response, render_template, request, session, url_for
from werkzeug.wrappers import Response

from esurety.domain.typed_fields import TypedForm
from esurety.services.keep_records import RecordNotFound, Taken
from esurety.services.keep_surety import HasSurety, create_surety, sureties_to_choose
from esurety.services.sign_in import SignedIn
from esurety.web.access import ACTING_FOR
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.people import SURETY_FIELDS, read_surety
from esurety.web.office.people_page import Attempt, FormPage, form_of, show_form, typed_fields
from esurety.web.office.permissions import operating_person


def choosing_person() -> SignedIn:
    """Who is signed in, on pages that only an operator of no surety has; for anybody else there is no such page."""
    account = operating_person()
    if not account.chooses_surety:
        abort(404)
    return account


@blueprint.get("/people/sureties/")
def people_sureties() -> Response:
    """The sureties, with the one acted for."""
    account = choosing_person()
    sureties = sureties_to_choose(account)
    if not sureties:
        return see_other(url_for("office.people_surety"))
    return make_response(render_template("office/people/sureties.html", sureties=sureties, chosen=account.surety_id))


@blueprint.post("/people/sureties/<int:surety_id>")
def people_act_for(surety_id: int) -> Response:
    """From now on act for this surety, until another is chosen or the session ends."""
    name = next((name for known, name in sureties_to_choose(choosing_person()) if known == surety_id), None)
    if name is None:
        raise RecordNotFound
    session[ACTING_FOR] = surety_id
    flash(f"{name}の業務に切り替えました。", "success")
    return see_other(url_for("office.people"))


@blueprint.get("/people/sureties/new")
def people_new_surety() -> Response:
    """The form of another surety."""
    choosing_person()
    return show_form(_page(None))


@blueprint.post("/people/sureties/new")
def people_create_surety() -> Response:
    """Register another surety, and act for it."""
    account = choosing_person()
    typed = typed_fields(SURETY_FIELDS)
    read = TypedForm(typed)
    data = read_surety(read)
    try:
        if not read.problems:
            session[ACTING_FOR] = create_surety(account=account, data=data, at=now())
            flash("保証会社を登録し、その業務に切り替えました。続いて、営業部・支店などを登録してください。", "success")
            return see_other(url_for("office.people"))
    except Taken as no:
        read.complain(no.field, "この商号の保証会社は、すでに登録されています。「保証会社の切替」から選んでください")
    except HasSurety:
        return see_other(url_for("office.people"))
    return show_form(_page(Attempt(typed, read.problems)), 422)


def _page(attempt: Attempt | None) -> FormPage:
    form = form_of(SURETY_FIELDS, request.path, "登録する", {}, attempt)
    trail = [("保証会社の切替", url_for("office.people_sureties")), ("新しい保証会社", None)]
    return FormPage("新しい保証会社を登録する", form, "登録した内容は、その会社の証書や認証キーのお知らせに載ります。", trail)
