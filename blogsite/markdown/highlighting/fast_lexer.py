"""A faster loop for Pygments' RegexLexer with the same tokens.

Pygments tries the rules of a state one after another, some forty calls a token. Most of them cannot match at the
character at hand. Here the rules that can are looked up by it, and tried in the same order.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from importlib import import_module
from typing import Any, TypeAlias

from pygments.lexer import RegexLexer
from pygments.token import Error, Whitespace, _TokenType

Match: TypeAlias = "re.Match[str]"
Rule: TypeAlias = "tuple[Callable[[str, int], Match | None], Any, Any]"
"""What a rule matches, its token or callback, and the states that follow."""

LAST = "\x7f"
"""The last character for which rules are selected; for later ones all rules are tried."""
ASCII = tuple(map(chr, range(128)))
PLAIN = RegexLexer.get_tokens_unprocessed
"""Pygments' own loop."""


def speed_up() -> None:
    """Replace the loop of all RegexLexers in this process, also of those that are part of others.

    The class itself is changed, because the lexers of C and some fifty other languages call its method by name in their
    own.
    """
    RegexLexer.get_tokens_unprocessed = _tokens  # type: ignore[method-assign, assignment]


class _State(dict[str, tuple[Rule, ...]]):
    """A state of a lexer: character (or "" for the end of the text) → the rules that may match there."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._all = tuple(rules)
        self._beginnings = [_beginnings(rule) for rule in rules]

    def __missing__(self, character: str) -> tuple[Rule, ...]:
        if character > LAST:
            return self._all
        rules = zip(self._all, self._beginnings, strict=True)
        found = self[character] = tuple(rule for rule, firsts in rules if firsts is None or character in firsts)
        return found


_known: dict[int, tuple[object, dict[str, _State]]] = {}
"""Id of a lexer's rules → these rules, so that the id stays theirs, and the states met so far."""


def _tokens(lexer: Any, text: str, stack: Iterable[str] = ("root",)) -> Iterator[tuple[int, _TokenType, str]]:
    """Yield (position, type, text) of each token, as `PLAIN` does."""
    rules = lexer._tokens
    known = _known.setdefault(id(rules), (rules, {}))[1]
    position = 0
    states = list(stack)
    state = _state(rules, known, states[-1])
    while True:
        for find, action, target in state[text[position : position + 1]]:
            match = find(text, position)
            if match is None:
                continue
            if action is not None:
                if type(action) is _TokenType:
                    yield position, action, match.group()
                else:
                    yield from action(lexer, match)
            position = match.end()
            if target is not None:
                _move(states, target)
                state = _state(rules, known, states[-1])
            break
        else:
            if position >= len(text):
                return
            if text[position] == "\n":
                states = ["root"]
                state = _state(rules, known, "root")
                yield position, Whitespace, "\n"
            else:
                yield position, Error, text[position]
            position += 1


def _state(rules: Mapping[str, Sequence[Rule]], known: dict[str, _State], name: str) -> _State:
    if name not in known:
        known[name] = _State(rules[name])
    return known[name]


def _move(states: list[str], target: Any) -> None:
    """Change the stack of states: names, numbers of states to leave, "#pop", "#push"."""
    if isinstance(target, int):
        if abs(target) >= len(states):
            del states[1:]
        else:
            del states[target:]
        return
    for state in target if isinstance(target, tuple) else (target,):
        if state == "#pop":
            if len(states) > 1:
                states.pop()
        elif state == "#push":
            states.append(states[-1])
        else:
            states.append(state)


# ── how a match can begin ────────────────────────────────────────────────────────────────────────────────────────────


def _beginnings(rule: Rule) -> frozenset[str] | None:
    """Return the ASCII characters that a match of this rule can begin with; None if they are not known."""
    pattern = getattr(rule[0], "__self__", None)
    return _first(pattern.pattern, pattern.flags) if isinstance(pattern, re.Pattern) else None


@lru_cache(maxsize=4096)
def _first(pattern: str, flags: int) -> frozenset[str] | None:
    try:
        parsed = _inside("_parser").parse(pattern, flags)
        found, empty = _first_of(parsed, parsed.state.flags)
    except Exception:  # a future Python may have no such parser, or parse patterns into what is not known here
        return None
    return None if empty else found


def _inside(name: str) -> Any:
    """Return a private part of Python's regular expressions; nothing but speed may depend on it."""
    return import_module(f"re.{name}")


def _first_of(parsed: Any, flags: int) -> tuple[frozenset[str], bool]:
    """Return the characters that a match can begin with, perhaps with some more, and whether it can be empty."""
    found: frozenset[str] = frozenset()
    for operation, value in parsed:
        characters, empty = _first_of_one(operation, value, flags, parsed.state)
        found |= characters
        if not empty:
            return found, False
    return found, True


def _first_of_one(operation: Any, value: Any, flags: int, state: Any) -> tuple[frozenset[str], bool]:
    ops = _inside("_constants")
    if operation is ops.LITERAL and not flags & re.IGNORECASE:
        return frozenset(chr(value)), False
    if operation in (ops.LITERAL, ops.NOT_LITERAL, ops.IN, ops.ANY):
        single = _inside("_parser").SubPattern(state, [(operation, value)])
        one = _inside("_compiler").compile(single, flags)
        return frozenset(filter(one.match, ASCII)), False
    if operation in (ops.AT, ops.ASSERT, ops.ASSERT_NOT):
        return frozenset(), True
    if operation is ops.SUBPATTERN:
        _, added, removed, inner = value
        return _first_of(inner, (flags | added) & ~removed)
    if operation is ops.ATOMIC_GROUP:
        return _first_of(value, flags)
    if operation in (ops.MAX_REPEAT, ops.MIN_REPEAT, ops.POSSESSIVE_REPEAT):
        least, _, inner = value
        found, empty = _first_of(inner, flags)
        return found, empty or least == 0
    if operation is ops.BRANCH:
        branches = [_first_of(branch, flags) for branch in value[1]]
        return frozenset().union(*(found for found, _ in branches)), any(empty for _, empty in branches)
    return frozenset(ASCII), True  # a group once more, or what a later Python may know: anything
