"""What a corrected application says otherwise than the one it replaces, in the words of the form."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from esurety.domain.application_content import ApplicationContent
from esurety.domain.guarantee_premium import Premium
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import Product
from esurety.domain.yen import Yen

_EMPTY = "（なし）"


@dataclass(frozen=True)
class FieldDifference:
    """One field before and after."""

    label: str
    before: str
    after: str

    @property
    def text(self) -> str:
        return f"{self.label}：{self.before} → {self.after}"


@dataclass(frozen=True)
class PremiumChange(FieldDifference):
    """A premium before and after; `is_by_tariff` where another tariff is in force on the day of the correction."""

    is_by_tariff: bool


def _day(day: date | None) -> str:
    return era_date(day, padded=False) if day is not None else ""


def _yes(value: bool) -> str:
    return "はい" if value else "いいえ"


_FIELDS: tuple[tuple[str, Callable[[ApplicationContent], str]], ...] = (
    ("工事名", lambda one: one.works_name),
    ("工事番号", lambda one: one.works_number),
    ("工事場所", lambda one: one.works_place),
    ("種別", lambda one: one.works_kind.label),
    ("請負金額", lambda one: one.contract_price.text),
    ("契約日", lambda one: _day(one.contracted_on)),
    ("公告日", lambda one: _day(one.announced_on)),
    ("工期の初日", lambda one: _day(one.construction_starts_on)),
    ("工期の末日", lambda one: _day(one.construction_ends_on)),
    ("低入札", lambda one: _yes(one.is_low_bid)),
    ("保証証書受取", lambda one: one.certificate_delivery.label if one.certificate_delivery else ""),
    ("お知らせのメールアドレス", lambda one: one.notification_email),
    ("保証料請求先", lambda one: one.premium_billing_name),
    ("保証料計算書(紙)", lambda one: _yes(one.premium_statement_on_paper)),
)


def differences(before: ApplicationContent, after: ApplicationContent) -> tuple[FieldDifference, ...]:
    """The fields that differ, in the order of the form. Of records named by id (発注者, 申込送信先) only that they changed."""
    return tuple(_differences(before, after))


def _differences(before: ApplicationContent, after: ApplicationContent) -> Iterator[FieldDifference]:
    if before.contracting_authority_id != after.contracting_authority_id:
        yield FieldDifference("発注者", "変更前の発注者", "別の発注者")
    for label, text in _FIELDS:
        if text(before) != text(after):
            yield FieldDifference(label, text(before) or _EMPTY, text(after) or _EMPTY)
    if before.branch_id != after.branch_id:
        yield FieldDifference("申込送信先", "変更前の営業部・支店", "別の営業部・支店")
    for product in Product:
        yield from _of_product(product, before, after)


def _of_product(product: Product, before: ApplicationContent, after: ApplicationContent) -> Iterator[FieldDifference]:
    old, new = before.guarantee(product), after.guarantee(product)
    if old is None or new is None:
        if old is not new:
            yield FieldDifference(product.label, "申し込む" if old else "申し込まない", "申し込む" if new else "申し込まない")
        return
    parts = (
        ("金額", _amount(old.guaranteed_amount), _amount(new.guaranteed_amount)),
        ("の今年度対象額", _amount(old.fiscal_year_amount), _amount(new.fiscal_year_amount)),
        ("の証書の形式", old.certificate_form.label, new.certificate_form.label),
        ("の保証料支払方法", old.premium_payment_method.label, new.premium_payment_method.label),
    )
    for label, was, now in parts:
        if was != now:
            yield FieldDifference(product.label + label, was or _EMPTY, now or _EMPTY)


def _amount(amount: Yen | None) -> str:
    return amount.text if amount is not None else ""


def premium_changes(before: Mapping[Product, tuple[int, Yen]], after: Mapping[Product, tuple[int, Premium]]) -> tuple[PremiumChange, ...]:
    """The premiums that a corrected application costs otherwise, of products it applies for as before; each with the tariff's id."""
    return tuple(
        PremiumChange(f"{product.label}の保証料", before[product][1].text, premium.amount.text, before[product][0] != tariff_id)
        for product, (tariff_id, premium) in after.items()
        if product in before and before[product][1] != premium.amount
    )
