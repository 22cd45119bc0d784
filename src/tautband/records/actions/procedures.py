"""The sitting as a whole: authorise the plan, begin, end, or not inject at all.

A plan may be refused. What has happened may not: `start` with `already_happened` writes up what
was done without asking leave, and the findings are kept beside it.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, Role
from tautband.accounts.models import User
from tautband.clinical.dosing import left_in_syringe_ul
from tautband.clinical.findings import Gate
from tautband.clinical.lifecycle import ProcedureStatus, may_become
from tautband.clinical.observation import observation_minutes
from tautband.clinical.terms import BodyPosition
from tautband.errors import Refused, Stale
from tautband.records.actions import texts
from tautband.records.actions.findings import keep
from tautband.records.actions.standing import (
    fingerprint,
    hold,
    hold_open,
    impossible_time,
    insist_fresh,
    insist_open,
    let_go,
    void_time_outs,
)
from tautband.records.checks import Review, Reviewed, plan_fingerprint, review, said_of
from tautband.records.facts import Basis, facts_of
from tautband.records.models import AdverseEvent, Encounter, Procedure, Recovery
from tautband.records.models.vocabulary import InjectionStatus, Moment
from tautband.records.policies import may_change_plan
from tautband.records.queries import centre
from tautband.records.queries.procedures import standing_consent, standing_time_out

NOT_DONE_REASONS = (
    "patient-declined",
    "safety-rule",
    "unwell-today",
    "no-trigger-point-found",
    "other-treatment",
    "no-time",
    "wrong-patient",
)
MOST_NEEDLES = 200


class UnsafePlan(Refused):
    """The plan breaks a safety rule, and carries what the rules said."""

    def __init__(self, findings: Sequence[Reviewed]) -> None:
        super().__init__(" ".join(each.finding.words for each in findings))
        self.findings = list(findings)


def move_to(procedure: Procedure, status: ProcedureStatus) -> None:
    """Step along the table of states; a step that is not in the table is refused."""
    if not may_become(ProcedureStatus(procedure.status), status):
        raise Refused(_("This session cannot go there from where it stands."))
    procedure.status = status


def words_fingerprint(procedure: Procedure) -> str:
    """What the plan says in words, as a short hash."""
    return fingerprint(procedure, ("steroid_reason", "plan_note"))


@transaction.atomic
def set_plan_words(
    *, procedure_id: UUID, steroid_reason: str, plan_note: str, actor: User,
    seen: str | None = None,
) -> Procedure:  # fmt: skip
    """Keep why a steroid is given, and what else there is to say of the plan.

    `seen` is the fingerprint of the words that the page showed.
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN)
    may_change_plan(actor, procedure).insist()
    problems: dict[str, str] = {}
    words = texts.read(Procedure, problems, steroid_reason=steroid_reason, plan_note=plan_note)
    if problems:
        raise Refused(_("Something here is too long."), fields=problems)
    if seen is not None and all(getattr(procedure, name) == text for name, text in words.items()):
        # A second click.
        return procedure
    if seen is not None and seen != words_fingerprint(procedure):
        raise Stale(_("Somebody changed these words meanwhile. Below is what you typed."))
    procedure.steroid_reason = words["steroid_reason"]
    procedure.plan_note = words["plan_note"]
    let_go(
        procedure, actor=actor, event="procedure.plan-words",
        columns=("steroid_reason", "plan_note"),
    )  # fmt: skip
    return procedure


@transaction.atomic
def authorise(*, procedure_id: UUID, actor: User, revision: int | None = None) -> Procedure:
    """Say that this is the plan: every rule runs, and what stops it stops it here."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN)
    may_change_plan(actor, procedure).insist()
    if procedure.planned_at is not None and procedure.planned_by_id == actor.pk:
        # A second click: the plan stands as this person settled it, or it would be void.
        return procedure
    insist_fresh(procedure, revision)
    if procedure.encounter.identity_checked_at is None:
        raise Refused(_("Confirm who the patient is first: two identifiers, asked openly."))
    if procedure.encounter.asked_at is None:
        raise Refused(_("Ask today's questions first: the rules depend on the answers."))
    if not procedure.injections.exists():
        raise Refused(_("The plan is empty. Add a muscle, or record that nothing is injected."))
    now = timezone.now()
    result = review(procedure, basis=Basis.PLAN, now=now, said=said_of(procedure))
    keep(procedure, Moment.PLAN, result.findings, version=result.check.knowledge_version)
    if stops := result.stopping([Gate.PLAN]):
        raise UnsafePlan(stops)
    if result.waiting([Gate.PLAN]):
        raise Refused(_("Warnings wait for your answer. Read each one and acknowledge it."))
    _insist_on_enough(result)
    procedure.planned_at = now
    procedure.planned_by = actor
    procedure.plan_fingerprint = plan_fingerprint(result.facts.session.planned)
    void_time_outs(procedure)
    let_go(
        procedure, actor=actor, event="procedure.plan",
        columns=("planned_at", "planned_by", "plan_fingerprint"),
        detail={"rows": len(result.facts.row_ids)},
    )  # fmt: skip
    return procedure


def _insist_on_enough(result: Review) -> None:
    planned = result.facts.session.planned
    labels = {str(syringe.pk): syringe.label for syringe, _items in result.facts.tray}
    for syringe in planned.syringes:
        left = left_in_syringe_ul(syringe, planned.injections)
        if left is not None and left < 0:
            words = _("More is planned from syringe %(label)s than it holds.")
            raise Refused(words % {"label": labels[syringe.id]})


@transaction.atomic
def start(
    *,
    procedure_id: UUID,
    operator: User,
    supervisor: User | None,
    position: str,
    skin_preparation: str,
    actor: User,
    started_at: datetime | None = None,
    already_happened: bool = False,
    revision: int | None = None,
) -> Procedure:
    """Begin injecting: planned, consented and timed out, unless it has already happened.

    What already happened needs the time when it did, and moves the visit to that day.
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.INJECT)
    if procedure.started_at is not None:
        return procedure
    insist_fresh(procedure, revision)
    now = timezone.now()
    problems: dict[str, str] = {}
    if already_happened:
        if started_at is None:
            problems["started_at"] = _("Say when it took place.")
        elif words := impossible_time(procedure, started_at, now=now):
            problems["started_at"] = words
    # Whoever injected may work here no longer by the time it is written up.
    if Role.CLINICIAN not in operator.roles or not (operator.is_active or already_happened):
        problems["operator"] = _("Choose a clinician who works here.")
    if supervisor is not None and supervisor == operator:
        problems["supervisor"] = _("Somebody else supervises.")
    if position and position not in set(BodyPosition):
        problems["position"] = _("Choose how the patient lies.")
    words_read = texts.read(Procedure, problems, skin_preparation=skin_preparation)
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    if not already_happened:
        _insist_on_gates(procedure, supervisor=supervisor, now=now)
    procedure.operator = operator
    procedure.supervisor = supervisor
    procedure.skin_preparation = words_read["skin_preparation"]
    procedure.started_at = started_at if already_happened and started_at else now
    procedure.already_happened = already_happened
    move_to(procedure, ProcedureStatus.IN_PROGRESS)
    if position:
        procedure.injections.filter(position="").update(position=position)
    if already_happened:
        _move_visit(procedure.encounter, procedure.started_at)
    let_go(
        procedure, actor=actor, event="procedure.start",
        columns=("operator", "supervisor", "skin_preparation", "started_at", "already_happened",
                 "status"),
        detail={"already_happened": already_happened},
    )  # fmt: skip
    return procedure


def _move_visit(encounter: Encounter, started_at: datetime) -> None:
    """Put a visit that is written up later on the day it took place: nobody arrives afterwards."""
    if started_at >= encounter.arrived_at:
        return
    encounter.outcomes.filter(answered_at=encounter.arrived_at).update(answered_at=started_at)
    encounter.arrived_at = started_at
    encounter.on = centre.today(started_at)
    encounter.save(update_fields=["arrived_at", "on"])


def insist_asked_today(procedure: Procedure, *, now: datetime) -> None:
    """Refuse to go on with answers of another day: yesterday's fever is not today's."""
    asked_at = procedure.encounter.asked_at
    if asked_at is None or centre.today(asked_at) != centre.today(now):
        raise Refused(_("The questions were asked on another day. Ask them again today."))


def _insist_on_gates(procedure: Procedure, *, supervisor: User | None, now: datetime) -> None:
    if procedure.planned_at is None:
        raise Refused(_("The plan is not settled, or was changed. Settle it first."))
    consent = standing_consent(procedure)
    if consent is None:
        raise Refused(_("There is no consent to this plan. Ask the patient."))
    if supervisor is not None and not consent.trainee_named:
        raise Refused(
            _("A supervisor means a trainee, and the patient was not told of one. Ask again.")
        )
    if standing_time_out(procedure) is None:
        raise Refused(_("Take the time-out first."))
    insist_asked_today(procedure, now=now)
    # What was told or weighed since the time-out has not been seen by any rule yet.
    result = review(procedure, basis=Basis.PLAN, now=now, said=said_of(procedure))
    gates = [Gate.PLAN, Gate.TIME_OUT]
    if stops := result.stopping(gates):
        raise UnsafePlan(stops)
    if result.waiting(gates):
        raise Refused(
            _("Something changed since the time-out. Read the warnings and acknowledge them.")
        )


@transaction.atomic
def finish(
    *,
    procedure_id: UUID,
    needles_opened: int | None,
    needles_disposed: int | None,
    actor: User,
    not_counted: bool = False,
    ended_at: datetime | None = None,
    revision: int | None = None,
) -> Procedure:
    """Every row is answered and the needles are counted; the watch begins.

    Counting again later corrects the count and leaves the end and the watch where they were,
    unless something was injected after the end. `not_counted` says that nobody counted.
    """
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    if procedure.started_at is None:
        raise Refused(_("Say first that injecting begins."))
    if procedure.injections.filter(status=InjectionStatus.PLANNED).exists():
        raise Refused(_("Some rows have no answer yet: given, or not injected and why."))
    counts = {"needles_opened": needles_opened, "needles_disposed": needles_disposed}
    problems = {
        name: _("Give a number from 0 to %(most)d.") % {"most": MOST_NEEDLES}
        for name, value in counts.items()
        if not not_counted and (value is None or not 0 <= value <= MOST_NEEDLES)
    }
    now = timezone.now()
    ended = _end_of(procedure, told=ended_at, now=now)
    if ended > now or ended < procedure.started_at:
        problems["ended_at"] = _("The end lies between the start and now.")
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    procedure.ended_at = ended
    procedure.needles_opened = None if not_counted else needles_opened
    procedure.needles_disposed = None if not_counted else needles_disposed
    if not_counted or needles_opened != needles_disposed:
        _open_needle_incident(procedure, actor=actor, now=now)
    facts = facts_of(procedure, basis=Basis.RECORD, now=now)
    Recovery.objects.update_or_create(
        procedure=procedure,
        defaults={
            "started_at": ended,
            "minimum_minutes": observation_minutes(facts.session).minutes,
        },
    )
    let_go(
        procedure, actor=actor, event="procedure.finish",
        columns=("ended_at", "needles_opened", "needles_disposed"),
        detail={"opened": procedure.needles_opened, "disposed": procedure.needles_disposed},
    )  # fmt: skip
    return procedure


def _end_of(procedure: Procedure, *, told: datetime | None, now: datetime) -> datetime:
    """When the last needle came out."""
    if told is not None:
        return told
    if procedure.ended_at is not None:
        later = procedure.injections.filter(
            status=InjectionStatus.GIVEN, given_at__gt=procedure.ended_at
        ).order_by("given_at")
        last = later.last()
        return procedure.ended_at if last is None or last.given_at is None else last.given_at
    started = procedure.started_at
    return started if procedure.is_history and started is not None else now


def _open_needle_incident(procedure: Procedure, *, actor: User, now: datetime) -> None:
    words = _("Nobody counted the needles.")
    if procedure.needles_opened is not None and procedure.needles_disposed is not None:
        words = _("Needles opened: %(opened)d. Seen whole and disposed of: %(gone)d.") % {
            "opened": procedure.needles_opened,
            "gone": procedure.needles_disposed,
        }
    AdverseEvent.objects.update_or_create(
        procedure=procedure,
        kind="needle-count",
        defaults={"words": words},
        create_defaults={
            "patient_id": procedure.patient_id,
            "words": words,
            "occurred_at": now,
            "opened_by": actor,
        },
    )


@transaction.atomic
def mark_not_done(
    *, procedure_id: UUID, reason: str, note: str, actor: User, revision: int | None = None
) -> Procedure:
    """Nothing is injected today, and why; whoever says so signs it."""
    procedure = hold(procedure_id)
    was = (procedure.status, procedure.not_done_reason, procedure.signed_by_id)
    if was == (ProcedureStatus.NOT_DONE, reason, actor.pk):
        # A second click.
        return procedure
    insist_open(procedure, actor=actor, permission=Permission.PLAN, revision=revision)
    if procedure.replaces_id is not None:
        raise Refused(_("This is an amendment. Record each row as not given, then sign."))
    problems: dict[str, str] = {}
    if reason not in NOT_DONE_REASONS:
        problems["reason"] = _("Choose why nothing was injected.")
    typed = texts.read(Procedure, problems, not_done_note=note)
    if problems:
        words = problems.get("reason") or _("Something here is too long.")
        raise Refused(words, fields=problems)
    if procedure.injections.filter(status=InjectionStatus.GIVEN).exists():
        raise Refused(_("Something was injected. Record the rest as not given, then sign."))
    move_to(procedure, ProcedureStatus.NOT_DONE)
    procedure.not_done_reason = reason
    procedure.not_done_note = typed["not_done_note"]
    procedure.signed_at = timezone.now()
    procedure.signed_by = actor
    let_go(
        procedure, actor=actor, event="procedure.not-done",
        columns=("status", "not_done_reason", "not_done_note", "signed_at", "signed_by"),
        detail={"reason": reason},
    )  # fmt: skip
    return procedure
