"""What a post is to all others: where it is equal to what it was, nothing but its texts has changed."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace

from blogsite.content.model import Need, Part, Post
from blogsite.core.diagnostics import Mistake


def face(post: Post) -> Post:
    """What assemble asks of a post, without lines and columns: texts are for pages alone."""
    return replace(
        post,
        digest="",
        meta=replace(post.meta, places=()),
        body=Part("", _unplaced(post.body.needs)),
        excerpt=Part("", _unplaced(post.excerpt.needs)),
        summary="",
        whole=False,
        headings=(),
        words=0,
        excerpt_has_math=False,
        mistakes=(),
    )


def with_new_text(mistakes: Set[Mistake], old: Post, new: Post) -> Set[Mistake] | None:
    """The site's MISTAKES with NEW in place of OLD, where nothing but its texts differs; None where more may.

    Of a mistake in its file that others have found, the line may have moved.
    """
    others = mistakes - set(old.mistakes)
    if face(old) != face(new) or any(mistake.severity == "error" for mistake in new.mistakes):
        return None
    return None if any(mistake.place.path == new.source for mistake in others) else others | set(new.mistakes)


def in_lists(post: Post) -> tuple[object, ...]:
    """The texts of a post that stand on other pages than its own, but for feeds of whole posts."""
    return post.excerpt.fragment, post.summary, post.whole, post.excerpt_has_math


def _unplaced(needs: tuple[Need, ...]) -> tuple[Need, ...]:
    return tuple(replace(need, line=0, column=0) for need in needs)
