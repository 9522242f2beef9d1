"""Parse dates as people write them.

A date without a zone is in the site's zone, never in UTC. A date that is ambiguous is an error, never a guess: year,
month and day stand in this order, or the month has a name, because 5/4/2021 is two days to two readers. That is why no
library does it: dateutil and dateparser guess.
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo

_TIME = (
    r"(?:\s*[Tt,]?\s*(?P<hour>\d{1,2})(?::|\s*[时時点點]\s*)(?P<minute>\d{1,2})(?:\s*分)?"
    r"(?::?\s*(?P<second>\d{1,2})(?:[.,](?P<fraction>\d{1,9}))?\s*秒?)?"
    r"\s*(?P<half>[AaPp][Mm])?"
    r"\s*(?P<zone>[Zz]|(?:UTC|GMT)?(?:[+-]\d{1,2}(?::?\d{2})?)|UTC|GMT)?(?:\s*\([^()]*\))?)?\s*"
)
_NUMBERS = re.compile(
    r"\s*(?P<year>\d{4})\s*[-/.年]\s*(?P<month>\d{1,2})\s*[-/.月]\s*(?P<day>\d{1,2})\s*(?:[日号]|(?!\d))" + _TIME
)
_DAY_MONTH = re.compile(
    r"\s*(?:[A-Za-z]{3,9},?\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?[\s-]+(?P<name>[A-Za-z]{3,9})\.?,?[\s-]+(?P<year>\d{4})(?!\d)"
    + _TIME
)
_MONTH_DAY = re.compile(
    r"\s*(?:[A-Za-z]{3,9},?\s+)?(?P<name>[A-Za-z]{3,9})\.?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year>\d{4})(?!\d)"
    + _TIME
)
_COMPACT = re.compile(r"(?P<year>[12]\d{3})(?P<month>\d{2})(?P<day>\d{2})")
_MILLISECONDS = re.compile(r"1\d{12}", re.ASCII)
"""Milliseconds since 1970, as JavaScript and some editors write: from 2001 to 2033."""
_AMBIGUOUS = re.compile(r"(\d{1,2})[-/.](\d{1,2})[-/.](\d{4}|\d{2})(?!\d)")
_MONTHS = (
    "january february march april may june july august september october november december".split()  # noqa: SIM905
)
_QUOTES = "\"'“”‘’ \t\n\u3000\xa0"
_LONGEST = 80

EXAMPLE = "2024-09-27 10:30, and +08:00 after it for another zone than the site's"


class DateError(ValueError):
    """A date that cannot be read; its arguments are the message and the hint."""

    def __init__(self, message: str, hint: str = "") -> None:
        self.message = message
        self.hint = hint or f"write it as {EXAMPLE}"
        super().__init__(message)


def parse_date(value: str | date | datetime, zone: tzinfo) -> datetime:
    """Return the time that a value names, in the zone that it gives or else in `zone`. A day alone begins at midnight.

    Raises DateError.
    """
    if isinstance(value, datetime):
        return _in_range(value if value.tzinfo else value.replace(tzinfo=zone))
    if isinstance(value, date):
        return _in_range(datetime.combine(value, time(), zone))
    text = value.strip(_QUOTES)
    shown = text if len(text) <= _LONGEST else text[:_LONGEST] + "…"
    if not text:
        raise DateError("the date is empty")
    if "{{" in text or "{%" in text or "<%" in text:
        raise DateError(f"{shown} was never filled in: this file is a scaffold, not a post", "write a date, or move it")
    if len(text) > _LONGEST:
        raise DateError(f"{shown} is not a date")
    if _MILLISECONDS.fullmatch(text):
        return datetime.fromtimestamp(int(text) // 1000, UTC).astimezone(zone)
    match = _NUMBERS.match(text) or _DAY_MONTH.match(text) or _MONTH_DAY.match(text) or _COMPACT.fullmatch(text)
    if not match:
        raise _unreadable(text)
    if match.end() < len(text):
        raise DateError(f"the date {text} goes on with {text[match.end() :]}, which cannot be read")
    return _moment(match.groupdict(), text, zone)


def _moment(parts: dict[str, str | None], text: str, zone: tzinfo) -> datetime:
    year, day = int(parts["year"] or 0), int(parts["day"] or 0)
    month = _month(parts["name"], text) if parts.get("name") else int(parts["month"] or 0)
    hour, minute = int(parts.get("hour") or 0), int(parts.get("minute") or 0)
    second, half = int(parts.get("second") or 0), (parts.get("half") or "").lower()
    if half:
        if not 1 <= hour <= 12:
            raise DateError(f"there is no {hour} {half} ({text})")
        hour = hour % 12 + (12 if half == "pm" else 0)
    if not 1 <= month <= 12:
        raise DateError(f"there is no month {month} ({text})", "write year, month and day in this order: 2024-09-27")
    if hour > 23 or minute > 59 or second > 59:
        raise DateError(f"there is no time {hour}:{minute:02d}:{second:02d} ({text})")
    microsecond = int((parts.get("fraction") or "0").ljust(6, "0")[:6])
    try:
        local = datetime(year, month, day, hour, minute, second, microsecond)
    except ValueError:
        raise DateError(f"there is no day {day} in {year}-{month:02d} ({text})") from None
    return _in_range(local.replace(tzinfo=_zone(parts.get("zone"), text, zone)))


def _month(name: str | None, text: str) -> int:
    wanted = (name or "").lower()
    for number, known in enumerate(_MONTHS, 1):
        if known.startswith(wanted) or (wanted == "sept" and number == 9):
            return number
    raise DateError(f"there is no month {name} ({text})")


def _zone(written: str | None, text: str, zone: tzinfo) -> tzinfo:
    if not written:
        return zone
    offset = written.upper().removeprefix("UTC").removeprefix("GMT")
    if offset in ("", "Z"):
        return UTC
    digits = offset[1:].replace(":", "")
    hours, minutes = (int(digits[:-2]), int(digits[-2:])) if len(digits) > 2 else (int(digits), 0)
    if hours > 14 or minutes > 59:
        raise DateError(f"there is no zone {written} ({text})")
    ahead = timedelta(hours=hours, minutes=minutes)
    return timezone(-ahead if offset[0] == "-" else ahead) if ahead else UTC


def _in_range(moment: datetime) -> datetime:
    """Return the time if it can be converted to every zone; at both ends of the calendar it cannot."""
    if not 2 <= moment.year <= 9998:
        raise DateError(f"the year {moment.year} is out of range")
    return moment


def _unreadable(text: str) -> DateError:
    if ambiguous := _AMBIGUOUS.match(text):
        first, second, year = ambiguous.groups()
        if len(year) == 4 and max(int(first), int(second)) <= 31:
            orders = {f"{year}-{int(first):02d}-{int(second):02d}", f"{year}-{int(second):02d}-{int(first):02d}"}
            dates = sorted(order for order in orders if int(order[5:7]) <= 12)
            if dates:
                hint = f"write {' or '.join(dates)}: write year, month and day in this order"
                return DateError(f"{text} is ambiguous: which is the month?", hint)
        return DateError(f"{text} is ambiguous", "write the year with four digits and first: 2024-09-27")
    return DateError(f"{text} is not a date")
