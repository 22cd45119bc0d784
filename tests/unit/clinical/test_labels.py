"""What a label says is in the syringe, and the colour of each drug's class."""

import re
from fractions import Fraction

import pytest

from tautband.clinical.knowledge import knowledge
from tautband.clinical.labels import EPINEPHRINE, LabelClass, class_of, colours, contents
from tautband.clinical.terms import AgentKind
from tests.architecture.source import SRC
from tests.unit.clinical.build import product, toxin

GREY, VIOLET, WHITE = LabelClass.LOCAL_ANAESTHETIC, LabelClass.VASOPRESSOR, LabelClass.NONE


def test_a_plain_anaesthetic_is_grey_and_says_how_much_is_in_it() -> None:
    held = contents([product("lidocaine", "10", "4")])
    (line,) = held.lines
    assert (held.colour, line.colour) == (GREY, GREY)
    assert (held.volume_ul, line.ug, line.mixed_ug_per_ml) == (4000, 40_000, None)


def test_saline_takes_no_colour_away_and_gives_none() -> None:
    thinned = contents([product("lidocaine", "10", "4"), product("saline", None, "4")])
    assert thinned.colour is GREY
    assert thinned.lines[0].mixed_ug_per_ml == 5000
    assert contents([product("saline", None, "4")]).colour is WHITE


@pytest.mark.hazard("HAZ-022")
def test_a_mixture_of_classes_is_white_and_each_name_keeps_its_own_colour() -> None:
    held = contents([product("lidocaine", "10", "4"), product("triamcinolone", "40", "1")])
    assert held.colour is WHITE
    assert [(line.agent, line.colour) for line in held.lines] == [
        ("lidocaine", GREY), ("triamcinolone", WHITE),
    ]  # fmt: skip
    assert [line.mixed_ug_per_ml for line in held.lines] == [8000, 8000]


@pytest.mark.hazard("HAZ-022")
def test_epinephrine_is_a_line_of_its_own_in_violet() -> None:
    held = contents([product("lidocaine", "10", "4", epinephrine="5")])
    assert held.colour is WHITE
    with_it = held.lines[1]
    assert (with_it.agent, with_it.colour) == (EPINEPHRINE, VIOLET)
    assert (with_it.ng_per_ml, with_it.ug, with_it.mixed_ug_per_ml) == (5000, 20, None)


@pytest.mark.hazard("HAZ-022")
def test_epinephrine_of_several_products_is_one_sum() -> None:
    held = contents(
        [product("lidocaine", "10", "4", epinephrine="5"),
         product("bupivacaine", "5", "4", epinephrine="10"), product("saline", None, "2")]
    )  # fmt: skip
    (line,) = [line for line in held.lines if line.agent == EPINEPHRINE]
    assert (line.ug, line.mixed_ug_per_ml, line.ng_per_ml) == (60, 6, None)
    unsaid = contents([product(ml="4", epinephrine="5"), product("bupivacaine", "5", "4",
                                                                 epinephrine=None)])  # fmt: skip
    assert unsaid.lines[-1].ug is None


@pytest.mark.hazard("HAZ-022")
def test_nobody_said_is_not_without() -> None:
    held = contents([product("lidocaine", "10", "4", epinephrine=None)])
    assert [line.agent for line in held.lines] == ["lidocaine", EPINEPHRINE]
    assert held.lines[1].ug is None
    assert held.colour is WHITE


def test_a_toxin_says_units_to_the_millilitre_of_what_is_in_the_syringe() -> None:
    held = contents([toxin("100"), product("lidocaine", "10", "1")])
    assert held.volume_ul is not None
    assert held.lines[0].units_centi_per_ml == Fraction(10_000 * 1000, held.volume_ul)
    assert held.lines[0].colour is WHITE


def test_a_strength_that_nobody_knows_gives_no_amount() -> None:
    (line,) = contents([product("lidocaine", None, "4")]).lines
    assert (line.strength_ug_per_ml, line.ug) == (None, None)


def test_every_local_anaesthetic_is_grey_and_nothing_else_is() -> None:
    for agent in knowledge().agents:
        is_grey = class_of(agent) is GREY
        assert is_grey is (knowledge().kind(agent) is AgentKind.LOCAL_ANAESTHETIC)
    assert class_of("never-heard-of") is WHITE


def _light(colour: str) -> float:
    """Relative luminance of WCAG 2.2."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_black_ink_is_read_on_every_background() -> None:
    """At least 7 : 1, so that what is written on by pen is read as well."""
    for colour in colours().values():
        assert (_light(colour.background) + 0.05) / 0.05 >= 7


def test_the_styles_show_the_colours_of_the_table() -> None:
    css = (SRC / "design/static/design/label.css").read_text("utf-8")
    shown = dict(re.findall(r"\.label \.drug\.([a-z-]+) \{ background: (#[0-9a-f]{6}) \}", css))
    whole = dict(re.findall(r"\.label\.([a-z-]+) \{ background: (#[0-9a-f]{6}) \}", css))
    wanted = {str(each): colour.background for each, colour in colours().items() if colour.ink}
    assert shown == whole == wanted
