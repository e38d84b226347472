"""The verdict on a certificate file that somebody holds: what the file is, beside what our records say. Nothing is stored."""

import hashlib
import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from esurety.documents.examination_process import examine_apart
from esurety.documents.signature_check import examine_own
from esurety.domain.certificate_content import CertificateContent
from esurety.domain.file_facts import (
    LARGEST_FILE,
    FileFacts,
    Reading,
    Recognised,
    RecordFacts,
    SignatureState,
    SignerTrust,
    same_words,
)
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.domain.issuing_rights import may_issue
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.judge_certificate import judge
from esurety.domain.verdict import Headline, Verdict
from esurety.persistence import certificate_lookup, contracts
from esurety.persistence.certificate_lookup import FoundVersion
from esurety.persistence.database import end_reading
from esurety.services.installation import Installation

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
    *, at: datetime, installation: Installation, file: bytes | None = None, sha256: str = "", asked_number: str = ""
) -> CheckedCertificate:
    """The verdict on a file, or on the SHA-256 of one.

    Raises NothingToVerify, NotASha256, NotAContractNumber for the number to compare with, ExaminationsBusy.
    """
    asked = GuaranteeContractNumber.parse(asked_number).text if asked_number.strip() else ""
    if file is None and not sha256.strip():
        raise NothingToVerify
    digest = hashlib.sha256(file).hexdigest() if file is not None else read_sha256(sha256)
    record: RecordFacts | None
    found = certificate_lookup.version_of_file(digest)
    if found is not None:
        record = _record(found, Recognised.FILE)
        held = file if file is not None else contracts.file_bytes(digest)
        end_reading()
        facts = examine_own(held or b"", _signing_dir(installation))
    else:
        end_reading()
        facts = FileFacts(digest, 0, Reading.HASH_ONLY) if file is None else _examine_strange(file, installation)
        record = _record_named_by(facts)
    return _checked(facts, record, at, asked)


def read_sha256(typed: str) -> str:
    """A SHA-256 as people paste it: any width and case, in groups or not. Raises NotASha256."""
    plain = _SEPARATORS.sub("", unicodedata.normalize("NFKC", typed[:300])).lower().removeprefix("sha256")
    if _SHA256.fullmatch(plain) is None:
        raise NotASha256("not a SHA-256")
    return plain


def _examine_strange(file: bytes, installation: Installation) -> FileFacts:
    if len(file) > LARGEST_FILE:
        return FileFacts(hashlib.sha256(file).hexdigest(), len(file), Reading.TOO_LARGE)
    return examine_apart(file, signing_dir=_signing_dir(installation), slots_dir=installation.settings.data_dir / "locks")


def _signing_dir(installation: Installation) -> Path:
    return installation.settings.signing_dir


def _record_named_by(facts: FileFacts) -> RecordFacts | None:
    """The record of the certificate that a strange file names, by the best evidence it shows."""
    return next(_records(facts), None)


def _records(facts: FileFacts) -> Iterator[RecordFacts]:
    data = facts.content
    is_signed = facts.signature is SignatureState.INTACT and facts.signer in {SignerTrust.TRUSTED, SignerTrust.DEMO}
    for status_id in facts.status_ids:
        if (found := certificate_lookup.version_of_status_id(status_id)) is not None:
            yield _record(found, Recognised.STATUS_ADDRESS)
    if data is not None and (found := certificate_lookup.version_of_number(data.guarantee_contract_number, data.version)) is not None:
        record = _record(found, Recognised.SIGNED_DATA if is_signed else Recognised.SAME_WORDS)
        yield record if is_signed or record.content == data else _record(found, Recognised.NUMBER)
    for number in facts.numbers:
        if (found := certificate_lookup.version_of_number(number)) is not None:
            record = _record(found, Recognised.SAME_WORDS)
            yield record if same_words(facts.text, record.content) else _record(found, Recognised.NUMBER)


def _record(found: FoundVersion, recognised: Recognised) -> RecordFacts:
    content = CertificateContent.from_json(found.version.content)
    assert found.version.issued_at is not None, "only issued versions are found"  # noqa: S101
    issued_on = japanese_day(found.version.issued_at)
    return RecordFacts(
        recognised=recognised,
        content=content,
        newest_version=found.contract.current_version,
        ends_on=found.contract.guarantee_ends_on,
        cancelled_on=found.contract.cancelled_on,
        issuer_had_right=may_issue(found.issuer_rights(), content.product, content.guaranteed_amount, issued_on),
        was_signed=found.version.signed_at is not None,
    )


def _checked(facts: FileFacts, record: RecordFacts | None, at: datetime, asked: str) -> CheckedCertificate:
    verdict = judge(facts, record, today=japanese_day(at), asked_number=asked)
    named = [record.number] if record is not None else []
    named += [facts.content.guarantee_contract_number] if facts.content is not None else []
    return CheckedCertificate(
        verdict=verdict,
        sha256=facts.sha256,
        size=facts.size,
        checked_at=at,
        numbers=tuple(dict.fromkeys([*named, *facts.numbers])),
        version_text=record.content.version_text
        if record is not None and verdict.headline is Headline.COPY and record.may_show_state
        else "",
        content=record.content if record is not None and record.may_show_content else None,
    )
