"""What does not mix in one syringe: crystals form."""

from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import AgentKind

INCOMPATIBLE = Rule("syringe-incompatible")


def check_incompatible(facts: SessionFacts, tables: Knowledge) -> Finding:
    """No syringe holds two products that crystallise together."""
    plan = facts.planned
    for syringe in plan.syringes:
        inside = {i.agent for i in syringe.ingredients}
        for pair in tables.incompatible:
            if set(pair.agents) <= inside:
                one, two = (tables.agents[a].name.lower() for a in pair.agents)
                return INCOMPATIBLE.fires(
                    tables,
                    Severity.CRITICAL if pair.source.verified else Severity.WARNING,
                    f"Do not mix {one} with {two}: crystals form. Use two syringes, or another"
                    " product.",
                    rows=tuple(
                        i for i, row in enumerate(plan.injections) if row.syringe == syringe.id
                    ),
                    source=pair.source,
                )
    mixed = (s for s in plan.syringes if len(s.ingredients) > 1)
    if any(tables.kind(i.agent) is AgentKind.OTHER for s in mixed for i in s.ingredients):
        return INCOMPATIBLE.cannot_tell(
            tables,
            "Cannot tell whether the mixture is stable: one product is not in the tables.",
            missing=("planned.syringes.agent",),
        )
    return INCOMPATIBLE.clear(tables, "Nothing in one syringe is known to crystallise.")
