"""How deep a needle goes and how deep it may: exact, in µm, rounded toward caution."""

import math
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from tautband.clinical.facts import InjectionFacts, PatientFacts
from tautband.clinical.findings import Source
from tautband.clinical.knowledge import Depth, Knowledge

# Sines of whole degrees to nine places; 30 and 90 degrees come out exact.
_NANO = 10**9
_SINES = tuple(Fraction(round(math.sin(math.radians(d)) * _NANO), _NANO) for d in range(91))


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """The depth a tip must stay above at one site, and where it comes from.

    `bound_um` is the depth it was taken from, before the margin. `no_window` says that the
    muscle only starts below it: no blind depth is right.
    """

    um: int
    bound_um: int
    measured: bool
    no_window: bool
    shown: str
    source: Source


def _angle(injection: InjectionFacts) -> int:
    """The entry angle to the skin, 1 to 90 degrees, whichever side it is given from."""
    given = injection.entry_angle_deg
    return max(1, min(90, given if given <= 90 else 180 - given))


def tip_depth_um(injection: InjectionFacts) -> int | None:
    """The deepest planned tip, perpendicular to the skin; without a depth, the whole needle."""
    if injection.depth_um is not None:
        return injection.depth_um
    if injection.needle_um is None:
        return None
    return math.ceil(injection.needle_um * _SINES[_angle(injection)])


def inserted_um(injection: InjectionFacts) -> int | None:
    """How much of the needle lies in the body at the planned depth; None without a depth."""
    if injection.depth_um is None:
        return None
    return math.ceil(injection.depth_um / _SINES[_angle(injection)])


def tilted_tip_um(injection: InjectionFacts, tip_um: int, tables: Knowledge) -> int:
    """The deepest the same length of needle reaches if it stands steeper than meant."""
    angle = _angle(injection)
    steeper = min(90, angle + int(tables.limit("lung.cone_degrees").value))
    return math.ceil(tip_um / _SINES[angle] * _SINES[steeper])


def body_mass_index(patient: PatientFacts) -> Fraction | None:
    """Weight over height squared in kg/m², None when either is unknown."""
    if patient.weight_g is None or not patient.height_mm:
        return None
    return Fraction(patient.weight_g * 1000, patient.height_mm**2)


def stop_depth(injection: InjectionFacts, patient: PatientFacts, tables: Knowledge) -> Stop | None:
    """The measured depth of the pleura less a margin, else the tabled lower bound less it.

    None when neither is known for this muscle and build: nobody can tell.
    """
    margin = int(tables.limit("lung.margin_mm").value * 1000)
    if injection.pleura_depth_um is not None:
        return Stop(
            um=max(0, injection.pleura_depth_um - margin),
            bound_um=injection.pleura_depth_um,
            measured=True,
            no_window=False,
            shown="",
            source=tables.limit("lung.margin_mm").source,
        )
    row = _tabled(injection.muscle, patient, tables)
    if row is None:
        return None
    bound = int(row.lower_mm * 1000)
    um = max(0, bound - margin)
    starts = row.muscle_starts_mm
    return Stop(
        um=um,
        bound_um=bound,
        measured=False,
        no_window=starts is not None and starts * 1000 >= um,
        shown=row.shown,
        source=row.source,
    )


def _tabled(muscle_id: str | None, patient: PatientFacts, tables: Knowledge) -> Depth | None:
    bmi = body_mass_index(patient)
    for row in tables.depths:
        if muscle_id not in row.muscles or (row.sex and row.sex != patient.sex):
            continue
        if row.bmi_from is None and row.bmi_below is None:
            return row
        lowest, below = row.bmi_from or Decimal(0), row.bmi_below
        if bmi is not None and lowest <= bmi and (below is None or bmi < below):
            return row
    return None
