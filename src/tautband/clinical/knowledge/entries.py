"""Every row of every table as one flat list: what it says, where it was read, what it hashes to.

This is what a pharmacist reads and signs. The hash is over everything the row says and its
source, so that a changed number is another row to whoever signed it.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from tautband.clinical.findings import Source
from tautband.clinical.knowledge.tables import (
    CSV_TABLES,
    TOML_TABLES,
    Row,
    csv_rows,
    read,
    toml_row,
)

_OF_SOURCE = frozenset({"cite", "address", "verified", "status", "fact"})
# How a row of a list is called, in the order of preference.
_NAMES = ("id", "name", "agents", "muscles", "muscle")


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One row: `table` without its ending, `name` inside it, and what it says in plain words."""

    table: str
    name: str
    says: str
    source: Source
    hash: str


@cache
def entries() -> tuple[Entry, ...]:
    """Every row that has a source, table by table, in the order of the tables."""
    found: list[Entry] = []
    seen: Counter[tuple[str, str]] = Counter()
    for table, name, fields in _rows():
        seen[table, name] += 1
        # Two depths of one muscle differ in the build they hold for.
        again = f" ({count})" if (count := seen[table, name]) > 1 else ""
        found.append(_entry(table, f"{name}{again}", fields))
    return tuple(found)


def _rows() -> Iterator[tuple[str, str, Mapping[str, Any]]]:
    for table in TOML_TABLES:
        for name, fields in _below("", toml_row(table, read(table)).fields):
            yield table, name, fields
    for table in CSV_TABLES:
        for row in csv_rows(table, read(table)):
            called = " ".join(str(row.fields[key]) for key in ("kind", "id") if key in row.fields)
            yield table, called, {**row.fields, "verified": row.fields["verified"] == "y"}


def _below(path: str, value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The rows in a nested table, depth first; a row may itself hold rows."""
    if isinstance(value, Mapping):
        if "cite" in value:
            yield path, value
        for key, inner in value.items():
            yield from _below(f"{path}.{key}".lstrip("."), inner)
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            if isinstance(inner, Mapping):
                yield from _below(f"{path} {_called(inner, place)}", inner)


def _called(row: Mapping[str, Any], place: int) -> str:
    said = next((row[key] for key in _NAMES if row.get(key)), place + 1)
    return " + ".join(map(str, said)) if isinstance(said, list) else str(said)


def _entry(table: str, name: str, fields: Mapping[str, Any]) -> Entry:
    row = Row(f"{table}: {name}", fields)
    # Rows of their own below this one are not what it says itself.
    own = {key: each for key, each in fields.items() if not _holds_rows(each)}
    raw = json.dumps({"table": table, "name": name, **own}, sort_keys=True, ensure_ascii=False)
    return Entry(
        table=table.rpartition(".")[0],
        name=name,
        says=_says(own),
        source=Source(
            cite=row.text("cite"), address=row.text("address"), verified=row.flag("verified")
        ),
        hash=hashlib.sha256(raw.encode()).hexdigest(),
    )


def _holds_rows(value: Any) -> bool:
    return isinstance(value, list) and any(
        isinstance(each, dict) and "cite" in each for each in value
    )


def _says(own: dict[str, Any]) -> str:
    if "value" in own:
        return f"{own['value']} {own.get('unit', '')}".strip()
    return "; ".join(
        f"{key.replace('_', ' ')}: {_plain(each)}"
        for key, each in own.items()
        if key not in _OF_SOURCE and key != "id" and each not in ("", [], None)
    )


def _plain(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(_plain, value))
    if isinstance(value, dict):
        return " ".join(map(_plain, value.values()))
    return str(value)
