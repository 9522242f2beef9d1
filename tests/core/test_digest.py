"""digest: equal for equal values, different for different ones, and an error for values that are not plain data."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.content.model import FrontMatter
from blogsite.core.digest import digest, digest_bytes
from blogsite.core.values import Table


@dataclass(frozen=True)
class Pair:
    left: object
    right: object


@dataclass(frozen=True)
class Couple:
    left: object
    right: object


@dataclass
class Open:
    left: object


scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters()),
    st.binary(),
    st.dates(),
    st.datetimes(timezones=st.none() | st.just(UTC)),
)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4).map(tuple),
        st.frozensets(scalars, max_size=4),
        st.builds(Pair, inner, inner),
        st.builds(Couple, inner, inner),
    ),
    max_leaves=12,
)


def shape(value: object) -> object:
    """Return a value with its types, so that 1, True and 1.0 differ."""
    if isinstance(value, tuple):
        return ("tuple", *map(shape, value))
    if isinstance(value, frozenset):
        return ("frozenset", frozenset(map(shape, value)))
    if isinstance(value, Pair | Couple):
        return (type(value).__name__, shape(value.left), shape(value.right))
    return (type(value).__name__, repr(value))


@given(values, values)
def test_digests_are_equal_exactly_where_values_are(left: object, right: object) -> None:
    assert (digest(left) == digest(right)) == (shape(left) == shape(right))


@given(values)
def test_a_digest_is_forty_digits_and_stays_the_same(value: object) -> None:
    assert digest(value) == digest(value)
    assert len(digest(value)) == 40
    int(digest(value), 16)


@given(st.lists(st.text(), max_size=4), st.lists(st.text(), max_size=4))
def test_texts_side_by_side_do_not_run_together(left: list[str], right: list[str]) -> None:
    assert (digest(tuple(left)) == digest(tuple(right))) == (left == right)


@pytest.mark.parametrize(
    "value",
    [[1], {"a": 1}, {1}, object(), digest, Open(1), (1, [2]), Pair(1, {}), bytearray(b"a"), Path("a")],
    ids=["list", "dict", "set", "object", "function", "open", "in a tuple", "in a field", "bytearray", "path"],
)
def test_what_could_change_behind_our_back_has_no_digest(value: object) -> None:
    with pytest.raises(TypeError, match="no digest for"):
        digest(value)


def test_a_digest_is_the_same_in_another_process() -> None:
    value = FrontMatter(title="熵", tags=("a", "b"), date=datetime(2024, 1, 2, tzinfo=UTC), extra=Table((("k", 1.5),)))
    code = (
        "from datetime import datetime, UTC; from blogsite.content.model import FrontMatter;"
        "from blogsite.core.digest import digest; from blogsite.core.values import Table;"
        "print(digest(FrontMatter(title='熵', tags=('a', 'b'), date=datetime(2024, 1, 2, tzinfo=UTC),"
        " extra=Table((('k', 1.5),)))), digest(frozenset({'a', 'b', 'c'})))"
    )
    done = subprocess.run([sys.executable, "-X", "utf8", "-c", code], capture_output=True, encoding="utf-8", check=True)
    assert done.stdout.split() == [digest(value), digest(frozenset({"c", "b", "a"}))]


def test_dates_with_and_without_a_time_differ() -> None:
    assert digest(date(2024, 1, 2)) != digest(datetime(2024, 1, 2))


def test_bytes_of_files() -> None:
    assert digest_bytes(b"a") == digest_bytes(b"a") != digest_bytes(b"b")
