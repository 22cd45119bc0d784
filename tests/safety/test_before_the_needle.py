"""Allergy, bleeding, infection, consent, identity, rescue: what is settled before the needle."""

from decimal import Decimal

import pytest

from tautband.clinical import check_session
from tautband.clinical.findings import Gate, Severity
from tautband.clinical.terms import AllergySeverity, Infection
from tests.unit.clinical.build import (
    CANNOT_TELL,
    CLEAR,
    FIRES,
    answer,
    facts,
    finding,
    of,
    patient,
    product,
    row,
    syringe,
    term,
    toxin,
)


def allergic(*allergies: object) -> object:
    return patient(allergies=allergies)


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize(
    ("agent", "allergy", "expected"),
    [
        ("lidocaine", "Lignocaine: swelling", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "XYLOCAINE", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "الليدوكايين", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "Bupivacaine", (FIRES, Severity.WARNING)),
        ("lidocaine", "local anesthetics", (FIRES, Severity.WARNING)),
        ("lidocaine", "Procaine", (CLEAR, None)),
        ("procaine", "Benzocaine", (FIRES, Severity.WARNING)),
        ("procaine", "Lidocaine", (CLEAR, None)),
        ("lidocaine", "Methylparaben", (FIRES, Severity.WARNING)),
        ("triamcinolone", "benzyl alcohol", (FIRES, Severity.WARNING)),
        ("onabotulinumtoxin_a", "albumin", (FIRES, Severity.CRITICAL)),
        ("onabotulinumtoxin_a", "Dysport", (FIRES, Severity.CRITICAL)),
        ("onabotulinumtoxin_a", "botulinum toxin", (FIRES, Severity.CRITICAL)),
        ("onabotulinumtoxin_a", "milk", (CLEAR, None)),
        ("triamcinolone", "prednisolone", (FIRES, Severity.WARNING)),
        ("triamcinolone", "polysorbate 80", (FIRES, Severity.WARNING)),
        ("methylprednisolone", "PEG", (FIRES, Severity.WARNING)),
        ("dexamethasone", "sulfites", (FIRES, Severity.WARNING)),
        ("dexamethasone", "benzyl alcohol", (FIRES, Severity.WARNING)),
        ("betamethasone", "parabens", (FIRES, Severity.WARNING)),
        ("lidocaine", "PABA", (FIRES, Severity.WARNING)),
        ("procaine", "PABA", (FIRES, Severity.WARNING)),
        ("ropivacaine", "PABA", (CLEAR, None)),
        ("lidocaine", "novacaine", (CLEAR, None)),
        ("procaine", "novacaine", (FIRES, Severity.CRITICAL)),
        ("lidocaine", "penicillin", (CLEAR, None)),
        ("lidocaine", "sulfa drugs", (CLEAR, None)),
        ("lidocaine", "the jab at the dentist", (CANNOT_TELL, Severity.WARNING)),
        ("lidocaine", "penicillin and the jab", (CANNOT_TELL, Severity.WARNING)),
        ("lidocaine", "unknown", (CANNOT_TELL, Severity.WARNING)),
        ("lidocaine", "?", (CANNOT_TELL, Severity.WARNING)),
        ("lidocaine", "no known food allergies", (CANNOT_TELL, Severity.WARNING)),
        ("abobotulinumtoxin_a", "milk", (CLEAR, None)),
        ("lidocaine", "sulfites", (CLEAR, None)),
        ("lidocaine", "adrenaline", (CLEAR, None)),
        ("lidocaine", "Latex", (CLEAR, None)),
        ("lidocaine", "Strawberries", (CLEAR, None)),
        ("lidocaine", "NKDA", (CLEAR, None)),
        ("lidocaine", "لا توجد حساسية", (CLEAR, None)),
        ("other", "Strawberries", (CANNOT_TELL, Severity.WARNING)),
        ("other", "NKDA", (CLEAR, None)),
    ],
)
def test_nothing_is_injected_that_the_patient_reacts_to(
    agent: str, allergy: str, expected: tuple[object, object]
) -> None:
    session = of(product(agent, "10", "1"), who=allergic(term(allergy)))
    assert answer("allergy-agent", session) == expected


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize("allergy", ["sulphite", "Adrenaline"])
def test_what_comes_with_epinephrine_counts(allergy: str) -> None:
    session = of(product(epinephrine="5"), who=allergic(term(allergy)))
    assert answer("allergy-agent", session) == (FIRES, Severity.CRITICAL)
    unread = of(product(epinephrine=None), who=allergic(term(allergy)))
    assert answer("allergy-agent", unread) == (FIRES, Severity.WARNING)


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize(
    "bad",
    [
        term("lidocaine", severity=AllergySeverity.ANAPHYLAXIS),
        term("lidocaine: anaphylactic shock"),
        term("lidocaine", severity=AllergySeverity.SEVERE, reaction="Anaphylaxis in 2019"),
        term("ليدوكايين", reaction="صدمة تحسسية"),
    ],
)
def test_anaphylaxis_to_the_same_ingredient_is_never_overridden(bad: object) -> None:
    found = finding("allergy-agent", of(product(), who=allergic(bad)))
    assert found.severity is Severity.CRITICAL
    assert not found.overridable
    assert "anaphylaxis" in found.words
    # One that nobody may override stands before one that a senior may.
    both = facts(
        row(syringe="B"),
        row(),
        syringes=(syringe(), syringe(product("bupivacaine", "2.5"), name="B")),
        who=allergic(term("Marcaine"), bad),
    )
    assert not finding("allergy-agent", both).overridable


@pytest.mark.hazard("HAZ-005")
def test_a_lesser_reaction_to_the_same_ingredient_a_senior_may_override() -> None:
    mild = term("lidocaine", severity=AllergySeverity.MILD)
    assert finding("allergy-agent", of(product(), who=allergic(mild))).overridable


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize(
    ("agent", "allergy", "expected"),
    [
        ("lidocaine", "bupivacaine", Severity.WARNING),
        ("lidocaine", "methylparaben", Severity.CRITICAL),
        ("methylprednisolone", "macrogol", Severity.CRITICAL),
    ],
)
def test_anaphylaxis_to_a_preservative_stops_and_to_the_class_warns(
    agent: str, allergy: str, expected: Severity
) -> None:
    bad = term(allergy, severity=AllergySeverity.ANAPHYLAXIS)
    found = finding("allergy-agent", of(product(agent, "10", "1"), who=allergic(bad)))
    assert (found.answer, found.severity, found.overridable) == (FIRES, expected, True)


@pytest.mark.hazard("HAZ-005")
def test_a_syringe_on_the_tray_is_looked_at_before_a_row_uses_it() -> None:
    session = facts(row(syringe=None, ml=None), who=allergic(term("lidocaine")))
    found = finding("allergy-agent", session)
    assert (found.severity, found.rows) == (Severity.CRITICAL, ())


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize(
    ("allergies", "expected"),
    [
        ((), (CLEAR, None)),
        ((term("penicillin"),), (CLEAR, None)),
        ((term("Latex"),), (FIRES, Severity.WARNING)),
        ((term("Chlorhexidine: rash"),), (FIRES, Severity.WARNING)),
        ((term("Betadine"),), (FIRES, Severity.WARNING)),
        (None, (CANNOT_TELL, Severity.INFO)),
        ((term("some skin stuff"),), (CANNOT_TELL, Severity.INFO)),
    ],
)
def test_gloves_cleaner_and_plaster_are_looked_at_before_the_needle(
    allergies: object, expected: tuple[object, object]
) -> None:
    dry = facts(row(syringe=None, ml=None), syringes=(), who=patient(allergies=allergies))
    assert answer("allergy-supplies", dry) == expected
    assert finding("allergy-supplies", dry).gate is Gate.TIME_OUT
    assert answer("allergy-supplies", facts(who=patient(allergies=allergies))) == (CLEAR, None)


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize("allergy", ["lidocaine", "bupivacaine"])
def test_only_the_rows_that_hold_it_are_named(allergy: str) -> None:
    session = facts(
        row(syringe="B"),
        row(),
        syringes=(syringe(), syringe(product("saline", None), name="B")),
        who=allergic(term(allergy)),
    )
    assert finding("allergy-agent", session).rows == (1,)


@pytest.mark.hazard("HAZ-005")
def test_an_allergy_that_no_longer_holds_is_past() -> None:
    session = of(product(), who=allergic(term("lidocaine", active=False)))
    assert answer("allergy-agent", session) == (CLEAR, None)


@pytest.mark.hazard("HAZ-005")
@pytest.mark.parametrize("allergies", [None, (term(code="12345", system="SNOMED CT"),)])
def test_an_allergy_nobody_asked_for_or_can_read_is_not_safe(allergies: object) -> None:
    session = of(product(), who=patient(allergies=allergies))
    assert answer("allergy-agent", session) == (CANNOT_TELL, Severity.WARNING)


@pytest.mark.hazard("HAZ-005")
def test_a_known_code_is_read_without_words() -> None:
    for system, code, expected in (
        ("http://snomed.info/sct", "387480006", FIRES),
        ("http://www.nlm.nih.gov/research/umls/rxnorm", "6387", FIRES),
        ("http://snomed.info/sct", "716186003", CLEAR),
    ):
        who = allergic(term(code=code, system=system))
        assert answer("allergy-agent", of(product(), who=who))[0] is expected


@pytest.mark.hazard("HAZ-005")
def test_a_dry_needle_holds_nothing_to_react_to() -> None:
    session = facts(row(syringe=None, ml=None), syringes=(), who=patient(allergies=None))
    assert answer("allergy-agent", session) == (CLEAR, None)


@pytest.mark.hazard("HAZ-005")
def test_a_drug_of_no_table_with_an_unknown_syringe_is_not_safe() -> None:
    session = facts(row(syringe="lost"), who=allergic(term("penicillin")))
    assert answer("allergy-agent", session)[0] is CANNOT_TELL


@pytest.mark.hazard("HAZ-009")
@pytest.mark.parametrize(
    ("infection", "expected"),
    [
        (Infection.NONE, (CLEAR, None)),
        (Infection.SITE, (FIRES, Severity.CRITICAL)),
        (Infection.SYSTEMIC, (FIRES, Severity.CRITICAL)),
        (None, (CANNOT_TELL, Severity.WARNING)),
    ],
)
def test_no_needle_through_infection(
    infection: Infection | None, expected: tuple[object, object]
) -> None:
    session = of(product(), who=patient(infection=infection))
    assert answer("infection-site", session) == expected
    assert finding("infection-site", session).gate is Gate.TIME_OUT


@pytest.mark.hazard("HAZ-008")
@pytest.mark.parametrize(
    "medicine",
    ["Warfarin 5 mg", "COUMADIN", "Apixaban", "Xarelto", "dabigatran", "Edoxaban", "Clexane",
     "Clopidogrel 75 mg", "ticagrelor", "prasugrel", "Aspirin 81 MG Oral Tablet", "وارفارين"],
)  # fmt: skip
def test_blood_thinners_mean_pressure_and_never_stopping(medicine: str) -> None:
    found = finding("anticoagulant", of(product(), who=patient(medications=(term(medicine),))))
    assert (found.answer, found.severity) == (FIRES, Severity.WARNING)
    assert "pressure" in found.words
    assert "Do not advise stopping" in found.words


@pytest.mark.hazard("HAZ-008")
@pytest.mark.parametrize(("inr", "words"), [(None, "INR unknown"), ("3", "INR 3"), ("2.9", "")])
def test_warfarin_asks_for_the_inr(inr: str | None, words: str) -> None:
    who = patient(medications=(term("warfarin"),), inr=None if inr is None else Decimal(inr))
    found = finding("anticoagulant", of(product(), who=who))
    assert words in found.words
    assert ("INR" in found.words) == bool(words)


@pytest.mark.hazard("HAZ-008")
def test_a_thinner_without_a_name_is_asked_for_and_a_high_inr_is_said_whatever_it_is() -> None:
    unnamed = patient(medications=(term("blood thinner: the pink pill"),), inr=None)
    assert (
        "for warfarin, measure the INR"
        in finding("anticoagulant", of(product(), who=unnamed)).words
    )
    high = patient(medications=(term("apixaban"),), inr=Decimal("3.4"))
    assert "INR 3.4, 3 or more" in finding("anticoagulant", of(product(), who=high)).words


@pytest.mark.hazard("HAZ-008")
def test_a_bleeding_disorder_is_pressed_on_and_has_no_medicine_to_keep() -> None:
    who = patient(conditions=(term("Haemophilia"),))
    words = finding("anticoagulant", of(product(), who=who)).words
    assert "hold firm pressure" in words
    assert "stopping" not in words


@pytest.mark.hazard("HAZ-008")
@pytest.mark.parametrize("muscle", ["psoas_major", "gluteus_medius", "multifidus_cervicis", None])
def test_where_no_hand_can_press_is_said(muscle: str) -> None:
    session = facts(row(), row(muscle), who=patient(medications=(term("apixaban"),)))
    assert "Row 2: deep" in finding("anticoagulant", session).words


@pytest.mark.hazard("HAZ-008")
def test_bleeding_unknown_or_absent() -> None:
    def said(**changes: object) -> object:
        return answer("anticoagulant", of(product(), who=patient(**changes)))[0]

    assert said(medications=None) is CANNOT_TELL
    assert said(medications=(term(code="1", system="RxNorm"),)) is CANNOT_TELL
    assert said(conditions=(term("Haemophilia"),)) is FIRES
    assert said(medications=(term("warfarin", active=False),)) is CLEAR
    assert said(conditions=None) is CANNOT_TELL
    thinners = frozenset({"anticoagulant", "antiplatelet", "bleeding"})
    assert said(medications=None, conditions=None, denied=thinners) is CLEAR
    assert said(unsure=frozenset({"anticoagulant"})) is CANNOT_TELL
    assert answer("anticoagulant", facts()) == (CLEAR, None)


@pytest.mark.parametrize(
    ("rule", "key"),
    [
        pytest.param("consent-missing", "consent", marks=pytest.mark.hazard("HAZ-010")),
        pytest.param("resuscitation-missing", "resuscitation", marks=pytest.mark.hazard("HAZ-011")),
        pytest.param(
            "identity-unconfirmed", "identity_confirmed", marks=pytest.mark.hazard("HAZ-001")
        ),
    ],
)
def test_the_time_out_stops_until_it_is_settled(rule: str, key: str) -> None:
    for given, expected, stops in (
        (True, CLEAR, False),
        (False, FIRES, True),
        (None, CANNOT_TELL, True),
    ):
        session = facts(row(), **{key: given})
        found = finding(rule, session)
        assert (found.answer, found.stops, found.gate) == (expected, stops, Gate.TIME_OUT)
        assert (found in check_session(session).stopping(Gate.TIME_OUT)) == stops
        assert found not in check_session(session).stopping(Gate.PLAN)


def test_consent_and_identity_are_never_overridden() -> None:
    session = facts(row(), consent=False, identity_confirmed=False, resuscitation=False)
    assert not finding("consent-missing", session).overridable
    assert not finding("identity-unconfirmed", session).overridable
    assert finding("resuscitation-missing", session).overridable


@pytest.mark.hazard("HAZ-015")
@pytest.mark.parametrize(
    ("points", "expected"),
    [(1, (CLEAR, None)), (0, (FIRES, Severity.WARNING)), (None, (CANNOT_TELL, Severity.WARNING))],
)
def test_what_was_not_found_is_not_injected(
    points: int | None, expected: tuple[object, object]
) -> None:
    assert answer("indication-missing", facts(row(), trigger_points=points)) == expected
    assert answer("indication-missing", facts(trigger_points=points)) == (CLEAR, None)


def test_the_plainest_session_is_clear_throughout() -> None:
    assert check_session(of(product(ml="2"))).speaking() == ()


def test_toxin_with_saline_in_one_syringe_is_clear() -> None:
    vial = toxin("100", ml=None)
    session = facts(row(ml="1"), syringes=(syringe(vial, product("saline", None, "2")),))
    assert [f.rule for f in check_session(session).speaking()] == []
