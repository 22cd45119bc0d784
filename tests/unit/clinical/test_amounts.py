"""Amounts, typed and shown."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tautband.clinical import amounts
from tautband.errors import Refused


@pytest.mark.parametrize(
    ("typed", "ul"),
    [
        ("1", 1000),
        ("0.5", 500),
        (" 0,5 ", 500),
        (".5", 500),
        ("٠\u066b\u0665", 500),
        ("١٢", 12_000),
    ],
)
def test_a_comma_a_point_and_arabic_digits_are_read(typed: str, ul: int) -> None:
    assert amounts.parse_ml(typed) == ul


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("", "Enter a number"),
        ("   ", "Enter a number"),
        ("one", "such as 1.5"),
        ("NaN", "such as 1.5"),
        ("Infinity", "such as 1.5"),
        ("1e308", "such as 1.5"),
        ("1.2.3", "such as 1.5"),
        ("1,000.5", "such as 1.5"),
        ("1" * 21, "such as 1.5"),
        ("-1", "less than zero"),
        ("0.001", "too little"),
        ("100.1", "too much"),
        ("1.0001", "Too many decimals"),
    ],
)
def test_what_is_no_volume_is_refused_with_the_field(typed: str, words: str) -> None:
    with pytest.raises(Refused, match=words) as refused:
        amounts.parse_ml(typed, field="volume_2")
    assert list(refused.value.fields) == ["volume_2"]


def test_each_kind_of_amount_has_its_small_unit() -> None:
    assert amounts.parse_mg_per_ml("10") == 10_000
    assert amounts.parse_ug_per_ml("5") == 5_000
    assert amounts.parse_ug_per_ml("0") == 0
    assert amounts.parse_units("2.5") == 250
    assert amounts.parse_mm("41.2") == 41_200
    assert amounts.parse_height_cm("167,5") == 1675
    assert amounts.parse_amount("7", field="n") == 7
    assert amounts.parse_decimal("5.40", field="hba1c") == Decimal("5.40")


@pytest.mark.parametrize(
    ("typed", "unit", "grams"),
    [("58", "kg", 58_000), ("58,5", "kg", 58_500), ("150", "lb", 68_038), ("400", "kg", 400_000)],
)
def test_weight_in_kg_or_lb_is_exact_and_rounded_down(typed: str, unit: str, grams: int) -> None:
    assert amounts.parse_weight(typed, unit=unit) == grams


@pytest.mark.parametrize(
    ("typed", "unit", "words"),
    [
        ("600", "kg", "too much"),
        ("400.001", "kg", "too much"),
        ("0.9", "kg", "too little"),
        ("2000", "lb", "too much"),
        ("10", "stone", "kilograms or pounds"),
    ],
)
def test_an_absurd_weight_is_refused(typed: str, unit: str, words: str) -> None:
    with pytest.raises(Refused, match=words):
        amounts.parse_weight(typed, unit=unit)


@pytest.mark.parametrize("typed", ["1,500", "12,000", "70,125", "\u0667\u0660,\u0661\u0662\u0665"])
def test_a_comma_that_may_part_thousands_is_asked_about(typed: str) -> None:
    with pytest.raises(Refused, match="Leave out the comma"):
        amounts.parse_units(typed)


def test_a_decimal_comma_is_read() -> None:
    assert amounts.parse_mg_per_ml("0,125") == 125
    assert amounts.parse_mg_per_ml("2,5") == 2_500


@pytest.mark.parametrize(
    ("shown", "text"),
    [
        (amounts.format_ml(500), "0.5 mL"),
        (amounts.format_ml(10_000), "10 mL"),
        (amounts.format_mg(25_000), "25 mg"),
        (amounts.format_mg(Fraction(100, 3)), "0.034 mg"),
        (amounts.format_ug(200_000), "200 µg"),
        (amounts.format_units(15_500), "155 units"),
        (amounts.format_units(100), "1 unit"),
        (amounts.format_units(250), "2.5 units"),
        (amounts.format_mm(41_200), "41.2 mm"),
        (amounts.format_kg(58_000), "58 kg"),
        (amounts.format_strength(10_000), "1 %"),
        (amounts.format_strength(2_500), "0.25 %"),
        (amounts.format_mg_per_ml(2_500), "2.5 mg/mL"),
        (amounts.format_permille(350), "35 %"),
        (amounts.format_permille(351), "36 %"),
        (amounts.format_permille(1001), "101 %"),
    ],
)
def test_shown_with_a_leading_zero_no_trailing_zero_and_one_unbroken_space(
    shown: str, text: str
) -> None:
    assert shown == text.replace(" ", "\u00a0")


def test_a_bound_without_a_unit_is_named_bare() -> None:
    with pytest.raises(Refused, match=r"The most is 5\."):
        amounts.parse_decimal("6", field="n", highest=Decimal(5))


@given(st.integers(10, 100_000))
def test_what_is_shown_can_be_typed_again(ul: int) -> None:
    assert amounts.parse_ml(amounts.format_ml(ul).split("\u00a0")[0]) == ul
