"""申込の作成 while it is being typed: what the rules can say already, of whatever is there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from esurety.domain.advances_together import advances_together, left_for_interim, together_limit, without_own_interim
from esurety.domain.application_content import INTERIM_PARTS, ApplicationContent, RequestedGuarantee, field_name
from esurety.domain.application_rules import check_application
from esurety.domain.authority_policy import AuthorityPolicy
from esurety.domain.products import CertificateForm, PremiumPaymentMethod, Product, WorksKind
from esurety.domain.rule_outcome import RuleOutcome, Verdict
from esurety.domain.same_works import year_of_advance
from esurety.domain.typed_fields import TypedForm
from esurety.domain.works_standing import NOTHING_STANDS, WorksStanding
from esurety.domain.yen import Yen

_DAYS = {"contracted_on": "契約日", "construction_starts_on": "工期の初日", "construction_ends_on": "工期の末日", "announced_on": "公告日"}
# Which days a rule needs before it has something to say; an outcome's rule ends with one of these words.
_NEEDS = {
    "契約日と工期": ("contracted_on", "construction_starts_on"),
    "保証期間": ("contracted_on", "construction_ends_on"),
    "工期の2分の1": ("construction_starts_on", "construction_ends_on"),
}
_SAID_ELSEWHERE = ("電子保証への対応",)


@dataclass(frozen=True)
class SoFar:
    """A form as far as it can be read. An amount not typed yet is 0円; a day not typed yet is today, and not `known`."""

    content: ApplicationContent
    known: frozenset[str]
    today: date

    @property
    def year(self) -> int:
        return year_of_advance(applied_on=self.today, contracted_on=self.content.contracted_on)

    def together_limit(self, policy: AuthorityPolicy, works: WorksStanding = NOTHING_STANDS) -> Yen:
        """The most that first and interim advance may come to."""
        return together_limit(self.content, policy, works, year=self.year)

    def left_for_interim(self, policy: AuthorityPolicy, works: WorksStanding = NOTHING_STANDS) -> Yen | None:
        """What the rule leaves for the interim advance; None where the first is not known."""
        return left_for_interim(self.content, policy, works, year=self.year)

    def advances_so_far(self, works: WorksStanding = NOTHING_STANDS) -> Yen:
        """First and earlier interim advances, the interim one being typed left out."""
        return advances_together(without_own_interim(self.content), works, year=self.year).total

    def outcomes(self, policy: AuthorityPolicy, works: WorksStanding = NOTHING_STANDS) -> tuple[RuleOutcome, ...]:
        """What is worth saying while typing: what warns, what is broken, and until when the guarantee lasts."""
        found = check_application(self.content, policy, applied_on=self.today, works=works)
        return tuple(one for one in found if self._may_be_said(one) and (one.verdict is not Verdict.KEPT or one.rule.endswith("保証期間")))

    def _may_be_said(self, outcome: RuleOutcome) -> bool:
        if outcome.rule.endswith(_SAID_ELSEWHERE):
            return False
        needed = next((days for words, days in _NEEDS.items() if outcome.rule.endswith(words)), ())
        return self.known.issuperset(needed) and not self._waits_for_its_amount(outcome)

    def _waits_for_its_amount(self, outcome: RuleOutcome) -> bool:
        """Too little is no slip where nothing has been typed yet."""
        empty = [one.product for one in self.content.guarantees if not one.guaranteed_amount]
        return any(outcome.field == field_name(product, "guaranteed_amount") for product in empty)


def read_so_far(typed: Mapping[str, str], *, today: date) -> SoFar | None:
    """Read what is there; None until the price and the kind of works are known, by which everything is measured."""
    form = TypedForm(typed)
    price, kind = form.amount("contract_price", "請負金額"), form.choice("works_kind", "種別", WorksKind)
    if price is None or kind is None:
        return None
    days = {name: form.day(name, label, required=False) for name, label in _DAYS.items()}
    known = frozenset(name for name, day in days.items() if day is not None)
    content = ApplicationContent(
        works_name=form.raw("works_name"),
        works_number=form.raw("works_number"),
        works_place=form.raw("works_place"),
        works_kind=kind,
        contracting_authority_id=0,
        contract_price=price,
        contracted_on=days["contracted_on"] or today,
        announced_on=days["announced_on"],
        construction_starts_on=days["construction_starts_on"] or today,
        construction_ends_on=days["construction_ends_on"] or today,
        is_low_bid=form.is_on("is_low_bid"),
        branch_id=0,
        certificate_delivery=None,
        notification_email="",
        premium_billing_name="",
        premium_statement_on_paper=False,
        guarantees=tuple(_guarantee(form, product) for product in Product if form.is_on(field_name(product, "wanted"))),
    )
    return SoFar(content, known, today)


def slips_so_far(typed: Mapping[str, str]) -> dict[str, str]:
    """A message for each amount and day that is there and cannot be right; what is still empty is no slip."""
    form = TypedForm(typed)
    form.amount("contract_price", "請負金額", required=False)
    days = {name: form.day(name, label, required=False) for name, label in _DAYS.items()}
    contracted_on, ends_on = days["contracted_on"], days["construction_ends_on"]
    for before, name in (("construction_starts_on", "工期の初日"), ("contracted_on", "契約日")):
        earlier = days[before]
        if earlier is not None and ends_on is not None and ends_on < earlier:
            form.complain("construction_ends_on", f"工期の末日は、{name}以降の日付を入力してください")
    announced_on = days["announced_on"]
    if contracted_on is not None and announced_on is not None and announced_on > contracted_on:
        form.complain("announced_on", "公告日は、契約日以前の日付を入力してください")
    for product in Product:
        form.amount(field_name(product, "guaranteed_amount"), f"{product.label}金額", required=False)
        form.amount(field_name(product, "fiscal_year_amount"), f"{product.label}の今年度対象額", required=False)
    certified_on, _, previous = (field_name(Product.INTERIM_ADVANCE_PAYMENT, part) for part in INTERIM_PARTS)
    form.day(certified_on, "認定調書の日付", required=False)
    form.amount(previous, "既前払金額", required=False)
    return form.problems


def _guarantee(form: TypedForm, product: Product) -> RequestedGuarantee:
    """A product as far as it can be read; its form is judged elsewhere, so that an unchosen one hides no other rule."""
    certified_on, number, previous = (field_name(product, part) for part in INTERIM_PARTS)
    is_interim = product is Product.INTERIM_ADVANCE_PAYMENT
    return RequestedGuarantee(
        product,
        CertificateForm.PAPER,
        form.amount(field_name(product, "guaranteed_amount"), "", required=False) or Yen(0),
        form.amount(field_name(product, "fiscal_year_amount"), "", required=False) if product.is_advance else None,
        PremiumPaymentMethod.TRANSFER,
        form.day(certified_on, "", required=False) if is_interim else None,
        form.raw(number) if is_interim else "",
        form.amount(previous, "", required=False) if is_interim else None,
    )
