"""Links between posts and to files, in the forms of all generators: the address, or a helpful warning."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote

import pytest

from blogsite.config.loader import Config
from blogsite.content.model import File, FragmentRef, FrontMatter, Post, Reference, RichText, Source
from blogsite.content.model import HtmlFragment as Html
from blogsite.core.digest import digest
from blogsite.core.file_state import Stat
from blogsite.core.suggest import MAX_QUERIES, Suggester
from blogsite.images.inspection import FileInspector
from blogsite.site.files import FileIndex
from blogsite.site.lookup import AddressedPost
from blogsite.site.references import ReferenceResolver
from tests.support.sites import CONFIG, build_site, page, post, site, warnings

SVG = "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'/>"

POSTS: Mapping[str, str | bytes] = {
    "posts/2014-01-02-first.md": post("First", None, "## Part one {#part}\n\n## 第二节\n"),
    "posts/second.md": post("Second", "2014-01-03", aliases="[/old/second.html]"),
    "posts/bundle/index.md": post("Bundle", body="## Intro\n"),
    "posts/bundle/inside.svg": SVG,
    "posts/熵 与信息.md": post("熵与信息"),
    "posts/sub/deep.md": post("Deep"),
    "posts/sub/twin.md": post("Twin", slug="twin-b"),
    "posts/other/twin.md": post("Twin too", slug="twin-a"),
    "posts/hidden.md": post("Draft", draft="true"),
    "posts/C++ tips.md": post("C++", slug="cpp", id="9403"),
    "pages/about.md": post("About", None),
    "posts/pics/near.svg": SVG,
    "static/images/far.svg": SVG,
    "static/assets/paper.pdf": "%PDF",
}


def linked(root: Path, body: str, *, at: str = "posts/asking.md", config: str = CONFIG) -> tuple[list[str], list[str]]:
    """Return the decoded addresses of links and images in a post with this text, and the warnings of the build."""
    report = build_site(site(root, {**POSTS, at: post("Asking", url="/asking/", body=body)}, config))
    content = page(root / "public/asking/index.html").one(".e-content")
    found = [element["href"] for element in content.find("a")] or [element["src"] for element in content.find("img")]
    return [unquote(address) for address in found], warnings(report)


LINKS = [
    ("[x](2014-01-02-first.md)", "/posts/first/"),
    ("[x](2014-01-02-first.md#part)", "/posts/first/#part"),
    ("[x](2014-01-02-first.md#第二节)", "/posts/first/#第二节"),
    ("[x](2014-01-02-first.md?a=b#part)", "/posts/first/?a=b#part"),
    ("[x](./second.md)", "/posts/second/"),
    ("[x](bundle/index.md#intro)", "/posts/bundle/#intro"),
    ("[x](bundle/index.md#Intro)", "/posts/bundle/#intro"),
    ("[x](bundle/)", "/posts/bundle/"),
    ("[x](second)", "/posts/second/"),
    ("[x](first)", "/posts/first/"),
    ("[x](2014-01-02-first)", "/posts/first/"),
    ("[x](sub/deep)", "/posts/deep/"),
    ("[x](deep.md)", "/posts/deep/"),
    ("[x](content/posts/sub/deep.md)", "/posts/deep/"),
    ("[x](../pages/about.md)", "/about/"),
    ("[x](/about)", "/about/"),
    ("[x](/posts/second)", "/posts/second/"),
    ("[x](/posts/second/)", "/posts/second/"),
    ("[x](/posts/second/index.html)", "/posts/second/"),
    ("[x](/posts/second.html)", "/posts/second/"),
    ("[x](/old/second.html)", "/posts/second/"),
    ("[x](/old/second)", "/posts/second/"),
    ("[x](/2014/01/02/first.html)", "/posts/first/"),
    ("[x](/math/2014/01/02/first/)", "/posts/first/"),
    ("[x](/2014/01/03/Second/#more)", "/posts/second/#more"),
    ("[x](</posts/sub/deep.md>)", "/posts/deep/"),
    ("[x](<熵 与信息.md>)", "/posts/熵-与信息/"),
    ("[x](%E7%86%B5%20%E4%B8%8E%E4%BF%A1%E6%81%AF.md)", "/posts/熵-与信息/"),
    ("[x](熵-与信息)", "/asking/熵-与信息"),
    ("[x](C++%20tips.md)", "/posts/cpp/"),
    ("[x](sub/twin.md)", "/posts/twin-b/"),
    ("{% post_link first x %}", "/posts/first/"),
    ("{% post_link First x %}", "/posts/first/"),
    ("{% post_link 熵与信息 x %}", "/posts/熵-与信息/"),
    ("[x]({% post_url 2014-01-02-first %})", "/posts/first/"),
    ("[x]({% post_url 2014-01-03-second %}#more)", "/posts/second/#more"),
    ("[x]({% link _posts/2014-01-02-first.md %})", "/posts/first/"),
    ("[x]({% link assets/paper.pdf %})", "/assets/paper.pdf"),
    ('[x]({{< ref "second.md" >}})', "/posts/second/"),
    ('[x]({{< relref "posts/sub/deep.md#x" >}})', "/posts/deep/#x"),
    ('[x]({{< ref "/posts/bundle" >}})', "/posts/bundle/"),
    ('[x]({{< ref "bundle/index.md#intro" >}})', "/posts/bundle/#intro"),
    ("[x]({filename}/sub/deep.md)", "/posts/deep/"),
    ("[x]({filename}second.md)", "/posts/second/"),
    ("[x](|filename|/sub/deep.md)", "/posts/deep/"),
    ("[x](@/posts/second.md)", "/posts/second/"),
    ("[x](@/posts/second.md#more)", "/posts/second/#more"),
    ("[x]({{ site.baseurl }}/posts/second/)", "/posts/second/"),
    ("[x](/assets/paper.pdf)", "/assets/paper.pdf"),
    ("[x](assets/paper.pdf#page=2)", "/assets/paper.pdf#page=2"),
    ("[x]({static}/assets/paper.pdf)", "/assets/paper.pdf"),
    ("[x](https://example.com/a.md)", "https://example.com/a.md"),
    ("[x](#here)", "#here"),
    ("[x](mailto:a@example.com)", "mailto:a@example.com"),
]


@pytest.fixture(scope="module")
def every_link(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], str]:
    body = "\n\n".join(written for written, _ in LINKS)
    found, said = linked(tmp_path_factory.mktemp("links"), body)
    return found, "\n".join(said)


def test_each_link_is_one(every_link: tuple[list[str], str]) -> None:
    assert len(every_link[0]) == len(LINKS)


@pytest.mark.parametrize("number", range(len(LINKS)), ids=[written for written, _ in LINKS])
def test_a_link_leads_where_its_author_meant(every_link: tuple[list[str], str], number: int) -> None:
    assert every_link[0][number] == LINKS[number][1]


def test_only_what_is_missing_is_warned_of(every_link: tuple[list[str], str]) -> None:
    assert every_link[1].count("warning:") == 1 + every_link[1].count("this post has no #")
    assert "posts/sub/deep.md has no heading #x" in every_link[1]


def test_fragments_of_other_posts_are_found_as_other_renderers_spell_them(tmp_path: Path) -> None:
    there = post("There", body="## C++ & C#\n## C C\n<a name=n></a>\n\n$$x\\label{eq:a}$$\n")
    here = "".join(f"[x](there.md#{name}) " for name in ("c--c", "c-c", "n", "eq-eq:a", "more", "C-C"))
    report = build_site(site(tmp_path, {"posts/there.md": there, "posts/here.md": post("Here", body=here)}))
    assert warnings(report) == []
    found = page(tmp_path / "public/posts/here/index.html").one(".e-content").find("a")
    fragments = [unquote(element["href"]).partition("#")[2] for element in found]
    assert fragments == ["c-c-1", "c-c", "n", "eq-eq:a", "more", "c-c"]


IMAGES = [
    ("![](pics/near.svg)", "/asking/pics/near.svg"),
    ("![](./pics/near.svg)", "/asking/pics/near.svg"),
    ("![](/images/far.svg)", "/images/far.svg"),
    ("![](images/far.svg)", "/images/far.svg"),
    ("![](../images/far.svg)", "/images/far.svg"),
    ("![](../static/images/far.svg)", "/images/far.svg"),
    ("![]({static}/images/far.svg)", "/images/far.svg"),
    ("![]({attach}pics/near.svg)", "/asking/pics/near.svg"),
    ("![]({static}/pics/near.svg)", "/asking/pics/near.svg"),
    ("![](/blog/images/far.svg)", "/images/far.svg"),
    ("![](/posts/bundle/inside.svg)", "/posts/bundle/inside.svg"),
    ("![](bundle/inside.svg)", "/asking/bundle/inside.svg"),
    ("![](own.svg)", "/asking/own.svg"),
    ("![](asking/own.svg)", "/asking/own.svg"),
    ("![](<图 1.svg>)", "/asking/图 1.svg"),
    ("![](图%201.svg)", "/asking/图 1.svg"),
    ("![](图 1.svg)", "/asking/图 1.svg"),
    ("![](Cafe\u0301.svg)", "/asking/Café.svg"),
    ("{% asset_img own.svg %}", "/asking/own.svg"),
    ("{% img /images/far.svg 200 a title %}", "/images/far.svg"),
    ('{{< figure src="/images/far.svg" title="x" >}}', "/images/far.svg"),
    ('<img src="own.svg">', "/asking/own.svg"),
    ("![](https://example.com/a.png)", "https://example.com/a.png"),
]
OWN = {"posts/asking/own.svg": SVG, "posts/asking/图 1.svg": SVG, "posts/asking/Café.svg": SVG}


@pytest.fixture(scope="module")
def every_image(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], list[str]]:
    root = tmp_path_factory.mktemp("images")
    config = 'title = "Test"\nbase_url = "https://example.org/blog/"\n'
    site(root, OWN, config)
    found, said = linked(root, "\n\n".join(written for written, _ in IMAGES), config=config)
    return [address.removeprefix("/blog") for address in found], said


@pytest.mark.parametrize("number", range(len(IMAGES)), ids=[written for written, _ in IMAGES])
def test_an_image_is_the_file_its_author_meant(every_image: tuple[list[str], list[str]], number: int) -> None:
    assert every_image[1] == []
    assert every_image[0][number] == IMAGES[number][1]


@pytest.mark.parametrize("permalink", ["hexo", "jekyll", "pelican"])
def test_relative_links_count_from_the_file_whatever_the_address(tmp_path: Path, permalink: str) -> None:
    config = CONFIG + f'permalink = "{permalink}"\n'
    found, said = linked(tmp_path, "[a](second) [b](bundle/) [c](../pages/about.md)\n", config=config)
    dated = {"hexo": "/2014/01/03/second/", "jekyll": "/2014/01/03/second.html", "pelican": "/second.html"}
    assert found[0] == dated[permalink]
    assert "bundle" in found[1]
    assert found[2] == "/about/"
    assert said == []


@pytest.mark.parametrize(
    ("body", "warning", "hint"),
    [
        ("[x](secnod.md)", "there is no post secnod.md", "nearest post: second"),
        ("[x](#) [y](../2014/frist.md)", "there is no post ../2014/frist.md", "nearest post: first"),
        ("[x](zzzzzzzz.md)", "there is no post zzzzzzzz.md", "no post has a similar name; correct the reference"),
        ("[x](twin.md)", "twin.md may be more than one post", "say which: posts/other/twin.md or posts/sub/twin.md"),
        ("[x](hidden.md)", "hidden.md is not published", "publish it, or remove the reference"),
        ("[x](second.md#nothing)", "posts/second.md has no heading #nothing", "no heading has a similar name; correct"),
        ("[x](bundle/index.md#Intor)", "posts/bundle/index.md has no heading #Intor", "nearest heading it has: intro"),
        ("[x]({% post_url 2014-01-09-first %})", "there is no post 2014-01-09-first", "nearest post: first"),
        ("![](pics/naer.svg)", "the image pics/naer.svg does not exist", "did you mean posts/pics/near.svg?"),
        ("![](/images/fra.svg)", "the image /images/fra.svg does not exist", "did you mean images/far.svg?"),
        ("[x](pics/gone.pdf)", "there is nothing at pics/gone.pdf", "put the file beside the post"),
    ],
)
def test_a_warning_says_where_what_and_what_instead(tmp_path: Path, body: str, warning: str, hint: str) -> None:
    _, (said,) = linked(tmp_path, body)
    first, second = said.split("\n")
    assert first.startswith("posts/asking.md:7:")
    assert first.endswith(f"warning: {warning}")
    assert second.strip().startswith(hint)


def test_of_twins_the_one_in_the_same_folder_is_meant(tmp_path: Path) -> None:
    found, said = linked(tmp_path, "[x](missing/twin.md)\n", at="posts/sub/asking.md")
    assert (found, said) == (["/posts/twin-b/"], [])


def test_of_twins_the_one_in_the_same_language_is_meant(tmp_path: Path) -> None:
    files = {
        "posts/en/a.md": post("A", lang="en", slug="a-en"),
        "posts/zh/a.md": post("A", lang="zh", slug="a-zh"),
        "posts/asking.md": post("Asking", url="/asking/", lang="zh", body="{% post_link a %}\n"),
    }
    assert build_site(site(tmp_path, files)).diagnostics == ()
    link = page(tmp_path / "public/asking/index.html").one(".e-content").one("a")
    assert (link["href"], link.text) == ("/posts/a-zh/", "A")


# ── many ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def _needing(source: str, references: tuple[Reference, ...]) -> Post:
    nothing = FragmentRef(digest(Html("")))
    date = datetime(2024, 1, 2, tzinfo=UTC)
    return Post(
        source,
        "post",
        digest(""),
        FrontMatter(date=date),
        RichText("", Html("")),
        FragmentRef(digest(Html("")), references),
        nothing,
    )


def test_thousands_of_wrong_references_take_seconds_not_minutes() -> None:
    stat = Stat(1, 1, 1, 1)
    posts = [
        AddressedPost(_needing(f"posts/a-post-about-{n}.md", (Reference("link", f"b-past-abuot-{n}.md"),)), f"/{n}/")
        for n in range(5000)
    ]
    files = [File(f"posts/pictures/picture-{n}.png", stat) for n in range(5000)]
    sources = [Source(item.post.source, "post", stat) for item in posts]
    start = time.process_time()
    index = FileIndex(posts, sources, files, {}, "", FileInspector(Path(), {}), Config().image_settings())
    resolver = ReferenceResolver(posts, [], index)
    for item in posts:
        resolver.resolved(item, (*item.post.body.references, Reference("image", f"pictuer-{item.url}.png")))
    resolver.resolved(
        posts[0], (Reference("link", "x" * 999_999 + ".md"), Reference("image", "../" * 99_999 + "x.png"))
    )
    assert time.process_time() - start < 10
    assert len(resolver.diagnostics) == 10_002
    assert sum("nearest post" in diagnostic.hint for diagnostic in resolver.diagnostics) == MAX_QUERIES


def test_the_nearest_of_many_names_are_found_by_what_they_share() -> None:
    names = [f"notes-on-chapter-{number}" for number in range(3000)] + ["entropy", "信息熵", "最大熵原理"]
    nearest = Suggester(names)
    assert nearest.to("entorpy", count=3, cutoff=0.5) == ["entropy"]
    assert nearest.to("最大熵的原理", count=3, cutoff=0.5) == ["最大熵原理"]
    assert nearest.to("qqqq", count=3, cutoff=0.5) == []
