"""What goes to the contractor on paper: 保証料計算書 where wished, and the 領収証, which stays on paper (Q2). Each is posted once."""

from collections.abc import Iterable
from datetime import date, datetime

from esurety.persistence import events, premiums
from esurety.persistence.database import writing
from esurety.persistence.premiums import PaperToPost
from esurety.services.sign_in import SignedIn


def papers_to_post(account: SignedIn) -> tuple[list[PaperToPost], list[PaperToPost]]:
    """The statements and the receipts that this person's surety has still to post."""
    return premiums.statements_to_post(account.surety_id or 0), premiums.receipts_to_post(account.surety_id or 0)


def mark_posted(*, account: SignedIn, statements: Iterable[int], receipts: Iterable[int], posted_on: date, at: datetime) -> int:
    """発送済にする. What has been posted before is left as it is. Returns how many were marked now."""
    surety_id = account.surety_id or 0
    with writing():
        contracts = premiums.contracts_with_statement(surety_id, statements)
        for contract in contracts:
            contract.statement_posted_on = posted_on
            events.record_event(
                at=at,
                kind="PremiumStatementPosted",
                actor_id=account.account_id,
                actor_name=account.actor_name,
                application_id=contract.application_id,
                contract_id=contract.id,
            )
        received = premiums.receipts_unposted(surety_id, receipts)
        for receipt in received:
            receipt.receipt_posted_on = posted_on
            events.record_event(
                at=at,
                kind="ReceiptPosted",
                actor_id=account.account_id,
                actor_name=account.actor_name,
                application_id=receipt.application_id,
                note=receipt.amount.text,
            )
        return len(contracts) + len(received)
