"""Taking hold of an open sitting to change it, and letting go with a higher revision."""

from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import Refused, Stale
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import ConsentStatus
from tautband.records.policies import may_change
from tautband.records.prepared import Prepared

_hold: Prepared[Procedure] = Prepared(
    lambda procedure_id: (
        Procedure.objects.select_for_update(of=("self",))
        .select_related("encounter", "patient")
        .filter(pk=procedure_id)
    )
)


def hold(procedure_id: UUID) -> Procedure:
    """Lock the sitting until the transaction ends, with its visit and its patient."""
    procedure = _hold.first(procedure_id)
    if procedure is None:
        raise Refused(_("This session does not exist."))
    return procedure


def hold_open(
    procedure_id: UUID, *, actor: User, permission: Permission, revision: int | None = None
) -> Procedure:
    """Lock a sitting that this person may still change; a stale page is told so."""
    procedure = hold(procedure_id)
    insist_open(procedure, actor=actor, permission=permission, revision=revision)
    return procedure


def insist_open(
    procedure: Procedure, *, actor: User, permission: Permission, revision: int | None = None
) -> None:
    """Refuse a change to a sitting that is closed, not this person's to change, or stale."""
    may_change(actor, procedure, permission).insist()
    if revision is not None and revision != procedure.revision:
        raise Stale(
            _("This session was changed elsewhere meanwhile. Look at it as it is now, then go on.")
        )


def let_go(
    procedure: Procedure,
    *,
    actor: User,
    event: str,
    target_id: UUID | None = None,
    columns: tuple[str, ...] = (),
    detail: dict[str, object] | None = None,
) -> None:
    """Raise the revision, save the named columns, and write the one audit event."""
    procedure.revision += 1
    procedure.save(update_fields=["revision", *columns])
    trail.record(
        event,
        actor_id=actor.pk,
        patient_id=procedure.patient_id,
        target_id=target_id or procedure.pk,
        detail={"procedure": str(procedure.pk), **(detail or {})},
    )


def void_plan(procedure: Procedure, *, reason: str) -> tuple[str, ...]:
    """A changed plan is no longer authorised and its consent no longer stands."""
    if procedure.planned_at is None and not procedure.plan_fingerprint:
        return ()
    procedure.consents.filter(status=ConsentStatus.GIVEN).update(
        status=ConsentStatus.VOID, ended_at=timezone.now(), ended_reason=reason
    )
    procedure.planned_at = None
    procedure.planned_by = None
    procedure.plan_fingerprint = ""
    return ("planned_at", "planned_by", "plan_fingerprint")
