"""The law: after any edits a build leaves the same bytes, messages and exit code as a build from nothing.

BLOGSITE_LONG=1 tries a thousand sequences of edits in place of forty.
"""

from __future__ import annotations

import os
import shutil

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test
from making import tree
from sites_for_law import (
    EDITS,
    VIEWS,
    Blog,
    Picks,
    edit_post,
    from_nothing,
    lose_store,
    outcome,
    pass_time,
    scratch,
    world,
)

from blogsite import tasks
from blogsite.assemble import View
from blogsite.build import BuildOptions

LONG = bool(os.environ.get("BLOGSITE_LONG"))


class Law(RuleBasedStateMachine):
    """A site is edited and built, edited and built; each build is held against one from nothing."""

    @initialize()
    def begin(self) -> None:
        self.folder = scratch()
        self.blog = Blog(self.folder / "site")
        self.damaged = False
        self.blog.begin()
        self.check(BuildOptions())

    @rule(data=st.data(), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=3))
    def edit_and_build(self, data: st.DataObject, edits: list[object]) -> None:
        self.edit(data, edits)
        self.check(BuildOptions())

    @rule(data=st.data(), edits=st.lists(st.sampled_from(EDITS), min_size=1, max_size=1), view=st.sampled_from(VIEWS))
    def edit_what_has_settled_and_build(self, data: st.DataObject, edits: list[object], view: View) -> None:
        """The edit finds a site of which one glance would say that nothing has changed."""
        for _ in range(2):
            with world(self.blog):
                outcome(self.blog.root, BuildOptions(view))
        self.damaged = False
        self.edit(data, edits)
        self.check(BuildOptions(view))

    @rule(data=st.data())
    def let_time_pass(self, data: st.DataObject) -> None:
        for _ in range(3):
            self.edit(data, [pass_time])
            self.check(BuildOptions(View(future=True)) if self.blog.code else BuildOptions())

    @rule(
        data=st.data(),
        edits=st.lists(st.sampled_from(EDITS), max_size=2),
        view=st.sampled_from(VIEWS),
        strict=st.booleans(),
        dry=st.booleans(),
        elsewhere=st.booleans(),
    )
    def build_in_another_way(
        self, data: st.DataObject, edits: list[object], view: View, strict: bool, dry: bool, elsewhere: bool
    ) -> None:
        self.edit(data, edits)
        output = self.folder / "site/look" if elsewhere else None
        self.check(BuildOptions(view, output, strict=strict, dry_run=dry))

    @rule(data=st.data())
    def break_build_and_mend(self, data: st.DataObject) -> None:
        """A build that may fail, and the site as it was before."""
        before = dict(self.blog.posts)
        self.edit(data, [edit_post])
        self.check(BuildOptions())
        for path, written in before.items():
            self.blog.put(path, written)
        self.check(BuildOptions())

    def edit(self, data: st.DataObject, edits: list[object]) -> None:
        pick = Picks(lambda choices: data.draw(st.sampled_from(choices)))
        for edit in edits:
            edit(self.blog, pick)  # type: ignore[operator]
            self.damaged |= edit is lose_store

    def check(self, options: BuildOptions) -> None:
        folder = options.output or self.blog.root / "public"
        before = tree(folder) if folder.is_dir() else {}
        with world(self.blog):
            tasks._renderer.cache_clear()
            warm = outcome(self.blog.root, options)
            clean = from_nothing(self.blog, options, self.folder / "clean")
        assert (warm.code, warm.said) == (clean.code, clean.said)
        left = before if options.dry_run or warm.code else clean.files
        assert sorted(warm.files) == sorted(left)
        assert {path: data for path, data in warm.files.items() if left[path] != data} == {}
        assert not list((self.blog.root / ".blogsite").glob("stage*"))
        if warm.report and not self.damaged:
            assert not warm.report.note
        self.damaged &= warm.code != 0

    def teardown(self) -> None:
        shutil.rmtree(getattr(self, "folder", "/nonexistent"), ignore_errors=True)


def test_an_incremental_build_is_a_build_from_nothing() -> None:
    run_state_machine_as_test(
        Law,
        settings=settings(
            max_examples=1000 if LONG else 40,
            stateful_step_count=12 if LONG else 8,
            derandomize=not LONG,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
