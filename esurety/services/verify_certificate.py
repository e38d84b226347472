"""The verdict on a certificate file that somebody holds: what the file is, beside what our records say. Nothing is stored."""

import hashlib
import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import datetime

import structlog

from esurety.documents.examination_process import examine_apart
from esurety.documents.signature_check import examine_own
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.file_facts import LARGEST_FILE, FileFacts, Reading, Recognised, RecordFacts
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.judge_certificate import judge
from esurety.domain.verdict import Headline, Verdict
from esurety.persistence import certificate_lookup
from esurety.persistence.certificate_lookup import FoundVersion
from esurety.persistence.database import end_reading
from esurety.services.confirm_record import doubts
from esurety.services.installation import Installation
from esurety.services.recognise_certificates import record_of, records_named_by

_log: structlog.stdlib.BoundLogger = structlog.get_logger("esurety")
_SEPARATORS = re.compile(r"[\s:：\-]")
_SHA256 = re.compile(r"[0-9a-f]{64}")


class NotASha256(ValueError):
    """The text is no SHA-256 in hexadecimal digits."""


class NothingToVerify(ValueError):
    """Neither a file nor a SHA-256 was given."""


@dataclass(frozen=True)
class CheckedCertificate:
    """A verdict with what may be shown besides."""

    verdict: Verdict
    sha256: str
    size: int  # bytes; 0 when only the SHA-256 was given
    checked_at: datetime
    numbers: tuple[str, ...]  # the 保証契約番号 that the file is about
    version_text: str
    content: CertificateContent | None  # names and amounts, only for who holds them unaltered


def verify_certificate(
    *, at: datetime, installation: Installation, file: bytes | None = None, sha256: str = "", asked_number: str = "", source: str = ""
) -> CheckedCertificate:
    """The verdict on a file, or on the SHA-256 of one.

    `source`: the address that asks, of which one strange file is examined at a time.
    Raises NothingToVerify, NotASha256, NotAContractNumber for the number to compare with, ExaminationsBusy.
    """
    asked = GuaranteeContractNumber.parse(asked_number).text if asked_number.strip() else ""
    if file is None and not sha256.strip():
        raise NothingToVerify
    digest = hashlib.sha256(file).hexdigest() if file is not None else read_sha256(sha256)
    found = certificate_lookup.version_of_file(digest)
    if found is not None:
        facts = FileFacts(digest, 0, Reading.HASH_ONLY) if file is None else examine_own(file, installation.settings.signing_dir)
        record = _own_record(found, facts, installation)
        end_reading()
        return _checked(facts, [record], at, asked)
    end_reading()
    facts = FileFacts(digest, 0, Reading.HASH_ONLY) if file is None else _examine_strange(file, installation, source)
    return _checked(facts, records_named_by(facts), at, asked)


def read_sha256(typed: str) -> str:
    """A SHA-256 as people paste it: any width and case, in groups or not. Raises NotASha256."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed[:300])).lower().removeprefix("sha256")
    if _SHA256.fullmatch(plain) is None:
        raise NotASha256("not a SHA-256")
    return plain


def _examine_strange(file: bytes, installation: Installation, source: str) -> FileFacts:
    if len(file) > LARGEST_FILE:
        return FileFacts(hashlib.sha256(file).hexdigest(), len(file), Reading.TOO_LARGE)
    settings = installation.settings
    return examine_apart(
        file, signing_dir=settings.signing_dir, slots_dir=settings.data_dir / "locks", public_urls=settings.public_urls, source=source
    )


def _own_record(found: FoundVersion, facts: FileFacts, installation: Installation) -> RecordFacts:
    record = record_of(found, Recognised.FILE)
    against = doubts(found, record.content, facts, installation)
    if against:  # an alarm: somebody has altered records, or the log
        _log.error("records_disagree", number=record.number, version=record.content.version, sha256=facts.sha256, doubts=against)
    return replace(record, is_confirmed=not against)


def _checked(facts: FileFacts, records: list[RecordFacts], at: datetime, asked: str) -> CheckedCertificate:
    verdict = judge(facts, records, today=japanese_day(at), asked_number=asked)
    named = [one.number for one in records]
    named += [facts.content.guarantee_contract_number] if facts.content is not None else []
    one = records[0] if len(records) == 1 else None
    may_show = one is not None and one.may_show_content and one.is_confirmed and facts.reading is Reading.READ
    return CheckedCertificate(
        verdict=verdict,
        sha256=facts.sha256,
        size=facts.size,
        checked_at=at,
        numbers=tuple(dict.fromkeys([*named, *facts.numbers])),
        version_text=one.content.version_text
        if one is not None and verdict.headline in {Headline.COPY, Headline.ON_RECORD} and one.may_show_state
        else "",
        content=one.content if one is not None and may_show else None,
    )
