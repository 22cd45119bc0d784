"""Signed is final: amended as a new version, or in error and begun again on the right patient."""

from decimal import Decimal
from uuid import uuid4

import pytest

from tautband.audit.models import AuditEvent
from tautband.records.actions import chart
from tautband.records.models import (
    AdverseEvent,
    ClinicalStatement,
    ElsewhereDose,
    Injection,
    Measurement,
    PatientReportedOutcome,
    Procedure,
    SignedRecord,
)
from tautband.records.models.vocabulary import StatementKind
from tests import builders
from tests.web.test_session_journey import answers, arrive, clinic, plan, settle, sign_in, url
from tests.web.test_session_journey import consent_and_time_out as agree
from tests.web.test_session_needle import give, observe
from tests.web.test_session_plan import note
from tests.web.test_session_refusals import start

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db
TOLD = {
    "allergies": "yes", "allergies.substance": "Latex", "allergies.severity": "mild",
    "steroid_elsewhere": "yes", "steroid_elsewhere.agent": "triamcinolone",
    "steroid_elsewhere.amount": "40", "steroid_elsewhere.on": "2026-01-05",
}  # fmt: skip


@pytest.fixture
def doctor(clinic):
    return sign_in(clinic["clinician"])


@pytest.fixture
def signed(clinic, doctor) -> Procedure:
    """A session whose patient told of an allergy, a dose elsewhere and a pain of 7."""
    nurse = sign_in(clinic["nurse"])
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    weighed = nurse.post(url("session_weigh", procedure.pk), {"weight": "71", "unit": "kg"})
    assert weighed.status_code == 302
    asked = nurse.post(url("session_ask", procedure.pk), answers() | TOLD)
    assert asked.status_code == 302, asked.content.decode()[-2000:]
    plan(clinic, procedure)
    settle(clinic, procedure)
    agree(clinic, procedure)
    assert start(clinic, procedure).status_code == 302
    give(doctor, procedure)
    doctor.post(url("session_finish", procedure.pk), {"opened": "1", "disposed": "1"})
    observe(nurse, procedure)
    nurse.post(url("session_let_leave", procedure.pk), {"early_reason": "well"})
    fields = {"aftercare_note": "Ring if breathless"}
    done = doctor.post(url("session_check", procedure.pk), fields)
    assert done.status_code == 302, done.content.decode()[-2000:]
    procedure.refresh_from_db()
    return procedure


def amend(client, procedure, reason="the volume was 2 mL") -> Procedure:
    begun = client.post(url("session_amend", procedure.pk), {"reason": reason})
    assert begun.status_code == 302, begun.content.decode()[-2000:]
    return Procedure.objects.get(replaces=procedure, status="in-progress")


def test_signing_twice_signs_once(doctor, signed) -> None:
    events = AuditEvent.objects.filter(action="procedure.sign").count()
    again = doctor.post(url("session_check", signed.pk), {"revision": signed.revision - 1})
    assert again.status_code == 302
    assert AuditEvent.objects.filter(action="procedure.sign").count() == events
    assert SignedRecord.objects.count() == 1


def test_somebody_else_is_told_that_it_is_signed(signed) -> None:
    other = sign_in(builders.make_clinician())
    refused = other.post(url("session_check", signed.pk), {"aftercare_note": "mine"})
    assert refused.status_code == 403
    assert "This session is signed" in refused.content.decode()
    signed.refresh_from_db()
    assert signed.aftercare_note == "Ring if breathless"


@pytest.mark.parametrize("gap", ["rows", "needles", "leave"])
def test_what_is_missing_is_named_and_nothing_is_signed(clinic, doctor, gap) -> None:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    settle(clinic, procedure)
    agree(clinic, procedure)
    start(clinic, procedure)
    if gap != "rows":
        give(doctor, procedure)
    if gap == "leave":
        doctor.post(url("session_finish", procedure.pk), {"opened": "1", "disposed": "1"})
    refused = doctor.post(url("session_check", procedure.pk), {})
    assert refused.status_code == 422
    procedure.refresh_from_db()
    assert (procedure.status, procedure.signed_at) == ("in-progress", None)


# ── signed is final ──────────────────────────────────────────────────────────────────────────


@pytest.mark.hazard("HAZ-018")
def test_a_signed_note_never_changes_whatever_becomes_known(clinic, doctor, signed) -> None:
    before = note(doctor, signed)
    assert "now 7" in before
    clinician = clinic["clinician"]
    for kind, text in ((StatementKind.ALLERGY, "Lidocaine"), (StatementKind.MEDICINE, "Warfarin")):
        chart.add_statement(
            patient_id=signed.patient_id, kind=kind, text=text, severity="severe", actor=clinician
        )
    weight = signed.encounter.weight
    chart.mark_in_error(
        patient_id=signed.patient_id, what="measurement", line_id=weight.pk,
        reason="typed-wrong", actor=clinician,
    )  # fmt: skip
    assert note(doctor, signed) == before
    page = doctor.get(url("note", signed.pk)).content.decode()
    assert "Ring if breathless" in page


@pytest.mark.hazard("HAZ-018")
def test_an_amendment_of_what_was_found_leaves_the_version_before_as_it_was(doctor, signed) -> None:
    before = note(doctor, signed)
    version = amend(doctor, signed, "the pain was 4")
    assert doctor.post(url("session_assess", version.pk), {"pain_now": "4"}).status_code == 302
    fields = {"muscle_side": "soleus:left", "token": uuid4()}
    assert doctor.post(url("session_add_point", version.pk), fields).status_code == 302
    assert note(doctor, signed) == before
    assert "now 4" in note(doctor, version)
    assert doctor.post(url("session_check", version.pk), {}).status_code == 302
    old, new = note(doctor, signed), note(doctor, version)
    assert "Replaced by a later version" in old
    assert "now 7" in old
    assert "soleus" not in old
    assert "now 4" in new
    assert "soleus" in new.lower()
    assert "amended: the pain was 4" in new
    assert "Written up later" not in new


def test_amending_twice_begins_one_version(doctor, signed) -> None:
    first = amend(doctor, signed)
    assert amend(doctor, signed, "another reason") == first
    assert Procedure.objects.filter(replaces=signed).count() == 1


@pytest.mark.parametrize("reason", ["", "   ", "no", "x" * 401])
def test_an_amendment_says_why(doctor, signed, reason) -> None:
    refused = doctor.post(url("session_amend", signed.pk), {"reason": reason})
    assert refused.status_code == 422
    assert not Procedure.objects.filter(replaces=signed).exists()


def test_an_amendment_opens_no_incident_a_second_time(doctor, signed) -> None:
    version = amend(doctor, signed)
    row = version.injections.get()
    give(doctor, version, row, amount="60")
    opened = AdverseEvent.objects.count()
    assert opened
    doctor.post(url("session_check", version.pk), {})
    third = amend(doctor, version, "the volume was 50 mL")
    give(doctor, third, third.injections.get(), amount="50")
    doctor.post(url("session_check", third.pk), {})
    assert AdverseEvent.objects.count() == opened


def test_an_amendment_begun_by_mistake_is_given_up_and_another_can_begin(doctor, signed) -> None:
    version = amend(doctor, signed)
    fields = {"reason": "never-happened"}
    assert doctor.post(url("session_mark_in_error", version.pk), fields).status_code == 302
    signed.refresh_from_db()
    assert signed.status == "completed"
    assert not PatientReportedOutcome.objects.filter(entered_in_error=True).exists()
    again = amend(doctor, signed)
    assert again.version == 3


def test_a_lot_is_put_right_in_an_amendment_without_undoing_the_check(
    clinic, doctor, signed
) -> None:
    version = amend(doctor, signed, "the lot was LX9")
    syringe = version.syringes.get()
    fields = {
        "0.product": "lidocaine:10000", "0.volume": "5", "0.lot": "LX9",
        "0.expires": "2099-03-31", "0.epinephrine": "0",
    }  # fmt: skip
    done = doctor.post(url("session_correct_syringe", version.pk, syringe.pk), fields)
    assert done.status_code == 302, done.content.decode()[-2000:]
    text = note(doctor, version)
    assert "lot LX9" in text
    assert f"checked by {clinic['clinician'].full_name}" in text
    assert "lot LX4471" in note(doctor, signed)


# ── in error ─────────────────────────────────────────────────────────────────────────────────


def wrong_patient(client, procedure):
    fields = {"reason": "wrong-patient"}
    return client.post(url("session_mark_in_error", procedure.pk), fields)


@pytest.mark.parametrize("reason", ["", "boredom", "x" * 500])
def test_in_error_has_one_of_two_reasons(doctor, signed, reason) -> None:
    refused = doctor.post(url("session_mark_in_error", signed.pk), {"reason": reason})
    assert refused.status_code == 422
    signed.refresh_from_db()
    assert signed.status == "completed"


@pytest.mark.hazard("HAZ-001")
def test_on_the_wrong_patient_nothing_that_was_told_stays(clinic, doctor, signed) -> None:
    assert wrong_patient(doctor, signed).status_code == 302
    again = wrong_patient(doctor, signed)
    assert again.status_code == 403
    signed.refresh_from_db()
    assert (signed.status, signed.in_error_reason) == ("entered-in-error", "wrong-patient")
    assert not ElsewhereDose.objects.filter(entered_in_error=False).exists()
    assert not ClinicalStatement.objects.filter(entered_in_error=False).exists()
    assert not PatientReportedOutcome.objects.filter(entered_in_error=False).exists()
    standing = Measurement.objects.filter(entered_in_error=False).values_list("amount", flat=True)
    assert 71_000 not in standing
    text = note(doctor, signed)
    assert "Entered in error: counts for nothing: it was another patient" in text
    assert clinic["clinician"].full_name in text


@pytest.mark.hazard("HAZ-001")
def test_the_right_patient_gets_everything_that_happened_to_them(clinic, doctor, signed) -> None:
    wrong_patient(doctor, signed)
    right = builders.make_patient(weight_kg=Decimal(60))
    address, fields = url("session_on_right_patient", signed.pk), {"number": right.number}
    for _again in range(2):
        moved = doctor.post(address, fields)
        assert moved.status_code == 302, moved.content.decode()[-2000:]
    target = Procedure.objects.get(patient=right)
    assert (target.moved_from, target.started_at) == (signed, signed.started_at)
    assert target.injections.get().given_volume_ul == 1000
    assert target.consents.get().status == "given"
    assert target.time_outs.exists()
    assert target.recovery.symptoms_asked
    assert target.encounter.pain_now == 7
    assert target.encounter.trigger_points.count() == 1
    assert target.encounter.weight.amount == 71_000
    assert right.statements.get(entered_in_error=False).text == "Latex"
    assert right.elsewhere_doses.get(entered_in_error=False).amount_ug == 40_000
    scores = PatientReportedOutcome.objects.filter(patient=right, entered_in_error=False)
    assert sorted(scores.values_list("score_centi", flat=True)) == [200, 700]
    signed_there = doctor.post(url("session_check", target.pk), {})
    assert signed_there.status_code == 302, signed_there.content.decode()[-3000:]
    assert "First written on another record" in note(doctor, target)
    another = builders.make_patient(weight_kg=Decimal(60))
    assert doctor.post(address, {"number": another.number}).status_code == 422


@pytest.mark.parametrize("number", ["", "00-000-00", "<b>", "x" * 10_000])
def test_a_number_nobody_has_moves_nothing(doctor, signed, number) -> None:
    wrong_patient(doctor, signed)
    refused = doctor.post(url("session_on_right_patient", signed.pk), {"number": number})
    assert refused.status_code == 422
    assert Procedure.objects.count() == 1


def test_what_never_happened_happened_to_nobody_else(doctor, signed) -> None:
    doctor.post(url("session_mark_in_error", signed.pk), {"reason": "never-happened"})
    right = builders.make_patient(weight_kg=Decimal(60))
    fields = {"number": right.number}
    refused = doctor.post(url("session_on_right_patient", signed.pk), fields)
    assert refused.status_code == 422
    assert Measurement.objects.filter(amount=71_000, entered_in_error=False).exists()


def test_a_session_under_way_on_the_wrong_patient_is_moved_too(clinic, doctor) -> None:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    too_early = wrong_patient(doctor, procedure)
    assert too_early.status_code == 403
    settle(clinic, procedure)
    agree(clinic, procedure)
    start(clinic, procedure)
    give(doctor, procedure)
    assert "Entered in error" in doctor.get(url("note", procedure.pk)).content.decode()
    assert wrong_patient(doctor, procedure).status_code == 302
    right = builders.make_patient(weight_kg=Decimal(60))
    moved = doctor.post(url("session_on_right_patient", procedure.pk), {"number": right.number})
    assert moved.status_code == 302
    assert Injection.objects.filter(procedure__patient=right, status="given").count() == 1
