"""Rows: what is planned for each muscle and side, and then what really happened there."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.findings import Gate
from tautband.clinical.terms import BodyPosition, Guidance
from tautband.errors import Refused, Stale
from tautband.records.actions import findings
from tautband.records.actions.assessments import check_place
from tautband.records.actions.procedures import UnsafePlan
from tautband.records.actions.standing import hold_open, let_go, void_plan
from tautband.records.checks import review, said_of
from tautband.records.facts import Basis
from tautband.records.models import AdverseEvent, Injection, Procedure, Syringe
from tautband.records.models.vocabulary import InjectionStatus
from tautband.records.policies import may_change_plan

LARGEST_ROW_UL = 60_000
LARGEST_ROW_CENTI_UNITS = 200_000


@dataclass(frozen=True, kw_only=True)
class Row:
    """One planned row, amounts as in `Injection`."""

    muscle: str
    side: str
    sites: int = 1
    syringe_id: UUID | None = None
    volume_ul: int | None = None
    units_centi: int | None = None
    needle_gauge: int | None = None
    needle_um: int | None = None
    depth_um: int | None = None
    entry_angle_deg: int = 90
    pleura_depth_um: int | None = None
    guidance: str = ""
    position: str = ""
    map_view: str = ""
    map_x_tenth: int | None = None
    map_y_tenth: int | None = None
    map_version: str = ""


def _check_row(procedure: Procedure, row: Row) -> Syringe | None:
    check_place(row.muscle, row.side)
    problems: dict[str, str] = {}
    if not 1 <= row.sites <= 50:
        problems["sites"] = _("Give between 1 and 50 sites.")
    if row.volume_ul is not None and not 0 < row.volume_ul <= LARGEST_ROW_UL:
        problems["volume"] = _("Give a volume above 0 and up to 60 mL.")
    if row.units_centi is not None and not 0 < row.units_centi <= LARGEST_ROW_CENTI_UNITS:
        problems["units"] = _("Give units above 0 and up to 2000.")
    if row.guidance and row.guidance not in set(Guidance):
        problems["guidance"] = _("Choose how the needle is guided.")
    if row.position and row.position not in set(BodyPosition):
        problems["position"] = _("Choose how the patient lies.")
    if not 1 <= row.entry_angle_deg <= 90:
        problems["entry_angle"] = _("Give an angle from 1 to 90 degrees.")
    for name, value, most in (
        ("needle", row.needle_um, 200_000),
        ("depth", row.depth_um, 200_000),
        ("pleura_depth", row.pleura_depth_um, 300_000),
    ):
        if value is not None and not 0 < value <= most:
            problems[name] = _("This length cannot be right. Give millimetres.")
    if row.needle_gauge is not None and not 14 <= row.needle_gauge <= 36:
        problems["needle"] = _("Give a gauge from 14 to 36.")
    syringe = None
    if row.syringe_id is not None:
        syringe = procedure.syringes.filter(pk=row.syringe_id).first()
        if syringe is None:
            problems["syringe"] = _("This syringe is not on this tray.")
        elif row.volume_ul is None and row.units_centi is None:
            problems["volume"] = _("Say how much goes in.")
    elif row.volume_ul is not None or row.units_centi is not None:
        problems["syringe"] = _("Choose the syringe it comes from, or leave the amount empty.")
    if problems:
        raise Refused(_("Something about this row cannot be right."), fields=problems)
    return syringe


def _values(row: Row) -> dict[str, Any]:
    return {name: getattr(row, name) for name in Row.__dataclass_fields__}


def row_fingerprint(injection: Injection) -> str:
    """How a row stands, as a short hash: two people may change two rows, not one row at once."""
    values = "|".join(str(getattr(injection, name)) for name in Row.__dataclass_fields__)
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def _next_number(procedure: Procedure) -> int:
    return (procedure.injections.aggregate(last=Max("number"))["last"] or 0) + 1


def _row_of(procedure: Procedure, injection_id: UUID) -> Injection:
    found = procedure.injections.select_for_update().filter(pk=injection_id).first()
    if found is None:
        raise Refused(_("This row is not part of this session."))
    return found


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
    _check_row(procedure, row)
    injection = Injection(
        pk=token or uuid4(), procedure=procedure, number=_next_number(procedure), **_values(row)
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
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN)
    may_change_plan(actor, procedure).insist()
    injection = _row_of(procedure, injection_id)
    if seen is not None and seen != row_fingerprint(injection):
        raise Stale(_("This row was changed elsewhere meanwhile. Look at it as it is now."))
    current = {name: getattr(injection, name) for name in Row.__dataclass_fields__}
    row = Row(**{**current, **changes})
    _check_row(procedure, row)
    for name, value in _values(row).items():
        setattr(injection, name, value)
    injection.save(update_fields=list(Row.__dataclass_fields__))
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
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN, revision=revision)
    may_change_plan(actor, procedure).insist()
    injection = _row_of(procedure, injection_id)
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
    _check_row(procedure, row)
    injection = Injection(
        pk=token or uuid4(),
        procedure=procedure,
        number=_next_number(procedure),
        added_on_table=True,
        **_values(row),
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
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    if procedure.started_at is None:
        raise Refused(_("Say first that injecting begins."))
    injection = _row_of(procedure, injection_id)
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
    """Keep that a planned row was not injected, and why: an outcome like any other."""
    procedure = hold_open(
        procedure_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    injection = _row_of(procedure, injection_id)
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
