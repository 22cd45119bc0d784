"""What goes wrong in a session is told in place; a plan may be refused, history never."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tautband.audit.models import AuditEvent
from tautband.records.actions.rows import row_fingerprint
from tautband.records.models import (
    AdverseEvent,
    Consent,
    FindingRecord,
    Injection,
    Procedure,
    Syringe,
)
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

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def sitting(clinic) -> Procedure:
    patient = builders.make_patient(weight_kg=Decimal(70))
    procedure = arrive(clinic, patient)
    plan(clinic, procedure)
    return procedure


def draw(client, procedure, **changes) -> int:
    fields = {
        "token": uuid4(), "0.product": "lidocaine:10000", "0.volume": "60", "0.lot": "L1",
        "0.expires": "2099-01-01", **changes,
    }  # fmt: skip
    return client.post(url("session_draw_up", procedure.pk), fields).status_code


def change_row(client, procedure, row, **changes):
    fields = {
        "syringe": row.syringe_id, "amount": "1", "gauge": "25", "needle": "38", "depth": "15",
        "guidance": "landmark", **changes,
    }  # fmt: skip
    return client.post(url("session_change_row", procedure.pk, row.pk), fields)


def start(clinic, procedure, **more):
    return sign_in(clinic["clinician"]).post(
        url("session_start", procedure.pk), {"operator": clinic["clinician"].pk, **more}
    )


@pytest.mark.hazard("HAZ-003")
def test_an_overdose_is_refused_when_planned_and_nothing_is_authorised(clinic, sitting) -> None:
    doctor = sign_in(clinic["clinician"])
    assert draw(sign_in(clinic["nurse"]), sitting) == 302
    big = sitting.syringes.get(label="B")
    row = sitting.injections.get()
    change_row(doctor, sitting, row, syringe=big.pk, amount="40")
    refused = doctor.post(url("session_settle", sitting.pk), {})
    assert refused.status_code == 422
    sitting.refresh_from_db()
    assert sitting.planned_at is None
    assert not FindingRecord.objects.exists()


@pytest.mark.hazard("HAZ-003")
def test_an_overdose_that_happened_is_stored_flagged_and_opens_an_incident(clinic, sitting) -> None:
    doctor = sign_in(clinic["clinician"])
    draw(sign_in(clinic["nurse"]), sitting, **{"0.expires": "2020-01-31"})
    old = sitting.syringes.get(label="B")
    row = sitting.injections.get()
    change_row(doctor, sitting, row, syringe=old.pk)
    begun = start(clinic, sitting, already_happened="yes", started_at="2026-01-05T10:00")
    assert begun.status_code == 302, begun.content.decode()
    given = doctor.post(
        url("session_give", sitting.pk, row.pk), {"what": "given", "amount": "40", "unit": "mL"}
    )
    assert given.status_code == 302
    assert Injection.objects.get().given_volume_ul == 40_000
    opened = set(AdverseEvent.objects.values_list("kind", flat=True))
    assert {"la-load", "lot-expired", "consent-missing"} <= opened
    kept = set(FindingRecord.objects.filter(moment="record").values_list("rule", flat=True))
    assert {"la-load", "lot-expired", "consent-missing"} <= kept
    page = doctor.get(url("session_inject", sitting.pk))
    assert page.status_code == 200


@pytest.mark.hazard("HAZ-002")
def test_a_changed_plan_voids_the_consent(clinic, sitting) -> None:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    doctor = sign_in(clinic["clinician"])
    row = sitting.injections.get()
    assert change_row(doctor, sitting, row, amount="2").status_code == 302
    assert Consent.objects.get().status == "void"
    refused = start(clinic, sitting)
    assert refused.status_code == 422
    assert Procedure.objects.get().started_at is None


def test_a_stale_page_is_told_and_changes_nothing(clinic, sitting) -> None:
    doctor = sign_in(clinic["clinician"])
    seen = sitting.injections.get()

    old = row_fingerprint(seen)
    change_row(doctor, sitting, seen, amount="2")
    stale = change_row(doctor, sitting, seen, amount="3", seen=old)
    assert stale.status_code == 409
    assert "changed elsewhere" in stale.content.decode()
    assert Injection.objects.get().volume_ul == 2000
    settled = doctor.post(url("session_settle", sitting.pk), {"revision": "1"})
    assert settled.status_code == 409


def test_a_second_click_adds_no_second_row_or_syringe(clinic, sitting) -> None:
    doctor, nurse = sign_in(clinic["clinician"]), sign_in(clinic["nurse"])
    token = uuid4()
    for _again in range(2):
        doctor.post(
            url("session_add_row", sitting.pk),
            {"muscle_side": "gastrocnemius_medial:left", "token": token},
        )
        draw(nurse, sitting, token=token)
    assert Injection.objects.count() == 2
    assert Syringe.objects.count() == 2


@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("amount", "-1"),
        ("amount", "nonsense"),
        ("amount", "9999"),
        ("needle", "5000"),
        ("depth", "-3"),
        ("gauge", "99"),
        ("angle", "200"),
        ("sites", "0"),
    ],
)
def test_an_absurd_row_is_refused_in_place(clinic, sitting, field, typed) -> None:
    doctor = sign_in(clinic["clinician"])
    row = sitting.injections.get()
    before = Injection.objects.values().get()
    refused = change_row(doctor, sitting, row, **{field: typed})
    assert refused.status_code == 422
    assert Injection.objects.values().get() == before


def test_lidocaine_of_99_percent_cannot_be_drawn_up(clinic, sitting) -> None:
    assert draw(sign_in(clinic["nurse"]), sitting, **{"0.strength": "990"}) == 422
    assert Syringe.objects.count() == 1


def test_a_weight_of_600_kg_is_refused(clinic) -> None:
    patient = builders.make_patient(weight_kg=Decimal(70))
    procedure = arrive(clinic, patient)
    refused = sign_in(clinic["nurse"]).post(
        url("session_weigh", procedure.pk), {"weight": "600", "unit": "kg"}
    )
    assert refused.status_code == 422
    assert "too much" in refused.content.decode()


def test_another_patients_row_cannot_be_changed_under_this_session(clinic, sitting) -> None:
    other = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    doctor = sign_in(clinic["clinician"])
    row = sitting.injections.get()
    forged = change_row(doctor, other, row, amount="5")
    assert forged.status_code == 422
    assert Injection.objects.get().volume_ul == 1000


def test_a_nurse_cannot_settle_inject_or_sign(clinic, sitting) -> None:
    nurse = sign_in(clinic["nurse"])
    for name in ("session_settle", "session_start", "session_finish", "session_amend"):
        assert nurse.post(url(name, sitting.pk), {}).status_code == 403
    assert nurse.post(url("session_check", sitting.pk), {}).status_code == 403


def test_who_drew_a_syringe_up_does_not_check_it(clinic, sitting) -> None:
    nurse = sign_in(clinic["nurse"])
    draw(nurse, sitting)
    syringe = sitting.syringes.get(label="B")
    refused = nurse.post(url("session_change_syringe", sitting.pk, syringe.pk), {"what": "check"})
    assert refused.status_code == 403
    syringe.refresh_from_db()
    assert syringe.checked_by is None


def test_every_question_must_be_answered(clinic) -> None:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    said = answers()
    said.pop("pregnant")
    refused = sign_in(clinic["nurse"]).post(url("session_ask", procedure.pk), said)
    assert refused.status_code == 422
    assert "Choose yes, no or unknown." in refused.content.decode()


def test_saving_a_row_takes_at_most_twelve_queries(clinic, sitting) -> None:
    doctor = sign_in(clinic["clinician"])
    row = sitting.injections.get()
    change_row(doctor, sitting, row, amount="1.5")
    fields = {"syringe": row.syringe_id, "amount": "2", "gauge": "25", "needle": "38"}
    with CaptureQueriesContext(
        connection,
    ) as queries:
        saved = doctor.post(
            url("session_change_row", sitting.pk, row.pk), fields, headers={"HX-Request": "true"}
        )
    assert saved.status_code == 200
    real = [q["sql"] for q in queries if "SAVEPOINT" not in q["sql"]]
    assert len(real) <= 12, "\n".join(sql[:160] for sql in real)


def test_every_change_writes_one_event_in_its_own_transaction(clinic, sitting) -> None:
    doctor = sign_in(clinic["clinician"])
    before = AuditEvent.objects.count()
    change_row(doctor, sitting, sitting.injections.get(), amount="2")
    assert AuditEvent.objects.count() == before + 1
    change_row(doctor, sitting, sitting.injections.get(), amount="-2")
    # Nothing changed, but the refused page showed the record.
    assert AuditEvent.objects.count() == before + 2
    assert AuditEvent.objects.order_by("pk").last().action == "session.plan.view"


def test_a_signed_session_is_amended_as_a_new_version(clinic, sitting) -> None:
    settle(clinic, sitting)
    consent_and_time_out(clinic, sitting)
    start(clinic, sitting)
    doctor, nurse = sign_in(clinic["clinician"]), sign_in(clinic["nurse"])
    row = sitting.injections.get()
    doctor.post(url("session_give", sitting.pk, row.pk), {"amount": "1", "unit": "mL"})
    doctor.post(url("session_finish", sitting.pk), {"opened": "1", "disposed": "1"})
    nurse.post(url("session_observe", sitting.pk), {"symptoms_asked": "on"})
    nurse.post(url("session_let_leave", sitting.pk), {"early_reason": "well"})
    doctor.post(url("session_check", sitting.pk), {})
    changed = change_row(doctor, sitting, row, amount="2")
    assert changed.status_code == 403
    begun = doctor.post(url("session_amend", sitting.pk), {"reason": "volume was 2 mL"})
    assert begun.status_code == 302, begun.content.decode()
    version = Procedure.objects.get(version=2)
    copied = version.injections.get()
    doctor.post(url("session_give", version.pk, copied.pk), {"amount": "2", "unit": "mL"})
    signed = doctor.post(url("session_check", version.pk), {})
    assert signed.status_code == 302, signed.content.decode()
    sitting.refresh_from_db()
    version.refresh_from_db()
    assert (sitting.status, version.status) == ("superseded", "completed")
    assert sitting.injections.get().given_volume_ul == 1000
    assert version.injections.get().given_volume_ul == 2000
    wrong = doctor.post(url("session_mark_in_error", version.pk), {"reason": "wrong-patient"})
    assert wrong.status_code == 302
    right = builders.make_patient(weight_kg=Decimal(60))
    moved = doctor.post(url("session_on_right_patient", version.pk), {"number": right.number})
    assert moved.status_code == 302, moved.content.decode()
    assert Procedure.objects.get(patient=right).injections.get().given_volume_ul == 2000


def test_not_injected_is_an_outcome_with_a_reason(clinic, sitting) -> None:
    doctor = sign_in(clinic["clinician"])
    refused = doctor.post(url("session_not_injected", sitting.pk), {"reason": ""})
    assert refused.status_code == 422
    closed = doctor.post(url("session_not_injected", sitting.pk), {"reason": "unwell-today"})
    assert closed.status_code == 302
    text = doctor.get(url("note_text", sitting.pk)).content.decode()
    assert "not injected" in text.lower()


def test_an_unknown_weight_stops_the_plan(clinic) -> None:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    procedure.encounter.refresh_from_db()
    encounter = procedure.encounter
    encounter.weight = None
    encounter.save()
    refused = sign_in(clinic["clinician"]).post(url("session_settle", procedure.pk), {})
    assert refused.status_code == 422


def test_more_than_a_syringe_holds_cannot_be_planned(clinic, sitting) -> None:
    doctor = sign_in(clinic["clinician"])
    change_row(doctor, sitting, sitting.injections.get(), amount="6")
    refused = doctor.post(url("session_settle", sitting.pk), {})
    assert refused.status_code == 422
    acknowledge_all(doctor, sitting)
    refused = doctor.post(url("session_settle", sitting.pk), {})
    assert "than it holds" in refused.content.decode()


def test_an_allergy_and_a_blood_thinner_told_today_stay_on_the_chart(clinic) -> None:
    patient = builders.make_patient(weight_kg=Decimal(70))
    procedure = arrive(clinic, patient)
    said = answers(
        **{
            "allergies": "yes",
            "allergies.substance": "Chlorhexidine",
            "allergies.severity": "mild",
            "anticoagulant": "yes",
            "anticoagulant.medicine": "Apixaban",
        }
    )
    for _again in range(2):
        asked = sign_in(clinic["nurse"]).post(url("session_ask", procedure.pk), said)
        assert asked.status_code == 302, asked.content.decode()
    patient.refresh_from_db()
    kept = sorted(patient.statements.values_list("kind", "text"))
    assert kept == [("allergy", "Chlorhexidine"), ("medicine", "Apixaban")]
    assert not patient.no_known_allergies
    page = sign_in(clinic["clinician"]).get(url("session_plan", procedure.pk)).content.decode()
    assert page.count("Apixaban") == page.count("Chlorhexidine") >= 1
