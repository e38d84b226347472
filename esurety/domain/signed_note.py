"""Signed notes and checkpoints as text (C2SP signed-note, tlog-checkpoint, tlog-cosignature v1): the format; the signing is a service's."""

import base64
import binascii
import hashlib
from dataclasses import dataclass, replace
from typing import Self

ED25519 = 0x01
COSIGNATURE_V1 = 0x04
LONGEST_NOTE = 128 * 1024  # sixteen signatures of any kind fit
_KEY_BYTES, _ID_BYTES, _DASH = 32, 4, "— "
_CHECKPOINT_LINES = 3


class UnreadableNote(ValueError):
    """The text is no signed note, no checkpoint or no key."""


@dataclass(frozen=True)
class NoteKey:
    """A verifier key: who signs, how, and the public key (32 bytes). Its text form is name+id+base64 (a vkey)."""

    name: str
    algorithm: int
    public_key: bytes

    @property
    def key_id(self) -> bytes:
        said = self.name.encode() + b"\n" + bytes([self.algorithm]) + self.public_key
        return hashlib.sha256(said).digest()[:_ID_BYTES]

    @property
    def text(self) -> str:
        return f"{self.name}+{self.key_id.hex()}+{_base64(bytes([self.algorithm]) + self.public_key)}"

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises UnreadableNote, also for an id that is not that of the key."""
        name, identity, encoded = _split_key(text)
        if len(encoded) != 1 + _KEY_BYTES or encoded[0] not in (ED25519, COSIGNATURE_V1):
            raise UnreadableNote("the key is of an unknown kind")
        key = cls(name, encoded[0], encoded[1:])
        if key.key_id != identity:
            raise UnreadableNote("the key does not belong to its id")
        return key


def _split_key(text: str) -> tuple[str, bytes, bytes]:
    """name+id+base64; base64 may hold a plus of its own, a name never does."""
    parts = text.split("+", 2)
    if len(parts) != 3 or not is_key_name(parts[0]) or len(parts[1]) != 2 * _ID_BYTES:
        raise UnreadableNote("no key of the form name+id+base64")
    try:
        return parts[0], bytes.fromhex(parts[1]), _unbase64(parts[2])
    except ValueError as no:
        raise UnreadableNote("no key of the form name+id+base64") from no


def is_key_name(name: str) -> bool:
    return bool(name) and "+" not in name and not any(character.isspace() for character in name)


@dataclass(frozen=True)
class NoteSignature:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    @property
    def line(self) -> str:
        return f"{_DASH}{self.name} {_base64(self.key_id + self.signature)}\n"


@dataclass(frozen=True)
class SignedNote:
    """A text and its signatures, none of them checked yet."""

    text: str  # with its last newline
    signatures: tuple[NoteSignature, ...]

    def __str__(self) -> str:
        return self.text + "\n" + "".join(one.line for one in self.signatures)

    def signed_by(self, key: NoteKey) -> list[bytes]:
        """The signatures that claim to be of a key."""
        return [one.signature for one in self.signatures if (one.name, one.key_id) == (key.name, key.key_id)]

    def with_signature(self, signature: NoteSignature) -> "SignedNote":
        """The note with a signature more; an older one of the same key makes way."""
        others = tuple(one for one in self.signatures if (one.name, one.key_id) != (signature.name, signature.key_id))
        return replace(self, signatures=(*others, signature))

    @classmethod
    def parse(cls, note: str) -> Self:
        """Raises UnreadableNote."""
        if len(note) > LONGEST_NOTE or any(character < " " and character != "\n" for character in note):
            raise UnreadableNote("no note is that long or has control characters")
        text, separator, lines = note.rpartition("\n\n")
        if not separator or not lines.endswith("\n"):
            raise UnreadableNote("the note has no signatures")
        return cls(text + "\n", tuple(_signature(line) for line in lines.removesuffix("\n").split("\n")))


def _signature(line: str) -> NoteSignature:
    name, blank, encoded = line.removeprefix(_DASH).partition(" ")
    if not line.startswith(_DASH) or not blank or not is_key_name(name):
        raise UnreadableNote("a signature line is broken")
    signature = _unbase64(encoded)
    if len(signature) <= _ID_BYTES:
        raise UnreadableNote("a signature line is broken")
    return NoteSignature(name, signature[:_ID_BYTES], signature[_ID_BYTES:])


@dataclass(frozen=True)
class Checkpoint:
    """The head of a log's tree: what a log signs."""

    origin: str
    size: int
    root: bytes

    @property
    def text(self) -> str:
        return f"{self.origin}\n{self.size}\n{_base64(self.root)}\n"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The head out of a note's text; lines after the third are somebody's extensions. Raises UnreadableNote."""
        lines = text.removesuffix("\n").split("\n")
        if len(lines) < _CHECKPOINT_LINES or not all(lines):
            raise UnreadableNote("a checkpoint has three lines")
        origin, size, root = lines[0], lines[1], _unbase64(lines[2])
        is_plain = size.isascii() and size.isdigit() and len(size) < 19 and str(int(size)) == size
        if not is_plain or len(root) != _KEY_BYTES:
            raise UnreadableNote("the checkpoint's size or root is broken")
        return cls(origin, int(size), root)


def cosigned_message(text: str, seconds: int) -> bytes:
    """What a witness signs: at this time (POSIX seconds) this was the largest consistent head it had seen (cosignature/v1)."""
    return f"cosignature/v1\ntime {seconds}\n{text}".encode()


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as no:
        raise UnreadableNote("no base64") from no
    if _base64(data) != text:
        raise UnreadableNote("no canonical base64")
    return data
