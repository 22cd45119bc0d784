"""One injection session from arrival to the signed note, through the pages, without a browser."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tautband.clinical import ask
from tautband.records.models import AdverseEvent, Injection, Procedure
from tests import builders

pytestmark = pytest.mark.django_db


def sign_in(person) -> Client:
    client = Client()
    client.force_login(person)
    return client


def url(name: str, *args) -> str:
    return reverse(f"clinic:{name}", args=args)


def answers(**said: str) -> dict[str, str]:
    every = {question.id: "no" for question in ask.questions()}
    return {**every, **said}


@pytest.fixture
def clinic():
    builders.make_centre()
    return {
        "clinician": builders.make_clinician(senior=True),
        "nurse": builders.make_nurse(),
        "desk": builders.make_desk(),
    }


def arrive(clinic, patient) -> Procedure:
    desk, nurse = sign_in(clinic["desk"]), sign_in(clinic["nurse"])
    here = desk.post(
        url("walk_in", patient.pk),
        {"clinician": clinic["clinician"].pk, "reason": "Neck pain", "token": uuid4()},
    )
    assert here.status_code == 302, here.content.decode()
    procedure = Procedure.objects.get(patient=patient)
    done = desk.post(url("session_arrive", procedure.pk), {"identifiers": ["name", "born_on"]})
    assert done.status_code == 302
    weighed = nurse.post(url("session_weigh", procedure.pk), {"weight": "70", "unit": "kg"})
    assert weighed.status_code == 302, weighed.content.decode()[-3000:]
    asked = nurse.post(url("session_ask", procedure.pk), answers())
    assert asked.status_code == 302, asked.content.decode()[-3000:]
    return procedure


def plan(clinic, procedure) -> None:
    doctor, nurse = sign_in(clinic["clinician"]), sign_in(clinic["nurse"])
    assert doctor.post(url("session_assess", procedure.pk), {"pain_now": "7"}).status_code == 302
    point = doctor.post(
        url("session_add_point", procedure.pk), {"muscle_side": "infraspinatus:right"}
    )
    assert point.status_code == 302
    drawn = nurse.post(
        url("session_draw_up", procedure.pk),
        {
            "token": uuid4(),
            "0.product": "lidocaine:10000",
            "0.volume": "5",
            "0.lot": "LX4471",
            "0.expires": "2099-03-31",
            "0.epinephrine": "0",
        },
    )
    assert drawn.status_code == 302, drawn.content.decode()[-3000:]
    syringe = procedure.syringes.get()
    checked = doctor.post(
        url("session_change_syringe", procedure.pk, syringe.pk), {"what": "check"}
    )
    assert checked.status_code == 302
    added = doctor.post(
        url("session_add_row", procedure.pk),
        {"muscle_side": "infraspinatus:right", "token": uuid4()},
    )
    assert added.status_code == 302
    row = procedure.injections.get()
    changed = doctor.post(
        url("session_change_row", procedure.pk, row.pk),
        {
            "syringe": syringe.pk,
            "amount": "1",
            "needle": "38",
            "gauge": "25",
            "depth": "15",
            "guidance": "landmark",
        },
    )
    assert changed.status_code == 302, changed.content.decode()[-3000:]


def acknowledge_all(client, procedure) -> None:
    from django.utils import timezone

    from tautband.records.checks import review
    from tautband.records.facts import Basis
    from tautband.records.queries import procedures

    for each in review(
        procedures.find(procedure.pk), basis=Basis.PLAN, now=timezone.now()
    ).findings:
        if each.waits:
            client.post(
                url("session_answer_finding", procedure.pk), {"fingerprint": each.fingerprint}
            )


def settle(clinic, procedure) -> None:
    doctor = sign_in(clinic["clinician"])
    acknowledge_all(doctor, procedure)
    procedure.refresh_from_db()
    settled = doctor.post(url("session_settle", procedure.pk), {"revision": procedure.revision})
    assert settled.status_code == 302, settled.content.decode()


def consent_and_time_out(clinic, procedure) -> None:
    doctor, nurse = sign_in(clinic["clinician"]), sign_in(clinic["nurse"])
    agreed = doctor.post(
        url("session_consent", procedure.pk),
        {
            "answer": "agreed",
            "risks": ["soreness", "rare-harm", "lung"],
            "given_by": "patient",
            "has_capacity": "yes",
            "mode": "verbal",
            "alternatives_discussed": "on",
        },
    )
    assert agreed.status_code == 302, agreed.content.decode()
    read = nurse.post(
        url("session_time_out", procedure.pk),
        {
            "identifiers": ["name", "born_on"],
            "sides": "on",
            "labels": "on",
            "allergies": "on",
            "resuscitation": "on",
            "lipid_in_date": "on",
        },
    )
    assert read.status_code == 302, read.content.decode()


def test_three_people_take_a_patient_from_arrival_to_a_signed_note(clinic) -> None:
    patient = builders.make_patient(weight_kg=Decimal(70))
    procedure = arrive(clinic, patient)
    plan(clinic, procedure)
    settle(clinic, procedure)
    consent_and_time_out(clinic, procedure)
    doctor, nurse = sign_in(clinic["clinician"]), sign_in(clinic["nurse"])
    begun = doctor.post(
        url("session_start", procedure.pk),
        {"operator": clinic["clinician"].pk, "position": "prone", "skin_preparation": "alcohol"},
    )
    assert begun.status_code == 302, begun.content.decode()
    row = procedure.injections.get()
    given = doctor.post(
        url("session_give", procedure.pk, row.pk),
        {"what": "given", "amount": "1", "unit": "mL", "twitch": "yes", "pain_before": "7",
         "pain_after": "3"},
    )  # fmt: skip
    assert given.status_code == 302, given.content.decode()
    ended = doctor.post(url("session_finish", procedure.pk), {"opened": "1", "disposed": "1"})
    assert ended.status_code == 302, ended.content.decode()
    watched = nurse.post(
        url("session_observe", procedure.pk),
        {"symptoms_asked": "on", "pain_at_30_min": "3", "tolerated": "well", "escort": "yes"},
    )
    assert watched.status_code == 302, watched.content.decode()
    left = nurse.post(url("session_let_leave", procedure.pk), {"early_reason": "feels well"})
    assert left.status_code == 302
    for name in ("arrive", "ask", "assess", "plan", "consent", "time_out", "inject", "observe"):
        page = doctor.get(url(f"session_{name}", procedure.pk))
        assert page.status_code == 200, name
    procedure.refresh_from_db()
    check = doctor.get(url("session_check", procedure.pk))
    assert check.status_code == 200
    signed = doctor.post(url("session_check", procedure.pk), {"revision": procedure.revision})
    assert signed.status_code == 302, signed.content.decode()
    procedure.refresh_from_db()
    assert procedure.status == "completed"
    text = doctor.get(url("note_text", procedure.pk)).content.decode()
    assert "Right infraspinatus" in text
    assert "lot LX4471" in text
    assert Injection.objects.get().given_volume_ul == 1000
    assert not AdverseEvent.objects.exists()
    pdf = doctor.get(url("note_pdf", procedure.pk))
    assert pdf.content.startswith(b"%PDF")
