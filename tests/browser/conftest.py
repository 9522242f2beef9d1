"""Chromium, and the sample blog served as a host does."""

from __future__ import annotations

import base64
import hashlib
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.chromium import CHROMIUM
from tests.support.hosting import build_sample, hosted, page_of_each_kind

if TYPE_CHECKING:
    from playwright.sync_api import Browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for tests that are marked IN_A_BROWSER.

    It is closed after each module, because Playwright keeps an event loop running in this thread, in which V8 refuses
    to run.
    """
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        as_root = hasattr(os, "geteuid") and os.geteuid() == 0
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if as_root else [])
        yield started
        started.close()


@dataclass(frozen=True)
class Sample:
    """The sample blog as it is served: its address, its folder, and one page of every kind."""

    address: str
    public: Path
    kinds: dict[str, str]
    """Kind of page → path of one of this kind."""

    @property
    def kinds_and_posts(self) -> dict[str, str]:
        """The same, with every other post under its path."""
        posts = (path.relative_to(self.public).as_posix() for path in self.public.glob("posts/*/index.html"))
        others = {path.removesuffix("index.html") for path in posts} - {*self.kinds.values()}
        return {**self.kinds, **{path: path for path in sorted(others)}}


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sample]:
    """The sample blog, served with a policy that allows nothing but what the site itself has."""
    public = tmp_path_factory.mktemp("sample") / "public"
    public.mkdir()
    headers: dict[str, str] = {}
    with hosted(public, headers) as address:
        build_sample(public, f"{address}/")
        scripts = " ".join(sorted({f"'{digest}'" for page in public.rglob("*.html") for digest in inline(page)}))
        headers["Content-Security-Policy"] = (
            f"default-src 'self'; style-src 'self' 'unsafe-inline'; script-src 'self' {scripts}"
        )
        yield Sample(address, public, page_of_each_kind(public))


def inline(page: Path) -> list[str]:
    """Return the digests of the inline scripts of a page, in the form of a Content-Security-Policy."""
    found = re.findall(r"<script([^>]*)>(.*?)</script>", page.read_text(encoding="utf-8"), re.S)
    texts = [
        text
        for attributes, text in found
        if "src=" not in attributes and re.search(r"type=(?!.?(text/javascript|module))", attributes) is None
    ]
    return ["sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in texts]
