"""The scripts of the theme in Chromium."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import IN_A_BROWSER
from tests.support.hosting import hosted
from tests.support.sites import post, run_alone, site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

CHECKOUT = Path(__file__).parents[2]
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="400"><rect width="900" height="400"/></svg>'
BODY = """
## First heading

A formula $a^2+b^2$ in words.[^1] And a display:

$$
\\int_0^1 x\\,dx = \\frac{1}{2}
$$

```python title="a.py"
print("copied")
```

![A drawing](drawing.svg "Its caption")

FILLING

## Second heading

The end.

[^1]: The words of the *note*.
""".replace("FILLING", "Words that fill the page.\n\n" * 60)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = site(
        tmp_path_factory.mktemp("scripts"),
        {"posts/a/index.md": post("A", body=BODY, toc="true"), "posts/a/drawing.svg": SVG},
        'title = "T"\nbase_url = "https://example.org/"\n',
    )
    run_alone("build", cwd=root)
    with hosted(root / "public") as host:
        yield f"{host}/posts/a/"


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1440, "height": 900}, color_scheme="light")
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.set_default_timeout(10_000)
    page.goto(address)
    yield page
    context.close()


def background(page: Page) -> str:
    return str(page.evaluate("getComputedStyle(document.body).backgroundColor"))


def test_a_chosen_scheme_is_kept_on_the_next_page_and_shared_with_other_tabs(opened: Page) -> None:
    light = background(opened)
    other = opened.context.new_page()
    other.goto(opened.url)
    opened.select_option(".scheme select", "dark")
    dark = background(opened)
    assert dark != light
    other.wait_for_function(f"getComputedStyle(document.body).backgroundColor === '{dark}'")
    opened.reload(wait_until="commit")
    assert opened.evaluate("document.documentElement.dataset.theme") == "dark"
    opened.wait_for_load_state()
    assert opened.input_value(".scheme select") == "dark"
    opened.emulate_media(media="print")
    assert opened.evaluate("getComputedStyle(document.body).color") == "rgb(0, 0, 0)"
    opened.emulate_media(media="screen")
    opened.select_option(".scheme select", "")
    assert background(opened) == light
    opened.emulate_media(color_scheme="dark")
    assert background(opened) == dark


def test_code_is_copied_as_it_was_written(opened: Page) -> None:
    code = opened.locator(".highlight")
    assert code.locator(".code-language").inner_text() == "python"
    code.hover()
    code.locator("button.copy").click()
    opened.wait_for_function("document.querySelector('.highlight button.copy').textContent === 'Copied'")
    assert opened.evaluate("navigator.clipboard.readText()") == 'print("copied")\n'


def test_copied_formulas_are_tex(opened: Page) -> None:
    opened.evaluate("getSelection().selectAllChildren(document.querySelector('.e-content'))")
    opened.keyboard.press("Control+c")
    text = opened.evaluate("navigator.clipboard.readText()")
    assert "A formula $a^2+b^2$ in words." in text
    assert "$$\\int_0^1 x\\,dx = \\frac{1}{2}$$" in text
    opened.evaluate("getSelection().selectAllChildren(document.querySelector('h1'))")
    opened.keyboard.press("Control+c")
    assert opened.evaluate("navigator.clipboard.readText()").strip() == "A"


def test_a_picture_opens_at_its_full_size_and_gives_the_focus_back(opened: Page) -> None:
    button = opened.get_by_role("button", name="Full size: Its caption")
    button.focus()
    opened.keyboard.press("Enter")
    dialog = opened.locator("dialog.enlarged")
    assert dialog.is_visible()
    opened.keyboard.press("Escape")
    dialog.wait_for(state="detached")
    assert button.evaluate("element => element === document.activeElement")
    opened.click("figure > img")
    dialog.get_by_role("button", name="Close").click()
    dialog.wait_for(state="detached")


def test_a_footnote_shows_on_hover_and_on_focus(opened: Page) -> None:
    note = opened.locator(".note-preview")
    opened.hover(".footnote-ref")
    assert note.inner_text().strip() == "The words of the note."
    note.hover()
    opened.keyboard.press("Escape")
    assert not note.count()
    opened.mouse.move(0, 0)
    opened.locator(".footnote-ref").focus()
    opened.keyboard.press("Shift+Tab")
    opened.keyboard.press("Tab")
    assert note.is_visible()
    box = note.bounding_box()
    assert box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= 1440
    opened.keyboard.press("Tab")
    note.wait_for(state="detached")


def test_the_contents_follow_the_reader(opened: Page) -> None:
    current = opened.locator(".toc [aria-current]")
    assert current.inner_text() == "First heading"
    opened.evaluate("scrollTo({ top: document.body.scrollHeight, behavior: 'instant' })")
    opened.wait_for_function("document.querySelector('.toc [aria-current]').textContent === 'Second heading'")
    assert opened.locator(".toc a", has_text="First heading").is_visible()


def test_the_contents_are_folded_on_a_phone_also_without_script(browser: Browser, address: str) -> None:
    context = browser.new_context(viewport={"width": 380, "height": 800}, java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert not page.locator(".toc a").first.is_visible()
    page.click(".toc summary")
    assert page.locator(".toc a").first.is_visible()
    assert not page.locator(".scheme").is_visible()  # it would do nothing
    page.set_viewport_size({"width": 1440, "height": 800})
    page.reload()
    assert page.locator(".toc a").first.is_visible()
    context.close()


def test_the_readme_has_the_hash_of_the_script_in_the_head() -> None:
    partial = (CHECKOUT / "templates/partials/scheme-script.html").read_text(encoding="utf-8")
    script = partial.partition("<script>")[2].partition("</script>")[0]
    digest = b64encode(sha256(script.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_the_theme_is_light() -> None:
    import gzip

    def size(kind: str) -> int:
        return sum(len(gzip.compress(path.read_bytes())) for path in (CHECKOUT / "static" / kind).iterdir())

    assert size("css") < 20_000
    assert size("js") < 10_000
