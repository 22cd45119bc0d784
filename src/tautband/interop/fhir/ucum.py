"""The UCUM units that what we keep comes in, converted exactly.

The factors are definitions (international pound and inch of 1959), not measurements. The one
conversion that is no factor is that of HbA1c from IFCC's mmol/mol to NGSP's per cent: the master
equation of both, http://www.ngsp.org/ifcc.asp.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Decimal


@dataclass(frozen=True, slots=True)
class Unit:
    """How a unit becomes the whole number that is kept: times the factor, plus the shift."""

    factor: Decimal
    shift: Decimal = Decimal(0)

    def whole(self, value: Decimal) -> int:
        """The value in the smallest unit we keep, rounded only there."""
        kept = value * self.factor + self.shift
        return int(kept.to_integral_value(ROUND_HALF_EVEN))


def _factors(units: Mapping[str, int | str]) -> Mapping[str, Unit]:
    return {unit: Unit(Decimal(factor)) for unit, factor in units.items()}


GRAMS = _factors({"kg": 1000, "g": 1, "[lb_av]": "453.59237", "[oz_av]": "28.349523125"})
MILLIMETRES = _factors({"cm": 10, "m": 1000, "mm": 1, "[in_i]": "25.4", "[ft_i]": "304.8"})
# Thousandths from here on: of kg/m², of one, of a per cent, of mL/min/1.73 m².
BODY_MASS_INDEX = _factors({"kg/m2": 1000})
RATIO = _factors({"1": 1000, "{INR}": 1000, "{ratio}": 1000})
HBA1C: Mapping[str, Unit] = {
    "%": Unit(Decimal(1000)),
    "%{HemoglobinA1C}": Unit(Decimal(1000)),
    "%{Hb}": Unit(Decimal(1000)),
    "mmol/mol": Unit(Decimal("91.48"), Decimal(2152)),
    "mmol/mol{Hb}": Unit(Decimal("91.48"), Decimal(2152)),
}
# Cells per µL.
CELLS = _factors({
    "10*3/uL": 1000, "10*9/L": 1000, "10*3/mm3": 1000, "10*3.uL-1": 1000, "10*6/mL": 1000,
    "/uL": 1, "/mm3": 1, "{#}/uL": 1, "10*6/L": 1, "10*4/uL": 10000, "10*5/uL": 100000,
})  # fmt: skip
FILTRATION = _factors({
    "mL/min/{1.73_m2}": 1000, "mL/min/1.73.m2": 1000, "mL/min/1.73m2": 1000, "mL/min": 1000,
    "mL/min/{1.73m2}": 1000, "mL/min/{1.73}m2": 1000,
})  # fmt: skip
# What laboratories write where they write no UCUM; read only where no system of units is named.
SPELT = {
    "kgs": "kg", "lb": "[lb_av]", "lbs": "[lb_av]", "in": "[in_i]", "inches": "[in_i]",
    "kg/m²": "kg/m2", "inr": "1", "ratio": "1", "": "1",
    "k/ul": "10*3/uL", "k/mm3": "10*3/mm3", "x10e3/ul": "10*3/uL", "10^3/ul": "10*3/uL",
    "10^9/l": "10*9/L", "x10^9/l": "10*9/L", "10e3/ul": "10*3/uL", "10e9/l": "10*9/L",
    "thousand/ul": "10*3/uL", "ml/min/1.73m2": "mL/min/1.73m2", "ml/min/1.73 m2": "mL/min/1.73m2",
    "ml/min/1.73m²": "mL/min/1.73m2", "ml/min/1.73 m²": "mL/min/1.73m2",
    "ml/min/1.73": "mL/min/1.73m2", "ml/min": "mL/min",
}  # fmt: skip
