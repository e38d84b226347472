"""What a file that somebody holds IS, and what our records say of the certificate it names: the two halves of a verdict.

`documents.examine_file` finds the first half without asking any record; `services.verify_certificate` adds the second.
"""

import json
import re
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from esurety.domain.application_state import GuaranteeState, guarantee_state
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.products import CertificateForm

_AMOUNT = re.compile(r"保証金額(?:[（(]総額[）)])?([0-9][0-9,]*円)")
_WORKS_LABEL = re.compile(r"工事名(?![：:])")
LARGEST_FILE = 20 * 1024 * 1024  # bytes; a certificate has about 100 KB, a bundle of scans some MB
MOST_NAMED = 20  # numbers, and addresses, that a file may name: each is looked up in the records


class Reading(StrEnum):
    """How far a file could be read."""

    READ = "read"
    HASH_ONLY = "hash_only"  # only its SHA-256 was given
    EMPTY = "empty"
    NOT_A_PDF = "not_a_pdf"
    IMAGE = "image"
    ENCRYPTED = "encrypted"
    TOO_LARGE = "too_large"
    BROKEN = "broken"
    TOO_MUCH = "too_much"  # it outgrew the time or the memory that an examination gets


class SignatureState(StrEnum):
    """What the signature inside proves of the bytes."""

    NONE = "none"
    INTACT = "intact"  # it holds, and covers every byte of the file
    CONTINUED = "continued"  # it holds for an earlier state of the file, which goes on behind it
    BROKEN = "broken"  # it covers the file, and the bytes are not those that were signed
    MISPLACED = "misplaced"  # its places in the file are no longer where it says: the file was written anew


class SignerTrust(StrEnum):
    """Whose signature it is."""

    TRUSTED = "trusted"  # leads to a root of ours, and was valid at the time of signing
    DEMO = "demo"  # a demonstration's: its names say 見本
    NOT_VALID_THEN = "not_valid_then"
    UNKNOWN = "unknown"


class Continuation(StrEnum):
    """What follows behind the signed state of a file."""

    NONE = "none"
    BYTES = "bytes"  # something that no reader shows
    REVISION = "revision"  # a later state: pages, fields or a further signature


_NAMING = ("numbers", "status_ids", "foreign_addresses")


@dataclass(frozen=True)
class FileFacts:
    """Everything an examination finds. Nothing in it is to be believed but the hash, until a verdict says so."""

    sha256: str
    size: int  # bytes
    reading: Reading
    page_count: int = 0
    pages_naming_a_certificate: int = 0
    pages_without_text: int = 0  # pictures of pages
    signature: SignatureState = SignatureState.NONE
    signer: SignerTrust = SignerTrust.UNKNOWN
    signer_name: str = ""
    signed_at: datetime | None = None
    continuation: Continuation = Continuation.NONE
    data: str = ""  # the attached certificate data as canonical JSON of CertificateContent; empty where there is none
    numbers: tuple[str, ...] = ()  # well-formed 保証契約番号 in the text, in the order of the pages
    status_ids: tuple[str, ...] = ()  # of our status pages' addresses, from QR codes and text
    foreign_addresses: tuple[str, ...] = ()  # that look like a status page's, or stand in a certificate's QR code, and lead elsewhere
    text: str = ""  # of the pages but key notices, without white space
    has_annotations: bool = False
    has_scripts: bool = False
    is_key_notice: bool = False
    has_key_notice: bool = False  # on one of its pages
    is_screen_print: bool = False
    is_status_print: bool = False  # the public status page, printed
    is_verdict_slip: bool = False  # 確認結果票, or the result page
    has_other_pages: bool = False  # besides those of a certificate

    @property
    def content(self) -> CertificateContent | None:
        """What the attached data say."""
        return CertificateContent.from_json(self.data) if self.data else None

    @property
    def names_a_certificate(self) -> bool:
        return bool(self.data or self.numbers or self.status_ids or self.foreign_addresses)

    @property
    def is_signed_by_surety(self) -> bool:
        """Under a key of one of ours, a demonstration's included, and over every byte: what stands in it is the surety's word."""
        return self.signature is SignatureState.INTACT and self.signer in {SignerTrust.TRUSTED, SignerTrust.DEMO}

    @property
    def reads_like_a_certificate(self) -> bool:
        """More than a number, which letters and lists name too."""
        return bool(self.data or self.status_ids or self.foreign_addresses or (self.numbers and "保証金額" in self.text))

    def to_json(self) -> str:
        plain = asdict(self) | {"signed_at": self.signed_at.isoformat() if self.signed_at else None}
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "FileFacts":
        """What `to_json` wrote. Raises TypeError, KeyError or ValueError for anything else, and for more names than are looked up."""
        plain = json.loads(text)
        enums = {"reading": Reading, "signature": SignatureState, "signer": SignerTrust, "continuation": Continuation}
        plain |= {name: kind(plain[name]) for name, kind in enums.items()}
        plain |= {name: tuple(plain[name]) for name in _NAMING}
        if any(len(plain[name]) > MOST_NAMED for name in _NAMING):
            raise ValueError("more names than any bundle of certificates has")
        plain["signed_at"] = datetime.fromisoformat(plain["signed_at"]) if plain["signed_at"] else None
        return cls(**{field.name: plain[field.name] for field in fields(cls)})


class Recognised(StrEnum):
    """How we know which certificate of ours a file is about; the further down, the less it proves."""

    FILE = "file"  # its SHA-256 is that of a certificate of ours
    SIGNED_DATA = "signed_data"  # an intact signature of a known surety covers the number
    STATUS_ADDRESS = "status_address"  # it bears the unguessable address of the status page
    SAME_WORDS = "same_words"  # its text names works, principal and amount as we have them


@dataclass(frozen=True)
class RecordFacts:
    """What our records say of one version of a certificate."""

    recognised: Recognised
    content: CertificateContent
    newest_version: int
    ends_on: date  # of the newest version
    cancelled_on: date | None
    issuer_had_right: bool  # looked up for a file of ours alone
    is_confirmed: bool = False  # the public log and the signed data say what these records say

    @property
    def number(self) -> str:
        return self.content.guarantee_contract_number

    @property
    def is_newest(self) -> bool:
        return self.content.version == self.newest_version

    @property
    def is_paper(self) -> bool:
        return self.content.certificate_form is CertificateForm.PAPER

    @property
    def may_show_state(self) -> bool:
        """Whether the holder shows enough to be told how the guarantee stands: number, works and amount stand in public notices."""
        return self.recognised is not Recognised.SAME_WORDS

    @property
    def may_show_content(self) -> bool:
        """Whether names and amounts may be shown: only to who holds them already, unaltered."""
        return self.recognised is Recognised.FILE

    def state(self, today: date) -> GuaranteeState:
        return guarantee_state(cancelled_on=self.cancelled_on, guarantee_ends_on=self.ends_on, today=today)


def same_words(text: str, content: CertificateContent) -> bool:
    """Whether a text names works, principal and amount of a certificate, one of each: lists of guesses are no certificate.

    All or nothing, so that no field can be guessed by itself. The lines of a change (「工事名：… → …」) are not counted.
    """
    works, principal = ("".join(one.split()) for one in (content.works_name, content.principal_name))
    others = text.replace(f"工事名{works}", "", 1)
    is_one_works = others != text and _WORKS_LABEL.search(others.replace(works, "")) is None
    return is_one_works and principal in text and set(_AMOUNT.findall(text)) == {content.guaranteed_amount.text}
