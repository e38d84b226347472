"""The log as static files: paths and widths as C2SP tlog-tiles says, proofs through tiles as through the tree."""

import hashlib

import pytest

from esurety.domain.log_tiles import TILE_WIDTH, NoSuchTile, TiledTree, TilePlace, entry_bundle, tiles_of
from esurety.domain.merkle_tree import GrowingTree, Leaves, Node, consistency_ranges, inclusion_ranges, leaf_hash


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ("000", TilePlace(0)),
        ("x001/x234/067", TilePlace(1_234_067)),  # the specification's own example
        ("273.p/112", TilePlace(273, 112)),
        ("x001/000.p/1", TilePlace(1000, 1)),
        ("999", TilePlace(999)),
        ("000.p/255", TilePlace(0, 255)),
    ],
)
def test_paths_are_those_of_the_specification(path: str, place: TilePlace) -> None:
    assert place.path == path
    assert TilePlace.parse(path) == place


@pytest.mark.parametrize(
    "path",
    ["", "0", "00", "0000", "x000/000", "1/000", "x001", "000.p/0", "000.p/256", "000.p/01", "000.p/", "000.p", "-01", "０００", "000/", "/000",
     "x001/x234/x067", "000.p/1/", "..", "x" + "001/x" * 20 + "001/000"],
)  # fmt: skip
def test_every_other_path_names_nothing(path: str) -> None:
    with pytest.raises(NoSuchTile):
        TilePlace.parse(path)


def test_a_tree_of_seventy_thousand_has_the_tiles_of_the_specification() -> None:
    """273 full tiles and one of 112 at level 0, one full and one of 17 at level 1, one of 1 at level 2."""
    by_level = [list(tiles_of(70_000 >> (8 * level))) for level in range(3)]

    assert [(sum(one.is_full for one in tiles), [one.width for one in tiles if not one.is_full]) for tiles in by_level] == [
        (273, [112]), (1, [17]), (0, [1]),
    ]  # fmt: skip
    assert [one.path for one in tiles_of(70_000, beyond=69_900)] == ["273.p/112"]


def test_entries_stand_behind_their_length() -> None:
    assert entry_bundle([b"ab", b"c"]) == b"\x00\x02ab\x00\x01c"


def test_ranges_read_through_tiles_hash_as_those_of_the_tree() -> None:
    tree, hashes = GrowingTree(), dict[Node, bytes]()
    size = 66_000  # three levels of tiles
    for number in range(size):
        hashes |= dict(tree.append(leaf_hash(hashlib.sha256(str(number).encode()).digest())))
    asked: list[tuple[int, str]] = []

    def fetch(level: int, place: TilePlace) -> bytes:
        asked.append((level, place.path))
        return b"".join(hashes[8 * level, place.first + one] for one in range(place.width))

    tiled = TiledTree(size, fetch)

    assert tiled.hash_of(Leaves(0, size)) == tree.root
    for ranges in (inclusion_ranges(12_345, size), inclusion_ranges(size - 1, size), consistency_ranges(40_001, size)):
        assert [tiled.hash_of(one) for one in ranges] == [one.hash_from(hashes) for one in ranges]
    assert len(asked) == len(set(asked)) <= 12  # each once, and O(log n) of them
    assert TILE_WIDTH == 256


def test_a_tile_of_another_length_is_refused() -> None:
    with pytest.raises(NoSuchTile):
        TiledTree(5, lambda _level, _place: bytes(32)).hash_of(Leaves(0, 5))
