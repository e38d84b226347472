"""guarantees of alike works are found by the name or the number of the works."""

from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.create_index("ix_guarantee_contracts_authority_id_folded_works_name", "guarantee_contracts", ["authority_id", "folded_works_name"])
    op.create_index("ix_applications_authority_id_works_number", "applications", ["authority_id", "works_number"])


def downgrade() -> None:
    op.drop_index("ix_applications_authority_id_works_number", table_name="applications")
    op.drop_index("ix_guarantee_contracts_authority_id_folded_works_name", table_name="guarantee_contracts")
