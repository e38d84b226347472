"""監査: the log computed anew from its entries and held against the kept tree, the signed heads, and heads that others kept.

Reads in batches at one moment of the database: memory does not grow with the log. What it finds is said in plain words. Somebody who holds
the database and the signing key can write a log that is sound in itself; only a head that was kept elsewhere shows that it is another one.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from email import message_from_string
from email.policy import default

from esurety.domain.log_entry import CHAIN_START, LogEntry, UnreadableEntry, chain_hash, commitment
from esurety.domain.merkle_tree import EMPTY_ROOT, GrowingTree, Node, leaf_hash
from esurety.domain.signed_note import Checkpoint, NoteKey, UnreadableNote
from esurety.persistence import log, log_triggers
from esurety.persistence.log import EntryFacts
from esurety.services.audit_records import audit_files_and_versions, audit_records_of
from esurety.services.findings import Findings
from esurety.services.installation import Installation
from esurety.services.note_keys import NotSigned, checked_head

BATCH = 512
_WHY = "公開記録は、あとから書き換えられています"


class UnusableHead(Exception):
    """What was given as an older head is none of this log; `why` says it in plain words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True)
class KeptHead:
    """A head that somebody kept: the root at a size, whole or as its first hexadecimal digits."""

    size: int
    root_hex: str
    called: str = "以前の先頭値"


@dataclass(frozen=True)
class AuditReport:
    """What an audit came to."""

    origin: str
    size: int
    root_hex: str
    files: int
    heads: int
    findings: tuple[str, ...]
    unsaid: int  # findings beyond those

    @property
    def is_sound(self) -> bool:
        return not self.findings


@dataclass
class _State:
    """Where the reading is."""

    key: NoteKey
    kept: dict[int, list[KeptHead]]
    findings: Findings
    tree: GrowingTree = field(default_factory=GrowingTree)
    chain: str | None = CHAIN_START.hex()  # None after a gap: nothing to compare with
    is_lost: bool = False  # a leaf is gone for good: no root can be computed behind it
    heads_differ: bool = False


def verify_log(*, installation: Installation, older_notes: Sequence[str] = (), printed: Sequence[KeptHead] = ()) -> AuditReport:
    """Check the whole log, and the records it speaks of. Raises UnusableHead before anything is read.

    `older_notes` are signed heads of this log, as files, mails or `.tlog-proof` texts that hold one.
    """
    key = installation.log_signer.key
    kept: dict[int, list[KeptHead]] = {}
    for head in [*(head_in(note, key) for note in older_notes), *printed]:
        kept.setdefault(head.size, []).append(head)
    state, heads = _State(key, kept, Findings()), sum(map(len, kept.values()))
    with log.one_moment():
        _read_entries(state)
        _look_behind_the_end(state)
        files = audit_files_and_versions(state.findings)
        for table in log_triggers.unguarded_tables():
            state.findings.add(f"公開記録の表 {table} を守るトリガー（更新と削除を断るもの）が、外されているか変えられています。")
    root = "" if state.is_lost else state.tree.root.hex()
    found = state.findings
    return AuditReport(key.name, state.tree.size, root, files, heads, tuple(found.said), found.unsaid)


def head_in(text: str, key: NoteKey) -> KeptHead:
    """The signed head of this log within a text: alone, in a mail as it was saved, or in a `.tlog-proof`. Raises UnusableHead."""
    for said in (text, _mail_text(text)):
        lines = said.replace("\r\n", "\n").split("\n")
        for start, line in enumerate(lines):
            found = _head_at(lines, start, key) if line.strip() == key.name else None
            if found is not None:
                return KeptHead(found.size, found.root.hex())
    raise UnusableHead(f"この公開記録（{key.name}）の先頭値が見つかりません。")


def _mail_text(text: str) -> str:
    """What a saved mail says: its file holds the text in base64 or with =E2=80=94 for a dash."""
    try:
        body = message_from_string(text, policy=default).get_body(preferencelist=("plain",))
        return str(body.get_content()) if body is not None else ""
    except (ValueError, LookupError, AttributeError):
        return ""  # it is no mail


def _head_at(lines: list[str], start: int, key: NoteKey) -> Checkpoint | None:
    end = start + 4  # three lines and an empty one
    while end < len(lines) and lines[end].startswith("— "):
        end += 1
    try:
        return checked_head("\n".join(lines[start:end]) + "\n", key)[0]
    except UnreadableNote:
        return None
    except NotSigned:
        raise UnusableHead("先頭値の署名が、この公開記録の鍵のものではありません。") from None


def _read_entries(state: _State) -> None:
    _compare_kept(state)  # a head of size 0
    while batch := log.entries_from(state.tree.size, BATCH):
        first, last = state.tree.size, batch[-1].leaf_index
        nodes = log.nodes_between([(level, first >> level, last >> level) for level in range((last + 1).bit_length())])
        heads = log.heads_between(first + 1, last + 1)
        audit_records_of(batch, state.findings)
        for one in batch:
            if one.leaf_index > state.tree.size:
                _bridge_gap(state, one.leaf_index, nodes, heads)
            _take(state, one, nodes, heads)
        if state.is_lost:
            state.findings.add("記録が欠けているため、これより後の木と先頭値は計算できません。")
            return


def _bridge_gap(state: _State, until: int, nodes: dict[Node, bytes], heads: dict[int, tuple[str, str]]) -> None:
    """Entries are gone; their leaves may still be in the tree, and then the rest can be checked."""
    state.findings.add(f"{_range_text(state.tree.size, until)}の記録が消されています。")
    state.chain = None
    while state.tree.size < until:
        leaf = nodes.get((0, state.tree.size))
        state.is_lost = state.is_lost or leaf is None
        _grow(state, leaf or bytes(32), nodes, heads)


def _take(state: _State, one: EntryFacts, nodes: dict[Node, bytes], heads: dict[int, tuple[str, str]]) -> None:
    said = one.entry.encode()
    hangs = state.chain is None or one.previous_hash == state.chain
    leaf, kept = leaf_hash(commitment(one.salt, said)), nodes.get((0, one.leaf_index))
    if link_of(one) != one.chain_hash:
        state.findings.add(f"第{one.leaf_index + 1}件の記録が書き換えられています（{_about(one)}）。")
        leaf = kept or leaf  # so that what comes behind is judged for itself
    elif not hangs:
        state.findings.add(f"第{one.leaf_index + 1}件が前の記録につながっていません。順番が変えられたか、前の記録が差し替えられています。")
    state.chain = one.chain_hash
    _grow(state, leaf, nodes, heads)


def link_of(one: EntryFacts) -> str:
    """The chain's hash after an entry, as it should be; empty where no hash can be made of what stands there."""
    try:
        return chain_hash(bytes.fromhex(one.previous_hash), one.salt, one.entry.encode()).hex()
    except ValueError:
        return ""


def _about(one: EntryFacts) -> str:
    try:
        entry = LogEntry.from_json(one.entry)
    except UnreadableEntry:
        return "いまの内容は読めません"
    return f"いまの内容：{entry.guarantee_contract_number} {entry.event.label}"


def _grow(state: _State, leaf: bytes, nodes: dict[Node, bytes], heads: dict[int, tuple[str, str]]) -> None:
    for (level, position), made in state.tree.append(leaf):
        kept = nodes.get((level, position))
        if kept is None:
            state.findings.add(f"木の値（段{level}・{position}番）がありません。")
        elif kept != made and not state.is_lost:
            what = f"第{position + 1}件の葉" if level == 0 else f"段{level}・{position}番"
            state.findings.add(f"木の値（{what}）が、記録から計算した値と違います。")
    if not state.is_lost:
        _compare_head(state, heads.get(state.tree.size))
        _compare_kept(state)


def _compare_head(state: _State, head: tuple[str, str] | None) -> None:
    size = state.tree.size
    if head is None:
        state.findings.add(f"第{size}件時点の署名つき先頭値がありません。")
        return
    root, note = head
    try:
        signed, _ = checked_head(note, state.key)
    except (UnreadableNote, NotSigned):
        state.findings.add(f"第{size}件時点の先頭値の署名が正しくありません。")
        return
    if (signed.size, signed.root.hex()) != (size, root) or root != state.tree.root.hex():
        if not state.heads_differ:
            state.findings.add(f"第{size}件時点の署名つき先頭値が、記録から計算した値と違います。この件までの記録が差し替えられています。")
        state.heads_differ = True  # all behind it differ as well


def _compare_kept(state: _State) -> None:
    for head in state.kept.pop(state.tree.size, []):
        root = state.tree.root.hex() if state.tree.size else EMPTY_ROOT.hex()
        if not root.startswith(head.root_hex.lower()):
            state.findings.add(
                f"{head.called}（第{head.size}件時点）と合いません。{_WHY}（この件までのどこか、または全部の作り直し）。"
                f"控え {head.root_hex[:16]}… いま {root[:16]}…"
            )


def _look_behind_the_end(state: _State) -> None:
    """What there is without an entry: heads of entries that were cut off, heads that others kept, values of nobody."""
    _judge_kept_heads_left(state)
    if state.is_lost:
        return
    size, newest = state.tree.size, log.newest_head()
    signed = newest.size if newest is not None else 0
    if signed > size:
        state.findings.add(
            f"末尾の{signed - size}件（{_range_text(size, signed)}）が切り捨てられています。署名つき先頭値は第{signed}件まであります。"
        )
    entries, nodes, checkpoints = log.counts()
    if nodes > sum(size >> level for level in range(size.bit_length())):
        state.findings.add("木に、どの記録のものでもない値があります。")
    if entries > size or (checkpoints > size and signed <= size):
        state.findings.add("公開記録に、番号の合わない行があります。")


def _judge_kept_heads_left(state: _State) -> None:
    size = state.tree.size
    for head in (one for heads in state.kept.values() for one in heads):
        if head.size > size and not state.is_lost:
            state.findings.add(
                f"{head.called}は第{head.size}件時点のものですが、記録は{size}件しかありません。{_WHY}（切り捨て、または作り直し）。"
            )
        else:
            state.findings.add(f"記録が欠けているため、{head.called}（第{head.size}件時点）と照らし合わせられませんでした。")


def _range_text(first: int, end: int) -> str:
    return f"第{first + 1}件" if end - first == 1 else f"第{first + 1}件から第{end}件まで"
