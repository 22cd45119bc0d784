"""Dependencies point down, reasoning is pure, amounts are exact, migrations stand alone."""

import ast
import re
import sys
import tomllib
from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.source import (
    ROOT,
    SRC,
    dotted,
    imports_of,
    name_of,
    python_files,
    tree_of,
)

CLINICAL = python_files(SRC / "clinical")
MIGRATIONS = tuple(path for path in python_files(SRC) if "migrations" in path.parts)
#: What reasoning may lean on: nothing here knows the time, the machine, chance or a network.
PURE = {
    "collections", "csv", "dataclasses", "datetime", "decimal", "enum", "fractions", "functools",
    "hashlib", "importlib.resources", "io", "itertools", "json", "math", "re", "string", "tomllib",
    "types", "typing", "unicodedata", "tautband.errors", "tautband.clinical",
}  # fmt: skip
#: Calls that would let the world in through what is allowed above.
WORLDLY = re.compile(r"(^|\.)(now|today|utcnow|utcfromtimestamp|fromtimestamp|open|input|print)$")
#: Where a float may stand in the record, and why it is no amount.
FLOATS = {
    "records/search.py": "how alike two names are, from 0 to 1",
    "records/queries/patients.py": "the same, to rank what was found",
    "records/queries/chart.py": "an instant, to sort by",
    "records/patient_facts.py": "an instant, to sort by",
    "clinical/contract/fields.py": "what a caller of the library hands in, made exact at once",
}


def settings_of(tool: str) -> Any:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"][tool]


def contracts() -> dict[str, Any]:
    return {each["name"]: each for each in settings_of("importlinter")["contracts"]}


def test_the_layers_are_held_and_leave_nothing_out() -> None:
    layers = contracts()["Dependencies point down"]
    assert layers["type"] == "layers"
    assert layers["containers"] == ["tautband"]
    assert layers["exhaustive"] is True
    assert layers["exhaustive_ignores"] == ["errors"]
    assert "ignore_imports" not in layers
    named = set(re.findall(r"\w+", " ".join(layers["layers"])))
    packages = {
        path.stem for path in SRC.iterdir() if path.is_dir() or path.suffix == ".py"
    } - {"__init__", "__pycache__", "errors", "locale", "py"}  # fmt: skip
    assert packages <= named


def test_the_layers_stand_as_they_are_drawn() -> None:
    order = [
        set(re.findall(r"\w+", layer)) for layer in contracts()["Dependencies point down"]["layers"]
    ]
    height = {name: level for level, names in enumerate(reversed(order)) for name in names}
    assert height["clinical"] == 0
    assert height["guidance"] == height["learning"] == 1
    assert height["accounts"] > height["audit"] == height["outbox"] == height["design"] > 1
    assert height["records"] > height["accounts"]
    assert height["registry"] > height["records"]
    assert height["clinic"] == height["portal"] == height["interop"] > height["registry"]
    assert height["config"] > height["clinic"]


def test_what_must_not_be_known_is_forbidden() -> None:
    pure = contracts()["Clinical reasoning is pure"]
    assert (pure["type"], pure["source_modules"]) == ("forbidden", ["tautband.clinical"])
    assert "django" in pure["forbidden_modules"]
    errors = contracts()["Errors know nothing"]
    assert (errors["type"], errors["source_modules"]) == ("forbidden", ["tautband.errors"])
    assert settings_of("importlinter")["include_external_packages"] is True


def worldly(tree: ast.Module) -> Iterator[str]:
    """What reasoning must not touch: the clock, chance, the machine, a database, a network."""
    for line, name in imports_of(tree):
        if not any(name == each or name.startswith(f"{each}.") for each in PURE):
            yield f"{line} import {name}"
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and WORLDLY.search(dotted(node.func)):
            yield f"{node.lineno} {dotted(node.func)}()"
        if isinstance(node, ast.Call) and dotted(node.func) in {"__import__", "eval", "exec"}:
            yield f"{node.lineno} {dotted(node.func)}()"


def test_reasoning_is_pure() -> None:
    assert len(CLINICAL) > 30
    wrong = [f"{name_of(path)}:{what}" for path in CLINICAL for what in worldly(tree_of(path))]
    assert wrong == []


@pytest.mark.parametrize(
    "source",
    [
        "import django",
        "from django.utils import timezone",
        "import random",
        "import time",
        "import os",
        "from pathlib import Path",
        "import sqlite3",
        "import socket",
        "from urllib.request import urlopen",
        "from tautband.records import facts",
        "from datetime import datetime\nnow = datetime.now()",
        "from datetime import date\nday = date.today()",
        "text = open('x').read()",
        "import importlib\nm = importlib.import_module('os')",
        "os = __import__('os')",
    ],
)
def test_the_world_is_seen_coming_in(source: str) -> None:
    assert list(worldly(ast.parse(source)))


def floats_of(tree: ast.Module) -> Iterator[int]:
    """The lines on which a float is made, named or stored."""
    for node in ast.walk(tree):
        named = isinstance(node, ast.Name) and node.id in {"float", "FloatField"}
        stored = isinstance(node, ast.Attribute) and node.attr == "FloatField"
        written = isinstance(node, ast.Constant) and isinstance(node.value, float)
        if named or stored or written:
            yield node.lineno  # type: ignore[attr-defined]


def test_an_amount_is_never_a_float() -> None:
    wrong, used = [], set()
    for path in python_files(SRC / "clinical", SRC / "records", SRC / "interop"):
        short = path.relative_to(SRC).as_posix()
        for line in floats_of(tree_of(path)):
            if short in FLOATS:
                used.add(short)
            else:
                wrong.append(f"{short}:{line}")
    assert wrong == []
    assert used == set(FLOATS)


@pytest.mark.parametrize(
    "source",
    [
        "x = float('1')",
        "def f(mg: float): ...",
        "x = 0.5",
        "models.FloatField()",
        "x: float | None",
    ],
)
def test_a_float_is_seen(source: str) -> None:
    assert list(floats_of(ast.parse(source)))


def test_a_migration_stands_alone() -> None:
    assert len(MIGRATIONS) > 5
    wrong = [
        f"{name_of(path)}:{line} {name}"
        for path in MIGRATIONS
        for line, name in imports_of(tree_of(path))
        if name.partition(".")[0] not in {"django", *sys.stdlib_module_names}
    ]
    assert wrong == []
    named = [name_of(path) for path in MIGRATIONS if "tautband." in path.read_text("utf-8")]
    assert named == []
