"""Mails that are due: written in the transaction of what they tell. None ever carries a key."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import make_msgid
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from esurety.domain.authority_policy import submission_rows
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.products import CertificateForm, Product
from esurety.persistence import reference_data
from esurety.persistence.accounts import account_email
from esurety.persistence.models import Application, OutboxMail
from esurety.persistence.outbox import add_mail

_SUBJECTS = {
    "received": "【電子保証】申込みを受け付けました（{works}）",
    "returned": "【電子保証】申込みの内容をご確認ください（{works}）",
    "declined": "【電子保証】申込みについてのお知らせ（{works}）",
    "papers": "【電子保証】書類の提出をお願いします（{works}）",
    "issued": "【電子保証】電子保証発行完了のお知らせ（{works}）",
}
_LONGEST_WORKS_NAME_IN_SUBJECT = 60

_texts = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parents[2] / "templates" / "mail"),
    undefined=StrictUndefined,
    autoescape=False,  # noqa: S701 - plain text, read by people, never by a browser
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class IssuedLine:
    """One issued guarantee as the mail lists it."""

    product: Product
    certificate_form: CertificateForm
    number: str


def queue_application_mail(
    about: str,
    *,
    application: Application,
    at: datetime,
    sign_in_address: str,
    reason: str = "",
    issued: Sequence[IssuedLine] = (),
    occasion: str = "",
) -> None:
    """Put one mail about an application (received, returned, declined, issued) into the outbox.

    「電子保証発行完了のお知らせ」 goes to the address given for it; the others to the person who applied.
    """
    recipient = application.notification_email if about == "issued" else account_email(application.created_by)
    if not recipient:
        return
    works_name = one_line(application.works_name or "")
    company = reference_data.company(application.company_id)
    branch = reference_data.branch(application.branch_id or 0)
    body = _texts.get_template(f"{about}.txt").render(
        works_name=works_name,
        company_name=company.name if company else "",
        application_number=f"{application.id:06d}",
        branch=branch,
        reason=reason,
        issued=issued,
        submission=_submission(application, issued, at),
        sign_in_address=sign_in_address,
    )
    add_mail(
        OutboxMail(
            surety_id=application.surety_id,
            event=f"{about}:application:{application.id}:{occasion or application.revision}",
            application_id=application.id,
            message_id=make_msgid(idstring=f"{about}.{application.id}.{application.revision}", domain="esurety.invalid"),
            recipient=recipient,
            subject=_SUBJECTS[about].format(works=shortened(works_name)),
            body=body,
            created_at=at,
            next_try_at=at,
        )
    )


def _submission(application: Application, issued: Sequence[IssuedLine], at: datetime) -> list[tuple[str, list[tuple[str, str]]]]:
    """For each electronic guarantee issued, how the authority wants its key notice; what it named nothing for is left out."""
    electronic = [line.product for line in issued if line.certificate_form is CertificateForm.ELECTRONIC]
    authority = reference_data.authority_on(application.authority_id or 0, japanese_day(at)) if electronic else None
    if authority is None:
        return []
    found = [(product.label, submission_rows(authority.policy, product)) for product in electronic]
    return [(label, [(term, one_line(value)) for term, value in rows]) for label, rows in found if rows]


def mail_text(template: str, **facts: object) -> str:
    """The body of a mail of `templates/mail`. Raises jinja2.UndefinedError when it asks for a fact that is missing."""
    return _texts.get_template(f"{template}.txt").render(facts)


def one_line(text: str) -> str:
    """No line break may enter a header or forge a line of the body."""
    return " ".join(text.split())


def shortened(works_name: str) -> str:
    """A works' name as a subject line holds it."""
    longest = _LONGEST_WORKS_NAME_IN_SUBJECT
    return works_name if len(works_name) <= longest else works_name[: longest - 1] + "…"
