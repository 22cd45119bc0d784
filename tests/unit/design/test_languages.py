"""Words in the reader's language: what runs the other way keeps its order inside the line."""

import re

import pytest
from django.utils.translation import override

from tautband.clinical.amounts import format_mg
from tautband.clinical.anatomy import muscles
from tautband.clinical.words import say
from tautband.design.languages import apart, doses_apart, listed, said
from tests.unit.clinical.build import facts, finding, patient, row, term

LRI, FSI, PDI = "\u2066", "\u2068", "\u2069"


def balanced(text: str) -> bool:
    depth = 0
    for ch in text:
        depth += (ch in LRI + FSI) - (ch == PDI)
        assert depth >= 0
    return depth == 0


def test_english_is_left_alone() -> None:
    with override("en"):
        assert apart("Jo Pell") == "Jo Pell"
        assert doses_apart("25 mg of it") == "25 mg of it"


def test_a_name_is_set_apart_once_and_a_list_of_names_not_again() -> None:
    with override("ar"):
        assert apart("Jo Pell") == f"{FSI}Jo Pell{PDI}"
        inner = listed(", ", ("Jo Pell", "Rana"))
        assert apart(inner) == inner
        # Set apart as a whole, the list would be read from left to right.
        assert listed("; ", (inner, "x")).startswith(f"{FSI}Jo Pell{PDI}")


@pytest.mark.hazard("HAZ-003")
@pytest.mark.parametrize(
    "dose",
    ["0.5\u00a0mg", "1.5 kg/cm\u00b2", "20\u00a0%", "20%", "1\u00a0mg/mL", "38 mm", "25 G",
     "27.3 kg/m\u00b2", "2.5\u00a0\u00b5g/mL"],
)  # fmt: skip
def test_a_number_and_its_unit_stay_together_from_left_to_right(dose: str) -> None:
    with override("ar"):
        said = doses_apart(f"\u062f\u0648\u0627\u0621 {dose} \u062b\u0645")
        assert f"{LRI}{dose}{PDI}" in said
        assert balanced(said)
        alone = dose.split("\u00a0" if "\u00a0" in dose else " ")[0].rstrip("%")
        again = doses_apart(f"{FSI}{alone}{PDI}{dose[len(alone) :]}")
        assert f"{LRI}{dose}{PDI}" in again
        assert balanced(again)


def test_a_sentence_with_a_dose_and_a_name_is_balanced() -> None:
    with override("ar"):
        said = doses_apart(
            say("{name}: {dose} ({day})", name="Jo Pell", dose=format_mg(500), day="1")
        )
        assert balanced(said)
        assert re.search(f"{LRI}0.5\u00a0mg{PDI}", said)


@pytest.mark.hazard("HAZ-004")
def test_a_finding_names_every_muscle_over_the_lung_in_arabic() -> None:
    over_lung = [each for each in muscles() if each.over_lung]
    assert len(over_lung) > 10
    for muscle in over_lung:
        words = finding("needle-pleura", facts(row(muscle.id, depth=None, needle="60"))).words
        assert muscle.name_en.split(" (")[0][1:] in words
        with override("ar"):
            assert not re.search(r"[A-Za-z]{4}", said(words)), (muscle.id, said(words))


@pytest.mark.hazard("HAZ-005")
def test_a_finding_names_what_is_used_beside_the_drug_in_arabic() -> None:
    allergic = patient(allergies=(term("latex"), term("chlorhexidine")))
    words = finding("allergy-supplies", facts(row(), who=allergic)).words
    assert "latex" in words
    with override("ar"):
        assert not re.search(r"[A-Za-z]{4}", said(words)), said(words)
