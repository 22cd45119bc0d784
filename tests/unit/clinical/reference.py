"""The same arithmetic a second time: slow, obvious, and read from the tables by itself.

In mg, mL and units as on paper. It shares nothing with the product but the facts' own shape.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from importlib.resources import files

from tautband.clinical.facts import (
    IngredientFacts,
    InjectionFacts,
    SessionFacts,
    Sitting,
    SyringeFacts,
)

KNOWLEDGE = files("tautband.clinical.knowledge")


def table(name: str) -> dict:
    return tomllib.loads(KNOWLEDGE.joinpath(name).read_text(encoding="utf-8"))


AGENTS = {row["id"]: row for row in table("agents.toml")["agent"]}
ANAESTHETICS = table("local_anaesthetics.toml")
TOXINS = table("botulinum_toxins.toml")


@dataclass
class Given:
    """What one ingredient brought: mg and µg and units, None where nobody knows."""

    agent: str
    mg: Fraction | None
    epinephrine_ug: Fraction | None
    units: Fraction | None
    lifted: bool


def kind(agent: str) -> str:
    return AGENTS[agent]["kind"] if agent in AGENTS else "other"


def whole_ml(syringe: SyringeFacts) -> Fraction | None:
    liquids = [i for i in syringe.ingredients if i.volume_ul is not None]
    dry = [i for i in syringe.ingredients if i.volume_ul is None]
    dissolved = all(i.units_centi is not None for i in dry)
    has_diluent = any(i.units_centi is None for i in liquids)
    if dry and not (dissolved and has_diluent):
        return None
    return Fraction(sum(i.volume_ul for i in liquids), 1000)


def part_taken(syringe: SyringeFacts, row: InjectionFacts) -> Fraction | None:
    parts = []
    ml = whole_ml(syringe)
    if row.volume_ul is not None and ml:
        parts.append(Fraction(row.volume_ul, 1000) / ml)
    units = Fraction(sum(i.units_centi or 0 for i in syringe.ingredients), 100)
    if row.units_centi is not None and units:
        parts.append(Fraction(row.units_centi, 100) / units)
    return max(parts, default=None)


def brought(item: IngredientFacts, syringe: SyringeFacts, row: InjectionFacts | None) -> Given:
    part = Fraction(1) if row is None else part_taken(syringe, row)
    ml = units = None
    if part is not None and item.volume_ul is not None:
        ml = part * Fraction(item.volume_ul, 1000)
    elif row is not None and len(syringe.ingredients) == 1 and row.volume_ul is not None:
        ml = Fraction(row.volume_ul, 1000)
    toxins = [i for i in syringe.ingredients if kind(i.agent) == "botulinum-toxin"]
    if part is not None and item.units_centi is not None:
        units = part * Fraction(item.units_centi, 100)
    elif row is not None and toxins == [item] and row.units_centi is not None:
        units = Fraction(row.units_centi, 100)
    strength, epinephrine = item.concentration_ug_per_ml, item.epinephrine_ng_per_ml
    if epinephrine is None and kind(item.agent) not in {"local-anaesthetic", "other"}:
        epinephrine = 0
    ug = None
    if epinephrine == 0:
        ug = Fraction(0)
    elif epinephrine is not None and ml is not None:
        ug = Fraction(epinephrine, 1000) * ml
    return Given(
        agent=item.agent,
        mg=None if strength is None or ml is None else Fraction(strength, 1000) * ml,
        epinephrine_ug=ug,
        units=units,
        lifted=lifts(item, syringe),
    )


def lifts(item: IngredientFacts, syringe: SyringeFacts) -> bool:
    """1:200,000 on the label, and no thinner than 1:400,000 once mixed."""
    if item.epinephrine_ng_per_ml is None or item.epinephrine_ng_per_ml < 5_000:
        return False
    if len(syringe.ingredients) == 1:
        return True
    ml = whole_ml(syringe)
    if not ml or item.volume_ul is None:
        return False
    return Fraction(item.epinephrine_ng_per_ml, 1000) * Fraction(
        item.volume_ul, 1000
    ) / ml >= Fraction(5, 2)


def of_sitting(
    syringes: tuple[SyringeFacts, ...], rows: tuple[InjectionFacts, ...]
) -> Iterator[Given]:
    for row in rows:
        if row.syringe is None:
            continue
        found = [s for s in syringes if s.id == row.syringe]
        if not found:
            yield Given("other", None, None, None, lifted=False)
            continue
        for item in found[-1].ingredients:
            yield brought(item, found[-1], row)


def of_past(sitting: Sitting) -> Iterator[Given]:
    if sitting.injections:
        yield from of_sitting(sitting.syringes, sitting.injections)
        return
    for syringe in sitting.syringes:
        for item in syringe.ingredients:
            yield brought(item, syringe, None)


def before(facts: SessionFacts) -> list[Sitting]:
    day, at = facts.planned.on, facts.planned.at
    return [
        s
        for s in facts.history or ()
        if s.on < day or (s.on == day and not (s.at is not None and at is not None and s.at > at))
    ]


def most_mg(agent: str, facts: SessionFacts, *, lifted: bool) -> Fraction:
    rows = ANAESTHETICS[agent]
    stem = "epinephrine" if lifted and "epinephrine_mg" in rows else "plain"
    most = Fraction(rows[f"{stem}_mg"]["value"])
    who = facts.patient
    if who.weight_g is not None:
        kg = Fraction(min(who.weight_g, who.dosing_weight_g or who.weight_g), 1000)
        most = min(most, Fraction(rows[f"{stem}_mg_per_kg"]["value"]) * kg)
    if who.ceiling_percent is not None:
        most = most * min(100, max(0, who.ceiling_percent)) / 100
    return most


def load(facts: SessionFacts) -> Fraction:
    """The shares of the day, of what is known."""
    today = [g for s in before(facts) if s.on == facts.planned.on for g in of_past(s)]
    today += of_sitting(facts.planned.syringes, facts.planned.injections)
    total = Fraction(0)
    for given in today:
        if given.agent not in ANAESTHETICS or given.mg is None:
            continue
        most = most_mg(given.agent, facts, lifted=given.lifted)
        # Nothing is permitted: anything at all is past the limit.
        total += given.mg / most if most else (2 if given.mg else 0)
    return total


def epinephrine_ug(facts: SessionFacts) -> Fraction:
    today = [g for s in before(facts) if s.on == facts.planned.on for g in of_past(s)]
    today += of_sitting(facts.planned.syringes, facts.planned.injections)
    return sum((g.epinephrine_ug or Fraction(0) for g in today), Fraction(0))


def units_since(facts: SessionFacts, product: str, since: date) -> Fraction:
    """Units of one product from the day after `since`, today included."""
    given = [g for s in before(facts) if s.on > since for g in of_past(s)]
    given += of_sitting(facts.planned.syringes, facts.planned.injections)
    return sum((g.units or Fraction(0) for g in given if g.agent == product), Fraction(0))
