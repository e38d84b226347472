"""Guarantee contracts: numbered, prepared, issued, found, listed."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeVar

from sqlalchemy import Select, delete, or_, select
from sqlalchemy.orm import joinedload

from esurety.domain.application_state import GuaranteeState
from esurety.domain.products import CertificateForm, Product
from esurety.domain.search_words import bigrams, folded
from esurety.persistence.database import Base, insert, reading
from esurety.persistence.joint_ventures import ventures_named
from esurety.persistence.models import (
    AuthenticationKeyRow,
    CertificateFile,
    CertificateOpening,
    CertificateVersion,
    Company,
    ContractBigram,
    GuaranteeContract,
    NumberCounter,
)

PAGE_SIZE = 30  # with the longest works names a page stays under 60 kB
_Select = TypeVar("_Select", bound=Select[*tuple[Any, ...]])


@dataclass(frozen=True)
class ContractFilter:
    """What a list of contracts is narrowed to; empty means everything."""

    word: str = ""  # of the works' name
    number: str = ""  # the beginning of a number, or its last six characters
    product: Product | None = None
    state: GuaranteeState | None = None
    certificate_form: CertificateForm | None = None
    authority_id: int | None = None
    fiscal_year: int | None = None
    company: str = ""  # part of the contractor's name, of its joint venture's or of another member's


@dataclass(frozen=True)
class ContractPage:
    """Some contracts, newest first; `older_than` continues the list."""

    contracts: list[GuaranteeContract]
    older_than: int | None


def next_sequence(branch_id: int, fiscal_year: int) -> int:
    """The next number of a branch in a fiscal year, held by the running write transaction: no gaps, no doubles."""
    statement = insert(NumberCounter).values(branch_id=branch_id, fiscal_year=fiscal_year, last_sequence=1)
    raising = statement.on_conflict_do_update(
        index_elements=["branch_id", "fiscal_year"], set_={"last_sequence": NumberCounter.last_sequence + 1}
    ).returning(NumberCounter.last_sequence)
    raised: int = reading().execute(raising).scalar_one()
    return raised


def add(*rows: Base) -> None:
    """Store new rows with the running transaction, which gives them their ids."""
    reading().add_all(rows)
    reading().flush()


def index_for_search(contract: GuaranteeContract) -> None:
    """Make a contract findable by any two neighbouring characters of its works' name."""
    reading().add_all([ContractBigram(bigram=pair, contract_id=contract.id) for pair in sorted(bigrams(contract.folded_works_name))])


def _issued() -> Select[GuaranteeContract]:
    return (
        select(GuaranteeContract)
        .where(GuaranteeContract.issued_at.is_not(None))
        .options(joinedload(GuaranteeContract.authority), joinedload(GuaranteeContract.company), joinedload(GuaranteeContract.branch))
    )


def issued_contract(number: str, *, company_id: int | None = None, surety_id: int | None = None) -> GuaranteeContract | None:
    """An issued contract by its number, within a company or a surety; None for another's, as for none at all."""
    statement = _issued().where(GuaranteeContract.number == number)
    if company_id is not None:
        statement = statement.where(GuaranteeContract.company_id == company_id)
    if surety_id is not None:
        statement = statement.where(GuaranteeContract.surety_id == surety_id)
    return reading().scalar(statement)


def issued_contracts(
    narrowed: ContractFilter, *, today: date, company_id: int | None = None, surety_id: int | None = None, older_than: int | None = None
) -> ContractPage:
    """A page of issued contracts, newest first, of a company or of a surety."""
    statement = narrowed_to(_issued(), narrowed, today).order_by(GuaranteeContract.id.desc()).limit(PAGE_SIZE + 1)
    if company_id is not None:
        statement = statement.where(GuaranteeContract.company_id == company_id)
    if surety_id is not None:
        statement = statement.where(GuaranteeContract.surety_id == surety_id)
    if older_than is not None:
        statement = statement.where(GuaranteeContract.id < older_than)
    found = list(reading().scalars(statement))
    return ContractPage(found[:PAGE_SIZE], found[PAGE_SIZE - 1].id if len(found) > PAGE_SIZE else None)


def narrowed_to(statement: _Select, by: ContractFilter, today: date) -> _Select:
    """A query of contracts, narrowed; the state is that of `today`."""
    equal = {
        GuaranteeContract.product: by.product,
        GuaranteeContract.certificate_form: by.certificate_form,
        GuaranteeContract.authority_id: by.authority_id,
        GuaranteeContract.fiscal_year: by.fiscal_year,
    }
    for column, value in equal.items():
        if value is not None:
            statement = statement.where(column == value)
    if by.number:
        in_number = GuaranteeContract.number
        is_tail = by.number[-1:].isalpha() and "-" not in by.number
        statement = statement.where((in_number.endswith if is_tail else in_number.startswith)(by.number, autoescape=True))
    if folded(by.company):
        companies = select(Company.id).where(Company.folded_name.contains(folded(by.company), autoescape=True))
        ventures = ventures_named(by.company)
        statement = statement.where(or_(GuaranteeContract.company_id.in_(companies), GuaranteeContract.application_id.in_(ventures)))
    return _in_state(_with_word(statement, by.word), by.state, today)


def _with_word(statement: _Select, word: str) -> _Select:
    key = folded(word)
    if not key:
        return statement
    for pair in sorted(bigrams(key)):
        statement = statement.where(GuaranteeContract.id.in_(select(ContractBigram.contract_id).where(ContractBigram.bigram == pair)))
    return statement.where(GuaranteeContract.folded_works_name.contains(key, autoescape=True))


def _in_state(statement: _Select, state: GuaranteeState | None, today: date) -> _Select:
    if state is GuaranteeState.CANCELLED:
        return statement.where(GuaranteeContract.cancelled_on.is_not(None))
    if state is GuaranteeState.EXPIRED:
        return statement.where(GuaranteeContract.cancelled_on.is_(None), GuaranteeContract.guarantee_ends_on < today)
    if state is GuaranteeState.IN_FORCE:
        return statement.where(GuaranteeContract.cancelled_on.is_(None), GuaranteeContract.guarantee_ends_on >= today)
    return statement


def issued_versions(contract_id: int) -> list[CertificateVersion]:
    """The issued versions of a contract, newest first."""
    return list(
        reading().scalars(
            select(CertificateVersion)
            .where(CertificateVersion.contract_id == contract_id, CertificateVersion.issued_at.is_not(None))
            .order_by(CertificateVersion.version.desc())
        )
    )


def version_of(contract_id: int, version: int) -> CertificateVersion | None:
    """A version, issued or only prepared."""
    return reading().get(CertificateVersion, (contract_id, version))


def drop_prepared_versions(application_id: int) -> None:
    """Forget the versions that an application had prepared and not issued; a version, unlike a number, is nobody's before its issue."""
    prepared = CertificateVersion.application_id == application_id, CertificateVersion.issued_at.is_(None)
    reading().execute(delete(CertificateVersion).where(*prepared))


def file_bytes(sha256: str) -> bytes | None:
    """The bytes of a certificate file."""
    return reading().scalar(select(CertificateFile.pdf).where(CertificateFile.sha256 == sha256))


def store_file(sha256: str, pdf: bytes) -> None:
    """Keep a file under its hash; the same bytes are kept once."""
    if reading().scalar(select(CertificateFile.sha256).where(CertificateFile.sha256 == sha256)) is None:
        reading().add(CertificateFile(sha256=sha256, pdf=pdf))
        reading().flush()


def valid_key(contract_id: int) -> AuthenticationKeyRow | None:
    """The key of a contract that has not been revoked."""
    return reading().scalar(
        select(AuthenticationKeyRow)
        .where(AuthenticationKeyRow.contract_id == contract_id, AuthenticationKeyRow.revoked_at.is_(None))
        .order_by(AuthenticationKeyRow.key_version.desc())
        .limit(1)
    )


@dataclass(frozen=True)
class KeyBehindNumber:
    """What the gate needs of the contract that a typed number names."""

    contract_id: int
    current_version: int
    key_id: int
    verifier: str


def key_behind_number(number: str) -> KeyBehindNumber | None:
    """The valid key of an issued electronic contract; None for any other number."""
    row = (
        reading()
        .execute(
            select(GuaranteeContract.id, GuaranteeContract.current_version, AuthenticationKeyRow.id, AuthenticationKeyRow.verifier)
            .join(AuthenticationKeyRow, AuthenticationKeyRow.contract_id == GuaranteeContract.id)
            .where(
                GuaranteeContract.number == number,
                GuaranteeContract.issued_at.is_not(None),
                GuaranteeContract.certificate_form == CertificateForm.ELECTRONIC,
                AuthenticationKeyRow.revoked_at.is_(None),
            )
            .order_by(AuthenticationKeyRow.key_version.desc())
            .limit(1)
        )
        .first()
    )
    return None if row is None else KeyBehindNumber(*row)


def issued_contract_by_id(contract_id: int) -> GuaranteeContract | None:
    return reading().scalar(_issued().where(GuaranteeContract.id == contract_id))


def openings_of(contract_id: int, *, limit: int = 20) -> list[CertificateOpening]:
    """The latest openings in D-Sure, newest first."""
    return list(
        reading().scalars(
            select(CertificateOpening)
            .where(CertificateOpening.contract_id == contract_id)
            .order_by(CertificateOpening.opened_at.desc(), CertificateOpening.id.desc())
            .limit(limit)
        )
    )


def record_opening(contract_id: int, version: int, opened_at: datetime, source: str) -> None:
    reading().add(CertificateOpening(contract_id=contract_id, version=version, opened_at=opened_at, source=source))
