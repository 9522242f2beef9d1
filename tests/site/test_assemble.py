"""Assembling a site: published posts, their order and addresses, and conflicts between files."""

from __future__ import annotations

import re
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.build.context import BuildOptions
from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import SiteError
from blogsite.pages.pagination import paginate
from tests.support.sites import CONFIG, build_site, page, post, site, tree, warnings, write


def built(root: Path, options: BuildOptions | None = None) -> Path:
    """Build the site without messages, and return its output."""
    report = build_site(root, options)
    assert warnings(report) == []
    return root / "public"


def titles(file: Path) -> list[str]:
    """Return the titles on a list page in their order."""
    return [title.text for title in page(file).find(".p-name")]


def diagnostics(root: Path) -> str:
    with pytest.raises(SiteError) as caught:
        build_site(root)
    return str(caught.value)


# ── which posts ──────────────────────────────────────────────────────────────────────────────────────────────────────

STATES = {
    "posts/a.md": post("Apple", tags="[t]", categories="[c]"),
    "posts/d.md": post("Dragonfruit", draft="true", tags="[dt]", categories="[dc]", aliases="[/old-d/]"),
    "posts/f.md": post("Fig", "2026-01-02", tags="[ft]", aliases="[/old-f/]"),
    "posts/x.md": post("Xigua", expires="2024-06-01", tags="[xt]"),
    "posts/h.md": post("Hazelnut", hidden="true", tags="[ht]"),
    "posts/b/index.md": post("Bundled", "2030-01-01", body="![](p.svg)\n"),
    "posts/b/p.svg": "<svg xmlns='http://www.w3.org/2000/svg'/>",
}


def test_nothing_of_a_draft_a_future_or_an_expired_post_is_written_anywhere(tmp_path: Path) -> None:
    public = built(site(tmp_path, STATES))
    for path, data in tree(public).items():
        for word in ("Dragonfruit", "Fig", "Xigua", "Bundled"):
            assert word.encode() not in data, path
        assert not path.startswith(("posts/d/", "posts/f/", "posts/x/", "posts/b/", "tags/dt", "tags/ft", "tags/xt"))
    assert not (public / "old-d").exists()


def test_a_hidden_post_has_a_page_and_stands_in_no_list(tmp_path: Path) -> None:
    public = built(site(tmp_path, STATES))
    with_it = sorted(path for path, data in tree(public).items() if b"Hazelnut" in data)
    assert with_it == ["posts/h/index.html"]
    assert "noindex" in (public / "posts/h/index.html").read_text(encoding="utf-8")
    assert not (public / "tags/ht").exists()


def test_drafts_and_future_posts_are_shown_on_demand(tmp_path: Path) -> None:
    root = site(tmp_path, STATES)
    public = built(root, BuildOptions(publish_filter=PublishFilter(drafts=True, future=True)))
    assert set(titles(public / "index.html")) == {"Apple", "Dragonfruit", "Fig", "Bundled"}
    assert (public / "posts/b/p.svg").is_file()
    assert (public / "old-d/index.html").is_file()
    assert not (public / "posts/x").exists()


def test_what_is_left_out_says_why(tmp_path: Path) -> None:
    report = build_site(site(tmp_path, STATES))
    assert dict(report.unpublished) == {
        "posts/b/index.md": "future by 1460 days in UTC",
        "posts/d.md": "draft",
        "posts/f.md": "future by 12 h in UTC",
        "posts/x.md": "expired 579 days ago in UTC",
    }


def test_a_date_without_a_zone_is_in_the_sites_zone(tmp_path: Path) -> None:
    """The build is at noon UTC, 20:00 in Shanghai: 19:00 is past there, but in the future in UTC."""
    files: dict[str, str | bytes] = {"posts/a.md": post("A", "2026-01-01 19:00")}
    report = build_site(site(tmp_path / "shanghai", files, CONFIG + 'timezone = "Asia/Shanghai"\n'))
    assert report.posts == 1
    assert build_site(site(tmp_path / "utc", files)).posts == 0
    badge = page(tmp_path / "shanghai/public/index.html").one("time.dt-published")
    assert badge["datetime"] == "2026-01-01T19:00:00+08:00"
    assert badge.text == "1 Jan"


@pytest.mark.parametrize("name", ["_note.md", ".hidden.md", "_folder/a.md", ".folder/a.md", "bundle/README.md"])
def test_files_that_are_no_posts(tmp_path: Path, name: str) -> None:
    root = site(tmp_path, {"posts/bundle/index.md": post("Bundle"), f"posts/{name}": post("Note")})
    assert titles(built(root) / "index.html") == ["Bundle"]


def test_a_link_out_of_the_site_is_not_followed(tmp_path: Path) -> None:
    root = site(tmp_path / "blog", {"posts/a.md": post()})
    write(tmp_path, {"secret.md": post("Secret"), "secrets/s.md": post("Secret")})
    (root / "posts/s.md").symlink_to(tmp_path / "secret.md")
    (root / "posts/secrets").symlink_to(tmp_path / "secrets")
    (root / "posts/round").symlink_to(root / "posts")
    (root / "posts/nowhere.md").symlink_to(root / "gone.md")
    said = warnings(build_site(root))
    assert len(said) == 3
    assert "posts/s.md: warning: the symbolic link leads out of the site and is not followed\n" in said[1]
    assert b"Secret" not in b"".join(tree(root / "public").values())


# ── order and lists ──────────────────────────────────────────────────────────────────────────────────────────────────


def test_newest_first_and_equal_dates_in_the_order_of_their_paths(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/c.md": post("C"),
            "posts/a.md": post("A"),
            "posts/b/index.md": post("B"),
            "posts/new.md": post("New", "2025-01-01"),
            "posts/zone.md": post("Zone", "2024-12-31T23:30:00-05:00"),
        },
    )
    public = built(root)
    assert titles(public / "index.html") == ["Zone", "New", "A", "B", "C"]
    neighbours = page(public / "posts/a/index.html")
    links = {link.attributes["rel"]: link["href"] for link in neighbours.find("a") if "rel" in link.attributes}
    assert links["prev"] == "/posts/b/"
    assert links["next"] == "/posts/new/"


def test_pinned_posts_stand_first_at_home(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"posts/{day:02}.md": post(f"P{day}", f"2024-01-{day:02}") for day in range(1, 8)}
    files["posts/02.md"] = post("P2", "2024-01-02", pin="true")
    public = built(site(tmp_path, files, CONFIG + "per_page = 3\n"))
    assert titles(public / "index.html") == ["P2", "P7", "P6", "P5", "P4"]
    assert titles(public / "page/1/index.html") == ["P3", "P2", "P1"]


@given(st.integers(0, 60), st.integers(1, 12))
def test_pages_are_counted_from_the_oldest(count: int, size: int) -> None:
    items = list(range(count, 0, -1))
    pages = list(paginate(items, size, "/"))
    assert [item for _, _, own in pages for item in own] == items
    assert len(pages) == 1 + max(0, count // size - 1)
    assert all(len(own) == size for _, _, own in pages[1:])
    assert len(pages[0][2]) <= 2 * size - 1
    assert [address for _, address, _ in pages] == ["/", *(f"/page/{n}/" for n in range(len(pages) - 1, 0, -1))]
    for (newer, newer_address, _), (older, older_address, _) in pairwise(pages):
        assert newer.older == older_address
        assert older.newer == newer_address
        assert older.home == "/"
    assert pages[0][0].newer == pages[-1][0].older == ""


@given(st.integers(0, 60), st.integers(1, 12))
def test_a_new_newest_post_changes_home_and_at_most_one_other_page(count: int, size: int) -> None:
    before = {address: (pager, own) for pager, address, own in paginate(range(count, 0, -1), size, "/")}
    after = {address: (pager, own) for pager, address, own in paginate(range(count + 1, 0, -1), size, "/")}
    changed = {address for address in before if after[address] != before[address]} - {"/"}
    assert len(changed) <= 1
    assert len(after.keys() - before.keys()) <= 1


def test_a_new_post_leaves_old_list_pages_as_they_are(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {f"posts/{day:02}.md": post(f"P{day}", f"2024-01-{day:02}") for day in range(1, 10)}
    root = site(tmp_path, files, CONFIG + "per_page = 2\n")
    before = tree(built(root))
    write(root, {"posts/new.md": post("New", "2024-02-01")})
    after = tree(built(root))
    changed = {path for path, data in after.items() if before.get(path) != data}
    assert {path for path in changed if path.startswith("page/")} == {"page/3/index.html", "page/4/index.html"}
    assert "page/4/index.html" not in before


# ── tags and categories ──────────────────────────────────────────────────────────────────────────────────────────────


def test_tags_that_differ_in_case_share_a_page_under_the_commonest_spelling(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/a.md": post("A", "2024-01-01", tags="[Python]"),
            "posts/b.md": post("B", "2024-01-02", tags="[Python]"),
            "posts/c.md": post("C", "2024-01-03", tags="[python]"),
        },
    )
    (said,) = warnings(build_site(root))
    assert said.startswith("posts/c.md:4:7: warning: tag python is elsewhere written Python\n")
    public = root / "public"
    assert titles(public / "tags/Python/index.html") == ["C", "B", "A"]
    assert not (public / "tags/python").exists()
    assert page(public / "posts/c/index.html").one("a.p-category").text == "Python"
    listed = page(public / "tags/index.html").one("ul.all-tags")
    assert listed.text == "Python 3 posts"


def test_c_and_its_relatives_are_three_tags(tmp_path: Path) -> None:
    public = built(site(tmp_path, {"posts/a.md": post(tags='["C", "C++", "C#"]')}))
    assert {path.name for path in (public / "tags").iterdir() if path.is_dir()} == {"C", "C++", "C#"}
    links = {link.text: link["href"] for link in page(public / "posts/a/index.html").find("a.p-category")}
    assert links == {"C": "/tags/C/", "C++": "/tags/C%2B%2B/", "C#": "/tags/C%23/"}


def test_tags_that_clash_are_an_error_until_they_are_mapped(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(tags='["a b", "a-b", "？"]')})
    said = diagnostics(root)
    assert "posts/a.md:4:7: error: the tags a b and a-b would share the address /tags/a-b/" in said
    assert "posts/a.md:4:7: error: no address can be made of the tag ？" in said
    assert '[tags] map = {"a-b" = "…"}' in said
    write(root, {"blogsite.toml": CONFIG + '[tags]\nmap = {"a-b" = "a-minus-b", "？" = "question"}\n'})
    public = built(root)
    assert titles(public / "tags/a-minus-b/index.html") == titles(public / "tags/question/index.html") == ["A post"]


def test_categories_lie_in_each_other(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/a.md": post("A", "2024-01-01", categories="[[数学, 概率论]]"),
            "posts/b.md": post("B", "2024-01-02", categories="[数学]"),
        },
    )
    public = built(root)
    assert titles(public / "categories/数学/index.html") == ["B", "A"]
    assert titles(public / "categories/数学/概率论/index.html") == ["A"]
    links = [link["href"] for link in page(public / "posts/a/index.html").find("a.p-category")]
    assert links == ["/categories/%E6%95%B0%E5%AD%A6/", "/categories/%E6%95%B0%E5%AD%A6/%E6%A6%82%E7%8E%87%E8%AE%BA/"]


def test_the_archive_has_a_page_for_each_year(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("A"), "posts/b.md": post("B", "2023-05-06")})
    public = built(root)
    assert titles(public / "archive/index.html") == ["A", "B"]
    assert titles(public / "archive/2023/index.html") == ["B"]


# ── addresses ────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("path", "head", "output"),
    [
        ("posts/2024-01-02-熵.md", {}, "posts/熵/index.html"),
        ("posts/2024/deep/a.md", {}, "posts/a/index.html"),
        ("posts/bundle/index.md", {}, "posts/bundle/index.html"),
        ("posts/a.md", {"slug": "other"}, "posts/other/index.html"),
        ("posts/a.md", {"url": "/elsewhere/a.html"}, "elsewhere/a.html"),
        ("posts/a.md", {"permalink": "/elsewhere"}, "elsewhere/index.html"),
        ("pages/about.md", {}, "about/index.html"),
        ("pages/notes/index.md", {}, "notes/index.html"),
        ("pages/notes/deep.md", {}, "notes/deep/index.html"),
        ("pages/about.md", {"slug": "who"}, "who/index.html"),
    ],
)
def test_where_a_file_is_written(tmp_path: Path, path: str, head: dict[str, str], output: str) -> None:
    assert (built(site(tmp_path, {path: post(**head)})) / output).is_file()


def test_the_title_never_changes_an_address(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("One")})
    before = tree(built(root)).keys()
    write(root, {"posts/a.md": post("Two")})
    assert tree(built(root)).keys() == before


def test_dates_in_addresses_are_those_of_the_sites_zone(tmp_path: Path) -> None:
    config = CONFIG + 'permalink = "hexo"\ntimezone = "Asia/Shanghai"\n'
    root = site(tmp_path, {"posts/a.md": post(date="2024-01-01T20:00:00Z")}, config)
    assert (built(root) / "2024/01/02/a/index.html").is_file()


def test_two_posts_for_one_address_are_an_error_that_names_both(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/2024-01-01-a.md": post(), "posts/2024-01-02-a.md": post()})
    said = diagnostics(root)
    assert "posts/2024-01-02-a.md:1:1: error: posts/2024-01-02-a.md and posts/2024-01-01-a.md would both" in said
    assert "another slug" in said


MONTHLY: dict[str, str | bytes] = {
    f"posts/2019-0{month}-01-monthly.md": post(date=f"2019-0{month}-01") for month in range(1, 8)
}


def test_posts_of_one_name_are_one_error_with_a_permalink_that_tells_them_apart(tmp_path: Path) -> None:
    said = diagnostics(site(tmp_path, MONTHLY))
    assert said.count("error:") == 1
    assert said.startswith(
        "posts/2019-02-01-monthly.md:1:1: error: posts/2019-02-01-monthly.md, posts/2019-01-01-monthly.md, "
        "posts/2019-03-01-monthly.md, posts/2019-04-01-monthly.md, posts/2019-05-01-monthly.md and 2 more would all be "
        "written to /posts/monthly/"
    )
    (permalink,) = re.findall(r'permalink = "[^"]*"', said)
    write(tmp_path, {"blogsite.toml": CONFIG + permalink})
    assert (built(tmp_path) / "posts/2019/07/01/monthly/index.html").is_file()


@pytest.mark.parametrize(
    ("permalink", "hint"),
    [
        ("/:slug.html", "/:year/:month/:day/:slug.html"),
        ("/a/:year/:title/", "/a/:year/:month/:day/:title/"),
        ("/:categories/:slug/", "/:categories/:year/:month/:day/:slug/"),
        ("pelican", "/:year/:month/:day/:title_slug.html"),
    ],
)
def test_the_permalink_with_dates_is_like_the_one_before(tmp_path: Path, permalink: str, hint: str) -> None:
    said = diagnostics(site(tmp_path, MONTHLY, CONFIG + f'permalink = "{permalink}"\n'))
    assert f'permalink = "{hint}"' in said


def test_posts_of_one_day_and_name_need_slugs(tmp_path: Path) -> None:
    said = diagnostics(site(tmp_path, {"posts/x/a.md": post(), "posts/y/a.md": post()}))
    assert "give one of them another slug\n" in said + "\n"
    assert "permalink" not in said


def test_letters_of_pelicans_addresses_need_a_package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("blogsite.core.transliteration.has_unidecode", lambda: False)
    root = site(tmp_path, {"posts/a.md": post("信息熵"), "posts/b.md": post("熵")}, CONFIG + 'permalink = "pelican"\n')
    (said,) = warnings(build_site(root))
    assert said.startswith(
        "posts/a.md:2:8: warning: Pelican writes the letters of this title in ASCII in the address, and 1"
    )
    assert (root / "public/信息熵.html").is_file()


def test_undated_posts_are_an_error_or_pages(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(date=None), "posts/b.md": post("B")})
    assert "posts/a.md:1:1: error: the post has no date" in diagnostics(root)
    write(root, {"blogsite.toml": CONFIG + 'undated = "page"\n'})
    public = built(root)
    assert (public / "a/index.html").is_file()
    assert titles(public / "index.html") == ["B"]


def test_aliases_forward_to_the_post(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {"posts/a.md": post("A & B", aliases="[/old/, /older.html, 'https://was.example/oldest', /posts/a/]")},
        'title = "Test"\nbase_url = "https://example.org/blog/"\n',
    )
    public = built(root)
    for path in ("old/index.html", "older.html", "oldest/index.html"):
        forwarding = page(public / path)
        refresh = [meta["content"] for meta in forwarding.find("meta") if "http-equiv" in meta.attributes]
        assert refresh == ["0; url=/blog/posts/a/"]
        (canonical,) = (link["href"] for link in forwarding.find("link") if link["rel"] == "canonical")
        assert canonical == "https://example.org/blog/posts/a/"
        assert forwarding.one("a")["href"] == "/blog/posts/a/"
        assert "noindex" in (public / path).read_text(encoding="utf-8")


def test_an_alias_that_leaves_the_site_or_takes_a_page_is_an_error(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post("A", aliases="[/../x/]"), "posts/b.md": post("B", aliases="[/posts/a/]")})
    said = diagnostics(root)
    assert "posts/a.md:4:10: error: alias /../x/: the address /../x/ leads out of the site" in said
    assert "posts/b.md: error:" in said
    assert "posts/a/index.html" in said


# ── files ────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_files_of_a_bundle_land_beside_its_page(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/x/index.md": post("X", body="[paper](paper.pdf) and [data](data/d.csv)\n"),
            "posts/x/paper.pdf": "%PDF",
            "posts/x/data/d.csv": "1,2",
            "posts/x/unused.txt": "also",
            "posts/loose.md": post("Loose", body="![drawing](pics/p.svg)\n"),
            "posts/pics/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' width='20' height='10'/>",
            "static/CNAME": "example.org",
        },
    )
    public = built(root)
    assert (public / "posts/x/paper.pdf").read_text(encoding="utf-8") == "%PDF"
    assert (public / "posts/x/data/d.csv").is_file()
    assert (public / "posts/x/unused.txt").is_file()
    assert (public / "CNAME").is_file()
    image = page(public / "posts/loose/index.html").one("img")
    assert image["src"] == "/posts/loose/pics/p.svg"
    assert (image["width"], image["height"], image["loading"]) == ("20", "10", "lazy")
    assert (public / "posts/loose/pics/p.svg").is_file()
    assert page(public / "index.html").find("img")[0]["src"] == "/posts/loose/pics/p.svg"


def test_links_between_posts_are_addresses(tmp_path: Path) -> None:
    root = site(
        tmp_path,
        {
            "posts/2024-01-01-a.md": post("A", body="[to b](2024-01-02-b.md#part) and [about](../pages/about.md)\n"),
            "posts/2024-01-02-b.md": post("B", body="## Part {#part}\n"),
            "pages/about.md": post("About", None),
        },
        'title = "Test"\nbase_url = "https://example.org/blog"\n',
    )
    links = [link["href"] for link in page(built(root) / "posts/a/index.html").one(".e-content").find("a")]
    assert links == ["/blog/posts/b/#part", "/blog/about/"]


def test_a_missing_image_is_a_warning_with_the_nearest_one(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": post(body="Text.\n\n![x](imgae.png)\n"), "posts/image.png": b""})
    (said,) = warnings(build_site(root))
    assert said == (
        "posts/a.md:8:6: warning: the image imgae.png does not exist\n"
        "    did you mean posts/image.png? Paths count from the post's own folder, or from static/ after a /"
    )


def test_the_menu_lists_standalone_pages_unless_it_is_written(tmp_path: Path) -> None:
    files: dict[str, str | bytes] = {"posts/a.md": post(), "pages/about.md": post("About", None)}
    menu = page(built(site(tmp_path / "a", files)) / "index.html").one("nav.site-menu")
    assert [(link.text, link["href"]) for link in menu.find("a")][-1] == ("About", "/about/")
    config = CONFIG + '[[menu]]\nname = "Elsewhere"\nurl = "https://elsewhere.example/"\n'
    menu = page(built(site(tmp_path / "b", files, config)) / "index.html").one("nav.site-menu")
    assert [(link.text, link["href"]) for link in menu.find("a")] == [("Elsewhere", "https://elsewhere.example/")]


def test_an_empty_site_is_a_site(tmp_path: Path) -> None:
    public = built(site(tmp_path, {}))
    assert "No posts yet." in page(public / "index.html").text
