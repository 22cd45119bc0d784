"""A record goes out and comes into an empty store, and nothing of it is lost."""

import gzip
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
from django.db import connection
from django.utils import timezone

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.clinic.note import as_text, note_of
from tautband.clinic.note_documents import documents_of, reviewed
from tautband.demo.load import load
from tautband.interop.fhir import importer
from tautband.interop.fhir.export import bundle
from tautband.interop.fhir.files import Origin
from tautband.records.actions import appointments, chart, signatures
from tautband.records.models import Measurement, Patient, PatientSearchKey, Procedure
from tautband.records.models.vocabulary import ErrorReason
from tautband.records.queries.plain_record import plain_record
from tautband.records.queries.whole_record import LISTS
from tests.builders import make_centre, make_clinician, make_desk, make_nurse, make_patient
from tests.conformance.exports import BUNDLES, take
from tests.conformance.test_fhir_export import sitting_of
from tests.flushing import triggers_lifted

# The store is emptied between the two halves of a round trip.
pytestmark = pytest.mark.django_db(transaction=True)
#: How many patients of the demo clinic go there and back.
MANY = 12


def written(patient: Patient, *, notes: bundle.Notes = bundle.no_notes) -> bytes:
    return bundle.export(patient, now=timezone.now(), notes=notes)


def empty_store() -> User:
    """Another installation: no patients, and nobody who works at the first."""
    with triggers_lifted():
        call_command("flush", verbosity=0, interactive=False)
    make_centre()
    return make_clinician()


def every_row(patient: Patient) -> dict[str, Any]:
    """Every column of every row, which is more than `show` tells."""
    found: dict[str, Any] = {"patient": list(Patient.objects.filter(pk=patient.pk).values())}
    for name, (model, way, _order) in LISTS.items():
        rows = model._default_manager.filter(**{way: patient}).values()
        found[name] = sorted(rows, key=lambda row: str(row.get("id", row.get("procedure_id"))))
    found["identifiers"] = list(patient.identifiers.order_by("pk").values("system", "value"))
    found["keys"] = sorted(PatientSearchKey.objects.filter(patient=patient).values_list("value"))
    return found


def shown(patient: Patient) -> str:
    return json.dumps(plain_record(patient, ids=True), sort_keys=True)


def assert_comes_back(patient: Patient, *, notes: bundle.Notes = documents_of) -> Patient:
    """Out, into an empty store, and the same there: shown, row by row, and exported again."""
    patient = Patient.objects.get(pk=patient.pk)
    raw = written(patient, notes=notes)
    before, rows, plain = shown(patient), every_row(patient), written(patient)
    actor = empty_store()
    report = take(raw, actor=actor)
    assert report.refused == []
    assert report.exit_code == 0
    again = Patient.objects.get(pk=patient.pk)
    assert shown(again) == before
    assert every_row(again) == rows
    assert stripped(written(again)) == stripped(plain)
    return again


def stripped(raw: bytes) -> dict[str, Any]:
    """Without the moment of writing."""
    content: dict[str, Any] = json.loads(raw, parse_float=Decimal)
    del content["timestamp"]
    return content


def test_a_signed_session_comes_back_with_everything_it_holds() -> None:
    patient = make_patient(
        allergies=("Latex", "Penicillin"), medicines=("Warfarin",), conditions=("Diabetes",)
    )
    procedure = sitting_of(patient, make_clinician())
    note = as_text(note_of(procedure, reviewed(procedure)))
    again = assert_comes_back(patient)
    came = again.procedures.get()
    assert came.injections.filter(status="given").count() > 1
    assert as_text(note_of(came, reviewed(came))) == note


def test_an_amendment_and_what_was_entered_in_error_come_back() -> None:
    clinician = make_clinician()
    patient = make_patient()
    signed = sitting_of(patient, clinician)
    amended = signatures.amend(procedure_id=signed.pk, reason="The lot was wrong", actor=clinician)
    signatures.sign(procedure_id=amended.pk, actor=clinician)
    again = assert_comes_back(patient)
    assert [each.status for each in again.procedures.order_by("version")] == [
        "superseded", "completed",
    ]  # fmt: skip


def test_a_session_entered_in_error_comes_back_as_that() -> None:
    clinician = make_clinician()
    procedure = sitting_of(make_patient(), clinician)
    signatures.mark_in_error(
        procedure_id=procedure.pk, reason=ErrorReason.NEVER_HAPPENED, actor=clinician
    )
    again = assert_comes_back(procedure.patient)
    assert again.procedures.get().status == "entered-in-error"


def test_a_chart_with_unknown_doses_mistakes_and_bookings_comes_back() -> None:
    clinician = make_clinician()
    patient = make_patient(no_known_allergies=True, height_cm=Decimal("171.5"))
    chart.add_elsewhere_dose(
        patient_id=patient.pk, agent="onabotulinumtoxin_a", amount_ug=None, units_centi=None,
        given_on=date(2026, 3, 1), date_is_about=True, place="clinic abroad", actor=clinician,
    )  # fmt: skip
    chart.mark_in_error(
        patient_id=patient.pk, what="measurement", reason="typed-wrong", actor=clinician,
        line_id=Measurement.objects.filter(patient=patient, kind="weight").get().pk,
    )  # fmt: skip
    again = assert_comes_back(patient)
    assert again.no_known_allergies
    assert again.elsewhere_doses.get().units_centi is None


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.name.split(".")[0])
def test_what_came_from_another_system_comes_back(path: Path) -> None:
    make_centre()
    assert importer.run([path], actor=make_clinician()).exit_code == 0
    assert_comes_back(Patient.objects.get())


def test_patients_of_the_demo_clinic_come_back() -> None:
    load(seed=2)
    patients = sorted(Patient.objects.all(), key=lambda one: -one.procedures.count())
    kept = [
        (one, written(one), shown(one), every_row(one)) for one in patients[::5][:MANY]
    ]  # fmt: skip
    assert len(kept) >= 10
    assert sum(one.procedures.count() for one, *_ in kept) > 20
    actor = empty_store()
    for one, raw, before, rows in kept:
        assert take(raw, actor=actor).refused == []
        again = Patient.objects.get(pk=one.pk)
        assert shown(again) == before
        assert every_row(again) == rows


# ── what is not taken ────────────────────────────────────────────────────────────────────────


@pytest.fixture
def carried() -> dict[str, Any]:
    """The Bundle of a patient with one signed session, and a store where they are not."""
    raw = written(sitting_of(make_patient(allergies=("Latex",)), make_clinician()).patient)
    content: dict[str, Any] = json.loads(raw)
    return content


def resource(content: dict[str, Any], kind: str) -> dict[str, Any]:
    found = [one["resource"] for one in content["entry"] if one["resource"]["resourceType"] == kind]
    return found[0]  # type: ignore[no-any-return]


def column(one: dict[str, Any], name: str) -> dict[str, Any]:
    """The part of the carried row that holds a column."""
    parts = [part for part in one["extension"][0]["extension"] if part["url"] == name]
    return parts[0]  # type: ignore[no-any-return]


def other_dose(content: dict[str, Any]) -> None:
    resource(content, "MedicationAdministration")["dosage"]["dose"]["value"] = 1


def other_row(content: dict[str, Any]) -> None:
    column(resource(content, "MedicationAdministration"), "given_volume_ul")["valueInteger"] = 1


def other_side(content: dict[str, Any]) -> None:
    given = resource(content, "MedicationAdministration")
    codings = given["dosage"]["site"]["coding"]
    codings[-1]["code"] = "7771000" if codings[-1]["code"] == "24028007" else "24028007"


def no_allergy(content: dict[str, Any]) -> None:
    content["entry"] = [
        one for one in content["entry"]
        if one["resource"]["resourceType"] != "AllergyIntolerance"
    ] + [
        {"fullUrl": f"urn:uuid:{(key := uuid4())}", "resource": {
            "resourceType": "Practitioner", "id": str(key),
            "name": [{"use": "official", "text": "Nobody"}]}}
    ]  # fmt: skip


def no_syringe(content: dict[str, Any]) -> None:
    content["entry"] = [
        one for one in content["entry"] if one["resource"]["resourceType"] != "Medication"
    ]


def of_another(content: dict[str, Any]) -> None:
    column(resource(content, "AllergyIntolerance"), "patient")["valueId"] = str(uuid4())


def unknown_column(content: dict[str, Any]) -> None:
    column(resource(content, "Procedure"), "status")["url"] = "state"


def wrong_type(content: dict[str, Any]) -> None:
    part = column(resource(content, "Procedure"), "version")
    part["valueString"] = str(part.pop("valueInteger"))


def in_the_future(content: dict[str, Any]) -> None:
    later = (timezone.now() + timedelta(days=9)).astimezone(UTC).isoformat()
    column(resource(content, "Procedure"), "signed_at")["valueInstant"] = later


def unsigned(content: dict[str, Any]) -> None:
    procedure = resource(content, "Procedure")
    carried = procedure["extension"][0]["extension"]
    carried.remove(column(procedure, "signed_at"))


def without_names(content: dict[str, Any]) -> None:
    del content["entry"][-1]["fullUrl"]


def two_patients(content: dict[str, Any]) -> None:
    extra = json.loads(json.dumps(resource(content, "Patient")))
    extra["id"] = str(uuid4())
    column(extra, "id")["valueId"] = extra["id"]
    content["entry"].append({"fullUrl": f"urn:uuid:{extra['id']}", "resource": extra})


@pytest.mark.parametrize(
    "spoil",
    [
        other_dose, other_row, other_side, no_allergy, no_syringe, of_another, unknown_column,
        wrong_type, in_the_future, unsigned, without_names, two_patients,
    ],
)  # fmt: skip
def test_what_was_changed_on_the_way_is_refused_whole(
    carried: dict[str, Any], spoil: Callable[[dict[str, Any]], None]
) -> None:
    actor = empty_store()
    spoil(carried)
    report = take(carried, actor=actor)
    assert report.exit_code == 1
    assert len(report.refused) == 1
    assert not Patient.objects.exists()
    assert not Procedure.objects.exists()
    assert not User.objects.filter(username__startswith="elsewhere-").exists()


def test_the_same_bundle_twice_changes_nothing(carried: dict[str, Any]) -> None:
    actor = empty_store()
    assert take(carried, actor=actor).to_json()["patients"] == counted(created=1)
    events = AuditEvent.objects.count()
    assert take(carried, actor=actor).to_json()["patients"] == counted(unchanged=1)
    assert AuditEvent.objects.count() == events


def counted(**some: int) -> dict[str, int]:
    return {"created": 0, "updated": 0, "unchanged": 0, **some}


def test_a_record_comes_in_only_where_the_patient_is_not(carried: dict[str, Any]) -> None:
    patient = Patient.objects.get()
    clinician = make_clinician()
    chart.mark_in_error(
        patient_id=patient.pk, what="statement", reason="typed-wrong", actor=clinician,
        line_id=patient.statements.get().pk,
    )  # fmt: skip
    before = every_row(patient)
    # All of its rows are here, and what was changed here since stands.
    assert take(carried, actor=clinician).to_json()["patients"] == counted(unchanged=1)
    extra = written(sitting_of(patient, clinician).patient)
    actor = empty_store()
    assert take(carried, actor=actor).exit_code == 0
    standing = every_row(Patient.objects.get())
    report = take(extra, actor=actor)
    assert "never in parts" in report.refused[0].why
    assert every_row(Patient.objects.get()) == standing
    assert before["procedures"] == standing["procedures"]


def test_sessions_are_answered_for_by_somebody_who_signs(carried: dict[str, Any]) -> None:
    empty_store()
    for person in (make_nurse(), make_desk()):
        assert take(carried, actor=person).exit_code == 1
    assert not Patient.objects.exists()


def test_a_file_cannot_say_what_somebody_here_did(carried: dict[str, Any]) -> None:
    author = User.objects.get(pk=resource(carried, "Practitioner")["id"])
    kept = (author.pk, author.username, author.full_name)
    actor = empty_store()
    User.objects.create(pk=kept[0], username=kept[1], full_name=kept[2], password=actor.password)
    report = take(carried, actor=actor)
    assert "has an account here" in report.refused[0].why
    assert not Patient.objects.exists()


def test_people_of_another_centre_keep_their_names_and_cannot_sign_in(
    carried: dict[str, Any],
) -> None:
    actor = empty_store()
    assert take(carried, actor=actor).exit_code == 0
    remembered = User.objects.filter(username__startswith="elsewhere-")
    assert remembered.exists()
    for person in remembered:
        assert not person.is_active
        assert not person.has_usable_password()
        assert person.roles == []
    [event] = AuditEvent.objects.filter(action="patient.restore")
    assert event.actor_id == actor.pk
    assert event.detail["people"] == remembered.count()
    assert event.detail["sessions"] == [str(Procedure.objects.get().pk)]


def test_a_number_that_is_taken_is_given_anew_and_the_next_ones_stay_free(
    carried: dict[str, Any],
) -> None:
    number = Patient.objects.get().number
    actor = empty_store()
    here = make_patient(actor=actor)
    assert here.number == number
    assert take(carried, actor=actor).exit_code == 0
    numbers = set(Patient.objects.values_list("number", flat=True))
    assert len(numbers) == 2
    make_patient(actor=actor)
    assert Patient.objects.count() == 3


def test_an_appointment_ahead_comes_back() -> None:
    clinician = make_clinician()
    patient = make_patient()
    starts = datetime.combine(timezone.now().date() + timedelta(days=7), time(11), tzinfo=UTC)
    appointments.book(
        patient_id=patient.pk, clinician_id=clinician.pk, starts_at=starts, minutes=20,
        actor=clinician,
    )  # fmt: skip
    again = assert_comes_back(patient)
    assert again.appointments.get().starts_at == starts


def test_a_gzipped_bundle_is_known_too(carried: dict[str, Any]) -> None:
    actor = empty_store()
    packed = gzip.compress(json.dumps(carried).encode())
    origin = Origin("record.json.gz", lambda: BytesIO(packed), len(packed))
    assert importer.run_origins([origin], actor=actor).exit_code == 0
    assert Procedure.objects.count() == 1
    assert connection.in_atomic_block is False
