"""Mails about a contract that has been issued: a change, a cancellation, a key asked for anew or re-issued. None carries a key."""

from datetime import datetime
from email.utils import make_msgid

from esurety.domain.products import Product
from esurety.persistence import reference_data
from esurety.persistence.accounts import account_email
from esurety.persistence.models import GuaranteeContract, OutboxMail
from esurety.persistence.outbox import add_mail
from esurety.services.queue_mail import mail_text, one_line, shortened

_SUBJECTS = {
    "changed": "【電子保証】変更後の保証証書を発行しました（{works}）",
    "cancelled": "【電子保証】保証契約の解約のお知らせ（{works}）",
    "key_asked": "【電子保証】認証キーの再発行の依頼がありました（{works}）",
    "key_declined": "【電子保証】認証キーの再発行の依頼について（{works}）",
    "key_guessed": "【電子保証】認証キーの入力の誤りが続いています（{works}）",
    "key_reissued": "【電子保証】認証キーを再発行しました（{works}）",
}


def queue_contract_mail(
    about: str,
    *,
    contract: GuaranteeContract,
    once: str,
    account_id: int,
    at: datetime,
    also_to: str = "",
    application_id: int | None = None,
    **facts: object,
) -> None:
    """Put a mail about a contract into the outbox, for an account and one address more; `once` tells this occasion from any other."""
    recipients = dict.fromkeys(address for address in (account_email(account_id), also_to) if address)
    if not recipients:
        return
    works_name = one_line(contract.works_name)
    company = reference_data.company(contract.company_id)
    body = mail_text(
        about,
        works_name=works_name,
        company_name=company.name if company else "",
        number=contract.number,
        product=Product(contract.product).label,
        form=contract.certificate_form,
        branch=reference_data.branch(contract.branch_id),
        **facts,
    )
    for position, recipient in enumerate(recipients):
        add_mail(
            OutboxMail(
                surety_id=contract.surety_id,
                event=f"{about}:contract:{contract.id}:{once}:{position}",
                application_id=application_id,
                message_id=make_msgid(idstring=f"{about}.{contract.id}.{position}", domain="esurety.invalid"),
                recipient=recipient,
                subject=_SUBJECTS[about].format(works=shortened(works_name)),
                body=body,
                created_at=at,
                next_try_at=at,
            )
        )
