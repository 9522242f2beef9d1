"""The formula engine: KaTeX and Temml in V8, behind one function for a batch of formulas.

A hostile formula costs one error: length, nesting, expansions, sizes, memory and time are limited, and text that would
hang V8 (half of a surrogate pair) never reaches it. V8 is closed when the process ends, also in worker processes,
because it can keep a process from ending.
"""

from __future__ import annotations

import atexit
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from multiprocessing.util import Finalize
from pathlib import Path
from types import TracebackType
from typing import Any, TypeAlias

from blogsite.config.settings import MathFormat
from blogsite.core.digest import Digest
from blogsite.maths.assets import KATEX, SCRIPTS, TEMML
from blogsite.maths.commands import ENGINE_MACROS, TEMML_MACROS
from blogsite.maths.katex_patches import apply_patches
from blogsite.maths.tex import DEEPEST, size_error, structure_error

SECONDS = 5.0
"""Seconds for a batch, and for a single formula of a batch that took longer."""
BATCH = 200
"""Formulas in one call of V8."""
MEMORY = 1_500_000_000
"""Bytes that V8 may use before it is restarted."""

_NOISE = re.compile(r"^\s*(?:KaTeX parse error: |ParseError: )?| at (?:position \d+|end of input): .*$", re.DOTALL)
_COMPACT = re.compile(r';(?=")')
_BOLD_SCRIPT = re.compile(r"\\pmb\{\\math(?:cal|scr)\{([A-Z]+)\}\}")


@dataclass(frozen=True, slots=True)
class TeX:
    """A formula as the engine gets it; equal values give equal HTML."""

    tex: str
    display: bool
    macros: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EngineError:
    """The reason why a formula cannot be typeset, in the author's terms."""

    message: str


Result: TypeAlias = "str | EngineError"


def render_many(formulas: Sequence[TeX], output: MathFormat = "html") -> list[Result]:
    """Return the HTML of each formula, without wrapper, or an EngineError. V8 stays open for the next call."""
    global _engine
    if _engine is None:
        _engine = Engine()
    return _engine.render(formulas, output)


def close() -> None:
    """Close V8, if it is open in this process."""
    global _engine
    if _engine is not None:
        _engine.close()
        _engine = None


@lru_cache(maxsize=1024)  # x and n stand in every other text
def formula_key(formula: TeX, output: MathFormat) -> Digest:
    """Return the key of a formula: a digest of everything its HTML depends on."""
    parts = (_fingerprint(output), formula.display, formula.tex, formula.macros)
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


class Engine:
    """One V8 with KaTeX and Temml. Close it, or use it in a `with` statement."""

    def __init__(self) -> None:
        self._host: Any = None

    def __enter__(self) -> Engine:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        if self._host is not None:
            self._host.close()
            self._host = None

    def render(self, formulas: Sequence[TeX], output: MathFormat = "html") -> list[Result]:
        results: list[Result] = [EngineError("")] * len(formulas)
        waiting: list[int] = []
        for index, formula in enumerate(formulas):
            refused = _refused(formula)
            if refused is None:
                waiting.append(index)
            else:
                results[index] = refused
        for start in range(0, len(waiting), BATCH):
            part = waiting[start : start + BATCH]
            for index, result in zip(part, self._batch([formulas[index] for index in part], output), strict=True):
                results[index] = result
        return results

    def _batch(self, formulas: list[TeX], output: MathFormat) -> list[Result]:
        """Typeset a batch; if it exceeds time or memory, one formula after another, so that only the culprit fails."""
        made = self._call(formulas, output)
        if isinstance(made, list):
            return made
        if len(formulas) == 1:
            return [made]
        return [result for formula in formulas for result in self._batch([formula], output)]

    def _call(self, formulas: list[TeX], output: MathFormat) -> list[Result] | EngineError:
        from py_mini_racer import JSEvalException, JSOOMException, JSTimeoutException

        sets = list(dict.fromkeys(formula.macros for formula in formulas))
        number = {macros: index for index, macros in enumerate(sets)}
        batch = [
            output,
            [[definition for _, definition in macros] for macros in sets],
            [[_spelled(formula.tex, output), formula.display, number[formula.macros]] for formula in formulas],
        ]
        try:
            call = f"makeBatch({json.dumps(json.dumps(batch))})"
            answer = str(self._open().eval(call, timeout_sec=SECONDS, max_memory=MEMORY))
        except JSTimeoutException:
            self._settle()
            return EngineError(f"formula takes longer than {SECONDS:g} seconds")
        except JSOOMException:
            self.close()
            return EngineError("formula needs too much memory")
        except JSEvalException as problem:
            self.close()
            return EngineError(_said(str(problem)))
        if output == "mathml":
            answer = _COMPACT.sub("", answer).replace(">‾<", ">¯<")  # mathematical fonts have no overline
        made = answer.split("\x01")
        return [EngineError(_said(text[1:])) if text.startswith("\x02") else text for text in made]

    def _settle(self) -> None:
        """Wait for a cancelled call to end, because its answer must not come after V8 is closed."""
        try:
            self._host.eval("0", timeout_sec=SECONDS)
        except Exception:
            self.close()

    def _open(self) -> Any:
        if self._host is None:
            from py_mini_racer import MiniRacer, init_mini_racer

            init_mini_racer(flags=_FLAGS, ignore_duplicate_init=True)
            host = self._host = MiniRacer()
            host.eval("var self = globalThis")
            for script in _SCRIPTS:
                host.eval(apply_patches((SCRIPTS / script).read_text("utf-8")))
            host.eval(_SCRIPT.read_text("utf-8"))
            macros = [list(ENGINE_MACROS.items()), list(TEMML_MACROS.items())]
            host.eval(f"addBuiltIns(...{json.dumps(macros)})")
        return self._host


_FLAGS = (
    "--single-threaded",
    "--no-opt",
    "--always-sparkplug",
    "--no-lazy-feedback-allocation",
    "--min-semi-space-size=16",
    "--max-semi-space-size=16",
)
"""Options of V8.

Baseline compilers at once, no optimising compiler, which takes longer than it saves; and 30 MB less memory for each
process at the cost of a twentieth more time.
"""
_SCRIPTS = (
    *(f"katex-{KATEX}/{name}" for name in ("katex.min.js", "mhchem.min.js")),
    *(f"temml-{TEMML}/{name}" for name in ("temml.min.js", "mhchem.min.js", "texvc.js")),
)
_SCRIPT = Path(__file__).with_name("engine.js")
_engine: Engine | None = None
atexit.register(close)
Finalize(None, close, exitpriority=100)  # processes of a pool leave without atexit


def _refused(formula: TeX) -> EngineError | None:
    tex = formula.tex
    flaw = size_error(tex)
    if flaw is None and tex.count("{") + tex.count("\\begin") > DEEPEST:
        flaw = structure_error(tex)
    for _, definition in formula.macros:
        flaw = flaw or size_error(definition)
    return None if flaw is None else EngineError(flaw.message)


def _spelled(tex: str, output: MathFormat) -> str:
    """Return TeX with bold script letters as characters, for the engine that has no command for them."""
    if output == "html" or "\\pmb" not in tex:
        return tex
    return _BOLD_SCRIPT.sub(lambda found: "".join(chr(ord(letter) + 0x1D48F) for letter in found[1]), tex)


def _said(text: str) -> str:
    """Return the engine's message for an author: without positions in preprocessed TeX and without JavaScript."""
    text = _NOISE.sub("", text).strip()
    if "call stack" in text:
        return "formula is nested too deeply"
    if "Too many expansions" in text:
        return "macros of the formula expand without end"
    for unknown in ("Undefined control sequence: ", "Unsupported function name: "):
        if text.startswith(unknown):
            return "unknown macro " + text.removeprefix(unknown)
    first = text.split("\n", 1)[0].strip()
    return (
        first[:1].lower() + first[1:]
        if first and not re.search(r"Error:|undefined|null|function", first)
        else "formula cannot be made"
    )


def _fingerprint(output: MathFormat) -> str:
    if output not in _FINGERPRINTS:
        state = blake2b(_SCRIPT.read_bytes() + Path(__file__).read_bytes(), digest_size=20)
        state.update(
            repr(
                (
                    output,
                    KATEX if output == "html" else TEMML,
                    sorted(ENGINE_MACROS.items()),
                    sorted(TEMML_MACROS.items()),
                )
            ).encode()
        )
        _FINGERPRINTS[output] = state.hexdigest()
    return _FINGERPRINTS[output]


_FINGERPRINTS: dict[str, str] = {}
