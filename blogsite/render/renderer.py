"""Render an output: run its template or function, and fill the placeholders of its texts."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from markupsafe import Markup

from blogsite.content.model import Formula, HtmlFragment, RichText
from blogsite.core.diagnostics import Diagnostic
from blogsite.core.digest import Digest
from blogsite.core.frozen import field_getter, field_names
from blogsite.core.i18n import words_for
from blogsite.core.values import Table
from blogsite.images.responsive import sizes
from blogsite.markdown.html.text import for_feed, without_invalid_xml
from blogsite.maths.html import TypesetFormulas
from blogsite.pages.feeds import Feed
from blogsite.pages.sitemap import Robots
from blogsite.render.environment import environment, template_error
from blogsite.render.filters import iso
from blogsite.render.placeholders import fill_equation_numbers, fill_placeholders
from blogsite.site.model import Content, SiteInfo, Term
from blogsite.site.outputs import DataFile, Page


@dataclass(frozen=True, slots=True)
class Rendered:
    """The bytes of an output, or the error for which there are none."""

    path: str
    data: bytes = b""
    diagnostic: Diagnostic | None = None


class Renderer:
    """Renders the outputs of one site. `fragments` has every text that they show, `typeset` every formula."""

    def __init__(
        self,
        info: SiteInfo,
        templates: Mapping[str, str],
        fragments: Mapping[Digest, HtmlFragment],
        typeset: TypesetFormulas,
    ) -> None:
        self._info = info
        self._sizes = sizes(info.theme)
        self._words = words_for(info.language)
        self.fragments = fragments
        self.typeset = typeset
        own: dict[str, Callable[..., Any]] = {
            "content": self._content,
            "feed_content": self.feed_html,
            "rich": self._rich,
        }
        self._environment = environment(templates, own)

    def render(self, output: Page | DataFile) -> Rendered:
        """Return the bytes of an output in UTF-8, or the error that its template raised."""
        if isinstance(output, DataFile):
            return Rendered(output.path, MAKERS[output.maker](self, output.inputs).encode())
        context = output.context
        kind: Any = type(context)
        fields = dict(zip(field_names(kind), field_getter(kind)(context), strict=True))
        try:
            text = self._environment.get_template(output.template).render(fields, words=self._words)
            return Rendered(output.path, text.encode())
        except Exception as problem:  # a template can raise anything; all of it is its author's to mend
            return Rendered(
                output.path, diagnostic=template_error(problem, output.template, output.source or output.path)
            )

    def warnings(self, output: Page | DataFile) -> tuple[Diagnostic, ...]:
        """Return the warnings about formulas on the page of a post, at their places in its source."""
        if not isinstance(output, Page) or not output.source:
            return ()
        shown: list[Formula] = []
        for text in texts_of(output.context):
            if isinstance(text, Content):
                shown += fill_equation_numbers(self.fragments[text.fragment].formulas, text.resolved)
            else:
                shown += text.fragment.formulas
        return tuple(self.typeset.warnings(output.source, shown))

    def feed_html(self, content: Content) -> str:
        """Return a text for a feed: absolute addresses, no ids, formulas in MathML."""
        fragment = self.fragments[content.fragment]
        html = fill_placeholders(fragment, content, self._info.base_url)
        html = self.typeset.fill(html, fill_equation_numbers(fragment.formulas, content.resolved), feed=True)
        return without_invalid_xml(for_feed(html, self._info.base_url + content.url))

    def _content(self, content: Content) -> Markup:
        fragment = self.fragments[content.fragment]
        html = fill_placeholders(fragment, content, self._info.base_path, self._sizes)
        return Markup(self.typeset.fill(html, fill_equation_numbers(fragment.formulas, content.resolved)))

    def _rich(self, rich: RichText) -> Markup:
        return Markup(self.typeset.fill(rich.fragment.html, rich.fragment.formulas))


def texts_of(value: object) -> Iterator[Content | RichText]:
    """Yield the texts within a context, in no particular order."""
    pending: list[Any] = [value]
    while pending:
        found = pending.pop()
        kind: Any = type(found)
        if kind in _WITHOUT_TEXTS:
            continue
        if kind is tuple:
            pending += found
        elif kind is Content or kind is RichText:
            yield found
        else:
            pending += field_getter(kind)(found)


_WITHOUT_TEXTS = frozenset((str, int, float, bool, type(None), datetime, SiteInfo, Term, Table))


# ── makers ───────────────────────────────────────────────────────────────────────────────────────────────────────────


def _robots(renderer: Renderer, inputs: object) -> str:
    assert isinstance(inputs, Robots)
    lines = ["User-agent: *", "Disallow:"]
    if inputs.site.has_feed:
        lines += ["", f"Sitemap: {inputs.site.base_url}/sitemap.xml"]
    return "\n".join(lines) + "\n"


def _json_feed(renderer: Renderer, feed: object) -> str:
    """Return JSON Feed 1.1 (https://www.jsonfeed.org/version/1.1/)."""
    assert isinstance(feed, Feed)
    base = feed.site.base_url
    document = {
        "version": "https://jsonfeed.org/version/1.1",
        "title": feed.title,
        "home_page_url": base + feed.home,
        "feed_url": base + feed.url,
        "description": feed.site.subtitle,
        "language": feed.site.language,
        "items": [
            {
                "id": base + item.card.link.url,
                "url": base + item.card.link.url,
                "title": without_invalid_xml(item.card.link.title.plain),
                "content_html": renderer.feed_html(item.content),
                "summary": without_invalid_xml(item.card.description),
                **({"date_published": iso(item.card.link.date)} if item.card.link.date else {}),
                **({"date_modified": iso(item.card.updated)} if item.card.updated else {}),
                "authors": [{"name": name} for name in item.card.authors],
                "tags": [tag.name for tag in item.card.tags],
            }
            for item in feed.items
        ],
    }
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


MAKERS: dict[str, Callable[[Renderer, object], str]] = {"robots.txt": _robots, "feed.json": _json_feed}
