"""Imports go one way: a module knows those that stand above it in ARCHITECTURE.md's list, and no others."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import blogsite

CHECKOUT = Path(__file__).parent.parent
PACKAGE = Path(blogsite.__file__).parent


def listed() -> list[str]:
    """The modules in the order of the list below "## Modules"; a package ends in "/"."""
    text = (CHECKOUT / "ARCHITECTURE.md").read_text(encoding="utf-8")
    section = text.split("\n## Modules", 1)[1].split("\n## ", 1)[0]
    return re.findall(r"^    ([a-z_]+/?)(?: {2,}|$)", section, re.M)


def modules() -> dict[str, Path]:
    """Every module of the program by its full name within the package: "urls", "pages.feeds", "pages"."""
    found = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        parts = path.relative_to(PACKAGE).with_suffix("").parts
        if parts not in (("__init__",), ("__main__",)):
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


def imported(path: Path) -> set[str]:
    """The modules of the program that the one at PATH imports, wherever in it."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}:{node.lineno}: imports are written in full"
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    known = modules()
    inside = {name.removeprefix("blogsite.") for name in names if name.startswith("blogsite.")}
    return {name for name in inside if name in known}


def top(name: str) -> str:
    """The entry of the list that a module belongs to."""
    first, _, _ = name.partition(".")
    return first + "/" if (PACKAGE / first).is_dir() else first


def test_the_list_names_every_module_and_no_others() -> None:
    assert sorted(listed()) == sorted({top(name) for name in modules()})


def test_no_module_is_imported_from_below() -> None:
    order = {name: number for number, name in enumerate(listed())}
    wrong = [
        f"{name} imports {other}"
        for name, path in modules().items()
        for other in sorted(imported(path))
        if top(name) != top(other) and order[top(other)] > order[top(name)]
    ]
    assert not wrong


def test_no_modules_of_a_package_import_each_other_in_a_circle() -> None:
    wanted = {name: {other for other in imported(path) if other != name} for name, path in modules().items()}
    while free := [name for name, others in wanted.items() if not others]:
        for name in free:
            del wanted[name]
        for others in wanted.values():
            others.difference_update(free)
    assert not wanted


def test_only_the_command_line_prints_and_exits() -> None:
    speakers = {
        name
        for name, path in modules().items()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.exit", "exit", "click.echo")
    }
    assert {top(name) for name in speakers} <= {"cli", "commands/", "speech"}


def test_no_module_shadows_one_of_the_standard_library_or_a_dependency() -> None:
    assert not {"site", "markdown", "html", "code", "types", "logging"} & {path.stem for path in PACKAGE.glob("*.py")}
