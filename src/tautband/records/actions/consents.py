"""Asking, and what the patient said: given, declined, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.risks import risks_of
from tautband.errors import Refused
from tautband.records.actions import texts
from tautband.records.actions.standing import (
    hold_open,
    insist_fresh,
    let_go,
    performed_at,
    void_consent,
    void_time_outs,
)
from tautband.records.facts import Basis, facts_of
from tautband.records.models import Consent, Procedure
from tautband.records.models.vocabulary import ConsentMode, ConsentStatus, Decider
from tautband.records.queries.procedures import asks_for_chaperone, standing_consent

# Of all that may happen, these two are named one by one: the lung with its sites, and the use
# outside the label.
NAMED_ONE_BY_ONE = frozenset({"lung", "off-label"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How consent was asked for, and the answer; None and "" mean that nobody said so."""

    agreed: bool | None
    given_by: str
    has_capacity: bool | None
    mode: str
    alternatives_discussed: bool
    risks_named: Sequence[str] = ()
    off_label_named: bool | None = None
    trainee_named: bool | None = None
    proxy_name: str = ""
    proxy_authority: str = ""
    interpreter: str = ""
    chaperone: str = ""
    note: str = ""
    # Where it is written up later: when it was really asked.
    taken_at: datetime | None = None


def _check(asked: Asked, typed: dict[str, str], problems: dict[str, str]) -> None:
    if asked.agreed is None:
        problems["answer"] = _("Say whether the patient agrees or declines.")
    if asked.given_by not in set(Decider):
        problems["given_by"] = _("Say who decides.")
    if asked.mode not in set(ConsentMode):
        problems["mode"] = _("Say whether it was said or signed.")
    if asked.has_capacity is None:
        problems["has_capacity"] = _("Say whether the patient can decide this.")
    by_proxy = asked.given_by == Decider.PROXY
    if asked.given_by == Decider.PATIENT and asked.has_capacity is False:
        problems["given_by"] = _("A patient who cannot decide this needs somebody who may.")
    if by_proxy and asked.has_capacity:
        problems["given_by"] = _("A patient who can decide this decides alone.")
    if by_proxy and not (typed["proxy_name"] and typed["proxy_authority"]):
        problems["proxy_name"] = _("Give the name and what entitles this person to decide.")


def _check_agreed(
    procedure: Procedure, asked: Asked, typed: dict[str, str], problems: dict[str, str]
) -> None:
    """What has to be said before somebody can agree to this very plan."""
    if not asked.alternatives_discussed:
        problems["alternatives_discussed"] = _(
            "Talk over the alternatives, doing nothing included."
        )
    facts = facts_of(procedure, basis=Basis.PLAN, now=timezone.now())
    left = [
        risk.words
        for risk in risks_of(facts.session)
        if risk.when in NAMED_ONE_BY_ONE
        and risk.words not in asked.risks_named
        and not (risk.when == "off-label" and asked.off_label_named)
    ]
    if left:
        problems["risks_named"] = _("Name this too: %(risks)s") % {"risks": "; ".join(left)}
    elif not asked.risks_named:
        problems["risks_named"] = _("Tick the risks you named.")
    if procedure.patient.interpreter_language and not typed["interpreter"]:
        problems["interpreter"] = _("The record asks for an interpreter: who was it, or why none?")
    if asks_for_chaperone(procedure) and not typed["chaperone"]:
        problems["chaperone"] = _("Offer a chaperone: who was it, or did the patient want none?")


@transaction.atomic
def take(*, procedure_id: UUID, asked: Asked, actor: User, revision: int | None = None) -> Consent:
    """Keep what the patient said to this plan.

    Before the needle the plan must be settled, and what has to be named must have been named. A
    consent that is written up later is kept as it was told.
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.TAKE_CONSENT)
    if asked.agreed and (standing := standing_consent(procedure)) is not None:
        return standing
    insist_fresh(procedure, revision)
    if procedure.planned_at is None and not procedure.is_history:
        raise Refused(_("The plan is not settled, or was changed. Settle it first."))
    problems: dict[str, str] = {}
    typed = texts.read(
        Consent, problems, proxy_name=asked.proxy_name, proxy_authority=asked.proxy_authority,
        interpreter=asked.interpreter, chaperone=asked.chaperone, note=asked.note,
    )  # fmt: skip
    now = timezone.now()
    taken_at = performed_at(procedure, asked.taken_at, now=now, field="taken_at", problems=problems)
    _check(asked, typed, problems)
    if asked.agreed and not procedure.is_history:
        _check_agreed(procedure, asked, typed, problems)
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    void_consent(procedure, reason="asked again")
    consent = Consent.objects.create(
        procedure=procedure,
        status=ConsentStatus.GIVEN if asked.agreed else ConsentStatus.DECLINED,
        plan_fingerprint=procedure.plan_fingerprint,
        given_by=asked.given_by,
        has_capacity=asked.has_capacity,
        alternatives_discussed=asked.alternatives_discussed,
        risks_named=list(asked.risks_named),
        off_label_named=asked.off_label_named,
        trainee_named=asked.trainee_named,
        mode=asked.mode,
        taken_by=actor,
        taken_at=taken_at,
        **typed,
    )
    let_go(
        procedure, actor=actor, event=f"consent.{consent.status}", target_id=consent.pk,
        detail={"mode": asked.mode, "by": asked.given_by},
    )  # fmt: skip
    return consent


@transaction.atomic
def withdraw(*, procedure_id: UUID, reason: str, actor: User) -> Consent:
    """The patient no longer agrees; never refused while there is something to withdraw."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.VIEW_RECORD)
    consent = procedure.consents.filter(status=ConsentStatus.GIVEN).first()
    if consent is None:
        raise Refused(_("There is no standing consent to withdraw."))
    problems: dict[str, str] = {}
    words = texts.read(Consent, problems, ended_reason=reason)["ended_reason"]
    if problems:
        raise Refused(problems["ended_reason"], fields=problems)
    consent.status = ConsentStatus.WITHDRAWN
    consent.ended_at = timezone.now()
    consent.ended_reason = words
    consent.save(update_fields=["status", "ended_at", "ended_reason"])
    void_time_outs(procedure)
    let_go(procedure, actor=actor, event="consent.withdraw", target_id=consent.pk)
    return consent
