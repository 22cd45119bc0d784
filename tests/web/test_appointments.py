"""Booking, moving, cancelling, as the desk does it."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.test import Client
from django.utils import timezone

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.records.actions import appointments
from tautband.records.models import Appointment, Draft, Patient
from tests.builders import make_clinician, make_desk, make_patient

pytestmark = pytest.mark.django_db
LONDON = ZoneInfo("Europe/London")


@pytest.fixture
def clinician() -> User:
    return make_clinician()


@pytest.fixture
def patient() -> Patient:
    return make_patient()


@pytest.fixture
def desk(client: Client, patient: Patient) -> Client:
    client.force_login(make_desk())
    return client


def in_two_days(hour: int = 10, minute: int = 0) -> datetime:
    day = timezone.now().astimezone(LONDON).date() + timedelta(days=2)
    return datetime(day.year, day.month, day.day, hour, minute, tzinfo=LONDON)


def new_url(patient: Patient, clinician: User, day: Any = None) -> str:
    day = day or in_two_days().date()
    return f"/patients/{patient.pk}/appointments/new/?clinician={clinician.pk}&day={day}"


def token_of(response: Any) -> str:
    return str(response.context["form"]["token"].value())


def book(desk: Client, patient: Patient, clinician: User, **changes: Any) -> Any:
    url = new_url(patient, clinician)
    typed = {
        "starts_at": in_two_days().isoformat(),
        "reason": "Neck pain",
        "region": "Neck",
        "count": "1",
        "token": token_of(desk.get(url)),
        **changes,
    }
    return desk.post(url, typed)


def test_the_page_offers_what_is_free(desk: Client, patient: Patient, clinician: User) -> None:
    page = desk.get(new_url(patient, clinician))
    times = [label for _, label in page.context["form"].fields["starts_at"].choices]
    assert times[0] == "08:00"
    assert times[-1] == "17:40"
    assert AuditEvent.objects.filter(action="booking.view", patient_id=patient.pk).count() == 1


def test_a_slot_is_booked_once(desk: Client, patient: Patient, clinician: User) -> None:
    response = book(desk, patient, clinician)
    assert response.status_code == 302
    assert response.url == f"/patients/{patient.pk}/"
    booked = Appointment.objects.get()
    assert (booked.starts_at, booked.reason) == (in_two_days(), "Neck pain")
    response = book(desk, make_patient(), clinician)
    assert response.status_code == 422
    page = response.content.decode()
    assert "no longer free" in page
    # What else was typed is still there.
    assert "Neck pain" in page
    assert Appointment.objects.count() == 1


def test_a_double_click_books_one(desk: Client, patient: Patient, clinician: User) -> None:
    url = new_url(patient, clinician)
    typed = {
        "starts_at": in_two_days().isoformat(), "count": "1", "token": token_of(desk.get(url)),
    }  # fmt: skip
    desk.post(url, typed)
    again = desk.post(url, typed)
    assert Appointment.objects.count() == 1
    assert again.status_code in {302, 422}


def test_a_series_says_what_was_not_free(desk: Client, patient: Patient, clinician: User) -> None:
    taken = in_two_days() + timedelta(days=84)
    appointments.book(
        patient_id=make_patient().pk, clinician_id=clinician.pk, starts_at=taken, actor=make_desk()
    )
    response = book(desk, patient, clinician, count="3")
    assert response.status_code == 302
    assert Appointment.objects.filter(patient=patient, series__isnull=False).count() == 2
    page = desk.get(new_url(patient, clinician)).content.decode()
    assert "2 appointments booked" in page
    assert "already booked" in page


@pytest.mark.parametrize(
    "changes",
    [
        {"starts_at": "2020-01-01T10:00:00+00:00"},
        {"starts_at": "nonsense"},
        {"starts_at": ""},
        {"count": "99"},
        {"count": ""},
        {"token": "nonsense"},
        {"reason": "x" * 5000},
    ],
)
def test_what_cannot_be_booked_is_said_in_place(
    desk: Client, patient: Patient, clinician: User, changes: dict[str, str]
) -> None:
    assert book(desk, patient, clinician, **changes).status_code == 422
    assert not Appointment.objects.exists()


@pytest.mark.parametrize(
    "query", ["?day=nonsense", "?day=0001-01-01&clinician=x", "?day=9999-12-31"]
)
def test_a_forged_query_is_survived(desk: Client, patient: Patient, query: str) -> None:
    assert desk.get(f"/patients/{patient.pk}/appointments/new/{query}").status_code == 200


def test_what_was_typed_comes_back_from_the_draft_and_goes_once_booked(
    desk: Client, patient: Patient, clinician: User
) -> None:
    desk.post(f"/drafts/appointment/{patient.pk}/", {"reason": "Half a sen", "starts_at": "x"})
    page = desk.get(new_url(patient, clinician))
    assert "Half a sen" in page.content.decode()
    book(desk, patient, clinician)
    assert not Draft.objects.exists()


@pytest.fixture
def booked(patient: Patient, clinician: User) -> Appointment:
    return appointments.book(
        patient_id=patient.pk, clinician_id=clinician.pk, starts_at=in_two_days(), actor=make_desk()
    )


def move(desk: Client, booked: Appointment, **changes: str) -> Any:
    day = in_two_days().date()
    url = f"/appointments/{booked.pk}/?clinician={booked.clinician_id}&day={day}"
    typed = {
        "starts_at": in_two_days(11).isoformat(), "was": booked.starts_at.isoformat(), **changes,
    }  # fmt: skip
    return desk.post(url, typed)


def test_an_appointment_moves(desk: Client, booked: Appointment) -> None:
    assert desk.get(f"/appointments/{booked.pk}/").status_code == 200
    response = move(desk, booked)
    assert response.status_code == 302
    assert response.url == f"/?day={in_two_days().date()}"
    booked.refresh_from_db()
    assert booked.starts_at == in_two_days(11)


def test_a_stale_page_moves_nothing(desk: Client, booked: Appointment) -> None:
    move(desk, booked)
    response = move(desk, booked, starts_at=in_two_days(12).isoformat())
    assert response.status_code == 409
    assert "moved this appointment meanwhile" in response.content.decode()
    booked.refresh_from_db()
    assert booked.starts_at == in_two_days(11)


@pytest.mark.parametrize("was", ["", "nonsense", "2026-11-24T10:00:00"])
def test_a_forged_move_moves_nothing(desk: Client, booked: Appointment, was: str) -> None:
    assert move(desk, booked, was=was).status_code == 422


def test_an_appointment_is_cancelled_with_a_reason(desk: Client, booked: Appointment) -> None:
    url = f"/appointments/{booked.pk}/cancel/"
    response = desk.post(url, {"reason": ""})
    assert response.status_code == 422
    assert desk.post(url, {"reason": "Ill"}).status_code == 302
    booked.refresh_from_db()
    assert (booked.status, booked.cancelled_reason) == ("cancelled", "Ill")
    response = desk.post(url, {"reason": "Ill"})
    assert response.status_code == 409
    assert "no longer open" in response.content.decode()


def test_did_not_attend_not_before_the_time(desk: Client, booked: Appointment) -> None:
    desk.post(f"/appointments/{booked.pk}/missed/")
    booked.refresh_from_db()
    assert booked.status == "booked"
    Appointment.objects.filter(pk=booked.pk).update(starts_at=timezone.now() - timedelta(hours=1))
    desk.post(f"/appointments/{booked.pk}/missed/")
    booked.refresh_from_db()
    assert booked.status == "did-not-attend"
