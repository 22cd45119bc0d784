"""Exact dose arithmetic: what an injection takes from its syringe, and how much is permitted.

Everything is a Fraction of whole small units; nothing is rounded before it is shown, and
then toward caution. Local anaesthetics add to each other's toxicity, so each agent's share
of its own maximum is summed. Units of botulinum products are never added across products.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from tautband.clinical.facts import (
    IngredientFacts,
    InjectionFacts,
    PatientFacts,
    SessionFacts,
    Sitting,
    SyringeFacts,
)
from tautband.clinical.knowledge import Knowledge, Number
from tautband.clinical.terms import AgentKind, Side

MAYBE_ANAESTHETIC = frozenset({AgentKind.LOCAL_ANAESTHETIC, AgentKind.OTHER})
# A sitting of which only the date is known comes before the others of its day.
_NO_TIME = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dose:
    """What one ingredient brings into one injection; None is an amount nobody knows.

    `row` is the index of the planned injection, None for what was given before.
    `lifted` says whether its epinephrine is strong enough to lift the maximum.
    """

    agent: str
    kind: AgentKind
    volume_ul: Fraction | None
    ug: Fraction | None
    epinephrine_ng: Fraction | None
    units_centi: Fraction | None
    lifted: bool
    muscle: str | None
    side: Side | None
    sites: int
    row: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Maximum:
    """The most of one local anaesthetic for one patient, and the number that set it."""

    ug: Fraction
    number: Number


@dataclass(frozen=True, slots=True, kw_only=True)
class Load:
    """How much of the permitted local anaesthetic is used: 1 is the limit itself.

    `before` is what was given earlier the same day, `now` what is planned; both count only
    known amounts, so they are lower bounds when `missing` names a fact. `signed_for` is the
    part that rests on verified numbers alone.
    """

    before: Fraction
    now: Fraction
    signed_for: Fraction
    missing: tuple[str, ...]
    rows: tuple[int, ...]

    @property
    def total(self) -> Fraction:
        """The whole load of the day."""
        return self.before + self.now


def volume_of(syringe: SyringeFacts) -> int | None:
    """What a syringe holds in µL, None when a part is unknown.

    A toxin is a powder: where a diluent has a volume, the toxin need not have one.
    """
    wet = any(i.volume_ul is not None and i.units_centi is None for i in syringe.ingredients)
    total = 0
    for ingredient in syringe.ingredients:
        if ingredient.volume_ul is not None:
            total += ingredient.volume_ul
        elif not wet or ingredient.units_centi is None:
            return None
    return total


def units_of(syringe: SyringeFacts) -> int | None:
    """The botulinum units a syringe holds, in hundredths; None when unknown or none."""
    known = [i.units_centi for i in syringe.ingredients if i.units_centi is not None]
    return sum(known) if known else None


def share_of(syringe: SyringeFacts, injection: InjectionFacts) -> Fraction | None:
    """The part of a syringe that goes into one injection, by volume or by units: the larger."""
    shares: list[Fraction] = []
    volume, units = volume_of(syringe), units_of(syringe)
    if injection.volume_ul is not None and volume:
        shares.append(Fraction(injection.volume_ul, volume))
    if injection.units_centi is not None and units:
        shares.append(Fraction(injection.units_centi, units))
    return max(shares) if shares else None


def doses_of_injection(
    syringe: SyringeFacts, injection: InjectionFacts, *, row: int | None, tables: Knowledge
) -> tuple[Dose, ...]:
    """What each ingredient of a syringe brings into one injection, in proportion to volume."""
    share = share_of(syringe, injection)
    alone = len(syringe.ingredients) == 1
    toxins = [i for i in syringe.ingredients if tables.kind(i.agent) is AgentKind.BOTULINUM_TOXIN]
    doses = []
    for ingredient in syringe.ingredients:
        volume = _part(share, ingredient.volume_ul, injection.volume_ul if alone else None)
        # Units in a row can only be those of the toxin, whatever it is mixed with.
        only = toxins == [ingredient]
        units = _part(share, ingredient.units_centi, injection.units_centi if only else None)
        doses.append(
            _dose(ingredient, volume, units, syringe=syringe, injection=injection, row=row,
                  tables=tables)
        )  # fmt: skip
    return tuple(doses)


def _part(share: Fraction | None, holds: int | None, stated: int | None) -> Fraction | None:
    """An ingredient's share of what the syringe holds, else what the row itself states."""
    if share is not None and holds is not None:
        return share * holds
    return None if stated is None else Fraction(stated)


def _dose(
    ingredient: IngredientFacts,
    volume: Fraction | None,
    units: Fraction | None,
    *,
    syringe: SyringeFacts,
    injection: InjectionFacts | None,
    row: int | None,
    tables: Knowledge,
) -> Dose:
    kind = tables.kind(ingredient.agent)
    strength, adrenaline = ingredient.concentration_ug_per_ml, ingredient.epinephrine_ng_per_ml
    if adrenaline is None and kind not in MAYBE_ANAESTHETIC:
        adrenaline = 0
    return Dose(
        agent=ingredient.agent,
        kind=kind,
        volume_ul=volume,
        ug=None if strength is None or volume is None else strength * volume / 1000,
        epinephrine_ng=_epinephrine(adrenaline, volume),
        units_centi=units,
        lifted=is_lifted(ingredient, syringe, tables),
        muscle=None if injection is None else injection.muscle,
        side=None if injection is None else injection.side,
        sites=1 if injection is None else max(injection.sites, 1),
        row=row,
    )


def is_lifted(ingredient: IngredientFacts, syringe: SyringeFacts, tables: Knowledge) -> bool:
    """Whether the epinephrine of a product lifts its maximum.

    The label lifts it for the strengths it names, the weakest of them included; what else is in
    the syringe thins the epinephrine, and too thin it delays nothing.
    """
    adrenaline = ingredient.epinephrine_ng_per_ml
    label = tables.limit("epinephrine.label_ug_per_ml").value * 1000
    if adrenaline is None or adrenaline < label:
        return False
    if len(syringe.ingredients) == 1:
        return True
    whole = volume_of(syringe)
    if not whole or ingredient.volume_ul is None:
        return False
    mixed = Fraction(adrenaline * ingredient.volume_ul, whole)
    return mixed >= Fraction(tables.limit("epinephrine.lift_ug_per_ml").value) * 1000


def _epinephrine(ng_per_ml: int | None, volume: Fraction | None) -> Fraction | None:
    if ng_per_ml == 0:
        return Fraction(0)
    return None if ng_per_ml is None or volume is None else ng_per_ml * volume / 1000


# Thirty questions of one check are about the same few sittings; the facts are frozen, so what was
# reckoned once holds.
@lru_cache(maxsize=512)
def doses(
    syringes: tuple[SyringeFacts, ...],
    injections: tuple[InjectionFacts, ...],
    *,
    planned: bool,
    tables: Knowledge,
) -> tuple[Dose, ...]:
    """Every dose of a sitting, row by row; a row without a syringe brings nothing.

    A row whose syringe nobody recorded brings an unknown amount of an unknown agent.
    """
    by_id = {s.id: s for s in syringes}
    unknown = SyringeFacts(id="", ingredients=(IngredientFacts(agent="other"),))
    out: list[Dose] = []
    for index, injection in enumerate(injections):
        if injection.syringe is None:
            continue
        syringe = by_id.get(injection.syringe, unknown)
        row = index if planned else None
        out.extend(doses_of_injection(syringe, injection, row=row, tables=tables))
    return tuple(out)


def planned_doses(facts: SessionFacts, tables: Knowledge) -> tuple[Dose, ...]:
    """Every dose of the plan."""
    plan = facts.planned
    return doses(plan.syringes, plan.injections, planned=True, tables=tables)


def sitting_doses(sitting: Sitting, tables: Knowledge) -> tuple[Dose, ...]:
    """Every dose of a past sitting; one without rows counts its whole syringes."""
    if sitting.injections:
        return doses(sitting.syringes, sitting.injections, planned=False, tables=tables)
    return tuple(
        _dose(
            i,
            None if i.volume_ul is None else Fraction(i.volume_ul),
            None if i.units_centi is None else Fraction(i.units_centi),
            syringe=s,
            injection=None,
            row=None,
            tables=tables,
        )
        for s in sitting.syringes
        for i in s.ingredients
    )


def is_later(one: datetime | None, other: datetime | None) -> bool:
    """Whether an instant is known to lie after another."""
    return one is not None and other is not None and one > other


def past(facts: SessionFacts) -> tuple[Sitting, ...]:
    """The sittings up to the one at hand, oldest first; a later one is not yet past."""
    plan = facts.planned
    before = [
        s
        for s in facts.history or ()
        if s.on < plan.on or (s.on == plan.on and not is_later(s.at, plan.at))
    ]
    return tuple(sorted(before, key=lambda s: (s.on, s.at or _NO_TIME, s.id)))


def earlier_today(facts: SessionFacts) -> tuple[Sitting, ...]:
    """The sittings earlier the same day, here or elsewhere; they count in full."""
    return tuple(s for s in past(facts) if s.on == facts.planned.on)


def maybe_today(facts: SessionFacts, tables: Knowledge) -> tuple[Sitting, ...]:
    """The sittings of the days before whose day is only "about" known, so that it may be today.

    Where a time is told, "about" means the time, and the day stands.
    """
    margin = timedelta(days=int(tables.limit("load.about_days").value))
    day = facts.planned.on
    return tuple(
        s for s in past(facts) if s.on_is_about and s.at is None and s.on < day <= s.on + margin
    )


def may_hide(facts: SessionFacts, kind: AgentKind) -> bool:
    """Whether an earlier dose of a family may exist that nobody could tell of."""
    return facts.history is None or kind in facts.patient.unsure


def dosing_weight_g(patient: PatientFacts) -> int | None:
    """The weight the mg/kg figures are multiplied by: the smaller of actual and dosing.

    None while the actual weight is unknown: a dosing weight only ever lowers it.
    """
    if patient.weight_g is None:
        return None
    return min(patient.weight_g, patient.dosing_weight_g or patient.weight_g)


def maximum(
    agent: str, patient: PatientFacts, *, lifted: bool, tables: Knowledge
) -> Maximum | None:
    """The smaller of mg/kg × weight and the absolute maximum, under the patient's ceiling.

    Without a weight only the absolute figure is known: an upper bound. None when no table
    has the agent.
    """
    limits = tables.anaesthetics.get(agent)
    if limits is None:
        return None
    per_kg, absolute = limits.plain_mg_per_kg, limits.plain_mg
    if lifted and limits.epinephrine_mg_per_kg and limits.epinephrine_mg:
        per_kg, absolute = limits.epinephrine_mg_per_kg, limits.epinephrine_mg
    most, number = Fraction(absolute.value) * 1000, absolute
    weight = dosing_weight_g(patient)
    if weight is not None and Fraction(per_kg.value) * weight < most:
        most, number = Fraction(per_kg.value) * weight, per_kg
    if patient.ceiling_percent is not None:
        most = most * max(0, min(patient.ceiling_percent, 100)) / 100
    return Maximum(ug=most, number=number)


def local_anaesthetic_load(facts: SessionFacts, tables: Knowledge) -> Load:
    """The shares of their maxima of all local anaesthetics of the day, added up."""
    given = tuple(d for s in earlier_today(facts) for d in sitting_doses(s, tables))
    sums = {True: Fraction(0), False: Fraction(0)}
    signed_for = Fraction(0)
    missing: list[str] = []
    rows: list[int] = []
    for dose in (*given, *planned_doses(facts, tables)):
        if dose.kind not in MAYBE_ANAESTHETIC:
            continue
        most = maximum(dose.agent, facts.patient, lifted=dose.lifted, tables=tables)
        rows += [] if dose.row is None else [dose.row]
        if most is None:
            missing.append(f"{_place(dose)}.agent")
            continue
        missing += [] if dosing_weight_g(facts.patient) is not None else ["patient.weight_kg"]
        if dose.ug is None:
            missing.append(f"{_place(dose)}.volume_ml")
            continue
        # A ceiling of nothing leaves no share to count in: any dose is past the limit.
        share = dose.ug / most.ug if most.ug else Fraction(2 if dose.ug else 0)
        sums[dose.row is None] += share
        signed_for += share if most.number.verified else 0
    if may_hide(facts, AgentKind.LOCAL_ANAESTHETIC) or any(
        d.kind in MAYBE_ANAESTHETIC
        for s in maybe_today(facts, tables)
        for d in sitting_doses(s, tables)
    ):
        missing.append("history")
    return Load(
        before=sums[True],
        now=sums[False],
        signed_for=signed_for,
        missing=tuple(dict.fromkeys(missing)),
        rows=tuple(dict.fromkeys(rows)),
    )


def _place(dose: Dose) -> str:
    return "history" if dose.row is None else f"planned.injections[{dose.row}]"


def permille(share: Fraction) -> int:
    """A share in parts per thousand, rounded up, toward caution."""
    return -(-share.numerator * 1000 // share.denominator)


def left_in_syringe_ul(syringe: SyringeFacts, injections: Iterable[InjectionFacts]) -> int | None:
    """What stays in a syringe and is recorded as waste, in whole µL, down; None when unknown.

    Less than zero means that more is planned from it than it holds.
    """
    volume = volume_of(syringe)
    if volume is None:
        return None
    used = Fraction(0)
    for injection in injections:
        if injection.syringe != syringe.id:
            continue
        share = share_of(syringe, injection)
        if share is None:
            return None
        used += share * volume
    return math.floor(volume - used)
