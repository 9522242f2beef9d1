"""Checks that a built site is complete, because a contestant that leaves something out would look fast."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator

from benchmarks.contestants import Workplace
from benchmarks.corpus import BREAK, Options, Post, slug, write

TAG = re.compile(r"<[^>]+>")
FENCE = re.compile(r"^```.*?^```$", re.DOTALL | re.MULTILINE)
HAN = re.compile(r"[\u4e00-\u9fff]{5,}")
FORMULA = re.compile(r"\$\$\n(.+?)\n\$\$|\$([^$\n]+)\$", re.DOTALL)
HIGHLIGHTED = re.compile(r"<pre\b.*?<span class=.*?</pre>", re.DOTALL)
LINK = re.compile(r"/posts/(post-\d+)/")


def lacking(workplace: Workplace, count: int, options: Options) -> list[str]:
    """Return what the built site of `count` posts lacks, one phrase each; empty if it is complete."""
    return [feature for feature, there in _features(workplace, count, options) if not there]


def _features(workplace: Workplace, count: int, options: Options) -> Iterator[tuple[str, bool]]:
    output = workplace.output
    post, newest = write(count // 2 | 1, options), write(count - 1, options)
    page = workplace.page(post.slug)
    text, home = _text(page), (output / "index.html").read_text(encoding="utf-8")
    body = FENCE.sub("", post.body)
    opening, rest = newest.body.split(BREAK)
    labels = {label for number in range(count) for label in _labels(write(number, options))} if count <= 1000 else set()

    yield "a page for each post", all((output / "posts" / slug(n) / "index.html").is_file() for n in range(count))
    yield "title, category and tags", all(word in text for word in (post.title, *_labels(post)))
    yield "description", post.description in page
    yield "date", f"{post.date:%Y-%m-%d}" in page
    yield "the whole text", all(han in page for han in HAN.findall(body))
    yield "tables and lists", all(f"<{tag}" in page for tag in ("th", "td", "ul", "ol", "h2"))
    yield "highlighted code", HIGHLIGHTED.search(page) is not None
    if options.maths and workplace.contestant.typesets:
        made = page.count("<math") == post.formulas and not re.search(r"(?:katex|math)-error", page)
        yield "each formula as HTML and MathML", made and page.count('class="katex-html"') == post.formulas
    elif options.maths:
        formulas = (display or inline for display, inline in FORMULA.findall(body))
        yield "formulas as they were written", all(formula in text for formula in formulas if "\x02" not in formula)
    if options.images:
        yield "pictures", "/images/figure-" in page and any(output.rglob("figure-*.png"))
    if options.references:
        yield "links between posts", len(set(LINK.findall(page)) - {post.slug}) > 0
    yield "ten posts, to nineteen, on the first page", 10 <= len(set(LINK.findall(home))) <= 19
    yield (
        "excerpts up to the break",
        all((han in home) == wanted for part, wanted in ((opening, True), (rest, False)) for han in _sample(part)),
    )
    yield "the other list pages", len(list(output.glob("page/*/index.html"))) >= count // 10 - 2
    yield "a page for each tag and category", all(any(output.glob(f"*/{label}/index.html")) for label in labels)
    feeds = [path.read_text(encoding="utf-8") for path in output.glob("*.xml")]
    whole = [feed for feed in feeds if len(re.findall(r"<(?:entry|item)>", feed)) == 20]
    yield "a feed of twenty whole posts", any(all(han in feed for han in _sample(rest)) for feed in whole)


def _labels(post: Post) -> tuple[str, ...]:
    return (*post.tags, post.category)


def _text(page: str) -> str:
    """The text of a page: no tags, entities resolved."""
    return html.unescape(TAG.sub("", page))


def _sample(markdown: str) -> list[str]:
    """Return the longest runs of Chinese text in a part of a post; each occurs in this post only."""
    return sorted(HAN.findall(FENCE.sub("", markdown)), key=len)[-2:]
