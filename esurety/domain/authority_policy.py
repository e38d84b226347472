"""What a contracting authority (発注者) has laid down: whether it takes electronic guarantees, its caps and its rounding."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import Product, WorksKind
from esurety.domain.yen import Yen

_TO_THE_YEN = Yen(1)
_EVERY_PRICE = Yen(0)


class CountsBy(StrEnum):
    """Which day of a contract decides whether it falls under the authority's start of electronic guarantees."""

    ANNOUNCED_ON = "announced_on"
    CONTRACTED_ON = "contracted_on"

    @property
    def label(self) -> str:
        return "公告日" if self is CountsBy.ANNOUNCED_ON else "契約日"


class SubmissionChannel(StrEnum):
    """How an authority takes the key notice: an upload or an attachment by the briefing; elsewhere also a form, FAX or paper in hand."""

    CONTRACT_SYSTEM = "contract_system"
    BIDDING_SYSTEM = "bidding_system"
    MAIL = "mail"
    WEB_FORM = "web_form"
    FAX = "fax"
    PAPER = "paper"

    @property
    def label(self) -> str:
        return _CHANNEL_LABELS[self]


_CHANNEL_LABELS = {
    SubmissionChannel.CONTRACT_SYSTEM: "電子契約システムへのアップロード",
    SubmissionChannel.BIDDING_SYSTEM: "電子入札システムでの送信",
    SubmissionChannel.MAIL: "電子メールに添付して送信",
    SubmissionChannel.WEB_FORM: "申請フォームでの送信",
    SubmissionChannel.FAX: "FAX",
    SubmissionChannel.PAPER: "印刷して持参・郵送",
}


@dataclass(frozen=True)
class SubmissionDesk:
    """To whom the contractor hands a product's key notice, and under which mail subject; empty where the authority named none."""

    recipient: str = ""
    subject: str = ""


_NO_DESK = SubmissionDesk()


@dataclass(frozen=True)
class AuthorityPolicy:
    """One authority's rules from a day on. The defaults are the national ones (domain.md, Products)."""

    authority_name: str
    head: str = ""  # 長生村長: to whom certificates are addressed
    electronic_since: date | None = None
    counts_by: CountsBy = CountsBy.CONTRACTED_ON
    electronic_works_kinds: frozenset[WorksKind] = frozenset(WorksKind)
    advance_cap_works: Fraction = Fraction(40, 100)
    advance_cap_services: Fraction = Fraction(30, 100)
    advance_cap_low_bid: Fraction = Fraction(20, 100)
    interim_cap: Fraction = Fraction(20, 100)
    advances_together_cap: Fraction = Fraction(60, 100)
    performance_minimum: Fraction = Fraction(10, 100)
    performance_minimum_low_bid: Fraction = Fraction(30, 100)
    rounding_unit: Yen = _TO_THE_YEN
    minimum_price: Yen = _EVERY_PRICE  # advances only from this price on
    submission_channels: frozenset[SubmissionChannel] = frozenset()
    submission_channel_note: str = ""
    submission_note: str = ""
    performance_desk: SubmissionDesk = _NO_DESK
    advance_desk: SubmissionDesk = _NO_DESK

    def advance_cap(self, product: Product, works_kind: WorksKind, *, is_low_bid: bool) -> Fraction:
        """The share of the base that an advance of this product may reach."""
        if product is Product.INTERIM_ADVANCE_PAYMENT:
            return self.interim_cap
        if is_low_bid:
            return self.advance_cap_low_bid
        return self.advance_cap_works if works_kind is WorksKind.WORKS else self.advance_cap_services

    def performance_share(self, *, is_low_bid: bool) -> Fraction:
        """The share of the price that 契約保証 must at least reach."""
        return self.performance_minimum_low_bid if is_low_bid else self.performance_minimum

    @property
    def submission_channel_labels(self) -> tuple[str, ...]:
        """The ways of handing in the key notice, in words; empty where the authority named none."""
        return tuple(channel.label for channel in SubmissionChannel if channel in self.submission_channels)

    @property
    def submission_channels_text(self) -> str:
        """Those ways in one line with the authority's note on them; empty where it named neither."""
        labels, note = " または ".join(self.submission_channel_labels), self.submission_channel_note
        return f"{labels}（{note}）" if labels and note else labels or note

    def desk(self, product: Product) -> SubmissionDesk:
        """Where the key notice of a product goes: the two advances share a desk (domain.md: 契約課 / 工事担当課)."""
        return self.advance_desk if product.is_advance else self.performance_desk


def submission_rows(policy: AuthorityPolicy, product: Product) -> list[tuple[str, str]]:
    """To whom, how and under which mail subject a product's key notice goes to the authority; what it named none for is left out."""
    desk = policy.desk(product)
    rows = [
        ("提出先", desk.recipient),
        ("発注者への提出方法", policy.submission_channels_text),
        ("メールの件名", desk.subject),
        ("発注者からの案内", policy.submission_note),
    ]
    return [(term, value) for term, value in rows if value]


def submission_advice(policy: AuthorityPolicy) -> str:
    """The ways of handing in the key notice inside a sentence; the briefing's two ways where the authority named none."""
    labels = policy.submission_channel_labels or (SubmissionChannel.CONTRACT_SYSTEM.label, SubmissionChannel.MAIL.label)
    return "または".join(f"「{label}」" for label in labels)


@dataclass(frozen=True)
class ElectronicAcceptance:
    """Whether this authority accepts 電子保証 for this contract, and why, in words."""

    is_accepted: bool | None  # None: cannot be told yet, `text` says what is missing
    text: str


def electronic_acceptance(
    policy: AuthorityPolicy, *, works_kind: WorksKind | None, contracted_on: date | None, announced_on: date | None
) -> ElectronicAcceptance:
    """Judge the authority's opt-in for one contract (domain.md: "Electronic is possible only where the authority has opted in")."""
    name = policy.authority_name
    if policy.electronic_since is None:
        return ElectronicAcceptance(False, f"{name}は電子保証に対応していません。「証書(紙)」を選んでください。")
    if works_kind is not None and works_kind not in policy.electronic_works_kinds:
        return ElectronicAcceptance(False, f"{name}では、{works_kind.label}の契約は電子保証の対象外です。「証書(紙)」を選んでください。")
    since = era_date(policy.electronic_since, padded=False)
    deciding_day = announced_on if policy.counts_by is CountsBy.ANNOUNCED_ON else contracted_on
    if deciding_day is None:
        return ElectronicAcceptance(
            None,
            f"{name}は{policy.counts_by.label}が{since}以降の契約で電子保証に対応しています。{policy.counts_by.label}を入力してください。",
        )
    if deciding_day < policy.electronic_since:
        return ElectronicAcceptance(
            False, f"{name}が電子保証に対応しているのは、{policy.counts_by.label}が{since}以降の契約です。「証書(紙)」を選んでください。"
        )
    return ElectronicAcceptance(True, f"{name}はこの契約で電子保証に対応しています（{policy.counts_by.label}が{since}以降）。")
