"""The Merkle tree of the public log: roots, inclusion proofs, consistency proofs (RFC 6962, section 2.1; checking as in RFC 9162, 2.1.3 and 2.1.4).

A node (level, position) stands for the complete subtree over the 2**level leaves from position * 2**level on. Only complete subtrees are
ever kept: they never change again, and every root and every proof of every size is made from at most O(log n) of them.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hmac import compare_digest

HASH_BYTES = 32
EMPTY_ROOT = hashlib.sha256(b"").digest()

Node = tuple[int, int]


class ImpossibleProof(ValueError):
    """No tree of that size has such a leaf or such an earlier tree."""


@dataclass(frozen=True)
class Leaves:
    """The leaves from `first` to before `end`; a range that a proof speaks of starts where a complete subtree starts."""

    first: int
    end: int

    def nodes(self) -> list[Node]:
        """The complete subtrees that make up the range, from the left."""
        found, start = [], self.first
        while start < self.end:
            level = (self.end - start).bit_length() - 1
            found.append((level, start >> level))
            start += 1 << level
        return found

    def hash_from(self, hashes: Mapping[Node, bytes]) -> bytes:
        """The Merkle tree hash of the range."""
        return joined([hashes[node] for node in self.nodes()])


def leaf_hash(data: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def joined(subtrees: Sequence[bytes]) -> bytes:
    """The hash over complete subtrees of falling size, from the left; of none, that of the empty tree."""
    if not subtrees:
        return EMPTY_ROOT
    *rest, root = subtrees
    for left in reversed(rest):
        root = node_hash(left, root)
    return root


class GrowingTree:
    """A tree that only grows: it holds the O(log n) complete subtrees at its right edge and nothing else."""

    def __init__(self, size: int = 0, subtrees: Iterable[bytes] = ()) -> None:
        self.size = size
        self._subtrees = list(subtrees)
        if len(self._subtrees) != size.bit_count():
            raise ImpossibleProof("a tree of this size has another number of complete subtrees")

    @property
    def root(self) -> bytes:
        return joined(self._subtrees)

    def append(self, leaf: bytes) -> list[tuple[Node, bytes]]:
        """Add a leaf by its hash. Returns the subtrees that are complete now and were not before, from the leaf up."""
        position, level, made = self.size, 0, leaf
        completed = [((0, position), made)]
        while position & 1:
            made = node_hash(self._subtrees.pop(), made)
            level, position = level + 1, position >> 1
            completed.append(((level, position), made))
        self._subtrees.append(made)
        self.size += 1
        return completed


def inclusion_ranges(index: int, size: int) -> list[Leaves]:
    """What an inclusion proof has to hash, from the leaf's sibling up (PATH of RFC 6962, 2.1.1). Raises ImpossibleProof."""
    if not 0 <= index < size:
        raise ImpossibleProof("the tree has no such leaf")
    ranges, first, end = [], 0, size
    while end - first > 1:
        middle = first + _split(end - first)
        if index < middle:
            ranges.append(Leaves(middle, end))
            end = middle
        else:
            ranges.append(Leaves(first, middle))
            first = middle
    return ranges[::-1]


def consistency_ranges(old_size: int, size: int) -> list[Leaves]:
    """What a consistency proof has to hash (PROOF of RFC 6962, 2.1.2). Raises ImpossibleProof."""
    if not 0 <= old_size <= size:
        raise ImpossibleProof("the older tree is the larger one")
    if old_size in (0, size):
        return []
    ranges, first, end = [], 0, size
    while old_size != end:
        middle = first + _split(end - first)
        if old_size <= middle:
            ranges.append(Leaves(middle, end))
            end = middle
        else:
            ranges.append(Leaves(first, middle))
            first = middle
    if first > 0:  # otherwise the older tree is a complete subtree, and who checks knows its root
        ranges.append(Leaves(first, end))
    return ranges[::-1]


def _split(width: int) -> int:
    """The largest power of two below a width."""
    return 1 << ((width - 1).bit_length() - 1)


def is_included(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes], root: bytes) -> bool:
    """Whether a leaf, by its hash, stands at this place of the tree with this root (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    reached = _climb(index, size - 1, leaf, proof)
    return reached is not None and compare_digest(reached[1], root)


def is_consistent(*, old_size: int, size: int, proof: Sequence[bytes], old_root: bytes, root: bytes) -> bool:
    """Whether the older tree is the beginning of the newer one (RFC 9162, 2.1.4.2). Every tree begins with the empty one."""
    if not 0 <= old_size <= size:
        return False
    if old_size in (0, size):
        return not proof and compare_digest(old_root, root if old_size else EMPTY_ROOT)
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return False
    place, last = old_size - 1, size - 1
    while place & 1:
        place, last = place >> 1, last >> 1
    reached = _climb(place, last, path[0], path[1:])
    return reached is not None and compare_digest(reached[0], old_root) and compare_digest(reached[1], root)


def _climb(place: int, last: int, start: bytes, path: Sequence[bytes]) -> tuple[bytes, bytes] | None:
    """The hashes that a path leads to: over what stands to the left alone, and over everything. None for a path of a wrong length."""
    left = whole = start
    for sibling in path:
        if last == 0:
            return None
        if place & 1 or place == last:
            left, whole = node_hash(sibling, left), node_hash(sibling, whole)
            while place and not place & 1:  # at the right edge, levels without a sibling are passed over
                place, last = place >> 1, last >> 1
        else:
            whole = node_hash(whole, sibling)
        place, last = place >> 1, last >> 1
    return (left, whole) if last == 0 else None
