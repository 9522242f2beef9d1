"""Slugs, permalinks and addresses: the rules of the README, and safe results for any text."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.core.permalinks import is_pattern, post_address
from blogsite.core.slugs import post_name, slugify, term_slug, without_date
from blogsite.core.urls import AddressError, output_path, parse_address

RESERVED = set("<>:\"/\\|?*%#&=+;,@$!'()[]{}^`~ \t\n\0")
"""What file systems or URLs keep for themselves, and what would have to be escaped in a shell."""

any_text = st.text(st.characters()) | st.text("aé熵-_. /\\:%+#~\u0301\u200d🍄\0", max_size=300)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Few-shot learning", "Few-shot-learning"),
        ("熵与最大熵原理", "熵与最大熵原理"),
        ("中文，标点。和 English", "中文-标点-和-English"),
        ("a  --  b", "a-b"),
        ("v1.2_final", "v1.2_final"),
        ("...dots...", "dots"),
        ("🍄 mushrooms 👩‍🔬", "🍄-mushrooms-👩‍🔬"),
        ("Cafe\u0301", "Café"),
        ('a/b\\c:d*e?f"g<h>i|j', "a-b-c-d-e-f-g-h-i-j"),
        ("../../etc/passwd", "etc-passwd"),
        ("C++", "C"),
        ("！？", ""),
        ("हिन्दी", "हिन्दी"),
    ],
)
def test_slugs(text: str, slug: str) -> None:
    assert slugify(text) == slug


@pytest.mark.parametrize(("name", "slug"), [("C", "C"), ("C++", "C++"), ("C#", "C#"), ("F #", "F-#"), ("a/b", "a-b")])
def test_slugs_of_tags_keep_plus_and_sharp(name: str, slug: str) -> None:
    assert term_slug(name) == slug


@given(any_text, st.sampled_from(["", "+#"]))
def test_a_slug_is_one_short_segment_in_nfc_and_its_own_slug(text: str, keep: str) -> None:
    slug = slugify(text, keep)
    assert slugify(slug, keep) == slug
    assert len(slug.encode()) <= 180
    assert unicodedata.is_normalized("NFC", slug)
    assert not set(slug) & (RESERVED - set(keep))
    assert slug.isprintable() or "\u200d" in slug
    assert "--" not in slug
    assert slug not in (".", "..")
    assert slug.strip("-.") == slug


def test_a_long_slug_is_cut_between_characters() -> None:
    assert slugify("熵" * 200) == "熵" * 60


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("posts/2024-01-02-entropy.md", "2024-01-02-entropy"),
        ("posts/2024/entropy.markdown", "entropy"),
        ("posts/mushroom/index.md", "mushroom"),
        ("posts/a/b.c.md", "b.c"),
        ("posts/index.md", "index"),
    ],
)
def test_stems(path: str, name: str) -> None:
    assert post_name(path) == name


@pytest.mark.parametrize(
    ("name", "rest"),
    [("2024-01-02-a", "a"), ("2024-1-2_a", "a"), ("2024-01-02", "2024-01-02"), ("a-2024-01-02", "a-2024-01-02")],
)
def test_names_without_their_dates(name: str, rest: str) -> None:
    assert without_date(name) == rest


@pytest.mark.parametrize(
    ("permalink", "address"),
    [
        ("/posts/:slug/", "/posts/Max-Entropy/"),
        ("jekyll", "/math/info/2024/01/02/Max-Entropy.html"),
        ("jekyll-pretty", "/math/info/2024/01/02/Max-Entropy/"),
        ("hugo", "/posts/max-entropy/"),
        ("hexo", "/2024/01/02/Max-Entropy/"),
        ("pelican", "/max-entropy.html"),
        ("/archives/:id/", "/archives/42/"),
        ("/:year/:filename/", "/2024/2024-01-02-Max-Entropy/"),
        ("/:title.html", "/Max-Entropy.html"),
    ],
)
def test_permalinks(permalink: str, address: str) -> None:
    found = post_address(
        permalink,
        source="posts/2024-01-02-Max-Entropy.md",
        slug="",
        date=datetime(2024, 1, 2, tzinfo=UTC),
        categories=(("math", "info"),),
        id="42",
    )
    assert found == address


@pytest.mark.parametrize(
    ("permalink", "wanted"), [("/:id/", "needs an id"), ("/:year/:slug/", "needs a date"), ("hexo", "needs a date")]
)
def test_a_permalink_that_asks_for_what_a_post_has_not(permalink: str, wanted: str) -> None:
    with pytest.raises(AddressError, match=wanted):
        post_address(permalink, source="posts/a.md", slug="", date=None, categories=(), id="")


def test_an_address_is_percent_encoded_and_its_output_path_is_not() -> None:
    address = post_address("/posts/:slug/", source="posts/熵.md", slug="", date=None, categories=(), id="")
    assert address == "/posts/%E7%86%B5/"
    assert output_path(address) == "posts/熵/index.html"


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("/old", "/old/"),
        ("old/", "/old/"),
        ("/old.html", "/old.html"),
        ("/old.html/", "/old.html/"),
        ("/a/index.html", "/a/"),
        ("//a//b/./", "/a/b/"),
        ("https://example.org/was/here", "/was/here/"),
        ("/熵", "/%E7%86%B5/"),
        ("/%E7%86%B5/", "/%E7%86%B5/"),
        ("/a#b?c", "/a%23b%3Fc/"),
    ],
)
def test_addresses_of_authors(written: str, address: str) -> None:
    assert parse_address(written) == address


@pytest.mark.parametrize("written", ["/../a", "a/../../b", "/%2e%2e/a", "..\\a", "/a/\0", "/", "", "/index.html", "."])
def test_addresses_that_are_refused(written: str) -> None:
    with pytest.raises(AddressError):
        parse_address(written)


@given(any_text | st.text("./\\%2eE~:a", max_size=40))
def test_no_address_leaves_the_output_folder(written: str) -> None:
    try:
        address = parse_address(written)
    except AddressError as problem:
        message, hint = problem.args
        assert message
        assert hint
        return
    assert address.startswith("/")
    assert address.isascii()
    segments = output_path(address).split("/")
    assert not {"", ".", ".."} & set(segments)
    assert all(len(segment.encode()) <= 255 and segment.isprintable() and "\\" not in segment for segment in segments)
    assert parse_address(address) == address


@given(any_text, any_text, st.sampled_from(["/posts/:slug/", "jekyll", "pelican", "/:categories/:filename/"]))
def test_no_post_leaves_the_output_folder(name: str, slug: str, permalink: str) -> None:
    source = f"posts/{name.replace('/', '')}.md"
    try:
        address = post_address(
            permalink, source=source, slug=slug, date=datetime(2024, 1, 2), categories=((slug, name),), id=""
        )
    except AddressError:
        return
    assert not {"", ".", ".."} & set(output_path(address).split("/"))


@pytest.mark.parametrize("text", ["/posts/:slug/", "/:year/:title.html", "/archives/:id/"])
def test_patterns(text: str) -> None:
    assert is_pattern(text)


@pytest.mark.parametrize("text", ["posts/:slug/", "/:year/", "/:slugs/", "/../:slug/", "", "/"])
def test_no_patterns(text: str) -> None:
    assert not is_pattern(text)
