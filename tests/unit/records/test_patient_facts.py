"""What the rules are told of a patient: a no settles its own topic, and nothing is guessed."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import pytest

from tautband.clinical import check_session
from tautband.clinical.facts import PatientFacts, Term
from tautband.clinical.findings import RuleAnswer
from tautband.clinical.terminology import conditions, medicines
from tautband.clinical.terms import AgentKind, AllergySeverity, Answer, Infection, Sex
from tautband.records.chart_lines import ChartLines, Weighing
from tautband.records.models import Encounter, Patient, Procedure
from tautband.records.models.vocabulary import MeasurementKind, StatementKind
from tautband.records.patient_facts import TOPICS, age_on, patient_facts
from tests.unit.clinical.build import facts, finding, product, row, syringe, toxin

TODAY = date(2026, 11, 24)
YES, NO, UNKNOWN = Answer.YES, Answer.NO, Answer.UNKNOWN
EVERY = (*TOPICS, "allergies", "pregnant", "breastfeeding", "infection", "immunosuppression")


def known(
    *,
    chart: dict[StatementKind, list[Term]] | None = None,
    kept: tuple[StatementKind, ...] = (),
    sitting: bool = True,
    no_known_allergies: bool = False,
    sex: Sex = Sex.FEMALE,
    measured: tuple[Weighing, ...] = (),
    **answers: Answer | tuple[Answer, dict[str, str]],
) -> PatientFacts:
    """A patient who says no to everything but what the test says."""
    said = dict.fromkeys(EVERY, NO) | answers
    lines = ChartLines(
        measurements=list(measured),
        terms={str(k): v for k, v in (chart or {}).items()},
        answers={
            q: a if isinstance(a, tuple) else (a, {}) for q, a in said.items() if a is not None
        }
        if sitting
        else {},
        kept={str(k) for k in kept},
    )
    patient = Patient(born_on=date(1980, 5, 1), sex=sex, no_known_allergies=no_known_allergies)
    procedure = Procedure(patient=patient, encounter=Encounter(patient=patient))
    return patient_facts(patient, procedure if sitting else None, lines, TODAY)


def answer(rule: str, who: PatientFacts, agent: str = "onabotulinumtoxin_a") -> RuleAnswer:
    item = toxin() if agent.endswith("toxin_a") else product(agent, "10", "1")
    return finding(rule, facts(row(ml="1"), syringes=(syringe(item),), who=who)).answer


@pytest.mark.hazard("HAZ-006")
def test_another_condition_on_the_chart_does_not_answer_for_the_one_nobody_knew() -> None:
    chart = {StatementKind.CONDITION: [Term(text="hypertension")]}
    unsure = known(chart=chart, kept=(StatementKind.CONDITION,), neuromuscular=UNKNOWN)
    assert answer("bont-neuromuscular", unsure) is RuleAnswer.CANNOT_TELL
    denied = known(chart=chart, kept=(StatementKind.CONDITION,))
    assert answer("bont-neuromuscular", denied) is RuleAnswer.CLEAR
    ill = known(neuromuscular=(YES, {"what": "ptosis at night"}))
    assert answer("bont-neuromuscular", ill) is RuleAnswer.FIRES


@pytest.mark.hazard("HAZ-008")
def test_another_medicine_on_the_chart_does_not_answer_for_blood_thinners() -> None:
    chart = {StatementKind.MEDICINE: [Term(text="paracetamol")]}
    unsure = known(chart=chart, kept=(StatementKind.MEDICINE,), anticoagulant=UNKNOWN)
    assert answer("anticoagulant", unsure) is RuleAnswer.CANNOT_TELL
    assert answer("anticoagulant", known(chart=chart)) is RuleAnswer.CLEAR
    assert answer("anticoagulant", known()) is RuleAnswer.CLEAR


@pytest.mark.hazard("HAZ-007")
@pytest.mark.hazard("HAZ-006")
def test_no_to_blood_thinners_does_not_say_that_no_medicine_is_taken() -> None:
    who = known()
    assert answer("steroid-cyp3a4", who, "triamcinolone") is RuleAnswer.CANNOT_TELL
    assert answer("bont-aminoglycoside", who) is RuleAnswer.CANNOT_TELL
    listed = known(
        chart={StatementKind.MEDICINE: [Term(text="paracetamol")]},
        kept=(StatementKind.MEDICINE,),
    )
    assert answer("steroid-cyp3a4", listed, "triamcinolone") is RuleAnswer.CLEAR
    assert answer("bont-aminoglycoside", listed) is RuleAnswer.CLEAR


@pytest.mark.hazard("HAZ-003")
def test_no_to_todays_questions_does_not_say_that_the_heart_is_sound() -> None:
    assert answer("la-reduced-ceiling", known(), "lidocaine") is RuleAnswer.CANNOT_TELL
    chart = {StatementKind.CONDITION: [Term(text="migraine")]}
    kept = known(chart=chart, kept=(StatementKind.CONDITION,))
    assert answer("la-reduced-ceiling", kept, "lidocaine") is RuleAnswer.CLEAR


def test_a_line_that_only_came_from_a_question_makes_no_whole_list() -> None:
    chart = {StatementKind.MEDICINE: [Term(text="warfarin")]}
    who = known(chart=chart, anticoagulant=(YES, {"medicine": "warfarin"}))
    assert medicines(who, "anticoagulant").named == ("Warfarin",)
    assert not medicines(who, "cyp3a4-strong").sure


@pytest.mark.hazard("HAZ-008")
@pytest.mark.parametrize("medicine", ["the small pink pill", "apixaban", "Blood thinner"])
def test_a_blood_thinner_stays_one_where_no_table_knows_its_name(medicine: str) -> None:
    who = known(anticoagulant=(YES, {"medicine": medicine}))
    assert answer("anticoagulant", who) is RuleAnswer.FIRES
    assert medicine.casefold() in (who.medications or ())[0].text.casefold()


@pytest.mark.hazard("HAZ-008")
def test_a_bleeding_disorder_told_with_the_medicines_is_a_condition() -> None:
    who = known(anticoagulant=(YES, {"medicine": "haemophilia A"}))
    assert who.medications is None
    assert conditions(who, "bleeding").named
    assert answer("anticoagulant", who) is RuleAnswer.FIRES


@pytest.mark.hazard("HAZ-006")
@pytest.mark.hazard("HAZ-007")
def test_what_is_told_beside_other_questions_counts_as_a_medicine() -> None:
    on_gentamicin = known(infection=(YES, {"kind": "site", "antibiotics": "gentamicin"}))
    assert answer("bont-aminoglycoside", on_gentamicin) is RuleAnswer.FIRES
    boosted = known(immunosuppression=(YES, {"what": "HIV, on ritonavir"}))
    assert answer("steroid-cyp3a4", boosted, "triamcinolone") is RuleAnswer.FIRES
    vague = known(immunosuppression=(YES, {"what": "HIV"}))
    assert answer("steroid-cyp3a4", vague, "triamcinolone") is RuleAnswer.CANNOT_TELL


@pytest.mark.hazard("HAZ-006")
@pytest.mark.hazard("HAZ-003")
def test_who_cannot_say_what_was_given_elsewhere_is_not_as_one_who_had_nothing() -> None:
    who = known(botulinum_elsewhere=UNKNOWN, anaesthetic_elsewhere=UNKNOWN)
    assert who.unsure >= {AgentKind.BOTULINUM_TOXIN, AgentKind.LOCAL_ANAESTHETIC}
    assert AgentKind.CORTICOSTEROID not in who.unsure
    assert answer("bont-interval", who) is RuleAnswer.CANNOT_TELL
    assert answer("bont-interval", known()) is RuleAnswer.CLEAR


def test_a_question_not_put_yet_is_as_good_as_unknown() -> None:
    who = known(botulinum_elsewhere=None, anticoagulant=None)
    assert AgentKind.BOTULINUM_TOXIN in who.unsure
    assert not medicines(who, "anticoagulant").sure


def test_before_any_sitting_nothing_is_denied_and_nothing_unsure() -> None:
    who = known(sitting=False)
    assert (who.denied, who.unsure) == (frozenset(), frozenset())
    assert who.medications is None
    assert who.allergies is None


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize(
    ("said", "on_chart", "nka", "expected"),
    [
        (NO, [], False, ()),
        (NO, [Term(text="latex")], False, (Term(text="latex"),)),
        (None, [], True, ()),
        (None, [], False, None),
        (UNKNOWN, [], True, (Term(text="unknown"),)),
        ((YES, {}), [], False, (Term(text="unknown"),)),
    ],
)
def test_allergies_as_told(said: object, on_chart: list[Term], nka: bool, expected: object) -> None:
    who = known(allergies=said, chart={StatementKind.ALLERGY: on_chart}, no_known_allergies=nka)
    assert who.allergies == expected


@pytest.mark.hazard("HAZ-005")
def test_a_worse_reaction_told_today_is_not_lost_to_the_charts_milder_one() -> None:
    chart = {StatementKind.ALLERGY: [Term(text="Lidocaine", severity=AllergySeverity.MILD)]}
    told = (YES, {"substance": "lidocaine", "severity": "anaphylaxis", "reaction": "collapse"})
    who = known(chart=chart, allergies=told)
    found = finding("allergy-agent", facts(row(), who=who))
    assert not found.overridable
    again = known(
        chart={
            StatementKind.ALLERGY: [
                Term(text="lidocaine", severity=AllergySeverity.ANAPHYLAXIS, reaction="collapse")
            ]
        },
        allergies=told,
    )
    assert len(again.allergies or ()) == 1


@pytest.mark.hazard("HAZ-004")
@pytest.mark.parametrize(
    ("details", "lung", "cpap", "collapsed"),
    [
        ({"disease": "COPD", "cpap": "no", "past_pneumothorax": "no"}, True, False, False),
        ({"cpap": "yes", "past_pneumothorax": "no"}, False, True, False),
        ({"cpap": "no", "past_pneumothorax": "yes"}, False, False, True),
        ({"cpap": "no", "past_pneumothorax": "no"}, True, False, False),
        ({"cpap": "unknown", "past_pneumothorax": "no"}, None, None, False),
        ({}, True, None, False),
    ],
)
def test_lung_mask_and_an_old_collapse_stand_apart(
    details: dict[str, str], lung: object, cpap: object, collapsed: bool
) -> None:
    who = known(lung_disease=(YES, details))
    assert (who.lung_disease, who.cpap) == (lung, cpap)
    assert bool(conditions(who, "pneumothorax").named) is collapsed
    found = finding("lung-disease", facts(row("trapezius_upper"), who=who))
    assert found.answer is not RuleAnswer.CLEAR
    if collapsed:
        assert found.words.startswith("A past pneumothorax")


def test_diabetes_insulin_and_numbers_are_read_from_the_answers() -> None:
    who = known(
        diabetes=(YES, {"insulin": "no", "hba1c": "8.1"}),
        anticoagulant=(YES, {"medicine": "warfarin", "inr": "x"}),
        pregnant=(YES, {"gestation_weeks": "30"}),
    )
    assert (who.insulin, who.hba1c_percent, who.inr) == (False, Decimal("8.1"), None)
    assert who.gestation_weeks == 30
    assert answer("steroid-diabetes", who, "triamcinolone") is RuleAnswer.FIRES
    assert answer("steroid-diabetes", known(), "triamcinolone") is RuleAnswer.CLEAR
    assert answer("steroid-diabetes", known(diabetes=UNKNOWN), "triamcinolone") is (
        RuleAnswer.CANNOT_TELL
    )


def measured(kind: MeasurementKind, amount: int, days_ago: int = 0) -> Weighing:
    return Weighing(
        id=uuid4(),
        kind=str(kind),
        amount=amount,
        day=TODAY - timedelta(days=days_ago),
        instant=None,
        written=datetime(2026, 11, 24, tzinfo=UTC),
    )


def test_a_value_on_the_chart_counts_as_long_as_it_is_true() -> None:
    def who(*values: Weighing, **answers: Any) -> PatientFacts:
        return known(measured=values, **answers)

    hba1c, inr, egfr = MeasurementKind.HBA1C, MeasurementKind.INR, MeasurementKind.EGFR
    assert who(measured(hba1c, 8_100, 364)).hba1c_percent == Decimal("8.1")
    assert who(measured(hba1c, 8_100, 366)).hba1c_percent is None
    told = who(measured(hba1c, 8_100), diabetes=(YES, {"hba1c": "6.9"}))
    assert told.hba1c_percent == Decimal("6.9")
    assert who(measured(inr, 2_400)).inr == Decimal("2.4")
    assert who(measured(inr, 2_400, 1)).inr is None
    assert who(measured(egfr, 29_900, 900)).egfr == 29
    platelets = MeasurementKind.PLATELETS
    assert who(measured(platelets, 88_900, 40)).platelets_10e9_per_l == 88
    assert who().platelets_10e9_per_l is None
    # The later of two values is the one that counts.
    assert who(measured(egfr, 20_000, 90), measured(egfr, 60_000, 2)).egfr == 60


def test_before_a_sitting_the_latest_weight_counts_and_in_one_only_the_accepted() -> None:
    weighed = (measured(MeasurementKind.WEIGHT, 70_000), measured(MeasurementKind.HEIGHT, 1_700))
    before = known(measured=weighed, sitting=False)
    assert (before.weight_g, before.height_mm) == (70_000, 1_700)
    assert known(measured=weighed).weight_g is None


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        (NO, Infection.NONE),
        (UNKNOWN, None),
        ((YES, {"kind": "site"}), Infection.SITE),
        ((YES, {}), Infection.SYSTEMIC),
    ],
)
def test_infection_without_a_place_is_the_wider_one(said: object, expected: object) -> None:
    assert known(infection=said).infection is expected


def test_a_man_is_not_pregnant_whatever_was_ticked() -> None:
    assert known(sex=Sex.MALE, pregnant=UNKNOWN).pregnant is False
    assert known(sex=Sex.OTHER, pregnant=UNKNOWN).pregnant is None


def test_age_counts_birthdays_and_29_february_waits_for_march() -> None:
    assert age_on(date(2008, 11, 25), TODAY) == 17
    assert age_on(date(2008, 11, 24), TODAY) == 18
    assert age_on(date(2008, 2, 29), date(2026, 2, 28)) == 17
    assert age_on(date(2008, 2, 29), date(2026, 3, 1)) == 18


def test_who_says_no_to_everything_only_needs_to_be_weighed() -> None:
    heard = check_session(facts(row(), who=known())).speaking()
    assert {f.rule for f in heard if f.severity != "info"} == {"la-load", "la-weight-basis"}
