"""A quick look at the log, for every hour: the newest head, the last entries, and the head that was mailed last. The audit looks at all."""

from esurety.domain.log_entry import commitment
from esurety.domain.merkle_tree import Leaves, Node, consistency_ranges, is_consistent, leaf_hash
from esurety.domain.signed_note import UnreadableNote
from esurety.persistence import log
from esurety.services.audit_log import KeptHead, link_of
from esurety.services.installation import Installation
from esurety.services.note_keys import NotSigned, checked_head

_LAST_ENTRIES = 100


def alarms(*, installation: Installation, mailed: KeptHead | None = None) -> list[str]:
    """What is wrong at the end of the log, in plain words; O(log n) and a hundred entries."""
    head = log.newest_head()
    size, _ = log.log_end()
    if head is None:
        found = ["署名つき先頭値がありません。"] if size else []
        return [*found, *(["以前メールした記録が、すべて消えています。"] if mailed is not None and mailed.size else [])]
    if head.size != size:
        return [f"先頭値は第{head.size}件、記録は第{size}件で、件数が合いません。"]
    said = []
    try:
        signed, _ = checked_head(head.note, installation.log_signer.key)
    except (UnreadableNote, NotSigned):
        return ["いまの先頭値の署名が正しくありません。"]
    root = _hash_of([Leaves(0, size)])
    if root is None or (signed.size, signed.root) != (size, root[0]):
        said.append("いまの先頭値が、木の値と合いません。")
    return [*said, *_at_the_end(size), *_against(mailed, size, signed.root)]


def _hash_of(ranges: list[Leaves]) -> list[bytes] | None:
    nodes: list[Node] = [node for one in ranges for node in one.nodes()]
    hashes = log.hashes_of(nodes)
    return [one.hash_from(hashes) for one in ranges] if len(hashes) == len(set(nodes)) else None


def _at_the_end(size: int) -> list[str]:
    first = max(0, size - _LAST_ENTRIES)
    leaves = log.hashes_of_level(0, first, _LAST_ENTRIES)
    entries = log.entries_from(first, _LAST_ENTRIES)
    wrong = [
        one.leaf_index + 1
        for one, leaf in zip(entries, leaves, strict=False)
        if leaf_hash(commitment(one.salt, one.entry.encode())) != leaf or link_of(one) != one.chain_hash
    ]
    return [f"第{number}件の記録が書き換えられています。" for number in wrong[:3]]


def _against(mailed: KeptHead | None, size: int, root: bytes) -> list[str]:
    """The head of the last mail, which is out of anybody's reach, must be the beginning of the newest one."""
    if mailed is None:
        return []
    if mailed.size > size:
        return [f"以前メールした先頭値は第{mailed.size}件まででしたが、いまは第{size}件までしかありません。"]
    proof = _hash_of(consistency_ranges(mailed.size, size))
    holds = proof is not None and is_consistent(
        old_size=mailed.size, size=size, proof=proof, old_root=bytes.fromhex(mailed.root_hex), root=root
    )
    return [] if holds else [f"以前メールした第{mailed.size}件時点の先頭値と、いまの記録が合いません。"]
