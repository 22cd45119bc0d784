"""Read a table of the package and say clearly which row of it is malformed."""

import csv
import hashlib
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from importlib.resources import files
from io import StringIO

from tautband.clinical.findings import Source

TOML_TABLES = (
    "agents.toml",
    "local_anaesthetics.toml",
    "corticosteroids.toml",
    "botulinum_toxins.toml",
    "limits.toml",
    "sources.toml",
    "depths.toml",
    "mixtures.toml",
    "payers.toml",
    "substances.toml",
    "conditions.toml",
    "ask_today.toml",
    "emergency.toml",
    "risks.toml",
    "leaflets.toml",
    "labels.toml",
    "consent_form.toml",
)
MUSCLES, ARABIC_NAMES = "muscles.csv", "names_ar.csv"
CSV_TABLES = (MUSCLES, ARABIC_NAMES)


class KnowledgeError(ValueError):
    """A knowledge table is malformed; the message names the table and the row."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """One number a clinician would argue about, with where it was read."""

    value: Decimal
    unit: str
    source: Source
    fact: str = ""

    @property
    def verified(self) -> bool:
        """Whether it was read at its source; what is not acts at most as a warning."""
        return self.source.verified


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a table, read field by field; every complaint names the place."""

    place: str
    fields: Mapping[str, object]

    def text(self, key: str) -> str:
        """The words in a field that must be there."""
        value = self.fields.get(key)
        if not isinstance(value, str):
            raise KnowledgeError(f"{self.place}: {key} must be text")
        return value

    def words(self, key: str) -> tuple[str, ...]:
        """A list of words; an absent field is an empty list."""
        value = self.fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise KnowledgeError(f"{self.place}: {key} must be a list of words")
        return tuple(value)

    def flag(self, key: str) -> bool:
        """True or false; an absent field is a fault."""
        value = self.fields.get(key)
        if not isinstance(value, bool):
            raise KnowledgeError(f"{self.place}: {key} must be true or false")
        return value

    def decimal(self, key: str) -> Decimal:
        """An exact number, written as text so that nothing is lost in reading."""
        try:
            value = Decimal(self.text(key))
        except InvalidOperation as error:
            raise KnowledgeError(f"{self.place}: {key} must be a number in quotes") from error
        if not value.is_finite() or value < 0:
            raise KnowledgeError(f"{self.place}: {key} must be zero or more")
        return value

    def decimal_or_none(self, key: str) -> Decimal | None:
        """An exact number, or None where the field is empty."""
        return self.decimal(key) if self.text(key) else None

    def rows(self, key: str) -> tuple["Row", ...]:
        """The sub-rows of a field; an absent field is none."""
        value = self.fields.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, dict) for v in value):
            raise KnowledgeError(f"{self.place}: {key} must be a list of rows")
        return tuple(Row(f"{self.place}.{key}[{i}]", v) for i, v in enumerate(value))

    def row(self, key: str) -> "Row":
        """The one sub-row of a field that must be there."""
        value = self.fields.get(key)
        if not isinstance(value, dict):
            raise KnowledgeError(f"{self.place}: {key} must be a row")
        return Row(f"{self.place}.{key}", value)

    def source(self) -> Source:
        """Where the row was read; a verified row must say the address."""
        cite, address, verified = self.text("cite"), self.text("address"), self.flag("verified")
        if not cite:
            raise KnowledgeError(f"{self.place}: no source")
        if verified and not address:
            raise KnowledgeError(f"{self.place}: verified, but no address")
        if self.text("status") != ("verified" if verified else "needs review"):
            raise KnowledgeError(f"{self.place}: status and verified disagree")
        return Source(cite=cite, address=address, verified=verified)

    def number(self, key: str) -> Number:
        """The number in a sub-row that must be there."""
        row = self.row(key)
        fact = row.text("fact") if "fact" in row.fields else ""
        return Number(
            value=row.decimal("value"), unit=row.text("unit"), source=row.source(), fact=fact
        )

    def number_or_none(self, key: str) -> Number | None:
        """The number in a sub-row, or None where there is none."""
        return self.number(key) if key in self.fields else None


def read(name: str) -> str:
    """The text of one table of the package."""
    return files(__package__).joinpath(name).read_text(encoding="utf-8")


def toml_row(name: str, text: str) -> Row:
    """A whole TOML table as one row."""
    try:
        return Row(name, tomllib.loads(text))
    except tomllib.TOMLDecodeError as error:
        raise KnowledgeError(f"{name}: {error}") from error


def csv_rows(name: str, text: str) -> tuple[Row, ...]:
    """The lines of a CSV table."""
    reader = csv.DictReader(StringIO(text))
    lines = list(reader)
    for number, line in enumerate(lines, start=2):
        if None in line or None in line.values():
            raise KnowledgeError(f"{name}: line {number} has too many or too few fields")
    return tuple(Row(f"{name}[{i}]", dict(line)) for i, line in enumerate(lines, start=2))


def fingerprint(texts: Mapping[str, str]) -> str:
    """Twelve characters that change when any table changes."""
    digest = hashlib.sha256()
    for name in sorted(texts):
        digest.update(name.encode() + b"\0" + texts[name].encode() + b"\0")
    return digest.hexdigest()[:12]
