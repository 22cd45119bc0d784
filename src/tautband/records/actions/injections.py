"""Rows: what is planned for each muscle and side, and then what really happened there."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.findings import Gate
from tautband.errors import Refused, Stale
from tautband.records.actions import findings
from tautband.records.actions.procedures import UnsafePlan
from tautband.records.actions.rows import (
    COLUMNS,
    LARGEST_ROW_CENTI_UNITS,
    LARGEST_ROW_UL,
    Row,
    checked,
    hold_row_open,
    next_number,
    row_fingerprint,
    values_of,
)
from tautband.records.actions.standing import hold_open, let_go, void_plan
from tautband.records.checks import review, said_of
from tautband.records.facts import Basis
from tautband.records.models import AdverseEvent, Injection, Procedure
from tautband.records.models.vocabulary import InjectionStatus
from tautband.records.policies import may_change_plan


@transaction.atomic
def add(
    *,
    procedure_id: UUID,
    row: Row,
    actor: User,
    revision: int | None = None,
    token: UUID | None = None,
) -> Injection:
    """Put a row on the plan. The rules speak beside it; nothing is refused but nonsense."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN, revision=revision)
    may_change_plan(actor, procedure).insist()
    if token is not None and (again := procedure.injections.filter(pk=token).first()):
        return again
    row = checked(procedure, row)
    injection = Injection(
        pk=token or uuid4(), procedure=procedure, number=next_number(procedure), **values_of(row)
    )
    injection.save(force_insert=True)
    let_go(
        procedure, actor=actor, event="injection.plan", target_id=injection.pk,
        columns=void_plan(procedure, reason="plan changed"),
        detail={"muscle": row.muscle, "side": row.side},
    )  # fmt: skip
    return injection


@transaction.atomic
def change(
    *,
    procedure_id: UUID,
    injection_id: UUID,
    changes: Mapping[str, Any],
    actor: User,
    seen: str | None = None,
) -> Injection:
    """Change a planned row; only the columns named in `changes`.

    `seen` is the row's fingerprint as the page showed it; a row changed meanwhile is `Stale`.
    """
    injection = hold_row_open(procedure_id, injection_id, actor=actor, permission=Permission.PLAN)
    procedure = injection.procedure
    may_change_plan(actor, procedure).insist()
    if seen is not None and seen != row_fingerprint(injection):
        raise Stale(_("This row was changed elsewhere meanwhile. Look at it as it is now."))
    current: dict[str, Any] = {name: getattr(injection, name) for name in COLUMNS}
    if "amount" in changes or changes.get("syringe_id", "") is None:
        current["volume_ul"] = current["units_centi"] = None
    typed = dict(changes)
    if typed.get("syringe_id", "") is None:
        # Without a syringe it is dry needling: there is nothing an amount could be of.
        typed["amount"] = None
    row = checked(procedure, Row(**{**current, **typed}), injection)
    for name, value in values_of(row).items():
        setattr(injection, name, value)
    injection.save(update_fields=list(COLUMNS))
    let_go(
        procedure, actor=actor, event="injection.change", target_id=injection.pk,
        columns=void_plan(procedure, reason="plan changed"), detail={"columns": sorted(changes)},
    )  # fmt: skip
    return injection


@transaction.atomic
def remove(
    *, procedure_id: UUID, injection_id: UUID, actor: User, revision: int | None = None
) -> None:
    """Take a planned row off the plan."""
    injection = hold_row_open(
        procedure_id, injection_id, actor=actor, permission=Permission.PLAN, revision=revision
    )
    procedure = injection.procedure
    may_change_plan(actor, procedure).insist()
    detail = {"muscle": injection.muscle, "side": injection.side}
    injection.delete()
    let_go(
        procedure, actor=actor, event="injection.remove", target_id=injection_id,
        columns=void_plan(procedure, reason="plan changed"), detail={**detail},
    )  # fmt: skip


@transaction.atomic
def add_on_table(
    *,
    procedure_id: UUID,
    row: Row,
    verbal_consent: bool,
    actor: User,
    revision: int | None = None,
    token: UUID | None = None,
) -> Injection:
    """Add a muscle while the patient lies on the table: asked aloud, rules run again.

    The rules see what was given plus what remains. A critical finding refuses the addition,
    because the needle has not gone in yet.
    """
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    if token is not None and (again := procedure.injections.filter(pk=token).first()):
        return again
    if procedure.started_at is None:
        raise Refused(_("Injecting has not begun. Put the muscle on the plan."))
    if not verbal_consent:
        words = _("Ask the patient aloud, and say that they agreed to this muscle.")
        raise Refused(words, fields={"verbal_consent": words})
    row = checked(procedure, row)
    injection = Injection(
        pk=token or uuid4(),
        procedure=procedure,
        number=next_number(procedure),
        added_on_table=True,
        **values_of(row),
    )
    injection.save(force_insert=True)
    if not procedure.already_happened:
        result = review(procedure, basis=Basis.TABLE, now=timezone.now(), said=said_of(procedure))
        if stops := result.stopping([Gate.PLAN]):
            raise UnsafePlan(stops)
    let_go(
        procedure, actor=actor, event="injection.add-on-table", target_id=injection.pk,
        detail={"muscle": row.muscle, "side": row.side},
    )  # fmt: skip
    return injection


@dataclass(frozen=True, kw_only=True)
class Given:
    """What really happened at one row; None means not noted."""

    volume_ul: int | None = None
    units_centi: int | None = None
    depth_um: int | None = None
    passes: int | None = None
    aspiration: str = ""
    twitch: bool | None = None
    crunch: bool | None = None
    released: bool | None = None
    pain_before: int | None = None
    pain_after: int | None = None
    complication: str = ""
    given_at: datetime | None = None


def _check_given(injection: Injection, given: Given) -> None:
    problems: dict[str, str] = {}
    if given.volume_ul is not None and not 0 < given.volume_ul <= LARGEST_ROW_UL:
        problems["volume"] = _("Give a volume above 0 and up to 60 mL.")
    if given.units_centi is not None and not 0 < given.units_centi <= LARGEST_ROW_CENTI_UNITS:
        problems["units"] = _("Give units above 0 and up to 2000.")
    if injection.syringe_id and given.volume_ul is None and given.units_centi is None:
        problems["volume"] = _("Say how much went in.")
    if given.depth_um is not None and not 0 < given.depth_um <= 200_000:
        problems["depth"] = _("This length cannot be right. Give millimetres.")
    if given.passes is not None and not 1 <= given.passes <= 200:
        problems["passes"] = _("Give between 1 and 200 passes.")
    for name in ("pain_before", "pain_after"):
        value = getattr(given, name)
        if value is not None and not 0 <= value <= 10:
            problems[name] = _("Choose a number from 0 to 10.")
    if given.given_at is not None and given.given_at > timezone.now():
        problems["given_at"] = _("This time is still to come.")
    if problems:
        raise Refused(_("Something about this row cannot be right."), fields=problems)


@transaction.atomic
def record_given(
    *,
    procedure_id: UUID,
    injection_id: UUID,
    given: Given,
    actor: User,
    revision: int | None = None,
) -> Injection:
    """Keep what went in. Whatever the rules say, it is kept; a critical one opens an incident."""
    injection = hold_row_open(
        procedure_id, injection_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    procedure = injection.procedure
    if procedure.started_at is None:
        raise Refused(_("Say first that injecting begins."))
    _check_given(injection, given)
    now = timezone.now()
    injection.status = InjectionStatus.GIVEN
    injection.given_volume_ul = given.volume_ul
    injection.given_units_centi = given.units_centi
    injection.given_depth_um = given.depth_um
    injection.passes = given.passes
    injection.aspiration = given.aspiration[:16]
    injection.twitch = given.twitch
    injection.crunch = given.crunch
    injection.released = given.released
    injection.pain_before = given.pain_before
    injection.pain_after = given.pain_after
    injection.complication = given.complication.strip()[:160]
    injection.not_given_reason = ""
    # Written up later, a row happened when the sitting did, not when it was typed.
    injection.given_at = given.given_at or (
        procedure.started_at if procedure.already_happened else now
    )
    injection.given_by = procedure.operator or actor
    injection.save()
    _follow_up(procedure, injection, actor=actor, now=now)
    let_go(
        procedure, actor=actor, event="injection.give", target_id=injection.pk,
        detail={"muscle": injection.muscle, "side": injection.side},
    )  # fmt: skip
    return injection


def _follow_up(procedure: Procedure, injection: Injection, *, actor: User, now: datetime) -> None:
    findings.record_what_happened(procedure, actor=actor, now=now)
    if injection.complication:
        AdverseEvent.objects.update_or_create(
            procedure=procedure,
            injection=injection,
            kind="complication",
            defaults={
                "patient_id": procedure.patient_id,
                "words": injection.complication,
                "occurred_at": now,
                "opened_by": actor,
            },
        )


@transaction.atomic
def record_not_given(
    *,
    procedure_id: UUID,
    injection_id: UUID,
    reason: str,
    actor: User,
    revision: int | None = None,
) -> Injection:
    """Keep that a planned row was not injected, and why."""
    injection = hold_row_open(
        procedure_id, injection_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    procedure = injection.procedure
    if not reason.strip():
        words = _("Say why it was not injected.")
        raise Refused(words, fields={"reason": words})
    injection.status = InjectionStatus.NOT_GIVEN
    injection.not_given_reason = reason.strip()[:160]
    injection.given_volume_ul = injection.given_units_centi = injection.given_depth_um = None
    injection.given_at = None
    injection.given_by = None
    injection.save()
    let_go(
        procedure, actor=actor, event="injection.not-given", target_id=injection.pk,
        detail={"muscle": injection.muscle, "side": injection.side},
    )  # fmt: skip
    return injection
