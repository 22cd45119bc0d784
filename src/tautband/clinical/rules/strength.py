"""The tenfold slip: a strength nobody sells, or units that do not fit their volume."""

from decimal import Decimal
from fractions import Fraction

from tautband.clinical.dosing import format_mg_per_ml, format_units, units_of, volume_of
from tautband.clinical.facts import IngredientFacts, InjectionFacts, SessionFacts, SyringeFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import AgentKind

STRENGTH = Rule("la-strength")
Fault = tuple[Severity, str, tuple[int, ...]]


def check_strength(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Every strength is one that is sold or made by dilution; units fit their volume."""
    plan = facts.planned
    faults: list[Fault] = []
    missing: list[str] = []
    for syringe in plan.syringes:
        rows = tuple(i for i, row in enumerate(plan.injections) if row.syringe == syringe.id)
        for ingredient in syringe.ingredients:
            fault = _strength_fault(ingredient, tables)
            if fault:
                faults.append((*fault, rows))
            if _strength_missing(ingredient, tables):
                missing.append(f"planned.syringes[{syringe.id}].concentration_mg_per_ml")
        for row in rows:
            slip = _units_fault(syringe, plan.injections[row], tables)
            if slip:
                faults.append((*slip, (row,)))
    if faults:
        worst = min(faults, key=lambda fault: fault[0] is not Severity.CRITICAL)
        rows = tuple(sorted({row for _, _, at in faults for row in at}))
        return STRENGTH.fires(tables, worst[0], worst[1], rows=rows, missing=tuple(missing))
    if missing:
        return STRENGTH.cannot_tell(
            tables,
            "Cannot tell the strength: it is not entered. Copy it from the label.",
            missing=tuple(missing),
        )
    return STRENGTH.clear(tables, "Every strength is one that is sold or diluted.")


def _strength_missing(ingredient: IngredientFacts, tables: Knowledge) -> bool:
    counted = {AgentKind.LOCAL_ANAESTHETIC, AgentKind.CORTICOSTEROID}
    return ingredient.concentration_ug_per_ml is None and tables.kind(ingredient.agent) in counted


def _strength_fault(ingredient: IngredientFacts, tables: Knowledge) -> tuple[Severity, str] | None:
    agent = tables.agents.get(ingredient.agent)
    found = ingredient.concentration_ug_per_ml
    if agent is None or not agent.strengths or found is None:
        return None
    shown = f"{agent.name} {format_mg_per_ml(found)}"
    strong = tables.limit("strength.bupivacaine_75").value * 1000
    if agent.id == "bupivacaine" and found == strong:
        return Severity.WARNING, f"{shown} has no place in trigger points. Use a weaker one."
    if found in agent.strengths:
        return None
    off = min((_off(found, known) for known in agent.strengths), default=Fraction(1))
    known = ", ".join(format_mg_per_ml(s) for s in agent.strengths)
    words = f"{shown} is not a strength that is sold or diluted to ({known}). Check the label."
    slip = off >= tables.limit("strength.slip_factor").value
    return (Severity.CRITICAL if slip else Severity.WARNING), words


def _off(found: int, known: int) -> Fraction:
    """How many times too strong or too weak; nothing at all is off beyond measure."""
    return max(Fraction(found, known), Fraction(known, max(found, 1)))


def _units_fault(
    syringe: SyringeFacts, injection: InjectionFacts, tables: Knowledge
) -> tuple[Severity, str] | None:
    volume, units = volume_of(syringe), units_of(syringe)
    if not volume or not units or not injection.volume_ul or not injection.units_centi:
        return None
    fits = Fraction(injection.volume_ul * units, volume)
    off = max(injection.units_centi / fits, fits / injection.units_centi)
    if (off - 1) * 100 <= tables.limit("strength.units_percent").value:
        return None
    words = (
        f"{format_units(injection.units_centi)} do not fit the volume: it holds"
        f" {format_units(fits)}. Correct the one that is wrong."
    )
    slip = off >= Decimal(tables.limit("strength.slip_factor").value)
    return (Severity.CRITICAL if slip else Severity.WARNING), words
