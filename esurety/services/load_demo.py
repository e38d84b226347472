"""The demonstration: organisations and accounts everybody knows, and contracts in every state, made by the services themselves."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from esurety.domain.application_rules import warning
from esurety.domain.application_state import ApplicationAct
from esurety.domain.japanese_calendar import JAPAN, era_date, japanese_day
from esurety.domain.yen import Yen
from esurety.persistence import demo_records
from esurety.persistence.database import writing
from esurety.services.cancel_contract import cancel_contract
from esurety.services.create_account import create_account
from esurety.services.installation import Installation
from esurety.services.issue_guarantee import issue_guarantees
from esurety.services.load_demo_changes import AfterIssue
from esurety.services.read_applications import application_for_office, own_applications
from esurety.services.review_application import decide, premium_outstanding, record_premium, rule_outcomes
from esurety.services.sign_in import Role, SignedIn, who_is
from esurety.services.start_from_works import form_of_same_works
from esurety.services.write_application import FormIdentity, save_draft, submit_application, withdraw_application


@dataclass(frozen=True)
class DemoLogin:
    """An account that the demonstration brings along."""

    login: str
    role: str
    portal: str


DEMO_PASSWORD = "esurety-demo"  # noqa: S105 - the demonstration's own, printed by it; no other installation has these accounts
DEMO_LOGINS = (
    DemoLogin("netdesk@demo.example", "受注者 ネットデスク建設株式会社（一括納付）", "netdesk"),
    DemoLogin("contractor2@demo.example", "受注者 﨑山髙𠮷工業㈱（振込）", "netdesk"),
    DemoLogin("clerk@demo.example", "保証会社 千葉支店 審査担当", "office"),
    DemoLogin("approver@demo.example", "保証会社 千葉支店 発行責任者", "office"),
    DemoLogin("admin@demo.example", "運用担当", "office"),
)
_OFFICE_OPENS = 9  # hour of the day in Japan


@dataclass(frozen=True)
class _People:
    """Who acts in the demonstration."""

    netdesk: SignedIn
    rare: SignedIn
    clerk: SignedIn
    approver: SignedIn


@dataclass(frozen=True)
class _Scene:
    """One application of the demonstration and how far it has come."""

    works_name: str
    authority: str
    price: str
    days_ago: int
    length_days: int
    reached: str  # draft, withdrawn, submitted, in_review, returned, declined, approved, issued, cancelled
    advance: str = ""
    interim: str = ""
    performance: str = ""
    form: str = "electronic"
    performance_form: str = ""
    kind: str = "works"
    place: str = "長生村本郷地内"
    by_rare_company: bool = False
    year_amount: str = ""  # 今年度対象額, of works over several years
    is_next_year: bool = False  # the next year's advance of works that an earlier scene has begun
    more: tuple[tuple[str, str], ...] = ()  # further fields of the form


_JOINT_VENTURE = (
    ("is_joint_venture", "on"),
    ("joint_venture_name", "ネットデスク・長生特定建設工事共同企業体"),
    ("jv_member-1-name", "ネットデスク建設株式会社"),
    ("jv_member-1-address", "東京都中央区八丁堀2丁目27番10号"),
    ("jv_member-1-share", "66.66"),
    ("jv_member-2-name", "見本長生土木㈱"),
    ("jv_member-2-address", "千葉県長生郡長生村本郷0番地0"),
    ("jv_member-2-share", "33.34"),
    ("jv_representative", "1"),
)


_SCENES = (
    _Scene("村道1号線 道路改良工事", "長生村", "24,200,000", 400, 180, "issued", advance="9,680,000", performance="2,420,000"),
    _Scene("長生中学校 校舎改築工事", "長生村", "90,000,000", 395, 900, "issued", advance="8,000,000", year_amount="20,000,000", performance="9,000,000"),
    _Scene("長生中学校 校舎改築工事", "長生村", "90,000,000", 21, 900, "issued", advance="12,000,000", year_amount="30,000,000", is_next_year=True),
    _Scene("〇〇区民ホール 新築工事", "〇〇区", "88,000,000", 70, 320, "issued", advance="35,200,000", performance="8,800,000", place="〇〇区東一丁目地内", more=_JOINT_VENTURE),
    _Scene("中央小学校 屋内運動場改修工事", "〇〇区", "132,000,000", 200, 150, "issued", advance="52,800,000", performance="13,200,000", place="〇〇区中央一丁目地内"),
    _Scene("橋梁長寿命化 詳細設計業務委託", "長生村", "3,300,000", 60, 200, "issued", advance="990,000", kind="design"),
    _Scene("〇〇区役所 空調設備更新工事", "〇〇区", "58,300,000", 45, 240, "issued", advance="23,320,000", performance="5,830,000", performance_form="paper", place="〇〇区本町二丁目地内"),
    _Scene("村営住宅 外壁改修工事", "長生村", "18,700,000", 30, 150, "cancelled", advance="7,480,000"),
    _Scene("みほん町 配水管布設替工事", "みほん町", "9,900,000", 25, 120, "issued", advance="3,960,000", form="paper", place="みほん町本町地内"),
    _Scene("一宮川 河川維持工事", "長生村", "41,800,000", 20, 300, "issued", advance="16,720,000", interim="8,360,000", performance="4,180,000"),
    _Scene("髙﨑橋 耐震補強工事（その①）", "長生村", "12,345,678", 15, 200, "issued", advance="4,938,271", performance="1,234,568", by_rare_company=True),
    _Scene("公民館 照明ＬＥＤ化工事", "長生村", "6,600,000", 6, 120, "approved", advance="2,640,000", by_rare_company=True),
    _Scene("東部地区 道路舗装補修工事", "〇〇区", "15,400,000", 4, 150, "approved", advance="6,160,000", performance="1,540,000", place="〇〇区東部地内"),
    _Scene("学校給食センター 厨房機器改修工事", "長生村", "28,600,000", 3, 160, "in_review", advance="11,440,000"),
    _Scene("区立図書館 屋上防水工事", "〇〇区", "11,000,000", 2, 100, "submitted", advance="4,400,000", performance="1,100,000", place="〇〇区南三丁目地内"),
    _Scene("農業集落排水 管路調査業務委託", "長生村", "5,170,000", 2, 140, "submitted", advance="1,551,000", kind="survey", by_rare_company=True),
    _Scene("消防団詰所 新築工事", "長生村", "22,000,000", 5, 210, "returned", advance="8,800,000", performance="2,200,000"),
    _Scene("旧庁舎 解体工事", "みほん町", "37,400,000", 12, 90, "declined", advance="14,960,000", form="paper", place="みほん町本町地内"),
    _Scene("児童遊園 遊具更新工事", "〇〇区", "4,400,000", 8, 80, "withdrawn", advance="1,760,000", place="〇〇区西二丁目地内"),
    _Scene("林道 災害復旧工事", "長生村", "19,800,000", 1, 180, "draft", advance="7,920,000"),
)  # fmt: skip


def load_demo(*, installation: Installation, at: datetime) -> bool:
    """Load the demonstration into an empty installation; False when there are records already."""
    with writing():
        if demo_records.has_records():
            return False
        ids = demo_records.add_reference_records(at)
    people = _create_people(installation, ids, at)
    _example_of_record(people, ids, installation)
    for scene in sorted(_SCENES, key=lambda one: -one.days_ago):
        _play(scene, people, ids, installation, at)
    AfterIssue(people.netdesk, people.clerk, people.approver, _decide, installation).play(at)
    return True


def _create_people(installation: Installation, ids: dict[str, int], at: datetime) -> _People:
    def made(name_of_login: str, name: str, role: Role, **belongs_to: int) -> SignedIn:
        account_id = create_account(
            email=f"{name_of_login}@demo.example",
            password=DEMO_PASSWORD,
            display_name=name,
            role=role,
            at=at,
            keeper=installation.keeper,
            shortest_password=len(DEMO_PASSWORD),
            surety_id=belongs_to.get("surety_id"),
            company_id=belongs_to.get("company_id"),
            branch_id=belongs_to.get("branch_id"),
        )
        person = who_is(account_id)
        assert person is not None, "the account has just been made"  # noqa: S101
        return person

    surety = {"surety_id": ids["surety"]}
    made("admin", "運用 花子", Role.ADMIN, **surety)
    people = _People(
        netdesk=made("netdesk", "受注 一郎", Role.CONTRACTOR, company_id=ids["ネットデスク建設株式会社"], **surety),
        rare=made("contractor2", "﨑山 髙𠮷", Role.CONTRACTOR, company_id=ids["﨑山髙𠮷工業㈱"], **surety),
        clerk=made("clerk", "審査 良子", Role.CLERK, branch_id=ids["branch"], **surety),
        approver=made("approver", "発行 正", Role.APPROVER, branch_id=ids["branch"], **surety),
    )
    with writing():
        demo_records.add_issuing_rights(people.approver.account_id, at)
    return people


def _example_of_record(people: _People, ids: dict[str, int], installation: Installation) -> None:
    """The briefing's own example."""
    at = datetime.fromisoformat("2024-04-01T01:00:00+00:00")
    typed = _works(
        works_name="都営住宅××××× 耐震改修工事",
        place="〇〇区内",
        kind="works",
        price="48,600,000",
        account=people.netdesk,
        branch_id=ids["branch"],
    )
    typed |= {
        "contracting_authority_id": str(ids["〇〇区"]),
        "contracted_on": "令和6年4月1日",
        "construction_starts_on": "令和6年4月1日",
        "construction_ends_on": "令和6年9月30日",
        "notification_email": "abcde@ejcs.co.jp",
        "advance_payment-wanted": "on",
        "advance_payment-certificate_form": "electronic",
        "advance_payment-guaranteed_amount": "19,440,000",
    }
    application_id = submit_application(
        account=people.netdesk, typed=typed, page=FormIdentity("demo-example"), at=at, installation=installation
    )
    _decide(ApplicationAct.APPROVE, people.clerk, application_id, at, installation)
    _issue(people, application_id, at, installation)


def _play(scene: _Scene, people: _People, ids: dict[str, int], installation: Installation, now: datetime) -> None:
    begun = now.astimezone(JAPAN).replace(hour=_OFFICE_OPENS, minute=15) - timedelta(days=scene.days_ago)
    account = people.rare if scene.by_rare_company else people.netdesk
    typed, token = _typed(scene, account, ids, begun), f"demo-{scene.days_ago}-{scene.works_name}"[:64]
    if scene.is_next_year:
        typed = _as_of_the_same_works(scene, account, typed, begun)
    if scene.reached == "draft":
        save_draft(account=account, typed=typed, page=FormIdentity(token), at=begun)
        return
    application_id = submit_application(account=account, typed=typed, page=FormIdentity(token), at=begun, installation=installation)
    later = begun + timedelta(hours=1)
    if scene.reached == "withdrawn":
        revision = _revision(people.clerk, application_id)
        withdraw_application(account=account, application_id=application_id, revision=revision, at=later)
    elif scene.reached != "submitted":
        _review(scene, people, application_id, later, installation)


def _review(scene: _Scene, people: _People, application_id: int, at: datetime, installation: Installation) -> None:
    _decide(ApplicationAct.START_REVIEW, people.clerk, application_id, at, installation)
    if scene.reached == "returned":
        reason = "工期の末日が契約書と違うようです。契約書をご確認のうえ、工期を修正してください。"
        _decide(ApplicationAct.RETURN, people.clerk, application_id, at, installation, reason=reason)
    elif scene.reached == "declined":
        reason = "ご提出の契約内容では、保証をお引き受けできませんでした。"
        _decide(ApplicationAct.DECLINE, people.clerk, application_id, at, installation, reason=reason)
    elif scene.reached in {"approved", "issued", "cancelled"}:  # by another person, as above the four-eyes limit they must be
        _decide(ApplicationAct.APPROVE, people.approver, application_id, at, installation)
        if scene.reached != "approved":
            _issue(people, application_id, at + timedelta(hours=1), installation)
        if scene.reached == "cancelled":
            number = next(row.contract.number for row in application_for_office(people.clerk, application_id).requested if row.contract)
            cancelled_at = at + timedelta(days=14)
            cancel_contract(
                account=people.approver,
                number=number,
                cancelled_on=japanese_day(cancelled_at),
                reason="請負契約の解除のため",
                at=cancelled_at,
                installation=installation,
                refund=Yen(5_000),
            )


def _decide(
    act: ApplicationAct, account: SignedIn, application_id: int, at: datetime, installation: Installation, *, reason: str = ""
) -> None:
    application = application_for_office(account, application_id)
    decide(
        act,
        account=account,
        application_id=application_id,
        revision=application.revision,
        at=at,
        installation=installation,
        reason=reason,
        overrides={
            one.rule: "契約書と認定調書の写しで確認しました。" for one in warning(rule_outcomes(application, today=japanese_day(at)))
        },
    )


def _issue(people: _People, application_id: int, at: datetime, installation: Installation) -> None:
    outstanding = premium_outstanding(application_for_office(people.clerk, application_id))
    if outstanding > 0:
        record_premium(
            account=people.clerk,
            application_id=application_id,
            received_on=japanese_day(at),
            amount=outstanding,
            token=f"demo-premium-{application_id}",
            at=at,
        )
    revision, token = _revision(people.approver, application_id), f"demo-issue-{application_id}"
    issue_guarantees(
        account=people.approver, application_id=application_id, revision=revision, token=token, at=at, installation=installation
    )


def _revision(account: SignedIn, application_id: int) -> int:
    return application_for_office(account, application_id).revision


def _typed(scene: _Scene, account: SignedIn, ids: dict[str, int], begun: datetime) -> dict[str, str]:
    contracted_on = japanese_day(begun)
    typed = _works(
        works_name=scene.works_name, place=scene.place, kind=scene.kind, price=scene.price, account=account, branch_id=ids["branch"]
    )
    typed |= {
        "contracting_authority_id": str(ids[scene.authority]),
        "contracted_on": era_date(contracted_on, padded=False),
        "construction_starts_on": era_date(contracted_on + timedelta(days=1), padded=False),
        "construction_ends_on": era_date(contracted_on + timedelta(days=scene.length_days), padded=False),
        "certificate_delivery": "post",
    }
    wanted = {"advance_payment": scene.advance, "interim_advance_payment": scene.interim, "contract_performance": scene.performance}
    for product, amount in wanted.items():
        if amount:
            form = scene.performance_form if product == "contract_performance" and scene.performance_form else scene.form
            typed |= {f"{product}-wanted": "on", f"{product}-certificate_form": form, f"{product}-guaranteed_amount": amount}
    if scene.year_amount:
        typed["advance_payment-fiscal_year_amount"] = scene.year_amount
    return typed | dict(scene.more)


def _as_of_the_same_works(scene: _Scene, account: SignedIn, typed: dict[str, str], begun: datetime) -> dict[str, str]:
    """The works as the first year's application has them, with this year's advance."""
    (first,) = own_applications(account, word=scene.works_name).applications
    advance = {name: value for name, value in typed.items() if name.startswith("advance_payment-")}
    return form_of_same_works(account, str(first.id), None, today=japanese_day(begun)).typed | advance


def _works(*, works_name: str, place: str, kind: str, price: str, account: SignedIn, branch_id: int) -> dict[str, str]:
    return {
        "works_name": works_name,
        "works_place": place,
        "works_kind": kind,
        "contract_price": price,
        "branch_id": str(branch_id),
        "notify_on_issue": "yes",
        "notification_email": account.email,
        "premium_billing_name": account.organisation,
        "premium_statement_on_paper": "no",
    }
