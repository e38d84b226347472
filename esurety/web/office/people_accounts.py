"""利用者 on the operator's pages: the surety's own people, and from a contractor's page the contractor's."""

from collections.abc import Mapping
from datetime import datetime

from flask import request, url_for

from esurety.domain.japanese_calendar import era_time
from esurety.domain.typed_fields import TypedForm
from esurety.persistence.models import Account
from esurety.services import keep_accounts, keep_branches, keep_companies
from esurety.services.create_account import SHORTEST_PASSWORD, AccountExists, PasswordTooShort
from esurety.services.keep_accounts import AccountData, NotOneself
from esurety.services.keep_records import EndedBefore, history_of
from esurety.services.sign_in import Role, SignedIn
from esurety.web.access import installation
from esurety.web.office.address import whole
from esurety.web.office.people_page import (
    Attempt,
    EndPage,
    FormField,
    FormPage,
    ListLine,
    ListPage,
    RecordPage,
    end_form,
    form_of,
    in_use,
    left_behind,
)

TITLE = "利用者"
_STAFF = (Role.CLERK, Role.APPROVER, Role.ADMIN)
_AT_A_BRANCH = (Role.CLERK, Role.APPROVER)
_EMAIL = FormField("email", "メールアドレス", "email", hint="ログインに使います。あとから変えられません。")
_NAME = FormField("display_name", "氏名", hint="画面と履歴に表示されます。", width="half")
_OWN = "ご自身の登録は終了できません。別の運用担当に依頼してください。"
PASSWORD_TOO_SHORT = f"パスワードは{SHORTEST_PASSWORD}文字以上で入力してください"


def password_field(label: str) -> FormField:
    """A password that the operator types for somebody else."""
    return FormField(
        "password", label, "new_password", hint=f"{SHORTEST_PASSWORD}文字以上。ご本人に、メール以外の安全な方法で伝えてください。"
    )


class Accounts:
    """Everybody who signs in for the surety or one of its contractors."""

    def listing(self, account: SignedIn, *, word: str, after: int) -> ListPage:
        found, goes_on = keep_accounts.own_accounts(account, word=word, after=after)
        return ListPage(
            TITLE,
            "保証会社の担当者と、受注者の担当者です。受注者の担当者は、受注者の画面から登録します。",
            ("氏名", "メールアドレス", "役割", "所属"),
            [
                ListLine(
                    url_for("office.people_record", kind="accounts", record_id=one.account.id),
                    (one.account.display_name, one.account.email, Role(one.account.role).label, one.belongs_to),
                    *in_use(one.account.disabled_at is not None),
                )
                for one in found
            ],
            "保証会社の利用者を登録する",
            url_for("office.people_new", kind="accounts"),
            search_href=url_for("office.people_list", kind="accounts"),
            search_label="氏名・メールアドレス",
            word=word,
            next_href=url_for("office.people_list", kind="accounts", q=word, after=goes_on) if goes_on is not None else "",
        )

    def new_fields(self, account: SignedIn) -> tuple[FormField, ...]:
        of_company = whole(request.values, "company_id") is not None
        belonging = () if of_company else _staff_fields(account)
        return (_EMAIL, _NAME, *belonging, password_field("最初のパスワード"))

    def new_page(self, account: SignedIn, attempt: Attempt | None) -> FormPage:
        company_id = whole(request.values, "company_id")
        hidden = {} if company_id is None else {"company_id": str(company_id)}
        action = url_for("office.people_create", kind="accounts")
        form = form_of(self.new_fields(account), action, "登録する", {}, attempt, **hidden)
        if company_id is None:
            return FormPage("保証会社の利用者の登録", form, trail=_trail("登録"))
        return FormPage("受注者の利用者の登録", form, keep_companies.own_company(account, company_id).name, _trail("登録"))

    def create(self, account: SignedIn, read: TypedForm, at: datetime) -> int | None:
        company_id = whole(request.form, "company_id")
        email, data, password = read.email("email", "メールアドレス"), _data(account, read, company_id), request.form.get("password", "")
        if len(password) < SHORTEST_PASSWORD:
            read.complain("password", PASSWORD_TOO_SHORT)
        if data is None or read.problems:
            return None
        try:
            return keep_accounts.open_account(
                account=account, email=email, password=password, data=data, at=at, keeper=installation().keeper
            )
        except AccountExists:
            read.complain("email", "このメールアドレスはすでに登録されています。別のメールアドレスを入力してください")
        except PasswordTooShort:
            read.complain("password", PASSWORD_TOO_SHORT)
        return None

    def fields(self, account: SignedIn, record_id: int) -> tuple[FormField, ...]:
        person = keep_accounts.own_account(account, record_id)
        return (_NAME,) if person.role == Role.CONTRACTOR else (_NAME, *_staff_fields(account, keeping=person.branch_id))

    def record_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> RecordPage:
        person = keep_accounts.own_account(account, record_id)
        has_ended, is_self = person.disabled_at is not None, person.id == account.account_id
        action = url_for("office.people_correct", kind="accounts", record_id=record_id)
        form = form_of(self.fields(account, record_id), action, "修正を保存する", AccountData.of(person).shown(), attempt)
        return RecordPage(
            title=person.display_name,
            caption=TITLE,
            facts=_facts(account, person),
            trail=_trail(person.display_name),
            ended=f"{era_time(person.disabled_at)}に終了した利用者です" if person.disabled_at is not None else "",
            form=None if has_ended else form,
            end_href="" if has_ended or is_self else url_for("office.people_confirm_end", kind="accounts", record_id=record_id),
            history=history_of(f"account:{record_id}"),
            links=_links(person),
        )

    def correct(self, account: SignedIn, record_id: int, read: TypedForm, seen: Mapping[str, str], at: datetime) -> None:
        person = keep_accounts.own_account(account, record_id)
        data = _data(account, read, person.company_id, keeping=person.branch_id)
        if data is None or read.problems:
            return
        try:
            keep_accounts.correct_account(account=account, account_id=record_id, data=data, seen=seen, at=at)
        except NotOneself:
            read.complain("role", "ご自身の役割は変えられません。別の運用担当に依頼してください")

    def end_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> EndPage:
        person = keep_accounts.own_account(account, record_id)
        if person.disabled_at is not None:
            raise EndedBefore
        facts, applications = left_behind(keep_accounts.left_by_account(account, record_id), with_contracts=False)
        return EndPage(
            title=f"{person.display_name}さんの登録を終了しますか",
            trail=_trail("終了の確認"),
            explanation="すぐにログインできなくなり、いま開いている画面も使えなくなります。担当している申込みは、ほかの人が引き継げます。",
            facts=facts,
            applications=applications,
            form=end_form(url_for("office.people_end", kind="accounts", record_id=record_id), attempt),
            back=url_for("office.people_record", kind="accounts", record_id=record_id),
            obstacle=_OWN if person.id == account.account_id else "",
        )

    def end(self, account: SignedIn, record_id: int, reason: str, at: datetime) -> None:
        keep_accounts.end_account(account=account, account_id=record_id, reason=reason, at=at)


def _staff_fields(account: SignedIn, *, keeping: int | None = None) -> tuple[FormField, ...]:
    branches = [(str(one.id), one.name) for one in keep_branches.own_branches(account) if one.ended_on is None or one.id == keeping]
    return (
        FormField(
            "role",
            "役割",
            "radios",
            hint="審査担当は審査と入金の記録、承認者はさらに発行、運用担当は組織と利用者の登録をします。",
            options=[(role.value, role.label) for role in _STAFF],
        ),
        FormField(
            "branch_id",
            "所属",
            "select",
            hint="審査担当と承認者は、必ず選んでください。",
            options=[("", "なし"), *branches],
            required=False,
        ),
    )


def _data(account: SignedIn, read: TypedForm, company_id: int | None, *, keeping: int | None = None) -> AccountData | None:
    name = read.text("display_name", "氏名", longest=100)
    if company_id is not None:
        return AccountData(name, Role.CONTRACTOR, company_id=company_id)
    role = read.choice("role", "役割", Role)
    if role is not None and role not in _STAFF:
        read.complain("role", "役割を選んでください")
    known = [one.id for one in keep_branches.own_branches(account) if one.ended_on is None or one.id == keeping]
    branch_id = read.identifier("branch_id", "所属", known) if role in _AT_A_BRANCH or read.raw("branch_id") else None
    return AccountData(name, role, branch_id=branch_id) if role is not None else None


def _facts(account: SignedIn, person: Account) -> list[tuple[str, str]]:
    belongs_to = ""
    if person.company_id is not None:
        belongs_to = keep_companies.own_company(account, person.company_id).name
    elif person.branch_id is not None:
        belongs_to = keep_branches.own_branch(account, person.branch_id).name
    rows = [
        ("メールアドレス", person.email),
        ("役割", Role(person.role).label),
        ("所属", belongs_to),
        ("登録", era_time(person.created_at)),
    ]
    return [(term, value) for term, value in rows if value]


def _links(person: Account) -> list[tuple[str, str]]:
    links = []
    if person.role == Role.APPROVER:
        links.append(("発行権限を見る・登録する", url_for("office.people_rights_of", account_id=person.id)))
    if person.disabled_at is None:
        links.append(("パスワードを再設定する", url_for("office.people_password", account_id=person.id)))
    return links


def _trail(last: str) -> list[tuple[str, str | None]]:
    return [("組織・利用者", url_for("office.people")), (TITLE, url_for("office.people_list", kind="accounts")), (last, None)]
