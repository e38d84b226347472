"""The log as a folder of static files that any web server can hand out, and that anybody can keep as a copy."""

from dataclasses import dataclass
from pathlib import Path

from esurety.domain.log_tiles import TILE_HEIGHT, TilePlace, tiles_of
from esurety.persistence import log
from esurety.services.installation import Installation
from esurety.services.keep_log import checkpoint_note
from esurety.services.show_log import ENTRIES, bundle, tile


@dataclass(frozen=True)
class Exported:
    """How long the exported log is, and how many files were written now."""

    size: int
    files: int


def export_log(folder: Path, *, installation: Installation) -> Exported:
    """Write what is missing in the folder; the checkpoint comes last, so that what it speaks of is always there. Raises OSError."""
    with log.one_moment():
        note = checkpoint_note(installation)
        size = int(note.split("\n", 2)[1])
        written, level = 0, 0
        while size >> (level * TILE_HEIGHT):
            for place in tiles_of(size >> (level * TILE_HEIGHT)):
                written += _write(folder / "tile" / str(level) / place.path, place, level)
            level += 1
        for place in tiles_of(size):
            written += _write(folder / "tile" / ENTRIES / place.path, place, None)
    _replace(folder / "key", (installation.log_signer.key.text + "\n").encode())
    _replace(folder / "checkpoint", note.encode())
    return Exported(size, written + 2)


def _write(path: Path, place: TilePlace, level: int | None) -> int:
    """A file that is there is left: under its name it never changes."""
    if path.exists():
        return 0
    _replace(path, bundle(place) if level is None else tile(level, place))
    return 1


def _replace(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".part")
    unfinished.write_bytes(data)
    unfinished.replace(path)
