"""What the signature in a PDF proves: of which bytes, and whose it is.

Two looks that must agree before a file counts as intact. The first needs no PDF structure at all: the byte range must leave out
nothing but the signature itself, and the signature must hold for those bytes. Whoever signed such a file signed every byte of it,
whatever else stands in it. The second is pyHanko's own verdict. (pdfsig calls a file valid that draws an overlay in a later revision.)
"""

import asyncio
import hashlib
import io
import logging
import re
import struct
import zlib
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from pathlib import Path

from asn1crypto import cms, x509
from pyhanko.pdf_utils.generic import parse_pdf_date
from pyhanko.pdf_utils.misc import PdfError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.general import SigningError, extract_certificate_info
from pyhanko.sign.validation import SignatureCoverageLevel, async_validate_detached_cms, async_validate_pdf_signature
from pyhanko.sign.validation.status import StandardCMSSignatureStatus
from pyhanko_certvalidator import ValidationContext

from esurety.documents.signing_identity import as_utc, is_demo_certificate
from esurety.documents.trusted_roots import TrustedRoots, UnreadableRoots, trusted_roots
from esurety.domain.certificate_data import DATA_FILE_NAME, NotCertificateData, content_of_data
from esurety.domain.file_facts import Continuation, FileFacts, Reading, SignatureState, SignerTrust

_BYTE_RANGE = re.compile(rb"/ByteRange\s*\[\s*(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s+(\d{1,10})\s*\]")
_CONTENTS = re.compile(rb"/Contents\s{0,20}(<[0-9A-Fa-f]{1000,60000}>)")  # of a signature
_HEXADECIMAL = re.compile(rb"<([0-9A-Fa-f\s]*)>")
_TIME = re.compile(rb"/M\s*\((D[0-9:+\-'Z\\]{8,60})\)")
_ESCAPED = re.compile(rb"\\([0-3][0-7]{2})")  # pyHanko spells : + and ' so
_TIME_WITHIN = 2000  # bytes around the byte range: both stand in the signature's dictionary
_LINEARIZED_WITHIN = 1024  # bytes
_MOST_RANGES = 8  # a certificate has one
# What the libraries raise for structures that are not what they should be; for us all of it means: not proven.
NOT_PROVEN = (
    *(PdfError, SigningError, ValueError, TypeError, LookupError, AttributeError, OSError, ArithmeticError),
    *(AssertionError, NotImplementedError, RecursionError, zlib.error, struct.error),
)
# An unknown signer is an answer here, not a fault: pyHanko would log each with a stack trace.
logging.getLogger("pyhanko.sign.validation").setLevel(logging.CRITICAL)


@dataclass(frozen=True)
class SignatureFacts:
    """The signature's part of the facts about a file."""

    state: SignatureState
    signer: SignerTrust = SignerTrust.UNKNOWN
    signer_name: str = ""
    signed_at: datetime | None = None
    continuation: Continuation = Continuation.NONE


@dataclass(frozen=True)
class _Signed:
    """A byte range whose only gap is the signature."""

    data: bytes
    end: int
    signature: cms.SignedData | None
    at: datetime | None  # as the signer says


def examine_own(content: bytes, signing_dir: Path) -> FileFacts:
    """The facts about a certificate whose hash is ours: its pages need no look, its data are read once the signature holds."""
    facts = FileFacts(hashlib.sha256(content).hexdigest(), len(content), Reading.READ)
    facts = with_signature(facts, check_signature(content, roots_in(signing_dir)))
    return replace(facts, data=_signed_data(content)) if facts.is_signed_by_surety else facts


def _signed_data(pdf: bytes) -> str:
    """What the data of a file say that a surety has signed as a whole; empty when there are none of ours."""
    try:
        names = PdfFileReader(io.BytesIO(pdf)).root["/Names"]["/EmbeddedFiles"]["/Names"]
        file = next(names[at + 1] for at in range(0, len(names), 2) if names[at] == DATA_FILE_NAME)
        return content_of_data(file["/EF"]["/F"].data).to_json()
    except (*NOT_PROVEN, NotCertificateData, StopIteration):
        return ""


def roots_in(signing_dir: Path) -> TrustedRoots:
    try:
        return trusted_roots(signing_dir)
    except UnreadableRoots:
        return TrustedRoots((), ())  # nobody is known then, and nobody is believed


def with_signature(facts: FileFacts, signature: SignatureFacts) -> FileFacts:
    return replace(
        facts,
        signature=signature.state,
        signer=signature.signer,
        signer_name=signature.signer_name,
        signed_at=signature.signed_at,
        continuation=signature.continuation,
    )


def check_signature(pdf: bytes, roots: TrustedRoots) -> SignatureFacts:
    """The oldest signature of the file. Never raises for what the file is."""
    ranges = list(islice(_BYTE_RANGE.finditer(pdf), _MOST_RANGES))
    if not ranges:
        return SignatureFacts(SignatureState.NONE)
    candidates = [signed for one in ranges if (signed := _signed(pdf, one)) is not None]
    if not candidates:
        return SignatureFacts(SignatureState.BROKEN if _stands_in_its_place(pdf, ranges) else SignatureState.MISPLACED)
    return _judged(pdf, min(candidates, key=lambda one: one.end), roots)


def _signed(pdf: bytes, named: re.Match[bytes]) -> _Signed | None:
    """The signed bytes, when the range starts the file and its gap is exactly one signature in hexadecimal digits."""
    start, length, restart, rest = (int(number) for number in named.groups())
    end = restart + rest
    gap = _HEXADECIMAL.fullmatch(pdf[length:restart]) if start == 0 and length < restart <= end <= len(pdf) else None
    if gap is None:
        return None
    try:
        content = cms.ContentInfo.load(bytes.fromhex(gap[1].decode("ascii")))
        signature = content["content"] if content["content_type"].native == "signed_data" else None
    except NOT_PROVEN:
        signature = None
    return _Signed(pdf[:length] + pdf[restart:end], end, signature, _time_near(pdf, named.start()))


def _stands_in_its_place(pdf: bytes, ranges: list[re.Match[bytes]]) -> bool:
    """Whether the file was never written anew, so that a byte range that does not fit was changed, or bytes were put in or taken out.

    Anew, everything moves at once: not one number fits, and there is one revision. In place, a number fits still, or the signature's
    revision follows an earlier one. (A file arranged for the web is new as well, and has two.)
    """
    gaps = [one.span(1) for one in islice(_CONTENTS.finditer(pdf), _MOST_RANGES)]
    for one in ranges:
        _, length, restart, rest = (int(number) for number in one.groups())
        if any(length == start or restart == end or (rest > 0 and rest == len(pdf) - end) for start, end in gaps):
            return True
    return b"/Linearized" not in pdf[:_LINEARIZED_WITHIN] and b"startxref" in pdf[: ranges[0].start()]


def _time_near(pdf: bytes, place: int) -> datetime | None:
    start = max(0, place - _TIME_WITHIN)
    found = list(_TIME.finditer(pdf, start, place + _TIME_WITHIN))
    if not found:
        return None
    nearest = min(found, key=lambda one: abs(one.start() - place))
    try:
        at: datetime = parse_pdf_date(_ESCAPED.sub(lambda one: bytes([int(one[1], 8)]), nearest[1]).decode("ascii"))
    except NOT_PROVEN:
        return None
    return as_utc(at)


def _judged(pdf: bytes, signed: _Signed, roots: TrustedRoots) -> SignatureFacts:
    try:
        signer, name = _whose(signed, roots)
    except NOT_PROVEN:
        return SignatureFacts(SignatureState.BROKEN)
    if signed.end == len(pdf):
        state = SignatureState.INTACT if _pyhanko_agrees(pdf) else SignatureState.BROKEN
        return SignatureFacts(state, signer, name, signed.at)
    # Another xref behind the signed end makes a revision; anything else is seen by no reader.
    continuation = Continuation.REVISION if b"startxref" in pdf[signed.end :] else Continuation.BYTES
    return SignatureFacts(SignatureState.CONTINUED, signer, name, signed.at, continuation)


def _whose(signed: _Signed, roots: TrustedRoots) -> tuple[SignerTrust, str]:
    """Trust and name of a signature that holds. Raises one of NOT_PROVEN when it does not hold.

    A chain to a root is not enough: public authorities certify others too. The certificate must be one of a surety's own.
    """
    if signed.signature is None or signed.at is None:
        raise ValueError("no signature with a time in the gap")
    certificate = extract_certificate_info(signed.signature).signer_cert
    name = _name(certificate)
    if is_demo_certificate(certificate):  # a name that anybody can write: only our demonstration's root makes it one
        return SignerTrust.DEMO if _trusted(signed, roots.demo, signed.at) else SignerTrust.UNKNOWN, name
    if _trusted(signed, roots.real, signed.at):
        return SignerTrust.TRUSTED if certificate.sha256 in roots.signers else SignerTrust.UNKNOWN, name
    was_trusted = _trusted(signed, roots.real, as_utc(certificate.not_valid_after)) and certificate.sha256 in roots.signers
    return SignerTrust.NOT_VALID_THEN if was_trusted else SignerTrust.UNKNOWN, name


def _trusted(signed: _Signed, roots: tuple[x509.Certificate, ...], at: datetime) -> bool:
    """Whether the signer's chain leads to one of the roots at that time. Raises ValueError when the signature does not hold at all."""
    status: StandardCMSSignatureStatus = asyncio.run(
        async_validate_detached_cms(io.BytesIO(signed.data), signed.signature, signer_validation_context=_context(roots, at))
    )
    if not (status.intact and status.valid):
        raise ValueError("the signature does not hold")
    return bool(status.trusted)


def _context(roots: tuple[x509.Certificate, ...], at: datetime) -> ValidationContext:
    """Our roots alone, at that time, without asking anybody: signing certificates live past their ends in old documents."""
    return ValidationContext(trust_roots=list(roots), moment=at, best_signature_time=at, allow_fetching=False, revocation_mode="soft-fail")


def _name(certificate: x509.Certificate) -> str:
    subject = certificate.subject.native
    return str(subject.get("organization_name") or subject.get("common_name") or "")[:100]


def _pyhanko_agrees(pdf: bytes) -> bool:
    """pyHanko's own reading of the whole file: one signature, over all of it, that allows no change."""
    try:
        embedded = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        if len(embedded) != 1:
            return False
        no_roots = ValidationContext(trust_roots=[], allow_fetching=False)
        status = asyncio.run(async_validate_pdf_signature(embedded[0], signer_validation_context=no_roots))
    except NOT_PROVEN:
        return False
    return bool(status.intact and status.valid and status.docmdp_ok and status.coverage is SignatureCoverageLevel.ENTIRE_FILE)
