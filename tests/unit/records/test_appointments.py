import itertools
from datetime import UTC, datetime, timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest

from tautband.audit.models import AuditEvent
from tautband.errors import NotAllowed, Refused, Stale
from tautband.records.actions import appointments
from tautband.records.models import Appointment
from tests.builders import make_auditor, make_centre, make_clinician, make_desk, make_patient

pytestmark = pytest.mark.django_db

LONDON = ZoneInfo("Europe/London")
NOW = datetime(2026, 11, 24, 8, 0, tzinfo=UTC)
TEN = datetime(2026, 11, 25, 10, 0, tzinfo=LONDON)


def book(**changes):
    made = {
        "patient_id": changes.pop("patient_id", None) or make_patient().pk,
        "clinician_id": changes.pop("clinician_id", None) or make_clinician().pk,
        "starts_at": TEN,
        "actor": changes.pop("actor", None) or make_desk(),
        "now": NOW,
        **changes,
    }
    return appointments.book(**made)


def test_booking_keeps_the_slot_and_writes_one_event() -> None:
    patient, desk = make_patient(), make_desk()
    before = AuditEvent.objects.count()
    booked = book(patient_id=patient.pk, actor=desk, reason=" Neck pain ")
    assert (booked.status, booked.minutes, booked.reason) == ("booked", 20, "Neck pain")
    # The clinician made for it wrote one event of their own.
    event = AuditEvent.objects.order_by("-pk").first()
    assert event is not None
    assert AuditEvent.objects.count() == before + 2
    assert (event.action, event.patient_id) == ("appointment.book", patient.pk)


def test_a_clinician_is_booked_once() -> None:
    clinician = make_clinician()
    book(clinician_id=clinician.pk)
    with pytest.raises(Refused, match="clinician is already booked") as refusal:
        book(clinician_id=clinician.pk)
    assert "starts_at" in refusal.value.fields
    with pytest.raises(Refused, match="clinician is already booked"):
        book(clinician_id=clinician.pk, starts_at=TEN + timedelta(minutes=10))
    book(clinician_id=clinician.pk, starts_at=TEN + timedelta(minutes=20))


def test_the_constraint_itself_is_worded(monkeypatch) -> None:
    clinician = make_clinician()
    book(clinician_id=clinician.pk)
    # As if the other booking had been committed between the check and the insert.
    monkeypatch.setattr(appointments, "_why_not", lambda *a, **k: "")
    with pytest.raises(Refused, match="Somebody else has just taken this time"):
        book(clinician_id=clinician.pk)
    assert Appointment.objects.count() == 1


def test_a_patient_is_in_one_place_at_a_time() -> None:
    patient = make_patient()
    book(patient_id=patient.pk)
    with pytest.raises(Refused, match="patient already has another appointment"):
        book(patient_id=patient.pk)


def test_the_past_and_closed_hours_are_refused() -> None:
    for starts_at, words in (
        (NOW - timedelta(minutes=1), "has passed"),
        (TEN.replace(hour=7), "closed"),
        (TEN.replace(hour=17, minute=50), "closed"),
        (TEN + timedelta(days=4000), "three years"),
    ):
        with pytest.raises(Refused, match=words):
            book(starts_at=starts_at)
    assert not Appointment.objects.exists()


def test_a_second_click_books_nothing_more() -> None:
    patient, clinician, token = make_patient(), make_clinician(), uuid4()
    one = book(patient_id=patient.pk, clinician_id=clinician.pk, token=token)
    two = book(patient_id=patient.pk, clinician_id=clinician.pk, token=token)
    assert one.pk == two.pk == token
    assert Appointment.objects.count() == 1


def test_only_a_clinician_is_booked_and_only_by_who_may() -> None:
    with pytest.raises(Refused, match="Choose a clinician"):
        book(clinician_id=make_desk().pk)
    with pytest.raises(NotAllowed):
        book(actor=make_auditor())


def series(**changes):
    made = {
        "patient_id": changes.pop("patient_id", None) or make_patient().pk,
        "clinician_id": changes.pop("clinician_id", None) or make_clinician().pk,
        "starts_at": TEN,
        "count": 4,
        "actor": make_desk(),
        "now": NOW,
        **changes,
    }
    return appointments.book_series(**made)


def test_a_series_keeps_weekday_and_time_on_the_wall_across_the_clock_change() -> None:
    make_centre()
    result = series()
    local = [each.starts_at.astimezone(LONDON) for each in result.booked]
    assert [(at.weekday(), at.hour, at.minute) for at in local] == [(2, 10, 0)] * 4
    assert [(b.date() - a.date()).days for a, b in itertools.pairwise(local)] == [84] * 3
    # Summer time lies between the first and the third.
    assert len({at.utcoffset() for at in local}) == 2
    assert not result.not_free


def test_what_of_a_series_is_not_free_is_said_and_the_rest_is_booked() -> None:
    clinician = make_clinician()
    book(clinician_id=clinician.pk, starts_at=TEN + timedelta(days=84))
    result = series(clinician_id=clinician.pk)
    assert len(result.booked) == 3
    [(at, words)] = result.not_free
    assert at.astimezone(LONDON).date() == (TEN + timedelta(days=84)).date()
    assert "already booked" in words


def test_a_series_whose_first_is_taken_books_nothing() -> None:
    clinician = make_clinician()
    book(clinician_id=clinician.pk)
    with pytest.raises(Refused, match="already booked"):
        series(clinician_id=clinician.pk)
    assert Appointment.objects.count() == 1


@pytest.mark.parametrize("count", [0, 1, 7, -3])
def test_an_absurd_series_is_refused(count: int) -> None:
    with pytest.raises(Refused, match="2 to 6"):
        series(count=count)


def test_a_second_click_on_a_series_books_nothing_more() -> None:
    patient, clinician, token = make_patient(), make_clinician(), uuid4()
    series(patient_id=patient.pk, clinician_id=clinician.pk, token=token)
    again = series(patient_id=patient.pk, clinician_id=clinician.pk, token=token)
    assert len(again.booked) == 4
    assert Appointment.objects.count() == 4


def move(booked: Appointment, **changes):
    made = {
        "appointment_id": booked.pk,
        "clinician_id": booked.clinician_id,
        "starts_at": TEN + timedelta(hours=1),
        "was": booked.starts_at,
        "actor": make_desk(),
        "now": NOW,
        **changes,
    }
    return appointments.move(**made)


def test_an_appointment_moves_unless_somebody_moved_it_first() -> None:
    booked = book()
    move(booked)
    booked_now = Appointment.objects.get()
    assert booked_now.starts_at == TEN + timedelta(hours=1)
    with pytest.raises(Stale, match="moved this appointment"):
        move(booked, starts_at=TEN + timedelta(hours=2))


def test_an_appointment_may_move_into_the_time_it_overlaps_itself() -> None:
    booked = book()
    move(booked, starts_at=TEN + timedelta(minutes=10))


def test_an_appointment_does_not_move_onto_another_or_into_the_past() -> None:
    clinician = make_clinician()
    book(clinician_id=clinician.pk, starts_at=TEN + timedelta(hours=1))
    booked = book(clinician_id=clinician.pk)
    with pytest.raises(Refused, match="already booked"):
        move(booked)
    with pytest.raises(Refused, match="has passed"):
        move(booked, starts_at=NOW - timedelta(days=1))


def test_cancelling_gives_the_slot_back_and_needs_a_reason() -> None:
    clinician = make_clinician()
    booked = book(clinician_id=clinician.pk)
    with pytest.raises(Refused, match="Say why"):
        appointments.cancel(appointment_id=booked.pk, reason="  ", actor=make_desk())
    appointments.cancel(appointment_id=booked.pk, reason="Ill", actor=make_desk())
    booked.refresh_from_db()
    assert (booked.status, booked.cancelled_reason) == ("cancelled", "Ill")
    book(clinician_id=clinician.pk)
    with pytest.raises(Stale, match="no longer open"):
        appointments.cancel(appointment_id=booked.pk, reason="Ill", actor=make_desk())


def test_did_not_attend_only_once_the_time_has_passed() -> None:
    booked = book()
    with pytest.raises(Refused, match="still to come"):
        appointments.did_not_attend(appointment_id=booked.pk, actor=make_desk(), now=NOW)
    later = TEN + timedelta(minutes=30)
    appointments.did_not_attend(appointment_id=booked.pk, actor=make_desk(), now=later)
    booked.refresh_from_db()
    assert booked.status == "did-not-attend"
    with pytest.raises(Stale):
        appointments.did_not_attend(appointment_id=booked.pk, actor=make_desk(), now=later)


def test_what_does_not_exist_is_refused() -> None:
    make_centre()
    with pytest.raises(Refused, match="does not exist"):
        appointments.cancel(appointment_id=uuid4(), reason="Ill", actor=make_desk())
    with pytest.raises(Refused, match="does not exist"):
        book(patient_id=uuid4())
