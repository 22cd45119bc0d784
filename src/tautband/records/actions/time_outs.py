"""The stop before the needle: read back aloud, every rule once more."""

from collections.abc import Sequence
from dataclasses import dataclass
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
from tautband.records.actions.procedures import UnsafePlan
from tautband.records.actions.standing import hold_open, let_go
from tautband.records.checks import review
from tautband.records.facts import Basis, ReadBack
from tautband.records.models import TimeOut
from tautband.records.models.vocabulary import Moment
from tautband.records.queries.procedures import standing_consent


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


@transaction.atomic
def take(
    *, procedure_id: UUID, read: ReadAloud, actor: User, revision: int | None = None
) -> TimeOut:
    """Keep the time-out if everything was read back and no rule stops it."""
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.TIME_OUT, revision=revision
    )
    if procedure.planned_at is None:
        raise Refused(_("The plan is not settled, or was changed. Settle it first."))
    identifiers = [name for name in IDENTIFIERS if name in read.identifiers]
    problems: dict[str, str] = {}
    if len(identifiers) < 2:
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
    now = timezone.now()
    result = review(
        procedure,
        basis=Basis.PLAN,
        now=now,
        said=ReadBack(
            identity_confirmed=True,
            resuscitation=read.resuscitation and read.lipid_in_date,
            consent=standing_consent(procedure) is not None,
        ),
    )
    keep(procedure, Moment.TIME_OUT, result.findings, version=result.check.knowledge_version)
    gates = [Gate.PLAN, Gate.TIME_OUT]
    if stops := result.stopping(gates):
        raise UnsafePlan(stops)
    if result.waiting(gates):
        raise Refused(_("Warnings wait for the clinician's answer. Read each and acknowledge it."))
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
        taken_at=now,
    )
    let_go(procedure, actor=actor, event="time-out.take", target_id=time_out.pk)
    return time_out
