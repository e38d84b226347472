"""An operator of several sureties acts for one at a time: every form carries which one, so that a tab left open never writes into another.

The choice lives in the session, which all tabs share; a form is answered for the surety that its page showed, or not at all.
"""

from flask import request
from werkzeug.wrappers import Response

from esurety.services.keep_surety import sureties_to_choose
from esurety.services.sign_in import SignedIn
from esurety.web.access import person, person_or_none
from esurety.web.faults import Explanation, explain
from esurety.web.office import blueprint

_FIELD = "acting_for"
_FOR_NO_SURETY = {"office.people_act_for", "office.people_new_surety", "office.people_create_surety"}  # mean the same in every tab


@blueprint.context_processor
def _acting() -> dict[str, str]:
    """For the forms: the id of the surety acted for, and its name to be shown beside their buttons."""
    account = person_or_none()
    if account is None or not account.chooses_surety or request.endpoint in _FOR_NO_SURETY:
        return {}
    return {_FIELD: _surety_of(account), "acting_surety": account.organisation if account.surety_id is not None else ""}


@blueprint.before_request
def refuse_form_of_another_surety() -> Response | None:
    """Nothing is done with a form that was opened while another surety was acted for."""
    if request.method != "POST" or request.endpoint in _FOR_NO_SURETY:
        return None
    account = person()
    opened_for = request.form.get(_FIELD, "")
    if not account.chooses_surety or opened_for == _surety_of(account):
        return None
    return explain(409, explanation=_words(account, opened_for))


def _surety_of(account: SignedIn) -> str:
    return str(account.surety_id) if account.surety_id is not None else ""


def _words(account: SignedIn, opened_for: str) -> Explanation:
    names = {str(surety_id): name for surety_id, name in sureties_to_choose(account)}
    opened, acting = names.get(opened_for), names.get(_surety_of(account))
    return Explanation(
        "保証会社が切り替わっています",
        (f"この画面は{opened}の業務として開いたものです" if opened else "この画面は保証会社を選ぶ前に開いたものです")
        + (f"が、いまは{acting}の業務をしています。" if acting else "。")
        + "今回の操作は行っていません。",
        "メニューの「保証会社の切替」で、業務をする会社を確かめてください。"
        # Loading the answer again sends the form again as it was typed, files and passwords too; they need not stand on this page.
        + (f"別のタブで{opened}の業務に切り替えてから、この画面を再読み込みすると、入力した内容をもう一度送れます。" if opened else ""),
    )
