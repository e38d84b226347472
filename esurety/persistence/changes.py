"""変更: the contract that a change is about, held while it is changed; its open change; its settlements; its keys."""

from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from esurety.domain.application_state import ApplicationState
from esurety.persistence.database import reading
from esurety.persistence.models import Application, AuthenticationKeyRow, CertificateVersion, GuaranteeContract, PremiumSettlement
from esurety.persistence.models import RequestedGuaranteeRow as Requested

_OPEN = (ApplicationState.SUBMITTED, ApplicationState.IN_REVIEW, ApplicationState.APPROVED, ApplicationState.RETURNED)


def lock_contract(contract_id: int) -> GuaranteeContract | None:
    """An issued contract, held until the transaction ends."""
    return reading().scalar(
        select(GuaranteeContract)
        .where(GuaranteeContract.id == contract_id, GuaranteeContract.issued_at.is_not(None))
        .with_for_update(of=GuaranteeContract)
        .execution_options(populate_existing=True)
    )


def contract_by_id(contract_id: int) -> GuaranteeContract | None:
    """An issued contract with what a page shows of it."""
    return reading().scalar(
        select(GuaranteeContract)
        .where(GuaranteeContract.id == contract_id, GuaranteeContract.issued_at.is_not(None))
        .options(joinedload(GuaranteeContract.authority), joinedload(GuaranteeContract.company), joinedload(GuaranteeContract.branch))
    )


def open_change(contract_id: int) -> Application | None:
    """The change of a contract that is not settled yet: under review, approved, or returned for correction."""
    return reading().scalar(
        select(Application)
        .where(Application.changed_contract_id == contract_id, Application.state.in_(_OPEN))
        .options(selectinload(Application.requested).joinedload(Requested.contract))
        .order_by(Application.id.desc())
        .limit(1)
    )


def newest_change(contract_id: int, account_id: int) -> Application | None:
    """The latest change that this person applied for."""
    return reading().scalar(
        select(Application)
        .where(Application.changed_contract_id == contract_id, Application.created_by == account_id)
        .order_by(Application.id.desc())
        .limit(1)
    )


def settlements_of(contract_id: int) -> list[PremiumSettlement]:
    """What changes and a cancellation made of a contract's premium, oldest first."""
    return list(
        reading().scalars(select(PremiumSettlement).where(PremiumSettlement.contract_id == contract_id).order_by(PremiumSettlement.id))
    )


def keys_of(contract_id: int) -> list[AuthenticationKeyRow]:
    """Every key that a contract has had, newest first."""
    return list(
        reading().scalars(
            select(AuthenticationKeyRow)
            .where(AuthenticationKeyRow.contract_id == contract_id)
            .order_by(AuthenticationKeyRow.key_version.desc())
        )
    )


def start_of_change(contract_id: int, application_id: int) -> tuple[CertificateVersion, datetime | None] | None:
    """The version that a change sets out from, the newest one of an earlier application; and when the guarantee was first applied for."""
    row = (
        reading()
        .execute(
            select(CertificateVersion, Application.submitted_at)
            .join(GuaranteeContract, GuaranteeContract.id == CertificateVersion.contract_id)
            .join(Application, Application.id == GuaranteeContract.application_id)
            .where(
                CertificateVersion.contract_id == contract_id,
                CertificateVersion.issued_at.is_not(None),
                CertificateVersion.application_id < application_id,
            )
            .order_by(CertificateVersion.version.desc())
            .limit(1)
        )
        .first()
    )
    return None if row is None else (row[0], row[1])


def first_applied_at(contract_id: int) -> datetime | None:
    """When the guarantee was first applied for."""
    return reading().scalar(
        select(Application.submitted_at)
        .join(GuaranteeContract, GuaranteeContract.application_id == Application.id)
        .where(GuaranteeContract.id == contract_id)
    )
