"""Too much local anaesthetic: the sum of the day against the limit, and totals in 24 hours."""

from datetime import timedelta
from fractions import Fraction

from tautband.clinical.dosing import (
    Dose,
    Load,
    dosing_weight_g,
    format_kg,
    format_mg,
    format_permille,
    is_later,
    local_anaesthetic_load,
    past,
    permille,
    planned_doses,
    sitting_doses,
)
from tautband.clinical.facts import SessionFacts, Sitting
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge, Number
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import AgentKind

LOAD = Rule("la-load")
DAY = Rule("la-24h")
_MAYBE_ANAESTHETIC = frozenset({AgentKind.LOCAL_ANAESTHETIC, AgentKind.OTHER})


def check_load(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The shares of all local anaesthetics of the day add up to 1 at most."""
    load = local_anaesthetic_load(facts, tables)
    stop = Fraction(tables.limit("load.stop_permille").value) / 1000
    warn = Fraction(tables.limit("load.warn_permille").value) / 1000
    used = f"{format_permille(permille(load.total))} of the limit"
    if load.total > stop:
        sure = load.signed_for > stop
        return LOAD.fires(
            tables,
            Severity.CRITICAL if sure else Severity.WARNING,
            f"Too much local anaesthetic: {used} for the day. {_amounts(facts, tables)}"
            " Use less, or a weaker solution.",
            rows=load.rows,
            missing=load.missing,
        )
    if "patient.weight_kg" in load.missing or (load.missing and load.total < warn):
        return _cannot_tell(tables, load)
    if load.total >= warn:
        return LOAD.fires(
            tables,
            Severity.WARNING,
            f"Close to the limit of local anaesthetic: {used}. {_amounts(facts, tables)}"
            " Watch for longer, and keep lipid at hand.",
            rows=load.rows,
            missing=load.missing,
        )
    return LOAD.clear(tables, f"Local anaesthetic: {used}.")


def _cannot_tell(tables: Knowledge, load: Load) -> Finding:
    if "patient.weight_kg" in load.missing:
        return LOAD.cannot_tell(
            tables,
            "Cannot tell the limit of local anaesthetic: weight unknown. Weigh the patient;"
            " without a weight there is no plan.",
            missing=load.missing,
            severity=Severity.CRITICAL,
            rows=load.rows,
            blocking=True,
        )
    return LOAD.cannot_tell(
        tables,
        "Cannot tell how much local anaesthetic is used: an amount or an agent is unknown."
        f" Known so far: {format_permille(permille(load.total))} of the limit.",
        missing=load.missing,
        rows=load.rows,
    )


def _amounts(facts: SessionFacts, tables: Knowledge) -> str:
    """What the plan holds, agent by agent: `310 mg lidocaine.`"""
    sums: dict[str, Fraction] = {}
    for dose in planned_doses(facts, tables):
        if dose.kind is AgentKind.LOCAL_ANAESTHETIC and dose.ug is not None:
            sums[dose.agent] = sums.get(dose.agent, Fraction(0)) + dose.ug
    named = [f"{format_mg(ug)} {tables.agents[a].name.lower()}" for a, ug in sums.items()]
    weight = dosing_weight_g(facts.patient)
    person = "" if weight is None else f" at {format_kg(weight)}"
    return f"Planned: {', '.join(named)}{person}." if named else "All of it was given earlier."


def check_day(facts: SessionFacts, tables: Knowledge) -> Finding:
    """An agent with a limit for 24 hours stays within it, whoever gave it."""
    planned = planned_doses(facts, tables)
    capped = {
        dose.agent: limits.day_mg
        for dose in planned
        if (limits := tables.anaesthetics.get(dose.agent)) and limits.day_mg
    }
    rows = tuple(dict.fromkeys(d.row for d in planned if d.agent in capped and d.row is not None))
    certain, possible = _last_day(facts, tables)
    unknown = False
    for agent, number in capped.items():
        sure, gaps = _sum(agent, (*certain, *planned), tables)
        maybe, maybe_gaps = _sum(agent, possible, tables)
        unknown = unknown or gaps or maybe_gaps or sure + maybe > _ug(number)
        if sure > _ug(number):
            return DAY.fires(
                tables,
                Severity.CRITICAL if number.verified else Severity.WARNING,
                f"Too much {tables.agents[agent].name.lower()} in 24 hours: {format_mg(sure)} of"
                f" {format_mg(_ug(number))}. Use less, or another day.",
                rows=rows,
                source=number.source,
            )
    if unknown:
        return DAY.cannot_tell(
            tables,
            "Cannot tell the total of 24 hours: an amount or a time is unknown. Ask when and"
            " how much was given.",
            missing=("history",),
            rows=rows,
        )
    return DAY.clear(tables, "Within every limit for 24 hours.")


def _ug(number: Number) -> Fraction:
    return Fraction(number.value) * 1000


def _sum(agent: str, doses: tuple[Dose, ...], tables: Knowledge) -> tuple[Fraction, bool]:
    """The known amount of an agent in µg, and whether some of it, or of an unnamed agent, is
    unknown."""
    total, gaps = Fraction(0), False
    for dose in doses:
        unnamed = dose.kind in _MAYBE_ANAESTHETIC and dose.agent not in tables.anaesthetics
        mine = dose.agent == agent
        gaps = gaps or unnamed or (mine and dose.ug is None)
        total += dose.ug if mine and dose.ug is not None else 0
    return total, gaps


def _last_day(facts: SessionFacts, tables: Knowledge) -> tuple[tuple[Dose, ...], tuple[Dose, ...]]:
    """What was surely given in the last 24 hours, and what may have been."""
    sure: list[Dose] = []
    maybe: list[Dose] = []
    for sitting in past(facts):
        given = sitting_doses(sitting, tables)
        inside = _within_a_day(facts, sitting)
        if inside is None:
            maybe += given
        elif inside:
            sure += given
    return tuple(sure), tuple(maybe)


def _within_a_day(facts: SessionFacts, sitting: Sitting) -> bool | None:
    """Whether a sitting lies in the last 24 hours; None where only the date is known."""
    plan = facts.planned
    if sitting.on == plan.on:
        return True
    if plan.on - sitting.on > timedelta(days=1):
        return False
    if sitting.at is None or plan.at is None:
        return None
    return is_later(sitting.at + timedelta(hours=24), plan.at)
