"""The site's templates: the theme's, and the site's own over them file by file; a name "theme/…" is always the theme's.

A template reads what its context holds and nothing else: an unknown name is a mistake, and there are no globals.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import jinja2

from blogsite.core.diagnostics import Diagnostic, Location, error
from blogsite.render.filters import FILTERS

DISPLAYED = "templates/"
"""What stands before a template's name in messages."""


def environment(templates: Mapping[str, str], filters: dict[str, Callable[..., Any]]) -> jinja2.Environment:
    """The Jinja environment of these templates, texts by name, with FILTERS and these further ones."""

    def load(name: str) -> tuple[str, str, None] | None:
        text = templates.get(name)
        return None if text is None else (text, DISPLAYED + name, None)

    made = jinja2.Environment(
        loader=jinja2.FunctionLoader(load),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
    )
    made.globals.clear()
    made.filters.update(FILTERS)
    made.filters.update(filters)
    return made


def mistake_of(problem: Exception, template: str, source: str) -> Diagnostic:
    """What went wrong in rendering TEMPLATE for SOURCE, at the template's line where it did."""
    hint = f"while rendering {source}"
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return error(Location(problem.filename or DISPLAYED + template, problem.lineno), f"{problem.message}", hint)
    if isinstance(problem, jinja2.TemplateNotFound) and problem.name == template:
        return error(
            Location(DISPLAYED + template), "there is no such template", f"add it to templates/; needed for {source}"
        )
    return error(_last_line(problem, template), _words(problem), hint)


def _last_line(problem: Exception, template: str) -> Location:
    lines = [frame for frame in traceback.extract_tb(problem.__traceback__) if frame.filename.startswith(DISPLAYED)]
    return Location(lines[-1].filename, lines[-1].lineno or 0) if lines else Location(DISPLAYED + template)


def _words(problem: Exception) -> str:
    if isinstance(problem, jinja2.TemplateNotFound):
        return f"there is no template {problem.name} to include or extend"
    if isinstance(problem, RecursionError):
        return "templates include each other without end"
    message = str(problem) or type(problem).__name__
    kind = "" if isinstance(problem, jinja2.TemplateError) else f"{type(problem).__name__}: "
    return kind + message


Templates: TypeAlias = "dict[str, str]"
"""Name → text; a name "theme/…" is the default theme's, also where the site has its own."""
