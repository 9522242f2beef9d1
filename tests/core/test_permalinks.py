"""Permalinks named after generators: the address that the generator itself gives a file, and that of blogsite.

Each row is one post of an existing site. KEPT rows give the generator's own address. In DIFFERENT ones the contract
decides otherwise, and the row says what the generator does.
"""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.config.loader import parse_config
from blogsite.config.settings import ParseSettings
from blogsite.core.permalinks import category_lists, post_address
from blogsite.core.urls import AddressError, output_path
from blogsite.markdown.post import parse
from blogsite.site.addresses import address_of

AN_ENTROPY = "/an-introduction-to-entropy.html"
DAY = "date: 2024-01-02"

KEPT = [
    # Jekyll: `date` is the permalink that a site has if it says nothing
    ("jekyll", "posts/_posts/2014-09-01-Hello-World.md", "", "/2014/09/01/Hello-World.html"),
    (
        "jekyll",
        "posts/2014-09-01-hello.markdown",
        "categories: [Math, Info Theory]",
        "/math/info theory/2014/09/01/hello.html",
    ),
    ("jekyll", "posts/2014-09-01-hello.md", "layout: post\ncategories: Math Stat", "/math/stat/2014/09/01/hello.html"),
    (
        "jekyll",
        "posts/2014-09-01-hello.md",
        "layout: post\ncategory: Info Theory",
        "/info theory/2014/09/01/hello.html",
    ),
    ("jekyll", "posts/2014-09-01-hello.md", "categories: [a, A, b]", "/a/b/2014/09/01/hello.html"),
    ("jekyll", "posts/news/_posts/2014-09-01-hello.md", "categories: [b]", "/news/b/2014/09/01/hello.html"),
    ("jekyll", "posts/_posts/news/2014-09-01-hello.md", "", "/2014/09/01/hello.html"),
    ("jekyll", "posts/2014-09-01-hello.md", "slug: Another One", "/2014/09/01/Another-One.html"),
    ("jekyll", "posts/2014-09-01-hello.md", "title: Something else", "/2014/09/01/hello.html"),
    ("jekyll", "posts/2014-09-01-hello.md", "date: 2014-09-03 10:00", "/2014/09/03/hello.html"),
    ("jekyll", "posts/2014-09-01-hello.md", "date: 2014-09-01 20:00:00 +0000", "/2014/09/02/hello.html"),
    ("jekyll", "posts/2014-9-1-hello.md", "", "/2014/09/01/hello.html"),
    ("jekyll", "posts/2009-03-12-hash-#1.md", "", "/2009/03/12/hash-1.html"),
    ("jekyll", "posts/2016-11-26-special-chars-(+).md", "", "/2016/11/26/special-chars-(+).html"),
    ("jekyll", "posts/2018-10-12-trailing-dots....md", "", "/2018/10/12/trailing-dots.html"),
    ("jekyll", "posts/2014-09-01-熵 与 信息.md", "categories: 数学", "/数学/2014/09/01/熵-与-信息.html"),
    ("jekyll", "posts/2014-09-01-hello.md", "permalink: /about/hello.html", "/about/hello.html"),
    ("jekyll", "posts/2014-09-01-hello.md", "permalink: pretty", "/2014/09/01/hello.html"),
    ("jekyll-pretty", "posts/2014-09-01-Hello.md", "categories: [Math]", "/math/2014/09/01/Hello/"),
    ("jekyll-pretty", "posts/2014-09-01-v1.2.md", "", "/2014/09/01/v1.2/"),
    # Hugo: the path below content/, in lower case
    ("hugo", "posts/Hello World.md", DAY, "/posts/hello-world/"),
    ("hugo", "posts/a/B/Hello.md", DAY, "/posts/a/b/hello/"),
    ("hugo", "posts/bundle/index.md", DAY, "/posts/bundle/"),
    ("hugo", "posts/a/Bundle One/index.md", DAY, "/posts/a/bundle-one/"),
    ("hugo", "posts/a/hello.md", DAY + "\nslug: My-Slug", "/posts/a/my-slug/"),
    ("hugo", "posts/a/bundle/index.md", DAY + "\nslug: my slug", "/posts/a/my-slug/"),
    ("hugo", "posts/2024-01-02-hello.md", DAY, "/posts/2024-01-02-hello/"),
    ("hugo", "posts/2024-01-02-hello.md", "title: dated by its name", "/posts/hello/"),
    ("hugo", "posts/What's new, C++ (part 1).md", DAY, "/posts/whats-new-c++-part-1/"),
    ("hugo", "posts/a - b_c.d.md", DAY, "/posts/a-b_c.d/"),
    ("hugo", "posts/熵，与信息.md", DAY, "/posts/熵与信息/"),
    ("hugo", "posts/a.md", DAY + "\nurl: /2011/07/02/Teaching/", "/2011/07/02/Teaching/"),
    ("hugo", "posts/a.md", DAY + "\nurl: old.html", "/old.html"),
    ("hugo", "posts/a.md", DAY + "\ncategories: [x]", "/posts/a/"),
    # Hexo: :title is the path below source/_posts
    ("hexo", "posts/_posts/Hello-World.md", DAY, "/2024/01/02/Hello-World/"),
    ("hexo", "posts/LeetCode/0010-Regular.md", DAY, "/2024/01/02/LeetCode/0010-Regular/"),
    ("hexo", "posts/Hello World (1).md", DAY, "/2024/01/02/Hello World (1)/"),
    ("hexo", "posts/ABC232-部分题目题解.md", "date: 2013/7/13 20:46:25", "/2013/07/13/ABC232-部分题目题解/"),
    ("hexo", "posts/hello.md", DAY + "\nslug: ignored", "/2024/01/02/hello/"),
    ("hexo", "posts/2014-07-13-hexo-2-8.md", "date: 2014-07-14", "/2014/07/14/hexo-2-8/"),
    ("hexo", "posts/hello.md", DAY + "\npermalink: archives/Old", "/archives/Old/"),
    ("hexo", "posts/CF1764G3-Doremy&#39;s-Class.md", DAY, "/2024/01/02/CF1764G3-Doremy&#39;s-Class/"),
    # Pelican
    ("pelican", "posts/a.md", "Title: A\nDate: 2024-01-02\nSlug: My-Slug", "/My-Slug.html"),
    ("pelican", "posts/a.md", "Title: A\nDate: 2024-01-02\nSave_as: x/y/index.html", "/x/y/"),
    ("pelican", "posts/a.md", "Title: A\nDate: 2024-01-02\nurl: x/y.html\nsave_as: x/y.html", "/x/y.html"),
    # Zola, and tokens
    ("/posts/:slug/", "posts/Rust-1.0@0.md", '+++\npath = "2014/09/15/Rust-1.0"\n+++', "/2014/09/15/Rust-1.0/"),
    ("/:id/", "posts/a.md", DAY + "\nabbrlink: 4a17b156", "/4a17b156/"),
    ("/archives/:id", "posts/a.md", DAY + "\nid: 9403", "/archives/9403/"),
    ("/archives/:id.html", "posts/a.md", DAY + "\nid: 9403\nabbrlink: 1", "/archives/9403.html"),
    ("/blog/:year/:month/:day/:title/", "posts/2014-09-01-bash-bites.md", "", "/blog/2014/09/01/bash-bites/"),
    ("/:categories/:title/", "posts/a.md", DAY, "/a/"),
    ("/:categories/:title.html", "posts/a.md", DAY + "\ncategories: [[X, Y z]]", "/x/y-z/a.html"),
    ("/:year/:filename/", "posts/2014-09-01-a.md", "", "/2014/2014-09-01-a/"),
    ("/:title/", "posts/2014-09-01-C++ (1).md", "", "/C++-(1)/"),
    ("/:slug/", "posts/2014-09-01-C++ (1).md", "", "/C-1/"),
    ("/:title_slug/", "posts/2014-09-01-a.md", "title: Hello World, C++ 与 $x$", "/hello-world-c-与-x/"),
    ("/:filename_date/:slug/", "posts/2014-9-01-a.md", "", "/2014-9-01/a/"),
    ("/:year_:month/:slug/", "posts/2014-09-01-a.md", "", "/2014_09/a/"),
    # Pelican: SLUGIFY_SOURCE is "title", SLUGIFY_USE_UNICODE is False
    ("pelican", "posts/2024-01-02-Entropy.md", "Title: An introduction to entropy\nDate: 2024-01-02", AN_ENTROPY),
    ("pelican", "posts/a.md", "Title: 信息熵\nDate: 2024-01-02", "/xin-xi-shang.html"),
    ("pelican", "posts/a.md", "Title: C++ & C#: Straße -- d'été_1  x\nDate: 2024-01-02", "/c-c-strasse-dete_1-x.html"),
    ("pelican", "posts/a.md", "Title: Other\nSlug: Own-One\nDate: 2024-01-02", "/Own-One.html"),
    ("pelican", "posts/Entropy-2.md", "Title: ???\nDate: 2024-01-02", "/entropy-2.html"),
]

DIFFERENT = [
    # Hexo: …/Database/redis/index/; a bundle is its folder
    ("hexo", "posts/Database/redis/index.md", DAY, "/2024/01/02/Database/redis/"),
    # Zola: the path below content/, in ASCII; the folders of posts/ are no part of an address
    ("/posts/:slug/", "posts/2024/Rust-1.0.md", "+++\ndate = 2024-01-02\n+++", "/posts/Rust-1.0/"),
]


def address(permalink: str, path: str, head: str) -> str:
    """Return the decoded address of a post with this front matter, in the time zone of Shanghai."""
    config = parse_config(f'permalink = "{permalink}"\ntimezone = "Asia/Shanghai"\n', "blogsite.toml")
    settings = ParseSettings(config.markdown_settings(), config.timezone, 100, category_lists(permalink))
    bare = head.startswith(("+++", "Title:"))
    text = f"{head}\n\nText.\n" if bare else f"---\n{head}\n---\nText.\n"
    post = parse(path, "post", text.encode(), settings).post
    assert not [diagnostic for diagnostic in post.diagnostics if diagnostic.severity == "error"]
    return unquote(address_of(config, post.source, post.kind, post.meta))


@pytest.mark.parametrize(("permalink", "path", "head", "url"), KEPT)
def test_the_generators_own_address(permalink: str, path: str, head: str, url: str) -> None:
    assert address(permalink, path, head) == url


@pytest.mark.parametrize(("permalink", "path", "head", "url"), DIFFERENT)
def test_where_the_contract_wins(permalink: str, path: str, head: str, url: str) -> None:
    assert address(permalink, path, head) == url


@pytest.mark.parametrize("permalink", ["jekyll", "jekyll-pretty", "hugo", "hexo", "pelican"])
@given(name=st.text(min_size=1, max_size=60), folder=st.text("a A熵._-", max_size=5), slug=st.text(max_size=20))
def test_a_preset_makes_one_clean_path_or_says_why_not(permalink: str, name: str, folder: str, slug: str) -> None:
    source = f"posts/{folder.strip('.')}/{name.replace('/', '')}.md"
    date = datetime(2024, 1, 2, tzinfo=UTC)
    try:
        url = post_address(permalink, source=source, slug=slug, date=date, categories=((name,), (slug,)), id="")
    except AddressError:
        return
    assert url.startswith("/")
    assert url.isascii()
    assert not {"", ".", ".."} & set(output_path(url).split("/"))
