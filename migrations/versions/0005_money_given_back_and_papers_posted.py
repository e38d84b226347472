"""money that is given back, certificates that are posted, receipts of a whole month."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

OVERPAID = sa.text("is_beyond_due")
REVERSED = sa.text("reversed_at IS NOT NULL")


def upgrade() -> None:
    # When the paper certificates that are out were posted is written nowhere: they are listed, and a clerk ticks them off.
    op.add_column("certificate_versions", sa.Column("posted_on", sa.Date(), nullable=True))
    op.add_column("premium_receipts", sa.Column("for_month", sa.Date(), nullable=True))
    op.add_column("premium_receipts", sa.Column("is_beyond_due", sa.Boolean(), nullable=False, server_default=sa.false()))
    # Before now nothing said which receipt was one too many: looked for once, on applications that are issued.
    op.execute(
        "UPDATE premium_receipts SET is_beyond_due = true WHERE EXISTS (SELECT 1 FROM applications AS one"
        " WHERE one.id = premium_receipts.application_id AND one.state = 'issued' AND (one.kind = 'change' OR"
        " (SELECT sum(came.amount) FROM premium_receipts AS came WHERE came.application_id = one.id AND came.reversed_at IS NULL)"
        " > (SELECT sum(wanted.premium) FROM requested_guarantees AS wanted WHERE wanted.application_id = one.id)))"
    )
    op.create_index(
        "ix_premium_receipts_beyond_due", "premium_receipts", ["application_id"], sqlite_where=OVERPAID, postgresql_where=OVERPAID
    )
    op.create_index(
        "ix_premium_receipts_reversed", "premium_receipts", ["application_id"], sqlite_where=REVERSED, postgresql_where=REVERSED
    )
    op.create_table(
        "premium_repayments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("application_id", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(length=20), nullable=False),
        sa.Column("repaid_on", sa.Date(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_by", sa.Integer(), nullable=False),
        sa.Column("reversed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reversed_by", sa.Integer(), nullable=True),
        sa.Column("reversal_reason", sa.String(length=500), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_premium_repayments_amount_is_positive")),
        sa.CheckConstraint("method IN ('transfer', 'counter')", name=op.f("ck_premium_repayments_method_is_known")),
        sa.CheckConstraint("(reversed_at IS NULL) = (reversed_by IS NULL)", name=op.f("ck_premium_repayments_reversed_by_somebody")),
        sa.ForeignKeyConstraint(["application_id"], ["applications.id"], name=op.f("fk_premium_repayments_application_id")),
        sa.ForeignKeyConstraint(["recorded_by"], ["accounts.id"], name=op.f("fk_premium_repayments_recorded_by")),
        sa.ForeignKeyConstraint(["reversed_by"], ["accounts.id"], name=op.f("fk_premium_repayments_reversed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_premium_repayments")),
    )
    op.create_index("ix_premium_repayments_application_id", "premium_repayments", ["application_id"])


def downgrade() -> None:
    op.drop_table("premium_repayments")  # the events keep the account of what was given back
    op.drop_index("ix_premium_receipts_reversed", "premium_receipts")
    op.drop_index("ix_premium_receipts_beyond_due", "premium_receipts")
    op.drop_column("premium_receipts", "is_beyond_due")
    op.drop_column("premium_receipts", "for_month")
    op.drop_column("certificate_versions", "posted_on")
