"""The rules, one module per hazard, in packs; each takes facts and tables, gives one finding."""

from collections.abc import Callable, Mapping

from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules import (
    allergy,
    anticoagulant,
    ceiling,
    consent,
    dose,
    epinephrine,
    infection,
    interval,
    mixture,
    needle,
    patient,
    payer,
    pleura,
    steroid,
    strength,
    weight,
)
from tautband.clinical.rules.answers import CORE_PACK, HOUSE_PACK

Check = Callable[[SessionFacts, Knowledge], Finding]

RULES: tuple[Check, ...] = (
    dose.check_load,
    dose.check_day,
    weight.check_weight_basis,
    strength.check_strength,
    epinephrine.check_epinephrine_total,
    ceiling.check_reduced_ceiling,
    ceiling.check_child,
    steroid.check_reason,
    steroid.check_dose,
    steroid.check_12_months,
    steroid.check_diabetes,
    steroid.check_interaction,
    steroid.check_neuraxis,
    mixture.check_incompatible,
    interval.check_interval,
    interval.check_total,
    interval.check_per_site,
    interval.check_mixed_products,
    interval.check_sternocleidomastoid,
    patient.check_milk_allergy,
    patient.check_neuromuscular,
    patient.check_aminoglycoside,
    patient.check_pregnancy,
    allergy.check_agent,
    infection.check_site,
    anticoagulant.check_anticoagulant,
    pleura.check_needle,
    pleura.check_both_sides,
    pleura.check_disease,
    needle.check_hub,
    needle.check_diaphragm,
    consent.check_indication,
    consent.check_consent,
    consent.check_resuscitation,
)

HOUSE: tuple[Check, ...] = (allergy.check_supplies, consent.check_identity)

PACKS: Mapping[str, tuple[Check, ...]] = {
    CORE_PACK: RULES,
    HOUSE_PACK: HOUSE,
    payer.PACK: payer.CHECKS,
}
#: What runs in every session.
BEDSIDE = (CORE_PACK, HOUSE_PACK)
