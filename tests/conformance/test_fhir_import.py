"""Patients come in from FHIR R4 files: whole or not at all, and never over what a person wrote."""

import gzip
import json
import time
import zlib
from collections.abc import Callable
from copy import deepcopy
from datetime import date
from decimal import Decimal
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.errors import NotAllowed
from tautband.interop.fhir import importer
from tautband.interop.fhir.files import MOST_BYTES, Origin
from tautband.records.actions import chart, demographics, patients
from tautband.records.models import ClinicalStatement, Measurement, Patient
from tautband.records.models.vocabulary import MeasurementKind, StatementKind
from tautband.records.queries import chart as chart_queries
from tests.builders import make_auditor, make_centre, make_clinician

pytestmark = pytest.mark.django_db

SYNTHEA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / "synthea"
OWN = Path(__file__).parent / "fhir" / "quillfeather.json"
# A fresh clone has no Synthea beside it; the bundle of our own is always there.
BUNDLES = [OWN, *sorted(SYNTHEA.glob("*.json.gz"))]
PATIENT = "urn:uuid:11111111-1111-4111-8111-111111111111"
SECRETS = ("Zebediah", "Quillfeather", "ZQ-778812", "1961")


@pytest.fixture
def actor() -> User:
    make_centre()
    return make_clinician()


def _coded(code: str, words: str, system: str = "http://snomed.info/sct") -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": words}], "text": words}


def _status(code: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://terminology.hl7.org/CodeSystem/status", "code": code}]}


def bundle() -> dict[str, Any]:
    """One fictional patient with one of everything we keep, and a Procedure we do not."""
    content: dict[str, Any] = json.loads(OWN.read_text(encoding="utf-8"))
    return content


def take(content: object, *, actor: User, name: str = "export.json") -> importer.ImportReport:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return importer.run_origins([Origin(name, lambda: BytesIO(raw))], actor=actor)


def resource(content: dict[str, Any], kind: str, nth: int = 0) -> dict[str, Any]:
    found = [e["resource"] for e in content["entry"] if e["resource"]["resourceType"] == kind]
    return found[nth]


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
    assert {line.split(": ")[1] for line in report.differences} == {
        "Patient.given_name",
        "Patient.phone",
        f"{warfarin.source_id}.active",
        f"{warfarin.source_id}.ended_on",
    }


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
    resource(content, "AllergyIntolerance")["code"] = _coded("716186003", "No known allergy")
    take(content, actor=actor)
    patient = Patient.objects.get()
    assert patient.no_known_allergies
    assert chart_queries.of_patient(patient).allergies == []


def _mutation(kind: str, nth: int = 0) -> Callable[..., Callable[[dict[str, Any]], None]]:
    def with_fields(**fields: Any) -> Callable[[dict[str, Any]], None]:
        def mutate(content: dict[str, Any]) -> None:
            target = resource(content, kind, nth)
            for name, value in fields.items():
                if value is None:
                    target.pop(name)
                else:
                    target[name] = value

        return mutate

    return with_fields


def _quantity(**changes: Any) -> dict[str, Any]:
    return {
        "value": 80, "unit": "kg", "system": "http://unitsofmeasure.org", "code": "kg", **changes,
    }  # fmt: skip


PERSON, ALLERGY = _mutation("Patient"), _mutation("AllergyIntolerance")
MEDICINE, CONDITION, WEIGHT = (
    _mutation("MedicationRequest"), _mutation("Condition"), _mutation("Observation"),
)  # fmt: skip
DEFECTS: dict[str, tuple[Callable[[dict[str, Any]], None], str]] = {
    "birth date in the future": (PERSON(birthDate="2961-05-04"), "Patient.birthDate"),
    "born 130 years ago": (PERSON(birthDate="1890-05-04"), "Patient.birthDate"),
    "birth date of no calendar": (PERSON(birthDate="1961-02-30"), "Patient.birthDate"),
    "birth year alone": (PERSON(birthDate="1961"), "Patient.birthDate"),
    "birth date missing": (PERSON(birthDate=None), "Patient.birthDate"),
    "birth date a number": (PERSON(birthDate=1961), "Patient.birthDate"),
    "gender in capitals": (PERSON(gender="Male"), "Patient.gender"),
    "name missing": (PERSON(name=None), "Patient.name"),
    "name a string": (PERSON(name="Zebediah"), "Patient.name"),
    "name of strings": (PERSON(name=["Zebediah"]), "Patient.name[0]"),
    "given a string": (PERSON(name=[{"given": "Zebediah"}]), "Patient.name[0].given"),
    "given of numbers": (PERSON(name=[{"given": [1961]}]), "Patient.name[0].given[0]"),
    "name endless": (PERSON(name=[{"family": "Q" * 90}]), "Patient.name"),
    "name with a NUL": (PERSON(name=[{"family": "Q\x00q"}]), "Patient.name[0].family"),
    "name with half a surrogate": (PERSON(name=[{"family": "\ud800q"}]), "Patient.name[0].family"),
    "id with path characters": (PERSON(id="../../etc"), "Patient.id"),
    "dead on no day": (PERSON(deceasedBoolean=True), "Patient.deceasedBoolean"),
    "two kinds of death": (
        PERSON(deceasedBoolean=True, deceasedDateTime="2020-01-01"), "Patient.deceased"),
    "active a string": (PERSON(active="yes"), "Patient.active"),
    "record out of use": (PERSON(active=False), "Patient.active"),
    "identifier an object": (PERSON(identifier={"value": "ZQ-778812"}), "Patient.identifier"),
    "a modifier extension": (ALLERGY(modifierExtension=[{}]), "modifierExtension"),
    "allergy to nothing": (ALLERGY(code=None), "code"),
    "allergy of empty words": (ALLERGY(code={"text": " "}), "code.text"),
    "allergy code a list": (ALLERGY(code=[]), "code"),
    "reaction an object": (ALLERGY(reaction={}), "reaction"),
    "severity unheard of": (ALLERGY(reaction=[{"severity": "awful"}]), "reaction[0].severity"),
    "clinical status unheard of": (ALLERGY(clinicalStatus=_status("maybe")), "clinicalStatus"),
    "verification unheard of": (CONDITION(verificationStatus=_status("x")), "verificationStatus"),
    "two onsets": (CONDITION(onsetString="long ago"), "onset"),
    "abated tomorrow": (CONDITION(abatementDateTime="2999-01-01"), "entry[4].resource"),
    "onset at 25 o'clock": (CONDITION(onsetDateTime="2019-01-01T25:00:00Z"), "onsetDateTime"),
    "medicine without status": (MEDICINE(status=None), "status"),
    "medicine without intent": (MEDICINE(intent=None), "intent"),
    "medicine unnamed": (MEDICINE(medicationCodeableConcept=None), "medication[x]"),
    "medicine pointing nowhere": (
        MEDICINE(medicationCodeableConcept=None, medicationReference={"reference": "#gone"}),
        "medicationReference"),
    "medicine of nobody": (MEDICINE(subject={"reference": "urn:uuid:nobody"}), "subject"),
    "weight of 600 kg": (WEIGHT(valueQuantity=_quantity(value=600)), "valueQuantity.value"),
    "weight of nothing": (WEIGHT(valueQuantity=_quantity(value=0)), "valueQuantity.value"),
    "weight below zero": (WEIGHT(valueQuantity=_quantity(value=-80)), "valueQuantity.value"),
    "weight in words": (WEIGHT(valueQuantity=_quantity(value="80")), "valueQuantity.value"),
    "weight true": (WEIGHT(valueQuantity=_quantity(value=True)), "valueQuantity.value"),
    "weight in stone": (WEIGHT(valueQuantity=_quantity(code="[stone_av]")), "valueQuantity.code"),
    "weight of another system": (
        WEIGHT(valueQuantity=_quantity(system="urn:other")), "valueQuantity.code"),
    "weight at most": (
        WEIGHT(valueQuantity=_quantity(comparator="<")), "valueQuantity.comparator"),
    "weight an array": (WEIGHT(valueQuantity=[80]), "valueQuantity"),
    "weight of two kinds": (WEIGHT(valueString="80 kg"), "value"),
    "weight on no day": (WEIGHT(effectiveDateTime=None), "effective[x]"),
    "weight in some month": (WEIGHT(effectiveDateTime="2026-02"), "effective[x]"),
    "weight tomorrow": (WEIGHT(effectiveDateTime="2999-02-02"), "entry[6].resource"),
    "weight before birth": (WEIGHT(effectiveDateTime="1950-02-02"), "entry[6].resource"),
    "status unheard of": (WEIGHT(status="done"), "status"),
}  # fmt: skip


@pytest.mark.parametrize("defect", DEFECTS)
def test_a_defect_refuses_the_patient_whole_and_names_the_place(defect: str, actor: User) -> None:
    content = deepcopy(bundle())
    mutate, place = DEFECTS[defect]
    mutate(content)
    report = take(content, actor=actor)
    said = " ".join(f"{one.where} {one.why}" for one in report.refused)
    assert "export.json: " in said
    assert place.rpartition(".")[2] in said
    assert not any(secret in said for secret in SECRETS)
    if defect == "medicine of nobody":
        # It is nobody's, so it cannot be this patient's.
        assert report.exit_code == 1
        return
    assert report.exit_code == 2
    assert not Patient.objects.exists()
    assert not Measurement.objects.exists()
    assert not AuditEvent.objects.filter(action__startswith="patient.").exists()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"not json",
        b"{",
        b"[]",
        b"null",
        b'"Bundle"',
        b"\xff\xfe\x00",
        b'{"resourceType": "Bundle"}',
        b'{"resourceType": "Bundle", "type": "transaction", "entry": {}}',
        b'{"resourceType": "Bundle", "type": "transaction", "entry": ["x"]}',
        b'{"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": 1}]}',
        b'{"resourceType": "Bundle", "type": "transaction", "entry": [{"resource": {}}]}',
        b'{"resourceType": "Bundle", "type": 3}',
        b'{"resourceType": 3}',
        b'{"resourceType": "Patient", "x": NaN}',
        b'{"resourceType": "Patient", "x": 1e99999999999999999999}',
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"1" * 5000,
        gzip.compress(json.dumps({"resourceType": "Bundle"}).encode())[:-12],
        gzip.compress(b"{}")[:9],
        b"\x1f\x8b" + zlib.compress(b"{}"),
        b"\x1f\x8b",
    ],
    ids=range(23),
)
def test_a_file_that_cannot_be_read_is_refused_by_name(raw: bytes, actor: User) -> None:
    report = take(raw, actor=actor)
    assert report.exit_code == 2
    assert [one.where.partition(":")[0] for one in report.refused] == ["export.json"]


def test_a_gzip_bomb_is_stopped(actor: User) -> None:
    bomb = BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=9) as packed:
        for _ in range(MOST_BYTES // (1024 * 1024) + 2):
            packed.write(b" " * 1024 * 1024)
    began = time.monotonic()
    report = take(bomb.getvalue(), actor=actor)
    assert report.exit_code == 2
    assert "64" in report.refused[0].why
    assert time.monotonic() - began < 10


def test_two_patients_with_one_identifier_are_not_made_one(actor: User) -> None:
    content = bundle()
    other = deepcopy(content["entry"][0])
    other["fullUrl"] = "urn:uuid:other"
    other["resource"] |= {"id": "other", "birthDate": "1990-01-01", "name": [{"family": "Brook"}]}
    content["entry"].append(other)
    report = take(content, actor=actor)
    assert report.exit_code == 1
    assert Patient.objects.count() == 1
    later = bundle()
    resource(later, "Patient").update({"birthDate": "1990-01-01", "name": [{"family": "Brook"}]})
    report = take(later, actor=actor)
    assert report.exit_code == 2
    assert Patient.objects.get().family_name == "Quillfeather"


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
    resource(content, "Observation")["valueQuantity"] = _quantity(value=150, code="[lb_av]")
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
