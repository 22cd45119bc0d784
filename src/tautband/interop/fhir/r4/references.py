"""What FHIR R4 asks of references: their form, the type they point to, and what is contained.

While a `watch` is open, every reference and every resource that is made is noted, in the order in
which it is finished: what lies inside a resource comes before that resource. So all of them can be
looked at once the whole is there, without walking through it a second time.
"""

import re
import threading
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext_lazy as _
from msgspec import to_builtins
from msgspec.structs import astuple

from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.r4.cardinality import MISSING, has, listed
from tautband.interop.fhir.r4.primitives import UNSET, Broken, Checked
from tautband.interop.fhir.r4.rules import NO_SUCH_TYPE, rule

_ID = r"[A-Za-z0-9\-.]{1,64}"
_RELATIVE = re.compile(rf"([A-Za-z]+)/{_ID}(?:/_history/{_ID})?")
_RESTFUL = re.compile(rf"https?://.+/([A-Za-z]+)/{_ID}(?:/_history/{_ID})?")
#: An address that needs no other to be complete.
ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:\S+")
_DEFINITION = "http://hl7.org/fhir/StructureDefinition/"

_NOWHERE = _("what this points to is not in the file")
_ELSEWHERE = _("this points to a resource of another type than belongs here")
_NO_REFERENCE = _("this is not a reference")
_UNUSED = _("nothing beside it points to this")


class _Watching(threading.local):
    noted: list[Checked] | None = None


_watching = _Watching()


class watch:
    """Note what is made in this thread."""

    def __enter__(self) -> list[Checked]:
        noted: list[Checked] = []
        _watching.noted = noted
        return noted

    def __exit__(self, *_failure: object) -> None:
        _watching.noted = None


@rule(r4.Reference, r4.Resource)
def _note(element: Checked) -> None:
    if _watching.noted is not None:
        _watching.noted.append(element)


def type_of(resource: Any) -> str:
    """The resourceType of a struct."""
    return str(type(resource).__struct_config__.tag)


def check(root: Checked, noted: list[Checked], known: Mapping[str, str]) -> None:
    """Broken, with the path from the root, if any reference is.

    `known` says of which type the resources outside are, by the address that points to them.
    """
    names, tops = dict(known), {id(root)}
    if isinstance(root, r4.Bundle):
        for entry in listed(root.entry):
            if has(entry.resource):
                tops.add(id(entry.resource))
                if has(entry.fullUrl):
                    names[entry.fullUrl] = type_of(entry.resource)
            if has(entry.response):
                tops.add(id(entry.response.outcome))
    waiting: list[r4.Reference] = []
    for element in noted:
        if isinstance(element, r4.Reference):
            waiting.append(element)
        elif id(element) in tops:
            # What a contained resource points to is looked at with the one that contains it.
            _check_resource(root, element, waiting, names)
            waiting = []


def stands_alone(reference: r4.Reference) -> bool:
    """Whether a reference is right whatever stands around it."""
    pointer = reference.reference
    is_local = isinstance(pointer, str) and pointer.startswith("#")
    return not is_local and _fault(reference, {}, {}) is None


def _check_resource(
    root: Checked, holder: Checked, references: list[r4.Reference], names: Mapping[str, str]
) -> None:
    contained = listed(getattr(holder, "contained", UNSET))
    inside = {f"#{one.id}": type_of(one) for one in contained}
    if inside:
        inside["#"] = type_of(holder)
    for reference in references:
        fault = _fault(reference, inside, names)
        if fault:
            raise Broken(f"{_path(root, reference)}.{fault[0]}", fault[1])
    pointed_at = {reference.reference for reference in references}
    for index, one in enumerate(contained):
        if f"#{one.id}" not in pointed_at and not _is_spoken_of(one, holder):
            path = f"{_path(root, holder)}.contained[{index}]".lstrip(".")
            raise Broken(path, _UNUSED)


def _fault(
    reference: r4.Reference, inside: Mapping[str, str], names: Mapping[str, str]
) -> tuple[str, object] | None:
    """Which child of a reference is wrong, and why; None if none is."""
    pointer, found = reference.reference, ""
    if isinstance(pointer, str):
        if pointer.startswith("#"):
            if pointer not in inside:
                return "reference", _NOWHERE
            found = inside[pointer]
        else:
            kind = names.get(pointer) or pointed_type(pointer)
            if kind is None:
                return "reference", _NO_REFERENCE
            found = kind
    elif not any(
        has(one)
        for one in (
            reference._reference, reference.identifier, reference.display, reference.extension
        )
    ):  # fmt: skip
        return "reference", MISSING
    if found and reference.targets and found not in reference.targets:
        return "reference", _ELSEWHERE
    if isinstance(reference.type, str):
        stated = reference.type.removeprefix(_DEFINITION)
        if stated in r4.RESOURCE_TYPES:
            wanted = {found} if found else reference.targets
            return None if not wanted or stated in wanted else ("type", _ELSEWHERE)
        if ":" not in stated:
            return "type", NO_SUCH_TYPE
    return None


@lru_cache(maxsize=4096)
def pointed_type(pointer: str) -> str | None:
    """The type that a reference names, "" if it names none; None if it is no reference at all.

    A search in place of an id (`Patient?identifier=…`) is taken wherever it stands: FHIR allows it
    in transactions only, but bulk exports carry it too.
    """
    named = _RELATIVE.fullmatch(pointer)
    if not named:
        kind, mark, search = pointer.partition("?")
        if mark and search and kind in r4.RESOURCE_TYPES:
            return kind
        named = _RESTFUL.fullmatch(pointer)
        if named is None or named[1] not in r4.RESOURCE_TYPES:
            return "" if ABSOLUTE.fullmatch(pointer) else None
    return named[1] if named[1] in r4.RESOURCE_TYPES else None


def _is_spoken_of(one: Any, holder: Checked) -> bool:
    """dom-3, where no Reference points to what is contained: a canonical may, or it points back."""
    return f"#{one.id}" in _strings(to_builtins(holder)) or "#" in _strings(to_builtins(one))


def _strings(value: object) -> set[str]:
    found: set[str] = set()
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            found.add(one)
        elif isinstance(one, dict):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return found


def _path(root: Checked, wanted: Checked) -> str:
    """How to get from the root to one element in it."""
    waiting: list[tuple[Any, str]] = [(root, "")]
    while waiting:
        element, path = waiting.pop()
        if element is wanted:
            break
        if isinstance(element, list):
            waiting += [(one, f"{path}[{index}]") for index, one in enumerate(element)]
        elif isinstance(element, Checked):
            fields = zip(element.__struct_encode_fields__, astuple(element), strict=True)
            waiting += [
                (value, f"{path}.{name}")
                for name, value in fields
                if isinstance(value, list | Checked)
            ]
    return path.lstrip(".")
