"""Who of the surety's people may act: everybody signed in may look, clerks and approvers decide, approvers issue."""

from flask import abort
from werkzeug.wrappers import Response

from esurety.services.issue_guarantee import NotEntitledToIssue
from esurety.services.sign_in import Role, SignedIn
from esurety.web.access import person
from esurety.web.faults import Explanation, explain
from esurety.web.office import blueprint


class MayOnlyLook(PermissionError):
    """An operator sees the office's records but takes none of its decisions."""


def may_act(account: SignedIn) -> bool:
    """Whether this person decides about applications."""
    return account.role in {Role.CLERK, Role.APPROVER}


def may_issue(account: SignedIn) -> bool:
    """Whether this person issues."""
    return account.role is Role.APPROVER


def acting_person() -> SignedIn:
    """Who is signed in, on a page that acts. Raises MayOnlyLook."""
    account = person()
    if not may_act(account):
        raise MayOnlyLook
    return account


def issuing_person() -> SignedIn:
    """Who is signed in, on the page that issues. Raises NotEntitledToIssue."""
    account = person()
    if not may_issue(account):
        raise NotEntitledToIssue
    return account


def operating_person() -> SignedIn:
    """Who is signed in, on the operator's pages; for anybody else there is no such page."""
    account = person()
    if account.role is not Role.ADMIN:
        abort(404)
    return account


@blueprint.errorhandler(MayOnlyLook)
def explain_may_only_look(_error: MayOnlyLook) -> Response:
    """What an operator reads who tried to act."""
    return explain(
        403,
        explanation=Explanation(
            "この操作はできません",
            "審査・入金の記録・発行・再送は、営業部・支店の担当者と承認者だけが行えます。運用担当の方は、内容の閲覧だけができます。",
            "必要な操作は、取扱店の担当者に依頼してください。",
        ),
    )


@blueprint.errorhandler(NotEntitledToIssue)
def explain_not_entitled(_error: NotEntitledToIssue) -> Response:
    """What somebody reads who tried to issue without being an approver."""
    return explain(
        403,
        explanation=Explanation(
            "発行は承認者だけが行えます",
            "お使いのアカウントには、保証証書を発行する権限がありません。今回の操作は行っていません。",
            "申込みの画面に、発行できる承認者の名前があります。その方に発行を依頼してください。",
        ),
    )
