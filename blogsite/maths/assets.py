"""Versions of KaTeX and Temml, and the style sheets and fonts that a page with formulas loads."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KATEX = "0.19.1"
TEMML = "0.13.5"
SCRIPTS = Path(__file__).parent / "vendor"


@dataclass(frozen=True, slots=True)
class MathAssets:
    """The files that a browser loads to show formulas, as site addresses."""

    folder: str
    """Path below static/, with "/" at its end."""
    style_sheet: str
    fonts: tuple[str, ...]
    """The fonts that nearly every formula uses, to be preloaded."""


MATH_ASSETS = {
    "html": MathAssets(
        f"assets/katex-{KATEX}/",
        f"/assets/katex-{KATEX}/katex.min.css",
        tuple(f"/assets/katex-{KATEX}/fonts/KaTeX_{name}.woff2" for name in ("Main-Regular", "Math-Italic")),
    ),
    "mathml": MathAssets(
        f"assets/temml-{TEMML}/",
        f"/assets/temml-{TEMML}/mathml.css",
        (f"/assets/temml-{TEMML}/latinmodern-math.woff2",),
    ),
}
