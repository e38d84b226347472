"""The public log: an entry with each act, in the act's own transaction; the signed head; the proof that goes with a certificate."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from esurety.domain.log_entry import CHAIN_START, SALT_BYTES, LogEntry, LogEvent, chain_hash, commitment
from esurety.domain.merkle_tree import EMPTY_ROOT, GrowingTree, Leaves, Node, inclusion_ranges, leaf_hash
from esurety.domain.signed_note import Checkpoint, SignedNote, UnreadableNote
from esurety.domain.tlog_proof import TlogProof
from esurety.persistence import contracts, log
from esurety.persistence.models import GuaranteeContract, LogEntryRow
from esurety.services.hand_out_documents import NoSuchDocument
from esurety.services.installation import Installation


class NotOurHead(ValueError):
    """The note is no head that this log has signed."""


class LogDamaged(Exception):
    """The kept tree lacks hashes that the next entry needs: somebody has taken them. `flask audit verify` says more."""


@dataclass(frozen=True)
class LogHead:
    """The newest head: how many entries, the tree's root in hexadecimal, and the log's name."""

    size: int
    root_hex: str
    origin: str


def append_to_log(
    *,
    event: LogEvent | str,
    contract: GuaranteeContract,
    version: int,
    at: datetime,
    installation: Installation,
    more: Mapping[str, date | int] | None = None,
    entered_at: datetime | None = None,
) -> None:
    """Enter an act into the log with the running write transaction, and sign the head it makes.

    Call it last in the transaction: on PostgreSQL it holds the log until the end, so that whoever waits for it must hold nothing that
    an earlier one still wants. `more` is cancelled_on of a cancellation, key_version of a key re-issue; `entered_at` is later than `at`
    for acts of the time before there was a log. O(log n) in the log's size.
    Raises LogDamaged: nothing is issued on top of a log that has been tampered with.
    """
    row = contracts.version_of(contract.id, version)
    assert row is not None, "an act is about a version that is there"  # noqa: S101 - the caller has just written it
    assert row.file_sha256 is not None, "and that has been issued"  # noqa: S101
    entry = LogEntry(at, LogEvent(event), contract.number, version, row.file_sha256, **(more or {}))  # type: ignore[arg-type] # named facts
    log.hold_log()
    size, previous = log.log_end()
    salt, said = secrets.token_bytes(SALT_BYTES), entry.to_json()
    log.append_entry(
        leaf_index=size,
        at=at,
        event=entry.event.value,
        contract_id=contract.id,
        version=version,
        entry=said,
        salt=salt,
        previous_hash=previous or CHAIN_START.hex(),
        chain_hash=chain_hash(bytes.fromhex(previous) if previous else CHAIN_START, salt, said.encode()).hex(),
    )
    _grow_tree(size, leaf_hash(commitment(salt, said.encode())), entered_at or at, installation)


def _grow_tree(size: int, leaf: bytes, at: datetime, installation: Installation) -> None:
    edge = Leaves(0, size).nodes()
    hashes = log.hashes_of(edge)
    if any(node not in hashes for node in edge):
        raise LogDamaged
    tree = GrowingTree(size, [hashes[node] for node in edge])
    log.append_nodes(tree.append(leaf))
    note = installation.log_signer.sign(Checkpoint(installation.log_signer.key.name, tree.size, tree.root))
    log.append_checkpoint(tree.size, tree.root.hex(), str(note), at)


def latest_head() -> LogHead | None:
    """The newest head, to be printed on what is made next; None while nothing has been entered."""
    head = log.newest_head()
    return None if head is None else LogHead(head.size, head.root, Checkpoint.parse(head.note.partition("\n\n")[0] + "\n").origin)


def checkpoint_note(installation: Installation) -> str:
    """The newest head as a signed note; of an empty log, the head of the empty tree."""
    head = log.newest_head()
    if head is not None:
        return head.note
    return str(installation.log_signer.sign(Checkpoint(installation.log_signer.key.name, 0, EMPTY_ROOT)))


def tlog_proof(contract_id: int, version: int, *, against: str | None = None) -> str:
    """The side file of a version: entry, salt, place, hashes up to the newest head. Raises NoSuchDocument.

    `against` is an older head of ours with co-signatures, which then go into the file. Raises NotOurHead.
    """
    return _proof_of(log.entry_of_version(contract_id, version), against)


def cancellation_proof(contract_id: int, *, against: str | None = None) -> str:
    """Likewise that a contract stands in the log as cancelled. Raises NoSuchDocument, NotOurHead."""
    return _proof_of(log.entry_of_cancellation(contract_id), against)


def _proof_of(row: LogEntryRow | None, against: str | None) -> str:
    head = log.newest_head() if against is None else _own_head(against)
    if row is None or head is None or head.size <= row.leaf_index:
        raise NoSuchDocument
    ranges = inclusion_ranges(row.leaf_index, head.size)
    nodes: list[Node] = [node for one in ranges for node in one.nodes()]
    hashes = log.hashes_of(nodes)
    if any(node not in hashes for node in nodes):
        raise NoSuchDocument  # the tree has lost a node: `flask audit verify` says which
    proof = TlogProof(bytes(row.salt), row.entry.encode(), row.leaf_index, tuple(one.hash_from(hashes) for one in ranges), head.note)
    return str(proof)


def _own_head(note: str) -> log.Head:
    """Our head of that size with the note's other signatures. What counts is the text: signatures are their checkers' business."""
    try:
        given = SignedNote.parse(note)
        kept = log.newest_head(at_most=Checkpoint.parse(given.text).size)
    except UnreadableNote as no:
        raise NotOurHead from no
    if kept is None or SignedNote.parse(kept.note).text != given.text:
        raise NotOurHead
    ours = SignedNote.parse(kept.note)
    for one in given.signatures:
        if (one.name, one.key_id) != (ours.signatures[0].name, ours.signatures[0].key_id):
            ours = ours.with_signature(one)
    return replace(kept, note=str(ours))
