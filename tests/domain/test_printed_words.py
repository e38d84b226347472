"""Whether a page that shows a certificate says what the record says."""

from dataclasses import replace

import pytest

from esurety.domain.printed_words import says_otherwise
from esurety.domain.yen import Yen
from tests.documents.conftest import CERTIFICATE

PAGE = (
    "前払金保証証書被保証者長生村長様保証契約者ネットデスク建設株式会社工事名都営住宅×××××耐震改修工事"
    "請負金額(総額)48,600,000円工期令和06年04月01日～令和06年09月30日"
    "保証金額（総額）19,440,000円（請負金額の40%）保証期間令和06年04月01日～令和06年09月30日"
).replace("長生村長", "".join(CERTIFICATE.obligee_head.split()))


def test_the_page_as_issued_says_the_same() -> None:
    assert not says_otherwise(PAGE, CERTIFICATE, among=[CERTIFICATE])
    assert not says_otherwise(PAGE.replace("19,440,000", "１９，４４０，０００"), CERTIFICATE, among=[CERTIFICATE])


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        ("19,440,000円", "38,880,000円"),
        ("48,600,000円", "97,200,000円"),
        ("ネットデスク建設", "ほかの建設"),
        ("耐震改修工事", "新築工事"),
        ("保証期間令和06年04月01日～令和06年09月30日", "保証期間令和06年04月01日～令和07年09月30日"),
        ("（総額）19,440,000円", "（総額）38,880,000円前払金額19,440,000円"),
    ],
    ids=["保証金額", "請負金額", "保証契約者", "工事名", "保証期間（工期はそのまま）", "本当の金額はほかの欄に"],
)
def test_one_thing_changed_is_noticed(ours: str, theirs: str) -> None:
    assert ours in PAGE
    assert says_otherwise(PAGE.replace(ours, theirs), CERTIFICATE, among=[CERTIFICATE])


def test_a_bundle_may_show_amounts_of_other_certificates_that_are_known() -> None:
    other = replace(CERTIFICATE, guaranteed_amount=Yen(1000))
    both = PAGE + PAGE.replace("19,440,000円", "1,000円")

    assert not says_otherwise(both, CERTIFICATE, among=[CERTIFICATE, other])
    assert not says_otherwise(both, CERTIFICATE, among=None)
    assert says_otherwise(both, CERTIFICATE, among=[CERTIFICATE])


@pytest.mark.parametrize("text", ["", "前払金請求書請求金額38,880,000円", "証書の状態"])
def test_what_shows_no_certificate_says_nothing_of_it(text: str) -> None:
    assert not says_otherwise(text, CERTIFICATE, among=[CERTIFICATE])
