"""What the public status page says of a certificate: which one it is and its state, and nothing that is anybody's business."""

from dataclasses import dataclass
from datetime import date
from enum import Enum

from esurety.domain.application_state import GuaranteeState, guarantee_state
from esurety.domain.certificate_content import CertificateContent

_CHECK_THE_FILE = "お手元の証書が本物かどうかは、このページでは分かりません。下の「証書のファイルを確かめる」で確かめてください。"


class PublicState(Enum):
    """The state in words: label, tone, meaning. Nothing is green: a QR code is soon copied onto a forgery."""

    IN_FORCE = ("有効", "neutral", f"下の番号・版の証書の保証は有効です。{_CHECK_THE_FILE}")
    CHANGED = (
        "変更あり（新しい版があります）",
        "warning",
        "このあとに変更され、新しい版の証書が発行されています。最新の版を受注者に求めるか、D-Sure で開いてください。",
    )
    CANCELLED = ("解約済", "danger", "この証書の保証契約は解約されています。保証の効力はありません。")
    EXPIRED = ("期間満了", "warning", "この証書の保証期間は終わっています。")
    UNKNOWN = (
        "該当なし",
        "danger",
        "このアドレスに当たる証書はありません。アドレスを打ち間違えていないか確かめてください。証書の二次元コードから開いたのにこう表示されるときは、その証書で手続きを進めず、保証会社に問い合わせてください。",
    )

    def __init__(self, label: str, tone: str, meaning: str) -> None:
        self.label, self.tone, self.meaning = label, tone, meaning


@dataclass(frozen=True)
class CertificateStatus:
    """The state of one version; without a day and an issuer where there is none."""

    state: PublicState
    issued_on: date | None = None
    surety_name: str = ""
    guarantee_contract_number: str = ""
    version_text: str = ""
    is_specimen: bool = False


def status_of(
    content: CertificateContent, *, newest_version: int, ends_on: date, cancelled_on: date | None, today: date
) -> CertificateStatus:
    """The status of a version. A cancellation ends every version; then a newer version counts more than the period."""
    state = guarantee_state(cancelled_on=cancelled_on, guarantee_ends_on=ends_on, today=today)
    if state is GuaranteeState.CANCELLED:
        public = PublicState.CANCELLED
    elif content.version != newest_version:
        public = PublicState.CHANGED
    else:
        public = PublicState.EXPIRED if state is GuaranteeState.EXPIRED else PublicState.IN_FORCE
    return CertificateStatus(
        public, content.issued_on, content.surety_name, content.guarantee_contract_number, content.version_text, content.is_specimen
    )
