"""Loading tariffs (保証料率) from a file: all of its rows or none."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from esurety.domain.guarantee_premium import Tariff
from esurety.domain.japanese_calendar import era_date, japanese_day
from esurety.domain.products import Product
from esurety.domain.tariff_file import read_tariffs
from esurety.persistence import events, rules
from esurety.persistence.database import writing
from esurety.persistence.models import TariffTierRow, TariffVersion
from esurety.persistence.reference_data import tariff_of
from esurety.services.rule_keeping import refuse_unless_operator
from esurety.services.sign_in import SignedIn

_MILLION = 1_000_000


def tariff_subject(surety_id: int) -> str:
    """How events name the tariffs of a surety."""
    return f"tariffs:{surety_id}"


@dataclass(frozen=True)
class LaidDownTariff:
    """A tariff of the surety, and when it was withdrawn if it was."""

    id: int
    tariff: Tariff
    withdrawn_at: datetime | None


def every_tariff(account: SignedIn) -> list[LaidDownTariff]:
    """Every version of the person's surety, the withdrawn too, the latest day first."""
    return [LaidDownTariff(row.id, tariff_of(row), row.withdrawn_at) for row in rules.tariff_versions(account.surety_id or 0)]


def standing_tariffs(account: SignedIn) -> list[Tariff]:
    """Those that were not withdrawn, the latest day first."""
    return [one.tariff for one in every_tariff(account) if one.withdrawn_at is None]


def try_tariffs(*, account: SignedIn, rows: Sequence[Sequence[str]], today: date) -> list[Tariff]:
    """What loading the rows would add; nothing is changed. Raises NotAnOperator or FileRefused."""
    refuse_unless_operator(account)
    return read_tariffs(rows, today=today, taken=_taken(account.surety_id or 0))


def load_tariffs(*, account: SignedIn, rows: Sequence[Sequence[str]], token: str, at: datetime) -> int:
    """Add the tariffs of a file, once per page; returns how many. Raises NotAnOperator or FileRefused, and then nothing is changed."""
    refuse_unless_operator(account)
    surety_id = account.surety_id or 0
    with writing():
        if events.is_answered(account.account_id, token, "tariffs"):
            return 0
        rules.lock_surety(surety_id)
        tariffs = read_tariffs(rows, today=japanese_day(at), taken=_taken(surety_id))
        rules.add_all([_row(tariff, surety_id, account, at) for tariff in tariffs])
        events.keep_answer(account.account_id, token, "tariffs", at)
        events.record_event(
            at=at,
            kind="TariffsLoaded",
            actor_id=account.account_id,
            actor_name=account.actor_name,
            subject=tariff_subject(surety_id),
            note="\n".join(f"{one.product.label}　{era_date(one.effective_from, padded=False)}から　{one.label}" for one in tariffs),
        )
        return len(tariffs)


def _taken(surety_id: int) -> frozenset[tuple[Product, date]]:
    return frozenset((Product(row.product), row.effective_from) for row in rules.tariff_versions(surety_id) if row.withdrawn_at is None)


def _row(tariff: Tariff, surety_id: int, account: SignedIn, at: datetime) -> TariffVersion:
    return TariffVersion(
        surety_id=surety_id,
        product=tariff.product.value,
        label=tariff.label,
        effective_from=tariff.effective_from,
        minimum=tariff.minimum,
        rounding_unit=tariff.rounding_unit,
        months_basis=tariff.months_basis,
        created_at=at,
        created_by=account.account_id,
        tiers=[
            TariffTierRow(position=position, upper_bound=tier.upper_bound, rate_millionths=int(tier.rate * _MILLION))
            for position, tier in enumerate(tariff.tiers)
        ],
    )
