"""What comes from laboratories and other systems, as it stands on the chart."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tautband.accounts.models import User
from tautband.records.models import Measurement, Patient
from tests.builders import make_centre, make_clinician, make_nurse, make_patient
from tests.conformance.exports import about, coded, lines, observed, person, take_files

pytestmark = pytest.mark.django_db
UCUM = "http://unitsofmeasure.org"


@pytest.fixture
def importer_(db: None) -> User:
    make_centre()
    return make_clinician()


@pytest.fixture
def nurse(client: Client) -> Client:
    client.force_login(make_nurse())
    return client


def value(number: Any, unit: str, **more: Any) -> dict[str, Any]:
    return {"value": number, "unit": unit, "system": UCUM, "code": unit, **more}


def chart_of(client: Client, patient: Patient) -> str:
    answer = client.get(reverse("clinic:chart", args=[patient.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_laboratory_values_stand_with_their_day_and_source(importer_: User, nurse: Client) -> None:
    resources = [
        observed("a", "6301-6", "o-1", value=value("V", "{INR}")),
        observed("a", "59261-8", "o-2", value=value(53, "mmol/mol")),
        observed("a", "33914-3", "o-3", value=value(60, "mL/min/{1.73_m2}", comparator=">")),
        observed("a", "777-3", "o-4", value=value(88000, "/uL")),
        observed("a", "82810-3", "o-5", valueCodeableConcept=coded("77386006", "Pregnant")),
        about("a", "Coverage", "c-1", status="active", payor=[{"display": "Harbour Mutual"}]),
    ]
    raw = lines([person("a"), *resources]).replace(b'"V"', b"1.10")
    assert take_files(importer_, all__ndjson=raw).exit_code == 0
    page = chart_of(nurse, Patient.objects.get())
    for words in (
        "Laboratory", ">1.10<", "7\u00a0%", "53 mmol/mol", "&gt;60\u00a0mL/min/1.73 m²",
        "88\u00a010⁹/L", "3 Feb 2026", "from another system", "Pregnant", "Harbour Mutual",
    ):  # fmt: skip
        assert words in page, words


def test_older_values_are_folded_away(importer_: User, nurse: Client) -> None:
    resources = [
        observed(
            "a", "6301-6", f"o-{n}", value=value(2, "{INR}"), effectiveDateTime=f"2026-01-0{n}"
        )
        for n in range(1, 7)
    ]
    take_files(importer_, all__ndjson=lines([person("a"), *resources]))
    page = chart_of(nurse, Patient.objects.get())
    before, _, after = page.partition("3 older values")
    assert "6 Jan 2026" in before
    assert "1 Jan 2026" not in before
    assert "1 Jan 2026" in after


def test_a_wrong_value_counts_for_nothing_from_then_on(importer_: User, nurse: Client) -> None:
    take_files(
        importer_,
        all__ndjson=lines([person("a"), observed("a", "6301-6", value=value(2, "{INR}"))]),
    )
    patient, row = Patient.objects.get(), Measurement.objects.get()
    url = reverse("clinic:chart_wrong", args=[patient.pk, "measurement", row.pk])
    assert url in chart_of(nurse, patient)
    assert nurse.post(url, {"reason": "wrong-patient"}).status_code == 302
    assert "Laboratory" not in chart_of(nurse, patient)


def test_whoever_has_no_values_has_no_empty_list(nurse: Client) -> None:
    page = chart_of(nurse, make_patient())
    assert "Laboratory" not in page
    assert "Who pays" not in page
