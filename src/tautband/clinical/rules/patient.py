"""Who must not have botulinum toxin, or only with a second thought."""

from tautband.clinical.dosing import planned_doses
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule, rows_of
from tautband.clinical.rules.interval import UNNAMED, toxins
from tautband.clinical.terminology import Listed, allergies, conditions, medicines
from tautband.clinical.terms import Sex
from tautband.clinical.words import capital, joined, say

MILK = Rule("bont-milk-allergy")
NEUROMUSCULAR = Rule("bont-neuromuscular")
AMINOGLYCOSIDE = Rule("bont-aminoglycoside")
PREGNANCY = Rule("pregnancy-bont")


def check_milk_allergy(facts: SessionFacts, tables: Knowledge) -> Finding:
    """AbobotulinumtoxinA holds cow's milk protein."""
    milky = {"abobotulinumtoxin_a", UNNAMED}
    rows = rows_of(d for d in toxins(planned_doses(facts, tables)) if d.agent in milky)
    return _by_list(
        MILK,
        tables,
        rows,
        allergies(facts.patient, "milk"),
        severity=Severity.CRITICAL,
        words=say("abobotulinumtoxinA holds it. Use another product."),
        unknown=say(
            "Cannot tell about cow's milk: the allergies are not all known. Ask before"
            " abobotulinumtoxinA."
        ),
        missing="patient.allergies",
    )


def check_neuromuscular(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Toxin in a neuromuscular disease or with trouble swallowing may stop the breath."""
    return _by_list(
        NEUROMUSCULAR,
        tables,
        rows_of(toxins(planned_doses(facts, tables))),
        conditions(facts.patient, "neuromuscular"),
        severity=Severity.CRITICAL,
        words=say(
            "botulinum toxin may weaken breathing and swallowing. Do not inject without a"
            " specialist."
        ),
        unknown=say(
            "Cannot tell about muscle and nerve illness and trouble swallowing. Ask before"
            " botulinum toxin."
        ),
        missing="patient.conditions",
    )


def check_aminoglycoside(facts: SessionFacts, tables: Knowledge) -> Finding:
    """An aminoglycoside makes the toxin stronger."""
    return _by_list(
        AMINOGLYCOSIDE,
        tables,
        rows_of(toxins(planned_doses(facts, tables))),
        medicines(facts.patient, "aminoglycoside"),
        severity=Severity.WARNING,
        words=say("it makes botulinum toxin stronger. Wait until the course is over."),
        unknown=say(
            "Cannot tell about antibiotics that make botulinum toxin stronger: the medicines"
            " are not all known. Ask for gentamicin and the like."
        ),
        missing="patient.medications",
    )


def check_pregnancy(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Too little is known of the toxin in pregnancy and while breastfeeding."""
    rows = rows_of(toxins(planned_doses(facts, tables)))
    patient = facts.patient
    if not rows:
        return PREGNANCY.clear(tables, say("No botulinum toxin is planned."))
    if patient.pregnant or patient.breastfeeding:
        state = say("Pregnant") if patient.pregnant else say("Breastfeeding")
        return PREGNANCY.fires(
            tables,
            Severity.WARNING,
            say(
                "{state}: too little is known of botulinum toxin. Put it off, or say why not.",
                state=state,
            ),
            rows=rows,
        )
    missing = [] if patient.pregnant is not None else ["patient.pregnant"]
    missing += [] if patient.breastfeeding is not None else ["patient.breastfeeding"]
    if missing and patient.sex is not Sex.MALE:
        return PREGNANCY.cannot_tell(
            tables,
            say("Cannot tell about pregnancy and breastfeeding. Ask before botulinum toxin."),
            missing=tuple(missing),
            rows=rows,
        )
    return PREGNANCY.clear(tables, say("Neither pregnant nor breastfeeding."))


def _by_list(
    rule: Rule,
    tables: Knowledge,
    rows: tuple[int, ...],
    found: Listed,
    *,
    severity: Severity,
    words: str,
    unknown: str,
    missing: str,
) -> Finding:
    """Fires on what a list names, cannot tell without the list, clear otherwise."""
    if not rows:
        return rule.clear(tables, say("Not in this plan."))
    if found.named:
        named = joined(", ", found.named)
        return rule.fires(tables, severity, joined(": ", (capital(named), words)), rows=rows)
    if not found.sure:
        return rule.cannot_tell(tables, unknown, missing=(missing,), rows=rows)
    return rule.clear(tables, say("Nothing of the kind is listed."))
