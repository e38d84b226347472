"""Witnessing another installation's log: its head is co-signed only when everything seen before is still the beginning of it.

A witness makes a second history impossible to hide: the log would have to show its readers a head that no witness has signed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from esurety.domain.log_tiles import NoSuchTile, TiledTree
from esurety.domain.merkle_tree import Leaves, consistency_ranges, is_consistent
from esurety.domain.signed_note import Checkpoint, NoteKey, SignedNote, UnreadableNote
from esurety.persistence import witnessed
from esurety.persistence.database import end_reading, writing
from esurety.persistence.witnessed import SeenHead
from esurety.services.installation import Installation
from esurety.services.note_keys import NotSigned, checked_head
from esurety.services.witnessed_places import WitnessedPlaces

Fetch = Callable[[str], bytes]


class NotFetched(Exception):
    """A file of the log could not be had: nothing was judged, nothing signed."""


class HeadRefused(Exception):
    """The head is not co-signed; `why` says it in plain words, `evidence` holds the notes that contradict each other."""

    def __init__(self, why: str, *evidence: str) -> None:
        super().__init__(why)
        self.why, self.evidence = why, evidence


@dataclass(frozen=True)
class Witnessed:
    """What came of it. `is_new` is False when the head has been co-signed before."""

    head: SeenHead
    previous_size: int | None
    is_new: bool


def witness_log(*, fetch: Fetch, address: str, key: str | None, installation: Installation, at: datetime) -> Witnessed:
    """Look at a log through `fetch` (path → bytes), and co-sign its head if it keeps what it showed before.

    `address` is where the log is served: a log that has another name there than before is another log, and refused. `key` is its
    verifier key. Without one, the first use pins the one that the log itself names; later uses hold it to that.
    Raises NotFetched or HeadRefused.
    """
    note, places = _text(fetch("checkpoint")), WitnessedPlaces(installation.settings.data_dir)
    head, last, pinned = _signed_head(note, fetch, key)
    _refuse_own(pinned, installation, note)
    _refuse_renamed(head, note, places.origin_at(address))
    end_reading()  # the network is slow
    if last is not None and head.size == last.size and head.root.hex() == last.root:
        places.keep(address, head.origin)
        return Witnessed(last, last.size, is_new=False)
    _refuse_inconsistent(head, note, last, fetch)
    cosigned = installation.witness_signer.cosign(SignedNote.parse(note), at)
    seen = SeenHead(head.origin, head.size, head.root.hex(), str(cosigned), pinned.text, at)
    with writing():
        now_last = witnessed.last_seen(head.origin)
        if (now_last.size if now_last else None) != (last.size if last else None):
            raise NotFetched("同じログの確認が、別のところで同時に行われています。もう一度実行してください。")
        witnessed.keep_seen(seen)
    places.keep(address, head.origin)
    return Witnessed(seen, last.size if last else None, is_new=True)


def _refuse_own(key: NoteKey, installation: Installation, note: str) -> None:
    """Nobody is a witness of himself."""
    if key.public_key in {installation.log_signer.key.public_key, installation.witness_signer.key.public_key}:
        raise HeadRefused("このログの検証鍵は、この環境自身の鍵です。自分の記録の証人にはなれません。", note)


def _refuse_renamed(head: Checkpoint, note: str, before: str | None) -> None:
    """A new name would be a log without a past: the way around everything that was seen."""
    if before is not None and head.origin != before:
        last = witnessed.last_seen(before)
        raise HeadRefused(
            f"このアドレスのログは、前は {before} という名前でしたが、いまは {head.origin} と名乗っています。別の記録に替えられたおそれがあります。",
            *([last.note] if last is not None else []),
            note,
        )


def _signed_head(note: str, fetch: Fetch, given: str | None) -> tuple[Checkpoint, SeenHead | None, NoteKey]:
    """The head, what was seen of its log before, and the key that it is signed with."""
    try:
        origin = Checkpoint.parse(SignedNote.parse(note).text).origin
        last = witnessed.last_seen(origin)
        if given is not None and last is not None and given != last.key:
            raise HeadRefused(f"{origin} の検証鍵が、はじめに固定したものと違います（固定した鍵：{last.key}）。", note)
        key = NoteKey.parse(given or (last.key if last is not None else _text(fetch("key")).strip()))
        head, _ = checked_head(note, key)
    except UnreadableNote as no:
        raise HeadRefused("先頭値（チェックポイント）か検証鍵の形が正しくありません。", note) from no
    except NotSigned as no:
        raise HeadRefused("先頭値の署名が、このログの検証鍵のものではありません。", note) from no
    return head, last, key


def _refuse_inconsistent(head: Checkpoint, note: str, last: SeenHead | None, fetch: Fetch) -> None:
    tree = TiledTree(head.size, lambda level, place: fetch(f"tile/{level}/{place.path}"))
    if last is None:
        if head.size and _hashes(tree, [Leaves(0, head.size)]) != [head.root]:
            raise HeadRefused("先頭値が、公開されている木（タイル）から計算した値と違います。", note)
        return
    if head.size < last.size:
        raise HeadRefused(
            f"記録が縮んでいます。前に見たときは第{last.size}件まででしたが、いまは第{head.size}件までです。", last.note, note
        )
    proof = _hashes(tree, consistency_ranges(last.size, head.size))
    holds = is_consistent(old_size=last.size, size=head.size, proof=proof, old_root=bytes.fromhex(last.root), root=head.root)
    if not holds:
        raise HeadRefused(
            f"前に見た第{last.size}件までの記録が、いまの記録の始まりになっていません（分岐または書き換え）。", last.note, note
        )


def _hashes(tree: TiledTree, ranges: Sequence[Leaves]) -> list[bytes]:
    try:
        return [tree.hash_of(one) for one in ranges]
    except NoSuchTile as no:
        raise NotFetched("木（タイル）の長さが、先頭値の件数と合いません。") from no


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as no:
        raise NotFetched("UTF-8 の文書ではありません。") from no
