"""What people see when something is not there, not possible or broken: plain words and what to do; faults get a reference number."""

from dataclasses import dataclass

from flask import Flask, g, render_template, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response

from esurety.domain.application_state import ActNotPossible
from esurety.persistence.database import end_reading
from esurety.persistence.events import TokenOfAnotherAct
from esurety.services.hand_in_papers import PaperMissing
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.read_works import NoSuchWorks
from esurety.services.send_mail import MailNotFound
from esurety.services.write_application import ApplicationNotFound, ChangedMeanwhile
from esurety.web.logs import log, request_number


@dataclass(frozen=True)
class Explanation:
    """The words of an error page."""

    title: str
    message: str
    what_to_do: str


_BY_STATUS = {
    400: Explanation(
        "この操作を受け付けられませんでした",
        "画面の有効時間が過ぎたか、送られた内容が途中で欠けています。",
        "前の画面に戻って読み込み直し、もう一度操作してください。",
    ),
    403: Explanation("この操作はできません", "この操作をする権限がありません。", "必要な場合は、担当者または運用担当にご相談ください。"),
    404: Explanation(
        "ページが見つかりません",
        "アドレスが違うか、このページを見る権限がありません。",
        "アドレスを確認するか、一覧から選び直してください。",
    ),
    405: Explanation(
        "この操作はできません", "このページでは、その操作を受け付けていません。", "前の画面に戻り、画面のボタンから操作してください。"
    ),
    409: Explanation(
        "ほかの操作が先に行われました",
        "この画面を開いたあとに、内容または手続状況が変わりました。今回の操作は行っていません。",
        "最新の内容を開いて確認し、必要であればもう一度操作してください。",
    ),
    413: Explanation("送られた内容が大きすぎます", "受け付けられる大きさを超えています。", "内容を減らして、もう一度お試しください。"),
    429: Explanation(
        "しばらくお待ちください", "短い時間に操作が続いたため、一時的に受け付けていません。", "少し待ってから、もう一度お試しください。"
    ),
    500: Explanation(
        "手続きを完了できませんでした",
        "システムに問題が起きました。今回の操作による変更は残っていません。",
        "少し待ってからもう一度お試しください。続く場合は、下の受付番号を添えてお問い合わせください。",
    ),
    503: Explanation(
        "ただいま混み合っています",
        "一時的に受け付けられません。今回の操作による変更は残っていません。",
        "少し待ってから、もう一度お試しください。",
    ),
}


def attach(app: Flask) -> None:
    """Answer every error with a page of ours."""
    app.register_error_handler(CSRFError, lambda _error: explain(400))
    app.register_error_handler(HTTPException, _explain_http)
    app.register_error_handler(Exception, _explain_fault)
    for missing in (ApplicationNotFound, NoSuchDocument, MailNotFound, NoSuchWorks, PaperMissing):
        app.register_error_handler(missing, lambda _error: explain(404))
    for stale in (ChangedMeanwhile, ActNotPossible, TokenOfAnotherAct):
        app.register_error_handler(stale, lambda _error: explain(409))


def explain(status: int, *, explanation: Explanation | None = None, reference: str | None = None) -> Response:
    """An error page, or one line of it for htmx."""
    words = explanation or _BY_STATUS.get(status, _BY_STATUS[500])
    if request.headers.get("HX-Request") == "true":
        return Response(f"{words.title}。{words.what_to_do}", status=status, mimetype="text/plain")
    page = render_template(
        "shared/error.html", code=status, title=words.title, message=words.message, what_to_do=words.what_to_do, reference=reference
    )
    return Response(page, status=status, mimetype="text/html")


def _explain_http(error: HTTPException) -> Response:
    status = error.code or 500
    if status < 400:  # noqa: PLR2004 - redirects made by the router
        response = error.get_response()
        assert isinstance(response, Response)  # noqa: S101 - for the type checker
        return response
    answer = explain(status)
    if status == 405 and hasattr(error, "valid_methods") and error.valid_methods:  # noqa: PLR2004
        answer.headers["Allow"] = ", ".join(error.valid_methods)
    return answer


def _explain_fault(error: Exception) -> Response:
    end_reading()
    g.person = None  # the frame must not ask a database that may be what has failed
    reference = request_number()
    log.error("fault", request=reference, method=request.method, endpoint=request.endpoint, exc_info=error)
    return explain(500, reference=reference)
