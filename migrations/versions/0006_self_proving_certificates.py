"""certificates that prove themselves: status id and timestamp of a version, and the log that nobody rewrites.

The triggers are no decoration: they are what makes the log append-only. A later migration that re-creates one of these tables in
batch mode (SQLite) loses them and has to make them again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"

APPEND_ONLY = {"log_entries": "leaf_index", "log_nodes": "level, position", "log_checkpoints": "tree_size", "log_witnesses": "origin, tree_size"}
STATE_IS_KNOWN = "timestamp_state IN ('none', 'embedded', 'pending', 'detached')"


def upgrade() -> None:
    with op.batch_alter_table("certificate_versions", schema=None) as batch_op:
        batch_op.add_column(sa.Column("status_id", sa.String(length=16), nullable=True))
        batch_op.add_column(sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("timestamp_state", sa.String(length=12), server_default="none", nullable=False))
        batch_op.create_unique_constraint(batch_op.f("uq_certificate_versions_status_id"), ["status_id"])
        batch_op.create_check_constraint(batch_op.f("ck_certificate_versions_timestamp_state_is_known"), STATE_IS_KNOWN)
    op.create_index("ix_certificate_versions_file_sha256", "certificate_versions", ["file_sha256"])
    op.create_index(
        "ix_certificate_versions_timestamp_pending",
        "certificate_versions",
        ["contract_id"],
        sqlite_where=sa.text("timestamp_state = 'pending'"),
        postgresql_where=sa.text("timestamp_state = 'pending'"),
    )
    op.create_table(
        "certificate_timestamps",
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("token", sa.LargeBinary(), nullable=False),
        sa.Column("authority", sa.String(length=300), nullable=False),
        sa.Column("stamped_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["contract_id", "version"],
            ["certificate_versions.contract_id", "certificate_versions.version"],
            name=op.f("fk_certificate_timestamps_contract_id_version"),
        ),
        sa.PrimaryKeyConstraint("contract_id", "version", name=op.f("pk_certificate_timestamps")),
    )
    op.create_table(
        "log_entries",
        sa.Column("leaf_index", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event", sa.String(length=20), nullable=False),
        sa.Column("contract_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("previous_hash", sa.String(length=64), nullable=False),
        sa.Column("chain_hash", sa.String(length=64), nullable=False),
        sa.CheckConstraint("leaf_index >= 0", name=op.f("ck_log_entries_leaf_index_counts_from_zero")),
        sa.CheckConstraint("event IN ('issued', 'changed', 'cancelled', 'key_reissued')", name=op.f("ck_log_entries_event_is_known")),
        sa.ForeignKeyConstraint(["contract_id"], ["guarantee_contracts.id"], name=op.f("fk_log_entries_contract_id")),
        sa.PrimaryKeyConstraint("leaf_index", name=op.f("pk_log_entries")),
        sa.UniqueConstraint("previous_hash", name=op.f("uq_log_entries_previous_hash")),
    )
    with op.batch_alter_table("log_entries", schema=None) as batch_op:
        batch_op.create_index("ix_log_entries_contract_id_version", ["contract_id", "version"], unique=False)
    op.create_table(
        "log_nodes",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_log_nodes")),
    )
    op.create_table(
        "log_checkpoints",
        sa.Column("tree_size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("tree_size", name=op.f("pk_log_checkpoints")),
    )
    op.create_table(
        "log_witnesses",
        sa.Column("origin", sa.String(length=300), nullable=False),
        sa.Column("tree_size", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("root", sa.String(length=64), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("key", sa.String(length=400), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin", "tree_size", name=op.f("pk_log_witnesses")),
    )
    _refuse_rewriting_postgresql() if op.get_bind().dialect.name == "postgresql" else _refuse_rewriting_sqlite()


def _refuse_rewriting_sqlite() -> None:
    for table, key in APPEND_ONLY.items():
        for act in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_refuse_{act.lower()} BEFORE {act} ON {table}"
                f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
        # INSERT OR REPLACE deletes without waking a DELETE trigger.
        same = " AND ".join(f"{name} = NEW.{name}" for name in key.split(", "))
        op.execute(
            f"CREATE TRIGGER {table}_refuse_replace BEFORE INSERT ON {table} WHEN EXISTS (SELECT 1 FROM {table} WHERE {same})"
            f" BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
        )


def _refuse_rewriting_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS"
        " $$ BEGIN RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    for table in APPEND_ONLY:
        op.execute(
            f"CREATE TRIGGER {table}_refuse_rewriting BEFORE UPDATE OR DELETE ON {table}"
            " FOR EACH ROW EXECUTE FUNCTION refuse_rewriting()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_refuse_truncate BEFORE TRUNCATE ON {table} FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewriting()"
        )


def downgrade() -> None:
    op.drop_table("log_witnesses")
    op.drop_table("log_checkpoints")
    op.drop_table("log_nodes")
    with op.batch_alter_table("log_entries", schema=None) as batch_op:
        batch_op.drop_index("ix_log_entries_contract_id_version")
    op.drop_table("log_entries")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_rewriting()")
    op.drop_table("certificate_timestamps")
    op.drop_index("ix_certificate_versions_timestamp_pending", table_name="certificate_versions")
    op.drop_index("ix_certificate_versions_file_sha256", table_name="certificate_versions")
    with op.batch_alter_table("certificate_versions", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("ck_certificate_versions_timestamp_state_is_known"), type_="check")
        batch_op.drop_constraint(batch_op.f("uq_certificate_versions_status_id"), type_="unique")
        batch_op.drop_column("timestamp_state")
        batch_op.drop_column("signed_at")
        batch_op.drop_column("status_id")
