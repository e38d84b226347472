"""What an approver looks at once more before issuing: the premium and its receipts, who reviewed and approved."""

from collections.abc import Mapping

from esurety.domain.japanese_calendar import era_time
from esurety.domain.yen import Yen
from esurety.web.office.review_page import ReviewPage

_DECIDED = {"審査": ("ReviewStarted", "ApplicationApproved"), "承認": ("ApplicationApproved",)}


def money_rows(page: ReviewPage) -> list[tuple[str, str]]:
    """保証料 as it is paid, and what has come in."""
    premium = page.premium
    if premium.on_account and not premium.due:
        paid = "一括納付のため、発行の前の入金は要りません"
    elif premium.is_nothing:
        paid = "この申込みで納める保証料はありません"
    else:
        paid = "、".join(f"{one.received_on}　{one.amount}（{one.method}）" for one in premium.receipts if not one.reversal)
    amounts = [(premium.due, "振込"), (premium.on_account, "一括納付")]
    due = "、".join(f"{amount.text}（{how}）" for amount, how in amounts if amount) or Yen(0).text
    rows = [("保証料", due), ("入金", paid)]
    return [*rows, ("過払い", premium.overpaid.text)] if premium.overpaid else rows


def deciding_rows(page: ReviewPage) -> list[tuple[str, str]]:
    """Who reviewed and who approved, and when: the latest of each."""
    names = {"審査": page.record.reviewer_id, "承認": page.record.approver_id}
    return [(step, _told(page, person_id, kinds)) for (step, person_id), kinds in zip(names.items(), _DECIDED.values(), strict=True)]


def _told(page: ReviewPage, person_id: int | None, kinds: tuple[str, ...]) -> str:
    names: Mapping[int, str] = page.extras.names
    event = next((one for one in page.extras.events if one.kind in kinds and one.actor_id == person_id), None)
    name = names.get(person_id or 0, "退職した担当者")
    return f"{name}（{era_time(event.at)}）" if event is not None else name
