"""`blogsite serve`: pages over loopback, and no access for other hosts."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

import pytest

from blogsite.content.status import PublishFilter
from blogsite.core.diagnostics import Location, UsageError, error, warning
from blogsite.preview.overlay import error_page, script, with_script
from blogsite.preview.server import bind_socket
from blogsite.preview.session import Session
from tests.support.serving import Listener, Served, fetch, free_port, serving
from tests.support.sites import post, run_alone, site, tree, write

VIDEO = bytes(range(256)) * 40
CONFIG = 'title = "Test"\nbase_url = "https://example.org/blog/"\n'


def content(root: Path) -> Path:
    return site(
        root,
        {
            "posts/熵.md": post("Entropy", body="Words of entropy.\n"),
            "posts/d.md": post("Draft", draft="true"),
            "posts/f.md": post("Future", "2030-01-01"),
            "static/extra.css": "",
            "static/a b.txt": "blank",
            "static/video.mp4": VIDEO,
            "static/demo.html": "<!doctype html><body>demo</body>",
            "static/data.json": "{}",
            "secret.txt": "secret",
        },
        config=CONFIG,
    )


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """A site below a path, shown for the tests that change nothing of it."""
    folder = tmp_path_factory.mktemp("served")
    root = content(folder / "site")
    write(folder, {"secret.txt": "secret"})
    (root / "static" / "link").symlink_to(folder)
    (root / "static" / "link.txt").symlink_to(folder / "secret.txt")
    with serving(root) as server:
        yield server


def built(page: str) -> str:
    """A page as it is built: without what the preview adds."""
    page = re.sub(r'<aside id="blogsite-warnings".*?</aside>\n', "", page, flags=re.S)
    return re.sub(r'<script src="/_blogsite/[^>]*></script>\n', "", page)


# ── what is served ───────────────────────────────────────────────────────────────────────────────────────────────────


def test_pages_are_served_at_their_addresses(served: Served) -> None:
    assert served.address == f"http://127.0.0.1:{served.port}/blog/"
    home = fetch(served.port, "/blog/")
    assert (home.status, home.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert home.headers["cache-control"] == "no-store"
    assert "Words of entropy" in fetch(served.port, "/blog/posts/%E7%86%B5/?q=1#x").text
    assert fetch(served.port, "/blog/extra.css").headers["content-type"] == "text/css; charset=utf-8"
    assert fetch(served.port, "/blog/feed.xml").headers["content-type"] == "application/xml"
    assert fetch(served.port, "/blog/data.json").headers["content-type"] == "application/json"
    assert fetch(served.port, "/blog/robots.txt").headers["content-type"] == "text/plain; charset=utf-8"
    assert fetch(served.port, "/blog/a%20b.txt").body == b"blank"


def test_a_page_is_what_a_build_writes_and_the_script(served: Served, tmp_path: Path) -> None:
    root = content(tmp_path / "site")
    run_alone("build", "--drafts", "--future", "--output", "out", cwd=root)
    for path, data in tree(root / "out").items():
        if path in (".blogsite.json", "demo.html"):
            continue
        answer = fetch(served.port, "/blog/" + quote(path))
        if path.endswith(".html"):
            assert answer.text.count('<script src="/_blogsite/') == 1
            assert built(answer.text) == data.decode(), path
        else:
            assert answer.body == data, path


def test_drafts_and_future_posts_are_shown_and_marked(served: Served) -> None:
    home = fetch(served.port, "/blog/").text
    assert 'href="/blog/posts/d/"' in home
    assert 'href="/blog/posts/f/"' in home
    assert 'class="state"' in fetch(served.port, "/blog/posts/d/").text


def test_a_page_from_static_follows_its_changes_too(served: Served) -> None:
    assert "demo<script" in fetch(served.port, "/blog/demo.html").text


def test_a_folder_without_its_slash_is_redirected(served: Served) -> None:
    answer = fetch(served.port, "/blog/posts/%E7%86%B5?a=b")
    assert (answer.status, answer.headers["location"]) == (302, "/blog/posts/%E7%86%B5/?a=b")


def test_what_is_not_there_is_answered_with_the_404_page(served: Served) -> None:
    for path in ("/nowhere", "/nowhere/", "/css/", "/css", "/index.html/", "/.blogsite.json"):
        answer = fetch(served.port, "/blog" + path)
        assert (answer.status, answer.headers["content-type"]) == (404, "text/html; charset=utf-8"), path
        assert '<a class="skip"' in answer.text


def test_an_icon_that_browsers_ask_for_unasked_is_no_mistake(served: Served, tmp_path: Path) -> None:
    assert fetch(served.port, "/favicon.ico").status == 204
    root = site(tmp_path, {"posts/a.md": post("A")})
    with serving(root) as server:
        assert fetch(server.port, "/favicon.ico").status == 204
    write(root, {"static/favicon.ico": b"an icon"})
    with serving(root) as server:
        assert fetch(server.port, "/favicon.ico").body == b"an icon"


def test_below_a_base_path(served: Served) -> None:
    for path in ("/", "/blog"):
        answer = fetch(served.port, path)
        assert (answer.status, answer.headers["location"]) == (302, "/blog/")
    for path in ("/css/style.css", "/blogs/", "/blog/../css/style.css"):
        assert fetch(served.port, path).status == 404


# ── HTTP ─────────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_head_answers_without_a_body(served: Served) -> None:
    whole, head = fetch(served.port, "/blog/"), fetch(served.port, "/blog/", method="HEAD")
    assert (head.status, head.headers["content-length"], head.body) == (200, str(len(whole.body)), b"")
    assert fetch(served.port, "/blog/nowhere", method="HEAD").body == b""
    assert fetch(served.port, "/blog/video.mp4", method="HEAD").headers["content-length"] == str(len(VIDEO))
    assert fetch(served.port, "/_blogsite/changes", method="HEAD").body == b""


def test_other_methods_are_refused(served: Served) -> None:
    for method in ("POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "NONSENSE"):
        answer = fetch(served.port, "/blog/", method=method)
        assert (answer.status, answer.headers["allow"]) == (405, "GET, HEAD")


@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt",
        "/..%2fsecret.txt",
        "/%2e%2e/secret.txt",
        "/%252e%252e%252fsecret.txt",
        "/css/../../secret.txt",
        "/..%5csecret.txt",
        "/..\\secret.txt",
        "//../secret.txt",
        "/../site/secret.txt",
        "/%00",
        "/css%00/style.css",
        "/link/secret.txt",
        "/link.txt",
        "/posts/%E7%86%B5.md",
        "/blogsite.toml",
        "/" + "a" * 5000,
        "/%ff%fe",
        "//example.org/",
        "/%",
    ],
)
def test_nothing_outside_the_site_is_served(served: Served, path: str) -> None:
    for base in ("/blog", ""):
        answer = fetch(served.port, base + path)
        assert b"secret" not in answer.body
        assert answer.status in (404, 302)
        assert "example.org" not in answer.headers.get("location", "")
    assert fetch(served.port, "/blog/").status == 200  # and it still answers


def test_asked_for_by_another_name_it_gives_nothing_away(served: Served) -> None:
    port = served.port
    for host in (f"127.0.0.1:{port}", f"localhost:{port}", "localhost", f"LOCALHOST:{port}", f"[::1]:{port}"):
        assert fetch(port, "/blog/", host=host).status == 200, host
    own = socket.gethostname()
    for host in ("evil.example", f"evil.example:{port}", f"127.0.0.1.evil.example:{port}", "", ":", "[::1", f"{own}:1"):
        for path in ("/blog/", "/_blogsite/changes", "/blog/video.mp4"):
            answer = fetch(port, path, host=host)
            assert answer.status in (400, 421), host
            assert b"Entropy" not in answer.body


def test_bound_to_all_addresses_it_answers_to_each_of_its_own(tmp_path: Path) -> None:
    with serving(content(tmp_path), "--bind", "0.0.0.0") as server:
        assert server.address.startswith("http://127.0.0.1:")
        assert fetch(server.port, "/blog/", host=f"{socket.gethostname()}:{server.port}").status == 200
        assert fetch(server.port, "/blog/", host="127.0.0.1").status == 200
        for host in ("evil.example", "10.1.2.3", "127.0.0.1.evil.example"):
            assert fetch(server.port, "/blog/", host=host).status == 421


# ── the server itself ────────────────────────────────────────────────────────────────────────────────────────────────


def test_the_next_port_is_tried_while_one_is_taken() -> None:
    said: list[str] = []
    with bind_socket("127.0.0.1", free_port(), said.append) as first:
        port = first.getsockname()[1]
        with bind_socket("127.0.0.1", port, said.append) as second:
            assert second.getsockname()[1] > port
    assert f"port {port} is not available" in said[0]
    assert f"trying {port + 1}" in said[0]


@pytest.mark.parametrize("bind", ["192.0.2.1", "nowhere.invalid"])
def test_an_address_that_is_not_ours_is_wrong_usage(bind: str) -> None:
    with pytest.raises(UsageError, match="cannot listen on"):
        bind_socket(bind, 8000, lambda line: None)


def test_a_folder_that_is_no_site_is_wrong_usage(tmp_path: Path) -> None:
    assert "not a site" in run_alone("serve", cwd=tmp_path, code=2).stderr


def test_ctrl_c_ends_it_at_once_while_tabs_listen(tmp_path: Path) -> None:
    with serving(content(tmp_path)) as server:
        tabs = [Listener(server.port) for _ in range(3)]
        for tab in tabs:
            tab.next()
        start = time.monotonic()
        server.process.send_signal(signal.SIGINT)
        server.process.wait(timeout=10)
        assert time.monotonic() - start < 3
        for tab in tabs:
            tab.close()


@pytest.mark.slow
@pytest.mark.parametrize("command", ["build", "serve"])
@pytest.mark.parametrize("seconds", [0.5, 1.0, 1.5, 2.0])
def test_ctrl_c_ends_all_processes_at_once_without_a_traceback(tmp_path: Path, command: str, seconds: float) -> None:
    """As a terminal does it: every process hears of it, also those that are just being started."""
    text = "Words and `code`. " * 4000
    root = site(tmp_path, {f"posts/{number}.md": post(f"Post {number}", body=text) for number in range(200)})
    process = subprocess.Popen(
        [sys.executable, "-m", "blogsite", command, "--quiet"],
        cwd=root,
        start_new_session=True,
        stderr=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    start = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert time.monotonic() - start < 3
    assert b"Traceback" not in said, said.decode()


def test_public_is_not_touched_and_a_build_can_run_meanwhile(tmp_path: Path) -> None:
    root = content(tmp_path)
    with serving(root, "--no-drafts") as server:
        assert not (root / "public").exists()
        run_alone("build", cwd=root)
        before = tree(root / "public")
        assert fetch(server.port, "/blog/posts/d/").status == 404
        assert fetch(server.port, "/blog/posts/f/").status == 404
        page = fetch(server.port, "/blog/posts/%E7%86%B5/").text
        assert built(page).encode() == before["posts/熵/index.html"]
        write(root, {"posts/熵.md": post("Entropy", body="Other words.\n")})
        server.says("page")
        assert "Other words" in fetch(server.port, "/blog/posts/%E7%86%B5/").text
        assert tree(root / "public") == before


# ── changes ──────────────────────────────────────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module")
def writing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Served]]:
    """A site that tests write in; each leaves it without mistakes."""
    root = content(tmp_path_factory.mktemp("writing"))
    with serving(root) as server:
        yield root, server


def test_tabs_hear_of_each_change_once_and_of_style_sheets_alone(writing: tuple[Path, Served]) -> None:
    root, server = writing
    with closing(Listener(server.port)) as tab:
        at = json.loads(tab.next())["at"]
        write(root, {"posts/熵.md": post("Entropy", body="First change.\n")})
        news = json.loads(tab.next())
        assert news["after"] == at
        assert "sheets" not in news
        assert "First change" in fetch(server.port, "/blog/posts/%E7%86%B5/").text
        assert re.search(r"^posts/熵\.md: \d+ pages stale, \d+ ms$", server.says("熵").strip())
        write(root, {"static/extra.css": "a {}"})
        at = json.loads(tab.next())["at"]
        write(root, {"static/extra.css": "b {}"})
        assert json.loads(tab.next()) == {
            "at": news["at"][:-1] + "4",
            "after": at,
            "sheets": {"/blog/extra.css": "/blog/extra.css"},
        }
        assert fetch(server.port, "/blog/extra.css").body == b"b {}"


@pytest.mark.slow
def test_five_hundred_files_at_once_are_one_change(writing: tuple[Path, Served]) -> None:
    root, server = writing
    with closing(Listener(server.port)) as tab:
        first = int(json.loads(tab.next())["at"].rpartition("-")[2])
        write(root, {f"posts/many/{number}.md": post(f"Many {number}") for number in range(500)})
        assert int(json.loads(tab.next())["at"].rpartition("-")[2]) == first + 1
        assert fetch(server.port, "/blog/posts/499/").status == 200
        shutil.rmtree(root / "posts/many")
        assert int(json.loads(tab.next())["at"].rpartition("-")[2]) == first + 2
        assert fetch(server.port, "/blog/posts/499/").status == 404


def test_editors_files_are_no_change_and_a_file_saved_by_a_rename_is(writing: tuple[Path, Served]) -> None:
    root, server = writing
    with closing(Listener(server.port)) as tab:
        first = int(json.loads(tab.next())["at"].rpartition("-")[2])
        for name in (".熵.md.swp", "熵.md~", "#熵.md#", ".#熵.md"):
            write(root, {f"posts/{name}": "half a post"})
        write(root, {"posts/熵.md.new": post("Entropy", body="By a rename.\n")})
        os.replace(root / "posts/熵.md.new", root / "posts/熵.md")
        assert int(json.loads(tab.next())["at"].rpartition("-")[2]) == first + 1
        assert "By a rename" in fetch(server.port, "/blog/posts/%E7%86%B5/").text
        (root / "posts/熵.md").rename(root / "posts/entropy.md")
        tab.next()
        assert fetch(server.port, "/blog/posts/%E7%86%B5/").status == 404
        assert fetch(server.port, "/blog/posts/entropy/").status == 200
        (root / "posts/entropy.md").rename(root / "posts/熵.md")
        tab.next()


def test_a_file_that_is_being_written_is_read_once_there_is_something_in_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = content(tmp_path)
    session = Session(
        root, None, PublishFilter(drafts=True, future=True, preview=True), lambda stage, done, total: None
    )
    session.refresh(None)
    path = root / "posts/熵.md"
    path.write_bytes(b"")
    moments: list[float] = []

    def wait(seconds: float) -> None:
        moments.append(seconds)
        if len(moments) == 3:
            path.write_text(post("Entropy", body="Now all of it.\n"), encoding="utf-8")

    monkeypatch.setattr("blogsite.preview.source_cache.time.sleep", wait)
    session.refresh([str(path)])
    assert (session.errors, len(moments)) == ((), 3)
    path.write_bytes(b"")
    session.refresh([str(path)])
    assert session.errors
    assert sum(moments) < 0.5
    session.close()


def test_folders_that_go_and_come_back(writing: tuple[Path, Served]) -> None:
    root, server = writing
    with closing(Listener(server.port)) as tab:
        tab.next()
        (root / "posts").rename(root / "elsewhere")
        tab.next()
        assert fetch(server.port, "/blog/posts/%E7%86%B5/").status == 404
        assert fetch(server.port, "/blog/").status == 200
        (root / "elsewhere").rename(root / "posts")
        tab.next()
        assert fetch(server.port, "/blog/posts/%E7%86%B5/").status == 200
        write(root, {"posts/熵.md": post("Entropy", body="Seen in the new folder.\n")})
        tab.next()
        assert "Seen in the new folder" in fetch(server.port, "/blog/posts/%E7%86%B5/").text
        write(root, {"templates/404.html": "<body>mine</body>"})
        tab.next()
        assert "mine" in fetch(server.port, "/blog/nowhere").text
        shutil.rmtree(root / "templates")
        tab.next()
        assert "mine" not in fetch(server.port, "/blog/nowhere").text


def test_the_configuration_is_followed_wherever_it_leads(writing: tuple[Path, Served]) -> None:
    root, server = writing
    with closing(Listener(server.port)) as tab:
        tab.next()
        write(root, {"blogsite.toml": CONFIG.replace("Test", "Another")})
        tab.next()
        assert "<title>Another" in fetch(server.port, "/blog/").text
        write(root, {"blogsite.toml": CONFIG.replace("/blog/", "/notes/")})
        tab.next()
        assert fetch(server.port, "/").headers["location"] == "/notes/"
        write(root, {"blogsite.toml": "title = "})
        tab.next()
        broken = fetch(server.port, "/notes/")
        assert broken.status == 500
        assert "blogsite.toml:1" in broken.text
        write(root, {"blogsite.toml": CONFIG})
        tab.next()
        assert fetch(server.port, "/blog/").status == 200


# ── mistakes ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def test_a_mistake_is_shown_in_place_of_the_page_and_the_last_good_one_stays(writing: tuple[Path, Served]) -> None:
    root, server = writing
    good = post("Entropy", body="Good words.\n")
    with closing(Listener(server.port)) as tab:
        tab.next()
        write(root, {"posts/熵.md": good})
        tab.next()
        write(root, {"posts/熵.md": good.replace("date: 2024-01-02", "date: <never>")})
        tab.next()
        for address in ("/blog/", "/blog/posts/%E7%86%B5/", "/blog/feed.xml"):
            broken = fetch(server.port, address)
            assert broken.status == 500
            assert "posts/熵.md:3:" in broken.text
            assert "<mark>&lt;</mark>never&gt;" in broken.text
        assert 'href="?last-good"' in broken.text
        assert "Good words" in fetch(server.port, "/blog/posts/%E7%86%B5/?last-good").text
        assert fetch(server.port, "/blog/extra.css").status == 200
        assert "error: " in server.says("posts/熵.md:3")
        write(root, {"posts/熵.md": good})
        tab.next()
        assert fetch(server.port, "/blog/posts/%E7%86%B5/").status == 200


def test_a_mistake_in_a_template_breaks_only_the_pages_that_use_it(writing: tuple[Path, Served]) -> None:
    root, server = writing
    with closing(Listener(server.port)) as tab:
        tab.next()
        write(root, {"templates/archive.html": "a\n{{ nobody }}\n"})
        tab.next()
        broken = fetch(server.port, "/blog/archive/")
        assert broken.status == 500
        assert "templates/archive.html:2" in broken.text
        assert "{{ nobody }}" in broken.text
        assert fetch(server.port, "/blog/posts/%E7%86%B5/").status == 200
        assert fetch(server.port, "/blog/archive/?last-good").status == 200
        write(root, {"posts/f.md": post("Future", "2030-01-01", body="Changed meanwhile.\n")})
        tab.next()
        assert fetch(server.port, "/blog/archive/?last-good").status == 200
        shutil.rmtree(root / "templates")
        tab.next()
        assert fetch(server.port, "/blog/archive/").status == 200


def test_a_site_with_mistakes_from_the_start_is_shown_once_they_are_mended(tmp_path: Path) -> None:
    root = site(tmp_path, {"posts/a.md": "---\ntitle: [\n---\n"}, config=CONFIG)
    with serving(root) as server, closing(Listener(server.port)) as tab:
        tab.next()
        assert "error" in server.says("posts/a.md")
        broken = fetch(server.port, "/blog/posts/a/")
        assert broken.status == 500
        assert "last-good" not in broken.text
        write(root, {"posts/a.md": post("A")})
        tab.next()
        assert fetch(server.port, "/blog/posts/a/").status == 200


def test_warnings_are_listed_on_the_page_those_of_its_own_post_first(writing: tuple[Path, Served]) -> None:
    root, server = writing
    page = fetch(server.port, "/blog/posts/%E7%86%B5/").text
    assert "blogsite-warnings" not in page
    with closing(Listener(server.port)) as tab:
        tab.next()
        write(root, {"posts/a.md": post("A", body="![A](none.png)"), "posts/z.md": post("Z", body="[Z](none.md) <i>")})
        tab.next()
        box = re.search(r"<aside id=\"blogsite-warnings\".*?</aside>", fetch(server.port, "/blog/posts/z/").text, re.S)
        assert box
        assert re.findall("<code>posts/([az])", box[0]) == ["z", "a"]
        (root / "posts/a.md").unlink()
        (root / "posts/z.md").unlink()
        tab.next()


def test_the_error_page_shows_the_place_whatever_the_file_holds(tmp_path: Path) -> None:
    lines = ["x" * 100_000 + "<b>" + "y" * 100_000, "<script>alert(1)</script>"]
    write(tmp_path, {"posts/a.md": "\r\n".join(lines), "posts/b.md": b"\xff\xfe\0\n", "outside": ""})
    diagnostics = [
        error(Location("posts/a.md", 1, 100_001), "what <is> wrong", "do & mend", "code"),
        error(Location("posts/a.md", 2, 999), "beyond the end", "", "code"),
        error(Location("posts/a.md", 99, 1), "beyond the last line", "", "code"),
        error(Location("posts/b.md", 1, 1), "no text", "", "code"),
        error(Location("../../etc/passwd", 1, 1), "elsewhere", "", "code"),
        error(Location("posts/\0", 1, 1), "no name", "x" * 10_000_000, "code"),
        warning(Location("posts/a.md"), "only a warning", "", "code"),
        *(error(Location(f"posts/{number}.md"), "one of many", "", "code") for number in range(1000)),
    ]
    page = error_page(tmp_path, diagnostics, has_older=False).decode()
    assert len(page) < 20_000
    assert "<mark>&lt;</mark>b&gt;yyy" in page
    assert "&lt;script&gt;alert" in page
    assert "root:" not in page
    assert "and 986 more" in page
    assert "only a warning" not in page


def test_the_script_stands_at_the_end_of_the_body() -> None:
    assert with_script(b"<body>x</body></html>", "1", follow=False).endswith(b"</script>\n</body></html>")
    assert with_script(b"no body", "1", follow=True).startswith(b"no body<script")
    assert len(with_script(b"", "run-1", follow=True)) + len(script()) < 3100
