"""Make formulas of the TeX that is really part of a text: numbered, linked, preprocessed, checked."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cache
from html import escape
from pathlib import Path

from blogsite.config.settings import MarkdownSettings
from blogsite.content.model import Formula, Label
from blogsite.content.parse_context import ParseContext
from blogsite.maths.commands import ENGINE_MACROS, LINKING
from blogsite.maths.delimiters import FoundTex
from blogsite.maths.macros import DEFINING, Definition, Macros, site_macros, take_definitions
from blogsite.maths.numbering import NUMBERING, EquationNumberer, NumberedLabel
from blogsite.maths.packages import expanded, package_commands
from blogsite.maths.placement import Slot, split
from blogsite.maths.preprocess import needs_preprocessing, plain_signs, preprocess
from blogsite.maths.tex import TexError, commands, size_error, structure_error, without_comments

_NOTHING_TO_DO = re.compile(r"[\w+\-*/=<>()\[\],.;:!?|' ^]{1,200}", re.ASCII)
_REFERENCES = frozenset(("\\ref", "\\eqref"))
GONE = "\x02gone\x03"
_GONE = re.compile(f"<p>\\s*(?:{GONE}\\s*)+</p>\n?|{GONE}\n?")
_ONLY_REFERENCE = re.compile(r"\s*\\(eqref|ref)\s*\{([^{}]*)\}\s*")
_REFERENCE = re.compile(r"\\(eqref|ref)\s*\{([^{}]*)\}")
_DEFINED_INSIDE = re.compile(r"\\(?:(?:re|provide)?newcommand\*?|[gex]?def|let)\s*\{?\s*(\\(?:[A-Za-z@]+|.))")
_BREAK_BEFORE = re.compile("<br ?/?>\\s*(\x02f([0-9]+)\x03)")
_BREAK_AFTER = re.compile("(\x02f([0-9]+)\x03)\\s*<br ?/?>")
_SPACE = re.compile(r"\s+")


@cache
def known_commands() -> frozenset[str]:
    """Return every command that the engine knows, with its backslash."""
    listed = (Path(__file__).parent / "vendor" / "commands.txt").read_text("utf-8").split("\n")
    return frozenset(listed) | ENGINE_MACROS.keys() | {"\\ref", "\\eqref", "\\\n", "\\ "}


def resolve_formulas(
    html: str,
    found: Sequence[FoundTex],
    positions: Sequence[tuple[int, int]],
    settings: MarkdownSettings,
    context: ParseContext,
) -> str:
    """Return the HTML in which only formulas keep placeholders, numbered as in `context.formulas`; adds labels, too."""
    return _Resolver(found, positions, settings, context).run(html)


def anchor(label: str) -> str:
    """Return the id of a label's equation."""
    return "eq-" + _SPACE.sub("-", label)


@dataclass(slots=True)
class _Draft:
    """A piece of TeX while it is resolved: a formula, a reference, or nothing."""

    formula: Formula | None = None
    reference: tuple[str, str] | None = None
    r"""\eqref or \ref, and the label."""
    has_references: bool = False
    number: int = -1
    """Its index in `context.formulas`."""


class _Resolver:
    def __init__(
        self,
        found: Sequence[FoundTex],
        positions: Sequence[tuple[int, int]],
        settings: MarkdownSettings,
        context: ParseContext,
    ) -> None:
        self.found = found
        self.positions = positions
        self.context = context
        self.numberer = EquationNumberer(settings.math_number)
        self.packages = settings.math_packages
        self.package_commands = package_commands(settings.math_packages)
        self.macros: Macros = site_macros(settings.math_macros, settings.math_packages)
        self.labels = {label.name: NumberedLabel(label.name, label.number, label.number) for label in context.labels}
        self.drafts: dict[int, _Draft] = {}

    def run(self, html: str) -> str:
        pieces = list(split(html, lambda index: self.found[index].source if index < len(self.found) else ""))
        self.context.formulas.clear()
        for piece in pieces:
            if (
                isinstance(piece, Slot)
                and not piece.in_attribute
                and piece.index not in self.drafts
                and piece.index < len(self.found)
            ):
                self.drafts[piece.index] = self.draft(self.found[piece.index], self.positions[piece.index])
        for draft in self.drafts.values():
            if draft.formula is not None:
                draft.number = len(self.context.formulas)
                self.context.formulas.append(self.with_references(draft))
        html = "".join(piece if isinstance(piece, str) else self.shown(piece) for piece in pieces)
        if GONE in html:
            html = _GONE.sub("", html)
        return self.without_breaks(html) if "<br" in html else html

    # First pass: what each piece is, in order.

    def draft(self, found: FoundTex, position: tuple[int, int]) -> _Draft:
        if found.kind == "reference":
            kind = "eqref" if found.source.startswith("\\eqref") else "ref"
            return _Draft(reference=(kind, found.tex))
        if found.kind == "unclosed":
            end = f"\\end{{{found.tex}}}"
            flaw = TexError(f"\\begin{{{found.tex}}} without {end}", f"close it with {end}, or write it as code")
            return self.made(found, position, "", flaw=flaw)
        if not found.display and _NOTHING_TO_DO.fullmatch(found.tex):
            return self.made(found, position, found.tex)
        tex = plain_signs(found.tex)
        flawed = size_error(tex)
        if flawed is not None:
            return self.made(found, position, "", flaw=flawed)
        tex = without_comments(tex)
        if not found.display and "ref" in tex and (only := _ONLY_REFERENCE.fullmatch(tex)):
            return _Draft(reference=(only[1], only[2].strip()))
        flawed = structure_error(tex)
        used = commands(tex)
        if flawed is None and not used.isdisjoint(DEFINING):
            rest, definitions = take_definitions(tex)
            if definitions:
                self.define(definitions)
                if not rest.strip():
                    return _Draft()
                same = next((at for at, (a, b) in enumerate(zip(tex, rest, strict=False)) if a != b), len(rest))
                alone = len(definitions) == 1 and definitions[0].name not in commands(tex[:same])
                if alone or tex.rstrip().endswith(rest.strip()):
                    tex = rest  # else what stands before a definition must not know of it
        if flawed is None and not used.isdisjoint(self.package_commands):
            own = {*self.macros.table, *_DEFINED_INSIDE.findall(tex)}
            tex = expanded(tex, self.packages, own)
            flawed, used = size_error(tex), commands(tex)
        ids: tuple[str, ...] = ()
        if found.display or not used.isdisjoint(NUMBERING):
            numbered = self.numberer.number(tex, found.display)
            tex = numbered.tex
            ids = tuple(anchor(label.name) for label in numbered.labels if self.add_label(label, position))
        if flawed is not None:
            return self.made(found, position, "", ids, flaw=flawed)
        prepared = preprocess(tex, found.display).strip() if needs_preprocessing(tex, used) else tex.strip()
        return self.checked(found, position, prepared, ids, used if prepared == found.tex else commands(prepared))

    def checked(
        self, found: FoundTex, position: tuple[int, int], tex: str, ids: tuple[str, ...], used: set[str]
    ) -> _Draft:
        """Return the formula of this TeX, after checking the commands in it."""
        macros = self.macros.used_by(used)
        flaw: TexError | None = None
        if not used <= known_commands():
            unknown = used - known_commands() - self.macros.table.keys()
            unknown.difference_update(_DEFINED_INSIDE.findall(tex))
            flaw = self.unknown_macro(tex, unknown) if unknown else None
        if not used.isdisjoint(LINKING):
            flaw = TexError(f"{min(used & LINKING)} cannot be used in a formula", "put it around the formula")
        draft = self.made(found, position, tex, ids, macros, flaw)
        draft.has_references = not used.isdisjoint(_REFERENCES)
        return draft

    def made(
        self,
        found: FoundTex,
        position: tuple[int, int],
        tex: str,
        ids: tuple[str, ...] = (),
        macros: tuple[tuple[str, str], ...] = (),
        flaw: TexError | None = None,
    ) -> _Draft:
        line, column = position
        if flaw is not None:
            self.context.warn(position, flaw.message, flaw.hint, "formula-invalid")
        error = "" if flaw is None else flaw.message
        return _Draft(Formula(tex, found.display, found.source, macros, ids, line, column, (), error))

    def define(self, definitions: Sequence[Definition]) -> None:
        self.macros = self.macros.copy()
        self.macros.define(definitions)

    def add_label(self, label: NumberedLabel, position: tuple[int, int]) -> bool:
        if label.name in self.labels:
            self.context.warn(
                position,
                f"label {label.name} is given twice",
                "give each equation a label of its own",
                "label-duplicate",
            )
            return False
        if not label.plain:
            hint = "give it a number with \\tag{…}, or use the environment without the star"
            self.context.warn(
                position, f"label {label.name} names an equation without a number", hint, "label-unnumbered"
            )
            return False
        self.labels[label.name] = label
        self.context.labels.append(Label(label.name, label.plain, anchor(label.name)))
        return True

    def unknown_macro(self, tex: str, unknown: set[str]) -> TexError:
        name = min(unknown, key=tex.find)
        if name in self.package_commands:
            return TexError(f"macro {name} lacks an argument", "write its arguments as its package has them")
        near = get_close_matches(name, [*self.macros.table, *known_commands(), *self.package_commands], 1, 0.75)
        meant = f"did you mean {near[0]}? " if near else ""
        return TexError(
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
        tex, references = self.with_numbers(formula.tex, position)
        return replace(formula, tex=tex, references=references)

    def with_numbers(self, tex: str, position: tuple[int, int]) -> tuple[str, tuple[tuple[str, int], ...]]:
        """Return TeX with numbers for references to equations, and the references to those of other posts."""
        references: list[tuple[str, int]] = []

        def number(match: re.Match[str]) -> str:
            name = match[2].strip()
            if name in self.labels:
                shown = self.labels[name].tag
            elif "#" in name:
                index = self.context.reference("label", name, position)
                shown = f"\x02n{index}.text\x03"
                references.append((shown, index))
            else:
                self.unknown_label(name, position)
                shown = "??"
            return f"\\text{{({shown})}}" if match[1] == "eqref" else f"\\text{{{shown}}}"

        return _REFERENCE.sub(number, tex), tuple(references)

    def unknown_label(self, name: str, position: tuple[int, int]) -> None:
        near = get_close_matches(name, self.labels, 1, 0.6)
        hint = f"did you mean {near[0]}?" if near else f"write \\label{{{name}}} in the equation, or correct the name"
        self.context.warn(position, f"unknown label {name}", hint, "reference-unknown")

    def as_text(self, index: int) -> str:
        """Return a formula or a reference as text for an attribute."""
        from blogsite.maths.plain_text import readable  # its tables are for texts with formulas alone

        if index >= len(self.found):
            return ""
        found, position = self.found[index], self.positions[index]
        if found.kind == "unclosed" or size_error(found.tex):
            return escape(found.source)
        tex = found.source if found.kind == "reference" else plain_signs(found.tex)
        tex, _ = self.with_numbers(without_comments(tex), position)
        return escape(readable(tex, self.macros.used_by(commands(tex))))

    def shown(self, slot: Slot) -> str:
        if slot.in_attribute:
            return self.as_text(slot.index)
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
            index = self.context.reference("label", name, self.positions[slot.index])
            number, address = f"\x02n{index}.text\x03", f"\x02n{index}\x03"
        else:
            self.unknown_label(name, self.positions[slot.index])
            number, kind = "??", "eqref"
        text = f"({number})" if kind == "eqref" else number
        if not address or slot.in_link:
            return f'<span class="eqref">{text}</span>'
        return f'<a class="eqref" href="{address}">{text}</a>'

    def without_breaks(self, html: str) -> str:
        """Remove <br> beside a display, which is on lines of its own anyway."""

        def kept(match: re.Match[str]) -> str:
            return match[1] if self.context.formulas[int(match[2])].display else match[0]

        return _BREAK_AFTER.sub(kept, _BREAK_BEFORE.sub(kept, html))
