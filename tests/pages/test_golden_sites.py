"""Golden sites: small sites with every byte of their output, and the exact messages of sites with mistakes.

`pytest --rewrite` writes the expected files; read the diff before you commit it.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from tests.support.sites import CHECKOUT, build_site, run, tree, warnings

SITES = CHECKOUT / "tests/sites"
GOLDEN = sorted(path.parent.name for path in SITES.glob("*/blogsite.toml"))
WRONG = sorted(path.name for path in (SITES / "errors").iterdir() if path.is_dir())
FINGERPRINT = re.compile(rb"((?:css|js)/[a-z-]+)\.[0-9a-f]{8}\.")
"""What tells the theme's style sheets and scripts from earlier ones: sites are the same with any of them."""
COMPARED = (".html", ".xml", ".json", ".txt")
THEME_FILES = ("css/", "js/", "assets/")

assert GOLDEN
assert WRONG


def copied(source: Path, target: Path) -> Path:
    """Copy a site without its expected output."""
    shutil.copytree(source, target, ignore=shutil.ignore_patterns("expected", "expected.txt", "public", ".blogsite"))
    return target


def compare(made: dict[str, bytes], folder: Path, *, rewrite: bool) -> None:
    """Assert that `folder` holds exactly the files of `made`; with `rewrite`, write them."""
    if rewrite:
        shutil.rmtree(folder, ignore_errors=True)
        for path, data in made.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(data)
    expected = tree(folder)
    assert sorted(made) == sorted(expected)
    for path, data in expected.items():
        assert made[path].decode().splitlines() == data.decode().splitlines(), path
        assert made[path] == data, path


@pytest.mark.parametrize("name", GOLDEN)
def test_a_small_site_is_built_byte_for_byte(name: str, tmp_path: Path, rewrite: bool) -> None:
    root = copied(SITES / name, tmp_path / name)
    report = build_site(root)
    made = {
        path: FINGERPRINT.sub(rb"\1.", data)
        for path, data in tree(root / "public").items()
        if path.endswith(COMPARED) and not path.startswith((".", *THEME_FILES))
    }
    made["_said.txt"] = "".join(f"{line}\n" for line in warnings(report)).encode()
    compare(made, SITES / name / "expected", rewrite=rewrite)


@pytest.mark.parametrize("name", WRONG)
def test_the_words_of_mistakes(name: str, tmp_path: Path, rewrite: bool) -> None:
    """errors/NAME/expected.txt holds the standard error of `blogsite -q build` and its exit code."""
    root = copied(SITES / "errors" / name, tmp_path / name)
    done = run("-q", "build", cwd=root, code=None)
    said = f"{done.stderr}exit code {done.returncode}\n"
    assert done.stdout == ""
    assert (root / "public").exists() == (done.returncode == 0)
    expected = SITES / "errors" / name / "expected.txt"
    if rewrite:
        expected.write_text(said, encoding="utf-8")
    assert said == expected.read_text(encoding="utf-8")
