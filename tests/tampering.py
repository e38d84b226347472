"""What happens to certificate files between surety and town hall, by accident and by intent. Each kind makes one file out of a good one."""

import io
import re
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pypdfium2
from PIL import Image, ImageFilter
from pypdf import PdfReader, PdfWriter
from pypdf.annotations import FreeText, Text
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject, TextStringObject

from esurety.documents.certificate import render_certificate
from esurety.documents.html_to_pdf import pdf_of
from esurety.documents.sign_certificate import sign
from esurety.documents.signing_identity import CERTIFICATE_FILE, KEY_FILE, SigningIdentity, load_identity
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.certificate_data import certificate_data
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.yen import Yen
from tests.signing import PEM, TestAuthority, key_pem, new_key

SIGNED_AT = datetime(2024, 4, 1, 3, 0, tzinfo=UTC)


@dataclass(frozen=True)
class GoodFile:
    """A certificate as it was issued."""

    pdf: bytes
    content: CertificateContent


# ---- signing with keys of one's own ----


def identity_of(authority: TestAuthority, name: str, **period: datetime) -> SigningIdentity:
    """A key with a certificate from any authority, known or not."""
    key = new_key()
    leaf = authority.certify(name, key, **period)
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / KEY_FILE).write_bytes(key_pem(key))
        (Path(folder) / CERTIFICATE_FILE).write_bytes(leaf.public_bytes(PEM) + authority.pem)
        return load_identity(Path(folder))


def signed(content: CertificateContent, identity: SigningIdentity, at: datetime = SIGNED_AT) -> bytes:
    return sign(render_certificate(content), identity=identity, data_json=certificate_data(content), signed_at=at)


def signed_although_expired(content: CertificateContent, identity: SigningIdentity, at: datetime) -> bytes:
    """By somebody who kept the key of an expired certificate and does not mind."""
    careless = _Careless(**{field.name: getattr(identity, field.name) for field in fields(identity)})
    return signed(content, careless, at)


class _Careless(SigningIdentity):
    def require_valid(self, at: datetime) -> None:
        pass


# ---- by accident ----


def re_saved(good: GoodFile) -> bytes:
    """Opened and saved by another program."""
    out = io.BytesIO()
    PdfWriter(clone_from=io.BytesIO(good.pdf)).write(out)
    return out.getvalue()


def cleaned(good: GoodFile) -> bytes:
    """Rebuilt by pdfium, as a sanitising gateway does."""
    out = io.BytesIO()
    document = pypdfium2.PdfDocument(good.pdf)
    document.save(out)
    document.close()
    return out.getvalue()


def printed_to_pdf(good: GoodFile) -> bytes:
    """「PDF に印刷」: the pages alone, without attachment and signature."""
    writer, out = PdfWriter(), io.BytesIO()
    for page in PdfReader(io.BytesIO(good.pdf)).pages:
        page.pop("/Annots", None)
        writer.add_page(page)
    writer.write(out)
    return out.getvalue()


def page_image(pdf: bytes, *, dots_per_inch: int = 200) -> Image.Image:
    document = pypdfium2.PdfDocument(pdf)
    image = document[0].render(scale=dots_per_inch / 72).to_pil().convert("L")
    document.close()
    return image


def scanned(good: GoodFile) -> bytes:
    """Printed, laid a little askew on the glass, scanned at 200 dpi, packed as JPEG."""
    image = page_image(good.pdf).rotate(0.8, expand=False, fillcolor=255).filter(ImageFilter.GaussianBlur(0.6))
    out = io.BytesIO()
    image.save(out, "PDF", resolution=200, quality=70)
    return out.getvalue()


def merged(good: GoodFile) -> bytes:
    """Put into one file with the application for payment."""
    writer, out = PdfWriter(), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.append(io.BytesIO(good.pdf))
    writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()


def merged_behind(good: GoodFile) -> bytes:
    """Pages put behind it, in a copy of the certificate itself."""
    writer, out = PdfWriter(clone_from=io.BytesIO(good.pdf)), io.BytesIO()
    writer.add_blank_page(595, 842)
    writer.write(out)
    return out.getvalue()


def annotated(good: GoodFile) -> bytes:
    """A received stamp and a note, saved in place (a later revision)."""
    writer, out = PdfWriter(io.BytesIO(good.pdf), incremental=True), io.BytesIO()
    writer.add_annotation(0, FreeText(text="受領 6.4.2", rect=(400, 760, 520, 800), font_size="14pt"))
    writer.add_annotation(0, Text(text="確認済み", rect=(60, 700, 80, 720)))
    writer.write(out)
    return out.getvalue()


def appended(good: GoodFile) -> bytes:
    """A mail gateway's mark behind the end."""
    return good.pdf + b"\n-- checked by gateway --\n" + b"0" * 64


def truncated(good: GoodFile) -> bytes:
    """Broken off on the way."""
    return good.pdf[: len(good.pdf) * 2 // 3]


def screen_shot(good: GoodFile) -> bytes:
    """A picture of the certificate on the screen."""
    out = io.BytesIO()
    page_image(good.pdf, dots_per_inch=150).save(out, "PNG")
    return out.getvalue()


def encrypted(good: GoodFile) -> bytes:
    """A password, because the office's rules want one."""
    writer, out = PdfWriter(clone_from=io.BytesIO(good.pdf)), io.BytesIO()
    writer.encrypt("secret", algorithm="AES-256")
    writer.write(out)
    return out.getvalue()


# ---- by intent ----


def overlaid(good: GoodFile) -> bytes:
    """Another amount drawn over the page in a later revision: pdfsig calls the signature valid."""
    writer, out = PdfWriter(io.BytesIO(good.pdf), incremental=True), io.BytesIO()
    page = writer.pages[0]
    over = DecodedStreamObject()
    over.set_data(b"q 1 1 1 rg 170 380 330 24 re f 0 0 0 RG 2 w 180 385 m 480 400 l S Q")
    page[NameObject("/Contents")] = writer._add_object(_after(page, over))
    writer.write(out)
    return out.getvalue()


def _after(page: object, over: DecodedStreamObject) -> DecodedStreamObject:
    both = DecodedStreamObject()
    both.set_data(page.get_contents().get_data() + b"\n" + over.get_data())  # type: ignore[attr-defined]
    return both


def edited_data(good: GoodFile) -> bytes:
    """One digit of the signed file changed where it stands."""
    place = len(good.pdf) // 2
    return good.pdf[:place] + bytes([good.pdf[place] ^ 1]) + good.pdf[place + 1 :]


def stripped(good: GoodFile) -> bytes:
    """The signature taken out, page and attached data left."""
    writer, out = PdfWriter(clone_from=io.BytesIO(good.pdf)), io.BytesIO()
    del writer._root_object["/AcroForm"]
    for name in ("/Perms", "/DSS"):
        if name in writer._root_object:
            del writer._root_object[name]
    for page in writer.pages:
        if "/Annots" in page:
            del page["/Annots"]
    writer.write(out)
    return re.sub(rb"/ByteRange\s*\[[^\]]*\]", lambda found: b" " * len(found[0]), out.getvalue())


def stripped_with_fields(good: GoodFile) -> bytes:
    """The form, its permissions and its fields taken out and saved; what the signature said is left lying about."""
    writer, out = PdfWriter(clone_from=io.BytesIO(good.pdf)), io.BytesIO()
    for name in ("/AcroForm", "/Perms"):
        writer._root_object.pop(name, None)
    for page in writer.pages:
        page.pop("/Annots", None)
    writer.write(out)
    return out.getvalue()


def _with_range(good: GoodFile, change: Callable[[list[int]], list[int]]) -> bytes:
    named = re.search(rb"/ByteRange *\[ *(\d+) +(\d+) +(\d+) +(\d+) *\] *", good.pdf)
    assert named is not None
    new = b"/ByteRange [%d %d %d %d]" % tuple(change([int(number) for number in named.groups()]))
    room = len(named[0])
    assert len(new) <= room, (new, named[0])
    return good.pdf[: named.start()] + new.ljust(room) + good.pdf[named.end() :]


def range_shortened(good: GoodFile) -> bytes:
    """The signature told to cover less than the whole file."""
    return _with_range(good, lambda numbers: [*numbers[:3], numbers[3] - 10])


def range_with_another_gap(good: GoodFile) -> bytes:
    """The gap told to begin earlier."""
    return _with_range(good, lambda numbers: [numbers[0], numbers[1] - 5, *numbers[2:]])


def range_outside(good: GoodFile) -> bytes:
    """All of it somewhere else, in a file that is still where it was."""
    return _with_range(good, lambda numbers: [1, numbers[1] - 7, numbers[2] + 9, 9999])


def printed_with_another_amount(good: GoodFile) -> bytes:
    """Twice the amount on a page with the real number, address and QR code."""
    return render_certificate(replace(good.content, guaranteed_amount=Yen(good.content.guaranteed_amount * 2)))


def printed_with_another_end(good: GoodFile) -> bytes:
    """A longer guarantee, the rest as issued."""
    return render_certificate(replace(good.content, guarantee_ends_on=good.content.guarantee_ends_on + timedelta(days=365)))


def leading_elsewhere(good: GoodFile) -> bytes:
    """The page as issued, but its QR code and address lead to a site that confirms everything."""
    address = f"https://hosho-kakunin.example/c/{good.content.status_id}"
    return render_certificate(replace(good.content, status_address=address))


def with_key_notice(good: GoodFile) -> bytes:
    """Put into one file with the notice of its key, which names the same number."""
    number = good.content.guarantee_contract_number
    notice = (
        f"<html><body><h1>電子保証にかかる「認証キー」のお知らせ</h1><p>保証契約番号　{number}</p><p>認証キー　ABCD1234</p></body></html>"
    )
    return _one_file(good.pdf, pdf_of(notice, made_on=date(2024, 4, 2)))


def with_application(good: GoodFile) -> bytes:
    """Put into one file with the application for payment, which names the same number."""
    number = good.content.guarantee_contract_number
    return _one_file(good.pdf, pdf_of(f"<html><body><p>前払金請求書</p><p>{number}</p></body></html>", made_on=date(2024, 4, 2)))


def twice(good: GoodFile) -> bytes:
    """Two copies of it in one file."""
    return _one_file(good.pdf, good.pdf)


def _one_file(*pdfs: bytes) -> bytes:
    writer, out = PdfWriter(), io.BytesIO()
    for pdf in pdfs:
        writer.append(io.BytesIO(pdf))
    writer.write(out)
    return out.getvalue()


def forged_with_real_number(good: GoodFile) -> bytes:
    """Twice the amount under the real number, signed by an authority that the forger made, under the surety's name."""
    twice = replace(good.content, guaranteed_amount=Yen(good.content.guaranteed_amount * 2))
    return signed(twice, _forger(good.content.surety_name))


def forged_with_invented_number(good: GoodFile) -> bytes:
    """The same with a number that was never issued, and no address of a status page."""
    number = GuaranteeContractNumber.of(101, 2024, 90_000 + int(good.content.guarantee_contract_number[6:11]))
    return signed(_renumbered(good.content, number), _forger(good.content.surety_name))


def unsigned_invention(good: GoodFile) -> bytes:
    """A page that looks right, with a number that was never issued, and nothing else."""
    number = GuaranteeContractNumber.of(101, 2024, 95_000 + int(good.content.guarantee_contract_number[6:11]))
    return render_certificate(_renumbered(good.content, number))


def _renumbered(content: CertificateContent, number: GuaranteeContractNumber) -> CertificateContent:
    return replace(content, guarantee_contract_number=number.text, status_id="", status_address="")


_FORGERS: dict[str, SigningIdentity] = {}


def _forger(name: str) -> SigningIdentity:
    if name not in _FORGERS:
        _FORGERS[name] = identity_of(TestAuthority.root("Japan Certification Authority G2"), name)
    return _FORGERS[name]


def with_script(good: GoodFile) -> bytes:
    """JavaScript that runs when the file is opened."""
    writer, out = PdfWriter(io.BytesIO(good.pdf), incremental=True), io.BytesIO()
    action = DictionaryObject({NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): TextStringObject("app.alert('hello')")})
    writer._root_object[NameObject("/OpenAction")] = action
    writer.write(out)
    return out.getvalue()


Tampering = Callable[[GoodFile], bytes]
