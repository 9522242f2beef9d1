"""The structure of the package: imports between folders, length of modules, docstrings, and who may print."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import blogsite

PACKAGE = Path(blogsite.__file__).parent
FOLDERS = (
    "core",
    "config",
    "content",
    "images",
    "maths",
    "markdown",
    "site",
    "pages",
    "render",
    "build",
    "preview",
    "cli",
)
"""From the bottom to the top: a folder imports from those before it. ARCHITECTURE.md says what is in each."""
MAX_LINES = 300
TREES = {
    ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): ast.parse(
        path.read_text(encoding="utf-8")
    )
    for path in sorted(PACKAGE.rglob("*.py"))
}
"""Module → its syntax tree, for every module of the package."""


def imports(module: str) -> Iterator[tuple[str, str]]:
    """Yield (module, name) of everything that a module imports from the package, also inside functions."""
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names if alias.name.split(".")[0] == "blogsite")
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}:{node.lineno}: imports are absolute"
            if node.module and node.module.split(".")[0] == "blogsite":
                for alias in node.names:
                    inner = f"{node.module}.{alias.name}"
                    yield (inner, "") if inner in TREES else (node.module, alias.name)


def folder(module: str) -> str:
    """Return the folder that a module is in; "" for those at the top of the package."""
    parts = module.split(".")
    return parts[1] if len(parts) > 2 or module in {f"blogsite.{name}" for name in FOLDERS} else ""


def test_there_are_these_folders_and_nothing_else() -> None:
    found = {path.name for path in PACKAGE.iterdir() if path.name not in ("__pycache__", "theme")}
    assert found == {*FOLDERS, "__init__.py", "__main__.py", "py.typed"}


def test_folders_import_downwards_only() -> None:
    order = {name: index for index, name in enumerate(FOLDERS)}
    wrong = [
        f"{module} imports {other}"
        for module in TREES
        if folder(module)
        for other, _ in imports(module)
        if other != "blogsite" and order[folder(other)] > order[folder(module)]
    ]
    assert not wrong


def test_no_module_imports_a_private_name() -> None:
    private = [
        f"{module}: {name}"
        for module in TREES
        for _, name in imports(module)
        if name.startswith("_") and name != "__version__"
    ]
    assert not private


def test_no_modules_import_each_other_in_a_circle() -> None:
    wanted = {module: {other for other, _ in imports(module) if other != module} for module in TREES}
    while free := [module for module, others in wanted.items() if not others]:
        for module in free:
            del wanted[module]
        for others in wanted.values():
            others.difference_update(free)
    assert not wanted


@pytest.mark.parametrize("module", TREES)
def test_modules_are_short_and_say_what_they_are(module: str) -> None:
    path = PACKAGE.parent / Path(*module.split("."))
    source = path / "__init__.py" if (path / "__init__.py").exists() else path.with_suffix(".py")
    assert len(source.read_text(encoding="utf-8").splitlines()) <= MAX_LINES
    assert ast.get_docstring(TREES[module])


def test_only_the_command_line_prints_and_exits() -> None:
    speakers = {
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) in ("print", "sys.exit", "exit", "click.echo")
    }
    assert {module for module in speakers if folder(module) != "cli"} <= {"blogsite.maths.vendor"}
