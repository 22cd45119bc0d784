"""The gate: what is not valid FHIR R4 does not come in.

A resource or a Bundle is read once as JSON, then held against the structs of `r4`, which check
themselves as they are made; then its references are looked at together. What is wrong is said by
its FHIR path, never by a value. Of resources that are not read here only the type and the JSON are
looked at. docs/reference/fhir.md lists what is checked.
"""

import re
from collections.abc import Mapping
from decimal import Decimal
from types import MappingProxyType
from typing import Any

import msgspec
from django.utils.translation import gettext_lazy as _

from tautband.interop.fhir import fieldwise, strict_json
from tautband.interop.fhir.elements import Bad
from tautband.interop.fhir.r4 import invariants, primitives, references, rules
from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.r4.cardinality import MISSING

_NOTHING: Mapping[str, str] = MappingProxyType({})
_plain = msgspec.json.Decoder(float_hook=Decimal).decode
_OPAQUE = r4.RESOURCE_TYPES - invariants.READ


class _Resource(msgspec.Struct):
    it: r4.AnyResource


class _Bundle(msgspec.Struct):
    it: r4.Bundle


def refuse_invalid(raw: bytes, path: str) -> None:
    """Bad unless this is one valid R4 resource or Bundle; `path` is where it stands, "" at the top.

    Raises Bad with the path of the element, and the reason without any value of the file.
    """
    if not fieldwise.is_valid(raw):
        read_closely(raw, path)


def checked(raw: bytes, path: str, *, known: Mapping[str, str] = _NOTHING) -> dict[str, Any]:
    """The same, and returns what was read: decimals as Decimal, with their digits.

    `known` gives the type of resources outside by the address that references call them by, so
    that a reference to the wrong type is found across pieces of one Bundle.
    """
    if not known and fieldwise.is_valid(raw):
        plain: dict[str, Any] = _plain(raw)
        return plain
    return read_closely(raw, path, known=known)


def read_closely(raw: bytes, path: str, *, known: Mapping[str, str] = _NOTHING) -> dict[str, Any]:
    """Every character and every element looked at, until the first that is wrong."""
    value = strict_json.parse(raw, path, types=r4.RESOURCE_TYPES)
    if not isinstance(value, dict):
        raise Bad(path, str(_NO_OBJECT))
    kind = value.get("resourceType")
    if kind is None:
        raise Bad(strict_json.child(path, "resourceType"), str(MISSING))
    if not isinstance(kind, str) or kind not in r4.RESOURCE_TYPES:
        raise Bad(strict_json.child(path, "resourceType"), str(rules.NO_SUCH_TYPE))
    place = path or kind
    with references.watch() as noted:
        try:
            references.check(made(value), noted, known)
        except msgspec.ValidationError as error:
            raise _told(error, place) from None
        except primitives.Broken as broken:
            raise Bad(_join(place, broken.child), broken.why) from None
        except RecursionError:
            raise strict_json.too_deep(place) from None
    strict_json.refuse_hollow(raw, place, opaque=_OPAQUE)
    return value


def made(value: dict[str, Any]) -> primitives.Checked:
    """The structs of a resource or Bundle; msgspec.ValidationError if its types do not fit."""
    wrapper: type[_Bundle | _Resource] = _Bundle if value["resourceType"] == "Bundle" else _Resource
    # With Decimal among the plain types, a number in quotation marks is none.
    return msgspec.convert({"it": value}, wrapper, builtin_types=(Decimal,)).it


# --- what msgspec says, in our words ---

_SAID = re.compile(r"(.*) - at `\$\.it([^`]*)`", re.DOTALL)
_NAMED = re.compile(r"Object (contains unknown|missing required) field `(.*)`", re.DOTALL)
_EXPECTED = re.compile(r"Expected `([^`]+)`(?:, got `[a-z]+`)?(.*)", re.DOTALL)
_MATCHING = " matching regex "

_UNKNOWN = _("FHIR R4 knows no such element here")
_OF_NO_FORM = _("this is not of the form that FHIR R4 gives it")
_EMPTY_LIST = _("an empty list is not allowed")
_NO_OBJECT = _("an object is expected here")
_KINDS = {
    "object": _NO_OBJECT,
    "array": _("a list is expected here"),
    "str": _("a string is expected here"),
    "bool": _("true or false is expected here"),
    "int": _("a whole number is expected here"),
    "decimal": _("a number is expected here"),
}
_PATTERNS = {
    repr(primitives.TEXT): rules.NO_TEXT,
    repr(primitives.URI): _("this is not an address or a name of one"),
    repr(primitives.CODE): _("this is not a code"),
    repr(primitives.ID): _("this is not a FHIR id"),
    repr(primitives.BASE64): rules.NO_BASE64,
    repr(primitives.XHTML): rules.NOT_PLAIN_HTML,
    repr(primitives.DATE): _("this is not a day, month or year that exists"),
    repr(primitives.DATE_TIME): _("this is not a day or time that exists"),
    repr(primitives.INSTANT): _("this is not a moment that exists"),
    repr(primitives.TIME): _("this is not a time of day"),
}


def _told(error: msgspec.ValidationError, place: str) -> Bad:
    """The same refusal by FHIR path and without the value that msgspec may quote."""
    said = _SAID.fullmatch(str(error))
    if said is None:
        return Bad(place, str(_OF_NO_FORM))
    words, path = said[1], f"{place}{said[2]}"
    if isinstance(error.__cause__, primitives.Broken):
        return Bad(_join(path, error.__cause__.child), error.__cause__.why)
    if named := _NAMED.fullmatch(words):
        why = MISSING if named[1] == "missing required" else _UNKNOWN
        return Bad(strict_json.child(path, named[2]), str(why))
    if words.startswith("Invalid"):
        is_type = path.endswith(".resourceType")
        return Bad(path, str(rules.NO_SUCH_TYPE if is_type else rules.NOT_ALLOWED))
    return Bad(path, str(_why(words)))


def _why(words: str) -> object:
    expected = _EXPECTED.fullmatch(words)
    if expected is None:
        return _OF_NO_FORM
    kinds, more = expected[1].split(" | "), expected[2]
    kind = "decimal" if "decimal" in kinds else kinds[0]
    if more.startswith(_MATCHING):
        return _PATTERNS.get(more.removeprefix(_MATCHING), _OF_NO_FORM)
    if more.startswith(" of length"):
        return _EMPTY_LIST if kind == "array" else rules.NO_TEXT
    return rules.OUT_OF_BOUNDS if more else _KINDS.get(kind, _OF_NO_FORM)


def _join(path: str, child: str) -> str:
    return f"{path}.{child}" if child else path
