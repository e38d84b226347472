"""The records that a demonstration begins with: a surety, two contractors, three authorities, tariffs. All invented."""

from datetime import date, datetime

from sqlalchemy import select

from esurety.domain.products import Product
from esurety.domain.search_words import folded
from esurety.domain.yen import Yen
from esurety.persistence.database import reading
from esurety.persistence.models import (
    Authority,
    AuthorityPolicyVersion,
    Branch,
    Company,
    IssuingAuthority,
    Surety,
    TariffTierRow,
    TariffVersion,
)

_Tier = tuple[Yen | None, int]  # upper bound, rate in millionths

_HOURS = "平日 9:00～17:00（土日祝日・年末年始を除く）"
_EXAMPLE_LABEL = "例示料率（デモ用の架空の料率です。実在の会社の料率ではありません）"


def has_records() -> bool:
    """Whether the installation has a surety already."""
    return reading().scalar(select(Surety.id).limit(1)) is not None


def add_reference_records(at: datetime) -> dict[str, int]:
    """Add the records with the running transaction and return the ids that accounts and applications name."""
    surety = Surety(
        name="見本建設業保証株式会社",
        address="東京都中央区八丁堀0丁目0番0号",
        representative="代表取締役社長 見本 守",
        created_at=at,
        four_eyes_above=Yen(50_000_000),
    )
    reading().add(surety)
    reading().flush()
    branch = Branch(surety_id=surety.id, code=101, name="千葉支店", phone="043-241-6101", hours=_HOURS)
    reading().add(branch)
    companies = _companies(surety.id)
    authorities = _authorities()
    reading().add_all([*companies, *authorities])
    reading().flush()
    reading().add_all([_policy(authority, is_in=authority.name != "みほん町") for authority in authorities])
    _add_tariffs(surety.id)
    reading().flush()
    return {
        "surety": surety.id,
        "branch": branch.id,
        **{one.name: one.id for one in companies},
        **{one.name: one.id for one in authorities},
    }


def add_issuing_rights(account_id: int, at: datetime) -> None:
    """発行権限 for the demonstration's approver: every product up to ten hundred million yen, from before its oldest certificate."""
    reading().add_all(
        IssuingAuthority(
            account_id=account_id,
            product=product.value,
            up_to=Yen(1_000_000_000),
            valid_from=date(2020, 4, 1),
            valid_until=None,
            created_at=at,
        )
        for product in Product
    )


def _companies(surety_id: int) -> list[Company]:
    return [
        Company(
            surety_id=surety_id,
            name="ネットデスク建設株式会社",
            folded_name=folded("ネットデスク建設株式会社"),
            address="東京都中央区八丁堀2丁目27番10号",
            representative="代表取締役 保証 太郎",
            depository="〇〇銀行 △△支店",
            pays_monthly=True,
        ),
        Company(
            surety_id=surety_id,
            name="﨑山髙𠮷工業㈱",
            folded_name=folded("﨑山髙𠮷工業㈱"),
            address="千葉県長生郡長生村本郷①番地",
            representative="代表取締役 﨑山 髙𠮷",
            depository="みほん信用金庫 本店",
            pays_monthly=False,
        ),
    ]


def _authorities() -> list[Authority]:
    heads = {"長生村": "長生村長", "〇〇区": "〇〇区長", "みほん町": "みほん町長"}
    return [Authority(name=name, folded_name=folded(name), head=head) for name, head in heads.items()]


def _policy(authority: Authority, *, is_in: bool) -> AuthorityPolicyVersion:
    return AuthorityPolicyVersion(
        authority_id=authority.id,
        effective_from=date(2020, 4, 1),
        head=authority.head,
        electronic_since=date(2024, 4, 1) if is_in else None,
        counts_by="contracted_on",
        electronic_works_kinds="works,design,survey",
        submission_channels="contract_system,mail" if is_in else "",
        submission_channel_note="",
        submission_note="契約保証は契約担当へ、前払金保証は工事担当へ提出してください。" if is_in else "",
        advance_cap_works=400,
        advance_cap_services=300,
        advance_cap_low_bid=200,
        interim_cap=200,
        advances_together_cap=600,
        performance_minimum=100,
        performance_minimum_low_bid=300,
        rounding_unit=Yen(1),
        minimum_price=Yen(0),
        performance_recipient="総務課 契約担当 keiyaku@authority.example" if is_in else "",
        performance_subject="【契約保証】工事名" if is_in else "",
        advance_recipient="工事担当課 kouji@authority.example" if is_in else "",
        advance_subject="【前払金保証】工事名" if is_in else "",
    )


def _add_tariffs(surety_id: int) -> None:
    example: list[_Tier] = [(Yen(300_000_000), 2700), (Yen(1_000_000_000), 2200), (None, 1800)]
    performance: list[_Tier] = [(Yen(300_000_000), 4500), (Yen(1_000_000_000), 4000), (None, 3500)]
    published: list[_Tier] = [(None, 650)]
    tariffs = {
        Product.ADVANCE_PAYMENT: (_EXAMPLE_LABEL, Yen(1000), example),
        Product.INTERIM_ADVANCE_PAYMENT: ("公表料率 0.065%", Yen(0), published),
        Product.CONTRACT_PERFORMANCE: (_EXAMPLE_LABEL, Yen(1000), performance),
    }
    for product, (label, minimum, tiers) in tariffs.items():
        tariff = TariffVersion(
            surety_id=surety_id,
            product=product.value,
            label=label,
            effective_from=date(2020, 4, 1),
            minimum=minimum,
            rounding_unit=Yen(1),
            tiers=[
                TariffTierRow(position=position, upper_bound=bound, rate_millionths=rate) for position, (bound, rate) in enumerate(tiers)
            ],
        )
        reading().add(tariff)
