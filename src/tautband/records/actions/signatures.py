"""Signing, and what may still happen to a signed sitting: amend it, or mark it as in error."""

from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.errors import Refused
from tautband.records.actions import findings
from tautband.records.actions.encounters import walk_in
from tautband.records.actions.procedures import move_to
from tautband.records.actions.standing import hold, hold_open, let_go
from tautband.records.models import (
    Ingredient,
    Injection,
    Procedure,
    Recovery,
    Syringe,
    VitalSigns,
)
from tautband.records.models.vocabulary import InjectionStatus
from tautband.records.policies import may_amend, may_mark_in_error


def missing(procedure: Procedure) -> list[tuple[str, str]]:
    """What must be answered before signing, as (step, words); each has an "I do not know" way."""
    gaps: list[tuple[str, str]] = []
    if procedure.started_at is None:
        gaps.append(("inject", _("Injecting has not begun.")))
        return gaps
    if not procedure.injections.exists():
        gaps.append(("inject", _("There is no row.")))
    for injection in procedure.injections.filter(status=InjectionStatus.PLANNED):
        gaps.append(
            ("inject", _("Row %(number)d: given, or not injected?") % {"number": injection.number})
        )
    if procedure.ended_at is None:
        gaps.append(("inject", _("Count the needles and end the injecting.")))
    watch = Recovery.objects.filter(procedure=procedure).first()
    if procedure.ended_at is not None and (watch is None or watch.fit_to_leave_at is None):
        gaps.append(("observe", _("Say that the patient may leave.")))
    return gaps


@transaction.atomic
def sign(
    *, procedure_id: UUID, actor: User, aftercare_note: str = "", revision: int | None = None
) -> Procedure:
    """Make the record final. The findings of what happened are kept with it."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.SIGN, revision=revision)
    if gaps := missing(procedure):
        raise Refused(" ".join(words for _step, words in gaps))
    now = timezone.now()
    findings.record_what_happened(procedure, actor=actor, now=now)
    replaced = procedure.replaces
    if replaced is not None:
        held = hold(replaced.pk)
        move_to(held, ProcedureStatus.SUPERSEDED)
        held.revision += 1
        held.save(update_fields=["status", "revision"])
    move_to(procedure, ProcedureStatus.COMPLETED)
    procedure.signed_at = now
    procedure.signed_by = actor
    if aftercare_note:
        procedure.aftercare_note = aftercare_note.strip()[:400]
    let_go(
        procedure, actor=actor, event="procedure.sign",
        columns=("status", "signed_at", "signed_by", "aftercare_note"),
        detail={
            "version": procedure.version,
            "replaces": str(replaced.pk) if replaced is not None else None,
        },
    )  # fmt: skip
    return procedure


def _copy_tray_and_rows(source: Procedure, target: Procedure) -> None:
    """Copy what was drawn up and what was given, with new ids."""
    syringes: dict[UUID, Syringe] = {}
    for syringe in source.syringes.prefetch_related("ingredients"):
        copies = list(syringe.ingredients.all())
        old = syringe.pk
        syringe.pk = uuid4()
        syringe.procedure = target
        syringe.save(force_insert=True)
        syringes[old] = syringe
        for ingredient in copies:
            ingredient.pk = uuid4()
            ingredient.syringe = syringe
        Ingredient.objects.bulk_create(copies)
    rows = list(source.injections.order_by("number"))
    for row in rows:
        row.pk = uuid4()
        row.procedure = target
        row.syringe = syringes[row.syringe_id] if row.syringe_id else None
    Injection.objects.bulk_create(rows)


def _copy_watch(source: Procedure, target: Procedure) -> None:
    for consent in source.consents.all():
        consent.pk = uuid4()
        consent.procedure = target
        consent.save(force_insert=True)
    for time_out in source.time_outs.all():
        time_out.pk = uuid4()
        time_out.procedure = target
        time_out.save(force_insert=True)
    watch = Recovery.objects.filter(procedure=source).first()
    if watch is not None:
        watch.pk = target.pk
        watch.procedure = target
        watch.save(force_insert=True)
    signs = list(source.vital_signs.all())
    for each in signs:
        each.pk = uuid4()
        each.procedure = target
    VitalSigns.objects.bulk_create(signs)


@transaction.atomic
def amend(*, procedure_id: UUID, reason: str, actor: User) -> Procedure:
    """Begin a new version of a signed sitting; the old one stands until the new one is signed."""
    procedure = hold(procedure_id)
    begun = Procedure.objects.filter(replaces=procedure).first()
    if begun is not None and begun.status == ProcedureStatus.IN_PROGRESS:
        return begun
    may_amend(actor, procedure).insist()
    if len(reason.strip()) < 5:
        words = _("Say what was wrong or missing.")
        raise Refused(words, fields={"reason": words})
    version = Procedure.objects.create(
        patient=procedure.patient,
        encounter=procedure.encounter,
        status=ProcedureStatus.IN_PROGRESS,
        version=procedure.version + 1,
        replaces=procedure,
        amendment_reason=reason.strip()[:400],
        steroid_reason=procedure.steroid_reason,
        plan_note=procedure.plan_note,
        planned_at=procedure.planned_at,
        planned_by=procedure.planned_by,
        plan_fingerprint=procedure.plan_fingerprint,
        skin_preparation=procedure.skin_preparation,
        operator=procedure.operator,
        supervisor=procedure.supervisor,
        started_at=procedure.started_at,
        ended_at=procedure.ended_at,
        already_happened=True,
        second_lung_side_confirmed_at=procedure.second_lung_side_confirmed_at,
        needles_opened=procedure.needles_opened,
        needles_disposed=procedure.needles_disposed,
        aftercare_note=procedure.aftercare_note,
    )
    _copy_tray_and_rows(procedure, version)
    _copy_watch(procedure, version)
    trail.record(
        "procedure.amend",
        actor_id=actor.pk,
        patient_id=procedure.patient_id,
        target_id=version.pk,
        detail={"replaces": str(procedure.pk), "version": version.version},
    )
    return version


@transaction.atomic
def mark_in_error(*, procedure_id: UUID, reason: str, actor: User) -> Procedure:
    """Wrong patient, or it never happened: the record stays readable and counts for nothing."""
    procedure = hold(procedure_id)
    may_mark_in_error(actor, procedure).insist()
    if reason not in {"wrong-patient", "never-happened"}:
        words = _("Choose: wrong patient, or it never happened.")
        raise Refused(words, fields={"reason": words})
    move_to(procedure, ProcedureStatus.ENTERED_IN_ERROR)
    let_go(
        procedure, actor=actor, event="procedure.mark-in-error", columns=("status",),
        detail={"reason": reason},
    )  # fmt: skip
    return procedure


@transaction.atomic
def record_on_right_patient(
    *, procedure_id: UUID, patient_id: UUID, actor: User, now: datetime | None = None
) -> Procedure:
    """What was written on the wrong patient, begun again on the right one, ready to be signed."""
    source = hold(procedure_id)
    if source.status != ProcedureStatus.ENTERED_IN_ERROR:
        raise Refused(_("Mark the session as entered in error first."))
    if source.patient_id == patient_id:
        raise Refused(_("This is the same patient."))
    clinician = source.operator or source.encounter.clinician
    target = walk_in(
        patient_id=patient_id,
        clinician=clinician,
        reason=source.encounter.reason,
        actor=actor,
        now=source.started_at or now,
    )
    target.status = ProcedureStatus.IN_PROGRESS
    target.already_happened = True
    target.started_at = source.started_at
    target.ended_at = source.ended_at
    target.operator = source.operator
    target.supervisor = source.supervisor
    target.skin_preparation = source.skin_preparation
    target.needles_opened = source.needles_opened
    target.needles_disposed = source.needles_disposed
    target.save()
    _copy_tray_and_rows(source, target)
    trail.record(
        "procedure.record-on-right-patient",
        actor_id=actor.pk,
        patient_id=patient_id,
        target_id=target.pk,
        detail={"source": str(source.pk)},
    )
    return target
