"""What one record knew counts in the other's session from the moment the two are one."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from tautband.clinical import check_session
from tautband.clinical.findings import Gate, RuleAnswer, Severity
from tautband.clinical.lifecycle import Step
from tautband.clinical.terms import Sex
from tautband.records.actions import chart, encounters, procedures
from tautband.records.checks import Review, review
from tautband.records.facts import Basis, facts_for_patient
from tautband.records.models import Patient, Procedure
from tautband.records.models.vocabulary import StatementKind
from tautband.records.queries import centre, day
from tautband.records.queries import procedures as sittings
from tests.builders import make_clinician, make_desk, make_patient
from tests.merged import fresh, merge, unmerge, visit_of

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("HAZ-021")]


def said_of(procedure: Procedure) -> Review:
    return review(sittings.find(procedure.pk), basis=Basis.PLAN, now=timezone.now())


def answers(procedure: Procedure, rule: str) -> list[tuple[RuleAnswer, Severity | None]]:
    check = said_of(procedure).check
    return [(one.answer, one.severity) for one in check.findings if one.rule == rule]


def used(patient: Patient, key: str) -> int | None:
    facts = facts_for_patient(fresh(patient), now=timezone.now())
    [line] = [one for one in check_session(facts).ledger if one.key == key]
    return line.used_before_permille


def allergic(patient: Patient, text: str, severity: str) -> None:
    chart.add_statement(
        patient_id=patient.pk, kind=StatementKind.ALLERGY, text=text, severity=severity,
        actor=make_clinician(),
    )  # fmt: skip


@pytest.mark.hazard("HAZ-005")
def test_an_allergy_of_the_merged_record_stops_the_session_of_the_other_at_once() -> None:
    survivor, merged = make_patient(), make_patient()
    sitting = visit_of(survivor, until=Step.INJECT)
    assert said_of(sitting).stopping([Gate.PLAN]) == []
    allergic(merged, "Lidocaine", "anaphylaxis")
    merge(survivor, merged)
    [stop] = said_of(sitting).stopping([Gate.PLAN])
    assert (stop.finding.rule, stop.finding.overridable) == ("allergy-agent", False)
    clinician = sitting.encounter.clinician
    encounters.confirm_identity(
        procedure_id=sitting.pk, identifiers=("name", "born_on"), actor=make_desk()
    )
    with pytest.raises(procedures.UnsafePlan):
        procedures.authorise(procedure_id=sitting.pk, actor=clinician)


@pytest.mark.hazard("HAZ-005")
def test_an_allergy_of_the_one_that_stays_stops_a_session_that_came_with_the_other() -> None:
    survivor, merged = make_patient(), make_patient()
    sitting = visit_of(merged, until=Step.INJECT)
    allergic(survivor, "Lidocaine", "anaphylaxis")
    done = merge(survivor, merged)
    assert said_of(sitting).stopping([Gate.PLAN])
    unmerge(done)
    assert said_of(sitting).stopping([Gate.PLAN]) == []


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize("ended_on_survivor", [True, False])
def test_an_allergy_that_is_over_here_and_stands_there_stands(ended_on_survivor: bool) -> None:
    survivor, merged = make_patient(), make_patient()
    over, stands = (survivor, merged) if ended_on_survivor else (merged, survivor)
    sitting = visit_of(survivor, until=Step.CONSENT)
    for patient in (over, stands):
        allergic(patient, "Lidocaine", "severe")
    line = over.statements.get(kind=StatementKind.ALLERGY)
    chart.end_statement(
        patient_id=over.pk, statement_id=line.pk, ended_on=timezone.localdate(),
        actor=make_clinician(),
    )  # fmt: skip
    merge(survivor, merged)
    assert answers(sitting, "allergy-agent") == [(RuleAnswer.FIRES, Severity.CRITICAL)]


@pytest.mark.hazard("HAZ-005")
def test_none_known_here_and_an_allergy_there_is_an_allergy() -> None:
    survivor = make_patient(no_known_allergies=True)
    merge(survivor, make_patient(allergies=("Latex",)))
    facts = facts_for_patient(fresh(survivor), now=timezone.now())
    assert [one.text for one in facts.patient.allergies or ()] == ["Latex"]
    assert not fresh(survivor).no_known_allergies


@pytest.mark.hazard("HAZ-005")
def test_not_asked_here_and_none_known_there_is_still_to_be_asked() -> None:
    survivor = make_patient()
    merge(survivor, make_patient(no_known_allergies=True))
    assert facts_for_patient(fresh(survivor), now=timezone.now()).patient.allergies is None


@pytest.mark.hazard("HAZ-003")
def test_the_anaesthetic_that_each_record_holds_of_today_adds_up() -> None:
    survivor, merged = make_patient(), make_patient()
    visit_of(survivor)
    visit_of(merged)
    alone, other = used(survivor, "local-anaesthetic"), used(merged, "local-anaesthetic")
    assert alone
    assert other
    done = merge(survivor, merged)
    both = used(survivor, "local-anaesthetic")
    # Rounded up each, the sum may be a thousandth less than the two.
    assert both is not None
    assert alone + other - 1 <= both <= alone + other
    unmerge(done)
    assert used(survivor, "local-anaesthetic") == alone
    assert used(merged, "local-anaesthetic") == other


@pytest.mark.hazard("HAZ-003")
def test_an_unknown_dose_told_on_the_merged_record_is_unknown_and_not_nothing() -> None:
    survivor, merged = make_patient(), make_patient()
    sitting = visit_of(survivor, until=Step.CONSENT)
    assert answers(sitting, "la-load")[0][0] is RuleAnswer.CLEAR
    chart.add_elsewhere_dose(
        patient_id=merged.pk, agent="lidocaine", amount_ug=None, units_centi=None,
        given_on=timezone.localdate(), actor=make_clinician(),
    )  # fmt: skip
    merge(survivor, merged)
    assert answers(sitting, "la-load")[0][0] is RuleAnswer.CANNOT_TELL


@pytest.mark.hazard("HAZ-006")
def test_the_interval_of_botulinum_toxin_counts_from_either_record() -> None:
    survivor, merged = make_patient(), make_patient()
    today = centre.today(timezone.now())
    chart.add_elsewhere_dose(
        patient_id=merged.pk, agent="onabotulinumtoxin_a", amount_ug=None, units_centi=10_000,
        given_on=today - timedelta(days=10), actor=make_clinician(),
    )  # fmt: skip
    assert day.botulinum_not_before([survivor.pk], day=today) == {}
    merge(survivor, merged)
    not_before = day.botulinum_not_before([survivor.pk, merged.pk], day=today)
    assert not_before == {survivor.pk: today + timedelta(days=74)}


@pytest.mark.hazard("HAZ-006")
def test_a_sex_nobody_is_sure_of_leaves_pregnancy_to_be_asked() -> None:
    survivor, merged = make_patient(sex=Sex.MALE), make_patient(sex=Sex.FEMALE)
    merge(survivor, merged, sex="unknown")
    assert facts_for_patient(fresh(survivor), now=timezone.now()).patient.pregnant is None


@pytest.mark.hazard("HAZ-003")
def test_weights_far_apart_leave_the_session_without_one_until_somebody_weighs() -> None:
    survivor = make_patient(weight_kg=Decimal(70))
    merged = make_patient(weight_kg=Decimal(110))
    sitting = visit_of(survivor, until=Step.CONSENT)
    merge(survivor, merged, weight="weigh-first")
    found = [one for one in said_of(sitting).check.findings if one.rule == "la-load"]
    assert found[0].answer is RuleAnswer.CANNOT_TELL
    assert found[0].stops
