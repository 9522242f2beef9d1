"""Names of programming languages, and Pygments' lexers for them.

Pygments is imported with the first language that is looked up.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pygments.lexer import Lexer

PLAIN = frozenset(
    """
    text txt plain plaintext plain-text none nohighlight no-highlight raw code output out result log logs csv tsv
    ascii tree pseudocode pseudo algorithm mermaid plantuml puml uml flow flowchart sequence mindmap markmap echarts
    chart math katex mathjax gitignore gitattributes editorconfig crontab cron schema quote poem lyrics regex regexp
    wasm prisma fasta
    """.split()  # noqa: SIM905
)
"""Names of texts that are not highlighted."""

ALIASES = {
    "arm": "asm", "asciidoc": "text", "aspx": "html", "assembly": "asm", "assembler": "asm", "astro": "html",
    "avro": "json", "bash-session": "console", "cfg": "ini", "cjs": "js", "cl": "common-lisp", "cmd": "batch",
    "command": "bash", "commandline": "bash", "conf": "ini", "config": "ini", "cshtml": "html", "cu": "cuda",
    "dhall": "haskell", "docker-compose": "yaml", "dockerignore": "text", "dos": "batch", "ejs": "html", "el": "elisp",
    "env": "bash", "git": "console", "gitconfig": "ini", "gradle": "groovy", "hack": "php", "hbs": "handlebars",
    "htaccess": "apacheconf", "htm": "html", "ipython": "python", "j2": "jinja", "jinja2": "jinja", "json5": "json",
    "jsonc": "json", "kt": "kotlin", "kts": "kotlin", "mdx": "markdown", "mjs": "js", "mongo": "js", "mongodb": "js",
    "node": "js", "nodejs": "js", "objective-c++": "objc++", "objectivec++": "objc++", "opencl": "c", "oracle": "sql",
    "patch": "diff", "pgsql": "postgresql", "plist": "xml", "plsql": "sql", "proc": "text", "razor": "html",
    "redis": "text", "rmd": "markdown", "sh-session": "console", "shellsession": "console", "sqlite": "sql",
    "storyboard": "xml", "styl": "sass", "stylus": "sass", "svelte": "html", "svg": "xml", "terminal": "console",
    "vb": "vbnet", "viml": "vim", "vimscript": "vim", "vimrc": "vim", "wxml": "xml", "wxss": "css", "xaml": "xml",
    "asm-arm": "asm", "cue": "json", "metal": "cpp", "arduino-c": "arduino", "go-html-template": "html",
    "go-text-template": "text", "gotmpl": "html", "gohtml": "html", "goat": "text",
    "dosbatch": "batch", "ps": "powershell",
}  # fmt: skip
"""Names that Pygments does not know → its own names."""


def is_known(language: str) -> bool:
    """Return whether a name, in lower case, is that of a language or of plain text."""
    return not language or language in PLAIN or lexer(language) is not None


@lru_cache(maxsize=1)
def _aliases() -> frozenset[str]:
    """Return every name that Pygments knows."""
    from pygments.lexers import get_all_lexers

    return frozenset(alias for _, aliases, _, _ in get_all_lexers(plugins=False) for alias in aliases)


@lru_cache(maxsize=256)
def lexer(language: str) -> Lexer | None:
    """Return Pygments' lexer for a language name in lower case; None for plain text and unknown names."""
    name = ALIASES.get(language, language)
    if name in PLAIN or name not in _aliases():
        return None
    from pygments.lexers import get_lexer_by_name
    from pygments.lexers.special import TextLexer

    from blogsite.markdown.highlighting.fast_lexer import speed_up

    speed_up()
    found = get_lexer_by_name(name, stripnl=False)
    return None if isinstance(found, TextLexer) else found


@lru_cache(maxsize=256)
def nearest(language: str) -> tuple[str, ...]:
    """Return up to three known names similar to an unknown one."""
    names = {*PLAIN, *ALIASES, *_aliases()}
    likely = [name for name in names if abs(len(name) - len(language)) <= 2 and set(language) & set(name[:2])]
    return tuple(get_close_matches(language, sorted(likely), n=3, cutoff=0.6))
