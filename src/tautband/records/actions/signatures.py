"""Signing, and what may still happen to a signed sitting: amend it, or mark it as in error."""

from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, may
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.errors import NotAllowed, Refused
from tautband.records import signed
from tautband.records.actions import copies, findings, texts
from tautband.records.actions.procedures import move_to
from tautband.records.actions.standing import hold, hold_open, insist_fresh, let_go
from tautband.records.models import Procedure, Recovery, SignedRecord
from tautband.records.models.vocabulary import ErrorReason, InjectionStatus
from tautband.records.policies import may_amend, may_mark_in_error

# Shorter than this, a reason for an amendment says nothing.
FEWEST_LETTERS = 5


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
    *,
    procedure_id: UUID,
    actor: User,
    aftercare_note: str | None = None,
    revision: int | None = None,
) -> Procedure:
    """Make the record final. Visit, findings and ledger are kept with it as they stand now.

    Without an `aftercare_note` the one of the version before stays.
    """
    procedure = hold(procedure_id)
    if procedure.status == ProcedureStatus.COMPLETED and procedure.signed_by_id == actor.pk:
        # A second click.
        return procedure
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.SIGN)
    insist_fresh(procedure, revision)
    if gaps := missing(procedure):
        raise Refused(" ".join(words for _step, words in gaps))
    problems: dict[str, str] = {}
    said = procedure.aftercare_note if aftercare_note is None else aftercare_note
    note = texts.read(Procedure, problems, aftercare_note=said)["aftercare_note"]
    if problems:
        raise Refused(problems["aftercare_note"], fields=problems)
    now = timezone.now()
    result = findings.record_what_happened(procedure, actor=actor, now=now)
    SignedRecord.objects.create(procedure=procedure, **signed.under_signature(procedure, result))
    replaced = procedure.replaces
    if replaced is not None:
        held = hold(replaced.pk)
        move_to(held, ProcedureStatus.SUPERSEDED)
        held.revision += 1
        held.save(update_fields=["status", "revision"])
    move_to(procedure, ProcedureStatus.COMPLETED)
    procedure.signed_at = now
    procedure.signed_by = actor
    procedure.aftercare_note = note
    let_go(
        procedure, actor=actor, event="procedure.sign",
        columns=("status", "signed_at", "signed_by", "aftercare_note"),
        detail={
            "version": procedure.version,
            "replaces": str(replaced.pk) if replaced is not None else None,
        },
    )  # fmt: skip
    return procedure


@transaction.atomic
def amend(*, procedure_id: UUID, reason: str, actor: User) -> Procedure:
    """Begin a new version of a signed sitting; the old one stands until the new one is signed."""
    procedure = hold(procedure_id)
    begun = Procedure.objects.filter(replaces=procedure, status=ProcedureStatus.IN_PROGRESS).first()
    may_amend(actor, procedure).insist()
    if begun is not None:
        return begun
    problems: dict[str, str] = {}
    why = texts.read(Procedure, problems, amendment_reason=reason)["amendment_reason"]
    if len(why) < FEWEST_LETTERS:
        problems["amendment_reason"] = _("Say what was wrong or missing.")
    if problems:
        words = problems["amendment_reason"]
        raise Refused(words, fields={"reason": words})
    version = Procedure.objects.create(
        patient=procedure.patient,
        encounter=procedure.encounter,
        status=ProcedureStatus.IN_PROGRESS,
        version=copies.next_version(procedure),
        replaces=procedure,
        amendment_reason=why,
        moved_from=None,
        **{name: getattr(procedure, name) for name in copies.SITTING},
    )
    copies.tray_and_rows(procedure, version)
    copies.consent_and_watch(procedure, version)
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
    """Wrong patient, or it never happened: the record stays readable and counts for nothing.

    On the wrong patient, what was told and weighed at the visit is wrong there too, unless a
    signed version of the sitting still stands beside this one.
    """
    procedure = hold(procedure_id)
    may_mark_in_error(actor, procedure).insist()
    if reason not in set(ErrorReason):
        words = _("Choose: wrong patient, or it never happened.")
        raise Refused(words, fields={"reason": words})
    move_to(procedure, ProcedureStatus.ENTERED_IN_ERROR)
    procedure.in_error_reason = ErrorReason(reason)
    procedure.in_error_at = timezone.now()
    procedure.in_error_by = actor
    taken_back: dict[str, int] = {}
    stands = Procedure.objects.filter(
        encounter_id=procedure.encounter_id, status=ProcedureStatus.COMPLETED
    ).exclude(pk=procedure.pk)
    if not stands.exists():
        taken_back = copies.take_back(procedure.encounter, wrong_patient=reason == "wrong-patient")
    let_go(
        procedure, actor=actor, event="procedure.mark-in-error",
        columns=("status", "in_error_reason", "in_error_at", "in_error_by"),
        detail={"reason": reason, **taken_back},
    )  # fmt: skip
    return procedure


@transaction.atomic
def record_on_right_patient(*, procedure_id: UUID, patient_id: UUID, actor: User) -> Procedure:
    """What was written on the wrong patient, begun again on the right one, ready to be signed.

    It was the right patient who sat there: answers, weight, findings, consent and watch go along.
    Doing it twice begins one sitting.
    """
    if not may(actor, Permission.SIGN):
        raise NotAllowed(_("Only a clinician records a session on the right patient."))
    source = hold(procedure_id)
    if source.status != ProcedureStatus.ENTERED_IN_ERROR:
        raise Refused(_("Mark the session as entered in error first."))
    if source.in_error_reason != ErrorReason.WRONG_PATIENT:
        raise Refused(_("It never happened, so it happened to nobody else either."))
    if source.patient_id == patient_id:
        raise Refused(_("This is the same patient."))
    begun = Procedure.objects.filter(moved_from=source).first()
    if begun is not None:
        if begun.patient_id != patient_id:
            raise Refused(_("It was already recorded on another patient. Mark that one first."))
        return begun
    target = copies.to_patient(source, patient_id=patient_id, actor=actor)
    trail.record(
        "procedure.record-on-right-patient",
        actor_id=actor.pk,
        patient_id=patient_id,
        target_id=target.pk,
        detail={"source": str(source.pk)},
    )
    return target
