"""gate step-up: budgets, mailed codes, stopped sources; mails that may or may not have left."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"

STATE_IS_KNOWN = "ck_outbox_mails_state_is_known"


def upgrade() -> None:
    with op.batch_alter_table("gate_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("outcome", sa.String(length=10), nullable=False, server_default="failed"))
        batch_op.add_column(sa.Column("times", sa.Integer(), nullable=False, server_default="1"))
    op.execute(sa.text("UPDATE gate_attempts SET outcome = 'opened' WHERE succeeded"))
    with op.batch_alter_table("gate_attempts", schema=None) as batch_op:
        batch_op.alter_column("outcome", server_default=None, existing_type=sa.String(length=10), existing_nullable=False)
        batch_op.alter_column("times", server_default=None, existing_type=sa.Integer(), existing_nullable=False)
        batch_op.drop_column("succeeded")
        batch_op.create_check_constraint(op.f("ck_gate_attempts_outcome_is_known"), "outcome IN ('failed', 'opened', 'held')")

    op.create_table(
        "gate_budgets",
        sa.Column("kind", sa.String(length=10), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("full_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("kind IN ('gate', 'number', 'source', 'known', 'code')", name=op.f("ck_gate_budgets_kind_is_known")),
        sa.PrimaryKeyConstraint("kind", "name", name=op.f("pk_gate_budgets")),
    )
    with op.batch_alter_table("gate_budgets", schema=None) as batch_op:
        batch_op.create_index("ix_gate_budgets_kind_full_at", ["kind", "full_at"], unique=False)

    op.create_table(
        "gate_codes",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(length=12), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("nonce", sa.String(length=32), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("settled_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("used_by", sa.String(length=64), nullable=True),
        sa.CheckConstraint("(used_at IS NULL) = (used_by IS NULL)", name=op.f("ck_gate_codes_used_by_somebody")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_codes")),
        sa.UniqueConstraint("nonce", name=op.f("uq_gate_codes_nonce")),
    )
    with op.batch_alter_table("gate_codes", schema=None) as batch_op:
        batch_op.create_index("ix_gate_codes_number_asked_at", ["number", "asked_at"], unique=False)
        batch_op.create_index("ix_gate_codes_source_asked_at", ["source", "asked_at"], unique=False)
        batch_op.create_index("ix_gate_codes_settled_at", ["settled_at"], unique=False)

    op.create_table(
        "gate_stops",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(length=64), nullable=False),
        sa.Column("stopped_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("numbers", sa.Integer(), nullable=False),
        sa.Column("held", sa.Integer(), nullable=False),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Integer(), nullable=True),
        sa.CheckConstraint("(released_at IS NULL) = (released_by IS NULL)", name=op.f("ck_gate_stops_released_by_somebody")),
        sa.ForeignKeyConstraint(["released_by"], ["accounts.id"], name=op.f("fk_gate_stops_released_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_gate_stops")),
    )
    with op.batch_alter_table("gate_stops", schema=None) as batch_op:
        batch_op.create_index("ix_gate_stops_source_ends_at", ["source", "ends_at"], unique=False)

    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.add_column(sa.Column("unsure", sa.Integer(), nullable=False, server_default="0"))
        batch_op.drop_constraint(op.f(STATE_IS_KNOWN), type_="check")
        batch_op.create_check_constraint(op.f(STATE_IS_KNOWN), "state IN ('queued', 'sending', 'unknown', 'sent', 'failed')")
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.alter_column("unsure", server_default=None, existing_type=sa.Integer(), existing_nullable=False)


def downgrade() -> None:
    op.execute(sa.text("UPDATE outbox_mails SET state = 'failed' WHERE state = 'unknown'"))
    with op.batch_alter_table("outbox_mails", schema=None) as batch_op:
        batch_op.drop_constraint(op.f(STATE_IS_KNOWN), type_="check")
        batch_op.create_check_constraint(op.f(STATE_IS_KNOWN), "state IN ('queued', 'sending', 'sent', 'failed')")
        batch_op.drop_column("unsure")

    with op.batch_alter_table("gate_stops", schema=None) as batch_op:
        batch_op.drop_index("ix_gate_stops_source_ends_at")
    op.drop_table("gate_stops")

    with op.batch_alter_table("gate_codes", schema=None) as batch_op:
        batch_op.drop_index("ix_gate_codes_settled_at")
        batch_op.drop_index("ix_gate_codes_source_asked_at")
        batch_op.drop_index("ix_gate_codes_number_asked_at")
    op.drop_table("gate_codes")

    with op.batch_alter_table("gate_budgets", schema=None) as batch_op:
        batch_op.drop_index("ix_gate_budgets_kind_full_at")
    op.drop_table("gate_budgets")

    op.execute(sa.text("DELETE FROM gate_attempts WHERE outcome = 'held'"))
    with op.batch_alter_table("gate_attempts", schema=None) as batch_op:
        batch_op.add_column(sa.Column("succeeded", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.execute(sa.text("UPDATE gate_attempts SET succeeded = (outcome = 'opened')"))
    with op.batch_alter_table("gate_attempts", schema=None) as batch_op:
        batch_op.alter_column("succeeded", server_default=None, existing_type=sa.Boolean(), existing_nullable=False)
        batch_op.drop_constraint(op.f("ck_gate_attempts_outcome_is_known"), type_="check")
        batch_op.drop_column("times")
        batch_op.drop_column("outcome")
