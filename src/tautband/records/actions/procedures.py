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
from tautband.clinical.dosing import left_in_syringe_ul, observation_minutes
from tautband.clinical.findings import Gate
from tautband.clinical.lifecycle import NEXT, ProcedureStatus
from tautband.clinical.terms import BodyPosition
from tautband.errors import Refused
from tautband.records.actions.findings import keep
from tautband.records.actions.standing import hold_open, let_go
from tautband.records.checks import Review, Reviewed, plan_fingerprint, review, said_of
from tautband.records.facts import Basis, facts_of
from tautband.records.models import AdverseEvent, Procedure, Recovery
from tautband.records.models.vocabulary import InjectionStatus, Moment
from tautband.records.policies import may_change_plan
from tautband.records.queries.procedures import standing_consent

NOT_DONE_REASONS = (
    "patient-declined",
    "safety-rule",
    "unwell-today",
    "no-trigger-point-found",
    "other-treatment",
    "no-time",
)


class UnsafePlan(Refused):
    """The plan breaks a safety rule, and carries what the rules said."""

    def __init__(self, findings: Sequence[Reviewed]) -> None:
        super().__init__(" ".join(each.finding.words for each in findings))
        self.findings = list(findings)


def move_to(procedure: Procedure, status: ProcedureStatus) -> None:
    """Step along the table of states; a step that is not in the table is refused."""
    if status not in NEXT.get(ProcedureStatus(procedure.status), frozenset()):
        raise Refused(_("This session cannot go there from where it stands."))
    procedure.status = status


@transaction.atomic
def set_plan_words(
    *, procedure_id: UUID, steroid_reason: str, plan_note: str, actor: User,
    revision: int | None = None,
) -> Procedure:  # fmt: skip
    """Keep why a steroid is given, and what else there is to say of the plan."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN, revision=revision)
    may_change_plan(actor, procedure).insist()
    procedure.steroid_reason = steroid_reason.strip()[:240]
    procedure.plan_note = plan_note.strip()[:400]
    let_go(
        procedure, actor=actor, event="procedure.plan-words",
        columns=("steroid_reason", "plan_note"),
    )  # fmt: skip
    return procedure


@transaction.atomic
def authorise(*, procedure_id: UUID, actor: User, revision: int | None = None) -> Procedure:
    """Say that this is the plan: every rule runs, and what stops it stops it here."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN, revision=revision)
    may_change_plan(actor, procedure).insist()
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
    """Begin injecting: planned, consented and timed out, unless it has already happened."""
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    if procedure.started_at is not None:
        return procedure
    now = timezone.now()
    problems: dict[str, str] = {}
    if started_at is not None and started_at > now:
        problems["started_at"] = _("This time is still to come.")
    if Role.CLINICIAN not in operator.roles or not operator.is_active:
        problems["operator"] = _("Choose a clinician who works here.")
    if position and position not in set(BodyPosition):
        problems["position"] = _("Choose how the patient lies.")
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    if not already_happened:
        _insist_on_gates(procedure)
    procedure.operator = operator
    procedure.supervisor = supervisor
    procedure.skin_preparation = skin_preparation.strip()[:80]
    procedure.started_at = started_at if already_happened and started_at else now
    procedure.already_happened = already_happened
    move_to(procedure, ProcedureStatus.IN_PROGRESS)
    if position:
        procedure.injections.filter(position="").update(position=position)
    let_go(
        procedure, actor=actor, event="procedure.start",
        columns=("operator", "supervisor", "skin_preparation", "started_at", "already_happened",
                 "status"),
        detail={"already_happened": already_happened},
    )  # fmt: skip
    return procedure


def _insist_on_gates(procedure: Procedure) -> None:
    if procedure.planned_at is None:
        raise Refused(_("The plan is not settled, or was changed. Settle it first."))
    if standing_consent(procedure) is None:
        raise Refused(_("There is no consent to this plan. Ask the patient."))
    taken = procedure.time_outs.filter(plan_fingerprint=procedure.plan_fingerprint)
    if not taken.exists():
        raise Refused(_("Take the time-out first."))


@transaction.atomic
def confirm_second_lung_side(*, procedure_id: UUID, actor: User) -> Procedure:
    """Stop and ask between the two sides over the lung: no new breathlessness or chest pain."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.INJECT)
    procedure.second_lung_side_confirmed_at = timezone.now()
    let_go(
        procedure, actor=actor, event="procedure.stop-and-ask",
        columns=("second_lung_side_confirmed_at",),
    )  # fmt: skip
    return procedure


@transaction.atomic
def finish(
    *,
    procedure_id: UUID,
    needles_opened: int,
    needles_disposed: int,
    actor: User,
    ended_at: datetime | None = None,
    revision: int | None = None,
) -> Procedure:
    """Every row is answered and the needles are counted; the watch begins."""
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    if procedure.started_at is None:
        raise Refused(_("Say first that injecting begins."))
    if procedure.injections.filter(status=InjectionStatus.PLANNED).exists():
        raise Refused(_("Some rows have no answer yet: given, or not injected and why."))
    problems = {
        name: _("Give a number from 0 to 200.")
        for name, value in (
            ("needles_opened", needles_opened),
            ("needles_disposed", needles_disposed),
        )
        if not 0 <= value <= 200
    }
    now = timezone.now()
    ended = ended_at or (procedure.started_at if procedure.already_happened else now)
    if ended > now or ended < procedure.started_at:
        problems["ended_at"] = _("The end lies between the start and now.")
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    procedure.ended_at = ended
    procedure.needles_opened = needles_opened
    procedure.needles_disposed = needles_disposed
    if needles_opened != needles_disposed:
        AdverseEvent.objects.get_or_create(
            procedure=procedure,
            kind="needle-count",
            defaults={
                "patient_id": procedure.patient_id,
                "words": _("Needles opened: %(opened)d. Seen whole and disposed of: %(gone)d.")
                % {"opened": needles_opened, "gone": needles_disposed},
                "occurred_at": now,
                "opened_by": actor,
            },
        )
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
        detail={"opened": needles_opened, "disposed": needles_disposed},
    )  # fmt: skip
    return procedure


@transaction.atomic
def mark_not_done(
    *, procedure_id: UUID, reason: str, note: str, actor: User, revision: int | None = None
) -> Procedure:
    """Nothing is injected today, and why."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN, revision=revision)
    if reason not in NOT_DONE_REASONS:
        words = _("Choose why nothing was injected.")
        raise Refused(words, fields={"reason": words})
    if procedure.injections.filter(status=InjectionStatus.GIVEN).exists():
        raise Refused(_("Something was injected. Record the rest as not given, then sign."))
    move_to(procedure, ProcedureStatus.NOT_DONE)
    procedure.not_done_reason = reason
    procedure.not_done_note = note.strip()[:400]
    let_go(
        procedure, actor=actor, event="procedure.not-done",
        columns=("status", "not_done_reason", "not_done_note"), detail={"reason": reason},
    )  # fmt: skip
    return procedure
