"""What an application says of its joint venture and of its interim advance, in words."""

from esurety.domain.japanese_calendar import era_date
from esurety.domain.joint_venture import JointVenture
from esurety.persistence.models import RequestedGuaranteeRow


def member_text(name: str, address: str, share: str, is_representative: bool) -> str:
    """構成員 with everything about it."""
    return f"{name}　{address}　出資比率 {share}" + ("（代表者）" if is_representative else "")


def interim_rows(row: RequestedGuaranteeRow) -> list[tuple[str, str]]:
    """What an interim advance was certified with."""
    rows = [
        ("認定調書の日付", era_date(row.certified_on) if row.certified_on else "（未入力）"),
        ("認定番号", row.certification_number),
        ("既前払金額", row.previous_advance_amount.text if row.previous_advance_amount is not None else ""),
    ]
    return [(term, value) for term, value in rows if value]


def venture_rows(venture: JointVenture | None) -> list[tuple[str, str]]:
    """共同企業体 of an application, the representative first."""
    if venture is None:
        return []
    members = [member_text(one.name, one.address, one.share_text, one.is_representative) for one in venture.members]
    return [("企業体名", venture.name), *[(f"構成員{at}", text) for at, text in enumerate(members, 1)]]
