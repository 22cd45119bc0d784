"""One patient's whole record as one FHIR R4 Bundle, which passes the gate before it leaves."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.words import Sentence
from tautband.interop.fhir import gate
from tautband.interop.fhir.export import chart, people, safety, sittings, visits
from tautband.interop.fhir.export.elements import PROFILE, Resource, instant, refer
from tautband.records.given import syringe_facts
from tautband.records.models import Patient, Procedure
from tautband.records.policies import OPEN
from tautband.records.queries.whole_record import WholeRecord, whole_record

# The procedure note of a sitting in every form there is: media type and content.
Notes = Callable[[Procedure], Sequence[tuple[str, bytes]]]


def _plain(value: object) -> str:
    """A sentence of the clinical heart as its English text, the language of a record."""
    if isinstance(value, Sentence):
        return str(value)
    raise TypeError(f"No FHIR resource holds a {type(value).__name__}.")


_encoder = msgspec.json.Encoder(decimal_format="number", enc_hook=_plain)


def no_notes(_procedure: Procedure) -> Sequence[tuple[str, bytes]]:
    """No note at all, where only the record itself is wanted."""
    return ()


def export(patient: Patient, *, now: datetime, notes: Notes) -> bytes:
    """The patient's record as JSON of a collection Bundle.

    Raises elements.Bad if it were not valid R4: then the software is at fault, and nothing leaves.
    """
    raw = _encoder.encode(bundle_of(patient, now=now, notes=notes))
    gate.refuse_invalid(raw, "")
    return raw


def bundle_of(patient: Patient, *, now: datetime, notes: Notes) -> Resource:
    """The Bundle as plain data; amounts are Decimal, never float."""
    record = whole_record(patient)
    return {
        "resourceType": "Bundle",
        "id": str(patient.pk),
        "meta": {"profile": [PROFILE]},
        "type": "collection",
        "timestamp": instant(now),
        "entry": [
            {"fullUrl": f"urn:uuid:{each['id']}", "resource": each}
            for each in resources_of(record, notes=notes)
        ],
    }


def resources_of(record: WholeRecord, *, notes: Notes) -> Iterator[Resource]:
    """Every resource of a record, the patient first, each after what it points to where it can."""
    patient = record.patient
    yield people.patient_to_fhir(patient, record.identifiers, record.merges)
    yield from map(people.practitioner_to_fhir, record.people)
    if patient.no_known_allergies:
        yield people.no_known_allergies_to_fhir(patient)
    yield from map(chart.statement_to_fhir, record.statements)
    yield from map(chart.measurement_to_fhir, record.measurements)
    yield from map(chart.pregnancy_to_fhir, record.pregnancies)
    yield from map(chart.coverage_to_fhir, record.coverages)
    yield from map(chart.appointment_to_fhir, record.appointments)
    yield from _visits(record)
    yield from map(chart.elsewhere_dose_to_fhir, record.elsewhere_doses)
    yield from map(chart.outcome_to_fhir, record.outcomes)
    yield from _sittings(record, notes)


def _visits(record: WholeRecord) -> Iterator[Resource]:
    about = refer(record.patient.pk) or {}
    under_way = {each.encounter_id for each in record.procedures if each.status in OPEN}
    for encounter in record.encounters:
        yield visits.encounter_to_fhir(encounter, is_over=encounter.pk not in under_way)
    for answer in record.answers:
        yield visits.answer_to_fhir(answer, patient=about)
    for point in record.trigger_points:
        yield visits.trigger_point_to_fhir(point, patient=about)
    for motion in record.motions:
        yield visits.motion_to_fhir(motion, patient=about)


def _sittings(record: WholeRecord, notes: Notes) -> Iterator[Resource]:
    about = refer(record.patient.pk) or {}
    where = {each.pk: refer(each.encounter_id) for each in record.procedures}
    procedures = {each.pk: each for each in record.procedures}
    injections = _by(record.injections, "procedure_id")
    responses = _by(record.responses, "procedure_id")
    ingredients = _by(record.ingredients, "syringe_id")
    signed = {each.procedure_id: each for each in record.signed_records}
    facts = {each.pk: syringe_facts(each, ingredients[each.pk]) for each in record.syringes}
    for procedure in record.procedures:
        yield sittings.procedure_to_fhir(
            procedure,
            injections=injections[procedure.pk],
            responses=responses[procedure.pk],
            signed=signed.get(procedure.pk),
        )
    for syringe in record.syringes:
        yield sittings.syringe_to_fhir(syringe, ingredients[syringe.pk])
    for row in record.injections:
        yield from sittings.injection_to_fhir(
            row, procedure=procedures[row.procedure_id], syringes=facts
        )
    for consent in record.consents:
        yield safety.consent_to_fhir(consent, patient=about)
    for time_out in record.time_outs:
        yield safety.time_out_to_fhir(
            time_out, patient=about, encounter=where[time_out.procedure_id]
        )
    for recovery in record.recoveries:
        yield safety.recovery_to_fhir(
            recovery, patient=about, encounter=where[recovery.procedure_id]
        )
    for vital in record.vital_signs:
        yield safety.vital_signs_to_fhir(vital, patient=about, encounter=where[vital.procedure_id])
    for finding in record.findings:
        yield safety.finding_to_fhir(
            finding, patient=about, responses=responses[finding.procedure_id]
        )
    for event in record.adverse_events:
        yield safety.adverse_event_to_fhir(event, encounter=where.get(event.procedure_id))
    for procedure in record.procedures:
        yield from _said_of(procedure, notes)


def _said_of(procedure: Procedure, notes: Notes) -> Iterator[Resource]:
    signature = safety.signature_to_fhir(procedure)
    if signature is not None:
        yield signature
    # What is only planned has no note yet.
    if procedure.status != ProcedureStatus.PREPARATION:
        document = safety.note_to_fhir(procedure, notes(procedure))
        if document is not None:
            yield document


def _by(rows: Iterable[Any], column: str) -> dict[UUID, list[Any]]:
    found: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        found[getattr(row, column)].append(row)
    return found
