"""What proves a certificate later: detached timestamps, the log's chain and tree, its signed heads, and heads of others seen as a witness.

The log tables are append-only: the migration's triggers refuse UPDATE and DELETE, and on PostgreSQL TRUNCATE.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from esurety.persistence.database import Base, UtcInstant


class CertificateTimestamp(Base):
    """A detached RFC 3161 token over the SHA-256 of a version's file, obtained after issuing."""

    __tablename__ = "certificate_timestamps"
    __table_args__ = (
        ForeignKeyConstraint(["contract_id", "version"], ["certificate_versions.contract_id", "certificate_versions.version"]),
    )

    contract_id: Mapped[int] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True)
    token: Mapped[bytes] = mapped_column(LargeBinary)
    authority: Mapped[str] = mapped_column(String(300))
    stamped_at: Mapped[datetime] = mapped_column(UtcInstant)


class LogEntryRow(Base):
    """One act on a certificate. `chain_hash` covers everything before it; the tree's leaf is the salted commitment to `entry`."""

    __tablename__ = "log_entries"
    __table_args__ = (
        CheckConstraint("leaf_index >= 0", name="leaf_index_counts_from_zero"),
        CheckConstraint("event IN ('issued', 'changed', 'cancelled', 'key_reissued')", name="event_is_known"),
        Index("ix_log_entries_contract_id_version", "contract_id", "version"),
    )

    leaf_index: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    at: Mapped[datetime] = mapped_column(UtcInstant)
    event: Mapped[str] = mapped_column(String(20))
    contract_id: Mapped[int] = mapped_column(ForeignKey("guarantee_contracts.id"))
    version: Mapped[int]
    entry: Mapped[str] = mapped_column(Text)  # canonical JSON, the very bytes that are committed to
    salt: Mapped[bytes] = mapped_column(LargeBinary)
    previous_hash: Mapped[str] = mapped_column(String(64), unique=True)  # two entries after one would be a fork
    chain_hash: Mapped[str] = mapped_column(String(64))


class LogNode(Base):
    """The hash of a complete subtree: 2**level leaves from position * 2**level on."""

    __tablename__ = "log_nodes"

    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[bytes] = mapped_column(LargeBinary)


class LogCheckpoint(Base):
    """The signed head of the tree at one size."""

    __tablename__ = "log_checkpoints"

    tree_size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)
    signed_at: Mapped[datetime] = mapped_column(UtcInstant)


class LogWitness(Base):
    """A head of somebody else's log that this installation has seen and co-signed; `key` is the log's verifier key it is held to."""

    __tablename__ = "log_witnesses"

    origin: Mapped[str] = mapped_column(String(300), primary_key=True)
    tree_size: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    root: Mapped[str] = mapped_column(String(64))
    note: Mapped[str] = mapped_column(Text)  # with our co-signature
    key: Mapped[str] = mapped_column(String(400))
    seen_at: Mapped[datetime] = mapped_column(UtcInstant)
