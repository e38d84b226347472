"""Records turned into words, as every portal shows them. Templates hold no arithmetic and no date logic."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from esurety.domain.application_state import ApplicationState, GuaranteeState, guarantee_state
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date, era_time, fiscal_year, fiscal_year_text, japanese_day
from esurety.domain.products import CertificateForm, Product
from esurety.domain.rule_outcome import Verdict
from esurety.domain.timestamp_state import TimestampState
from esurety.domain.yen import percentage_text, total
from esurety.persistence.models import Application, CertificateOpening, CertificateVersion, Event, GuaranteeContract, RequestedGuaranteeRow
from esurety.web.applied_words import interim_rows, member_text

STATE_TONES = {
    ApplicationState.DRAFT: "neutral",
    ApplicationState.SUBMITTED: "info",
    ApplicationState.IN_REVIEW: "info",
    ApplicationState.RETURNED: "warning",
    ApplicationState.DECLINED: "danger",
    ApplicationState.APPROVED: "success",
    ApplicationState.ISSUED: "success",
    ApplicationState.WITHDRAWN: "neutral",
}
VERDICT_TONES = {Verdict.KEPT: "success", Verdict.NOTED: "info", Verdict.WARNING: "warning", Verdict.BROKEN: "danger"}
_GUARANTEE_TONES = {GuaranteeState.IN_FORCE: "success", GuaranteeState.CANCELLED: "danger", GuaranteeState.EXPIRED: "neutral"}
_EVENT_TEXTS = {
    "ApplicationSubmitted": "申込みを受け付けました",
    "ApplicationSubmittedAgain": "修正した申込みを受け付けました",
    "ApplicationWithdrawn": "申込みを取り下げました",
    "ReviewStarted": "審査を始めました",
    "ApplicationReturned": "差し戻しました",
    "ApplicationDeclined": "謝絶しました",
    "ApplicationApproved": "承認しました",
    "ApprovalRevoked": "承認を取り消し、審査に戻しました",
    "WarningOverridden": "要確認の項目を、理由を添えて承認しました",
    "ApplicationAssigned": "担当になりました",
    "ApplicationTakenOver": "担当を引き継ぎました",
    "ApplicationUnassigned": "担当をはずれました",
    "PaperRequested": "書類の提出をお願いしました",
    "PaperAskedForAgain": "書類の再提出をお願いしました",
    "PaperHandedIn": "書類を提出しました",
    "PaperAccepted": "書類を受領しました",
    "PremiumReceiptReversed": "保証料の入金の記録を取り消しました",
    "PremiumStatementPosted": "保証料計算書(紙)を発送しました",
    "ReceiptPosted": "領収証を発送しました",
    "PremiumReceived": "保証料の入金を記録しました",
    "PremiumSettled": "保証料の差額または返還の精算を記録しました",
    "PremiumSettlementReversed": "精算の記録を取り消しました",
    "PremiumReturned": "保証料を返還しました",
    "PremiumReturnReversed": "返還の記録を取り消しました",
    "CertificatePosted": "証書(紙)を発送しました",
    "PostingTakenBack": "発送済の記録を取り消しました",
    "SettlementStatementPosted": "計算書(紙)を発送しました",
    "GuaranteeIssued": "保証証書を発行しました",
    "ContractCancelled": "解約しました",
    "ChangeSubmitted": "変更の申込みを受け付けました",
    "ChangeSubmittedAgain": "修正した変更の申込みを受け付けました",
    "ChangeIssued": "変更後の保証証書を発行しました",
    "ChangeLapsed": "保証契約の解約により、変更の申込みは終わりました",
    "KeyReissueRequested": "認証キーの再発行を依頼しました",
    "KeyReissueDeclined": "認証キーの再発行の依頼を断りました",
    "KeyReissued": "認証キーを再発行しました",
    "KeyNoticeTaken": "認証キーのお知らせを印刷しました",
    "CertificateOpened": "電子証書を閲覧しました",
    "TimestampAdded": "タイムスタンプを付けました",
    "MailQueuedAgain": "メールを再送しました",
    "MailArrivalConfirmed": "メールが届いていることを確かめました",
    "GateSourceStopped": "多くの番号を続けて試した接続元を止めました",
    "GateSourceReleased": "接続元の受付の制限を解除しました",
    "GateContractReleased": "D-Sure の受付の制限を解除しました",
    "KeyGuessed": "開けない入力が続いていることを、受注者と保証会社に知らせました",
    "AuthorityCreated": "発注者を登録しました",
    "AuthorityHeadChanged": "宛名を変更しました",
    "AuthorityEnded": "取扱いを終了しました",
    "PolicyLaidDown": "取扱いの新しい版を登録しました",
    "PolicyWithdrawn": "適用前の取扱いの版を取り消しました",
    "TariffsLoaded": "保証料率を登録しました",
    "TariffWithdrawn": "適用前の保証料率を取り消しました",
    "ContractorsImported": "受注者を取り込みました",
    "AuthoritiesImported": "発注者を取り込みました",
    "SuretyCreated": "保証会社を登録しました",
    "SuretyCorrected": "保証会社の登録を修正しました",
    "BranchOpened": "営業部・支店を登録しました",
    "BranchCorrected": "営業部・支店の登録を修正しました",
    "BranchEnded": "営業部・支店を終了しました",
    "CompanyRegistered": "受注者を登録しました",
    "CompanyCorrected": "受注者の登録を修正しました",
    "CompanyEnded": "受注者の登録を終了しました",
    "AccountCreated": "利用者を登録しました",
    "AccountCorrected": "利用者の登録を修正しました",
    "AccountEnded": "利用者の登録を終了しました",
    "PasswordReset": "パスワードを再設定しました",
    "IssuingRightGranted": "発行権限を登録しました",
    "IssuingRightEnded": "発行権限の終了日を変更しました",
    "IssuingRightStopped": "発行権限を停止しました",
}


_WITHIN_THE_OFFICE = {
    "MailQueuedAgain",
    "TimestampAdded",
    "MailArrivalConfirmed",
    "GateContractReleased",
    "ApplicationAssigned",
    "ApplicationTakenOver",
    "ApplicationUnassigned",
    "WarningOverridden",
    "PremiumReceiptReversed",
    "PremiumSettlementReversed",
    "PremiumReturnReversed",
    "PostingTakenBack",
}


@dataclass(frozen=True)
class Tag:
    """A state in words with its tone; never by colour alone."""

    text: str
    tone: str


@dataclass(frozen=True)
class HappenedLine:
    """One event of a history."""

    when: str
    who: str
    what: str
    note: str


def application_number(application_id: int) -> str:
    """How an application is named on screens and in mails."""
    return f"{application_id:06d}"


def state_tag(application: Application) -> Tag:
    state = ApplicationState(application.state)
    return Tag(state.label, STATE_TONES[state])


def contract_tags(contract: GuaranteeContract, today: date) -> list[Tag]:
    """The state first, then 変更あり where a newer version exists."""
    state = guarantee_state(cancelled_on=contract.cancelled_on, guarantee_ends_on=contract.guarantee_ends_on, today=today)
    tags = [Tag(state.label, _GUARANTEE_TONES[state])]
    if contract.current_version > 0:
        tags.append(Tag("変更あり", "warning"))
    return tags


def age_text(since: datetime, now: datetime) -> str:
    """How long something has waited: 3日前, 2時間前, たった今; days are calendar days in Japan, as in the steps of waiting."""
    waited = max(now - since, timedelta(0))
    days = (japanese_day(now) - japanese_day(since)).days
    if days > 0:
        return f"{days}日前"
    if waited >= timedelta(hours=1):
        return f"{waited.seconds // 3600}時間前"
    minutes = waited.seconds // 60
    return f"{minutes}分前" if minutes else "たった今"


def history_lines(events: list[Event]) -> list[HappenedLine]:
    """Events as people read them."""
    return [HappenedLine(era_time(event.at), event.actor_name, _EVENT_TEXTS.get(event.kind, event.kind), event.note) for event in events]


def public_history_lines(events: list[Event]) -> list[HappenedLine]:
    """Events as the contractor reads them: what the surety's people did is said of the surety, not of a person."""
    own = {
        "ApplicationSubmitted",
        "ApplicationSubmittedAgain",
        "ApplicationWithdrawn",
        "KeyNoticeTaken",
        "CertificateOpened",
        "PaperHandedIn",
        "ChangeSubmitted",
        "ChangeSubmittedAgain",
        "KeyReissueRequested",
    }
    return [
        HappenedLine(line.when, line.who if event.kind in own else "保証会社", line.what, line.note)
        for event, line in zip(events, history_lines(events), strict=True)
        if event.kind not in _WITHIN_THE_OFFICE
    ]


def opening_lines(openings: list[CertificateOpening]) -> list[str]:
    """発注者が閲覧しました（日時・版）."""
    return [f"{era_time(one.opened_at)}　{version_text(one.version)}" for one in openings]


def version_text(version: int) -> str:
    return "当初" if version == 0 else f"変更第{version}回"


def principal_rows(content: CertificateContent) -> list[tuple[str, str]]:
    """Who is guaranteed for: the company, or 企業体名, its representative and all members."""
    members = [(f"構成員{at}", member_text(*member)) for at, member in enumerate(content.joint_venture_members, 1)]
    if not content.joint_venture_name:
        return [("保証契約者", content.principal_name)]
    return [("企業体名", content.joint_venture_name), ("代表者（保証契約者）", content.principal_name), *members]


def certificate_rows(content: CertificateContent) -> list[tuple[str, str]]:
    """The certificate's fields in the order of the paper; what does not apply is left out."""
    rows = [
        ("保証契約番号", content.guarantee_contract_number),
        ("証書種別", f"{content.product.label}証書（{content.certificate_form.certificate_label}）"),
        ("版", content.version_text),
        *content.replaced_row,
        ("発行日", era_date(content.issued_on)),
        ("被保証者", f"{content.obligee_head} 様"),
        ("企業体名", content.joint_venture_name),
        (
            "代表者（保証契約者）" if content.joint_venture_name else "保証契約者",
            f"{content.principal_name}　{content.principal_representative}",
        ),
        ("住所", content.principal_address),
        *[(f"構成員{at}", member_text(*member)) for at, member in enumerate(content.joint_venture_members, 1)],
        ("工事番号", content.works_number),
        ("工事名", content.works_name),
        ("工事場所", content.works_place),
        ("請負金額（総額）", content.contract_price.text),
        ("契約日", era_date(content.contracted_on)),
        ("工期", f"{era_date(content.construction_starts_on)} ～ {era_date(content.construction_ends_on)}"),
        ("今年度対象額", content.fiscal_year_amount.text if content.fiscal_year_amount else ""),
        ("既前払金額", content.previous_advance_amount.text if content.previous_advance_amount else ""),
        ("保証金額（総額）", f"{content.guaranteed_amount.text}（{content.ratio_text}）"),
        ("保証期間", f"{era_date(content.guarantee_starts_on)} ～ {era_date(content.guarantee_ends_on)}"),
        ("預託金融機関", content.depository),
        ("約款", content.terms_name),
        ("保証文言", content.guarantee_statement),
        ("保証会社", f"{content.surety_name}　{content.surety_representative}"),
        ("取扱店", f"{content.branch_name}　電話 {content.branch_phone}　{content.branch_hours}"),
    ]
    return [(term, value) for term, value in rows if value]


@dataclass(frozen=True)
class ContractLine:
    """One contract in a list."""

    number: str
    works_name: str
    product: str
    form: str
    is_electronic: bool
    amount: str
    authority: str
    company: str
    ends_on: str
    issued_on: str
    tags: list[Tag]


def contract_line(contract: GuaranteeContract, today: date) -> ContractLine:
    """A contract as a list shows it."""
    return ContractLine(
        number=contract.number,
        works_name=contract.works_name,
        product=Product(contract.product).label,
        form=CertificateForm(contract.certificate_form).label,
        is_electronic=contract.certificate_form == CertificateForm.ELECTRONIC,
        amount=contract.guaranteed_amount.text,
        authority=contract.authority.name,
        company=contract.company.name,
        ends_on=era_date(contract.guarantee_ends_on),
        issued_on=era_date(japanese_day(contract.issued_at)) if contract.issued_at else "",
        tags=contract_tags(contract, today),
    )


@dataclass(frozen=True)
class VersionLine:
    """One version of a certificate in 電子保証履歴一覧."""

    version: int
    text: str
    issued_at: str
    amount: str
    is_current: bool
    signature: str
    has_timestamp_file: bool  # a timestamp of its own, to be kept beside the file


def version_lines(versions: list[CertificateVersion]) -> list[VersionLine]:
    """The issued versions, newest first."""
    return [
        VersionLine(
            one.version,
            version_text(one.version),
            era_time(one.issued_at) if one.issued_at else "",
            CertificateContent.from_json(one.content).guaranteed_amount.text,
            one is versions[0],
            _SIGNATURE_TEXTS[TimestampState(one.timestamp_state)] if one.signed_at else "なし",
            one.timestamp_state == TimestampState.DETACHED,
        )
        for one in versions
    ]


_SIGNATURE_TEXTS = {
    TimestampState.NONE: "あり",
    TimestampState.EMBEDDED: "タイムスタンプ付き",
    TimestampState.PENDING: "あり（タイムスタンプは取得待ち）",
    TimestampState.DETACHED: "タイムスタンプ付き（別ファイル）",
}


@dataclass(frozen=True)
class RequestedLine:
    """One product of an application, with its progress and, once issued, its number."""

    product: str
    form: str
    amount: str
    ratio: str
    year_amount: str
    premium: str
    payment: str
    progress: Tag
    number: str
    interim: list[tuple[str, str]]  # 認定調書 and 既前払金額, for the interim advance


def requested_line(application: Application, row: RequestedGuaranteeRow) -> RequestedLine:
    """A requested product as pages show it."""
    base = row.fiscal_year_amount or application.contract_price
    issued = row.contract is not None and row.contract.issued_at is not None
    return RequestedLine(
        product=Product(row.product).label,
        form=CertificateForm(row.certificate_form).label,
        amount=row.guaranteed_amount.text,
        ratio=percentage_text(row.guaranteed_amount, base) if base else "",
        year_amount=row.fiscal_year_amount.text if row.fiscal_year_amount else "",
        premium=row.premium.text,
        payment="一括納付" if row.premium_payment_method == "lump_monthly" else "振込",
        progress=state_tag(application),
        number=row.contract.number if issued and row.contract is not None else "",
        interim=interim_rows(row) if row.product == Product.INTERIM_ADVANCE_PAYMENT else [],
    )


def works_rows(application: Application) -> list[tuple[str, str]]:
    """The works of a submitted application."""
    day = {
        name: era_date(value)
        for name in ("contracted_on", "announced_on", "construction_starts_on", "construction_ends_on")
        if (value := getattr(application, name)) is not None
    }
    rows = [
        ("発注者", application.authority.name if application.authority else ""),
        ("工事名", application.works_name or ""),
        ("工事番号", application.works_number or ""),
        ("工事場所", application.works_place or ""),
        ("種別", {"works": "工事", "design": "設計", "survey": "調査・測量"}.get(application.works_kind or "", "")),
        ("請負金額", application.contract_price.text if application.contract_price else ""),
        ("低入札", "該当する" if application.is_low_bid else ""),
        ("公告日", day.get("announced_on", "")),
        ("契約日", day.get("contracted_on", "")),
        ("工期", f"{day.get('construction_starts_on', '')} ～ {day.get('construction_ends_on', '')}"),
    ]
    return [(term, value) for term, value in rows if value]


def sending_rows(application: Application) -> list[tuple[str, str]]:
    """Where a submitted application went and what is to be sent back."""
    delivery = {"counter": "窓口で受け取る", "post": "郵送で受け取る"}.get(application.certificate_delivery or "", "")
    rows = [
        ("申込送信先", application.branch.name if application.branch else ""),
        ("保証料請求先", application.premium_billing_name),
        ("保証料計算書(紙)", "希望する" if application.premium_statement_on_paper else "希望しない"),
        ("保証証書受取", delivery),
        ("電子保証発行完了のお知らせ", f"希望する（{application.notification_email}）" if application.notification_email else "希望しない"),
    ]
    return [(term, value) for term, value in rows if value]


def premium_total_text(application: Application) -> str:
    """The premiums of all products together."""
    return total([row.premium for row in application.requested]).text


def fiscal_year_options(today: date, *, years: int = 6) -> list[tuple[str, str]]:
    """The fiscal years a list can be narrowed to, this one first."""
    this_year = fiscal_year(today)
    return [(str(year), fiscal_year_text(year)) for year in range(this_year, this_year - years, -1)]


def lapse_text(events: Iterable[Event]) -> str:
    """Why a change ended with its contract; empty where it did not."""
    lapsed = next((event for event in events if event.kind == "ChangeLapsed"), None)
    return f"保証契約が解約されたため、この変更の申込みは終わりました（{lapsed.note}）。" if lapsed is not None else ""
