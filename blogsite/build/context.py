"""TODO."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from blogsite.build.store.store import Store
from blogsite.config.loader import Config
from blogsite.content.discovery import SiteFiles
from blogsite.core.digest import Digest
from blogsite.core.executor import Workers
from blogsite.images.cache import ImageCache
from blogsite.images.inspection import FileInspector
from blogsite.site.model import Site

WORK = ".blogsite"
"""The folder, in the site's root, for all that a build leaves for the next one."""


Progress = Callable[[str, int, int], None]
"""Told the stage, how much of it is done, and of how much."""


@dataclass(slots=True)
class StageTimes:
    """Seconds that each stage took, in order."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, stage: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class BuildContext:
    """What the stages of one build work with."""

    root: Path
    config: Config
    store: Store
    workers: Workers
    code: Digest
    times: StageTimes
    progress: Progress

    @property
    def image_cache(self) -> ImageCache:
        """The pictures that are kept from one build to the next."""
        return ImageCache(self.root / WORK)


@dataclass(frozen=True, slots=True)
class LoadedSite:
    """A site in memory; its texts are in the store."""

    site_files: SiteFiles
    site: Site
    files: FileInspector


def now() -> datetime:
    """The moment of this build: SOURCE_DATE_EPOCH where it is set (reproducible-builds.org), else the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(int(epoch or ""), UTC)
    return datetime.now(UTC)
