"""Watch the site's files: yield the changed paths in batches, once a change is complete."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path

from watchfiles import Change, awatch

from blogsite.config.loader import FILE_NAME
from blogsite.content.discovery import TEMPORARY_FILES, theme_root
from blogsite.preview.source_cache import ChangedPaths

SINGLE_FILE_MS = 15
"""Milliseconds without a further change after which a single file counts as saved."""
BATCH_QUIET = 0.08
"""Seconds without a further change after which a batch of several files is complete."""
BATCH_MAX = 3.0
"""Seconds after which a batch is reported even if files go on changing or git holds its lock."""
FOLDERS = ("posts", "pages", "static", "templates")


async def changes(root: Path, config_file: Path, say: Callable[[str], None]) -> AsyncIterator[ChangedPaths | None]:
    """Yield the absolute paths of each batch of changes; None if one of the watched folders was added or removed.

    Temporary files of editors and systems are left out. `root` is absolute; `say` gets a line if the site has to be
    polled.
    """
    queue: asyncio.Queue[set[str] | None] = asyncio.Queue()
    watchers = [
        asyncio.create_task(_watch_root(root, config_file, queue, say)),
        asyncio.create_task(_watch_folders(root, queue, say)),
    ]
    lock = _git_lock(root)
    try:
        while True:
            batch = await queue.get()
            if batch is None or any(path in (str(root / name) for name in FOLDERS) for path in batch):
                watchers[1].cancel()  # the folders that it watches may not be all of them any more
                watchers[1] = asyncio.create_task(_watch_folders(root, queue, say))
                batch = None
            if (batch := await _complete_batch(batch, queue, lock)) is None or batch:
                yield batch
    finally:
        for watcher in watchers:
            watcher.cancel()
        await asyncio.gather(*watchers, return_exceptions=True)


async def _complete_batch(
    batch: set[str] | None, queue: asyncio.Queue[set[str] | None], lock: Path | None
) -> set[str] | None:
    """Return the batch with the changes that follow it at once; a single file is not waited with."""
    loop = asyncio.get_running_loop()
    end = loop.time() + BATCH_MAX
    while (not _is_one_file(batch) or (lock and lock.exists())) and loop.time() < end:
        try:
            more = await asyncio.wait_for(queue.get(), BATCH_QUIET)
        except TimeoutError:
            if not (lock and lock.exists()):
                break
        else:
            batch = None if batch is None or more is None else batch | more
    return batch


def _is_one_file(batch: set[str] | None) -> bool:
    return batch is not None and sum(map(os.path.lexists, batch)) <= 1 and len(batch) <= 4


async def _watch_root(
    root: Path, config_file: Path, queue: asyncio.Queue[set[str] | None], say: Callable[[str], None]
) -> None:
    """Queue changes of the configuration, and folders that are added or removed."""
    wanted = {str(config_file), *(str(root / name) for name in FOLDERS)}
    async for batch in _watch({root, config_file.parent}, say, recursive=False, step=SINGLE_FILE_MS * 2):
        if changed_paths := batch & wanted:
            queue.put_nowait(changed_paths)


async def _watch_folders(root: Path, queue: asyncio.Queue[set[str] | None], say: Callable[[str], None]) -> None:
    """Queue the changes in the site's folders and the theme's."""
    folders = {root / name for name in FOLDERS} | {theme_root() / name for name in ("static", "templates")}
    async for batch in _watch(
        {folder for folder in folders if folder.is_dir()}, say, recursive=True, step=SINGLE_FILE_MS
    ):
        queue.put_nowait(batch)


async def _watch(
    folders: Iterable[Path], say: Callable[[str], None], *, recursive: bool, step: int
) -> AsyncIterator[set[str]]:
    """Yield the paths that change in these folders; by polling if the system cannot report changes."""
    locations = sorted(folders)
    polling: bool | None = None
    while locations:
        try:
            async for batch in awatch(
                *locations,
                watch_filter=_is_relevant,
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
            say(f"checking for changes every 0.3 s, because the system cannot watch the folders: {problem}")
            polling = True
            locations = [location for location in locations if location.is_dir()]


def _is_relevant(_: Change, path: str) -> bool:
    return not TEMPORARY_FILES.fullmatch(os.path.basename(path))


def _git_lock(root: Path) -> Path | None:
    """Return the lock file that exists while git changes the checkout around `root`; None outside a checkout."""
    found = next((folder / ".git" for folder in (root, *root.parents) if (folder / ".git").is_dir()), None)
    return found / "index.lock" if found else None


def config_path(root: Path, config_file: Path | None) -> Path:
    """Return the absolute path of the configuration file, which need not exist."""
    return Path(os.path.abspath(config_file)) if config_file else root / FILE_NAME
