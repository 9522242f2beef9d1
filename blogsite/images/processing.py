"""Image work in parallel: images are decoded before the site is assembled, and resized or drawn after planning."""

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
from blogsite.core.executor import Workers, batched
from blogsite.images.cache import ImageCache
from blogsite.images.codec import can_encode
from blogsite.images.inspection import FileInspector
from blogsite.images.model import FileInfo, ImageVariant, SocialCardImage
from blogsite.images.responsive import is_raster
from blogsite.images.social_cards import check_design

LOOKED_AT_ONCE = 4
"""Images in a task; up to twice as many are decoded without starting worker processes."""
ENCODED_HERE = 2
"""Number of images that are resized, to all their widths, without starting worker processes."""
DRAWN_AT_ONCE = 10
"""Social cards in a task; no more than these are drawn without starting worker processes."""

Progress = Callable[[str, int, int], None]


def images_used_by(posts: Iterable[Post], files: Iterable[File]) -> list[File]:
    """Return the images among `files` that posts may show, judged by their names: a guess that only saves time."""
    names = {
        _name(unquote(reference.target.partition("#")[0].partition("?")[0]))
        for post in posts
        for part in (post.body, post.excerpt)
        for reference in part.references
        if reference.responsive
    }
    return [file for file in files if is_raster(file.path) and _name(file.path) in names] if names else []


def decode_images(files: FileInspector, workers: Workers, pictures: Iterable[File], progress: Progress) -> None:
    """Decode images on all cores and add the results to `files`; a few are left to be decoded when needed."""
    unknown = [file for file in pictures if not files.has_decode_result(file)]
    if len(unknown) <= 2 * LOOKED_AT_ONCE:
        return
    tasks = (tuple(_picture(files, workers, file) for file in batch) for batch in batched(unknown, LOOKED_AT_ONCE))
    done = 0
    for infos in workers.map(inspect_batch, tasks):
        for info in infos:
            if info is not None:  # else it is looked into again, which says why it cannot be read
                files.add(unknown[done], info)
            done += 1
        progress("pictures", done, len(unknown))


def encode_variants(
    files: FileInspector, workers: Workers, kept: ImageCache, variants: Iterable[ImageVariant], progress: Progress
) -> Iterator[tuple[ImageVariant, bytes]]:
    """Yield each variant, in no particular order, with its bytes, after adding them to the cache.

    Raises SiteError if an image has changed since it was inspected.
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
                [
                    error(
                        Location(file.path),
                        "the file was changed while the site was being built",
                        "build again",
                        "file-changed",
                    )
                ]
            )
        for (key, same), data in zip(group.items(), image_cache, strict=True):
            kept.put(key, data)
            for variant in same:
                yield variant, data
        progress("pictures", number + 1, len(groups))


def encode_variant(root: Path, kept: ImageCache, variant: ImageVariant) -> bytes | None:
    """Return the bytes of a variant, from the cache or encoded; None if its image has changed. For any thread."""
    data = kept.get(variant.key)
    if data is None:
        picture = ImageSource(variant.file, str(locate(root, variant.file)), None)
        data = next(iter(encode_batch(EncodeTask(picture, (variant,)))), None)
        if data is not None:
            kept.put(variant.key, data)
    return data


def draw_cards(
    workers: Workers, kept: ImageCache, social_cards: Iterable[SocialCardImage], progress: Progress
) -> Iterator[tuple[SocialCardImage, bytes]]:
    """Yield each social card, in no particular order, with its bytes, after adding them to the cache."""
    unknown: list[SocialCardImage] = []
    for drawing in social_cards:
        if (data := kept.get(drawing.key)) is not None:
            yield drawing, data
        else:
            unknown.append(drawing)
    done, many = 0, workers.is_local and len(unknown) > DRAWN_AT_ONCE  # elsewhere there may be no such font
    for pictures in workers.map(draw_batch, map(tuple, batched(unknown, DRAWN_AT_ONCE)), parallel=many):
        for data in pictures:
            drawing = unknown[done]
            kept.put(drawing.key, data)
            yield drawing, data
            done += 1
        progress("cards", done, len(unknown))


def draw_cached_card(kept: ImageCache, drawing: SocialCardImage) -> bytes:
    """Return the bytes of a social card, from the cache or drawn. For any thread."""
    data = kept.get(drawing.key)
    if data is None:
        (data,) = draw_batch((drawing,))
        kept.put(drawing.key, data)
    return data


def check_card_design(social_cards: Iterable[SocialCardImage], location: Location) -> None:
    """Raise SiteError, at the setting's location, if cards cannot be drawn with their design and font."""
    try:
        check_design({(drawing.design, drawing.font) for drawing in social_cards})
    except UsageError as problem:
        raise SiteError([error(location, str(problem), problem.hint, "setting-invalid")]) from None


def check_image_format(format: ImageFormat, location: Location) -> None:
    """Raise SiteError, at the setting's location, if Pillow cannot write the format."""
    if not can_encode(format):
        hint = "install Pillow from PyPI (pip install --force-reinstall pillow), or set another format"
        raise SiteError(
            [error(location, f"Pillow, as it is installed here, cannot write {format}", hint, "setting-invalid")]
        )


def _task(
    files: FileInspector, workers: Workers, file: File, group: Mapping[Digest, Sequence[ImageVariant]]
) -> EncodeTask:
    return EncodeTask(_picture(files, workers, file), tuple(same[0] for same in group.values()))


def _picture(files: FileInspector, workers: Workers, file: File) -> ImageSource:
    """Return the image for a worker, with its bytes if workers cannot read the file."""
    return ImageSource(file, files.path(file), None if workers.is_local else files.read(file), files.last_info(file))


def _name(path: str) -> str:
    return unicodedata.normalize("NFC", path.replace("\\", "/").rpartition("/")[2])


@dataclass(frozen=True, slots=True)
class ImageSource:
    """An image file: its path, or its bytes for a worker that cannot read that, and what was known of it before."""

    file: File
    location: str
    data: bytes | None
    known: FileInfo | None = None

    def read(self) -> bytes:
        """Return its bytes. Raises OSError."""
        return Path(self.location).read_bytes() if self.data is None else self.data


def inspect_batch(task: tuple[ImageSource, ...]) -> list[FileInfo | None]:
    """Inspect and decode images, in order; None for one that cannot be read."""
    from blogsite.images.inspection import inspect_file, with_decode_result

    infos: list[FileInfo | None] = []
    for picture in task:
        info = None
        with suppress(OSError):
            looked_at = time.time_ns()
            data = picture.read()
            info = inspect_file(picture.file, looked_at, data, picture.known)
            info = info if info.decode_result else with_decode_result(info, data)
        infos.append(info)
    return infos


@dataclass(frozen=True, slots=True)
class EncodeTask:
    """Variants of one image that differ in nothing but their width."""

    picture: ImageSource
    variants: tuple[ImageVariant, ...]


def encode_batch(task: EncodeTask) -> tuple[bytes, ...]:
    """Return the bytes of each variant, in order; () if the image is no longer the one they were planned for."""
    from blogsite.core.digest import digest_bytes
    from blogsite.images.codec import encode
    from blogsite.images.responsive import variant_key

    first = task.variants[0]
    try:
        data = task.picture.read()
    except OSError:
        return ()
    if variant_key(digest_bytes(data), first.width, first.format, first.quality) != first.key:
        return ()
    return encode(data, [variant.width for variant in task.variants], first.format, first.quality)


def draw_batch(task: tuple[SocialCardImage, ...]) -> list[bytes]:
    """Return the bytes of each social card, in order."""
    from blogsite.images.social_cards import draw_card

    return [draw_card(drawing.card, drawing.design, drawing.font) for drawing in task]
