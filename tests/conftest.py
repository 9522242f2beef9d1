"""The option --rewrite, profiles of hypothesis, and an environment without variables that change the output."""

from __future__ import annotations

import os

import pytest
from hypothesis import HealthCheck, settings

# The usual profile tries the same examples in every run, so that it never fails by chance; the long one explores.
settings.register_profile("usual", deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("long", settings.get_profile("usual"), max_examples=5000, derandomize=False)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "usual"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--rewrite", action="store_true", help="write the expected files from the actual output")


@pytest.fixture
def rewrite(request: pytest.FixtureRequest) -> bool:
    """Return whether expected files are written instead of compared."""
    return bool(request.config.getoption("--rewrite"))


@pytest.fixture(autouse=True)
def _same_environment_everywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "EDITOR", "VISUAL", "TZ"):
        monkeypatch.delenv(name, raising=False)
