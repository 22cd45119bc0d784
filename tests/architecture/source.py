"""The source of the house, as text and as syntax trees."""

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "tautband"
#: What stands in a working copy without being part of the house, as .gitignore says.
NOT_OURS = {".git", ".venv", "var", "node_modules", "staticfiles", "__pycache__"}


def name_of(path: Path) -> str:
    """A file as it is named from the root: `src/tautband/errors.py`."""
    return path.relative_to(ROOT).as_posix()


@cache
def python_files(*folders: Path) -> tuple[Path, ...]:
    """Every Python file below some folders; of the whole package when none is named."""
    found = (path for folder in folders or (SRC,) for path in folder.rglob("*.py"))
    return tuple(sorted(found))


@cache
def tree_of(path: Path) -> ast.Module:
    """The syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), filename=name_of(path))


@cache
def tracked() -> tuple[Path, ...]:
    """Every file of the house: what git tracks, or in a copy without git whatever lies there."""
    if (ROOT / ".git").exists():
        listed = subprocess.run(
            ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        paths = [ROOT / name for name in listed.split("\0") if name]
    else:
        paths = [
            path for path in ROOT.rglob("*") if not NOT_OURS & set(path.relative_to(ROOT).parts)
        ]
    return tuple(sorted(path for path in paths if path.is_file()))


def imports_of(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Every module a tree imports, with its line; `from a import b` is both `a` and `a.b`."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = "." * node.level + (node.module or "")
            yield node.lineno, base
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def dotted(node: ast.AST) -> str:
    """`a.b.c` for a chain of names, "" for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        base = dotted(node.value)
        return f"{base}.{node.attr}" if base else ""
    return ""


def docstrings_of(tree: ast.AST) -> set[int]:
    """The ids of the constants that are docstrings, so that prose is not taken for code."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            first = node.body[0] if node.body else None
            if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant):
                found.add(id(first.value))
    return found
