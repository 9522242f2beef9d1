"""Pages, feeds and lists as other programs read them: marks in the HTML, valid XML, absolute addresses, metadata."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from blogsite.build.context import BuildOptions
from tests.support.sites import CONFIG, Element, build_site, page, post, site, tree, warnings

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
BLOG = 'title = "Test & more"\nbase_url = "https://example.org/blog/"\nlanguage = "zh-CN"\ntimezone = "Asia/Shanghai"\n'

KITCHEN_SINK = """\
Before the break, with a [link to the rest](#part) and a footnote.[^1]

![A drawing](drawing.svg "Drawn by hand")

<!-- more -->

## Part {#part}

Inline $a < b$ and display:

$$
a^2 + b^2 = c^2
$$

```python
print("hello")
```

[^1]: The note.
"""


@pytest.fixture(scope="module")
def public(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site on which every mark of the contract can be seen."""
    root = site(
        tmp_path_factory.mktemp("site"),
        {
            "posts/2024-09-27-sink/index.md": post(
                "Kitchen sink & <all>",
                "2024-09-27 20:30",
                KITCHEN_SINK,
                updated="2024-10-01",
                tags="[熵, C++]",
                categories="[[数学, 概率论]]",
                authors="[Lin Zhi]",
            ),
            "posts/2024-09-27-sink/drawing.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='40' height='30'/>",
            "posts/older.md": post("Older", "2024-01-02", "Short.\n", lang="en"),
            "posts/newer.md": post("Newer", "2025-01-02", "A\x08control\x0bcharacter ]]> & more.\n"),
            "posts/hidden.md": post("Hidden", "2024-01-02", hidden="true"),
            "pages/about.md": post("About", None),
        },
        BLOG,
    )
    assert warnings(build_site(root)) == []
    return root / "public"


def entry(list_page: Element, title: str) -> Element:
    """The post with this title in a list."""
    (found,) = (item for item in list_page.find("article.h-entry") if item.one(".p-name").text == title)
    return found


def test_every_page_is_well_formed_and_says_its_language(public: Path) -> None:
    files = list(public.rglob("*.html"))
    assert len(files) > 10
    for file in files:
        document = page(file)
        assert document.one("html")["lang"] == "zh-CN"
        assert document.one("title").text
        ids = [element["id"] for element in document.find("") if "id" in element.attributes]
        assert len(ids) == len(set(ids)), file


def test_marks_of_a_post(public: Path) -> None:
    article = page(public / "posts/sink/index.html").one("article.h-entry")
    assert article.one("h1.p-name").text == "Kitchen sink & <all>"
    assert article.one("a.u-url")["href"] == "/blog/posts/sink/"
    published = article.one("time.dt-published")
    assert published["datetime"] == "2024-09-27T20:30:00+08:00"
    assert published.text == "27 Sep"
    assert article.one("time.dt-updated")["datetime"] == "2024-10-01T00:00:00+08:00"
    content = article.one(".e-content")
    assert "Before the break" in content.text
    assert [span["id"] for span in content.find("span") if span.attributes.get("id") == "more"] == ["more"]
    terms = {link.text: link["href"] for link in article.find("a.p-category")}
    assert all(link["rel"] == "tag" for link in article.find("a.p-category"))
    assert terms == {
        "数学": "/blog/categories/%E6%95%B0%E5%AD%A6/",
        "概率论": "/blog/categories/%E6%95%B0%E5%AD%A6/%E6%A6%82%E7%8E%87%E8%AE%BA/",
        "熵": "/blog/tags/%E7%86%B5/",
        "C++": "/blog/tags/C%2B%2B/",
    }
    figure = content.one("figure")
    assert figure.one("img")["src"] == "/blog/posts/sink/drawing.svg"
    assert figure.one("figcaption").text == "Drawn by hand"
    assert len(content.find(".math.inline")) == len(content.find(".math.display")) == 1
    code = content.one("div.highlight").one("pre").one("code")
    assert "language-python" in code["class"].split()


def test_neighbours(public: Path) -> None:
    links = page(public / "posts/sink/index.html").find("a")
    relations = {link["rel"]: link["href"] for link in links if link.attributes.get("rel") in ("prev", "next")}
    assert relations == {"prev": "/blog/posts/older/", "next": "/blog/posts/newer/"}
    newest = page(public / "posts/newer/index.html").find("a")
    assert [link["rel"] for link in newest if link.attributes.get("rel") in ("prev", "next")] == ["prev"]


def test_marks_of_a_list_with_excerpts(public: Path) -> None:
    feed = page(public / "index.html").one(".h-feed")
    sink = entry(feed, "Kitchen sink & <all>")
    assert sink.one("a.u-url")["href"] == "/blog/posts/sink/"
    assert sink.one("time.dt-published").text == "27 Sep"
    summary = sink.one(".p-summary")
    assert "Before the break" in summary.text
    assert "FragmentRef" not in summary.text
    assert {link["href"] for link in summary.find("a")} >= {"/blog/posts/sink/#part"}
    assert summary.one("img")["src"] == "/blog/posts/sink/drawing.svg"
    more = sink.one("a.read-more")
    assert more["href"] == "/blog/posts/sink/#more"
    assert more.text == "点击阅读全文…"
    assert "Kitchen sink & <all>" in more["aria-label"]
    assert not entry(feed, "Older").find("a.read-more")
    assert entry(feed, "Older")["lang"] == "en"
    assert len(sink.find("a.p-category")) == 4


def test_marks_of_compact_lists(public: Path) -> None:
    for path in ("archive", "archive/2024", "tags/熵", "categories/数学", "categories/数学/概率论"):
        item = entry(page(public / path / "index.html").one(".h-feed"), "Kitchen sink & <all>")
        assert item.one("a.u-url")["href"] == "/blog/posts/sink/"
        assert item.one("time.dt-published").text == "27 Sep"
        assert not item.find(".p-summary")


def metas(document: Element) -> dict[str, str]:
    return {
        meta.attributes.get("property") or meta.attributes["name"]: meta["content"]
        for meta in document.find("meta")
        if meta.attributes.get("property") or meta.attributes.get("name")
    }


def test_what_the_head_says(public: Path) -> None:
    document = page(public / "posts/sink/index.html")
    links = {link["rel"]: link["href"] for link in document.find("link")}
    assert links["canonical"] == "https://example.org/blog/posts/sink/"
    said = metas(document)
    assert said["og:type"] == "article"
    assert said["og:url"] == "https://example.org/blog/posts/sink/"
    assert said["og:image"] == "https://example.org/blog/posts/sink/drawing.svg"
    assert said["og:title"] == "Kitchen sink & <all>"
    assert said["description"].startswith("Before the break, with a link to the rest")
    assert len(said["description"]) <= 160
    (script,) = (script for script in document.find("script") if "type" in script.attributes)
    assert script["type"] == "application/ld+json"
    data = json.loads("".join(child for child in script.children if isinstance(child, str)))
    assert data["headline"] == "Kitchen sink & <all>"
    assert data["datePublished"] == "2024-09-27T20:30:00+08:00"
    assert data["author"] == [{"@type": "Person", "name": "Lin Zhi"}]


def test_no_other_host(public: Path) -> None:
    for file in public.rglob("*.html"):
        document = page(file)
        for element in document.find(""):
            loads = element.name in ("img", "script", "source", "iframe", "video", "audio")
            loads = loads or (element.name == "link" and element["rel"] in ("stylesheet", "icon", "preload"))
            address = element.attributes.get("src") or element.attributes.get("href", "")
            loads = loads and (element.name != "script" or "src" in element.attributes)
            assert not loads or address.startswith("/blog/"), file


def test_every_link_within_the_site_leads_somewhere(public: Path) -> None:
    files = set(tree(public))
    for file in public.rglob("*.html"):
        document = page(file)
        ids = {element["id"] for element in document.find("") if "id" in element.attributes}
        for element in document.find(""):
            for name in ("href", "src"):
                address = element.attributes.get(name, "")
                path, _, fragment = address.removeprefix("https://example.org").partition("#")
                if not path:
                    assert not fragment or fragment in ids, f"{file}: {address}"
                elif path.startswith("/"):
                    assert path.startswith("/blog/"), f"{file}: {address}"
                    inside = unquote(path.removeprefix("/blog/"))
                    assert inside in files or inside + "index.html" in files, f"{file}: {address}"


# ── feeds and lists for machines ─────────────────────────────────────────────────────────────────────────────────────


def texts(element: ET.Element, name: str) -> list[str]:
    return [found.text or "" for found in element.iter(name)]


def test_the_atom_feed(public: Path) -> None:
    feed = ET.parse(public / "feed.xml").getroot()
    assert feed.tag == ATOM + "feed"
    assert feed.findtext(ATOM + "title") == "Test & more"
    assert feed.findtext(ATOM + "id") == "https://example.org/blog/"
    links = {link.get("rel"): link.get("href") for link in feed.findall(ATOM + "link")}
    assert links == {"self": "https://example.org/blog/feed.xml", "alternate": "https://example.org/blog/"}
    entries = feed.findall(ATOM + "entry")
    assert [item.findtext(ATOM + "title") for item in entries] == ["Newer", "Kitchen sink & <all>", "Older"]
    sink = entries[1]
    assert sink.findtext(ATOM + "published") == "2024-09-27T20:30:00+08:00"
    assert sink.findtext(ATOM + "updated") == "2024-10-01T00:00:00+08:00"
    content = sink.find(ATOM + "content")
    assert content is not None
    assert content.get("type") == "html"
    html = content.text or ""
    assert 'src="https://example.org/blog/posts/sink/drawing.svg"' in html
    assert 'href="https://example.org/blog/posts/sink/#part"' in html
    assert "<h2" in html  # the whole post
    assert "\x02" not in html
    assert {found.get("term") for found in sink.findall(ATOM + "category")} >= {"熵", "C++", "概率论"}
    for moment in [*texts(feed, ATOM + "updated"), *texts(feed, ATOM + "published")]:
        assert datetime.fromisoformat(moment).tzinfo
    assert len(set(texts(feed, ATOM + "id"))) == 4


def test_control_characters_never_reach_a_feed(public: Path) -> None:
    for path, data in tree(public).items():
        if path.endswith((".xml", ".json")):
            assert not set(data) & (set(range(32)) - {9, 10, 13}), path
    newer = ET.parse(public / "feed.xml").getroot().findall(ATOM + "entry")[0]
    assert "]]> " in (newer.findtext(ATOM + "content") or "").replace("&gt;", ">")


def test_the_json_feed(public: Path) -> None:
    feed = json.loads((public / "feed.json").read_text(encoding="utf-8"))
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["home_page_url"] == "https://example.org/blog/"
    item = feed["items"][1]
    assert item["url"] == item["id"] == "https://example.org/blog/posts/sink/"
    assert item["date_published"] == "2024-09-27T20:30:00+08:00"
    assert 'src="https://example.org/blog/posts/sink/drawing.svg"' in item["content_html"]
    assert item["tags"] == ["熵", "C++"]


def test_the_sitemap_holds_what_is_worth_finding(public: Path) -> None:
    locations = set(texts(ET.parse(public / "sitemap.xml").getroot(), SITEMAP + "loc"))
    base = "https://example.org/blog/"
    assert {base, base + "posts/sink/", base + "about/", base + "tags/%E7%86%B5/", base + "archive/"} <= locations
    assert not [location for location in locations if "hidden" in location or "404" in location or "/page/" in location]


def test_robots_and_404(public: Path) -> None:
    assert "Sitemap: https://example.org/blog/sitemap.xml" in (public / "robots.txt").read_text(encoding="utf-8")
    lost = page(public / "404.html")
    assert metas(lost)["robots"] == "noindex"
    assert not [link for link in lost.find("link") if link["rel"] == "canonical"]


def test_feeds_hold_summaries_and_stand_elsewhere_too_on_demand(tmp_path: Path) -> None:
    config = CONFIG + 'feed_content = "summary"\nfeed_limit = 2\nextra_feeds = ["/atom.xml"]\n[tags]\nfeeds = true\n'
    files: dict[str, str | bytes] = {
        f"posts/{n}.md": post(f"P{n}", f"2024-01-0{n}", "Begin.\n\n<!-- more -->\n\nEnd.\n", tags="[t]")
        for n in (1, 2, 3)
    }
    root = site(tmp_path, files, config)
    build_site(root)
    public = root / "public"
    feed = ET.parse(public / "atom.xml").getroot()
    assert [item.findtext(ATOM + "title") for item in feed.findall(ATOM + "entry")] == ["P3", "P2"]
    assert "End." not in (public / "feed.xml").read_text(encoding="utf-8")
    assert "Begin." in (feed.find(f"{ATOM}entry/{ATOM}summary").text or "")  # type: ignore[union-attr]
    tag = ET.parse(public / "tags/t/feed.xml").getroot()
    links = {link.get("rel"): link.get("href") for link in tag.findall(ATOM + "link")}
    assert links == {"self": "https://example.org/tags/t/feed.xml", "alternate": "https://example.org/tags/t/"}


def test_an_empty_site_has_valid_feeds(tmp_path: Path) -> None:
    root = site(tmp_path, {})
    build_site(root)
    assert ET.parse(root / "public/feed.xml").getroot().findtext(ATOM + "updated")
    assert json.loads((root / "public/feed.json").read_text(encoding="utf-8"))["items"] == []
    ET.parse(root / "public/sitemap.xml")


def test_without_an_address_links_start_at_the_root(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post()}, 'title = "Test"\n')
    assert "base_url is not set" in warnings(build_site(root))[0]
    home = (root / "public/index.html").read_text(encoding="utf-8")
    assert 'href="/posts/a/"' in home
    assert "canonical" not in home
    assert not list((root / "public").glob("*.xml")) + list((root / "public").glob("feed.json"))


# ── templates of one's own ───────────────────────────────────────────────────────────────────────────────────────────


def test_a_sites_templates_win_over_the_themes_file_by_file(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/a.md": post("A", layout="poem", mood="calm"),
            "posts/b.md": post("B"),
            "templates/poem.html": '{% extends "post.html" %}{% block main %}<p class="poem">{{ extra.mood }}</p>'
            "{% endblock %}",
            "templates/partials/footer-extra.html": "<p class='icp'>{{ site.extra.icp }}</p>",
            "static/css/style.css": "body { color: red }",
        },
        CONFIG + '[extra]\nicp = "京ICP备 <1>"\n',
    )
    assert warnings(build_site(root)) == []
    public = root / "public"
    poem = page(public / "posts/a/index.html")
    assert poem.one("p.poem").text == "calm"
    assert poem.one("p.icp").text == "京ICP备 <1>"
    assert not page(public / "posts/b/index.html").find("p.poem")
    assert (public / "css/style.css").read_text(encoding="utf-8") == "body { color: red }"


def test_a_template_may_extend_the_one_that_it_replaces(tmp_path: Path) -> None:
    template = (
        '{% extends "theme/post.html" %}{% block head %}<meta name="mine" content="1">{{ super() }}{% endblock %}'
    )
    root = site(tmp_path, {"posts/a.md": post("A"), "templates/post.html": template})
    build_site(root)
    document = page(root / "public/posts/a/index.html")
    assert metas(document)["mine"] == "1"
    assert document.one("h1.p-name").text == "A"


def test_the_same_site_is_built_the_same_twice(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {
        "posts/a.md": post("A", tags="[x, y]", body=KITCHEN_SINK),
        "posts/drawing.svg": b"<svg/>",
    }
    build_site(site(tmp_path / "one", files))
    build_site(site(tmp_path / "two", files), BuildOptions(clean=True))
    assert tree(tmp_path / "one/public") == tree(tmp_path / "two/public")
