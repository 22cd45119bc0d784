"""Arrive, ask today, assess: what is said is kept as it was said, by nobody else and only once."""

from datetime import timedelta
from decimal import Decimal
from uuid import uuid4

import pytest
from django.utils import timezone

from tautband.clinical import ask
from tautband.records.models import (
    ElsewhereDose,
    Encounter,
    Measurement,
    PatientReportedOutcome,
    RangeOfMotion,
    ScreeningAnswer,
    TriggerPoint,
)
from tests import builders
from tests.web.test_session_journey import answers, arrive, clinic, sign_in, url

__all__ = ["clinic"]
ARABIC = str.maketrans("0123456789.", "".join(chr(0x660 + n) for n in range(10)) + "\u066b")
pytestmark = pytest.mark.django_db


@pytest.fixture
def nurse(clinic):
    return sign_in(clinic["nurse"])


@pytest.fixture
def procedure(clinic):
    return arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))


# ── arrive ───────────────────────────────────────────────────────────────────────────────────


def test_no_identifier_is_ticked_beforehand_and_one_is_not_enough(nurse, procedure) -> None:
    page = nurse.get(url("session_arrive", procedure.pk)).content.decode()
    assert 'name="identifiers"' in page
    assert "checked" not in page
    Encounter.objects.update(identity_checked_at=None)
    refused = nurse.post(url("session_arrive", procedure.pk), {"identifiers": ["name"]})
    assert refused.status_code == 422
    assert "Ask openly for two identifiers" in refused.content.decode()
    assert refused.content.decode().count("checked") == 1
    assert Encounter.objects.get().identity_checked_at is None


def test_a_forged_identifier_is_none(nurse, procedure) -> None:
    Encounter.objects.update(identity_checked_at=None)
    fields = {"identifiers": ["name", "name", "shoe-size"]}
    assert nurse.post(url("session_arrive", procedure.pk), fields).status_code == 422
    assert Encounter.objects.get().identity_checked_at is None


def test_a_weighing_sent_twice_is_one_weighing_of_today(nurse, procedure) -> None:
    before = Measurement.objects.count()
    fields = {"weight": "71,5", "unit": "kg", "token": uuid4()}
    for _again in range(2):
        assert nurse.post(url("session_weigh", procedure.pk), fields).status_code == 302
    assert Measurement.objects.count() == before + 1
    weight = Encounter.objects.get().weight
    assert (weight.amount, weight.measured_on) == (71_500, timezone.localdate())
    assert weight.measured_at is not None


def test_a_refused_weight_in_pounds_comes_back_in_pounds(nurse, procedure) -> None:
    refused = nurse.post(url("session_weigh", procedure.pk), {"weight": "1540", "unit": "lb"})
    assert refused.status_code == 422
    page = refused.content.decode()
    assert 'value="1540"' in page
    assert '<option value="lb" selected>' in page


@pytest.mark.parametrize(
    "typed", ["600", "-70", "0", "NaN", "1e2", "", "<b>70</b>", "7 0", "9" * 10_000]
)
def test_a_weight_that_cannot_be_is_told_and_nothing_is_half_written(
    nurse, procedure, typed
) -> None:
    before, accepted = Measurement.objects.count(), Encounter.objects.get().weight_id
    refused = nurse.post(url("session_weigh", procedure.pk), {"weight": typed, "unit": "kg"})
    assert refused.status_code == 422
    assert Measurement.objects.count() == before
    assert Encounter.objects.get().weight_id == accepted


def test_arabic_digits_are_a_weight(nurse, procedure) -> None:
    done = nurse.post(
        url("session_weigh", procedure.pk), {"weight": "72.5".translate(ARABIC), "unit": "kg"}
    )
    assert done.status_code == 302
    assert Encounter.objects.get().weight.amount == 72_500


def test_an_earlier_weight_counts_only_when_it_is_accepted_on_purpose(clinic) -> None:
    patient = builders.make_patient(weight_kg=Decimal(70))
    desk, nurse = sign_in(clinic["desk"]), sign_in(clinic["nurse"])
    desk.post(url("walk_in", patient.pk), {"clinician": clinic["clinician"].pk, "token": uuid4()})
    procedure = patient.procedures.get()
    assert procedure.encounter.weight is None
    assert "Use this earlier weight on purpose" in (
        nurse.get(url("session_arrive", procedure.pk)).content.decode()
    )
    known = patient.measurements.get()
    assert nurse.post(url("session_weigh", procedure.pk), {"accept": known.pk}).status_code == 302
    procedure.encounter.refresh_from_db()
    assert procedure.encounter.weight == known
    assert procedure.encounter.weight_accepted_by == clinic["nurse"]


def test_another_patients_weight_is_not_accepted(nurse, procedure) -> None:
    other = builders.make_patient(weight_kg=Decimal(55)).measurements.get()
    refused = nurse.post(url("session_weigh", procedure.pk), {"accept": other.pk})
    assert refused.status_code == 422
    assert Encounter.objects.get(pk=procedure.encounter_id).weight != other


def test_a_token_that_is_somebody_elses_id_is_refused_politely(nurse, procedure) -> None:
    other = builders.make_patient(weight_kg=Decimal(55)).measurements.get()
    fields = {"weight": "71", "unit": "kg", "token": other.pk}
    assert nurse.post(url("session_weigh", procedure.pk), fields).status_code == 422
    taken = {"muscle_side": "soleus:left", "token": other.pk}
    doctor = nurse.post(url("session_add_point", procedure.pk), taken)
    assert doctor.status_code in {302, 422}


# ── ask today ────────────────────────────────────────────────────────────────────────────────

# One answer with every detail for each question that asks for more.
WHOLE = {
    "allergies": {"substance": "Latex", "reaction": "Hives", "severity": "moderate"},
    "pregnant": {"gestation_weeks": "12"},
    "anticoagulant": {"medicine": "Warfarin", "last_dose": "yesterday evening", "inr": "2.4"},
    "infection": {"kind": "site", "fever": "no", "antibiotics": "Flucloxacillin"},
    "diabetes": {"hba1c": "7.9", "insulin": "yes"},
    "immunosuppression": {"what": "Methotrexate"},
    "neuromuscular": {"what": "Trouble swallowing"},
    "lung_disease": {"disease": "Emphysema", "cpap": "yes", "past_pneumothorax": "unknown"},
    "steroid_elsewhere": {
        "agent": "triamcinolone", "amount": "40", "on": "2026-01-05", "about": "about",
        "where": "knee",
    },
    "anaesthetic_elsewhere": {
        "agent": "lidocaine", "amount": "unknown", "on": "2026-01-05", "at": "08:30",
        "about": "about",
    },
    "botulinum_elsewhere": {
        "agent": "onabotulinumtoxin_a", "amount": "50", "on": "2025-12-01", "about": "exact",
    },
    "escort": {"who": "Daughter"},
}  # fmt: skip


def test_the_examples_name_every_detail_there_is() -> None:
    asked = {q.id: {d.name for d in q.details} for q in ask.questions() if q.details}
    known = {question: set(details) for question, details in WHOLE.items()}
    assert {q: names & known.get(q, set()) for q, names in asked.items()} == known


def whole_answers() -> dict[str, str]:
    said = answers(**dict.fromkeys(WHOLE, "yes"))
    for question, details in WHOLE.items():
        said |= {f"{question}.{name}": value for name, value in details.items()}
    return said


def test_every_question_and_detail_is_kept_and_stands_in_the_note(nurse, procedure) -> None:
    done = nurse.post(url("session_ask", procedure.pk), whole_answers())
    assert done.status_code == 302, done.content.decode()[-3000:]
    kept = {a.question: (a.answer, a.details) for a in ScreeningAnswer.objects.all()}
    for question, details in WHOLE.items():
        assert kept[question] == ("yes", details), question
    text = " ".join(nurse.get(url("note_text", procedure.pk)).content.decode().split())
    for details in WHOLE.values():
        for value in details.values():
            assert value in text


@pytest.mark.parametrize("answer", ["yes", "no", "unknown"])
def test_each_answer_is_an_answer_and_none_is_chosen_beforehand(nurse, procedure, answer) -> None:
    ScreeningAnswer.objects.all().delete()
    assert "checked" not in nurse.get(url("session_ask", procedure.pk)).content.decode()
    said = dict.fromkeys((q.id for q in ask.questions() if not q.details), answer)
    done = nurse.post(url("session_ask", procedure.pk), answers(**said))
    assert done.status_code == 302, done.content.decode()[-3000:]
    assert set(
        ScreeningAnswer.objects.filter(question__in=said).values_list("answer", flat=True)
    ) == {answer}


def test_a_dose_elsewhere_keeps_unknown_amounts_and_about_dates(nurse, procedure) -> None:
    nurse.post(url("session_ask", procedure.pk), whole_answers())
    doses = {dose.agent: dose for dose in ElsewhereDose.objects.filter(entered_in_error=False)}
    assert doses["lidocaine"].amount_ug is None
    assert doses["lidocaine"].date_is_about
    assert doses["triamcinolone"].amount_ug == 40_000
    assert doses["onabotulinumtoxin_a"].units_centi == 5000
    assert not doses["onabotulinumtoxin_a"].date_is_about


@pytest.mark.hazard("HAZ-003")
@pytest.mark.parametrize(
    ("field", "typed"),
    [
        ("on", "tomorrow"),
        ("on", "2099-01-01"),
        ("on", "0001-01-01"),
        ("on", "20260230"),
        ("amount", "-5"),
        ("amount", "1e9"),
        ("amount", "99999"),
        ("agent", "water"),
        ("at", "25:00"),
    ],
)
def test_a_dose_elsewhere_that_would_count_for_nothing_is_told(
    nurse, procedure, field, typed
) -> None:
    if typed == "tomorrow":
        typed = (timezone.localdate() + timedelta(days=1)).isoformat()
    before = list(ScreeningAnswer.objects.values_list("question", "answer"))
    said = whole_answers() | {f"anaesthetic_elsewhere.{field}": typed}
    refused = nurse.post(url("session_ask", procedure.pk), said)
    assert refused.status_code == 422
    assert f'id="id_anaesthetic_elsewhere_{field}"' in refused.content.decode()
    assert "Flucloxacillin" in refused.content.decode()
    assert list(ScreeningAnswer.objects.values_list("question", "answer")) == before
    assert not ElsewhereDose.objects.exists()


@pytest.mark.hazard("HAZ-003")
def test_a_dose_given_later_today_is_a_slip_of_the_hour(nurse, procedure) -> None:
    later = timezone.localtime() + timedelta(minutes=2)
    said = whole_answers() | {
        "anaesthetic_elsewhere.on": later.date().isoformat(),
        "anaesthetic_elsewhere.at": later.strftime("%H:%M"),
    }
    refused = nurse.post(url("session_ask", procedure.pk), said)
    assert refused.status_code == 422
    assert not ElsewhereDose.objects.exists()


def test_ten_thousand_letters_are_told_and_come_back(nurse, procedure) -> None:
    said = whole_answers() | {"immunosuppression.what": "x" * 10_000}
    refused = nurse.post(url("session_ask", procedure.pk), said)
    assert refused.status_code == 422
    assert "x" * 10_000 in refused.content.decode()


def test_what_a_patient_says_is_never_markup(nurse, procedure) -> None:
    said = whole_answers() | {"immunosuppression.what": "<script>alert(1)</script>"}
    assert nurse.post(url("session_ask", procedure.pk), said).status_code == 302
    for name in ("session_ask", "note"):
        assert "<script>alert" not in nurse.get(url(name, procedure.pk)).content.decode()


def test_two_people_asking_do_not_overwrite_each_other_unseen(clinic, nurse, procedure) -> None:
    other = sign_in(clinic["clinician"])
    page = other.get(url("session_ask", procedure.pk))
    seen = page.context["seen"]
    done = nurse.post(
        url("session_ask", procedure.pk), answers(pregnant="unknown") | {"seen": seen}
    )
    assert done.status_code == 302
    stale = other.post(url("session_ask", procedure.pk), answers(fainting="yes") | {"seen": seen})
    assert stale.status_code == 409
    assert "Somebody saved this meanwhile" in stale.content.decode()
    said = dict(ScreeningAnswer.objects.values_list("question", "answer"))
    assert (said["pregnant"], said["fainting"]) == ("unknown", "no")
    again = other.post(
        url("session_ask", procedure.pk),
        answers(fainting="yes") | {"seen": stale.context["seen"]},
    )
    assert again.status_code == 302


def test_a_draft_does_not_quietly_undo_what_a_colleague_saved(clinic, nurse, procedure) -> None:
    doctor = sign_in(clinic["clinician"])
    seen = doctor.get(url("session_ask", procedure.pk)).context["seen"]
    draft = url("draft", "ask", procedure.pk)
    doctor.post(draft, {"pregnant": "yes", "seen": seen})
    nurse.post(url("session_ask", procedure.pk), answers(pregnant="unknown") | {"seen": seen})
    page = doctor.get(url("session_ask", procedure.pk))
    assert page.context["restored"]
    sent = answers(pregnant="yes") | {"seen": page.context["seen"]}
    assert doctor.post(url("session_ask", procedure.pk), sent).status_code == 409


# ── assess ───────────────────────────────────────────────────────────────────────────────────


def test_pain_function_and_history_are_kept_with_their_recall_period(clinic, procedure) -> None:
    doctor = sign_in(clinic["clinician"])
    said = {
        "pain_now": "7", "pain_average": "6", "pain_worst": "9", "peg_pain": "6",
        "peg_enjoyment": "5", "peg_activity": "8", "onset": "Two years ago",
        "pattern": "Spreads to the arm", "tried": "Heat", "diagnoses": "Myofascial pain\nTension",
    }  # fmt: skip
    done = doctor.post(url("session_assess", procedure.pk), said)
    assert done.status_code == 302, done.content.decode()[-2000:]
    visit = Encounter.objects.get()
    assert visit.pain_recall == "past-week"
    assert [d["text"] for d in visit.diagnoses] == ["Myofascial pain", "Tension"]
    scores = dict(PatientReportedOutcome.objects.values_list("instrument", "score_centi"))
    assert scores == {"nrs-now": 700, "nrs-average": 600, "nrs-worst": 900, "peg": 633}
    text = " ".join(doctor.get(url("note_text", procedure.pk)).content.decode().split())
    assert "now 7, average of the past week 6, worst of the past week 9" in text
    for words in ("Two years ago", "Spreads to the arm", "Heat", "Myofascial pain; Tension"):
        assert words in text


def test_assessing_again_keeps_the_scores_told_after_the_needle(clinic, procedure) -> None:
    doctor = sign_in(clinic["clinician"])
    visit = Encounter.objects.get()
    later = PatientReportedOutcome.objects.create(
        patient=visit.patient, encounter=visit, instrument="nrs-now", score_centi=200,
        answered_at=visit.arrived_at + timedelta(hours=1), recorded_by=clinic["nurse"],
    )  # fmt: skip
    for pain in ("7", "8"):
        doctor.post(url("session_assess", procedure.pk), {"pain_now": pain})
    kept = PatientReportedOutcome.objects.order_by("answered_at").values_list("score_centi")
    assert [score for (score,) in kept] == [800, 200]
    assert PatientReportedOutcome.objects.filter(pk=later.pk).exists()


def test_an_assessment_over_a_colleagues_is_told(clinic, procedure) -> None:
    doctor = sign_in(clinic["clinician"])
    seen = doctor.get(url("session_assess", procedure.pk)).context["seen"]
    fields = {"pain_now": "7", "seen": seen}
    assert doctor.post(url("session_assess", procedure.pk), fields).status_code == 302
    stale = doctor.post(url("session_assess", procedure.pk), {"pain_now": "3", "seen": seen})
    assert stale.status_code == 409
    assert Encounter.objects.get().pain_now == 7


def test_long_words_are_told_and_nothing_is_cut_off(clinic, procedure) -> None:
    doctor = sign_in(clinic["clinician"])
    fields = {"pain_now": "7", "onset": "o" * 161, "diagnoses": "d" * 161}
    refused = doctor.post(url("session_assess", procedure.pk), fields)
    assert refused.status_code == 422
    assert "o" * 161 in refused.content.decode()
    assert Encounter.objects.get().assessed_at is None


@pytest.fixture
def point(clinic, procedure) -> TriggerPoint:
    token = uuid4()
    for _again in range(2):
        done = sign_in(clinic["clinician"]).post(
            url("session_add_point", procedure.pk),
            {"muscle_side": "trapezius_upper:left", "token": token},
        )
        assert done.status_code == 302
    return TriggerPoint.objects.get()


def test_every_sign_of_a_trigger_point_is_kept(clinic, procedure, point) -> None:
    doctor = sign_in(clinic["clinician"])
    fields = {
        "activity": "active", "taut_band": "yes", "tender_spot": "yes", "recognised_pain": "no",
        "referred_pain": "yes", "twitch": "", "note": "Very tight",
        "pressure": "1,4 1.5 " + "1.6".translate(ARABIC),
    }  # fmt: skip
    done = doctor.post(url("session_change_point", procedure.pk, point.pk), fields)
    assert done.status_code == 302, done.content.decode()[-2000:]
    point.refresh_from_db()
    assert point.is_active is True
    assert (point.taut_band, point.recognised_pain, point.twitch) == (True, False, None)
    assert point.pressure_readings == [14, 15, 16]
    assert point.note == "Very tight"
    text = " ".join(doctor.get(url("note_text", procedure.pk)).content.decode().split())
    for words in (
        "Left trapezius, upper", "active", "taut band", "no pain the patient knows",
        "threshold 1.4, 1.5, 1.6 kg/cm²", "Very tight",
    ):  # fmt: skip
        assert words in text


@pytest.mark.parametrize("typed", ["1 2 3 4", "-1", "99", "tight", "1.4, 1.5", "NaN"])
def test_readings_that_cannot_be_are_told_beside_what_was_typed(
    clinic, procedure, point, typed
) -> None:
    refused = sign_in(clinic["clinician"]).post(
        url("session_change_point", procedure.pk, point.pk), {"pressure": typed}
    )
    assert refused.status_code == 422
    page = refused.content.decode()
    assert f'value="{typed}"' in page
    assert 'class="err"' in page
    point.refresh_from_db()
    assert point.pressure_readings == []


def test_another_visits_point_cannot_be_changed_or_removed(clinic, procedure, point) -> None:
    other = arrive(clinic, builders.make_patient(weight_kg=Decimal(70)))
    doctor = sign_in(clinic["clinician"])
    for fields in ({"activity": "active"}, {"remove": "yes"}):
        answer = doctor.post(url("session_change_point", other.pk, point.pk), fields)
        assert answer.status_code == 422
    assert TriggerPoint.objects.get().is_active is None


def test_a_movement_is_measured_before_and_completed_after(clinic, procedure) -> None:
    doctor = sign_in(clinic["clinician"])
    page = doctor.get(url("session_assess", procedure.pk)).content.decode()
    assert '<option value="left" selected' not in page
    token = uuid4()
    fields = {"movement": "Abduction", "before_deg": "80".translate(ARABIC), "token": token}
    unsided = doctor.post(url("session_add_motion", procedure.pk), fields)
    assert unsided.status_code == 422
    assert 'value="Abduction"' in unsided.content.decode()
    for _again in range(2):
        done = doctor.post(url("session_add_motion", procedure.pk), fields | {"side": "right"})
        assert done.status_code == 302
    motion = RangeOfMotion.objects.get()
    change = url("session_change_motion", procedure.pk, motion.pk)
    assert doctor.post(change, {"before_deg": "80", "after_deg": "400"}).status_code == 422
    assert doctor.post(change, {"before_deg": "80", "after_deg": "130"}).status_code == 302
    motion.refresh_from_db()
    assert (motion.before_deg, motion.after_deg) == (80, 130)
    text = " ".join(doctor.get(url("note_text", procedure.pk)).content.decode().split())
    assert "80° → 130°" in text
    assert doctor.post(change, {"remove": "yes"}).status_code == 302
    assert not RangeOfMotion.objects.exists()
