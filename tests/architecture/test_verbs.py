"""The verbs of bin/ run in any POSIX shell, and CI runs the same two that a person does."""

import re
import shutil
import stat
import subprocess
from pathlib import Path

import pytest

from tests.architecture.source import ROOT

VERBS = sorted(path for path in (ROOT / "bin").iterdir() if path.is_file())
PARTS = sorted((ROOT / "bin" / "lib").glob("*.sh"))
SHELLS = [found for name in ("sh", "dash") if (found := shutil.which(name))]
#: What bash understands and POSIX does not.
BASHISMS = {
    "double brackets": re.compile(r"\[\["),
    "the word function": re.compile(r"^\s*function\s+\w+", re.MULTILINE),
    "local": re.compile(r"^\s*(local|declare|typeset)\s", re.MULTILINE),
    "source": re.compile(r"^\s*source\s", re.MULTILINE),
    "an array": re.compile(r"^\s*\w+(\+)?=\(|\$\{\w+\[", re.MULTILINE),
    "== in a test": re.compile(r"\[ [^\]\n]* == "),
    "a string on stdin": re.compile(r"<<<"),
    "a process as a file": re.compile(r"[<>]\(\w"),
    "both streams at once": re.compile(r"&>|\|&|>&[^0-9&\-\s]"),
    "a slice or a replacement": re.compile(r"\$\{\w+(:[0-9]|/|\^|,|:\s*-[0-9])"),
    "a dollar-quoted string": re.compile(r"(?<![\w\"'])\$'"),
    "pipefail": re.compile(r"\bpipefail\b"),
    "BASH's own variables": re.compile(r"\$\{?(BASH|RANDOM|SECONDS|EPOCH|PIPESTATUS|UID)\b"),
    "arithmetic as a command": re.compile(r"^\s*(let\s|\(\()", re.MULTILINE),
    "echo with options": re.compile(r"\becho\s+-[ne]"),
    "brace expansion": re.compile(r"\{\w+\.\.\w+\}"),
    "adding to a variable": re.compile(r"^\s*\w+\+=", re.MULTILINE),
}


def bashisms_of(text: str) -> list[str]:
    code = re.sub(r"<<-?\s*'(\w+)'.*?\n.*?^\s*\1$", "", text, flags=re.MULTILINE | re.DOTALL)
    code = re.sub(r"(?m)(^|\s)#.*$", "", code)
    return [name for name, pattern in BASHISMS.items() if pattern.search(code)]


def test_there_are_the_verbs_a_person_needs() -> None:
    assert {path.name for path in VERBS} >= {
        "demo", "test", "check", "fix", "bench", "lock", "tautband",
    }  # fmt: skip
    assert PARTS
    assert SHELLS


@pytest.mark.parametrize("path", VERBS, ids=lambda path: path.name)
def test_a_verb_is_a_posix_script_anybody_can_start(path: Path) -> None:
    text = path.read_text("utf-8")
    assert text.startswith("#!/bin/sh\n# ")
    assert path.stat().st_mode & stat.S_IXUSR
    assert '. "$(dirname -- "$0")/lib/setup.sh"' in text


@pytest.mark.parametrize("path", [*VERBS, *PARTS], ids=lambda path: path.name)
def test_any_posix_shell_reads_it(path: Path) -> None:
    assert bashisms_of(path.read_text("utf-8")) == []
    for shell in SHELLS:
        read = subprocess.run([shell, "-n", str(path)], capture_output=True, text=True)
        assert (read.returncode, read.stderr) == (0, "")


@pytest.mark.parametrize(
    "line",
    [
        "[[ -n $x ]]", "function f { :; }", "local x=1", "source x.sh", "x=(a b)", "${x[0]}",
        '[ "$a" == "$b" ]', "cat <<<x", "diff <(a) <(b)", "f &>log", "${x:0:1}", "${x//a/b}",
        "x=$'a'", "set -o pipefail", "echo $RANDOM", "(( x++ ))", "echo -n x", "for i in {1..3}",
        "x+=y",
    ],
)  # fmt: skip
def test_what_only_bash_reads_is_seen(line: str) -> None:
    assert bashisms_of(f"#!/bin/sh\n{line}\n")


def test_ci_runs_the_two_verbs_and_nothing_else() -> None:
    lines = (ROOT / ".ci" / "run").read_text("utf-8").splitlines()
    done = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    around = [
        line for line in done if re.match(r"(set -|cd |export CI=true$|exec </dev/null$)", line)
    ]
    assert [line for line in done if line not in around] == ["bin/check", "bin/test"]
    assert any(line.startswith("set -e") for line in around)
