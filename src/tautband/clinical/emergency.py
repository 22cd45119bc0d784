"""The emergency sheet: it always answers, and never raises.

Amounts are rounded so that a syringe can be drawn: millilitres to 1 mL, epinephrine down to
whole micrograms. Without a weight both columns are given.
"""

from dataclasses import dataclass
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

from tautband.clinical.amounts import NBSP, format_kg, plain
from tautband.clinical.findings import Source
from tautband.clinical.knowledge import Knowledge, Number, knowledge
from tautband.clinical.words import known, say


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """One line of the sheet: what, how much, and where the figure was read."""

    what: str
    amount: str
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """The amounts for one weight, or for a class of weights when it is unknown."""

    title: str
    amounts: tuple[Amount, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """What it looks like and what to do, in order."""

    id: str
    title: str
    signs: str
    steps: tuple[str, ...]
    source: Source


@dataclass(frozen=True, slots=True, kw_only=True)
class EmergencySheet:
    """One page: lipid and epinephrine for this patient, and the four situations."""

    weight_known: bool
    columns: tuple[Column, ...]
    situations: tuple[Situation, ...]


def emergency_sheet(weight_g: int | None, tables: Knowledge | None = None) -> EmergencySheet:
    """The sheet for a weight, or for both classes of weight when it is unknown or absurd."""
    tables = tables or knowledge()
    numbers = tables.emergency.row("lipid")
    heavy = numbers.number("heavy_above_kg").value
    if weight_g is None or not _plausible(weight_g, tables):
        above = f"{plain(heavy)}{NBSP}kg"
        columns: tuple[Column, ...] = (
            Column(title=say("{above} or less", above=above), amounts=_light(None, tables)),
            Column(title=say("over {above}", above=above), amounts=_heavy(None, tables)),
        )
    else:
        kg = Decimal(weight_g) / 1000
        amounts = _heavy(kg, tables) if kg > heavy else _light(kg, tables)
        columns = (Column(title=format_kg(weight_g), amounts=amounts),)
    return EmergencySheet(
        weight_known=len(columns) == 1, columns=columns, situations=_situations(tables)
    )


def _plausible(weight_g: int, tables: Knowledge) -> bool:
    lowest, highest = tables.limit("weight.lowest_kg"), tables.limit("weight.highest_kg")
    return lowest.value * 1000 <= weight_g <= highest.value * 1000


def _number(name: str, tables: Knowledge) -> Number:
    return tables.emergency.row("lipid").number(name)


def _line(name: str, amount: str, tables: Knowledge) -> Amount:
    words = tables.emergency.row("lipid").row(name).text("words")
    return Amount(what=known(words), amount=amount, source=_number(name, tables).source)


def _heavy(kg: Decimal | None, tables: Knowledge) -> tuple[Amount, ...]:
    bolus = _number("heavy_bolus_ml", tables).value
    low = _number("heavy_infusion_low_ml", tables).value
    high = _number("heavy_infusion_high_ml", tables).value
    return (
        _line("heavy_bolus_ml", known(f"{plain(bolus)}{NBSP}mL"), tables),
        _line(
            "heavy_infusion_low_ml",
            say("{low} to {high}\u00a0mL", low=plain(low), high=plain(high)),
            tables,
        ),
        *_shared(kg, tables),
    )


def _light(kg: Decimal | None, tables: Knowledge) -> tuple[Amount, ...]:
    bolus, rate = "light_bolus_ml_per_kg", "light_infusion_ml_per_kg_per_min"
    return (
        _line(bolus, _times(_number(bolus, tables), kg, "mL", places="1"), tables),
        _line(rate, _times(_number(rate, tables), kg, "mL/min", places="0.1"), tables),
        *_shared(kg, tables),
    )


def _shared(kg: Decimal | None, tables: Knowledge) -> tuple[Amount, ...]:
    """How often and how long; cap and epinephrine rounded down, as neither is to be passed."""
    again, go_on = _number("repeat_boluses", tables), _number("continue_minutes", tables)
    return (
        _line("repeat_boluses", say("{number}\u00a0times", number=plain(again.value)), tables),
        _line("continue_minutes", known(f"{plain(go_on.value)}{NBSP}min"), tables),
        *(
            _line(
                name,
                _times(_number(name, tables), kg, unit, places="1", rounding=ROUND_DOWN),
                tables,
            )
            for name, unit in (("cap_ml_per_kg", "mL"), ("epinephrine_ug_per_kg", "µg"))
        ),
    )


def _times(
    number: Number,
    kg: Decimal | None,
    unit: str,
    *,
    places: str,
    rounding: str = ROUND_HALF_UP,
) -> str:
    """The amount for a weight, or per kilogram where the weight is unknown."""
    if kg is None:
        return known(f"{plain(number.value)}{NBSP}{number.unit}")
    value = (number.value * kg).quantize(Decimal(places), rounding)
    return known(f"{plain(value)}{NBSP}{unit}")


def _situations(tables: Knowledge) -> tuple[Situation, ...]:
    return tuple(
        Situation(
            id=row.text("id"),
            title=known(row.text("title")),
            signs=known(row.text("signs")),
            steps=tuple(map(known, row.words("steps"))),
            source=row.source(),
        )
        for row in tables.emergency.rows("situation")
    )
