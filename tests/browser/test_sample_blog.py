"""The sample blog in a real Chromium: it fits a phone, asks no other host, and nothing complains."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import IN_A_BROWSER
from tests.support.hosting import build_sample, hosted
from tests.support.sites import tree

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (380, 1280)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample blog, built away from the checkout."""
    folder = tmp_path_factory.mktemp("sample") / "public"
    build_sample(folder, "https://example.org/")
    return folder


@pytest.fixture(scope="module")
def address(public: Path) -> Iterator[str]:
    """Where the sample blog is served."""
    with hosted(public) as found:
        yield found


def addresses(public: Path) -> list[str]:
    """Every post, and one page of each other kind."""
    pages = [
        path.removesuffix("index.html")
        for path, data in sorted(tree(public).items())
        if path.endswith("index.html") and b'http-equiv="refresh"' not in data
    ]
    kinds: dict[str, str] = {}
    for path in pages:
        kind = path if path.startswith("posts/") else path.split("/")[0] + str(path.count("/"))
        kinds.setdefault(kind, path)
    assert len(kinds) > 12
    return [*kinds.values(), "404.html"]


def test_every_page_fits_and_asks_nobody_else(browser: Browser, address: str, public: Path) -> None:
    page = browser.new_page()
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda problem: complaints.append(f"{page.url}: {problem}"))
    page.on(
        "response", lambda answer: complaints.append(f"{answer.url}: {answer.status}") if answer.status >= 400 else None
    )
    too_wide = {}
    for path in addresses(public):
        page.goto(f"{address}/{path}")
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            if overflow := wider_than_the_window(page):
                too_wide[path, width] = overflow
    page.close()
    assert not too_wide
    assert not complaints
    assert not [url for url in asked if not url.startswith((address + "/", "data:"))]


def wider_than_the_window(page: Page) -> list[str]:
    """What makes the page scroll sideways: the elements that reach out of the window, if anything does."""
    found: list[str] = page.evaluate(
        """() => {
            const width = document.documentElement.clientWidth
            if (document.documentElement.scrollWidth <= width) return []
            return [...document.querySelectorAll("body *")]
                .filter((element) => element.getBoundingClientRect().right > width + 1)
                .map((element) => element.outerHTML.slice(0, 120)).slice(0, 5).concat("…")
        }"""
    )
    return found


def test_colours_change_with_the_scheme(browser: Browser, address: str) -> None:
    def background(scheme: str) -> str:
        page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(address)
        colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        if colour == "rgba(0, 0, 0, 0)":
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.close()
        return colour

    assert background("light") != background("dark")


def test_a_formula_is_drawn_with_its_fonts(browser: Browser, address: str, public: Path) -> None:
    with_formulas = [path for path, data in tree(public).items() if path.startswith("posts/") and b'"math ' in data]
    assert with_formulas, "the sample blog shows no formula"
    page = browser.new_page()
    page.goto(f"{address}/{with_formulas[0].removesuffix('index.html')}")
    box = page.locator(".math").first.bounding_box()
    assert box
    assert box["width"] > 5
    assert not page.locator(".math-error").count()
    page.close()


def test_the_keyboard_reaches_the_text_first(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.close()
