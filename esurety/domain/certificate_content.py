"""What a certificate (保証証書) says: the one source of the page, of the screens and, later on, of the data inside the file."""

import json
from dataclasses import MISSING, asdict, dataclass, fields
from datetime import date
from typing import Any

from esurety.domain.products import CertificateForm, Product
from esurety.domain.yen import Yen, percentage_text

_DATES = {"issued_on", "contracted_on", "construction_starts_on", "construction_ends_on", "guarantee_starts_on", "guarantee_ends_on"}
_AMOUNTS = {"contract_price", "fiscal_year_amount", "previous_advance_amount", "guaranteed_amount"}
_TABLES = ("change_note", "joint_venture_members")


def version_text(version: int) -> str:
    """How a version is named: 当初 for the original, 変更第n回 after it."""
    return "当初" if version == 0 else f"変更第{version}回"


@dataclass(frozen=True)
class CertificateContent:
    """Every field of one version of a certificate. Amounts are totals (総額); the fields follow `domain.md`, Documents."""

    product: Product
    certificate_form: CertificateForm
    guarantee_contract_number: str
    version: int  # 0 is the original (当初), n the n-th change (変更第n回)
    issued_on: date
    obligee_name: str  # 長生村
    obligee_head: str  # 長生村長, to be followed by 様
    principal_name: str
    principal_address: str
    principal_representative: str  # 代表取締役 保証 太郎
    works_number: str
    works_name: str
    works_place: str
    contract_price: Yen
    contracted_on: date
    construction_starts_on: date
    construction_ends_on: date
    fiscal_year_amount: Yen | None  # 今年度対象額, only where a year's base counts
    previous_advance_amount: Yen | None  # 既前払金額, only for the interim advance
    guaranteed_amount: Yen
    guarantee_starts_on: date
    guarantee_ends_on: date
    depository: str  # 預託金融機関, empty for 契約保証
    terms_name: str  # 約款名
    guarantee_statement: str  # 保証文言
    surety_name: str
    surety_address: str
    surety_representative: str
    branch_name: str
    branch_phone: str
    branch_hours: str
    is_specimen: bool  # 見本: made by a demonstration, without effect
    replaces_version: int | None = None  # the version that a change takes the place of
    change_note: tuple[tuple[str, str, str], ...] = ()  # of a change: each field that differs, before and after
    joint_venture_name: str = ""  # 企業体名; the principal above is then the representative
    joint_venture_members: tuple[tuple[str, str, str, bool], ...] = ()  # name, address, share, is the representative
    status_id: str = ""  # of the public status page; empty in certificates from before there was one
    status_address: str = ""  # the page's address, as QR code and text
    log_origin: str = ""  # the public log (公開記録) and its latest head when the certificate was prepared
    log_head_size: int | None = None
    log_head_root: str = ""  # hexadecimal

    @property
    def version_text(self) -> str:
        return version_text(self.version)

    @property
    def replaced_row(self) -> tuple[tuple[str, str], ...]:
        """Of a change: which version's certificate this one takes the place of, as paper and screens print it."""
        if self.replaces_version is None:
            return ()
        return (("この証書が代わる版", f"{version_text(self.replaces_version)}の証書"),)

    @property
    def ratio_base(self) -> Yen:
        """What the guaranteed amount is measured against: the year's amount if there is one, else the price."""
        return self.fiscal_year_amount or self.contract_price

    @property
    def ratio_text(self) -> str:
        return percentage_text(self.guaranteed_amount, self.ratio_base)

    def to_json(self) -> str:
        """The canonical text: keys sorted, no spaces, dates as YYYY-MM-DD, amounts as whole yen."""
        plain: dict[str, Any] = {name: value.isoformat() if isinstance(value, date) else value for name, value in asdict(self).items()}
        return json.dumps(plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "CertificateContent":
        """The content that `to_json` wrote, now or before a field was added. Raises TypeError when a field is missing or unknown."""
        plain: dict[str, Any] = json.loads(text)
        known = {field.name: field.default is MISSING for field in fields(cls)}
        if not known.keys() >= plain.keys() or any(needed and name not in plain for name, needed in known.items()):
            raise TypeError("not the fields of a certificate")
        for name in _TABLES:
            plain[name] = tuple(tuple(row) for row in plain.get(name, ()))
        for name in _DATES:
            plain[name] = date.fromisoformat(plain[name])
        for name in _AMOUNTS:
            plain[name] = None if plain[name] is None else Yen(plain[name])
        plain["product"] = Product(plain["product"])
        plain["certificate_form"] = CertificateForm(plain["certificate_form"])
        return cls(**plain)

    def printed_texts(self) -> tuple[str, ...]:
        """Every free text that the page prints, for finding characters that the font lacks."""
        named = tuple(value for field in fields(self) if isinstance(value := getattr(self, field.name), str))
        members = tuple(text for name, address, _, _ in self.joint_venture_members for text in (name, address))
        return named + members + tuple(text for note in self.change_note for text in note)
