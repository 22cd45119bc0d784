"""From the record to the facts of the rules: the chart, today's answers, the centre's own clock."""

from datetime import UTC, datetime, timedelta
from unittest.mock import patch
from uuid import uuid4

import pytest
from django.utils import timezone

from tautband.clinical import ask, check_session
from tautband.clinical.findings import RuleAnswer
from tautband.clinical.terms import AllergySeverity, Answer
from tautband.errors import Refused
from tautband.records.actions import chart, encounters, findings, injections
from tautband.records.actions.encounters import AskedToday
from tautband.records.actions.rows import Row
from tautband.records.checks import fingerprint, review
from tautband.records.facts import Basis, facts_of
from tautband.records.models import ClinicalStatement, Patient, Procedure
from tautband.records.models.vocabulary import StatementKind
from tautband.records.queries import procedures as sittings
from tests import builders

pytestmark = pytest.mark.django_db


@pytest.fixture
def visit() -> Procedure:
    builders.make_centre(time_zone="Asia/Dubai")
    patient = builders.make_patient()
    clinician = builders.make_clinician()
    return encounters.walk_in(
        patient_id=patient.pk, clinician=clinician, reason="Neck", actor=clinician, token=uuid4()
    )


def say(visit: Procedure, **said: tuple[str, dict[str, str]]) -> None:
    answers = {q.id: AskedToday(answer=Answer.NO) for q in ask.questions()}
    answers |= {q: AskedToday(answer=a, details=d) for q, (a, d) in said.items()}
    encounters.answer_questions(
        procedure_id=visit.pk, answers=answers, actor=visit.encounter.clinician
    )


def facts(visit: Procedure, *, now: datetime | None = None):
    found = sittings.find(visit.pk)
    return facts_of(found, basis=Basis.PLAN, now=now or timezone.now()).session


def test_what_an_allergy_did_reaches_the_rules(visit: Procedure) -> None:
    chart.add_statement(
        patient_id=visit.patient_id, kind=StatementKind.ALLERGY, text="lidocaine",
        reaction="Anaphylaxis at the dentist", severity="severe", actor=visit.encounter.clinician,
    )  # fmt: skip
    (allergy,) = facts(visit).patient.allergies or ()
    assert (allergy.text, allergy.reaction) == ("lidocaine", "Anaphylaxis at the dentist")


def test_a_worse_reaction_told_today_stays_on_the_chart(visit: Procedure) -> None:
    actor = visit.encounter.clinician
    chart.add_statement(
        patient_id=visit.patient_id, kind=StatementKind.ALLERGY, text="lidocaine",
        severity="mild", actor=actor,
    )  # fmt: skip
    told = {"substance": "Lidocaine", "severity": "anaphylaxis"}
    say(visit, allergies=("yes", told))
    say(visit, allergies=("yes", told))
    grades = ClinicalStatement.objects.filter(patient=visit.patient_id).values_list(
        "severity", flat=True
    )
    assert sorted(grades) == ["anaphylaxis", "mild"]


def test_a_thinner_of_unknown_name_is_still_one_at_the_next_visit(visit: Procedure) -> None:
    say(visit, anticoagulant=("yes", {"medicine": "the pink pill"}))
    line = ClinicalStatement.objects.get(patient=visit.patient_id)
    assert (line.kind, line.text) == ("medicine", "blood thinner: the pink pill")
    disorder = builders.make_patient()
    second = encounters.walk_in(
        patient_id=disorder.pk, clinician=visit.encounter.clinician, reason="Neck",
        actor=visit.encounter.clinician, token=uuid4(),
    )  # fmt: skip
    say(second, anticoagulant=("yes", {"medicine": "haemophilia A"}))
    assert ClinicalStatement.objects.get(patient=disorder.pk).kind == "condition"


def test_a_list_somebody_keeps_is_told_from_a_line_a_question_left(visit: Procedure) -> None:
    say(visit, anticoagulant=("yes", {"medicine": "warfarin"}))
    assert "cyp3a4-strong" in facts(visit).patient.unsure
    chart.add_statement(
        patient_id=visit.patient_id, kind=StatementKind.MEDICINE, text="paracetamol",
        actor=visit.encounter.clinician,
    )  # fmt: skip
    assert "cyp3a4-strong" not in facts(visit).patient.unsure


def test_a_time_is_the_centres_own(visit: Procedure) -> None:
    chart.add_elsewhere_dose(
        patient_id=visit.patient_id, agent="bupivacaine", amount_ug=25_000, units_centi=None,
        given_on=timezone.now().astimezone().date() - timedelta(days=1),
        given_at=datetime(2026, 1, 5, 5, 30, tzinfo=UTC), actor=visit.encounter.clinician,
        place="dentist",
    )  # fmt: skip
    (dose,) = facts(visit).history or ()
    assert f"{dose.at:%H:%M}" == "09:30"


def test_what_was_said_yesterday_is_not_todays_answer(visit: Procedure) -> None:
    say(visit)
    now = timezone.now()
    assert facts(visit, now=now).patient.infection is not None
    tomorrow = facts(visit, now=now + timedelta(days=1))
    assert tomorrow.patient.infection is None
    assert "anticoagulant" in tomorrow.patient.unsure
    assert tomorrow.planned.on == facts(visit, now=now).planned.on + timedelta(days=1)


def test_a_dose_elsewhere_is_not_still_to_come(visit: Procedure) -> None:
    day = (timezone.now() + timedelta(days=3)).date().isoformat()
    told = {"agent": "unknown", "amount": "unknown", "on": day}
    with pytest.raises(Refused) as refused:
        say(visit, botulinum_elsewhere=("yes", told))
    assert set(refused.value.fields) == {"botulinum_elsewhere.on"}
    assert not visit.encounter.answers.exists()


def test_an_answer_to_a_finding_holds_only_while_the_same_is_missing(visit: Procedure) -> None:
    actor = visit.encounter.clinician
    injections.add(
        procedure_id=visit.pk, row=Row(muscle="soleus", side="left", needle_um=38_000), actor=actor
    )
    found = review(sittings.find(visit.pk), basis=Basis.PLAN, now=timezone.now()).find
    said = {
        each.finding.rule: each
        for each in review(sittings.find(visit.pk), basis=Basis.PLAN, now=timezone.now()).findings
    }
    waiting = said["anticoagulant"]
    assert waiting.finding.answer is RuleAnswer.CANNOT_TELL
    findings.acknowledge(procedure_id=visit.pk, fingerprint=waiting.fingerprint, actor=actor)
    assert found(waiting.fingerprint) is not None
    other = type(waiting.finding)(
        **{
            name: getattr(waiting.finding, name)
            for name in waiting.finding.__dataclass_fields__
            if name != "missing"
        },
        missing=("patient.inr",),
    )
    assert fingerprint(other) != waiting.fingerprint


def test_severity_of_an_allergy_is_read_as_its_grade(visit: Procedure) -> None:
    say(visit, allergies=("yes", {"substance": "lidocaine", "severity": "anaphylaxis"}))
    (allergy,) = facts(visit).patient.allergies or ()
    assert allergy.severity is AllergySeverity.ANAPHYLAXIS
    assert check_session(facts(visit)).findings
    assert Patient.objects.get(pk=visit.patient_id).no_known_allergies is False


def test_the_clock_of_the_visit_does_not_hide_a_dose_of_today(visit: Procedure) -> None:
    """A visit opened yesterday is judged by today's calendar, not by the day it was opened."""
    now = timezone.now()
    with patch("django.utils.timezone.now", return_value=now + timedelta(days=1)):
        chart.add_elsewhere_dose(
            patient_id=visit.patient_id, agent="onabotulinumtoxin_a", amount_ug=None,
            units_centi=10_000, given_on=facts(visit).planned.on,
            actor=visit.encounter.clinician,
        )  # fmt: skip
        session = facts(visit)
    assert [s.on for s in session.history or ()] == [session.planned.on]
