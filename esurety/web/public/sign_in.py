"""Signing in and out; each person lands in the portal of their role."""

from flask import abort, flash, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.japanese_calendar import era_time
from esurety.services.sign_in import SignInSlowed, WrongCredentials, sign_in
from esurety.web.access import begin_session, end_session, installation, landing, own_path, person_or_none, source
from esurety.web.answers import now, see_other
from esurety.web.public import blueprint


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
        wait = f"続けて失敗したため、{era_time(slowed.until)}まで受け付けを止めています。そのあとでもう一度お試しください"
        return _page(email=email, problems=[("password", wait)]), 429
    signed_in = begin_session(account_id)
    return see_other(own_path(request.form.get("next")) or landing(signed_in))


@blueprint.post("/logout")
def logout() -> Response:
    """Sign out."""
    end_session()
    flash("ログアウトしました。", "success")
    response = see_other(url_for("public.login"))
    response.headers["Clear-Site-Data"] = '"cache"'
    return response


def _page(*, email: str, problems: list[tuple[str, str]]) -> str:
    return render_template(
        "shared/login.html",
        email=email,
        problems=problems,
        errors=dict(problems),
        next_path=own_path(request.values.get("next")) or "",
    )
