"""監査, the third part: the columns around a certificate that screens and verdicts trust, against its file, its timestamp and other records."""

from collections.abc import Iterator, Sequence

from esurety.documents.attached_data import OwnFile
from esurety.documents.timestamps import NoTimestamp, stamped_at
from esurety.domain.certificate_content import CertificateContent, version_text
from esurety.domain.issuing_rights import IssuingRight, may_issue
from esurety.domain.japanese_calendar import japanese_day
from esurety.domain.log_entry import LogEvent
from esurety.domain.products import CertificateForm
from esurety.domain.timestamp_state import TimestampState
from esurety.persistence import issuing_register, log_audit
from esurety.persistence.log_audit import VersionFacts
from esurety.services.findings import Findings

# What no signature, no hash and no entry of the log covers. Said with every audit, so that nobody takes its silence for more than it is.
NOT_COVERED = (
    "紙の証書の台帳の内容（電子署名もデータも付かないため、紙面とは照らし合わせません）",
    "申込み・審査・保証料・入金・書類・メールの記録と、発注者・受注者・料率の登録",
    "操作の記録（events）の日時と文章。発行・変更・解約・再発行の件数と、発行した人だけを照らし合わせます",
    "発行した人と発行権限の登録。登録どうしの食い違いは分かりますが、すべてを同じように書き換えると分かりません",
    "消されたうえで「なし」「待ち」と書き換えられたタイムスタンプ",
    "電子署名の計算（証書ファイルは公開記録の SHA-256 と照らし合わせます。署名は flask certificate verify で確かめます）",
)


class VersionsAudit:
    """The versions of one batch, with what is asked for all of them at once."""

    def __init__(self, batch: Sequence[VersionFacts], findings: Findings) -> None:
        ids = {one.contract_id for one in batch}
        self._acts, self._tokens = log_audit.acts_by_contract(ids), log_audit.tokens_by_version(ids)
        self._rights: dict[int, list[IssuingRight]] = {}
        self._findings = findings

    def look_at(self, one: VersionFacts, content: CertificateContent, own: OwnFile) -> None:
        """Compare a version's columns with its content, which is known to be that of its file, and with the file."""
        named = f"{one.number} {version_text(one.version)}"
        for finding in (*self._of_file(one, content, own), *self._of_stamp(one, own), *self._of_issuer(one, content)):
            self._findings.add(f"{named}{finding}")
        if one.is_current:
            for finding in self._of_contract(one, content):
                self._findings.add(f"{named}{finding}")

    def look_at_acts(self, one: VersionFacts) -> None:
        """Once for each contract: whether the events still tell what the log says was done."""
        acts = self._acts[one.contract_id]
        for event in LogEvent:
            if acts.events.get(event, 0) < acts.entries.get(event, 0):
                self._findings.add(f"{one.number} について、公開記録にある{event.label}の記録（events）が消されています。")

    def _of_file(self, one: VersionFacts, content: CertificateContent, own: OwnFile) -> Iterator[str]:
        if (one.status_id or "") != content.status_id:
            yield "の台帳の状態確認の番号が、証書と違います。"
        kept = one.signed_at.replace(microsecond=0) if one.signed_at is not None else None
        if kept != own.signed_at:
            yield "の台帳の署名の時刻が、証書の電子署名と違います。"
        # A certificate with a status address is from the time when every electronic one is signed.
        must_be_signed = content.certificate_form is CertificateForm.ELECTRONIC and content.status_id
        if must_be_signed and (own.signed_at is None or own.data is None):
            yield "の証書ファイルに、電子署名かデータがありません。"

    def _of_stamp(self, one: VersionFacts, own: OwnFile) -> Iterator[str]:
        token = self._tokens.get((one.contract_id, one.version))
        is_detached = one.timestamp_state == TimestampState.DETACHED
        if (one.timestamp_state == TimestampState.EMBEDDED) != own.is_stamped or (token is not None and not is_detached):
            yield "の台帳のタイムスタンプの状態が、証書と違います。"
        elif is_detached and token is None:
            yield "のタイムスタンプがありません。"
        elif token is not None:
            try:
                if stamped_at(token[0], one.file_sha256) != token[1]:
                    yield "のタイムスタンプの時刻が、台帳と違います。"
            except NoTimestamp:
                yield "のタイムスタンプが壊れているか、このファイルのものではありません。"

    def _of_issuer(self, one: VersionFacts, content: CertificateContent) -> Iterator[str]:
        issuers = self._acts[one.contract_id].issuers
        if one.version < len(issuers) and issuers[one.version] != one.issued_by:
            yield "を発行した人が、発行したときの記録（events）と違います。"
        elif not may_issue(self._rights_of(one.issued_by), content.product, content.guaranteed_amount, japanese_day(one.issued_at)):
            yield "を発行した人の発行権限が、登録簿にありません。"

    def _rights_of(self, account_id: int | None) -> list[IssuingRight]:
        """Stopped ones as well: they covered what was issued before."""
        if account_id is None:
            return []
        if account_id not in self._rights:
            self._rights[account_id] = [issuing_register.right_of(entry) for entry in issuing_register.entries_of(account_id)]
        return self._rights[account_id]

    def _of_contract(self, one: VersionFacts, content: CertificateContent) -> Iterator[str]:
        if one.form_and_product != (content.certificate_form.value, content.product.value):
            yield "の台帳の証書の形式か商品が、証書と違います。"
        if one.parties != one.parties_applied_for or self._is_with_others(one, content):
            yield "の台帳の当事者（保証会社・発注者・受注者）が、申込みか証書と違います。"

    def _is_with_others(self, one: VersionFacts, content: CertificateContent) -> bool:
        """A party may have a new name since; but then nobody else bears the old one."""
        printed = (content.surety_name, content.obligee_name, content.principal_name)
        parties = zip(("surety", "authority", "company"), one.names, printed, strict=True)
        return any(now != then and (now is None or log_audit.is_somebody_else(party, then, one.parties[0])) for party, now, then in parties)
