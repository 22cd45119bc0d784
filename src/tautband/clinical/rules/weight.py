"""Which weight the dose is reckoned on: none, a light one, or that of an obese patient."""

import math
from decimal import Decimal
from fractions import Fraction

from tautband.clinical.amounts import format_kg
from tautband.clinical.depth import body_mass_index
from tautband.clinical.dosing import dosing_weight_g, planned_doses
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import say

BASIS = Rule("la-weight-basis")


def has_local_anaesthetic(facts: SessionFacts, tables: Knowledge) -> bool:
    """Whether the plan holds a local anaesthetic."""
    return any(d.kind is AgentKind.LOCAL_ANAESTHETIC for d in planned_doses(facts, tables))


def check_weight_basis(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The weight is known, not a light one, and not that of an obese patient."""
    if not has_local_anaesthetic(facts, tables):
        return BASIS.clear(tables, say("No local anaesthetic is planned."))
    patient = facts.patient
    weight = dosing_weight_g(patient)
    if weight is None:
        return BASIS.fires(
            tables,
            Severity.WARNING,
            say("Weight unknown. Weigh the patient before a dose is reckoned."),
            missing=("patient.weight_kg",),
        )
    light = tables.limit("weight.light_kg")
    if weight < light.value * 1000:
        return BASIS.fires(
            tables,
            Severity.WARNING,
            say(
                "Light patient: {weight}. Toxicity comes earlier; use less.",
                weight=format_kg(weight),
            ),
            source=light.source,
        )
    if patient.dosing_weight_g is not None:
        return BASIS.clear(tables, say("Reckoned on {weight}.", weight=format_kg(weight)))
    bmi, most = body_mass_index(patient), tables.limit("weight.bmi")
    if bmi is None:
        return BASIS.cannot_tell(
            tables,
            say(
                "Cannot tell whether the weight is right to reckon on: height unknown. Measure it."
            ),
            missing=("patient.height_cm",),
            severity=Severity.INFO,
        )
    if bmi > Fraction(most.value):
        return BASIS.fires(
            tables,
            Severity.WARNING,
            say(
                "Body mass index {bmi}. Reckon the dose on the ideal weight, not on the scale's.",
                bmi=_one_place(bmi),
            ),
            missing=("patient.dosing_weight_kg",),
            source=most.source,
        )
    return BASIS.clear(tables, say("Reckoned on {weight}.", weight=format_kg(weight)))


def _one_place(value: Fraction) -> Decimal:
    """Up to the next tenth, so that what is above a limit never reads as the limit."""
    return Decimal(math.ceil(value * 10)) / 10
