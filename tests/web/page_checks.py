"""What holds of every answer, whatever the page is: checked on each request of each web test."""

import hashlib
import re
from collections import Counter
from urllib.parse import urlsplit

import html5lib
from flask import Flask
from lxml import html as lxml_html
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import RequestRedirect
from werkzeug.test import TestResponse

MOST_STATEMENTS = 12
MOST_STATEMENTS_OF_REVIEW = 15  # of /office/applications/…: issue 3 counts them for opening a review page
MOST_BYTES = 60_000
_WELL_FORMED: set[str] = set()
_TOKENS = re.compile(r'(name="(?:csrf_token|token|form_token)" value|"X-CSRFToken"):?="?[^"]*"|"X-CSRFToken":"[^"]*"')
_ACTING = ("hx-get", "hx-post", "hx-put", "hx-patch", "hx-delete")


def check_headers(response: TestResponse) -> None:
    """Nothing foreign runs, nothing is guessed, nothing leaks through the referrer, nothing stays in a cache."""
    policy = response.headers.get("Content-Security-Policy", "")
    directives = {name: value for name, _, value in (part.strip().partition(" ") for part in policy.split(";"))}
    assert directives.get("default-src") == "'none'", policy
    assert directives.get("script-src") == "'self'", policy
    assert directives.get("style-src") == "'self'", policy
    assert directives.get("frame-ancestors") == "'none'", policy
    assert directives.get("form-action") == "'self'", policy
    assert "unsafe" not in policy
    assert response.headers.get("X-Content-Type-Options") == "nosniff"
    assert response.headers.get("Referrer-Policy") == "no-referrer"
    cache = response.headers.get("Cache-Control", "")
    is_public_log = response.request.path.startswith("/log/") and response.mimetype != "text/html"
    assert "no-store" in cache or (is_public_log and "public" in cache), cache
    for cookie in response.headers.getlist("Set-Cookie"):
        assert "HttpOnly" in cookie, cookie
        assert "SameSite=Lax" in cookie, cookie
    for header in ("Location", "HX-Redirect"):
        if header in response.headers:
            assert response.headers[header].startswith("/"), f"{header} leads elsewhere: {response.headers[header]}"
            assert not response.headers[header].startswith("//")


def check_page(app: Flask, text: str, tree: lxml_html.HtmlElement, *, status: int) -> None:
    """A whole page."""
    _check_well_formed(text, fragment=False)
    assert tree.get("lang") == "ja"
    assert len(tree.xpath("//h1")) == 1, [heading.text_content() for heading in tree.xpath("//h1")]
    title = tree.findtext("head/title") or ""
    assert title.split("｜")[0].strip(), "a page needs a title"
    says_error = title.startswith("エラー：")
    assert says_error or status != 422, f"422 with the title {title}"
    assert not says_error or tree.xpath("//*[@id='error-summary']"), f"the title says {title} and the page does not"
    check_elements(app, tree)
    ids = set(tree.xpath("//@id"))
    for attribute in ("aria-describedby", "aria-labelledby", "aria-controls"):
        for named in tree.xpath(f"//@{attribute}"):
            assert set(named.split()) <= ids, f"{attribute}={named} names nothing"
    for target in tree.xpath("//@hx-target"):
        if target.startswith("#"):
            assert target[1:] in ids, f"hx-target {target} is not in the page"
    for href in tree.xpath("//a/@href"):
        if href.startswith("#"):
            assert href[1:] in ids, f"{href} is not in the page"


def check_fragment(app: Flask, text: str, tree: lxml_html.HtmlElement, ids_of_page: set[str]) -> None:
    """Part of a page, as htmx asks for it; its targets are those of the page that asked."""
    assert "<html" not in text, "a fragment was asked for and a page came"
    assert not tree.xpath("//h1"), "a fragment brings no heading of its own"
    _check_well_formed(text, fragment=True)
    check_elements(app, tree)
    here = ids_of_page | set(tree.xpath("//@id"))
    for target in tree.xpath("//@hx-target"):
        if target.startswith("#") and ids_of_page:
            assert target[1:] in here, f"hx-target {target} is not in the page"


def check_elements(app: Flask, tree: lxml_html.HtmlElement) -> None:
    """What holds of pages and fragments alike."""
    doubles = [identity for identity, count in Counter(tree.xpath("//@id")).items() if count > 1]
    assert not doubles, f"ids used twice: {doubles}"
    _check_forms(app, tree)
    _check_labels(tree)
    _check_nothing_inline(tree)
    _check_nothing_foreign(tree)
    for attribute in _ACTING:
        for address in tree.xpath(f"//@{attribute}"):
            _assert_route(app, address, attribute.removeprefix("hx-").upper())
    for href in tree.xpath("//a/@href"):
        if href.startswith("/"):
            _assert_route(app, href, "GET")


def _check_well_formed(text: str, *, fragment: bool) -> None:
    plain = _TOKENS.sub("", text)
    digest = hashlib.sha256(plain.encode()).hexdigest()
    if digest in _WELL_FORMED:
        return
    parser = html5lib.HTMLParser(strict=True)
    if fragment:
        parser.parseFragment(text)
    else:
        parser.parse(text)
    _WELL_FORMED.add(digest)


def _check_forms(app: Flask, tree: lxml_html.HtmlElement) -> None:
    for form in tree.xpath("//form"):
        method, action = (form.get("method") or "").upper(), form.get("action") or ""
        assert method in {"GET", "POST"}, f"a form without a method: {action}"
        assert action.startswith("/"), f"a form without an action: {lxml_html.tostring(form)[:200]!r}"
        _assert_route(app, action, method)
        tokens = form.xpath(".//input[@name='csrf_token']/@value")
        if method == "POST":
            assert len(tokens) == 1, f"{action} has {len(tokens)} CSRF tokens"
            assert tokens[0], f"{action} has an empty CSRF token"
        else:
            assert not tokens, f"{action} would put the CSRF token into an address"


def _check_labels(tree: lxml_html.HtmlElement) -> None:
    labelled = set(tree.xpath("//label/@for"))
    for control in tree.xpath("//input|//select|//textarea"):
        if control.get("type") in {"hidden", "submit"}:
            continue
        name = control.get("name")
        assert control.get("id") in labelled or control.get("aria-label"), f"the control {name} has no label"
        assert control.get("type") != "number", f"{name}: number fields are inputmode=numeric"
    for button in tree.xpath("//button"):
        assert button.text_content().strip() or button.get("aria-label"), "a button says nothing"
        assert button.get("type") in {"submit", "button"}, f"the button {button.text_content()} has no type"
    for link in tree.xpath("//a[@href]"):
        assert link.text_content().strip() or link.get("aria-label"), f"the link to {link.get('href')} says nothing"
    for image in tree.xpath("//img"):
        assert image.get("alt") is not None, f"{image.get('src')} has no alt"


def _check_nothing_inline(tree: lxml_html.HtmlElement) -> None:
    assert not tree.xpath("//style"), "an inline style sheet"
    assert not tree.xpath("//script[not(@src)]"), "an inline script"
    for element in tree.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            assert not name.lower().startswith("on"), f"{name} on <{element.tag}>"
            assert name.lower() != "style", f"style on <{element.tag}>"
            assert not name.lower().startswith("hx-on"), f"{name} on <{element.tag}>"
            if name.startswith("hx-"):
                assert not value.strip().startswith(("js:", "javascript:")), f"{name} runs a script"
            if name == "hx-trigger":
                assert "[" not in value, f"the filter in {value} needs eval"


def _check_nothing_foreign(tree: lxml_html.HtmlElement) -> None:
    for element in tree.xpath("//script[@src]|//link[@href]|//img[@src]|//iframe|//object|//embed|//source|//video|//audio"):
        address = element.get("src") or element.get("href") or ""
        assert address.startswith("/static/"), f"<{element.tag}> loads {address}"
    for href in tree.xpath("//a/@href"):
        assert not urlsplit(href).netloc, f"a link leads to {href}"
        assert urlsplit(href).scheme in {"", "tel", "mailto"}, f"a link leads to {href}"


def _assert_route(app: Flask, address: str, method: str) -> None:
    path = urlsplit(address).path
    if path.startswith("/static/"):
        return
    try:
        app.url_map.bind("127.0.0.1").match(path, method=method)
    except (NotFound, MethodNotAllowed, RequestRedirect) as no:
        raise AssertionError(f"{method} {address} leads nowhere: {type(no).__name__}") from no
