"""The demonstration after the issue: a changed contract, one whose key was re-issued, a change under review."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from esurety.domain.application_state import ApplicationAct
from esurety.domain.japanese_calendar import JAPAN, era_date, japanese_day
from esurety.domain.products import Product
from esurety.persistence.contracts import ContractFilter
from esurety.persistence.models import GuaranteeContract
from esurety.services.apply_for_change import change_form, submit_change
from esurety.services.installation import Installation
from esurety.services.issue_change import issue_change
from esurety.services.read_applications import application_for_office
from esurety.services.read_contracts import list_contracts
from esurety.services.reissue_key import ask_for_new_key, reissue_key
from esurety.services.sign_in import SignedIn

_CHANGED, _KEY_REISSUED, _UNDER_REVIEW = "〇〇区役所 空調設備更新工事", "橋梁長寿命化 詳細設計業務委託", "一宮川 河川維持工事"
_LONGER = timedelta(days=60)
Decide = Callable[[ApplicationAct, SignedIn, int, datetime, Installation], None]


@dataclass(frozen=True)
class AfterIssue:
    """Who acts after the issue, and how the demonstration decides."""

    contractor: SignedIn
    clerk: SignedIn
    approver: SignedIn
    decide: Decide
    installation: Installation

    def play(self, now: datetime) -> None:
        """Change one contract and leave the wish for its new key open, re-issue the key of another, have a third's change reviewed."""
        today, morning = japanese_day(now), now.astimezone(JAPAN).replace(hour=10, minute=20)
        changed = self._contract(_CHANGED, Product.ADVANCE_PAYMENT, today)
        application = self._apply(changed, "64,130,000", "25,652,000", morning - timedelta(days=15))
        self.decide(ApplicationAct.APPROVE, self.clerk, application, morning - timedelta(days=14), self.installation)
        self._issue(application, morning - timedelta(days=14))
        self._reissue(self._contract(_KEY_REISSUED, Product.ADVANCE_PAYMENT, today), morning - timedelta(days=10))
        ask_for_new_key(
            account=self.contractor,
            number=changed.number,
            reason="担当者が替わり、前任者が印刷したお知らせの控えが見当たらないため",
            at=morning - timedelta(hours=20),
            installation=self.installation,
        )
        waiting = self._contract(_UNDER_REVIEW, Product.CONTRACT_PERFORMANCE, today)
        application = self._apply(waiting, "46,200,000", "4,620,000", morning - timedelta(days=1))
        self.decide(ApplicationAct.START_REVIEW, self.clerk, application, morning - timedelta(hours=23), self.installation)

    def _contract(self, works_name: str, product: Product, today: date) -> GuaranteeContract:
        return list_contracts(self.contractor, ContractFilter(word=works_name, product=product), today=today).contracts[0]

    def _apply(self, contract: GuaranteeContract, price: str, amount: str, at: datetime) -> int:
        number = contract.number
        form = change_form(self.contractor, number)
        return submit_change(
            account=self.contractor,
            number=number,
            typed={
                "contract_price": price,
                "construction_ends_on": era_date(form.before.construction_ends_on + _LONGER, padded=False),
                "guaranteed_amount": amount,
                "change_reason": "設計変更により請負金額を増額し、工期を延長するため",
            },
            revision=None,
            token=f"demo-change-{number}",
            at=at,
            installation=self.installation,
        )

    def _issue(self, application_id: int, at: datetime) -> None:
        issue_change(
            account=self.approver,
            application_id=application_id,
            revision=application_for_office(self.approver, application_id).revision,
            token=f"demo-issue-{application_id}",
            at=at,
            installation=self.installation,
        )

    def _reissue(self, contract: GuaranteeContract, at: datetime) -> None:
        number, reason = contract.number, "認証キーのお知らせを、発注者ではないあて先に送ってしまったため"
        ask_for_new_key(account=self.contractor, number=number, reason=reason, at=at, installation=self.installation)
        reissue_key(
            account=self.approver,
            number=number,
            reason=reason,
            token=f"demo-key-{number}",
            at=at + timedelta(hours=1),
            installation=self.installation,
        )
