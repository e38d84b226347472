"""Signing and checking notes with Ed25519: heads of our own log, and co-signatures on heads of others."""

import base64
from datetime import datetime

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from esurety.domain.signed_note import COSIGNATURE_V1, Checkpoint, NoteKey, NoteSignature, SignedNote, cosigned_message

_TIME_BYTES = 8


class NotSigned(Exception):
    """The note carries no signature of this key, or a wrong one."""


class NoteSigner:
    """A private note key with the name it signs under."""

    def __init__(self, text: str) -> None:
        """`text` is PRIVATE+KEY+name+id+base64, as the settings hold it (checked there)."""
        _, _, name, _, encoded = text.split("+", 4)
        key = base64.b64decode(encoded)
        self._private = Ed25519PrivateKey.from_private_bytes(key[1:])
        self.key = NoteKey(name, key[0], self._private.public_key().public_bytes_raw())

    def sign(self, checkpoint: Checkpoint) -> SignedNote:
        """The head of our own log as a signed note."""
        signature = self._private.sign(checkpoint.text.encode())
        return SignedNote(checkpoint.text, (NoteSignature(self.key.name, self.key.key_id, signature),))

    def cosign(self, note: SignedNote, at: datetime) -> SignedNote:
        """The note with our co-signature: that at this time it was the largest consistent head of that log we had seen."""
        seconds = int(at.timestamp())
        signature = seconds.to_bytes(_TIME_BYTES, "big") + self._private.sign(cosigned_message(note.text, seconds))
        return note.with_signature(NoteSignature(self.key.name, self.key.key_id, signature))


def checked_head(note: str, key: NoteKey) -> tuple[Checkpoint, SignedNote]:
    """The head that a note says, signed by its log. Raises UnreadableNote or NotSigned."""
    parsed = SignedNote.parse(note)
    checkpoint = Checkpoint.parse(parsed.text)
    if checkpoint.origin != key.name:
        raise NotSigned
    refuse_unsigned(parsed, key)
    return checkpoint, parsed


def refuse_unsigned(note: SignedNote, key: NoteKey) -> None:
    """Raises NotSigned unless this key signed; a wrong signature beside a right one is refused as well."""
    signatures = note.signed_by(key)
    if not signatures:
        raise NotSigned
    try:
        public = Ed25519PublicKey.from_public_bytes(key.public_key)
        for one in signatures:
            message = note.text.encode()
            if key.algorithm == COSIGNATURE_V1:
                seconds, one = int.from_bytes(one[:_TIME_BYTES], "big"), one[_TIME_BYTES:]  # noqa: PLW2901 - the rest is the signature
                message = cosigned_message(note.text, seconds)
            public.verify(one, message)
    except (InvalidSignature, ValueError) as no:
        raise NotSigned from no
