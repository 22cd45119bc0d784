"""Patients come in from FHIR R4 files: whole or not at all, and never over what a person wrote."""

import gzip
import json
import time
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.utils import timezone

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.errors import NotAllowed
from tautband.interop.fhir import importer
from tautband.records.actions import chart, demographics, patients
from tautband.records.models import ClinicalStatement, Measurement, Patient
from tautband.records.models.vocabulary import MeasurementKind, StatementKind
from tautband.records.queries import chart as chart_queries
from tests.builders import make_auditor, make_centre
from tests.conformance.exports import (
    BUNDLES,
    PATIENT,
    SECRETS,
    bundle,
    coded,
    quantity,
    resource,
    take,
)

pytestmark = pytest.mark.django_db


def test_one_of_everything_comes_in(actor: User) -> None:
    report = take(bundle(), actor=actor)
    assert report.exit_code == 0
    assert report.to_json()["patients"] == {"created": 1, "updated": 0, "unchanged": 0}
    assert report.to_json()["resources"] == {
        "AllergyIntolerance": {"kept": 1, "ignored": 0, "refused": 0},
        "Condition": {"kept": 1, "ignored": 1, "refused": 0},
        "MedicationRequest": {"kept": 2, "ignored": 0, "refused": 0},
        "Observation": {"kept": 2, "ignored": 1, "refused": 0},
        "Patient": {"kept": 1, "ignored": 0, "refused": 0},
        "Procedure": {"kept": 0, "ignored": 1, "refused": 0},
    }
    patient = Patient.objects.get()
    assert (patient.full_name, patient.born_on) == ("Zebediah Quillfeather", date(1961, 5, 4))
    its_chart = chart_queries.of_patient(patient)
    assert [(a.text, a.severity, a.reaction) for a in its_chart.allergies] == [
        ("Lidocaine", "anaphylaxis", "Anaphylaxis")
    ]
    assert [m.text for m in its_chart.medicines] == ["Warfarin Sodium 5 MG Oral Tablet"]
    assert {p.text for p in its_chart.past} == {"Ibuprofen", "Bronchitis"}
    assert its_chart.weight is not None
    assert its_chart.weight.amount == 80_500
    assert its_chart.weight.as_entered == "80.5 kg"
    assert its_chart.height is not None
    assert its_chart.height.amount == 1778
    event = AuditEvent.objects.get(action="patient.import-created")
    assert event.patient_id == patient.pk


def test_nobody_answers_for_an_import_whose_role_does_not_import() -> None:
    make_centre()
    with pytest.raises(NotAllowed):
        take(bundle(), actor=make_auditor())
    assert not Patient.objects.exists()


def test_importing_again_changes_nothing(actor: User) -> None:
    take(bundle(), actor=actor)
    before = (
        list(Patient.objects.values()), list(ClinicalStatement.objects.order_by("pk").values()),
        list(Measurement.objects.order_by("pk").values()), AuditEvent.objects.count(),
    )  # fmt: skip
    report = take(bundle(), actor=actor)
    assert report.to_json()["patients"] == {"created": 0, "updated": 0, "unchanged": 1}
    after = (
        list(Patient.objects.values()), list(ClinicalStatement.objects.order_by("pk").values()),
        list(Measurement.objects.order_by("pk").values()), AuditEvent.objects.count(),
    )  # fmt: skip
    assert before == after


def test_what_changed_at_the_source_is_brought_up_to_date(actor: User) -> None:
    take(bundle(), actor=actor)
    later = bundle()
    resource(later, "Patient")["name"][0]["given"] = ["Zeb"]
    resource(later, "MedicationRequest")["status"] = "stopped"
    resource(later, "Observation")["status"] = "entered-in-error"
    report = take(later, actor=actor)
    assert report.to_json()["patients"] == {"created": 0, "updated": 1, "unchanged": 0}
    patient = Patient.objects.get()
    its_chart = chart_queries.of_patient(patient)
    assert patient.given_name == "Zeb"
    assert patient.revision == 2
    assert its_chart.medicines == []
    assert its_chart.weight is None


def test_what_a_person_wrote_here_is_never_overwritten(actor: User) -> None:
    take(bundle(), actor=actor)
    patient = Patient.objects.get()
    patients.edit_demographics(
        patient_id=patient.pk,
        revision=patient.revision,
        who=demographics.Demographics(
            given_name="Zebulon", family_name="Quillfeather", born_on=patient.born_on, sex="male"
        ),
        actor=actor,
    )
    warfarin = ClinicalStatement.objects.get(text__startswith="Warfarin")
    today = timezone.now().date()
    chart.end_statement(
        patient_id=patient.pk, statement_id=warfarin.pk, ended_on=today, actor=actor
    )
    report = take(bundle(), actor=actor)
    patient.refresh_from_db()
    warfarin.refresh_from_db()
    assert patient.given_name == "Zebulon"
    assert not warfarin.active
    assert report.to_json()["patients"] == {"created": 0, "updated": 0, "unchanged": 1}
    assert {one.about for _, one in report.differences} == {"Patient", warfarin.source_id}
    assert {(one.name, one.here, one.there) for _, one in report.differences} == {
        ("given_name", "Zebulon", "Zebediah"),
        ("phone", "", "01632 960 123"),
        ("active", "no", "yes"),
        ("ended_on", today.isoformat(), ""),
    }
    assert {each["patient"] for each in report.to_json()["differences"]} == {str(patient.pk)}  # type: ignore[attr-defined]
    event = AuditEvent.objects.filter(action__startswith="patient.import").latest("pk")
    assert not any(secret in json.dumps(event.detail) for secret in SECRETS)


def test_an_allergy_that_comes_in_ends_none_known(actor: User) -> None:
    without = bundle()
    without["entry"] = [
        e for e in without["entry"] if e["resource"]["resourceType"] != "AllergyIntolerance"
    ]
    take(without, actor=actor)
    chart.state_no_known_allergies(patient_id=Patient.objects.get().pk, actor=actor)
    take(bundle(), actor=actor)
    assert not Patient.objects.get().no_known_allergies


def test_no_known_allergy_is_a_statement_of_its_own(actor: User) -> None:
    content = bundle()
    resource(content, "AllergyIntolerance")["code"] = coded("716186003", "No known allergy")
    take(content, actor=actor)
    patient = Patient.objects.get()
    assert patient.no_known_allergies
    assert chart_queries.of_patient(patient).allergies == []


def test_single_resources_in_a_folder_find_their_patient(actor: User, tmp_path: Path) -> None:
    for index, entry in enumerate(reversed(bundle()["entry"])):
        one = json.loads(json.dumps(entry["resource"]).replace(PATIENT, f"Patient/{PATIENT[9:]}"))
        if index % 2:
            (tmp_path / f"{index}.json").write_text(json.dumps(one), encoding="utf-8")
        else:
            packed = gzip.compress(json.dumps(one).encode())
            (tmp_path / f"{index}.json.gz").write_bytes(packed)
    (tmp_path / "readme.txt").write_text("not ours", encoding="utf-8")
    report = importer.run([tmp_path], actor=actor)
    assert report.exit_code == 0, report.refused
    assert report.patients["created"] == 1
    assert Measurement.objects.count() == 2


def test_pounds_and_inches_are_exact(actor: User) -> None:
    content = bundle()
    resource(content, "Observation")["valueQuantity"] = quantity(value=150, code="[lb_av]")
    take(content, actor=actor)
    weight = Measurement.objects.get(kind=MeasurementKind.WEIGHT)
    assert weight.amount == int((Decimal(150) * Decimal("453.59237")).to_integral_value())


def test_decimals_keep_their_digits(actor: User) -> None:
    raw = json.dumps(bundle()).replace('"value": 80.5', '"value": 80.50').encode()
    take(raw, actor=actor)
    assert Measurement.objects.get(kind=MeasurementKind.WEIGHT).as_entered == "80.50 kg"


def test_a_missing_file_is_refused_by_name(actor: User, tmp_path: Path) -> None:
    report = importer.run([tmp_path / "gone.json"], actor=actor)
    assert report.exit_code == 2
    assert report.refused[0].where == "gone.json"


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.name[:8])
def test_each_bundle_comes_in_with_nothing_refused(path: Path, actor: User) -> None:
    report = importer.run([path], actor=actor)
    assert report.refused == []
    assert report.exit_code == 0
    patient = Patient.objects.get()
    its_chart = chart_queries.of_patient(patient)
    assert its_chart.weight is not None
    assert importer.run([path], actor=actor).patients["unchanged"] == 1


def test_all_bundles_come_in_quickly(actor: User) -> None:
    began = time.monotonic()
    report = importer.run(BUNDLES, actor=actor)
    assert report.exit_code == 0
    assert report.patients["created"] == len(BUNDLES)
    assert time.monotonic() - began < 30
    assert set(ClinicalStatement.objects.values_list("kind", flat=True)) == set(StatementKind)
