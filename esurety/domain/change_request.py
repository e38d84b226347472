"""変更の申込み: the form read into values, and what of a guarantee it may change.

Amounts are totals (総額). Everything that is not asked for stays, the form of the certificate too: within one guarantee contract
electronic and paper never mix (briefing, Q5).
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from esurety.domain.application_content import ApplicationContent, RequestedGuarantee
from esurety.domain.application_state import GuaranteeState, guarantee_state
from esurety.domain.certificate_changes import NothingChanges, change_kinds, differences
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.guarantee_limits import guarantee_ends_on
from esurety.domain.japanese_calendar import era_date
from esurety.domain.products import Product
from esurety.domain.typed_fields import TypedForm
from esurety.domain.yen import Yen

_OF_THE_INTERIM = ("previous_advance_amount", "certified_on", "certification_number")
CHANGE_FIELDS = ("contract_price", "construction_ends_on", "fiscal_year_amount", "guaranteed_amount", *_OF_THE_INTERIM, "change_reason")
LONGEST_REASON = 500
_LONGEST_KEPT = 5_000
_NOT_CHANGED = "変わるところがありません。請負金額・工期の末日・保証金額のうち、変更するものを入力してください"


@dataclass(frozen=True)
class ChangeRequest:
    """What a contractor wants the guarantee to be from now on."""

    contract_price: Yen
    construction_ends_on: date
    fiscal_year_amount: Yen | None
    guaranteed_amount: Yen
    reason: str
    previous_advance_amount: Yen | None = None  # this and what follows: of the interim advance
    certified_on: date | None = None
    certification_number: str = ""


class IncompleteChange(Exception):
    """The form is no change yet; `problems` has one message per field, in the form's order."""

    def __init__(self, problems: Mapping[str, str]) -> None:
        super().__init__(f"{len(problems)} fields need attention")
        self.problems = problems


def typed_change(form: Mapping[str, str]) -> dict[str, str]:
    """The fields of this form out of a request, and no others."""
    return {name: value[:_LONGEST_KEPT] for name in CHANGE_FIELDS if (value := form.get(name, ""))}


def unchanged_form(before: CertificateContent, applied: RequestedGuarantee | None = None) -> dict[str, str]:
    """The form as it begins: everything as it is now; `applied` is what was applied for last, which knows the 認定調書."""
    typed = {
        "contract_price": before.contract_price.digits,
        "construction_ends_on": era_date(before.construction_ends_on, padded=False),
        "guaranteed_amount": before.guaranteed_amount.digits,
    }
    if before.fiscal_year_amount is not None:
        typed["fiscal_year_amount"] = before.fiscal_year_amount.digits
    if before.product is Product.INTERIM_ADVANCE_PAYMENT:
        typed |= _as_certified(before, applied)
    return typed


def _as_certified(before: CertificateContent, applied: RequestedGuarantee | None) -> dict[str, str]:
    known = {"previous_advance_amount": before.previous_advance_amount.digits if before.previous_advance_amount else ""}
    if applied is not None:
        known["certified_on"] = era_date(applied.certified_on, padded=False) if applied.certified_on else ""
        known["certification_number"] = applied.certification_number
    return {name: value for name, value in known.items() if value}


def read_change(typed: Mapping[str, str], before: CertificateContent) -> ChangeRequest:
    """Read the form of 変更. Raises IncompleteChange, naming every field that needs attention."""
    form = TypedForm(typed)
    price = form.amount("contract_price", "変更後の請負金額")
    ends_on = form.day("construction_ends_on", "変更後の工期の末日")
    if ends_on is not None and ends_on < before.construction_starts_on:
        form.complain(
            "construction_ends_on",
            f"変更後の工期の末日は、工期の初日（{era_date(before.construction_starts_on)}）以降の日付を入力してください",
        )
    if ends_on is not None and ends_on < before.contracted_on:
        form.complain(
            "construction_ends_on", f"変更後の工期の末日は、契約日（{era_date(before.contracted_on)}）以降の日付を入力してください"
        )
    year_amount = None
    if before.fiscal_year_amount is not None:
        year_amount = form.amount("fiscal_year_amount", "変更後の今年度対象額")
    amount = form.amount("guaranteed_amount", "変更後の保証金額")
    certified = _read_certified(form) if before.product is Product.INTERIM_ADVANCE_PAYMENT else (None, None, "")
    reason = form.paragraph("change_reason", "変更の理由", longest=LONGEST_REASON)
    if form.problems or price is None or ends_on is None or amount is None:
        raise IncompleteChange(form.problems)
    return ChangeRequest(price, ends_on, year_amount, amount, reason, *certified)


def _read_certified(form: TypedForm) -> tuple[Yen | None, date | None, str]:
    """既前払金額 and 認定調書 of an interim advance; what is left open stays as it was."""
    return (
        form.amount("previous_advance_amount", "既前払金額", required=False),
        form.day("certified_on", "認定調書の日付", required=False),
        form.text("certification_number", "認定番号", longest=60, required=False),
    )


def changed_application(applied: ApplicationContent, before: CertificateContent, change: ChangeRequest) -> ApplicationContent:
    """The application that the change amounts to: the last one for this product, with the new totals. Raises LookupError without it.

    An interim advance takes its 既前払金額 along: where both came in one application, only the certificate knows it.
    """
    requested = applied.guarantee(before.product)
    if requested is None:
        raise LookupError(f"no {before.product} was applied for")
    asked: RequestedGuarantee = replace(
        requested,
        guaranteed_amount=change.guaranteed_amount,
        fiscal_year_amount=change.fiscal_year_amount,
        previous_advance_amount=change.previous_advance_amount or requested.previous_advance_amount or before.previous_advance_amount,
        certified_on=change.certified_on or requested.certified_on,
        certification_number=change.certification_number or requested.certification_number,
    )
    return replace(applied, contract_price=change.contract_price, construction_ends_on=change.construction_ends_on, guarantees=(asked,))


def changed_certificate(
    before: CertificateContent, applied: ApplicationContent, *, version: int, issued_on: date, first_applied_on: date, obligee_head: str
) -> CertificateContent:
    """The certificate of the next version: the one before with the new totals, its period, and a note of what differs.

    The parties stay; only the authority's head may be called otherwise by now (`obligee_head`, 村長 of what has become a 町).
    今年度 stays the year of the first application (`first_applied_on`): a later change does not move the year that was guaranteed.
    Raises NothingChanges.
    """
    asked = applied.guarantees[0]
    after = replace(
        before,
        version=version,
        issued_on=issued_on,
        obligee_head=obligee_head,
        contract_price=applied.contract_price,
        construction_ends_on=applied.construction_ends_on,
        fiscal_year_amount=asked.fiscal_year_amount,
        previous_advance_amount=asked.previous_advance_amount or before.previous_advance_amount,
        guaranteed_amount=asked.guaranteed_amount,
        guarantee_ends_on=guarantee_ends_on(
            before.product,
            applied_on=first_applied_on,
            contracted_on=applied.contracted_on,
            construction_ends_on=applied.construction_ends_on,
            fiscal_year_amount=asked.fiscal_year_amount,
        ),
        replaces_version=before.version,
        change_note=(),
    )
    change_kinds(before, after)
    return replace(after, change_note=tuple((one.label, one.before, one.after) for one in differences(before, after)))


def refuse_hopeless(before: CertificateContent, after: CertificateContent, *, today: date) -> dict[str, str]:
    """What stands in the way of a change as a whole, by field.

    An ended guarantee can only be extended beyond today: its amount no longer protects anybody [A].
    """
    try:
        change_kinds(before, after)
    except NothingChanges:
        return {"guaranteed_amount": _NOT_CHANGED}
    ended = guarantee_state(cancelled_on=None, guarantee_ends_on=before.guarantee_ends_on, today=today) is GuaranteeState.EXPIRED
    if ended and after.guarantee_ends_on < today < after.construction_ends_on:
        return {"construction_ends_on": _carried_over(before)}
    if ended and after.guarantee_ends_on < today:
        return {
            "construction_ends_on": f"保証期間は{era_date(before.guarantee_ends_on)}で終わっています。"
            "期間満了のあとは、保証期間を今日以降まで延ばす変更だけを申し込めます"
        }
    return {}


def _carried_over(before: CertificateContent) -> str:
    """A year's advance ends with its year; that works were carried over (繰越) is agreed with the branch, not typed here [A]."""
    return (
        f"今年度対象額に対する保証のため、工期を延ばしても、保証期間は年度末の{era_date(before.guarantee_ends_on)}で終わります。"
        f"翌年度への繰越しで保証期間を延ばす場合は、この画面からは申し込めません。{before.branch_name}（{before.branch_phone}）にご連絡ください"
    )
