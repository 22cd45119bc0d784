"""The lung behind the muscle: how deep the tip may go, and never both sides in one session."""

import re
from dataclasses import dataclass

from tautband.clinical.amounts import format_mm
from tautband.clinical.anatomy import Muscle, muscle
from tautband.clinical.depth import Stop, stop_depth, tilted_tip_um, tip_depth_um
from tautband.clinical.dosing import earlier_today
from tautband.clinical.facts import InjectionFacts, SessionFacts
from tautband.clinical.findings import Finding, RuleAnswer, Severity, Source
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule, numbered
from tautband.clinical.terminology import conditions
from tautband.clinical.terms import LungRisk, Side
from tautband.clinical.words import Sentence, capital, joined, say

NEEDLE = Rule("needle-pleura")
BOTH = Rule("pleura-both-sides")
DISEASE = Rule("lung-disease")
_BRACKETS = re.compile(r" \([^)]*\)")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Verdict:
    """What one row is, worst first: lower `rank` is worse."""

    rank: int
    answer: RuleAnswer
    severity: Severity
    words: str
    row: int
    missing: tuple[str, ...] = ()
    source: Source | None = None
    blocking: bool = False


def over_lung(facts: SessionFacts) -> tuple[tuple[int, InjectionFacts, Muscle], ...]:
    """The planned rows whose muscle may have the lung behind it."""
    rows = [
        (i, r, muscle(r.muscle))
        for i, r in enumerate(facts.planned.injections)
        if r.muscle is not None
    ]
    return tuple((i, r, m) for i, r, m in rows if m.over_lung)


def nowhere(facts: SessionFacts) -> tuple[int, ...]:
    """The planned rows whose muscle nobody chose: any may lie over the lung."""
    return tuple(i for i, r in enumerate(facts.planned.injections) if r.muscle is None)


def check_needle(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The tip stays above the lung: its depth measured today, else what was published."""
    verdicts = [
        verdict
        for index, row, where in over_lung(facts)
        if (verdict := _judge(index, row, where, facts, tables)) is not None
    ]
    verdicts += [
        _unsure(i, say("choose the muscle; the lung may lie behind it."), f"{_place(i)}.muscle")
        for i in nowhere(facts)
    ]
    if not verdicts:
        return NEEDLE.clear(tables, say("No tip comes near the lung."))
    worst = min(verdicts, key=lambda v: v.rank)
    alike = tuple(sorted(v.row for v in verdicts if v.rank == worst.rank))
    missing = tuple(m for v in verdicts for m in v.missing)
    place = _named(worst.row, facts)
    if worst.answer is RuleAnswer.FIRES:
        return NEEDLE.fires(
            tables,
            worst.severity,
            joined(": ", (capital(place), worst.words)),
            rows=alike,
            missing=missing,
            source=worst.source,
        )
    return NEEDLE.cannot_tell(
        tables,
        say("Cannot tell, {place}: {worst}", place=place, worst=worst.words),
        missing=missing,
        severity=worst.severity,
        rows=alike,
        source=worst.source,
        blocking=worst.blocking,
    )


def _place(index: int) -> str:
    return f"planned.injections[{index}]"


def _named(index: int, facts: SessionFacts) -> str:
    """A row with its muscle and side: `row 1, right upper trapezius`."""
    row = facts.planned.injections[index]
    if row.muscle is None:
        return numbered((index,))
    full = muscle(row.muscle).name_en
    short = _BRACKETS.sub("", full)
    # Another language knows the name as a whole, with what stands in brackets.
    name = Sentence.of(f"{short[:1].lower()}{short[1:]}", parts=(full,))
    if row.side is None:
        return joined(", ", (numbered((index,)), name))
    return say("{row}, {side} {muscle}", row=numbered((index,)), side=row.side, muscle=name)


def _judge(
    index: int, row: InjectionFacts, where: Muscle, facts: SessionFacts, tables: Knowledge
) -> _Verdict | None:
    """One row against its stop depth; None is clear."""
    stop = stop_depth(row, facts.patient, tables)
    tip = tip_depth_um(row)
    if stop is None:
        return _unsure(
            index,
            say(
                "the lung may lie behind it, and nobody measured how deep. Measure it by"
                " ultrasound."
            ),
            f"{_place(index)}.pleura_depth_mm",
        )
    if tip is None:
        return _unsure(
            index, say("needle and depth not entered, over the lung."), f"{_place(index)}.depth_mm",
            stop.source,
        )  # fmt: skip
    if tip >= stop.um:
        return _too_deep(index, row, where, stop, tip)
    if row.needle_um is None:
        return _unsure(
            index,
            say("needle not entered, over the lung."),
            f"{_place(index)}.needle_mm",
            stop.source,
        )
    tilted = tilted_tip_um(row, tip, tables)
    if row.needle_um > stop.um or tilted >= stop.um:
        return _Verdict(
            rank=3,
            answer=RuleAnswer.FIRES,
            severity=Severity.WARNING,
            words=say(
                "the needle can reach {needle_um}, past the stop at {stop} ({why}). Take a"
                " shorter one.",
                needle_um=format_mm(max(row.needle_um, tilted)),
                stop=format_mm(stop.um),
                why=_why(stop),
            ),
            row=index,
            source=None if stop.measured else stop.source,
        )
    return None


def _too_deep(index: int, row: InjectionFacts, where: Muscle, stop: Stop, tip: int) -> _Verdict:
    """The tip would reach the stop; where no depth is entered, the whole needle counts."""
    sure = where.lung_risk_verified
    severity = Severity.CRITICAL if sure else Severity.WARNING
    if row.depth_um is None and stop.no_window:
        return _Verdict(
            rank=1 if sure else 4,
            answer=RuleAnswer.CANNOT_TELL,
            severity=severity,
            words=say(
                "depth not measured, and the needle reaches {tip}. {advice}",
                tip=format_mm(tip),
                advice=_advice(stop),
            ),
            row=index,
            missing=(f"{_place(index)}.pleura_depth_mm", f"{_place(index)}.depth_mm"),
            source=stop.source,
            blocking=sure,
        )
    whole = say(" with its whole length") if row.depth_um is None else ""
    return _Verdict(
        rank=0 if sure else 2,
        answer=RuleAnswer.FIRES,
        severity=severity,
        words=say(
            "the tip would reach {tip}{whole}; stop at {stop} ({why}). {advice}",
            tip=format_mm(tip),
            whole=whole,
            stop=format_mm(stop.um),
            why=_why(stop),
            advice=_advice(stop),
        ),
        row=index,
        source=None if stop.measured else stop.source,
    )


def _unsure(index: int, words: str, missing: str, source: Source | None = None) -> _Verdict:
    return _Verdict(
        rank=4,
        answer=RuleAnswer.CANNOT_TELL,
        severity=Severity.WARNING,
        words=words,
        row=index,
        missing=(missing,),
        source=source,
    )


def _advice(stop: Stop) -> str:
    """What to do instead; where the muscle only starts below the stop, shallower is no help."""
    if stop.no_window:
        return say(
            "At this build {shown}: no safe blind depth. Measure, or go flat over a rib.",
            shown=stop.shown,
        )
    return say("Stay shallower, or take a shorter needle.")


def _why(stop: Stop) -> str:
    """Where the stop comes from: `pleura measured at 30 mm, less 5 mm`."""
    found = say("pleura measured at") if stop.measured else say("published lower bound")
    return say(
        "{found} {bound_um}, less {stop}",
        found=found,
        bound_um=format_mm(stop.bound_um),
        stop=format_mm(stop.bound_um - stop.um),
    )


def check_both_sides(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Both lungs are never at risk in one session: one collapsed lung is survivable."""
    least = int(tables.limit("lung.both_sides_needle_mm").value * 1000)
    high = [(i, r) for i, r, m in over_lung(facts) if m.lung_risk is LungRisk.HIGH]
    long = [(i, r) for i, r in high if _is_long(r, least)]
    sure = [(i, r) for i, r in long if r.needle_um is not None]
    maybe = [*long, *((i, facts.planned.injections[i]) for i in nowhere(facts))]
    maybe = [(i, r) for i, r in maybe if _is_long(r, least)]
    earlier = [r for s in earlier_today(facts) for r in s.injections if _is_long(r, least)]
    behind = [r for r in earlier if r.muscle and muscle(r.muscle).lung_risk is LungRisk.HIGH]
    before = {r.side for r in behind if r.needle_um is not None}
    rows = {side: tuple(i for i, r in long if r.side is side) for side in Side}
    if _both({r.side for _, r in sure}, before):
        left, right = rows[Side.LEFT], rows[Side.RIGHT]
        return BOTH.fires(
            tables,
            Severity.WARNING,
            say(
                "Both lungs in one session. {sides} over the lung. Both lungs have collapsed"
                " after one such session. Treat one side another day, or say why not.",
                sides=_sides(left, right),
            ),
            rows=tuple(sorted((*left, *right))),
        )
    if _maybe_both([r.side for _, r in maybe], [r.side for r in earlier if _may_be_high(r)]):
        return BOTH.cannot_tell(
            tables,
            say(
                "Cannot tell whether both lungs are at risk: a muscle, a side or a needle"
                " length is missing."
            ),
            missing=tuple(
                f"{_place(i)}.{name}"
                for i, r in maybe
                for name, value in (
                    ("muscle", r.muscle),
                    ("side", r.side),
                    ("needle_mm", r.needle_um),
                )
                if value is None
            )
            or ("history",),
            rows=tuple(sorted(i for i, _ in maybe)),
        )
    return BOTH.clear(tables, say("One lung at most lies behind the muscles."))


def _is_long(row: InjectionFacts, least_um: int) -> bool:
    return row.needle_um is None or row.needle_um > least_um


def _may_be_high(row: InjectionFacts) -> bool:
    """Whether a needle given before may have been over the lung; doses elsewhere name none."""
    if row.muscle is None:
        return row.needle_um is not None
    return muscle(row.muscle).lung_risk is LungRisk.HIGH


def _both(now: set[Side | None], before: set[Side | None]) -> bool:
    return bool(now - {None, Side.MIDLINE}) and {Side.LEFT, Side.RIGHT} <= now | before


def _maybe_both(now: list[Side | None], before: list[Side | None]) -> bool:
    """Whether left and right may both be among the sides, each None being either."""
    every = [s for s in (*now, *before) if s is not Side.MIDLINE]
    known = {s for s in every if s is not None}
    return bool(now) and (len(known) == 2 or (len(every) > 1 and None in every))


def _sides(left: tuple[int, ...], right: tuple[int, ...]) -> str:
    """The rows of each side; a side without rows was treated earlier today."""
    parts = [
        say("{rows} ({name})", rows=numbered(rows), name=name)
        if rows
        else say("the {name} side earlier today", name=name)
        for name, rows in ((say("right"), right), (say("left"), left))
    ]
    text = joined(" and ", parts)
    return say("{text} lie", text=capital(text))


def check_disease(facts: SessionFacts, tables: Knowledge) -> Finding:
    """A sick lung, or one blown up by a mask, has no reserve for a leak."""
    rows = tuple(i for i, _, _ in over_lung(facts))
    unplaced = nowhere(facts)
    if not rows and not unplaced:
        return DISEASE.clear(tables, say("No muscle lies over the lung."))
    patient = facts.patient
    ill = conditions(patient, "lung", "pneumothorax", "cpap")
    reasons = [*ill.named]
    if patient.lung_disease and not reasons:
        reasons.append(say("lung disease"))
    if patient.cpap and not any("CPAP" in r for r in reasons):
        reasons.append("CPAP")
    if reasons and rows:
        text = joined(", ", reasons)
        return DISEASE.fires(
            tables,
            Severity.WARNING,
            say(
                "{text}, and {rows} over the lung. Use ultrasound, or another muscle; no"
                " breathing mask until chest symptoms are ruled out.",
                text=capital(text),
                rows=numbered(rows),
            ),
            rows=rows,
        )
    missing = [] if patient.lung_disease is not None else ["patient.lung_disease"]
    missing += [] if patient.cpap is not None else ["patient.cpap"]
    missing += [f"{_place(i)}.muscle" for i in unplaced] if reasons else []
    if missing:
        return DISEASE.cannot_tell(
            tables,
            say(
                "Cannot tell about lung disease, a past collapsed lung and breathing masks over"
                " the lung. Ask, and choose every muscle."
            ),
            missing=tuple(missing),
            rows=rows or unplaced,
        )
    return DISEASE.clear(tables, say("No lung disease and no breathing mask."))
