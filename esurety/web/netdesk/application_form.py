"""申込の作成（新規）: one form, its partials for htmx, and the same without JavaScript."""

from collections.abc import Mapping
from dataclasses import replace

from flask import flash, render_template, request, url_for
from flask_wtf.csrf import CSRFError
from werkzeug.wrappers import Response

from esurety.domain.application_content import IncompleteApplication, typed_fields
from esurety.domain.application_state import ActNotPossible, ApplicationAct, ApplicationState, may
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.joint_venture_form import with_more_rows
from esurety.domain.products import Product
from esurety.services.read_applications import form_reference, latest_reason, own_application, typed_of
from esurety.services.start_from_works import SameWorks, form_of_same_works, same_works, with_first_members
from esurety.services.write_application import (
    AlreadySubmitted,
    ChangedMeanwhile,
    FormIdentity,
    assess_application,
    save_draft,
    submit_application,
)
from esurety.web.access import installation, person, person_or_none
from esurety.web.answers import new_token, now, see_other, two_shaped, wants_fragment
from esurety.web.faults import explain
from esurety.web.netdesk import blueprint
from esurety.web.netdesk.form_page import FormPage, first_typed
from esurety.web.presentation import state_tag
from esurety.web.public.sign_in import sign_in_and_go_on


@blueprint.get("/applications/new")
def new_application() -> str:
    """An empty form, or one that starts from an earlier application (?from=)."""
    earlier, reference = request.args.get("from", ""), request.args.get("same_works_as", "")
    if reference:
        begun = form_of_same_works(person(), reference[:20], _asked_product(), today=japanese_day(now()))
        flash("同じ工事の内容を写しました。申し込む保証と金額を入力してください。", "info")
        return _render(_page(typed=begun.typed, form_token=new_token(), works=begun.same_works))
    if earlier.isascii() and earlier.isdigit() and len(earlier) < 10:  # noqa: PLR2004 - larger than any id of ours
        typed = typed_of(own_application(person(), int(earlier)))
        typed.pop("same_works_as", None)  # a copy may be for other works
        flash(f"申込番号 {int(earlier):06d} の内容を写しました。契約日や工期など、違うところを直してください。", "info")
    else:
        page = _page(typed={}, form_token=new_token())
        return _render(replace(page, typed=first_typed(person(), page.choices.branch_ids)))
    return _render(_page(typed=typed, form_token=new_token()))


@blueprint.post("/applications/new")
def create_application() -> Response:
    """Save, check or hand in a form that has not been saved before."""
    return _act(application_id=None)


@blueprint.get("/applications/<int:application_id>/edit")
def edit_application(application_id: int) -> Response | str:
    """Go on with a draft, or correct what was returned; what is under way can only be looked at."""
    application = own_application(person(), application_id)
    if application.changed_contract_id is not None:  # its page leads to the form of the change
        return see_other(url_for("netdesk.application", application_id=application_id))
    if not may(ApplicationAct.SUBMIT, ApplicationState(application.state)):
        flash(f"手続状況が「{ApplicationState(application.state).label}」のため、いまは修正できません。", "warning")
        return see_other(url_for("netdesk.application", application_id=application_id))
    typed = typed_of(application)
    if joins := request.args.get("same_works_as", "")[:20]:
        typed |= {"same_works_as": joins}  # of another company's the page makes nothing
        flash("入力した内容はそのままです。同じ工事として申し込むには、「確認画面へ進む」を押してください。", "info")
    return _render(_page(typed=typed, form_token="", application_id=application_id))


@blueprint.post("/applications/<int:application_id>/edit")
def change_application(application_id: int) -> Response:
    """Save, check or hand in a saved form."""
    return _act(application_id=application_id)


@blueprint.post("/applications/form/<any(advance_payment, interim_advance_payment, contract_performance):product>")
def product_block(product: str) -> Response:
    """A product's block, opened or closed; and 保証証書受取, which depends on it."""
    page = _posted_page()
    if not wants_fragment():
        return two_shaped(_render(page))
    return two_shaped(render_template("netdesk/_product_answer.html", page=page, block=page.block(Product(product))))


@blueprint.post("/applications/form/joint-venture")
def joint_venture_block() -> Response:
    """共同企業体: opened, closed, or with further rows."""
    page = _posted_page()
    return two_shaped(render_template("netdesk/_joint_venture.html", page=page) if wants_fragment() else _render(page))


@blueprint.post("/applications/form/notification")
def notification_block() -> Response:
    """The mail address, asked when the notice is wanted."""
    page = _posted_page()
    return two_shaped(render_template("netdesk/_notification.html", page=page) if wants_fragment() else _render(page))


@blueprint.post("/applications/form/figures")
def figures() -> Response:
    """What was understood of the amounts and days, the percentages, and whether the authority accepts 電子保証."""
    page = _posted_page()
    return two_shaped(render_template("netdesk/_figures.html", page=page) if wants_fragment() else _render(page))


def _act(application_id: int | None) -> Response:
    action = request.form.get("action", "confirm")
    if action in {"save_draft", "confirm", "submit"}:
        return _save_or_submit(action, application_id)
    return two_shaped(_render(_posted_page(application_id)))  # 「表示を更新」 or 「構成員の欄を増やす」 without JavaScript


def _save_or_submit(action: str, application_id: int | None) -> Response:
    typed = typed_fields(request.form)
    try:
        return see_other(_carry_out(action, typed, FormIdentity(_form_token(), application_id, _revision())))
    except IncompleteApplication as incomplete:
        return two_shaped(_render(_posted_page(application_id, incomplete.problems)), 422)
    except AlreadySubmitted as before:
        return _as_another(typed, f"この画面の申込みは、申込番号 {before.application_id:06d} として受け付け済みです。")
    except ActNotPossible as no:
        return _as_another(
            typed, f"申込番号 {application_id or 0:06d} は手続状況が「{no.state.label}」に変わったため、もう修正できません。"
        )
    except ChangedMeanwhile:
        flash(
            "この画面を開いたあとに、別の画面で同じ申込みが保存されました。まだ保存していません。"
            "この内容で上書きする場合は、もう一度ボタンを押してください。別の画面の内容は「申込一覧」から確認できます。",
            "warning",
        )
        return two_shaped(_render(_page(typed=typed, form_token=_form_token(), application_id=application_id)), 409)


def _carry_out(action: str, typed: Mapping[str, str], page: FormIdentity) -> str:
    """Do what the button says and return where to go on."""
    account, at = person(), now()
    if action == "submit":
        submitted = submit_application(account=account, typed=typed, page=page, at=at, installation=installation())
        return url_for("netdesk.application_received", application_id=submitted)
    if action == "confirm":
        assess_application(account=account, typed=typed, today=japanese_day(at))
        return url_for("netdesk.confirm_application", application_id=save_draft(account=account, typed=typed, page=page, at=at))
    saved = save_draft(account=account, typed=typed, page=page, at=at)
    flash(f"下書きを保存しました（申込番号 {saved:06d}）。あとで「申込一覧」から続けられます。", "success")
    return url_for("netdesk.edit_application", application_id=saved)


def _as_another(typed: Mapping[str, str], why: str) -> Response:
    """The page's own application is out of reach; what was typed stays and can become another one."""
    flash(f"{why}入力した内容は下に残しています。別の申込みとして続ける場合は、このまま確認へ進んでください。", "warning")
    return two_shaped(_render(_page(typed=typed, form_token=new_token())), 409)


@blueprint.errorhandler(CSRFError)
def keep_the_form_of_a_lost_session(_error: CSRFError) -> Response:
    """The page's session is over: the form comes back with everything typed in it, after signing in if need be."""
    typed = typed_fields(request.form)
    if not typed or request.headers.get("HX-Request") == "true":
        return explain(400)
    if person_or_none() is None:
        return sign_in_and_go_on(typed)
    flash("画面の有効時間が過ぎたため、まだ保存していません。入力した内容は下に残っています。もう一度ボタンを押してください。", "warning")
    saved = (request.view_args or {}).get("application_id")
    return two_shaped(_render(_page(typed=typed, form_token=_form_token(), application_id=saved)), 400)


def _asked_product() -> Product | None:
    """?product=: the guarantee that the form is to begin with."""
    asked = request.args.get("product", "")
    return Product(asked) if asked in set(Product) else None


def _form_token() -> str:
    """The token of this page; a client that sends none makes a new application each time."""
    return request.form.get("form_token", "")[:64] or new_token()


def _revision() -> int:
    typed = request.form.get("revision", "")
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) < 10 else 0  # noqa: PLR2004 - longer is no revision of ours


def _posted_page(application_id: int | None = None, problems: Mapping[str, str] | None = None) -> FormPage:
    typed = typed_fields(request.form)
    return _page(
        typed=with_more_rows(typed) if request.form.get("action") == "add_members" else typed,
        form_token=_form_token(),
        application_id=application_id,
        problems=problems or {},
        revision=_revision(),
    )


def _page(
    *,
    typed: Mapping[str, str],
    form_token: str,
    application_id: int | None = None,
    problems: Mapping[str, str] | None = None,
    revision: int | None = None,
    works: SameWorks | None = None,
) -> FormPage:
    account = person()
    today = japanese_day(now())
    joined = works or same_works(account, typed.get("same_works_as", ""), application_id=application_id)
    authorities, branches = form_reference(account, today=today, also=joined.authority_id if joined is not None else None)
    page = FormPage(
        account=account,
        typed=with_first_members(account, typed),
        authorities=authorities,
        branches=[(str(one.id), one.name) for one in branches],
        form_token=form_token,
        problems=problems or {},
        same_works=joined,
        today=today,
    )
    if application_id is None:
        return page
    application = own_application(account, application_id)
    returned = application.state == ApplicationState.RETURNED
    return FormPage(
        **{
            **page.__dict__,
            "application_id": application_id,
            "revision": application.revision if revision is None else revision,
            "progress": state_tag(application),
            "return_reason": latest_reason(application_id) if returned else "",
        }
    )


def _render(page: FormPage) -> str:
    return render_template("netdesk/application_form.html", page=page, problems=page.problem_list)
