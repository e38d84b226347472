"""The page of 申込の作成: what the template shows, made from what was typed. Everything typed stays as it is."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from esurety.domain.application_content import INTERIM_PARTS, PRODUCT_PARTS, FormChoices, field_name
from esurety.domain.application_so_far import SoFar, read_so_far, slips_so_far
from esurety.domain.authority_policy import AuthorityPolicy, electronic_acceptance
from esurety.domain.guarantee_limits import advance_limit, performance_minimum
from esurety.domain.interim_conditions import half_of_period_passes_on
from esurety.domain.japanese_calendar import NotADate, era_date, parse_date
from esurety.domain.products import CertificateDelivery, CertificateForm, PremiumPaymentMethod, Product, WorksKind
from esurety.domain.rule_outcome import RuleOutcome
from esurety.domain.works_standing import NOTHING_STANDS, WorksStanding
from esurety.domain.yen import NotAnAmount, Yen, percentage_text
from esurety.persistence.reference_data import AuthorityWithPolicy
from esurety.services.sign_in import SignedIn
from esurety.services.start_from_works import SameWorks
from esurety.web.netdesk.form_block import Acceptance, OutcomeLine, ProductBlock, amount_echo, day_echo
from esurety.web.netdesk.venture_block import VentureBlock
from esurety.web.presentation import VERDICT_TONES, Tag

_RATIO_OF = {
    Product.ADVANCE_PAYMENT: "請負金額もしくは今年度対象額に対する前払金保証金額の割合",
    Product.INTERIM_ADVANCE_PAYMENT: "請負金額もしくは今年度対象額に対する中間前払金保証金額の割合",
    Product.CONTRACT_PERFORMANCE: "請負金額に対する契約保証金額の割合",
}


def first_typed(account: SignedIn, branch_ids: frozenset[int]) -> dict[str, str]:
    """What a new form begins with."""
    begun = {
        "works_kind": WorksKind.WORKS.value,
        "notify_on_issue": "yes",
        "notification_email": account.email,
        "premium_billing_name": account.organisation,
        "premium_statement_on_paper": "no",
        field_name(Product.CONTRACT_PERFORMANCE, "premium_payment_method"): (
            PremiumPaymentMethod.LUMP_MONTHLY if account.company_pays_monthly else PremiumPaymentMethod.TRANSFER
        ).value,
    }
    if len(branch_ids) == 1:
        begun["branch_id"] = str(next(iter(branch_ids)))
    return begun


@dataclass(frozen=True)
class FormPage:
    """The whole form."""

    account: SignedIn
    typed: Mapping[str, str]
    authorities: list[AuthorityWithPolicy]
    branches: list[tuple[str, str]]
    form_token: str
    revision: int = 0
    application_id: int | None = None
    problems: Mapping[str, str] = field(default_factory=dict)
    progress: Tag = field(default_factory=lambda: Tag("未申込", "neutral"))
    return_reason: str = ""
    same_works: SameWorks | None = None
    today: date = date.max

    @property
    def venture(self) -> VentureBlock:
        return VentureBlock("is_joint_venture" in self.typed, self.typed, self.problems)

    @property
    def choices(self) -> FormChoices:
        return FormChoices(
            frozenset(one.id for one in self.authorities),
            frozenset(int(value) for value, _ in self.branches),
            self.account.company_pays_monthly,
            self.account.organisation,
        )

    @property
    def problem_list(self) -> list[tuple[str, str]]:
        return list(self.problems.items())

    @property
    def authority_options(self) -> list[tuple[str, str]]:
        return [
            (str(one.id), f"{one.name}（電子保証に対応）" if one.policy.electronic_since else f"{one.name}（電子保証は未対応）")
            for one in self.authorities
        ]

    @property
    def works_kind_options(self) -> list[tuple[str, str]]:
        return [(one.value, one.label) for one in WorksKind]

    @property
    def delivery_options(self) -> list[tuple[str, str]]:
        return [(one.value, one.label) for one in CertificateDelivery]

    @property
    def asks_delivery(self) -> bool:
        """保証証書受取 is asked as soon as a product is wanted on paper."""
        return any(block.wanted and self.typed.get(block.names["certificate_form"]) == CertificateForm.PAPER for block in self.blocks)

    @property
    def wants_notice(self) -> bool:
        return self.typed.get("notify_on_issue") == "yes"

    @property
    def notification_email(self) -> str:
        return self.typed.get("notification_email", "")

    @property
    def blocks(self) -> list[ProductBlock]:
        return [self.block(product) for product in Product]

    @property
    def echoes(self) -> dict[str, str]:
        """What was understood of each amount and day, by field."""
        price = self.amount("contract_price")
        days = ("contracted_on", "announced_on", "construction_starts_on", "construction_ends_on")
        understood = {"contract_price": amount_echo(price)} | {name: day_echo(self.day(name)) for name in days}
        return {name: self._or_slip(name, echo) for name, echo in understood.items()}

    def _or_slip(self, name: str, echo: str) -> str:
        """What was understood, and what cannot be right about it; what the answer says as an error already is not said twice."""
        slip = self._slips.get(name) if name not in self.problems else None
        return f"{echo}　＊{slip}" if slip and echo else f"＊{slip}" if slip else echo

    @cached_property
    def _slips(self) -> dict[str, str]:
        return slips_so_far(self.typed)

    @cached_property
    def _so_far(self) -> SoFar | None:
        return read_so_far(self.typed, today=self.today)

    @property
    def _standing(self) -> WorksStanding:
        return self.same_works.standing if self.same_works is not None else NOTHING_STANDS

    @cached_property
    def _outcomes(self) -> tuple[RuleOutcome, ...]:
        """What the rules say so far; a field with an error has been told."""
        if self.authority is None or self._so_far is None:
            return ()
        return tuple(one for one in self._so_far.outcomes(self.authority.policy, self._standing) if one.field not in self.problems)

    def _outcome_lines(self, product: Product | None) -> list[OutcomeLine]:
        """Those of one product, or those of the works as a whole."""
        return [
            OutcomeLine(Tag(one.verdict.label, VERDICT_TONES[one.verdict]), one.text)
            for one in self._outcomes
            if _product_of(one) is product
        ]

    @property
    def works_outcomes(self) -> list[OutcomeLine]:
        """What concerns the works as a whole."""
        return self._outcome_lines(None)

    @property
    def authority(self) -> AuthorityWithPolicy | None:
        wanted = self.typed.get("contracting_authority_id")
        return next((one for one in self.authorities if str(one.id) == wanted), None)

    def amount(self, name: str) -> Yen | None:
        try:
            return Yen.parse(self.typed.get(name, ""))
        except NotAnAmount:
            return None

    def day(self, name: str) -> date | None:
        try:
            return parse_date(self.typed.get(name, ""))
        except NotADate:
            return None

    def block(self, product: Product) -> ProductBlock:
        """One product's block."""
        names = {part: field_name(product, part) for part in (*PRODUCT_PARTS, *INTERIM_PARTS)}
        base = self.amount(names["fiscal_year_amount"]) if product.is_advance else None
        base = base or self.amount("contract_price")
        return ProductBlock(
            product=product,
            wanted=names["wanted"] in self.typed,
            names=names,
            typed=self.typed,
            errors=self.problems,
            amount_echo=self._or_slip(names["guaranteed_amount"], self._ratio_echo(product, self.amount(names["guaranteed_amount"]), base)),
            year_echo=self._or_slip(names["fiscal_year_amount"], amount_echo(self.amount(names["fiscal_year_amount"]))),
            limit_text=self._limit_text(product, base),
            certified_echo=self._or_slip(names["certified_on"], day_echo(self.day(names["certified_on"]))),
            certified_hint=self._certified_hint(),
            previous_echo=self._or_slip(names["previous_advance_amount"], amount_echo(self.amount(names["previous_advance_amount"]))),
            acceptance=self._acceptance(),
            progress=self.progress if names["wanted"] in self.typed else Tag("未申込", "neutral"),
            company_pays_monthly=self.account.company_pays_monthly,
            outcomes=self._outcome_lines(product),
        )

    def _ratio_echo(self, product: Product, amount: Yen | None, base: Yen | None) -> str:
        if amount is None:
            return f"0.0%（{_RATIO_OF[product]}）"
        ratio = percentage_text(amount, base) if base else "0.0%"
        return f"{amount.text}　{ratio}（{_RATIO_OF[product]}）"

    def _limit_text(self, product: Product, base: Yen | None) -> str:
        """How much may be applied for, as soon as authority and price are known."""
        authority, kind = self.authority, self.typed.get("works_kind", "")
        if authority is None or base is None or kind not in set(WorksKind):
            return "発注者と請負金額を入力すると、限度額を表示します。"
        low_bid = "is_low_bid" in self.typed
        if product.is_advance:
            price, least = self.amount("contract_price"), authority.policy.minimum_price
            if price is not None and price < least:
                return f"{authority.name}で前払金の対象になるのは、請負金額が{least.text}以上の契約です。"
            limit = advance_limit(authority.policy, product, WorksKind(kind), base, is_low_bid=low_bid)
            return f"限度額は {limit.text} です。{self._together_text(product, authority.policy)}"
        return f"{performance_minimum(authority.policy, base, is_low_bid=low_bid).text} 以上が必要です。"

    def _together_text(self, product: Product, policy: AuthorityPolicy) -> str:
        """What the advances so far leave for the interim one, as the rule reckons it."""
        so_far = self._so_far
        if product is not Product.INTERIM_ADVANCE_PAYMENT or so_far is None:
            return ""
        limit, left = so_far.together_limit(policy, self._standing), so_far.left_for_interim(policy, self._standing)
        if left is None:
            return f"前払金との合計は {limit.text} までです。"
        paid = so_far.advances_so_far(self._standing)
        return f"前払金 {paid.text}との合計は {limit.text} まで、残りは {left.text} です。"

    def _certified_hint(self) -> str:
        starts_on, ends_on = self.day("construction_starts_on"), self.day("construction_ends_on")
        if starts_on is None or ends_on is None or ends_on < starts_on:
            return "工期の2分の1が経過してから発注者が認定します。"
        half = half_of_period_passes_on(starts_on, ends_on)
        return f"工期の2分の1が経過する日は {era_date(half, padded=False)} です。"

    def _acceptance(self) -> Acceptance:
        authority, kind = self.authority, self.typed.get("works_kind", "")
        if authority is None:
            return Acceptance("info", "発注者を選ぶと、この契約で電子保証を利用できるかどうかを表示します。")
        judged = electronic_acceptance(
            authority.policy,
            works_kind=WorksKind(kind) if kind in set(WorksKind) else None,
            contracted_on=self.day("contracted_on"),
            announced_on=self.day("announced_on"),
        )
        return Acceptance({True: "success", False: "danger", None: "info"}[judged.is_accepted], judged.text)


def _product_of(outcome: RuleOutcome) -> Product | None:
    """Which product's block an outcome belongs into; None for the works as a whole."""
    return next(
        (one for one in Product if outcome.field.startswith(field_name(one, "")) or outcome.rule.startswith(f"{one.label}：")), None
    )
