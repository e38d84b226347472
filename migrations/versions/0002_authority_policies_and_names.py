"""a policy names the head and the ways of handing in; names of what has ended are free again."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

LIVING = sa.text("ended_on IS NULL")
OPEN = sa.text("state IN ('submitted', 'in_review', 'approved')")

# Where SQLite builds a table anew, only what is named here survives: CHECK constraints are not read back.
POLICY_CHECKS = (
    sa.CheckConstraint("counts_by IN ('announced_on', 'contracted_on')", name="ck_authority_policies_counts_by_is_a_known_day"),
    sa.CheckConstraint("rounding_unit >= 1", name="ck_authority_policies_rounding_unit_is_positive"),
)
BRANCH_CHECKS = (sa.CheckConstraint("code BETWEEN 1 AND 999", name="ck_branches_code_has_three_digits"),)


def upgrade() -> None:
    with op.batch_alter_table("authority_policies", table_args=POLICY_CHECKS) as policies:
        policies.add_column(sa.Column("head", sa.String(length=200), nullable=True))
        policies.add_column(sa.Column("submission_channels", sa.String(length=100), nullable=True))
        policies.add_column(sa.Column("submission_channel_note", sa.String(length=200), nullable=True))
    # Until now every version was read with the authority's one addressee.
    op.execute(
        "UPDATE authority_policies SET submission_channels = '', submission_channel_note = '',"
        " head = (SELECT authorities.head FROM authorities WHERE authorities.id = authority_policies.authority_id)"
    )
    with op.batch_alter_table("authority_policies", table_args=POLICY_CHECKS) as policies:
        policies.alter_column("head", existing_type=sa.String(length=200), nullable=False)
        policies.alter_column("submission_channels", existing_type=sa.String(length=100), nullable=False)
        policies.alter_column("submission_channel_note", existing_type=sa.String(length=200), nullable=False)

    with op.batch_alter_table("authorities") as authorities:
        authorities.drop_constraint("uq_authorities_name", type_="unique")
    op.create_index("uq_authorities_living_name", "authorities", ["name"], unique=True, sqlite_where=LIVING, postgresql_where=LIVING)
    with op.batch_alter_table("branches", table_args=BRANCH_CHECKS) as branches:
        branches.drop_constraint("uq_branches_surety_id_name", type_="unique")
    op.create_index("uq_branches_living_name", "branches", ["surety_id", "name"], unique=True, sqlite_where=LIVING, postgresql_where=LIVING)
    op.create_index("ix_applications_open_authority_id", "applications", ["authority_id"], sqlite_where=OPEN, postgresql_where=OPEN)


def downgrade() -> None:
    op.drop_index("ix_applications_open_authority_id", "applications")

    # Names were unique among the ended, too: those that share one get their id appended.
    op.execute(
        "UPDATE branches SET name = substr(name, 1, 80) || '（旧' || CAST(id AS VARCHAR(10)) || '）' WHERE ended_on IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM branches AS other WHERE other.surety_id = branches.surety_id AND other.name = branches.name"
        " AND other.id <> branches.id)"
    )
    op.drop_index("uq_branches_living_name", "branches")
    with op.batch_alter_table("branches", table_args=BRANCH_CHECKS) as branches:
        branches.create_unique_constraint("uq_branches_surety_id_name", ["surety_id", "name"])

    op.execute(
        "UPDATE authorities SET name = substr(name, 1, 180) || '（旧' || CAST(id AS VARCHAR(10)) || '）' WHERE ended_on IS NOT NULL AND EXISTS"
        " (SELECT 1 FROM authorities AS other WHERE other.name = authorities.name AND other.id <> authorities.id)"
    )
    # The one addressee is again the one in force today.
    op.execute(
        "UPDATE authorities SET head = COALESCE((SELECT version.head FROM authority_policies AS version"
        " WHERE version.authority_id = authorities.id AND version.effective_from <= CURRENT_DATE"
        " ORDER BY version.effective_from DESC LIMIT 1), head)"
    )
    op.drop_index("uq_authorities_living_name", "authorities")
    with op.batch_alter_table("authorities") as authorities:
        authorities.create_unique_constraint("uq_authorities_name", ["name"])

    with op.batch_alter_table("authority_policies", table_args=POLICY_CHECKS) as policies:
        policies.drop_column("submission_channel_note")
        policies.drop_column("submission_channels")
        policies.drop_column("head")
