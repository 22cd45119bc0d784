"""The three bars at the top of a session: anaesthetic, botulinum toxin, steroid."""

from decimal import ROUND_FLOOR, Decimal
from fractions import Fraction

from tautband.clinical.amounts import NBSP, format_mg, format_strength, format_units, plain
from tautband.clinical.dates import MONTHS, shown
from tautband.clinical.dosing import (
    Dose,
    Load,
    dosing_weight_g,
    earlier_today,
    is_lifted,
    local_anaesthetic_load,
    maximum,
    may_hide,
    permille,
    planned_doses,
    sitting_doses,
)
from tautband.clinical.facts import SessionFacts, Sitting
from tautband.clinical.findings import LedgerLine
from tautband.clinical.knowledge import Knowledge, Number
from tautband.clinical.rules.interval import (
    maybe_within,
    not_before,
    sittings_with_toxin,
    toxins,
    window,
)
from tautband.clinical.rules.steroid import steroids, year_of_steroids
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import Sentence, joined, say, say_n


def ledger(facts: SessionFacts, tables: Knowledge) -> tuple[LedgerLine, ...]:
    """What is used and what is left of each limit, for the plan at hand."""
    return (_anaesthetic(facts, tables), _toxin(facts, tables), _steroid(facts, tables))


def _anaesthetic(facts: SessionFacts, tables: Knowledge) -> LedgerLine:
    load = local_anaesthetic_load(facts, tables)
    agent, strength, lifted = _counted_in(facts, tables)
    most = maximum(agent, facts.patient, lifted=lifted, tables=tables)
    weighed = dosing_weight_g(facts.patient) is not None
    before, total = permille(load.before), permille(load.total)
    left: str
    limit_words: str
    if most is None or not weighed:
        left = say("weight needed") if most else say("amount unknown")
        limit_words, source = say("no limit without a weight"), tables.sources["la-load"]
    else:
        left = _left(load, most.ug, agent, strength, tables)
        limit_words = _limit_words(most.number, facts.patient.ceiling_percent)
        source = most.number.source
    return LedgerLine(
        key="local-anaesthetic",
        label=say("Local anaesthetic"),
        used_before_permille=before if weighed else None,
        used_now_permille=total - before if weighed else None,
        warn_permille=int(tables.limit("load.warn_permille").value),
        left=left,
        detail=_anaesthetic_detail(facts, tables, load),
        limit_words=limit_words,
        source=source,
    )


def _limit_words(number: Number, ceiling_percent: int | None) -> str:
    """The figure that binds: `4.5 mg/kg, label`, or `80 % of 4.5 mg/kg, label`."""
    words = f"{plain(number.value)}{NBSP}{number.unit}"
    if ceiling_percent is not None:
        words = say(
            "{ceiling_percent}\u00a0% of {limit}", ceiling_percent=ceiling_percent, limit=words
        )
    is_label = "prescribing information" in number.source.cite
    return (
        say("{limit}, label", limit=words) if is_label else say("{limit}, reference", limit=words)
    )


def _counted_in(facts: SessionFacts, tables: Knowledge) -> tuple[str, int, bool]:
    """The solution "left" is counted in: the first of the plan, else the usual one."""
    for syringe in facts.planned.syringes:
        for i in syringe.ingredients:
            if tables.kind(i.agent) is AgentKind.LOCAL_ANAESTHETIC and i.concentration_ug_per_ml:
                return i.agent, i.concentration_ug_per_ml, is_lifted(i, syringe, tables)
    usual = int(tables.limit("ledger.default_mg_per_ml").value * 1000)
    return "lidocaine", usual, False


def _left(load: Load, most_ug: Fraction, agent: str, strength: int, tables: Knowledge) -> str:
    """Millilitres of the planned solution still permitted, rounded down to 0.1 mL."""
    if load.total > 1:
        return say("over the limit")
    ml = (1 - load.total) * most_ug / strength
    tenths = (Decimal(ml.numerator) / ml.denominator).quantize(Decimal("0.1"), ROUND_FLOOR)
    about = say("at most ") if load.missing else ""
    name = tables.name(agent)
    return say(
        "{about}{tenths}\u00a0mL {name} {strength} left",
        about=about,
        tenths=plain(tenths),
        name=name,
        strength=format_strength(strength),
    )


def _anaesthetic_detail(facts: SessionFacts, tables: Knowledge, load: Load) -> str:
    parts = []
    for sitting in earlier_today(facts):
        given = _anaesthetics(sitting_doses(sitting, tables), tables)
        if given:
            parts.append(joined(", ", (_where(sitting), given)))
    now = sum(
        (
            d.ug or Fraction(0)
            for d in planned_doses(facts, tables)
            if d.kind is AgentKind.LOCAL_ANAESTHETIC
        ),
        Fraction(0),
    )
    if now:
        parts.append(say("now {now}", now=format_mg(now)))
    if any(path != "patient.weight_kg" for path in load.missing):
        parts.append(say("an amount is unknown"))
    return joined(" · ", parts) or say("none today")


def _where(sitting: Sitting) -> str:
    """Where and when something was given: `dentist 09:00`."""
    place = sitting.where or (say("elsewhere") if sitting.given_elsewhere else say("here"))
    return place if sitting.at is None else joined(" ", (place, f"{sitting.at:%H:%M}"))


def _anaesthetics(doses: tuple[Dose, ...], tables: Knowledge) -> str:
    sums: dict[str, Fraction | None] = {}
    for dose in doses:
        if dose.kind is AgentKind.LOCAL_ANAESTHETIC:
            so_far = sums.get(dose.agent, Fraction(0))
            sums[dose.agent] = None if so_far is None or dose.ug is None else so_far + dose.ug
    return joined(
        ", ",
        (
            joined(" ", (tables.name(a), say("unknown amount") if ug is None else format_mg(ug)))
            for a, ug in sums.items()
        ),
    )


def _toxin(facts: SessionFacts, tables: Knowledge) -> LedgerLine:
    apart = tables.limit("botulinum.interval_days")
    before = sittings_with_toxin(facts, tables)
    planned = toxins(planned_doses(facts, tables))
    parts: list[str] = []
    used, left = 1000, say("may be given")
    vague = maybe_within(facts, tables, before, int(apart.value))
    if before:
        last = before[-1].on
        days = (facts.planned.on - last).days
        about = say("about ") if before[-1].on_is_about else ""
        if days < apart.value:
            parts.append(say("Day {days} of {apart}", days=days, apart=plain(apart.value)))
            left = say("Not before {date}", date=shown(not_before(last, tables)))
            used = days * 1000 // int(apart.value)
        else:
            parts.append(say("last on {about}{date}", about=about, date=shown(last)))
    else:
        parts.append(say("none on record"))
    if left == "may be given" and (vague or may_hide(facts, AgentKind.BOTULINUM_TOXIN)):
        left = say("ask when the last one was")
    parts += _units(facts, tables, planned)
    return LedgerLine(
        key="botulinum",
        label=say("Botulinum toxin"),
        used_before_permille=used if before else 0,
        used_now_permille=0,
        warn_permille=None,
        left=left,
        detail=joined(" · ", parts),
        limit_words=say("{apart} weeks, label", apart=plain(apart.value / 7)),
        source=apart.source,
    )


def _units(facts: SessionFacts, tables: Knowledge, planned: tuple[Dose, ...]) -> list[Sentence]:
    """The units of the running interval, each product on its own, now included.

    A limit for one session is not one for the interval: beside it only today's units stand.
    """
    days = int(tables.limit("botulinum.interval_days").value)
    lines: list[Sentence] = []
    for product in dict.fromkeys((*tables.toxins, *(d.agent for d in planned))):
        limits, name = tables.toxin(product), tables.name(product)
        past = [d for d in window(product, facts, tables, days=days) if d.agent == product]
        now = [d for d in planned if d.agent == product]
        if limits.total_units is not None:
            lines += _sum_words(
                [*past, *now],
                say(" of {total_units}", total_units=plain(limits.total_units.value)),
                name,
            )
            continue
        most = limits.session_units
        lines += _sum_words(
            now, "" if most is None else say(" of {most}", most=plain(most.value)), name
        )
        lines += [say("{amount} before", amount=words) for words in _sum_words(past, "", name)]
    return lines


def _sum_words(doses: list[Dose], of: str, name: str) -> list[Sentence]:
    """What some doses of one product add up to: `155 of 400 units onabotulinumtoxinA`."""
    if not doses:
        return []
    used = sum((d.units_centi or Fraction(0) for d in doses), Fraction(0))
    some = say(" or more") if any(d.units_centi is None for d in doses) else ""
    return [
        say(
            "{amount}{some}{of} units {name}",
            amount=format_units(used).split(NBSP)[0],
            some=some,
            of=of,
            name=name,
        )
    ]


def _steroid(facts: SessionFacts, tables: Knowledge) -> LedgerLine:
    most = tables.limit("steroid.sessions_in_12_months")
    before = year_of_steroids(facts, tables)
    now = 1 if steroids(planned_doses(facts, tables)) else 0
    left = max(0, int(most.value) - len(before) - now)
    parts = [say("{count} of {most}", count=len(before) + now, most=plain(most.value))]
    parts += [_steroid_given(s, tables) for s in before[-1:]]
    parts += [say("elsewhere unknown")] if may_hide(facts, AgentKind.CORTICOSTEROID) else []
    return LedgerLine(
        key="steroid",
        label=say("Steroid, 12 months"),
        used_before_permille=permille(Fraction(len(before)) / Fraction(most.value)),
        used_now_permille=permille(Fraction(now) / Fraction(most.value)),
        warn_permille=None,
        left=say_n("{n} session left", "{n} sessions left", left),
        detail=joined(" · ", parts),
        limit_words=say("centre's limit"),
        source=most.source,
    )


def _steroid_given(sitting: Sitting, tables: Knowledge) -> Sentence:
    sums: dict[str, Fraction | None] = {}
    for dose in steroids(sitting_doses(sitting, tables)):
        so_far = sums.get(dose.agent, Fraction(0))
        sums[dose.agent] = None if so_far is None or dose.ug is None else so_far + dose.ug
    named = joined(
        ", ",
        (
            joined(" ", (tables.name(a), *(() if ug is None else (format_mg(ug),))))
            for a, ug in sums.items()
        ),
    )
    return joined(", ", (named, joined(" ", (str(sitting.on.day), MONTHS[sitting.on.month - 1]))))
