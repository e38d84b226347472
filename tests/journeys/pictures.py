"""The pictures of README and guide: taken by the journeys when PICTURES=1 (`make pictures`), so that they show what is."""

import os
from pathlib import Path

from playwright.sync_api import Page

ROOT = Path(__file__).resolve().parents[2]
WANTED = os.environ.get("PICTURES") == "1"
GUIDE, README = ROOT / "static" / "guide", ROOT / "docs" / "pictures"


def picture(page: Page, name: str, *, folder: Path = GUIDE, scroll_to: str = "") -> None:
    """Take a picture of the window as it stands, 1280×800, or of the part from an element on."""
    if not WANTED:
        return
    folder.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    page.set_viewport_size({"width": 1280, "height": 800})
    if scroll_to:
        page.locator(scroll_to).evaluate("element => window.scrollTo(0, element.getBoundingClientRect().top + scrollY - 24)")
    page.screenshot(path=folder / f"{name}.png")
    if before:
        page.set_viewport_size(before)
