"""The chart and the patient's page, as nurse, clinician and desk see them."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tautband.audit.models import AuditEvent
from tautband.records.models import Measurement, Patient
from tautband.records.queries import chart as charts
from tautband.records.queries.chart import latest_measurement
from tests.builders import make_clinician, make_desk, make_nurse, make_patient, make_pharmacist
from tests.web.past_sittings import past_sitting

pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return make_patient(weight_kg=Decimal(70))


@pytest.fixture
def nurse(client: Client, patient: Patient) -> Client:
    client.force_login(make_nurse())
    return client


def today() -> str:
    return timezone.localdate().isoformat()


def post(client: Client, name: str, patient: Patient, *more: Any, **typed: Any) -> Any:
    url = reverse(f"clinic:{name}", args=[patient.pk, *more])
    return client.post(url, {"token": str(uuid4()), **typed})


def weigh(client: Client, patient: Patient, weight: str, unit: str = "kg", **typed: Any) -> Any:
    fields = {"weight": weight, "unit": unit, "measured_on": today(), **typed}
    return post(client, "chart_weight", patient, **fields)


def test_pounds_are_converted_exactly_and_kept_as_typed(nurse: Client, patient: Patient) -> None:
    assert weigh(nurse, patient, "150", "lb").status_code == 302
    weight = Measurement.objects.latest("recorded_at")
    assert weight.amount == 68_038
    assert weight.as_entered == "150 lb"


@pytest.mark.parametrize("weight", ["600", "0", "-1", "", "heavy", "7.0.0", "1e9", "٦٠٠"])
def test_an_absurd_weight_is_refused_with_words(
    nurse: Client, patient: Patient, weight: str
) -> None:
    response = weigh(nurse, patient, weight)
    assert response.status_code == 422
    assert b'id="error-summary"' in response.content
    assert b"id_weight" in response.content
    assert Measurement.objects.count() == 1


def test_a_big_change_asks_to_confirm(nurse: Client, patient: Patient) -> None:
    response = weigh(nurse, patient, "50")
    assert response.status_code == 422
    assert b"Read the scale again" in response.content
    assert b'type="checkbox" name="confirmed"' in response.content
    assert Measurement.objects.count() == 1
    assert weigh(nurse, patient, "50", confirmed="on").status_code == 302
    patient.refresh_from_db()
    weight = latest_measurement(patient.pk, "weight")  # type: ignore[arg-type]
    assert weight is not None
    assert weight.amount == 50_000


def test_the_question_goes_with_a_weight_that_is_near(nurse: Client, patient: Patient) -> None:
    assert weigh(nurse, patient, "60").status_code == 302


def test_an_earlier_weight_entered_later_is_not_the_latest(nurse: Client, patient: Patient) -> None:
    before = (timezone.localdate() - timedelta(days=30)).isoformat()
    assert weigh(nurse, patient, "75", measured_on=before).status_code == 302
    assert charts.of_patient(patient).weight.amount == 70_000  # type: ignore[union-attr]


@pytest.mark.parametrize("day", ["2999-01-01", "1900-01-01", "2026-02-30", ""])
def test_a_day_that_cannot_be_is_refused(nurse: Client, patient: Patient, day: str) -> None:
    response = weigh(nurse, patient, "70", measured_on=day)
    assert response.status_code == 422
    assert b"id_measured_on" in response.content


def test_the_same_form_sent_twice_weighs_once(nurse: Client, patient: Patient) -> None:
    token = str(uuid4())
    weigh(nurse, patient, "71", token=token)
    weigh(nurse, patient, "71", token=token)
    assert Measurement.objects.count() == 2


def test_height_in_feet_and_inches(nurse: Client, patient: Patient) -> None:
    typed = {"feet": "5", "inches": "7", "measured_on": today()}
    assert post(nurse, "chart_height", patient, **typed).status_code == 302
    assert charts.of_patient(patient).height.amount == 1702  # type: ignore[union-attr]
    for bad in ({}, {"height": "170", "feet": "5"}, {"height": "17"}, {"feet": "9", "inches": "9"}):
        response = post(nurse, "chart_height", patient, measured_on=today(), **bad)
        assert response.status_code == 422


def test_an_allergy_and_its_end(nurse: Client, patient: Patient) -> None:
    no_allergies = reverse("clinic:chart_no_allergies", args=[patient.pk])
    assert nurse.post(no_allergies).status_code == 302
    typed = {"text": "Chlorhexidine", "reaction": "rash", "severity": "mild"}
    assert post(nurse, "chart_allergy", patient, **typed).status_code == 302
    patient.refresh_from_db()
    assert not patient.no_known_allergies
    assert nurse.post(no_allergies).status_code == 422
    assert post(nurse, "chart_allergy", patient, **typed).status_code == 422
    line = charts.of_patient(patient).allergies[0]
    assert post(nurse, "chart_end", patient, line.pk, ended_on=today()).status_code == 302
    again = post(nurse, "chart_end", patient, line.pk, ended_on=today())
    assert again.status_code == 409
    assert charts.of_patient(patient).allergies == []


def test_how_bad_an_allergy_was_is_never_assumed(nurse: Client, patient: Patient) -> None:
    response = post(nurse, "chart_allergy", patient, text="Latex")
    assert response.status_code == 422
    assert b"id_severity" in response.content


def test_a_wrong_line_stays_and_counts_for_nothing(nurse: Client, patient: Patient) -> None:
    post(nurse, "chart_medicine", patient, text="Apixaban 5 mg")
    line = charts.of_patient(patient).medicines[0]
    assert post(nurse, "chart_wrong", patient, "statement", line.pk).status_code == 422
    wrong = post(nurse, "chart_wrong", patient, "statement", line.pk, reason="wrong-patient")
    assert wrong.status_code == 302
    line.refresh_from_db()
    assert line.entered_in_error
    assert charts.of_patient(patient).medicines == []
    event = AuditEvent.objects.get(action="chart.mark-statement-in-error")
    assert event.detail == {"reason": "wrong-patient"}


def test_another_patients_line_cannot_be_touched(nurse: Client, patient: Patient) -> None:
    other = make_patient(medicines=("Warfarin",))
    line = charts.of_patient(other).medicines[0]
    page = nurse.get(reverse("clinic:chart_end", args=[patient.pk, line.pk]))
    assert b"Warfarin" not in page.content
    response = post(nurse, "chart_end", patient, line.pk, ended_on=today())
    assert response.status_code == 422
    assert b"Warfarin" not in response.content
    for what in ("statement", "measurement", "elsewhere-dose"):
        response = post(nurse, "chart_wrong", patient, what, line.pk, reason="typed-wrong")
        assert response.status_code == 422
    response = post(nurse, "chart_wrong", patient, "patient", line.pk, reason="typed-wrong")
    assert response.status_code == 404
    line.refresh_from_db()
    assert line.active
    assert not line.entered_in_error


def test_a_dose_given_elsewhere(nurse: Client, patient: Patient) -> None:
    typed = {"agent": "bupivacaine", "given_on": today(), "given_time": "09:00", "place": "dentist"}
    assert post(nurse, "chart_elsewhere", patient, **typed, amount="25").status_code == 302
    assert post(nurse, "chart_elsewhere", patient, **typed, amount_unknown="on").status_code == 302
    amounts = {dose.amount_ug for dose in charts.of_patient(patient).elsewhere}
    assert amounts == {25_000, None}
    for bad in ({}, {"amount": "25", "amount_unknown": "on"}, {"amount": "-1"}, {"amount": "0"}):
        assert post(nurse, "chart_elsewhere", patient, **typed, **bad).status_code == 422
    nothing = {**typed, "agent": "saline", "amount": "5"}
    assert post(nurse, "chart_elsewhere", patient, **nothing).status_code == 422


def test_toxin_elsewhere_is_counted_in_units(nurse: Client, patient: Patient) -> None:
    typed = {"agent": "onabotulinumtoxin_a", "given_on": today(), "amount": "155"}
    response = post(nurse, "chart_elsewhere", patient, **typed)
    assert response.status_code == 302, response.content.decode()
    assert charts.of_patient(patient).elsewhere[0].units_centi == 15_500


def test_every_change_raises_the_revision_and_is_on_the_trail(
    nurse: Client, patient: Patient
) -> None:
    before = patient.revision
    weigh(nurse, patient, "71")
    post(nurse, "chart_condition", patient, text="Migraine")
    patient.refresh_from_db()
    assert patient.revision == before + 2
    for action in ("chart.record-weight", "chart.add-condition"):
        assert AuditEvent.objects.filter(action=action, patient_id=patient.pk).exists()


def test_a_pharmacist_reads_and_does_not_write(client: Client, patient: Patient) -> None:
    client.force_login(make_pharmacist())
    assert client.get(reverse("clinic:chart", args=[patient.pk])).status_code == 200
    assert weigh(client, patient, "70").status_code == 403
    assert post(client, "chart_allergy", patient, text="x", severity="mild").status_code == 403


def test_the_desk_sees_who_it_is_and_nothing_of_the_record(client: Client) -> None:
    patient = make_patient(allergies=("Lidocaine",), medicines=("Warfarin",))
    client.force_login(make_desk())
    page = client.get(reverse("clinic:patient", args=[patient.pk])).content
    assert patient.number.encode() in page
    for secret in (b"Lidocaine", b"Warfarin", b"70\xc2\xa0kg"):
        assert secret not in page
    assert client.get(reverse("clinic:chart", args=[patient.pk])).status_code == 403
    assert client.get(reverse("clinic:patient_looked", args=[patient.pk])).status_code == 403


def test_the_page_warns_of_what_could_hurt(client: Client) -> None:
    patient = make_patient(allergies=("Chlorhexidine",), medicines=("Apixaban 5 mg",))
    client.force_login(make_clinician())
    page = client.get(reverse("clinic:patient", args=[patient.pk])).content.decode()
    assert "Apixaban 5 mg" in page
    assert "Chlorhexidine" in page
    assert "never advise stopping it" in page
    assert AuditEvent.objects.filter(action="patient.view", patient_id=patient.pk).count() == 1


def test_nobody_is_found_under_a_strangers_id(nurse: Client) -> None:
    assert nurse.get(reverse("clinic:patient", args=[uuid4()])).status_code == 404


def test_a_page_with_200_past_injections_costs_at_most_20_queries(
    client: Client, django_assert_max_num_queries: Any
) -> None:
    actor = make_clinician()
    patient = make_patient(
        height_cm=Decimal(165),
        allergies=("Latex",),
        medicines=("Warfarin",),
        conditions=("Asthma",),
    )
    for number in range(40):
        past_sitting(patient, actor, days_ago=5 + 8 * number, injections=5)
    client.force_login(actor)
    url = reverse("clinic:patient", args=[patient.pk])
    client.get(url)
    with django_assert_max_num_queries(20):
        response = client.get(url)
    assert response.content.count(b'<a class="n nb"') == 40
    assert b"Bruise, grade 1" in response.content


def test_born_today_and_29_february(client: Client) -> None:
    baby = make_patient(born_on=timezone.localdate(), weight_kg=Decimal("3.2"))
    leap = make_patient(born_on=date(1992, 2, 29))
    client.force_login(make_clinician())
    for patient in (baby, leap):
        assert client.get(reverse("clinic:patient", args=[patient.pk])).status_code == 200
