"""The tenfold slip: a strength nobody sells, or units that do not fit their volume."""

from fractions import Fraction

from tautband.clinical.amounts import format_mg_per_ml, format_units, plain
from tautband.clinical.dosing import units_of, volume_of
from tautband.clinical.facts import IngredientFacts, InjectionFacts, SessionFacts, SyringeFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import capital, joined, say

STRENGTH = Rule("la-strength")
_COUNTED = frozenset({AgentKind.LOCAL_ANAESTHETIC, AgentKind.CORTICOSTEROID})
Fault = tuple[Severity, str]


def check_strength(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Every strength is one that is sold or made by dilution; units fit their volume."""
    plan = facts.planned
    faults: list[tuple[Severity, str, tuple[int, ...]]] = []
    missing: list[str] = []
    for syringe in plan.syringes:
        rows = tuple(i for i, row in enumerate(plan.injections) if row.syringe == syringe.id)
        place = f"planned.syringes[{plan.syringes.index(syringe)}]"
        for ingredient in syringe.ingredients:
            fault = _strength_fault(ingredient, tables)
            faults += [(*fault, rows)] if fault else []
            if _strength_missing(ingredient, tables):
                missing.append(f"{place}.concentration_mg_per_ml")
        dilution = _dilution_fault(syringe, tables)
        faults += [(*dilution, rows)] if dilution else []
        for row in rows:
            slip = _units_fault(syringe, plan.injections[row], tables)
            faults += [(*slip, (row,))] if slip else []
        if _dilution_missing(syringe, tables):
            missing.append(f"{place}.units")
    if faults:
        worst = min(faults, key=lambda fault: fault[0] is not Severity.CRITICAL)
        rows = tuple(sorted({row for _, _, at in faults for row in at}))
        return STRENGTH.fires(tables, worst[0], worst[1], rows=rows, missing=tuple(missing))
    if missing:
        return STRENGTH.cannot_tell(
            tables,
            say(
                "Cannot tell the strength: it is not entered, or the product has no name. Copy"
                " it from the label."
            ),
            missing=tuple(dict.fromkeys(missing)),
        )
    return STRENGTH.clear(tables, say("Every strength is one that is sold or diluted."))


def _strength_missing(ingredient: IngredientFacts, tables: Knowledge) -> bool:
    if tables.kind(ingredient.agent) not in _COUNTED:
        return False
    return ingredient.concentration_ug_per_ml is None or not tables.agents[ingredient.agent].named


def _strength_fault(ingredient: IngredientFacts, tables: Knowledge) -> Fault | None:
    agent = tables.agents.get(ingredient.agent)
    found = ingredient.concentration_ug_per_ml
    if agent is None or not agent.strengths or found is None:
        return None
    shown = joined(" ", (agent.name, format_mg_per_ml(found)))
    strong = tables.limit("strength.bupivacaine_75").value * 1000
    if agent.id == "bupivacaine" and found == strong:
        return Severity.WARNING, say(
            "{shown} has no place in trigger points. Use a weaker one.", shown=shown
        )
    if found in agent.strengths:
        return None
    off = min(_off(found, known) for known in agent.strengths)
    known = joined(", ", (format_mg_per_ml(s) for s in agent.strengths))
    words = say(
        "{shown} is not a strength that is sold or diluted to ({known}). Check the label.",
        shown=shown,
        known=known,
    )
    return _severity(off, tables), words


def _severity(off: Fraction, tables: Knowledge) -> Severity:
    slip = off >= Fraction(tables.limit("strength.slip_factor").value)
    return Severity.CRITICAL if slip else Severity.WARNING


def _off(found: int, known: int) -> Fraction:
    """How many times too strong or too weak; nothing at all is off beyond measure."""
    return max(Fraction(found, known), Fraction(known, max(found, 1)))


def _toxins(syringe: SyringeFacts, tables: Knowledge) -> list[IngredientFacts]:
    return [i for i in syringe.ingredients if tables.kind(i.agent) is AgentKind.BOTULINUM_TOXIN]


def _dilution_missing(syringe: SyringeFacts, tables: Knowledge) -> bool:
    """Whether a botulinum toxin has no name, no units or no volume to reckon its strength from."""
    toxins = _toxins(syringe, tables)
    unnamed = any(not tables.agents[i.agent].named for i in toxins)
    return bool(toxins) and (unnamed or not volume_of(syringe) or not units_of(syringe))


def _dilution_fault(syringe: SyringeFacts, tables: Knowledge) -> Fault | None:
    """A botulinum toxin made up stronger or weaker than its label's table."""
    volume, units = volume_of(syringe), units_of(syringe)
    toxins = _toxins(syringe, tables)
    if not volume or not units or len(toxins) != 1:
        return None
    limits, name = tables.toxin(toxins[0].agent), tables.name(toxins[0].agent)
    weakest, strongest = limits.weakest_units_per_ml, limits.strongest_units_per_ml
    if weakest is None or strongest is None:
        return None
    per_ml = Fraction(units * 10, volume)
    off = max(per_ml / Fraction(strongest.value), Fraction(weakest.value) / per_ml)
    if off <= 1:
        return None
    words = say(
        "{name} at {per_ml} in 1 mL; its label makes it up to {weakest} to {strongest}. Check"
        " units and saline.",
        name=capital(name),
        per_ml=format_units(per_ml * 100),
        weakest=plain(weakest.value),
        strongest=plain(strongest.value),
    )
    return _severity(off, tables), words


def _units_fault(
    syringe: SyringeFacts, injection: InjectionFacts, tables: Knowledge
) -> Fault | None:
    volume, units = volume_of(syringe), units_of(syringe)
    if not volume or not units or not injection.volume_ul or not injection.units_centi:
        return None
    fits = Fraction(injection.volume_ul * units, volume)
    off = max(injection.units_centi / fits, fits / injection.units_centi)
    if (off - 1) * 100 <= Fraction(tables.limit("strength.units_percent").value):
        return None
    words = say(
        "{units_centi} do not fit the volume: it holds {fits}. Correct the one that is wrong.",
        units_centi=format_units(injection.units_centi),
        fits=format_units(fits),
    )
    return _severity(off, tables), words
