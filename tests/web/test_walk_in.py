"""A patient without a booking: with whom they are seen is said, never guessed."""

import pytest
from django.test import Client
from django.urls import reverse

from tautband.records.actions import encounters
from tautband.records.models import Procedure
from tests.builders import make_centre, make_clinician, make_desk, make_nurse, make_patient

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _centre() -> None:
    make_centre()


def walk_in(client: Client, patient, **fields: object):
    return client.post(reverse("clinic:walk_in", args=[patient.pk]), fields, follow=True)


def test_the_only_clinician_sees_who_walks_in(client: Client) -> None:
    doctor = make_clinician()
    patient = make_patient(actor=doctor)
    client.force_login(make_desk())
    shown = client.get(reverse("clinic:patient", args=[patient.pk])).content.decode()
    assert "With whom?" not in shown
    walk_in(client, patient)
    assert Procedure.objects.get().encounter.clinician == doctor


def test_of_several_one_is_chosen_and_none_is_preselected(client: Client) -> None:
    first, second, patient = make_clinician(), make_clinician(), make_patient()
    client.force_login(make_desk())
    shown = client.get(reverse("clinic:patient", args=[patient.pk])).content.decode()
    assert "With whom?" in shown
    assert str(first.pk) in shown
    assert " selected" not in shown.split("With whom?")[1].split("</select>")[0]

    told = walk_in(client, patient).content.decode()
    assert "Choose with which clinician" in told
    assert not Procedure.objects.exists()

    walk_in(client, patient, clinician=second.pk)
    assert Procedure.objects.get().encounter.clinician == second


def test_a_clinician_who_receives_sees_the_patient(client: Client) -> None:
    make_clinician()
    doctor, patient = make_clinician(), make_patient()
    client.force_login(doctor)
    walk_in(client, patient)
    assert Procedure.objects.get().encounter.clinician == doctor


def test_whoever_was_identified_but_not_weighed_is_weighed_next(client: Client) -> None:
    nurse, patient = make_nurse(), make_patient(weight_kg=None)
    client.force_login(make_desk())
    procedure = encounters.walk_in(
        patient_id=patient.pk, clinician=make_clinician(), reason="Neck", actor=make_desk()
    )
    encounters.confirm_identity(
        procedure_id=procedure.pk, identifiers=["name", "born_on"], actor=make_desk()
    )
    client.force_login(nurse)
    session = reverse("clinic:session", args=[procedure.pk])
    assert client.get(session)["Location"].endswith("/arrive/")
    client.post(
        reverse("clinic:session_weigh", args=[procedure.pk]), {"weight": "70", "unit": "kg"}
    )
    assert client.get(session)["Location"].endswith("/ask/")
