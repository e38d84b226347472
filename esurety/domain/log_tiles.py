"""The log as static files (C2SP tlog-tiles): 256 hashes a tile, every eighth level of the tree; entries in bundles of 256."""

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from esurety.domain.merkle_tree import HASH_BYTES, Leaves, Node, node_hash

TILE_HEIGHT = 8
TILE_WIDTH = 1 << TILE_HEIGHT
HIGHEST_LEVEL = 63
_INDEX = re.compile(r"((?:x\d{3}/)*)(\d{3})(?:\.p/([1-9]\d{0,2}))?", re.ASCII)


class NoSuchTile(ValueError):
    """The path names no tile."""


@dataclass(frozen=True)
class TilePlace:
    """The n-th group of 256, or its first `width` while the group is not full."""

    index: int
    width: int = TILE_WIDTH

    @property
    def is_full(self) -> bool:
        return self.width == TILE_WIDTH

    @property
    def first(self) -> int:
        return self.index * TILE_WIDTH

    @property
    def path(self) -> str:
        """x001/x234/067, and .p/112 behind it where the group is not full."""
        groups, rest = [f"{self.index % 1000:03d}"], self.index // 1000
        while rest:
            groups.append(f"x{rest % 1000:03d}")
            rest //= 1000
        return "/".join(groups[::-1]) + ("" if self.is_full else f".p/{self.width}")

    @classmethod
    def parse(cls, path: str) -> "TilePlace":
        """Raises NoSuchTile, also for every other spelling of a place."""
        found = _INDEX.fullmatch(path)
        if found is None or len(path) > 40:
            raise NoSuchTile
        place = cls(int(found[1].replace("x", "").replace("/", "") + found[2]), int(found[3]) if found[3] else TILE_WIDTH)
        if place.path != path:
            raise NoSuchTile
        return place


def tiles_of(count: int, *, beyond: int = 0) -> Iterator[TilePlace]:
    """The places that hold `count` hashes or entries, without the full ones that `beyond` hashes had filled before."""
    for index in range(beyond // TILE_WIDTH, (count + TILE_WIDTH - 1) // TILE_WIDTH):
        yield TilePlace(index, min(TILE_WIDTH, count - index * TILE_WIDTH))


def entry_bundle(entries: Iterable[bytes]) -> bytes:
    """Entries behind one another, each after its length in two bytes."""
    return b"".join(len(one).to_bytes(2, "big") + one for one in entries)


class TiledTree:
    """A log's tree read through its tiles, each fetched once."""

    def __init__(self, size: int, fetch: Callable[[int, TilePlace], bytes]) -> None:
        self._size, self._fetch = size, fetch
        self._tiles: dict[tuple[int, int], Sequence[bytes]] = {}

    def hash_of(self, leaves: Leaves) -> bytes:
        """The Merkle tree hash of a range. Raises NoSuchTile when a tile is not what the size demands."""
        nodes = leaves.nodes()
        return leaves.hash_from({node: self._node(node) for node in nodes})

    def _node(self, node: Node) -> bytes:
        level, position = node
        tile_level, within = divmod(level, TILE_HEIGHT)
        start = position << within
        index, offset = divmod(start, TILE_WIDTH)
        hashes = list(self._tile(tile_level, index)[offset : offset + (1 << within)])
        while len(hashes) > 1:
            hashes = [node_hash(hashes[one], hashes[one + 1]) for one in range(0, len(hashes), 2)]
        return hashes[0]

    def _tile(self, level: int, index: int) -> Sequence[bytes]:
        if (level, index) not in self._tiles:
            width = min(TILE_WIDTH, (self._size >> (TILE_HEIGHT * level)) - index * TILE_WIDTH)
            data = self._fetch(level, TilePlace(index, width))
            if len(data) != width * HASH_BYTES:
                raise NoSuchTile
            self._tiles[level, index] = [data[at : at + HASH_BYTES] for at in range(0, len(data), HASH_BYTES)]
        return self._tiles[level, index]
