"""Taking hold of an open sitting to change it, and letting go with a higher revision."""

import hashlib
from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Model
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
from tautband.records.queries import centre

_hold: Prepared[Procedure] = Prepared(
    lambda procedure_id: (
        Procedure.objects.select_for_update(of=("self",))
        .select_related("encounter", "patient")
        .filter(pk=procedure_id)
    )
)

# What a page was drawn from, where it was drawn before anything stood there.
NOTHING_YET = ""


def hold(procedure_id: UUID) -> Procedure:
    """Lock the sitting until the transaction ends, with its visit and its patient."""
    procedure = _hold.held(procedure_id)
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
    insist_fresh(procedure, revision)


def insist_fresh(procedure: Procedure, revision: int | None) -> None:
    """Refuse what comes from a page that shows an earlier state of the sitting."""
    if revision is not None and revision != procedure.revision:
        raise Stale(
            _("This session was changed elsewhere meanwhile. Look at it as it is now, then go on.")
        )


def fingerprint(row: Model, columns: Iterable[str]) -> str:
    """How some columns of a row stand, as a short hash that a page carries and gives back."""
    # A unit separator: no text of a person holds one.
    values = "\x1f".join(str(getattr(row, name)) for name in columns)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def version_of(saved_at: datetime | None) -> str:
    """What a page carries to say which answers it was drawn from."""
    return NOTHING_YET if saved_at is None else saved_at.isoformat()


def insist_seen(seen: str | None, saved_at: datetime | None) -> None:
    """Refuse answers typed over answers that somebody else saved meanwhile; None asks nothing."""
    if seen is not None and seen != version_of(saved_at):
        raise Stale(
            _(
                "Somebody saved this meanwhile. Below is what you typed; compare it with theirs "
                "in another tab. Saving again puts yours in its place."
            )
        )


def insist_unused(model: type[Model], token: UUID | None) -> None:
    """Refuse a form whose id belongs to something else: it was copied, or made up."""
    if token is not None and model._default_manager.filter(pk=token).exists():
        raise Refused(_("This form was used before. Open the page anew and fill it in again."))


def performed_at(
    procedure: Procedure,
    told: datetime | None,
    *,
    now: datetime,
    field: str,
    problems: dict[str, str],
) -> datetime:
    """When something was done: now, or where it is written up later the time that was told.

    Without a time told, what is written up later was done when the sitting was.
    """
    if not procedure.is_history:
        return now
    if told is None:
        return procedure.started_at or now
    if words := impossible_time(procedure, told, now=now):
        problems[field] = words
    return told


def impossible_time(procedure: Procedure, told: datetime, *, now: datetime) -> str:
    """Why nothing can have been done at this time; "" if it can."""
    if told > now:
        return str(_("This time is still to come."))
    if told.astimezone(centre.zone()).date() < procedure.patient.born_on:
        return str(_("This time lies before the patient was born."))
    return ""


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
    """A changed plan is no longer authorised; its consent and its time-out hold no longer."""
    if procedure.planned_at is None and not procedure.plan_fingerprint:
        return ()
    void_consent(procedure, reason=reason)
    procedure.planned_at = None
    procedure.planned_by = None
    procedure.plan_fingerprint = ""
    return ("planned_at", "planned_by", "plan_fingerprint")


def void_consent(procedure: Procedure, *, reason: str) -> None:
    """What was agreed is agreed no longer, and has to be read back again."""
    now = timezone.now()
    procedure.consents.filter(status=ConsentStatus.GIVEN).update(
        status=ConsentStatus.VOID, ended_at=now, ended_reason=reason
    )
    void_time_outs(procedure)


def void_time_outs(procedure: Procedure) -> None:
    """Everything has to be read back again before the needle."""
    procedure.time_outs.filter(void_at__isnull=True).update(void_at=timezone.now())
