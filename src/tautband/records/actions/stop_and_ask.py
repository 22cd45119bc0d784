"""Stop and ask between the two sides over the lung: both lungs never go unnoticed."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.errors import Refused
from tautband.records.actions import texts
from tautband.records.actions.standing import hold_open, let_go
from tautband.records.models import AdverseEvent, Procedure


@transaction.atomic
def no_symptoms(*, procedure_id: UUID, actor: User) -> Procedure:
    """Asked between the two sides: no new breathlessness, cough or chest pain."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.INJECT)
    if procedure.started_at is None:
        raise Refused(_("Say first that injecting begins."))
    if procedure.second_lung_side_confirmed_at is not None:
        return procedure
    procedure.second_lung_side_confirmed_at = (
        procedure.started_at if procedure.is_history else timezone.now()
    )
    let_go(
        procedure, actor=actor, event="procedure.stop-and-ask",
        columns=("second_lung_side_confirmed_at",), detail={"symptoms": False},
    )  # fmt: skip
    return procedure


@transaction.atomic
def symptoms(*, procedure_id: UUID, words: str, actor: User) -> AdverseEvent:
    """Asked between the two sides, the patient has symptoms: an incident, and no second side."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.INJECT)
    told = texts.tidy_lines(words)
    if not told:
        missing = _("Say what the patient feels.")
        raise Refused(missing, fields={"symptoms": missing})
    event, _is_new = AdverseEvent.objects.update_or_create(
        procedure=procedure,
        kind="chest-symptoms",
        defaults={
            "patient_id": procedure.patient_id,
            "words": told,
            "occurred_at": timezone.now(),
            "opened_by": actor,
        },
    )
    let_go(
        procedure, actor=actor, event="procedure.stop-and-ask", target_id=event.pk,
        detail={"symptoms": True},
    )  # fmt: skip
    return event
