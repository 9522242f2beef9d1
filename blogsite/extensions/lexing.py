"""The same tokens as Pygments' RegexLexer gives, sooner.

Pygments tries the rules of a state one after another, each with a call from Python: some forty calls a token. Here
the rules of a state that can stand beside each other are one pattern, whose alternatives the regular expression engine
tries in the same order by itself; what matched first is then known by the number of its group.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import groupby
from typing import Any, TypeAlias

from pygments.lexer import RegexLexer
from pygments.token import Error, Whitespace, _TokenType

Match: TypeAlias = "re.Match[str]"
Find: TypeAlias = "Callable[[str, int], Match | None]"
Rule: TypeAlias = "tuple[Find, Any, Any]"
Tries: TypeAlias = "tuple[tuple[Find, dict[int, Rule] | None, Rule], ...]"
"""What to try at a place: a pattern and, of one made of several rules, the rule of each group; else its only rule."""

# A rule that speaks of its own groups by number or name keeps its own pattern; flags it begins with go with it.
_ALONE = re.compile(r"\\[1-9]|\(\?(?:P[=<>]|\()")
_FLAGS = re.compile(r"\(\?([imsx]+)\)")


PLAIN = RegexLexer.get_tokens_unprocessed
"""Pygments' own loop."""


def quicken() -> None:
    """From now on all RegexLexers of this process find their tokens here, also those that are part of others.

    The class itself changes: C's lexer and some fifty more call its method by name, behind what their own does first.
    """
    RegexLexer.get_tokens_unprocessed = _tokens  # type: ignore[method-assign, assignment]


_known: dict[int, tuple[object, dict[str, Tries]]] = {}
"""By the id of a lexer's rules: the rules, so that the id stays theirs, and what to try in each state met so far."""


def _tokens(lexer: Any, text: str, stack: Iterable[str] = ("root",)) -> Iterator[tuple[int, _TokenType, str]]:
    """(position, kind, text) of each token, as `PLAIN` yields them."""
    rules_of_states = lexer._tokens
    known = _known.setdefault(id(rules_of_states), (rules_of_states, {}))[1]
    position = 0
    states = list(stack)
    tries = _tries(rules_of_states, known, states[-1])
    while True:
        for find, rules, rule in tries:
            match = find(text, position)
            if match is None:
                continue
            if rules is not None:
                rule = rules[match.lastindex]  # type: ignore[index]
            own_find, action, target = rule
            if action is not None:
                if type(action) is _TokenType:
                    yield position, action, match.group()
                else:
                    own = match if rules is None else own_find(text, position)
                    yield from action(lexer, own)
            position = match.end()
            if target is not None:
                _move(states, target)
                tries = _tries(rules_of_states, known, states[-1])
            break
        else:
            if position >= len(text):
                return
            if text[position] == "\n":
                states = ["root"]
                tries = _tries(rules_of_states, known, "root")
                yield position, Whitespace, "\n"
            else:
                yield position, Error, text[position]
            position += 1


def _move(states: list[str], target: Any) -> None:
    """Change the stack of states as a rule's TARGET says: names, numbers of states to leave, "#pop", "#push"."""
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


def _tries(rules_of_states: Mapping[str, list[Rule]], known: dict[str, Tries], state: str) -> Tries:
    if state not in known:
        runs = groupby(rules_of_states[state], key=_company)
        known[state] = tuple(one for flags, rules in runs for one in _joined(flags, list(rules)))
    return known[state]


def _company(rule: Rule) -> int | None:
    """The flags that a rule shares with those it can be joined to; None for one that stays alone."""
    pattern = _pattern(rule)
    if pattern is None or _ALONE.search(pattern.pattern):
        return None
    own = _FLAGS.match(pattern.pattern)
    return pattern.flags & ~sum(re.RegexFlag[letter.upper()] for letter in set(own[1])) if own else pattern.flags


def _joined(flags: int | None, rules: list[Rule]) -> Iterator[tuple[Find, dict[int, Rule] | None, Rule]]:
    patterns = [_pattern(rule) for rule in rules]
    if flags is not None and len(rules) > 1:
        groups: dict[int, Rule] = {}
        number = 1
        for rule, pattern in zip(rules, patterns, strict=True):
            assert pattern is not None
            number += pattern.groups
            groups[number] = rule
            number += 1
        # An empty group behind each: it closes last, and the engine still sees with which character a rule begins.
        alternatives = "|".join(f"{_scoped(pattern.pattern)}()" for pattern in patterns if pattern is not None)
        try:
            yield re.compile(alternatives, flags).match, groups, rules[0]
        except re.error:
            pass
        else:
            return
    for rule in rules:
        yield rule[0], None, rule


def _scoped(pattern: str) -> str:
    """PATTERN as a group, the flags it begins with for it alone."""
    own = _FLAGS.match(pattern)
    return f"(?{own[1]}:{pattern[own.end() :]})" if own else f"(?:{pattern})"


def _pattern(rule: Rule) -> re.Pattern[str] | None:
    own = getattr(rule[0], "__self__", None)
    return own if isinstance(own, re.Pattern) else None
