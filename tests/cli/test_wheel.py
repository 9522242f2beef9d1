"""A wheel, installed without the checkout, makes a site."""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.support.sites import page

CHECKOUT = Path(__file__).parents[2]
TITLE = "标题 Title"


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel of this checkout."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(folder), str(CHECKOUT)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    (made,) = folder.glob("blogsite-*.whl")
    return made


def test_the_wheel_carries_the_theme_and_the_starter_files(wheel: Path) -> None:
    with ZipFile(wheel) as archive:
        names = set(archive.namelist())
    for folder in ("templates", "static"):
        ours = [path.relative_to(CHECKOUT) for path in (CHECKOUT / folder).rglob("*") if path.is_file()]
        assert ours
        assert {f"blogsite/theme/{path.as_posix()}" for path in ours} <= names
    starters = [path.relative_to(CHECKOUT) for path in (CHECKOUT / "blogsite" / "cli" / "starter").iterdir()]
    assert {path.as_posix() for path in starters} <= names
    assert not [name for name in names if name.startswith(("tests/", "posts/", "docs/"))]


@pytest.mark.slow
def test_an_installed_blogsite_makes_a_site(wheel: Path, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    scripts = environment / ("Scripts" if os.name == "nt" else "bin")
    install = [sys.executable, "-m", "pip", "--python", str(scripts / "python"), "install", "--quiet", str(wheel)]
    subprocess.run(install, check=True, cwd=tmp_path)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    script = f'blogsite init my-blog && cd my-blog && blogsite new "{TITLE}" && blogsite build'
    done = subprocess.run(
        script,
        shell=True,
        cwd=tmp_path,
        env={**clean, "PATH": str(scripts) + os.pathsep + os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert done.returncode == 0, done.stderr
    assert "标题-title.md" in done.stdout
    public = tmp_path / "my-blog" / "public"
    assert page(public / "posts" / "标题-title" / "index.html").one("h1.p-name").text == TITLE
    home = page(public / "index.html")
    assert {title.text for title in home.find("h2.p-name")} == {TITLE, "Hello, 世界"}
    for link in home.find("link"):
        if link["rel"] == "stylesheet":
            assert (public / link["href"].lstrip("/")).is_file()
    assert (public / "about" / "index.html").is_file()
    assert (public / "404.html").is_file()
