"""The lung behind the muscle: how deep the tip may go, and never both sides in one session."""

from dataclasses import dataclass

from tautband.clinical.anatomy import Muscle, muscle
from tautband.clinical.depth import Stop, stop_depth, tilted_tip_um, tip_depth_um
from tautband.clinical.dosing import earlier_today, format_mm
from tautband.clinical.facts import InjectionFacts, SessionFacts
from tautband.clinical.findings import Finding, RuleAnswer, Severity, Source
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule, numbered
from tautband.clinical.terminology import listed
from tautband.clinical.terms import LungRisk, Side

NEEDLE = Rule("needle-pleura")
BOTH = Rule("pleura-both-sides")
DISEASE = Rule("lung-disease")


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


def over_lung(facts: SessionFacts) -> tuple[tuple[int, InjectionFacts, Muscle], ...]:
    """The planned rows whose muscle may have the lung behind it."""
    rows = [
        (i, r, muscle(r.muscle))
        for i, r in enumerate(facts.planned.injections)
        if r.muscle is not None
    ]
    return tuple((i, r, m) for i, r, m in rows if m.over_lung)


def check_needle(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The tip stays above the lung: its depth measured today, else what was published."""
    verdicts = [
        verdict
        for index, row, where in over_lung(facts)
        if (verdict := _judge(index, row, where, facts, tables)) is not None
    ]
    if not verdicts:
        return NEEDLE.clear(tables, "No tip comes near the lung.")
    worst = min(verdicts, key=lambda v: v.rank)
    alike = tuple(v.row for v in verdicts if v.rank == worst.rank)
    missing = tuple(m for v in verdicts for m in v.missing)
    place = numbered((worst.row,))
    if worst.answer is RuleAnswer.FIRES:
        return NEEDLE.fires(
            tables,
            worst.severity,
            f"{place.capitalize()}: {worst.words}",
            rows=alike,
            missing=missing,
            source=worst.source,
        )
    return NEEDLE.cannot_tell(
        tables,
        f"Cannot tell, {place}: {worst.words}",
        missing=missing,
        severity=worst.severity,
        rows=alike,
        source=worst.source,
    )


def _judge(
    index: int, row: InjectionFacts, where: Muscle, facts: SessionFacts, tables: Knowledge
) -> _Verdict | None:
    """One row against its stop depth; None is clear."""
    stop = stop_depth(row, facts.patient, tables)
    tip = tip_depth_um(row)
    place = f"planned.injections[{index}]"
    if stop is None:
        return _unsure(
            index,
            f"the lung may lie behind {where.name_en}, and nobody measured how deep. Measure it"
            " by ultrasound.",
            f"{place}.pleura_depth_mm",
        )
    if row.depth_um is None and stop.no_window:
        return _unsure(
            index,
            f"depth not measured. At this build {stop.shown}: no safe blind depth. Measure, or"
            " go flat over a rib.",
            f"{place}.pleura_depth_mm",
            stop.source,
        )
    if tip is None:
        return _unsure(
            index, "needle and depth not entered, over the lung.", f"{place}.depth_mm", stop.source
        )
    if tip >= stop.um:
        return _Verdict(
            rank=0 if where.lung_risk_verified else 1,
            answer=RuleAnswer.FIRES,
            severity=Severity.CRITICAL if where.lung_risk_verified else Severity.WARNING,
            words=f"the tip would reach {format_mm(tip)}; stop at {format_mm(stop.um)}"
            f" ({_why(stop)}). Stay shallower, or take a shorter needle.",
            row=index,
            source=None if stop.measured else stop.source,
        )
    if row.needle_um is None:
        return _unsure(
            index, "needle not entered, over the lung.", f"{place}.needle_mm", stop.source
        )
    longest = max(row.needle_um, tilted_tip_um(row, tip, tables))
    if longest > stop.um:
        return _Verdict(
            rank=2,
            answer=RuleAnswer.FIRES,
            severity=Severity.WARNING,
            words=f"the needle can reach {format_mm(longest)}, past the stop at"
            f" {format_mm(stop.um)} ({_why(stop)}). Take a shorter one.",
            row=index,
            source=None if stop.measured else stop.source,
        )
    return None


def _unsure(index: int, words: str, missing: str, source: Source | None = None) -> _Verdict:
    return _Verdict(
        rank=3,
        answer=RuleAnswer.CANNOT_TELL,
        severity=Severity.WARNING,
        words=words,
        row=index,
        missing=(missing,),
        source=source,
    )


def _why(stop: Stop) -> str:
    """Where the stop comes from: `pleura measured at 30 mm, less 5 mm`."""
    found = "pleura measured at" if stop.measured else "published lower bound"
    return f"{found} {format_mm(stop.bound_um)}, less {format_mm(stop.bound_um - stop.um)}"


def check_both_sides(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Both lungs are never at risk in one session: one collapsed lung is survivable."""
    least = int(tables.limit("lung.both_sides_needle_mm").value * 1000)
    high = [(i, r) for i, r, m in over_lung(facts) if m.lung_risk is LungRisk.HIGH]
    long = [(i, r) for i, r in high if r.needle_um is None or r.needle_um > least]
    earlier = {
        r.side
        for s in earlier_today(facts)
        for r in s.injections
        if r.muscle is not None
        and muscle(r.muscle).lung_risk is LungRisk.HIGH
        and (r.needle_um is None or r.needle_um > least)
    }
    sure = [(i, r) for i, r in long if r.needle_um is not None]
    rows = {side: tuple(i for i, r in long if r.side is side) for side in Side}
    if _both({r.side for _, r in sure}, earlier):
        left, right = rows[Side.LEFT], rows[Side.RIGHT]
        return BOTH.fires(
            tables,
            Severity.WARNING,
            f"Both lungs in one session. {_sides(left, right)} over the lung. Both lungs have"
            " collapsed after one such session. Treat one side another day, or say why not.",
            rows=tuple(sorted((*left, *right))),
        )
    if _both({r.side for _, r in long}, earlier) or (
        len(long) > 1 and any(r.side is None for _, r in long)
    ):
        return BOTH.cannot_tell(
            tables,
            "Cannot tell whether both lungs are at risk: a side or a needle length is missing.",
            missing=tuple(
                f"planned.injections[{i}].{'side' if r.side is None else 'needle_mm'}"
                for i, r in long
                if r.side is None or r.needle_um is None
            ),
            rows=tuple(i for i, _ in long),
        )
    return BOTH.clear(tables, "One lung at most lies behind the muscles.")


def _both(now: set[Side | None], earlier: set[Side | None]) -> bool:
    return bool(now - {None}) and {Side.LEFT, Side.RIGHT} <= now | earlier


def _sides(left: tuple[int, ...], right: tuple[int, ...]) -> str:
    """The rows of each side; a side without rows was treated earlier today."""
    parts = [
        f"{numbered(rows)} ({name})" if rows else f"the {name} side earlier today"
        for name, rows in (("right", right), ("left", left))
    ]
    text = " and ".join(parts)
    return f"{text[0].upper()}{text[1:]} lie"


def check_disease(facts: SessionFacts, tables: Knowledge) -> Finding:
    """A sick lung, or one blown up by a mask, has no reserve for a leak."""
    rows = tuple(i for i, _, _ in over_lung(facts))
    if not rows:
        return DISEASE.clear(tables, "No muscle lies over the lung.")
    patient = facts.patient
    ill = listed(patient.conditions, "lung", "pneumothorax", "cpap")
    reasons = [*ill.named]
    if patient.lung_disease and not reasons:
        reasons.append("lung disease")
    if patient.cpap and not any("CPAP" in r for r in reasons):
        reasons.append("CPAP")
    if reasons:
        text = ", ".join(reasons)
        return DISEASE.fires(
            tables,
            Severity.WARNING,
            f"{text[0].upper()}{text[1:]}, and {numbered(rows)} over the lung. Use ultrasound,"
            " or another muscle; no breathing mask until chest symptoms are ruled out.",
            rows=rows,
        )
    missing = [] if patient.lung_disease is not None else ["patient.lung_disease"]
    missing += [] if patient.cpap is not None else ["patient.cpap"]
    if missing:
        return DISEASE.cannot_tell(
            tables,
            "Cannot tell about lung disease and breathing masks. Ask.",
            missing=tuple(missing),
            rows=rows,
        )
    return DISEASE.clear(tables, "No lung disease and no breathing mask.")
