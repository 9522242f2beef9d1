"""What a post is to all others: where it is equal to what it was, nothing but its texts has changed."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from blogsite.content.model import FragmentRef, Post, Reference
from blogsite.core.diagnostics import Diagnostic


def face(post: Post) -> Post:
    """What assemble asks of a post, without lines and columns: texts are for pages alone."""
    return replace(
        post,
        digest="",
        meta=replace(post.meta, locations=()),
        body=FragmentRef("", _unplaced(post.body.references)),
        excerpt=FragmentRef("", _unplaced(post.excerpt.references)),
        summary="",
        whole=False,
        headings=(),
        words=0,
        excerpt_has_math=False,
        diagnostics=(),
    )


def with_new_text(diagnostics: Set[Diagnostic], old: Post, new: Post) -> Set[Diagnostic] | None:
    """The site's MISTAKES with NEW in place of OLD, where nothing but its texts differs; None where more may.

    Of a mistake in its file that others have found, the line may have moved.
    """
    others = diagnostics - set(old.diagnostics)
    if face(old) != face(new) or any(diagnostic.severity == "error" for diagnostic in new.diagnostics):
        return None
    return (
        None if any(diagnostic.location.path == new.source for diagnostic in others) else others | set(new.diagnostics)
    )


def in_lists(post: Post) -> tuple[object, ...]:
    """The texts of a post that stand on other pages than its own, but for feeds of whole posts."""
    return post.excerpt.fragment, post.summary, post.whole, post.excerpt_has_math


def _unplaced(references: tuple[Reference, ...]) -> tuple[Reference, ...]:
    return tuple(replace(reference, line=0, column=0) for reference in references)
