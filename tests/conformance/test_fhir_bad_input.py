"""What cannot be taken is refused by name and place, and never half taken in."""

import gzip
import json
import time
import zlib
from collections.abc import Callable
from copy import deepcopy
from io import BytesIO
from typing import Any

import pytest

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.interop.fhir.files import NO_BOMB_BYTES
from tautband.records.models import Measurement, Patient
from tests.conformance.exports import SECRETS, bundle, quantity, resource, said, status, take

pytestmark = pytest.mark.django_db


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
    "clinical status unheard of": (ALLERGY(clinicalStatus=status("maybe")), "clinicalStatus"),
    "verification unheard of": (CONDITION(verificationStatus=status("x")), "verificationStatus"),
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
    "weight of 600 kg": (WEIGHT(valueQuantity=quantity(value=600)), "valueQuantity.value"),
    "weight of nothing": (WEIGHT(valueQuantity=quantity(value=0)), "valueQuantity.value"),
    "weight below zero": (WEIGHT(valueQuantity=quantity(value=-80)), "valueQuantity.value"),
    "weight in words": (WEIGHT(valueQuantity=quantity(value="80")), "valueQuantity.value"),
    "weight true": (WEIGHT(valueQuantity=quantity(value=True)), "valueQuantity.value"),
    "weight in stone": (WEIGHT(valueQuantity=quantity(code="[stone_av]")), "valueQuantity.code"),
    "weight of another system": (
        WEIGHT(valueQuantity=quantity(system="urn:other")), "valueQuantity.code"),
    "weight at most": (
        WEIGHT(valueQuantity=quantity(comparator="<")), "valueQuantity.comparator"),
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
    told = said(report)
    assert "export.json: " in told
    assert place.rpartition(".")[2] in told
    assert not any(secret in told for secret in SECRETS)
    if defect == "medicine of nobody":
        # It is nobody's, so it cannot be this patient's.
        assert report.exit_code == 1
        return
    assert report.exit_code == 1
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
        b"[" * 10_000 + b"]" * 10_000,
        b'{"a":' * 10_000 + b"1" + b"}" * 10_000,
        b"1" * 5000,
        gzip.compress(json.dumps({"resourceType": "Bundle"}).encode())[:-12],
        gzip.compress(b"{}")[:9],
        b"\x1f\x8b" + zlib.compress(b"{}"),
        b"\x1f\x8b",
    ],
    ids=range(22),
)
def test_a_file_that_cannot_be_read_is_refused_by_name(raw: bytes, actor: User) -> None:
    report = take(raw, actor=actor)
    assert report.exit_code == 2
    assert [one.where.partition(":")[0] for one in report.refused] == ["export.json"]


def test_a_gzip_bomb_is_stopped(actor: User) -> None:
    bomb = BytesIO()
    with gzip.GzipFile(fileobj=bomb, mode="wb", compresslevel=9) as packed:
        for _ in range(NO_BOMB_BYTES // (1024 * 1024) + 2):
            packed.write(b" " * 1024 * 1024)
    began = time.monotonic()
    report = take(bomb.getvalue(), actor=actor)
    assert report.exit_code == 2
    assert "bomb" in report.refused[0].why
    assert time.monotonic() - began < 10


def test_two_patients_with_one_identifier_are_both_refused(actor: User) -> None:
    content = bundle()
    other = deepcopy(content["entry"][0])
    other["fullUrl"] = "urn:uuid:22222222-1111-4111-8111-111111111111"
    other["resource"] |= {"id": "other", "birthDate": "1990-01-01", "name": [{"family": "Brook"}]}
    content["entry"].append(other)
    report = take(content, actor=actor)
    assert report.exit_code == 1
    assert not Patient.objects.exists()
    assert said(report).count("same identifier: export.json: Bundle.entry") == 2


def test_an_identifier_of_somebody_else_here_is_refused(actor: User) -> None:
    take(bundle(), actor=actor)
    later = bundle()
    resource(later, "Patient").update({"birthDate": "1990-01-01", "name": [{"family": "Brook"}]})
    report = take(later, actor=actor)
    assert report.exit_code == 1
    assert Patient.objects.get().family_name == "Quillfeather"
