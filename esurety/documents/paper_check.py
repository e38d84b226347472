"""Files that contractors hand in: PDF, JPEG or PNG by name, declared type and content alike. Nothing in them is ever run or shown here."""

import io
from pathlib import PurePosixPath

from PIL import Image

from esurety.domain.requested_papers import LARGEST_PAPER

_PDF, _JPEG, _PNG = "application/pdf", "image/jpeg", "image/png"
_BY_EXTENSION = {".pdf": _PDF, ".jpg": _JPEG, ".jpeg": _JPEG, ".png": _PNG}
_MAGIC = {_PDF: b"%PDF-", _JPEG: b"\xff\xd8\xff", _PNG: b"\x89PNG\r\n\x1a\n"}
_PILLOW_FORMAT = {_JPEG: "JPEG", _PNG: "PNG"}
_MOST_PIXELS = 50_000_000  # an A3 sheet scanned at 400 dpi has 31 million
_PDF_TRAILER = 2048  # the trailer stands at the very end; some writers leave a few bytes behind it


class PaperRefused(Exception):
    """A file that is not accepted; `advice` says what to do, for the person who chose it."""

    advice = ""


class NoFileChosen(PaperRefused):
    """No file came with the form."""

    advice = "提出するファイルを選んでください"


class EmptyPaper(PaperRefused):
    """The file has no bytes."""

    advice = "ファイルの中身がありません。ファイルを開いて確認し、選び直してください"


class PaperTooLarge(PaperRefused):
    """The file has more bytes than are taken."""

    advice = f"ファイルは{LARGEST_PAPER // 1024 // 1024}MB以下にしてください。解像度を下げるか、分けて提出してください"


class NotAPaperType(PaperRefused):
    """The name or the declared type is none of those taken."""

    advice = "PDF・JPEG・PNG のいずれかを選んでください"


class TypesDisagree(PaperRefused):
    """Name, declared type and content do not say the same."""

    advice = "ファイルの名前（拡張子）と中身の種類が合っていません。元のソフトで PDF・JPEG・PNG として保存し直し、選び直してください"


class BrokenPaper(PaperRefused):
    """The content begins as its type does and does not hold together."""

    advice = "ファイルが壊れているため、読み取れません。ファイルを開けることを確認し、保存し直して選び直してください"


class TooManyPixels(PaperRefused):
    """An image whose unpacked size would be out of proportion."""

    advice = "画像が大きすぎます。縦×横を5,000万画素以下にして保存し直し、選び直してください"


def checked_media_type(content: bytes, *, name: str, declared: str) -> str:
    """The media type on which name, declaration and content agree. Raises one of PaperRefused."""
    media_type = _BY_EXTENSION.get(PurePosixPath(name).suffix.lower())
    if media_type is None or declared not in _MAGIC:
        raise NotAPaperType
    if not content:
        raise EmptyPaper
    if len(content) > LARGEST_PAPER:
        raise PaperTooLarge
    if declared != media_type or not content.startswith(_MAGIC[media_type]):
        raise TypesDisagree
    if media_type == _PDF:
        _check_pdf(content)
    else:
        _check_image(content, media_type)
    return media_type


def _check_pdf(content: bytes) -> None:
    """Header and trailer are there; the rest is for the reader's own program, and is never interpreted here."""
    end = content[-_PDF_TRAILER:]
    if b"startxref" not in end or b"%%EOF" not in end:
        raise BrokenPaper


def _check_image(content: bytes, media_type: str) -> None:
    """The pixel count is read from the header before anything is unpacked; then the structure is gone through."""
    formats = [_PILLOW_FORMAT[media_type]]
    try:
        with Image.open(io.BytesIO(content), formats=formats) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise TooManyPixels
            image.verify()
        if media_type == _JPEG:  # verify() looks at PNG's check sums and at nothing of JPEG
            with Image.open(io.BytesIO(content), formats=formats) as image:
                image.draft("L", (1, 1))  # unpacked at an eighth
                image.load()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as no:
        raise TooManyPixels from no
    except (OSError, SyntaxError, ValueError) as no:  # what Pillow raises for broken files, by format
        raise BrokenPaper from no
