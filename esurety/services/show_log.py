"""The public log as everybody may read it: its static files (C2SP tlog-tiles), and what this installation has witnessed of others."""

import hashlib
from collections.abc import Sequence

from esurety.domain.log_entry import commitment
from esurety.domain.log_tiles import HIGHEST_LEVEL, TILE_HEIGHT, NoSuchTile, TilePlace, entry_bundle
from esurety.persistence import log, witnessed
from esurety.persistence.log import Head
from esurety.persistence.witnessed import SeenHead

ENTRIES = "entries"
_LEVELS = frozenset(map(str, range(HIGHEST_LEVEL + 1)))


def public_file(path: str) -> bytes:
    """A tile or bundle by its path behind /tile/: 0/000, 1/x001/000.p/17, entries/000. Raises NoSuchTile."""
    level, _, place = path.partition("/")
    if level == ENTRIES:
        return bundle(TilePlace.parse(place))
    if level not in _LEVELS:
        raise NoSuchTile
    return tile(int(level), TilePlace.parse(place))


def tile(level: int, place: TilePlace) -> bytes:
    """The hashes of a tile. Raises NoSuchTile while the tree is not that large."""
    _refuse_beyond_everything(place)
    hashes = log.hashes_of_level(level * TILE_HEIGHT, place.first, place.width)
    if len(hashes) != place.width:
        raise NoSuchTile
    return b"".join(hashes)


def bundle(place: TilePlace) -> bytes:
    """The commitments of a bundle: what is public of an entry. Raises NoSuchTile while the log is not that long."""
    _refuse_beyond_everything(place)
    entries = log.salted_entries(place.first, place.width)
    if len(entries) != place.width:
        raise NoSuchTile
    return entry_bundle(commitment(salt, entry.encode()) for salt, entry in entries)


def _refuse_beyond_everything(place: TilePlace) -> None:
    """PostgreSQL's integers end at 2**31."""
    if place.first + place.width >= 1 << 31:
        raise NoSuchTile


def newest_head() -> Head | None:
    return log.newest_head()


def witnessed_heads() -> Sequence[SeenHead]:
    """The newest head of each log that this installation witnesses."""
    return witnessed.newest_of_each_log()


def witnessed_note(origin_hash: str) -> str | None:
    """The newest co-signed head of the log whose name has this SHA-256, in hexadecimal."""
    return next((one.note for one in witnessed_heads() if hashlib.sha256(one.origin.encode()).hexdigest() == origin_hash), None)
