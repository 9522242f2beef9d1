"""The bar of a block of code in Chromium: its language and the button that copies never lie over the code."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import IN_A_BROWSER
from tests.support.hosting import hosted
from tests.support.sites import post, run_alone, site

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

LONG = "a_rather_long_name = another_function(with_many, arguments_that_fill, the_whole_line, and_more_than_that) " * 2
BODY = f"""
```python
x = 1
```

```python
{LONG}
{LONG}
```

```js {{linenos=table}}
{LONG}
short()
```

```js {{1}}
{LONG}
```

```
no language
```

```objective-c title="a/rather/long/path/to/the/file.m"
{LONG}
```

    indented = {LONG}

- in a list

  ```bash
  ls
  ```

  1. and deeper

     ```javascript
     {LONG}
     ```

     - and deeper

       ```typescript
       x
       ```

> ```python
> {LONG}
> ```

!!! note
    ```python
    {LONG}
    ```
"""
OVERLAPS = """() => {
  const found = [];
  const apart = (a, b) => a.left >= b.right - .5 || b.left >= a.right - .5
    || a.top >= b.bottom - .5 || b.top >= a.bottom - .5;
  for (const bar of document.querySelectorAll(".code-bar")) {
    const code = bar.parentElement.querySelector("code"), range = document.createRange();
    range.selectNodeContents(code);
    const lines = [...range.getClientRects()].filter((line) => line.width && line.height);
    if (!lines.length) found.push("no lines");
    const frame = bar.parentElement.getBoundingClientRect();
    for (const part of bar.children) {
      const box = part.getBoundingClientRect();
      const tell = (what) => found.push(`${part.className} ${what} ${code.textContent.slice(0, 30)}`);
      if (!box.width || !box.height) tell("is not above");
      if (!lines.every((line) => apart(line, box))) tell("lies over");
      if (box.left < frame.left || box.right > frame.right + .5 || box.top < frame.top) tell("stands out of");
    }
  }
  return found;
}"""
WIDTHS = (320, 340, 360, 380, 412, 480, 600, 768, 1024, 1440, 2000)

pytestmark = IN_A_BROWSER


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    config = 'title = "T"\nbase_url = "https://example.org/"\n[theme]\ncite = true\n'
    root = site(tmp_path_factory.mktemp("code"), {"posts/a.md": post("A", body=BODY)}, config)
    run_alone("build", cwd=root)
    with hosted(root / "public") as host:
        yield f"{host}/posts/a/"


@pytest.fixture
def opened(browser: Browser, address: str) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 380, "height": 900})
    page = context.new_page()
    page.goto(address)
    page.add_style_tag(content=".text > * { content-visibility: visible !important }")
    page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
    yield page
    context.close()


def test_nothing_lies_over_the_code_at_any_width(opened: Page) -> None:
    assert opened.locator(".highlight .code-bar").count() >= 11
    wrong = {}
    for width in WIDTHS:
        opened.set_viewport_size({"width": width, "height": 900})
        if found := opened.evaluate(OVERLAPS):
            wrong[width] = found
        if folder := os.environ.get("BLOGSITE_SCREENSHOTS"):
            opened.screenshot(path=str(Path(folder) / f"code-{width}.png"), full_page=True)
    assert not wrong


def test_nothing_lies_over_code_that_is_scrolled_or_large(opened: Page) -> None:
    opened.evaluate("document.querySelectorAll('pre').forEach((pre) => { pre.scrollLeft = 200; })")
    assert not opened.evaluate(OVERLAPS)
    opened.set_viewport_size({"width": 768, "height": 900})
    opened.add_style_tag(content="html { font-size: 32px }")
    assert not opened.evaluate(OVERLAPS)


def test_the_bar_moves_nothing_when_it_comes(browser: Browser, address: str) -> None:
    heights = []
    for with_bar in (True, False):
        context = browser.new_context(viewport={"width": 380, "height": 900})
        page = context.new_page()
        if not with_bar:
            page.route("**/site*.js", lambda route: route.abort())
        page.goto(address)
        assert bool(page.locator(".code-bar").count()) is with_bar
        heights.append(page.evaluate("[...document.querySelectorAll('.text pre')].map((pre) => pre.offsetHeight)"))
        context.close()
    assert heights[0] == heights[1]


def test_without_scripts_and_in_print_there_is_no_room_for_it(browser: Browser, address: str, opened: Page) -> None:
    context = browser.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(address)
    assert (page.locator(".text pre").first.bounding_box() or {})["height"] < 60
    context.close()
    opened.emulate_media(media="print")
    assert (opened.locator(".text pre").first.bounding_box() or {})["height"] < 60
