"""The demonstration, walked from link to link by each of its people: every page passes every check of the client."""

import io
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import time_machine
from flask import Flask
from flask_migrate import upgrade
from jinja2 import FileSystemBytecodeCache
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm

from esurety.documents.trusted_roots import trusted_roots
from esurety.services.load_demo import load_demo
from esurety.web import create_app
from tests.conftest import let_go, settings_for
from tests.example_of_record import APPLIED_AT
from tests.pdf_text import pdf_text
from tests.stage import PEOPLE, Stage
from tests.web.page_client import Page, PageClient

_NO_PAGE = re.compile(r"/next$|\.(pdf|csv|xlsx|tlog-proof|tst)(\?|$)")
# How a file that is handed out begins, by its media type: links lead to lists to take away and to papers that were handed in.
_BEGINNINGS = {
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": b"PK\x03\x04",
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG",
}
_SEEN_ENOUGH = 300  # pages a person; the demonstration has fewer


@pytest.fixture
def demo(empty_database_url: str, tmp_path: Path, compiled_templates: FileSystemBytecodeCache) -> Iterator[Flask]:
    """An installation with the demonstration's data."""
    app = create_app(replace(settings_for(empty_database_url, tmp_path), is_demo=True, signing_folder=tmp_path / "signing"))
    app.jinja_env.bytecode_cache = compiled_templates
    with app.app_context():
        upgrade()
        assert load_demo(installation=app.extensions["esurety"], at=APPLIED_AT + timedelta(days=900))
    yield app
    let_go(app)


def walk(client: PageClient, start: str) -> dict[str, int]:
    """Every page that links lead to, and how many statements each took. Papers are opened elsewhere; /next leads to pages seen anyway.

    A file ends the way: it is checked as what it says it is. A list's file is taken once for each kind, not for each way to narrow it.
    """
    seen: dict[str, int] = {}
    files: set[tuple[str, str]] = set()
    waiting = [start]
    while waiting and len(seen) < _SEEN_ENOUGH:
        address = waiting.pop(0)
        if address in seen or _file_of(address) in files:
            continue
        page = client.get(address)
        if page.tree is None:
            check_file(page)
            files.add(_file_of(address))
            continue
        seen[address] = len(page.statements)
        hrefs = [href.split("#")[0] for href in page.links().values()]
        waiting += [href for href in hrefs if href.startswith(start) and not _NO_PAGE.search(href) and href not in seen]
    assert files, "lists can be taken away"
    return seen


def _file_of(address: str) -> tuple[str, str]:
    """The address without what narrows the list, and the kind of file that is asked for."""
    parts = urlsplit(address)
    return parts.path, parse_qs(parts.query).get("file", [""])[0]


def check_file(page: Page) -> None:
    """What answers without a page is handed out as a file, never shown, and is what its media type says."""
    said = page.headers["Content-Type"].split(";")[0]
    assert page.headers["Content-Disposition"].startswith("attachment; filename="), page.path
    assert page.headers["X-Content-Type-Options"] == "nosniff", page.path
    if said == "text/csv":
        assert page.body.startswith(b"\xef\xbb\xbf") or "charset=Windows-31J" in page.headers["Content-Type"], page.path
        assert page.text.count("\r\n") >= 1, f"{page.path} has no heading"
    else:
        assert page.body.startswith(_BEGINNINGS[said]), f"{page.path} is no {said}"


def test_every_page_of_the_demonstration_passes_every_check(demo: Flask, clock: time_machine.Traveller) -> None:
    clock.move_to(APPLIED_AT + timedelta(days=900, minutes=5))
    stage = Stage(demo)

    seen = {}
    for login in PEOPLE:
        start = "/netdesk/" if login in {"netdesk", "contractor2"} else "/office/"
        seen[login] = walk(PageClient(stage).sign_in(login), start)

    assert all(len(pages) < _SEEN_ENOUGH for pages in seen.values()), {login: len(pages) for login, pages in seen.items()}
    assert any(address.startswith("/netdesk/contracts/") and address.endswith("/history") for address in seen["netdesk"])
    assert any(address.startswith("/office/applications/") for address in seen["clerk"])


def test_the_demonstration_has_contracts_and_applications_in_every_state(demo: Flask) -> None:
    stage = Stage(demo)

    states = set(stage.column("SELECT DISTINCT state FROM applications"))
    assert states == {"draft", "submitted", "in_review", "returned", "declined", "approved", "issued", "withdrawn"}
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts WHERE cancelled_on IS NOT NULL") >= 1
    assert stage.scalar("SELECT count(*) FROM guarantee_contracts WHERE certificate_form = 'paper'") >= 1
    assert {row[0] for row in stage.rows("SELECT email FROM accounts")} == {f"{login}@demo.example" for login in PEOPLE}


def test_loading_it_again_changes_nothing(demo: Flask) -> None:
    stage = Stage(demo)
    before = stage.census()

    with demo.app_context():
        assert not load_demo(installation=stage.installation, at=APPLIED_AT)

    assert stage.census() == before


def test_its_own_key_opens_every_electronic_certificate(demo: Flask, clock: time_machine.Traveller) -> None:
    clock.move_to(APPLIED_AT + timedelta(days=900, minutes=5))
    stage = Stage(demo)

    for number, key in stage.keys().items():
        client = PageClient(stage)
        answer = client.press(client.get("/dsure/"), "証書を開く", guarantee_contract_number=number, authentication_key=key)
        page = client.follow(answer)
        assert number in page.words
        assert "見本" in page.words


def test_its_certificates_are_signed_and_can_never_pass_as_real(demo: Flask, tmp_path: Path) -> None:
    stage = Stage(demo)
    files = stage.rows(
        "SELECT c.certificate_form, f.pdf FROM certificate_versions v JOIN guarantee_contracts c ON c.id = v.contract_id"
        " JOIN certificate_files f ON f.sha256 = v.file_sha256"
    )
    electronic = [bytes(pdf) for form, pdf in files if form == "electronic"]

    assert len(electronic) > 10
    for pdf in electronic:
        (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        assert signature.signer_cert.issuer.native["organization_name"] == "見本認証局"
        assert signature.signer_cert.subject.native["common_name"].startswith("見本")
        assert signature.docmdp_level is MDPPerm.NO_CHANGES
        assert "保証の効力はありません" in pdf_text(pdf)
    roots = trusted_roots(tmp_path / "signing")
    assert (len(roots.real), len(roots.demo)) == (0, 1)
