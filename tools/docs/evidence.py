"""docs/safety/evidence.md: which test speaks for which hazard, read without running any.

A test is a sentence. Its marker `@pytest.mark.hazard("HAZ-…")` stands on the function, on its
class, on its whole module (`pytestmark`), or on single cases (`pytest.param(…, marks=…)`).
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tools.docs import hazards
from tools.docs.markdown import page, table


@dataclass(frozen=True, slots=True)
class Evidence:
    """One test that carries the marker of one hazard."""

    hazard: str
    test: str
    place: str

    @property
    def sentence(self) -> str:
        """The test's name, read aloud."""
        return self.test.removeprefix("test_").replace("_", " ")


def collect(root: Path) -> list[Evidence]:
    """Every marked test, in the order of the files."""
    found: list[Evidence] = []
    for path in sorted((root / "tests").rglob("test_*.py")):
        tree = ast.parse(path.read_text("utf-8"))
        place = path.relative_to(root).as_posix()
        found += [Evidence(hazard, test, place) for test, hazard in _marked(tree.body, set())]
    return found


def _marked(body: list[ast.stmt], around: set[str]) -> Iterator[tuple[str, str]]:
    here = set(around)
    for node in body:
        if isinstance(node, ast.Assign) and any(
            isinstance(target, ast.Name) and target.id == "pytestmark" for target in node.targets
        ):
            here |= _ids(node.value)
    for node in body:
        if isinstance(node, ast.ClassDef):
            marks = here.union(*(_ids(each) for each in node.decorator_list))
            yield from _marked(node.body, marks)
        elif isinstance(node, ast.FunctionDef) and node.name.startswith("test_"):
            marks = here.union(*(_ids(each) for each in node.decorator_list))
            yield from ((node.name, hazard) for hazard in sorted(marks))


def _ids(node: ast.AST) -> set[str]:
    return {
        argument.value
        for call in ast.walk(node)
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Attribute)
        and call.func.attr == "hazard"
        for argument in call.args
        if isinstance(argument, ast.Constant) and isinstance(argument.value, str)
    }


def render(root: Path) -> str:
    """The hazards, and under each the tests that speak for its controls."""
    evidence = collect(root)
    blocks = [
        "Each test below carries the marker of the hazard whose controls it exercises. A hazard"
        " without a test says so. The hazards themselves: `hazards.yaml`."
    ]
    for hazard in hazards.read(root):
        rows = [[each.sentence, f"`{each.place}`"] for each in evidence if each.hazard == hazard.id]
        blocks.append(f"## {hazard.id}: {hazard.hazard}")
        blocks.append(
            table(["Test", "File"], rows)
            if rows
            else "No test yet. What stands against it is in `hazards.yaml`."
        )
    return page("Evidence", *blocks)
