"""What a contractor applies for (申込): the typed form read into values, field by field."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from esurety.domain.joint_venture import JointVenture
from esurety.domain.joint_venture_form import JOINT_VENTURE_FIELDS, read_joint_venture
from esurety.domain.products import CertificateDelivery, CertificateForm, PremiumPaymentMethod, Product, WorksKind
from esurety.domain.typed_fields import TypedForm
from esurety.domain.yen import Yen

LONGEST_NAME = 200  # 工事名 and 工事場所: longer ones no longer fit their cell of the certificate


@dataclass(frozen=True)
class RequestedGuarantee:
    """One product wanted in an application; each becomes one guarantee contract with a number of its own."""

    product: Product
    certificate_form: CertificateForm
    guaranteed_amount: Yen
    fiscal_year_amount: Yen | None
    premium_payment_method: PremiumPaymentMethod
    certified_on: date | None = None  # 認定調書, for the interim advance
    certification_number: str = ""
    previous_advance_amount: Yen | None = None  # 既前払金額, for the interim advance

    def ratio_base(self, contract_price: Yen) -> Yen:
        """What the amount is measured against."""
        return self.fiscal_year_amount or contract_price


@dataclass(frozen=True)
class ApplicationContent:
    """A complete application: every required field was there and readable."""

    works_name: str
    works_number: str
    works_place: str
    works_kind: WorksKind
    contracting_authority_id: int
    contract_price: Yen
    contracted_on: date
    announced_on: date | None
    construction_starts_on: date
    construction_ends_on: date
    is_low_bid: bool
    branch_id: int
    certificate_delivery: CertificateDelivery | None  # only where a product is wanted on paper
    notification_email: str  # empty: no mail wanted on issue
    premium_billing_name: str
    premium_statement_on_paper: bool
    guarantees: tuple[RequestedGuarantee, ...]
    joint_venture: JointVenture | None = None

    def guarantee(self, product: Product) -> RequestedGuarantee | None:
        """The request for a product, if it is wanted."""
        return next((one for one in self.guarantees if one.product is product), None)


@dataclass(frozen=True)
class FormChoices:
    """The records that a form may name, and what its company is entitled to."""

    authority_ids: frozenset[int]
    branch_ids: frozenset[int]
    company_pays_monthly: bool
    company_name: str = ""  # must be among the members of its joint venture; not asked when empty


class IncompleteApplication(Exception):
    """The form is no application yet; `problems` has one message per field, in the form's order.

    `readable` is what could be read of it, so that the rules can be checked at the same time; None when too little is there.
    """

    def __init__(self, problems: Mapping[str, str], readable: "ApplicationContent | None" = None) -> None:
        super().__init__(f"{len(problems)} fields need attention")
        self.problems = problems
        self.readable = readable


def field_name(product: Product, part: str) -> str:
    """The name of a product's field: advance_payment-guaranteed_amount."""
    return f"{product.value}-{part}"


_PLAIN_FIELDS = (
    "works_name",
    "works_number",
    "works_place",
    "works_kind",
    "contracting_authority_id",
    "contract_price",
    "contracted_on",
    "announced_on",
    "construction_starts_on",
    "construction_ends_on",
    "is_low_bid",
    "branch_id",
    "certificate_delivery",
    "notify_on_issue",
    "notification_email",
    "premium_billing_name",
    "premium_statement_on_paper",
    "same_works_as",  # the contract, or the application, that this one shares its works with
)
PRODUCT_PARTS = ("wanted", "certificate_form", "guaranteed_amount", "fiscal_year_amount", "premium_payment_method")
INTERIM_PARTS = ("certified_on", "certification_number", "previous_advance_amount")
FIELD_NAMES = (
    frozenset(_PLAIN_FIELDS)
    | frozenset(JOINT_VENTURE_FIELDS)
    | {field_name(product, part) for product in Product for part in PRODUCT_PARTS}
    | {field_name(Product.INTERIM_ADVANCE_PAYMENT, part) for part in INTERIM_PARTS}
)
_LONGEST_KEPT = 20_000


def typed_fields(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of this form out of a request, and no others."""
    return {name: value[:_LONGEST_KEPT] for name, value in form.items() if name in FIELD_NAMES and value}


def read_application(typed: Mapping[str, str], choices: FormChoices) -> ApplicationContent:
    """Read the form of 申込の作成（新規）. Raises IncompleteApplication, naming every field that needs attention."""
    form = TypedForm(typed)
    works = _read_works(form, choices)
    together = read_joint_venture(form, choices.company_name)
    guarantees = tuple(_read_guarantees(form, choices))
    if not any(form.is_on(field_name(product, "wanted")) for product in Product):
        form.complain(field_name(Product.ADVANCE_PAYMENT, "wanted"), "申し込む保証を1つ以上選んでください")
    readable = replace(works, guarantees=guarantees, joint_venture=together) if works is not None else None
    content = _read_sending(form, choices, readable)
    if form.problems or content is None:
        raise IncompleteApplication(form.problems, readable)
    return content


def _read_works(form: TypedForm, choices: FormChoices) -> ApplicationContent | None:
    authority = form.identifier("contracting_authority_id", "発注者", choices.authority_ids)
    name = form.text("works_name", "工事名", longest=LONGEST_NAME)
    number = form.text("works_number", "工事番号", longest=60, required=False)
    place = form.text("works_place", "工事場所", longest=LONGEST_NAME)
    kind = form.choice("works_kind", "種別", WorksKind)
    price = form.amount("contract_price", "請負金額")
    contracted_on = form.day("contracted_on", "契約日")
    announced_on = form.day("announced_on", "公告日", required=False)
    starts_on = form.day("construction_starts_on", "工期の初日")
    ends_on = form.day("construction_ends_on", "工期の末日")
    if starts_on and ends_on and ends_on < starts_on:
        form.complain("construction_ends_on", "工期の末日は、工期の初日以降の日付を入力してください")
    if contracted_on and ends_on and ends_on < contracted_on:
        form.complain("construction_ends_on", "工期の末日は、契約日以降の日付を入力してください")
    if contracted_on and announced_on and announced_on > contracted_on:
        form.complain("announced_on", "公告日は、契約日以前の日付を入力してください")
    if authority is None or kind is None or price is None or contracted_on is None or starts_on is None or ends_on is None:
        return None
    return ApplicationContent(
        works_name=name,
        works_number=number,
        works_place=place,
        works_kind=kind,
        contracting_authority_id=authority,
        contract_price=price,
        contracted_on=contracted_on,
        announced_on=announced_on,
        construction_starts_on=starts_on,
        construction_ends_on=ends_on,
        is_low_bid=form.is_on("is_low_bid"),
        branch_id=0,
        certificate_delivery=None,
        notification_email="",
        premium_billing_name="",
        premium_statement_on_paper=False,
        guarantees=(),
    )


def _read_guarantees(form: TypedForm, choices: FormChoices) -> Iterable[RequestedGuarantee]:
    for product in Product:
        if form.is_on(field_name(product, "wanted")):
            requested = _read_guarantee(form, product, choices)
            if requested is not None:
                yield requested


def _read_guarantee(form: TypedForm, product: Product, choices: FormChoices) -> RequestedGuarantee | None:
    certificate_form = form.choice(field_name(product, "certificate_form"), f"{product.label}の保証証書の形式", CertificateForm)
    year_amount: Yen | None = None
    if product.is_advance:
        year_amount = form.amount(field_name(product, "fiscal_year_amount"), f"{product.label}の今年度対象額", required=False)
    amount = form.amount(field_name(product, "guaranteed_amount"), f"{product.label}金額")
    method = _read_payment_method(form, product, choices)
    certified = _read_certification(form) if product is Product.INTERIM_ADVANCE_PAYMENT else (None, "", None)
    if amount is None:
        return None
    # What is not chosen yet is complained of; the amounts are judged all the same.
    form_so_far, method_so_far = certificate_form or CertificateForm.PAPER, method or PremiumPaymentMethod.TRANSFER
    return RequestedGuarantee(product, form_so_far, amount, year_amount, method_so_far, *certified)


def _read_certification(form: TypedForm) -> tuple[date | None, str, Yen | None]:
    """認定調書の日付, 認定番号, 既前払金額; all may come later, the rules then say what is missing."""
    day, number, amount = (field_name(Product.INTERIM_ADVANCE_PAYMENT, part) for part in INTERIM_PARTS)
    return (
        form.day(day, "認定調書の日付", required=False),
        form.text(number, "認定番号", longest=60, required=False),
        form.amount(amount, "既前払金額", required=False),
    )


def _read_payment_method(form: TypedForm, product: Product, choices: FormChoices) -> PremiumPaymentMethod | None:
    """Only 契約保証 asks how the premium is paid; the advances follow the company's arrangement with the surety."""
    arranged = PremiumPaymentMethod.LUMP_MONTHLY if choices.company_pays_monthly else PremiumPaymentMethod.TRANSFER
    if product.is_advance:
        return arranged
    name = field_name(product, "premium_payment_method")
    if not form.raw(name):
        return arranged
    method = form.choice(name, "契約保証料支払方法", PremiumPaymentMethod)
    if method is PremiumPaymentMethod.LUMP_MONTHLY and not choices.company_pays_monthly:
        form.complain(name, "一括納付は、保証会社と取り決めのある会社だけが選べます。「振込」を選んでください")
    return method


def _read_sending(form: TypedForm, choices: FormChoices, content: ApplicationContent | None) -> ApplicationContent | None:
    on_paper = any(
        form.is_on(field_name(product, "wanted")) and form.raw(field_name(product, "certificate_form")) == CertificateForm.PAPER
        for product in Product
    )
    billing_name = form.text("premium_billing_name", "保証料請求先", longest=100)
    branch_id = form.identifier("branch_id", "申込送信先", choices.branch_ids)
    delivery = form.choice("certificate_delivery", "保証証書受取", CertificateDelivery) if on_paper else None
    if form.raw("premium_statement_on_paper") not in {"yes", "no", ""}:
        form.complain("premium_statement_on_paper", "保証料計算書(紙)を希望するかどうかを選んでください")
    if form.raw("notify_on_issue") not in {"yes", "no"}:
        form.complain("notify_on_issue", "電子保証発行完了のお知らせを希望するかどうかを選んでください")
    email = form.email("notification_email", "メールアドレス") if form.raw("notify_on_issue") == "yes" else ""
    if content is None or branch_id is None:
        return None
    return replace(
        content,
        branch_id=branch_id,
        certificate_delivery=delivery,
        notification_email=email,
        premium_billing_name=billing_name,
        premium_statement_on_paper=form.raw("premium_statement_on_paper") == "yes",
    )
