"""Whether the public log and the surety's signature say what the records say of a certificate: before anything is called 有効.

Who can write into the database can make a row for any file; the log's heads are signed with a key that is not in there. O(log n).
"""

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.file_facts import FileFacts
from esurety.domain.log_entry import LogEntry, LogEvent, UnreadableEntry, commitment
from esurety.domain.merkle_tree import ImpossibleProof, Node, inclusion_ranges, is_included, leaf_hash
from esurety.domain.signed_note import UnreadableNote
from esurety.persistence import log
from esurety.persistence.certificate_lookup import FoundVersion
from esurety.persistence.models import LogEntryRow
from esurety.services.installation import Installation
from esurety.services.note_keys import NotSigned, checked_head


def doubts(found: FoundVersion, content: CertificateContent, facts: FileFacts, installation: Installation) -> tuple[str, ...]:
    """What contradicts the record, in words for the operator's log; nothing where all agree."""
    return (*_doubts_about_content(found, content, facts), *_doubts_about_entry(found, installation), *_doubts_about_state(found))


def _doubts_about_content(found: FoundVersion, content: CertificateContent, facts: FileFacts) -> list[str]:
    said = []
    contract, version = found.contract, found.version
    if facts.is_signed_by_surety and facts.content != content:
        said.append("the record's content is not what the surety has signed")
    if (content.guarantee_contract_number, content.version) != (contract.number, version.version):
        said.append("the content belongs to another number or version")
    if version.version == contract.current_version and contract.guarantee_ends_on != content.guarantee_ends_on:
        said.append("the contract ends on another day than its certificate says")
    return said


def _doubts_about_entry(found: FoundVersion, installation: Installation) -> list[str]:
    row = log.entry_of_version(found.version.contract_id, found.version.version)
    if row is None:
        return ["the version is not in the public log"]
    try:
        entry = LogEntry.from_json(row.entry)
        is_in_tree = _is_under_signed_head(row, installation)
    except (UnreadableEntry, UnreadableNote, NotSigned, ImpossibleProof):
        return ["the entry in the public log cannot be proven"]
    event = LogEvent.CHANGED if found.version.version else LogEvent.ISSUED
    told = (entry.event, entry.guarantee_contract_number, entry.version, entry.certificate_sha256)
    if told != (event, found.contract.number, found.version.version, found.version.file_sha256):
        return ["the public log has entered another file under this number and version"]
    return [] if is_in_tree else ["the entry does not lead to the signed head of the public log"]


def _is_under_signed_head(row: LogEntryRow, installation: Installation) -> bool:
    """Whether the entry's leaf stands in the tree whose root we have signed."""
    kept = log.newest_head()
    if kept is None:
        return False
    head, _ = checked_head(kept.note, installation.log_signer.key)
    ranges = inclusion_ranges(row.leaf_index, head.size)
    nodes: list[Node] = [node for one in ranges for node in one.nodes()]
    hashes = log.hashes_of(nodes)
    if any(node not in hashes for node in nodes):
        return False
    leaf = leaf_hash(commitment(bytes(row.salt), row.entry.encode()))
    proof = [one.hash_from(hashes) for one in ranges]
    return is_included(leaf=leaf, index=row.leaf_index, size=head.size, proof=proof, root=head.root)


def _doubts_about_state(found: FoundVersion) -> list[str]:
    """Bad news is believed of the records alone; good news must not hide what the log knows."""
    newest, is_cancelled = log.standing_in_log(found.contract.id)
    said = []
    if newest > found.contract.current_version:
        said.append("the public log has entered a later version")
    if is_cancelled and found.contract.cancelled_on is None:
        said.append("the public log has entered a cancellation")
    return said
