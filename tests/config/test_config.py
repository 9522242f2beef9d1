"""blogsite.toml: accepted values, messages for the others, and no traceback for any text."""

from __future__ import annotations

import tomllib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.config.loader import Config, parse_config
from blogsite.config.schema import KEYS
from blogsite.core.diagnostics import SiteError
from blogsite.core.values import Table


def diagnostics(text: str) -> list[str]:
    with pytest.raises(SiteError) as caught:
        parse_config(text)
    return [str(diagnostic) for diagnostic in caught.value.diagnostics]


def test_an_empty_file_means_the_defaults() -> None:
    assert parse_config("") == Config()


def test_every_section_is_read() -> None:
    config = parse_config(
        """
        title = "果壳"
        base_url = "https://example.org/blog/"
        [[menu]]
        name = "About"
        url = "/about/"
        [math]
        number = "all"
        [math.macros]
        "\\\\R" = "\\\\mathbb{R}"
        [tags]
        map = {"机器学习" = "ml"}
        [build]
        jobs = 2
        [theme.colours]
        accent = "#123456"
        [extra]
        icp = "备案"
        """
    )
    assert config.title == "果壳"
    assert config.base_url == "https://example.org/blog"
    assert config.menu == (("About", "/about/"),)
    assert config.math_number == "all"
    assert config.math_macros == (("\\R", "\\mathbb{R}"),)
    assert config.tags_map == (("机器学习", "ml"),)
    assert config.build_jobs == 2
    assert config.theme == Table((("colours", Table((("accent", "#123456"),))),))
    assert config.extra["icp"] == "备案"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("titel = 'a'", "blogsite.toml:1:1: error: unknown key titel\n    did you mean title?"),
        ("\n  titel = 'a'", "blogsite.toml:2:3: error: unknown key titel"),
        ("[maths]\nenable = true", "blogsite.toml:1:1: error: unknown key maths"),
        ("[math]\nenabled = true", "blogsite.toml:2:1: error: unknown key math.enabled\n    did you mean math.enable?"),
        ("jobs = 2", "blogsite.toml:1:1: error: unknown key jobs\n    did you mean build.jobs?"),
        ("qqqq = 1", "blogsite.toml:1:1: error: unknown key qqqq\n    remove it, or put it below [extra]"),
        ("per_page = 0", "blogsite.toml:1:1: error: per_page has a value that cannot be used\n    write a whole"),
        ("per_page = true", "write a whole number from 1"),
        ("title = 1", "write text in quotes"),
        ("base_url = 'example.org'", 'write an address such as "https://example.org"'),
        ("base_url = 'ftp://example.org'", "write an address such as"),
        ("timezone = 'Shanghai'", 'write a time zone such as "Asia/Shanghai"'),
        ("timezone = 'Asia'", 'write a time zone such as "Asia/Shanghai"'),
        ("timezone = '../../etc'", 'write a time zone such as "Asia/Shanghai"'),
        ("language = 'Chinese!'", 'write a language tag such as "zh-CN"'),
        ("permalink = '/:year/'", 'write one of "jekyll"'),
        ("feed_content = 'all'", 'write "full" or "summary"'),
        ("[math]\npackages = ['tikz']", 'write a list of "physics" and "siunitx"'),
        ("[math]\npackages = 'physics'", 'write a list of "physics" and "siunitx"'),
        ("extra_feeds = ['atom.xml']", "write paths of files from the root"),
        ("extra_feeds = ['/../atom.xml']", "write paths of files from the root"),
        ("output = '.'", 'write a folder such as "public"'),
        ("menu = [{name = 'a'}]", "write tables [[menu]] with name and url"),
        ("[theme]\ncolours = {}\ncolors = {}", "write colours or colors, not both"),
        ("[theme]\ncolor = {}", "not color"),
        ("[tags]\nmap = {a = 1}", "write a table of texts"),
        ("title = Blog", "blogsite.toml:1:9: error: the file is not valid TOML: invalid value\n    text is in quotes"),
        ("title = 'a'\ntitle = 'b'", "the file is not valid TOML: cannot overwrite a value"),
        ("title = 'a", "blogsite.toml:1:11: error: the file is not valid TOML"),
    ],
)
def test_mistakes_name_their_place_and_the_remedy(text: str, said: str) -> None:
    assert said in "\n".join(diagnostics(text))


def test_all_mistakes_are_reported_at_once() -> None:
    assert len(diagnostics("titel = 'a'\nper_page = 0\n[math]\noutput = 'svg'")) == 3


@pytest.mark.parametrize(
    "text",
    [
        "a = " + "[" * 20000,
        "a = " + "{a=" * 5000,
        "per_page = " + "9" * 5000,
        "title = '" + "a" * 1_000_000,
        "a." * 2000 + "a = 1",
        "extra." + "a." * 2000 + "a = 1",
        "[" * 10000,
        "\0",
        "\ufeff\ufeff",
        "timezone = '" + "a/" * 3000 + "'",
        'timezone = "\\u0000"',
        'output = "a\\u0000b"',
        'extra_feeds = ["/a\\u0000.xml"]',
        'base_url = "https://[::1"',
        'base_url = "https://example.org:port/"',
    ],
    ids=lambda text: text[:20],
)
def test_hostile_files_are_mistakes(text: str) -> None:
    assert diagnostics(text)


@given(st.text(st.characters(), max_size=200))
def test_no_text_makes_a_traceback(text: str) -> None:
    said = []
    try:
        parse_config(text)
    except SiteError as problem:
        said = [diagnostic.hint for diagnostic in problem.diagnostics]
    assert all(said)


simple = st.one_of(st.text(max_size=8), st.integers(), st.booleans(), st.floats(), st.datetimes())
inputs = st.recursive(
    simple, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3)
)


@given(st.dictionaries(st.sampled_from(sorted(KEYS)), inputs, max_size=6))
def test_no_value_makes_a_traceback(values: dict[str, object]) -> None:
    text = "".join(f"{key} = {toml(value)}\n" for key, value in values.items())
    tomllib.loads(text)
    said = []
    try:
        parse_config(text)
    except SiteError as problem:
        said = [diagnostic.location.line for diagnostic in problem.diagnostics]
    assert all(said)


def toml(value: object) -> str:
    """Return a value as TOML on one line."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return '"' + "".join(f"\\U{ord(char):08x}" for char in value) + '"'
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(item)}" for key, item in value.items()) + "}"
    return value.isoformat() if hasattr(value, "isoformat") else repr(value)


def test_the_starter_file_explains_every_key() -> None:
    text = (files("blogsite.cli") / "starter" / "blogsite.toml").read_text(encoding="utf-8")
    plain = text.replace("@AUTHOR@", '# author = ""').replace("@LANGUAGE@", '"en"').replace("@TIMEZONE@", '"UTC"')
    config = parse_config(plain)
    own = {"title", "language", "timezone", "locations"}
    assert {name: value for name, value in vars(config).items() if name not in own} == {
        name: value for name, value in vars(Config()).items() if name not in own
    }
    uncommented = "".join(
        line.removeprefix("# ") + "\n" for line in plain.splitlines() if not line.startswith("# ") or _is_key(line)
    )
    everything = parse_config(uncommented)
    named = {name for name, _, _ in everything.locations}
    assert named == {key.replace(".", "_") for key in KEYS} - {"extra"} | ({"extra"} & named)


def _is_key(line: str) -> bool:
    """Return whether a commented line is a setting that a user may uncomment."""
    head = line.removeprefix("# ").partition("=")[0].strip()
    return line.removeprefix("# ").startswith("[[") or ("=" in line and head.strip('"\\').replace("_", "").isalnum())


def test_colours_have_two_spellings() -> None:
    british, american = (
        parse_config(f'[theme]\n{key} = {{accent = "#123456"}}\nwidth = "40em"\n') for key in ("colours", "colors")
    )
    assert british.theme == american.theme
    assert british.theme["colours"]
