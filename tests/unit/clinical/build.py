"""The plainest valid facts; a test says only what matters."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from tautband.clinical import check_session
from tautband.clinical.facts import (
    IngredientFacts,
    InjectionFacts,
    PatientFacts,
    PlannedSitting,
    SessionFacts,
    Sitting,
    SyringeFacts,
    Term,
)
from tautband.clinical.findings import Finding, RuleAnswer
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import Infection, Side

TODAY = date(2026, 11, 24)
NOW = datetime(2026, 11, 24, 11, 0, tzinfo=UTC)
TABLES = knowledge()
FIRES, CLEAR, CANNOT_TELL = RuleAnswer.FIRES, RuleAnswer.CLEAR, RuleAnswer.CANNOT_TELL


def patient(**changes: Any) -> PatientFacts:
    """A healthy adult of 70 kg about whom everything is known."""
    plain: dict[str, Any] = {
        "age_years": 45,
        "weight_g": 70_000,
        "height_mm": 1750,
        "pregnant": False,
        "breastfeeding": False,
        "insulin": False,
        "hba1c_percent": Decimal("5.4"),
        "lung_disease": False,
        "cpap": False,
        "infection": Infection.NONE,
        "allergies": (),
        "medications": (),
        "conditions": (),
    }
    return PatientFacts(**(plain | changes))


def product(
    agent: str = "lidocaine",
    mg_per_ml: str | None = "10",
    ml: str | None = "5",
    *,
    epinephrine: str | None = "0",
    units: str | None = None,
) -> IngredientFacts:
    """One ingredient, in the units of its label."""
    return IngredientFacts(
        agent=agent,
        concentration_ug_per_ml=None if mg_per_ml is None else int(Decimal(mg_per_ml) * 1000),
        epinephrine_ng_per_ml=None if epinephrine is None else int(Decimal(epinephrine) * 1000),
        volume_ul=None if ml is None else int(Decimal(ml) * 1000),
        units_centi=None if units is None else int(Decimal(units) * 100),
    )


def toxin(
    units: str | None = "100", agent: str = "onabotulinumtoxin_a", ml: str | None = "2"
) -> IngredientFacts:
    """A vial of botulinum toxin, made up."""
    return product(agent, None, ml, units=units)


def syringe(*ingredients: IngredientFacts, name: str = "A") -> SyringeFacts:
    """One syringe; lidocaine 1 % when nothing is said."""
    return SyringeFacts(id=name, ingredients=ingredients or (product(),))


def row(
    muscle: str | None = "gastrocnemius_medial",
    side: Side | None = Side.RIGHT,
    *,
    ml: str | None = "1",
    units: str | None = None,
    needle: str | None = "38",
    depth: str | None = "20",
    pleura: str | None = None,
    syringe: str | None = "A",
    **changes: Any,
) -> InjectionFacts:
    """One injection into the calf, far from everything."""
    return InjectionFacts(
        muscle=muscle,
        side=side,
        syringe=syringe,
        volume_ul=None if ml is None else int(Decimal(ml) * 1000),
        units_centi=None if units is None else int(Decimal(units) * 100),
        needle_um=None if needle is None else int(Decimal(needle) * 1000),
        depth_um=None if depth is None else int(Decimal(depth) * 1000),
        pleura_depth_um=None if pleura is None else int(Decimal(pleura) * 1000),
        **changes,
    )


def plan(
    *rows: InjectionFacts, syringes: tuple[SyringeFacts, ...] | None = None, **changes: Any
) -> PlannedSitting:
    """A consented, confirmed sitting today."""
    plain: dict[str, Any] = {
        "on": TODAY,
        "at": NOW,
        "syringes": (syringe(),) if syringes is None else syringes,
        "injections": rows,
        "consent": True,
        "identity_confirmed": True,
        "resuscitation": True,
        "steroid_reason": "failed twice without",
        "trigger_points": 1,
    }
    return PlannedSitting(**(plain | changes))


def facts(
    *rows: InjectionFacts,
    syringes: tuple[SyringeFacts, ...] | None = None,
    history: tuple[Sitting, ...] = (),
    who: PatientFacts | None = None,
    **changes: Any,
) -> SessionFacts:
    """One session: the plainest patient, the given rows."""
    return SessionFacts(
        patient=who or patient(),
        planned=plan(*rows, syringes=syringes, **changes),
        history=history,
    )


def of(agent: IngredientFacts, ml: str | None = None, **changes: Any) -> SessionFacts:
    """A session with all of one product in one row."""
    total = None if agent.volume_ul is None else str(Decimal(agent.volume_ul) / 1000)
    who = changes.pop("who", None)
    history = changes.pop("history", ())
    return facts(
        row(ml=ml or total, **changes), syringes=(syringe(agent),), who=who, history=history
    )


def past(
    *ingredients: IngredientFacts,
    days_ago: int = 0,
    hours_ago: int | None = None,
    rows: tuple[InjectionFacts, ...] = (),
    name: str = "past",
    **changes: Any,
) -> Sitting:
    """What was given elsewhere, whole syringes at a time unless rows are named."""
    at = None if hours_ago is None else NOW - timedelta(hours=hours_ago)
    return Sitting(
        id=name,
        on=TODAY - timedelta(days=days_ago) if at is None else at.date(),
        at=at,
        given_elsewhere=True,
        syringes=(SyringeFacts(id="A", ingredients=ingredients),),
        injections=rows,
        **changes,
    )


def term(text: str = "", **changes: Any) -> Term:
    """One entry of a list."""
    return Term(text=text, **changes)


def finding(rule: str, session: SessionFacts) -> Finding:
    """What one rule says about a session."""
    return next(f for f in check_session(session).findings if f.rule == rule)


def answer(rule: str, session: SessionFacts) -> tuple[RuleAnswer, str | None]:
    """The answer and severity of one rule."""
    found = finding(rule, session)
    return found.answer, found.severity
