"""What an audit reads beside the log itself, in batches: the versions, files, cancellations and keys that the log speaks of."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import LargeBinary, and_, cast, func, or_, select

from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import (
    Application,
    AuthenticationKeyRow,
    Authority,
    CertificateFile,
    CertificateTimestamp,
    CertificateVersion,
    Company,
    Event,
    GuaranteeContract,
    LogEntryRow,
    Surety,
)

_ACTS = {"GuaranteeIssued": "issued", "ChangeIssued": "changed", "ContractCancelled": "cancelled", "KeyReissued": "key_reissued"}


@dataclass(frozen=True)
class ContractFacts:
    """What the records say of a contract now."""

    number: str
    current_version: int
    cancelled_on: date | None


@dataclass(frozen=True)
class VersionFacts:
    """An issued version, and whether the log knows of it and of its contract's cancellation."""

    contract_id: int
    version: int
    number: str
    file_sha256: str
    is_current: bool
    cancelled_on: date | None
    is_logged: bool
    is_cancellation_logged: bool
    content: str  # the JSON that screens show
    guaranteed_amount: Yen  # of the contract, as lists and states take it
    guarantee_ends_on: date
    issued_at: datetime
    issued_by: int | None
    status_id: str | None
    signed_at: datetime | None
    timestamp_state: str
    form_and_product: tuple[str, str]  # of the contract
    parties: tuple[int, int, int]  # surety, authority and company of the contract
    parties_applied_for: tuple[int | None, ...]  # of the application that it came from
    names: tuple[str | None, ...]  # of the parties, as they are called now


@dataclass(frozen=True)
class PastAct:
    """Something that happened before the log began. `version` is that of the certificate, for a new key that of the key."""

    at: datetime
    contract_id: int
    order: int
    event: str
    version: int


def past_acts() -> list[PastAct]:
    """Every issue, change, cancellation and new key, in the order in which they happened."""
    version, key = CertificateVersion, AuthenticationKeyRow
    issued = select(version.issued_at, version.contract_id, version.version).where(version.issued_at.is_not(None))
    keys = select(key.created_at, key.contract_id, key.key_version).where(key.key_version > 1)
    cancelled = (
        select(Event.at, GuaranteeContract.id)
        .join(GuaranteeContract, GuaranteeContract.id == Event.contract_id)
        .where(Event.kind == "ContractCancelled", GuaranteeContract.cancelled_on.is_not(None))
    )
    acts = [
        PastAct(at, contract_id, 0, "changed" if number else "issued", number)
        for at, contract_id, number in reading().execute(issued)
        if at is not None
    ]
    acts += [PastAct(at, contract_id, 1, "key_reissued", number) for at, contract_id, number in reading().execute(keys)]
    acts += [PastAct(at, contract_id, 2, "cancelled", 0) for at, contract_id in reading().execute(cancelled)]
    return sorted(acts, key=lambda act: (act.at, act.contract_id, act.order, act.version))


def contracts_by_id(ids: Collection[int]) -> dict[int, ContractFacts]:
    columns = (GuaranteeContract.id, GuaranteeContract.number, GuaranteeContract.current_version, GuaranteeContract.cancelled_on)
    rows = reading().execute(select(*columns).where(GuaranteeContract.id.in_(ids)))
    return {row[0]: ContractFacts(*row[1:]) for row in rows}


def file_hashes_by_version(ids: Collection[int]) -> dict[tuple[int, int], str | None]:
    """(contract, version) → the SHA-256 that the record names, for all versions of these contracts."""
    columns = (CertificateVersion.contract_id, CertificateVersion.version, CertificateVersion.file_sha256)
    rows = reading().execute(select(*columns).where(CertificateVersion.contract_id.in_(ids)))
    return {(contract_id, version): sha256 for contract_id, version, sha256 in rows}


def issued_versions_after(last: tuple[int, int], count: int) -> list[VersionFacts]:
    """Up to `count` issued versions behind this (contract, version), in order."""
    version, contract = CertificateVersion, GuaranteeContract
    entry = select(LogEntryRow.leaf_index).where(LogEntryRow.contract_id == version.contract_id)
    is_logged = entry.where(LogEntryRow.version == version.version, LogEntryRow.event.in_(["issued", "changed"])).exists()
    rows = reading().execute(
        select(
            version.contract_id,
            version.version,
            contract.number,
            version.file_sha256,
            version.version == contract.current_version,
            contract.cancelled_on,
            is_logged,
            entry.where(LogEntryRow.event == "cancelled").exists(),
            version.content,
            contract.guaranteed_amount,
            contract.guarantee_ends_on,
            version.issued_at,
            version.issued_by,
            version.status_id,
            version.signed_at,
            version.timestamp_state,
            *(contract.certificate_form, contract.product),
            *(contract.surety_id, contract.authority_id, contract.company_id),
            *(Application.surety_id, Application.authority_id, Application.company_id),
            *(Surety.name, Authority.name, Company.name),
        )
        .join(contract, contract.id == version.contract_id)
        .outerjoin(Application, Application.id == contract.application_id)
        .outerjoin(Surety, Surety.id == contract.surety_id)
        .outerjoin(Authority, Authority.id == contract.authority_id)
        .outerjoin(Company, Company.id == contract.company_id)
        .where(
            version.issued_at.is_not(None),
            or_(version.contract_id > last[0], and_(version.contract_id == last[0], version.version > last[1])),
        )
        .order_by(version.contract_id, version.version)
        .limit(count)
    )
    return [_version_facts(list(row)) for row in rows]


def _version_facts(row: list[Any]) -> VersionFacts:
    together = [tuple(row[at:end]) for at, end in ((16, 18), (18, 21), (21, 24), (24, 27))]
    plain = [*row[:3], row[3] or "", *row[4:16], *together]
    return VersionFacts(*plain)


def is_somebody_else(party: str, name: str, surety_id: int) -> bool:
    """Whether a surety, authority or company of this surety has this name."""
    asked = {
        "surety": select(Surety.id).where(Surety.name == name),
        "authority": select(Authority.id).where(Authority.name == name),
        "company": select(Company.id).where(Company.name == name, Company.surety_id == surety_id),
    }[party]
    return reading().scalar(asked.limit(1)) is not None


@dataclass(frozen=True)
class ActsOfContract:
    """What the events and the log each know of a contract."""

    issuers: tuple[int | None, ...]  # who issued version 0, 1 and so on, as the events have it
    events: dict[str, int]  # the log's word for an act → how many events tell of it
    entries: dict[str, int]  # likewise, entries of the log


def acts_by_contract(ids: Collection[int]) -> dict[int, ActsOfContract]:
    """For all of these contracts."""
    found = {contract_id: ([], {}, {}) for contract_id in ids}  # type: dict[int, tuple[list[int | None], dict[str, int], dict[str, int]]]
    told = select(Event.contract_id, Event.kind, Event.actor_id).where(Event.contract_id.in_(ids), Event.kind.in_(list(_ACTS)))
    for contract_id, kind, actor_id in reading().execute(told.order_by(Event.contract_id, Event.id)):
        issuers, events, _ = found[contract_id or 0]
        events[_ACTS[kind]] = events.get(_ACTS[kind], 0) + 1
        issuers += [actor_id] if _ACTS[kind] in {"issued", "changed"} else []
    entered = select(LogEntryRow.contract_id, LogEntryRow.event, func.count()).where(LogEntryRow.contract_id.in_(ids))
    for contract_id, event, count in reading().execute(entered.group_by(LogEntryRow.contract_id, LogEntryRow.event)):
        found[contract_id][2][event] = count
    return {contract_id: ActsOfContract(tuple(issuers), events, entries) for contract_id, (issuers, events, entries) in found.items()}


def tokens_by_version(ids: Collection[int]) -> dict[tuple[int, int], tuple[bytes, datetime]]:
    """(contract, version) → the timestamp beside its file and the time that the record gives, for these contracts."""
    kept = CertificateTimestamp
    token = cast(kept.token, LargeBinary)  # SQLite keeps whatever was put there, text as well
    rows = reading().execute(select(kept.contract_id, kept.version, token, kept.stamped_at).where(kept.contract_id.in_(ids)))
    return {(contract_id, version): (bytes(der), at) for contract_id, version, der, at in rows}


def stored_file(sha256: str) -> bytes | None:
    """The bytes under a hash. SQLite keeps whatever was put there, text as well: read as bytes all the same."""
    return reading().scalar(select(cast(CertificateFile.pdf, LargeBinary)).where(CertificateFile.sha256 == sha256))


def unlogged_key_reissues() -> list[str]:
    """The numbers of contracts that have had more new keys than the log knows of; at most a hundred."""
    logged = (
        select(func.count())
        .select_from(LogEntryRow)
        .where(LogEntryRow.contract_id == GuaranteeContract.id, LogEntryRow.event == "key_reissued")
        .scalar_subquery()
    )
    made = (
        select(func.count())
        .select_from(AuthenticationKeyRow)
        .where(AuthenticationKeyRow.contract_id == GuaranteeContract.id, AuthenticationKeyRow.key_version > 1)
        .scalar_subquery()
    )
    return list(reading().scalars(select(GuaranteeContract.number).where(made != logged).order_by(GuaranteeContract.id).limit(100)))
