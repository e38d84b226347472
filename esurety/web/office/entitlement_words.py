"""Who may approve and issue, in sentences: what stands in this person's way, who can take the next steps, and whom to ask."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from esurety.domain.application_state import ApplicationState
from esurety.persistence.models import Application
from esurety.persistence.staff import StaffMember
from esurety.services.check_entitlement import Entitlement, NeedsAnotherPerson, NoRightToIssue

_NOBODY = "発行できる人がいません。運用担当に、発行権限の登録を依頼してください。"
_ALONE = (
    "発行できる人がいません。発行権限を持つ人が、審査と承認を1人で行っているためです。承認を取り消して、別の人が承認し直すと発行できます。"
)
_NO_APPROVER = "承認できる人がほかにいません。運用担当に、担当者または承認者の登録を依頼してください。"
_DECIDING = {"clerk", "approver"}


@dataclass(frozen=True)
class EntitlementWords:
    """What stands in the way of approving and of issuing (empty: nothing), and who can take the steps to come."""

    to_approve: str = ""
    to_issue: str = ""
    issuers: str = ""
    approvers: str = ""
    rule: str = ""  # that two people are needed, where they are
    steps: tuple[tuple[str, str], ...] = ()  # a step to come and who can take it
    nobody: str = ""  # that nobody can issue, and what to do about it


def entitlement_words(found: Entitlement, application: Application, staff: Sequence[StaffMember]) -> EntitlementWords:
    """How the page tells of an entitlement."""
    is_approved = application.state == ApplicationState.APPROVED
    deciding = {one.account_id for one in staff if one.is_active and one.role in _DECIDING}
    issuers = whom_to_ask(found.issuers, staff, application.branch_id)
    others = whom_to_ask(deciding - {application.reviewer_id}, staff, application.branch_id)
    return EntitlementWords(
        to_approve=why_not_approve(found.to_approve) if found.to_approve else "",
        to_issue=why_not_issue(found.to_issue) if found.to_issue else "",
        issuers=issuers,
        approvers=others,
        rule=_rule(found, application),
        steps=tuple(_steps(found, application, staff, deciding=deciding, others=others, issuers=issuers)),
        nobody="" if issuers or not is_approved else _ALONE if found.alone else _NOBODY,
    )


def _rule(found: Entitlement, application: Application) -> str:
    if found.exceeded is None or application.state == ApplicationState.APPROVED:
        return ""
    larger = "（変更の前後で大きいほうの額）" if application.changed_contract_id is not None else ""
    return f"保証金額{larger}が{found.exceeded.text}を超えるため、審査を始める人と承認する人は別の人です。承認した人は、続けて発行することもできます。"


def _steps(
    found: Entitlement, application: Application, staff: Sequence[StaffMember], *, deciding: set[int], others: str, issuers: str
) -> list[tuple[str, str]]:
    """The steps to come, each with who can take it; up to the limit anybody of the office reviews and approves."""
    steps = []
    if found.exceeded is not None and application.state == ApplicationState.SUBMITTED:
        steps += [("審査を始められる人", whom_to_ask(deciding, staff, application.branch_id)), ("承認できる人", "審査を始めた人とは別の人")]
    if found.exceeded is not None and application.state == ApplicationState.IN_REVIEW:
        reviewer = next((one.name for one in staff if one.account_id == application.reviewer_id), "")
        steps.append(("承認できる人", f"{others}（審査を始めた{reviewer}さん以外）" if others else _NO_APPROVER))
    return [*steps, ("発行できる人", issuers)] if issuers else steps


def why_not_issue(refusal: NoRightToIssue | NeedsAnotherPerson) -> str:
    """Which product and amount, or which limit."""
    if isinstance(refusal, NoRightToIssue):
        return f"{refusal.product.label} {refusal.amount.text}を発行する権限が、あなたの発行権限に登録されていません。"
    return (
        f"保証金額 {refusal.amount.text}が{refusal.limit.text}を超えるため、審査から発行までを1人で行うことはできません。"
        "審査と承認をした人とは別の人が発行します。"
    )


def why_not_approve(refusal: NeedsAnotherPerson) -> str:
    """The limit, and that somebody else approves; before the review that it has to be begun."""
    over = f"保証金額 {refusal.amount.text}が{refusal.limit.text}を超えるため、審査を始めた人とは別の人が承認します。"
    return over if refusal.is_reviewed else f"{over}まず「審査を始める」を押し、そのあと別の人が承認してください。"


def whom_to_ask(able: Collection[int | None], staff: Sequence[StaffMember], branch_id: int | None) -> str:
    """These people: the branch's, or all of them where it has none."""
    found = [one for one in staff if one.account_id in able]
    of_branch = [one for one in found if one.branch_id == branch_id]
    return "、".join(f"{one.branch} {one.name}" for one in of_branch or found)


def whom_to_ask_to_approve(words: EntitlementWords) -> str:
    """What to do when one may not approve oneself what is under review."""
    if not words.approvers:
        return _NO_APPROVER
    whom = f"{words.approvers}のいずれか" if "、" in words.approvers else words.approvers
    return f"{whom}に、承認を依頼してください。"


def advice(words: EntitlementWords) -> str:
    """What to do when one may not issue oneself."""
    return words.nobody or (f"発行できる人：{words.issuers}。その方に発行を依頼してください。" if words.issuers else _NOBODY)
