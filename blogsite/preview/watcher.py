"""What changes on disk, told in one piece once it has ended."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from watchfiles import Change, awatch

from blogsite.config.loader import FILE_NAME
from blogsite.content.discovery import LITTER, theme_root
from blogsite.preview.source_cache import ChangedPaths

STEP = 15
"""Milliseconds without a change after which one file counts as saved."""
QUIET = 0.08
"""Seconds without a change after which several count as complete."""
LONGEST = 3.0
"""Seconds after which they are told even if they go on changing, or while git is at work on them."""
FOLDERS = ("posts", "pages", "static", "templates")


async def changes(root: Path, config_file: Path, say: Callable[[str], None]) -> AsyncIterator[ChangedPaths | None]:
    """The absolute paths that have changed, again and again; None where folders came or went. ROOT is absolute.

    Files of editors and of systems are no news.
    """
    told: asyncio.Queue[set[str] | None] = asyncio.Queue()
    watchers = [asyncio.create_task(_top(root, config_file, told, say)), asyncio.create_task(_below(root, told, say))]
    lock = _git_lock(root)
    try:
        while True:
            batch = await told.get()
            if batch is None or any(path in (str(root / name) for name in FOLDERS) for path in batch):
                watchers[1].cancel()  # what it watches may be gone, or not be all there is
                watchers[1] = asyncio.create_task(_below(root, told, say))
                batch = None
            if (batch := await _complete(batch, told, lock)) is None or batch:
                yield batch
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def _complete(batch: set[str] | None, told: asyncio.Queue[set[str] | None], lock: Path | None) -> set[str] | None:
    """BATCH and what follows it at once: one file is told as it is, several when no more follow."""
    loop = asyncio.get_running_loop()
    end = loop.time() + LONGEST
    while (not _is_one_file(batch) or (lock and lock.exists())) and loop.time() < end:
        try:
            more = await asyncio.wait_for(told.get(), QUIET)
        except TimeoutError:
            if not (lock and lock.exists()):
                break
        else:
            batch = None if batch is None or more is None else batch | more
    return batch


def _is_one_file(batch: set[str] | None) -> bool:
    return batch is not None and sum(map(os.path.lexists, batch)) <= 1 and len(batch) <= 4


async def _top(root: Path, config_file: Path, told: asyncio.Queue[set[str] | None], say: Callable[[str], None]) -> None:
    """Tell of the configuration, and of the folders that come and go."""
    wanted = {str(config_file), *(str(root / name) for name in FOLDERS)}
    async for batch in _watch({root, config_file.parent}, say, recursive=False, step=STEP * 2):
        if changed_paths := batch & wanted:
            told.put_nowait(changed_paths)


async def _below(root: Path, told: asyncio.Queue[set[str] | None], say: Callable[[str], None]) -> None:
    """Tell of all that changes in the site's folders and the theme's."""
    folders = {root / name for name in FOLDERS} | {theme_root() / name for name in ("static", "templates")}
    async for batch in _watch({folder for folder in folders if folder.is_dir()}, say, recursive=True, step=STEP):
        told.put_nowait(batch)


async def _watch(
    folders: Iterable[Path], say: Callable[[str], None], *, recursive: bool, step: int
) -> AsyncIterator[set[str]]:
    """The paths that have changed in FOLDERS, but for litter; where the system cannot tell of them, by looking."""
    locations = sorted(folders)
    polling: bool | None = None
    while locations:
        try:
            async for batch in awatch(
                *locations,
                watch_filter=_is_news,
                step=step,
                debounce=400,
                recursive=recursive,
                force_polling=polling,
                ignore_permission_denied=True,
            ):
                yield {path for _, path in batch}
            return
        except (OSError, RuntimeError) as problem:
            if polling:
                raise
            say(f"looking for changes every 0.3 s, as the system will not tell of them: {problem}")
            polling = True
            locations = [location for location in locations if location.is_dir()]


def _is_news(_: Change, path: str) -> bool:
    return not LITTER.fullmatch(os.path.basename(path))


def _git_lock(root: Path) -> Path | None:
    """The file that git holds while it changes the checkout that ROOT is in."""
    found = next((folder / ".git" for folder in (root, *root.parents) if (folder / ".git").is_dir()), None)
    return found / "index.lock" if found else None


def config_path(root: Path, config_file: Path | None) -> Path:
    """The absolute path of the configuration, whether it is there or not."""
    return Path(os.path.abspath(config_file)) if config_file else root / FILE_NAME
