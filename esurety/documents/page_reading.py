"""What the pages of a PDF, or a picture, show: text, QR codes, annotations, attached data. pdfium without a script engine reads them."""

import io
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field

import pypdfium2
import zxingcpp
from PIL import Image
from pypdfium2 import raw as pdfium

from esurety.documents.status_addresses import StatusAddresses
from esurety.domain.certificate_data import DATA_FILE_NAME, NotCertificateData, content_of_data
from esurety.domain.file_facts import MOST_NAMED
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber, NotAContractNumber

_MOST_PAGES = 60  # looked at; a bundle of an application has fewer
_MOST_PICTURES = 20  # of pages, searched for QR codes: each takes a quarter of a second
_MOST_TEXT = 60_000  # characters kept
_MOST_DATA = 200_000  # bytes of an attached certificate's data; they have 2,000
_PICTURE_WIDTH = 1800  # pixels, 220 to the inch on A4: a code printed 20 mm wide has three pixels to a dot even after a bad scan
_MOST_PIXELS = 50_000_000  # an A3 sheet scanned at 400 dpi has 31 million
_HARDLY_A_TEXT = 20  # characters: a scanner's stamp, not a page
_NUMBER = re.compile(r"(?<![0-9])[0-9]{5}-[0-9]{5}[A-Z]")
_CERTIFICATE_FOOT = re.compile(r"保証契約番号[0-9]{5}-[0-9]{5}[A-Z]\((?:当初|変更第[0-9]+回)\)(?!は)")  # on each of its pages
_KEY_NOTICE = "「認証キー」のお知らせ"
_CERTIFICATE_WORD = "証書"
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
# Not of a certificate: fields of forms, links of the text, and the small windows of other annotations.
_QUIET_ANNOTATIONS = {pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_LINK, pdfium.FPDF_ANNOT_POPUP}


class PasswordNeeded(Exception):
    """The pages are encrypted."""


class NotReadable(Exception):
    """pdfium finds no pages, or Pillow no picture."""


class TooMuchNamed(Exception):
    """More numbers or addresses than any bundle of certificates has: each would be looked up."""


@dataclass
class Shown:
    """What the pages show, gathered page by page."""

    ours: StatusAddresses
    page_count: int = 0
    pages_naming_a_certificate: int = 0
    pages_without_text: int = 0
    pages_of_certificate: int = 0  # with its foot or an address of a status page
    pages_with_address: int = 0  # of a status page: a certificate of two pages has it on one
    has_certificate_foot: bool = False
    key_notice_pages: int = 0
    numbers: list[str] = field(default_factory=list)
    status_ids: list[str] = field(default_factory=list)
    foreign_addresses: list[str] = field(default_factory=list)
    text: str = ""
    data: str = ""
    has_annotations: bool = False
    has_scripts: bool = False
    has_signature_field: bool = False

    def note(self, text: str) -> bool:
        """Take up what one page says in letters; whether it names a certificate. Raises TooMuchNamed."""
        plain = unicodedata.normalize("NFKC", text).translate(_DASHES)
        joined = "".join(plain.split())  # a line may break inside a number, and a number may stand behind another
        found = [number for said in (plain, joined) for number in _NUMBER.findall(said) if _is_number(number)]
        ids, foreign = self.ours.in_text(plain, joined)
        _add(self.numbers, found)
        _add(self.status_ids, ids)
        _add(self.foreign_addresses, foreign)
        is_named = bool(found or ids or foreign)
        self.pages_naming_a_certificate += is_named
        has_foot = _CERTIFICATE_FOOT.search(joined) is not None
        self.has_certificate_foot |= has_foot
        self.pages_with_address += bool(ids or foreign)
        self.pages_of_certificate += bool(ids or foreign or has_foot)
        return is_named

    def note_codes(self, codes: list[str], *, of_certificate: bool, named_before: bool = False) -> None:
        """Take up the QR codes of one page: other papers carry codes of their own, a certificate only ours. Raises TooMuchNamed."""
        ids, foreign = self.ours.in_codes(codes)
        _add(self.status_ids, ids)
        _add(self.foreign_addresses, [one for one in foreign if of_certificate or self.ours.looks_like_one(one)])
        is_named = bool(ids) or any(self.ours.looks_like_one(one) for one in foreign)
        self.pages_naming_a_certificate += is_named and not named_before
        self.pages_of_certificate += is_named and not named_before
        self.pages_with_address += is_named and not named_before


def _add(known: list[str], found: list[str]) -> None:
    known += [one for one in dict.fromkeys(found) if one not in known]
    if len(known) > MOST_NAMED:
        raise TooMuchNamed


def read_pages(pdf: bytes, ours: StatusAddresses) -> Shown:
    """What a PDF shows. Raises PasswordNeeded, NotReadable or TooMuchNamed."""
    try:
        document = pypdfium2.PdfDocument(pdf)
    except pypdfium2.PdfiumError as no:
        is_locked = getattr(no, "err_code", None) in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}
        raise (PasswordNeeded if is_locked or "assword" in str(no) else NotReadable) from no
    try:
        return _read(document, ours)
    finally:
        document.close()


def read_picture(content: bytes, ours: StatusAddresses) -> Shown:
    """What a photograph or a saved screen shows. Raises NotReadable or TooMuchNamed."""
    shown = Shown(ours, page_count=1, pages_without_text=1)
    try:
        with Image.open(io.BytesIO(content), formats=["PNG", "JPEG"]) as image:
            if image.width * image.height > _MOST_PIXELS:
                raise NotReadable
            shown.note_codes(_codes_in(image.convert("L")), of_certificate=False)
    except (OSError, ValueError, SyntaxError, Image.DecompressionBombError) as no:
        raise NotReadable from no
    return shown


def _read(document: pypdfium2.PdfDocument, ours: StatusAddresses) -> Shown:
    shown = Shown(ours, page_count=len(document), data=_attached_data(document))
    shown.has_scripts = pdfium.FPDFDoc_GetJavaScriptActionCount(document) > 0
    shown.has_signature_field = _has_signature(document)
    wordless: list[int] = []
    nameless: list[int] = []
    naming: list[int] = []
    for number, page in _pages(document):
        text = _text(page)[:_MOST_TEXT]
        words = "".join(text.split())
        is_key_notice = _KEY_NOTICE in words
        shown.key_notice_pages += is_key_notice
        shown.text = (shown.text + ("" if is_key_notice else words))[:_MOST_TEXT]  # a key must not travel any further
        shown.has_annotations |= _is_annotated(page)
        if shown.note(text):
            naming += [number] if _CERTIFICATE_WORD in words and not is_key_notice else []
        else:
            (wordless if len(words) < _HARDLY_A_TEXT else nameless).append(number)
    shown.pages_without_text = len(wordless)
    # A page with text names its number in letters; where none does, their pictures are searched as well.
    unnamed = [*wordless, *(nameless if not shown.pages_naming_a_certificate else [])]
    for number in [*naming, *unnamed][:_MOST_PICTURES]:
        is_named = number in naming
        shown.note_codes(_codes_on(document, number), of_certificate=is_named, named_before=is_named)
    return shown


def _has_signature(document: pypdfium2.PdfDocument) -> bool:
    """Whether a field of the form holds a signature; one that stands about without a field is reached by no reader."""
    count = min(pdfium.FPDF_GetSignatureCount(document), 20)
    return any(pdfium.FPDFSignatureObj_GetContents(pdfium.FPDF_GetSignatureObject(document, index), None, 0) > 0 for index in range(count))


def _pages(document: pypdfium2.PdfDocument) -> Iterator[tuple[int, pypdfium2.PdfPage]]:
    for number in range(min(len(document), _MOST_PAGES)):
        try:
            page = document[number]
        except pypdfium2.PdfiumError:
            continue  # a page that cannot be loaded shows nothing
        yield number, page
        page.close()


def _text(page: pypdfium2.PdfPage) -> str:
    try:
        return str(page.get_textpage().get_text_bounded())
    except pypdfium2.PdfiumError:
        return ""


def _is_annotated(page: pypdfium2.PdfPage) -> bool:
    for index in range(min(pdfium.FPDFPage_GetAnnotCount(page), 1000)):
        annotation = pdfium.FPDFPage_GetAnnot(page, index)
        if not annotation:
            continue
        kind = pdfium.FPDFAnnot_GetSubtype(annotation)
        pdfium.FPDFPage_CloseAnnot(annotation)
        if kind not in _QUIET_ANNOTATIONS:
            return True
    return False


def _codes_on(document: pypdfium2.PdfDocument, number: int) -> list[str]:
    try:
        page = document[number]
        bitmap = page.render(scale=_PICTURE_WIDTH / max(page.get_width(), page.get_height() * 0.7, 1), grayscale=True)
        return _codes_in(bitmap.to_pil())
    except pypdfium2.PdfiumError:
        return []


def _codes_in(image: Image.Image) -> list[str]:
    return [code.text for code in zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode))]


def _attached_data(document: pypdfium2.PdfDocument) -> str:
    """The content that an attached certificate's data give, in our canonical JSON; empty when there are none of ours."""
    for index in range(min(document.count_attachments(), 20)):
        try:
            attachment = document.get_attachment(index)
            if attachment.get_name() != DATA_FILE_NAME:
                continue
            data = bytes(attachment.get_data())
        except pypdfium2.PdfiumError:
            continue
        if len(data) > _MOST_DATA:
            continue
        try:
            return content_of_data(data).to_json()
        except NotCertificateData:
            continue
    return ""


def _is_number(text: str) -> bool:
    try:
        return GuaranteeContractNumber.parse(text).text == text
    except NotAContractNumber:
        return False
