"""Muscles and the search over them."""

import pytest

from tautband.clinical.anatomy import fold, muscle, muscles, search_muscles
from tautband.clinical.terms import LungRisk, Side
from tautband.errors import Refused


def ids(text: str, limit: int = 10) -> list[str]:
    return [m.id for m in search_muscles(text, limit)]


def test_three_letters_find_a_muscle_and_two_do_not() -> None:
    assert ids("rho") == ["rhomboid_major", "rhomboid_minor"]
    assert ids("rh") == []


@pytest.mark.parametrize(
    ("typed", "first"),
    [
        ("trap", "trapezius_upper"),
        ("TRAPEZIUS, upper", "trapezius_upper"),
        ("shoulder blade", "infraspinatus"),
        ("calf", "gastrocnemius_medial"),
        ("buttock", "gluteus_maximus"),
        ("lev sca", "levator_scapulae"),
        ("scapulae levator", "levator_scapulae"),
        ("musculus infrasp", "infraspinatus"),
        ("Piriformís", "piriformis"),
        ("sternal", "sternalis"),
        ("apezi", "trapezius_upper"),
        ("xyz", None),
    ],
)
def test_english_latin_and_lay_words_are_forgiven_their_spelling(
    typed: str, first: str | None
) -> None:
    found = ids(typed)
    assert (found[0] if found else None) == first


def test_a_name_that_starts_with_the_letters_comes_first() -> None:
    assert ids("glut")[:3] == ["gluteus_maximus", "gluteus_medius", "gluteus_minimus"]
    assert ids("glut", limit=1) == ["gluteus_maximus"]


def test_the_table_reads_as_rows() -> None:
    where = muscle("trapezius_upper")
    assert where.over_lung
    assert where.pneumothorax_risk is LungRisk.HIGH
    assert where.lung_risk_verified
    assert where.sides == (Side.LEFT, Side.RIGHT)
    assert (where.needle_lowest_um, where.needle_highest_um) == (25_000, 38_000)
    assert where.preempt_units_centi == 3_000
    assert ("fma", "32522") in where.codes or where.codes
    assert not muscle("soleus").over_lung
    assert muscle("diaphragm").needle_lowest_um is None
    assert muscle("procerus").sides == (Side.MIDLINE,)


def test_every_muscle_has_a_side_a_name_and_a_lay_word() -> None:
    for m in muscles():
        assert m.name_en
        assert m.sides
        assert m.lay


def test_an_unknown_muscle_is_refused() -> None:
    with pytest.raises(Refused) as refused:
        muscle("third_leg")
    assert "muscle" in refused.value.fields


@pytest.mark.parametrize(
    ("one", "other"),
    [("Ésther", "esther"), ("الليدوكايين", "ليدوكايين"), ("حساسية", "حساسيه"), ("cow's", "cows")],
)
def test_spellings_meet(one: str, other: str) -> None:
    assert fold(one) == fold(other)
