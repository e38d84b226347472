"""取扱い・料率: where the rules are kept; and who may change them."""

from flask import render_template
from werkzeug.wrappers import Response

from esurety.services.keep_authorities import AuthorityEnded, AuthorityNotFound
from esurety.services.rule_keeping import NotAnOperator, refuse_unless_operator
from esurety.services.sign_in import Role, SignedIn
from esurety.web.access import person
from esurety.web.faults import Explanation, explain
from esurety.web.office import blueprint


@blueprint.get("/rules/")
def rules() -> str:
    """The three kinds of rules and registers."""
    return render_template("office/rules/home.html", may_change=may_change_rules())


def may_change_rules() -> bool:
    """Whether this person lays down rules."""
    return person().role is Role.ADMIN


def operator() -> SignedIn:
    """Who is signed in, on a page that changes rules. Raises NotAnOperator."""
    account = person()
    refuse_unless_operator(account)
    return account


@blueprint.errorhandler(NotAnOperator)
def explain_not_an_operator(_error: NotAnOperator) -> Response:
    """What somebody reads who may only look at the rules."""
    return explain(
        403,
        explanation=Explanation(
            "この操作はできません",
            "発注者の取扱い・料率・名簿の変更は、運用担当だけが行えます。内容の閲覧はできます。",
            "変更が必要な場合は、運用担当に依頼してください。",
        ),
    )


@blueprint.errorhandler(AuthorityNotFound)
def explain_authority_not_found(_error: AuthorityNotFound) -> Response:
    """The same as for any page that is not there."""
    return explain(404)


@blueprint.errorhandler(AuthorityEnded)
def explain_authority_ended(_error: AuthorityEnded) -> Response:
    """Somebody changes an authority that has been ended meanwhile."""
    return explain(
        409,
        explanation=Explanation(
            "この発注者の取扱いは終了しています",
            "終了した発注者の取扱いや宛名は変更できません。今回の操作は行っていません。",
            "再び取り扱う場合は、終了日のあとに、同じ名称で発注者を新しく登録してください。",
        ),
    )
