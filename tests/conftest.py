"""What all tests share: `--rewrite`, which makes the expected files anew, and an environment that says nothing."""

from __future__ import annotations

import os
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from tests.support.chromium import CHROMIUM

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# The usual run tries the same examples every time: it fails for a change, never by chance. The long one explores.
settings.register_profile("usual", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("usual"), max_examples=5000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the expected files anew from what the program does")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Whether expected files are to be made, not compared."""
    return bool(request.config.getoption("--rewrite"))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium, for the tests that are IN_A_BROWSER."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        as_root = hasattr(os, "geteuid") and os.geteuid() == 0
        started = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"] if as_root else [])
        yield started
        started.close()


@pytest.fixture(autouse=True)
def _same_environment_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "EDITOR", "VISUAL", "TZ"):
        monkeypatch.delenv(name, raising=False)
