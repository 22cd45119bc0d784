"""The consent form is of this plan, in both languages, and says who signs under what."""

from dataclasses import replace

import pytest

from tautband.clinical import consent_form as form_module
from tautband.clinical.consent_form import consent_words, words
from tautband.clinical.facts import SessionFacts, SyringeFacts
from tautband.clinical.knowledge import KnowledgeError, tables
from tautband.clinical.leaflet import Language
from tautband.clinical.risks import risks_of
from tests.unit.clinical.build import facts, of, patient, product, row, syringe, term, toxin
from tests.unit.clinical.test_leaflet import reading_grade

EN, AR = Language.ENGLISH, Language.ARABIC


def form(session: SessionFacts, *, by_proxy: bool = False, named: list[str] | None = None):
    return consent_words(session, by_proxy=by_proxy, named=named)


@pytest.mark.hazard("HAZ-010")
def test_each_place_of_the_plan_stands_on_it_with_its_doses() -> None:
    session = facts(
        row("trapezius_upper", ml="1"), row("soleus", ml="0.5"), row(syringe=None, ml=None),
        row(syringe="B", ml=None, units="25"),
        syringes=(syringe(), syringe(toxin("100"), name="B")),
    )  # fmt: skip
    places = form(session).places
    assert len(places) == 4
    assert places[0].doses[EN] == ("lidocaine 10\u00a0mg",)
    assert places[1].doses[EN] == ("lidocaine 5\u00a0mg",)
    assert places[2].doses[EN] == ("needle alone, nothing injected",)
    assert places[3].doses[EN] == ("onabotulinumtoxinA 25\u00a0units",)
    assert places[0].doses[AR] == ("ليدوكايين 10\u00a0ملغ",)
    assert "trapezius" in places[0].where[EN].lower()
    assert not places[0].where[AR].isascii()


def test_saline_is_named_without_an_amount_of_drug() -> None:
    assert form(of(product("saline", None, "1"))).places[0].doses[EN] == ("sodium chloride",)


def test_an_amount_nobody_wrote_down_is_said_to_be_so() -> None:
    assert form(of(product(mg_per_ml=None))).places[0].doses[EN] == ("lidocaine",)
    session = facts(row(ml="1"), syringes=(syringe(),))
    session = replace(session, planned=replace(session.planned, syringes=(SyringeFacts(
        id=session.planned.syringes[0].id, ingredients=()),)))  # fmt: skip
    assert form(session).places[0].doses[EN] == ("amount not written down",)


@pytest.mark.hazard("HAZ-010")
def test_the_risks_are_those_of_the_plan_in_both_languages() -> None:
    session = of(product("triamcinolone", "40", "1"), muscle="rhomboid_major",
                 who=patient(medications=(term("warfarin"),)))  # fmt: skip
    risks = {risk.id: risk for risk in form(session).risks}
    assert set(risks) == {risk.id for risk in risks_of(session)}
    assert {"lung", "steroid", "bleeding", "off-label"} <= set(risks)
    assert "rhomboid" in risks["lung"].words[EN]
    for risk in risks.values():
        assert not risk.words[AR].isascii()
    # The Arabic names the place too: it is longer than its sentence alone.
    assert risks["lung"].words[AR].count(":") == 2


def test_what_was_named_is_marked_and_nothing_is_marked_before_anybody_asked() -> None:
    session = of(product())
    assert {risk.is_named for risk in form(session).risks} == {None}
    first = risks_of(session)[0]
    marked = {risk.id: risk.is_named for risk in form(session, named=[first.words]).risks}
    assert marked[first.id] is True
    assert False in marked.values()


@pytest.mark.hazard("HAZ-010")
def test_whoever_decides_for_the_patient_signs_under_other_words() -> None:
    patients = {line.id for line in form(of(product())).agreement}
    proxies = {line.id for line in form(of(product()), by_proxy=True).agreement}
    assert "agree-told" in patients
    assert "agree-told-proxy" in proxies
    assert patients & proxies == {"agree-mind", "agree-plan"}


def test_doing_nothing_is_among_the_choices() -> None:
    assert "choice-nothing" in {line.id for line in form(of(product())).choices}


def test_a_child_of_eleven_can_read_what_is_signed() -> None:
    said = form(of(product()))
    lines = [*said.aims, *said.choices, *said.agreement]
    assert reading_grade("\n".join(line.words[EN] for line in lines)) <= 6


def test_every_word_is_there_in_both_languages() -> None:
    assert len(words()) > 30
    for said in words().values():
        assert said[EN].isascii()
        assert not said[AR].isascii()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [('section = "choices"', 'section = "nowhere"'), ('for = "proxy"', 'for = "somebody"')],
)
def test_a_sentence_that_no_form_would_show_is_a_fault(
    right: str, wrong: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = tables.read(form_module.TABLE).replace(right, wrong)
    monkeypatch.setattr(form_module, "read", lambda _name: text)
    with pytest.raises(KnowledgeError, match="unknown occasion or section"):
        form_module._lines.__wrapped__()
