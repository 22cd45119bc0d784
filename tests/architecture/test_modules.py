"""Modules stay small and are named after their subject; nothing happens behind a model's back."""

import ast
import re
from pathlib import Path

import pytest

from tests.architecture.source import (
    ROOT,
    SRC,
    dotted,
    imports_of,
    name_of,
    python_files,
    tracked,
    tree_of,
)

MOST_LINES = 400
KINDS = {".py", ".js", ".css", ".html", ".toml"}
#: Not written by hand, or not read as one piece.
NOT_COUNTED = {
    "/migrations/": "written by Django",
    "/static/vendor/": "carried over whole, with its hash and licence",
    "/interop/fhir/r4/structs.py": "written by tools/fhir_structs.py",
    "/clinical/knowledge/": "tables: a clinician reads a row of them, not a page",
}
#: Names that say nothing, under which everything gathers.
SHAPELESS = {
    "util", "utils", "utilities", "helper", "helpers", "common", "core", "misc", "shared", "base",
    "manager", "managers", "repository", "repositories", "mixins", "lib", "tools", "stuff",
    "service", "services", "signals", "handlers",
}  # fmt: skip
#: What the house is not built with: packages that must be neither needed nor imported.
NOT_HERE = {
    "rest_framework", "djangorestframework", "celery", "redis", "django-redis", "rq", "huey",
    "dramatiq", "kombu", "graphene", "dependency_injector",
}  # fmt: skip


def counted() -> list[Path]:
    return [
        path
        for path in tracked()
        if path.suffix in KINDS
        and path.is_relative_to(SRC)
        and not any(part in name_of(path) for part in NOT_COUNTED)
    ]


def test_no_module_is_longer_than_one_reads_at_a_sitting() -> None:
    files = counted()
    assert {path.suffix for path in files} >= {".py", ".js", ".css", ".html"}
    long = {name_of(path): lines(path) for path in files if lines(path) > MOST_LINES}
    assert long == {}


def lines(path: Path) -> int:
    return len(path.read_text("utf-8").splitlines())


def test_every_module_is_named_after_its_subject() -> None:
    wrong = [
        name_of(path)
        for path in python_files(SRC, ROOT / "tests", ROOT / "tools")
        if SHAPELESS
        & {part.removesuffix(".py").lower() for part in path.relative_to(ROOT).parts[1:]}
    ]
    assert wrong == []


def hidden(tree: ast.Module) -> list[str]:
    """What would run behind a model's back: signals, and saving with logic in it."""
    found = [
        f"{line} {name}"
        for line, name in imports_of(tree)
        if name.startswith("django.dispatch") or name.endswith((".signals", "receiver"))
        or ".signals." in name
    ]  # fmt: skip
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            found += [
                f"{each.lineno} {node.name}.{each.name}"
                for each in node.body
                if isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef)
                and each.name
                in {"save", "asave", "delete", "adelete", "save_base", "refresh_from_db"}
            ]
        if isinstance(node, ast.Attribute) and re.fullmatch(
            r"(.*\.)?(pre|post)_(save|delete|init|migrate)|(.*\.)?m2m_changed", dotted(node)
        ):
            found.append(f"{node.lineno} {dotted(node)}")
    return found


def test_nothing_happens_behind_a_models_back() -> None:
    wrong = [
        f"{name_of(path)}:{what}" for path in python_files(SRC) for what in hidden(tree_of(path))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.dispatch import receiver",
        "from django.db.models.signals import post_save",
        "from django.db.models import signals",
        "import django.db.models.signals as s",
        "models.signals.post_save.connect(f)",
        "class Patient(Model):\n    def save(self, *args, **kwargs):\n        super().save()",
        "class Patient(Model):\n    def delete(self):\n        pass",
    ],
)
def test_what_happens_behind_a_models_back_is_seen(source: str) -> None:
    assert hidden(ast.parse(source))


def test_what_the_house_is_not_built_with_is_not_imported() -> None:
    wrong = [
        f"{name_of(path)}:{line} {name}"
        for path in python_files(SRC)
        for line, name in imports_of(tree_of(path))
        if name.partition(".")[0] in NOT_HERE
    ]
    assert wrong == []
    pins = "\n".join(path.read_text("utf-8") for path in (ROOT / "requirements").glob("*.txt"))
    pinned = {name.lower() for name in re.findall(r"^([A-Za-z0-9._-]+)(?:\[.*?\])?==", pins, re.M)}
    assert "django" in pinned
    assert pinned & {name.replace("_", "-") for name in NOT_HERE} == set()


def test_scripts_import_each_other_and_nothing_from_elsewhere() -> None:
    wrong = [
        f"{name_of(path)}: {target}"
        for path in SRC.rglob("*.js")
        if "vendor" not in path.parts
        for target in re.findall(
            r"""(?:from|import)\s*\(?\s*["']([^"']+)["']""", path.read_text("utf-8")
        )
        if not re.fullmatch(r"\./[\w-]+\.js", target)
    ]
    assert wrong == []


def catches_everything(tree: ast.Module) -> list[int]:
    """Where an exception of any kind is caught and not passed on."""
    found = []
    for node in ast.walk(tree):
        if not isinstance(node, ast.ExceptHandler):
            continue
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        names = {dotted(kind) if kind is not None else "" for kind in kinds}
        last = node.body[-1]
        passed_on = isinstance(last, ast.Raise) and last.exc is None
        if names & {"", "Exception", "BaseException"} and not (
            passed_on and names == {"BaseException"}
        ):
            found.append(node.lineno)
    return found


def test_a_bug_is_never_swallowed() -> None:
    wrong = [
        f"{name_of(path)}:{line}"
        for path in python_files(SRC, ROOT / "tools")
        for line in catches_everything(tree_of(path))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "caught",
    ["", " Exception", " Exception as error", " BaseException", " (ValueError, Exception)"],
)
def test_a_swallowed_bug_is_seen(caught: str) -> None:
    assert catches_everything(ast.parse(f"try:\n    f()\nexcept{caught}:\n    pass"))


def test_cleaning_up_and_passing_on_is_not_swallowing() -> None:
    source = "try:\n    f()\nexcept BaseException:\n    g()\n    raise"
    assert catches_everything(ast.parse(source)) == []
