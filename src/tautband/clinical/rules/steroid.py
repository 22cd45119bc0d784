"""Corticosteroid: a stated reason, its dose, what does not go with it. All but one of it warns."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from tautband.clinical.amounts import format_mg, plain
from tautband.clinical.dates import shown, year_before
from tautband.clinical.dosing import (
    Dose,
    earlier_today,
    may_hide,
    past,
    planned_doses,
    sitting_doses,
)
from tautband.clinical.facts import SessionFacts, Sitting
from tautband.clinical.findings import Finding, Severity, Source
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule, rows_of
from tautband.clinical.terminology import conditions, medicines
from tautband.clinical.terms import AgentKind, Side
from tautband.clinical.words import joined, say

REASON = Rule("steroid-reason")
DOSE = Rule("steroid-dose")
YEAR = Rule("steroid-12-months")
DIABETES = Rule("steroid-diabetes")
INTERACTION = Rule("steroid-cyp3a4")
NEURAXIS = Rule("steroid-neuraxis")


def steroids(doses: Iterable[Dose]) -> tuple[Dose, ...]:
    """The corticosteroid among some doses."""
    return tuple(d for d in doses if d.kind is AgentKind.CORTICOSTEROID)


def check_reason(facts: SessionFacts, tables: Knowledge) -> Finding:
    """A steroid is given for a stated reason: most trials found no benefit."""
    planned = steroids(planned_doses(facts, tables))
    if not planned:
        return REASON.clear(tables, say("No steroid is planned."))
    if facts.planned.steroid_reason.strip():
        return REASON.clear(tables, say("The reason for the steroid is stated."))
    return REASON.fires(
        tables,
        Severity.WARNING,
        say(
            "Steroid without a reason. Three of four trials found no benefit: say why, or leave"
            " it out."
        ),
        rows=rows_of(planned),
        missing=("planned.steroid_reason",),
    )


@dataclass(frozen=True, slots=True)
class _Excess:
    words: str
    source: Source


def check_dose(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Each site, the whole session and the number of sites stay within the label."""
    planned = steroids(planned_doses(facts, tables))
    if not planned:
        return DOSE.clear(tables, say("No steroid is planned."))
    today = steroids(d for s in earlier_today(facts) for d in sitting_doses(s, tables))
    excess: list[_Excess] = []
    for agent in dict.fromkeys(d.agent for d in planned):
        mine = tuple(d for d in planned if d.agent == agent)
        excess += _excess(agent, mine, tuple(d for d in today if d.agent == agent), tables)
    if excess:
        return DOSE.fires(
            tables,
            Severity.WARNING,
            say(
                "{excess} Use less, or fewer sites.", excess=joined(" ", (e.words for e in excess))
            ),
            rows=rows_of(planned),
            source=excess[0].source,
        )
    unknown = [d for d in planned if d.ug is None or d.agent not in tables.steroids]
    before = [d for d in today if d.ug is None or d.agent not in tables.steroids]
    if unknown or before:
        return DOSE.cannot_tell(
            tables,
            say("Cannot tell the steroid dose: a strength, a volume or a name is unknown."),
            missing=(
                *(f"planned.injections[{d.row}].volume_ml" for d in unknown),
                *(("history",) if before else ()),
            ),
            rows=rows_of(planned),
        )
    return DOSE.clear(tables, say("Steroid within the label."))


def _excess(
    agent: str, doses: tuple[Dose, ...], today: tuple[Dose, ...], tables: Knowledge
) -> list[_Excess]:
    limits, name = tables.steroids.get(agent), tables.agents[agent].name
    if limits is None:
        return []
    found: list[_Excess] = []
    most = max((d.ug / d.sites for d in doses if d.ug is not None), default=Fraction(0))
    if most > limits.site_mg.value * 1000:
        found.append(
            _Excess(
                say(
                    "{name} {most} at one site; usual up to {site_mg}.",
                    name=name,
                    most=format_mg(most),
                    site_mg=format_mg(int(limits.site_mg.value * 1000)),
                ),
                limits.site_mg.source,
            )
        )
    total = sum((d.ug for d in (*today, *doses) if d.ug is not None), Fraction(0))
    if limits.session_mg and total > limits.session_mg.value * 1000:
        found.append(
            _Excess(
                say(
                    "{name} {total} in one session; up to {session_mg}.",
                    name=name,
                    total=format_mg(total),
                    session_mg=format_mg(int(limits.session_mg.value * 1000)),
                ),
                limits.session_mg.source,
            )
        )
    sites = sum(d.sites for d in doses)
    if limits.sites and sites > limits.sites.value:
        found.append(
            _Excess(
                say(
                    "{name} at {sites} sites; meant for {most} at most.",
                    name=name,
                    sites=sites,
                    most=limits.sites.value,
                ),
                limits.sites.source,
            )
        )
    return found


def year_of_steroids(facts: SessionFacts, tables: Knowledge) -> tuple[Sitting, ...]:
    """The past sittings with a steroid in the last 12 months; a year ago to the day is out."""
    since = year_before(facts.planned.on)
    return tuple(s for s in past(facts) if s.on > since and steroids(sitting_doses(s, tables)))


def check_12_months(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Three sessions in 12 months at most, this one counted; 12 weeks at the same site."""
    planned = steroids(planned_doses(facts, tables))
    if not planned:
        return YEAR.clear(tables, say("No steroid is planned."))
    most = tables.limit("steroid.sessions_in_12_months")
    apart = tables.limit("steroid.same_site_days")
    margin = timedelta(days=int(tables.limit("steroid.about_days").value))
    before = year_of_steroids(facts, tables)
    count = len(before) + 1
    if count > most.value:
        return YEAR.fires(
            tables,
            Severity.WARNING,
            say(
                "Steroid session {count} in 12 months, here and elsewhere; up to {most}. Leave"
                " it out, or say why not.",
                count=count,
                most=most.value,
            ),
            rows=rows_of(planned),
            source=most.source,
        )
    days = timedelta(days=int(apart.value))
    recent = [s for s in before if facts.planned.on - s.on < days]
    again = _same_site(planned, recent, tables)
    if again:
        day = max(on for on, _ in again)
        return YEAR.fires(
            tables,
            Severity.WARNING,
            say(
                "Steroid at the same site on {date}; wait {apart} weeks, until {until}.",
                date=shown(day),
                apart=plain(apart.value / 7),
                until=shown(day + days),
            ),
            rows=tuple(dict.fromkeys(row for _, row in again)),
            source=apart.source,
        )
    maybe = [
        s
        for s in past(facts)
        if s.on_is_about
        and s.on <= year_before(facts.planned.on) < s.on + margin
        and steroids(sitting_doses(s, tables))
    ]
    nearly = [s for s in before if s.on_is_about and facts.planned.on - s.on < days + margin]
    if (
        may_hide(facts, AgentKind.CORTICOSTEROID)
        or count + len(maybe) > most.value
        or _maybe_same_site(planned, [*recent, *nearly], tables)
        or _same_site(planned, nearly, tables)
    ):
        return YEAR.cannot_tell(
            tables,
            say(
                "Cannot tell how often, or whether a steroid went into this site lately. Ask"
                " where and when, and look for letters."
            ),
            missing=("history",),
            rows=rows_of(planned),
        )
    return YEAR.clear(
        tables, say("Steroid session {count} of {most} in 12 months.", count=count, most=most.value)
    )


def _given_sites(
    sittings: Iterable[Sitting], tables: Knowledge
) -> list[tuple[str | None, Side | None, date]]:
    return [(d.muscle, d.side, s.on) for s in sittings for d in steroids(sitting_doses(s, tables))]


def _same_site(
    planned: tuple[Dose, ...], sittings: Iterable[Sitting], tables: Knowledge
) -> list[tuple[date, int]]:
    """When a planned site surely had a steroid, with the row."""
    given = _given_sites(sittings, tables)
    return [
        (on, d.row)
        for d in planned
        for muscle, side, on in given
        if d.row is not None
        and d.muscle is not None
        and d.side is not None
        and (muscle, side) == (d.muscle, d.side)
    ]


def _maybe_same_site(
    planned: tuple[Dose, ...], sittings: Iterable[Sitting], tables: Knowledge
) -> bool:
    """Whether an unknown muscle or side may be the same site."""
    return any(
        (muscle is None or d.muscle is None or muscle == d.muscle)
        and (muscle is None or d.muscle is None or side is None or d.side is None)
        for d in planned
        for muscle, side, _ in _given_sites(sittings, tables)
    )


def check_diabetes(facts: SessionFacts, tables: Knowledge) -> Finding:
    """A steroid for a patient on insulin or with an HbA1c above 7 % comes with a plan."""
    planned = steroids(planned_doses(facts, tables))
    if not planned:
        return DIABETES.clear(tables, say("No steroid is planned."))
    patient = facts.patient
    limit = tables.limit("steroid.hba1c_percent")
    on_insulin = medicines(patient, "insulin")
    insulin = patient.insulin or bool(on_insulin.named)
    high = patient.hba1c_percent is not None and patient.hba1c_percent > limit.value
    if insulin or high:
        why = (
            say("insulin")
            if insulin
            else say("HbA1c {hba1c_percent}\u00a0%", hba1c_percent=patient.hba1c_percent)
        )
        return DIABETES.fires(
            tables,
            Severity.WARNING,
            say(
                "Diabetes with {why}: a steroid raises the glucose for up to a week. Agree on"
                " checks, or leave it out.",
                why=why,
            ),
            rows=rows_of(planned),
        )
    ill = conditions(patient, "diabetes")
    diabetic = bool(ill.named or medicines(patient, "antidiabetic").named)
    unknown = [] if patient.hba1c_percent is not None else ["patient.hba1c_percent"]
    if patient.insulin is None and not on_insulin.sure:
        unknown.append("patient.insulin")
    if diabetic and not unknown:
        return DIABETES.clear(
            tables,
            say("Diabetes without insulin, HbA1c {limit}\u00a0% or less.", limit=limit.value),
        )
    if not diabetic and ill.sure and medicines(patient, "insulin", "antidiabetic").sure:
        return DIABETES.clear(tables, say("No diabetes is known."))
    return DIABETES.cannot_tell(
        tables,
        say("Cannot tell about diabetes: ask for it, for insulin and for the latest HbA1c."),
        missing=(*(() if ill.sure else ("patient.conditions",)), *unknown),
        rows=rows_of(planned),
    )


def check_interaction(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Ritonavir or cobicistat with injected triamcinolone shuts the adrenals down."""
    planned = steroids(planned_doses(facts, tables))
    if not planned:
        return INTERACTION.clear(tables, say("No steroid is planned."))
    boosters = medicines(facts.patient, "cyp3a4-booster")
    strong = medicines(facts.patient, "cyp3a4-strong")
    if strong.named:
        worst = bool(boosters.named) and any(d.agent == "triamcinolone" for d in planned)
        return INTERACTION.fires(
            tables,
            Severity.CRITICAL if worst else Severity.WARNING,
            say(
                "{named} slows the breakdown of the steroid: Cushing's and adrenal failure for"
                " months. Leave the steroid out.",
                named=joined(", ", strong.named),
            ),
            rows=rows_of(planned),
        )
    vague = medicines(facts.patient, "cyp3a4-unsure")
    if vague.named or not strong.sure:
        which = (
            say("an HIV medicine is listed")
            if vague.named
            else say("the medicines are not all known")
        )
        return INTERACTION.cannot_tell(
            tables,
            say(
                "Cannot tell about medicines that hold the steroid in the body: {which}. Ask"
                " for ritonavir (Paxlovid too), cobicistat, antifungal tablets and"
                " clarithromycin.",
                which=which,
            ),
            missing=("patient.medications",),
            rows=rows_of(planned),
        )
    return INTERACTION.clear(tables, say("No medicine that slows the breakdown is listed."))


def check_neuraxis(facts: SessionFacts, tables: Knowledge) -> Finding:
    """No particles beside the cervical spine."""
    gritty = [
        d for d in steroids(planned_doses(facts, tables)) if tables.agents[d.agent].particulate
    ]
    rows = rows_of(d for d in gritty if d.muscle in tables.beside_neuraxis)
    if rows:
        return NEURAXIS.fires(
            tables,
            Severity.WARNING,
            say(
                "Particulate steroid beside the cervical spine: strokes and paralysis are"
                " reported near it. Use dexamethasone or none."
            ),
            rows=rows,
        )
    nowhere = rows_of(d for d in gritty if d.muscle is None)
    if nowhere:
        return NEURAXIS.cannot_tell(
            tables,
            say(
                "Cannot tell whether a particulate steroid goes beside the cervical spine: the"
                " muscle is not chosen."
            ),
            missing=tuple(f"planned.injections[{row}].muscle" for row in nowhere),
            rows=nowhere,
        )
    return NEURAXIS.clear(tables, say("No particulate steroid beside the cervical spine."))
