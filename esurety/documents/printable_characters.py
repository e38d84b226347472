"""Which characters a document can show: asked when a form is filled in, and demanded before anything is drawn."""

import re

from esurety.documents.japanese_fonts import drawable_code_points

# A variation selector asks for another shape of the character before it; without that shape the character itself is the right one.
# Control characters (but the line feed) draw nothing at all.
_INVISIBLE = re.compile("[\u180b-\u180d\ufe00-\ufe0f\U000e0100-\U000e01ef\x00-\x09\x0b-\x1f\x7f-\x9f]")


class UnprintableCharacters(ValueError):
    """The documents' font lacks these characters; they are named to whoever typed them, never drawn as ■."""

    def __init__(self, characters: tuple[str, ...]) -> None:
        super().__init__("the font lacks " + ", ".join(f"U+{ord(character):04X}" for character in characters))
        self.characters = characters


def missing_characters(text: str) -> tuple[str, ...]:
    """The distinct characters that no document can show, in order of appearance; draws nothing.

    Among them are lone surrogates and the marks that turn the direction of writing: a name must not be shown backwards.
    """
    drawable = drawable_code_points()
    return tuple(character for character in dict.fromkeys(visible_text(text)) if ord(character) not in drawable and character != "\n")


def require_printable(text: str) -> None:
    """Raise UnprintableCharacters if the font lacks any character of the text."""
    missing = missing_characters(text)
    if missing:
        raise UnprintableCharacters(missing)


def visible_text(text: str) -> str:
    """The text without variation selectors and control characters, which would be drawn as empty boxes."""
    return _INVISIBLE.sub("", text)
