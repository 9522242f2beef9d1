"""Read TeX token by token and write readable text; see plain_text."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias

from blogsite.maths import unicode_tables as tables
from blogsite.maths.commands import ENGINE_MACROS
from blogsite.maths.plain_line import Kind, Line, accented, is_atom, joined_cells, joined_rows

Macros: TypeAlias = Mapping[str, tuple[str, str]]
"""Parameters ("#1#2", or "[#1]#2") and body of each macro, by its name with backslash."""

_TOKEN = re.compile(r"\\(?:[A-Za-z@]+|.)|\s+|\x02[^\x02\x03]*\x03|[^\\\s{}_^&~'`$\x02\[\]]+|.", re.DOTALL)
_PARAMETER = re.compile(r"#([1-9])")
_LONGEST_EXPANSION = 20_000
_DEEPEST = 40
END_GROUP = frozenset("}")
_END_OPTION = frozenset("]")
END_CELL = frozenset(("&", "\\\\", "\\cr", "\\end"))
_END_FORMULA = frozenset("$}")
_NO_ARGUMENT = frozenset(("}", "&", "$", "\\\\", "\\cr", "\\end", "\\right"))
_QUOTES = {"`": "‘", "'": "’"}
_SIGNS = {"|": "‖", "$": "＄", **dict.fromkeys("!/)(][-", "")}
_KNOWN_MACROS = {
    name: ("".join(f"#{number}" for number in range(1, 4) if f"#{number}" in body), body)
    for name, body in ENGINE_MACROS.items()
}


class TooMuchError(Exception):
    """TeX is nested too deeply, or its macros never end."""


Handler: TypeAlias = "Callable[[Reader, str, Line], None]"
Infix: TypeAlias = "Callable[[str, str], str]"


class Reader:
    """One pass over the tokens of TeX. The last of `waiting` is the next."""

    def __init__(self, tex: str, macros: Macros, handlers: Mapping[str, Handler], infix: Mapping[str, Infix]) -> None:
        self.waiting: list[str] = _TOKEN.findall(tex)[::-1]
        self.macros = macros
        self._handlers = handlers
        self._infix = infix
        self.in_text = False
        self.fences: list[str] = []
        self._depth = self._expanded = 0
        self._ended_in_space = False
        self._stop = ""
        """The token that ended the last sequence; "" at the end of the TeX."""

    def everything(self) -> str:
        return self.rows(END_CELL - {"\\end"}, "", apart=False)

    # ── sequences ────────────────────────────────────────────────────────────────────────────────────────────────

    def sequence(self, stops: frozenset[str]) -> str:
        """Return the text up to one of the tokens `stops`, which is taken; or up to the end."""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TooMuchError
        line, before, stop = Line(), None, ""
        while self.waiting:
            token = self.waiting.pop()
            if token in stops:
                stop = token
                break
            if token in self._infix and not self.in_text:
                before, line = (token, line.text()), Line()
            else:
                self.step(token, line)
        self._depth -= 1
        self._stop, self._ended_in_space = stop, line.ends_in_space(in_text=self.in_text)
        return line.text() if before is None else self._infix[before[0]](before[1], line.text())

    def rows(self, stops: frozenset[str], end: str, *, apart: bool) -> str:
        """Return the rows of an alignment up to the token `end`; cells and rows are `apart` by commas and semicolons.

        Otherwise a row that begins with a relation or an operator continues the one above.
        """
        rows: list[str] = []
        cells: list[str] = []
        while True:
            cells.append(self.sequence(stops))
            stop = self._stop
            if stop == "&":
                continue
            if any(cells):
                rows.append(joined_cells(cells, apart=apart))
            cells = []
            if stop in ("", end):
                return joined_rows(rows, apart=apart)
            self.skip_option()

    def step(self, token: str, line: Line) -> None:
        """Add what a token and its arguments mean to a line."""
        first = token[0]
        if first == "\\" and len(token) > 1:
            self.command(token[1:], line)
        elif first.isspace() or token == "~":
            line.space()
        elif token == "{":
            text = self.sequence(END_GROUP)
            plain = self.in_text or is_atom(text)
            line.add(text, Kind.WORD if not plain and "/" in text else Kind.PLAIN, compound=not plain)
            if self._ended_in_space:
                line.space()
        elif token == "$" and self.in_text:
            self.in_text = False
            line.add(self.sequence(_END_FORMULA))
            self.in_text = True
            if self._stop == "}":
                self.waiting.append("}")
        elif token in ("$", "}", "\\"):
            pass
        elif self.in_text:
            line.add(_QUOTES.get(token, token))
        elif token == "&":
            line.space()
        elif token in ("^", "_", "'"):
            self.scripts(token, line)
        else:
            line.add(token)

    def scripts(self, token: str, line: Line) -> None:
        found = {"_": "", "^": ""}
        primes = 0
        while True:
            if token == "'":
                primes += 1
            else:
                found[token] += self.argument()
            spaced = self.skip_space()
            if not self.waiting or self.waiting[-1] not in ("^", "_", "'"):
                break
            token = self.waiting.pop()
        line.add_scripts(found["_"], found["^"], primes)
        if spaced:
            line.space()

    def command(self, name: str, line: Line) -> None:
        """Add a command, which is given without its backslash."""
        if (macro := self.macros.get("\\" + name)) is not None:
            self.expand(*macro)
            return
        left = len(self.waiting)
        if name in self._handlers:
            self._handlers[name](self, name, line)
        elif name in tables.LETTERS:
            line.add(tables.LETTERS[name])
        elif name in tables.OPERATORS:
            line.add(tables.OPERATORS[name], Kind.OPERATOR)
        elif name in tables.LARGE:
            line.add(tables.LARGE[name], Kind.LARGE)
        elif name in tables.WORDS:
            line.add(tables.WORDS[name], Kind.WORD)
        elif name in tables.SPACES:
            line.space()
        elif name in tables.ACCENTS:
            line.add(accented(self.argument(), tables.ACCENTS[name]))
        elif name in tables.ALPHABETS:
            text = self.argument()
            line.add(text if "\x02" in text else text.translate(tables.ALPHABETS[name]))
        elif name in tables.DROPPED:
            self.skip_space()
        elif "\\" + name in _KNOWN_MACROS:
            self.expand(*_KNOWN_MACROS["\\" + name])
            return
        elif not name[0].isalpha():
            line.add(_SIGNS.get(name, name.lstrip("@")))
        else:
            self.unlisted(name, line)
        if name[0].isalpha() and len(self.waiting) == left and not self.in_text and self.skip_space():
            line.space(after_command=True)

    def unlisted(self, name: str, line: Line) -> None:
        r"""Add a command by the rules of names: \nleq, \varDelta, \xrightarrow, else its name as it is."""
        rest = name[1:]
        if name[0] == "x" and rest in tables.OPERATORS:
            below = self.option() or ""
            line.add(tables.OPERATORS[rest], Kind.OPERATOR)
            line.add_scripts(below, self.argument())
        elif name[0] == "n" and rest in tables.OPERATORS:
            line.add(tables.OPERATORS[rest] + "\u0338", Kind.OPERATOR)
        elif name.startswith("var") and name[3:] in tables.LETTERS:
            line.add(tables.LETTERS[name[3:]])
        else:
            line.add(name.replace("@", ""), Kind.WORD)

    # ── arguments ────────────────────────────────────────────────────────────────────────────────────────────────

    def skip_space(self) -> bool:
        """Skip spaces; return whether there were any."""
        found = bool(self.waiting) and self.waiting[-1].isspace()
        while self.waiting and self.waiting[-1].isspace():
            self.waiting.pop()
        return found

    def skip_star(self) -> None:
        if self.waiting and self.waiting[-1][0] == "*":
            self.waiting[-1] = self.waiting[-1][1:]
            if not self.waiting[-1]:
                self.waiting.pop()

    def next_token(self) -> str:
        """Return the next command or character that is no space, or ""."""
        self.skip_space()
        if not self.waiting:
            return ""
        token = self.waiting.pop()
        if len(token) > 1 and token[0] not in "\\\x02":
            self.waiting.append(token[1:])
            return token[0]
        return token

    def argument(self) -> str:
        """Return the text of the next argument."""
        token = self.next_token()
        if token == "{":
            return self.sequence(END_GROUP)
        if not token or token in _NO_ARGUMENT:
            self.waiting += [token] if token else []
            return ""
        self._depth += 1
        if self._depth > _DEEPEST:
            raise TooMuchError
        line = Line()
        self.step(token, line)
        self._depth -= 1
        return line.text()

    def raw(self) -> list[str]:
        """Return the tokens of the next argument, the last first."""
        token = self.next_token()
        if token != "{":
            return [token] if token else []
        tokens: list[str] = []
        depth = 1
        while self.waiting:
            token = self.waiting.pop()
            depth += (token == "{") - (token == "}")
            if not depth:
                break
            tokens.append(token)
        return tokens[::-1]

    def name(self) -> str:
        """Return the next argument as it is written."""
        return "".join(reversed(self.raw()))

    def option(self) -> str | None:
        """Return the text of an argument in square brackets; None if there is none."""
        at = len(self.waiting) - 1
        while at >= 0 and self.waiting[at].isspace():
            at -= 1
        if at < 0 or self.waiting[at] != "[" or "]" not in self.waiting[max(at - 200, 0) : at]:
            return None
        del self.waiting[at:]
        return self.sequence(_END_OPTION)

    def skip_option(self) -> None:
        self.skip_star()
        self.option()

    def text_argument(self, line: Line) -> None:
        """Add an argument in which spaces count and signs mean themselves."""
        if (token := self.next_token()) != "{":
            self.waiting += [token] if token else []
            return
        before = bool(self.waiting) and self.waiting[-1].isspace()
        was, self.in_text = self.in_text, True
        text = self.sequence(END_GROUP)
        self.in_text = was
        text = text.replace("‘‘", "“").replace("’’", "”")
        line.add_apart(f"{' ' if before else ''}{text}{' ' if self._ended_in_space else ''}")

    def expand(self, parameters: str, body: str) -> None:
        """Put the meaning of a macro in the place of the command."""
        given: dict[str, list[str]] = {}
        if parameters.startswith("[#1]"):
            self.next_token()
            inside: list[str] = []
            while self.waiting and (token := self.waiting.pop()) != "]":
                inside.append(token)
            given["1"] = inside[::-1]
            parameters = parameters[4:]
        for number in _PARAMETER.findall(parameters):
            given[number] = self.raw()
        tokens: list[str] = []
        for index, part in enumerate(_PARAMETER.split(body)):
            tokens += given.get(part, [])[::-1] if index % 2 else _TOKEN.findall(part)
        self._expanded += len(tokens) + 1
        if self._expanded > _LONGEST_EXPANSION:
            raise TooMuchError
        self.waiting += tokens[::-1]
