"""What makes a sitting safe, as FHIR R4: consent, the stop before the needle, the watch, findings.

R4 has no resource for a time-out or for the watch afterwards: they are Observations.
"""

from base64 import b64encode
from collections.abc import Sequence

from tautband.clinical.findings import Severity
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.interop.fhir.export import rows
from tautband.interop.fhir.export.elements import (
    HL7,
    LOINC,
    Resource,
    coding,
    component,
    concept,
    definition,
    derived,
    hl7,
    instant,
    kept,
    note,
    ours,
    quantity,
    refer,
    resource,
    system,
    told,
)
from tautband.records.models import (
    AdverseEvent,
    Consent,
    FindingRecord,
    FindingResponse,
    Procedure,
    Recovery,
    TimeOut,
    VitalSigns,
)
from tautband.records.models.vocabulary import AdverseEventStatus, ConsentStatus, InjectionStatus

_CONSENTED = {
    ConsentStatus.GIVEN: "active",
    ConsentStatus.DECLINED: "rejected",
    ConsentStatus.WITHDRAWN: "inactive",
    ConsentStatus.VOID: "inactive",
}
_READ_BACK = (
    "sides_read_back", "labels_checked", "allergies_read_back", "resuscitation_ready",
    "lipid_in_date",
)  # fmt: skip
_VITALS = (
    ("systolic_mmhg", "8480-6", "Systolic blood pressure", "mm[Hg]"),
    ("diastolic_mmhg", "8462-4", "Diastolic blood pressure", "mm[Hg]"),
    ("heart_rate_per_min", "8867-4", "Heart rate", "/min"),
    ("spo2_percent", "59408-5", "Oxygen saturation by pulse oximetry", "%"),
)
_SEVERITY = {Severity.CRITICAL: "high", Severity.WARNING: "moderate", Severity.INFO: "low"}
_PARTICIPANT = f"{HL7}/provenance-participant-type"
# CTCAE's five grades in R4's three words.
_GRADES = {1: "mild", 2: "moderate", 3: "severe", 4: "severe", 5: "severe"}


def consent_to_fhir(row: Consent, *, patient: Resource) -> Resource:
    """A Consent to treatment; who agreed, in what words and until when stand in the row."""
    return resource(
        "Consent",
        row.pk,
        extension=[
            rows.to_fhir(row),
            {"url": definition("consent-to"), "valueReference": refer(row.procedure_id)},
        ],
        status=_CONSENTED[ConsentStatus(row.status)],
        scope=hl7("consentscope", "treatment"),
        category=[concept("Consent to a procedure", coding(LOINC, "59284-0", "Consent Document"))],
        patient=patient,
        dateTime=instant(row.taken_at),
        policyRule=ours("policy", "centre", "The centre's own form of consent"),
    )


def time_out_to_fhir(row: TimeOut, *, patient: Resource, encounter: Resource | None) -> Resource:
    """An Observation of what was read back before the needle."""
    parts = [
        component(ours("time-out", name), valueBoolean=getattr(row, name)) for name in _READ_BACK
    ]
    people = kept([refer(row.taken_by_id), refer(row.witness_id)])
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        partOf=[refer(row.procedure_id)],
        status="final" if row.void_at is None else "cancelled",
        category=[hl7("observation-category", "procedure")],
        code=ours("observation", "time-out", "Time-out before the needle"),
        subject=patient,
        encounter=encounter,
        effectiveDateTime=instant(row.taken_at),
        performer=people,
        component=kept(parts),
    )


def recovery_to_fhir(row: Recovery, *, patient: Resource, encounter: Resource | None) -> Resource:
    """An Observation of the watch after the needle."""
    parts = [
        component(ours("recovery", name), valueString=getattr(row, name))
        for name in (
            "toxicity_symptoms", "chest_symptoms", "weakness", "tolerated", "left_early_reason",
        )
    ]  # fmt: skip
    parts += [
        component(ours("recovery", name), valueBoolean=getattr(row, name))
        for name in ("symptoms_asked", "escort")
    ]
    parts.append(component(ours("recovery", "pain_at_30_min"), valueInteger=row.pain_at_30_min))
    left = instant(row.fit_to_leave_at)
    return resource(
        "Observation",
        derived(row.procedure_id, "recovery"),
        extension=[rows.to_fhir(row)],
        partOf=[refer(row.procedure_id)],
        status="final" if left else "preliminary",
        category=[hl7("observation-category", "procedure")],
        code=ours("observation", "recovery", "Observation after the injections"),
        subject=patient,
        encounter=encounter,
        effectivePeriod=told({"start": instant(row.started_at), "end": left}),
        performer=kept([refer(row.fit_to_leave_by_id)]),
        note=note(row.note),
        component=kept(parts),
    )


def vital_signs_to_fhir(
    row: VitalSigns, *, patient: Resource, encounter: Resource | None
) -> Resource:
    """An Observation of the vital signs that were taken together."""
    parts = [
        {
            "code": concept(words, coding(LOINC, code, words)),
            "valueQuantity": quantity(amount, 1, unit),
        }
        for name, code, words, unit in _VITALS
        if (amount := getattr(row, name)) is not None
    ]
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        partOf=[refer(row.procedure_id)],
        status="final",
        category=[hl7("observation-category", "vital-signs")],
        code=concept("Vital signs", coding(LOINC, "85353-1", "Vital signs panel")),
        subject=patient,
        encounter=encounter,
        effectiveDateTime=instant(row.taken_at),
        performer=[refer(row.recorded_by_id)],
        component=parts,
    )


def finding_to_fhir(
    row: FindingRecord, *, patient: Resource, responses: Sequence[FindingResponse]
) -> Resource:
    """A DetectedIssue: what a rule said, and how a person answered these words."""
    answers = [
        {
            "action": ours(
                "response", each.kind, ": ".join(filter(None, (each.reason, each.words)))
            ),
            "date": instant(each.given_at),
            "author": refer(each.given_by_id),
        }
        for each in responses
        if each.fingerprint == row.fingerprint
    ]
    return resource(
        "DetectedIssue",
        row.pk,
        extension=[rows.to_fhir(row)],
        status="final",
        code=ours("rule", row.rule),
        severity=_SEVERITY[Severity(row.severity)] if row.severity else None,
        patient=patient,
        identifiedDateTime=instant(row.recorded_at),
        implicated=[refer(row.procedure_id)],
        detail=row.words,
        mitigation=answers,
    )


def _words(row: FindingResponse) -> str:
    return ": ".join(part for part in (row.reason.replace("-", " "), row.words) if part)


def adverse_event_to_fhir(row: AdverseEvent, *, encounter: Resource | None) -> Resource:
    """An AdverseEvent; a draft that a rule opened is potential until a person looked at it."""
    injection = row.injection
    happened = injection is not None and injection.status != InjectionStatus.PLANNED
    suspect = row.injection_id if happened else row.procedure_id
    draft = row.status == AdverseEventStatus.DRAFT
    grade = _GRADES.get(row.grade) if row.grade is not None else None
    return resource(
        "AdverseEvent",
        row.pk,
        extension=[rows.to_fhir(row)],
        actuality="potential" if draft else "actual",
        event=concept(row.words, coding(system("adverse-event"), row.kind)),
        subject=refer(row.patient_id),
        encounter=encounter,
        date=instant(row.occurred_at),
        recordedDate=instant(row.recorded_at),
        severity=hl7("adverse-event-severity", grade) if grade else None,
        recorder=refer(row.opened_by_id),
        suspectEntity=[{"instance": refer(suspect)}],
    )


def signature_to_fhir(row: Procedure) -> Resource | None:
    """A Provenance: who signed a version, who did it, and what it replaces; None while unsigned."""
    if row.signed_at is None or row.signed_by_id is None:
        return None
    agents = [
        {
            "type": {"coding": [{"system": _PARTICIPANT, "code": role}]},
            "who": refer(person),
        }
        for role, person in (("author", row.signed_by_id), ("performer", row.operator_id))
        if person is not None
    ]
    replaced = [{"role": "revision", "what": refer(row.replaces_id)}] if row.replaces_id else []
    return resource(
        "Provenance",
        derived(row.pk, "signature"),
        target=[refer(row.pk)],
        occurredDateTime=instant(row.ended_at),
        recorded=instant(row.signed_at),
        agent=agents,
        entity=replaced,
    )


def note_to_fhir(row: Procedure, documents: Sequence[tuple[str, bytes]]) -> Resource | None:
    """A DocumentReference with the procedure note in every form there is; None for no form."""
    if not documents:
        return None
    status = {
        ProcedureStatus.SUPERSEDED: "superseded",
        ProcedureStatus.ENTERED_IN_ERROR: "entered-in-error",
    }.get(ProcedureStatus(row.status), "current")
    return resource(
        "DocumentReference",
        derived(row.pk, "note"),
        status=status,
        docStatus="preliminary" if row.signed_at is None else "final",
        type=concept("Procedure note", coding(LOINC, "28570-0", "Procedure note")),
        subject=refer(row.patient_id),
        date=instant(row.signed_at or row.recorded_at),
        author=kept([refer(row.signed_by_id)]),
        content=[
            {"attachment": {"contentType": kind, "data": b64encode(data).decode()}}
            for kind, data in documents
        ],
        context={
            "encounter": [refer(row.encounter_id)],
            "related": [refer(row.pk)],
        },
    )
