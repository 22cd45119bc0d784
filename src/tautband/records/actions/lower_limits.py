"""Less local anaesthetic than the label allows, for somebody who tolerates less."""

from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical import amounts
from tautband.errors import Refused, Stale
from tautband.records.actions.standing import fingerprint, hold_open, let_go, void_plan
from tautband.records.models import Procedure
from tautband.records.policies import may_change_plan

MOST_PERCENT = 100
LIMITS = ("ceiling_percent", "dosing_weight_g")


def limits_fingerprint(procedure: Procedure) -> str:
    """The lowered limits as they stand, as a short hash."""
    return fingerprint(procedure, LIMITS)


@transaction.atomic
def lower_limits(
    *, procedure_id: UUID, ceiling_percent: int | None, dosing_weight_kg: str, actor: User,
    seen: str | None = None,
) -> Procedure:  # fmt: skip
    """Keep a ceiling in percent of the maximum and a weight to reckon on; empty takes them back.

    Both only ever lower a limit. A settled plan has to be settled anew, under the new limits.
    `seen` is the fingerprint of the limits that the page showed.
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN)
    may_change_plan(actor, procedure).insist()
    problems: dict[str, str] = {}
    if ceiling_percent is not None and not 1 <= ceiling_percent <= MOST_PERCENT:
        problems["ceiling_percent"] = _("Type a whole number from 1 to 100.")
    dosing_weight_g: int | None = None
    try:
        if dosing_weight_kg.strip():
            dosing_weight_g = amounts.parse_weight(dosing_weight_kg, field="dosing_weight")
    except Refused as refusal:
        problems |= refusal.fields
    weight = procedure.encounter.weight
    if dosing_weight_g is not None and weight is not None and dosing_weight_g > weight.amount:
        problems["dosing_weight"] = _("That is more than the patient weighs; it may only lower.")
    if problems:
        raise Refused(_("A limit cannot be set like this."), fields=problems)
    if (procedure.ceiling_percent, procedure.dosing_weight_g) == (ceiling_percent, dosing_weight_g):
        # A second click.
        return procedure
    if seen is not None and seen != limits_fingerprint(procedure):
        raise Stale(_("Somebody changed these limits meanwhile. Below is what you typed."))
    procedure.ceiling_percent = ceiling_percent
    procedure.dosing_weight_g = dosing_weight_g
    voided = void_plan(procedure, reason="plan changed")
    let_go(
        procedure, actor=actor, event="procedure.lower-limits",
        columns=(*LIMITS, *voided),
    )  # fmt: skip
    return procedure
