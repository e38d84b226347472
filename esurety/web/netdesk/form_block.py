"""One product's block of 申込の作成, and how the form shows back what it understood."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import CertificateForm, PremiumPaymentMethod, Product
from esurety.domain.yen import Yen
from esurety.web.presentation import Tag

_WEEKDAYS = "月火水木金土日"


@dataclass(frozen=True)
class Acceptance:
    """Whether this authority accepts 電子保証 for this contract, as a notice."""

    tone: str
    text: str


@dataclass(frozen=True)
class OutcomeLine:
    """What a rule says of the form as it stands."""

    tag: Tag
    text: str


@dataclass(frozen=True)
class ProductBlock:
    """One product's block of the form."""

    product: Product
    wanted: bool
    names: Mapping[str, str]  # part → field name
    typed: Mapping[str, str]
    errors: Mapping[str, str]
    amount_echo: str
    year_echo: str
    limit_text: str
    certified_echo: str
    certified_hint: str
    previous_echo: str
    acceptance: Acceptance | None
    progress: Tag
    company_pays_monthly: bool
    outcomes: list[OutcomeLine]

    @property
    def form_options(self) -> list[tuple[str, str]]:
        return [(one.value, one.label) for one in CertificateForm]

    @property
    def payment_options(self) -> list[tuple[str, str]]:
        methods = list(PremiumPaymentMethod) if self.company_pays_monthly else [PremiumPaymentMethod.TRANSFER]
        return [(one.value, one.label) for one in methods]

    @property
    def is_electronic(self) -> bool:
        return self.typed.get(self.names["certificate_form"]) == CertificateForm.ELECTRONIC


def amount_echo(amount: Yen | None) -> str:
    """What was understood of a typed amount: 48,600,000円（4,860万円）."""
    if amount is None:
        return ""
    oku, rest = divmod(int(amount), 10**8)
    man, yen = divmod(rest, 10**4)
    if not (oku or man):
        return amount.text
    spoken = (f"{oku:,}億" if oku else "") + (f"{man:,}万" if man else "") + (f"{yen:,}" if yen else "")
    return f"{amount.text}（{spoken}円）"


def day_echo(day: date | None) -> str:
    """What was understood of a typed day: 令和6年4月1日（月）・西暦2024年."""
    return f"{era_date(day, padded=False)}（{_WEEKDAYS[day.weekday()]}）・西暦{day.year}年" if day else ""
