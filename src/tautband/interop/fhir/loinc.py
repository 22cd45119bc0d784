"""The LOINC codes of the Observations we keep, and what each may plausibly be."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from tautband.interop.fhir import ucum
from tautband.interop.fhir.ucum import Unit
from tautband.records.models.vocabulary import MeasurementKind

LOINC = "http://loinc.org"
PREGNANCY_STATUS = frozenset({"82810-3", "11449-6"})


@dataclass(frozen=True, slots=True)
class Measured:
    """One kind of measurement: its codes, the units it comes in, and bounds in our own unit."""

    kind: MeasurementKind
    codes: frozenset[str]
    units: Mapping[str, Unit]
    lowest: Decimal
    highest: Decimal
    is_laboratory: bool = True


def _measured(
    kind: MeasurementKind,
    codes: str,
    units: Mapping[str, Unit],
    lowest: str,
    highest: str,
    *,
    is_laboratory: bool = True,
) -> Measured:
    return Measured(
        kind, frozenset(codes.split()), units, Decimal(lowest), Decimal(highest), is_laboratory
    )


# Weight and height are held to the bounds of the chart itself: what cannot be typed in cannot
# come in either. The others are bounds of what a laboratory can report at all.
KEPT = (
    _measured(
        MeasurementKind.WEIGHT, "29463-7 3141-9 8350-1 8351-9", ucum.GRAMS, "0", "1000",
        is_laboratory=False,
    ),
    _measured(
        MeasurementKind.HEIGHT, "8302-2 3137-7 8306-3 8308-9", ucum.MILLIMETRES, "40", "260",
        is_laboratory=False,
    ),
    _measured(MeasurementKind.BMI, "39156-5", ucum.BODY_MASS_INDEX, "5", "200"),
    _measured(
        MeasurementKind.HBA1C, "4548-4 17856-6 4549-2 59261-8 41995-2", ucum.HBA1C, "2", "25"
    ),
    _measured(MeasurementKind.INR, "6301-6 34714-6 46418-0 38875-1", ucum.RATIO, "0.3", "30"),
    _measured(
        MeasurementKind.PLATELETS, "777-3 26515-7 778-1 49497-1 13056-7", ucum.CELLS, "1", "5000"
    ),
    _measured(
        MeasurementKind.EGFR,
        "33914-3 62238-1 98979-8 98980-6 69405-9 77147-7 48642-3 48643-1 50044-7 50210-4"
        " 88293-6 88294-4 70969-1 94677-2",
        ucum.FILTRATION, "0.1", "300",
    ),
)  # fmt: skip
BY_CODE = {code: measured for measured in KEPT for code in measured.codes}


def is_kept(system: str, code: str) -> bool:
    """Whether an Observation with this code is kept."""
    return system == LOINC and (code in BY_CODE or code in PREGNANCY_STATUS)
