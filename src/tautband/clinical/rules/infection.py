"""No needle through infected skin, none into a septic patient."""

from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Gate, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import Infection
from tautband.clinical.words import say

SITE = Rule("infection-site", gate=Gate.TIME_OUT)


def check_site(facts: SessionFacts, tables: Knowledge) -> Finding:
    """There is no infection at the site or in the body."""
    rows = tuple(range(len(facts.planned.injections)))
    if not rows:
        return SITE.clear(tables, say("No needle is planned."))
    match facts.patient.infection:
        case Infection.NONE:
            return SITE.clear(tables, say("No infection."))
        case None:
            return SITE.cannot_tell(
                tables,
                say("Cannot tell about infection: ask, and look at the skin."),
                missing=("patient.infection",),
                rows=rows,
            )
        case found:
            where = (
                say("at the site") if found is Infection.SITE else say("with fever or in the body")
            )
            return SITE.fires(
                tables,
                Severity.CRITICAL,
                say("Infection {where}. Have it treated first; inject another day.", where=where),
                rows=rows,
            )
