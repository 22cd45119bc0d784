"""Nothing of one machine stands in the tree; what is needed says why, and is pinned with hashes."""

import os
import re
import socket
import tomllib
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.architecture.source import ROOT, name_of, tracked

#: Folders whose files were carried over whole.
CARRIED = ("src/tautband/design/static/vendor/", "tests/vendor/")
#: A folder of somebody's machine, as opposed to one every machine has.
FOLDER_OF_A_MACHINE = re.compile(
    r"(?<![\w.:/-])(/(root|work|builds?|workspace|home/\w+|Users/\w+|mnt/\w+)(/|\b(?=[\"'\s]))"
    r"|[A-Z]:\\\\?Users\\)"
)
#: Options by which a package is taken from one place. bin/lock is where they are shut out.
FROM_ONE_PLACE = re.compile(
    r"--(extra-)?index(-url)?\b|--find-links\b|--trusted-host\b|^\s*-i\s+\S+|"
    r"\[\[tool\.uv\.index\]\]|index-strategy|_INDEX_URL\b|npm config set",
    re.MULTILINE,
)
SHUTS_THEM_OUT = {"bin/lock", "tests/architecture/test_tree.py"}
LOCKS_WITH_ADDRESSES = {
    "uv.lock", "pylock.toml", "poetry.lock", "pdm.lock", "Pipfile.lock", "package-lock.json",
    "yarn.lock", "pnpm-lock.yaml", ".npmrc", "pip.conf", ".pypirc", "uv.toml",
}  # fmt: skip
TEXT_LIMIT = 2_000_000


def texts() -> dict[str, str]:
    """Every text of ours by name."""
    found = {}
    for path in tracked():
        if name_of(path).startswith(CARRIED) or path.stat().st_size > TEXT_LIMIT:
            continue
        data = path.read_bytes()
        if b"\0" not in data[:4096]:
            found[name_of(path)] = data.decode("utf-8", "replace")
    return found


TEXTS = texts()


def test_there_is_a_tree_to_look_at() -> None:
    assert len(TEXTS) > 300
    assert {"pyproject.toml", "bin/lock", "requirements/core.txt"} <= set(TEXTS)


def test_no_folder_of_a_machine_is_named() -> None:
    wrong = [
        f"{name}: {found[0]}"
        for name, text in TEXTS.items()
        if name != "tests/architecture/test_tree.py" and (found := FOLDER_OF_A_MACHINE.search(text))
    ]
    assert wrong == []


@pytest.mark.parametrize(
    "text",
    ["cd /root/project", 'open("/work/house/x")', "/home/anna/tautband", "see /Users/anna/x",
     "C:\\Users\\anna"],
)  # fmt: skip
def test_a_folder_of_a_machine_is_seen(text: str) -> None:
    assert FOLDER_OF_A_MACHINE.search(text)


@pytest.mark.parametrize(
    "text", ["/var/lib/clinic.sqlite3", "/usr/lib/postgresql", "/home/", "a/work/b"]
)
def test_a_folder_every_machine_has_is_left_alone(text: str) -> None:
    assert not FOLDER_OF_A_MACHINE.search(text)


def names_of_this_machine() -> set[str]:
    """What would give it away: its name, where the house lies, where its packages come from."""
    host, folder = socket.gethostname(), str(ROOT)
    # A name such as "debian", or a folder such as "/app", says nothing of one machine.
    names = {host} if re.search(r"[\d.]", host) else set()
    names |= {folder} if folder.count("/") > 1 else set()
    asked = [v for k, v in os.environ.items() if re.search("INDEX|REGISTRY|MIRROR", k, re.I)]
    for path in (Path("/etc/pip.conf"), Path.home() / ".config/pip/pip.conf"):
        asked += [path.read_text("utf-8")] if path.exists() else []
    for text in asked:
        names |= {urlsplit(url).hostname or "" for url in re.findall(r"https?://\S+", text)}
    return {name for name in names if len(name) > 5} - {"localhost", "127.0.0.1"}


def test_this_machine_is_not_named() -> None:
    wrong = {
        name
        for name, text in TEXTS.items()
        for given_away in names_of_this_machine()
        if re.search(rf"(?<![\w.-]){re.escape(given_away)}(?![\w-])", text)
    }
    assert wrong == set()


def test_no_package_is_taken_from_one_place() -> None:
    wrong = [
        f"{name}: {found[0]}"
        for name, text in TEXTS.items()
        if name not in SHUTS_THEM_OUT and (found := FROM_ONE_PLACE.search(text))
    ]
    assert wrong == []
    assert {path.name for path in tracked()} & LOCKS_WITH_ADDRESSES == set()


def test_no_data_lent_for_building_is_carried_along() -> None:
    wrong = [
        name_of(path)
        for path in tracked()
        if re.search(r"\.(dcm|json\.gz|xlsx|sqlite3?|parquet)$", path.name)
        or "synthea" in path.name.lower()
    ]
    assert wrong == []
    # The folder beside the house, by its name or by the way to it.
    beside = re.compile(r"\.\./shared/|/shared/(data|design|knowledge)/")
    named = [
        name
        for name, text in TEXTS.items()
        if name != "tests/architecture/test_tree.py" and beside.search(text)
    ]
    assert named == []


# ── what is needed ───────────────────────────────────────────────────────────────────────────

LOCKED = sorted((ROOT / "requirements").glob("*.txt"))
PIN = re.compile(r"^([a-z0-9][a-z0-9._-]*)(\[[a-z0-9,_-]+\])?==[\w.!+]+( ; [^\\]+)? \\$")
HASH = re.compile(r"^    --hash=sha256:[0-9a-f]{64}( \\)?$")


def faults_of(text: str) -> list[str]:
    """Lines of a lock that are neither a pin with its hashes nor empty."""
    faults, waiting = [], False
    for line in text.splitlines():
        if PIN.match(line) and not waiting:
            waiting = True
        elif HASH.match(line) and waiting:
            waiting = line.endswith("\\")
        elif line.strip() or waiting:
            faults.append(line)
            waiting = False
    return [*faults, *(["a pin without its hashes"] if waiting else [])]


@pytest.mark.parametrize("path", LOCKED, ids=lambda path: path.name)
def test_everything_installed_is_pinned_with_hashes_and_no_address(path: Path) -> None:
    text = path.read_text("utf-8")
    assert faults_of(text) == []
    assert text.count("==") > 20
    assert "://" not in text


@pytest.mark.parametrize(
    "text",
    [
        "django==5.2.1",
        "django>=5.2 \\\n    --hash=sha256:" + "0" * 64,
        "django==5.2.1 \\\n",
        "django==5.2.1 \\\n    --hash=sha256:" + "0" * 64 + " \\\n",
        "--index-url https://example.org/simple",
        "django @ https://example.org/django.whl",
        "# from somewhere",
    ],
)
def test_a_loose_pin_is_seen(text: str) -> None:
    assert faults_of(text)


def test_the_locks_are_those_the_verbs_install() -> None:
    assert {path.name for path in LOCKED} >= {"core.txt", "test.txt"}
    core, test = (pins_of(name) for name in ("core", "test"))
    assert core.items() <= test.items()


def pins_of(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
    return dict(re.findall(r"^([a-z0-9._-]+)(?:\[.*?\])?==(\S+)", text, re.MULTILINE))


def needed() -> list[str]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [
        *project["dependencies"],
        *(d for g in project["optional-dependencies"].values() for d in g),
    ]


def unexplained(text: str, wanted: list[str]) -> list[str]:
    """The dependencies of which no line of the file says in a comment why they are needed."""
    return [
        each
        for each in wanted
        if not re.search(rf'^\s*"{re.escape(each)}",\s*# \S+ \S+', text, re.MULTILINE)
    ]


def test_every_dependency_says_why_it_is_here() -> None:
    assert len(needed()) > 15
    assert unexplained((ROOT / "pyproject.toml").read_text("utf-8"), needed()) == []


def test_a_dependency_without_its_reason_is_seen() -> None:
    text = '    "left-pad",\n    "django==5.2.*",  # the pages\n'
    assert unexplained(text, ["left-pad", "django==5.2.*"]) == ["left-pad"]
