"""Asking, and what the patient said: given, declined, withdrawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.errors import Refused
from tautband.records.actions.standing import hold_open, let_go
from tautband.records.models import Consent
from tautband.records.models.vocabulary import ConsentStatus
from tautband.records.queries.procedures import standing_consent


@dataclass(frozen=True, kw_only=True)
class Asked:
    """How consent was asked for, and the answer."""

    agreed: bool
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


def _check(asked: Asked) -> None:
    problems: dict[str, str] = {}
    if asked.given_by not in {"patient", "proxy"}:
        problems["given_by"] = _("Say who decides.")
    if asked.mode not in {"verbal", "signed"}:
        problems["mode"] = _("Say whether it was said or signed.")
    if asked.has_capacity is None:
        problems["has_capacity"] = _("Say whether the patient can decide this.")
    if asked.given_by == "patient" and asked.has_capacity is False:
        problems["given_by"] = _("A patient who cannot decide this needs somebody who may.")
    if asked.given_by == "proxy" and not (
        asked.proxy_name.strip() and asked.proxy_authority.strip()
    ):
        problems["proxy_name"] = _("Give the name and what entitles this person to decide.")
    if asked.agreed and not asked.alternatives_discussed:
        problems["alternatives_discussed"] = _(
            "Talk over the alternatives, doing nothing included."
        )
    if asked.agreed and not asked.risks_named:
        problems["risks_named"] = _("Tick the risks you named.")
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)


@transaction.atomic
def take(*, procedure_id: UUID, asked: Asked, actor: User, revision: int | None = None) -> Consent:
    """Keep what the patient said to this plan."""
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.TAKE_CONSENT, revision=revision
    )
    if procedure.planned_at is None:
        raise Refused(_("The plan is not settled, or was changed. Settle it first."))
    _check(asked)
    if (standing := standing_consent(procedure)) is not None and asked.agreed:
        return standing
    now = timezone.now()
    procedure.consents.filter(status=ConsentStatus.GIVEN).update(
        status=ConsentStatus.VOID, ended_at=now, ended_reason="asked again"
    )
    consent = Consent.objects.create(
        procedure=procedure,
        status=ConsentStatus.GIVEN if asked.agreed else ConsentStatus.DECLINED,
        plan_fingerprint=procedure.plan_fingerprint,
        given_by=asked.given_by,
        proxy_name=asked.proxy_name.strip()[:120],
        proxy_authority=asked.proxy_authority.strip()[:160],
        has_capacity=asked.has_capacity,
        interpreter=asked.interpreter.strip()[:120],
        alternatives_discussed=asked.alternatives_discussed,
        risks_named=list(asked.risks_named),
        off_label_named=asked.off_label_named,
        trainee_named=asked.trainee_named,
        chaperone=asked.chaperone.strip()[:120],
        mode=asked.mode,
        note=asked.note.strip()[:400],
        taken_by=actor,
        taken_at=now,
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
    consent.status = ConsentStatus.WITHDRAWN
    consent.ended_at = timezone.now()
    consent.ended_reason = reason.strip()[:240]
    consent.save(update_fields=["status", "ended_at", "ended_reason"])
    let_go(procedure, actor=actor, event="consent.withdraw", target_id=consent.pk)
    return consent
