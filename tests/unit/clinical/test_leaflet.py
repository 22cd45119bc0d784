"""The patient's leaflet says what this sitting was, and nothing that it was not."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.clinical import leaflet as leaflet_module
from tautband.clinical.anatomy import muscles
from tautband.clinical.facts import SessionFacts
from tautband.clinical.knowledge import knowledge, tables
from tautband.clinical.leaflet import (
    Language,
    Part,
    Section,
    Telephones,
    agent_name,
    compose,
    muscle_name,
    word,
)
from tests.unit.clinical.build import facts, of, patient, product, row, syringe, term, toxin

RING = Telephones(emergency="999", out_of_hours="555 0142")
EVERY_PART = [(part, language) for part in Part for language in Language]


def leaflet(
    session: SessionFacts, part: Part = Part.AFTER, language: Language = Language.ENGLISH
) -> tuple[Section, ...]:
    return compose(part, session, language=language, ring=RING)


def ids(session: SessionFacts, part: Part = Part.AFTER) -> set[str]:
    return {line.id for section in leaflet(session, part) for line in section.lines}


def text(sections: tuple[Section, ...]) -> str:
    return "\n".join(line.words for section in sections for line in section.lines)


@pytest.mark.hazard("HAZ-020")
@settings(deadline=None)  # the first example reads the tables
@given(st.sampled_from(muscles()), st.sampled_from(list(Part)))
def test_the_lung_is_spoken_of_whenever_a_needle_goes_over_it_and_only_then(
    where: object, part: Part
) -> None:
    said = {"risk-lung", "now-lung"} & ids(facts(row(where.id)), part)  # type: ignore[attr-defined]
    assert bool(said) is where.over_lung  # type: ignore[attr-defined]


def test_the_lung_warning_names_the_places_and_no_others() -> None:
    session = facts(row("trapezius_upper"), row("masseter"))
    warning = next(
        line.words for s in leaflet(session) for line in s.lines if line.id == "now-lung"
    )
    assert "rapezius" in warning
    assert "asseter" not in warning


@pytest.mark.hazard("HAZ-020")
def test_a_place_nobody_wrote_down_may_lie_over_the_lung() -> None:
    warning = next(
        line.words for s in leaflet(facts(row(None))) for line in s.lines if line.id == "now-lung"
    )
    assert "a place not written down" in warning


@pytest.mark.parametrize(
    ("session", "said", "unsaid"),
    [
        (of(product("triamcinolone", "40", "1")), {"after-glucose", "after-skin"}, {"now-toxin"}),
        (of(toxin()), {"now-toxin", "after-toxin-slow"}, {"after-glucose", "now-anaesthetic"}),
        (of(product()), {"now-anaesthetic", "after-numb-lidocaine"}, {"after-glucose"}),
        (of(product(epinephrine="5")), {"after-numb-lidocaine-epinephrine"},
         {"after-numb-lidocaine"}),
        (of(product(epinephrine=None)), {"after-numb-lidocaine-epinephrine"},
         {"after-numb-lidocaine"}),
        (of(product("bupivacaine", "5")), {"after-numb-bupivacaine"}, {"after-numb-other"}),
        (of(product("ropivacaine", "2")), {"after-numb-other"}, {"after-numb-bupivacaine"}),
        (of(product("other", None)), {"now-anaesthetic", "after-numb-other"}, {"after-glucose"}),
        (facts(row(), syringes=()), {"now-anaesthetic", "now-allergy"}, {"done-dry"}),
        (facts(row(syringe=None, ml=None), syringes=()), {"done-dry"},
         {"done-what", "now-allergy", "now-anaesthetic"}),
    ],
)  # fmt: skip
def test_after_care_is_for_what_went_in(
    session: SessionFacts, said: set[str], unsaid: set[str]
) -> None:
    assert said <= ids(session)
    assert not unsaid & ids(session)


def test_a_syringe_that_stayed_on_the_tray_is_not_spoken_of_afterwards() -> None:
    steroid = syringe(product("triamcinolone", "40", "1"), name="B")
    session = facts(row(), syringes=(syringe(), steroid))
    assert "risk-steroid" in ids(session, Part.BEFORE)
    assert "after-glucose" not in ids(session)


@pytest.mark.parametrize("part", list(Part))
def test_nobody_is_told_to_stop_a_blood_thinner(part: Part) -> None:
    assert "tell-thinner" in ids(of(product()), part)


def test_more_bruises_are_named_with_a_blood_thinner_or_when_nobody_knows() -> None:
    warfarin = patient(medications=(term("warfarin"),))
    assert "risk-thinner" in ids(of(product(), who=warfarin), Part.BEFORE)
    assert "risk-thinner" in ids(of(product(), who=patient(medications=None)), Part.BEFORE)
    assert "risk-thinner" not in ids(of(product()), Part.BEFORE)


def test_saline_is_called_what_it_is() -> None:
    session = of(product("saline", None, "2"))
    assert "what-saline" in ids(session, Part.BEFORE)
    assert "salt water" in text(leaflet(session))


@pytest.mark.parametrize("language", list(Language))
def test_the_doses_are_those_that_went_in(language: Language) -> None:
    session = facts(row(ml="1"), row("soleus", ml="0.5"))
    assert f"{agent_name('lidocaine', language)} 15\u00a0" in text(
        leaflet(session, language=language)
    )
    session = facts(row(units="25", ml=None), syringes=(syringe(toxin("100")),))
    assert " 25\u00a0" in text(leaflet(session, language=language))


def test_a_dose_nobody_knows_is_named_without_a_figure() -> None:
    said = text(leaflet(of(product(mg_per_ml=None, ml="1"))))
    assert "This went in: lidocaine." in said


def test_whom_to_ring_stands_in_the_heading() -> None:
    headings = {section.id: section.heading for section in leaflet(of(product()))}
    assert "999" in headings["emergency"]
    assert "555 0142" in headings["call"]


@pytest.mark.hazard("HAZ-020")
def test_a_telephone_number_is_not_turned_round_in_arabic() -> None:
    headings = {s.id: s.heading for s in leaflet(of(product()), language=Language.ARABIC)}
    assert "\u2066555 0142\u2069" in headings["call"]
    assert compose(Part.AFTER, of(product()), language=Language.ARABIC,
                   ring=Telephones(emergency="", out_of_hours=""))  # fmt: skip


@pytest.mark.parametrize(("part", "language"), EVERY_PART)
def test_nothing_is_left_to_be_filled_in(part: Part, language: Language) -> None:
    for session in (of(product()), of(toxin()), facts(row(None, None)), facts(syringes=())):
        said = text(leaflet(session, part, language))
        assert "{" not in said
        assert "None" not in said


def test_every_muscle_and_drug_has_an_arabic_name() -> None:
    for where in muscles():
        assert not muscle_name(where.id, Language.ARABIC).isascii()
    for agent in knowledge().agents:
        assert not agent_name(agent, Language.ARABIC).isascii()
    assert agent_name("never-heard-of", Language.ARABIC) == "never-heard-of"


def reading_grade(words: str) -> float:
    """The Automated Readability Index (Smith and Senter 1967): a school year; 6 is read at 11."""
    count = len(re.findall(r"\S+", words))
    letters = len(re.findall(r"[A-Za-z0-9]", words))
    sentences = len(re.findall(r"[.!?:](?=\s|$)", words))
    return 4.71 * letters / count + 0.5 * count / sentences - 21.43


def test_the_index_tells_easy_from_hard() -> None:
    assert reading_grade("The cat sat on the mat. It was a fat cat.") < 1
    assert reading_grade("Notwithstanding contraindications, practitioners administered"
                         " corticosteroids intramuscularly.") > 14  # fmt: skip


@pytest.mark.parametrize("part", list(Part))
def test_a_child_of_eleven_can_read_it(part: Part) -> None:
    everything = facts(
        row(), row(syringe="B"), row(syringe="C", ml=None, units="25"), row(syringe=None, ml=None),
        syringes=(
            syringe(), syringe(product("triamcinolone", "40", "1"), name="B"),
            syringe(toxin(), name="C"),
        ),
        who=patient(medications=None),
    )  # fmt: skip
    assert reading_grade(text(leaflet(everything, part))) <= 6


@pytest.mark.parametrize(
    ("right", "wrong"), [('when = "lung"', 'when = "long"'), ('section = "how"', 'section = "who"')]
)
def test_a_row_for_no_occasion_or_under_no_heading_is_a_fault(
    right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tables.read(leaflet_module.TABLE).replace(right, wrong)
    monkeypatch.setattr(leaflet_module, "read", lambda _name: text)
    with pytest.raises(tables.KnowledgeError, match="unknown occasion or section"):
        leaflet_module._texts.__wrapped__()


def test_the_words_around_the_sections_are_in_both_languages() -> None:
    assert word("after", Language.ENGLISH) == "After your injections"
    assert not word("after", Language.ARABIC).isascii()
