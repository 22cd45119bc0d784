"""Reading FHIR JSON one typed element at a time: what is wrong is said by its path, never by value.

Nothing here trusts the shape of what it reads: every step checks the type it needs.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _

ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2})?)?")
_DATE_TIME = re.compile(
    r"(\d{4})(-\d{2}(-\d{2}(T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2}))?)?)?"
)
_LONGEST_TEXT = 1_000_000
# Control characters and halves of surrogate pairs: FHIR forbids them and no database takes them.
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")


class Bad(Exception):
    """Something in the file cannot be taken: where, and why, without any value from it."""

    def __init__(self, path: str, why: str) -> None:
        super().__init__(path)
        self.path = path
        self.why = why


@dataclass(frozen=True, slots=True)
class Element:
    """One JSON object and where it stands."""

    fields: Mapping[str, Any]
    path: str

    @staticmethod
    def of(value: object, path: str) -> "Element":
        """The value as an object; Bad if it is anything else."""
        if not isinstance(value, dict):
            raise Bad(path, _("an object is expected here"))
        return Element(value, path)

    def at(self, name: str) -> str:
        """The path of a child."""
        return f"{self.path}.{name}" if self.path else name

    def has(self, name: str) -> bool:
        """Whether the child is there at all."""
        return name in self.fields

    def text(self, name: str) -> str:
        """A string, or "" where there is none; FHIR knows no empty strings."""
        if name not in self.fields:
            return ""
        value = self.fields[name]
        if not isinstance(value, str):
            raise Bad(self.at(name), _("a string is expected here"))
        _check_text(value, self.at(name))
        return value

    def required(self, name: str) -> str:
        """A string that must be there."""
        value = self.text(name)
        if not value:
            raise Bad(self.at(name), _("this is missing"))
        return value

    def code(self, name: str, allowed: frozenset[str], *, required: bool = False) -> str:
        """A code of a required binding."""
        value = self.required(name) if required else self.text(name)
        if value and value not in allowed:
            raise Bad(self.at(name), _("this is not one of the allowed codes"))
        return value

    def flag(self, name: str) -> bool | None:
        """True or false, None where there is nothing."""
        value = self.fields.get(name)
        if name in self.fields and not isinstance(value, bool):
            raise Bad(self.at(name), _("true or false is expected here"))
        return value

    def decimal(self, name: str) -> Decimal:
        """A number that must be there, with the digits it was written with."""
        if name not in self.fields:
            raise Bad(self.at(name), _("this is missing"))
        value = self.fields[name]
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise Bad(self.at(name), _("a number is expected here"))
        number = Decimal(value)
        digits = len(number.as_tuple().digits)
        if not number.is_finite() or abs(number.adjusted()) > 18 or digits > 60:
            raise Bad(self.at(name), _("this number is out of all bounds"))
        return number

    def object(self, name: str) -> "Element | None":
        """A child object, None where there is none."""
        if name not in self.fields:
            return None
        return Element.of(self.fields[name], self.at(name))

    def objects(self, name: str) -> Iterator["Element"]:
        """The objects of a list."""
        for index, value in enumerate(self._list(name)):
            yield Element.of(value, f"{self.at(name)}[{index}]")

    def texts(self, name: str) -> list[str]:
        """The strings of a list; null stands for an extension on a primitive and is left out."""
        found = []
        for index, value in enumerate(self._list(name)):
            if value is None:
                continue
            path = f"{self.at(name)}[{index}]"
            if not isinstance(value, str):
                raise Bad(path, _("a string is expected here"))
            _check_text(value, path)
            found.append(value)
        return found

    def _list(self, name: str) -> list[Any]:
        if name not in self.fields:
            return []
        value = self.fields[name]
        if not isinstance(value, list):
            raise Bad(self.at(name), _("a list is expected here"))
        return value

    def date(self, name: str) -> date | None:
        """A whole calendar day, None where there is none; Bad for a year or month alone."""
        value = self.text(name)
        if not value:
            return None
        if not _DATE.fullmatch(value):
            raise Bad(self.at(name), _("this is not a date"))
        day = _whole_day(value, self.at(name))
        if day is None:
            raise Bad(self.at(name), _("a whole day is needed, not a month or a year"))
        return day

    def moment(self, name: str) -> "Moment | None":
        """A dateTime, which may be a year, a month, a day or an instant."""
        value = self.text(name)
        if not value:
            return None
        return moment_of(value, self.at(name))

    def one_of(self, stem: str, *endings: str) -> str:
        """Which form of a choice such as value[x] is there, "" if none; Bad if there are two."""
        present = [ending for ending in endings if f"{stem}{ending}" in self.fields]
        if len(present) > 1:
            raise Bad(self.at(stem), _("only one form of this may be given"))
        return present[0] if present else ""


@dataclass(frozen=True, slots=True)
class Moment:
    """A FHIR dateTime: `day` is None for a year or month alone, `instant` unless it has a time."""

    day: date | None
    instant: datetime | None


def moment_of(value: str, path: str) -> Moment:
    """Read a dateTime; Bad if it is none or names a day that does not exist."""
    if not _DATE_TIME.fullmatch(value):
        raise Bad(path, _("this is not a date or time"))
    if "T" not in value:
        return Moment(_whole_day(value, path), None)
    # Python 3.11 reads at most six digits of a second.
    trimmed = re.sub(r"(\.\d{6})\d+", r"\1", value)
    try:
        instant = datetime.fromisoformat(trimmed)
    except ValueError:
        raise Bad(path, _("this day or time does not exist")) from None
    return Moment(instant.date(), instant)


def _check_text(value: str, path: str) -> None:
    if not value.strip() or len(value) > _LONGEST_TEXT:
        raise Bad(path, _("an empty or endless string is not allowed"))
    if _NOT_TEXT.search(value):
        raise Bad(path, _("a character that is not text is not allowed"))


def _whole_day(value: str, path: str) -> date | None:
    whole = {4: f"{value}-01-01", 7: f"{value}-01"}.get(len(value), value)
    try:
        day = date.fromisoformat(whole)
    except ValueError:
        raise Bad(path, _("this day does not exist")) from None
    return day if whole == value else None
