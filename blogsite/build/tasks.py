"""What is shared out among processes: top-level functions of picklable values, each doing a batch.

parse_batch      sources → posts and texts, as the store keeps them, and the formulas in them
typeset_batch    formulas → what the engine made of them
render_batch     outputs with the texts and formulas they show → staged files
look_batch       pictures → what is seen in them, decoding them
encode_batch     a picture → its variants
draw_batch       social cards → their pictures
"""

from __future__ import annotations

import time
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from blogsite.build.output_folder import Staged
from blogsite.build.staging import Stage
from blogsite.build.store.records import (
    Look,
    dump_fragment,
    dump_post,
    dump_rendered,
    dump_tex,
    load_fragment,
    load_rendered,
    load_tex,
)
from blogsite.content.model import File, Kind
from blogsite.core.diagnostics import Mistake
from blogsite.core.digest import Digest
from blogsite.site.model import Data, Drawing, Info, Page, Variant

if TYPE_CHECKING:
    from blogsite.content.parse_context import ParseSettings
    from blogsite.maths.katex import Output, TeX
    from blogsite.render.renderer import Renderer

# ── parsing ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class ParseTask:
    """Sources to parse: (path, kind, bytes)."""

    settings: ParseSettings
    math_output: Output
    sources: tuple[tuple[str, Kind, bytes], ...]


@dataclass(frozen=True, slots=True)
class KeptText:
    """A fragment as the store keeps it. `keys` names its formulas; None: only answers to its needs settle them."""

    digest: Digest
    data: bytes
    keys: tuple[str, ...] | None


@dataclass(frozen=True, slots=True)
class ParsedRow:
    """A parsed post as the store keeps it, and what it holds."""

    digest: Digest
    post: bytes
    texts: tuple[KeptText, ...]
    formulas: tuple[tuple[str, bytes], ...]
    """Key and TeX, as `dump_tex` writes it."""


def parse_batch(task: ParseTask) -> list[ParsedRow]:
    """One row for each source, in order."""
    from blogsite.markdown.post import parse
    from blogsite.maths.html import tex_of
    from blogsite.maths.katex import key

    rows = []
    for path, kind, data in task.sources:
        parsed = parse(path, kind, data, task.settings)
        formulas: dict[str, bytes] = {}
        texts = []
        for digest, fragment in dict(parsed.fragments).items():
            keys: list[str] | None = []
            for formula in fragment.formulas:
                if formula.needs:
                    keys = None
                    break
                if not formula.error:
                    tex = tex_of(formula)
                    name = key(tex, task.math_output)
                    formulas[name] = dump_tex(tex, task.math_output)
                    keys.append(name)  # type: ignore[union-attr]
            texts.append(KeptText(digest, dump_fragment(fragment), None if keys is None else tuple(keys)))
        for formula in parsed.post.title.fragment.formulas:
            if not formula.error:
                formulas[key(tex_of(formula), task.math_output)] = dump_tex(tex_of(formula), task.math_output)
        rows.append(ParsedRow(parsed.post.digest, dump_post(parsed.post), tuple(texts), tuple(formulas.items())))
    return rows


# ── typesetting ──────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class TypesetTask:
    """Formulas to make: (key, TeX as `dump_tex` writes it)."""

    formulas: tuple[tuple[str, bytes], ...]


def typeset_batch(task: TypesetTask) -> list[tuple[str, bytes]]:
    """Key and result of each formula, as `dump_rendered` writes it."""
    from blogsite.maths.html import Rendered
    from blogsite.maths.katex import EngineError, render_many

    wanted: dict[Output, list[tuple[str, TeX]]] = {}
    for name, data in task.formulas:
        output, tex = load_tex(data)
        wanted.setdefault(output, []).append((name, tex))
    rows = []
    for output, formulas in wanted.items():
        results = render_many([tex for _, tex in formulas], output)
        for (name, _), result in zip(formulas, results, strict=True):
            made = Rendered("", result.what) if isinstance(result, EngineError) else Rendered(result)
            rows.append((name, dump_rendered(made)))
    return rows


# ── rendering ────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class RenderSetup:
    """What all outputs of a build share. With `stage`, the files are staged where they are made."""

    info: Info
    templates: tuple[tuple[str, str], ...]
    """Name and text of each."""
    math_output: Output
    stage: Stage | None


@dataclass(frozen=True, slots=True)
class RenderTask:
    """Outputs, and all the texts and formulas that they show, as the store keeps them."""

    setup: RenderSetup
    outputs: tuple[Page | Data, ...]
    texts: tuple[tuple[Digest, bytes], ...]
    formulas: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True)
class RenderedRow:
    """An output: staged, or its bytes, or the mistake that kept it from being made; and the flaws of its formulas."""

    path: str
    staged: Staged | None = None
    data: bytes | None = None
    mistake: Mistake | None = None
    flaws: tuple[Mistake, ...] = ()


def render_batch(task: RenderTask) -> list[RenderedRow]:
    """One row for each output, in order."""
    from blogsite.maths import katex as engine

    engine.close()  # its memory is better used for pages
    setup = task.setup
    renderer = _renderer(setup)
    renderer.fragments = {digest: load_fragment(data) for digest, data in task.texts}
    renderer.typeset.made = {key: load_rendered(data) for key, data in task.formulas}
    rows = []
    for output in task.outputs:
        rendered = renderer.render(output)
        if rendered.mistake:
            rows.append(RenderedRow(output.path, mistake=rendered.mistake))
            continue
        staged = setup.stage.add(output.path, rendered.data) if setup.stage else None
        rows.append(RenderedRow(output.path, staged, None if staged else rendered.data, flaws=renderer.flaws(output)))
    return rows


@lru_cache(maxsize=1)
def _renderer(setup: RenderSetup) -> Renderer:
    from blogsite.maths.html import Typeset
    from blogsite.render.renderer import Renderer

    return Renderer(setup.info, dict(setup.templates), {}, Typeset(setup.math_output))


# ── pictures ─────────────────────────────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and where it stands, or its bytes for who may not see that; what was known of it before."""

    file: File
    place: str
    data: bytes | None
    known: Look | None = None

    def read(self) -> bytes:
        """Its bytes; raises OSError."""
        return Path(self.place).read_bytes() if self.data is None else self.data


def look_batch(task: tuple[Picture, ...]) -> list[Look | None]:
    """What is seen in each picture, in order; None for one that cannot be read."""
    from blogsite.images.inspection import decoded, look_into

    looks: list[Look | None] = []
    for picture in task:
        look = None
        with suppress(OSError):
            moment = time.time_ns()
            data = picture.read()
            look = look_into(picture.file, moment, data, picture.known)
            look = look if look.sight else decoded(look, data)
        looks.append(look)
    return looks


@dataclass(frozen=True, slots=True)
class EncodeTask:
    """Variants of one picture that differ in their width alone."""

    picture: Picture
    variants: tuple[Variant, ...]


def encode_batch(task: EncodeTask) -> tuple[bytes, ...]:
    """The bytes of each variant, in order; none where the picture is no longer what they were planned for."""
    from blogsite.core.digest import digest_bytes
    from blogsite.images.codec import encode
    from blogsite.images.responsive import key_of

    first = task.variants[0]
    try:
        data = task.picture.read()
    except OSError:
        return ()
    if key_of(digest_bytes(data), first.width, first.format, first.quality) != first.key:
        return ()
    return encode(data, [variant.width for variant in task.variants], first.format, first.quality)


def draw_batch(task: tuple[Drawing, ...]) -> list[bytes]:
    """The picture of each card, in order."""
    from blogsite.images.social_cards import draw_card

    return [draw_card(drawing.card, drawing.design, drawing.font) for drawing in task]
