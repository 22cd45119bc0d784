"""JSON read strictly: what two readers could understand differently is refused, with its place.

Refused are repeated keys, halves of surrogate pairs, control characters, numbers beyond all sense
and nesting without end. The common file is read once, fast; only where something looks odd is it
read a second time, slowly, to find the place.
"""

import json
import re
from array import array
from collections.abc import Iterator
from decimal import Decimal
from itertools import accumulate
from typing import Any

from django.utils.translation import gettext as _

from tautband.interop.fhir.elements import Bad

#: The levels of brackets that a file may have.
DEEPEST = 100
# A number has at most this many digits, and is no larger or smaller than a double can be. FHIR sets
# no limit, and HL7's example goes to E+245; what a measurement may be is for others to say.
_MOST_DIGITS, _MOST_EXPONENT = 60, 308

_LEVELS = bytes.maketrans(b"[{]}", b"\x01\x01\xff\xff")
_NO_BRACKETS = bytes(set(range(256)) - set(b"[{]}"))
_STRING = re.compile(rb'"[^"\\]*(?:\\.[^"\\]*)*"', re.DOTALL)
# An escape that may stand for what is not text; behind a backslash it is a false alarm.
_ODD_ESCAPE = re.compile(r"\\(?:u00[01]|u[dD][89a-fA-F]|[bf])")
_NOT_TEXT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff]")
# An object that may hold nothing, or but an id; a name with an escape in it may spell one.
_HOLLOW = re.compile(
    r'\{\s*(?:"(?:id|[^"\\]*(?:\\.[^"\\]*)+)"\s*:\s*"[^"\\]*(?:\\.[^"\\]*)*"\s*)?\}'
)
_NAME = re.compile("[A-Za-z_][A-Za-z0-9]{0,63}")


class _Odd(Exception):
    """Something is wrong in the text; the slow reading says where."""


class _Pairs(list[tuple[str, Any]]):
    """An object with all its keys, as often as they stand there."""


class _Beyond:
    """A number beyond all sense."""


def parse(raw: bytes, path: str, *, types: frozenset[str] = frozenset()) -> Any:
    """The value of the text, with a Decimal for each number that has a point; Bad if it has none.

    Raises Bad with the path of what is refused, or with `path` where the text is no JSON at all.
    Without a path, places are told from the resourceType on, if that is one of `types`.
    """
    text = _text(raw, path)
    if is_deep(raw):
        raise too_deep(path)
    try:
        value = _decoded(_FAST, text, path)
        is_odd = bool(_ODD_ESCAPE.search(text))
    except _Odd:
        value, is_odd = None, True
    if is_odd:
        slow = _decoded(_SLOW, text, path)
        if not path and isinstance(slow, _Pairs):
            path = _type_in(slow, types)
        for bad in _faults(slow, path):
            raise bad
    return value


def _decoded(decoder: json.JSONDecoder, text: str, path: str) -> Any:
    try:
        return decoder.decode(text)
    except RecursionError:
        raise too_deep(path) from None
    except (ValueError, ArithmeticError):
        raise Bad(path, _("the file is not JSON")) from None


def is_deep(raw: bytes, most: int = DEEPEST) -> bool:
    """Whether more brackets are open at once than may be."""
    lowest, deepest = _levels(raw)
    # Brackets in strings may blur the count, but not hide more than as much again.
    return (lowest < 0 or deepest > most) and _levels(_STRING.sub(b"", raw))[1] > most


def refuse_hollow(raw: bytes, path: str, *, opaque: frozenset[str]) -> None:
    """Bad if an object holds nothing, or nothing but an id, unless inside an opaque resource.

    ele-1: an element has a value or children; an id alone is neither.
    """
    text = _text(raw, path)
    if _HOLLOW.search(text):
        for place in _hollow(_FAST.decode(text), path, opaque):
            raise Bad(place, _("an empty object is not allowed"))


def child(path: str, name: str) -> str:
    """The path of a child; a name that no element could have is not repeated."""
    shown = name if _NAME.fullmatch(name) else "?"
    return f"{path}.{shown}" if path else shown


def _text(raw: bytes, path: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise Bad(path, _("the file is not UTF-8 text")) from None


def too_deep(path: str) -> Bad:
    """What is raised for nesting without end."""
    return Bad(path, _("the file is nested too deeply"))


def _levels(raw: bytes) -> tuple[int, int]:
    """The fewest and the most brackets open at once, those in strings counted with the rest."""
    levels = array("q", accumulate(array("b", raw.translate(_LEVELS, _NO_BRACKETS))))
    return min(levels, default=0), max(levels, default=0)


# --- the two readings ---


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise _Odd
    return found


def _number(text: str) -> Decimal:
    number = _number_or_beyond(text)
    if isinstance(number, _Beyond):
        raise _Odd
    return number


def _number_or_beyond(text: str) -> Decimal | _Beyond:
    number = Decimal(text)
    if len(text) > _MOST_DIGITS or "e" in text or "E" in text:
        few = len(number.as_tuple().digits) <= _MOST_DIGITS
        return number if few and abs(number.adjusted()) <= _MOST_EXPONENT else _Beyond()
    return number


def _whole(text: str) -> int:
    if len(text) > _MOST_DIGITS:
        raise _Odd
    return int(text)


def _whole_or_beyond(text: str) -> int | _Beyond:
    return _Beyond() if len(text) > _MOST_DIGITS else int(text)


def _constant(_name: str) -> object:
    raise ValueError


_FAST = json.JSONDecoder(
    object_pairs_hook=_object, parse_float=_number, parse_int=_whole, parse_constant=_constant
)
_SLOW = json.JSONDecoder(
    object_pairs_hook=_Pairs,
    parse_float=_number_or_beyond,
    parse_int=_whole_or_beyond,
    parse_constant=_constant,
)


def _type_in(pairs: _Pairs, types: frozenset[str]) -> str:
    stated = dict(pairs).get("resourceType")
    return stated if isinstance(stated, str) and stated in types else ""


def _faults(value: Any, path: str) -> Iterator[Bad]:
    """What a slow reading shows, in the order of the text."""
    waiting = [(value, path)]
    while waiting:
        one, place = waiting.pop()
        if isinstance(one, _Pairs):
            seen: set[str] = set()
            for name, _value in one:
                if name in seen:
                    yield Bad(child(place, name), _("this is given twice"))
                seen.add(name)
                if _NOT_TEXT.search(name):
                    yield Bad(child(place, name), _not_text())
            waiting += [(inner, child(place, name)) for name, inner in reversed(one)]
        elif isinstance(one, list):
            waiting += [(inner, f"{place}[{at}]") for at, inner in reversed([*enumerate(one)])]
        elif isinstance(one, str) and _NOT_TEXT.search(one):
            yield Bad(place, _not_text())
        elif isinstance(one, _Beyond):
            yield Bad(place, _("this number is out of all bounds"))


def _not_text() -> str:
    return _("a character that is not text is not allowed")


def _hollow(value: Any, path: str, opaque: frozenset[str]) -> Iterator[str]:
    """The places of objects that hold nothing, or nothing but an id."""
    waiting = [(value, path, False)]
    while waiting:
        one, place, is_mark = waiting.pop()
        if isinstance(one, list):
            waiting += [
                (inner, f"{place}[{at}]", is_mark) for at, inner in reversed([*enumerate(one)])
            ]
        elif isinstance(one, dict) and one.get("resourceType") not in opaque:
            if not one or (set(one) == {"id"} and not is_mark):
                yield place
            waiting += [
                (inner, child(place, name), _is_mark(one, name, inner))
                for name, inner in reversed(one.items())
            ]


def _is_mark(holder: dict[str, Any], name: str, inner: Any) -> bool:
    """Whether this may be but an id: it belongs to a primitive. Lists are seen elsewhere."""
    return name.startswith("_") and (isinstance(inner, list) or holder.get(name[1:]) is not None)
