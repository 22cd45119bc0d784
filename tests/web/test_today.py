"""The board of the day: who sees what, the states in words, and what a busy day costs."""

import time
from datetime import UTC, date, datetime, timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tautband.accounts.models import User
from tautband.accounts.session_limits import POLL_HEADER
from tautband.audit.models import AuditEvent
from tautband.clinic.day_row import Row
from tautband.records.actions import appointments, chart, encounters
from tautband.records.models import Appointment, Encounter, Patient, Procedure
from tautband.records.queries import centre as centre_query
from tautband.records.queries import day as day_query
from tautband.records.queries.progress import milestones, with_progress
from tests.builders import (
    make_centre,
    make_clinician,
    make_desk,
    make_manager,
    make_nurse,
    make_patient,
)
from tests.web.busy_day import make_busy_day

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 11, 24, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _at_eleven() -> Any:
    make_centre()
    with patch("django.utils.timezone.now", return_value=NOW):
        yield


def booked(
    patient: Patient | None = None,
    *,
    clinician: User | None = None,
    at: datetime = NOW,
    **more: Any,
) -> Appointment:
    return appointments.book(
        patient_id=(patient or make_patient()).pk,
        clinician_id=(clinician or make_clinician()).pk,
        starts_at=at,
        actor=make_desk(),
        now=min(at, NOW),
        **more,
    )


def board(client: Client, person: User, query: str = "") -> Any:
    client.force_login(person)
    response = client.get(f"/{query}")
    assert response.status_code == 200
    return response


def rows_of(response: Any) -> list[Row]:
    return [*response.context["rows"], *response.context["later"]]


def test_a_booked_patient_arrives_from_the_board(client: Client) -> None:
    appointment = booked(reason="Neck pain", region="Neck")
    response = board(client, make_desk())
    [row] = rows_of(response)
    assert (row.time, row.state, row.plan, row.region) == ("11:24", "Booked", "Neck pain", "Neck")
    [(url, label, _)] = row.buttons
    assert (url, label) == (f"/appointments/{appointment.pk}/arrived/", "Arrived")
    assert client.post(url).status_code == 302
    [row] = rows_of(client.get("/"))
    assert (row.state, row.where, row.group) == ("Arrived", "Waiting", "waiting")
    assert row.wait.startswith("0")


def test_whoever_came_late_may_be_marked_as_missed_and_booked_again(client: Client) -> None:
    appointment = booked(at=NOW - timedelta(minutes=30))
    response = board(client, make_desk())
    [row] = rows_of(response)
    assert [label for _, label, _ in row.buttons] == ["Arrived", "Did not attend"]
    client.post(row.buttons[1][0])
    [row] = rows_of(client.get("/"))
    assert (row.state, row.group, row.buttons) == ("Did not attend", "done", [])
    assert row.link == (f"/patients/{appointment.patient_id}/appointments/new/", "Book again")


def test_the_desk_sees_no_clinical_hints(client: Client) -> None:
    patient = make_patient(weight_kg=None, medicines=("Warfarin 5 mg",))
    appointment = booked(patient)
    procedure = encounters.receive(appointment_id=appointment.pk, actor=make_desk(), now=NOW)
    page = board(client, make_nurse()).content.decode()
    assert "Weigh first" in page
    assert "Warfarin: INR to enter" in page
    assert f"/sessions/{procedure.pk}/" in page
    response = board(client, make_desk())
    page = response.content.decode()
    for words in ("Weigh first", "Warfarin", "INR", "Lots open", "Checks due"):
        assert words not in page
    # The one thing of a session that the desk does is to ask for two identifiers.
    [row] = rows_of(response)
    assert row.link == (f"/sessions/{procedure.pk}/", "Identify")
    encounters.confirm_identity(
        procedure_id=procedure.pk, identifiers=["name", "born_on"], actor=make_desk()
    )
    [row] = rows_of(client.get("/"))
    assert row.link is None
    assert not response.context["sees_record"]


def test_the_manager_sees_the_day_but_leads_nowhere_into_it(client: Client) -> None:
    booked()
    [row] = rows_of(board(client, make_manager()))
    assert (row.name_url, row.time_url, row.buttons, row.link) == ("", "", [], None)


def test_hints_say_what_to_see_to_before_anybody_comes_in(client: Client) -> None:
    patient = make_patient(medicines=("apixaban",))
    Patient.objects.filter(pk=patient.pk).update(interpreter_language="Czech")
    chart.add_elsewhere_dose(
        patient_id=patient.pk,
        agent="onabotulinumtoxin_a",
        given_on=date(2026, 9, 8),
        units_centi=10_000,
        amount_ug=None,
        actor=make_nurse(),
    )
    booked(patient)
    [row] = rows_of(board(client, make_clinician()))
    assert [words for _, words in row.hints] == [
        "Apixaban: ask for the last dose",
        "Botulinum toxin not before 1 Dec",
        "Interpreter, Czech",
    ]


def test_the_interval_ends_on_its_day() -> None:
    patient = make_patient()
    chart.add_elsewhere_dose(
        patient_id=patient.pk, agent="onabotulinumtoxin_a", given_on=date(2026, 9, 1),
        units_centi=10_000, amount_ug=None, actor=make_nurse(),
    )  # fmt: skip

    def ends(day: date) -> date | None:
        return day_query.botulinum_not_before([patient.pk], day=day).get(patient.pk)

    assert ends(date(2026, 11, 23)) == date(2026, 11, 24)
    assert ends(date(2026, 11, 24)) is None


@pytest.mark.parametrize("show", ["waiting", "rooms", "observed", "to-come", "done"])
def test_a_filter_shows_its_own_and_counts_all(client: Client, show: str) -> None:
    clinician = make_clinician()
    booked(clinician=clinician, at=NOW + timedelta(hours=1))
    for minutes, room in ((60, ""), (40, "Room 1")):
        one = booked(clinician=clinician, at=NOW - timedelta(minutes=minutes))
        procedure = encounters.receive(appointment_id=one.pk, actor=make_desk(), now=NOW)
        if room:
            encounters.move(procedure_id=procedure.pk, room=room, actor=make_desk())
    response = board(client, clinician, f"?show={show}")
    counts = {url: count for url, _, count, _ in response.context["filters"]}
    assert counts == {
        "?": 3, "?show=waiting": 1, "?show=rooms": 1, "?show=observed": 0, "?show=to-come": 1,
        "?show=done": 0,
    }  # fmt: skip
    assert len(rows_of(response)) == counts[f"?show={show}"]
    assert {row.group for row in rows_of(response)} <= {show}


def test_the_line_of_now_stands_between_who_is_here_and_who_is_to_come(client: Client) -> None:
    clinician = make_clinician()
    booked(clinician=clinician, at=NOW - timedelta(minutes=20))
    booked(clinician=clinician, at=NOW + timedelta(minutes=20))
    early = booked(clinician=clinician, at=NOW + timedelta(hours=1))
    encounters.receive(appointment_id=early.pk, actor=make_desk(), now=NOW)
    response = board(client, clinician)
    assert [row.time for row in response.context["rows"]] == ["11:04", "12:24"]
    assert [row.time for row in response.context["later"]] == ["11:44"]
    assert "Now 11:24" in response.content.decode()


def test_the_next_of_mine_is_marked_and_nobody_elses(client: Client) -> None:
    mine, other = make_clinician(), make_clinician()
    for clinician in (other, mine, mine):
        at = NOW - timedelta(minutes=60 - 20 * Encounter.objects.count())
        one = booked(clinician=clinician, at=at)
        encounters.receive(appointment_id=one.pk, actor=make_desk(), now=NOW)
    marked = [row.css for row in rows_of(board(client, mine))]
    assert marked.count("me") == 1


def test_a_long_wait_stands_out(client: Client) -> None:
    one = booked(at=NOW - timedelta(minutes=34))
    encounters.receive(appointment_id=one.pk, actor=make_desk(), now=NOW - timedelta(minutes=34))
    [row] = rows_of(board(client, make_clinician()))
    assert (row.wait, row.wait_css) == ("34\u00a0min", "wait long")


def test_a_walk_in_stands_at_the_time_of_arrival(client: Client) -> None:
    encounters.walk_in(
        patient_id=make_patient().pk, clinician=make_clinician(), reason="Calf", actor=make_desk(),
        now=NOW - timedelta(minutes=3),
    )  # fmt: skip
    [row] = rows_of(board(client, make_desk()))
    assert (row.time, row.state, row.plan) == ("11:21", "Arrived", "Calf")


def test_other_days_have_no_now_and_do_not_refresh(client: Client) -> None:
    booked(at=NOW + timedelta(days=1))
    response = board(client, make_desk(), "?day=2026-11-25")
    page = response.content.decode()
    assert "Wednesday 25 November" in page
    assert "hx-get" not in page
    assert "now-line" not in page
    [row] = rows_of(response)
    assert row.buttons == []
    assert not rows_of(board(client, make_desk()))


@pytest.mark.parametrize("query", ["?day=nonsense", "?day=0000-00-00", "?show=drop", "?day="])
def test_a_forged_query_shows_today(client: Client, query: str) -> None:
    assert "Tuesday 24 November" in board(client, make_desk(), query).content.decode()


def test_the_day_is_the_centres_day(client: Client) -> None:
    make_centre(time_zone="Asia/Tokyo")
    with patch("django.utils.timezone.now", return_value=NOW.replace(hour=20)):
        page = board(client, make_desk()).content.decode()
    assert "Wednesday 25 November" in page


def test_a_poll_gives_the_table_alone_and_is_no_look_at_the_list(client: Client) -> None:
    booked()
    token = board(client, make_desk()).context["poll_token"]
    assert AuditEvent.objects.filter(action="day.view").count() == 1
    page = client.get("/", headers={POLL_HEADER: token, "HX-Request": "true"}).content.decode()
    assert page.startswith('<div id="board"')
    assert "<html" not in page
    assert 'hx-swap-oob="true"' in page
    assert AuditEvent.objects.filter(action="day.view").count() == 1


def test_names_in_the_table_are_escaped(client: Client) -> None:
    patient = make_patient(family_name="O'Hara")
    Patient.objects.filter(pk=patient.pk).update(family_name="<b>x</b>")
    booked(patient, reason="<script>alert(1)</script>")
    page = board(client, make_clinician()).content.decode()
    assert "<b>x</b>" not in page
    assert "<script>alert" not in page


def test_the_board_reads_the_care_path_as_the_session_does() -> None:
    make_busy_day(rows=40, clinicians=[make_clinician()], now=NOW, today=NOW.date())
    by_line = {
        line.procedure_id: line.milestones
        for line in day_query.lines_of(NOW.date(), zone=centre_query.zone())
        if line.procedure_id
    }
    by_session = {each.pk: milestones(each) for each in with_progress(Procedure.objects.all())}
    assert by_line == by_session
    assert len(set(by_line.values())) > 2


@pytest.fixture
def busy(client: Client) -> Client:
    clinicians = [make_clinician() for _ in range(10)]
    make_busy_day(rows=300, clinicians=clinicians, now=NOW, today=NOW.date())
    client.force_login(clinicians[0])
    client.get("/")
    return client


def test_three_hundred_rows_cost_at_most_twelve_queries(busy: Client) -> None:
    with CaptureQueriesContext(connection) as captured:
        response = busy.get("/")
    assert len(rows_of(response)) == 300
    counted = [
        query["sql"]
        for query in captured.captured_queries
        if not query["sql"].startswith(("SAVEPOINT", "RELEASE", "BEGIN", "ROLLBACK"))
    ]
    assert len(counted) <= 12, "\n".join(counted)


def test_a_page_of_three_hundred_rows_is_drawn_quickly(busy: Client) -> None:
    best = min(_cpu_seconds(busy) for _ in range(3))
    # The aim is 40 ms; a machine that is busy with other things is given room.
    assert best < 0.25


def _cpu_seconds(client: Client) -> float:
    before = time.process_time()
    client.get("/")
    return time.process_time() - before
