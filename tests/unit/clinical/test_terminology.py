"""What words and codes stand for."""

import pytest

from tautband.clinical.terminology import is_anticoagulant, listed, match_term
from tests.unit.clinical.build import term


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
        ("penicillin V", set()),
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


def test_blood_thinners_are_told_from_other_medicines() -> None:
    assert is_anticoagulant(term("Xarelto"))
    assert is_anticoagulant(term("aspirin"))
    assert not is_anticoagulant(term("paracetamol"))
