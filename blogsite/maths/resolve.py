r"""From the pieces of TeX that really stand in a text to its formulas: numbered, linked, prepared, checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from html import escape
from pathlib import Path

from blogsite.maths.context import Slot, split
from blogsite.maths.find import Found
from blogsite.maths.macros import Definition, Macros, site_macros, take_definitions
from blogsite.maths.number import Mode, NumberedLabel, Numberer
from blogsite.maths.prepare import ENGINE_MACROS, LINKING, plain_signs, prepare
from blogsite.maths.tex import Flaw, commands, structure_flaw, without_comments
from blogsite.model import Formula, Label
from blogsite.notes import MarkdownSettings, Notes

LONGEST = 20_000
"""Characters of a formula."""
DEEPEST = 300
"""Groups and environments of a formula within each other."""

GONE = "\x02gone\x03"
_GONE = re.compile(f"<p>\\s*(?:{GONE}\\s*)+</p>\n?|{GONE}\n?")
_ONLY_REFERENCE = re.compile(r"\s*\\(eqref|ref)\s*\{([^{}]*)\}\s*")
_REFERENCE = re.compile(r"\\(eqref|ref)\s*\{([^{}]*)\}")
_DEFINED_INSIDE = re.compile(r"\\(?:(?:re|provide)?newcommand\*?|[gex]?def|let)\s*\{?\s*(\\(?:[A-Za-z@]+|.))")
_BREAK_BEFORE = re.compile("<br ?/?>\\s*(\x02f([0-9]+)\x03)")
_BREAK_AFTER = re.compile("(\x02f([0-9]+)\x03)\\s*<br ?/?>")
_FORBIDDEN = re.compile("[\x00\ud800-\udfff]")
_SPACE = re.compile(r"\s+")


@cache
def known_commands() -> frozenset[str]:
    """Every command that the engine can make something of, each with its backslash."""
    listed = (Path(__file__).parent / "vendor" / "commands.txt").read_text("utf-8").split("\n")
    return frozenset(listed) | ENGINE_MACROS.keys() | {"\\ref", "\\eqref", "\\\n", "\\ "}


def resolve(
    html: str,
    found: Sequence[Found],
    positions: Sequence[tuple[int, int]],
    settings: MarkdownSettings,
    notes: Notes,
) -> str:
    """HTML in which formulas alone keep placeholders, numbered as in notes.formulas; fills notes.labels too."""
    return _Resolver(found, positions, settings, notes).run(html)


def anchor(label: str) -> str:
    """The id of a label's equation."""
    return "eq-" + _SPACE.sub("-", label)


@dataclass(slots=True)
class _Draft:
    """One piece of TeX on its way: a formula once its references are known, a reference, or nothing."""

    formula: Formula | None = None
    reference: tuple[str, str] | None = None
    """\\eqref or \\ref, and the label."""
    has_references: bool = False
    number: int = -1
    """Its place in notes.formulas."""


class _Resolver:
    def __init__(
        self,
        found: Sequence[Found],
        positions: Sequence[tuple[int, int]],
        settings: MarkdownSettings,
        notes: Notes,
    ) -> None:
        mode: Mode = settings.math_number if settings.math_number in ("all", "labelled") else "ams"  # type: ignore[assignment]
        self.found = found
        self.positions = positions
        self.notes = notes
        self.numberer = Numberer(mode)
        self.macros: Macros = site_macros(settings.math_macros)
        self.labels: dict[str, NumberedLabel] = {}
        self.drafts: dict[int, _Draft] = {}

    def run(self, html: str) -> str:
        pieces = list(split(html, lambda index: self.found[index].source if index < len(self.found) else ""))
        self.notes.formulas.clear()
        for piece in pieces:
            if isinstance(piece, Slot) and piece.index not in self.drafts and piece.index < len(self.found):
                self.drafts[piece.index] = self.draft(self.found[piece.index], self.positions[piece.index])
        for draft in self.drafts.values():
            if draft.formula is not None:
                draft.number = len(self.notes.formulas)
                self.notes.formulas.append(self.with_references(draft))
        html = "".join(piece if isinstance(piece, str) else self.shown(piece) for piece in pieces)
        if GONE in html:
            html = _GONE.sub("", html)
        return self.without_breaks(html) if "<br" in html else html

    # First pass: what each piece is, in order.

    def draft(self, found: Found, position: tuple[int, int]) -> _Draft:
        if found.kind == "reference":
            kind = "eqref" if found.source.startswith("\\eqref") else "ref"
            return _Draft(reference=(kind, found.tex))
        formula = Formula("", found.display, found.source, line=position[0], column=position[1])
        if found.kind == "unclosed":
            end = f"\\end{{{found.tex}}}"
            flaw = Flaw(f"\\begin{{{found.tex}}} without {end}", f"close it with {end}, or write it as code")
            return _Draft(self.broken(formula, flaw))
        flawed = _limits_flaw(found.tex)
        if flawed is not None:
            return _Draft(self.broken(formula, flawed))
        tex = without_comments(plain_signs(found.tex))
        if not found.display and "ref" in tex and (only := _ONLY_REFERENCE.fullmatch(tex)):
            return _Draft(reference=(only[1], only[2].strip()))
        flawed = structure_flaw(tex, DEEPEST)
        if flawed is None and "\\" in tex:
            rest, definitions = take_definitions(tex)
            if definitions:
                self.define(definitions)
                if not rest.strip():
                    return _Draft()
                if tex.rstrip().endswith(rest.strip()):  # else what stands before a definition must not know of it
                    tex = rest
        numbered = self.numberer.number(tex, found.display)
        ids = tuple(anchor(label.name) for label in numbered.labels if self.add_label(label, position))
        formula = replace(formula, ids=ids) if ids else formula
        if flawed is not None:
            return _Draft(self.broken(formula, flawed))
        return self.prepared(formula, prepare(numbered.tex, found.display).strip())

    def prepared(self, formula: Formula, tex: str) -> _Draft:
        used = commands(tex) if "\\" in tex else set()
        macros = self.macros.used_by(used)
        unknown = used - known_commands() - self.macros.table.keys() if used else used
        if unknown:
            unknown.difference_update(_DEFINED_INSIDE.findall(tex))
        formula = replace(formula, tex=tex, macros=macros)
        if used & LINKING:
            name = min(used & LINKING)
            return _Draft(
                self.broken(formula, Flaw(f"{name} cannot be used in a formula", "put it around the formula"))
            )
        if unknown:
            return _Draft(self.broken(formula, self.unknown_macro(tex, unknown)))
        return _Draft(formula, has_references="\\ref" in used or "\\eqref" in used)

    def define(self, definitions: Sequence[Definition]) -> None:
        self.macros = self.macros.copy()
        self.macros.define(definitions)

    def add_label(self, label: NumberedLabel, position: tuple[int, int]) -> bool:
        if label.name in self.labels:
            self.notes.warn(position, f"label {label.name} is given twice", "give each equation a label of its own")
            return False
        if not label.plain:
            hint = "give it a number with \\tag{…}, or use the environment without the star"
            self.notes.warn(position, f"label {label.name} names an equation without a number", hint)
            return False
        self.labels[label.name] = label
        self.notes.labels.append(Label(label.name, label.plain, anchor(label.name)))
        return True

    def broken(self, formula: Formula, flaw: Flaw) -> Formula:
        self.notes.warn((formula.line, formula.column), flaw.what, flaw.hint)
        return replace(formula, error=flaw.what)

    def unknown_macro(self, tex: str, unknown: set[str]) -> Flaw:
        name = min(unknown, key=tex.find)
        near = get_close_matches(name, [*self.macros.table, *known_commands()], 1, 0.75)
        meant = f"did you mean {near[0]}? " if near else ""
        return Flaw(
            f"unknown macro {name}",
            f"{meant}define it with \\newcommand in the post, or under [math.macros] in blogsite.toml",
        )

    # Second pass: all labels are known.

    def with_references(self, draft: _Draft) -> Formula:
        formula = draft.formula
        assert formula is not None
        if not draft.has_references:
            return formula
        position = (formula.line, formula.column)
        needs: list[tuple[str, int]] = []

        def number(match: re.Match[str]) -> str:
            name = match[2].strip()
            if name in self.labels:
                shown = self.labels[name].tag
            elif "#" in name:
                index = self.notes.need("label", name, position)
                shown = f"\x02n{index}.text\x03"
                needs.append((shown, index))
            else:
                self.unknown_label(name, position)
                shown = "??"
            return f"\\text{{({shown})}}" if match[1] == "eqref" else f"\\text{{{shown}}}"

        return replace(formula, tex=_REFERENCE.sub(number, formula.tex), needs=tuple(needs))

    def unknown_label(self, name: str, position: tuple[int, int]) -> None:
        near = get_close_matches(name, self.labels, 1, 0.6)
        hint = f"did you mean {near[0]}?" if near else f"write \\label{{{name}}} in the equation, or correct the name"
        self.notes.warn(position, f"unknown label {name}", hint)

    def shown(self, slot: Slot) -> str:
        draft = self.drafts.get(slot.index)
        if draft is None or (draft.formula is None and draft.reference is None):
            return GONE
        if draft.reference is None:
            return f"\x02f{draft.number}\x03"
        kind, name = draft.reference
        address = ""
        if name in self.labels:
            number, address = escape(self.labels[name].plain, quote=False), "#" + escape(anchor(name))
        elif "#" in name:
            index = self.notes.need("label", name, self.positions[slot.index])
            number, address = f"\x02n{index}.text\x03", f"\x02n{index}\x03"
        else:
            self.unknown_label(name, self.positions[slot.index])
            number, kind = "??", "eqref"
        text = f"({number})" if kind == "eqref" else number
        if not address or slot.in_link:
            return f'<span class="eqref">{text}</span>'
        return f'<a class="eqref" href="{address}">{text}</a>'

    def without_breaks(self, html: str) -> str:
        """A display stands on lines of its own: a break beside it would only add an empty one."""

        def kept(match: re.Match[str]) -> str:
            return match[1] if self.notes.formulas[int(match[2])].display else match[0]

        return _BREAK_AFTER.sub(kept, _BREAK_BEFORE.sub(kept, html))


def _limits_flaw(tex: str) -> Flaw | None:
    if len(tex) > LONGEST:
        return Flaw(f"formula has more than {LONGEST:,} characters", "split it into smaller formulas")
    if _FORBIDDEN.search(tex):
        return Flaw("formula holds a character that is no text", "remove the NUL or the half of a character pair")
    return None
