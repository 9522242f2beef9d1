"""TODO."""

from __future__ import annotations

from dataclasses import dataclass, field

from blogsite.content.model import File
from blogsite.core.frozen import Record
from blogsite.images.model import ImageVariant, SocialCardImage


@dataclass(frozen=True, slots=True)
class Page(Record):
    """An output made by a template from a context: a frozen dataclass declared beside its producer."""

    path: str
    template: str
    context: object
    source: str = ""
    """The file that mistakes in rendering are reported for, beside the template."""


@dataclass(frozen=True, slots=True)
class DataFile(Record):
    """An output made by a function: pages.MAKERS[maker](inputs) → text."""

    path: str
    maker: str
    inputs: object = field(default=None)


@dataclass(frozen=True, slots=True)
class Asset(Record):
    """An output that is a copy of a file; a picture's does not say where it was taken."""

    path: str
    file: File


Output = Page | DataFile | Asset | ImageVariant | SocialCardImage
