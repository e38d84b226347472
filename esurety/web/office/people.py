"""組織・利用者: the operator's overview, and the surety's own data; whoever has no surety yet begins by registering one."""

from flask import flash, make_response, render_template, request, url_for
from werkzeug.wrappers import Response

from esurety.domain.typed_fields import TypedForm
from esurety.domain.yen import Yen
from esurety.services import keep_surety
from esurety.services.keep_records import ShownIsStale, Taken, counts_of, history_of
from esurety.services.keep_surety import HasSurety, SuretyData
from esurety.services.sign_in import Role, SignedIn
from esurety.web.access import person
from esurety.web.answers import now, see_other
from esurety.web.office import blueprint
from esurety.web.office.people_page import Attempt, FormField, FormPage, complain_unprintable, form_of, seen_fields, show_form, typed_fields
from esurety.web.office.permissions import operating_person
from esurety.web.presentation import HappenedLine, history_lines

SURETY_FIELDS = (
    FormField("name", "商号"),
    FormField("address", "住所"),
    FormField("representative", "代表者", hint="役職と氏名。例：代表取締役社長 見本 守"),
    FormField(
        "four_eyes_above",
        "承認者を分ける金額",
        "money",
        hint="1件の保証金額がこの金額を超えると、審査を始めた人は承認できません。承認した人は発行できます。",
    ),
)
_OWN_PAGES = {
    *("office.people", "office.people_surety", "office.people_keep_surety", "office.people_sureties"),
    *("office.people_act_for", "office.people_new_surety", "office.people_create_surety"),
}
_NAME_TAKEN = "この商号の保証会社は、すでに登録されています。その会社の運用担当に、利用者の登録を依頼してください"


@blueprint.before_request
def begin_with_the_surety() -> Response | None:
    """An operator who acts for no surety chooses one first, or registers the first of all: every other page is a surety's."""
    account = person()
    if account.role is Role.ADMIN and account.surety_id is None and request.endpoint not in _OWN_PAGES:
        return _first_page(account)
    return None


def _first_page(account: SignedIn) -> Response:
    there_are_some = bool(keep_surety.sureties_to_choose(account))
    return see_other(url_for("office.people_sureties" if there_are_some else "office.people_surety"))


@blueprint.get("/people/")
def people() -> Response:
    """The overview: what is registered, and what is still missing before the first certificate."""
    account = operating_person()
    if account.surety_id is None:
        return _first_page(account)
    surety, counts = keep_surety.own_surety(account), counts_of(account)
    places = [
        ("営業部・支店", counts["branches"], url_for("office.people_list", kind="branches")),
        ("受注者", counts["companies"], url_for("office.people_list", kind="companies")),
        ("利用者", counts["accounts"], url_for("office.people_list", kind="accounts")),
        ("発行権限", counts["rights"], url_for("office.people_rights")),
    ]
    return make_response(
        render_template(
            "office/people/overview.html",
            figures=places,
            missing=[(f"{label}の登録", href) for label, count, href in places if count == 0],
            surety=[
                ("商号", surety.name),
                ("住所", surety.address),
                ("代表者", surety.representative),
                ("承認者を分ける金額", surety.four_eyes_above.text),
            ],
            history=_history(account),
        )
    )


@blueprint.get("/people/surety")
def people_surety() -> Response:
    """The surety's data, to be registered or corrected."""
    account = operating_person()
    if account.surety_id is None and keep_surety.sureties_to_choose(account):
        return _first_page(account)
    return show_form(_page(account, None))


@blueprint.post("/people/surety")
def people_keep_surety() -> Response:
    """Register the surety, or correct its data."""
    account = operating_person()
    typed = typed_fields(SURETY_FIELDS)
    read = TypedForm(typed)
    data = read_surety(read)
    try:
        if not read.problems:
            return _keep(account, data)
    except Taken as no:
        read.complain(no.field, _NAME_TAKEN)
    except ShownIsStale as stale:
        return show_form(_page(account, Attempt(typed, stale=stale)), 409)
    except HasSurety:
        flash("保証会社は、すでに登録されています。", "info")
        return see_other(url_for("office.people"))
    return show_form(_page(account, Attempt(typed, read.problems)), 422)


def _keep(account: SignedIn, data: SuretyData) -> Response:
    if account.surety_id is None:
        keep_surety.create_surety(account=account, data=data, at=now())
        flash("保証会社を登録しました。続いて、営業部・支店、受注者、利用者、発行権限を登録してください。", "success")
    else:
        keep_surety.correct_surety(account=account, data=data, seen=seen_fields(), at=now())
        flash("保証会社の登録を修正しました。", "success")
    return see_other(url_for("office.people"))


def _page(account: SignedIn, attempt: Attempt | None) -> FormPage:
    action = url_for("office.people_keep_surety")
    if account.surety_id is None:
        lead = "この画面で登録した内容は、証書や認証キーのお知らせに載ります。登録すると、営業部・支店、受注者、利用者の登録に進めます。"
        return FormPage("はじめに：保証会社を登録する", form_of(SURETY_FIELDS, action, "登録する", {}, attempt), lead)
    current = keep_surety.own_surety(account).shown()
    lead = "これから発行する証書に載ります。すでに発行した証書の内容は変わりません。"
    trail = [("組織・利用者", url_for("office.people")), ("保証会社", None)]
    return FormPage("保証会社の登録", form_of(SURETY_FIELDS, action, "修正を保存する", current, attempt), lead, trail)


def read_surety(read: TypedForm) -> SuretyData:
    """What was typed of a surety; what is wrong with it is said in `read`."""
    data = SuretyData(
        name=read.text("name", "商号", longest=200),
        address=read.text("address", "住所", longest=300),
        representative=read.text("representative", "代表者", longest=200),
        four_eyes_above=read.amount("four_eyes_above", "承認者を分ける金額") or Yen(0),
    )
    complain_unprintable(read, SURETY_FIELDS)
    return data


def _history(account: SignedIn) -> list[HappenedLine]:
    return history_lines(history_of(f"surety:{account.surety_id}"))
