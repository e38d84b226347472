"""policies and tariffs can be withdrawn before their day; a right to issue ends at an instant."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

IN_FORCE = sa.text("withdrawn_at IS NULL")

# Where SQLite builds a table anew, only what is named here survives: CHECK constraints are not read back.
POLICY_CHECKS = (
    sa.CheckConstraint("counts_by IN ('announced_on', 'contracted_on')", name="ck_authority_policies_counts_by_is_a_known_day"),
    sa.CheckConstraint("rounding_unit >= 1", name="ck_authority_policies_rounding_unit_is_positive"),
)


def upgrade() -> None:
    with op.batch_alter_table("authority_policies", table_args=POLICY_CHECKS) as policies:
        policies.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        policies.drop_constraint("uq_authority_policies_authority_id_effective_from", type_="unique")
    op.create_index(
        "uq_authority_policies_day",
        "authority_policies",
        ["authority_id", "effective_from"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    with op.batch_alter_table("tariffs") as tariffs:
        tariffs.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
        tariffs.drop_constraint("uq_tariffs_surety_id_product_effective_from", type_="unique")
    op.create_index(
        "uq_tariffs_day",
        "tariffs",
        ["surety_id", "product", "effective_from"],
        unique=True,
        sqlite_where=IN_FORCE,
        postgresql_where=IN_FORCE,
    )
    op.add_column("issuing_authorities", sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    # Days are all that is left to say it with: what was ended at an instant has its last day on the (UTC) day of it, at the earliest its first.
    op.execute(
        "UPDATE issuing_authorities SET valid_until = CASE WHEN valid_from > date(ended_at) THEN valid_from ELSE date(ended_at) END"
        " WHERE ended_at IS NOT NULL"
    )
    op.drop_column("issuing_authorities", "ended_at")

    # What was withdrawn before its day never judged anything and has no column to say so any more; the events keep the account of it.
    op.execute("DELETE FROM tariff_tiers WHERE tariff_id IN (SELECT id FROM tariffs WHERE withdrawn_at IS NOT NULL)")
    op.execute("DELETE FROM tariffs WHERE withdrawn_at IS NOT NULL")
    op.drop_index("uq_tariffs_day", "tariffs")
    with op.batch_alter_table("tariffs") as tariffs:
        tariffs.drop_column("withdrawn_at")
        tariffs.create_unique_constraint("uq_tariffs_surety_id_product_effective_from", ["surety_id", "product", "effective_from"])
    op.execute("DELETE FROM authority_policies WHERE withdrawn_at IS NOT NULL")
    op.drop_index("uq_authority_policies_day", "authority_policies")
    with op.batch_alter_table("authority_policies", table_args=POLICY_CHECKS) as policies:
        policies.drop_column("withdrawn_at")
        policies.create_unique_constraint("uq_authority_policies_authority_id_effective_from", ["authority_id", "effective_from"])
