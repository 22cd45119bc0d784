"""Everything that is kept of one patient, for handing it over whole."""

from dataclasses import dataclass
from uuid import UUID

from django.db import models

from tautband.accounts.models import User
from tautband.records.models import (
    AdverseEvent,
    Appointment,
    ClinicalStatement,
    Consent,
    Coverage,
    ElsewhereDose,
    Encounter,
    FindingRecord,
    FindingResponse,
    Ingredient,
    Injection,
    Measurement,
    Patient,
    PatientMerge,
    PatientReportedOutcome,
    PregnancyStatus,
    Procedure,
    RangeOfMotion,
    Recovery,
    ScreeningAnswer,
    SignedRecord,
    Syringe,
    TimeOut,
    TriggerPoint,
    VitalSigns,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class WholeRecord:
    """One patient with every row about them, in a fixed order; `people` are named by those rows.

    Left out are drafts, which are nobody's record yet, the trail, which is the centre's own, and
    the keys that search makes of the names.
    """

    patient: Patient
    identifiers: tuple[tuple[str, str], ...]
    statements: tuple[ClinicalStatement, ...]
    measurements: tuple[Measurement, ...]
    pregnancies: tuple[PregnancyStatus, ...]
    coverages: tuple[Coverage, ...]
    elsewhere_doses: tuple[ElsewhereDose, ...]
    outcomes: tuple[PatientReportedOutcome, ...]
    appointments: tuple[Appointment, ...]
    encounters: tuple[Encounter, ...]
    answers: tuple[ScreeningAnswer, ...]
    trigger_points: tuple[TriggerPoint, ...]
    motions: tuple[RangeOfMotion, ...]
    procedures: tuple[Procedure, ...]
    syringes: tuple[Syringe, ...]
    ingredients: tuple[Ingredient, ...]
    injections: tuple[Injection, ...]
    consents: tuple[Consent, ...]
    time_outs: tuple[TimeOut, ...]
    recoveries: tuple[Recovery, ...]
    vital_signs: tuple[VitalSigns, ...]
    findings: tuple[FindingRecord, ...]
    responses: tuple[FindingResponse, ...]
    adverse_events: tuple[AdverseEvent, ...]
    signed_records: tuple[SignedRecord, ...]
    merges: tuple[PatientMerge, ...]
    people: tuple[User, ...]


# Each list of a WholeRecord: its model, the way from there to the patient, and its order.
LISTS: dict[str, tuple[type[models.Model], str, tuple[str, ...]]] = {
    "statements": (ClinicalStatement, "patient", ("recorded_at", "pk")),
    "measurements": (Measurement, "patient", ("measured_on", "recorded_at", "pk")),
    "pregnancies": (PregnancyStatus, "patient", ("observed_on", "pk")),
    "coverages": (Coverage, "patient", ("recorded_at", "pk")),
    "elsewhere_doses": (ElsewhereDose, "patient", ("given_on", "recorded_at", "pk")),
    "outcomes": (PatientReportedOutcome, "patient", ("answered_at", "instrument", "pk")),
    "appointments": (Appointment, "patient", ("starts_at", "pk")),
    "encounters": (Encounter, "patient", ("arrived_at", "pk")),
    "answers": (ScreeningAnswer, "encounter__patient", ("encounter", "question")),
    "trigger_points": (TriggerPoint, "encounter__patient", ("encounter", "recorded_at", "pk")),
    "motions": (RangeOfMotion, "encounter__patient", ("encounter", "recorded_at", "pk")),
    "procedures": (Procedure, "patient", ("encounter", "version", "recorded_at", "pk")),
    "syringes": (Syringe, "procedure__patient", ("procedure", "label")),
    "ingredients": (Ingredient, "syringe__procedure__patient", ("syringe", "position", "pk")),
    "injections": (Injection, "procedure__patient", ("procedure", "number")),
    "consents": (Consent, "procedure__patient", ("procedure", "recorded_at", "pk")),
    "time_outs": (TimeOut, "procedure__patient", ("procedure", "recorded_at", "pk")),
    "recoveries": (Recovery, "procedure__patient", ("procedure",)),
    "vital_signs": (VitalSigns, "procedure__patient", ("procedure", "taken_at", "pk")),
    "findings": (FindingRecord, "procedure__patient", ("procedure", "recorded_at", "pk")),
    "responses": (FindingResponse, "procedure__patient", ("procedure", "given_at", "pk")),
    "adverse_events": (AdverseEvent, "patient", ("occurred_at", "pk")),
    "signed_records": (SignedRecord, "procedure__patient", ("procedure",)),
    "merges": (PatientMerge, "survivor", ("merged_at", "pk")),
}


def whole_record(patient: Patient) -> WholeRecord:
    """Every row about this patient; one query a list, whatever they hold."""
    lists = {
        name: tuple(model._default_manager.filter(**{way: patient}).order_by(*order))
        for name, (model, way, order) in LISTS.items()
    }
    rows = [patient, *(row for held in lists.values() for row in held)]
    named = {key for row in rows for key in people_named(row)}
    return WholeRecord(
        patient=patient,
        identifiers=tuple(patient.identifiers.order_by("pk").values_list("system", "value")),
        people=tuple(User.objects.filter(pk__in=named).order_by("pk")),
        **lists,  # type: ignore[arg-type]  # each list is of the model that LISTS names
    )


def people_named(row: models.Model) -> list[UUID]:
    """The ids of those who work here and are named by a row."""
    return [
        key
        for column in row._meta.concrete_fields
        if column.related_model is User and (key := getattr(row, column.attname)) is not None
    ]
