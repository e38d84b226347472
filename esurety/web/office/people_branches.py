"""営業部・支店 on the operator's pages."""

import unicodedata
from collections.abc import Mapping
from datetime import datetime

from flask import url_for

from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.typed_fields import TypedForm
from esurety.services import keep_branches
from esurety.services.keep_branches import BranchData
from esurety.services.keep_records import EndedBefore, Taken, history_of
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

TITLE = "営業部・支店"
_FIELDS = (
    FormField("name", "名称", hint="例：千葉支店", width="half"),
    FormField("phone", "電話", hint="例：043-241-6101", width="half"),
    FormField("hours", "受付時間", hint="例：平日 9:00～17:00（土日祝日・年末年始を除く）"),
)
_CODE = FormField("code", "番号", hint="1から999まで。保証契約番号の先頭3桁になり、あとから変えられません。", width="short")
_TAKEN = {
    "code": "この番号はすでに使われています。別の番号を入力してください",
    "name": "同じ名称の営業部・支店があります。別の名称を入力してください",
}
_LARGEST_CODE = 999
_LAST = (
    "ほかに営業部・支店がないため、終了できません。終了すると、受注者が申込みを送れなくなります。先に、別の営業部・支店を登録してください。"
)


class Branches:
    """The branches of the surety, those that have ended too."""

    def listing(self, account: SignedIn, *, word: str, after: int) -> ListPage:  # noqa: ARG002 - few enough for one page
        lines = [
            ListLine(
                url_for("office.people_record", kind="branches", record_id=one.id),
                (f"{one.code:03d}　{one.name}", one.phone, one.hours),
                *in_use(one.ended_on is not None),
            )
            for one in keep_branches.own_branches(account)
        ]
        lead = "受注者が申込みを送る先です。電話と受付時間は、証書とメールと「電子保証のご説明」に載ります。"
        new_href = url_for("office.people_new", kind="branches")
        return ListPage(TITLE, lead, ("番号・名称", "電話", "受付時間"), lines, "営業部・支店を登録する", new_href)

    def new_fields(self, account: SignedIn) -> tuple[FormField, ...]:  # noqa: ARG002 - the same for every surety
        return (_CODE, *_FIELDS)

    def new_page(self, account: SignedIn, attempt: Attempt | None) -> FormPage:
        action = url_for("office.people_create", kind="branches")
        form = form_of(self.new_fields(account), action, "登録する", {}, attempt)
        return FormPage("営業部・支店の登録", form, trail=_trail("登録"))

    def create(self, account: SignedIn, read: TypedForm, at: datetime) -> int | None:
        code, data = _code(read), _data(read)
        if code is None or read.problems:
            return None
        try:
            return keep_branches.open_branch(account=account, code=code, data=data, at=at)
        except Taken as no:
            read.complain(no.field, _TAKEN[no.field])
            return None

    def fields(self, account: SignedIn, record_id: int) -> tuple[FormField, ...]:  # noqa: ARG002 - the same for every branch
        return _FIELDS

    def record_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> RecordPage:
        branch = keep_branches.own_branch(account, record_id)
        action = url_for("office.people_correct", kind="branches", record_id=record_id)
        has_ended = branch.ended_on is not None
        return RecordPage(
            title=branch.name,
            caption=f"{TITLE}　番号 {branch.code:03d}",
            facts=[("番号", f"{branch.code:03d}"), ("名称", branch.name), ("電話", branch.phone), ("受付時間", branch.hours)],
            trail=_trail(branch.name),
            ended=f"{era_date(branch.ended_on)}に終了した営業部・支店です" if branch.ended_on is not None else "",
            form=None if has_ended else form_of(_FIELDS, action, "修正を保存する", BranchData.of(branch).shown(), attempt),
            end_href="" if has_ended else url_for("office.people_confirm_end", kind="branches", record_id=record_id),
            history=history_of(f"branch:{record_id}"),
        )

    def correct(self, account: SignedIn, record_id: int, read: TypedForm, seen: Mapping[str, str], at: datetime) -> None:
        data = _data(read)
        if read.problems:
            return
        try:
            keep_branches.correct_branch(account=account, branch_id=record_id, data=data, seen=seen, at=at)
        except Taken as no:
            read.complain(no.field, _TAKEN[no.field])

    def end_page(self, account: SignedIn, record_id: int, attempt: Attempt | None) -> EndPage:
        branch, at = keep_branches.own_branch(account, record_id), now()
        if branch.ended_on is not None:
            raise EndedBefore
        facts, applications = left_behind(keep_branches.left_by_branch(account, record_id, japanese_day(at)))
        return EndPage(
            title=f"{branch.name}を終了しますか",
            trail=_trail("終了の確認"),
            explanation="新しい申込みの送信先に出なくなります。受け付けている申込みと発行した保証契約は、そのまま続けられます。"
            "利用者の所属は変わりません。続けて働く人は、利用者の画面から所属を変えてください。",
            facts=facts,
            applications=applications,
            form=end_form(url_for("office.people_end", kind="branches", record_id=record_id), attempt),
            back=url_for("office.people_record", kind="branches", record_id=record_id),
            obstacle=_LAST if keep_branches.is_last_branch(account, record_id) else "",
        )

    def end(self, account: SignedIn, record_id: int, reason: str, at: datetime) -> None:
        keep_branches.end_branch(account=account, branch_id=record_id, reason=reason, at=at)


def _data(read: TypedForm) -> BranchData:
    data = BranchData(
        name=read.text("name", "名称", longest=100),
        phone=read.text("phone", "電話", longest=30),
        hours=read.text("hours", "受付時間", longest=100),
    )
    complain_unprintable(read, _FIELDS)
    return data


def _code(read: TypedForm) -> int | None:
    typed = unicodedata.normalize("NFKC", read.raw("code")).strip()
    if typed.isascii() and typed.isdigit() and 1 <= int(typed[:4]) <= _LARGEST_CODE:
        return int(typed[:4])
    read.complain("code", "番号は1から999までの数字で入力してください")
    return None


def _trail(last: str) -> list[tuple[str, str | None]]:
    return [("組織・利用者", url_for("office.people")), (TITLE, url_for("office.people_list", kind="branches")), (last, None)]
