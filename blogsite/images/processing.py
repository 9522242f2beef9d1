"""Many pictures at once, shared out: looked into before the site is assembled, made once what is stale is known."""

from __future__ import annotations

import time
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote

from blogsite.config.settings import ImageFormat
from blogsite.content.discovery import locate
from blogsite.content.model import File, Post
from blogsite.core.diagnostics import Location, SiteError, UsageError, error
from blogsite.core.digest import Digest
from blogsite.core.executor import Workers, chunks
from blogsite.images.cache import ImageCache
from blogsite.images.codec import can_write
from blogsite.images.inspection import FileInspector
from blogsite.images.model import FileInfo, ImageVariant, SocialCardImage
from blogsite.images.responsive import is_raster
from blogsite.images.social_cards import check_design

LOOKED_AT_ONCE = 4
"""Pictures in a task; up to twice as many are looked into without starting processes."""
ENCODED_HERE = 2
"""Pictures, with all their variants, that are encoded without starting processes."""
DRAWN_AT_ONCE = 10
"""Cards in a task; no more than these are drawn without starting processes."""

Progress = Callable[[str, int, int], None]


def shown_by(posts: Iterable[Post], files: Iterable[File]) -> list[File]:
    """The pictures among FILES that posts may show, by their names alone: a guess that only saves time."""
    names = {
        _name(unquote(reference.target.partition("#")[0].partition("?")[0]))
        for post in posts
        for part in (post.body, post.excerpt)
        for reference in part.references
        if reference.responsive
    }
    return [file for file in files if is_raster(file.path) and _name(file.path) in names] if names else []


def look_at_all(files: FileInspector, workers: Workers, pictures: Iterable[File], progress: Progress) -> None:
    """FILES has seen these pictures decoded; a few are left to when they are asked for."""
    unknown = [file for file in pictures if not files.is_decoded(file)]
    if len(unknown) <= 2 * LOOKED_AT_ONCE:
        return
    tasks = (tuple(_picture(files, workers, file) for file in batch) for batch in chunks(unknown, LOOKED_AT_ONCE))
    done = 0
    for looks in workers.map(look_batch, tasks):
        for look in looks:
            if look is not None:  # else it is looked into again, which says why it cannot be read
                files.learn(unknown[done], look)
            done += 1
        progress("pictures", done, len(unknown))


def encode_all(
    files: FileInspector, workers: Workers, kept: ImageCache, variants: Iterable[ImageVariant], progress: Progress
) -> Iterator[tuple[ImageVariant, bytes]]:
    """Each variant, in no special order, with its bytes, which are KEPT from now on.

    Raises SiteError for a picture that was changed meanwhile.
    """
    unknown: dict[File, dict[Digest, list[ImageVariant]]] = {}
    for variant in variants:
        if (data := kept.get(variant.key)) is not None:
            yield variant, data
        else:
            unknown.setdefault(variant.file, {}).setdefault(variant.key, []).append(variant)
    groups = list(unknown.items())
    tasks = (_task(files, workers, file, group) for file, group in groups)
    for number, image_cache in enumerate(workers.map(encode_batch, tasks, parallel=len(groups) > ENCODED_HERE)):
        file, group = groups[number]
        if not image_cache:
            raise SiteError(
                [error(Location(file.path), "the file was changed while the site was being built", "build again")]
            )
        for (key, same), data in zip(group.items(), image_cache, strict=True):
            kept.put(key, data)
            for variant in same:
                yield variant, data
        progress("pictures", number + 1, len(groups))


def encode_one(root: Path, kept: ImageCache, variant: ImageVariant) -> bytes | None:
    """The bytes of a variant, which are KEPT from now on; None where its picture is another. For any thread."""
    data = kept.get(variant.key)
    if data is None:
        picture = Picture(variant.file, str(locate(root, variant.file)), None)
        data = next(iter(encode_batch(EncodeTask(picture, (variant,)))), None)
        if data is not None:
            kept.put(variant.key, data)
    return data


def draw_all(
    workers: Workers, kept: ImageCache, drawings: Iterable[SocialCardImage], progress: Progress
) -> Iterator[tuple[SocialCardImage, bytes]]:
    """Each card, in no special order, with its picture, which is KEPT from now on."""
    unknown: list[SocialCardImage] = []
    for drawing in drawings:
        if (data := kept.get(drawing.key)) is not None:
            yield drawing, data
        else:
            unknown.append(drawing)
    done, many = 0, workers.is_local and len(unknown) > DRAWN_AT_ONCE  # elsewhere there may be no such font
    for pictures in workers.map(draw_batch, map(tuple, chunks(unknown, DRAWN_AT_ONCE)), parallel=many):
        for data in pictures:
            drawing = unknown[done]
            kept.put(drawing.key, data)
            yield drawing, data
            done += 1
        progress("cards", done, len(unknown))


def draw_one(kept: ImageCache, drawing: SocialCardImage) -> bytes:
    """The picture of a card, which is KEPT from now on. For any thread."""
    data = kept.get(drawing.key)
    if data is None:
        (data,) = draw_batch((drawing,))
        kept.put(drawing.key, data)
    return data


def check_cards(drawings: Iterable[SocialCardImage], location: Location) -> None:
    """Raises SiteError where they cannot be drawn as is set at PLACE."""
    try:
        check_design({(drawing.design, drawing.font) for drawing in drawings})
    except UsageError as problem:
        raise SiteError([error(location, str(problem), problem.hint)]) from None


def check_format(format: ImageFormat, location: Location) -> None:
    """Raises SiteError where Pillow cannot write the FORMAT that is set at PLACE."""
    if not can_write(format):
        hint = "install Pillow from PyPI (pip install --force-reinstall pillow), or set another format"
        raise SiteError([error(location, f"Pillow, as it is installed here, cannot write {format}", hint)])


def _task(
    files: FileInspector, workers: Workers, file: File, group: Mapping[Digest, Sequence[ImageVariant]]
) -> EncodeTask:
    return EncodeTask(_picture(files, workers, file), tuple(same[0] for same in group.values()))


def _picture(files: FileInspector, workers: Workers, file: File) -> Picture:
    """FILE as whoever works for the pool can read it."""
    return Picture(file, files.location(file), None if workers.is_local else files.read(file), files.known(file))


def _name(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/").rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture, and where it stands, or its bytes for who may not see that; what was known of it before."""

    file: File
    location: str
    data: bytes | None
    known: FileInfo | None = None

    def read(self) -> bytes:
        """Its bytes; raises OSError."""
        return Path(self.location).read_bytes() if self.data is None else self.data


def look_batch(task: tuple[Picture, ...]) -> list[FileInfo | None]:
    """What is seen in each picture, in order; None for one that cannot be read."""
    from blogsite.images.inspection import decoded, look_into

    looks: list[FileInfo | None] = []
    for picture in task:
        look = None
        with suppress(OSError):
            moment = time.time_ns()
            data = picture.read()
            look = look_into(picture.file, moment, data, picture.known)
            look = look if look.decode_result else decoded(look, data)
        looks.append(look)
    return looks


@dataclass(frozen=True, slots=True)
class EncodeTask:
    """Variants of one picture that differ in their width alone."""

    picture: Picture
    variants: tuple[ImageVariant, ...]


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


def draw_batch(task: tuple[SocialCardImage, ...]) -> list[bytes]:
    """The picture of each card, in order."""
    from blogsite.images.social_cards import draw_card

    return [draw_card(drawing.card, drawing.design, drawing.font) for drawing in task]
