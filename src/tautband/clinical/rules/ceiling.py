"""Who takes less than the label's maximum: children never, the frail with a lower ceiling."""

from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.rules.weight import has_local_anaesthetic
from tautband.clinical.terminology import conditions
from tautband.clinical.terms import Sex
from tautband.clinical.words import joined, say

CHILD = Rule("la-child")
REDUCED = Rule("la-reduced-ceiling")


def check_child(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Adults only, until a centre signs a pack for children."""
    adult = tables.limit("age.adult_years").value
    age = facts.patient.age_years
    if age is None:
        return CHILD.cannot_tell(
            tables,
            say("Cannot tell whether the patient is an adult: date of birth unknown. Ask for it."),
            missing=("patient.age_years",),
        )
    if age < adult:
        return CHILD.fires(
            tables,
            Severity.CRITICAL,
            say(
                "Under {adult} years. These limits are for adults; the centre has signed none"
                " for children. Do not inject.",
                adult=adult,
            ),
        )
    return CHILD.clear(tables, say("An adult."))


def check_reduced_ceiling(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Who tolerates less has a ceiling on record, set by the centre and never invented."""
    patient = facts.patient
    if not has_local_anaesthetic(facts, tables):
        return REDUCED.clear(tables, say("No local anaesthetic is planned."))
    if patient.ceiling_percent is not None:
        return REDUCED.clear(
            tables,
            say(
                "A ceiling of {ceiling_percent}\u00a0% is on record.",
                ceiling_percent=patient.ceiling_percent,
            ),
        )
    reasons, missing = _reasons(facts, tables)
    if reasons:
        return REDUCED.fires(
            tables,
            Severity.WARNING,
            say(
                "May tolerate less: {reasons}. Use less than the limit allows.",
                reasons=joined(", ", reasons),
            ),
            missing=("patient.ceiling_percent",),
        )
    if missing:
        return REDUCED.cannot_tell(
            tables,
            say(
                "Cannot tell whether this patient tolerates less: age, pregnancy, or disease of"
                " heart, liver or kidney unknown. Ask."
            ),
            missing=missing,
            severity=Severity.INFO,
        )
    return REDUCED.clear(tables, say("No reason for a lower ceiling is known."))


def _reasons(facts: SessionFacts, tables: Knowledge) -> tuple[tuple[str, ...], tuple[str, ...]]:
    patient = facts.patient
    reasons: list[str] = []
    missing: list[str] = []
    elderly = tables.limit("reduce.elderly_years").value
    if patient.age_years is None:
        missing.append("patient.age_years")
    elif patient.age_years > elderly:
        reasons.append(say("over {elderly} years", elderly=elderly))
    ill = conditions(patient, "heart", "liver", "kidney")
    reasons += ill.named
    if not ill.sure:
        missing.append("patient.conditions")
    failing = tables.limit("reduce.egfr").value
    if patient.egfr is not None and patient.egfr < failing:
        reasons.append(say("eGFR {egfr}", egfr=patient.egfr))
    if patient.pregnant is None and patient.sex is not Sex.MALE:
        missing.append("patient.pregnant")
    elif patient.pregnant:
        if patient.gestation_weeks is None:
            missing.append("patient.gestation_weeks")
        elif patient.gestation_weeks >= tables.limit("reduce.gestation_weeks").value:
            reasons.append(say("late pregnancy"))
    return tuple(reasons), tuple(missing)
