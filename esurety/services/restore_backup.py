"""`flask restore`: a backup into an empty installation, and the proof that it is all there."""

import os
import shutil
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from esurety.domain.backup_manifest import MANIFEST_NAME, BackupManifest, NotABackup, row_differences
from esurety.domain.guarantee_contract_number import GuaranteeContractNumber
from esurety.persistence import database_copy
from esurety.services.back_up import PAPERS, SECRETS, SIGNING, sha256_of
from esurety.services.installation import Installation
from esurety.services.key_vault import KeyNotReadable, KeyVault


class CannotRestore(Exception):
    """Nothing was restored; the text is a plain sentence."""


@dataclass(frozen=True)
class Restored:
    """What came back, and what of it is wrong (nothing, if all is well)."""

    manifest: BackupManifest
    problems: tuple[str, ...]
    key_is_readable: bool | None  # None: no electronic guarantee to try it with


def read_backup(source: Path) -> BackupManifest:
    """The manifest, after every file has been held against it. Raises CannotRestore."""
    try:
        manifest = BackupManifest.from_json((source / MANIFEST_NAME).read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, NotABackup) as no:
        raise CannotRestore(f"{source} は、この製品のバックアップではありません（{MANIFEST_NAME} を読めません）。") from no
    for name, sha256 in manifest.files.items():
        path = source / _safe(name)
        if not path.is_file():
            raise CannotRestore(f"バックアップのファイル {name} がありません。")
        if sha256_of(path) != sha256:
            raise CannotRestore(f"バックアップのファイル {name} は、作成したときから変わっています。")
    return manifest


def restore_backup(source: Path, *, installation: Installation, secrets_file: Path | None = None) -> Restored:
    """Bring a backup into this installation, which must be empty. Raises CannotRestore; then nothing was changed."""
    manifest = read_backup(source)
    _refuse_impossible(manifest, installation)
    database = next(name for name in manifest.files if name.startswith("database."))
    try:
        database_copy.restore_database(source / database)
    except database_copy.NotEmpty as no:
        raise CannotRestore("このデータベースには、すでに表があります。空のデータベースにだけ戻せます。") from no
    except database_copy.ToolMissing as no:
        raise CannotRestore(f"{no.tool} が見つかりません。PostgreSQL のクライアントを入れてください。") from no
    except database_copy.CopyFailed as no:
        raise CannotRestore(f"データベースに戻せませんでした：{no}") from no
    settings = installation.settings
    for name, folder in ((PAPERS, settings.data_dir / PAPERS), (SIGNING, settings.signing_dir)):
        if (source / name).is_dir():
            shutil.copytree(source / name, folder, dirs_exist_ok=True)
    if secrets_file is not None:
        _unpack_secrets(secrets_file, settings.data_dir, settings.signing_dir)
    return Restored(manifest, tuple(_problems(manifest, installation)), _key_is_readable(_vault(installation, secrets_file)))


def _refuse_impossible(manifest: BackupManifest, installation: Installation) -> None:
    if manifest.database != database_copy.database_kind():
        raise CannotRestore(f"バックアップは {manifest.database} のものです。DATABASE_URL に同じ種類のデータベースを指定してください。")
    if not database_copy.knows_schema(manifest.schema_version):
        raise CannotRestore(
            f"バックアップの表の版（{manifest.schema_version}）を、このソフトウェアは知りません。"
            "バックアップを作ったときと同じか、それより新しいソフトウェアを使ってください。"
        )
    papers = installation.settings.data_dir / PAPERS
    if papers.is_dir() and any(papers.iterdir()):
        raise CannotRestore(f"{papers} に書類があります。空の DATA_DIR にだけ戻せます。")


def _safe(name: str) -> PurePosixPath:
    path = PurePosixPath(name)
    if path.is_absolute() or ".." in path.parts:
        raise CannotRestore(f"バックアップの目録に、使えない名前（{name}）があります。")
    return path


def _problems(manifest: BackupManifest, installation: Installation) -> Iterator[str]:
    yield from row_differences(manifest.rows, database_copy.rows_now())
    yield from (f"データベースの検査：{one}" for one in database_copy.integrity_problems())
    yield from (f"証書のファイル {sha256} の中身が違います" for sha256 in database_copy.damaged_certificates())
    papers = installation.settings.data_dir / PAPERS
    for sha256 in sorted(database_copy.named_papers()):
        if not (papers / sha256).is_file():
            yield f"提出された書類 {sha256} のファイルがありません"


def _key_is_readable(vault: KeyVault) -> bool | None:
    """Whether the newest key can be unsealed with these secrets: without them no key notice can be printed again."""
    newest = database_copy.newest_sealed_key()
    if newest is None:
        return None
    number, version, sealed = newest
    try:
        vault.unseal(sealed, GuaranteeContractNumber(number), version)
    except KeyNotReadable:
        return False
    return True


def _vault(installation: Installation, secrets_file: Path | None) -> KeyVault:
    if secrets_file is None:
        return installation.vault
    settings = installation.settings
    return KeyVault(settings.secrets.read_again(settings.data_dir / SECRETS), cheap_hashing=settings.cheap_hashing)


def _unpack_secrets(path: Path, data_dir: Path, signing_dir: Path) -> None:
    """Put each secret where the settings look for it; those that the start has just made here have sealed nothing yet."""
    try:
        with tarfile.open(path) as tar:
            for entry in tar:
                content = tar.extractfile(entry)
                if entry.isfile() and content is not None:
                    name = _safe(entry.name)
                    is_signing = name.parts[0] == SIGNING
                    _write_secret(signing_dir.joinpath(*name.parts[1:]) if is_signing else data_dir / name, content.read())
    except (OSError, tarfile.TarError) as no:
        raise CannotRestore(
            f"秘密のファイル {path} を読めません。データベースは戻しました。ファイルを確かめて、手で置いてください。"
        ) from no


def _write_secret(path: Path, value: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    path.unlink(missing_ok=True)
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400), "wb") as file:
        file.write(value)
