"""Pages of the author's own at the addresses of lists, and layouts with the names of the theme's templates."""

from __future__ import annotations

from pathlib import Path

import pytest

from blogsite.core.diagnostics import SiteError
from tests.support.sites import CONFIG, build_site, page, post, site, warnings

TWO_POSTS: dict[str, str | bytes] = {
    "posts/2024-01-02-a.md": post("A", "2024-01-02", tags="[x, y]", categories="[c]"),
    "posts/2024-03-02-b.md": post("B", "2024-03-02", tags="[x]"),
}
OWN_TEXT = "Words with $x^2$.\n\n## A part\n\n![A drawing](/drawing.svg)\n"
DRAWING = "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'/>"

PLACES = [
    ("pages/404.md", "", "404.html", ""),
    ("pages/tags.md", "", "tags/index.html", "/tags/x/"),
    ("pages/tags/index.md", "", "tags/index.html", "/tags/x/"),
    ("pages/categories.md", "", "categories/index.html", "/categories/c/"),
    ("pages/archive.md", "", "archive/index.html", "/posts/b/"),
    ("pages/index.md", "", "index.html", "/posts/b/"),
    ("pages/home.md", "/", "index.html", "/posts/b/"),
    ("pages/lost.md", "/404.html", "404.html", ""),
    ("pages/about-x.md", "/tags/x/", "tags/x/index.html", "/posts/b/"),
    ("posts/404.md", "/404.html", "404.html", ""),
    ("posts/old/categories.md", "/categories/", "categories/index.html", "/categories/c/"),
]


@pytest.mark.parametrize(("source", "url", "output", "listed"), PLACES, ids=[case[0] + case[1] for case in PLACES])
def test_a_page_at_the_address_of_a_list_stands_above_it(
    tmp_path: Path, source: str, url: str, output: str, listed: str
) -> None:
    own = post("My own", None, OWN_TEXT, **({"url": url} if url else {}))
    config = CONFIG + 'undated = "page"\n'
    root = site(tmp_path, {**TWO_POSTS, source: own, "static/drawing.svg": DRAWING}, config)
    assert warnings(build_site(root)) == []
    file = root / "public" / output
    document = page(file)
    text = file.read_text(encoding="utf-8")
    assert "My own" in text
    assert "x" in document.one(".math.inline").text
    assert [heading.text for heading in document.find("h2") if heading.attributes.get("id") == "a-part"] == ["A part"]
    assert text.count('src="/drawing.svg"') == 1
    assert "katex" in "".join(link["href"] for link in document.find("link") if "stylesheet" in link["rel"])
    if listed:
        assert listed in [link["href"] for link in document.find("a")]
        assert text.index("A part") < text.index(f'href="{listed}"', text.index("<main"))
    sitemap = (root / "public/sitemap.xml").read_text(encoding="utf-8")
    address = "https://example.org/" + output.removesuffix("index.html")
    assert sitemap.count(f"<loc>{address}</loc>") == (output != "404.html")


def test_a_layout_of_the_sites_own_is_the_whole_page(tmp_path: Path) -> None:
    files = {
        **TWO_POSTS,
        "pages/tags.md": post("Cloud", None, layout="cloud"),
        "templates/cloud.html": '{% extends "base.html" %}{% block main %}<p class="cloud">{{ title | rich }}</p>'
        "{% endblock %}",
    }
    root = site(tmp_path, files)
    assert warnings(build_site(root)) == []
    document = page(root / "public/tags/index.html")
    assert document.one("p.cloud").text == "Cloud"
    assert not document.find("ul.tags")


def test_a_post_with_a_date_does_not_take_the_place_of_a_list(tmp_path: Path) -> None:
    root = site(tmp_path, {**TWO_POSTS, "posts/c.md": post("C", url="/tags/")})
    with pytest.raises(SiteError, match=r"posts/c\.md and the page tags/index\.html would both be written"):
        build_site(root)


@pytest.mark.parametrize("layout", ["index", "archive", "terms", "list", "404", "base", "feed", "categories", "tags"])
def test_a_layout_that_is_for_no_post_is_a_warning(tmp_path: Path, layout: str) -> None:
    files = {**TWO_POSTS, "posts/c.md": post("C", layout=layout), "pages/d.md": post("D", None, layout=layout)}
    root = site(tmp_path, {**files, "templates/index.html": '{% extends "theme/index.html" %}'})
    (message,) = warnings(build_site(root))
    assert message.startswith(
        f"pages/d.md:3:9: warning: there is no template {layout}.html for posts and pages (nor for 1"
    )
    assert page(root / "public/posts/c/index.html").one("article.h-entry").one(".p-name").text == "C"


@pytest.mark.parametrize("layout", ["post", "Page", "default", "single", "page.html", "posts"])
def test_usual_layouts_say_nothing(tmp_path: Path, layout: str) -> None:
    root = site(tmp_path, {"posts/c.md": post("C", layout=layout)})
    assert warnings(build_site(root)) == []
    assert page(root / "public/posts/c/index.html").find("h1.p-name")
