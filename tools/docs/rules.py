"""docs/reference/rules.md: every rule, its gate, and the hazards it stands against."""

from datetime import UTC, date, datetime
from pathlib import Path

from tautband.clinical import check_session
from tautband.clinical.facts import PatientFacts, PlannedSitting, SessionFacts
from tautband.clinical.findings import Finding
from tautband.clinical.rules import PACKS
from tautband.clinical.stock import check_expiry, check_reconstitution
from tools.docs import hazards
from tools.docs.markdown import page, table


def every_rule() -> tuple[Finding, ...]:
    """What each rule says of an empty session: enough to know its id, gate and source."""
    at = datetime(2026, 1, 1, tzinfo=UTC)
    nothing = SessionFacts(patient=PatientFacts(), planned=PlannedSitting(on=date(2026, 1, 1)))
    stock = (check_expiry((), on=at.date()), check_reconstitution((), at=at))
    return (*check_session(nothing, packs=PACKS).findings, *stock)


def render(root: Path) -> str:
    """One line a rule."""
    listed = hazards.read(root)
    return page(
        "Rules",
        "Each rule answers *fires*, *clear*, or *cannot tell, because … is missing*. A critical"
        " answer stops at the gate; a warning waits to be acknowledged. The severity depends on"
        " the facts and is part of the answer. *Read* says whether the source was read at the"
        " page named; a number that was not acts as a warning at most. No number is signed yet. The"
        " packs `core` and `house` run in every session; `house` holds what only a session in this"
        " software can answer. A payer's pack runs where it is named.",
        table(
            ["Rule", "Pack", "Gate", "A senior may override", "Hazard", "Source", "Read"],
            [
                [
                    f"`{rule.rule}`",
                    rule.pack,
                    str(rule.gate),
                    _override(rule),
                    ", ".join(h.id for h in listed if rule.rule in h.rules),
                    rule.source.cite,
                    "yes" if rule.source.verified else "no",
                ]
                for rule in every_rule()
            ],
        ),
    )


def _override(rule: Finding) -> str:
    if rule.rule == "allergy-agent":
        return "not after anaphylaxis to the same ingredient"
    return "yes" if rule.overridable else "never"
