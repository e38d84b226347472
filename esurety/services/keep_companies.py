"""受注者: registered, corrected and ended by the operator; never deleted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.search_words import folded
from esurety.persistence import left_behind, organisation_records, reference_data
from esurety.persistence.database import writing
from esurety.persistence.left_behind import LeftBehind
from esurety.persistence.models import Account, Company
from esurety.services.keep_records import EndedBefore, RecordNotFound, difference, note_act, operator_surety, refuse_stale
from esurety.services.sign_in import SignedIn

LABELS = {"name": "商号", "address": "住所", "representative": "代表者", "depository": "預託金融機関", "pays_monthly": "保証料の納付"}


@dataclass(frozen=True)
class CompanyData:
    """What certificates say of a contractor, and how it pays."""

    name: str
    address: str
    representative: str
    depository: str
    pays_monthly: bool

    def shown(self) -> dict[str, str]:
        """As a form shows it."""
        return {
            "name": self.name,
            "address": self.address,
            "representative": self.representative,
            "depository": self.depository,
            "pays_monthly": "一括納付" if self.pays_monthly else "振込",
        }

    @classmethod
    def of(cls, company: Company) -> "CompanyData":
        return cls(company.name, company.address, company.representative, company.depository, company.pays_monthly)


def own_companies(account: SignedIn, *, word: str = "", after: int = 0) -> tuple[list[Company], int | None]:
    """A page of the contractors, those that have ended too, and where the next page begins."""
    found = organisation_records.companies_page(operator_surety(account), word=word, after=after)
    page = found[: organisation_records.PAGE]
    return page, page[-1].id if len(found) > len(page) else None


def own_company(account: SignedIn, company_id: int) -> Company:
    """A contractor of this operator's surety. Raises RecordNotFound."""
    found = reference_data.company(company_id)
    if found is None or found.surety_id != operator_surety(account):
        raise RecordNotFound
    return found


def people_of(company: Company) -> list[Account]:
    """The accounts of a contractor, those that have ended too."""
    return organisation_records.accounts_of_company(company.id)


def register_company(*, account: SignedIn, data: CompanyData, at: datetime) -> int:
    """Register a contractor and return its id."""
    surety_id = operator_surety(account)
    with writing():
        company = Company(
            surety_id=surety_id,
            name=data.name,
            folded_name=folded(data.name),
            address=data.address,
            representative=data.representative,
            depository=data.depository,
            pays_monthly=data.pays_monthly,
        )
        company_id = organisation_records.add(company)
        note_act(account, "CompanyRegistered", f"company:{company_id}", at, difference(LABELS, {}, data.shown()))
        return company_id


def correct_company(*, account: SignedIn, company_id: int, data: CompanyData, seen: Mapping[str, str], at: datetime) -> None:
    """Correct a contractor. Certificates issued before keep what they say. Raises RecordNotFound, EndedBefore or ShownIsStale."""
    with writing():
        company = _lock(account, company_id)
        before = CompanyData.of(company).shown()
        refuse_stale(before, seen)
        company.name, company.folded_name, company.address = data.name, folded(data.name), data.address
        company.representative, company.depository, company.pays_monthly = data.representative, data.depository, data.pays_monthly
        note = difference(LABELS, before, data.shown())
        if note:
            note_act(account, "CompanyCorrected", f"company:{company_id}", at, note)


def left_by_company(account: SignedIn, company_id: int, today: date) -> LeftBehind:
    """What a contractor still has under way. Raises RecordNotFound."""
    return left_behind.left_by_company(own_company(account, company_id).id, today)


def end_company(*, account: SignedIn, company_id: int, reason: str, at: datetime) -> None:
    """End a contractor from today on, and with it the accounts of its people. Raises RecordNotFound or EndedBefore."""
    with writing():
        company = _lock(account, company_id)
        company.ended_on = japanese_day(at)
        note_act(account, "CompanyEnded", f"company:{company_id}", at, f"理由：{reason}")
        for person in organisation_records.lock_accounts_of_company(company_id):
            person.disabled_at = at
            person.session_epoch += 1
            note_act(account, "AccountEnded", f"account:{person.id}", at, f"受注者 {company.name} の終了による")


def _lock(account: SignedIn, company_id: int) -> Company:
    company = organisation_records.lock_company(company_id)
    if company is None or company.surety_id != operator_surety(account):
        raise RecordNotFound
    if company.ended_on is not None:
        raise EndedBefore
    return company
