"""Whoever sees a patient's record stands in the trail, whichever way they came to see it."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from tautband.accounts.session_limits import POLL_HEADER
from tautband.audit.models import AuditEvent
from tautband.records.actions import chart
from tautband.records.models import Patient
from tautband.records.models.vocabulary import StatementKind
from tests import builders
from tests.web.test_session_journey import arrive, clinic, sign_in, url

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def patient() -> Patient:
    return builders.make_patient(weight_kg=Decimal(70), allergies=("Latex",))


def looks(client: Client, method: str, address: str, fields: dict | None = None) -> list[str]:
    """What the trail says of one request, without drafts."""
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    getattr(client, method)(address, fields or {})
    return list(AuditEvent.objects.filter(pk__gt=last).values_list("action", flat=True))


def test_what_a_search_finds_is_noted_by_id_and_what_was_typed_is_not(patient) -> None:
    desk = sign_in(builders.make_desk())
    assert looks(desk, "post", url("patients"), {"q": patient.family_name}) == [
        "patients.found.view"
    ]
    event = AuditEvent.objects.get(action="patients.found.view")
    assert str(patient.pk) in event.detail["patients"]
    assert patient.family_name not in str(event.detail)
    assert looks(desk, "get", url("patients")) == ["patients.latest.view"]


def test_likely_duplicates_are_noted(patient) -> None:
    desk = sign_in(builders.make_desk())
    form = {
        "given_name": patient.given_name, "family_name": patient.family_name,
        "born_on": patient.born_on.isoformat(), "sex": "female", "token": uuid4(),
    }  # fmt: skip
    assert "patients.likely.view" in looks(desk, "post", url("patient_new"), form)
    event = AuditEvent.objects.get(action="patients.likely.view")
    assert event.detail == {"patients": [str(patient.pk)]}


@pytest.mark.hazard("HAZ-019")
@pytest.mark.parametrize(
    ("name", "action"),
    [
        ("chart", "patient.chart.view"),
        ("chart_weight", "patient.weight.view"),
        ("chart_height", "patient.height.view"),
        ("chart_allergy", "patient.allergy.view"),
        ("chart_elsewhere", "patient.elsewhere.view"),
        ("patient", "patient.view"),
        ("patient_edit", "patient.edit.view"),
        ("patient_looked", "patient.looked.view"),
    ],
)
def test_every_page_of_a_patient_is_noted_shown_or_refused(patient, name, action) -> None:
    nurse = sign_in(builders.make_clinician())
    assert looks(nurse, "get", url(name, patient.pk)) == [action]
    # Whatever is sent to it: a form that is refused is drawn again, with the patient above it.
    assert looks(nurse, "post", url(name, patient.pk), {"nonsense": "1"}) == [action]


def test_the_small_forms_of_a_line_are_noted(patient) -> None:
    nurse = builders.make_nurse()
    line = chart.add_statement(
        patient_id=patient.pk, kind=StatementKind.MEDICINE, text="Apixaban", actor=nurse
    )
    client = sign_in(nurse)
    assert looks(client, "get", url("chart_end", patient.pk, line.pk)) == ["patient.line.view"]
    wrong = reverse("clinic:chart_wrong", args=[patient.pk, "statement", line.pk])
    assert looks(client, "get", wrong) == ["patient.line.view"]


@pytest.mark.hazard("HAZ-019")
def test_every_page_of_a_session_is_noted(clinic, patient) -> None:
    procedure = arrive(clinic, patient)
    doctor = sign_in(clinic["clinician"])
    for name in (
        "session_arrive", "session_ask", "session_assess", "session_plan", "session_labels",
        "session_consent", "session_time_out", "session_inject", "session_observe",
        "session_check", "note", "note_text", "note_pdf",
    ):  # fmt: skip
        assert len(looks(doctor, "get", url(name, procedure.pk))) == 1, name


@pytest.mark.hazard("HAZ-019")
def test_a_refused_post_is_no_way_to_read_a_record_unseen(clinic, patient) -> None:
    procedure = arrive(clinic, patient)
    doctor = sign_in(clinic["clinician"])
    for name in (
        "session_settle", "session_not_injected", "session_draw_up", "session_add_row",
        "session_start", "session_finish", "session_second_side", "session_vital_signs",
        "session_let_leave", "session_check", "session_add_point", "session_add_motion",
        "session_arrive", "session_ask", "session_assess", "session_consent",
        "session_withdraw", "session_time_out", "session_observe", "session_amend",
        "session_mark_in_error", "session_on_right_patient",
    ):  # fmt: skip
        noted = looks(doctor, "post", url(name, procedure.pk), {})
        assert len(noted) == 1, name
        assert noted[0].startswith("session."), name
        assert noted[0].endswith(".view"), name


def test_a_poll_notes_nothing_for_the_board_on_the_screen_but_is_no_way_around(clinic) -> None:
    nurse = sign_in(clinic["nurse"])
    token = nurse.get(url("today")).context["poll_token"]

    def noted(person: Client, said: str, query: str = "") -> int:
        before = AuditEvent.objects.filter(action="day.view").count()
        person.get(url("today") + query, headers={POLL_HEADER: said})
        return AuditEvent.objects.filter(action="day.view").count() - before

    assert [noted(nurse, token), noted(nurse, token)] == [0, 0]
    assert noted(nurse, "1") == 1
    assert noted(nurse, token, "?day=2020-02-03") == 1
    assert noted(sign_in(clinic["desk"]), token) == 1


def test_the_desk_identifies_and_reads_nothing_of_the_record(clinic, patient) -> None:
    procedure = arrive(clinic, patient)
    page = sign_in(clinic["desk"]).get(url("session_arrive", procedure.pk)).content.decode()
    assert patient.full_name in page
    assert "Latex" not in page
    assert 'class="facts"' not in page
    assert url("session_plan", procedure.pk) not in page
    whole = sign_in(clinic["nurse"]).get(url("session_arrive", procedure.pk)).content.decode()
    assert "Latex" in whole
    assert url("session_plan", procedure.pk) in whole


@pytest.mark.hazard("HAZ-019")
def test_no_browser_keeps_a_page_of_a_patient(clinic, patient) -> None:
    procedure = arrive(clinic, patient)
    doctor = sign_in(clinic["clinician"])
    addresses = [
        url("patient", patient.pk), url("chart", patient.pk), url("patients"), url("today"),
        *(url(name, procedure.pk) for name in ("session_plan", "note", "note_text", "note_pdf",
                                               "session_labels")),
    ]  # fmt: skip
    for address in addresses:
        assert "no-store" in doctor.get(address).headers["Cache-Control"], address


def test_nul_in_a_form_is_refused_before_anything_is_written(clinic, patient) -> None:
    procedure = arrive(clinic, patient)
    doctor = sign_in(clinic["clinician"])
    before = AuditEvent.objects.count()
    answer = doctor.post(url("session_assess", procedure.pk), {"pain_now": "7", "onset": "a\x00b"})
    assert answer.status_code == 400
    assert AuditEvent.objects.count() == before
