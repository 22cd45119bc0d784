"""The needle itself: never to the hub, never for the diaphragm."""

from tautband.clinical.depth import inserted_um
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule, numbered
from tautband.clinical.words import capital, say

HUB = Rule("needle-hub")
DIAPHRAGM = Rule("diaphragm-refused", overridable=False)


def check_hub(facts: SessionFacts, tables: Knowledge) -> Finding:
    """A needle stays longer than it goes in, so that a broken one can be held."""
    sunk: list[int] = []
    unknown: list[int] = []
    missing: list[str] = []
    for index, row in enumerate(facts.planned.injections):
        length = inserted_um(row)
        if length is None or row.needle_um is None:
            unknown.append(index)
            missing.append(
                f"planned.injections[{index}].{'depth' if length is None else 'needle'}_mm"
            )
        elif length >= row.needle_um:
            sunk.append(index)
    if sunk:
        return HUB.fires(
            tables,
            Severity.WARNING,
            say(
                "{rows}: the needle would go in to its hub. Take a longer one, or stay shallower.",
                rows=capital(numbered(tuple(sunk))),
            ),
            rows=tuple(sunk),
            missing=tuple(missing),
        )
    if unknown:
        return HUB.cannot_tell(
            tables,
            say("{rows}: needle or depth not entered.", rows=capital(numbered(tuple(unknown)))),
            missing=tuple(missing),
            severity=Severity.INFO,
            rows=tuple(unknown),
        )
    return HUB.clear(tables, say("No needle goes in to its hub."))


def check_diaphragm(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The diaphragm is never injected."""
    rows = tuple(i for i, r in enumerate(facts.planned.injections) if r.muscle == "diaphragm")
    if rows:
        return DIAPHRAGM.fires(
            tables,
            Severity.CRITICAL,
            say(
                "The diaphragm is not injected: lung, liver and spleen lie behind it. Remove"
                " the row."
            ),
            rows=rows,
        )
    nowhere = tuple(i for i, r in enumerate(facts.planned.injections) if r.muscle is None)
    if nowhere:
        return DIAPHRAGM.cannot_tell(
            tables,
            say("Cannot tell where {rows} goes: choose the muscle.", rows=numbered(nowhere)),
            missing=tuple(f"planned.injections[{i}].muscle" for i in nowhere),
            rows=nowhere,
        )
    return DIAPHRAGM.clear(tables, say("Not the diaphragm."))
