"""The letter to the referrer: what was done and felt, from signed sessions alone."""

from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.clinic.views.sessions import letters
from tautband.records.actions import procedures as acts
from tautband.records.actions import referrers
from tautband.records.models import Patient, Procedure
from tests import builders
from tests.web.printed import printed
from tests.web.test_session_journey import arrive, clinic, plan, settle, sign_in, url
from tests.web.test_session_journey import consent_and_time_out as agree
from tests.web.test_session_needle import give, observe
from tests.web.test_session_refusals import start
from tests.web.test_session_signed import amend

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db
REFERRER = {"name": "Dr Odile Brightwater", "practice": "Quay Surgery\n4 Mill Lane\nHarbourtown"}


@pytest.fixture
def doctor(clinic):
    return sign_in(clinic["clinician"])


@pytest.fixture
def injected(clinic, doctor) -> Procedure:
    """A sitting that is over and not signed."""
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    settle(clinic, procedure)
    agree(clinic, procedure)
    assert start(clinic, procedure).status_code == 302
    give(doctor, procedure)
    doctor.post(url("session_finish", procedure.pk), {"opened": "1", "disposed": "1"})
    observe(sign_in(clinic["nurse"]), procedure)
    sign_in(clinic["nurse"]).post(url("session_let_leave", procedure.pk), {"early_reason": "well"})
    return procedure


@pytest.fixture
def signed(doctor, injected) -> Procedure:
    done = doctor.post(
        url("session_check", injected.pk), {"aftercare_note": "Seen again in six weeks"}
    )
    assert done.status_code == 302, done.content.decode()[-2000:]
    injected.refresh_from_db()
    return injected


def refer(clinic, procedure, **changes) -> None:
    sent = {**REFERRER, "revision": Patient.objects.get(pk=procedure.patient_id).revision}
    kept = sign_in(clinic["desk"]).post(
        url("patient_referrer", procedure.patient_id), {**sent, **changes}
    )
    assert kept.status_code == 302, kept.content.decode()[-2000:]


def text(client, procedure) -> str:
    got = client.get(url("letter_text", procedure.pk))
    assert got.status_code == 200, got.content.decode()
    return got.content.decode()


def flat(words: str) -> str:
    return " ".join(words.split())


def page(client, procedure) -> str:
    got = client.get(url("letter", procedure.pk))
    assert got.status_code == 200
    return got.content.decode().replace("\u00a0", " ")


SAID = (
    "Dr Odile Brightwater", "Quay Surgery", "Born", "Harbour Street Medical Centre", "Neck pain",
    "Right infraspinatus", "lidocaine 10 mg", "in 1 mL", "the patient",
    "None. Asked before leaving: signs of toxicity, chest, weakness.",
    "air around the lung", "Seen again in six weeks", "999", "01632 960 000", "Signed by",
)  # fmt: skip


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_it_says_what_whoever_referred_needs_to_know(clinic, doctor, signed, size) -> None:
    refer(clinic, signed)
    made = printed(doctor.get(url("letter_pdf", signed.pk), {"paper": size}))
    assert made.all_on(size)
    assert made.on_every_page(signed.patient.full_name, signed.patient.number)
    assert (made.title, made.language) == ("Letter to the referrer", "en")
    assert made.is_in_our_fonts
    on_paper, on_screen, pasted = (
        flat(made.text),
        flat(page(doctor, signed)),
        flat(text(doctor, signed)),
    )
    for words in SAID:
        assert words in on_paper, words
        assert words in on_screen, words
        assert words in pasted, words
    assert "Identified by" not in on_paper


def test_pasted_lines_are_short_and_plain(clinic, doctor, signed) -> None:
    refer(clinic, signed)
    lines = text(doctor, signed).splitlines()
    assert max(map(len, lines)) <= 78
    assert not set("\t\u00a0") & set("".join(lines))


@pytest.mark.hazard("HAZ-023")
def test_an_unsigned_session_is_a_draft_on_screen_and_leaves_the_house_in_no_form(
    doctor, injected
) -> None:
    said = page(doctor, injected)
    assert "Draft, not signed: not to be sent" in said
    assert "letter.pdf" not in said
    assert "letter.txt" not in said
    for name in ("letter_pdf", "letter_text"):
        refused = doctor.get(url(name, injected.pk))
        assert refused.status_code == 409
        assert "not signed yet" in refused.content.decode()


@pytest.mark.hazard("HAZ-023")
def test_an_amended_session_says_what_it_replaces_and_the_old_one_that_it_is_replaced(
    clinic, doctor, signed
) -> None:
    second = amend(doctor, signed, "the volume was 2 mL")
    assert "Draft, not signed" in page(doctor, second)
    # Until the amendment is signed, the first letter stands.
    assert "Replaced" not in text(doctor, signed)
    done = doctor.post(url("session_check", second.pk), {"aftercare_note": "Ring us"})
    assert done.status_code == 302, done.content.decode()[-2000:]
    assert "Amended. This letter replaces the one of" in flat(text(doctor, second))
    assert "the volume was 2 mL" in flat(text(doctor, second))
    old = printed(doctor.get(url("letter_pdf", signed.pk)))
    assert old.on_every_page("Replaced by a later version: do not send this one")


@pytest.mark.hazard("HAZ-023")
def test_a_session_in_error_is_taken_back_and_tells_nothing_of_what_was_written(
    clinic, doctor, signed
) -> None:
    refer(clinic, signed)
    doctor.post(url("session_mark_in_error", signed.pk), {"reason": "wrong-patient"})
    made = printed(doctor.get(url("letter_pdf", signed.pk)))
    for said in (flat(made.text), flat(text(doctor, signed)), flat(page(doctor, signed))):
        assert "Entered in error" in said
        assert "Take any letter about it out of your record" in said
        assert "Dr Odile Brightwater" in said
        for words in ("lidocaine", "nfraspinatus", "Neck pain", "Seen again"):
            assert words not in said


def test_nothing_injected_is_told_with_its_reason(clinic, doctor) -> None:
    procedure = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    plan(clinic, procedure)
    acts.mark_not_done(
        procedure_id=procedure.pk, reason="unwell-today", note="A cold", actor=clinic["clinician"]
    )
    said = flat(text(doctor, procedure))
    assert "NOT INJECTED Why: unwell today: A cold" in said
    assert "lidocaine" not in said
    assert "COMPLICATIONS" not in said


@pytest.mark.hazard("HAZ-023")
def test_no_complication_is_claimed_where_nobody_asked(clinic, doctor, signed) -> None:
    signed.recovery.symptoms_asked = False
    signed.recovery.save()
    said = flat(text(doctor, signed))
    assert "None written down; nobody asked the patient before they left." in said
    signed.recovery.chest_symptoms = "Short of breath"
    signed.recovery.save()
    row = signed.injections.get()
    row.complication = "Bruise"
    row.save()
    said = flat(text(doctor, signed))
    assert "Chest: Short of breath" in said
    assert "Right infraspinatus: Bruise" in said
    assert "None" not in said


def test_without_a_name_it_begins_without_one_and_says_so(clinic, doctor, signed) -> None:
    assert "To whoever referred the patient" in text(doctor, signed)
    said = page(doctor, signed)
    assert "begins without a name" in said
    assert url("patient_referrer", signed.patient_id) in said


def test_a_machine_without_pdf_leads_to_the_page(doctor, signed, monkeypatch) -> None:
    monkeypatch.setattr(letters.paper, "available", lambda: False)
    answer = doctor.get(url("letter_pdf", signed.pk))
    assert answer.status_code == 503
    assert url("letter", signed.pk) in answer.content.decode()
    assert "PDF, A4" not in page(doctor, signed)


def test_each_look_is_on_the_trail_and_a_file_names_nobody(clinic, doctor, signed) -> None:
    for name in ("letter", "letter_pdf", "letter_text"):
        answer = doctor.get(url(name, signed.pk))
        newest = AuditEvent.objects.latest("id")
        assert newest.action == f"{name.replace('_', '.')}.view"
        assert newest.patient_id == signed.patient_id
        assert sign_in(clinic["desk"]).get(url(name, signed.pk)).status_code == 403
        if name == "letter_pdf":
            named = answer["Content-Disposition"]
            assert named == 'inline; filename="letter-to-referrer.pdf"'
    assert doctor.get(url("letter_pdf", signed.pk), {"paper": "a5"}).status_code == 404


# ── who referred ─────────────────────────────────────────────────────────────────────────────


def test_the_desk_names_who_referred_and_the_trail_says_so_without_the_name(
    clinic, injected
) -> None:
    refer(clinic, injected)
    patient = Patient.objects.get(pk=injected.patient_id)
    assert patient.referrer_name == "Dr Odile Brightwater"
    assert patient.referrer_practice.splitlines() == ["Quay Surgery", "4 Mill Lane", "Harbourtown"]
    event = AuditEvent.objects.filter(action="patient.name-referrer").get()
    assert "Brightwater" not in str(event.detail)
    # The same words again are no change.
    refer(clinic, injected)
    assert AuditEvent.objects.filter(action="patient.name-referrer").count() == 1


@pytest.mark.parametrize(
    ("changes", "status", "words"),
    [
        ({"name": "x" * 121}, 422, "At most 120 characters"),
        ({"practice": "y" * 241}, 422, "At most 240 characters"),
        ({"revision": "1"}, 409, "changed elsewhere meanwhile"),
        ({"revision": "nonsense"}, 422, ""),
    ],
)
def test_what_cannot_be_kept_is_said_and_what_was_typed_stays(
    clinic, injected, changes, status, words
) -> None:
    Patient.objects.filter(pk=injected.patient_id).update(revision=7)
    sent = {**REFERRER, "revision": "7", **changes}
    answer = sign_in(clinic["desk"]).post(url("patient_referrer", injected.patient_id), sent)
    assert answer.status_code == status
    assert words in answer.content.decode()
    assert sent["name"] in answer.content.decode()
    assert Patient.objects.get(pk=injected.patient_id).referrer_name == ""


@pytest.mark.parametrize(
    ("asked", "goes_on"),
    [("/sessions/x/letter/", True), ("https://elsewhere.example/", False), ("//evil", False)],
)
def test_it_leads_back_to_a_page_of_ours_alone(clinic, injected, asked, goes_on) -> None:
    patient = Patient.objects.get(pk=injected.patient_id)
    kept = sign_in(clinic["desk"]).post(
        url("patient_referrer", patient.pk),
        {**REFERRER, "revision": patient.revision, "next": asked},
    )
    assert kept.status_code == 302
    assert (kept.url == asked) is goes_on


def test_nobody_without_the_right_names_a_referrer(clinic, injected) -> None:
    from tautband.errors import NotAllowed

    with pytest.raises(NotAllowed):
        referrers.name_referrer(
            patient_id=injected.patient_id, name="X", practice="",
            actor=builders.make_pharmacist(),
        )  # fmt: skip


@pytest.mark.hazard("HAZ-023")
def test_in_a_line_from_right_to_left_a_pain_that_fell_does_not_rise(
    clinic, doctor, signed
) -> None:
    assert "7, then 2" in flat(text(doctor, signed))
    refer(clinic, signed)
    User.objects.filter(pk=clinic["clinician"].pk).update(language="ar")
    said = doctor.get(url("letter", signed.pk)).content.decode()
    assert 'lang="ar" dir="rtl"' in said
    assert "→" not in said
    assert "\u20684 Mill Lane\u2069" in said
    made = printed(doctor.get(url("letter_pdf", signed.pk)))
    assert made.language == "ar"
    assert made.missing_letters == 0
    assert made.is_in_our_fonts


def test_a_longer_session_asks_the_database_no_more(clinic, doctor, signed) -> None:
    def asked() -> int:
        with CaptureQueriesContext(connection) as queries:
            page(doctor, signed)
        return len(queries)

    before = asked()
    row = signed.injections.get()
    for number in range(2, 14):
        row.pk, row.number = uuid4(), number
        row.save(force_insert=True)
    assert asked() == before
