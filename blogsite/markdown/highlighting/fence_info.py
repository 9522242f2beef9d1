"""Parse the info string of a fence: the language, and how the code is shown.

The forms of all generators are read:

    python title="a.py" hl_lines="2 4" linenos=true     js {1,3-5}     rust,ignore     diff package.json
    java lineos:false     {r, echo=FALSE}     {.python #id .class key=val}     py {linenos=table,hl_lines=[8,"15-17"]}
"""

from __future__ import annotations

import re
from dataclasses import replace

from blogsite.markdown.highlighting.highlight import AS_IT_IS, CodeOptions

LANGUAGE = re.compile(r"[^\s,{}:;\[\]\"'=]+")
RANGES = re.compile(r"\{\s*([\d\s,\-]+)\}")
PAIR = re.compile(
    r"""([A-Za-z_][\w\-]*)\s*[=:]\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)'|\[([^\]]*)\]|\{([^}]*)\}|([^\s,}]+))"""
)
RANGE = re.compile(r"(\d+)(?:\s*-\s*(\d+))?")
LONGEST = 2000
MOST_LINES = 10_000

TITLE = frozenset(("title", "filename", "file", "caption", "name"))
NUMBERS = frozenset(("linenos", "lineos", "linenums", "line_number", "line_numbers", "line-numbers", "linenumbers"))
FIRST = frozenset(("linenostart", "start", "startfrom", "first_line", "linenum_start"))
MARKED = frozenset(("hl_lines", "hl", "mark", "highlight", "emphasize-lines"))
FLAGS = frozenset(("linenos", "numberlines", "showlinenumbers", "line-numbers", "linenums"))
FALSE = frozenset(("false", "0", "no", "off", "none"))


def parse_info(info: str) -> tuple[str, CodeOptions]:
    """Return the language ("" for none) and the options in an info string."""
    info = info.strip()
    if not info:
        return "", AS_IT_IS
    if LANGUAGE.fullmatch(info):
        return _language(info), AS_IT_IS
    info = info[:LONGEST]
    marked: set[int] = set()
    ranges = RANGES.search(info)
    if ranges:
        marked = _numbers(ranges[1])
        info = info[: ranges.start()] + " " + info[ranges.end() :]
    language, rest = _split(info)
    options = _read_pairs(rest, CodeOptions(marked=frozenset(marked)))
    return language, options


def _split(info: str) -> tuple[str, str]:
    """Return the language and what follows it."""
    inner = info.strip()
    if inner.startswith("{"):
        close = inner.rfind("}")
        inner = inner[1 : close if close > 0 else len(inner)].strip() + " " + inner[close + 1 :]
        first = LANGUAGE.match(inner)
        if not first or inner[first.end() :].lstrip().startswith("=") or inner.startswith("#"):
            named = re.search(r"(?:^|\s)\.([\w+#\-]+)", inner)
            return (_language(named[1]) if named else ""), inner
        return _language(first[0]), inner[first.end() :]
    first = LANGUAGE.match(inner)
    if not first or inner[first.end() :].startswith("="):
        return "", inner
    return _language(first[0]), inner[first.end() :]


def _language(word: str) -> str:
    word = word.strip(".")
    for prefix in ("language-", "lang-"):
        if word.lower().startswith(prefix):
            word = word[len(prefix) :]
    return word


def _read_pairs(rest: str, options: CodeOptions) -> CodeOptions:
    """Return the options with the pairs and words in `rest` applied."""
    words: list[str] = []
    done = 0
    attached = re.match(r":([^\s=:{}]+\.\w+)(?=\s|\Z)", rest)
    if attached:
        words.append(attached[1])
        done = attached.end()
    for pair in PAIR.finditer(rest, done):
        words += rest[done : pair.start()].split()
        done = pair.end()
        if pair[1].lower() in ("http", "https", "ftp") and pair[0].partition(":")[2].startswith("//"):
            continue
        value = next((group for group in pair.groups()[1:] if group is not None), "")
        options = _with(options, pair[1].lower().replace("data-", ""), value.strip())
    words += rest[done:].split()
    for word in words:
        if word.strip("{},:.").lower() in FLAGS:
            options = replace(options, numbers=True)
    if not options.title:
        named = [word for word in words if re.fullmatch(r"[^{}\s.#][^{}\s]*[./][^{}\s]*\w", word) and "://" not in word]
        bracketed = re.search(r"\[([^\[\]\n]*\.\w+)\]", rest)
        options = replace(options, title=bracketed[1] if bracketed else named[0] if named else "")
    return options


def _with(options: CodeOptions, key: str, value: str) -> CodeOptions:
    if key in TITLE:
        return replace(options, title=re.sub(r"\\(.)", r"\1", value))
    if key in NUMBERS:
        return replace(options, numbers=value.lower() not in FALSE)
    if key in FIRST and value.isdecimal():
        return replace(options, first_number=int(value[:7]))
    if key in MARKED:
        return replace(options, marked=options.marked | _numbers(value))
    return options


def _numbers(text: str) -> set[int]:
    """Return the numbers in a list of numbers and ranges, up to the number of lines."""
    numbers: set[int] = set()
    for match in RANGE.finditer(text):
        first = int(match[1][:7])
        last = int((match[2] or match[1])[:7])
        numbers.update(range(first, min(last, first + MOST_LINES) + 1))
    return numbers
