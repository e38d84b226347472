"""What goes to the contractor on paper: 証書(紙), 保証料計算書 and 返還計算書 where wished, and the 領収証, which stays on paper (Q2).

Each is posted once; a mark that was set by mistake is taken back, and the paper waits again.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from esurety.domain.posted_paper import PaperKind
from esurety.domain.premium_due import SettlementKind
from esurety.domain.yen import total
from esurety.persistence import events, papers_held, posted_papers
from esurety.persistence.database import writing
from esurety.persistence.models import PremiumReceipt
from esurety.persistence.posted_papers import PaperToPost
from esurety.services.sign_in import SignedIn

POSTED_SHOWN_DAYS = 30


@dataclass(frozen=True)
class PaperRef:
    """Which paper; `version` of a certificate alone."""

    kind: PaperKind
    id: int
    version: int = 0


@dataclass(frozen=True)
class Papers:
    """The papers of a list, by what they are."""

    certificates: list[PaperToPost]
    statements: list[PaperToPost]
    settlements: list[PaperToPost]
    receipts: list[PaperToPost]

    @property
    def everything(self) -> list[PaperToPost]:
        return [*self.certificates, *self.statements, *self.settlements, *self.receipts]


def papers_to_post(account: SignedIn) -> Papers:
    """What this person's surety has still to post, oldest first."""
    return _papers(account.surety_id or 0, None)


def papers_posted(account: SignedIn, *, today: date) -> list[PaperToPost]:
    """What was posted within the last POSTED_SHOWN_DAYS days, the latest first."""
    found = _papers(account.surety_id or 0, today - timedelta(days=POSTED_SHOWN_DAYS))
    return sorted(found.everything, key=lambda one: one.posted_on or today, reverse=True)


def _papers(surety_id: int, posted_since: date | None) -> Papers:
    return Papers(
        posted_papers.certificates(surety_id, posted_since=posted_since),
        posted_papers.statements(surety_id, posted_since=posted_since),
        posted_papers.statements_of_settlements(surety_id, posted_since=posted_since),
        posted_papers.receipts(surety_id, posted_since=posted_since),
    )


def mark_posted(*, account: SignedIn, papers: Iterable[PaperRef], posted_on: date, at: datetime) -> int:
    """発送済にする. What has been posted before is left as it is. Returns how many were marked now."""
    with writing():
        return sum(_set(account, one, posted_on, at) for one in sorted(set(papers), key=_in_order))


def take_back_posting(*, account: SignedIn, paper: PaperRef, at: datetime) -> bool:
    """発送済を取り消す: the paper waits again. False where it was waiting already, or there is no such paper."""
    with writing():
        return _set(account, paper, None, at)


def _in_order(paper: PaperRef) -> tuple[str, int, int]:
    return paper.kind.value, paper.id, paper.version  # two clerks hold the records in one order


def _set(account: SignedIn, paper: PaperRef, posted_on: date | None, at: datetime) -> bool:
    return _SETTERS[paper.kind](account, paper, posted_on, at)


def _set_certificate(account: SignedIn, paper: PaperRef, posted_on: date | None, at: datetime) -> bool:
    found = papers_held.certificate(account.surety_id or 0, paper.id, paper.version)
    if found is None or (found[0].posted_on is None) == (posted_on is None):
        return False
    found[0].posted_on = posted_on
    occasion = "当初" if paper.version == 0 else f"変更第{paper.version}回"
    note = f"証書(紙)（{occasion}）"
    _record(account, "CertificatePosted", posted_on, note, at, application_id=found[0].application_id, contract_id=paper.id)
    return True


def _set_statement(account: SignedIn, paper: PaperRef, posted_on: date | None, at: datetime) -> bool:
    found = papers_held.contract(account.surety_id or 0, paper.id)
    if found is None or (found.statement_posted_on is None) == (posted_on is None):
        return False
    found.statement_posted_on = posted_on
    _record(account, "PremiumStatementPosted", posted_on, "保証料計算書", at, application_id=found.application_id, contract_id=found.id)
    return True


def _set_settlement(account: SignedIn, paper: PaperRef, posted_on: date | None, at: datetime) -> bool:
    found = papers_held.settlement(account.surety_id or 0, paper.id)
    if found is None or (found[0].statement_posted_on is None) == (posted_on is None):
        return False
    settlement, contract = found
    settlement.statement_posted_on = posted_on
    note = settlement_paper(settlement.kind, settlement.version, contract.current_version)
    _record(account, "SettlementStatementPosted", posted_on, note, at, contract_id=contract.id)
    return True


def _set_receipt(account: SignedIn, paper: PaperRef, posted_on: date | None, at: datetime) -> bool:
    held = papers_held.receipts(account.surety_id or 0, paper.id, of_month=paper.kind is PaperKind.MONTH)
    moving = [one for one in held if _moves(one, posted_on)]
    for one in moving:
        one.receipt_posted_on = posted_on
    whole = total([one.amount for one in moving])
    for one in moving:
        note = f"領収証　{one.amount.text}" + (f"（ひと月分 {whole.text} のうち）" if paper.kind is PaperKind.MONTH else "")
        _record(account, "ReceiptPosted", posted_on, note, at, application_id=one.application_id)
    return bool(moving)


def _moves(receipt: PremiumReceipt, posted_on: date | None) -> bool:
    """Whether the mark is new: what was reversed is not posted any more, but a mistaken mark on it is taken back."""
    if posted_on is None:
        return receipt.receipt_posted_on is not None
    return receipt.receipt_posted_on is None and receipt.reversed_at is None


_SETTERS: dict[PaperKind, Callable[[SignedIn, PaperRef, date | None, datetime], bool]] = {
    PaperKind.CERTIFICATE: _set_certificate,
    PaperKind.STATEMENT: _set_statement,
    PaperKind.SETTLEMENT: _set_settlement,
    PaperKind.RECEIPT: _set_receipt,
    PaperKind.MONTH: _set_receipt,
}


def settlement_paper(kind: str, version: int, current_version: int) -> str:
    """保証料計算書（変更第1回） or 返還計算書（解約）."""
    occasion = f"変更第{version}回" if version <= current_version else "解約"
    return f"{'保証料計算書' if kind == SettlementKind.BILLED else '返還計算書'}（{occasion}）"


def _record(
    account: SignedIn,
    kind: str,
    posted_on: date | None,
    note: str,
    at: datetime,
    *,
    application_id: int | None = None,
    contract_id: int | None = None,
) -> None:
    events.record_event(
        at=at,
        kind=kind if posted_on is not None else "PostingTakenBack",
        actor_id=account.account_id,
        actor_name=account.actor_name,
        application_id=application_id,
        contract_id=contract_id,
        note=note,
    )
