"""What contractors hand in: accepted only when name, declared type and content agree."""

import io
import struct
import zlib

import pytest
from PIL import Image

from esurety.documents.paper_check import (
    BrokenPaper,
    EmptyPaper,
    NotAPaperType,
    PaperRefused,
    PaperTooLarge,
    TooManyPixels,
    TypesDisagree,
    checked_media_type,
)
from esurety.domain.requested_papers import LARGEST_PAPER

PDF = b"%PDF-1.7\n1 0 obj<<>>endobj\nxref\n0 1\ntrailer<<>>\nstartxref\n9\n%%EOF\n"
TYPES = {"pdf": "application/pdf", "jpg": "image/jpeg", "jpeg": "image/jpeg", "png": "image/png"}


def image(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", size, "white").save(kept, kind)
    return kept.getvalue()


def png_that_claims(width: int, height: int) -> bytes:
    """A few bytes that say they are a huge picture."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + header + struct.pack(">I", zlib.crc32(header)) + image("PNG")[33:]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("契約書.pdf", PDF),
        ("契約書.PDF", PDF),
        ("写真.jpg", image("JPEG")),
        ("写真.jpeg", image("JPEG")),
        ("図面.png", image("PNG")),
        ("A3の図面.png", image("PNG", (6614, 4677))),
    ],
)
def test_whole_files_are_taken(name: str, content: bytes) -> None:
    declared = TYPES[name.rsplit(".", 1)[-1].lower()]

    assert checked_media_type(content, name=name, declared=declared) == declared


@pytest.mark.parametrize(
    ("name", "declared", "content", "refused"),
    [
        ("契約書.docx", "application/pdf", PDF, NotAPaperType),
        ("契約書", "application/pdf", PDF, NotAPaperType),
        ("契約書.pdf.exe", "application/pdf", PDF, NotAPaperType),
        ("契約書.pdf", "application/octet-stream", PDF, NotAPaperType),
        ("契約書.pdf", "text/html", b"<html>", NotAPaperType),
        ("図.svg", "image/svg+xml", b"<svg/>", NotAPaperType),
        ("契約書.pdf", "application/pdf", b"", EmptyPaper),
        ("契約書.pdf", "image/png", PDF, TypesDisagree),
        ("写真.png", "image/png", image("JPEG"), TypesDisagree),
        ("契約書.pdf", "application/pdf", b"<html><script>alert(1)</script>", TypesDisagree),
        ("契約書.pdf", "application/pdf", b"MZ" + PDF, TypesDisagree),
        ("契約書.pdf", "application/pdf", b"%PDF-1.7\ncut off", BrokenPaper),
        ("契約書.pdf", "application/pdf", PDF + b"\0" * 5000, BrokenPaper),
        ("写真.jpg", "image/jpeg", image("JPEG", (400, 300))[:600], BrokenPaper),
        ("図面.png", "image/png", image("PNG")[:60], BrokenPaper),
        ("図面.png", "image/png", image("PNG").replace(b"IDAT", b"IDAU"), BrokenPaper),
        ("写真.jpg", "image/jpeg", b"\xff\xd8\xff" + b"<script>" * 50, BrokenPaper),
        ("図面.png", "image/png", png_that_claims(50_000, 50_000), TooManyPixels),
        ("図面.png", "image/png", png_that_claims(10_000, 5_001), TooManyPixels),
        ("契約書.pdf", "application/pdf", PDF[:9] + b"0" * LARGEST_PAPER + PDF[9:], PaperTooLarge),
    ],
)
def test_anything_else_is_refused_with_its_own_advice(name: str, declared: str, content: bytes, refused: type[PaperRefused]) -> None:
    with pytest.raises(refused) as no:
        checked_media_type(content, name=name, declared=declared)

    assert no.value.advice


def test_every_refusal_says_something_else() -> None:
    advice = [one.advice for one in PaperRefused.__subclasses__()]

    assert len(set(advice)) == len(advice)
