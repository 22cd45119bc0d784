"""Too much epinephrine with the local anaesthetic, above all for a sick heart."""

from fractions import Fraction

from tautband.clinical.amounts import format_ug
from tautband.clinical.dosing import (
    Dose,
    earlier_today,
    may_hide,
    maybe_today,
    planned_doses,
    sitting_doses,
)
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terminology import conditions
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import joined, say

TOTAL = Rule("epinephrine-total")


def check_epinephrine_total(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The epinephrine of the day stays under what a heart takes."""
    planned = planned_doses(facts, tables)
    given = tuple(d for s in earlier_today(facts) for d in sitting_doses(s, tables))
    maybe = tuple(d for s in maybe_today(facts, tables) for d in sitting_doses(s, tables))
    total = sum((d.epinephrine_ng or Fraction(0) for d in (*given, *planned)), Fraction(0))
    rows = tuple(
        dict.fromkeys(d.row for d in planned if d.row is not None and d.epinephrine_ng != 0)
    )
    limits = {name: tables.limit(f"epinephrine.{name}_ug") for name in ("stop", "warn", "heart")}
    ng = {name: Fraction(number.value) * 1000 for name, number in limits.items()}
    heart = conditions(facts.patient, "heart")
    shown = say("{total} of epinephrine", total=format_ug(total))
    if total > ng["stop"]:
        severity = Severity.CRITICAL if limits["stop"].verified else Severity.WARNING
        return TOTAL.fires(
            tables,
            severity,
            say(
                "Too much epinephrine: {shown}, the limit is {limit}. Use a solution without it.",
                shown=shown,
                limit=format_ug(ng["stop"]),
            ),
            rows=rows,
            source=limits["stop"].source,
        )
    if total > ng["heart"] and heart.named:
        return TOTAL.fires(
            tables,
            Severity.WARNING,
            say(
                "Much epinephrine for heart disease ({named}): {shown}, above {limit}. Use a"
                " solution without it.",
                named=joined(", ", heart.named),
                shown=shown,
                limit=format_ug(ng["heart"]),
            ),
            rows=rows,
            source=limits["heart"].source,
        )
    if total > ng["warn"]:
        return TOTAL.fires(
            tables,
            Severity.WARNING,
            say(
                "Much epinephrine: {shown}, above {limit}. Use less, or a solution without it.",
                shown=shown,
                limit=format_ug(ng["warn"]),
            ),
            rows=rows,
            source=limits["warn"].source,
        )
    worst = total + sum((_worst(d, tables) for d in (*given, *planned, *maybe)), Fraction(0))
    worst += sum((d.epinephrine_ng or Fraction(0) for d in maybe), Fraction(0))
    hidden = may_hide(facts, AgentKind.LOCAL_ANAESTHETIC)
    within = worst <= ng["heart"] or (worst <= ng["warn"] and heart.sure and not heart.named)
    if within and not hidden:
        return TOTAL.clear(tables, say("Within the limits: {shown}.", shown=shown))
    missing = [f"planned.injections[{r}].epinephrine_ug_per_ml" for r in _unknown_rows(planned)]
    missing += ["history"] if hidden or maybe or any(_unknown(d) for d in given) else []
    missing += [] if heart.sure else ["patient.conditions"]
    return TOTAL.cannot_tell(
        tables,
        say(
            "Cannot tell whether the epinephrine is too much: its strength, what was given"
            " elsewhere today, or whether the heart is ill is unknown. Known so far: {shown}.",
            shown=shown,
        ),
        missing=tuple(missing),
        severity=Severity.INFO,
        rows=rows,
    )


def _unknown(dose: Dose) -> bool:
    return dose.epinephrine_ng is None


def _unknown_rows(planned: tuple[Dose, ...]) -> tuple[int, ...]:
    return tuple(dict.fromkeys(d.row for d in planned if _unknown(d) and d.row is not None))


def _worst(dose: Dose, tables: Knowledge) -> Fraction:
    """What an unknown dose may hold: little only where a small volume is planned.

    The volume of what was given before may be made up from milligrams, so it says nothing.
    """
    if not _unknown(dose):
        return Fraction(0)
    local = dose.kind is AgentKind.LOCAL_ANAESTHETIC
    if local and dose.row is not None and dose.volume_ul is not None:
        strongest = Fraction(tables.limit("epinephrine.strongest_ug_per_ml").value)
        return strongest * dose.volume_ul
    return Fraction(tables.limit("epinephrine.stop_ug").value) * 1000
