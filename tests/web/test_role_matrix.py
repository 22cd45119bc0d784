"""Who may open what: every route against every role, written out and not read from the code."""

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import URLPattern, reverse

from tautband.accounts.access import Permission as P
from tautband.accounts.access import Role
from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.clinic.urls import urlpatterns
from tautband.records.actions import encounters
from tautband.records.models import Procedure
from tests.builders import (
    make_auditor,
    make_centre,
    make_clinician,
    make_desk,
    make_manager,
    make_nurse,
    make_patient,
    make_pharmacist,
)

pytestmark = pytest.mark.django_db

ANYBODY = None
REQUIRES: dict[str, P | None] = {
    # the day
    "today": P.VIEW_DAY,
    "emergency": ANYBODY,
    "emergency_pdf": ANYBODY,
    "setup": ANYBODY,
    "sign_in": ANYBODY,
    "sign_out": P.USE,
    "language": ANYBODY,
    "account": P.USE,
    "password": P.USE,
    "theme": P.USE,
    "people": P.MANAGE_PEOPLE,
    "person": P.MANAGE_PEOPLE,
    "reset_password": P.MANAGE_PEOPLE,
    "centre": P.MANAGE_CENTRE,
    "rescue_kit": P.CHECK_RESCUE_KIT,
    "trail": P.READ_TRAIL,
    "draft": P.USE,
    "appointment_new": P.BOOK,
    "appointment": P.BOOK,
    "cancel_appointment": P.BOOK,
    "did_not_attend": P.BOOK,
    # patients
    "patients": P.VIEW_PATIENT,
    "patient_new": P.REGISTER_PATIENT,
    "patient_import": P.IMPORT_PATIENTS,
    "patient_import_progress": P.IMPORT_PATIENTS,
    "patient": P.VIEW_PATIENT,
    "patient_edit": P.REGISTER_PATIENT,
    "patient_duplicates": P.MERGE_PATIENTS,
    "patient_merge": P.MERGE_PATIENTS,
    "patient_unmerge": P.MERGE_PATIENTS,
    "patient_looked": P.VIEW_RECORD,
    "patient_referrer": P.REGISTER_PATIENT,
    "patient_export": P.VIEW_RECORD,
    "chart": P.VIEW_RECORD,
    "chart_weight": P.MEASURE,
    "chart_height": P.MEASURE,
    "chart_elsewhere": P.EDIT_CHART,
    "chart_no_allergies": P.EDIT_CHART,
    "chart_end": P.EDIT_CHART,
    "chart_allergy": P.EDIT_CHART,
    "chart_medicine": P.EDIT_CHART,
    "chart_condition": P.EDIT_CHART,
    "chart_wrong": P.MEASURE,
    # sessions
    "receive": P.RECEIVE,
    "walk_in": P.RECEIVE,
    "muscle_search": P.USE,
    "session": P.VIEW_DAY,
    "session_arrive": P.RECEIVE,
    "session_weigh": P.MEASURE,
    "session_ask": P.ASK,
    "session_assess": P.ASSESS,
    "session_add_point": P.ASSESS,
    "session_change_point": P.ASSESS,
    "session_add_motion": P.ASSESS,
    "session_change_motion": P.ASSESS,
    "session_plan": P.VIEW_RECORD,
    "session_lower_limits": P.PLAN,
    "session_plan_words": P.PLAN,
    "session_settle": P.PLAN,
    "session_not_injected": P.PLAN,
    "session_answer_finding": P.PLAN,
    "session_add_row": P.PLAN,
    "session_change_row": P.PLAN,
    "session_remove_row": P.PLAN,
    "session_draw_up": P.PREPARE_SYRINGE,
    "session_change_syringe": P.PREPARE_SYRINGE,
    "session_correct_syringe": P.PREPARE_SYRINGE,
    "session_labels": P.PREPARE_SYRINGE,
    "session_labels_pdf": P.PREPARE_SYRINGE,
    "session_label_pdf": P.PREPARE_SYRINGE,
    "session_consent": P.VIEW_RECORD,
    "session_withdraw": P.VIEW_RECORD,
    "session_time_out": P.VIEW_RECORD,
    "session_inject": P.VIEW_RECORD,
    "session_start": P.INJECT,
    "session_add_on_table": P.INJECT,
    "session_second_side": P.INJECT,
    "session_finish": P.INJECT,
    "session_give": P.INJECT,
    "session_observe": P.OBSERVE,
    "session_vital_signs": P.OBSERVE,
    "session_let_leave": P.OBSERVE,
    "session_check": P.VIEW_RECORD,
    "session_amend": P.SIGN,
    "session_mark_in_error": P.SIGN,
    "session_on_right_patient": P.SIGN,
    "note": P.VIEW_RECORD,
    "note_text": P.VIEW_RECORD,
    "note_pdf": P.VIEW_RECORD,
    "letter": P.VIEW_RECORD,
    "letter_pdf": P.VIEW_RECORD,
    "letter_text": P.VIEW_RECORD,
    "leaflet": P.VIEW_RECORD,
    "consent_form": P.VIEW_RECORD,
    "consent_form_pdf": P.VIEW_RECORD,
    "leaflet_pdf": P.VIEW_RECORD,
}

_FRONT = {
    P.USE, P.SEE_KNOWLEDGE, P.VIEW_DAY, P.VIEW_PATIENT, P.REGISTER_PATIENT, P.IMPORT_PATIENTS,
    P.BOOK, P.RECEIVE,
}  # fmt: skip
_BEDSIDE = _FRONT | {
    P.VIEW_RECORD, P.MEASURE, P.EDIT_CHART, P.ASK, P.ASSESS, P.PREPARE_SYRINGE, P.TIME_OUT,
    P.OBSERVE, P.CHECK_RESCUE_KIT,
}  # fmt: skip
MAY: dict[Role, set[P]] = {
    Role.CLINICIAN: _BEDSIDE | {P.MERGE_PATIENTS, P.PLAN, P.TAKE_CONSENT, P.INJECT, P.SIGN},
    Role.NURSE: _BEDSIDE,
    Role.PHARMACIST: {P.USE, P.SEE_KNOWLEDGE, P.VIEW_DAY, P.VIEW_PATIENT, P.VIEW_RECORD},
    Role.DESK: _FRONT,
    Role.MANAGER: {
        P.USE,
        P.SEE_KNOWLEDGE,
        P.VIEW_DAY,
        P.MANAGE_CENTRE,
        P.MANAGE_PEOPLE,
        P.EXPORT_AUDIT,
    },
    Role.AUDITOR: {P.USE, P.SEE_KNOWLEDGE, P.READ_TRAIL, P.EXPORT_AUDIT},
}
MAKE: dict[Role, Callable[[], User]] = {
    Role.CLINICIAN: make_clinician,
    Role.NURSE: make_nurse,
    Role.PHARMACIST: make_pharmacist,
    Role.DESK: make_desk,
    Role.MANAGER: make_manager,
    Role.AUDITOR: make_auditor,
}


def routes() -> dict[str, URLPattern]:
    return {str(pattern.name): pattern for pattern in urlpatterns}


def address(name: str) -> str:
    """The route with ids that belong to nothing."""
    converters = routes()[name].pattern.converters
    texts = {"form": "plan", "what": "statement", "part": "before", "language": "en", "size": "a4"}
    # Words that a route fixes by itself ("kind") are not in its address.
    return reverse(
        f"clinic:{name}",
        kwargs={key: texts.get(key) or uuid4() for key in converters},
    )


def ask(client: Client, name: str) -> tuple[Any, Any]:
    url = address(name)
    return client.get(url), client.post(url)


def test_every_route_stands_in_the_table() -> None:
    assert set(routes()) == set(REQUIRES)


def test_the_roles_are_the_ones_written_here() -> None:
    assert set(MAY) == set(Role)


@pytest.mark.hazard("HAZ-019")
@pytest.mark.parametrize("role", list(Role))
def test_a_role_opens_what_it_may_and_nothing_else(client: Client, role: Role) -> None:
    make_centre()
    person = MAKE[role]()
    client.raise_request_exception = False
    wrong = []
    for name, permission in REQUIRES.items():
        client.force_login(person)
        statuses = [response.status_code for response in ask(client, name)]
        if permission is ANYBODY or permission in MAY[role]:
            right = 403 not in statuses and max(statuses) < 500
        else:
            right = 403 in statuses and set(statuses) <= {403, 405}
        if not right:
            wrong.append(f"{name} ({permission}): {statuses}")
    assert not wrong


@pytest.mark.hazard("HAZ-019")
def test_nobody_signed_in_is_sent_to_sign_in(client: Client) -> None:
    make_centre()
    wrong = []
    for name, permission in REQUIRES.items():
        answers = ask(client, name)
        if permission is ANYBODY:
            right = all(answer.status_code in {200, 302, 405, 422} for answer in answers)
        else:
            right = all(
                answer.status_code == 405
                or (answer.status_code == 302 and answer.url.startswith("/sign-in/?next="))
                for answer in answers
            ) and any(answer.status_code == 302 for answer in answers)
        if not right:
            wrong.append(f"{name}: {[answer.status_code for answer in answers]}")
    assert not wrong


@pytest.mark.hazard("HAZ-019")
def test_somebody_who_left_opens_nothing(client: Client) -> None:
    make_centre()
    person = make_clinician()
    client.force_login(person)
    User.objects.filter(pk=person.pk).update(is_active=False)
    for name, permission in REQUIRES.items():
        if permission is not ANYBODY:
            assert {answer.status_code for answer in ask(client, name)} <= {302, 405}, name


#: Pages of a session that more people read than may act on: the act itself is refused.
READ_BY_MORE = [
    "session_plan",
    "session_consent",
    "session_withdraw",
    "session_time_out",
    "session_inject",
    "session_check",
]


@pytest.mark.parametrize("name", READ_BY_MORE)
def test_a_pharmacist_reads_a_session_and_changes_nothing(client: Client, name: str) -> None:
    patient = make_patient()
    procedure = encounters.walk_in(
        patient_id=patient.pk, clinician=make_clinician(), reason="Neck", actor=make_desk()
    )
    before = Procedure.objects.values().get()
    client.force_login(make_pharmacist())
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True)[0]
    response = client.post(reverse(f"clinic:{name}", args=[procedure.pk]), {"revision": "1"})
    assert response.status_code in {403, 405, 422}
    assert Procedure.objects.values().get() == before
    written = AuditEvent.objects.filter(pk__gt=last).values_list("action", flat=True)
    assert all(action.endswith(".view") for action in written)
