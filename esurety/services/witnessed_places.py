"""Which log was seen at which address: one small file each, beside the secrets, for as long as this installation witnesses."""

import hashlib
from pathlib import Path
from urllib.parse import urlsplit

_FOLDER = "witness-addresses"


class WitnessedPlaces:
    """The names of the logs that were co-signed, by address."""

    def __init__(self, data_dir: Path) -> None:
        self._folder = data_dir / _FOLDER

    def origin_at(self, address: str) -> str | None:
        """The name of the log that was co-signed at this address; None for an address that is new."""
        path = self._path(address)
        return path.read_text(encoding="utf-8").splitlines()[0] if path.exists() else None

    def keep(self, address: str, origin: str) -> None:
        """Remember the name; the first one stays."""
        if self.origin_at(address) is None:
            self._folder.mkdir(parents=True, exist_ok=True)
            path = self._path(address)
            whole = path.with_suffix(".new")
            whole.write_text(f"{origin}\n{address}\n", encoding="utf-8")  # the address for who looks into the folder
            whole.replace(path)  # all of it or nothing

    def _path(self, address: str) -> Path:
        return self._folder / f"{hashlib.sha256(_same(address).encode()).hexdigest()}.txt"


def _same(address: str) -> str:
    """The address in one spelling; whether it is asked for with TLS does not make another log of it."""
    parts = urlsplit(address.strip())
    return f"{parts.netloc.lower()}{parts.path.rstrip('/')}"
