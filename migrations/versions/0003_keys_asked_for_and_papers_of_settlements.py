"""keys that are asked for, and papers of settlements that are to be posted."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

ASKED = sa.text("key_requested_at IS NOT NULL")
OPEN = sa.text("settled_on IS NULL")


def upgrade() -> None:
    op.add_column("guarantee_contracts", sa.Column("key_requested_at", sa.DateTime(timezone=True), nullable=True))
    # Until now a wish was read out of a contract's events: the latest one that no new key has answered.
    op.execute(
        "UPDATE guarantee_contracts SET key_requested_at = (SELECT max(asked.at) FROM events AS asked"
        " WHERE asked.contract_id = guarantee_contracts.id AND asked.kind = 'KeyReissueRequested' AND NOT EXISTS"
        " (SELECT 1 FROM events AS done WHERE done.contract_id = asked.contract_id AND done.kind = 'KeyReissued' AND done.id > asked.id))"
    )
    op.create_index(
        "ix_guarantee_contracts_key_requested", "guarantee_contracts", ["surety_id", "id"], sqlite_where=ASKED, postgresql_where=ASKED
    )
    op.add_column("premium_settlements", sa.Column("statement_posted_on", sa.Date(), nullable=True))
    # A difference that was paid in before its issue counts as settled on the day the receipts were complete.
    op.execute(
        "UPDATE premium_settlements SET settled_on = (SELECT max(receipt.received_on) FROM premium_receipts AS receipt"
        " JOIN certificate_versions AS version ON version.application_id = receipt.application_id"
        " WHERE version.contract_id = premium_settlements.contract_id AND version.version = premium_settlements.version"
        " AND receipt.reversed_at IS NULL) WHERE kind = 'billed' AND settled_on IS NULL"
        " AND amount <= (SELECT coalesce(sum(receipt.amount), 0) FROM premium_receipts AS receipt"
        " JOIN certificate_versions AS version ON version.application_id = receipt.application_id"
        " WHERE version.contract_id = premium_settlements.contract_id AND version.version = premium_settlements.version"
        " AND receipt.reversed_at IS NULL)"
    )
    op.create_index("ix_premium_settlements_open", "premium_settlements", ["contract_id"], sqlite_where=OPEN, postgresql_where=OPEN)
    op.create_index("ix_premium_settlements_created_at", "premium_settlements", ["created_at"])


def downgrade() -> None:
    op.drop_index("ix_premium_settlements_created_at", "premium_settlements")
    op.drop_index("ix_premium_settlements_open", "premium_settlements")
    op.drop_column("premium_settlements", "statement_posted_on")
    op.drop_index("ix_guarantee_contracts_key_requested", "guarantee_contracts")
    op.drop_column("guarantee_contracts", "key_requested_at")
