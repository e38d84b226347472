"""An approval taken back before the issue: nothing of it may be left behind.

Numbers have no gaps. Once an issue has begun and drawn one, the application is issued to its end: taking it back would leave a
number without a contract, or bind a corrected application to the branch and the year of the first.
"""

from esurety.persistence import applications, contracts
from esurety.persistence.models import Application


class NumbersPrepared(Exception):
    """An issue broke off after its numbers were drawn; only issuing leads on."""


def undo_approval(application: Application) -> None:
    """Drop what the approval left: reasons for warnings (their events stay), a change's prepared version. Raises NumbersPrepared."""
    if any(row.contract is not None for row in application.requested):
        raise NumbersPrepared
    contracts.drop_prepared_versions(application.id)
    applications.forget_overrides(application.id)
