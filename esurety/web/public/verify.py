"""`/verify`: the verdict on a certificate file; no account, no key, and the file is forgotten with the answer."""

from flask import make_response, render_template, request, url_for
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import RequestEntityTooLarge
from werkzeug.wrappers import Response

from esurety.documents.examination_process import ExaminationsBusy
from esurety.domain.file_facts import LARGEST_FILE
from esurety.domain.guarantee_contract_number import NotAContractNumber
from esurety.services.hand_out_verdict_slip import verdict_slip_pdf
from esurety.services.verify_certificate import NotASha256, NothingToVerify, verify_certificate
from esurety.web.access import installation, source
from esurety.web.answers import now, pdf
from esurety.web.faults import explain
from esurety.web.public import blueprint
from esurety.web.verdict_page import SlipNotUsable, dsure_href, plain_file_name, slip_from, verdict_facts

_MEGABYTES = LARGEST_FILE // 1024 // 1024
_CHOOSE = ("certificate", "確かめるファイルを選んでください")
_NUMBER = (
    "guarantee_contract_number",
    "保証契約番号は、99999-00005M のように入力してください。分からないときは、空欄のままで確かめられます",
)
_SHA256 = ("sha256", "SHA-256 は、0～9 と a～f の64文字で入力してください")
_TOO_LARGE = ("certificate", f"ファイルが大きすぎます。調べられるのは {_MEGABYTES} MB までです。証書だけのファイルを選んでください")
_SLIP_TOO_OLD = ("", "確認結果票を作れる時間（8時間）が過ぎました。もう一度、ファイルを選んで確かめてください")
_SECONDS_TO_WAIT = 10


@blueprint.get("/verify")
def verify() -> Response:
    """The form."""
    return _form()


@blueprint.post("/verify")
def verify_file() -> Response:
    """The verdict on the chosen file, or on a SHA-256."""
    chosen = request.files.get("certificate") or FileStorage()
    number, sha256 = request.form.get("guarantee_contract_number", ""), request.form.get("sha256", "")
    try:
        # One byte more than is allowed tells that a file is too large.
        content = chosen.read(LARGEST_FILE + 1) if chosen.filename else None
        checked = verify_certificate(
            at=now(), installation=installation(), file=content, sha256=sha256, asked_number=number, source=source()
        )
    except NothingToVerify:
        return _form((_CHOOSE,))
    except NotAContractNumber:
        return _form((_NUMBER,))
    except NotASha256:
        return _form((_SHA256,))
    except ExaminationsBusy:
        return _busy()
    finally:
        chosen.close()
    name = plain_file_name(chosen.filename or "")
    return make_response(render_template("verify/result.html", **verdict_facts(checked, file_name=name)))


@blueprint.post("/verify/slip.pdf")
def verdict_slip() -> Response:
    """確認結果票 of a verdict that was shown."""
    try:
        slip = slip_from(request.form.get("slip", ""))
    except SlipNotUsable:
        return _form((_SLIP_TOO_OLD,))
    stamp = slip.checked_at.strftime("%Y%m%d%H%M%S")
    return pdf(verdict_slip_pdf(slip), name=f"確認結果票_{stamp}.pdf", ascii_name=f"verdict_{stamp}.pdf")


@blueprint.errorhandler(413)
def too_large(_error: RequestEntityTooLarge) -> Response:
    """A file beyond the limit is not even read; the form says so."""
    if request.endpoint != "public.verify_file":
        return explain(413)
    page = render_template("verify/form.html", **_blank(), problems=[_TOO_LARGE], errors=dict([_TOO_LARGE]))
    return make_response(page, 413)


def _form(problems: tuple[tuple[str, str], ...] = ()) -> Response:
    typed = _blank() | {name: request.form.get(name, "")[:300] for name in ("guarantee_contract_number", "sha256")}
    had_file = bool(request.method == "POST" and request.files.get("certificate"))
    page = render_template("verify/form.html", **typed, problems=problems, errors=dict(problems), choose_again=had_file)
    return make_response(page, 422 if problems else 200)


def _busy() -> Response:
    typed = _blank() | {name: request.form.get(name, "")[:300] for name in ("guarantee_contract_number", "sha256")}
    answer = make_response(render_template("verify/form.html", **typed, problems=(), errors={}, is_busy=True, choose_again=True), 503)
    answer.headers["Retry-After"] = str(_SECONDS_TO_WAIT)
    return answer


def _blank() -> dict[str, str]:
    return {"guarantee_contract_number": "", "sha256": "", "action": url_for("public.verify_file"), "dsure_href": dsure_href()}
