"""The documents say what is there: links, names, commands, settings, words on buttons."""

import argparse
import ast
import inspect
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from html import unescape
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from typing import Any

import pytest

import tautband
from tautband.config.cli import parser

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "tautband"
NOT_OURS = {".venv", ".git", "vendor", "node_modules", "var"}
LINK = re.compile(r"!?\[[^\]]*\]\(([^()\s]+)\)")
FENCED = re.compile(r"^ *```.*?^ *```$", re.MULTILINE | re.DOTALL)
TICKED = re.compile(r"`([^`\n]+)`")
OF_THE_TREE = re.compile(r"(src|tests|docs|bin|tools|bench|requirements|\.ci)/[\w./*-]*")
VARIABLE = re.compile(r"TAUTBAND_[A-Z_]+")
ENDINGS = {".md", ".py", ".yaml", ".toml", ".txt", ".csv", ".svg", ".png", ".html", ""}


def documents() -> list[Path]:
    found = [
        path
        for path in ROOT.rglob("*.md")
        if not NOT_OURS & set(path.relative_to(ROOT).parts[:-1]) or path.parent.name == "vendor"
    ]
    return sorted(path for path in found if ".venv" not in path.parts)


DOCUMENTS = documents()
BY_NAME = pytest.mark.parametrize(
    "path", DOCUMENTS, ids=[path.relative_to(ROOT).as_posix() for path in DOCUMENTS]
)


def text_of(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


def prose(text: str) -> str:
    """The text without its blocks of code."""
    return FENCED.sub("", text)


def anchor(heading: str) -> str:
    """The anchor that a heading gets: small letters, no marks, hyphens for spaces."""
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def test_there_are_documents_to_look_at() -> None:
    names = {path.relative_to(ROOT).as_posix() for path in DOCUMENTS}
    roots = {
        "README",
        "ARCHITECTURE",
        "GLOSSARY",
        "CONTRIBUTING",
        "SAFETY",
        "SECURITY",
        "CHANGELOG",
    }
    assert {f"{name}.md" for name in roots} <= names
    assert len(names) > 30


# ── links and paths ──────────────────────────────────────────────────────────────────────────


@BY_NAME
def test_every_link_leads_somewhere(path: Path) -> None:
    wrong = []
    for target in LINK.findall(prose(path.read_text("utf-8"))):
        if re.match(r"[a-z]+:", target):
            continue
        name, _, place = target.partition("#")
        led = (path.parent / name).resolve() if name else path
        if not led.exists():
            wrong.append(target)
        elif place:
            headings = re.findall(r"^#+ (.+)$", led.read_text("utf-8"), re.MULTILINE)
            wrong += [] if place in map(anchor, headings) else [target]
    assert wrong == []


@BY_NAME
def test_every_path_named_is_there(path: Path) -> None:
    named = {
        word
        for ticked in TICKED.findall(prose(path.read_text("utf-8")))
        if (word := ticked.split(" ")[0]) and OF_THE_TREE.fullmatch(word)
    }
    assert {word for word in named if not any(ROOT.glob(word.rstrip("/")))} == set()


# ── names of the code ────────────────────────────────────────────────────────────────────────


@cache
def modules() -> dict[str, Any]:
    found = {"tautband": tautband}
    for each in walk_packages(tautband.__path__, "tautband."):
        if ".migrations" not in each.name and not each.name.endswith(("__main__", ".wsgi")):
            found[each.name] = import_module(each.name)
    return found


@cache
def classes() -> dict[str, Any]:
    return {
        name: value
        for module in modules().values()
        for name, value in vars(module).items()
        if inspect.isclass(value) and value.__module__.startswith("tautband")
    }


def found_in_code(name: str) -> Any:
    """The module, class or function of this dotted name below `tautband`; None if there is none."""
    whole = f"tautband.{name.removeprefix('tautband.')}"
    if whole in modules():
        return modules()[whole]
    module, _, attribute = whole.rpartition(".")
    if hasattr(modules().get(module), attribute):
        return getattr(modules()[module], attribute)
    return classes().get(name)


def fields_of(owner: Any) -> set[str]:
    fields = (
        {field.name for field in owner._meta.get_fields()} if hasattr(owner, "_meta") else set()
    )
    return fields | set(getattr(owner, "__dataclass_fields__", {})) | set(dir(owner))


def strangers(line: str) -> list[str]:
    """What a line names in backticks that is neither in the tree nor in the code."""
    ticked = TICKED.findall(line)
    owners = [owner for each in ticked if inspect.isclass(owner := found_in_code(each))]
    return [
        each
        for each in ticked
        if not (
            (re.fullmatch(r"[\w./-]+", each) and (ROOT / each).exists())
            or found_in_code(each) is not None
            or any(each in fields_of(owner) for owner in owners)
        )
    ]


@pytest.mark.parametrize("name", ["ARCHITECTURE.md", "GLOSSARY.md"])
def test_every_class_module_and_file_named_is_there(name: str) -> None:
    lines = prose(text_of(name)).splitlines()
    assert sum(len(TICKED.findall(line)) for line in lines) > 20
    assert [f"{each} in: {line}" for line in lines for each in strangers(line)] == []


@pytest.mark.parametrize(
    "line",
    ["`records.models.Surgeon`", "`src/tautband/nowhere.py`", "`clinical.magic`",
     "`records.models.Patient` (`shoe_size`)"],
)  # fmt: skip
def test_a_stranger_is_seen(line: str) -> None:
    assert len(strangers(line)) == 1


def test_the_picture_shows_the_layers_of_the_contract() -> None:
    contracts = tomllib.loads(text_of("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    (layers,) = [each["layers"] for each in contracts if each["type"] == "layers"]
    wanted = {part.strip() for layer in layers for part in layer.split("|")}
    (picture,) = FENCED.findall(text_of("ARCHITECTURE.md"))
    drawn = set(re.findall(r"\(?\b[a-z_]+\b\)?", picture))
    assert wanted - drawn == set()
    here = {path.name for path in SRC.iterdir() if (path / "__init__.py").exists()}
    assert {name.strip("()") for name in wanted if name.startswith("(")} & here == set()


# ── commands ─────────────────────────────────────────────────────────────────────────────────


def commands(
    known: argparse.ArgumentParser, path: str = ""
) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    """Every command that does something, by the words it is called with."""
    below = [each for each in known._actions if isinstance(each, argparse._SubParsersAction)]
    if not below:
        yield path, known
    for action in below:
        for name, child in action.choices.items():
            yield from commands(child, f"{path} {name}".strip())


COMMANDS = dict(commands(parser()))


def sections() -> dict[str, str]:
    """The page of commands, by the command each section is about."""
    parts = re.split(
        r"^## `tautband ([a-z -]+)`$", text_of("docs/reference/command-line.md"), flags=re.M
    )
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def test_the_commands_described_are_the_commands_there_are() -> None:
    assert set(sections()) == set(COMMANDS)
    assert len(COMMANDS) > 5


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_the_options_described_are_the_options_there_are(command: str) -> None:
    options = {text for action in COMMANDS[command]._actions for text in action.option_strings} - {
        "-h",
        "--help",
    }
    described = set(re.findall(r"--[a-z][a-z-]*", sections()[command]))
    assert described == options


@BY_NAME
def test_every_command_called_is_a_command(path: Path) -> None:
    called = re.findall(
        r"bin/tautband ((?:[a-z]+-?)+(?: (?:add|password))?)", path.read_text("utf-8")
    )
    assert {each for each in called if each not in COMMANDS} == set()


# ── settings ─────────────────────────────────────────────────────────────────────────────────


def _of_environment(node: ast.expr) -> bool:
    return isinstance(node, ast.Attribute) and node.attr == "environ"


def read_by_python(source: str) -> set[str]:
    """The variables that a module asks the environment for."""
    asked: list[ast.expr] = []
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Call(func=ast.Attribute(value=owner), args=[first, *_]) if _of_environment(
                owner
            ):
                asked.append(first)
            case ast.Subscript(value=owner, slice=name) if _of_environment(owner):
                asked.append(name)
            case ast.Compare(left=name, comparators=[owner]) if _of_environment(owner):
                asked.append(name)
    return {
        str(each.value)
        for each in asked
        if isinstance(each, ast.Constant) and VARIABLE.fullmatch(str(each.value))
    }


def read_by_shell(source: str) -> set[str]:
    return {name for name in re.findall(r"\$\{?(\w+)", source) if VARIABLE.fullmatch(name)}


def read_below(*folders: Path) -> set[str]:
    found: set[str] = set()
    for path in [each for folder in folders for each in folder.rglob("*") if each.is_file()]:
        if path.suffix == ".py":
            found |= read_by_python(path.read_text("utf-8"))
        elif path.suffix in {"", ".sh"}:
            found |= read_by_shell(path.read_text("utf-8"))
    return found


@cache
def read_by_the_product() -> frozenset[str]:
    return frozenset(read_below(SRC, ROOT / "bin"))


@cache
def read_by_anything() -> frozenset[str]:
    """With what only the tests and the measurements ask for."""
    around = read_below(ROOT / "tests", ROOT / "tools", ROOT / "bench")
    return read_by_the_product() | around


def described_variables() -> set[str]:
    return set(
        re.findall(r"^\| `(TAUTBAND_[A-Z_]+)` \|", text_of("docs/reference/settings.md"), re.M)
    )


def test_the_variables_described_are_the_variables_read() -> None:
    assert described_variables() == read_by_the_product()
    assert len(described_variables()) > 3


@BY_NAME
def test_no_document_names_a_variable_that_nothing_reads(path: Path) -> None:
    assert set(VARIABLE.findall(path.read_text("utf-8"))) <= read_by_anything()


@pytest.mark.parametrize(
    ("source", "read"),
    [
        ('os.environ.get("TAUTBAND_A", "")', {"TAUTBAND_A"}),
        ('environ = os.environ["TAUTBAND_B"]', {"TAUTBAND_B"}),
        ('if "TAUTBAND_C" not in os.environ: pass', {"TAUTBAND_C"}),
        ('settings.TAUTBAND_D; "TAUTBAND_E"', set()),
    ],
)
def test_what_a_module_reads_is_seen(source: str, read: set[str]) -> None:
    assert read_by_python(source) == read


# ── words on the screen ──────────────────────────────────────────────────────────────────────

GUIDES = sorted([*(ROOT / "docs/tutorials").glob("*.md"), *(ROOT / "docs/how-to").glob("*.md")])


@cache
def on_the_screen() -> set[str]:
    """What a page could show in one piece: strings of templates and of the code, texts of tags."""
    found: set[str] = set()
    for path in SRC.rglob("*.html"):
        text = path.read_text("utf-8")
        found |= set(re.findall(r"""{% translate ["'](.+?)["']""", text))
        found |= {each.strip() for each in re.findall(r"[>}]([^<>{}]+)<", text)}
    for path in SRC.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.add(node.value)
    return {unescape(each) for each in found}


@pytest.mark.parametrize("path", GUIDES, ids=[path.name for path in GUIDES])
def test_every_word_in_bold_stands_on_a_page(path: Path) -> None:
    bold = re.findall(r"\*\*([^*]+)\*\*", prose(path.read_text("utf-8")))
    assert [words for words in bold if words not in on_the_screen()] == []


# ── decisions ────────────────────────────────────────────────────────────────────────────────


def test_every_decision_is_listed_dated_and_whole() -> None:
    folder = ROOT / "docs" / "decisions"
    found = sorted(folder.glob("[0-9]*.md"))
    numbers = [int(path.name[:4]) for path in found]
    assert numbers == list(range(1, len(found) + 1))
    listed = re.findall(r"\((\d{4}-[\w-]+\.md)\)", (folder / "README.md").read_text("utf-8"))
    assert listed == [path.name for path in found]
    for path in found:
        text = path.read_text("utf-8")
        assert re.search(r"^- Status: (accepted|superseded by \d{4})$", text, re.M), path.name
        assert re.search(r"^- Date: \d{4}-\d{2}-\d{2}$", text, re.M), path.name
        headings = re.findall(r"^## (.+)$", text, re.M)
        assert headings == ["Context", "Decision", "Consequences"], path.name
