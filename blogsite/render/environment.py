"""The Jinja environment: the theme's templates, and the site's own, which replace them file by file.

The name "theme/…" always means the theme's template. A template can read its context and nothing else: an unknown name
is an error, and there are no globals.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

import jinja2

from blogsite.core.diagnostics import Diagnostic, Location, error
from blogsite.render.filters import FILTERS

DISPLAYED = "templates/"
"""Prefix of a template's name in diagnostics."""


def environment(templates: Mapping[str, str], filters: dict[str, Callable[..., Any]]) -> jinja2.Environment:
    """Return the Jinja environment of these templates, with FILTERS and further filters."""

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


def template_error(problem: Exception, template: str, source: str) -> Diagnostic:
    """Return the error that rendering a template raised, at the line of the template where it did."""
    hint = f"while rendering {source}"
    if isinstance(problem, jinja2.TemplateSyntaxError):
        return error(
            Location(problem.filename or DISPLAYED + template, problem.lineno),
            f"{problem.message}",
            hint,
            "template-invalid",
        )
    if isinstance(problem, jinja2.TemplateNotFound) and problem.name == template:
        return error(
            Location(DISPLAYED + template),
            "there is no such template",
            f"add it to templates/; needed for {source}",
            "template-missing",
        )
    return error(_last_line(problem, template), _words(problem), hint, "template-invalid")


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
"""Name → text of each template; "theme/…" is the default theme's, also where the site has its own."""
