"""The words of the interface in Chinese and English, and dates.

Babel formats the dates; it is imported only when one is formatted.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from babel import Locale


@dataclass(frozen=True, slots=True)
class Words:
    """Every text that the theme prints by itself, in one language."""

    home: str
    archive: str
    categories: str
    tags: str
    series: str
    search: str
    subscribe: str
    contents: str
    read_more: str
    read_more_of: str
    """Accessible name of the link, with {title}."""
    newer: str
    older: str
    first: str
    newer_post: str
    older_post: str
    posts_one: str
    posts_many: str
    """With {count}."""
    no_posts: str
    posts_in: str
    posts_tagged: str
    """With {name}."""
    posts_of: str
    """With {name}: a year."""
    updated: str
    author: str
    footnotes: str
    draft: str
    future: str
    expired: str
    hidden: str
    pinned: str
    not_found: str
    not_found_text: str
    back_home: str
    skip: str
    moved: str
    page: str
    """With {number}."""
    menu: str
    licence: str
    minutes: str
    """With {minutes} and {words}."""
    words_split: str
    """Separator between two items of a list."""
    colon: str
    newest: str
    """Link to the page with the newest posts."""
    pages: str
    """Accessible name of the links between list pages."""
    neighbours: str
    """Accessible name of the links to the neighbouring posts."""
    cite: str
    citation: str
    """Heading of the citation as a line of text."""
    comments: str
    scheme: str
    """Accessible name of the choice between light and dark colours."""
    scheme_system: str
    scheme_light: str
    scheme_dark: str
    copy: str
    copied: str
    enlarge: str
    """Accessible name of the button that shows an image at full size."""
    close: str


ENGLISH = Words(
    home="Home",
    archive="Archive",
    categories="Categories",
    tags="Tags",
    series="Series",
    search="Search",
    subscribe="Subscribe",
    contents="Contents",
    read_more="Read more",
    read_more_of="Read more of {title}",
    newer="Newer",
    older="Older",
    first="Oldest",
    newer_post="Newer post",
    older_post="Older post",
    posts_one="1 post",
    posts_many="{count} posts",
    no_posts="No posts yet.",
    posts_in="Posts in {name}",
    posts_tagged="Posts tagged {name}",
    posts_of="Posts of {name}",
    updated="Updated",
    author="By",
    footnotes="Footnotes",
    draft="Draft",
    future="Not yet published",
    expired="Expired",
    hidden="Hidden",
    pinned="Pinned",
    not_found="Page not found",
    not_found_text="There is no page at this address. The archive lists every post.",
    back_home="Back to the home page",
    skip="Skip to the text",
    moved="This page has moved",
    page="Page {number}",
    menu="Menu",
    licence="Licence",
    minutes="{minutes} min · {words} words",
    words_split=", ",
    colon=": ",
    newest="Newest",
    pages="Pages",
    neighbours="Older and newer posts",
    cite="Cite this post",
    citation="Text",
    comments="Comments",
    scheme="Colours",
    scheme_system="System",
    scheme_light="Light",
    scheme_dark="Dark",
    copy="Copy",
    copied="Copied",
    enlarge="Full size",
    close="Close",
)

CHINESE = Words(
    home="首页",
    archive="归档",
    categories="分类",
    tags="标签",
    series="系列",
    search="搜索",
    subscribe="订阅",
    contents="目录",
    read_more="点击阅读全文…",
    read_more_of="点击阅读全文：{title}",
    newer="较新",
    older="较旧",
    first="最早",
    newer_post="下一篇",
    older_post="上一篇",
    posts_one="1 篇",
    posts_many="{count} 篇",
    no_posts="还没有文章。",
    posts_in="分类「{name}」下的文章",
    posts_tagged="标签「{name}」下的文章",
    posts_of="{name} 年的文章",
    updated="更新于",
    author="作者",
    footnotes="脚注",
    draft="草稿",
    future="尚未发布",
    expired="已过期",
    hidden="隐藏",
    pinned="置顶",
    not_found="没有这个页面",
    not_found_text="这个地址没有内容，全部文章都列在归档里。",
    back_home="回到首页",
    skip="跳到正文",
    moved="页面已移动",
    page="第 {number} 页",
    menu="菜单",
    licence="许可协议",
    minutes="约 {minutes} 分钟 · {words} 字",
    words_split="、",
    colon="：",
    newest="最新",
    pages="翻页",
    neighbours="上一篇与下一篇",
    cite="引用本文",
    citation="文本",
    comments="评论",
    scheme="配色",
    scheme_system="跟随系统",
    scheme_light="浅色",
    scheme_dark="深色",
    copy="复制",
    copied="已复制",
    enlarge="查看大图",
    close="关闭",
)


def is_chinese(language: str) -> bool:
    """Return whether a language tag is "zh" or begins with "zh-"."""
    return language.lower().split("-")[0] == "zh"


def words_for(language: str) -> Words:
    """Return the texts for a language tag: Chinese for "zh" and "zh-…", English for all others."""
    return CHINESE if is_chinese(language) else ENGLISH


def badge(moment: datetime, pattern: str) -> str:
    """Return the date badge, in English on every site: "27 Sep"."""
    return _written(moment.date(), pattern, "en")


def long_date(moment: datetime, language: str) -> str:
    """Return the date in words: "Nov 19, 2025", "2025年11月19日"; in ISO format if Babel does not know the language."""
    return _written(moment.date(), "medium", language)


@lru_cache(maxsize=65536)
def _written(day: date, pattern: str, language: str) -> str:
    from babel.dates import format_date

    locale = _locale(language)
    return day.isoformat() if locale is None else format_date(day, pattern, locale=locale)


@lru_cache(maxsize=64)
def _locale(language: str) -> Locale | None:
    from babel import Locale, UnknownLocaleError

    try:
        return Locale.parse(language.replace("-", "_"))
    except (UnknownLocaleError, ValueError):
        return None
