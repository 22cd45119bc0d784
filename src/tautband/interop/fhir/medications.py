"""Reading FHIR R4 MedicationRequests and MedicationStatements: what the patient takes, or took."""

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tautband.interop.fhir.concepts import (
    Concept,
    Ignored,
    concept,
    day_of,
    displayed,
    period_of,
    refuse_modifiers,
)
from tautband.interop.fhir.elements import Bad, Element
from tautband.records.actions.imported import ImportedStatement
from tautband.records.models.vocabulary import StatementKind

_REQUEST_STATUS = frozenset(
    {"active", "on-hold", "cancelled", "completed", "entered-in-error", "stopped", "draft",
     "unknown"}
)  # fmt: skip
_REQUEST_INTENT = frozenset(
    {"proposal", "plan", "order", "original-order", "reflex-order", "filler-order",
     "instance-order", "option"}
)  # fmt: skip
_STATEMENT_STATUS = frozenset(
    {"active", "completed", "entered-in-error", "intended", "stopped", "on-hold", "unknown",
     "not-taken"}
)  # fmt: skip
_CURRENT = frozenset({"active", "on-hold", "unknown"})
# Given a reference, what it points to; None if that is not in the files.
Lookup = Callable[[Element], Element | None]


def read_request(
    resource: Element, *, source_id: str, zone: ZoneInfo, lookup: Lookup
) -> ImportedStatement:
    """A MedicationRequest; what was stopped or completed is kept as past."""
    refuse_modifiers(resource)
    status = resource.code("status", _REQUEST_STATUS, required=True)
    intent = resource.code("intent", _REQUEST_INTENT, required=True)
    if status == "entered-in-error":
        return _withdrawn(source_id)
    if status == "draft" or intent in {"proposal", "plan"} or resource.flag("doNotPerform"):
        raise Ignored
    named = _medication(resource, lookup)
    return ImportedStatement(
        kind=StatementKind.MEDICINE,
        source_id=source_id,
        text=named.text,
        system=named.system,
        code=named.code,
        active=status in _CURRENT,
        started_on=day_of(resource.moment("authoredOn"), zone),
    )


def read_statement(
    resource: Element, *, source_id: str, zone: ZoneInfo, lookup: Lookup
) -> ImportedStatement:
    """A MedicationStatement; what was stopped or completed is kept as past.

    What is only intended, or was not taken, is no medicine of this patient.
    """
    refuse_modifiers(resource)
    status = resource.code("status", _STATEMENT_STATUS, required=True)
    if status == "entered-in-error":
        return _withdrawn(source_id)
    if status in {"intended", "not-taken"}:
        raise Ignored
    named = _medication(resource, lookup)
    form = resource.one_of("effective", "DateTime", "Period")
    started_on = ended_on = None
    if form == "DateTime":
        started_on = day_of(resource.moment("effectiveDateTime"), zone)
    elif form == "Period":
        started_on, ended_on = period_of(resource, "effectivePeriod", zone)
    is_current = status in _CURRENT
    return ImportedStatement(
        kind=StatementKind.MEDICINE,
        source_id=source_id,
        text=named.text,
        system=named.system,
        code=named.code,
        active=is_current,
        started_on=started_on,
        # A medicine that is taken may have a day on which it is to end; it has not ended yet.
        ended_on=None if is_current else ended_on,
    )


def _withdrawn(source_id: str) -> ImportedStatement:
    return ImportedStatement(kind=StatementKind.MEDICINE, source_id=source_id, withdrawn=True)


def _medication(resource: Element, lookup: Lookup) -> Concept:
    form = resource.one_of("medication", "CodeableConcept", "Reference")
    named: Concept | None = None
    if form == "CodeableConcept":
        named = concept(resource, "medicationCodeableConcept")
    elif form == "Reference":
        pointer = Element.of(
            resource.fields["medicationReference"], resource.at("medicationReference")
        )
        target = contained(resource, pointer) or lookup(pointer)
        if target is not None:
            named = concept(target, "code")
        elif words := displayed(pointer)[:240]:
            named = Concept(words, "", "", frozenset())
        else:
            raise Bad(pointer.path, _("what this points to is not in the files"))
    if named is None:
        raise Bad(resource.at("medication[x]"), _("this is missing"))
    return named


def contained(resource: Element, pointer: Element) -> Element | None:
    """What a local reference points to inside the resource itself."""
    target = pointer.text("reference")
    if not target.startswith("#"):
        return None
    for one in resource.objects("contained"):
        if f"#{one.text('id')}" == target:
            return one
    return None
