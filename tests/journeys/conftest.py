"""A real demonstration on a free port, and browsers to walk through it."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Playwright, sync_playwright

from tests.journeys.chromium import FLAGS, chromium

ROOT = Path(__file__).resolve().parents[2]
BIN = Path(sys.executable).parent


@dataclass(frozen=True)
class Demo:
    """A running demonstration."""

    base: str
    data_dir: Path


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey drives a browser."""
    for item in items:
        if Path(item.fspath).is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """`make demo` as it runs for a user: migrated, loaded, the production server and the worker."""
    data_dir = tmp_path_factory.mktemp("demo")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DATA_DIR": str(data_dir), "DEMO": "1", "PORT": str(port), "PUBLIC_URL": f"http://127.0.0.1:{port}"}
    for command in (["db", "upgrade"], ["demo", "load"]):
        subprocess.run([BIN / "flask", *command], cwd=ROOT, env=environment, check=True, capture_output=True)
    log = (data_dir / "server.log").open("wb")
    server = subprocess.Popen([BIN / "flask", "demo", "serve"], cwd=ROOT, env=environment, stdout=log, stderr=log)
    try:
        _wait_for(f"http://127.0.0.1:{port}/healthz", server)
        yield Demo(f"http://127.0.0.1:{port}", data_dir)
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait_for(address: str, server: subprocess.Popen[bytes]) -> None:
    for _ in range(300):  # half a minute: a busy machine takes long to start two processes
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=1):
                return
        except OSError:
            time.sleep(0.1)
    raise AssertionError(f"{address} does not answer")


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    launched = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
    yield launched
    launched.close()


class Walker:
    """Somebody in front of a screen: opens pages, and complains about what a user would never be told."""

    def __init__(self, context: BrowserContext, base: str) -> None:
        self.context, self.base = context, base
        self.complaints: list[str] = []
        context.on("page", self._listen)

    def _listen(self, page: Page) -> None:
        page.on("pageerror", lambda error: self.complaints.append(f"script error: {error}"))
        page.on("console", lambda message: self._note_console(message.type, message.text))
        page.on("request", lambda request: self._note_request(request.url))

    def _note_console(self, kind: str, text: str) -> None:
        # A 422 is an answer that the form expects; the browser logs it all the same.
        if kind == "error" and "status of 422" not in text:
            self.complaints.append(f"console: {text}")

    def _note_request(self, url: str) -> None:
        if not url.startswith((self.base, "data:", "about:", "blob:")):
            self.complaints.append(f"left the server: {url}")

    def new_page(self, path: str = "/") -> Page:
        page = self.context.new_page()
        page.set_default_timeout(10_000)
        page.goto(self.base + path)
        return page

    def sign_in(self, login: str) -> Page:
        """Sign in and land in the portal of the role."""
        page = self.new_page("/login")
        page.get_by_label("メールアドレス").fill(login)
        page.get_by_label("パスワード").fill("esurety-demo")
        page.get_by_role("button", name="ログイン").click()
        page.wait_for_load_state()
        return page


@pytest.fixture(
    params=[
        pytest.param({"javascript": True, "width": 1366, "height": 768}, id="desktop"),
        pytest.param({"javascript": False, "width": 1366, "height": 768}, id="no-javascript"),
        pytest.param({"javascript": True, "width": 360, "height": 740}, id="phone"),
    ]
)
def way(request: pytest.FixtureRequest) -> dict[str, int | bool]:
    """How somebody comes: a town hall's screen, without JavaScript, a phone."""
    found: dict[str, int | bool] = request.param
    return found


@pytest.fixture
def people(browser: Browser, demo: Demo, way: dict[str, int | bool]) -> Iterator["People"]:
    """Several walkers, each with cookies of their own; afterwards none may have a complaint."""
    made = People(browser, demo, way)
    yield made
    complaints = made.close()
    assert complaints == []


class People:
    """Makes walkers of the same way."""

    def __init__(self, browser: Browser, demo: Demo, way: dict[str, int | bool]) -> None:
        self.browser, self.demo, self.way = browser, demo, way
        self.walkers: list[Walker] = []

    def walker(self) -> Walker:
        context = self.browser.new_context(
            viewport={"width": int(self.way["width"]), "height": int(self.way["height"])},
            java_script_enabled=bool(self.way["javascript"]),
            has_touch=int(self.way["width"]) < 500,
            locale="ja-JP",
            timezone_id="Asia/Tokyo",
            accept_downloads=True,
        )
        made = Walker(context, self.demo.base)
        self.walkers.append(made)
        return made

    def close(self) -> list[str]:
        for walker in self.walkers:
            walker.context.close()
        return [complaint for walker in self.walkers for complaint in walker.complaints]
