"""The audit on databases that somebody with full rights has been at: no trigger and no foreign key stood in the way."""

import hashlib
import tracemalloc
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from esurety.domain.log_entry import LogEvent
from esurety.persistence import changes, contracts
from esurety.persistence.database import writing
from esurety.services.audit_log import AuditReport, KeptHead, UnusableHead, verify_log
from esurety.services.keep_log import append_to_log, checkpoint_note, tlog_proof
from esurety.services.stamp_later import stamp_one_waiting_file
from tests.example_of_record import ISSUED_ON, with_performance
from tests.services.test_changing import CHANGED_AT, LARGER, changed
from tests.services.test_log import new_key
from tests.stage import Stage
from tests.timestamp_server import timestamp_server

Tamper = Callable[..., None]
MANY = 9  # new keys: enough for subtrees of three levels


@pytest.fixture
def logged(stage: Stage) -> Stage:
    """Twelve acts: two issued, nine new keys of the first, the second cancelled."""
    first, second = stage.issued(**with_performance()).numbers
    for _ in range(MANY):
        new_key(stage, first)
    stage.cancel(second, on=ISSUED_ON, at=CHANGED_AT)
    return stage


def audit(stage: Stage, *notes: str, printed: tuple[KeptHead, ...] = ()) -> AuditReport:
    with stage.context():
        return verify_log(installation=stage.installation, older_notes=notes, printed=printed)


def head(stage: Stage) -> str:
    with stage.context():
        return checkpoint_note(stage.installation)


def said(report: AuditReport) -> str:
    return "\n".join(report.findings)


def test_a_sound_log_is_sound_against_every_older_head(logged: Stage) -> None:
    notes = logged.column("SELECT note FROM log_checkpoints ORDER BY tree_size")
    proof = ""
    with logged.context():
        proof = tlog_proof(1, 0)

    report = audit(logged, *notes, proof, "Received: x\r\n\r\n本日の先頭値\r\n" + notes[4].replace("\n", "\r\n") + "\r\n-- \r\n署名")

    assert report.findings == ()
    assert (report.size, report.files, report.heads) == (12, 2, 14)
    assert report.root_hex == logged.scalar("SELECT root FROM log_checkpoints WHERE tree_size = 12")


def test_an_empty_log_is_sound_and_an_empty_head_fits_every_log(stage: Stage) -> None:
    empty = head(stage)
    assert audit(stage, empty).is_sound

    stage.issued()

    assert audit(stage, empty).is_sound


def test_a_changed_certificate_is_sound(stage: Stage) -> None:
    number = stage.issued().number
    changed(stage, number, **LARGER)

    report = audit(stage)

    assert (report.findings, report.files) == ((), 2)


def test_a_rewritten_entry_is_found(logged: Stage, tamper: Tamper) -> None:
    tamper("UPDATE log_entries SET entry = replace(entry, '2024-04-01', '2024-03-01') WHERE leaf_index = 1")

    findings = audit(logged).findings

    assert "第2件の記録が書き換えられています（いまの内容：" in findings[1]
    assert "第2件の見出し（日時・種類・版）が、記録の内容と違います" in findings[0]
    assert len(findings) == 2  # and nothing is said against the entries behind it


def test_a_rewritten_entry_with_its_chain_and_leaf_made_to_fit_is_found(logged: Stage, tamper: Tamper) -> None:
    entry, salt, before = logged.rows("SELECT entry, salt, previous_hash FROM log_entries WHERE leaf_index = 4")[0]
    forged = entry.replace("2024-05-01", "2024-05-02")
    link = hashlib.sha256(bytes.fromhex(before) + bytes(salt) + forged.encode()).hexdigest()

    tamper(
        f"UPDATE log_entries SET entry = '{forged}', chain_hash = '{link}', at = '2024-05-02 03:00:00' WHERE leaf_index = 4",
        f"UPDATE log_entries SET previous_hash = '{link}' WHERE leaf_index = 5",
    )
    text = said(audit(logged))

    assert "木の値（第5件の葉）が、記録から計算した値と違います" in text
    assert "第5件時点の署名つき先頭値が、記録から計算した値と違います" in text
    assert "第6件の記録が書き換えられています" in text


def test_a_dropped_tail_is_found_by_the_heads_that_were_left(logged: Stage, tamper: Tamper) -> None:
    tamper("DELETE FROM log_entries WHERE leaf_index >= 9")

    assert "末尾の3件（第10件から第12件まで）が切り捨てられています" in said(audit(logged))


def test_a_tail_dropped_without_a_trace_is_found_by_an_older_head(logged: Stage, tamper: Tamper) -> None:
    older = head(logged)
    tamper(
        "DELETE FROM log_entries WHERE leaf_index >= 9",
        "DELETE FROM log_checkpoints WHERE tree_size > 9",
        "DELETE FROM log_nodes WHERE (level = 0 AND position >= 9) OR (level = 1 AND position >= 4) OR (level = 2 AND position >= 2)",
        "UPDATE guarantee_contracts SET cancelled_on = NULL",
        f"DELETE FROM authentication_keys WHERE key_version > {MANY - 1}",
    )

    assert audit(logged).findings == ()
    assert "以前の先頭値は第12件時点のものですが、記録は9件しかありません" in said(audit(logged, older))
    append_again(logged, NEW_KEYS[7:])
    assert "記録は11件しかありません" in said(audit(logged, older))


def cut_to(tamper: Tamper, size: int) -> None:
    """The log as it was at this size, without a trace of what came later."""
    nodes = " OR ".join(f"(level = {level} AND position >= {size >> level})" for level in range(size.bit_length() + 4))
    tamper(
        f"DELETE FROM log_entries WHERE leaf_index >= {size}",
        f"DELETE FROM log_checkpoints WHERE tree_size > {size}",
        f"DELETE FROM log_nodes WHERE {nodes}",
    )


def append_again(stage: Stage, acts: list[tuple[LogEvent, int, dict[str, object]]]) -> None:
    """What a surety could do that rewrites history with its own key: the same acts entered anew, a minute later."""
    for event, contract_id, more in acts:
        with stage.context(), writing():
            contract = changes.lock_contract(contract_id) or contracts.issued_contract_by_id(contract_id)
            assert contract is not None
            append_to_log(
                event=event, contract=contract, version=0, at=CHANGED_AT + timedelta(minutes=1), installation=stage.installation, more=more
            )  # type: ignore[arg-type] # named facts


NEW_KEYS = [(LogEvent.KEY_REISSUED, 1, {"key_version": version}) for version in range(2, MANY + 2)]
CANCELLED = [(LogEvent.CANCELLED, 2, {"cancelled_on": ISSUED_ON})]


def test_a_fork_that_is_sound_in_itself_is_found_by_an_older_head(logged: Stage, tamper: Tamper) -> None:
    older = head(logged)
    before_the_fork = logged.scalar("SELECT note FROM log_checkpoints WHERE tree_size = 8")

    cut_to(tamper, 8)
    append_again(logged, [*NEW_KEYS[6:], *CANCELLED])

    assert audit(logged).findings == ()
    assert audit(logged, before_the_fork).findings == ()
    assert "以前の先頭値（第12件時点）と合いません。公開記録は、あとから書き換えられています" in said(audit(logged, older))


def test_a_log_that_was_emptied_and_built_anew_is_found_by_any_older_head(logged: Stage, tamper: Tamper) -> None:
    first, last = logged.scalar("SELECT note FROM log_checkpoints WHERE tree_size = 1"), head(logged)

    cut_to(tamper, 0)
    append_again(logged, [(LogEvent.ISSUED, 1, {}), (LogEvent.ISSUED, 2, {}), *NEW_KEYS, *CANCELLED])

    assert audit(logged).findings == ()
    for older in (first, last):
        assert "と合いません。公開記録は、あとから書き換えられています" in said(audit(logged, older))


def test_an_emptied_log_is_found_by_its_certificates_and_by_an_older_head(logged: Stage, tamper: Tamper) -> None:
    older = head(logged)
    tamper("DELETE FROM log_entries", "DELETE FROM log_nodes", "DELETE FROM log_checkpoints")

    text = said(audit(logged, older))

    assert text.count("公開記録に発行（変更）の記録がありません") == 2
    assert "公開記録に解約の記録がありません" in text
    assert "記録は0件しかありません" in text


def test_reordered_entries_are_found(logged: Stage, tamper: Tamper) -> None:
    tamper(
        "UPDATE log_entries SET leaf_index = 99 WHERE leaf_index = 3",
        "UPDATE log_entries SET leaf_index = 3 WHERE leaf_index = 4",
        "UPDATE log_entries SET leaf_index = 4 WHERE leaf_index = 99",
    )

    text = said(audit(logged))

    assert "第4件が前の記録につながっていません。順番が変えられたか" in text
    assert "第5件が前の記録につながっていません" in text
    assert "木の値（第4件の葉）" in text


def test_an_entry_taken_out_of_the_middle_is_found_and_the_rest_is_still_checked(logged: Stage, tamper: Tamper) -> None:
    tamper("DELETE FROM log_entries WHERE leaf_index IN (3, 4)")

    findings = audit(logged, head(logged)).findings

    assert findings[0] == "第4件から第5件までの記録が消されています。"
    assert "認証キーの再発行の回数が、公開記録と違います" in findings[1]
    assert len(findings) == 2


def test_an_entry_taken_out_with_its_leaf_makes_the_rest_uncheckable_and_that_is_said(logged: Stage, tamper: Tamper) -> None:
    older = head(logged)
    tamper("DELETE FROM log_entries WHERE leaf_index = 3", "DELETE FROM log_nodes WHERE level = 0 AND position = 3")

    text = said(audit(logged, older))

    assert "第4件の記録が消されています" in text
    assert "木の値（段0・3番）がありません" in text
    assert "これより後の木と先頭値は計算できません" in text
    assert "以前の先頭値（第12件時点）と照らし合わせられませんでした" in text


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("UPDATE log_nodes SET hash = (SELECT hash FROM log_nodes WHERE level = 0 AND position = 0) WHERE level = 1 AND position = 2", "木の値（段1・2番）が、記録から計算した値と違います"),
        ("UPDATE log_nodes SET hash = (SELECT hash FROM log_nodes WHERE level = 0 AND position = 0) WHERE level = 0 AND position = 2", "木の値（第3件の葉）が、記録から計算した値と違います"),
        ("DELETE FROM log_nodes WHERE level = 3", "木の値（段3・0番）がありません"),
        ("INSERT INTO log_nodes SELECT 9, 9, hash FROM log_nodes WHERE level = 3", "木に、どの記録のものでもない値があります"),
        ("UPDATE log_entries SET salt = (SELECT salt FROM log_entries WHERE leaf_index = 1) WHERE leaf_index = 0", "第1件の記録が書き換えられています"),
        ("UPDATE log_entries SET previous_hash = 'x' WHERE leaf_index = 5", "第6件の記録が書き換えられています"),
        ("UPDATE log_entries SET entry = '[]' WHERE leaf_index = 5", "第6件の記録が書き換えられています（いまの内容は読めません）"),
        ("UPDATE log_entries SET event = 'changed' WHERE leaf_index = 5", "第6件の見出し（日時・種類・版）が、記録の内容と違います"),
        ("DELETE FROM log_checkpoints WHERE tree_size = 7", "第7件時点の署名つき先頭値がありません"),
        ("UPDATE log_checkpoints SET note = replace(note, '/log 8', '/log X') WHERE tree_size = 8", None),
        ("UPDATE log_checkpoints SET note = (SELECT note FROM log_checkpoints WHERE tree_size = 6) WHERE tree_size = 7", "第7件時点の署名つき先頭値が、記録から計算した値と違います"),
        ("UPDATE log_checkpoints SET root = (SELECT root FROM log_checkpoints WHERE tree_size = 6) WHERE tree_size = 7", "第7件時点の署名つき先頭値が、記録から計算した値と違います"),
        ("UPDATE log_checkpoints SET note = 'nothing' WHERE tree_size = 7", "第7件時点の先頭値の署名が正しくありません"),
        ("UPDATE certificate_files SET pdf = CAST('forged' AS bytea)", "当初の証書ファイルが書き換えられています"),
        ("DELETE FROM certificate_files", "当初の証書ファイルがありません（SHA-256 "),
        ("DELETE FROM certificate_versions WHERE contract_id = 1", "当初）の版の台帳が消されています"),
        ("DELETE FROM guarantee_contracts WHERE id = 1", "の保証契約の台帳がありません"),
        ("UPDATE certificate_versions SET file_sha256 = (SELECT min(sha256) FROM certificate_files)", "の証書ファイルが、記録されたものと違うものに差し替えられています"),
        ("UPDATE guarantee_contracts SET cancelled_on = NULL", "で解約が記録されていますが、台帳では解約日が消されたか変えられています"),
        ("UPDATE guarantee_contracts SET cancelled_on = '2024-04-02'", "当初は台帳で解約済みですが、公開記録に解約の記録がありません"),
        ("UPDATE guarantee_contracts SET current_version = -1 WHERE id = 1", "の後の台帳が、古い版"),
        ("UPDATE certificate_versions SET content = replace(content, '19440000', '99440000') WHERE contract_id = 1", "当初の台帳の内容（画面の表示）が、証書ファイルの内容と違います"),
        ("UPDATE certificate_versions SET content = '{}' WHERE contract_id = 1", "当初の台帳の内容が読めません"),
        ("UPDATE guarantee_contracts SET guaranteed_amount = 99440000 WHERE id = 1", "当初の台帳の保証金額か保証期間の末日が、証書の内容と違います"),
        ("UPDATE guarantee_contracts SET guarantee_ends_on = '2034-09-30' WHERE id = 1", "当初の台帳の保証金額か保証期間の末日が、証書の内容と違います"),
        ("DELETE FROM authentication_keys WHERE key_version = 4", "の認証キーの再発行の回数が、公開記録と違います"),
        ("UPDATE certificate_versions SET status_id = 'AAAABBBBCCCCDDDD' WHERE contract_id = 1", "当初の台帳の状態確認の番号が、証書と違います"),
        ("UPDATE certificate_versions SET status_id = NULL WHERE contract_id = 1", "当初の台帳の状態確認の番号が、証書と違います"),
        ("UPDATE certificate_versions SET signed_at = NULL WHERE contract_id = 1", "当初の台帳の署名の時刻が、証書の電子署名と違います"),
        ("UPDATE certificate_versions SET signed_at = '2024-04-01 03:00:01+00:00' WHERE contract_id = 1", "当初の台帳の署名の時刻が、証書の電子署名と違います"),
        ("UPDATE certificate_versions SET issued_by = (SELECT min(id) FROM accounts WHERE id <> issued_by) WHERE contract_id = 1", "当初を発行した人が、発行したときの記録（events）と違います"),
        ("UPDATE certificate_versions SET issued_by = NULL WHERE contract_id = 1", "当初を発行した人が、発行したときの記録（events）と違います"),
        ("DELETE FROM issuing_authorities", "当初を発行した人の発行権限が、登録簿にありません"),
        ("UPDATE issuing_authorities SET up_to = 1", "当初を発行した人の発行権限が、登録簿にありません"),
        ("UPDATE guarantee_contracts SET certificate_form = 'paper' WHERE id = 1", "当初の台帳の証書の形式か商品が、証書と違います"),
        ("UPDATE guarantee_contracts SET product = 'interim_advance_payment' WHERE id = 1", "当初の台帳の証書の形式か商品が、証書と違います"),
        ("UPDATE guarantee_contracts SET authority_id = (SELECT min(id) FROM authorities WHERE id <> authority_id) WHERE id = 1", "当初の台帳の当事者（保証会社・発注者・受注者）が、申込みか証書と違います"),
        ("UPDATE guarantee_contracts SET company_id = (SELECT min(id) FROM companies WHERE id <> company_id) WHERE id = 1", "当初の台帳の当事者（保証会社・発注者・受注者）が、申込みか証書と違います"),
        ("DELETE FROM events", "について、公開記録にある発行の記録（events）が消されています"),
        ("DELETE FROM events WHERE kind = 'ContractCancelled'", "について、公開記録にある解約の記録（events）が消されています"),
        ("DELETE FROM events WHERE kind = 'KeyReissued'", "について、公開記録にある認証キーの再発行の記録（events）が消されています"),
        ("UPDATE certificate_versions SET timestamp_state = 'detached' WHERE contract_id = 1", "当初のタイムスタンプがありません"),
        ("UPDATE certificate_versions SET timestamp_state = 'embedded' WHERE contract_id = 1", "当初の台帳のタイムスタンプの状態が、証書と違います"),
        ("INSERT INTO certificate_timestamps (contract_id, version, token, authority, stamped_at) SELECT 1, 0, salt, 'x', at FROM log_entries WHERE leaf_index = 0", "当初の台帳のタイムスタンプの状態が、証書と違います"),
    ],
)  # fmt: skip
def test_what_was_altered_or_taken_is_named(logged: Stage, tamper: Tamper, statement: str, sentence: str | None) -> None:
    is_sqlite = logged._engine.dialect.name == "sqlite"
    tamper(statement.replace("CAST('forged' AS bytea)", "x'00'") if is_sqlite else statement)

    report = audit(logged)

    if sentence is None:
        assert report.is_sound  # that statement altered nothing: the pattern is not in a note
    else:
        assert sentence in said(report)


def test_both_parties_and_their_application_moved_to_others_are_found_by_the_names_on_the_certificate(
    logged: Stage, tamper: Tamper
) -> None:
    for table in ("guarantee_contracts", "applications"):
        tamper(f"UPDATE {table} SET authority_id = (SELECT min(id) FROM authorities WHERE id <> authority_id)")

    assert said(audit(logged)).count("の台帳の当事者（保証会社・発注者・受注者）が、申込みか証書と違います") == 2


def test_an_authority_that_has_a_new_name_is_no_finding(logged: Stage, tamper: Tamper) -> None:
    tamper("UPDATE authorities SET name = name || '（新）'", "UPDATE companies SET name = name || '（新）'")

    assert audit(logged).is_sound


@pytest.fixture
def stamped(logged: Stage) -> Stage:
    """The first certificate's timestamp came later."""
    logged.change("UPDATE certificate_versions SET timestamp_state = 'pending' WHERE contract_id = 1")
    with timestamp_server() as server, logged.context():
        settings = replace(logged.installation.settings, timestamp_authorities=(server.address,))
        assert stamp_one_waiting_file(now=CHANGED_AT, installation=replace(logged.installation, settings=settings))
    return logged


def test_a_timestamp_that_holds_is_sound(stamped: Stage) -> None:
    assert audit(stamped).findings == ()


@pytest.mark.parametrize(
    ("statement", "sentence"),
    [
        ("DELETE FROM certificate_timestamps", "当初のタイムスタンプがありません"),
        ("UPDATE certificate_timestamps SET token = (SELECT salt FROM log_entries WHERE leaf_index = 0)", "当初のタイムスタンプが壊れているか、このファイルのものではありません"),
        ("UPDATE certificate_timestamps SET stamped_at = '2020-01-01 00:00:00+00:00'", "当初のタイムスタンプの時刻が、台帳と違います"),
        ("UPDATE certificate_timestamps SET contract_id = 2", "当初の台帳のタイムスタンプの状態が、証書と違います"),
    ],
)  # fmt: skip
def test_a_timestamp_that_was_taken_or_altered_is_named(stamped: Stage, tamper: Tamper, statement: str, sentence: str) -> None:
    tamper(statement)

    assert sentence in said(audit(stamped))


def test_triggers_that_are_gone_or_sleep_or_do_something_else_are_found(logged: Stage) -> None:
    if logged._engine.dialect.name == "postgresql":
        logged.change("ALTER TABLE log_entries DISABLE TRIGGER log_entries_refuse_rewriting")
        logged.change("DROP TRIGGER log_nodes_refuse_truncate ON log_nodes")
    else:
        logged.change("DROP TRIGGER log_entries_refuse_update")
        logged.change("DROP TRIGGER log_nodes_refuse_delete")
        logged.change("CREATE TRIGGER log_nodes_refuse_delete BEFORE DELETE ON log_nodes BEGIN SELECT 1; END")

    assert audit(logged).findings == tuple(
        f"公開記録の表 {table} を守るトリガー（更新と削除を断るもの）が、外されているか変えられています。"
        for table in ("log_entries", "log_nodes")
    )


def test_a_trigger_function_that_lets_everything_pass_is_found(logged: Stage) -> None:
    if logged._engine.dialect.name != "postgresql":
        pytest.skip("SQLite's triggers have no functions")
    logged.change("CREATE OR REPLACE FUNCTION refuse_rewriting() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'")

    assert len(audit(logged).findings) == 4


def test_a_version_that_nobody_entered_is_found(logged: Stage, tamper: Tamper) -> None:
    tamper(
        "INSERT INTO certificate_versions (contract_id, version, content, premium, application_id, issued_at, file_sha256, timestamp_state) SELECT contract_id, 5, content, premium, application_id, issued_at, file_sha256, 'none' FROM certificate_versions WHERE contract_id = 1"
    )

    assert "変更第5回の証書は発行されていますが、公開記録に発行（変更）の記録がありません" in said(audit(logged))


def test_the_head_printed_on_a_certificate_is_an_anchor_too(logged: Stage, tamper: Tamper) -> None:
    printed = KeptHead(12, logged.scalar("SELECT root FROM log_checkpoints WHERE tree_size = 12")[:16], "証書に印刷された先頭値")
    assert audit(logged, printed=(printed,)).is_sound

    cut_to(tamper, 8)
    append_again(logged, [*NEW_KEYS[6:], *CANCELLED])

    assert "証書に印刷された先頭値（第12件時点）と合いません" in said(audit(logged, printed=(printed,)))


def test_a_head_that_is_none_of_this_log_is_refused(logged: Stage) -> None:
    note = head(logged)
    body, _, signatures = note.partition("\n\n")
    for wrong in ("", "何もない", note.replace("127.0.0.1:8000/log", "other.example/log"), body + "\n"):
        with pytest.raises(UnusableHead) as refused:
            audit(logged, wrong)
        assert "見つかりません" in refused.value.why
    with pytest.raises(UnusableHead) as refused:
        audit(logged, f"{body.replace(chr(10) + '12' + chr(10), chr(10) + '13' + chr(10))}\n\n{signatures}")
    assert "署名" in refused.value.why


def test_a_log_in_ruins_is_told_in_two_hundred_sentences(logged: Stage, tamper: Tamper) -> None:
    number = logged.column("SELECT number FROM guarantee_contracts ORDER BY id")[0]
    for _ in range(25):
        new_key(logged, number)
    tamper("UPDATE log_entries SET entry = '{}', salt = previous_hash::bytea, at = '2000-01-01'".replace("previous_hash::bytea", "salt"))
    tamper("UPDATE log_nodes SET hash = (SELECT hash FROM log_nodes WHERE level = 4 LIMIT 1)", "DELETE FROM log_checkpoints")

    report = audit(logged)

    assert not report.is_sound
    assert len(report.findings) + report.unsaid > 100
    assert len(report.findings) <= 200


def test_the_memory_of_an_audit_does_not_grow_with_the_log(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("esurety.services.audit_log.BATCH", 16)
    number = stage.issued().number
    contract_id = stage.contract_id(number)

    def peak_after(more: int, first: int) -> int:
        append_again(stage, [(LogEvent.KEY_REISSUED, contract_id, {"key_version": first + one}) for one in range(more)])
        audit(stage)  # what is kept for good is there
        tracemalloc.start()
        audit(stage)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        return peak

    few, many = peak_after(150, 2), peak_after(450, 152)

    assert many - few < 450 * 400, (few, many)  # bytes: an entry with its head and its subtrees takes thousands in memory


def test_a_value_of_another_kind_is_found_and_does_not_end_the_audit(logged: Stage, tamper: Tamper) -> None:
    if logged._engine.dialect.name != "sqlite":
        return  # PostgreSQL takes bytes alone
    tamper("UPDATE certificate_files SET pdf = 'text'", "UPDATE log_nodes SET hash = 'text' WHERE level = 2")
    tamper("UPDATE log_entries SET salt = 'text' WHERE leaf_index = 3")

    text = said(audit(logged))

    assert text.count("当初の証書ファイルが書き換えられています") == 2
    assert "木の値（段2・0番）" in text
    assert "第4件の記録が書き換えられています" in text
