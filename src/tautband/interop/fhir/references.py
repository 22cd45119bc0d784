"""Which names a resource goes by, and which name a reference calls."""

import re
from typing import Any

import msgspec

_ID = re.compile(r"[A-Za-z0-9\-.]{1,64}")
_TYPED = re.compile(r"(?:^|/)([A-Z][A-Za-z]{1,40}/[A-Za-z0-9\-.]{1,64})$")
_CONDITIONAL = re.compile(r"^Patient\?identifier=([^|&]+)\|([^|&]+)$")
_BROKEN_SUBJECT = re.compile(
    rb'"(?:subject|patient|beneficiary|actor)"\s*:\s*\{[^{}]*?"reference"\s*:\s*"([^"\\]{1,300})"'
)
_BROKEN_KIND = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]{1,40})"')
_BROKEN_URL = re.compile(rb'"fullUrl"\s*:\s*"([^"\\]{1,300})"')
_BROKEN_ID = re.compile(rb'"id"\s*:\s*"([A-Za-z0-9\-.]{1,64})"')
LONGEST = 1000


class Head(msgspec.Struct):
    """As much of a resource as tells what it is and whom it is about."""

    resourceType: str
    id: Any = None
    code: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    subject: Any = None
    patient: Any = None
    beneficiary: Any = None
    participant: Any = None


# Where each kind we keep says whose it is.
SUBJECTS = {
    "AllergyIntolerance": "patient",
    "Appointment": "participant",
    "Condition": "subject",
    "Coverage": "beneficiary",
    "MedicationRequest": "subject",
    "MedicationStatement": "subject",
    "Observation": "subject",
}


def names_of(kind: str, resource_id: object, full_url: str) -> list[str]:
    """Every name by which another resource may mean this one."""
    names = [full_url[:LONGEST]] if full_url else []
    if isinstance(resource_id, str) and _ID.fullmatch(resource_id):
        names.append(f"{kind}/{resource_id}")
    return list(dict.fromkeys(names))


def identifier_name(system: str, value: str) -> str:
    """The name of a patient in a reference by identifier."""
    return f"{system}|{value}"[:LONGEST]


def called(reference: object) -> list[str]:
    """The names a Reference may call its target by, the most exact first; none if it is empty."""
    if not isinstance(reference, dict):
        return []
    names: list[str] = []
    written = reference.get("reference")
    if isinstance(written, str) and written:
        written = written.partition("/_history/")[0]
        names.append(written[:LONGEST])
        if typed := _TYPED.search(written):
            names.append(typed[1])
        if asked := _CONDITIONAL.match(written):
            names.append(identifier_name(asked[1], asked[2]))
    identifier = reference.get("identifier")
    if isinstance(identifier, dict):
        system, value = identifier.get("system"), identifier.get("value")
        if isinstance(system, str) and isinstance(value, str):
            names.append(identifier_name(system, value.strip()))
    return list(dict.fromkeys(names))


def kind_called(reference: object) -> str:
    """Of which type the target of a Reference is, "" where it does not say."""
    if not isinstance(reference, dict):
        return ""
    said = reference.get("type")
    if isinstance(said, str) and said:
        return said
    written = reference.get("reference")
    typed = _TYPED.search(written.partition("/_history/")[0]) if isinstance(written, str) else None
    return typed[1].partition("/")[0] if typed else ""


def subjects(head: Head) -> list[object]:
    """The references in which a resource may say whose it is."""
    if head.resourceType != "Appointment":
        return [getattr(head, SUBJECTS[head.resourceType])]
    entries = head.participant if isinstance(head.participant, list) else []
    return [one.get("actor") for one in entries if isinstance(one, dict)]


def kind_in(broken: bytes) -> str:
    """Of which type a resource is that cannot be read, as far as its text shows."""
    found = _BROKEN_KIND.search(broken)
    return found[1].decode() if found else ""


def subject_in(broken: bytes) -> str:
    """Whom a resource that cannot be read is about, as far as its text shows."""
    found = _BROKEN_SUBJECT.search(broken)
    if found is None:
        return ""
    written = found[1].decode("utf-8", "replace").partition("/_history/")[0]
    typed = _TYPED.search(written)
    return typed[1] if typed else written


def names_in(broken: bytes, kind: str) -> list[str]:
    """By which names others may mean a resource that cannot be read, as far as its text shows."""
    names = [found[1].decode("utf-8", "replace") for found in _BROKEN_URL.finditer(broken)][:1]
    if given := _BROKEN_ID.search(broken):
        names.append(f"{kind}/{given[1].decode()}")
    return names
