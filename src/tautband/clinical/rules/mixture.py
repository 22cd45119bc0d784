"""What does not mix in one syringe: crystals form."""

from tautband.clinical.facts import SessionFacts, SyringeFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import say

INCOMPATIBLE = Rule("syringe-incompatible")
_INERT = frozenset({AgentKind.INERT})


def check_incompatible(facts: SessionFacts, tables: Knowledge) -> Finding:
    """No syringe holds two products that crystallise together."""
    found = [
        (pair, syringe)
        for syringe in facts.planned.syringes
        for pair in tables.incompatible
        if set(pair.agents) <= {i.agent for i in syringe.ingredients}
    ]
    if found:
        pair, _ = min(found, key=lambda each: not each[0].source.verified)
        one, two = (tables.name(a) for a in pair.agents)
        return INCOMPATIBLE.fires(
            tables,
            Severity.CRITICAL if pair.source.verified else Severity.WARNING,
            say(
                "Do not mix {one} with {two}: crystals form. Use two syringes, or another product.",
                one=one,
                two=two,
            ),
            rows=_rows_of([syringe for _, syringe in found], facts),
            source=pair.source,
        )
    unsure = [s for s in facts.planned.syringes if _unnamed_among_others(s, tables)]
    if unsure:
        return INCOMPATIBLE.cannot_tell(
            tables,
            say(
                "Cannot tell whether the mixture is stable: one product in the syringe is in no"
                " table, or has no name. Ask the pharmacist, or use two syringes."
            ),
            missing=("planned.syringes.agent",),
            rows=_rows_of(unsure, facts),
        )
    return INCOMPATIBLE.clear(tables, say("Nothing in one syringe is known to crystallise."))


def _unnamed_among_others(syringe: SyringeFacts, tables: Knowledge) -> bool:
    """Whether a drug nobody can name shares a syringe with another one; saline harms nothing."""
    drugs = [i.agent for i in syringe.ingredients if tables.kind(i.agent) not in _INERT]
    named = [a for a in drugs if a in tables.agents and tables.agents[a].named]
    return len(drugs) > 1 and any(
        a not in named or tables.kind(a) is AgentKind.OTHER for a in drugs
    )


def _rows_of(syringes: list[SyringeFacts], facts: SessionFacts) -> tuple[int, ...]:
    ids = {syringe.id for syringe in syringes}
    return tuple(i for i, row in enumerate(facts.planned.injections) if row.syringe in ids)
