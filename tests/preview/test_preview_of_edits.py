"""The law of the preview: after any edits it shows the bytes and messages of a clean build.

BLOGSITE_LONG=1 tries many more sequences of edits.
"""

from __future__ import annotations

import os
import re
import shutil
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from blogsite.build.context import BuildOptions
from blogsite.content.discovery import locate
from blogsite.content.status import PublishFilter
from blogsite.core.file_state import CLOCK_TICK
from blogsite.images.exif import without_location
from blogsite.images.model import ImageVariant, SocialCardImage
from blogsite.preview.background import save_warm_start, warm_up
from blogsite.preview.page_cache import CachedPage
from blogsite.preview.session import Session, Unavailable
from blogsite.preview.site_state import SiteState
from blogsite.preview.warm_start import StoredState
from blogsite.site.outputs import Asset
from tests.support.law import (
    DAY,
    EDITS,
    Blog,
    Picks,
    change_code,
    edit_post,
    from_nothing,
    lose_store,
    meddle,
    outcome,
    pass_time,
    scratch,
    world,
)

LONG = bool(os.environ.get("BLOGSITE_LONG"))
SHOWN = PublishFilter(drafts=True, future=True, preview=True)
OF_AUTHORS = [edit for edit in EDITS if edit not in (change_code, lose_store, meddle, pass_time)]


def standing(root: Path) -> dict[str, tuple[int, int]]:
    """Return the state of every file and link of the author below `root`."""
    found = (Path(folder, name) for folder, _, names in os.walk(root) for name in names if ".blogsite" not in folder)
    return {str(path): (path.lstat().st_ctime_ns, path.lstat().st_ino) for path in found if "public" not in path.parts}


class PreviewLaw(RuleBasedStateMachine):
    """A site is edited while it is shown; what is shown is held against a build from nothing."""

    warm_starts = 0
    """How often a preview started with the pages of an earlier one."""

    @initialize()
    def begin(self) -> None:
        self.folder = scratch()
        self.blog = Blog(self.folder / "site")
        self.blog.begin()
        self.session = Session(self.blog.root, None, SHOWN, lambda stage, done, total: None)
        self.before = standing(self.blog.root)
        with world(self.blog):
            self.session.refresh(None)
        self.check()
        self.restart(lambda: None, kept=True)

    @rule(data=st.data(), edits=st.lists(st.sampled_from(OF_AUTHORS), min_size=1, max_size=3), told=st.booleans())
    def edit(self, data: st.DataObject, edits: list[object], told: bool) -> None:
        pick = Picks(lambda choices: data.draw(st.sampled_from(choices)))
        for edit in edits:
            edit(self.blog, pick)  # type: ignore[operator]
        self.follow(told)
        self.check()

    @rule(data=st.data(), count=st.integers(1, 4))
    def edit_posts_one_by_one(self, data: st.DataObject, count: int) -> None:
        pick = Picks(lambda choices: data.draw(st.sampled_from(choices)))
        for _ in range(count):
            edit_post(self.blog, pick)
            self.follow(told=True)
        self.check()

    @rule(data=st.data(), part=st.sampled_from(["above", "below"]), told=st.booleans())
    def write(self, data: st.DataObject, part: str, told: bool) -> None:
        """Edit the text of a post: the most frequent edit, and that of most shortcuts."""
        paths = sorted(path for path in self.blog.posts)
        if paths:
            path = data.draw(st.sampled_from(paths))
            words = data.draw(
                st.sampled_from(["Words", "More words", "Words $e=f$", "Many words " * 40, "\nLower words"])
            )
            self.blog.put(path, replace(self.blog.posts[path], **{part: words}))
            self.follow(told)
            self.check()

    @rule(told=st.booleans())
    def take_a_folder_away_and_bring_it_back(self, told: bool) -> None:
        for old, new in (("posts", "elsewhere"), ("elsewhere", "posts")):
            (self.blog.root / old).rename(self.blog.root / new)
            self.follow(told)
            self.check()

    @rule(days=st.sampled_from([1, 3]))
    def let_time_pass(self, days: int) -> None:
        self.blog.epoch += days * DAY
        with world(self.blog):
            self.session.refresh(None)
        self.check()

    @rule(data=st.data(), edits=st.lists(st.sampled_from(OF_AUTHORS), max_size=1), kept=st.booleans())
    def end_and_start_again(self, data: st.DataObject, edits: list[object], kept: bool) -> None:
        pick = Picks(lambda choices: data.draw(st.sampled_from(choices)))

        def edit() -> None:
            for change in edits:
                change(self.blog, pick)  # type: ignore[operator]

        self.restart(edit, kept)
        self.check()

    def restart(self, edit: Callable[[], None], kept: bool) -> None:
        """End the preview, edit, and start another one: what that shows at first is what the whole site leads to."""
        time.sleep(2 * CLOCK_TICK)
        paths = list(self.session.state.outputs) if self.session.state else []
        with world(self.blog):
            if kept:
                list(save_warm_start(self.session))
            self.session.close()
            edit()
            self.session = Session(self.blog.root, None, SHOWN, lambda stage, done, total: None)
            self.before = standing(self.blog.root)
            self.session.refresh(None)
            stored = self.session.state
            if isinstance(stored, StoredState):
                type(self).warm_starts += 1
                early = {path: self.session.get(path) for path in paths if stored.output(path)}
                assert early
                assert self.session.state is stored
                list(warm_up(self.session))
                assert type(self.session.state) is SiteState
                assert {path: self.session.get(path) for path in early} == early
                assert not self.session.refresh(None)

    @rule()
    def build_meanwhile(self) -> None:
        with world(self.blog):
            outcome(self.blog.root, BuildOptions(jobs=1))
        self.check()

    def follow(self, told: bool) -> None:
        """The session hears of the changes, or only that there are some."""
        after = standing(self.blog.root)
        changed_paths = {
            path for path, state in {**self.before, **after}.items() if self.before.get(path) != after.get(path)
        }
        self.before = after
        with world(self.blog):
            self.session.refresh(changed_paths if told else None)
            self.session.render_edited_pages()

    def check(self) -> None:
        with world(self.blog):
            clean = from_nothing(self.blog, BuildOptions(SHOWN, jobs=1), self.folder / "clean")
            if self.session.errors:
                assert clean.code == 1
                assert tuple(map(str, self.session.errors)) == clean.said
                return
            assert self.session.state is not None
            files: dict[str, bytes] = {}
            diagnostics = set(map(str, self.session.state.warnings))
            for path in self.session.state.outputs:
                answer = self.session.get(path)
                if isinstance(answer, Unavailable):
                    diagnostics |= set(map(str, answer.diagnostics))
                elif isinstance(answer, Asset):
                    files[path] = without_location(locate(self.blog.root, answer.file).read_bytes())
                elif isinstance(answer, ImageVariant | SocialCardImage):
                    files[path] = self.session.image_bytes(answer) or b""
                else:
                    assert isinstance(answer, CachedPage)
                    assert self.session.ready(path) is answer
                    diagnostics |= set(map(str, answer.warnings))
                    files[path] = answer.data
        unpublished = len(self.session.state.loaded.site.unpublished)
        said = clean.said[: len(clean.said) - unpublished] if clean.code == 0 else clean.said
        assert without_pages(diagnostics) == without_pages(said)
        if clean.code == 0:
            clean.files.pop(".blogsite.json")
            assert sorted(files) == sorted(clean.files)
            assert {path: data for path, data in files.items() if clean.files[path] != data} == {}

    def teardown(self) -> None:
        if hasattr(self, "session"):
            self.session.close()
        shutil.rmtree(getattr(self, "folder", "/nonexistent"), ignore_errors=True)


def without_pages(diagnostics: Iterable[str]) -> set[str]:
    """The texts without the page whose rendering failed: a build names one page for a mistake of a template."""
    return {re.sub("while rendering .*", "while rendering a page", text) for text in diagnostics}


@pytest.mark.slow
@pytest.mark.parametrize(("no_shortcuts", "examples"), [("", 25), ("1", 8)], ids=["shortcuts", "no shortcuts"])
def test_what_is_shown_is_what_a_build_from_nothing_writes(
    no_shortcuts: str, examples: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BLOGSITE_NO_SHORTCUTS", no_shortcuts)
    PreviewLaw.warm_starts = 0
    run_state_machine_as_test(
        PreviewLaw,
        settings=settings(
            max_examples=500 if LONG else examples,
            stateful_step_count=12 if LONG else 8,
            derandomize=not LONG,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
    assert bool(PreviewLaw.warm_starts) == (not no_shortcuts)
