"""A visit as FHIR R4: who was seen and when, what was asked, what was found."""

from tautband.clinical import anatomy
from tautband.clinical.terms import Side
from tautband.interop.fhir.export import rows
from tautband.interop.fhir.export.elements import (
    HL7,
    SNOMED,
    Resource,
    coding,
    component,
    concept,
    hl7,
    instant,
    kept,
    note,
    ours,
    period,
    quantity,
    refer,
    resource,
    system,
)
from tautband.records.models import Encounter, RangeOfMotion, ScreeningAnswer, TriggerPoint

_SIDES = {
    Side.LEFT: coding(SNOMED, "7771000", "Left"),
    Side.RIGHT: coding(SNOMED, "24028007", "Right"),
}
_FINDINGS = ("taut_band", "tender_spot", "referred_pain", "recognised_pain", "twitch")
_SYSTEMS = {"sct": SNOMED, "fma": "urn:oid:2.16.840.1.113883.6.119"}


def muscle_concept(muscle: str, side: str) -> Resource:
    """A muscle and its side in one concept, since R4 has one bodySite."""
    known = {each.id: each for each in anatomy.muscles()}.get(muscle)
    codes = [coding(system("muscle"), muscle)]
    if known is not None:
        codes += [
            coding(_SYSTEMS[source], code) for source, code in known.codes if source in _SYSTEMS
        ]
    codes.append(_SIDES.get(Side(side)) or coding(system("side"), side))
    name = known.name_en if known is not None else muscle.replace("_", " ")
    return concept(f"{name}, {side}", *codes)


def encounter_to_fhir(row: Encounter, *, is_over: bool) -> Resource:
    """An Encounter; what was told of pain stands in Observations of its own."""
    return resource(
        "Encounter",
        row.pk,
        extension=[rows.to_fhir(row)],
        status="finished" if is_over else "in-progress",
        class_={"system": f"{HL7}/v3-ActCode", "code": "AMB", "display": "ambulatory"},
        subject=refer(row.patient_id),
        participant=[{"individual": refer(row.clinician_id)}],
        appointment=kept([refer(row.appointment_id)]),
        period=period(row.arrived_at),
        reasonCode=[concept(row.reason)] if row.reason else [],
    )


def answer_to_fhir(row: ScreeningAnswer, *, patient: Resource) -> Resource:
    """An Observation of what was answered to one question of today."""
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        status="final",
        category=[hl7("observation-category", "survey")],
        code=ours("question", row.question),
        subject=patient,
        encounter=refer(row.encounter_id),
        effectiveDateTime=instant(row.answered_at),
        performer=[refer(row.answered_by_id)],
        valueCodeableConcept=ours("answer", row.answer),
    )


def trigger_point_to_fhir(row: TriggerPoint, *, patient: Resource) -> Resource:
    """An Observation with the muscle as bodySite; what was not tested is not there."""
    parts = [
        component(ours("trigger-point", name), valueBoolean=getattr(row, name))
        for name in ("is_active", *_FINDINGS)
    ]
    parts += [
        {
            "code": ours("trigger-point", "pressure_threshold", "Pressure pain threshold"),
            "valueQuantity": quantity(reading, 10, "kg/cm2"),
        }
        for reading in row.pressure_readings
        if isinstance(reading, int)
    ]
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        status="final",
        category=[hl7("observation-category", "exam")],
        code=ours("observation", "trigger-point", "Trigger point"),
        subject=patient,
        encounter=refer(row.encounter_id),
        effectiveDateTime=instant(row.recorded_at),
        performer=[refer(row.recorded_by_id)],
        note=note(row.note),
        bodySite=muscle_concept(row.muscle, row.side),
        component=kept(parts),
    )


def motion_to_fhir(row: RangeOfMotion, *, patient: Resource) -> Resource:
    """An Observation of how far a joint moved before and after."""
    parts = [
        {
            "code": ours("motion", name, words),
            "valueQuantity": quantity(degrees, 1, "deg", "degrees"),
        }
        for name, words, degrees in (
            ("before", "Before the injections", row.before_deg),
            ("after", "After the injections", row.after_deg),
        )
        if degrees is not None
    ]
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        status="final",
        category=[hl7("observation-category", "exam")],
        code=concept(
            f"Range of motion: {row.movement}",
            coding(system("observation"), "range-of-motion"),
        ),
        subject=patient,
        encounter=refer(row.encounter_id),
        effectiveDateTime=instant(row.recorded_at),
        performer=[refer(row.recorded_by_id)],
        bodySite=concept(row.side, _SIDES.get(Side(row.side)) or coding(system("side"), row.side)),
        component=parts,
    )
