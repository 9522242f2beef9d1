"""Write the text in which shortcodes are replaced, with the same number of lines."""

from __future__ import annotations

import re

from blogsite.markdown.extensions.fenced_code import BREAK, MARKS, PAD
from blogsite.markdown.shortcodes.parser import Shortcode, ShortcodeContext
from blogsite.markdown.shortcodes.reader import Reader

STASHED = re.compile(r"\x02wzxhzdk:\d+\x03\Z|\Z")


class Writer(Reader):
    """A text while it is rewritten; `made` is the new text for the old one up to `done`."""

    def __init__(self, text: str, lines: list[str], job: ShortcodeContext) -> None:
        super().__init__(text, lines, job)
        self.made: list[str] = []
        self.done = 0
        self.owed = 0
        """Lines of removed tags, to be added where the line ends."""

    def _put(self, start: int, end: int, made: str) -> None:
        """Replace the text from `start` to `end`."""
        self._keep(start)
        self.made.append(made)
        self.owed += self.text.count("\n", start, end)
        self.done = end

    def _keep(self, end: int) -> None:
        """Copy the text up to `end`, with the replacements of parts of it."""
        end_of_line = self.text.find("\n", self.done, end) if self.owed else -1
        if end_of_line >= 0:
            self.made += (self.text[self.done : end_of_line], f"\n{PAD}" * self.owed)
            self.done, self.owed = end_of_line, 0
        self.made.append(self.text[self.done : end])
        self.done = end

    def _put_alone(self, start: int, end: int, made: str) -> None:
        """Replace text by lines of their own, in the quotes and lists around `start`."""
        marks = MARKS.match(self.text, self.line_start, start)
        before = marks[0] if marks else ""
        inner = re.sub(r"[^\s>]", " ", before)
        self._keep(start)
        lines = self.text.count("\n", start, end) + self.owed
        self.owed = 0
        after = not self._ends_line(end)
        if self.line_start + len(before) < start:
            self.made += (BREAK, inner)
        if not STASHED.match(made):
            made = f"{BREAK}{made}{BREAK}"
        self.made.append(made)
        self.made += [f"\n{inner}{PAD}"] * (lines - after)
        if after:
            self.made.append(("\n" if lines else BREAK) + inner)
        self.done = end

    def _remove(self, start: int, end: int) -> None:
        """Remove a tag, and its line if it is empty then."""
        marks = MARKS.match(self.text, self.line_start, start)
        alone = self._ends_line(end) and marks is not None and marks.end() == start and not marks[0].strip(" \t>")
        self._put(start, end, PAD if alone else "")

    # ── what is reported ─────────────────────────────────────────────────────────────────────────────────────────────

    def _unknown(self, tag: Shortcode) -> int:
        close = "%}" if tag.style == "{%" else ">}}"
        self._warn(tag.style, tag.name, f"{tag.style}{'<' if close == '>}}' else ''} {tag.name} {close}")
        return tag.end

    def _unclosed(self, tag: Shortcode) -> int:
        key = f"{tag.style}{tag.name}"
        if key not in self.job.seen:
            self.job.seen.add(key)
            end = f"{{% end{tag.name} %}}" if tag.style == "{%" else f"{{{{< /{tag.name} >}}}}"
            message = f"the tag {tag.name} is never closed, and is shown as text"
            if tag.closing:
                message = f"{end} closes a tag that was never opened, and is shown as text"
            self.job.context.warn(
                self.job.position, message, f"Write {end} where it ends, or remove it.", "shortcode-unclosed"
            )
        return tag.end

    def _warn(self, style: str, name: str, shown: str) -> None:
        if style + name not in self.job.seen:
            self.job.seen.add(style + name)
            hint = "It is shown as text. Say in Markdown or HTML what it stands for, or put it in `code`."
            self.job.context.warn(self.job.position, f"unknown tag {shown[:60]}", hint, "shortcode-unknown")
