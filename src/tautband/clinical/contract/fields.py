"""How one value of a plan written as JSON is read: its kind, its bounds, its unit inside.

A reader answers with the value as the facts hold it, or with None where it is absent or null,
which is unknown. What cannot be read goes to the list of refusals with its place, and the reader
answers None: everything that is wrong with a plan is told at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal
from enum import StrEnum
from typing import Any, Protocol

# Amounts count toward a limit, so what is finer than the unit inside counts as the next whole one;
# what a limit is reckoned from (weight, height, the way to the pleura) is cut instead.
UP, DOWN = ROUND_CEILING, ROUND_FLOOR
EARLIEST, LATEST = 1900, 2200


@dataclass(frozen=True, slots=True)
class Refusal:
    """One thing that cannot be read: where it stands, and why."""

    where: str
    why: str


@dataclass(slots=True)
class Refusals:
    """Everything that cannot be read, in the order of the file."""

    found: list[Refusal] = field(default_factory=list)

    def add(self, where: str, why: str) -> None:
        """One more."""
        self.found.append(Refusal(where, why))


class Reader(Protocol):
    """Reads one value, and describes itself as JSON Schema."""

    def read(self, value: Any, where: str, refusals: Refusals) -> Any:
        """The value as the facts hold it; None where it is unknown."""

    def schema(self) -> dict[str, Any]:
        """The same as JSON Schema, without the null that every key may be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Number:
    """A number with a unit, as a whole count of the small unit (`scale` of them in one).

    With `scale` 0 it stays a Decimal, digit for digit.
    """

    unit: str = ""
    scale: int = 1
    lowest: Decimal = Decimal(0)
    highest: Decimal
    rounding: str = UP

    def read(self, value: Any, where: str, refusals: Refusals) -> int | Decimal | None:
        """The whole count, or the Decimal."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            refusals.add(where, "Not a number.")
            return None
        exact: Decimal = Decimal(repr(value)) if isinstance(value, float) else Decimal(value)
        if not exact.is_finite():
            refusals.add(where, "Not a finite number.")
        elif exact < Decimal(0):
            refusals.add(where, "It cannot be less than zero.")
        elif not self.lowest <= exact <= self.highest:
            bounds = f"{self.lowest} and {self.highest}"
            refusals.add(where, f"It must lie between {bounds} {self.unit}".rstrip() + ".")
        elif not self.scale:
            return exact
        else:
            return int((exact * self.scale).to_integral_value(self.rounding))
        return None

    def schema(self) -> dict[str, Any]:
        """A bounded number."""
        bounds = {"minimum": _number(self.lowest), "maximum": _number(self.highest)}
        return {"type": "number", **bounds} | ({"description": self.unit} if self.unit else {})


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A whole number."""

    lowest: int = 0
    highest: int
    unit: str = ""

    def read(self, value: Any, where: str, refusals: Refusals) -> int | None:
        """The number."""
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
            refusals.add(where, "Not a whole number.")
        elif not self.lowest <= value <= self.highest:
            # Neither is what is no number at all.
            refusals.add(where, f"It must lie between {self.lowest} and {self.highest}.")
        elif value != int(value):
            refusals.add(where, "Not a whole number.")
        else:
            return int(value)
        return None

    def schema(self) -> dict[str, Any]:
        """A bounded integer."""
        bounds = {"minimum": self.lowest, "maximum": self.highest}
        return {"type": "integer", **bounds} | ({"description": self.unit} if self.unit else {})


@dataclass(frozen=True, slots=True)
class Flag:
    """Yes or no."""

    def read(self, value: Any, where: str, refusals: Refusals) -> bool | None:
        """The answer."""
        if value is None:
            return None
        if isinstance(value, bool):
            return value
        refusals.add(where, "Neither true nor false.")
        return None

    def schema(self) -> dict[str, Any]:
        """A boolean."""
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Text:
    """Words of bounded length."""

    longest: int = 1000

    def read(self, value: Any, where: str, refusals: Refusals) -> str:
        """The words; nothing where there are none."""
        if value is None:
            return ""
        if not isinstance(value, str):
            refusals.add(where, "Not a text.")
        elif len(value) > self.longest:
            refusals.add(where, f"Longer than {self.longest} characters.")
        else:
            return value
        return ""

    def schema(self) -> dict[str, Any]:
        """A bounded string."""
        return {"type": "string", "maxLength": self.longest}


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a closed list."""

    words: tuple[str, ...]
    kind: type[StrEnum] | None = None

    def read(self, value: Any, where: str, refusals: Refusals) -> Any:
        """The word, as a member of `kind` where there is one."""
        if value is None:
            return None
        if not isinstance(value, str) or value not in self.words:
            few = len(self.words) <= 12
            listed = f" It is one of: {', '.join(self.words)}." if few else ""
            refusals.add(where, f"Not a known word.{listed}")
            return None
        return self.kind(value) if self.kind else value

    def schema(self) -> dict[str, Any]:
        """An enumeration."""
        return {"enum": list(self.words)}


def word(kind: type[StrEnum]) -> Word:
    """One word of a vocabulary of the field."""
    return Word(tuple(str(each) for each in kind), kind)


@dataclass(frozen=True, slots=True)
class Moment:
    """A date, or a date with a time: ISO 8601. Without an offset it is the centre's own time."""

    def read(self, value: Any, where: str, refusals: Refusals) -> date | datetime | None:
        """The datetime as written; only the date where no time is."""
        if value is None:
            return None
        try:
            if not isinstance(value, str) or len(value) < 10 or len(value) > 40:
                raise ValueError
            # The forms with a week or an ordinal day are ISO 8601, too, but nobody writes them.
            if value[4:5] != "-" or value[7:8] != "-":
                raise ValueError
            read = date.fromisoformat(value) if len(value) == 10 else datetime.fromisoformat(value)
        except ValueError:
            refusals.add(where, "Not a date, such as 2026-03-31 or 2026-03-31T09:30:00+01:00.")
            return None
        if not EARLIEST <= read.year <= LATEST:
            refusals.add(where, f"The year must lie between {EARLIEST} and {LATEST}.")
            return None
        return read

    def schema(self) -> dict[str, Any]:
        """A string in ISO 8601."""
        return {"type": "string", "description": "ISO 8601 date, or date with time and offset"}


@dataclass(frozen=True, slots=True)
class Many:
    """A list; None where the key is absent, an empty one where somebody asked and there is none."""

    each: Reader
    most: int

    def read(self, value: Any, where: str, refusals: Refusals) -> tuple[Any, ...] | None:
        """What could be read of it."""
        if value is None:
            return None
        if not isinstance(value, list):
            refusals.add(where, "Not a list.")
            return None
        if len(value) > self.most:
            refusals.add(where, f"More than {self.most} entries.")
            return None
        return tuple(
            self.each.read(entry, f"{where}[{place}]", refusals)
            for place, entry in enumerate(value)
        )

    def schema(self) -> dict[str, Any]:
        """A bounded array."""
        return {"type": "array", "maxItems": self.most, "items": self.each.schema()}


@dataclass(frozen=True, slots=True)
class Shape:
    """An object with named fields; a name that is not among them is refused."""

    fields: Mapping[str, Reader]

    def read(self, value: Any, where: str, refusals: Refusals) -> dict[str, Any] | None:
        """Every field by name; None where the object is absent."""
        if value is None:
            return None
        if not isinstance(value, dict):
            refusals.add(where, "Not an object.")
            return None
        dot = f"{where}." if where else ""
        for name in value.keys() - self.fields.keys():
            refusals.add(f"{dot}{printable(name)}", "Not a key that this object has.")
        return {
            name: reader.read(value.get(name), f"{dot}{name}", refusals)
            for name, reader in self.fields.items()
        }

    def schema(self) -> dict[str, Any]:
        """An object that holds nothing else; every key may be absent or null."""
        return {
            "type": "object",
            "additionalProperties": False,
            "properties": {
                name: {"anyOf": [reader.schema(), {"type": "null"}]}
                for name, reader in self.fields.items()
            },
        }


def printable(name: object) -> str:
    """A key that nobody knows, short and without what a terminal would obey."""
    return "".join(ch if ch.isprintable() else "?" for ch in str(name)[:60])


def _number(value: Decimal) -> int | float:
    # Only for the schema, whose readers know no other numbers.
    return int(value) if value == value.to_integral_value() else float(value)
