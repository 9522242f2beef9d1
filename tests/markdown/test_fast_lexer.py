"""The fast lexer gives the same tokens as Pygments."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexer import RegexLexer
from pygments.lexers import get_lexer_by_name

from blogsite.markdown.highlighting import fast_lexer as lexing
from blogsite.markdown.highlighting import languages
from blogsite.markdown.highlighting.fast_lexer import PLAIN, speed_up
from tests.support.sites import CHECKOUT

CASES = Path(__file__).parent / "cases"
SAMPLES = [
    Path(__file__).read_text(encoding="utf-8"),
    *(path.read_text(encoding="utf-8") for path in sorted(CASES.glob("*.md"))[:6]),
    (CHECKOUT / "static/css/style.css").read_text(encoding="utf-8")[:8000],
    (CHECKOUT / "Makefile").read_text(encoding="utf-8"),
]
NAMES = """python pycon javascript typescript bash console r go rust java c cpp
objc glsl csharp fsharp ruby sql html css json yaml toml
diff ini make docker kotlin swift haskell julia matlab tex lua perl php scala xml markdown nginx asm scheme elixir"""
LANGUAGES = NAMES.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_tokens(language: str) -> None:
    for sample in SAMPLES:
        assert_same(language, sample)


@pytest.mark.parametrize("language", ["python", "javascript", "bash", "rust", "yaml"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.sampled_from("""abf0 1.'"`\\/#\n\t{}()[]<>=-+*:;,$@%&|!?_中λ rf"""), max_size=120))
def test_the_same_tokens_of_any_text(language: str, text: str) -> None:
    assert_same(language, text)


def assert_same(language: str, text: str) -> None:
    lexer = get_lexer_by_name(language)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RegexLexer, "get_tokens_unprocessed", PLAIN)
        plain = list(lexer.get_tokens(text))
    speed_up()
    assert list(lexer.get_tokens(text)) == plain


@pytest.mark.parametrize("language", ["python", "cpp"])
def test_it_is_used(language: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """C++ finds its tokens by a method of its own, which calls the general one by name."""
    looked_up: list[str] = []

    def state(rules: object, known: object, name: str) -> dict[str, tuple[lexing.Rule, ...]]:
        looked_up.append(name)
        return defaultdict(tuple)

    languages.lexer.cache_clear()
    lexer = languages.lexer(language)
    assert lexer is not None
    monkeypatch.setattr(lexing, "_state", state)
    assert "".join(text for _, text in lexer.get_tokens("int x = 1;\n")) == "int x = 1;\n"
    assert "root" in looked_up


@pytest.mark.parametrize(
    ("pattern", "firsts"),
    [
        (r"a|[b-d]x|e?f", "abcdef"),
        (r"(?i)k", "Kk"),
        (r"(?i:\u212a)z", "Kk"),
        (r"(?=x)\d\b", "0123456789"),
        (r"(?<!a)(?:_|)+z", "_z"),
        (r"(x{0,2})(?>y)", "xy"),
        ("[^\x01-\x7f]", "\0"),
        (r"x*", None),
        (r"(a)?(?(1)b|c)", None),
        (r"$", None),
    ],
)
def test_how_a_match_can_begin(pattern: str, firsts: str | None) -> None:
    rule: lexing.Rule = (re.compile(pattern).match, None, None)
    assert lexing._beginnings(rule) == (None if firsts is None else frozenset(firsts))
