"""The floors of the house hold: import contracts, no template that could leak or fetch, no module past its size."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
MODULES = sorted((ROOT / "esurety").rglob("*.py"))


def test_the_import_contracts_are_kept() -> None:
    checked = subprocess.run(
        [Path(sys.executable).parent / "lint-imports", "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False
    )

    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_no_file_is_called_after_nothing() -> None:
    nameless = {"utils", "util", "helpers", "helper", "common", "misc", "managers", "manager", "base"}

    assert [path for path in MODULES if path.stem in nameless or path.parent.name in nameless] == []


def test_no_module_grows_past_four_hundred_lines() -> None:
    long = {path.relative_to(ROOT): count for path in MODULES if (count := len(path.read_text().splitlines())) > 400}

    assert long == {}


def test_every_module_says_its_purpose() -> None:
    assert [path.relative_to(ROOT) for path in MODULES if not ast.get_docstring(ast.parse(path.read_text()))] == []


@pytest.mark.parametrize("floor", ["domain", "persistence", "documents", "services"])
def test_the_clock_is_read_in_web_and_cli_only(floor: str) -> None:
    clocks = re.compile(r"datetime\.(?:now|utcnow|today)\(|date\.today\(|time\.time\(")

    read = [path.relative_to(ROOT) for path in (ROOT / "esurety" / floor).rglob("*.py") if clocks.search(path.read_text())]

    assert read == []


def test_services_do_not_read_requests_and_views_do_not_write() -> None:
    """A view that opens a write transaction would own what a service should own."""
    writing = [path.relative_to(ROOT) for path in (ROOT / "esurety" / "web").rglob("*.py") if re.search(r"\bwriting\(", path.read_text())]

    assert writing == []


def test_money_is_never_a_float() -> None:
    """Shares are fractions; a float stands only where a percentage is printed."""
    floats = re.compile(r"float\((?!.*(?:\* 100\)|thousandths))")
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in (ROOT / "esurety" / "domain").glob("*.py")
        for line in path.read_text().splitlines()
        if floats.search(line)
    ]

    assert found == []
