"""The outputs of a build: what is written to the output folder, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass, field

from blogsite.content.model import File
from blogsite.core.frozen import Record
from blogsite.images.model import ImageVariant, SocialCardImage


@dataclass(frozen=True, slots=True)
class Page(Record):
    """An output rendered by a template from a context, a frozen dataclass that is declared beside its producer."""

    path: str
    template: str
    context: object
    source: str = ""
    """The source file that errors in rendering name, beside the template."""


@dataclass(frozen=True, slots=True)
class DataFile(Record):
    """An output made by a function: renderer.MAKERS[maker](inputs) returns its text."""

    path: str
    maker: str
    inputs: object = field(default=None)


@dataclass(frozen=True, slots=True)
class Asset(Record):
    """An output that is a copy of a file; images without the place where they were taken."""

    path: str
    file: File


Output = Page | DataFile | Asset | ImageVariant | SocialCardImage
