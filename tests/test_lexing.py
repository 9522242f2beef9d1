"""The quick way to tokens gives the very tokens of Pygments."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

from blogsite.extensions.lexing import quicken

HERE = Path(__file__).parent
SAMPLES = [
    Path(__file__).read_text(encoding="utf-8"),
    *(path.read_text(encoding="utf-8") for path in sorted((HERE / "cases").glob("*.md"))[:6]),
    (HERE.parent / "static/css/style.css").read_text(encoding="utf-8")[:8000],
    (HERE.parent / "Makefile").read_text(encoding="utf-8"),
]
NAMES = """python pycon javascript typescript bash console r go rust java c csharp ruby sql html css json yaml toml
diff ini make docker kotlin swift haskell julia matlab tex lua perl php scala xml markdown nginx asm scheme elixir"""
LANGUAGES = NAMES.split()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_same_tokens(language: str) -> None:
    plain, quick = get_lexer_by_name(language), quicken(get_lexer_by_name(language))
    for sample in SAMPLES:
        assert list(quick.get_tokens(sample)) == list(plain.get_tokens(sample))


@pytest.mark.parametrize("language", ["python", "javascript", "bash", "rust", "yaml"])
@settings(max_examples=60, deadline=None)
@given(text=st.text(st.sampled_from("""abf0 1.'"`\\/#\n\t{}()[]<>=-+*:;,$@%&|!?_中λ rf"""), max_size=120))
def test_the_same_tokens_of_any_text(language: str, text: str) -> None:
    plain, quick = get_lexer_by_name(language), quicken(get_lexer_by_name(language))
    assert list(quick.get_tokens(text)) == list(plain.get_tokens(text))


def test_it_is_used() -> None:
    lexer = get_lexer_by_name("python")
    assert "get_tokens_unprocessed" in vars(quicken(lexer))
