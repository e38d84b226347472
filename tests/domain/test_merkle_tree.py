"""The log's tree against RFC 6962, section 2.1, written down a second time here, and against vectors that others published."""

import hashlib
from collections.abc import Iterable

import pytest

from esurety.domain.merkle_tree import (
    EMPTY_ROOT,
    GrowingTree,
    ImpossibleProof,
    Leaves,
    Node,
    consistency_ranges,
    inclusion_ranges,
    is_consistent,
    is_included,
    leaf_hash,
)

LARGEST = 300


# ---- RFC 6962, section 2.1, as it stands there: by recursion over the list of entries ----


def sha(*parts: bytes) -> bytes:
    return hashlib.sha256(b"".join(parts)).digest()


def split(n: int) -> int:
    """k, the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k


_MTH: dict[tuple[bytes, ...], bytes] = {}


def mth(d: tuple[bytes, ...]) -> bytes:
    if d not in _MTH:
        if not d:
            _MTH[d] = sha()
        elif len(d) == 1:
            _MTH[d] = sha(b"\x00", d[0])
        else:
            k = split(len(d))
            _MTH[d] = sha(b"\x01", mth(d[:k]), mth(d[k:]))
    return _MTH[d]


def path(m: int, d: tuple[bytes, ...]) -> list[bytes]:
    if len(d) == 1:
        return []
    k = split(len(d))
    if m < k:
        return [*path(m, d[:k]), mth(d[k:])]
    return [*path(m - k, d[k:]), mth(d[:k])]


def proof(m: int, d: tuple[bytes, ...]) -> list[bytes]:
    return subproof(m, d, True)


def subproof(m: int, d: tuple[bytes, ...], b: bool) -> list[bytes]:
    if m == len(d):
        return [] if b else [mth(d)]
    k = split(len(d))
    if m <= k:
        return [*subproof(m, d[:k], b), mth(d[k:])]
    return [*subproof(m - k, d[k:], False), mth(d[:k])]


# ---- the tree under test, grown leaf by leaf ----

ENTRIES = tuple(f"entry {number}".encode() for number in range(LARGEST))


class Grown:
    """One tree, with every complete subtree it ever made, and its root at each size."""

    def __init__(self, entries: Iterable[bytes]) -> None:
        tree, self.hashes, self.roots = GrowingTree(), dict[Node, bytes](), [EMPTY_ROOT]
        for entry in entries:
            self.hashes |= dict(tree.append(leaf_hash(entry)))
            self.roots.append(tree.root)

    def prove(self, ranges: list[Leaves]) -> list[bytes]:
        return [one.hash_from(self.hashes) for one in ranges]


@pytest.fixture(scope="module")
def grown() -> Grown:
    return Grown(ENTRIES)


def test_the_root_of_every_size_is_that_of_the_rfc(grown: Grown) -> None:
    for size in range(LARGEST + 1):
        assert grown.roots[size] == mth(ENTRIES[:size]), size


def test_every_inclusion_proof_is_that_of_the_rfc_and_holds(grown: Grown) -> None:
    sizes = [*range(1, 70), 127, 128, 129, 200, 255, 256, 257, LARGEST]
    for size in sizes:
        for index in range(size):
            found = grown.prove(inclusion_ranges(index, size))

            assert found == path(index, ENTRIES[:size]), (index, size)
            assert is_included(leaf=leaf_hash(ENTRIES[index]), index=index, size=size, proof=found, root=grown.roots[size])


def test_an_inclusion_proof_of_every_size_holds_and_no_other_does(grown: Grown) -> None:
    for size in range(1, LARGEST + 1):
        index = (size * 7919) % size if size % 2 else size - 1
        found = grown.prove(inclusion_ranges(index, size))
        leaf, root = leaf_hash(ENTRIES[index]), grown.roots[size]

        assert is_included(leaf=leaf, index=index, size=size, proof=found, root=root)
        assert not is_included(leaf=leaf_hash(b"another"), index=index, size=size, proof=found, root=root)
        assert not is_included(leaf=leaf, index=index, size=size, proof=[*found, bytes(32)], root=root)
        assert not is_included(leaf=leaf, index=index, size=size, proof=found, root=grown.roots[size - 1])
        assert not is_included(leaf=leaf, index=size, size=size, proof=found, root=root)
        if found:
            assert not is_included(leaf=leaf, index=index, size=size, proof=found[:-1], root=root)
            assert not is_included(leaf=leaf, index=index ^ 1, size=size, proof=found, root=root)


def test_every_consistency_proof_is_that_of_the_rfc_and_holds(grown: Grown) -> None:
    for size in range(LARGEST + 1):
        for old in {0, 1, 2, 3, size // 3, size // 2, size - 65, size - 64, size - 3, size - 2, size - 1, size}:
            if not 0 <= old <= size:
                continue
            found = grown.prove(consistency_ranges(old, size))

            assert found == (proof(old, ENTRIES[:size]) if old else []), (old, size)
            assert is_consistent(old_size=old, size=size, proof=found, old_root=grown.roots[old], root=grown.roots[size])


def test_all_pairs_of_small_trees_are_consistent_and_forks_are_not(grown: Grown) -> None:
    forked = Grown((*ENTRIES[:5], b"somebody else's", *ENTRIES[6:40]))
    for size in range(1, 40):
        for old in range(1, size + 1):
            found = grown.prove(consistency_ranges(old, size))
            facts = {"old_size": old, "size": size, "proof": found}

            assert found == proof(old, ENTRIES[:size])
            assert is_consistent(**facts, old_root=grown.roots[old], root=grown.roots[size])
            assert not is_consistent(**facts, old_root=bytes(32), root=grown.roots[size])
            assert not is_consistent(**facts, old_root=grown.roots[old], root=bytes(32))
            assert not is_consistent(**(facts | {"proof": [*found, bytes(32)]}), old_root=grown.roots[old], root=grown.roots[size])
            if old > 5:
                assert not is_consistent(**facts, old_root=forked.roots[old], root=grown.roots[size])
                other = forked.prove(consistency_ranges(old, size))
                assert not is_consistent(**(facts | {"proof": other}), old_root=grown.roots[old], root=forked.roots[size])


def test_a_shrunk_tree_and_impossible_places_are_refused(grown: Grown) -> None:
    assert not is_consistent(old_size=9, size=8, proof=[], old_root=grown.roots[9], root=grown.roots[8])
    for ranges, arguments in ((inclusion_ranges, (5, 5)), (inclusion_ranges, (-1, 5)), (consistency_ranges, (6, 5))):
        with pytest.raises(ImpossibleProof):
            ranges(*arguments)
    with pytest.raises(ImpossibleProof):
        GrowingTree(5, [bytes(32)])


def test_a_tree_goes_on_from_its_right_edge_alone(grown: Grown) -> None:
    for size in range(LARGEST):
        edge = Leaves(0, size).nodes()
        tree = GrowingTree(size, [grown.hashes[node] for node in edge])

        made = tree.append(leaf_hash(ENTRIES[size]))

        assert tree.root == grown.roots[size + 1]
        assert len(edge) == size.bit_count() <= size.bit_length()
        assert all(grown.hashes[node] == one for node, one in made)


def test_the_empty_tree_has_the_published_root() -> None:
    """RFC 6962, 2.1: the hash of an empty list is the hash of an empty string."""
    assert EMPTY_ROOT.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


# The inputs and roots of the test of certificate-transparency's merkletree (merkle_tree_test.cc), in use in every CT log since 2013.
CT_LEAVES = [
    bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f")
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def test_the_roots_of_certificate_transparency() -> None:
    assert [root.hex() for root in Grown(CT_LEAVES).roots[1:]] == CT_ROOTS


# The paths of the same test: (leaf counted from one, size) → hashes.
CT_PATHS = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (3, 3): ["fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"],
    (2, 5): [
        "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}
CT_PROOFS = {
    (1, 8): [
        "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7",
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4",
    ],
    (6, 8): [
        "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a",
        "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0",
        "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    ],
    (2, 5): [
        "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e",
        "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b",
    ],
}


def test_the_paths_and_proofs_of_certificate_transparency() -> None:
    grown = Grown(CT_LEAVES)

    for (leaf, size), hashes in CT_PATHS.items():
        assert [one.hex() for one in grown.prove(inclusion_ranges(leaf - 1, size))] == hashes
    for (old, size), hashes in CT_PROOFS.items():
        assert [one.hex() for one in grown.prove(consistency_ranges(old, size))] == hashes
