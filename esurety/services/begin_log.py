"""Beginning the log of an installation that issued before there was one: what has happened is entered in its order, once."""

from datetime import date, datetime

from esurety.domain.log_entry import LogEvent
from esurety.persistence import contracts, log, log_audit
from esurety.persistence.database import writing
from esurety.persistence.log_audit import PastAct
from esurety.services.installation import Installation
from esurety.services.keep_log import append_to_log


class LogHasBegun(Exception):
    """The log has entries: nothing is ever entered between them."""


def begin_log(*, at: datetime, installation: Installation) -> int:
    """Enter every issue, change, cancellation and new key so far, all or nothing. Returns how many. Raises LogHasBegun."""
    with writing():
        log.hold_log()
        if log.log_end()[0]:
            raise LogHasBegun
        acts = log_audit.past_acts()
        standing: dict[int, int] = {}
        for act in acts:
            _enter(act, standing, at, installation)
        return len(acts)


def _enter(act: PastAct, standing: dict[int, int], at: datetime, installation: Installation) -> None:
    event = LogEvent(act.event)
    if event in (LogEvent.ISSUED, LogEvent.CHANGED):
        standing[act.contract_id] = act.version
    contract = contracts.issued_contract_by_id(act.contract_id)
    assert contract is not None, "its act was read in this transaction"  # noqa: S101
    more: dict[str, date | int] = {}
    if event is LogEvent.CANCELLED and contract.cancelled_on is not None:
        more["cancelled_on"] = contract.cancelled_on
    if event is LogEvent.KEY_REISSUED:
        more["key_version"] = act.version
    append_to_log(
        event=event,
        contract=contract,
        version=standing[act.contract_id],
        at=act.at,
        entered_at=at,
        installation=installation,
        more=more,
    )
