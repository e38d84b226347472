"""変更: what may change in a guarantee, how two versions differ, and what that does to the premium (domain.md, Changes)."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date
from esurety.domain.yen import Yen


class ChangeKind(StrEnum):
    """The three kinds of change; one application may combine an amount's change with an extension."""

    INCREASE = "increase"
    DECREASE = "decrease"
    EXTENSION = "extension"

    @property
    def label(self) -> str:
        return {"increase": "増額", "decrease": "減額", "extension": "保証期限変更"}[self.value]


@dataclass(frozen=True)
class FieldDifference:
    """One field that differs between two versions, in the words of the certificate."""

    label: str
    before: str
    after: str


class NothingChanges(ValueError):
    """The change leaves amount, price and period as they are."""


def change_kinds(before: CertificateContent, after: CertificateContent) -> tuple[ChangeKind, ...]:
    """Which kinds of change lead from one version to the next. Raises NothingChanges when amount, price and period all stay."""
    kinds: list[ChangeKind] = []
    if after.guaranteed_amount > before.guaranteed_amount:
        kinds.append(ChangeKind.INCREASE)
    elif after.guaranteed_amount < before.guaranteed_amount:
        kinds.append(ChangeKind.DECREASE)
    if after.guarantee_ends_on != before.guarantee_ends_on:
        kinds.append(ChangeKind.EXTENSION)
    if not kinds and _what_may_change(after) == _what_may_change(before):
        raise NothingChanges("neither the amount nor the price nor the period changes")
    return tuple(kinds)


def _what_may_change(content: CertificateContent) -> tuple[object, ...]:
    return content.contract_price, content.construction_ends_on, content.fiscal_year_amount, content.previous_advance_amount


def differences(before: CertificateContent, after: CertificateContent) -> tuple[FieldDifference, ...]:
    """Every field that differs between two versions, in the order of the paper; number, version and day of issue aside."""
    return tuple(
        FieldDifference(label, old, new) for (label, old), (_, new) in zip(_compared(before), _compared(after), strict=True) if old != new
    )


def _compared(content: CertificateContent) -> Iterator[tuple[str, str]]:
    yield "被保証者", content.obligee_head
    yield "企業体名", content.joint_venture_name
    yield "構成員", "、".join(f"{name}（{share}）" for name, _, share, _ in content.joint_venture_members)
    yield "保証契約者", content.principal_name
    yield "保証契約者の代表者", content.principal_representative
    yield "住所", content.principal_address
    yield "工事番号", content.works_number
    yield "工事名", content.works_name
    yield "工事場所", content.works_place
    yield "請負金額（総額）", content.contract_price.text
    yield "契約日", era_date(content.contracted_on)
    yield "工期の初日", era_date(content.construction_starts_on)
    yield "工期の末日", era_date(content.construction_ends_on)
    yield "今年度対象額", content.fiscal_year_amount.text if content.fiscal_year_amount else ""
    yield "既前払金額", content.previous_advance_amount.text if content.previous_advance_amount else ""
    yield "保証金額（総額）", content.guaranteed_amount.text
    yield "保証期間の初日", era_date(content.guarantee_starts_on)
    yield "保証期間の末日", era_date(content.guarantee_ends_on)
    yield "預託金融機関", content.depository


@dataclass(frozen=True)
class PremiumDifference:
    """What a change makes of the premium: a difference to be billed, or one to be paid back; one of them is 0円."""

    billed: Yen
    refunded: Yen


def premium_difference(before: Yen, after: Yen) -> PremiumDifference:
    """The premium of a version is that of its total, so the difference is simply what the totals differ by."""
    return PremiumDifference(billed=Yen(max(0, after - before)), refunded=Yen(max(0, before - after)))
