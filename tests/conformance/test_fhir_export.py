"""A patient's record as FHIR R4: valid by our own gate, exact, all it points to inside."""

import json
from base64 import b64decode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from tautband.accounts.models import User
from tautband.clinic import paper
from tautband.clinic.note_documents import documents_of
from tautband.demo.clock import Clock, ruling
from tautband.demo.load import load
from tautband.demo.plans import PLANS
from tautband.demo.sitting import Walk
from tautband.demo.visit import Pain, Visit
from tautband.interop.fhir import importer
from tautband.interop.fhir.export import bundle
from tautband.interop.fhir.export.elements import ABSENT, definition
from tautband.records.actions import chart, encounters, signatures
from tautband.records.models import ElsewhereDose, Patient, Procedure
from tautband.records.models.vocabulary import ErrorReason
from tests.builders import make_desk, make_nurse, make_patient
from tests.conformance.exports import BUNDLES, collection, observed, person, quantity, take

pytestmark = pytest.mark.django_db
REASON = chart.ERROR_REASONS[0]
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)


def exported(patient: Patient, *, notes: bundle.Notes = bundle.no_notes) -> dict[str, Any]:
    """The Bundle as anybody reads it, its numbers as Decimal."""
    raw = bundle.export(patient, now=NOW, notes=notes)
    read: dict[str, Any] = json.loads(raw, parse_float=Decimal)
    return read


def resources(content: dict[str, Any], kind: str) -> list[dict[str, Any]]:
    found = [one["resource"] for one in content["entry"]]
    return [one for one in found if one["resourceType"] == kind]


def references(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("reference"), str):
            yield part["reference"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def assert_points_inside(content: dict[str, Any]) -> None:
    names = [one["fullUrl"] for one in content["entry"]]
    assert len(set(names)) == len(names)
    assert names == [f"urn:uuid:{one['resource']['id']}" for one in content["entry"]]
    for one in content["entry"]:
        inside = {f"#{each['id']}" for each in one["resource"].get("contained", [])}
        assert set(references(one["resource"])) <= {*names, *inside}


def sitting_of(patient: Patient, clinician: User, *, plan: str = "shoulder") -> Procedure:
    """One sitting, from the door to the signature."""
    desk = make_desk()
    visit = Visit(
        patient=patient, clinician=clinician, nurse=make_nurse(), desk=desk, plan=PLANS[plan],
        side="right", weight_g=70_000,
        pain=Pain(now=7, average=6, worst=8, peg=(6, 5, 5), after=3, at_30_min=2),
    )  # fmt: skip
    with ruling(Clock(datetime.now(UTC) - timedelta(hours=3))) as clock:
        procedure = encounters.walk_in(
            patient_id=patient.pk, clinician=clinician, reason="Shoulder pain", actor=desk
        )
        Walk(visit, procedure, clock).run()
    procedure.refresh_from_db()
    return procedure


def test_every_patient_of_the_demo_clinic_passes_the_gate_and_points_inside(db: None) -> None:
    load(seed=3)
    patients = list(Patient.objects.all())
    assert len(patients) > 40
    kinds = set()
    for patient in patients:
        content = exported(patient)
        assert_points_inside(content)
        kinds |= {one["resource"]["resourceType"] for one in content["entry"]}
    assert kinds >= {
        "Patient", "Practitioner", "Encounter", "AllergyIntolerance", "MedicationStatement",
        "Condition", "Observation", "Appointment", "Procedure", "Medication", "MedicationRequest",
        "MedicationAdministration", "Consent", "DetectedIssue", "Provenance",
    }  # fmt: skip


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.name.split(".")[0])
def test_what_came_from_another_system_goes_out_valid(path: Any, actor: User) -> None:
    assert importer.run([path], actor=actor).exit_code == 0
    content = exported(Patient.objects.get())
    assert_points_inside(content)
    assert len(resources(content, "Patient")) == 1


def test_the_same_record_gives_the_same_bundle(actor: User) -> None:
    patient = make_patient(allergies=("Latex",), actor=actor)
    sitting_of(patient, actor)
    assert exported(patient) == exported(patient)


def numbers(part: object) -> Iterator[object]:
    if isinstance(part, dict):
        for value in part.values():
            yield from numbers(value)
    elif isinstance(part, list):
        for value in part:
            yield from numbers(value)
    elif isinstance(part, int | float | Decimal) and not isinstance(part, bool):
        yield part


def test_no_amount_is_ever_a_float(actor: User) -> None:
    patient = make_patient(weight_kg=Decimal("70.3"), actor=actor)
    sitting_of(patient, actor)
    plain = bundle.bundle_of(patient, now=NOW, notes=bundle.no_notes)
    kinds = {type(one) for one in numbers(plain)}
    assert kinds == {int, Decimal}


def test_decimals_keep_the_digits_they_were_reported_with(actor: User) -> None:
    said = quantity(value=1, code="1", unit="ratio")
    content = collection(person(), observed("a", "6301-6", value=said))
    raw = json.dumps(content).replace('"value": 1,', '"value": 1.10,').encode()
    assert take(raw, actor=actor).exit_code == 0
    written = bundle.export(Patient.objects.get(), now=NOW, notes=bundle.no_notes)
    assert b'"value":1.10,' in written
    bounded = collection(
        person("b"),
        observed("b", "33914-3", value=quantity(
            value=60, comparator=">", code="mL/min/{1.73_m2}", unit="mL/min")),
    )  # fmt: skip
    assert take(bounded, actor=actor).exit_code == 0
    patient = Patient.objects.get(identifiers__value="N-b")
    [found] = resources(exported(patient), "Observation")
    assert (found["valueQuantity"]["comparator"], found["valueQuantity"]["value"]) == (">", 60)


def test_an_amount_nobody_knows_is_absent_and_never_nought(actor: User) -> None:
    patient = make_patient(actor=actor)
    chart.add_elsewhere_dose(
        patient_id=patient.pk, agent="triamcinolone", amount_ug=None, units_centi=None,
        given_on=date(2026, 3, 1), date_is_about=True, place="dentist", actor=actor,
    )  # fmt: skip
    [found] = resources(exported(patient), "MedicationStatement")
    [dosage] = found["dosage"]
    [said] = dosage["doseAndRate"]
    assert said["doseQuantity"] == {"extension": [{"url": ABSENT, "valueCode": "unknown"}]}
    ElsewhereDose.objects.all().update(amount_ug=40_500)
    [known] = resources(exported(patient), "MedicationStatement")
    quantity_said = known["dosage"][0]["doseAndRate"][0]["doseQuantity"]
    assert (quantity_said["value"], quantity_said["code"]) == (Decimal("40.5"), "mg")


def test_an_injection_is_one_administration_with_its_dose_its_muscle_and_its_lot(
    actor: User,
) -> None:
    procedure = sitting_of(make_patient(actor=actor), actor)
    content = exported(procedure.patient)
    given = [row for row in procedure.injections.all() if row.syringe_id]
    administered = {one["id"]: one for one in resources(content, "MedicationAdministration")}
    assert administered.keys() == {str(row.pk) for row in given}
    medications = {f"urn:uuid:{one['id']}": one for one in resources(content, "Medication")}
    for row in given:
        one = administered[str(row.pk)]
        assert one["status"] == "completed"
        assert one["dosage"]["site"]["coding"][0]["code"] == row.muscle
        assert one["dosage"]["dose"]["code"] in {"mg", "mL", "[U]"}
        assert one["dosage"]["dose"]["value"] > 0
        brought = [e for e in one["extension"] if e["url"] == definition("dose")]
        volumes = [
            part["valueQuantity"]["value"] for each in brought for part in each["extension"]
            if part["url"] == "volume"
        ]  # fmt: skip
        assert sum(volumes) == Decimal(row.given_volume_ul or 0) / 1000
        drawn = medications[one["medicationReference"]["reference"]]
        lots = [each["batch"]["lotNumber"] for each in drawn["contained"]]
        assert lots == [
            item.lot
            for item in row.syringe.ingredients.order_by("position")  # type: ignore[union-attr]
        ]


def test_what_was_replaced_or_mistaken_is_in_error_and_its_doses_too(actor: User) -> None:
    procedure = sitting_of(make_patient(actor=actor), actor)
    signatures.mark_in_error(
        procedure_id=procedure.pk, reason=ErrorReason.NEVER_HAPPENED, actor=actor
    )
    content = exported(procedure.patient)
    kinds = ("Procedure", "MedicationRequest", "MedicationAdministration")
    for kind in kinds:
        found = resources(content, kind)
        assert found
        assert {one["status"] for one in found} == {"entered-in-error"}


def test_a_mistaken_allergy_and_weight_say_so(actor: User) -> None:
    patient = make_patient(allergies=("Latex",), actor=actor)
    allergy = patient.statements.get()
    weight = patient.measurements.get()
    patient.refresh_from_db()
    for what, row in (("statement", allergy), ("measurement", weight)):
        chart.mark_in_error(
            patient_id=patient.pk, what=what, line_id=row.pk, reason=REASON, actor=actor
        )
    content = exported(patient)
    [said] = resources(content, "AllergyIntolerance")
    assert said["verificationStatus"]["coding"][0]["code"] == "entered-in-error"
    assert "clinicalStatus" not in said
    [weighed] = resources(content, "Observation")
    assert weighed["status"] == "entered-in-error"


def test_the_note_goes_along_as_a_document(actor: User) -> None:
    procedure = sitting_of(make_patient(actor=actor), actor)
    [document] = resources(exported(procedure.patient, notes=documents_of), "DocumentReference")
    attached = [each["attachment"] for each in document["content"]]
    text = b64decode(attached[0]["data"]).decode()
    assert attached[0]["contentType"].startswith("text/plain")
    assert procedure.patient.number in text
    if paper.available():
        assert b64decode(attached[1]["data"]).startswith(b"%PDF")


def test_who_signed_stands_in_the_provenance_by_role_and_id(actor: User) -> None:
    procedure = sitting_of(make_patient(actor=actor), actor)
    [signed] = resources(exported(procedure.patient), "Provenance")
    assert signed["target"] == [{"reference": f"urn:uuid:{procedure.pk}"}]
    roles = {one["type"]["coding"][0]["code"]: one["who"] for one in signed["agent"]}
    assert roles["author"] == {"reference": f"urn:uuid:{procedure.signed_by_id}"}
    assert all(set(who) == {"reference"} for who in roles.values())
