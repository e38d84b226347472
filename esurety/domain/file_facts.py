"""What a file that somebody holds IS, and what our records say of the certificate it names: the two halves of a verdict.

`documents.examine_file` finds the first half without asking any record; `services.verify_certificate` adds the second.
"""

import json
from dataclasses import asdict, dataclass, fields
from datetime import date, datetime
from enum import StrEnum

from esurety.domain.application_state import GuaranteeState, guarantee_state
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.products import CertificateForm

LARGEST_FILE = 20 * 1024 * 1024  # bytes; a certificate has about 100 KB, a bundle of scans some MB


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
    status_ids: tuple[str, ...] = ()  # of status pages' addresses, from QR codes and text
    text: str = ""  # of the pages, without white space
    has_annotations: bool = False
    has_scripts: bool = False
    is_key_notice: bool = False
    is_screen_print: bool = False

    @property
    def content(self) -> CertificateContent | None:
        """What the attached data say."""
        return CertificateContent.from_json(self.data) if self.data else None

    @property
    def names_a_certificate(self) -> bool:
        return bool(self.data or self.numbers or self.status_ids)

    def to_json(self) -> str:
        plain = asdict(self) | {"signed_at": self.signed_at.isoformat() if self.signed_at else None}
        return json.dumps(plain, ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> "FileFacts":
        """What `to_json` wrote. Raises TypeError, KeyError or ValueError for anything else."""
        plain = json.loads(text)
        enums = {"reading": Reading, "signature": SignatureState, "signer": SignerTrust, "continuation": Continuation}
        plain |= {name: kind(plain[name]) for name, kind in enums.items()}
        plain |= {name: tuple(plain[name]) for name in ("numbers", "status_ids")}
        plain["signed_at"] = datetime.fromisoformat(plain["signed_at"]) if plain["signed_at"] else None
        return cls(**{field.name: plain[field.name] for field in fields(cls)})


class Recognised(StrEnum):
    """How we know which certificate of ours a file is about; the further down, the less it proves."""

    FILE = "file"  # its SHA-256 is that of a certificate of ours
    SIGNED_DATA = "signed_data"  # an intact signature of a known surety covers the number
    STATUS_ADDRESS = "status_address"  # it bears the unguessable address of the status page
    SAME_WORDS = "same_words"  # its text names works, principal and amount as we have them
    NUMBER = "number"  # only the number, which anybody can write


@dataclass(frozen=True)
class RecordFacts:
    """What our records say of one version of a certificate."""

    recognised: Recognised
    content: CertificateContent
    newest_version: int
    ends_on: date  # of the newest version
    cancelled_on: date | None
    issuer_had_right: bool
    was_signed: bool

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
        """Whether the holder shows enough to be told how the guarantee stands: a number alone is soon guessed."""
        return self.recognised is not Recognised.NUMBER

    @property
    def may_show_content(self) -> bool:
        """Whether names and amounts may be shown: only to who holds them already, unaltered."""
        return self.recognised is Recognised.FILE

    def state(self, today: date) -> GuaranteeState:
        return guarantee_state(cancelled_on=self.cancelled_on, guarantee_ends_on=self.ends_on, today=today)


def same_words(text: str, content: CertificateContent) -> bool:
    """Whether a text names works, principal and amount of a certificate; all or nothing, so that no field can be guessed by itself."""
    wanted = (content.works_name, content.principal_name, content.guaranteed_amount.text)
    return all("".join(one.split()) in text for one in wanted)
