"""Reading what people type into a form: each field either a value or a polite sentence that says what to do."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TypeVar

from esurety.domain.japanese_calendar import NotADate, parse_date
from esurety.domain.yen import NotAnAmount, Yen

_Choice = TypeVar("_Choice", bound=StrEnum)
_BIDI_CONTROLS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
# Enough for the form; whether the domain exists is for the mail server to find out (no network here).
_EMAIL = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,24}")


@dataclass
class TypedForm:
    """What came in, the values read from it so far, and one message per field that could not be read.

    Every `read_` method returns the value or None; after None for something required, `problems` names the field.
    """

    typed: Mapping[str, str]
    problems: dict[str, str] = field(default_factory=dict)

    def complain(self, name: str, message: str) -> None:
        """Keep the first message of a field."""
        self.problems.setdefault(name, message)

    def raw(self, name: str) -> str:
        return self.typed.get(name, "")

    def is_on(self, name: str) -> bool:
        """Whether a checkbox is ticked."""
        return self.raw(name) in {"on", "yes", "true", "1"}

    def text(self, name: str, label: str, *, longest: int, required: bool = True) -> str:
        """One line, stored as typed but for blanks at its ends."""
        typed = self.raw(name).strip()
        if not typed:
            if required:
                self.complain(name, f"{label}を入力してください")
            return ""
        if len(typed) > longest:
            self.complain(name, f"{label}は{longest}文字以内で入力してください（いま{len(typed)}文字です）")
        elif (bad := unusable_character(typed)) is not None:
            self.complain(name, f"{label}に使えない文字（{bad}）が含まれています。取り除いて入力してください")
        return typed

    def paragraph(self, name: str, label: str, *, longest: int) -> str:
        """Several lines of text, required."""
        typed = self.raw(name).strip().replace("\r\n", "\n")
        if not typed:
            self.complain(name, f"{label}を入力してください")
        elif len(typed) > longest:
            self.complain(name, f"{label}は{longest}文字以内で入力してください（いま{len(typed)}文字です）")
        elif (bad := unusable_character(typed.replace("\n", ""))) is not None:
            self.complain(name, f"{label}に使えない文字（{bad}）が含まれています。取り除いて入力してください")
        return typed

    def amount(self, name: str, label: str, *, required: bool = True) -> Yen | None:
        """An amount of yen."""
        if not self.raw(name).strip():
            if required:
                self.complain(name, f"{label}を入力してください")
            return None
        try:
            return Yen.parse(self.raw(name)[:100])
        except NotAnAmount as no:
            self.complain(name, f"{label}は{no.advice}")
            return None

    def day(self, name: str, label: str, *, required: bool = True) -> date | None:
        """A calendar day."""
        if not self.raw(name).strip():
            if required:
                self.complain(name, f"{label}を入力してください")
            return None
        try:
            return parse_date(self.raw(name)[:100])
        except NotADate as no:
            self.complain(name, f"{label}は{no.advice}")
            return None

    def choice(self, name: str, label: str, choices: type[_Choice], *, required: bool = True) -> _Choice | None:
        """One of a few named values."""
        try:
            return choices(self.raw(name))
        except ValueError:
            if required or self.raw(name):
                self.complain(name, f"{label}を選んでください")
            return None

    def identifier(self, name: str, label: str, known: Iterable[int]) -> int | None:
        """The id of a listed record."""
        typed = self.raw(name)
        if typed.isascii() and typed.isdigit() and len(typed) < 10 and int(typed) in set(known):
            return int(typed)
        self.complain(name, f"{label}を選んでください")
        return None

    def email(self, name: str, label: str) -> str:
        """A mail address, required; widths are folded, the rest stays."""
        typed = unicodedata.normalize("NFKC", self.raw(name)).strip()
        if not typed:
            self.complain(name, f"{label}を入力してください")
        elif len(typed) > 254 or not _EMAIL.fullmatch(typed) or ".." in typed:
            self.complain(name, f"{label}は「abcde@example.jp」のように半角で入力してください")
        return typed


def unusable_character(text: str) -> str | None:
    """The first character that no name can have, by a name people can search for; None when all are usable.

    Unassigned, private and invisible ones are refused: nobody could see them on the screen or find them in the certificate.
    """
    for character in text:
        code, category = ord(character), unicodedata.category(character)
        if category == "Cc":
            return f"制御文字 U+{code:04X}"
        if character in _BIDI_CONTROLS:
            return f"文字の向きを変える制御文字 U+{code:04X}"
        if category in {"Cf", "Zl", "Zp"}:
            return f"目に見えない文字 U+{code:04X}"
        if category == "Cs":
            return f"壊れた文字 U+{code:04X}"
        if category in {"Cn", "Co"}:
            return f"外字または未定義の文字 U+{code:04X}"
    return None


def named_character(character: str) -> str:
    """A character so that people can find it, whether or not their screen shows it: 「𪚥」（U+2A6A5）."""
    return f"「{character}」（U+{ord(character):04X}）"
