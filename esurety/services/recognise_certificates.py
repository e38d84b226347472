"""Which certificates of ours a strange file names, each with the best evidence that the file shows for it."""

from collections.abc import Iterator

from esurety.domain.certificate_content import CertificateContent
from esurety.domain.file_facts import FileFacts, Recognised, RecordFacts, same_words
from esurety.domain.issuing_rights import may_issue
from esurety.domain.japanese_calendar import japanese_day
from esurety.persistence import certificate_lookup
from esurety.persistence.certificate_lookup import FoundVersion


def records_named_by(facts: FileFacts) -> list[RecordFacts]:
    """One record to a certificate. A number that stands there alone, or with other words than ours, names nothing.

    Otherwise numbers, amounts and names could be guessed, one file after another. Two queries.
    """
    best: dict[tuple[str, int], RecordFacts] = {}
    for one in _recognised(facts):
        is_known_better = one.recognised is Recognised.SAME_WORDS and any(number == one.number for number, _ in best)
        if not is_known_better:
            best.setdefault((one.number, one.content.version), one)
    return list(best.values())


def record_of(found: FoundVersion, recognised: Recognised) -> RecordFacts:
    """What our records say of a version."""
    content = CertificateContent.from_json(found.version.content)
    assert found.version.issued_at is not None, "only issued versions are found"  # noqa: S101
    issued_on = japanese_day(found.version.issued_at)
    return RecordFacts(
        recognised=recognised,
        content=content,
        newest_version=found.contract.current_version,
        ends_on=found.contract.guarantee_ends_on,
        cancelled_on=found.contract.cancelled_on,
        issuer_had_right=recognised is Recognised.FILE
        and may_issue(found.issuer_rights(), content.product, content.guaranteed_amount, issued_on),
    )


def _recognised(facts: FileFacts) -> Iterator[RecordFacts]:
    """From the best evidence to the least."""
    data = facts.content
    addresses = dict.fromkeys([*facts.status_ids, *([data.status_id] if data is not None and data.status_id else [])])
    numbers = dict.fromkeys([*facts.numbers, *([data.guarantee_contract_number] if data is not None else [])])
    by_number = certificate_lookup.versions_of_numbers(list(numbers))
    if data is not None and facts.is_signed_by_surety:
        for found in by_number:
            if (found.contract.number, found.version.version) == (data.guarantee_contract_number, data.version):
                yield record_of(found, Recognised.SIGNED_DATA)
    for found in certificate_lookup.versions_of_status_ids(list(addresses)).values():
        yield record_of(found, Recognised.STATUS_ADDRESS)
    yield from _with_same_words(facts, by_number)


def _with_same_words(facts: FileFacts, candidates: list[FoundVersion]) -> Iterator[RecordFacts]:
    """Of each number the newest version whose words stand there."""
    seen: set[str] = set()
    for found in candidates:
        content = CertificateContent.from_json(found.version.content)
        if found.contract.number not in seen and (facts.content == content or same_words(facts.text, content)):
            seen.add(found.contract.number)
            yield record_of(found, Recognised.SAME_WORDS)
