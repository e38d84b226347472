"""What the key notice and the premium statement say is fixed once made, and the notice hides its key."""

from dataclasses import FrozenInstanceError
from datetime import date

import pytest

from esurety.domain.authentication_key import AuthenticationKey
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.other_documents import KeyNotice
from esurety.domain.products import Product


def a_key_notice() -> KeyNotice:
    return KeyNotice(
        works_name="都営住宅××××× 耐震改修工事",
        contractor_name="ネットデスク建設 株式会社",
        product=Product.ADVANCE_PAYMENT,
        guarantee_contract_number=GuaranteeContractNumber.parse("99999-00005M"),
        authentication_key=AuthenticationKey("ABCDEF01"),
        dsure_address="https://hosho.example.jp/dsure/",
        issued_on=date(2024, 4, 1),
        obligee_head="長生村長",
        surety_name="○○建設業保証株式会社",
        branch_name="千葉支店",
        branch_phone="043-241-6101",
        branch_hours="9:00～17:00（土日祝日・年末年始を除く）",
        is_specimen=False,
    )


def test_a_logged_key_notice_does_not_tell_its_key() -> None:
    assert "ABCDEF01" not in repr(a_key_notice())


def test_a_key_notice_cannot_be_changed_after_it_was_made() -> None:
    notice = a_key_notice()

    with pytest.raises(FrozenInstanceError):
        notice.contractor_name = "別の会社"  # type: ignore[misc]
