"""Signing in and out; each person lands in the portal of their role."""

from collections.abc import Mapping

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.application_content import typed_fields
from esurety.services.sign_in import Role, SignInSlowed, WrongCredentials, sign_in
from esurety.services.write_application import FormIdentity, save_draft
from esurety.web.access import begin_session, end_session, installation, landing, own_path, person_or_none, source
from esurety.web.answers import new_token, now, see_other
from esurety.web.public import blueprint

_KEPT = "kept:"  # before the names of the fields of a form that the sign-in page carries along


@blueprint.before_request
def refuse_without_a_portal() -> None:
    """A process that serves D-Sure alone has nobody to sign in."""
    signs_in = request.endpoint in {"public.login", "public.sign_in_with_password", "public.logout"}
    if signs_in and not installation().settings.portals & {"netdesk", "office"}:
        abort(404)


@blueprint.get("/login")
def login() -> str | Response:
    """The sign-in page."""
    signed_in = person_or_none()
    if signed_in is not None:
        return see_other(landing(signed_in))
    return _page(email="", problems=[])


@blueprint.post("/login")
def sign_in_with_password() -> Response | tuple[str, int]:
    """Judge the password; one answer for an unknown account and a wrong one."""
    email, password = request.form.get("email", ""), request.form.get("password", "")
    if not email or not password:
        missing = [("email", "メールアドレスを入力してください")] if not email else []
        missing += [("password", "パスワードを入力してください")] if not password else []
        return _page(email=email, problems=missing), 422
    try:
        account_id = sign_in(email=email, password=password, source=source(), at=now(), keeper=installation().keeper)
    except WrongCredentials:
        wrong = "メールアドレスまたはパスワードが違います。大文字・小文字を確かめて、もう一度入力してください"
        return _page(email=email, problems=[("password", wrong)]), 422
    except SignInSlowed as slowed:
        seconds = max(1, int((slowed.until - now()).total_seconds()) + 1)
        wait = f"続けて失敗したため、受け付けを止めています。{seconds}秒ほど待ってから、もう一度お試しください"
        answer = Response(_page(email=email, problems=[("password", wait)]), status=429, mimetype="text/html")
        answer.headers["Retry-After"] = str(seconds)
        return answer
    signed_in = begin_session(account_id)
    kept = typed_fields(_kept_form())
    if kept and signed_in.role is Role.CONTRACTOR:
        saved = save_draft(account=signed_in, typed=kept, page=FormIdentity(new_token()), at=now())
        flash(f"入力の途中だった内容を、下書き（申込番号 {saved:06d}）として保存しました。続きを入力できます。", "success")
        return see_other(url_for("netdesk.edit_application", application_id=saved))
    return see_other(own_path(request.form.get("next")) or landing(signed_in))


@blueprint.post("/logout")
def logout() -> Response:
    """Sign out."""
    end_session()
    flash("ログアウトしました。", "success")
    response = see_other(url_for("public.login"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def sign_in_and_go_on(typed: Mapping[str, str]) -> Response:
    """The sign-in page that carries an application form along, so that nothing typed is lost with the session."""
    page = _page(email="", problems=[], kept=typed)
    return Response(page, status=400, mimetype="text/html")


def _kept_form() -> dict[str, str]:
    return {name.removeprefix(_KEPT): value for name, value in request.form.items() if name.startswith(_KEPT)}


def _page(*, email: str, problems: list[tuple[str, str]], kept: Mapping[str, str] | None = None) -> str:
    return render_template(
        "shared/login.html",
        email=email,
        problems=problems,
        errors=dict(problems),
        next_path=own_path(request.values.get("next")) or "",
        kept={f"{_KEPT}{name}": value for name, value in (kept if kept is not None else _kept_form()).items()},
    )
