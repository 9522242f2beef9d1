"""`blogsite serve` in Chromium: a file is saved, and the open tabs show the change."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import IN_A_BROWSER
from tests.support.serving import PATIENCE, Served, fetch, serving
from tests.support.sites import post, site, write

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page


pytestmark = IN_A_BROWSER

LONG = [f"Paragraph {number} says this and that.\n\n" * 1 for number in range(120)]
CSS = "body { outline: 3px solid rgb(1, 2, 3) }\n"
HEAD = '<link rel="stylesheet" href="{{ "/extra.css" | href }}">\n'
OUTLINE = "getComputedStyle(document.body).outlineColor"


def files() -> dict[str, str | bytes]:
    return {
        "posts/long.md": post("Long", body="".join(LONG)),
        "posts/other.md": post("Other", body="Other words.\n"),
        "static/extra.css": CSS,
        "templates/partials/head-extra.html": HEAD,
    }


@pytest.fixture
def context(browser: Browser, root: Path) -> Iterator[BrowserContext]:
    """Closed before the site is put back: Chromium may never end closing tabs that are just being loaded again."""
    with browser.new_context() as made:
        made.set_default_timeout(15_000)
        yield made


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    root = site(tmp_path_factory.mktemp("seen"), files(), 'title = "Seen"\nbase_url = "https://example.org/blog/"\n')
    with serving(root) as server:
        yield server


@pytest.fixture
def root(served: Served) -> Iterator[Path]:
    """The site's folder; what a test changes in it is as it was afterwards."""
    yield served.root
    for path, text in files().items():
        if (served.root / path).read_text(encoding="utf-8") != text:
            write(served.root, {path: text})
    end = time.monotonic() + PATIENCE
    while not is_as_it_was(served):
        assert time.monotonic() < end
        time.sleep(0.02)


def is_as_it_was(served: Served) -> bool:
    """Return whether both pages are served as they were before any test; otherwise tests would depend on each other."""
    seen = (fetch(served.port, f"/blog/posts/{name}/").text for name in ("other", "long"))
    return all(words in text for words, text in zip(("Other words.", "Paragraph 119 says"), seen, strict=True))


def opened(context: BrowserContext, served: Served, path: str) -> Page:
    """Open a tab on a path, and wait until it is connected to the live reload."""
    page = context.new_page()
    page.goto(served.address + path)
    return page


def shows(page: Page, words: str) -> None:
    """Wait until a tab shows these words."""
    page.wait_for_function("words => document.body && document.body.innerText.includes(words)", arg=words)


def scrolled(page: Page) -> int:
    return int(page.evaluate("Math.round(scrollY)"))


def test_a_saved_post_is_shown_and_the_place_is_kept(context: BrowserContext, served: Served, root: Path) -> None:
    page = opened(context, served, "posts/long/")
    page.evaluate("scrollTo({ top: 1500, behavior: 'instant' })")
    location = scrolled(page)
    assert location > 1000
    write(root, {"posts/long.md": post("Long", body="".join([*LONG, "A new end.\n"]))})
    shows(page, "A new end.")
    page.wait_for_function(f"Math.abs(scrollY - {location}) < 2")


def test_a_broken_template_gives_the_error_page_until_it_is_mended(
    context: BrowserContext, served: Served, root: Path
) -> None:
    page = opened(context, served, "posts/other/")
    shows(page, "Other words.")
    write(root, {"templates/partials/head-extra.html": HEAD + "{{ nobody.at_home }}\n"})
    shows(page, "1 mistake to mend")
    shows(page, "templates/partials/head-extra.html:2")
    shows(page, "{{ nobody.at_home }}")
    page.click("text=last version")
    shows(page, "Other words.")
    write(root, {"templates/partials/head-extra.html": HEAD})
    page.wait_for_url(served.address + "posts/other/")
    shows(page, "Other words.")
    assert not page.locator("#blogsite-warnings").count()


def test_a_broken_head_marks_its_line(context: BrowserContext, served: Served, root: Path) -> None:
    page = opened(context, served, "posts/other/")
    write(root, {"posts/other.md": post("Other").replace("date: 2024-01-02", "date: when")})
    shows(page, "posts/other.md:3:7")
    assert page.inner_text("mark") == "w"
    write(root, {"posts/other.md": post("Other", body="Mended words.\n")})
    shows(page, "Mended words.")


def test_all_tabs_follow_also_those_of_other_windows(browser: Browser, served: Served, root: Path) -> None:
    with browser.new_context() as first, browser.new_context() as second:
        pages = [opened(context, served, "posts/other/") for context in (first, first, first, second)]
        for words in ("Once changed.", "Twice changed."):
            write(root, {"posts/other.md": post("Other", body=f"{words}\n")})
            for page in pages:
                shows(page, words)
        pages[0].close()  # it may have been the one that listens for the others
        write(root, {"posts/other.md": post("Other", body="Three times.\n")})
        for page in pages[1:]:
            shows(page, "Three times.")


def test_ten_tabs_do_not_use_up_the_connections(context: BrowserContext, served: Served, root: Path) -> None:
    pages = [opened(context, served, "posts/other/") for _ in range(10)]
    write(root, {"posts/other.md": post("Other", body="Seen in ten tabs.\n")})
    for page in pages:
        shows(page, "Seen in ten tabs.")


def test_a_style_sheet_is_exchanged_without_loading_the_page(
    context: BrowserContext, served: Served, root: Path
) -> None:
    pages = [opened(context, served, "posts/other/"), opened(context, served, "")]
    for page in pages:
        page.wait_for_function(f"{OUTLINE} === 'rgb(1, 2, 3)'")
        page.evaluate("window.kept = 'as it was'")
    for colour in ("rgb(4, 5, 6)", "rgb(7, 8, 9)"):
        write(root, {"static/extra.css": CSS.replace("rgb(1, 2, 3)", colour)})
        for page in pages:
            page.wait_for_function(f"{OUTLINE} === '{colour}'")
    for page in pages:
        assert page.evaluate("window.kept") == "as it was"
        page.wait_for_function("document.querySelectorAll('link[href*=extra]').length === 1")


def test_warnings_can_be_closed_and_stay_so(context: BrowserContext, served: Served, root: Path) -> None:
    page = opened(context, served, "posts/other/")
    box = page.locator("#blogsite-warnings")
    write(root, {"posts/other.md": post("Other", body="![A picture](none.png) first\n")})
    shows(page, "first")
    box.wait_for(state="visible")
    assert "none.png" in box.inner_text()
    box.locator("button").click()
    box.wait_for(state="detached")
    write(root, {"posts/long.md": post("Long", body="Short.\n")})
    page.wait_for_event("load")
    page.wait_for_function("document.readyState === 'complete'")
    assert not box.is_visible()
    write(root, {"posts/other.md": post("Other", body="![A picture](nothing.png)\n")})
    box.wait_for(state="visible")


def test_nobody_else_is_asked_and_nothing_complains(context: BrowserContext, served: Served, root: Path) -> None:
    asked: list[str] = []
    said: list[str] = []
    page = context.new_page()
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(f"{message.text} {message.location}"))
    page.on("pageerror", lambda problem: said.append(str(problem)))
    page.goto(served.address + "posts/other/")
    write(root, {"posts/other.md": post("Other", body="Seen by nobody else.\n")})
    shows(page, "Seen by nobody else.")
    origin = served.address.removesuffix("blog/")
    assert [url for url in asked if not url.startswith(origin)] == []
    assert said == []


def test_a_page_with_a_strict_policy_follows_too(context: BrowserContext, served: Served, root: Path) -> None:
    policy = '<meta http-equiv="Content-Security-Policy" content="default-src \'self\'">'
    write(root, {"templates/partials/head-extra.html": HEAD + policy})
    page = opened(context, served, "posts/other/")
    page.wait_for_selector("meta[http-equiv]", state="attached")
    write(root, {"posts/other.md": post("Other", body="Seen in spite of it.\n")})
    shows(page, "Seen in spite of it.")


def test_follow_scrolls_to_what_has_changed(context: BrowserContext, tmp_path: Path) -> None:
    root = site(tmp_path, files())
    with serving(root, "--follow") as served:
        page, other = opened(context, served, "posts/long/"), opened(context, served, "posts/other/")
        changed = [*LONG[:90], "Here is the change.\n\n", *LONG[91:]]
        write(root, {"posts/long.md": post("Long", body="".join(changed))})
        shows(page, "Here is the change.")
        page.wait_for_function(
            """() => { const { top, bottom } = [...document.querySelectorAll(".e-content p")]
                .find((block) => block.innerText.includes("the change")).getBoundingClientRect();
                return scrollY > 500 && top >= 0 && bottom <= innerHeight }"""
        )
        page.evaluate("scrollTo({ top: 700, behavior: 'instant' })")
        write(root, {"posts/other.md": post("Other", body="Another post.\n")})
        shows(other, "Another post.")
        page.wait_for_function("Math.abs(scrollY - 700) < 2")
