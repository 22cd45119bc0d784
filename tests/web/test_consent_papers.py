"""The consent form: of the settled plan, with what was recorded, in the patient's language."""

import pytest

from tautband.audit.models import AuditEvent
from tautband.clinic.views.sessions import consent_papers
from tautband.records.models import Patient, Procedure
from tests import builders
from tests.web.printed import printed
from tests.web.test_session_journey import arrive, clinic, plan, settle, sign_in, url

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db
AGREED = {
    "answer": "agreed", "risks": ["soreness", "rare-harm", "lung"], "given_by": "patient",
    "has_capacity": "yes", "mode": "verbal", "alternatives_discussed": "on",
}  # fmt: skip


@pytest.fixture
def planned(clinic) -> Procedure:
    procedure = arrive(clinic, builders.make_patient())
    plan(clinic, procedure)
    return procedure


@pytest.fixture
def settled(clinic, planned) -> Procedure:
    settle(clinic, planned)
    planned.refresh_from_db()
    return planned


def ask(clinic, procedure, **changes) -> None:
    asked = sign_in(clinic["clinician"]).post(
        url("session_consent", procedure.pk), {**AGREED, **changes}
    )
    assert asked.status_code == 302, asked.content.decode()[-2000:]


def paper(clinic, procedure, language: str = "en", **asked):
    return sign_in(clinic["clinician"]).get(url("consent_form_pdf", procedure.pk, language), asked)


def page(clinic, procedure, language: str = "en") -> str:
    got = sign_in(clinic["clinician"]).get(url("consent_form", procedure.pk, language))
    assert got.status_code == 200
    return got.content.decode().replace("\u00a0", " ")


def words(made) -> str:
    return " ".join(made.text.split())


@pytest.mark.hazard("HAZ-010")
@pytest.mark.parametrize("size", ["a4", "letter"])
def test_the_form_of_a_settled_plan_is_there_to_be_signed(clinic, settled, size) -> None:
    made = printed(paper(clinic, settled, paper=size))
    assert made.all_on(size)
    assert made.on_every_page(settled.patient.number, settled.patient.full_name)
    assert (made.title, made.language) == ("Consent to trigger point injections", "en")
    assert made.is_in_our_fonts
    text = words(made)
    for each in (
        "Infraspinatus (right)", "lidocaine 10 mg", "air around the lung", "infraspinatus right",
        "To do nothing now", "I may change my mind", "Not asked yet", "Signature", "Patient",
        "Whoever explained it", settled.plan_fingerprint[:8],
    ):  # fmt: skip
        assert each in text, each
    assert "(named)" not in text


@pytest.mark.hazard("HAZ-010")
def test_what_was_recorded_stands_on_it(clinic, settled) -> None:
    Patient.objects.filter(pk=settled.patient_id).update(interpreter_language="Arabic")
    ask(clinic, settled, given_by="proxy", has_capacity="no", proxy_name="Rana Quillfeather",
        proxy_authority="holds a power of attorney", interpreter="Telephone line 7",
        chaperone="Nurse Okoro", trainee_named="yes", mode="signed")  # fmt: skip
    text = words(printed(paper(clinic, settled)))
    for each in (
        "Consent was given", "signed", "Rana Quillfeather", "holds a power of attorney",
        "Telephone line 7", "Nurse Okoro", clinic["clinician"].full_name, "(named)",
        "Whoever decides for the patient", "I decide for the patient",
        "I put all of this into the patient's language", "The patient can decide this: no",
        "Somebody in training takes part, and was named: yes",
    ):  # fmt: skip
        assert each in text, each


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_in_arabic_the_english_stands_beside_it(clinic, settled, size) -> None:
    ask(clinic, settled)
    made = printed(paper(clinic, settled, "ar", paper=size))
    assert made.all_on(size)
    assert made.on_every_page(settled.patient.number)
    assert made.language == "ar"
    assert made.title == "الموافقة على حقن نقاط الزناد"
    assert any("Noto-Sans-Arabic" in name or "NotoSansArabic" in name for name in made.fonts)
    assert made.missing_letters == 0
    # The font draws dots as glyphs of their own, so only letters without any are read back.
    text = words(made)
    for each in ("على", "10", "I may change my mind", "lidocaine 10 mg"):
        assert each in text, each


def test_on_screen_arabic_runs_right_to_left_and_doses_stand_apart(clinic, settled) -> None:
    said = page(clinic, settled, "ar")
    assert 'lang="ar" dir="rtl"' in said
    assert "<bdi>ليدوكايين 10 ملغ</bdi>" in said
    assert '<td lang="en" dir="ltr">' in said
    assert "No person has checked the Arabic" in said
    assert not set("\u0660\u0661\u0662\u0663\u0665\u0667") & set(said)  # Arabic-Indic digits
    assert "No person has checked the Arabic" not in page(clinic, settled)


@pytest.mark.hazard("HAZ-010")
def test_no_form_of_a_plan_that_may_still_change_is_printed(clinic, planned) -> None:
    refused = paper(clinic, planned)
    assert refused.status_code == 409
    assert "The plan is not settled" in refused.content.decode()
    said = page(clinic, planned)
    assert "Draft: the plan is not settled" in said
    assert "consent-form/en.pdf" not in said


@pytest.mark.hazard("HAZ-010")
def test_a_consent_to_another_plan_says_nothing_of_this_one(clinic, settled) -> None:
    ask(clinic, settled)
    assert "(named)" in page(clinic, settled)
    doctor = sign_in(clinic["clinician"])
    row = settled.injections.get()
    changed = doctor.post(
        url("session_change_row", settled.pk, row.pk),
        {"syringe": row.syringe_id, "amount": "2", "needle": "38", "gauge": "25", "depth": "15",
         "guidance": "landmark"},
    )  # fmt: skip
    assert changed.status_code == 302
    assert paper(clinic, settled).status_code == 409
    settle(clinic, settled)
    text = words(printed(paper(clinic, settled)))
    assert "The plan was changed after this consent" in text
    assert "lidocaine 20 mg" in text
    assert "(named)" not in text
    assert "Consent was given" not in text


@pytest.mark.parametrize(("answer", "said"), [("declined", "Declined: the patient does not want")])
def test_a_refusal_is_no_consent_on_paper(clinic, settled, answer, said) -> None:
    ask(clinic, settled, answer=answer)
    assert said in words(printed(paper(clinic, settled)))


@pytest.mark.hazard("HAZ-010")
def test_a_withdrawn_consent_says_that_it_no_longer_holds(clinic, settled) -> None:
    ask(clinic, settled)
    sign_in(clinic["nurse"]).post(url("session_withdraw", settled.pk), {"reason": "afraid"})
    text = words(printed(paper(clinic, settled)))
    assert "Withdrawn: this consent no longer holds" in text
    assert "Consent was given" not in text


@pytest.mark.hazard("HAZ-010")
def test_nothing_of_a_session_in_error_is_signed(clinic, settled) -> None:
    Procedure.objects.filter(pk=settled.pk).update(
        status="entered-in-error", in_error_reason="wrong-patient"
    )
    refused = paper(clinic, settled)
    assert refused.status_code == 409
    assert "entered in error" in refused.content.decode()
    assert "Entered in error: counts for nothing" in page(clinic, settled)


def test_there_is_no_form_in_a_language_it_was_not_written_in(clinic, settled) -> None:
    assert paper(clinic, settled, "fr").status_code == 404
    assert paper(clinic, settled, paper="a5").status_code == 404


def test_a_machine_without_pdf_leads_to_the_page(clinic, settled, monkeypatch) -> None:
    monkeypatch.setattr(consent_papers.paper, "available", lambda: False)
    answer = paper(clinic, settled)
    assert answer.status_code == 503
    assert url("consent_form", settled.pk, "en") in answer.content.decode()
    assert "PDF, A4" not in page(clinic, settled)


def test_each_look_is_on_the_trail_and_the_desk_has_none(clinic, settled) -> None:
    paper(clinic, settled)
    page(clinic, settled)
    newest = AuditEvent.objects.order_by("-id")[:2]
    assert [event.action for event in newest] == [
        "consent-form.view", "consent-form.pdf.view",
    ]  # fmt: skip
    assert {event.patient_id for event in newest} == {settled.patient_id}
    for name in ("consent_form", "consent_form_pdf"):
        assert sign_in(clinic["desk"]).get(url(name, settled.pk, "en")).status_code == 403


def test_the_consent_page_leads_to_it_in_the_patients_language(clinic, settled) -> None:
    doctor = sign_in(clinic["clinician"])
    where = url("session_consent", settled.pk)
    assert url("consent_form", settled.pk, "en") in doctor.get(where).content.decode()
    Patient.objects.filter(pk=settled.patient_id).update(language="ar")
    assert url("consent_form", settled.pk, "ar") in doctor.get(where).content.decode()
    named = paper(clinic, settled, "ar")["Content-Disposition"]
    assert named == 'inline; filename="consent-form-ar.pdf"'
