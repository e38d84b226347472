"""受注者 on the operator's pages."""

from collections.abc import Mapping
from datetime import datetime

from flask import url_for

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.typed_fields import TypedForm
from esurety.services import keep_companies
from esurety.services.keep_companies import CompanyData
from esurety.services.keep_records import EndedBefore, history_of
from esurety.services.sign_in import SignedIn
from esurety.web.answers import now
from esurety.web.office.people_page import (
    Attempt,
    EndPage,
    FormField,
    FormPage,
    ListLine,
    ListPage,
    RecordPage,
    complain_unprintable,
    end_form,
    form_of,
    in_use,
    left_behind,
)

TITLE = "受注者"
_MONTHLY, _TRANSFER = "一括納付", "振込"
_FIELDS = (
    FormField("name", "商号"),
    FormField("address", "住所"),
    FormField("representative", "代表者", hint="役職と氏名。例：代表取締役 保証 太郎"),
    FormField("depository", "預託金融機関", hint="例：〇〇銀行 △△支店", required=False),
    FormField("pays_monthly", "保証料の納付", "radios", options=((_MONTHLY, _MONTHLY), (_TRANSFER, _TRANSFER))),
)


class Companies:
    """The surety's contractors, those that have ended too."""

    def listing(self, account: SignedIn, *, word: str, after: int) -> ListPage:
        found, goes_on = keep_companies.own_companies(account, word=word, after=after)
        href = url_for("office.people_list", kind="companies")
        return ListPage(
            TITLE,
            "申込みをする会社です。利用者は、受注者の画面から登録します。",
            ("商号", "住所", "代表者", "保証料の納付"),
            [
                ListLine(
                    url_for("office.people_record", kind="companies", record_id=one.id),
                    (one.name, one.address, one.representative, _MONTHLY if one.pays_monthly else _TRANSFER),
                    *in_use(one.ended_on is not None),
                )
                for one in found
            ],
            "受注者を登録する",
            url_for("office.people_new", kind="companies"),
            search_href=href,
            search_label="商号",
            word=word,
            next_href=url_for("office.people_list", kind="companies", q=word, after=goes_on) if goes_on is not None else "",
        )

    def new_fields(self, account: SignedIn) -> tuple[FormField, ...]:  # noqa: ARG002 - the same for every surety
        return _FIELDS

    def new_page(self, account: SignedIn, attempt: Attempt | None) -> FormPage:  # noqa: ARG002 - the same for every surety
        form = form_of(_FIELDS, url_for("office.people_create", kind="companies"), "登録する", {}, attempt)
        return FormPage("受注者の登録", form, trail=_trail("登録"))

    def create(self, account: SignedIn, read: TypedForm, at: datetime) -> int | None:
        data = _data(read)
        return None if read.problems else keep_companies.register_company(account=account, data=data, at=at)

    def fields(self, account: SignedIn, record_id: int) -> tuple[FormField, ...]:  # noqa: ARG002 - the same for every company
        return _FIELDS

    def record_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> RecordPage:
        company = keep_companies.own_company(account, record_id)
        current = CompanyData.of(company).shown()
        action = url_for("office.people_correct", kind="companies", record_id=record_id)
        has_ended = company.ended_on is not None
        return RecordPage(
            title=company.name,
            caption=TITLE,
            facts=[(label, current[name]) for name, label in keep_companies.LABELS.items() if current[name]],
            trail=_trail(company.name),
            ended=f"{era_date(company.ended_on)}に終了した受注者です" if company.ended_on is not None else "",
            form=None if has_ended else form_of(_FIELDS, action, "修正を保存する", current, attempt),
            end_href="" if has_ended else url_for("office.people_confirm_end", kind="companies", record_id=record_id),
            history=history_of(f"company:{record_id}"),
            links=[]
            if has_ended
            else [("この受注者の利用者を登録する", url_for("office.people_new", kind="accounts", company_id=record_id))],
            people=[
                (
                    f"{one.display_name}　{one.email}",
                    url_for("office.people_record", kind="accounts", record_id=one.id),
                    "終了" if one.disabled_at else "",
                )
                for one in keep_companies.people_of(company)
            ],
            people_label="この受注者の利用者",
        )

    def correct(self, account: SignedIn, record_id: int, read: TypedForm, seen: Mapping[str, str], at: datetime) -> None:
        data = _data(read)
        if not read.problems:
            keep_companies.correct_company(account=account, company_id=record_id, data=data, seen=seen, at=at)

    def end_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> EndPage:
        company = keep_companies.own_company(account, record_id)
        if company.ended_on is not None:
            raise EndedBefore
        facts, applications = left_behind(keep_companies.left_by_company(account, record_id, japanese_day(now())))
        return EndPage(
            title=f"{company.name}を終了しますか",
            trail=_trail("終了の確認"),
            explanation="この受注者の利用者は全員ログインできなくなります。発行した保証契約は、発注者がD-Sureで引き続き確認できます。"
            "手続き中の申込みは残り、審査の画面に「終了した受注者」と表示されます。",
            facts=facts,
            applications=applications,
            form=end_form(url_for("office.people_end", kind="companies", record_id=record_id), attempt),
            back=url_for("office.people_record", kind="companies", record_id=record_id),
        )

    def end(self, account: SignedIn, record_id: int, reason: str, at: datetime) -> None:
        keep_companies.end_company(account=account, company_id=record_id, reason=reason, at=at)


def _data(read: TypedForm) -> CompanyData:
    if read.raw("pays_monthly") not in {_MONTHLY, _TRANSFER}:
        read.complain("pays_monthly", "保証料の納付を選んでください")
    data = CompanyData(
        name=read.text("name", "商号", longest=200),
        address=read.text("address", "住所", longest=300),
        representative=read.text("representative", "代表者", longest=200),
        depository=read.text("depository", "預託金融機関", longest=200, required=False),
        pays_monthly=read.raw("pays_monthly") == _MONTHLY,
    )
    complain_unprintable(read, _FIELDS)
    return data


def _trail(last: str) -> list[tuple[str, str | None]]:
    return [("組織・利用者", url_for("office.people")), (TITLE, url_for("office.people_list", kind="companies")), (last, None)]
