"""Every form of a session sent twice: kept once, and the second sending is no fault."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.test import Client

from tautband.records.models import Encounter, Procedure
from tests import builders
from tests.web.test_session_journey import (
    acknowledge_all,
    answers,
    arrive,
    clinic,
    consent_and_time_out,
    plan,
    settle,
    sign_in,
    url,
)
from tests.web.test_session_needle import SIGNS, give
from tests.web.test_session_refusals import start

__all__ = ["clinic"]
pytestmark = [pytest.mark.django_db, pytest.mark.hazard("HAZ-018")]
# What may grow when a form is sent again: the trail alone.
NOT_COUNTED = {"auditevent", "session", "findingrecord"}


def rows() -> dict[str, int]:
    return {
        model._meta.model_name: model._default_manager.count()
        for model in apps.get_models()
        if model._meta.app_label == "records" and model._meta.model_name not in NOT_COUNTED
    }


def twice(send: Callable[[], Any]) -> None:
    """The very same request twice: the first is taken, the second changes nothing."""
    first = send()
    assert first.status_code == 302, first.content.decode()[-2000:]
    before = rows()
    again = send()
    assert again.status_code == 302, again.content.decode()[-2000:]
    assert rows() == before


def test_every_form_of_a_session_sent_twice_is_kept_once(clinic) -> None:
    doctor, nurse, desk = (sign_in(clinic[who]) for who in ("clinician", "nurse", "desk"))
    patient = builders.make_patient(weight_kg=Decimal(70))

    def post(client: Client, name: str, *more: Any, **fields: Any) -> Callable[[], Any]:
        address = url(name, procedure.pk, *more)
        return lambda: client.post(address, fields)

    walk_in = {"clinician": clinic["clinician"].pk, "token": uuid4()}
    twice(lambda: desk.post(url("walk_in", patient.pk), walk_in))
    procedure = Procedure.objects.get()
    twice(post(desk, "session_arrive", identifiers=["name", "born_on"]))
    twice(post(nurse, "session_weigh", weight="70", unit="kg", token=uuid4()))
    seen = nurse.get(url("session_ask", procedure.pk)).context["seen"]
    twice(post(nurse, "session_ask", **answers(), seen=seen))
    twice(post(doctor, "session_assess", pain_now="7", onset="May", seen=""))
    twice(post(doctor, "session_add_point", muscle_side="soleus:left", token=uuid4()))
    point = Encounter.objects.get().trigger_points.get()
    twice(post(doctor, "session_change_point", point.pk, activity="active", pressure="1.4"))
    motion = {"movement": "Flexion", "side": "left", "before_deg": "80", "token": uuid4()}
    twice(post(doctor, "session_add_motion", **motion))
    moved = Encounter.objects.get().motions.get()
    twice(post(doctor, "session_change_motion", moved.pk, before_deg="80", after_deg="90"))
    drawn = {
        "0.product": "lidocaine:10000", "0.volume": "5", "0.lot": "L1", "0.expires": "2099-01-01",
    }  # fmt: skip
    twice(post(nurse, "session_draw_up", **drawn, token=uuid4()))
    syringe = procedure.syringes.get()
    twice(post(doctor, "session_change_syringe", syringe.pk, what="check"))
    twice(post(doctor, "session_add_row", muscle_side="soleus:left", token=uuid4()))
    row = procedure.injections.get()
    change = {"syringe": syringe.pk, "amount": "1", "needle": "38", "depth": "15", "gauge": "25"}
    twice(post(doctor, "session_change_row", row.pk, **change))
    words = doctor.get(url("session_plan", procedure.pk)).context["plan_words"]["seen"]
    twice(post(doctor, "session_plan_words", steroid_reason="", plan_note="Soon", seen=words))
    acknowledge_all(doctor, procedure)
    procedure.refresh_from_db()
    twice(post(doctor, "session_settle", revision=procedure.revision))
    procedure.refresh_from_db()
    agreed = {
        "answer": "agreed", "risks": ["soreness"], "given_by": "patient", "has_capacity": "yes",
        "mode": "verbal", "alternatives_discussed": "on", "revision": procedure.revision,
    }  # fmt: skip
    twice(post(doctor, "session_consent", **agreed))
    procedure.refresh_from_db()
    read = dict.fromkeys(("sides", "labels", "allergies", "resuscitation", "lipid_in_date"), "on")
    read |= {"identifiers": ["name", "born_on"], "revision": procedure.revision}
    twice(post(nurse, "session_time_out", **read))
    procedure.refresh_from_db()
    twice(post(doctor, "session_start", position="prone", revision=procedure.revision))
    said = doctor.get(url("session_inject", procedure.pk)).context["rows"][0][1]["seen"]
    twice(post(doctor, "session_give", row.pk, amount="1", unit="mL", twitch="yes", seen=said))
    added = {
        "muscle_side": "soleus:right", "syringe": syringe.pk, "amount": "1", "gauge": "25",
        "needle": "38", "depth": "15", "verbal_consent": "yes", "token": uuid4(),
    }  # fmt: skip
    twice(post(doctor, "session_add_on_table", **added))
    second = procedure.injections.get(added_on_table=True)
    skip = {"what": "not-given", "reason": "Cramp"}
    page = doctor.get(url("session_inject", procedure.pk)).context["rows"]
    skip["seen"] = next(said["seen"] for view, said in page if view.injection.pk == second.pk)
    twice(post(doctor, "session_give", second.pk, **skip))
    twice(post(doctor, "session_finish", opened="1", disposed="1"))
    twice(post(nurse, "session_vital_signs", **SIGNS, token=uuid4()))
    version = nurse.get(url("session_observe", procedure.pk)).context["version"]
    watch = {"symptoms_asked": "on", "pain_at_30_min": "2", "version": version}
    twice(post(nurse, "session_observe", **watch))
    twice(post(nurse, "session_let_leave", early_reason="well"))
    procedure.refresh_from_db()
    twice(post(doctor, "session_check", revision=procedure.revision, aftercare_note="Move"))
    twice(post(doctor, "session_amend", reason="the volume"))


def test_what_ends_a_session_sent_twice_ends_it_once(clinic) -> None:
    doctor = sign_in(clinic["clinician"])
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    fields = {"reason": "no-time", "note": "Late"}
    twice(lambda: doctor.post(url("session_not_injected", procedure.pk), fields))
    other = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, other)
    settle(clinic, other)
    consent_and_time_out(clinic, other)
    start(clinic, other)
    give(doctor, other)
    wrong = {"reason": "wrong-patient"}
    assert doctor.post(url("session_mark_in_error", other.pk), wrong).status_code == 302
    before = rows()
    again = doctor.post(url("session_mark_in_error", other.pk), wrong)
    assert again.status_code == 403
    assert rows() == before
    right = builders.make_patient(weight_kg=Decimal(60))
    twice(lambda: doctor.post(url("session_on_right_patient", other.pk), {"number": right.number}))


def test_a_refusal_to_consent_sent_twice_is_told_politely(clinic) -> None:
    doctor = sign_in(clinic["clinician"])
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    settle(clinic, procedure)
    procedure.refresh_from_db()
    no = {
        "answer": "declined", "given_by": "patient", "has_capacity": "yes", "mode": "verbal",
        "revision": procedure.revision,
    }  # fmt: skip
    assert doctor.post(url("session_consent", procedure.pk), no).status_code == 302
    assert doctor.post(url("session_consent", procedure.pk), no).status_code == 409
    assert procedure.consents.get().status == "declined"
