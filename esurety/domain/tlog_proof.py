"""The side file of a certificate: proof that its entry stands in the public log (C2SP tlog-proof), with salt and entry as `extra`."""

import base64
import binascii
from dataclasses import dataclass
from typing import Self

from esurety.domain.log_entry import SALT_BYTES
from esurety.domain.merkle_tree import HASH_BYTES

HEADER = "c2sp.org/tlog-proof@v1"
_LONGEST_PATH = 63
_LONGEST_INDEX = 18  # digits: below 2**63


class UnreadableProof(ValueError):
    """The text is no such proof."""


@dataclass(frozen=True)
class TlogProof:
    """Entry and salt, where the entry stands, the hashes up to the root, and the signed checkpoint with that root."""

    salt: bytes
    entry: bytes
    index: int
    hashes: tuple[bytes, ...]
    checkpoint: str  # the signed note, word for word

    def __str__(self) -> str:
        lines = [HEADER, f"extra {_base64(self.salt + self.entry)}", f"index {self.index}", *map(_base64, self.hashes)]
        return "\n".join(lines) + "\n\n" + self.checkpoint

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises UnreadableProof."""
        head, separator, checkpoint = text.partition("\n\n")
        header, *lines = head.split("\n")
        if header != HEADER or not separator or len(lines) < 2 or len(lines) > 2 + _LONGEST_PATH:
            raise UnreadableProof("no proof of this form")
        extra = _unbase64(_after("extra ", lines[0]))
        index = _after("index ", lines[1])
        is_plain = index.isascii() and index.isdigit() and len(index) <= _LONGEST_INDEX and str(int(index)) == index
        if not is_plain or len(extra) <= SALT_BYTES:
            raise UnreadableProof("the index or the entry is missing")
        hashes = tuple(_unbase64(line) for line in lines[2:])
        if any(len(one) != HASH_BYTES for one in hashes):
            raise UnreadableProof("a hash has another length")
        return cls(extra[:SALT_BYTES], extra[SALT_BYTES:], int(index), hashes, checkpoint)


def _after(word: str, line: str) -> str:
    if not line.startswith(word):
        raise UnreadableProof(f"the line {word.strip()} is missing")
    return line.removeprefix(word)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as no:
        raise UnreadableProof("no base64") from no
