"""Rows to frozen facts, one way: what the clinical rules may know about a sitting.

A sitting costs a fixed number of queries whatever its size: measurements, statements, answers,
doses elsewhere, injections (all sittings of the patient at once), ingredients.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from tautband.clinical.facts import (
    IngredientFacts,
    InjectionFacts,
    PlannedSitting,
    SessionFacts,
    Sitting,
    SyringeFacts,
    Term,
)
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.stock import StockFacts
from tautband.clinical.terms import BodyPosition, Guidance, Side
from tautband.records import chart_lines
from tautband.records.chart_lines import ChartLines, Told
from tautband.records.models import Ingredient, Injection, Patient, Procedure, Syringe, TriggerPoint
from tautband.records.models.vocabulary import InjectionStatus
from tautband.records.patient_facts import patient_facts
from tautband.records.prepared import Prepared
from tautband.records.queries import centre


class Basis(StrEnum):
    """Which amounts count: as planned, given so far plus what remains, or given only."""

    PLAN = "plan"
    TABLE = "table"
    RECORD = "record"


@dataclass(frozen=True, kw_only=True)
class ReadBack:
    """What the time-out said, or None for each thing not yet said."""

    identity_confirmed: bool | None = None
    resuscitation: bool | None = None
    consent: bool | None = None


@dataclass(frozen=True, kw_only=True)
class SittingFacts:
    """The facts of one sitting, the stock it uses, and which injection each row index means."""

    session: SessionFacts
    stock: tuple[StockFacts, ...]
    row_ids: tuple[UUID, ...]
    # The record behind the facts, so that a page need not read it again.
    rows: tuple[Injection, ...] = ()
    tray: tuple[tuple[Syringe, tuple[Ingredient, ...]], ...] = ()


def facts_for_patient(patient: Patient, *, now: datetime) -> SessionFacts:
    """What the rules know before anything is planned; the latest weight counts."""
    return _assemble(patient, procedure=None, basis=Basis.PLAN, now=now, said=ReadBack()).session


def facts_of(
    procedure: Procedure, *, basis: Basis, now: datetime, said: ReadBack | None = None
) -> SittingFacts:
    """What the rules know of this sitting; the procedure comes with its encounter and patient."""
    return _assemble(
        procedure.patient, procedure=procedure, basis=basis, now=now, said=said or ReadBack()
    )


def _assemble(
    patient: Patient, *, procedure: Procedure | None, basis: Basis, now: datetime, said: ReadBack
) -> SittingFacts:
    zone = centre.zone()
    begun = procedure.started_at if procedure else None
    at = (begun or now).astimezone(zone)
    on = at.date()
    lines = chart_lines.read(patient, procedure)
    if procedure is not None and begun is None and _asked_another_day(procedure, on, zone):
        # A visit left open overnight: what was said yesterday is not what is so today.
        lines.answers.clear()
    syringes = _syringes(patient.pk)
    rows = _injections(patient.pk)
    mine = [row for row in rows if procedure is not None and row["procedure_id"] == procedure.pk]
    kept = [row for row in mine if _counts(row, basis)]
    used = {row["syringe_id"] for row in kept}
    own = syringes.get(procedure.pk, {}) if procedure is not None else {}
    planned = PlannedSitting(
        on=on,
        at=at,
        # While planning, a drawn syringe is checked even before a row uses it.
        syringes=tuple(
            _syringe_facts(key, items)
            for key, items in own.items()
            if basis is Basis.PLAN or key in used
        ),
        injections=tuple(_injection_facts(row, basis) for row in kept),
        consent=said.consent,
        identity_confirmed=said.identity_confirmed,
        resuscitation=said.resuscitation,
        steroid_reason=procedure.steroid_reason if procedure else "",
        trigger_points=_trigger_points(procedure),
        diagnoses=_diagnoses(procedure),
    )
    facts = SessionFacts(
        patient=patient_facts(patient, procedure, lines, on),
        planned=planned,
        history=tuple(_history(procedure, lines, rows, syringes, zone)),
    )
    stock = tuple(_stock(own, kept))
    return SittingFacts(
        session=facts,
        stock=stock,
        row_ids=tuple(row["id"] for row in kept),
        rows=tuple(_as_injection(row) for row in mine),
        tray=tuple((items[0].syringe, tuple(items)) for items in own.values()),
    )


def _asked_another_day(procedure: Procedure, on: date, zone: ZoneInfo) -> bool:
    asked_at = procedure.encounter.asked_at
    return asked_at is not None and asked_at.astimezone(zone).date() != on


_COLUMNS = tuple(column.attname for column in Injection._meta.concrete_fields)


def _as_injection(row: dict[str, Any]) -> Injection:
    return Injection.from_db(None, list(_COLUMNS), [row[name] for name in _COLUMNS])


def _counts(row: dict[str, Any], basis: Basis) -> bool:
    if basis is Basis.RECORD:
        return bool(row["status"] == InjectionStatus.GIVEN)
    return bool(row["status"] != InjectionStatus.NOT_GIVEN)


# ── the sittings ─────────────────────────────────────────────────────────────────────────────


_COUNTED = (ProcedureStatus.PREPARATION, ProcedureStatus.IN_PROGRESS, ProcedureStatus.COMPLETED)

# The stubs give each row its own TypedDict; the facts read rows as plain mappings.
_injections: Prepared[dict[str, Any]] = Prepared(
    lambda patient_id: (
        Injection.objects.filter(
            procedure__patient=patient_id, procedure__status__in=[str(s) for s in _COUNTED]
        )
        .order_by("procedure__encounter__on", "procedure__started_at", "procedure_id", "number")
        .values(
            *_COLUMNS,
            "procedure__started_at",
            "procedure__encounter__on",
            "procedure__replaces_id",
            "procedure__status",
        )
    )
)

_ingredients: Prepared[Ingredient] = Prepared(
    lambda patient_id: (
        Ingredient.objects.filter(syringe__procedure__patient=patient_id)
        .select_related("syringe__drawn_up_by", "syringe__checked_by")
        .order_by("syringe__label", "position")
    )
)


def _syringes(patient_id: UUID) -> dict[UUID, dict[UUID, list[Ingredient]]]:
    found: dict[UUID, dict[UUID, list[Ingredient]]] = defaultdict(lambda: defaultdict(list))
    for row in _ingredients(patient_id):
        found[row.syringe.procedure_id][row.syringe_id].append(row)
    return found


def _syringe_facts(key: UUID, items: Iterable[Ingredient]) -> SyringeFacts:
    return SyringeFacts(
        id=str(key),
        ingredients=tuple(
            IngredientFacts(
                agent=item.agent,
                concentration_ug_per_ml=item.concentration_ug_per_ml,
                epinephrine_ng_per_ml=item.epinephrine_ng_per_ml,
                volume_ul=item.volume_ul,
                units_centi=item.units_centi,
            )
            for item in items
        ),
    )


def _injection_facts(row: dict[str, Any], basis: Basis) -> InjectionFacts:
    given = row["status"] == InjectionStatus.GIVEN and basis is not Basis.PLAN
    return InjectionFacts(
        muscle=row["muscle"],
        side=Side(row["side"]),
        sites=row["sites"],
        syringe=str(row["syringe_id"]) if row["syringe_id"] else None,
        volume_ul=row["given_volume_ul"] if given else row["volume_ul"],
        units_centi=row["given_units_centi"] if given else row["units_centi"],
        needle_um=row["needle_um"],
        depth_um=row["given_depth_um"] if given and row["given_depth_um"] else row["depth_um"],
        entry_angle_deg=row["entry_angle_deg"],
        pleura_depth_um=row["pleura_depth_um"],
        guidance=Guidance(row["guidance"]) if row["guidance"] else None,
        position=BodyPosition(row["position"]) if row["position"] else None,
    )


def _history(
    procedure: Procedure | None,
    lines: ChartLines,
    rows: list[dict[str, Any]],
    syringes: dict[UUID, dict[UUID, list[Ingredient]]],
    zone: ZoneInfo,
) -> Iterable[Sitting]:
    skipped = {procedure.pk, procedure.replaces_id} if procedure is not None else set()
    grouped: dict[UUID, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        # An amendment still being written does not count beside the version it will replace.
        draft = (
            row["procedure__replaces_id"] and row["procedure__status"] != ProcedureStatus.COMPLETED
        )
        if row["procedure_id"] in skipped or draft or row["status"] != InjectionStatus.GIVEN:
            continue
        grouped[row["procedure_id"]].append(row)
    for key, given in grouped.items():
        started = given[0]["procedure__started_at"]
        used = {row["syringe_id"] for row in given}
        yield Sitting(
            id=str(key),
            on=started.astimezone(zone).date() if started else given[0]["procedure__encounter__on"],
            at=started.astimezone(zone) if started else None,
            syringes=tuple(
                _syringe_facts(each, items)
                for each, items in syringes.get(key, {}).items()
                if each in used
            ),
            injections=tuple(_injection_facts(row, Basis.RECORD) for row in given),
        )
    for dose in lines.elsewhere:
        yield _elsewhere(dose, zone)


def _elsewhere(dose: Told, zone: ZoneInfo) -> Sitting:
    # A dose elsewhere becomes a syringe of 1 mL that was given whole, so that the rules reckon
    # it like any other; an unknown amount stays unknown.
    label = f"elsewhere-{dose.id}"
    millilitre = 1000
    ingredient = IngredientFacts(
        agent=dose.agent,
        concentration_ug_per_ml=dose.amount_ug,
        volume_ul=millilitre if dose.amount_ug is not None else None,
        units_centi=dose.units_centi,
    )
    return Sitting(
        id=label,
        on=dose.on,
        at=dose.at.astimezone(zone) if dose.at else None,
        given_elsewhere=True,
        on_is_about=dose.is_about,
        where=dose.place,
        syringes=(SyringeFacts(id=label, ingredients=(ingredient,)),),
        injections=(
            InjectionFacts(
                muscle=None,
                side=None,
                syringe=label,
                volume_ul=ingredient.volume_ul,
                units_centi=dose.units_centi,
            ),
        ),
    )


_points: Prepared[UUID] = Prepared(
    lambda encounter_id: TriggerPoint.objects.filter(encounter=encounter_id).values_list(
        "pk", flat=True
    )
)


def _trigger_points(procedure: Procedure | None) -> int | None:
    if procedure is None or procedure.encounter.assessed_at is None:
        return None
    count = getattr(procedure, "trigger_point_count", None)
    return len(_points(procedure.encounter_id)) if count is None else int(count)


def _diagnoses(procedure: Procedure | None) -> tuple[Term, ...] | None:
    if procedure is None or procedure.encounter.assessed_at is None:
        return None
    return tuple(
        Term(text=d.get("text", ""), system=d.get("system", ""), code=d.get("code", ""))
        for d in procedure.encounter.diagnoses
    )


def _stock(own: dict[UUID, list[Ingredient]], rows: list[dict[str, Any]]) -> Iterable[StockFacts]:
    for key, items in own.items():
        for item in items:
            yield StockFacts(
                label=item.syringe.label,
                agent=item.agent,
                product=item.product or item.agent,
                lot=item.lot,
                expires_on=item.expires_on,
                reconstituted_at=item.syringe.reconstituted_at,
                use_within_hours=item.syringe.use_within_hours,
                is_reconstituted=item.units_centi is not None,
                rows=tuple(i for i, row in enumerate(rows) if row["syringe_id"] == key),
            )
