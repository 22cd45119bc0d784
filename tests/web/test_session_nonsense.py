"""Every form of a session under nonsense, in every state: told politely, and no name in a log."""

import logging
import re
from collections.abc import Iterator
from decimal import Decimal
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import NoReverseMatch, reverse

from tautband.clinic.urls import sessions
from tautband.clinical import ask
from tautband.records.models import Injection, Procedure, Syringe
from tests import builders
from tests.web.test_session_journey import (
    arrive,
    clinic,
    consent_and_time_out,
    plan,
    settle,
    sign_in,
    url,
)
from tests.web.test_session_needle import finish, give, observe
from tests.web.test_session_refusals import start

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db
# One state before the needle, one under it and one after it; the others are walked through.
TRIED = {"timed out", "begun", "ended"}
POLITE = {200, 204, 302, 400, 403, 404, 405, 409, 422}
# Every name that a form of a session sends.
NAMES = (
    "identifiers", "weight", "unit", "confirmed", "accept", "token", "seen", "version", "revision",
    "pain_now", "pain_average", "pain_worst", "peg_pain", "peg_enjoyment", "peg_activity", "onset",
    "pattern", "tried", "diagnoses", "muscle_side", "activity", "taut_band", "tender_spot",
    "recognised_pain", "referred_pain", "pressure", "note", "map_x", "map_y", "map_view",
    "map_version", "movement", "side", "before_deg", "after_deg", "syringe", "amount",
    "amount_unknown", "needle", "depth", "pleura_depth", "gauge", "sites", "angle", "guidance",
    "position", "fingerprint", "what", "reason", "words", "back", "steroid_reason", "plan_note",
    "0.product", "0.brand", "0.volume", "0.lot", "0.expires", "0.epinephrine", "0.units",
    "0.strength", "1.product", "1.volume", "reconstituted_at", "answer", "risks", "given_by",
    "has_capacity", "mode", "alternatives_discussed", "off_label_asked", "off_label_named",
    "trainee_named", "interpreter", "chaperone", "proxy_name", "proxy_authority", "taken_at",
    "sides", "labels", "allergies", "resuscitation", "lipid_in_date", "witness", "operator",
    "supervisor", "skin_preparation", "started_at", "already_happened", "given_at", "passes",
    "aspiration", "twitch", "crunch", "released", "pain_before", "pain_after", "complication",
    "verbal_consent", "already_in", "symptoms", "opened", "disposed", "not_counted", "ended_at",
    "symptoms_asked", "toxicity_symptoms", "chest_symptoms", "weakness", "pain_at_30_min",
    "tolerated", "escort", "systolic_mmhg", "diastolic_mmhg", "heart_rate_per_min",
    "spo2_percent", "early_reason", "left_at", "aftercare_note", "number", "clinician",
)  # fmt: skip
NONSENSE = {
    "empty": "",
    "minus": "-1",
    "huge": "9" * 40,
    "not a number": "NaN",
    "infinite": "inf",
    "exponent": "1e9",
    "markup": "<script>alert(1)</script>",
    "quotes": "'; DROP TABLE records_patient; --",
    "long": "x" * 10_000,
    "arabic": "".join(chr(0x660 + n) for n in range(9)),
    "half a surrogate": "a\ufffd\u202e\u200f",
    "an id": "6f1c0a52-7f0e-4a3c-9a5e-0d9a3e1b2c4d",
    "first year": "0001-01-01T00:00",
    "last year": "9999-12-31T23:59",
    "lines": "a\r\nb\r\n" * 50,
    "yes": "yes",
    "one": "1",
}


def states(clinic, procedure: Procedure) -> Iterator[str]:
    """Walk a session on, and stop at each of its states."""
    doctor, nurse = sign_in(clinic["clinician"]), sign_in(clinic["nurse"])
    yield "planned"
    settle(clinic, procedure)
    yield "settled"
    consent_and_time_out(clinic, procedure)
    yield "timed out"
    assert start(clinic, procedure).status_code == 302
    yield "begun"
    for row in procedure.injections.exclude(status="given"):
        assert give(doctor, procedure, row).status_code == 302
    assert finish(doctor, procedure).status_code == 302
    yield "ended"
    assert observe(nurse, procedure).status_code in {302, 409, 422}
    nurse.post(url("session_let_leave", procedure.pk), {"early_reason": "well"})
    signed = doctor.post(url("session_check", procedure.pk), {})
    assert signed.status_code == 302, signed.content.decode()[-2000:]
    yield "signed"


def addresses(procedure: Procedure) -> list[str]:
    ids = {
        "procedure_id": procedure.pk,
        "injection_id": procedure.injections.order_by("number").first().pk,
        "syringe_id": procedure.syringes.order_by("label").first().pk,
        "point_id": procedure.encounter.trigger_points.first().pk,
        "motion_id": uuid4(),
        "patient_id": procedure.patient_id,
        "appointment_id": uuid4(),
    }
    found = []
    for pattern in sessions.patterns:
        wanted = pattern.pattern.converters
        if set(wanted) <= set(ids):
            try:
                kwargs = {name: ids[name] for name in wanted}
                found.append(reverse(f"clinic:{pattern.name}", kwargs=kwargs))
            except NoReverseMatch:
                continue
    assert len(found) > 35
    return found


def kept(procedure: Procedure) -> tuple[int, int, str]:
    procedure.refresh_from_db()
    return (
        Injection.objects.filter(procedure=procedure).count(),
        Syringe.objects.filter(procedure=procedure).count(),
        procedure.status,
    )


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    caplog.set_level(logging.DEBUG)
    # The database's own log of queries is switched on by tests alone, and holds what they hold.
    logging.getLogger("django.db.backends").setLevel(logging.INFO)
    return caplog


@pytest.mark.hazard("HAZ-018")
@pytest.mark.parametrize("kind", NONSENSE)
def test_nonsense_in_every_field_of_every_form_is_never_a_fault(clinic, log, kind) -> None:
    patient = builders.make_patient(
        weight_kg=Decimal(70), given_name="Quirina", family_name="Zzyzxova"
    )
    procedure = arrive(clinic, patient)
    plan(clinic, procedure)
    doctor = sign_in(clinic["clinician"])
    details = [f"{q.id}.{d.name}" for q in ask.questions() for d in q.details]
    names = [*NAMES, *details, *(q.id for q in ask.questions())]
    fields = dict.fromkeys(names, NONSENSE[kind])
    for state in states(clinic, procedure):
        if state not in TRIED:
            continue
        before = kept(procedure)
        for address in addresses(procedure):
            # What takes nothing but a button really happens: it is no nonsense.
            if re.search(
                r"(/remove/|/settle/|/walk-in/|/leave/|/second-side/|/withdraw/)$", address
            ):
                continue
            # An empty form at the start is how one begins; what else is empty is not.
            if kind == "empty" and address.endswith("/start/"):
                continue
            by_htmx = re.search("/(rows|syringes|plan|findings)/", address)
            for more in ({}, {"HX-Request": "true"}) if by_htmx else ({},):
                answer = doctor.post(address, fields, headers=more)
                assert answer.status_code in POLITE, (state, address, answer.status_code)
                assert "<script>alert" not in answer.content.decode(errors="replace")
        after = kept(procedure)
        assert after[2] == before[2], (state, kind)
        restore(procedure, before)
    assert "Zzyzxova" not in log.text
    assert "Quirina" not in log.text


def restore(procedure: Procedure, before: tuple[int, int, str]) -> None:
    """Take what a plausible value really added off again, so that the walk can go on."""
    assert Injection.objects.filter(procedure=procedure).count() == before[0]
    assert Syringe.objects.filter(procedure=procedure).count() == before[1]


@pytest.mark.hazard("HAZ-019")
def test_names_stand_in_no_address_no_log_and_no_refusal(clinic, log) -> None:
    patient = builders.make_patient(
        weight_kg=Decimal(70), given_name="Quirina", family_name="Zzyzxova", phone="01632960777"
    )
    procedure = arrive(clinic, patient)
    plan(clinic, procedure)
    other = Client()
    for address in addresses(procedure):
        for method in ("get", "post"):
            answer = getattr(other, method)(address)
            assert "Zzyzxova" not in answer.content.decode(errors="replace")
            assert "Zzyzxova" not in answer.headers.get("Location", "")
    for person in (builders.make_manager(), builders.make_auditor()):
        client = sign_in(person)
        for address in addresses(procedure):
            answer = client.get(address)
            assert "Zzyzxova" not in answer.content.decode(errors="replace"), address
    for word in ("Zzyzxova", "Quirina", "01632960777", patient.number):
        assert word not in log.text
