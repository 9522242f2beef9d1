"""Output → bytes, made when they are asked for and kept until what they are made of is another."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from blogsite.build import rendering, typesetting
from blogsite.build.planner import StaleOutput
from blogsite.build.rendering import RenderSetup
from blogsite.build.store.records import load_fragment
from blogsite.core.diagnostics import Diagnostic, SiteError
from blogsite.maths.compression import load_rendered
from blogsite.maths.html import Typeset
from blogsite.site.outputs import DataFile, Page
from blogsite.preview.site_state import SiteState
from blogsite.render.environment import Templates
from blogsite.render.renderer import Renderer
from blogsite.site.model import SiteInfo

KEPT_BYTES = 32_000_000


@dataclass(frozen=True, slots=True)
class CachedPage:
    """The bytes of an output, what they were made of, and the flaws of its formulas."""

    output: Page | DataFile
    templates: Templates
    data: bytes
    flaws: tuple[Diagnostic, ...] = ()


class PageCache:
    """Renders outputs one by one. What was made last of each path is kept while there is room, also when it is old."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, CachedPage] = OrderedDict()
        self._size = 0
        self._renderer: tuple[SiteInfo, Templates, Renderer] | None = None

    def ready(self, shown: SiteState, output: Page | DataFile) -> CachedPage | None:
        """OUTPUT as it was made before, if it would be the same now; may be asked from any thread."""
        kept = self._kept.get(output.path)
        if kept is None or kept.templates is not shown.templates:
            return None
        return kept if kept.output is output or kept.output == output else None

    def last(self, path: str) -> CachedPage | None:
        """What was made last of this path, however old."""
        return self._kept.get(path)

    def print(self, shown: SiteState, output: Page | DataFile) -> CachedPage:
        """OUTPUT made, or kept from before; raises SiteError where its template, or a file that is gone, forbids it."""
        known = self.ready(shown, output)
        if known is not None and known.output is output:
            self._kept.move_to_end(output.path)
            return known
        made = CachedPage(output, shown.templates, known.data, known.flaws) if known else self._make(shown, output)
        self._keep(made)
        return made

    def _make(self, shown: SiteState, output: Page | DataFile) -> CachedPage:
        context, loaded = shown.context, shown.loaded
        stale = [StaleOutput(output, b"", ())]
        typesetting.typeset(context, loaded, stale)
        how = typesetting.how_of(context)
        task = rendering.task_of(context, loaded, RenderSetup(loaded.site.info, (), how, None), stale)
        renderer = self._renderer_of(shown)
        renderer.fragments = {digest: load_fragment(data) for digest, data in task.texts}
        renderer.typeset = Typeset(how, {key: load_rendered(data) for key, data in task.formulas})
        rendered = renderer.render(output)
        if rendered.diagnostic:
            raise SiteError([rendered.diagnostic])
        flaws = renderer.flaws(output)
        renderer.fragments = {}
        return CachedPage(output, shown.templates, rendered.data, flaws)

    def _renderer_of(self, shown: SiteState) -> Renderer:
        info = shown.loaded.site.info
        if self._renderer is None or self._renderer[0] != info or self._renderer[1] is not shown.templates:
            self._renderer = (info, shown.templates, Renderer(info, shown.templates, {}, Typeset()))
        return self._renderer[2]

    def _keep(self, made: CachedPage) -> None:
        path = made.output.path
        if (old := self._kept.pop(path, None)) is not None:
            self._size -= len(old.data)
        self._kept[path] = made
        self._size += len(made.data)
        while self._size > KEPT_BYTES and len(self._kept) > 1:
            _, oldest = self._kept.popitem(last=False)
            self._size -= len(oldest.data)
