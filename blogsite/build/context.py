"""The values that the stages of a build share: options, context, the loaded site, the report."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from blogsite.build.output_folder import OutputChanges
from blogsite.build.store.store import Store
from blogsite.config.loader import Config
from blogsite.content.discovery import SiteFiles
from blogsite.content.status import PUBLISHED_ONLY, PublishFilter
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.digest import Digest
from blogsite.core.executor import Workers
from blogsite.images.cache import ImageCache
from blogsite.images.inspection import FileInspector
from blogsite.site.model import Site

if TYPE_CHECKING:
    from concurrent.futures import Executor

WORK_FOLDER = ".blogsite"
"""The folder in the site's root that holds the store, the image cache, locks and the staging folders."""
STORE_FILE = "store.sqlite"

Progress = Callable[[str, int, int], None]
"""Called with the name of a stage, the number of items done and their total."""


@dataclass(frozen=True, slots=True)
class BuildOptions:
    """The options of `blogsite build` that are not settings of the site."""

    publish_filter: PublishFilter = PUBLISHED_ONLY
    output: Path | None = None
    base_url: str | None = None
    strict: bool = False
    dry_run: bool = False
    clean: bool = False
    jobs: int = 0
    """Number of worker processes; 0: the setting [build] jobs."""
    executor: Executor | None = None
    """Runs the tasks instead of worker processes of this machine."""


@dataclass(frozen=True, slots=True)
class BuildReport:
    """The result of a build, for the command line."""

    posts: int
    changes: OutputChanges
    diagnostics: tuple[Diagnostic, ...]
    unpublished: tuple[tuple[str, str], ...]
    """(path, reason) of each post that is not published."""
    reasons: Mapping[str, tuple[str, ...]]
    """Output path → the names of the inputs for which it was rendered again."""
    seconds: Mapping[str, float]
    """Stage → wall-clock seconds, in the order of the stages."""
    note: str = ""
    """What happened to the store, if it had to be replaced."""


@dataclass(slots=True)
class StageTimes:
    """Wall-clock seconds of each stage, in the order in which they first ran."""

    seconds: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def measure(self, stage: str) -> Iterator[None]:
        """Add the time spent inside to `stage`."""
        start = time.perf_counter()
        yield
        self.seconds[stage] = self.seconds.get(stage, 0.0) + time.perf_counter() - start


@dataclass(frozen=True, slots=True)
class BuildContext:
    """The settings and services that every stage of a build uses."""

    root: Path
    config: Config
    store: Store
    workers: Workers
    code: Digest
    """Digest of the program, its dependencies and the site's own Markdown extensions."""
    times: StageTimes
    progress: Progress

    @property
    def image_cache(self) -> ImageCache:
        """The resized images and social cards of earlier builds."""
        return ImageCache(self.root / WORK_FOLDER)


@dataclass(frozen=True, slots=True)
class LoadedSite:
    """The assembled site, the files it was made of, and what is known of their content. Texts are in the store."""

    site_files: SiteFiles
    site: Site
    files: FileInspector


def now() -> datetime:
    """Return the time of this build: SOURCE_DATE_EPOCH (reproducible-builds.org) if it is set, else the clock."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    with suppress(ValueError, OverflowError, OSError):
        return datetime.fromtimestamp(int(epoch or ""), UTC)
    return datetime.now(UTC)
