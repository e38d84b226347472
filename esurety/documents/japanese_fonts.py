"""The Japanese faces that every document is set in: registered with reportlab once per process, embedded in every file."""

import copy
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Any
from weakref import WeakKeyDictionary

from reportlab.lib.fonts import addMapping
from reportlab.pdfbase import pdfmetrics, ttfonts

FONT_FOLDER = Path(__file__).parent / "fonts"
REGULAR = "esurety-regular"
BOLD = "esurety-bold"
EVENLY_SPACED = "esurety-evenly-spaced"
# What the templates' `font-family` says for each pair of an upright and a bold face.
FAMILIES = {"jp": (REGULAR, BOLD), "jp-evenly-spaced": (EVENLY_SPACED, EVENLY_SPACED)}

_FILES = {REGULAR: "NotoSerifJP_400Regular.ttf", BOLD: "NotoSerifJP_700Bold.ttf"}
_KEY_CHARACTERS = "-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_TO_FULL_WIDTH = 0xFEE0
_BEYOND_BMP = re.compile(r"(?<= <)[0-9A-F]{5,6}(?=>$)", re.MULTILINE)
_faces: dict[str, Any] = {}
_registering = Lock()


def face_named(name: str) -> Any:
    """One of the registered faces; the first call of a process loads them."""
    if not _faces:
        with _registering:
            if not _faces:
                _faces.update(_registered())
    return _faces[name]


def _registered() -> dict[str, Any]:
    _copy_rare_characters_rightly()
    # asciiReadable=False keeps the Latin letters out of a subset that does not use them: a fifth of the file.
    faces = {name: ttfonts.TTFont(name, str(FONT_FOLDER / file), asciiReadable=False) for name, file in _FILES.items()}
    faces[EVENLY_SPACED] = _evenly_spaced(faces[BOLD])
    for face in faces.values():
        pdfmetrics.registerFont(face)
    for family, (upright, bold) in FAMILIES.items():
        for italic in (0, 1):
            addMapping(family, 0, italic, upright)
            addMapping(family, 1, italic, bold)
    return faces


def _evenly_spaced(bold: Any) -> Any:
    """A face for keys and numbers: each letter or digit in a square of its own, so that none leans on the next.

    It draws the full-width forms of the bold face but calls them by their half-width characters: a key is copied as ABCDEF01.
    """
    shown = {ord(character): ord(character) + _TO_FULL_WIDTH for character in _KEY_CHARACTERS} | {ord(" "): ord(" ")}
    face = copy.copy(bold.face)
    face.name = bold.face.name + b"-EvenlySpaced"  # reportlab files the subsets of a document under this name
    face.charToGlyph = {character: bold.face.charToGlyph[form] for character, form in shown.items()}
    face.charWidths = {character: bold.face.charWidths[form] for character, form in shown.items()}
    font = copy.copy(bold)
    font.fontName, font.face, font.state = EVENLY_SPACED, face, WeakKeyDictionary()
    return font


def _copy_rare_characters_rightly() -> None:
    """Let 𠮷 be copied as 𠮷: reportlab writes such a character as one number of five digits, PDF wants two UTF-16 halves."""
    write_map = ttfonts.makeToUnicodeCMap

    def write_map_in_utf_16(font_name: str, subset: Sequence[int]) -> str:
        return _BEYOND_BMP.sub(lambda number: chr(int(number[0], 16)).encode("utf-16-be").hex().upper(), write_map(font_name, subset))

    ttfonts.makeToUnicodeCMap = write_map_in_utf_16


@cache
def drawable_code_points() -> frozenset[int]:
    """The characters that both faces can draw, as code points."""
    return frozenset(face_named(REGULAR).face.charToGlyph.keys() & face_named(BOLD).face.charToGlyph.keys())
