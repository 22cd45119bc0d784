"""Who may do what to which record in which state: yes, or no with a reason."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, may
from tautband.accounts.models import User
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.errors import NotAllowed
from tautband.records.models import Procedure

OPEN = frozenset({ProcedureStatus.PREPARATION, ProcedureStatus.IN_PROGRESS})


@dataclass(frozen=True, slots=True)
class Verdict:
    """Yes, or no and why."""

    allowed: bool
    reason: str = ""

    def __bool__(self) -> bool:
        """Whether it is allowed."""
        return self.allowed

    def insist(self) -> None:
        """Turn a no into a refusal."""
        if not self.allowed:
            raise NotAllowed(self.reason)


YES = Verdict(allowed=True)


def no(reason: str) -> Verdict:
    """No, because."""
    return Verdict(allowed=False, reason=reason)


def may_change(actor: User, procedure: Procedure, permission: Permission) -> Verdict:
    """Whether this person may still change this sitting in the way the permission names."""
    if not may(actor, permission):
        return no(_("Your role does not do this. Ask a colleague who may."))
    if procedure.status == ProcedureStatus.COMPLETED:
        return no(_("This session is signed. Amend it instead; the signed version stays."))
    if procedure.status not in OPEN:
        return no(_("This session is closed and cannot be changed."))
    return YES


def may_change_plan(actor: User, procedure: Procedure) -> Verdict:
    """Whether the plan itself may still be redrawn: only before the first needle."""
    verdict = may_change(actor, procedure, Permission.PLAN)
    if verdict and procedure.started_at is not None:
        return no(
            _("Injecting has begun. Add a muscle on the table, or record what was not given.")
        )
    return verdict


def may_prepare(actor: User, procedure: Procedure) -> Verdict:
    """Whether this person may draw up or check a syringe for this sitting."""
    return may_change(actor, procedure, Permission.PREPARE_SYRINGE)


def may_override(actor: User, procedure: Procedure) -> Verdict:
    """Whether this person holds the senior right for this sitting."""
    verdict = may_change(actor, procedure, Permission.PLAN)
    if verdict and not actor.is_senior:
        return no(_("Only a clinician with the senior right may override this rule."))
    return verdict


def may_amend(actor: User, procedure: Procedure) -> Verdict:
    """Whether this person may write a new version of a signed sitting."""
    if not may(actor, Permission.SIGN):
        return no(_("Only a clinician amends a signed session."))
    if procedure.status != ProcedureStatus.COMPLETED:
        return no(_("Only a signed session is amended; this one is still open, or was replaced."))
    return YES


def may_mark_in_error(actor: User, procedure: Procedure) -> Verdict:
    """Whether this person may mark a sitting as wrong patient or never happened."""
    if not may(actor, Permission.SIGN):
        return no(_("Only a clinician marks a session as entered in error."))
    if procedure.status in {ProcedureStatus.ENTERED_IN_ERROR, ProcedureStatus.SUPERSEDED}:
        return no(_("This version no longer stands."))
    if procedure.status == ProcedureStatus.PREPARATION:
        return no(_("Nothing has happened yet: close it as not injected instead."))
    return YES
