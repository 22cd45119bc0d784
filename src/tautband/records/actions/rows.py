"""One row: what may be typed in it, how it stands, and taking hold of it."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import Exists, Max, OuterRef
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.terms import BodyPosition, Guidance
from tautband.errors import Refused
from tautband.records.actions.assessments import check_place
from tautband.records.actions.standing import fingerprint, insist_open
from tautband.records.models import Ingredient, Injection, Procedure, Syringe
from tautband.records.prepared import Prepared

LARGEST_ROW_UL = 60_000
LARGEST_ROW_CENTI_UNITS = 200_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """One planned row, amounts as in `Injection`."""

    muscle: str
    side: str
    sites: int = 1
    syringe_id: UUID | None = None
    volume_ul: int | None = None
    units_centi: int | None = None
    # A number typed without its unit: the syringe says whether it means mL or units.
    amount: Decimal | None = None
    needle_gauge: int | None = None
    needle_um: int | None = None
    depth_um: int | None = None
    entry_angle_deg: int = 90
    pleura_depth_um: int | None = None
    guidance: str = ""
    position: str = ""
    map_view: str = ""
    map_x_tenth: int | None = None
    map_y_tenth: int | None = None
    map_version: str = ""


def _resolved(row: Row, *, in_units: bool) -> Row:
    """The row with a typed amount turned into the unit of its syringe, exactly."""
    if row.amount is None:
        return row
    scaled = row.amount * (100 if in_units else 1000)
    if scaled != scaled.to_integral_value():
        words = _("Too many decimals. Round it and enter it again.")
        raise Refused(words, fields={"amount": words})
    whole = int(scaled)
    return replace(
        row,
        amount=None,
        volume_ul=None if in_units else whole,
        units_centi=whole if in_units else None,
    )


def _counts_in_units(procedure: Procedure, row: Row, known: Injection | None) -> bool:
    """Whether the row's syringe is counted in units; one that is not on the tray is refused."""
    if row.syringe_id is None:
        return False
    if known is not None and known.syringe_id == row.syringe_id:
        return bool(getattr(known, "in_units", False))
    counted = _counted.first(procedure.pk, row.syringe_id)
    if counted is None:
        words = _("This syringe is not on this tray.")
        raise Refused(words, fields={"syringe": words})
    return counted


def _in_units(syringe: str) -> Exists:
    toxins = Ingredient.objects.filter(units_centi__isnull=False)
    return Exists(toxins.filter(syringe=OuterRef(syringe)))


_counted: Prepared[bool] = Prepared(
    lambda procedure_id, syringe_id: (
        Syringe.objects.filter(procedure=procedure_id, pk=syringe_id)
        .annotate(in_units=_in_units("pk"))
        .values_list("in_units", flat=True)
    )
)


def checked(
    procedure: Procedure, row: Row, known: Injection | None = None, *, amount_needed: bool = True
) -> Row:
    """The row with its amount resolved; raises Refused with every field at fault."""
    check_place(row.muscle, row.side)
    row = _resolved(row, in_units=_counts_in_units(procedure, row, known))
    problems: dict[str, str] = {}
    if not 1 <= row.sites <= 50:
        problems["sites"] = _("Give between 1 and 50 sites.")
    if row.volume_ul is not None and not 0 < row.volume_ul <= LARGEST_ROW_UL:
        problems["amount"] = _("Give a volume above 0 and up to 60 mL.")
    if row.units_centi is not None and not 0 < row.units_centi <= LARGEST_ROW_CENTI_UNITS:
        problems["amount"] = _("Give units above 0 and up to 2000.")
    if row.guidance and row.guidance not in set(Guidance):
        problems["guidance"] = _("Choose how the needle is guided.")
    if row.position and row.position not in set(BodyPosition):
        problems["position"] = _("Choose how the patient lies.")
    if not 1 <= row.entry_angle_deg <= 90:
        problems["entry_angle"] = _("Give an angle from 1 to 90 degrees.")
    for name, value, most in (
        ("needle", row.needle_um, 200_000),
        ("depth", row.depth_um, 200_000),
        ("pleura_depth", row.pleura_depth_um, 300_000),
    ):
        if value is not None and not 0 < value <= most:
            problems[name] = _("This length cannot be right. Give millimetres.")
    if row.needle_gauge is not None and not 14 <= row.needle_gauge <= 36:
        problems["needle"] = _("Give a gauge from 14 to 36.")
    if row.syringe_id is not None:
        if amount_needed and row.volume_ul is None and row.units_centi is None:
            problems["amount"] = _("Say how much goes in.")
    elif row.volume_ul is not None or row.units_centi is not None:
        problems["syringe"] = _("Choose the syringe it comes from, or leave the amount empty.")
    if problems:
        raise Refused(_("Something about this row cannot be right."), fields=problems)
    return row


COLUMNS = tuple(name for name in Row.__dataclass_fields__ if name != "amount")


def values_of(row: Row) -> dict[str, Any]:
    """The row as columns of the table."""
    return {name: getattr(row, name) for name in COLUMNS}


def row_fingerprint(injection: Injection) -> str:
    """How a row stands, as a short hash: two people may change two rows, not one row at once."""
    return fingerprint(injection, COLUMNS)


GIVEN_COLUMNS = (
    "status", "given_volume_ul", "given_units_centi", "given_depth_um", "passes", "aspiration",
    "twitch", "crunch", "released", "pain_before", "pain_after", "complication",
    "not_given_reason",
)  # fmt: skip


def given_fingerprint(injection: Injection) -> str:
    """What is recorded of a row so far, as a short hash: two people record one row but once."""
    return fingerprint(injection, GIVEN_COLUMNS)


def next_number(procedure: Procedure) -> int:
    """The number the next row gets; numbers are never used again."""
    return (procedure.injections.aggregate(last=Max("number"))["last"] or 0) + 1


_row_and_sitting: Prepared[Injection] = Prepared(
    lambda injection_id, procedure_id: (
        Injection.objects.select_for_update(of=("self", "procedure"))
        .select_related("procedure__encounter", "procedure__patient")
        .annotate(in_units=_in_units("syringe"))
        .filter(pk=injection_id, procedure=procedure_id)
    )
)


def _hold_row(procedure_id: UUID, injection_id: UUID) -> Injection:
    """Lock a row and its sitting in one query."""
    found = _row_and_sitting.held(injection_id, procedure_id)
    if found is None:
        raise Refused(_("This row is not part of this session."))
    return found


def hold_row_open(
    procedure_id: UUID,
    injection_id: UUID,
    *,
    actor: User,
    permission: Permission,
    revision: int | None = None,
) -> Injection:
    """Lock a row of a sitting that this person may still change."""
    injection = _hold_row(procedure_id, injection_id)
    insist_open(injection.procedure, actor=actor, permission=permission, revision=revision)
    return injection
