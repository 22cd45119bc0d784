"""A plan as plain data, read into facts: `docs/reference/check.md` says what each key means."""

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Any

from tautband.clinical.contract.fields import Refusals
from tautband.clinical.contract.shape import shape
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
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import AgentKind

# A day for what nobody dated and nothing is measured against.
_ANY_DAY = date(2000, 1, 1)
_MAY_BE_ANY = frozenset(
    {AgentKind.LOCAL_ANAESTHETIC, AgentKind.CORTICOSTEROID, AgentKind.BOTULINUM_TOXIN}
)


def facts_of(plan: Any, refusals: Refusals) -> SessionFacts | None:
    """The facts of a plan; None with a refusal where it cannot be read whole."""
    read = shape().read(plan, "", refusals) if isinstance(plan, dict) else None
    if read is None:
        refusals.add("plan", "Not an object.")
        return None
    patient, planned, history = read["patient"] or {}, read["planned"] or {}, read["history"]
    at = planned.get("at")
    zone = at.tzinfo if isinstance(at, datetime) else None
    syringes, injections = _tray(planned, "planned", refusals)
    age = patient.get("age_years")
    sittings: list[Sitting] = []
    undated: set[AgentKind] = set()
    for place, past in enumerate(history or ()):
        if past is None:
            refusals.add(f"history[{place}]", "Not an object.")
            continue
        sitting = _sitting(past, place, zone, refusals)
        if past["performed_at"] is None:
            undated |= _kinds(sitting)
        elif at is not None and age is not None and sitting.on.year < _day(at).year - age - 1:
            refusals.add(f"history[{place}].performed_at", "That is before the patient was born.")
        else:
            sittings.append(sitting)
    if refusals.found:
        return None
    # Without the day of this session nobody can say how long ago the others were.
    placed = history is not None and not (at is None and (sittings or undated))
    return SessionFacts(
        patient=_patient(patient, frozenset(undated)),
        planned=PlannedSitting(
            on=_day(at) if at is not None else _ANY_DAY,
            at=_instant(at),
            syringes=syringes,
            injections=injections,
            consent=planned.get("consent"),
            resuscitation=planned.get("resuscitation"),
            steroid_reason=planned.get("steroid_reason") or "",
            trigger_points=planned.get("trigger_points"),
            diagnoses=_terms(planned.get("diagnoses")),
            conservative_care=planned.get("conservative_care"),
        ),
        history=tuple(sittings) if placed else None,
    )


def _patient(read: Mapping[str, Any], undated: frozenset[AgentKind]) -> PatientFacts:
    return PatientFacts(
        age_years=read.get("age_years"),
        sex=read.get("sex"),
        weight_g=read.get("weight_kg"),
        dosing_weight_g=read.get("dosing_weight_kg"),
        height_mm=read.get("height_cm"),
        ceiling_percent=read.get("ceiling_percent"),
        pregnant=read.get("pregnant"),
        gestation_weeks=read.get("gestation_weeks"),
        breastfeeding=read.get("breastfeeding"),
        hba1c_percent=read.get("hba1c_percent"),
        inr=read.get("inr"),
        platelets_10e9_per_l=read.get("platelets_10e9_per_l"),
        egfr=read.get("egfr"),
        lung_disease=read.get("lung_disease"),
        cpap=read.get("cpap"),
        infection=read.get("infection"),
        allergies=_terms(read.get("allergies")),
        medications=_terms(read.get("medications")),
        conditions=_terms(read.get("conditions")),
        unsure=frozenset(str(kind) for kind in undated),
    )


def _terms(read: Iterable[dict[str, Any] | None] | None) -> tuple[Term, ...] | None:
    if read is None:
        return None
    return tuple(
        Term(
            text=each["text"], system=each["system"], code=each["code"],
            severity=each["severity"], active=each["status"] != "stopped",
        )
        if each is not None
        else Term()
        for each in read
    )  # fmt: skip


def _sitting(past: Mapping[str, Any], place: int, zone: Any, refusals: Refusals) -> Sitting:
    syringes, injections = _tray(past, f"history[{place}]", refusals)
    performed = past["performed_at"]
    if isinstance(performed, datetime) and performed.tzinfo is not None and zone is not None:
        # One calendar for all: the day is that of the clock this session is written in.
        performed = performed.astimezone(zone)
    return Sitting(
        # Ids order two sittings of one moment, and the order of the file is the order told.
        id=f"{place:06}",
        on=_day(performed) if performed is not None else _ANY_DAY,
        at=_instant(performed),
        given_elsewhere=bool(past["given_elsewhere"]),
        syringes=syringes,
        injections=injections,
        relief_percent=past["relief_percent"],
        relief_days=past["relief_days"],
        function_percent=past["function_percent"],
    )


def _tray(
    read: Mapping[str, Any], where: str, refusals: Refusals
) -> tuple[tuple[SyringeFacts, ...], tuple[InjectionFacts, ...]]:
    """The syringes, with one more for each row that names its agent itself, and the rows."""
    syringes: dict[str, SyringeFacts] = {}
    for place, syringe in enumerate(read.get("syringes") or ()):
        here = f"{where}.syringes[{place}]"
        if syringe is None or not syringe["id"]:
            refusals.add(f"{here}.id", "A syringe needs an id that rows can name.")
        elif syringe["id"] in syringes:
            refusals.add(f"{here}.id", "Another syringe has this id.")
        else:
            syringes[syringe["id"]] = SyringeFacts(
                id=syringe["id"],
                # Nobody said what is in it: one thing that nobody knows.
                ingredients=tuple(map(_ingredient, syringe["ingredients"] or (None,))),
            )
    named = set(syringes)
    rows = []
    for place, row in enumerate(read.get("injections") or ()):
        here = f"{where}.injections[{place}]"
        if row is None:
            refusals.add(here, "Not an object.")
            continue
        from_syringe = row["syringe"] or None
        if from_syringe is not None and from_syringe not in named:
            refusals.add(f"{here}.syringe", "There is no syringe of this id.")
        own = row["agent"]
        if from_syringe is not None and own is not None:
            refusals.add(f"{here}.agent", "A row has a syringe or an agent of its own, not both.")
        elif own not in {None, "none"}:
            from_syringe = f"row-{place}"
            while from_syringe in named:
                from_syringe += "-"
            syringes[from_syringe] = SyringeFacts(id=from_syringe, ingredients=(_ingredient(row),))
        elif from_syringe is None and own is None and _holds_something(row):
            # An amount of nobody knows what is no dry needle.
            from_syringe = f"row-{place}"
            unknown = IngredientFacts(agent="other", volume_ul=row["volume_ml"])
            syringes[from_syringe] = SyringeFacts(id=from_syringe, ingredients=(unknown,))
        rows.append(_row(row, from_syringe))
    return tuple(syringes.values()), tuple(rows)


def _holds_something(row: Mapping[str, Any]) -> bool:
    names = ("volume_ml", "units", "concentration_mg_per_ml", "epinephrine_ug_per_ml")
    return any(row[name] for name in names)


def _ingredient(read: Mapping[str, Any] | None) -> IngredientFacts:
    read = read or {}
    return IngredientFacts(
        agent=read.get("agent") or "other",
        concentration_ug_per_ml=read.get("concentration_mg_per_ml"),
        epinephrine_ng_per_ml=read.get("epinephrine_ug_per_ml"),
        volume_ul=read.get("volume_ml"),
        units_centi=read.get("units"),
    )


def _row(read: Mapping[str, Any], syringe: str | None) -> InjectionFacts:
    return InjectionFacts(
        muscle=read["muscle"],
        side=read["side"],
        sites=read["sites"] or 1,
        syringe=syringe,
        volume_ul=read["volume_ml"],
        units_centi=read["units"],
        needle_um=read["needle_mm"],
        depth_um=read["depth_mm"],
        entry_angle_deg=read["entry_angle_deg"] or 90,
        pleura_depth_um=read["pleura_depth_mm"],
        guidance=read["guidance"],
        position=read["position"],
    )


def _kinds(sitting: Sitting) -> set[AgentKind]:
    """The families an undated sitting may have brought: all, where an agent is unknown."""
    tables = knowledge()
    kinds = {tables.kind(item.agent) for each in sitting.syringes for item in each.ingredients}
    if AgentKind.OTHER in kinds or (not sitting.syringes and not sitting.injections):
        return set(_MAY_BE_ANY)
    return kinds & _MAY_BE_ANY


def _day(moment: date | datetime) -> date:
    return moment.date() if isinstance(moment, datetime) else moment


def _instant(moment: date | datetime | None) -> datetime | None:
    """The instant; a time without an offset is taken as the same clock as every other such one."""
    if not isinstance(moment, datetime):
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
