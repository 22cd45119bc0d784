"""An allergy to what is in the syringe, to its class, to its preservative, or to the supplies."""

from dataclasses import dataclass

from tautband.clinical.dosing import planned_doses
from tautband.clinical.facts import SessionFacts, Term
from tautband.clinical.findings import Finding, Gate, Severity, Source
from tautband.clinical.knowledge import Agent, Knowledge
from tautband.clinical.rules.answers import HOUSE_PACK, Rule
from tautband.clinical.terminology import Match, allergies, is_anaphylaxis, match_term
from tautband.clinical.terms import AgentKind
from tautband.clinical.words import joined, lowered, say

AGENT = Rule("allergy-agent")
SUPPLIES = Rule("allergy-supplies", gate=Gate.TIME_OUT, pack=HOUSE_PACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Clash:
    """Why one product and one allergy do not go together."""

    agent: Agent
    severity: Severity
    words: str
    overridable: bool = True
    source: Source | None = None


def check_agent(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Nothing is injected that the patient reacts to; a class or a preservative warns."""
    agents, unknown = _planned(facts, tables)
    if not agents and not unknown:
        return AGENT.clear(tables, say("Nothing is injected."))
    told = [(t, match_term(t)) for t in facts.patient.allergies or () if t.active]
    clashes = [
        clash
        for agent in agents
        for term, match in told
        if (clash := _clash(agent, term, match, facts, tables)) is not None
    ]
    if clashes:
        # One that nobody may override stands before one that a senior may.
        worst = min(clashes, key=lambda c: (c.severity is not Severity.CRITICAL, c.overridable))
        alike = {c.agent.id for c in clashes if c.severity is worst.severity}
        return AGENT.fires(
            tables,
            worst.severity,
            worst.words,
            rows=_rows(facts, alike, tables),
            overridable=worst.overridable,
            source=worst.source,
        )
    found = allergies(facts.patient)
    rows = _rows(facts, {a.id for a in agents} | set(unknown), tables)
    if not found.known:
        return AGENT.cannot_tell(
            tables,
            say(
                "Cannot tell about allergies: not asked yet, or only about foods and the like. Ask."
            ),
            missing=("patient.allergies",),
            rows=rows,
        )
    if found.unreadable:
        return AGENT.cannot_tell(
            tables,
            say(
                "Cannot tell about allergies: one on the list is only a code, or in words the"
                " tables do not know. Read it, and ask the patient what it was."
            ),
            missing=("patient.allergies",),
            rows=rows,
        )
    if unknown and any(not match.none for _, match in told):
        return AGENT.cannot_tell(
            tables,
            say(
                "Cannot tell about allergies: a product of this plan is in no table. Compare"
                " its label with the patient's allergies."
            ),
            missing=("planned.syringes.agent",),
            rows=rows,
        )
    return AGENT.clear(tables, say("No allergy to what is injected."))


def _planned(facts: SessionFacts, tables: Knowledge) -> tuple[tuple[Agent, ...], tuple[str, ...]]:
    """What the plan puts into the patient, drawn up or in a row; and what no table knows."""
    drawn = [i.agent for s in facts.planned.syringes for i in s.ingredients]
    ids = dict.fromkeys((*drawn, *(d.agent for d in planned_doses(facts, tables))))
    known = tuple(tables.agents[i] for i in ids if i in tables.agents)
    unknown = tuple(i for i in ids if tables.kind(i) is AgentKind.OTHER)
    return tuple(a for a in known if a.kind is not AgentKind.OTHER), unknown


def _rows(facts: SessionFacts, agents: set[str], tables: Knowledge) -> tuple[int, ...]:
    doses = planned_doses(facts, tables)
    return tuple(dict.fromkeys(d.row for d in doses if d.agent in agents and d.row is not None))


def _clash(
    agent: Agent, term: Term, match: Match, facts: SessionFacts, tables: Knowledge
) -> _Clash | None:
    """How one allergy concerns one product: itself, its contents, its class, its preservatives."""
    anaphylaxis = is_anaphylaxis(term)
    worse = say(": anaphylaxis") if anaphylaxis else ""
    itself = _itself(agent, match, facts, tables)
    if itself:
        return _Clash(
            agent=agent,
            severity=Severity.CRITICAL,
            words=say(
                "Allergic to {itself}{worse}. Choose another product.", itself=itself, worse=worse
            ),
            overridable=not anaphylaxis,
            source=tables.substances["botulinum-class"].source
            if agent.kind is AgentKind.BOTULINUM_TOXIN
            else None,
        )
    held = _held(agent, match, facts)
    if held:
        return _Clash(
            agent=agent,
            severity=Severity.CRITICAL,
            words=say(
                "{name} holds {held}, which the patient reacts to{worse}. Choose another product.",
                name=agent.name,
                held=held,
                worse=worse,
            ),
        )
    if set(agent.groups) & match.groups:
        return _Clash(
            agent=agent,
            severity=Severity.WARNING,
            words=say(
                "{name}: the patient reacts to the same class ({names}){worse}. Choose another"
                " class, or ask an allergist.",
                name=agent.name,
                names=joined(", ", match.names),
                worse=worse,
            ),
        )
    maybe = sorted(p for p in agent.preservatives if p in match.ids and "milk" not in match.groups)
    if "paba" in match.ids and "methylparaben" in agent.preservatives:
        maybe = [*maybe, say("methylparaben, which resembles PABA")]
    if match.ids & {"epinephrine", "sulfite"} and _epinephrine_unread(agent, facts):
        maybe = [*maybe, say("epinephrine and its sulfite (nobody read the label)")]
    if maybe:
        return _Clash(
            agent=agent,
            severity=Severity.CRITICAL if anaphylaxis else Severity.WARNING,
            words=say(
                "{name} may hold {maybe}; the patient reacts to {names}{worse}. Read the pack:"
                " take one without it.",
                name=agent.name,
                maybe=joined(", ", maybe),
                names=joined(", ", match.names),
                worse=worse,
            ),
        )
    return None


def _itself(agent: Agent, match: Match, facts: SessionFacts, tables: Knowledge) -> str | None:
    """What of the product itself the allergy names; all botulinum toxins A are one ingredient."""
    if agent.id in match.ids:
        return tables.name(agent.id)
    if agent.kind is AgentKind.BOTULINUM_TOXIN and "botulinum" in match.groups:
        return say("botulinum toxin")
    if "epinephrine" in match.ids and _holds_epinephrine(agent, facts):
        return "epinephrine"
    return None


def _held(agent: Agent, match: Match, facts: SessionFacts) -> str | None:
    """What else is in every pack of it; cow's milk has a rule of its own."""
    held = [h for h in agent.holds if h in match.ids and "milk" not in match.groups]
    if held:
        return joined(", ", held)
    if "sulfite" in match.ids and _holds_epinephrine(agent, facts):
        return say("sulfite, as all solutions with epinephrine do")
    return None


def _holds_epinephrine(agent: Agent, facts: SessionFacts) -> bool:
    return any(
        (i.epinephrine_ng_per_ml or 0) > 0
        for s in facts.planned.syringes
        for i in s.ingredients
        if i.agent == agent.id
    )


def _epinephrine_unread(agent: Agent, facts: SessionFacts) -> bool:
    return agent.kind is AgentKind.LOCAL_ANAESTHETIC and any(
        i.epinephrine_ng_per_ml is None
        for s in facts.planned.syringes
        for i in s.ingredients
        if i.agent == agent.id
    )


def check_supplies(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Gloves, skin cleaner and plaster are ones the patient does not react to."""
    rows = tuple(range(len(facts.planned.injections)))
    if not rows:
        return SUPPLIES.clear(tables, say("No needle is planned."))
    found = allergies(facts.patient, "supplies")
    if found.named:
        return SUPPLIES.fires(
            tables,
            Severity.WARNING,
            say(
                "Allergic to {names}. Look at gloves, stoppers, skin cleaner and plaster before"
                " the needle.",
                names=joined(", ", map(lowered, found.named)),
            ),
            rows=rows,
        )
    if not found.sure:
        return SUPPLIES.cannot_tell(
            tables,
            say(
                "Cannot tell about latex, skin cleaner and plaster: the allergies are not all"
                " known. Ask."
            ),
            missing=("patient.allergies",),
            severity=Severity.INFO,
            rows=rows,
        )
    return SUPPLIES.clear(tables, say("No allergy to gloves, skin cleaner or plaster."))
