"""The elements every resource is made of: names of ours, references, codes, amounts, moments."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID, uuid5

from django.db.models import Model

Resource = dict[str, Any]

# Names of this software, which no server has to answer: "example" is nobody's domain (RFC 2606).
BASE = "https://tautband.example/fhir"
PROFILE = f"{BASE}/StructureDefinition/patient-record-1"
PATIENT_ID = f"{BASE}/patient-id"
PATIENT_NUMBER = f"{BASE}/patient-number"
LOINC = "http://loinc.org"
SNOMED = "http://snomed.info/sct"
UCUM = "http://unitsofmeasure.org"
HL7 = "http://terminology.hl7.org/CodeSystem"
ABSENT = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
# What has no id of its own gets one that is always the same for the same row.
_DERIVED = UUID("6f3f1b52-9f0e-5d39-8b54-2f7c38a0d1a6")


def definition(name: str) -> str:
    """The address by which one of our extensions goes."""
    return f"{BASE}/StructureDefinition/{name}"


def system(name: str) -> str:
    """The address by which one of our code systems goes."""
    return f"{BASE}/CodeSystem/{name}"


def derived(key: UUID, role: str) -> UUID:
    """The id of a resource that says a part of what one row holds."""
    return uuid5(_DERIVED, f"{key}/{role}")


def refer(key: UUID | None) -> Resource | None:
    """A Reference to another resource of the Bundle; None for nobody and nothing."""
    return None if key is None else {"reference": f"urn:uuid:{key}"}


def resource(kind: str, key: UUID, /, **elements: Any) -> Resource:
    """A resource without the elements that say nothing."""
    return {"resourceType": kind, "id": str(key), **told(elements)}


def told(elements: Mapping[str, Any]) -> Resource:
    """The elements that say something: never null, "" or an empty list, which FHIR forbids."""
    return {
        name.removesuffix("_"): value
        for name, value in elements.items()
        if value is not None and value != "" and value != [] and value != {}
    }


def coding(source: str, code: str, display: str = "") -> Resource:
    """A Coding."""
    return told({"system": source, "code": code, "display": display})


def concept(text: str = "", *codings: Resource) -> Resource:
    """A CodeableConcept."""
    return told({"coding": list(codings), "text": text})


def ours(name: str, code: str, text: str = "") -> Resource:
    """A CodeableConcept of one of our own code systems."""
    return concept(text or code.replace("-", " ").replace("_", " "), coding(system(name), code))


def hl7(name: str, code: str) -> Resource:
    """A CodeableConcept of one of HL7's code systems."""
    return {"coding": [{"system": f"{HL7}/{name}", "code": code}]}


def exact(amount: Fraction | int | Decimal, scale: int = 1) -> Decimal:
    """A whole number of small units in the unit people speak; thirds end at the sixth decimal.

    Amounts kept are whole numbers and come out exact. Only what is computed from several of them,
    such as the mg that a share of a syringe brings, may have to be rounded.
    """
    share = Fraction(amount) / scale
    number = Decimal(share.numerator) / Decimal(share.denominator)
    rounded = number.quantize(Decimal("0.000001"), ROUND_HALF_EVEN).normalize()
    return rounded.quantize(Decimal(1)) if rounded == rounded.to_integral_value() else rounded


def quantity(amount: Fraction | int | None, scale: int, code: str, unit: str = "") -> Resource:
    """A Quantity in UCUM; an unknown amount is said to be unknown, and never 0."""
    if amount is None:
        return {"extension": [absent("unknown")]}
    return {"value": exact(amount, scale), "unit": unit or code, "system": UCUM, "code": code}


def absent(why: str) -> Resource:
    """The extension that says why a value is not there."""
    return {"url": ABSENT, "valueCode": why}


def extension(name: str, **value: Any) -> Resource:
    """One of our extensions with one value, such as valueString."""
    return {"url": definition(name), **value}


def instant(at: datetime | None) -> str | None:
    """A moment in UTC, with the fraction of a second it has."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def day(on: date | None) -> str | None:
    """A calendar day."""
    return None if on is None else on.isoformat()


def period(start: datetime | None, end: datetime | None = None) -> Resource | None:
    """A Period, None where neither side is known."""
    return told({"start": instant(start), "end": instant(end)}) or None


def later(start: datetime, minutes: int) -> datetime:
    """So many minutes later."""
    return start + timedelta(minutes=minutes)


def note(*texts: str) -> list[Resource]:
    """Annotations of what people typed."""
    return [{"text": text} for text in texts if text]


def component(code: Resource, **value: Any) -> Resource | None:
    """A component of an Observation; None where there is no value."""
    has_value = any(each is not None and each != "" for each in value.values())
    return {"code": code, **value} if has_value else None


def kept(parts: Iterable[Resource | None]) -> list[Resource]:
    """Those that say something."""
    return [part for part in parts if part]


def key_of(row: Model) -> UUID:
    """The id of a row."""
    key: UUID = row.pk
    return key
