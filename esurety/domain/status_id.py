"""The opaque id of a certificate's public status page: sixteen characters that tell nothing and cannot be guessed."""

import re
import secrets

from esurety.domain.authentication_key import ALPHABET

LENGTH = 16  # of 32 characters: 80 bits, so that trying addresses finds nothing
_WELL_FORMED = re.compile(rf"[{ALPHABET}]{{{LENGTH}}}")


def draw_status_id() -> str:
    """A new id from the system's secure source of randomness."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def is_status_id(text: str) -> bool:
    """Whether the text could be an id."""
    return _WELL_FORMED.fullmatch(text) is not None
