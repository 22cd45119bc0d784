"""Roles, what they may do, and the decorators that guard a page."""

from collections.abc import Callable
from enum import StrEnum
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from tautband.accounts.models import User

P = ParamSpec("P")


class Role(StrEnum):
    """What somebody is at the centre; one person may hold several."""

    CLINICIAN = "clinician"
    NURSE = "nurse"
    PHARMACIST = "pharmacist"
    DESK = "desk"
    MANAGER = "manager"
    AUDITOR = "auditor"


class Permission(StrEnum):
    """Everything a person can be allowed to do, as a verb and a thing."""

    USE = "use"
    VIEW_DAY = "view-day"
    VIEW_PATIENT = "view-patient"
    VIEW_RECORD = "view-record"
    REGISTER_PATIENT = "register-patient"
    IMPORT_PATIENTS = "import-patients"
    MERGE_PATIENTS = "merge-patients"
    BOOK = "book"
    RECEIVE = "receive"
    MEASURE = "measure"
    EDIT_CHART = "edit-chart"
    ASK = "ask"
    ASSESS = "assess"
    PLAN = "plan"
    PREPARE_SYRINGE = "prepare-syringe"
    TAKE_CONSENT = "take-consent"
    TIME_OUT = "time-out"
    INJECT = "inject"
    OBSERVE = "observe"
    SIGN = "sign"
    CHECK_RESCUE_KIT = "check-rescue-kit"
    SEE_KNOWLEDGE = "see-knowledge"
    MANAGE_CENTRE = "manage-centre"
    MANAGE_PEOPLE = "manage-people"
    EXPORT_AUDIT = "export-audit"
    READ_TRAIL = "read-trail"


_EVERYONE = frozenset({Permission.USE, Permission.SEE_KNOWLEDGE})
_FRONT = frozenset(
    {
        Permission.VIEW_DAY,
        Permission.VIEW_PATIENT,
        Permission.REGISTER_PATIENT,
        Permission.IMPORT_PATIENTS,
        Permission.BOOK,
        Permission.RECEIVE,
    }
)
_BEDSIDE = _FRONT | {
    Permission.VIEW_RECORD,
    Permission.MEASURE,
    Permission.EDIT_CHART,
    Permission.ASK,
    Permission.ASSESS,
    Permission.PREPARE_SYRINGE,
    Permission.TIME_OUT,
    Permission.OBSERVE,
    Permission.CHECK_RESCUE_KIT,
}

ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.CLINICIAN: _EVERYONE
    | _BEDSIDE
    | {
        Permission.MERGE_PATIENTS,
        Permission.PLAN,
        Permission.TAKE_CONSENT,
        Permission.INJECT,
        Permission.SIGN,
    },
    Role.NURSE: _EVERYONE | _BEDSIDE,
    Role.PHARMACIST: _EVERYONE
    | {Permission.VIEW_DAY, Permission.VIEW_PATIENT, Permission.VIEW_RECORD},
    Role.DESK: _EVERYONE | _FRONT,
    Role.MANAGER: _EVERYONE
    | {
        Permission.VIEW_DAY,
        Permission.MANAGE_CENTRE,
        Permission.MANAGE_PEOPLE,
        Permission.EXPORT_AUDIT,
    },
    Role.AUDITOR: _EVERYONE | {Permission.READ_TRAIL, Permission.EXPORT_AUDIT},
}


def permissions_of(person: User) -> frozenset[Permission]:
    """What this person's roles add up to; nothing for somebody no longer active."""
    if not person.is_active:
        return frozenset()
    held: set[Permission] = set()
    for role in person.roles:
        held |= ROLE_PERMISSIONS.get(Role(role), frozenset())
    return frozenset(held)


def may(person: User, permission: Permission) -> bool:
    """Whether this person's roles allow it, whatever the record."""
    return permission in permissions_of(person)


def requires(
    permission: Permission,
) -> Callable[
    [Callable[Concatenate[HttpRequest, User, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """Run the view only for someone who holds the permission, and hand it that person."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, User, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @wraps(view)
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            actor = request.user
            if not isinstance(actor, User):
                return redirect_to_login(request.get_full_path())
            if not may(actor, permission):
                raise PermissionDenied
            return view(request, actor, *args, **kwargs)

        guarded.guarded_by = permission  # type: ignore[attr-defined]
        return guarded

    return decorate


def public(view: Callable[P, HttpResponseBase]) -> Callable[P, HttpResponseBase]:
    """Mark a view as open to anybody, so that forgetting a guard never looks like meaning it."""
    marked: Any = view
    marked.is_public = True
    return view
