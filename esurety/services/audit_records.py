"""監査, the other half: entries against the records they speak of, records against the entries they need, files against their hashes."""

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC
from typing import Any

from esurety.documents.attached_data import DataUnreadable, own_file
from esurety.domain.certificate_content import CertificateContent, version_text
from esurety.domain.certificate_data import certificate_data
from esurety.domain.log_entry import LogEntry, LogEvent, UnreadableEntry
from esurety.persistence import log_audit
from esurety.persistence.log import EntryFacts
from esurety.persistence.log_audit import ContractFacts, VersionFacts
from esurety.services.audit_versions import VersionsAudit
from esurety.services.findings import Findings

_BATCH = 256


def audit_records_of(batch: Sequence[EntryFacts], findings: Findings) -> None:
    """Whether the records still say what these entries say."""
    ids = {one.contract_id for one in batch}
    contracts, files = log_audit.contracts_by_id(ids), log_audit.file_hashes_by_version(ids)
    for one in batch:
        place = f"第{one.leaf_index + 1}件"
        try:
            entry = LogEntry.from_json(one.entry)
        except UnreadableEntry:
            findings.add(f"{place}の記録の内容が、決められた形ではありません。")
            continue
        told = (one.event, one.version, one.at.astimezone(UTC).replace(microsecond=0))
        if told != (entry.event.value, entry.version, entry.at):
            findings.add(f"{place}の見出し（日時・種類・版）が、記録の内容と違います。")
        _audit_entry(place, entry, contracts.get(one.contract_id), files.get((one.contract_id, one.version), ""), findings)


def _audit_entry(place: str, entry: LogEntry, contract: ContractFacts | None, file_sha256: str | None, findings: Findings) -> None:
    number = entry.guarantee_contract_number
    named = f"{place}（{number} {version_text(entry.version)}）"
    if contract is None or contract.number != number:
        findings.add(f"{named}の保証契約の台帳がありません。消されたか、番号が変えられています。")
        return
    if file_sha256 == "":
        findings.add(f"{named}の版の台帳が消されています。")
    elif file_sha256 != entry.certificate_sha256:
        findings.add(f"{named}の証書ファイルが、記録されたものと違うものに差し替えられています。")
    if entry.version > contract.current_version:
        findings.add(f"{named}の後の台帳が、古い版（{version_text(contract.current_version)}）に戻されています。")
    if entry.event is LogEvent.CANCELLED and contract.cancelled_on != entry.cancelled_on:
        findings.add(f"{named}で解約が記録されていますが、台帳では解約日が消されたか変えられています。")


def audit_files_and_versions(findings: Findings) -> int:
    """Whether every issued version is in the log and its file is there, unaltered. Returns how many files were read."""
    last, read = (0, -1), 0
    while batch := log_audit.issued_versions_after(last, _BATCH):
        versions = VersionsAudit(batch, findings)
        for one in batch:
            _audit_version(one, findings)
            read += _audit_file(one, versions, findings)
            if one.is_current:
                versions.look_at_acts(one)
        last = (batch[-1].contract_id, batch[-1].version)
    for number in log_audit.unlogged_key_reissues():
        findings.add(f"{number} の認証キーの再発行の回数が、公開記録と違います。")
    return read


def _audit_version(one: VersionFacts, findings: Findings) -> None:
    named = f"{one.number} {version_text(one.version)}"
    if not one.is_logged:
        findings.add(f"{named}の証書は発行されていますが、公開記録に発行（変更）の記録がありません。")
    if one.is_current and one.cancelled_on is not None and not one.is_cancellation_logged:
        findings.add(f"{named}は台帳で解約済みですが、公開記録に解約の記録がありません。")


def _audit_file(one: VersionFacts, versions: VersionsAudit, findings: Findings) -> int:
    """One file at a time: certificates are small, all of them are not."""
    named = f"{one.number} {version_text(one.version)}"
    pdf = log_audit.stored_file(one.file_sha256)
    if pdf is None:
        findings.add(f"{named}の証書ファイルがありません（SHA-256 {one.file_sha256[:16]}…）。")
        return 0
    if hashlib.sha256(pdf).hexdigest() != one.file_sha256:
        findings.add(f"{named}の証書ファイルが書き換えられています（SHA-256 {one.file_sha256[:16]}…）。")
    else:
        _audit_content(named, one, pdf, versions, findings)
    return 1


def _audit_content(named: str, one: VersionFacts, pdf: bytes, versions: VersionsAudit, findings: Findings) -> None:
    """The file cannot be altered unseen; whether the screens still say what it says is another matter."""
    try:
        content = CertificateContent.from_json(one.content)
        shown = json.loads(certificate_data(content))
        own = own_file(pdf)
    except (ValueError, TypeError, KeyError, AttributeError, DataUnreadable):
        findings.add(f"{named}の台帳の内容が読めません。書き換えられたおそれがあります。")
        return
    if own.data is not None and _differ(shown, own.data):
        findings.add(f"{named}の台帳の内容（画面の表示）が、証書ファイルの内容と違います。")
    kept = (one.guaranteed_amount, one.guarantee_ends_on)
    if one.is_current and kept != (content.guaranteed_amount, content.guarantee_ends_on):
        findings.add(f"{named}の台帳の保証金額か保証期間の末日が、証書の内容と違います。")
    versions.look_at(one, content, own)


def _differ(shown: dict[str, Any], signed: dict[str, Any]) -> bool:
    """Whether a content says anything that its file does not; an older file may lack fields that are empty in the content."""
    are_known = signed.keys() <= shown.keys()
    return not are_known or any(value != signed[name] if name in signed else bool(value) for name, value in shown.items())
