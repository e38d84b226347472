"""A change in words: what differs, and what it does to the premium; the same for contractor, office and D-Sure."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from flask import request

from esurety.domain.application_state import ApplicationState
from esurety.domain.certificate_changes import FieldDifference
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import era_date, era_time
from esurety.domain.works_standing import WorksStanding
from esurety.domain.yen import Yen
from esurety.persistence.models import GuaranteeContract, PremiumSettlement
from esurety.services.assemble_change import PlannedChange
from esurety.services.compare_versions import ComparedVersions
from esurety.services.reissue_key import KeyLine
from esurety.web.presentation import Tag, application_number, principal_rows, version_text

_MOST_DIGITS = 5
WHY_THE_FORM_STAYS = "同じ保証契約の中で、電子保証と証書(紙)は混在できません。変更後の証書も、当初と同じ形式で発行します。"


@dataclass(frozen=True)
class ChangeView:
    """A change as the pages show it."""

    number: str
    version: str
    kinds: str
    reason: str
    differences: Sequence[FieldDifference]
    stays: list[tuple[str, str]]
    premium: list[tuple[str, str]]
    form: str


def change_view(plan: PlannedChange, reason: str) -> ChangeView:
    """What a change leads to, before or after it is issued."""
    return ChangeView(
        number=plan.number,
        version=plan.after.version_text,
        kinds=plan.kinds_text,
        reason=reason,
        differences=plan.differences,
        stays=staying_rows(plan.before),
        premium=premium_rows(plan),
        form=plan.before.certificate_form.label,
    )


def staying_rows(content: CertificateContent) -> list[tuple[str, str]]:
    """What a change leaves as it is."""
    rows = [
        ("保証契約番号", content.guarantee_contract_number),
        ("保証", content.product.label),
        ("保証証書の形式", content.certificate_form.label),
        ("被保証者", f"{content.obligee_head} 様"),
        *principal_rows(content),
        ("工事名", content.works_name),
        ("契約日", era_date(content.contracted_on)),
        ("工期の初日", era_date(content.construction_starts_on)),
    ]
    return [(term, value) for term, value in rows if value]


def premium_rows(plan: PlannedChange) -> list[tuple[str, str]]:
    """Both premiums and what comes of them."""
    rows = [("これまでの保証料", plan.premium_before.text), ("変更後の保証料", plan.premium_after.text)]
    if plan.premium.billed:
        rows.append(("追加の保証料", f"{plan.premium.billed.text}（お支払いいただく差額）"))
    elif plan.premium.refunded:
        rows.append(("返還する保証料", f"{plan.premium.refunded.text}（発行のあと、返還計算書をお渡しします）"))
    else:
        rows.append(("差額", Yen(0).text))
    return rows


@dataclass(frozen=True)
class ComparisonView:
    """Two versions side by side."""

    before: str
    after: str
    differences: Sequence[FieldDifference]


def comparison_view(compared: ComparedVersions) -> ComparisonView:
    """Two versions as a page shows them."""
    return ComparisonView(compared.before.version_text, compared.after.version_text, compared.differences)


def asked_versions() -> tuple[int | None, int | None]:
    """?from=&to=; None for the default. What is no number names a version that does not exist."""
    return _whole("from"), _whole("to")


def _whole(name: str) -> int | None:
    typed = request.args.get(name, "")
    if not typed:
        return None
    return int(typed) if typed.isascii() and typed.isdigit() and len(typed) <= _MOST_DIGITS else -1


def key_rows(keys: Sequence[KeyLine]) -> list[tuple[str, str, str]]:
    """発行・再発行, since when, and until when it worked; newest first."""
    return [
        (
            "発行" if one.key_version == 1 else f"再発行（{one.key_version - 1}回目）",
            era_time(one.created_at),
            f"{era_time(one.revoked_at)}に失効" if one.revoked_at is not None else "有効",
        )
        for one in keys
    ]


@dataclass(frozen=True)
class ChangeState:
    """Whether a contract can be changed now; an application that is under way, unless it came back for correction."""

    application_id: int | None
    application_number: str
    only_extension: str = ""  # where the period is over: what alone can still be applied for


def only_extension(guarantee_ends_on: date, today: date) -> str:
    """What can still be changed of a guarantee whose period is over; empty while it is not (see change_request.refuse_hopeless)."""
    if guarantee_ends_on >= today:
        return ""
    return f"保証期間は{era_date(guarantee_ends_on)}で終わっています。申し込めるのは、保証期間を今日以降まで延ばす変更だけです。"


def change_state(contract: GuaranteeContract, standing: WorksStanding, *, today: date) -> ChangeState | None:
    """None for a cancelled contract; `standing` is what stands in its works."""
    if contract.cancelled_on is not None:
        return None
    waiting = standing.change_of(contract.number)
    if waiting is None or waiting.state is ApplicationState.RETURNED:
        return ChangeState(None, "", only_extension(contract.guarantee_ends_on, today))
    return ChangeState(waiting.application_id, application_number(waiting.application_id))


def cancellation_rows(contract: GuaranteeContract, settlements: Sequence[PremiumSettlement]) -> list[tuple[str, str]]:
    """When and why a contract was cancelled, and what of its premium goes back; nothing for one that was not."""
    if contract.cancelled_on is None:
        return []
    refund = next((one.amount for one in settlements if one.kind == "refund" and one.version > contract.current_version), None)
    return [
        ("解約日", era_date(contract.cancelled_on)),
        ("解約の理由", contract.cancellation_reason),
        ("返還する保証料", refund.text if refund is not None else "返還なし"),
    ]


@dataclass(frozen=True)
class SettlementLine:
    """A difference of the premium that was billed, or is paid back; it has a statement of its own."""

    id: int
    text: str
    settled: Tag
    is_refund: bool
    version: int


def settlement_lines(settlements: Sequence[PremiumSettlement], contract: GuaranteeContract) -> list[SettlementLine]:
    """What changes and a cancellation made of the premium, oldest first."""
    lines = []
    for one in settlements:
        is_cancellation = one.version > contract.current_version
        occasion = "解約" if is_cancellation else version_text(one.version)
        what = "返還" if one.kind == "refund" else "追加"
        settled = Tag(f"{era_date(one.settled_on)}に精算", "success") if one.settled_on is not None else Tag("未精算", "warning")
        lines.append(SettlementLine(one.id, f"{occasion}　{what} {one.amount.text}", settled, one.kind == "refund", one.version))
    return lines
