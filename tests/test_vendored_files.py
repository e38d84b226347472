"""What others made and we ship: unchanged, with its licence; and nothing is fetched from anywhere."""

import hashlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
FOLDERS = (ROOT / "static" / "vendor", ROOT / "esurety" / "documents" / "fonts")
OURS = [
    *(path for path in (ROOT / "templates").rglob("*") if path.is_file()),
    *(ROOT / "static").glob("*.css"),
    *(ROOT / "static").glob("*.js"),
    *(ROOT / "static").glob("*.svg"),
]
# An address in an attribute that a browser loads, or in a style sheet; xmlns names are no addresses.
_FOREIGN = re.compile(r"""(?:src|href|action|url\(|@import|fetch\()\s*=?\s*["'(]?\s*(?:https?:)?//""", re.IGNORECASE)
_INLINE = re.compile(r"<style[\s>]|<script(?![^>]*\ssrc=)|\son[a-z]+\s*=\s*[\"']|\sstyle\s*=\s*[\"']|hx-on|javascript:", re.IGNORECASE)


def sums(folder: Path) -> dict[str, str]:
    lines = (folder / "SHA256SUMS").read_text().splitlines()
    return {name.strip().lstrip("*"): digest for digest, name in (line.split(maxsplit=1) for line in lines if line.strip())}


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_file_is_listed_and_has_its_sum(folder: Path) -> None:
    files = {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file() and path.name != "SHA256SUMS"}
    listed = {name.removeprefix("./"): digest for name, digest in sums(folder).items()}

    assert {name: hashlib.sha256(files[name].read_bytes()).hexdigest() for name in listed} == listed
    assert {name for name in files if not Path(name).name.startswith("LICENSE")} <= set(listed)


@pytest.mark.parametrize("name", ["htmx-4.0.1", "design-tokens-1.1.9"])
def test_each_vendored_library_has_its_version_in_the_path_and_its_licence(name: str) -> None:
    assert (ROOT / "static" / "vendor" / name / "LICENSE").read_text().strip()


def test_nothing_else_is_vendored() -> None:
    assert {path.name for path in (ROOT / "static" / "vendor").iterdir()} == {"htmx-4.0.1", "design-tokens-1.1.9", "SHA256SUMS"}


def test_the_fonts_have_their_licence() -> None:
    assert "SIL OPEN FONT LICENSE" in (ROOT / "esurety" / "documents" / "fonts" / "LICENSE").read_text().upper()


@pytest.mark.parametrize("path", OURS, ids=lambda path: str(path.relative_to(ROOT)))
def test_nothing_of_ours_loads_a_foreign_address(path: Path) -> None:
    assert _FOREIGN.findall(path.read_text()) == []


@pytest.mark.parametrize(
    "path", [path for path in OURS if path.suffix == ".html" and "pdf" not in path.parts], ids=lambda path: str(path.relative_to(ROOT))
)
def test_no_template_has_script_or_style_of_its_own(path: Path) -> None:
    assert _INLINE.findall(path.read_text()) == []


def test_our_script_is_short() -> None:
    assert len((ROOT / "static" / "app.js").read_text().splitlines()) < 200


def test_requirements_are_locked_with_hashes() -> None:
    for name in ("requirements.txt", "requirements-dev.txt"):
        text = (ROOT / name).read_text()
        pinned = re.findall(r"^([A-Za-z0-9_.\[\]-]+)==\S+", text, re.MULTILINE)
        blocks = re.split(r"^(?=[A-Za-z0-9])", text, flags=re.MULTILINE)[1:]
        assert pinned, name
        assert [block.splitlines()[0] for block in blocks if "--hash=sha256:" not in block] == [], name
