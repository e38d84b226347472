"""The trust file of the stand-alone verifier: everything that it has to believe, in one file that is handed over once.

The form is described in docs/verification.md; `tools/esurety_verify.py` reads it.
"""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from esurety.documents.published_certificates import UnreadableCertificate, published_roots, signer_fingerprints
from esurety.documents.trusted_roots import UnreadableRoots
from esurety.domain.signed_note import COSIGNATURE_V1, NoteKey, UnreadableNote
from esurety.persistence import organisation_records
from esurety.services.installation import Installation
from esurety.services.keep_log import checkpoint_note

SCHEMA = "esurety-trust-1"
_SCHEMAS_FOLDER = Path(__file__).resolve().parents[2] / "docs" / "schemas"
_SUFFIX = ".schema.json"


class NoRoots(Exception):
    """There is no root to believe: nothing could ever be verified with such a file."""


def trust_file(*, witnesses: Sequence[str], at: datetime, installation: Installation) -> str:
    """The trust file as text. `witnesses` are the verifier keys of witnesses whose co-signatures shall count.

    Raises NoRoots, UnreadableRoots, UnreadableCertificate, and UnreadableNote for a witness that is none.
    """
    folder = installation.settings.signing_dir
    roots, demo_roots = published_roots(folder)
    if not roots and not demo_roots:
        raise NoRoots
    said: dict[str, Any] = {
        "schema": SCHEMA,
        "exported_at": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "roots": roots,
        "demo_roots": demo_roots,
        "sureties": [
            {"name": surety.name, "certificates_sha256": signer_fingerprints(folder, surety.id)}
            for surety in organisation_records.all_sureties()
        ],
        "log": {"key": installation.log_signer.key.text, "checkpoint": checkpoint_note(installation)},
        "witnesses": [_witness(text) for text in witnesses],
        "schemas": _schemas(),
    }
    return json.dumps(said, ensure_ascii=False, indent=1) + "\n"


def _witness(text: str) -> str:
    key = NoteKey.parse(text.strip())
    if key.algorithm != COSIGNATURE_V1:
        raise UnreadableNote("not the key of a witness")
    return key.text


def _schemas() -> dict[str, Any]:
    return {
        path.name.removesuffix(_SUFFIX): json.loads(path.read_text(encoding="utf-8"))
        for path in sorted(_SCHEMAS_FOLDER.glob(f"*{_SUFFIX}"))
    }


__all__ = ["NoRoots", "UnreadableCertificate", "UnreadableNote", "UnreadableRoots", "trust_file"]
