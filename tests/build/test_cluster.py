"""`build --scheduler`: a build on a Dask cluster makes the same files as one on this machine."""

from __future__ import annotations

import re
import warnings
from collections.abc import Iterator
from pathlib import Path

import distributed
import pytest

from tests.support.sites import post, run, site, tree, write

pytestmark = pytest.mark.filterwarnings("default")  # the scheduler's own

BODY = "Above $a_{N}+b$.\n\n<!-- more -->\n\nBelow \\eqref{p1#eq:x} and $\\frac{1}$.\n\n```python\nx = {N}\n```\n"
EQUATION = "\\begin{equation}\\label{eq:x}\na = b\n\\end{equation}\n"


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A scheduler with two workers, processes of their own in another folder, of two threads each."""
    with warnings.catch_warnings():
        warnings.simplefilter("default")
        settings = {"n_workers": 2, "threads_per_worker": 2, "processes": True, "dashboard_address": None}
        with distributed.LocalCluster(**settings) as cluster:
            yield cluster.scheduler_address


@pytest.fixture
def blog(tmp_path: Path) -> Path:
    posts: dict[str, str | bytes] = {
        f"posts/p{number}.md": post(f"P {number}", f"2024-01-{number % 28 + 1:02}", BODY.replace("{N}", str(number)))
        for number in range(90)
    }
    posts["posts/p1.md"] = post("P 1", body=EQUATION)
    return site(tmp_path / "blog", {**posts, "templates/404.html": '{% extends "theme/404.html" %}'})


def test_a_cluster_makes_what_one_machine_makes(blog: Path, address: str) -> None:
    alone = run("build", "--output", "../alone", cwd=blog)
    (blog / ".blogsite/store.sqlite").unlink()
    shared = run("build", "--scheduler", address, cwd=blog)
    assert tree(blog / "public") == tree(blog.parent / "alone")
    assert said(shared.stderr) == said(alone.stderr)
    assert "warning" in shared.stderr

    write(blog, {"posts/p2.md": post("P 2, edited"), "templates/base.html": "{% block main %}{% endblock %}"})
    run("build", "--scheduler", address, cwd=blog)
    run("build", "--output", "../alone", cwd=blog)
    assert tree(blog / "public") == tree(blog.parent / "alone")
    assert "0 written" in run("build", "--scheduler", address, cwd=blog).stderr


def said(stderr: str) -> list[str]:
    """Return the output of a build without its closing line and its progress."""
    return [line for line in stderr.splitlines()[:-1] if not re.match(r"[a-z]+ [0-9,]+ of [0-9,]+$", line)]


def test_mistakes_come_back_from_a_cluster(blog: Path, address: str) -> None:
    write(blog, {"templates/post.html": "\n{{ nobody }}"})
    told = run("build", "--scheduler", address, cwd=blog, code=1).stderr
    assert "templates/post.html:2: error: 'nobody' is undefined" in told
    assert not (blog / "public").exists()


def test_a_scheduler_that_is_not_there_is_a_wrong_usage(blog: Path) -> None:
    told = run("build", "--scheduler", "nonsense://127.0.0.1:1", cwd=blog, code=2).stderr
    assert "there is no Dask scheduler at nonsense://127.0.0.1:1" in told
