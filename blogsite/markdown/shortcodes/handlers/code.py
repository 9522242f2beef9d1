"""Code and literal text."""

from __future__ import annotations

import re
from dataclasses import replace

from blogsite.markdown.highlighting.fence_info import parse_info
from blogsite.markdown.highlighting.highlight import CodeOptions, check_language, highlight
from blogsite.markdown.shortcodes.parser import Handler, Shortcode, ShortcodeContext
from blogsite.markdown.shortcodes.raw import without_raw

CODEBLOCK_OPTION = re.compile(
    r"(?:^|\s)(lang|line_number|highlight|first_line|mark|wrap|start|linenos|language_attr):\s*(\S+)"
)
URL = re.compile(r"(?:^|\s)(https?://\S+|/\S*/\S*)(?:\s+(.*))?$")


def highlighted(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{% highlight ruby linenos %}`, `{{< highlight go "linenos=table,hl_lines=8 15-17" >}}`"""
    words = tag.words
    info = tag.arguments
    if tag.style == "{{" and words:
        pairs = (pair.partition("=") for word in words[1:] for pair in re.split(r",(?![^\[]*\])", word))
        options = (f'{key.strip()}="{value.strip()}"' if value else key for key, _, value in pairs)
        named = (f'{key}="{value}"' for key, value in tag.named.items())
        info = " ".join([words[0], *options, *named])
    language, how = parse_info(info)
    return _code(tag, job, language, how)


def codeblock(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{% codeblock Title lang:js http://source name %}` of Octopress and Hexo."""
    rest = tag.arguments
    found = dict(CODEBLOCK_OPTION.findall(rest))
    rest = CODEBLOCK_OPTION.sub("", rest).strip()
    url = URL.search(rest)
    title = rest[: url.start()].strip() if url else rest
    info = " ".join(f"{key}:{value}" for key, value in found.items() if key != "lang")
    _, how = parse_info(f"text {info}")
    return _code(tag, job, found.get("lang", ""), replace(how, title=title.strip("\"'") or how.title))


def diagram(tag: Shortcode, job: ShortcodeContext) -> str:
    """`{{< mermaid >}}`: a diagram that a script of the page may draw."""
    return _code(tag, job, tag.name, CodeOptions())


def _code(tag: Shortcode, job: ShortcodeContext, language: str, options: CodeOptions) -> str:
    if language:
        check_language(language, job.context, job.position)
    return job.stash(highlight(without_raw(tag.body).strip("\n"), language, options))


def nothing(tag: Shortcode, job: ShortcodeContext) -> str:
    """A shortcode that only concerns its generator."""
    return ""


CODE = {
    "highlight": Handler(highlighted, block=True, body="code"),
    "high": Handler(highlighted, block=True, body="code"),
    "codeblock": Handler(codeblock, block=True, body="code"),
    "code": Handler(codeblock, block=True, body="code"),
    "mermaid": Handler(diagram, block=True, body="code"),
    "comment": Handler(nothing, block=True, body="code"),
    "assign": Handler(nothing, lone=True),
}
