"""What words and codes stand for."""

import pytest

from tautband.clinical.terminology import (
    allergies,
    conditions,
    is_anaphylaxis,
    is_anticoagulant,
    listed,
    match_term,
    medicines,
)
from tautband.clinical.terms import AllergySeverity
from tests.unit.clinical.build import patient, term


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Lignocaine 2%", {"lidocaine"}),
        ("lidocaine hydrochloride 10 MG/ML Injectable Solution", {"lidocaine"}),
        ("Depo-Medrone", {"methylprednisolone"}),
        ("Marcain 0.25%", {"bupivacaine"}),
        ("KENALOG-40", {"triamcinolone"}),
        ("EMLA cream", {"lidocaine", "prilocaine"}),
        ("levobupivacaine", {"levobupivacaine"}),
        ("chloroprocaine", {"chloroprocaine"}),
        ("بوتوكس", {"onabotulinumtoxin_a"}),
        ("clopidogrel 75 MG Oral Tablet", {"clopidogrel"}),
        ("Warfarin Sodium 5 MG Oral Tablet", {"warfarin"}),
        ("penicillin V", {"penicillins"}),
        ("metoprolol", set()),
    ],
)
def test_names_and_brands_are_read(text: str, ids: set[str]) -> None:
    assert match_term(term(text)).ids == ids


@pytest.mark.parametrize("text", ["NKDA", "n.k.d.a.", "No known allergies", "none", "لا يوجد"])
def test_a_statement_of_absence_is_no_allergy(text: str) -> None:
    match = match_term(term(text.replace(".", "")))
    assert match.none
    assert match.readable


def test_a_code_counts_only_in_its_own_system() -> None:
    assert match_term(term(system="RxNorm", code="6387")).ids == {"lidocaine"}
    assert match_term(term(system="ATC", code="6387")).ids == frozenset()
    assert not match_term(term(system="ATC", code="6387")).readable
    assert match_term(term("tablet", system="ATC", code="6387")).readable
    assert not match_term(term()).readable


def test_a_list_says_what_it_knows() -> None:
    assert not listed(None, "anticoagulant").known
    assert listed((), "anticoagulant").sure
    both = listed(
        (term("Eliquis"), term("apixaban"), term("Plavix")), "anticoagulant", "antiplatelet"
    )
    assert both.named == ("Apixaban", "Clopidogrel")
    assert not listed((term(code="9"),), "anticoagulant").sure


def test_a_no_today_settles_its_topic_and_no_other() -> None:
    said_no = patient(medications=None, denied=frozenset({"anticoagulant", "antiplatelet"}))
    assert medicines(said_no, "anticoagulant").sure
    assert not medicines(said_no, "aminoglycoside").sure
    assert not medicines(said_no, "anticoagulant", "insulin").sure
    # What stands on the chart outweighs a no.
    on_chart = patient(medications=(term("Warfarin"),), denied=frozenset({"anticoagulant"}))
    assert medicines(on_chart, "anticoagulant").named == ("Warfarin",)


def test_i_do_not_know_unsettles_its_topic_and_no_other() -> None:
    who = patient(medications=(term("paracetamol"),), unsure=frozenset({"anticoagulant"}))
    assert not medicines(who, "anticoagulant").sure
    assert medicines(who, "aminoglycoside").sure
    assert not conditions(patient(unsure=frozenset({"heart"})), "heart").sure


@pytest.mark.parametrize(
    ("allergies_told", "sure"),
    [
        ((), True),
        (("NKDA",), True),
        (("penicillin",), True),
        (("penicillin", "the jab"), False),
        (("penicillin and the jab",), False),
        (("no known food allergies",), False),
        (("no known food allergies", "NKDA"), True),
        (("unknown",), False),
    ],
)
def test_an_allergy_in_words_no_table_knows_may_be_any(
    allergies_told: tuple[str, ...], sure: bool
) -> None:
    who = patient(allergies=tuple(term(text) for text in allergies_told))
    assert allergies(who, "milk").sure is sure


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        (term("lidocaine"), False),
        (term("lidocaine", severity=AllergySeverity.SEVERE), False),
        (term("lidocaine", severity=AllergySeverity.ANAPHYLAXIS), True),
        (term("anaphylactic reaction to lidocaine"), True),
        (term("lidocaine", reaction="anaphylaxis"), True),
        (term("ليدوكايين", reaction="تأق"), True),
    ],
)
def test_anaphylaxis_is_read_from_the_grade_or_the_words(entry: object, expected: bool) -> None:
    assert is_anaphylaxis(entry) is expected


def test_blood_thinners_are_told_from_other_medicines() -> None:
    assert is_anticoagulant(term("Xarelto"))
    assert is_anticoagulant(term("aspirin"))
    assert not is_anticoagulant(term("paracetamol"))
