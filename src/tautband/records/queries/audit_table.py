"""One row for each injection that was given, for the centre's own audit; nobody is named."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import date
from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction
from uuid import UUID

from django.db.models import F

from tautband.clinical.amounts import plain
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.given import given_doses, syringe_facts
from tautband.records.models import Ingredient, Injection
from tautband.records.models.vocabulary import InjectionStatus

# What stands between the products of one syringe, in the same order in each column.
BETWEEN = "; "


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditRow:
    """One injection; "" is what nobody recorded, and never 0.

    `agent`, `mg`, `units` and `lot` hold one part for each product of the syringe.
    """

    date: str
    procedure_id: str
    status: str
    muscle: str
    side: str
    sites: str
    agent: str
    mg: str
    units: str
    ml: str
    lot: str
    needle_gauge: str
    needle_mm: str
    guidance: str
    operator_id: str
    pain_before: str
    pain_after: str
    complication: str


COLUMNS = tuple(column.name for column in fields(AuditRow))


def injections_given(*, first: date | None = None, last: date | None = None) -> list[AuditRow]:
    """What was given from `first` to `last`, by the calendar of the centre, in order.

    Versions that were replaced or entered in error count for nothing and are left out.
    """
    given = Injection.objects.filter(status=InjectionStatus.GIVEN).exclude(
        procedure__status__in=[ProcedureStatus.SUPERSEDED, ProcedureStatus.ENTERED_IN_ERROR]
    )
    if first is not None:
        given = given.filter(procedure__encounter__on__gte=first)
    if last is not None:
        given = given.filter(procedure__encounter__on__lte=last)
    rows = list(
        given.select_related("syringe", "procedure").annotate(on=F("procedure__encounter__on"))
        .order_by("on", "procedure_id", "number")
    )  # fmt: skip
    products = _products({row.syringe_id for row in rows if row.syringe_id is not None})
    return [_row(row, products) for row in rows]


def _products(syringes: set[UUID]) -> dict[UUID, list[Ingredient]]:
    found: dict[UUID, list[Ingredient]] = defaultdict(list)
    # Asked at once and picked here: a database takes only so many ids in one question.
    for item in Ingredient.objects.order_by("syringe", "position"):
        if item.syringe_id in syringes:
            found[item.syringe_id].append(item)
    return found


def _row(row: Injection, products: dict[UUID, list[Ingredient]]) -> AuditRow:
    items = products.get(row.syringe_id, []) if row.syringe_id else []
    doses = given_doses(row, syringe_facts(row.syringe, items)) if row.syringe else ()
    return AuditRow(
        date=str(row.on),  # type: ignore[attr-defined]  # annotated above
        procedure_id=str(row.procedure_id),
        status=row.procedure.status,
        muscle=row.muscle,
        side=row.side,
        sites=str(row.sites),
        agent=BETWEEN.join(dose.agent for dose in doses) or "none",
        mg=_each(_amount(dose.ug, 1000) for dose in doses),
        units=_each(_amount(dose.units_centi, 100) for dose in doses),
        ml=_amount(row.given_volume_ul, 1000),
        lot=_each(item.lot for item in items),
        needle_gauge=_number(row.needle_gauge),
        needle_mm=_amount(row.needle_um, 1000),
        guidance=row.guidance,
        operator_id=str(row.given_by_id or row.procedure.operator_id or ""),
        pain_before=_number(row.pain_before),
        pain_after=_number(row.pain_after),
        complication=row.complication,
    )


def _each(parts: Iterable[str]) -> str:
    listed = list(parts)
    return BETWEEN.join(listed) if any(listed) else ""


def _number(value: int | None) -> str:
    return "" if value is None else str(value)


def _amount(amount: Fraction | int | None, scale: int) -> str:
    if amount is None:
        return ""
    share = Fraction(amount) / scale
    number = Decimal(share.numerator) / Decimal(share.denominator)
    return plain(number.quantize(Decimal("0.0001"), ROUND_HALF_EVEN))
