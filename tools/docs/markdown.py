"""The little Markdown that the generated pages need."""

from collections.abc import Iterable, Sequence

NOTE = "<!-- Made by tools/generate_docs.py. Do not edit: change the code, then run bin/fix. -->"


def page(title: str, *blocks: str) -> str:
    """A whole page."""
    return "\n\n".join([f"# {title}", NOTE, *blocks]) + "\n"


def table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table; a bar inside a cell is escaped."""
    lines = [heads, ["---"] * len(heads), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").strip() for cell in line) + " |"
        for line in lines
    )
