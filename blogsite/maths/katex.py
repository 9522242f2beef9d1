r"""The engine that makes formulas: KaTeX and Temml in V8, behind one function for a batch.

Hostile formulas cost one message each: they are bounded in length, nesting, expansions, sizes, memory and time, and
what would hang the host (half of a surrogate pair) never reaches it. The host is closed when the process ends, also in
the processes of a pool: V8 left open can keep a process from ending.
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
from blogsite.maths.katex_patches import tuned
from blogsite.maths.tex import DEEPEST, size_flaw, structure_flaw

SECONDS = 5.0
"""Time for a batch, and for one formula of a batch that took longer."""
BATCH = 200
"""Formulas in one call of the engine."""
MEMORY = 1_500_000_000
"""Bytes that the engine may use before it is started anew."""

_NOISE = re.compile(r"^\s*(?:KaTeX parse error: |ParseError: )?| at (?:position \d+|end of input): .*$", re.DOTALL)
_COMPACT = re.compile(r';(?=")')
_BOLD_SCRIPT = re.compile(r"\\pmb\{\\math(?:cal|scr)\{([A-Z]+)\}\}")


@dataclass(frozen=True, slots=True)
class TeX:
    """What the engine needs to know of a formula; equal values look equal."""

    tex: str
    display: bool
    macros: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class EngineError:
    """Why a formula cannot be made, in the author's terms."""

    message: str


Result: TypeAlias = "str | EngineError"


def render_many(formulas: Sequence[TeX], output: MathFormat = "html") -> list[Result]:
    """The HTML of each formula, without wrapper, or why there is none. The engine stays open for the next call."""
    global _engine
    if _engine is None:
        _engine = Engine()
    return _engine.render(formulas, output)


def close() -> None:
    """Close the engine of this process, if it is open."""
    global _engine
    if _engine is not None:
        _engine.close()
        _engine = None


@lru_cache(maxsize=1024)  # x and n stand in every other text
def key(formula: TeX, output: MathFormat) -> Digest:
    """The name under which a formula's HTML can be kept: everything that shapes it goes into it."""
    parts = (_fingerprint(output), formula.display, formula.tex, formula.macros)
    return blake2b(repr(parts).encode("utf-8", "surrogatepass"), digest_size=20).hexdigest()


class Engine:
    """One V8 with both engines in it. Close it, or use it in a `with` statement."""

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
        """A batch that runs out of time or memory is tried again one by one, so that only the culprit fails."""
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
        """Wait until a call that was cancelled has ended: its answer must not come after the host is closed."""
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
                host.eval(tuned((SCRIPTS / script).read_text("utf-8")))
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
"""For V8: the simple compilers at once, but not the slow one, whose code takes longer to make than it ever saves; and
30 MB less of memory in each process, for a twentieth more time.
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
    flaw = size_flaw(tex)
    if flaw is None and tex.count("{") + tex.count("\\begin") > DEEPEST:
        flaw = structure_flaw(tex)
    for _, definition in formula.macros:
        flaw = flaw or size_flaw(definition)
    return None if flaw is None else EngineError(flaw.message)


def _spelled(tex: str, output: MathFormat) -> str:
    r"""TEX with bold script letters as characters, where the engine has no other way to them."""
    if output == "html" or "\\pmb" not in tex:
        return tex
    return _BOLD_SCRIPT.sub(lambda found: "".join(chr(ord(letter) + 0x1D48F) for letter in found[1]), tex)


def _said(text: str) -> str:
    """The engine's message as an author reads it: no position in prepared TeX, no JavaScript."""
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
