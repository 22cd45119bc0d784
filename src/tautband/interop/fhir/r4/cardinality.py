"""How often an element may be there: the checks that the generated tables ask for.

FHIR R4 4.0.1, "Resource Formats: JSON" and "Extensibility": a primitive that must be there may
lack its value only if its `_name` says why.
"""

from collections.abc import Callable
from operator import attrgetter
from typing import Any

from django.utils.translation import gettext_lazy as _

from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.r4.primitives import UNSET, Broken, Checked

ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
NULL_FLAVOR = "http://hl7.org/fhir/StructureDefinition/iso21090-nullFlavor"
MISSING = _("this is missing")
_Check = Callable[[Any], None]


def has(value: object) -> bool:
    """Whether an element is there."""
    return value is not UNSET


def listed(value: Any) -> list[Any]:
    """The list, or an empty one where there is none."""
    return value if isinstance(value, list) else []


def missing(child: str) -> Broken:
    """What is raised for a child that must be there and is not."""
    return Broken(child, MISSING)


def required_check(names: tuple[str, ...]) -> _Check:
    """Each of these primitives has a value, or says why it has none."""
    values = _values(names)

    def check(element: Any) -> None:
        if UNSET not in values(element):
            return
        for name in names:
            beside = getattr(element, f"_{name}")
            if not has(getattr(element, name)) and not _is_excused(beside):
                raise missing(name)

    return check


def choice_check(owner: type[Checked], stem: str, must: bool, forms: tuple[str, ...]) -> _Check:
    """At most one form of a choice such as value[x] is there; exactly one where it must be."""
    extended = [form for form in forms if f"_{form}" in owner.__struct_fields__]
    names = (*forms, *(f"_{form}" for form in extended))
    values = _values(names)

    def check(element: Any) -> None:
        told = len(names) - values(element).count(UNSET)
        if told < 2 and not must:
            return
        found = {form for form in forms if has(getattr(element, form))}
        beside = {form for form in extended if has(getattr(element, f"_{form}"))}
        if len(found | beside) > 1:
            raise Broken(f"{stem}[x]", _("only one form of this may be given"))
        excused = any(_is_excused(getattr(element, f"_{form}")) for form in beside)
        if must and not found and not excused:
            raise missing(f"{stem}[x]")

    return check


def lists_check(names: tuple[str, ...]) -> _Check:
    """A null holds a place: the `_name` list must say at that place what stands there."""
    values, besides = _values(names), _values(tuple(f"_{name}" for name in names))
    none_beside = (UNSET,) * len(names)

    def check(element: Any) -> None:
        found = values(element)
        if besides(element) == none_beside:
            for value in found:
                if value is not UNSET and None in value:
                    break
            else:
                return
        for name, its_values, beside in zip(names, found, besides(element), strict=True):
            _check_places(name, listed(its_values), listed(beside))

    return check


def concept_check(name: str, allowed: frozenset[tuple[str, str]]) -> _Check:
    """One coding of a concept comes from a closed list, or the concept says why none does."""

    def check(element: Any) -> None:
        concept = getattr(element, name)
        if concept is UNSET:
            return
        codings = listed(concept.coding)
        if any((one.system, one.code) in allowed for one in codings):
            return
        if codings or not _is_excused(concept):
            raise Broken(name, _("this is not one of the allowed codes"))

    return check


def _check_places(name: str, values: list[Any], beside: list[Any]) -> None:
    if values and beside and len(values) != len(beside):
        raise Broken(f"_{name}", _("this list is not as long as the one it belongs to"))
    for index in range(max(len(values), len(beside))):
        value = values[index] if values else None
        other = beside[index] if beside else None
        if value is None and (other is None or not has(other.extension)):
            raise Broken(f"{name}[{index}]", _("neither a value nor a reason for none"))


def _values(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    """The values of these fields as a tuple, however many they are."""
    get = attrgetter(*names)
    if len(names) > 1:
        return get
    return lambda element: (get(element),)


def _is_excused(beside: Any) -> bool:
    """Whether what stands beside a missing value says why it is missing."""
    return any(
        extension.url in (ABSENT, NULL_FLAVOR)
        for one in (beside if isinstance(beside, list) else [beside])
        if isinstance(one, r4.Element)
        for extension in listed(one.extension)
    )
