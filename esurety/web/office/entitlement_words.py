"""Who may approve and issue, in sentences: what stands in this person's way, and whom to ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from esurety.persistence.staff import StaffMember
from esurety.services.check_entitlement import NeedsAnotherPerson, NoRightToIssue

_NOBODY = "発行できる人がいません。運用担当に、発行権限の登録を依頼してください。"


@dataclass(frozen=True)
class EntitlementWords:
    """What stands in the way of approving and of issuing (empty: nothing), and who could issue."""

    to_approve: str = ""
    to_issue: str = ""
    issuers: str = ""


def why_not_issue(refusal: NoRightToIssue | NeedsAnotherPerson) -> str:
    """Which product and amount, or which limit."""
    if isinstance(refusal, NoRightToIssue):
        return f"{refusal.product.label} {refusal.amount.text}を発行する権限が、あなたの発行権限に登録されていません。"
    return f"保証金額 {refusal.amount.text}が{refusal.limit.text}を超えるため、審査または承認をした人とは別の人が発行します。"


def why_not_approve(refusal: NeedsAnotherPerson) -> str:
    """The limit, and that somebody else approves."""
    return f"保証金額 {refusal.amount.text}が{refusal.limit.text}を超えるため、審査を始めた人とは別の人が承認します。"


def whom_to_ask(issuers: Collection[int], staff: Sequence[StaffMember], branch_id: int | None) -> str:
    """Who could issue: the branch's people, or all of them where it has none."""
    able = [one for one in staff if one.account_id in issuers]
    of_branch = [one for one in able if one.branch_id == branch_id]
    return "、".join(f"{one.branch} {one.name}" for one in of_branch or able)


def advice(issuers: str) -> str:
    """What to do when one may not issue oneself."""
    return f"発行できる人：{issuers}。その方に発行を依頼してください。" if issuers else _NOBODY
