"""Whether a guarantee that is about to be issued has ended already: time passes between application, review and issue."""

from collections.abc import Iterable
from datetime import datetime

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.japanese_calendar import japanese_day


class GuaranteeIsOver(Exception):
    """A 契約保証 ended before the day of issue: it would protect nobody, and its premium would be paid for nothing."""


def over_by(contents: Iterable[CertificateContent], at: datetime) -> tuple[CertificateContent, ...]:
    """The certificates whose period ended before the day of issue."""
    return tuple(one for one in contents if one.guarantee_ends_on < japanese_day(at))


def refuse_over(contents: Iterable[CertificateContent], at: datetime) -> None:
    """Raises GuaranteeIsOver for 契約保証; an advance may be meant, for works that ended early [A], and its page warns (see application_rules)."""
    if any(not one.product.is_advance for one in over_by(contents, at)):
        raise GuaranteeIsOver
