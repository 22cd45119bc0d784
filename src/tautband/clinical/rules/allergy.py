"""An allergy to what is in the syringe, to its class, or to its preservative."""

from tautband.clinical.dosing import planned_doses
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Agent, Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.rules.steroid import rows_of
from tautband.clinical.terminology import Match, match_term
from tautband.clinical.terms import AgentKind, AllergySeverity

AGENT = Rule("allergy-agent")


def check_agent(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Nothing is injected that the patient reacts to; a class or a preservative warns."""
    doses = planned_doses(facts, tables)
    if not doses:
        return AGENT.clear(tables, "Nothing is injected.")
    allergies = tuple(a for a in facts.patient.allergies or () if a.active)
    matched = [(a, match_term(a)) for a in allergies]
    same = [
        (agent, term)
        for agent in _agents(facts, tables)
        for term, match in matched
        if agent.id in match.ids
    ]
    if same:
        agent, _ = same[0]
        worst = any(term.severity is AllergySeverity.ANAPHYLAXIS for _, term in same)
        return AGENT.fires(
            tables,
            Severity.CRITICAL,
            f"Allergic to {agent.name.lower()}{': anaphylaxis' if worst else ''}. Choose another"
            " product.",
            rows=rows_of(d for d in doses if d.agent in {a.id for a, _ in same}),
            overridable=not worst,
        )
    for agent in _agents(facts, tables):
        for _, match in matched:
            why = _related(agent, match, facts, tables)
            if why:
                return AGENT.fires(
                    tables,
                    Severity.WARNING,
                    f"{agent.name}: {why}. Check the vial, or choose another product.",
                    rows=rows_of(d for d in doses if d.agent == agent.id),
                )
    if facts.patient.allergies is None:
        return AGENT.cannot_tell(
            tables,
            "Cannot tell about allergies: nobody asked yet.",
            missing=("patient.allergies",),
            rows=rows_of(doses),
        )
    unknown = any(d.kind is AgentKind.OTHER for d in doses) and any(not m.none for _, m in matched)
    if unknown or any(not m.readable for _, m in matched):
        return AGENT.cannot_tell(
            tables,
            "Cannot tell about allergies: an allergy is only a code, or a product is not in the"
            " tables. Ask the patient.",
            missing=("patient.allergies",),
            rows=rows_of(doses),
        )
    return AGENT.clear(tables, "No allergy to what is injected.")


def _agents(facts: SessionFacts, tables: Knowledge) -> tuple[Agent, ...]:
    ids = dict.fromkeys(d.agent for d in planned_doses(facts, tables))
    return tuple(tables.agents[i] for i in ids if i in tables.agents)


def _related(agent: Agent, match: Match, facts: SessionFacts, tables: Knowledge) -> str | None:
    """Why an allergy that is not to the agent itself still concerns it."""
    if set(agent.groups) & match.groups:
        return f"the patient reacts to the same class ({', '.join(match.names)})"
    held = {p for p in agent.preservatives if p in match.ids and "milk" not in match.groups}
    if held:
        return f"it may hold {', '.join(sorted(held))}, which the patient reacts to"
    if "sulfite" in match.ids and _holds_epinephrine(agent, facts, tables):
        return "solutions with epinephrine hold sulfite, which the patient reacts to"
    if "epinephrine" in match.ids and _holds_epinephrine(agent, facts, tables):
        return "it holds epinephrine, which the patient reacts to"
    return None


def _holds_epinephrine(agent: Agent, facts: SessionFacts, tables: Knowledge) -> bool:
    return any(
        d.agent == agent.id and (d.epinephrine_ng or 0) > 0 for d in planned_doses(facts, tables)
    )
