"""確認結果票 as PDF."""

from esurety.documents.verdict_slip import render_verdict_slip
from esurety.domain.verdict_slip import VerdictSlip
from esurety.persistence.database import end_reading


def verdict_slip_pdf(slip: VerdictSlip) -> bytes:
    """The sheet for one check. Raises DocumentNotMade."""
    end_reading()
    return render_verdict_slip(slip)
