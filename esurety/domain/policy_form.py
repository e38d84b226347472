"""A new version of an authority's policy: read from the form, shown field by field, compared, tried on an example."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from esurety.domain.authority_policy import AuthorityPolicy, CountsBy, SubmissionChannel, SubmissionDesk
from esurety.domain.guarantee_limits import advance_limit, advances_together_limit, performance_minimum
from esurety.domain.japanese_calendar import era_date
from esurety.domain.percentage import NotAPercentage, parse_percent, percent_digits, percent_text
from esurety.domain.products import Product, WorksKind
from esurety.domain.typed_fields import TypedForm, named_character
from esurety.domain.yen import Yen

SHARES = {
    "advance_cap_works": "前払金の上限（工事）",
    "advance_cap_services": "前払金の上限（設計、調査・測量）",
    "advance_cap_low_bid": "前払金の上限（低入札）",
    "interim_cap": "中間前払金の上限",
    "advances_together_cap": "前払金と中間前払金の合計の上限",
    "performance_minimum": "契約保証の最低割合",
    "performance_minimum_low_bid": "契約保証の最低割合（低入札）",
}
_LINES = {
    "performance_recipient": ("契約保証の提出先", 300),
    "performance_subject": ("契約保証のメールの件名", 200),
    "advance_recipient": ("前払金保証の提出先", 300),
    "advance_subject": ("前払金保証のメールの件名", 200),
}
_LONGEST_HEAD = 200
_LONGEST_CHANNEL_NOTE = 200
_DECIMALS = 1  # shares are kept in per mille
_LONGEST_NOTE = 500
EXAMPLE_PRICE = Yen(48_600_000)  # the briefing's own example


def kind_field(kind: WorksKind) -> str:
    """The name of a kind's checkbox."""
    return f"kind-{kind.value}"


def channel_field(channel: SubmissionChannel) -> str:
    """The name of a channel's checkbox."""
    return f"channel-{channel.value}"


_SINGLE_FIELDS = (
    *("effective_from", "head", "electronic_since", "counts_by", "rounding_unit", "minimum_price"),
    *("submission_channel_note", "submission_note"),
)
FIELD_NAMES = frozenset(
    {*_SINGLE_FIELDS, *SHARES, *_LINES}
    | {kind_field(kind) for kind in WorksKind}
    | {channel_field(channel) for channel in SubmissionChannel}
)


class IncompletePolicy(Exception):
    """The form cannot be read as a policy; `problems` names the fields."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} fields need attention")
        self.problems = dict(problems)


@dataclass(frozen=True)
class ReadPolicy:
    """A policy and the day it begins."""

    effective_from: date
    policy: AuthorityPolicy


def _prints_everything(_text: str) -> tuple[str, ...]:
    return ()


def read_policy(
    typed: Mapping[str, str], authority_name: str, *, unprintable: Callable[[str], tuple[str, ...]] = _prints_everything
) -> ReadPolicy:
    """Read the form of a policy; `unprintable` finds what a certificate could not print. Raises IncompletePolicy, naming the fields."""
    form = TypedForm(typed)
    effective_from = form.day("effective_from", "適用開始日")
    head = form.text("head", "証書の宛名", longest=_LONGEST_HEAD)
    if missing := unprintable(head):
        names = "、".join(named_character(one) for one in missing)
        form.complain("head", f"証書の宛名の{names}は証書に印刷できない文字です。別の文字に置き換えて入力してください")
    since = form.day("electronic_since", "電子保証の開始日", required=False)
    kinds = frozenset(kind for kind in WorksKind if form.is_on(kind_field(kind)))
    if since is not None and not kinds:
        form.complain(kind_field(WorksKind.WORKS), "電子保証の対象にする種別を1つ以上選んでください")
    counts_by = form.choice("counts_by", "開始日を判断する日", CountsBy)
    shares = {name: _share(form, name) for name in SHARES}
    _check_shares(form, shares)
    unit = form.amount("rounding_unit", "前払金の端数処理の単位")
    least_price = form.amount("minimum_price", "前払金の対象となる請負金額", required=False)
    lines = {name: form.text(name, label, longest=longest, required=False) for name, (label, longest) in _LINES.items()}
    channel_note = form.text("submission_channel_note", "提出方法の補足", longest=_LONGEST_CHANNEL_NOTE, required=False)
    note = form.paragraph("submission_note", "提出についての案内", longest=_LONGEST_NOTE) if form.raw("submission_note").strip() else ""
    if form.problems or effective_from is None or counts_by is None or unit is None:
        raise IncompletePolicy(form.problems)
    policy = AuthorityPolicy(
        authority_name=authority_name,
        head=head,
        electronic_since=since,
        counts_by=counts_by,
        electronic_works_kinds=kinds,
        **{name: share for name, share in shares.items() if share is not None},
        rounding_unit=unit,
        minimum_price=least_price or Yen(0),
        submission_channels=frozenset(channel for channel in SubmissionChannel if form.is_on(channel_field(channel))),
        submission_channel_note=channel_note,
        submission_note=note,
        performance_desk=SubmissionDesk(lines["performance_recipient"], lines["performance_subject"]),
        advance_desk=SubmissionDesk(lines["advance_recipient"], lines["advance_subject"]),
    )
    return ReadPolicy(effective_from, policy)


def _share(form: TypedForm, name: str) -> Fraction | None:
    if not form.raw(name).strip():
        form.complain(name, f"{SHARES[name]}を入力してください")
        return None
    try:
        return parse_percent(form.raw(name)[:100], decimals=_DECIMALS)
    except NotAPercentage as no:
        form.complain(name, f"{SHARES[name]}は{no.advice}")
        return None


def _check_shares(form: TypedForm, shares: Mapping[str, Fraction | None]) -> None:
    """What would contradict itself: together less than the first alone, low-bid rules laxer than the ordinary ones."""
    together, first = shares["advances_together_cap"], shares["advance_cap_works"]
    if together is not None and first is not None and together < first:
        form.complain(
            "advances_together_cap", f"前払金と中間前払金の合計の上限は、前払金の上限（{percent_text(first)}）以上で入力してください"
        )
    low, ordinary = shares["performance_minimum_low_bid"], shares["performance_minimum"]
    if low is not None and ordinary is not None and low < ordinary:
        form.complain(
            "performance_minimum_low_bid", f"低入札の契約保証の最低割合は、通常の割合（{percent_text(ordinary)}）以上で入力してください"
        )


def typed_policy(policy: AuthorityPolicy, *, effective_from: date | None = None) -> dict[str, str]:
    """A policy as it would be typed: where the form begins."""
    return {
        "effective_from": era_date(effective_from, padded=False) if effective_from is not None else "",
        "head": policy.head,
        "electronic_since": era_date(policy.electronic_since, padded=False) if policy.electronic_since is not None else "",
        "counts_by": policy.counts_by.value,
        **{kind_field(kind): "on" for kind in WorksKind if kind in policy.electronic_works_kinds},
        **{name: percent_digits(getattr(policy, name)) for name in SHARES},
        "rounding_unit": policy.rounding_unit.digits,
        "minimum_price": policy.minimum_price.digits if policy.minimum_price else "",
        **{channel_field(channel): "on" for channel in SubmissionChannel if channel in policy.submission_channels},
        "submission_channel_note": policy.submission_channel_note,
        "submission_note": policy.submission_note,
        "performance_recipient": policy.performance_desk.recipient,
        "performance_subject": policy.performance_desk.subject,
        "advance_recipient": policy.advance_desk.recipient,
        "advance_subject": policy.advance_desk.subject,
    }


def policy_rows(policy: AuthorityPolicy) -> list[tuple[str, str]]:
    """A policy in words, every field."""
    since, unit = policy.electronic_since, policy.rounding_unit
    kinds = "、".join(kind.label for kind in WorksKind if kind in policy.electronic_works_kinds)
    desks = (("契約保証", policy.performance_desk), ("前払金保証", policy.advance_desk))
    return [
        ("証書の宛名", f"{policy.head} 様"),
        ("電子保証の開始日", f"{era_date(since, padded=False)}以降" if since is not None else "対応していません"),
        ("開始日を判断する日", policy.counts_by.label),
        ("電子保証の対象", kinds or "なし"),
        *((label, percent_text(getattr(policy, name))) for name, label in SHARES.items()),
        ("前払金の端数処理", f"{unit.text}未満切捨て"),
        ("前払金の対象となる請負金額", f"{policy.minimum_price.text}以上" if policy.minimum_price else "金額による制限なし"),
        *(
            row
            for name, desk in desks
            for row in ((f"{name}の提出先", desk.recipient or "指定なし"), (f"{name}のメールの件名", desk.subject or "指定なし"))
        ),
        ("発注者への提出方法", "、".join(policy.submission_channel_labels) or "指定なし"),
        ("提出方法の補足", policy.submission_channel_note or "なし"),
        ("提出についての案内", policy.submission_note or "なし"),
    ]


@dataclass(frozen=True)
class PolicyChange:
    """One field of a policy, before and after."""

    label: str
    before: str
    after: str

    @property
    def differs(self) -> bool:
        return self.before != self.after


def compare_policies(before: AuthorityPolicy, after: AuthorityPolicy) -> list[PolicyChange]:
    """Every field of two policies side by side."""
    pairs = zip(policy_rows(before), policy_rows(after), strict=True)
    return [PolicyChange(label, old, new) for (label, old), (_, new) in pairs]


def policy_example(policy: AuthorityPolicy, price: Yen = EXAMPLE_PRICE) -> list[tuple[str, str]]:
    """What a policy comes to for a contract of this price."""
    if price < policy.minimum_price:
        advances = [(label, f"対象外（請負金額が{policy.minimum_price.text}未満）") for label in ("前払金（工事）", "中間前払金")]
    else:
        advances = [
            (label, f"{limit.text}以下")
            for label, limit in (
                ("前払金（工事）", advance_limit(policy, Product.ADVANCE_PAYMENT, WorksKind.WORKS, price, is_low_bid=False)),
                ("前払金（設計、調査・測量）", advance_limit(policy, Product.ADVANCE_PAYMENT, WorksKind.DESIGN, price, is_low_bid=False)),
                ("前払金（低入札）", advance_limit(policy, Product.ADVANCE_PAYMENT, WorksKind.WORKS, price, is_low_bid=True)),
                ("中間前払金", advance_limit(policy, Product.INTERIM_ADVANCE_PAYMENT, WorksKind.WORKS, price, is_low_bid=False)),
                ("前払金と中間前払金の合計", advances_together_limit(policy, price)),
            )
        ]
    return [
        *advances,
        ("契約保証", f"{performance_minimum(policy, price, is_low_bid=False).text}以上"),
        ("契約保証（低入札）", f"{performance_minimum(policy, price, is_low_bid=True).text}以上"),
    ]
