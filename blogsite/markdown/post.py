"""Parse a file: a pure function of its bytes and of the settings that its HTML depends on."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from html import escape
from zoneinfo import ZoneInfo

from blogsite.config.settings import ParseSettings
from blogsite.content.encoding import decode
from blogsite.content.frontmatter.reader import read_front_matter
from blogsite.content.model import FragmentRef, FrontMatter, HtmlFragment, Kind, Post, Reference, RichText
from blogsite.content.parse_context import ParseContext
from blogsite.core.digest import Digest, digest, digest_bytes
from blogsite.core.slugs import post_name, without_date
from blogsite.markdown import excerpt
from blogsite.markdown.anchors import ids_in, mend_local_links
from blogsite.markdown.converter import converter
from blogsite.markdown.extensions.headings import slugify
from blogsite.markdown.html.balance import balance
from blogsite.markdown.html.text import DESCRIPTION_LENGTH, count_words, opening_text, plain_text, shorten


@dataclass(frozen=True, slots=True)
class Parsed:
    """A post, and its texts by their digests."""

    post: Post
    fragments: tuple[tuple[Digest, HtmlFragment], ...]


_MARKUP = re.compile(r"[`*_$\\<&\[~]")
_TAG = re.compile(r"</?([A-Za-z][A-Za-z0-9-]*)[^<>]*>")
_PHRASES = frozenset(
    "abbr b bdi bdo br cite code del dfn em i ins kbd mark q rp rt ruby s small span strong sub sup u var".split()  # noqa: SIM905
)
_REFERENCE_TEXT = re.compile("\x02n([0-9]+)\\.text\x03")
_IMAGE = re.compile('<img[^>]*?src="\x02n([0-9]+)\x03')


def parse(path: str, kind: Kind, data: bytes, settings: ParseSettings) -> Parsed:
    """Parse the file at `path` with these bytes. Mistakes become diagnostics of the post; none is raised."""
    name = digest_bytes(data)
    text, unreadable = decode(data, path)
    if unreadable:
        nothing = FragmentRef(digest(HtmlFragment("")))
        post = Post(path, kind, name, FrontMatter(), _untitled(path), nothing, nothing, diagnostics=unreadable)
        return Parsed(post, ((nothing.fragment, HtmlFragment("")),))
    head = read_front_matter(text, path, zone=ZoneInfo(settings.timezone), category_lists=settings.category_lists)
    meta = head.meta
    context = ParseContext(head.body, path, head.first_line)
    html = converter(settings.markdown).run(context)
    title = _title(meta, path, settings, context)
    whole = mend_local_links(
        HtmlFragment(html, tuple(context.formulas)), context, title_slug=lambda: slugify(title.plain)
    )
    shown = excerpt.split(whole, tuple(context.references), limit=settings.excerpt_length)
    anchors = ids_in(shown.body)
    summary = meta.summary and not shown.has_break
    short, short_needs = shown.excerpt, shown.excerpt_needs
    if summary:
        written = ParseContext("\n".join(text.split("\n")[: head.first_line - 1]), path)
        short, short_needs = _summary(meta, path, settings, context, anchors, written)
    described, described_needs = _description(meta, short, path, settings, context, summary_shown=bool(summary))
    described = _renumbered(described, len(short_needs)) if described_needs else described
    body = FragmentRef(digest(shown.body), tuple(context.references))
    part = FragmentRef(digest(short), (*short_needs, *described_needs))
    first_image = _IMAGE.search(shown.body.html)
    post = Post(
        source=path,
        kind=kind,
        digest=name,
        meta=meta,
        title=title,
        body=body,
        excerpt=part,
        summary=described,
        has_break=shown.has_break,
        whole=shown.whole and not summary,
        headings=tuple(context.headings),
        anchors=anchors,
        anchor_aliases=tuple(context.anchor_aliases.items()),
        labels=tuple(context.labels),
        words=count_words(shown.body.html),
        has_math=bool(shown.body.formulas),
        excerpt_has_math=bool(short.formulas),
        first_image=int(first_image[1]) if first_image else -1,
        diagnostics=(*head.diagnostics, *context.diagnostics),
    )
    return Parsed(post, ((body.fragment, shown.body), (part.fragment, short)))


def _untitled(path: str) -> RichText:
    name = without_date(post_name(path))
    return RichText(name, HtmlFragment(escape(name, quote=False)))


def _title(meta: FrontMatter, path: str, settings: ParseSettings, context: ParseContext) -> RichText:
    """Return the title as the page shows it, with inline Markdown and formulas."""
    if not meta.title:
        return _untitled(path)
    if not _MARKUP.search(meta.title):
        return RichText(meta.title, HtmlFragment(escape(meta.title, quote=False)))
    fragment = _inline(meta.title, path, settings, context, meta.location(path, "title").line)
    return RichText(plain_text(fragment.html, fragment.formulas), fragment)


def _summary(
    meta: FrontMatter,
    path: str,
    settings: ParseSettings,
    context: ParseContext,
    anchors: tuple[str, ...],
    front_matter: ParseContext,
) -> tuple[HtmlFragment, tuple[Reference, ...]]:
    """Return the summary of the front matter as lists show it, on any page; its links to ids lead into the post."""
    own = ParseContext(meta.summary, path, meta.location(path, "summary").line, labels=[*context.labels])
    html = converter(settings.markdown).run(own)
    own.anchor_aliases = context.anchor_aliases
    text = mend_local_links(
        HtmlFragment(html, tuple(own.formulas)), own, title_slug=str, known=anchors, written=front_matter
    )
    context.diagnostics += own.diagnostics
    nothing = HtmlFragment("", text.formulas)
    cut = excerpt.split(nothing, tuple(own.references), limit=1, summary_html=text.html)
    return cut.excerpt, cut.excerpt_needs


def _description(
    meta: FrontMatter,
    short: HtmlFragment,
    path: str,
    settings: ParseSettings,
    context: ParseContext,
    *,
    summary_shown: bool,
) -> tuple[str, tuple[Reference, ...]]:
    """Return the text for meta tags, and the references that its placeholders count, if these are not the excerpt's."""
    name = "description" if meta.description else "summary"
    text = meta.description or meta.summary
    has_math = settings.markdown.math and ("$" in text or "\\" in text)
    if not text or (has_math and summary_shown and not meta.description):
        return excerpt.description(short), ()
    if has_math:
        own = ParseContext(text, path, meta.location(path, name).line, labels=[*context.labels])
        html = balance(converter(settings.markdown).run(own))
        context.diagnostics += own.diagnostics
        text = opening_text(html, tuple(own.formulas))
        if "\x02" in text:
            return text, tuple(own.references)
    return (text if meta.description else shorten(" ".join(text.split()), DESCRIPTION_LENGTH)), ()


def _renumbered(text: str, first: int) -> str:
    """Return a text in which the placeholders count from `first` instead of 0."""
    return _REFERENCE_TEXT.sub(lambda found: f"\x02n{int(found[1]) + first}.text\x03", text)


def _inline(text: str, path: str, settings: ParseSettings, context: ParseContext, line: int) -> HtmlFragment:
    """Return a text as one line of Markdown in which what looks like a heading or a list is text."""
    own = ParseContext(f"\x02title\x03{text}", path, line, labels=[*context.labels], one_line=True)
    html = converter(settings.markdown).run(own).replace("\x02title\x03", "").strip()
    html = re.sub(r"^<p>|</p>$", "", html)
    context.diagnostics += own.diagnostics
    html = re.sub(r"</?(?:a|p|img|div|figure)\b[^>]*>", "", html)
    formulas = tuple(own.formulas)
    if own.references:  # nobody resolves those of a title, which is shown on many pages
        names = [reference.target.removeprefix("post:") for reference in own.references]
        html = _REFERENCE_TEXT.sub(lambda found: escape(names[int(found[1])]), html)
        formulas = tuple(
            replace(
                formula,
                tex=_REFERENCE_TEXT.sub(lambda found: names[int(found[1])].replace("#", "\\#"), formula.tex),
                references=(),
            )
            for formula in formulas
        )
    return HtmlFragment(balance(_TAG.sub(_phrase_or_text, html)), formulas)


def _phrase_or_text(tag: re.Match[str]) -> str:
    """Keep an element that is allowed within a line; make anything else text, such as the <T> of vector<T>."""
    return tag[0] if tag[1].lower() in _PHRASES else escape(tag[0], quote=False)
