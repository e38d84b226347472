"""The one client of the web tests: behaves as a browser does, and checks on every answer what must hold of every answer."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from lxml import html as lxml_html
from sqlalchemy import event
from werkzeug.test import TestResponse

from esurety.persistence.database import db
from tests.stage import PASSWORD, Stage
from tests.web.page_checks import MOST_BYTES, MOST_STATEMENTS, MOST_STATEMENTS_OF_REVIEW, check_fragment, check_headers, check_page

PARTIAL = {"HX-Request": "true", "HX-Request-Type": "partial"}
BOOSTED = {"HX-Request": "true", "HX-Request-Type": "full"}
_WRITES = ("INSERT", "UPDATE", "DELETE")
_UNCOUNTED = ("BEGIN", "PRAGMA", "COMMIT", "ROLLBACK", "SAVEPOINT", "RELEASE")


@dataclass
class Page:
    """One answer."""

    status: int
    text: str
    body: bytes
    headers: Any
    path: str
    tree: lxml_html.HtmlElement | None = None
    statements: list[str] = field(default_factory=list)

    @property
    def location(self) -> str:
        return str(self.headers.get("Location") or self.headers.get("HX-Redirect") or "")

    @property
    def dom(self) -> lxml_html.HtmlElement:
        assert self.tree is not None, f"{self.path} answered {self.status} without a page"
        return self.tree

    @property
    def title(self) -> str:
        return str(self.dom.findtext("head/title"))

    @property
    def heading(self) -> str:
        return " ".join(self.dom.xpath("//h1")[0].text_content().split())

    @property
    def words(self) -> str:
        """What can be read, without the frame: blanks folded."""
        parts = self.dom.xpath("//main") or [self.dom]
        return " ".join(" ".join(part.text_content() for part in parts).split())

    @property
    def problems(self) -> dict[str, str]:
        """The error summary: field → message. Every link leads to a field whose own message says the same."""
        found = {}
        for link in self.dom.xpath("//*[@id='error-summary']//li"):
            target = (link.xpath(".//a/@href") or ["#"])[0].removeprefix("#")
            found[target] = link.text_content().strip()
        return found

    @property
    def notices(self) -> list[str]:
        return [" ".join(one.text_content().split()) for one in self.dom.xpath("//*[contains(concat(' ', @class, ' '), ' notice ')]")]

    def messages_at_fields(self) -> dict[str, str]:
        """field → the message that stands beside it."""
        return {
            one.get("id").removesuffix("-error"): one.text_content().strip().removeprefix("＊")
            for one in self.dom.xpath("//*[@id and contains(@class, 'field__error')]")
        }

    def form(self, label: str) -> lxml_html.HtmlElement:
        """The form that a button with this label sends."""
        found = self.dom.xpath(f"//form[.//button[normalize-space(.)='{label}']]")
        assert len(found) == 1, f"{len(found)} forms have the button 「{label}」 on {self.path}: {self.buttons()}"
        return found[0]

    def buttons(self) -> list[str]:
        return [" ".join(button.text_content().split()) for button in self.dom.xpath("//main//button")]

    def fields(self, label: str) -> dict[str, str]:
        """What a browser would send with this button."""
        return dict(_successful_controls(self.form(label)))

    def links(self) -> dict[str, str]:
        return {" ".join(link.text_content().split()): link.get("href") for link in self.dom.xpath("//a[@href]")}

    def link(self, words: str) -> str:
        found = {href for label, href in self.links().items() if words in label}
        assert len(found) == 1, f"「{words}」 on {self.path}: {found or list(self.links())}"
        return str(found.pop())

    def rows(self) -> dict[str, str]:
        """The terms and values of the page's lists."""
        return {
            " ".join(row.find("dt").text_content().split()): " ".join(row.find("dd").text_content().split())
            for row in self.dom.xpath("//dl/div[dt and dd]")
        }

    def table_rows(self) -> list[str]:
        """Each row of the page's tables as one line."""
        return [" ".join(" ".join(cell.text_content() for cell in row.xpath("./td|./th")).split()) for row in self.dom.xpath("//tbody/tr")]


def _successful_controls(form: lxml_html.HtmlElement) -> Iterator[tuple[str, str]]:
    for control in form.xpath(".//input|.//select|.//textarea"):
        name, kind = control.get("name"), control.get("type", "text")
        if not name or control.get("disabled") is not None:
            continue
        if control.tag == "textarea":
            yield name, (control.text or "").removeprefix("\n")
        elif control.tag == "select":
            chosen = control.xpath("./option[@selected]/@value") or control.xpath("./option/@value")[:1]
            yield from ((name, value) for value in chosen)
        elif kind in {"checkbox", "radio"}:
            if control.get("checked") is not None:
                yield name, control.get("value", "on")
        elif kind not in {"submit", "button", "file"}:
            yield name, control.get("value", "")


class PageClient:
    """A browser without JavaScript. Each answer's status is expected, and the answer is checked."""

    def __init__(self, stage: Stage, *, source: str = "192.0.2.1") -> None:
        self.stage, self.app = stage, stage.app
        self._http = stage.app.test_client()
        self._source = source
        self._csrf_token = ""
        self._ids_of_page: set[str] = set()

    # ---- going somewhere ----

    def get(self, path: str, *, expect: int = 200, headers: Mapping[str, str] | None = None) -> Page:
        return self._open("GET", path, expect, None, headers)

    def post(
        self, path: str, data: Mapping[str, str] | None = None, *, expect: int = 303, headers: Mapping[str, str] | None = None
    ) -> Page:
        """Send a form that is not necessarily on a page; the CSRF token is that of the last page."""
        return self._open("POST", path, expect, {"csrf_token": self.csrf_token(), **(data or {})}, headers)

    def partial(self, path: str, data: Mapping[str, str] | None = None, *, expect: int = 200) -> Page:
        """As htmx asks for part of a page."""
        return self.get(path, expect=expect, headers=PARTIAL) if data is None else self.post(path, data, expect=expect, headers=PARTIAL)

    def press(self, page: Page, label: str, *, expect: int = 303, **changes: str) -> Page:
        """Press a button: the form is sent as it stands, with what was typed; two underscores in a name are a dash."""
        form = page.form(label)
        button = form.xpath(f".//button[normalize-space(.)='{label}']")[0]
        data = page.fields(label) | {name.replace("__", "-"): value for name, value in changes.items()}
        if button.get("name"):
            data[button.get("name")] = button.get("value", "")
        if form.get("method").upper() == "GET":
            query = "&".join(f"{name}={value}" for name, value in data.items())
            return self.get(f"{form.get('action')}?{query}", expect=expect)
        return self._open("POST", form.get("action"), expect, data, None)

    def follow(self, page: Page, *, expect: int = 200) -> Page:
        """Go where an answer leads."""
        assert page.location, f"{page.path} leads nowhere"
        return self.get(page.location, expect=expect)

    def sign_in(self, login: str, *, password: str = PASSWORD) -> "PageClient":
        page = self.get("/login")
        self.follow(self.press(page, "ログイン", email=f"{login}@demo.example", password=password))
        return self

    def csrf_token(self) -> str:
        if not self._csrf_token:
            self.get("/guide/")
        return self._csrf_token

    def cookies(self) -> dict[str, str]:
        return {cookie.key: cookie.value for cookie in self._http._cookies.values()}  # type: ignore[attr-defined]

    # ---- how ----

    def _open(self, method: str, path: str, expect: int, data: Mapping[str, str] | None, headers: Mapping[str, str] | None) -> Page:
        with counted_statements(self.stage) as statements:
            response = self._http.open(
                path,
                method=method,
                data=dict(data) if data is not None else None,
                headers=dict(headers or {}),
                environ_base={"REMOTE_ADDR": self._source},
            )
        page = self._read(response, path, statements)
        said = page.words[:600] if page.tree is not None else page.text[:300]
        assert page.status == expect, f"{method} {path}: {page.status}, not {expect}. {page.location} {said}"
        self._check(method, page, headers or {})
        return page

    def _read(self, response: TestResponse, path: str, statements: list[str]) -> Page:
        is_cp932 = response.mimetype_params.get("charset") == "Windows-31J"  # CP932's name outside of Python
        text = response.get_data().decode("cp932" if is_cp932 else "utf-8") if response.mimetype.startswith("text/") else ""
        page = Page(response.status_code, text, response.get_data(), response.headers, path, statements=statements)
        check_headers(response)
        if response.mimetype == "text/html" and text.strip() and not 300 <= response.status_code < 400:
            page.tree = lxml_html.document_fromstring(text) if "<html" in text else lxml_html.fragment_fromstring(text, create_parent="div")
        response.close()
        return page

    def _check(self, method: str, page: Page, headers: Mapping[str, str]) -> None:
        if page.tree is not None:
            if "<html" in page.text:
                check_page(self.app, page.text, page.tree, status=page.status)
                self._ids_of_page = set(page.tree.xpath("//@id"))
                self._csrf_token = _csrf_token_of(page.tree)
                assert len(page.body) < MOST_BYTES, f"{page.path} has {len(page.body)} bytes"
            else:
                check_fragment(self.app, page.text, page.tree, self._ids_of_page)
        if method == "GET":
            told = [one[:40] + " … " + one[one.find(" FROM ") :][:80] for one in page.statements]
            shows_review = not page.path.endswith("/issue") or page.status in {403, 409}  # a refused issue shows the review page
            is_review = page.path.startswith("/office/applications/") and shows_review
            most = MOST_STATEMENTS_OF_REVIEW if is_review else MOST_STATEMENTS
            assert len(told) <= most, f"{page.path}: {len(told)} statements\n" + "\n".join(told)
            written = [one for one in page.statements if one.upper().startswith(_WRITES)]
            assert not written or page.path.endswith("/key-notice.pdf"), f"looking at {page.path} wrote: {written}"
        if headers.get("HX-Request-Type") == "partial" and page.status in {200, 422}:
            assert "HX-Request-Type" in page.headers.get("Vary", ""), f"{page.path} has two shapes and no Vary"
        self._check_no_key(page)

    def _check_no_key(self, page: Page) -> None:
        """No key in a body, a header or a cookie; the notice is the one place for it."""
        shown = page.text + str(page.headers) + urlsplit(page.path).query
        for number, key in self.stage.keys().items():
            assert key not in shown, f"the key of {number} stands in the answer of {page.path}"


def _csrf_token_of(tree: lxml_html.HtmlElement) -> str:
    """The token that htmx sends, from the body element; a page without a form has it too."""
    for name, value in tree.find("body").attrib.items():
        if name.startswith("hx-headers"):
            return str(json.loads(value)["X-CSRFToken"])
    return ""


@contextmanager
def counted_statements(stage: Stage) -> Iterator[list[str]]:
    """The SQL statements that the block sends, without those that begin and end transactions."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if not statement.upper().startswith(_UNCOUNTED):
            statements.append(" ".join(statement.split()))

    with stage.app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        event.remove(engine, "before_cursor_execute", note)
