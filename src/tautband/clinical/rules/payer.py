"""Pack `us-medicare-2024`: what the local coverage determinations of April 2024 pay for.

Nothing here is about safety: a finding is shown beside the record and stops nothing.
"""

from collections.abc import Iterable

from tautband.clinical.anatomy import muscle
from tautband.clinical.dates import year_before
from tautband.clinical.dosing import past
from tautband.clinical.facts import SessionFacts, Sitting
from tautband.clinical.findings import Finding, Gate, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule
from tautband.clinical.terms import Guidance
from tautband.clinical.words import joined, known, say

PACK = "us-medicare-2024"
ICD_10_CM = frozenset({"icd-10-cm", "http://hl7.org/fhir/sid/icd-10-cm"})


def _rule(name: str) -> Rule:
    return Rule(name, gate=Gate.RECORD, pack=PACK)


SESSIONS, REPEAT, INTERVAL = (
    _rule("payer-sessions"), _rule("payer-repeat"), _rule("payer-interval"),
)  # fmt: skip
REGION, DIAGNOSIS = _rule("payer-region"), _rule("payer-diagnosis")
GUIDANCE, CONSERVATIVE = _rule("payer-guidance"), _rule("payer-conservative")


def _needled(sittings: Iterable[Sitting]) -> tuple[Sitting, ...]:
    """The sittings in which a muscle was injected; a dose at the dentist's is none."""
    return tuple(s for s in sittings if any(row.muscle for row in s.injections))


def _may_be_needled(sittings: Iterable[Sitting]) -> tuple[Sitting, ...]:
    """The sittings elsewhere that may have been trigger point injections: nobody said where."""
    return tuple(
        s for s in sittings if s.injections and not any(row.muscle for row in s.injections)
    )


def check_sessions(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Three sessions in a rolling twelve months at most, this one counted."""
    if not facts.planned.injections:
        return SESSIONS.clear(tables, say("No needle is planned."))
    most = tables.limit("payer.sessions_in_12_months")
    since = year_before(facts.planned.on)
    year = [s for s in past(facts) if s.on > since]
    count = len(_needled(year)) + 1
    if count > most.value:
        return SESSIONS.fires(
            tables,
            Severity.WARNING,
            say(
                "Session {count} in twelve months; the payer covers {most}.",
                count=count,
                most=most.value,
            ),
            source=most.source,
        )
    if facts.history is None or count + len(_may_be_needled(year)) > most.value:
        return SESSIONS.cannot_tell(
            tables,
            say("Cannot tell how many sessions there were in twelve months, here and elsewhere."),
            missing=("history",),
            severity=Severity.INFO,
        )
    return SESSIONS.clear(
        tables,
        say("Session {count} of {most} in twelve months.", count=count, most=most.value),
    )


def check_repeat(facts: SessionFacts, tables: Knowledge) -> Finding:
    """A repeat needs half the pain gone for six weeks, and half the function won back."""
    before = _needled(past(facts))
    if not facts.planned.injections:
        return REPEAT.clear(tables, say("No needle is planned."))
    if not before:
        if facts.history is None or _may_be_needled(past(facts)):
            return REPEAT.cannot_tell(
                tables,
                say("Cannot tell whether this is a repeat: earlier sessions are unknown."),
                missing=("history",),
                severity=Severity.INFO,
            )
        return REPEAT.clear(tables, say("No earlier session."))
    last = before[-1]
    asked = (
        ("relief_percent", last.relief_percent, tables.limit("payer.relief_percent"), "%"),
        ("relief_days", last.relief_days, tables.limit("payer.relief_days"), say("days")),
        ("function_percent", last.function_percent, tables.limit("payer.function_percent"), "%"),
    )
    names = {
        "relief_percent": say("relief of pain"),
        "relief_days": say("length of relief"),
        "function_percent": say("gain of function"),
    }
    short = [
        say(
            "{name} {value} {unit} of {least}",
            name=names[name],
            value=value,
            unit=unit,
            least=least.value,
        )
        for name, value, least, unit in asked
        if value is not None and value < least.value
    ]
    if short:
        return REPEAT.fires(
            tables,
            Severity.WARNING,
            say(
                "The last session did not do what a repeat needs: {short}.",
                short=joined("; ", short),
            ),
            source=asked[0][2].source,
        )
    gaps = [name for name, value, _least, _unit in asked if value is None]
    if gaps:
        return REPEAT.cannot_tell(
            tables,
            say(
                "Cannot tell whether a repeat is covered: {gaps} after the last session unknown."
                " Measure them on the scale of before.",
                gaps=joined(", ", (names[name] for name in gaps)),
            ),
            missing=tuple(f"history.{name}" for name in gaps),
            severity=Severity.WARNING,
        )
    return REPEAT.clear(tables, say("The last session did what a repeat needs."))


def check_interval(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Six weeks before the same place is injected again."""
    places = {row.muscle: i for i, row in reversed([*enumerate(facts.planned.injections)])}
    if not places:
        return INTERVAL.clear(tables, say("No needle is planned."))
    apart = tables.limit("payer.same_place_days")
    recent = [s for s in past(facts) if (facts.planned.on - s.on).days < apart.value]
    again = tuple(
        sorted(
            {places[r.muscle] for s in recent for r in s.injections if r.muscle in places}
            - {places.get(None, -1)}
        )
    )
    if again:
        return INTERVAL.fires(
            tables,
            Severity.WARNING,
            say("The same muscle again within {days} days.", days=apart.value),
            rows=again,
            source=apart.source,
        )
    if facts.history is None or _may_be_needled(recent) or None in places:
        return INTERVAL.cannot_tell(
            tables,
            say("Cannot tell when the same muscles were injected last."),
            missing=("planned.injections.muscle",) if None in places else ("history",),
            severity=Severity.INFO,
        )
    return INTERVAL.clear(tables, say("No muscle again within {days} days.", days=apart.value))


def check_region(facts: SessionFacts, tables: Knowledge) -> Finding:
    """One region of the body a session."""
    rows = facts.planned.injections
    regions = dict.fromkeys(muscle(row.muscle).region for row in rows if row.muscle)
    if len(regions) > 1:
        return REGION.fires(
            tables,
            Severity.WARNING,
            say(
                "More than one region in one session: {regions}.",
                regions=joined(", ", (known(each.replace("_", " ")) for each in regions)),
            ),
            rows=tuple(range(len(rows))),
        )
    if any(row.muscle is None for row in rows):
        return REGION.cannot_tell(
            tables,
            say("Cannot tell the region: a muscle is not named."),
            missing=("planned.injections.muscle",),
            severity=Severity.INFO,
        )
    return REGION.clear(tables, say("One region at most."))


def check_diagnosis(facts: SessionFacts, tables: Knowledge) -> Finding:
    """One of the ten diagnoses of the list, as a code."""
    said = facts.planned.diagnoses
    if said is None:
        return DIAGNOSIS.cannot_tell(
            tables,
            say("Cannot tell the diagnosis: none is recorded yet."),
            missing=("planned.diagnoses",),
        )
    codes = {term.code.upper() for term in said if term.system.strip().casefold() in ICD_10_CM}
    covered = sorted(codes & tables.payer_diagnoses)
    if covered:
        return DIAGNOSIS.clear(tables, say("{code} is covered.", code=covered[0]))
    return DIAGNOSIS.fires(
        tables,
        Severity.WARNING,
        say("No diagnosis of the payer's list is recorded as an ICD-10-CM code."),
        missing=() if codes else ("planned.diagnoses",),
    )


def check_guidance(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Imaging is for safety and is not billed."""
    seen = {Guidance.ULTRASOUND, Guidance.FLUOROSCOPY}
    rows = tuple(i for i, row in enumerate(facts.planned.injections) if row.guidance in seen)
    if rows:
        return GUIDANCE.fires(
            tables,
            Severity.INFO,
            say("Use ultrasound for safety, do not bill it: the payer calls it investigational."),
            rows=rows,
        )
    return GUIDANCE.clear(tables, say("No imaging to bill."))


def check_conservative(facts: SessionFacts, tables: Knowledge) -> Finding:
    """The patient is in a documented programme of conservative care."""
    return CONSERVATIVE.confirmed(
        tables,
        facts.planned.conservative_care,
        missing="planned.conservative_care",
        no=say("No programme of conservative care is documented; the payer asks for one."),
        unknown=say("Cannot tell about conservative care: ask what else is being done."),
        yes=say("Conservative care goes on."),
    )


CHECKS = (
    check_sessions, check_repeat, check_interval, check_region, check_diagnosis, check_guidance,
    check_conservative,
)  # fmt: skip
