"""Makes and builds small sites for tests, and reads the result."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
import zlib
from dataclasses import dataclass, field
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path
from unittest.mock import patch

from PIL import Image

from blogsite.build.context import BuildOptions, BuildReport
from blogsite.build.driver import build
from blogsite.cli.main import main
from blogsite.config.loader import load_config

MAKE, ORIENTATION, GPS = 0x010F, 0x0112, 0x8825
"""Tags of EXIF."""
CHECKOUT = Path(__file__).parents[2]
EPOCH = int(datetime(2026, 1, 1, 12, tzinfo=UTC).timestamp())
"""The moment at which the sites of tests are built: noon of New Year's Day 2026, UTC."""

CONFIG = 'title = "Test"\nbase_url = "https://example.org/"\n'
"""The least blogsite.toml that is built without a warning."""


def post(title: str = "A post", date: str | None = "2024-01-02", body: str = "Text.\n", **fields: str) -> str:
    """Return the text of a post; `fields` are further lines of its front matter, with values in YAML."""
    head = {"title": title, **({"date": date} if date else {}), **fields}
    return "---\n" + "".join(f"{name}: {value}\n" for name, value in head.items()) + f"---\n\n{body}"


def write(root: Path, files: dict[str, str | bytes]) -> Path:
    """Write files, given by their paths below `root`."""
    for path, content in files.items():
        file = root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return root


def site(root: Path, files: dict[str, str | bytes], config: str = CONFIG) -> Path:
    """Make a site at `root` with this configuration and these files."""
    return write(root, {"blogsite.toml": config, **files})


def build_site(root: Path, options: BuildOptions | None = None) -> BuildReport:
    """Build the site in this process. Raises SiteError as the program would report it."""
    with patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(EPOCH)}):
        return build(root, load_config(root), options or BuildOptions(), lambda stage, done, total: None)


def warnings(report: BuildReport) -> list[str]:
    """Return the warnings of a build as they are printed."""
    return [str(diagnostic) for diagnostic in report.diagnostics]


def png(width: int, height: int = 7, claims: int = 0) -> bytes:
    """Return a grey PNG of this size, or one whose header claims another number of rows and columns."""
    head = (claims or width).to_bytes(4, "big") + (claims or height).to_bytes(4, "big") + b"\x08\0\0\0\0"
    chunks = ((b"IHDR", head), (b"IDAT", zlib.compress((b"\0" + b"\x80" * width) * height)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        len(data).to_bytes(4, "big") + kind + data + zlib.crc32(kind + data).to_bytes(4, "big") for kind, data in chunks
    )


def picture(format: str, size: tuple[int, int], *, gps: bool = False, orientation: int = 0, **options: object) -> bytes:
    """Return a gradient made by Pillow, with EXIF data if a place or an orientation is given."""
    image = Image.linear_gradient("L").resize(size).convert("RGB")
    image.paste((200, 30, 30), (0, 0, size[0] // 2, size[1] // 2))
    exif = Image.Exif()
    if gps or orientation:
        exif[MAKE] = "A camera"
    if orientation:
        exif[ORIENTATION] = orientation
    if gps:
        exif[GPS] = {1: "N", 2: (48.0, 12.0, 34.5), 3: "E", 4: (11.0, 33.0, 59.5)}
    file = io.BytesIO()
    image.save(file, format, **({"exif": exif.tobytes()} if len(exif) else {}), **options)
    return file.getvalue()


def tree(folder: Path) -> dict[str, bytes]:
    """Return the bytes of every file below a folder, by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@dataclass(frozen=True)
class Run:
    """The output and the exit code of a run of the program."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str | Path, cwd: Path, code: int | None = 0, env: dict[str, str] | None = None) -> Run:
    """Run `blogsite` with these arguments in `cwd`, in this process; the exit code must be `code` (None: any)."""
    said, told = io.StringIO(), io.StringIO()
    ended = 0
    with (
        patch.dict(os.environ, {"SOURCE_DATE_EPOCH": str(EPOCH), **(env or {})}),
        patch.object(sys, "argv", ["blogsite", *map(str, arguments)]),
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(said),
        contextlib.redirect_stderr(told),
    ):
        try:
            main()
        except SystemExit as end:
            ended = end.code if isinstance(end.code, int) else bool(end.code)
    return _checked(Run(ended, said.getvalue(), told.getvalue()), code)


def run_alone(*arguments: str | Path, cwd: Path, code: int = 0, env: dict[str, str] | None = None) -> Run:
    """The same, run by a Python of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "blogsite", *map(str, arguments)],
        cwd=cwd,
        env={**os.environ, "SOURCE_DATE_EPOCH": str(EPOCH), **(env or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=60,
    )
    return _checked(Run(done.returncode, done.stdout, done.stderr), code)


def imports_pillow(root: Path) -> bool:
    """Return whether a build of the site, in a process of its own, imports Pillow."""
    code = (
        "import sys; from pathlib import Path; from tests.support.sites import build_site; "
        "[sys.modules.pop(name) for name in list(sys.modules) if name.startswith('PIL')]; "
        f"build_site(Path({str(root)!r})); print('PIL' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=CHECKOUT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip() != "False"


def _checked(done: Run, code: int | None) -> Run:
    assert "Traceback" not in done.stderr, done.stderr
    assert code is None or done.returncode == code, f"exit code {done.returncode}\n{done.stdout}\n{done.stderr}"
    return done


VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"])


@dataclass
class Element:
    """An element of a page: its name, attributes, and what is in it."""

    name: str
    attributes: dict[str, str] = field(default_factory=dict)
    children: list[Element | str] = field(default_factory=list)

    def __getitem__(self, name: str) -> str:
        return self.attributes[name]

    @property
    def text(self) -> str:
        """All words in it, with single spaces."""
        return " ".join("".join(self._texts()).split())

    def _texts(self) -> list[str]:
        return [text for child in self.children for text in ([child] if isinstance(child, str) else child._texts())]

    def find(self, selector: str) -> list[Element]:
        """The elements below it that match "name.class.class" (either part may be missing), in order."""
        found = []
        for child in self.children:
            if isinstance(child, Element):
                if child._matches(selector):
                    found.append(child)
                found += child.find(selector)
        return found

    def one(self, selector: str) -> Element:
        """The only element below it that matches."""
        found = self.find(selector)
        assert len(found) == 1, f"{len(found)} elements match {selector}"
        return found[0]

    def _matches(self, selector: str) -> bool:
        name, *classes = selector.split(".")
        return (not name or name == self.name) and set(classes) <= set(self.attributes.get("class", "").split())


class _Page(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.root = Element("document")
        self._open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, {name: value or "" for name, value in attrs})
        self._open[-1].children.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open[-1].name == tag, f"</{tag}> ends <{self._open[-1].name}>"
        self._open.pop()

    def handle_data(self, data: str) -> None:
        self._open[-1].children.append(data)


def page(file: Path) -> Element:
    """Return the page in a file, asserting that its elements are properly nested."""
    parser = _Page()
    parser.feed(file.read_text(encoding="utf-8"))
    parser.close()
    assert parser._open == [parser.root], f"<{parser._open[-1].name}> is not closed"
    return parser.root
