"""The theme in Chromium on the sample blog, one page of every kind: every width, light and dark, a strict policy,
without scripts, and with assistive technology.

BLOGSITE_SCREENSHOTS=FOLDER keeps pictures of the pages.
"""

from __future__ import annotations

import importlib.util
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import Sample
from tests.support.chromium import IN_A_BROWSER
from tests.support.sites import tree

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDTHS = (380, 768, 1440)
EXTREMES = (320, 3840)
AT_EXTREMES = {"home", "archive", "tags", "most formulas", "most code"}
SCHEMES = ("light", "dark")
FOLDED = """[...document.querySelectorAll(".text > *")]
    .filter((block) => getComputedStyle(block).contentVisibility === "auto").length"""
"""How many blocks are laid out only when they come into sight."""
VISIBLE_TEXTS = """[...document.querySelectorAll("main :is(h1, h2, p, pre code)")]
    .filter(element => element.checkVisibility()).map(element => element.innerText)"""
SCREENSHOTS = os.environ.get("BLOGSITE_SCREENSHOTS")

pytestmark = IN_A_BROWSER


def test_pages_of_every_kind_are_there(sample: Sample) -> None:
    wanted = {"home", "page/*", "archive", "archive/*", "tags", "tags/*", "categories", "categories/*", "about", "404"}
    assert wanted <= set(sample.kinds)
    assert sum(path.startswith("posts/") for path in sample.kinds.values()) >= 4


def test_the_sample_blog_has_a_post_with_over_a_hundred_formulas(browser: Browser, sample: Sample) -> None:
    page = browser.new_page()
    page.goto(f"{sample.address}/{sample.kinds['most formulas']}")
    assert page.locator(".e-content .math").count() > 100
    page.close()


@pytest.mark.parametrize("scheme", SCHEMES)
def test_every_page_fits_every_width_and_nothing_complains(browser: Browser, sample: Sample, scheme: str) -> None:
    page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
    asked, complaints = listening(page)
    too_wide = {}
    for kind, path in (sample.kinds if scheme == "dark" else sample.kinds_and_posts).items():
        page.goto(f"{sample.address}/{path}")
        for width in (*WIDTHS, *(EXTREMES if kind in AT_EXTREMES else ())):
            page.set_viewport_size({"width": width, "height": 900})
            if culprits := wider_than_the_window(page):
                too_wide[kind, width] = culprits
            if SCREENSHOTS and width in WIDTHS:
                picture(page, f"{kind.replace('/*', '-one')}-{width}-{scheme}".replace(" ", "-"))
    page.close()
    assert not too_wide
    assert not complaints
    assert not [url for url in asked if not url.startswith(f"{sample.address}/")]


def listening(page: Page) -> tuple[list[str], list[str]]:
    """Record the requests of a page and its errors on the console, among them violations of the policy."""
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(f"{page.url}: {message.text}"))
    page.on("pageerror", lambda problem: complaints.append(f"{page.url}: {problem}"))
    page.on(
        "response", lambda answer: complaints.append(f"{answer.url}: {answer.status}") if answer.status >= 400 else None
    )
    return asked, complaints


def wider_than_the_window(page: Page) -> list[str]:
    """Return the innermost elements that reach out of the window and so make the page scroll sideways."""
    found: list[str] = page.evaluate(
        """() => {
            const { scrollWidth, clientWidth } = document.scrollingElement
            if (scrollWidth <= clientWidth) return []
            const out = element => element.getBoundingClientRect().right > clientWidth + 0.5
            return [...document.querySelectorAll("body *")]
                .filter(element => out(element) && ![...element.children].some(out))
                .map(element => element.outerHTML.slice(0, 120)).slice(0, 5)
                .concat(`${scrollWidth} of ${clientWidth} px`)
        }"""
    )
    return found


def picture(page: Page, name: str) -> None:
    folder = Path(SCREENSHOTS or "")
    page.screenshot(path=folder / f"{name}.png")
    page.screenshot(path=folder / f"{name}-whole.png", full_page=True)


def test_the_policy_is_in_force(browser: Browser, sample: Sample) -> None:
    """Or else the test above would prove nothing."""
    page = browser.new_page()
    _, complaints = listening(page)
    page.goto(sample.address)
    page.evaluate(
        """() => { const script = document.createElement("script")
            script.textContent = "document.title = 'run'"
            document.head.append(script) }"""
    )
    assert page.title() != "run"
    assert "Content Security Policy" in complaints[0]
    page.close()


@pytest.mark.parametrize(
    ("scheme", "width", "rules"), [("light", 1280, ["color-contrast", "link-in-text-block"]), ("dark", 380, [])]
)
def test_axe_finds_nothing(browser: Browser, sample: Sample, scheme: str, width: int, rules: list[str]) -> None:
    """All rules on pages that scroll a lot; the rules about colours in the other scheme too.

    Formulas are left out: they are thousands of elements in the colour of their text, hidden from assistive technology.
    """
    package = importlib.util.find_spec("axe_playwright_python")
    assert package
    assert package.origin
    axe = (Path(package.origin).parent / "axe.min.js").read_text(encoding="utf-8")
    # A header of a table that holds a formula alone is empty for axe, which does not read MathML.
    options: dict[str, Any] = {"resultTypes": ["violations"], "rules": {"empty-table-header": {"enabled": False}}}
    if rules:
        options["runOnly"] = {"type": "rule", "values": rules}
    page = browser.new_page(color_scheme=scheme, viewport={"width": width, "height": 900})  # type: ignore[arg-type]
    violations = {}
    for kind, path in sample.kinds.items():
        page.goto(f"{sample.address}/{path}")
        page.wait_for_selector("html[data-reachable]", state="attached")
        assert not page.evaluate(FOLDED), f"{kind} is not laid out whole"
        page.evaluate(axe)
        if found := page.evaluate("options => axe.run({ exclude: '.katex-html' }, options)", options)["violations"]:
            violations[kind] = [in_short(violation) for violation in found]
    page.close()
    assert not violations


def in_short(violation: dict[str, Any]) -> str:
    """A violation as one line: the rule, how many elements, the first of them and what is wrong there."""
    first = violation["nodes"][0]
    return f"{violation['id']} ({len(violation['nodes'])}): {first['html'][:200]}: {first['failureSummary']}"


def test_without_scripts_pages_show_the_same_text_and_links_work(browser: Browser, sample: Sample) -> None:
    with browser.new_context(java_script_enabled=False) as without, browser.new_context() as with_scripts:
        page, other = without.new_page(), with_scripts.new_page()
        for path in sample.kinds.values():
            texts = []
            for tab in (page, other):
                tab.goto(f"{sample.address}/{path}")
                tab.evaluate("document.documentElement.style.setProperty('--out-of-sight', 'visible')")
                texts.append(tab.evaluate(VISIBLE_TEXTS))
            assert texts[0]
            assert texts[0] == texts[1]
        page.goto(sample.address)
        title = page.locator(".h-entry .p-name").first.inner_text()
        page.click(".h-entry .u-url")
        assert page.locator("h1.p-name").inner_text() == title
        page.click("a[rel=prev]")
        assert page.locator("h1.p-name").inner_text() != title
        page.click(".site-menu a[href='/archive/']")
        page.click(f".h-entry >> text={title}")
        assert page.locator("h1.p-name").inner_text() == title


def test_colours_change_with_the_scheme(browser: Browser, sample: Sample) -> None:
    def background(scheme: str) -> str:
        page = browser.new_page(color_scheme=scheme)  # type: ignore[arg-type]
        page.goto(sample.address)
        colour: str = page.evaluate("getComputedStyle(document.documentElement).backgroundColor")
        if colour == "rgba(0, 0, 0, 0)":
            colour = page.evaluate("getComputedStyle(document.body).backgroundColor")
        page.close()
        return colour

    assert background("light") != background("dark")


def test_a_formula_is_drawn_with_its_fonts(browser: Browser, sample: Sample) -> None:
    with_formulas = [
        path for path, data in tree(sample.public).items() if path.startswith("posts/") and b'"math ' in data
    ]
    assert with_formulas, "the sample blog shows no formula"
    page = browser.new_page()
    page.goto(f"{sample.address}/{with_formulas[0].removesuffix('index.html')}")
    box = page.locator(".math").first.bounding_box()
    assert box
    assert box["width"] > 5
    assert not page.locator(".math-error").count()
    page.close()


def test_the_keyboard_reaches_the_text_first(browser: Browser, sample: Sample) -> None:
    page = browser.new_page()
    page.goto(sample.address)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    assert page.url.endswith("#main")
    page.close()
