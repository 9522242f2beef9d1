"""Dates: forms found in real posts, rejected ones, and the time zone of dates without one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from blogsite.content.frontmatter.dates import DateError, parse_date

SHANGHAI = ZoneInfo("Asia/Shanghai")

READ = {
    "2017-05-19": "2017-05-19T00:00:00+08:00",
    "'2017-05-19'": "2017-05-19T00:00:00+08:00",
    '"2017-07-14"': "2017-07-14T00:00:00+08:00",
    "2014-11-01 16:01": "2014-11-01T16:01:00+08:00",
    "2018-11-14 07:14:34": "2018-11-14T07:14:34+08:00",
    "2017-10-19 21:33:00 +0200": "2017-10-19T21:33:00+02:00",
    "2013-09-14 20:46:50 -0400": "2013-09-14T20:46:50-04:00",
    "2013-11-22 5:00:00 +0000": "2013-11-22T05:00:00+00:00",
    "2013-09-09 14:11:02+00:00": "2013-09-09T14:11:02+00:00",
    "2008-11-23T17:22:34+00:00": "2008-11-23T17:22:34+00:00",
    "2017-07-15T0:10:32+00:00": "2017-07-15T00:10:32+00:00",
    "2022-09-07T14:00:00-04:00": "2022-09-07T14:00:00-04:00",
    "2017-02-16T11:24:00Z": "2017-02-16T11:24:00+00:00",
    "2012-09-15 19:52:05 UTC": "2012-09-15T19:52:05+00:00",
    "2012-09-15 19:52 UTC+08:00": "2012-09-15T19:52:00+08:00",
    "2020-01-01 10:00 +8": "2020-01-01T10:00:00+08:00",
    "2020-12-2": "2020-12-02T00:00:00+08:00",
    "2025/07/10": "2025-07-10T00:00:00+08:00",
    "2013/7/13 20:46:25": "2013-07-13T20:46:25+08:00",
    "2020.1.5": "2020-01-05T00:00:00+08:00",
    "2012年9月5日": "2012-09-05T00:00:00+08:00",
    "2021年10月01日 10:30": "2021-10-01T10:30:00+08:00",
    "2012年9月5日20时46分25秒": "2012-09-05T20:46:25+08:00",
    "2020-01-01T10:00:00.123456789Z": "2020-01-01T10:00:00.123456+00:00",
    "Jul 08 2022": "2022-07-08T00:00:00+08:00",
    "8 July 2022": "2022-07-08T00:00:00+08:00",
    "Mon, 02 Jan 2006 15:04:05 +0800": "2006-01-02T15:04:05+08:00",
    "Fri May 10 2019 17:25:32 GMT+0800 (中国标准时间)": "2019-05-10T17:25:32+08:00",
    "1560942895181": "2019-06-19T19:14:55+08:00",
    "20190503": "2019-05-03T00:00:00+08:00",
    " 2020-01-01 ": "2020-01-01T00:00:00+08:00",
}


@pytest.mark.parametrize(("text", "moment"), READ.items())
def test_dates_that_people_write(text: str, moment: str) -> None:
    assert parse_date(text, SHANGHAI).isoformat() == moment


REFUSED = {
    "2018-02-31 23:50:48": "no day 31",
    "2020-13-01": "no month 13",
    "2020-01-01 25:00": "no time 25:00",
    "2020-01-01 10:00 +99": "no zone",
    "2012-07-08 xx:xx": "goes on with xx:xx",
    "2023-01-29 18:30:22 2023 -0800": "goes on with 2023 -0800",
    "2020-01-01 10:00 CST": "goes on with CST",
    "5/4/2021": "ambiguous",
    "20-01-05": "ambiguous",
    "{{ date }}": "scaffold",
    "`r Sys.Date()`": "is not a date",
    "yesterday": "is not a date",
    "12:30": "is not a date",
    "2020-1": "is not a date",
    "1560942895": "is not a date",
    "0001-01-01T00:00:00Z": "out of range",
    "": "empty",
}


@pytest.mark.parametrize(("text", "words"), REFUSED.items())
def test_dates_that_are_refused(text: str, words: str) -> None:
    with pytest.raises(DateError) as caught:
        parse_date(text, SHANGHAI)
    assert words in caught.value.message
    assert caught.value.hint


def test_an_ambiguous_date_is_told_both_readings() -> None:
    with pytest.raises(DateError) as caught:
        parse_date("5/4/2021", SHANGHAI)
    assert "2021-04-05 or 2021-05-04" in caught.value.hint


def test_dates_of_other_formats() -> None:
    assert parse_date(date(2020, 1, 2), SHANGHAI) == datetime(2020, 1, 2, tzinfo=SHANGHAI)
    assert parse_date(datetime(2020, 1, 2, 3), SHANGHAI) == datetime(2020, 1, 2, 3, tzinfo=SHANGHAI)
    assert parse_date(datetime(2020, 1, 2, 3, tzinfo=UTC), SHANGHAI) == datetime(2020, 1, 2, 3, tzinfo=UTC)


@given(st.text(max_size=40))
def test_no_text_makes_a_traceback(text: str) -> None:
    try:
        moment = parse_date(text, SHANGHAI)
    except DateError:
        return
    assert moment.astimezone(SHANGHAI).tzinfo is SHANGHAI


@given(st.text("0123456789-/.: TZ+年月日时UTCpmaJune", max_size=30))
def test_nothing_like_a_date_makes_a_traceback(text: str) -> None:
    test_no_text_makes_a_traceback.hypothesis.inner_test(text)  # type: ignore[attr-defined]


OFFSETS = st.integers(-56, 56).map(lambda quarters: timezone(timedelta(minutes=15 * quarters)))


@given(st.datetimes(datetime(2, 1, 1), datetime(9998, 12, 31), timezones=OFFSETS))
def test_iso_dates_are_read_back(moment: datetime) -> None:
    assert parse_date(moment.isoformat(), SHANGHAI) == moment
    assert parse_date(moment.isoformat(" ").replace("+", " +"), SHANGHAI) == moment


@given(st.datetimes(datetime(1950, 1, 1), datetime(2200, 1, 1)))
def test_a_date_without_a_zone_is_in_the_sites(moment: datetime) -> None:
    parsed = parse_date(moment.isoformat(sep=" "), SHANGHAI)
    assert parsed.tzinfo is SHANGHAI
    assert parsed.replace(tzinfo=None) == moment
