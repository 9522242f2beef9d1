"""The cost of the parts of a build, in one process on one core.

    python -m benchmarks.parts --dir DIR [--posts 200] [--formulas 5000] [--repeat 5]

Printed, and kept as JSON in DIR/results for the report:

- parsing a post: milliseconds in all, by what they are spent on, and beside Python-Markdown alone with the same stock
  extensions
- formulas a second in large batches: of an engine that has to start and warm up first, of one that is warm, and of
  those that were made before and only have to be unpacked
- the stages of a build from nothing
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any
from unittest import mock

import markdown

from benchmarks.check import FENCE
from benchmarks.contestants import PEERS
from benchmarks.corpus import SPELLINGS, Options, Post, posts, spelled
from benchmarks.results import PARTS, machine, write_json
from benchmarks.timing import Clock, best
from blogsite.build.context import BuildOptions
from blogsite.build.driver import build
from blogsite.config.loader import load_config
from blogsite.config.settings import MarkdownSettings, ParseSettings
from blogsite.content.encoding import decode
from blogsite.content.frontmatter.reader import read_front_matter
from blogsite.content.parse_context import ParseContext
from blogsite.core.digest import digest
from blogsite.markdown import excerpt
from blogsite.markdown.converter import Converter, converter
from blogsite.markdown.highlighting.highlight import highlight
from blogsite.markdown.html.text import count_words
from blogsite.markdown.post import Parsed, parse
from blogsite.maths.compression import dump_rendered, load_rendered
from blogsite.maths.html import Rendered, engine_input
from blogsite.maths.katex import Engine, EngineError, TeX

STOCK = ("tables", "fenced_code", "codehilite", "footnotes", "def_list", "abbr", "attr_list", "md_in_html", "toc")
"""What of Python-Markdown's own extensions does about the same as blogsite's, formulas and dialects aside."""
SETTINGS = ParseSettings(MarkdownSettings(language="zh-CN"), "UTC", 300)
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "encoding": decode,
    "head": read_front_matter,
    "excerpt": excerpt.split,
    "description": excerpt.description,
    "counting words": count_words,
    "digests": digest,
    "Pygments": highlight,
}


def main() -> None:
    """The command line above."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dir", type=Path, required=True)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--formulas", type=int, default=5000)
    parser.add_argument("--repeat", type=int, default=5)
    arguments = parser.parse_args()
    kind = machine()
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    figures = {
        "parse": {
            name: parsing(arguments.posts, Options(maths=maths), arguments.repeat)
            for name, maths in (("with formulas", True), ("without formulas", False))
        },
        "formulas": typesetting(arguments.formulas),
        "build": building(arguments.posts),
    }
    write_json(arguments.dir / "results" / PARTS, {"machine": kind, "posts": arguments.posts, **figures})
    for name, part in figures.items():
        _show(name, part)


def parsing(count: int, options: Options, repeat: int) -> dict[str, Any]:
    """Milliseconds a post."""
    made = list(posts(count, options))
    sources = [(f"posts/{post.slug}.md", spelled(post, SPELLINGS["blogsite"]).encode()) for post in made]
    texts = [post.body for post in made]

    def everything() -> None:
        for path, data in sources:
            parse(path, "post", data, SETTINGS)

    everything()  # lexers load, caches fill
    in_all = best(everything, repeat) * 1000 / count
    return {
        "in all": in_all,
        "bytes a post": sum(len(data) for _, data in sources) / count,
        "formulas a post": sum(post.formulas for post in made) / count,
        "Markdown": _beside_plain(texts, repeat),
        "Markdown, code blocks taken out": _beside_plain([FENCE.sub("", text) for text in texts], repeat),
        "parts": _breakdown(sources, in_all),
    }


def _beside_plain(texts: list[str], repeat: int) -> dict[str, float]:
    """Milliseconds a text of blogsite's converter, and of Python-Markdown alone with the same stock extensions."""
    ours = converter(SETTINGS.markdown)
    plain = markdown.Markdown(extensions=STOCK, extension_configs={"codehilite": {"guess_lang": False}})

    def here() -> None:
        for text in texts:
            ours.run(ParseContext(text, "posts/a.md"))

    def alone() -> None:
        for text in texts:
            plain.reset().convert(text)

    seconds = [(best(here, 1), best(alone, 1)) for _ in range(repeat)]  # in turn, so that both have the same luck
    milliseconds = [min(column) * 1000 / len(texts) for column in zip(*seconds, strict=True)]
    return {"here": milliseconds[0], "alone": milliseconds[1], "more": milliseconds[0] - milliseconds[1]}


def _breakdown(sources: list[tuple[str, bytes]], in_all: float) -> dict[str, float]:
    """Return milliseconds by activity: each extension under the name of its file, and the rest of the parser."""
    clock = Clock()
    watched = Converter(SETTINGS.markdown)
    for registry, methods in (
        (watched.preprocessors, ("run",)),
        (watched.treeprocessors, ("run",)),
        (watched.postprocessors, ("run",)),
        (watched.inlinePatterns, ("handleMatch",)),
        (watched.parser.blockprocessors, ("test", "run")),
    ):
        for processor in registry:
            module = type(processor).__module__
            if module.startswith("blogsite"):
                for method in methods:
                    clock.method(f"Markdown: {_group(module)}", processor, method)
    clock.method("Markdown: Python-Markdown itself", watched, "run")
    whole = clock.timed("the rest", parse)

    def watched_converter(_: MarkdownSettings) -> Converter:
        return watched

    with clock.functions(FUNCTIONS), mock.patch("blogsite.markdown.post.converter", watched_converter):
        for path, data in sources:
            whole(path, "post", data, SETTINGS)
    scale = in_all / sum(clock.seconds.values())  # the watching itself takes time
    return {label: seconds * scale for label, seconds in sorted(clock.seconds.items(), key=lambda item: -item[1])}


def _group(module: str) -> str:
    """The feature that a module belongs to: blocks and blocks_html are one."""
    parts = module.split(".")
    return "maths" if "maths" in parts else parts[-1].split("_")[0]


def typesetting(count: int) -> dict[str, float]:
    """Return the number of formulas made in a second, `count` different ones in each call."""
    wanted: dict[TeX, None] = {}
    for post in posts(100_000, Options()):
        wanted |= dict.fromkeys(_formulas(_parsed(post)))
        if len(wanted) >= 2 * count:
            break
    formulas = list(wanted)[: 2 * count]
    start = time.perf_counter()
    with Engine() as engine:
        engine.render(formulas[:1])
        ready = time.perf_counter()
        engine.render(formulas[1:count])
        cold = time.perf_counter()
        results = engine.render(formulas[count:])
        warm = time.perf_counter()
    failed = sum(isinstance(result, EngineError) for result in results)
    assert not failed, f"{failed} formulas could not be made"
    kept = [dump_rendered(Rendered(str(result))) for result in results]
    again = best(lambda: [load_rendered(data) for data in kept], 3)
    return {
        "seconds until the first formula": ready - start,
        "formulas a second, the start included": count / (cold - start),
        "formulas a second, warm": count / (warm - cold),
        "formulas a second, made before": count / again,
        "bytes of HTML a formula": sum(map(len, map(str, results))) / count,
        "bytes kept a formula": sum(map(len, kept)) / count,
    }


def _parsed(post: Post) -> Parsed:
    return parse(f"posts/{post.slug}.md", "post", spelled(post, SPELLINGS["blogsite"]).encode(), SETTINGS)


def _formulas(parsed: Parsed) -> Iterable[TeX]:
    return (engine_input(formula) for _, fragment in parsed.fragments for formula in fragment.formulas)


def building(count: int) -> dict[str, float]:
    """Milliseconds a post of each stage of a build from nothing by one process, and of rendering a page."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        (root / "posts").mkdir()
        (root / "blogsite.toml").write_bytes((PEERS / "blogsite" / "blogsite.toml").read_bytes())
        for post in posts(count, Options()):
            (root / "posts" / f"{post.slug}.md").write_text(spelled(post, SPELLINGS["blogsite"]), encoding="utf-8")
        report = build(root, load_config(root), BuildOptions(jobs=1), lambda stage, done, total: None)
        pages = sum(path.suffix in (".html", ".xml", ".json") for path in (root / "public").rglob("*"))
    stages = {stage: seconds * 1000 / count for stage, seconds in report.seconds.items()}
    return {**stages, "render, a page": report.seconds["render"] * 1000 / pages}


def _show(name: str, value: Any, indent: str = "") -> None:
    if not isinstance(value, dict):
        print(f"{indent}{name}: {value:,.3f}" if value < 100 else f"{indent}{name}: {value:,.0f}")
        return
    print(f"{indent}{name}:")
    for key, item in value.items():
        _show(key, item, indent + "  ")


if __name__ == "__main__":
    main()
