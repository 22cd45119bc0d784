"""What is known between sittings, as FHIR R4: statements, measurements, scores, bookings."""

from decimal import Decimal

from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import AllergySeverity
from tautband.interop.fhir.export import rows
from tautband.interop.fhir.export.elements import (
    LOINC,
    SNOMED,
    UCUM,
    Resource,
    coding,
    concept,
    day,
    hl7,
    instant,
    later,
    ours,
    quantity,
    refer,
    resource,
    system,
    told,
)
from tautband.interop.fhir.export.people import SEVERITIES
from tautband.interop.fhir.statements import ANAPHYLAXIS
from tautband.records.models import (
    Appointment,
    ClinicalStatement,
    Coverage,
    ElsewhereDose,
    Measurement,
    PatientReportedOutcome,
    PregnancyStatus,
)
from tautband.records.models.chart import SCALE
from tautband.records.models.vocabulary import (
    AppointmentStatus,
    Instrument,
    MeasurementKind,
    Pregnancy,
    StatementKind,
)

# The LOINC code of each measurement, and the unit we keep it in, in UCUM.
_MEASURED = {
    MeasurementKind.WEIGHT: ("29463-7", "Body weight", "kg"),
    MeasurementKind.HEIGHT: ("8302-2", "Body height", "cm"),
    MeasurementKind.BMI: ("39156-5", "Body mass index", "kg/m2"),
    MeasurementKind.HBA1C: ("4548-4", "Hemoglobin A1c/Hemoglobin.total in Blood", "%"),
    MeasurementKind.INR: ("6301-6", "INR in Platelet poor plasma by Coagulation assay", "{INR}"),
    MeasurementKind.PLATELETS: ("777-3", "Platelets in Blood by Automated count", "10*3/uL"),
    MeasurementKind.EGFR: ("33914-3", "Glomerular filtration rate", "mL/min/{1.73_m2}"),
}
_VITAL = {MeasurementKind.WEIGHT, MeasurementKind.HEIGHT, MeasurementKind.BMI}
_PREGNANCY = {
    Pregnancy.PREGNANT: coding(SNOMED, "77386006", "Pregnant"),
    Pregnancy.NOT_PREGNANT: coding(SNOMED, "60001007", "Not pregnant"),
    Pregnancy.UNKNOWN: coding(SNOMED, "261665006", "Unknown"),
}
_SCORED = {
    Instrument.NRS_NOW: "Pain now, 0 to 10",
    Instrument.NRS_AVERAGE: "Average pain of the past week, 0 to 10",
    Instrument.NRS_WORST: "Worst pain of the past week, 0 to 10",
    Instrument.PEG: "PEG score, 0 to 10",
    Instrument.PGIC: "Patient global impression of change, 1 to 7",
}
_PAIN_SEVERITY = coding(LOINC, "72514-3", "Pain severity - 0-10 verbal numeric rating")
_BOOKED = {
    AppointmentStatus.BOOKED: ("booked", "accepted"),
    AppointmentStatus.ARRIVED: ("fulfilled", "accepted"),
    AppointmentStatus.CANCELLED: ("cancelled", "accepted"),
    AppointmentStatus.DID_NOT_ATTEND: ("noshow", "accepted"),
}


def statement_to_fhir(row: ClinicalStatement) -> Resource:
    """An AllergyIntolerance, a MedicationStatement or a Condition."""
    said = concept(row.text, *([coding(row.system, row.code)] if row.code else []))
    match row.kind:
        case StatementKind.ALLERGY:
            return _allergy(row, said)
        case StatementKind.MEDICINE:
            return _medicine(row, said)
        case _:
            return _condition(row, said)


def _stands(row: ClinicalStatement, kind: str) -> Resource:
    """The two statuses of a statement; what is mistaken has no clinical status."""
    verified = "entered-in-error" if row.entered_in_error else "confirmed"
    statuses = {"verificationStatus": hl7(_VERIFIED[kind], verified)}
    if not row.entered_in_error:
        ended = not row.active or (kind == "condition" and row.ended_on is not None)
        word = ("resolved" if kind == "condition" else "inactive") if ended else "active"
        statuses["clinicalStatus"] = hl7(f"{kind}-clinical", word)
    return statuses


_VERIFIED = {
    "allergyintolerance": "allergyintolerance-verification",
    "condition": "condition-ver-status",
}


def _allergy(row: ClinicalStatement, said: Resource) -> Resource:
    reactions = []
    severity = AllergySeverity(row.severity) if row.severity else None
    if row.reaction or severity not in {None, AllergySeverity.UNKNOWN}:
        shown = []
        if severity is AllergySeverity.ANAPHYLAXIS:
            shown.append(concept("Anaphylaxis", coding(SNOMED, ANAPHYLAXIS, "Anaphylaxis")))
        if row.reaction:
            shown.append(concept(row.reaction))
        reactions.append(
            told(
                {
                    "manifestation": shown or [concept("not described")],
                    "severity": SEVERITIES.get(severity) if severity else None,
                }
            )
        )
    return resource(
        "AllergyIntolerance",
        row.pk,
        extension=[rows.to_fhir(row)],
        **_stands(row, "allergyintolerance"),
        code=said,
        patient=refer(row.patient_id),
        onsetDateTime=day(row.started_on),
        recordedDate=instant(row.recorded_at),
        recorder=refer(row.recorded_by_id),
        reaction=reactions,
    )


def _medicine(row: ClinicalStatement, said: Resource) -> Resource:
    status = "active" if row.active else "stopped"
    return resource(
        "MedicationStatement",
        row.pk,
        extension=[rows.to_fhir(row)],
        status="entered-in-error" if row.entered_in_error else status,
        medicationCodeableConcept=said,
        subject=refer(row.patient_id),
        effectivePeriod=told({"start": day(row.started_on), "end": day(row.ended_on)}),
        dateAsserted=instant(row.recorded_at),
    )


def _condition(row: ClinicalStatement, said: Resource) -> Resource:
    return resource(
        "Condition",
        row.pk,
        extension=[rows.to_fhir(row)],
        **_stands(row, "condition"),
        category=[hl7("condition-category", "problem-list-item")],
        code=said,
        subject=refer(row.patient_id),
        onsetDateTime=day(row.started_on),
        # con-4 asks for a clinical status beside it, which a mistake has not.
        abatementDateTime=None if row.entered_in_error else day(row.ended_on),
        recordedDate=instant(row.recorded_at),
        recorder=refer(row.recorded_by_id),
    )


def measurement_to_fhir(row: Measurement) -> Resource:
    """An Observation with the digits and the bound (>60) that were reported."""
    kind = MeasurementKind(row.kind)
    code, words, unit = _MEASURED[kind]
    bound = row.digits.rstrip("0123456789.")
    # With its digits: 1.10 stays 1.10.
    number = Decimal(row.digits.removeprefix(bound))
    value = told({"value": number, "comparator": bound, "unit": SCALE[kind][1] or unit})
    category = "vital-signs" if kind in _VITAL else "laboratory"
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        status=_status(row.entered_in_error),
        category=[hl7("observation-category", category)],
        code=concept(words, coding(LOINC, code, words)),
        subject=refer(row.patient_id),
        effectiveDateTime=instant(row.measured_at) or day(row.measured_on),
        issued=instant(row.recorded_at),
        performer=[refer(row.recorded_by_id)],
        valueQuantity={**value, "system": UCUM, "code": unit},
    )


def _status(entered_in_error: bool) -> str:
    return "entered-in-error" if entered_in_error else "final"


def pregnancy_to_fhir(row: PregnancyStatus) -> Resource:
    """An Observation of pregnancy."""
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        status=_status(row.entered_in_error),
        code=concept("Pregnancy status", coding(LOINC, "82810-3", "Pregnancy status")),
        subject=refer(row.patient_id),
        effectiveDateTime=day(row.observed_on),
        valueCodeableConcept=concept("", _PREGNANCY[Pregnancy(row.status)]),
    )


def coverage_to_fhir(row: Coverage) -> Resource:
    """A Coverage; the payer is known by name alone."""
    status = "active" if row.active else "cancelled"
    return resource(
        "Coverage",
        row.pk,
        contained=[{"resourceType": "Organization", "id": "payer", "name": row.payer}],
        extension=[rows.to_fhir(row)],
        status="entered-in-error" if row.entered_in_error else status,
        beneficiary=refer(row.patient_id),
        period=told({"start": day(row.started_on), "end": day(row.ended_on)}),
        payor=[{"reference": "#payer", "display": row.payer}],
    )


def agent_concept(agent: str) -> Resource:
    """An agent by our id, and by every code that the knowledge tables have of it."""
    known = knowledge().agents.get(agent)
    codes = [coding(source, code) for source, code in known.codes] if known else []
    return concept(
        known.name if known else agent,
        coding(system("agent"), agent),
        *codes,
    )


def elsewhere_dose_to_fhir(row: ElsewhereDose) -> Resource:
    """A MedicationStatement of a dose that somebody else gave; an unknown amount stays unknown."""
    in_units = row.units_centi is not None or row.agent.endswith("botulinum-toxin")
    amount = (
        quantity(row.units_centi, 100, "[U]", "units")
        if in_units
        else quantity(row.amount_ug, 1000, "mg")
    )
    given = instant(row.given_at) or day(row.given_on)
    about = [{"text": "The date is about."}] if row.date_is_about else []
    return resource(
        "MedicationStatement",
        row.pk,
        extension=[rows.to_fhir(row)],
        status="entered-in-error" if row.entered_in_error else "completed",
        category=ours("category", "given-elsewhere", "Given elsewhere"),
        medicationCodeableConcept=agent_concept(row.agent),
        subject=refer(row.patient_id),
        context=refer(row.encounter_id),
        effectiveDateTime=given,
        dateAsserted=instant(row.recorded_at),
        note=about + ([{"text": row.place}] if row.place else []),
        dosage=[{"doseAndRate": [{"doseQuantity": amount}]}],
    )


def outcome_to_fhir(row: PatientReportedOutcome) -> Resource:
    """An Observation of one score."""
    instrument = Instrument(row.instrument)
    words = _SCORED[instrument]
    codes = [coding(system("instrument"), str(instrument))]
    if instrument is Instrument.NRS_NOW:
        codes.append(_PAIN_SEVERITY)
    return resource(
        "Observation",
        row.pk,
        extension=[rows.to_fhir(row)],
        status=_status(row.entered_in_error),
        category=[hl7("observation-category", "survey")],
        code=concept(words, *codes),
        subject=refer(row.patient_id),
        encounter=refer(row.encounter_id),
        effectiveDateTime=instant(row.answered_at),
        issued=instant(row.recorded_at),
        valueQuantity=quantity(row.score_centi, 100, "{score}", "score"),
    )


def appointment_to_fhir(row: Appointment) -> Resource:
    """An Appointment with the patient and one clinician."""
    status, participation = _BOOKED[AppointmentStatus(row.status)]
    return resource(
        "Appointment",
        row.pk,
        extension=[rows.to_fhir(row)],
        status=status,
        cancelationReason=concept(row.cancelled_reason) if status == "cancelled" else None,
        description=row.reason,
        start=instant(row.starts_at),
        end=instant(later(row.starts_at, row.minutes)),
        minutesDuration=row.minutes,
        created=instant(row.recorded_at),
        participant=[
            {"actor": refer(row.patient_id), "status": participation},
            {"actor": refer(row.clinician_id), "status": participation},
        ],
    )
