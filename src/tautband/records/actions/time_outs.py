"""The stop before the needle: read back aloud, every rule once more."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.findings import Gate
from tautband.errors import Refused
from tautband.records.actions.encounters import IDENTIFIERS
from tautband.records.actions.findings import keep
from tautband.records.actions.procedures import UnsafePlan, insist_asked_today
from tautband.records.actions.standing import (
    hold_open,
    insist_fresh,
    let_go,
    performed_at,
    void_time_outs,
)
from tautband.records.checks import review
from tautband.records.facts import Basis, ReadBack
from tautband.records.models import Procedure, TimeOut
from tautband.records.models.vocabulary import Moment
from tautband.records.queries.procedures import standing_consent, standing_time_out

FEWEST_IDENTIFIERS = 2


@dataclass(frozen=True, kw_only=True)
class ReadAloud:
    """What was read back; every item is a tick somebody made, none is preselected."""

    identifiers: Sequence[str]
    sides: bool
    labels: bool
    allergies: bool
    resuscitation: bool
    lipid_in_date: bool
    witness: User | None = None
    # Where it is written up later: when it was really read.
    taken_at: datetime | None = None

    @property
    def kit_ready(self) -> bool:
        """Whether help is at hand: equipment, and lipid in date."""
        return self.resuscitation and self.lipid_in_date


@transaction.atomic
def take(
    *, procedure_id: UUID, read: ReadAloud, actor: User, revision: int | None = None
) -> TimeOut:
    """Keep the time-out if everything was read back and no rule stops it.

    One that is written up later is kept as it was told, complete or not.
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.TIME_OUT)
    standing = standing_time_out(procedure)
    if standing is not None and standing.taken_by_id == actor.pk and not procedure.is_history:
        # A second click.
        return standing
    insist_fresh(procedure, revision)
    identifiers = [name for name in IDENTIFIERS if name in read.identifiers]
    problems: dict[str, str] = {}
    now = timezone.now()
    taken_at = performed_at(procedure, read.taken_at, now=now, field="taken_at", problems=problems)
    if read.witness is not None and read.witness == actor:
        problems["witness"] = _("Somebody else hears it read back.")
    if not procedure.is_history:
        _insist_before_the_needle(procedure, now=now)
        if len(identifiers) < FEWEST_IDENTIFIERS:
            problems["identifiers"] = _("Ask for two identifiers again.")
        for name, words in (
            ("sides", _("Read muscles and sides back against consent and mark.")),
            ("labels", _("Read each syringe label aloud.")),
            ("allergies", _("Read the allergies aloud.")),
        ):
            if not getattr(read, name):
                problems[name] = words
    if problems:
        raise Refused(_("The time-out is not complete."), fields=problems)
    if not procedure.is_history:
        _run_every_rule(procedure, read, now=now)
    void_time_outs(procedure)
    time_out = TimeOut.objects.create(
        procedure=procedure,
        plan_fingerprint=procedure.plan_fingerprint,
        identifiers_checked=identifiers,
        sides_read_back=read.sides,
        labels_checked=read.labels,
        allergies_read_back=read.allergies,
        resuscitation_ready=read.resuscitation,
        lipid_in_date=read.lipid_in_date,
        taken_by=actor,
        witness=read.witness,
        taken_at=taken_at,
    )
    let_go(procedure, actor=actor, event="time-out.take", target_id=time_out.pk)
    return time_out


def _insist_before_the_needle(procedure: Procedure, *, now: datetime) -> None:
    if procedure.started_at is not None:
        raise Refused(_("Injecting has begun. The time-out comes before it."))
    if procedure.planned_at is None:
        raise Refused(_("The plan is not settled, or was changed. Settle it first."))
    insist_asked_today(procedure, now=now)


def _run_every_rule(procedure: Procedure, read: ReadAloud, *, now: datetime) -> None:
    result = review(
        procedure,
        basis=Basis.PLAN,
        now=now,
        said=ReadBack(
            identity_confirmed=True,
            resuscitation=read.kit_ready,
            consent=standing_consent(procedure) is not None,
        ),
    )
    keep(procedure, Moment.TIME_OUT, result.findings, version=result.check.knowledge_version)
    gates = [Gate.PLAN, Gate.TIME_OUT]
    if stops := result.stopping(gates):
        raise UnsafePlan(stops)
    if result.waiting(gates):
        raise Refused(_("Warnings wait for the clinician's answer. Read each and acknowledge it."))
