"""認証キー: eight characters that open one contract's certificate in D-Sure."""

import re
import secrets
import unicodedata

# 32 characters; I, L, O and U are left out because they are mistaken for others when read from a fax.
ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
_IGNORED = re.compile(r"[\s:;=「」『』()\[\]‐‑‒–—―−ー─━\-\u200b\ufeff]")
_LABELS = re.compile("認証キ|認証情報")
_MISREAD = str.maketrans({"O": "0", "I": "1", "L": "1"})


class NotAKey(ValueError):
    """The text cannot be an authentication key."""


class AuthenticationKey:
    """A key in clear. It hides itself from repr and str, so that no log or page shows it by accident."""

    __slots__ = ("_characters",)

    def __init__(self, characters: str) -> None:
        if len(characters) != LENGTH or any(character not in ALPHABET for character in characters):
            raise NotAKey("not an authentication key")
        self._characters = characters

    @classmethod
    def draw(cls) -> "AuthenticationKey":
        """A new key from the system's secure source of randomness (40 bits)."""
        return cls("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))

    @classmethod
    def parse(cls, typed: str) -> "AuthenticationKey":
        """Read a key re-typed from mail, fax or paper: any width and case, spaces, hyphens, a pasted label, O for 0, I or L for 1.

        Raises NotAKey.
        """
        plain = _IGNORED.sub("", unicodedata.normalize("NFKC", typed[:100]))  # first: the notice spaces its label out, 認 証 キー
        return cls(_LABELS.sub("", plain).upper().translate(_MISREAD))

    def reveal(self) -> str:
        """The eight characters in clear: for the key notice, its encryption and its hash only."""
        return self._characters

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AuthenticationKey) and secrets.compare_digest(self._characters, other._characters)

    def __hash__(self) -> int:
        return hash(self._characters)

    def __repr__(self) -> str:
        return "AuthenticationKey(hidden)"
