"""Images: their variants, the markup that offers them, and removed metadata."""

from __future__ import annotations

import io
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from unittest.mock import patch
from urllib.parse import quote, unquote

import pytest
from PIL import Image, ImageCms

from blogsite.build.context import BuildOptions
from blogsite.config.loader import parse_config
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import SiteError
from blogsite.core.values import Table
from blogsite.images import codec as pictures
from blogsite.images.exif import orientation, without_location
from blogsite.images.responsive import sizes
from blogsite.preview.session import Session
from tests.support.serving import fetch, serving
from tests.support.sites import (
    CONFIG,
    GPS,
    MAKE,
    ORIENTATION,
    build_site,
    imports_pillow,
    page,
    picture,
    png,
    post,
    run,
    run_alone,
    site,
    tree,
    write,
)
from tests.support.sites import warnings as said

HASH = r"[0-9a-f]{10}"
XMP = (
    b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
    b'<rdf:Description xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/" '
    b'dc:rights="Ours" exif:GPSLatitude="48,12.5N"><exif:GPSLongitude>11,33.9E</exif:GPSLongitude>'
    b"</rdf:Description></rdf:RDF></x:xmpmeta>"
)


def blog(root: Path, files: dict[str, str | bytes], body: str = "", config: str = "") -> Path:
    """Make a site with these files beside a post that shows all of them, or has this text."""
    shown = body or "\n\n".join(f"![A picture]({name})" for name in files)
    return site(
        root,
        {"posts/x/index.md": post("X", body=f"{shown}\n"), **{f"posts/x/{name}": data for name, data in files.items()}},
        CONFIG + config,
    )


def candidates(root: Path, number: int = 0) -> dict[str, int]:
    """Output path → width of what an image on the post's page offers, whose files there are."""
    image = page(root / "public/posts/x/index.html").one("article").find("img")[number]
    found = {}
    for candidate in image.attributes.get("srcset", "").split(", "):
        if candidate:
            url, _, width = candidate.partition(" ")
            found[unquote(url).lstrip("/")] = int(width.removesuffix("w"))
    for path, width in found.items():
        with Image.open(root / "public" / path) as opened:
            assert opened.width == width
    return found


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def variants(root: Path) -> list[str]:
    """Return the images of the output folder that are not originals."""
    return sorted(path for path in tree(root / "public") if re.search(rf"w\.{HASH}\.", path))


# ── what pages offer ─────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("name", "format", "width", "widths"),
    [
        ("a.jpg", "JPEG", 2000, [480, 800, 1200, 1600]),
        ("a.jpeg", "JPEG", 1600, [480, 800, 1200, 1600]),
        ("a.PNG", "PNG", 1000, [480, 800, 1000]),
        ("a.png", "PNG", 300, [300]),
        ("a.webp", "WEBP", 2000, [480, 800, 1200, 1600]),
        ("a.webp", "WEBP", 1000, [480, 800]),
        ("a.webp", "WEBP", 300, []),
    ],
)
def test_a_picture_has_smaller_versions(tmp_path: Path, name: str, format: str, width: int, widths: list[int]) -> None:
    data = picture(format, (width, width // 2))
    root = blog(tmp_path, {name: data})
    build_site(root)
    assert [path.split(".")[0] for path in variants(root)] == sorted(f"posts/x/a-{each}w" for each in widths)
    for path in variants(root):
        with Image.open(root / "public" / path) as image:
            own = int(path.split("-")[-1].split("w.")[0])
            assert (image.format, image.size) == ("WEBP", (own, own // 2))
            red, green, blue = image.convert("RGB").getpixel((own // 4, own // 8))  # type: ignore[misc]
            assert max(abs(red - 200), abs(green - 30), abs(blue - 30)) < 12
    image = page(root / "public/posts/x/index.html").one("article").one("img")
    assert (image["src"], image["width"], image["height"]) == (f"/posts/x/{name}", str(width), str(width // 2))
    assert (root / "public/posts/x" / name).read_bytes() == data
    offered = candidates(root)
    own_original = {f"posts/x/{name}": width} if format == "WEBP" and 480 < width <= 1600 else {}
    assert offered == {**{path: int(path.split("-")[-1].split("w.")[0]) for path in variants(root)}, **own_original}
    assert list(offered.values()) == sorted(offered.values())
    assert image.attributes.get("sizes") == ("(min-width: 45em) 42.5em, 100vw" if widths else None)


def test_a_figure_stays_an_image_and_its_caption(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": picture("JPEG", (600, 400))}, '![Words](a.jpg "A caption")')
    build_site(root)
    figure = page(root / "public/posts/x/index.html").one("figure")
    assert [child.name for child in figure.children if not isinstance(child, str)] == ["img", "figcaption"]
    assert "srcset" in figure.one("img").attributes


@pytest.mark.parametrize(
    ("image", "size", "shown"),
    [
        ("![A](a.png =300x200)", ("300", "200"), "(min-width: 300px) 300px, 100vw"),
        ("![A](a.png =300x)", ("300", "100"), "(min-width: 300px) 300px, 100vw"),
        ("![A](a.png =x200)", ("600", "200"), "(min-width: 600px) 600px, 100vw"),
        ('![A](a.png "T" =300)', ("300", "100"), "(min-width: 300px) 300px, 100vw"),
        ("![A](a.png){width=300}", ("300", "100"), "(min-width: 300px) 300px, 100vw"),
        ("[![A](a.png =300x)](a.png)", ("300", "100"), "(min-width: 300px) 300px, 100vw"),
        ("![A](a.png =50%x)", ("900", "300"), "(min-width: 45em) 42.5em, 100vw"),
    ],
)
def test_an_image_of_a_given_size_has_both_sides_and_offers_smaller_versions(
    tmp_path: Path, image: str, size: tuple[str, str], shown: str
) -> None:
    root = blog(tmp_path, {"a.png": picture("PNG", (900, 300))}, image)
    assert not said(build_site(root))
    made = page(root / "public/posts/x/index.html").one("article").one("img")
    assert (made["width"], made["height"]) == size
    assert made.attributes.get("style", "") == ("width: 50%" if "%" in image else "")
    assert made["sizes"] == shown
    assert list(candidates(root).values()) == [480, 800, 900]
    for feed in ("feed.xml", "feed.json"):
        assert "data-size" not in (root / "public" / feed).read_text(encoding="utf-8")


def test_an_image_that_is_not_there_keeps_its_size(tmp_path: Path) -> None:
    root = blog(tmp_path, {}, "![A](b.png =300x)")
    assert ["b.png" in line for line in said(build_site(root))] == [True]
    made = page(root / "public/posts/x/index.html").one("article").one("img")
    assert made["width"] == "300"
    assert "height" not in made.attributes


def test_lists_offer_them_and_feeds_do_not(tmp_path: Path) -> None:
    config = CONFIG.replace(".org/", ".org/blog/")
    root = site(tmp_path, {"posts/a.md": post(body="![A](/图 1.png)\n"), "static/图 1.png": png(900)}, config)
    build_site(root)
    offered = page(root / "public/index.html").one("article").one("img")["srcset"]
    at = "/blog/%E5%9B%BE%201"
    assert re.fullmatch(
        rf"{at}-480w\.{HASH}\.webp 480w, {at}-800w\.{HASH}\.webp 800w, {at}-900w\.{HASH}\.webp 900w", offered
    )
    assert len(variants(root)) == 3
    for feed in ("feed.xml", "feed.json"):
        text = (root / "public" / feed).read_text(encoding="utf-8")
        assert "%E5%9B%BE%201.png" in text
        assert "srcset" not in text
        assert ".webp" not in text


@pytest.mark.parametrize(
    "html",
    [
        '<img src="a.png" srcset="a.png 2x">',
        '<img src="a.png" sizes="50vw">',
        '<img src="a.png" width="100" height="50">',
        '<a href="a.png">A link</a>',
        '<video poster="a.png" src="a.png"></video>',
        "Nothing.",
    ],
)
def test_what_its_author_has_settled_is_left_alone(tmp_path: Path, html: str) -> None:
    root = blog(tmp_path, {"a.png": png(900)}, html)
    build_site(root)
    assert not variants(root)
    written = page(root / "public/posts/x/index.html").one("article").find("img")
    assert [image.attributes.get("srcset", "") for image in written] == ["/posts/x/a.png 2x"] * (
        "2x" in html
    ) or not any("srcset" in image.attributes for image in written)


def test_drawings_and_what_moves_are_left_alone(tmp_path: Path) -> None:
    frames = [Image.new("RGB", (600, 300), colour) for colour in ("red", "green", "blue")]
    moving: dict[str, str | bytes] = {"a.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="900" height="10"/>'}
    for name in ("a.gif", "a.webp", "a.png"):
        file = io.BytesIO()
        frames[0].save(file, Path(name).suffix[1:], save_all=True, append_images=frames[1:], duration=100)
        moving[name] = file.getvalue()
    root = blog(tmp_path, moving)
    report = build_site(root)
    assert not said(report)
    assert not variants(root)
    for number, (name, data) in enumerate(moving.items()):
        assert not candidates(root, number)
        assert (root / "public/posts/x" / name).read_bytes() == (data.encode() if isinstance(data, str) else data)


def test_a_picture_that_is_too_long_for_a_webp_is_offered_itself(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.png": png(1000, 17_000), "b.png": png(500, 20_000)})
    build_site(root)
    assert [path.split(".")[0].removeprefix("posts/x/") for path in candidates(root)] == ["a-480w", "a-800w", "a"]
    assert not candidates(root, 1)


def test_a_photograph_with_more_behind_it_is_one_picture(tmp_path: Path) -> None:
    """Telephones put a map of depths or of brightness behind the first picture, with metadata of its own."""
    first, second = opened(JPEG), opened(picture("JPEG", (60, 40)))
    exif = Image.Exif()
    exif[GPS] = {1: "N", 2: (48.0, 12.0, 34.5)}
    file = io.BytesIO()
    first.save(file, "MPO", save_all=True, append_images=[second], exif=exif)
    root = blog(tmp_path, {"a.jpg": file.getvalue()})
    build_site(root)
    assert list(candidates(root).values()) == [480, 800, 900]
    published = opened((root / "public/posts/x/a.jpg").read_bytes())
    assert not dict(published.getexif().get_ifd(GPS))
    published.seek(1)
    assert (published.n_frames, published.size) == (2, (60, 40))


@pytest.mark.parametrize(
    ("width", "attribute"),
    [
        ("40em", "(min-width: 45em) 42.5em, 100vw"),
        ("50rem", "(min-width: 52.5em) 50em, 100vw"),
        ("800px", "(min-width: 52.5em) 50em, 100vw"),
        (32, "(min-width: 36.5em) 34em, 100vw"),
        ("min(90vw, 50em)", "(min-width: 45em) 42.5em, 100vw"),
    ],
)
def test_sizes_follow_the_width_of_the_theme(width: str | int, attribute: str) -> None:
    assert sizes(Table((("width", width),))) == attribute


# ── pixels and colours ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("turn", range(1, 9))
@pytest.mark.parametrize(("name", "format"), [("a.jpg", "JPEG"), ("a.png", "PNG"), ("a.webp", "WEBP")])
def test_versions_are_the_right_way_up(tmp_path: Path, turn: int, name: str, format: str) -> None:
    data = picture(format, (900, 600), orientation=turn)
    root = blog(tmp_path, {name: data}, config="[images]\nwidths = [480]\n")
    build_site(root)
    size = (600, 900) if turn > 4 else (900, 600)
    image = page(root / "public/posts/x/index.html").one("article").one("img")
    assert (image["width"], image["height"]) == tuple(map(str, size))
    (path,) = variants(root)
    made = opened((root / "public" / path).read_bytes())
    assert made.size == (480, 480 * size[1] // size[0])
    assert not made.getexif()
    # The red quarter stands where EXIF says that the first row and the first column are.
    corners = {1: (0, 0), 2: (1, 0), 3: (1, 1), 4: (0, 1), 5: (0, 0), 6: (1, 0), 7: (1, 1), 8: (0, 1)}
    for x in (0, 1):
        for y in (0, 1):
            red, green, _ = made.convert("RGB").getpixel((60 + x * (made.width - 120), 60 + y * (made.height - 120)))  # type: ignore[misc]
            assert (red - green > 100) == ((x, y) == corners[turn])


def test_colours_keep_their_profile_or_are_those_of_screens(tmp_path: Path) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    inks = io.BytesIO()
    Image.new("CMYK", (600, 60), (0, 255, 255, 0)).save(inks, "JPEG")
    deep = io.BytesIO()
    Image.new("I;16", (600, 60), 0x8080).save(deep, "PNG")
    clear = io.BytesIO()
    Image.new("RGBA", (600, 60), (0, 200, 0, 128)).save(clear, "PNG")
    files: dict[str, str | bytes] = {
        "profile.jpg": picture("JPEG", (600, 60), icc_profile=profile),
        "inks.jpg": inks.getvalue(),
        "deep.png": deep.getvalue(),
        "clear.png": clear.getvalue(),
    }
    root = blog(tmp_path, files, config="[images]\nwidths = [480]\n")
    build_site(root)
    made = {path.split("/")[-1].split("-")[0]: opened((root / "public" / path).read_bytes()) for path in variants(root)}
    assert made["profile"].info["icc_profile"] == profile
    assert made["inks"].getpixel((9, 9))[0] > 200 > 60 > made["inks"].getpixel((9, 9))[1]  # type: ignore[index]
    assert abs(made["deep"].getpixel((9, 9))[0] - 0x80) < 4  # type: ignore[index]
    assert made["clear"].mode == "RGBA"
    red, green, blue, alpha = made["clear"].getpixel((9, 9))  # type: ignore[misc]
    assert (red, blue, alpha) == (0, 0, 128)
    assert abs(green - 200) < 4


def test_plain_colours_lose_nothing(tmp_path: Path) -> None:
    drawn = Image.new("RGB", (500, 100), "white")
    drawn.paste((200, 0, 0), (100, 10, 103, 90))
    file = io.BytesIO()
    drawn.save(file, "PNG")
    root = blog(tmp_path, {"a.png": file.getvalue()}, config="[images]\nwidths = [500]\n")
    build_site(root)
    (path,) = variants(root)
    assert opened((root / "public" / path).read_bytes()).convert("RGB").tobytes() == drawn.tobytes()


# ── where it was taken ───────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_location_is_taken_out_and_nothing_else(tmp_path: Path, format: str) -> None:
    suffix = format.lower()
    data = picture(format, (600, 400), gps=True, orientation=6, xmp=XMP)
    if format == "PNG":
        data = picture(format, (600, 400), gps=True, orientation=6)
        item = b"iTXtXML:com.adobe.xmp\0\0\0\0\0" + XMP
        import zlib

        chunk = (len(item) - 4).to_bytes(4, "big") + item + zlib.crc32(item).to_bytes(4, "big")
        data = data[:33] + chunk + data[33:]
    files: dict[str, str | bytes] = {f"a.{suffix}": data}
    root = blog(tmp_path, files, "A file that no page shows.")
    build_site(root)
    published = (root / "public/posts/x" / f"a.{suffix}").read_bytes()
    before, after = opened(data), opened(published)
    assert dict(before.getexif().get_ifd(GPS))
    assert b"GPSL" in data
    assert not dict(after.getexif().get_ifd(GPS))
    assert GPS not in after.getexif()
    assert b"GPS" not in published
    assert b"48,12" not in published
    assert b"11,33" not in published
    assert (after.getexif()[MAKE], after.getexif()[ORIENTATION]) == ("A camera", 6)
    assert b'dc:rights="Ours"' in published
    assert after.tobytes() == before.tobytes()
    assert len(published) == len(data)


@pytest.mark.parametrize("format", ["AVIF", "TIFF"])
def test_a_location_is_taken_out_of_other_formats_too(format: str) -> None:
    data = picture(format, (60, 40), gps=True, **({"xmp": XMP} if format == "AVIF" else {}))
    published = without_location(data)
    before, after = opened(data), opened(published)
    assert dict(before.getexif().get_ifd(GPS))
    assert not dict(after.getexif().get_ifd(GPS))
    assert GPS not in after.getexif()
    assert after.getexif()[MAKE] == "A camera"
    assert b"48,12" not in published
    assert after.tobytes() == before.tobytes()
    assert len(published) == len(data)
    assert without_location(published) is published
    assert without_location(picture(format, (60, 40), orientation=6)) == picture(format, (60, 40), orientation=6)


def test_a_location_in_a_gif_is_taken_out() -> None:
    data = picture("GIF", (60, 40))
    packet = b"\x21\xff\x0bXMP DataXMP" + XMP + b"\x01" + bytes(range(255, -1, -1)) + b"\0"
    located = data[:-1] + packet + data[-1:]
    published = without_location(located)
    assert b"GPS" in located
    assert b"GPS" not in published
    assert b'dc:rights="Ours"' in published
    assert len(published) == len(located)
    assert opened(published).tobytes() == opened(data).tobytes()
    assert without_location(data) is data


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP"])
def test_a_picture_that_does_not_say_where_it_was_taken_stays_as_it_is(format: str) -> None:
    for data in (
        picture(format, (60, 40)),
        picture(format, (60, 40), orientation=6),
        picture(format, (60, 40), gps=True)[:150],  # a part of a file is one that says nothing, or less
    ):
        new = without_location(data)
        assert new == data or (b"A camera" in data and len(new) == len(data))
    assert without_location(picture(format, (60, 40), orientation=6)) == picture(format, (60, 40), orientation=6)


def test_xmp_that_cannot_be_read_says_nothing_at_all() -> None:
    packet = XMP.replace(b'"48,12.5N"', b'"48 > 12"').replace(b"</exif:GPSLongitude>", b"</exif:GPSLongitud>")
    data = picture("JPEG", (60, 40), xmp=packet)
    new = without_location(data)
    assert b"GPS" not in new
    assert opened(new).tobytes() == opened(data).tobytes()


def test_a_text_of_exif_in_a_png_is_left_out_if_it_has_a_location() -> None:
    import zlib

    def with_profile(exif: bytes) -> bytes:
        item = b"zTXtRaw profile type exif\0\0" + zlib.compress(
            b"\nexif\n%8d\n" % len(exif) + exif.hex().encode() + b"\n"
        )
        chunk = (len(item) - 4).to_bytes(4, "big") + item + zlib.crc32(item).to_bytes(4, "big")
        return png(30)[:33] + chunk + png(30)[33:]

    located, other = Image.Exif(), Image.Exif()
    other[MAKE] = "A camera"
    located[GPS] = {1: "N", 2: (48.0, 12.0, 34.5)}
    assert without_location(with_profile(located.tobytes())) == png(30)
    assert without_location(with_profile(other.tobytes())) == with_profile(other.tobytes())


@pytest.mark.parametrize("format", ["JPEG", "PNG", "WEBP", "TIFF", "AVIF"])
def test_damaged_metadata_is_no_traceback(format: str) -> None:
    data = picture(format, (60, 40), gps=True, orientation=6)
    start = data.find(b"MM\0*") if b"MM\0*" in data else data.find(b"II*\0")
    assert start >= 0
    for location in (*range(start, start + 120), *(range(300) if format == "AVIF" else ())):
        for value in (0, 1, 0x7F, 0xFF):
            damaged = data[:location] + bytes([value]) + data[location + 1 :]
            assert len(without_location(damaged)) == len(data)
            assert 1 <= orientation(damaged) <= 8


def test_the_preview_does_not_say_where_a_picture_was_taken(tmp_path: Path) -> None:
    data = picture("JPEG", (600, 400), gps=True)
    root = site(
        tmp_path, {"posts/a.md": post(), "static/a.jpg": data, "static/b.jpg": picture("JPEG", (60, 40))}, CONFIG
    )
    build_site(root)
    with serving(root) as server:
        for name in ("a.jpg", "b.jpg"):
            assert fetch(server.port, f"/{name}").body == (root / "public" / name).read_bytes()
    assert (root / "public/a.jpg").read_bytes() != data


# ── mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────────

JPEG = picture("JPEG", (900, 600))
FLAWED: dict[str, bytes] = {
    "no picture.png": b"no picture",
    "cut.jpg": JPEG[: len(JPEG) // 2],
    "cut.png": png(900)[:-30],
    "empty.webp": b"",
    "checksum.png": png(900).replace(b"IDAT", b"IDAT\0", 1),
    "huge.png": png(1, 1, claims=20_000),
}


@pytest.mark.parametrize("name", FLAWED)
def test_a_picture_that_cannot_be_decoded_is_a_warning_time_and_again(tmp_path: Path, name: str) -> None:
    root = blog(tmp_path, {name: FLAWED[name], "good.png": png(900)}, f"Text.\n\n![A](<{name}>)\n\n![B](good.png)")
    message, hint = (
        (f"the image {name} has more than 100 million pixels and is not made smaller", "save it in the size")
        if name == "huge.png"
        else (f"the image {name} cannot be decoded", "save it again")
    )
    first = run("build", cwd=root).stderr
    assert f"posts/x/index.md:8:6: warning: {message}\n    {hint}" in first.replace("8:7", "8:6")
    assert not candidates(root)
    assert len(candidates(root, 1)) == 3
    assert (root / "public/posts/x" / name).read_bytes() == FLAWED[name]
    before = tree(root / "public")
    write(root, {"posts/y.md": post("Y", hidden="true")})
    with patch.object(pictures, "_opened", side_effect=AssertionError("it was decoded again")):
        for _ in range(2):
            warm = run("build", cwd=root).stderr
            assert warm.splitlines()[:2] == first.splitlines()[:2]
    assert {path: data for path, data in tree(root / "public").items() if "/x/" in path} == {
        path: data for path, data in before.items() if "/x/" in path
    }
    run("build", "--strict", cwd=root, code=1)
    write(root, {f"posts/x/{name}": png(900, 9) if name.endswith("png") else JPEG})
    assert "warning" not in run("build", cwd=root).stderr
    assert len(candidates(root)) == 3


def test_what_the_header_says_is_believed_before_anything_is_decoded() -> None:
    with patch.object(pictures, "_opened", side_effect=AssertionError("it was decoded")):
        assert pictures.decode_image(FLAWED["huge.png"], (20_000, 20_000)) == "huge"
    assert pictures.decode_image(FLAWED["huge.png"], (0, 0)) == "huge"


# ── settings ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_without_versions_pictures_are_not_decoded(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.jpg": picture("JPEG", (900, 600), orientation=6), "broken.png": b"no picture"}
    root = blog(tmp_path, files, config="[images]\nresize = false\n")
    with patch.object(pictures, "_opened", side_effect=AssertionError("it was decoded")):
        report = build_site(root)
    assert not said(report)
    assert not variants(root)
    image = page(root / "public/posts/x/index.html").one("article").find("img")[0]
    assert (image["width"], image["height"]) == ("600", "900")
    assert "srcset" not in image.attributes


def test_versions_in_avif(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"a.jpg": JPEG, "b.webp": picture("WEBP", (900, 600))}
    root = blog(tmp_path, files, config='[images]\nformat = "avif"\nwidths = [300, 1200]\nquality = 50\n')
    build_site(root)
    for number, name in enumerate("ab"):
        offered = candidates(root, number)
        assert list(offered.values()) == [300, 900]
        assert all(re.fullmatch(rf"posts/x/{name}-\d+w\.{HASH}\.avif", path) for path in offered)
        assert {opened((root / "public" / path).read_bytes()).format for path in offered} == {"AVIF"}


def test_a_format_that_cannot_be_written_is_a_mistake(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": JPEG}, config='[images]\nformat = "avif"\n')
    with patch("blogsite.images.processing.can_encode", return_value=False), pytest.raises(SiteError) as caught:
        build_site(root)
    assert str(caught.value).startswith(
        "blogsite.toml:4:1: error: Pillow, as it is installed here, cannot write avif\n"
    )
    assert not (root / "public").exists()


def test_a_change_of_quality_gives_other_versions_with_other_names(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": JPEG})
    build_site(root)
    before = tree(root / "public")
    write(root, {"blogsite.toml": CONFIG + "[images]\nquality = 20\n"})
    report = build_site(root)
    assert len(variants(root)) == 3
    assert not set(variants(root)) & set(before)
    assert set(report.changes.removed) == {path for path in before if re.search(rf"w\.{HASH}\.webp$", path)}
    smallest = variants(root)[0]
    assert len((root / "public" / smallest).read_bytes()) < min(
        len(data) for path, data in before.items() if "-480w." in path
    )


@pytest.mark.parametrize(
    "line",
    [
        "widths = []",
        "widths = [0]",
        "widths = 480",
        'widths = ["480"]',
        "widths = [20000]",
        "widths = [true]",
        "quality = 0",
        "quality = 101",
        'format = "jpeg"',
        "resize = 1",
        "size = 3",
    ],
)
def test_settings_that_cannot_be_used_are_mistakes(line: str) -> None:
    with pytest.raises(SiteError, match=r"^blogsite.toml:2:1: error: (?:unknown key )?images\."):
        parse_config(f"[images]\n{line}\n")


def test_widths_are_sorted() -> None:
    assert parse_config("[images]\nwidths = [800, 300, 800]\n").images_widths == (300, 800)


def test_what_is_only_listed_is_not_decoded(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": JPEG})
    with patch.object(pictures, "_opened", side_effect=AssertionError("it was decoded")):
        assert "X" in run("list", cwd=root).stdout


# ── again and again ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_nothing_is_decoded_again_and_only_what_changed_is_written(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": JPEG, "b.png": png(900)})
    build_site(root)
    before = tree(root / "public")
    write(root, {"posts/y.md": post("Y", hidden="true"), "posts/x/a.jpg": JPEG})  # one that is written, but the same
    with patch.object(pictures, "_opened", side_effect=AssertionError("it was decoded again")):
        report = build_site(root)
        assert not [path for path in report.changes.written if path.startswith("posts/x/")]
        assert not build_site(root).changes.written
    write(root, {"posts/x/b.png": png(901)})
    report = build_site(root)
    old, new = plan_variants(before, "b"), plan_variants(tree(root / "public"), "b")
    assert len(old) == len(new) == 3
    assert not set(old) & set(new)
    own = {path for path in report.changes.written if path.startswith("posts/x/")}
    assert own == {"posts/x/index.html", "posts/x/b.png", *new}
    assert set(report.changes.removed) == set(old)
    assert plan_variants(before, "a") == plan_variants(tree(root / "public"), "a")


def plan_variants(files: dict[str, bytes], stem: str) -> dict[str, bytes]:
    return {path: data for path, data in files.items() if re.fullmatch(rf"posts/x/{stem}-\d+w\.{HASH}\.webp", path)}


def test_versions_are_kept_until_no_page_shows_them(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": JPEG, "b.png": png(900)})
    build_site(root)
    kept = root / ".blogsite/pictures"
    assert len(list(kept.iterdir())) == 6
    with patch.object(pictures, "encode", side_effect=AssertionError("it was encoded again")):
        build_site(root, BuildOptions(output=root / "look"))
    assert tree(root / "look") == tree(root / "public")
    write(root, {"posts/x/index.md": post("X", body="![A](a.jpg)\n")})
    build_site(root)
    assert len(list(kept.iterdir())) == 3
    for file in kept.iterdir():
        file.write_bytes(file.read_bytes()[:-1])
    before = tree(root / "public")
    build_site(root, BuildOptions(output=root / "look"))
    (root / "public" / variants(root)[0]).unlink()
    build_site(root)
    assert tree(root / "public") == before
    build_site(root, BuildOptions(clean=True))
    assert tree(root / "public") == before


@pytest.mark.slow
def test_what_comes_out_does_not_depend_on_the_number_of_processes(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"{number}.jpg": picture("JPEG", (600 + number, 300)) for number in range(12)}
    files |= {"cut.png": png(900)[:-30], "no.png": b"no picture"}
    trees, messages = [], []
    for jobs in (1, 2):
        root = blog(tmp_path / str(jobs), files)
        messages.append(re.sub(r" in .*", "", run_alone("build", "--jobs", str(jobs), cwd=root).stderr))
        trees.append(tree(root / "public"))
    assert trees[0] == trees[1]
    assert messages[0] == messages[1]
    with ThreadPoolExecutor(2) as executor:  # as on a cluster, whose workers do not see our files
        build_site(blog(tmp_path / "executor", files), BuildOptions(executor=executor))
    assert tree(tmp_path / "executor/public") == trees[0]
    assert messages[0].count("cannot be decoded") == 2
    assert sum(".webp" in path for path in trees[0]) == 24


def test_nothing_heavy_is_imported_while_no_picture_is_new(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": JPEG, "b.png": png(900)})
    build_site(root)
    write(root, {"posts/y.md": post("Y")})
    assert not imports_pillow(root)


# ── the preview ──────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_preview_serves_the_same_bytes_made_when_they_are_asked_for(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a 图.jpg": JPEG, "b.png": png(900)}, "![](<a 图.jpg>)\n\n![](b.png)")
    with serving(root) as server:
        assert not (root / ".blogsite/pictures").exists()
        run_alone("build", "--output", "look", cwd=root)
        for file in (root / ".blogsite/pictures").iterdir():
            file.unlink()
        wanted = {path: data for path, data in tree(root / "look").items() if re.search(rf"{HASH}\.webp", path)}
        assert len(wanted) == 6
        for path, data in wanted.items():
            answer = fetch(server.port, "/" + quote(path))
            assert (answer.status, answer.headers["content-type"]) == (200, "image/webp")
            assert answer.body == data
        assert len(list((root / ".blogsite/pictures").iterdir())) == 6
        shown = fetch(server.port, "/posts/x/").text
        assert all(quote(path) in shown for path in wanted)
        assert fetch(server.port, "/posts/x/b-480w.0123456789.webp").status == 404


def test_the_preview_remembers_what_it_has_decoded(tmp_path: Path) -> None:
    root = blog(tmp_path, {"a.jpg": JPEG, "cut.png": png(900)[:-30]})
    for times in (1, 2):
        session = Session(root, None, PublishFilter(preview=True), lambda stage, done, total: None)
        with patch.object(pictures, "_opened", side_effect=AssertionError) if times == 2 else patch.dict({}):
            session.refresh(None)
        assert session.state
        assert any("cut.png cannot be decoded" in str(diagnostic) for diagnostic in session.state.warnings)
        session.close()
