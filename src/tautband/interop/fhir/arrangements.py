"""Reading FHIR R4 Coverage (who pays) and Appointment (bookings made elsewhere)."""

from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from tautband.interop.fhir.concepts import (
    Ignored,
    concept,
    displayed,
    period_of,
    refuse_modifiers,
)
from tautband.interop.fhir.elements import Bad, Element
from tautband.interop.fhir.medications import Lookup, contained
from tautband.records.actions.demographics import tidy
from tautband.records.actions.imported import ImportedAppointment, ImportedCoverage

_COVERAGE_STATUS = frozenset({"active", "cancelled", "draft", "entered-in-error"})
_APPOINTMENT_STATUS = frozenset(
    {"proposed", "pending", "booked", "arrived", "fulfilled", "cancelled", "noshow",
     "entered-in-error", "checked-in", "waitlist"}
)  # fmt: skip
_LONGEST_PAYER = 160


def read_coverage(
    resource: Element, *, source_id: str, zone: ZoneInfo, lookup: Lookup
) -> ImportedCoverage:
    """A Coverage: the payer's name, and whether and until when it stands."""
    refuse_modifiers(resource)
    status = resource.code("status", _COVERAGE_STATUS, required=True)
    if status == "entered-in-error":
        return ImportedCoverage(source_id=source_id, withdrawn=True)
    if status == "draft":
        raise Ignored
    names = [_payer(resource, pointer, lookup) for pointer in resource.objects("payor")]
    if not names:
        raise Bad(resource.at("payor"), _("this is missing"))
    started_on, ended_on = period_of(resource, "period", zone)
    return ImportedCoverage(
        source_id=source_id,
        payer=", ".join(dict.fromkeys(names))[:_LONGEST_PAYER],
        active=status == "active",
        started_on=started_on,
        ended_on=ended_on,
    )


def _payer(resource: Element, pointer: Element, lookup: Lookup) -> str:
    target = contained(resource, pointer) or lookup(pointer)
    if target is not None and target.text("resourceType") == "Organization":
        name = tidy(target.text("name"))
    else:
        # Somebody may pay for themselves: then the reference points to a person, not a company.
        name = displayed(pointer)
        if not name and pointer.text("reference").partition("/")[0] == "Patient":
            name = _("the patient")
    if not name:
        raise Bad(pointer.path, _("neither a name nor an organization in the files"))
    return name


def read_appointment(resource: Element, *, source_id: str, lookup: Lookup) -> ImportedAppointment:
    """An Appointment; one that is over, off or only wished for keeps no slot."""
    refuse_modifiers(resource)
    status = resource.code("status", _APPOINTMENT_STATUS, required=True)
    if status in {"cancelled", "entered-in-error"}:
        return ImportedAppointment(source_id=source_id, withdrawn=True)
    if status not in {"booked", "pending"}:
        raise Ignored
    start, end = resource.moment("start"), resource.moment("end")
    if start is None or start.instant is None:
        raise Bad(resource.at("start"), _("a day and a time are needed"))
    minutes = None
    if end is not None and end.instant is not None:
        if end.instant <= start.instant:
            raise Bad(resource.at("end"), _("it ends before it begins"))
        minutes = int((end.instant - start.instant).total_seconds()) // 60
    elif resource.has("minutesDuration"):
        given = resource.decimal("minutesDuration")
        if not 0 < given <= 24 * 60:
            raise Bad(resource.at("minutesDuration"), _("this value is not plausible"))
        minutes = int(given)
    return ImportedAppointment(
        source_id=source_id,
        starts_at=start.instant,
        minutes=minutes,
        reason=_reason(resource),
        clinicians=tuple(_clinicians(resource, lookup)),
    )


def _reason(resource: Element) -> str:
    if words := tidy(resource.text("description")):
        return words[:160]
    for name in ("reasonCode", "serviceType"):
        for element in resource.objects(name):
            said = concept(Element({"it": element.fields}, element.path), "it")
            if said is not None and said.text:
                return said.text[:160]
    return ""


def _clinicians(resource: Element, lookup: Lookup) -> list[str]:
    names = []
    for participant in resource.objects("participant"):
        actor = participant.object("actor")
        if actor is None or "Patient/" in actor.text("reference"):
            continue
        words = displayed(actor)
        target = None if words else lookup(actor)
        if target is not None and target.text("resourceType") == "Practitioner":
            words = _spoken_name(target)
        if words:
            names.append(words)
    return names


def _spoken_name(practitioner: Element) -> str:
    for name in practitioner.objects("name"):
        if words := tidy(name.text("text")):
            return words
        parts = [*name.texts("given"), name.text("family")]
        return tidy(" ".join(part for part in parts if part))
    return ""
