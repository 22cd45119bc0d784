"""The few UCUM units that weights and heights come in, converted exactly.

The factors are definitions (international pound and inch of 1959), not measurements.
"""

from decimal import ROUND_HALF_EVEN, Decimal

GRAMS = {
    "kg": Decimal(1000),
    "g": Decimal(1),
    "[lb_av]": Decimal("453.59237"),
}
MILLIMETRES = {
    "cm": Decimal(10),
    "m": Decimal(1000),
    "mm": Decimal(1),
    "[in_i]": Decimal("25.4"),
}


def whole(value: Decimal, factor: Decimal) -> int:
    """The value in the smallest unit we keep, rounded only there."""
    return int((value * factor).to_integral_value(ROUND_HALF_EVEN))
