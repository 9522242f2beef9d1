"""The engines' versions, and what a page with formulas needs of them: scripts and style sheets of one version."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

KATEX = "0.19.1"
TEMML = "0.13.5"
SCRIPTS = Path(__file__).parent / "vendor"


@dataclass(frozen=True, slots=True)
class MathAssets:
    """What readers' browsers load to show formulas, as site addresses."""

    folder: str
    """Below static/, with "/" at its end."""
    style_sheet: str
    fonts: tuple[str, ...]
    """Those that nearly every formula needs."""


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
