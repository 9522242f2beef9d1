"""Pages rendered on request, and kept until what they are made of changes."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from blogsite.build.rendering import RenderSetup, render_task
from blogsite.build.store.records import load_fragment
from blogsite.build.typesetting import typeset
from blogsite.core.diagnostics import Diagnostic, SiteError
from blogsite.maths.compression import load_rendered
from blogsite.maths.html import TypesetFormulas
from blogsite.preview.site_state import SiteState
from blogsite.render.environment import Templates
from blogsite.render.renderer import Renderer
from blogsite.site.model import SiteInfo
from blogsite.site.outputs import DataFile, Page

MAX_BYTES = 32_000_000
"""Bytes of rendered pages that are kept in memory."""


@dataclass(frozen=True, slots=True)
class CachedPage:
    """A rendered output, what it was made of, and the warnings of its formulas."""

    output: Page | DataFile
    templates: Templates
    data: bytes
    warnings: tuple[Diagnostic, ...] = ()


class PageCache:
    """Renders outputs one by one; the latest of each path is kept, also when it is outdated, while there is room."""

    def __init__(self) -> None:
        self._pages: OrderedDict[str, CachedPage] = OrderedDict()
        self._size = 0
        self._renderer: tuple[SiteInfo, Templates, Renderer] | None = None

    def current(self, state: SiteState, output: Page | DataFile) -> CachedPage | None:
        """Return the cached page if rendering `output` would give the same. May be called from any thread."""
        page = self._pages.get(output.path)
        if page is None or page.templates is not state.templates:
            return None
        return page if page.output is output or page.output == output else None

    def latest(self, path: str) -> CachedPage | None:
        """Return the cached page at an output path, however old."""
        return self._pages.get(path)

    def render(self, state: SiteState, output: Page | DataFile) -> CachedPage:
        """Return the page of `output`, from the cache if it is current. Raises SiteError if it cannot be rendered."""
        known = self.current(state, output)
        if known is not None and known.output is output:
            self._pages.move_to_end(output.path)
            return known
        page = CachedPage(output, state.templates, known.data, known.warnings) if known else self._make(state, output)
        self._keep(page)
        return page

    def _make(self, state: SiteState, output: Page | DataFile) -> CachedPage:
        context, loaded = state.context, state.loaded
        typeset(context, loaded, [output])
        math_format = context.config.math_output
        setup = RenderSetup(loaded.site.info, (), math_format, None)
        task = render_task(context, loaded, setup, [output])
        renderer = self._renderer_for(state)
        renderer.fragments = {digest: load_fragment(data) for digest, data in task.fragments}
        renderer.typeset = TypesetFormulas(math_format, {key: load_rendered(data) for key, data in task.formulas})
        rendered = renderer.render(output)
        if rendered.diagnostic:
            raise SiteError([rendered.diagnostic])
        warnings = renderer.warnings(output)
        renderer.fragments = {}
        return CachedPage(output, state.templates, rendered.data, warnings)

    def _renderer_for(self, state: SiteState) -> Renderer:
        info, templates = state.loaded.site.info, state.templates
        if self._renderer is None or self._renderer[0] != info or self._renderer[1] is not templates:
            self._renderer = (info, templates, Renderer(info, templates, {}, TypesetFormulas()))
        return self._renderer[2]

    def _keep(self, page: CachedPage) -> None:
        path = page.output.path
        if (old := self._pages.pop(path, None)) is not None:
            self._size -= len(old.data)
        self._pages[path] = page
        self._size += len(page.data)
        while self._size > MAX_BYTES and len(self._pages) > 1:
            _, oldest = self._pages.popitem(last=False)
            self._size -= len(oldest.data)
