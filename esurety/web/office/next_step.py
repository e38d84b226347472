"""What comes next for an application, said to the person who looks at it."""

from collections.abc import Set

from esurety.domain.application_state import ApplicationAct, ApplicationState, may
from esurety.services.sign_in import SignedIn
from esurety.web.office.entitlement_words import EntitlementWords, whom_to_ask_to_approve
from esurety.web.office.permissions import may_issue
from esurety.web.office.premium_facts import PremiumFacts

_NEXT_STEPS = {
    ApplicationState.DRAFT: "",
    ApplicationState.SUBMITTED: "申込みの内容と審査項目を確認し、「承認」「差戻し」「謝絶」のいずれかを行ってください。",
    ApplicationState.IN_REVIEW: "申込みの内容と審査項目を確認し、「承認」「差戻し」「謝絶」のいずれかを行ってください。",
    ApplicationState.RETURNED: "受注者が修正して申し込み直すのを待っています。",
    ApplicationState.DECLINED: "この申込みの手続きは終わりました。",
    ApplicationState.ISSUED: "保証証書を発行しました。この申込みの手続きは終わりました。",
    ApplicationState.WITHDRAWN: "受注者が申込みを取り下げました。この申込みの手続きは終わりました。",
}


def next_step(account: SignedIn, state: ApplicationState, premium: PremiumFacts, acts: Set[str], entitled: EntitlementWords) -> str:
    """What this person can do next, or for whom the application waits."""
    if may(ApplicationAct.APPROVE, state):
        return _next_of_review(state, acts, entitled)
    if state is ApplicationState.ISSUED and premium.outstanding > 0:
        return _next_of_issued(premium)
    return _next_of_approved(account, premium, acts, entitled) if state is ApplicationState.APPROVED else _NEXT_STEPS[state]


def _next_of_issued(premium: PremiumFacts) -> str:
    """A premium on a monthly account waits for its month; one by transfer is missing, its receipt having been taken back."""
    said = ["保証証書を発行しました。"]
    if premium.still_open.on_account and premium.month_name:
        said.append(f"保証料 {premium.still_open.on_account.text} は、{premium.month_name}の一括納付に載せました。")
    if premium.still_open.by_transfer:
        said.append(f"保証料 {premium.still_open.by_transfer.text} の入金は、まだ記録されていません。")
    return "".join(said)


def _next_of_approved(account: SignedIn, premium: PremiumFacts, acts: Set[str], entitled: EntitlementWords) -> str:
    if premium.outstanding > 0:
        advice = "入金を確認したら、記録してください。" if "premium" in acts else ""
        return f"保証料 {premium.outstanding.text} の入金を待っています。{advice}"
    on_account = "保証料は一括納付のため、発行の前の入金は要りません。" if premium.on_account and premium.is_nothing else ""
    if "issue" in acts:
        return f"{on_account}発行できます。確認画面で内容を確かめてから発行してください。"
    if entitled.to_issue and may_issue(account):
        return entitled.to_issue
    asked = f"{entitled.issuers}に発行を依頼してください。" if entitled.issuers and acts else ""
    return f"{on_account}承認者による発行を待っています。{asked}"


def _next_of_review(state: ApplicationState, acts: Set[str], entitled: EntitlementWords) -> str:
    if not acts:
        return "取扱店の担当者による審査を待っています。"
    if not entitled.to_approve:
        return _NEXT_STEPS[state]
    if state is ApplicationState.SUBMITTED:
        return "申込みの内容と審査項目を確認し、「審査を始める」「差戻し」「謝絶」のいずれかを行ってください。承認は、別の人が行います。"
    return f"あなたが審査を始めた申込みです。{whom_to_ask_to_approve(entitled)}"
