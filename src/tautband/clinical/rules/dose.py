"""Too much local anaesthetic: the sum of the day against the limit, and totals in 24 hours."""

from collections.abc import Iterable
from datetime import timedelta
from fractions import Fraction

from tautband.clinical.amounts import format_kg, format_mg, format_permille
from tautband.clinical.dosing import (
    MAYBE_ANAESTHETIC,
    Dose,
    Load,
    dosing_weight_g,
    earlier_today,
    is_later,
    local_anaesthetic_load,
    may_hide,
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
from tautband.clinical.words import joined, say

LOAD = Rule("la-load")
DAY = Rule("la-24h")


def check_load(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The shares of all local anaesthetics of the day add up to 1 at most."""
    load = local_anaesthetic_load(facts, tables)
    stop = Fraction(tables.limit("load.stop_permille").value) / 1000
    warn = Fraction(tables.limit("load.warn_permille").value) / 1000
    used = say("{permille} of the day's limit", permille=format_permille(permille(load.total)))
    if load.total > stop:
        sure = load.signed_for > stop
        return LOAD.fires(
            tables,
            Severity.CRITICAL if sure else Severity.WARNING,
            say(
                "Too much local anaesthetic: {used}.{amounts} Use less, or a weaker solution.",
                used=used,
                amounts=_amounts(facts, tables),
            ),
            rows=load.rows,
            missing=load.missing,
        )
    if load.rows and "patient.weight_kg" in load.missing:
        return LOAD.cannot_tell(
            tables,
            say(
                "Cannot tell the limit of local anaesthetic: weight unknown. Weigh the patient;"
                " without a weight there is no plan."
            ),
            missing=load.missing,
            severity=Severity.CRITICAL,
            rows=load.rows,
            blocking=True,
        )
    if load.total >= warn:
        more = say(" Some of it is not known: it may be more.") if load.missing else ""
        return LOAD.fires(
            tables,
            Severity.WARNING,
            say(
                "Close to the limit of local anaesthetic: {used}.{amounts}{more} Watch for"
                " longer, and keep lipid at hand.",
                used=used,
                amounts=_amounts(facts, tables),
                more=more,
            ),
            rows=load.rows,
            missing=load.missing,
        )
    if load.missing:
        return LOAD.cannot_tell(
            tables,
            say(
                "Cannot tell how much local anaesthetic is used: {gap}. Known so far: {used}.",
                gap=_gap(load),
                used=used,
            ),
            missing=load.missing,
            severity=Severity.WARNING if load.rows else Severity.INFO,
            rows=load.rows,
        )
    return LOAD.clear(tables, say("Local anaesthetic: {used}.", used=used))


def _gap(load: Load) -> str:
    """What is not known, in the order it is asked for."""
    if any(path.endswith("].agent") for path in load.missing):
        return say("a drug of this plan is in no table. Ask the pharmacist whether it counts")
    if any(path.startswith("planned") for path in load.missing):
        return say("an amount of this plan is not entered")
    if load.missing == ("patient.weight_kg",):
        return say("the weight is unknown")
    return say("ask what was given elsewhere today, how much and when")


def _amounts(facts: SessionFacts, tables: Knowledge) -> str:
    """What the day holds, agent by agent: ` Planned: 310 mg lidocaine at 58 kg.`"""
    weight = dosing_weight_g(facts.patient)
    person = "" if weight is None else say(" at {weight}", weight=format_kg(weight))
    planned = _sums(planned_doses(facts, tables), tables)
    given = _sums((d for s in earlier_today(facts) for d in sitting_doses(s, tables)), tables)
    parts = [say(" Planned: {planned}{person}.", planned=planned, person=person)] if planned else []
    parts += [say(" Given earlier today: {given}.", given=given)] if given else []
    return joined("", parts)


def _sums(doses: Iterable[Dose], tables: Knowledge) -> str:
    sums: dict[str, Fraction] = {}
    for dose in doses:
        if dose.kind is AgentKind.LOCAL_ANAESTHETIC and dose.ug:
            sums[dose.agent] = sums.get(dose.agent, Fraction(0)) + dose.ug
    return joined(
        ", ", (joined(" ", (format_mg(ug), tables.name(agent))) for agent, ug in sums.items())
    )


def check_day(facts: SessionFacts, tables: Knowledge) -> Finding:
    """An agent with a limit for 24 hours stays within it, whoever gave it."""
    planned = planned_doses(facts, tables)
    capped = {
        dose.agent: limits.day_mg
        for dose in planned
        if (limits := tables.anaesthetics.get(dose.agent)) and limits.day_mg
    }
    unnamed = [
        d
        for d in planned
        if d.kind is AgentKind.LOCAL_ANAESTHETIC and d.agent not in tables.anaesthetics
    ]
    rows = tuple(
        dict.fromkeys(
            d.row for d in planned if d.row is not None and (d.agent in capped or d in unnamed)
        )
    )
    certain, possible = _last_day(facts, tables)
    unknown = bool(unnamed) or (bool(capped) and may_hide(facts, AgentKind.LOCAL_ANAESTHETIC))
    over: list[tuple[str, Fraction, Number]] = []
    for agent, number in capped.items():
        sure, gaps = _sum(agent, (*certain, *planned), tables)
        maybe, maybe_gaps = _sum(agent, possible, tables)
        unknown = unknown or gaps or maybe_gaps or sure + maybe > _ug(number)
        if sure > _ug(number):
            over.append((agent, sure, number))
    if over:
        agent, sure, number = min(over, key=lambda each: not each[2].verified)
        return DAY.fires(
            tables,
            Severity.CRITICAL if number.verified else Severity.WARNING,
            say(
                "Too much {agent} in 24 hours: {sure}, the limit is {ug}. Use less, or another"
                " day.",
                agent=tables.name(agent),
                sure=format_mg(sure),
                ug=format_mg(_ug(number)),
            ),
            rows=rows,
            source=number.source,
        )
    if unknown:
        return DAY.cannot_tell(
            tables,
            say(
                "Cannot tell the total of 24 hours: an amount, a drug or a time is unknown. Ask"
                " what was given since yesterday, when and how much."
            ),
            missing=("history",),
            rows=rows,
        )
    return DAY.clear(tables, say("Within every limit for 24 hours."))


def _ug(number: Number) -> Fraction:
    return Fraction(number.value) * 1000


def _sum(agent: str, doses: tuple[Dose, ...], tables: Knowledge) -> tuple[Fraction, bool]:
    """The known amount of an agent in µg, and whether some of it, or of an unnamed agent, is
    unknown."""
    total, gaps = Fraction(0), False
    for dose in doses:
        unnamed = dose.kind in MAYBE_ANAESTHETIC and dose.agent not in tables.anaesthetics
        mine = dose.agent == agent
        gaps = gaps or unnamed or (mine and dose.ug is None)
        total += dose.ug if mine and dose.ug is not None else 0
    return total, gaps


def _last_day(facts: SessionFacts, tables: Knowledge) -> tuple[tuple[Dose, ...], tuple[Dose, ...]]:
    """What was surely given in the last 24 hours, and what may have been."""
    sure: list[Dose] = []
    maybe: list[Dose] = []
    about = timedelta(days=int(tables.limit("load.about_days").value))
    for sitting in past(facts):
        given = sitting_doses(sitting, tables)
        inside = _within_a_day(facts, sitting, about)
        if inside is None:
            maybe += given
        elif inside:
            sure += given
    return tuple(sure), tuple(maybe)


def _within_a_day(facts: SessionFacts, sitting: Sitting, about: timedelta) -> bool | None:
    """Whether a sitting lies in the last 24 hours; None where nobody can tell."""
    plan = facts.planned
    if sitting.on == plan.on:
        return True
    earliest = plan.on - timedelta(days=1) - (about if sitting.on_is_about else timedelta(0))
    if sitting.on < earliest:
        return False
    if sitting.at is None or plan.at is None or sitting.on_is_about:
        return None
    return is_later(sitting.at + timedelta(hours=24), plan.at)
