"""Fetch the engines that make formulas, whole and of one version, with what a page needs to show them.

    python -m blogsite.maths.vendor [--font PATH]

Run by hand to move to other versions; needs npm and the network. It writes

    blogsite/maths/vendor/       the JavaScript of KaTeX and Temml, their licences, the commands that KaTeX knows
    static/assets/katex-V/       KaTeX's style sheet with our rules behind it, its fonts as WOFF2, their licence
    static/assets/temml-V/       the style sheet for MathML, and Latin Modern Math as WOFF2

KaTeX's fonts are under the SIL Open Font License 1.1 (their name tables say so), Latin Modern Math under the GUST Font
License. PATH is latinmodern-math.otf (Debian: fonts-lmodern), read with fonttools and brotli;
without it the font stays as it is.
"""

from __future__ import annotations

import argparse
import json
import re
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from blogsite.maths.assets import KATEX, SCRIPTS, TEMML

HERE = Path(__file__).parent
ASSETS = HERE.parents[1] / "static" / "assets"

_OTHER_FORMATS = re.compile(r',url\([^)]+\.(?:woff|ttf)\) format\("[a-z]+"\)')
_SHORTER = re.compile(r"/\*.*?\*/|\s+", re.DOTALL)
_COMMAND = re.compile(r"""["']\\\\((?:[A-Za-z@]+|.))["']""")
_CHECK = """
(names) => JSON.parse(names).filter(name => {
  try { katex.renderToString(name + '{}{}{}{}', {strict: 'ignore'}); return true }
  catch (error) { return !/Undefined control sequence/.test(error.message) }
}).join('\\n')
"""


def main() -> None:
    parser = argparse.ArgumentParser(description="Fetch KaTeX and Temml from the npm registry.")
    parser.add_argument("--font", type=Path, help="latinmodern-math.otf")
    font = parser.parse_args().font
    with tempfile.TemporaryDirectory() as folder:
        katex = _package("katex", KATEX, Path(folder))
        temml = _package("temml", TEMML, Path(folder))
        _scripts(katex, temml)
        _katex_assets(katex)
        _temml_assets(temml, font)


def _package(name: str, version: str, folder: Path) -> Path:
    subprocess.run(["npm", "pack", f"{name}@{version}", "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)
    target = folder / name
    with tarfile.open(folder / f"{name}-{version}.tgz") as archive:
        archive.extractall(target, filter="data")
    return target / "package"


def _scripts(katex: Path, temml: Path) -> None:
    shutil.rmtree(SCRIPTS, ignore_errors=True)
    for name, package, files in (
        (f"katex-{KATEX}", katex, ("dist/katex.min.js", "dist/contrib/mhchem.min.js", "LICENSE")),
        (
            f"temml-{TEMML}",
            temml,
            ("dist/temml.min.js", "contrib/mhchem/mhchem.min.js", "contrib/texvc/texvc.js", "LICENSE"),
        ),
    ):
        target = SCRIPTS / name
        target.mkdir(parents=True)
        for file in files:
            shutil.copyfile(package / file, target / Path(file).name)
    source = (katex / "dist/katex.js").read_text("utf-8") + (katex / "dist/contrib/mhchem.js").read_text("utf-8")
    (SCRIPTS / "commands.txt").write_text(_known_commands(source), "utf-8")


def _known_commands(source: str) -> str:
    """Return the commands that the engine's source names and that it can typeset, one a line."""
    from py_mini_racer import MiniRacer

    names = sorted({"\\" + name for name in _COMMAND.findall(source)})
    engine = MiniRacer()
    try:
        engine.eval("var self = globalThis")
        for script in ("katex.min.js", "mhchem.min.js"):
            engine.eval((SCRIPTS / f"katex-{KATEX}" / script).read_text("utf-8"))
        return str(engine.eval(f"({_CHECK})({json.dumps(json.dumps(names))})")) + "\n"
    finally:
        engine.close()


def _katex_assets(katex: Path) -> None:
    target = ASSETS / f"katex-{KATEX}"
    shutil.rmtree(target, ignore_errors=True)
    (target / "fonts").mkdir(parents=True)
    for font in sorted((katex / "dist/fonts").glob("*.woff2")):
        shutil.copyfile(font, target / "fonts" / font.name)
    css = _OTHER_FORMATS.sub("", (katex / "dist/katex.min.css").read_text("utf-8"))
    (target / "katex.min.css").write_text(f"{css.strip()}\n{(HERE / 'pages.css').read_text('utf-8')}", "utf-8")
    shutil.copyfile(katex / "LICENSE", target / "LICENSE")
    shutil.copyfile(HERE / "licences/OFL.txt", target / "fonts" / "OFL.txt")


def _temml_assets(temml: Path, font: Path | None) -> None:
    """Copy Temml's assets without its font for script letters, whose licence forbids commercial use."""
    target = ASSETS / f"temml-{TEMML}"
    target.mkdir(parents=True, exist_ok=True)
    css = (temml / "dist/Temml-Latin-Modern.css").read_text("utf-8")
    css = re.sub(r"@font-face \{[^}]*Temml\.woff2[^}]*\}", "", css).replace("./latinmodernmath", "latinmodern-math")
    css = css[css.index("*/") + 2 :].replace('"Temml"', "math").replace("font-family: Temml;", "")
    (target / "mathml.css").write_text(
        f"{_SHORTER.sub(' ', css).strip()}\n{(HERE / 'mathml.css').read_text('utf-8')}", "utf-8"
    )
    shutil.copyfile(temml / "LICENSE", target / "LICENSE")
    shutil.copyfile(HERE / "licences/GUST-FONT-LICENSE.txt", target / "GUST-FONT-LICENSE.txt")
    if font is not None:
        from fontTools.ttLib import TTFont  # type: ignore[import-not-found,unused-ignore]

        made = TTFont(font)
        made.flavor = "woff2"
        made.save(target / "latinmodern-math.woff2")


if __name__ == "__main__":
    main()
