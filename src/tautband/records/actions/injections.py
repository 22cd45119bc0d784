"""Rows: what is planned for each muscle and side, and then what really happened there."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
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
from tautband.records.actions import findings, texts
from tautband.records.actions.procedures import UnsafePlan
from tautband.records.actions.rows import (
    COLUMNS,
    LARGEST_ROW_CENTI_UNITS,
    LARGEST_ROW_UL,
    Row,
    checked,
    given_fingerprint,
    hold_row_open,
    next_number,
    row_fingerprint,
    values_of,
)
from tautband.records.actions.standing import (
    hold_open,
    impossible_time,
    insist_fresh,
    insist_unused,
    let_go,
    void_plan,
)
from tautband.records.checks import review, said_of
from tautband.records.facts import Basis
from tautband.records.models import AdverseEvent, Injection, Procedure
from tautband.records.models.vocabulary import Aspiration, InjectionStatus
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
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.PLAN)
    may_change_plan(actor, procedure).insist()
    if token is not None and (again := procedure.injections.filter(pk=token).first()):
        return again
    insist_unused(Injection, token)
    insist_fresh(procedure, revision)
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
    *,
    procedure_id: UUID,
    injection_id: UUID,
    actor: User,
    seen: str | None = None,
    revision: int | None = None,
) -> None:
    """Take a planned row off the plan; `seen` as in `change`."""
    injection = hold_row_open(
        procedure_id, injection_id, actor=actor, permission=Permission.PLAN, revision=revision
    )
    procedure = injection.procedure
    may_change_plan(actor, procedure).insist()
    if seen is not None and seen != row_fingerprint(injection):
        raise Stale(_("This row was changed elsewhere meanwhile. Look at it as it is now."))
    detail = {"muscle": injection.muscle, "side": injection.side}
    injection.delete()
    let_go(
        procedure, actor=actor, event="injection.remove", target_id=injection_id,
        columns=void_plan(procedure, reason="plan changed"), detail={**detail},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Given:
    """What really happened at one row; None means not noted.

    `amount_unknown` says that nobody noted how much went in, which is never the same as nothing.
    """

    volume_ul: int | None = None
    units_centi: int | None = None
    amount_unknown: bool = False
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


@transaction.atomic
def add_on_table(
    *,
    procedure_id: UUID,
    row: Row,
    verbal_consent: bool | None,
    actor: User,
    given: Given | None = None,
    revision: int | None = None,
    token: UUID | None = None,
) -> Injection:
    """Add a muscle while the patient lies on the table: asked aloud, rules run again.

    The rules see what was given plus what remains, and a critical finding refuses the addition,
    because the needle has not gone in yet. With `given` it has gone in already: then nothing is
    refused, whatever the rules say and whatever the patient was asked.
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.INJECT)
    if token is not None and (again := procedure.injections.filter(pk=token).first()):
        return again
    insist_unused(Injection, token)
    insist_fresh(procedure, revision)
    if procedure.started_at is None:
        raise Refused(_("Injecting has not begun. Put the muscle on the plan."))
    is_over = given is not None or procedure.is_history
    if not verbal_consent and not is_over:
        words = _("Ask the patient aloud, and say that they agreed to this muscle.")
        raise Refused(words, fields={"verbal_consent": words})
    row = checked(procedure, row, amount_needed=given is None or not given.amount_unknown)
    injection = Injection(
        pk=token or uuid4(),
        procedure=procedure,
        number=next_number(procedure),
        added_on_table=True,
        verbal_consent=verbal_consent,
        **values_of(row),
    )
    injection.save(force_insert=True)
    now = timezone.now()
    if given is not None:
        given = replace(given, volume_ul=row.volume_ul, units_centi=row.units_centi)
        _keep_given(procedure, injection, given, actor=actor, now=now)
        _follow_up(procedure, injection, actor=actor, now=now)
    elif not is_over:
        result = review(procedure, basis=Basis.TABLE, now=now, said=said_of(procedure))
        if stops := result.stopping([Gate.PLAN, Gate.TIME_OUT]):
            raise UnsafePlan(stops)
    let_go(
        procedure, actor=actor, event="injection.add-on-table", target_id=injection.pk,
        detail={
            "muscle": row.muscle, "side": row.side, "asked_aloud": verbal_consent,
            "already_given": given is not None,
        },
    )  # fmt: skip
    return injection


def _check_given(procedure: Procedure, injection: Injection, given: Given, now: datetime) -> str:
    """Refuse what cannot be; returns the complication as it will be kept."""
    problems: dict[str, str] = {}
    has_amount = given.volume_ul is not None or given.units_centi is not None
    if given.volume_ul is not None and not 0 < given.volume_ul <= LARGEST_ROW_UL:
        problems["amount"] = _("Give a volume above 0 and up to 60 mL.")
    if given.units_centi is not None and not 0 < given.units_centi <= LARGEST_ROW_CENTI_UNITS:
        problems["amount"] = _("Give units above 0 and up to 2000.")
    if injection.syringe_id and not has_amount and not given.amount_unknown:
        problems["amount"] = _("Say how much went in, or that nobody knows.")
    if has_amount and not injection.syringe_id:
        problems["amount"] = _("A dry needle brings nothing in. Leave the amount empty.")
    if given.depth_um is not None and not 0 < given.depth_um <= 200_000:
        problems["depth"] = _("This length cannot be right. Give millimetres.")
    if given.passes is not None and not 1 <= given.passes <= 200:
        problems["passes"] = _("Give between 1 and 200 passes.")
    if given.aspiration and given.aspiration not in set(Aspiration):
        problems["aspiration"] = _("Choose what came back.")
    for name in ("pain_before", "pain_after"):
        value = getattr(given, name)
        if value is not None and not 0 <= value <= 10:
            problems[name] = _("Choose a number from 0 to 10.")
    if given.given_at is not None and (
        words := impossible_time(procedure, given.given_at, now=now)
    ):
        problems["given_at"] = words
    typed = texts.read(Injection, problems, complication=given.complication)
    if problems:
        raise Refused(_("Something about this row cannot be right."), fields=problems)
    return typed["complication"]


def _keep_given(
    procedure: Procedure, injection: Injection, given: Given, *, actor: User, now: datetime
) -> None:
    complication = _check_given(procedure, injection, given, now)
    # A correction changes what went in, never when it did.
    earlier = injection.given_at
    injection.status = InjectionStatus.GIVEN
    injection.given_volume_ul = given.volume_ul
    injection.given_units_centi = given.units_centi
    injection.given_depth_um = given.depth_um
    injection.passes = given.passes
    injection.aspiration = given.aspiration
    injection.twitch = given.twitch
    injection.crunch = given.crunch
    injection.released = given.released
    injection.pain_before = given.pain_before
    injection.pain_after = given.pain_after
    injection.complication = complication
    injection.not_given_reason = ""
    # Written up later, a row happened when the sitting did, not when it was typed.
    usual = procedure.started_at if procedure.is_history else now
    injection.given_at = given.given_at or earlier or usual
    injection.given_by = procedure.operator or actor
    injection.save()


@transaction.atomic
def record_given(
    *,
    procedure_id: UUID,
    injection_id: UUID,
    given: Given,
    actor: User,
    seen: str | None = None,
    revision: int | None = None,
) -> Injection:
    """Keep what went in. Whatever the rules say, it is kept; a critical one opens an incident.

    `seen` is what the page showed as recorded of this row; recorded elsewhere meanwhile, it is
    `Stale`, and what was typed stays on the page.
    """
    injection = hold_row_open(
        procedure_id, injection_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    procedure = injection.procedure
    now = timezone.now()
    if seen is not None and _says_the_same(injection, given):
        # A second click.
        return injection
    _insist_begun(injection, seen)
    _keep_given(procedure, injection, given, actor=actor, now=now)
    _follow_up(procedure, injection, actor=actor, now=now)
    let_go(
        procedure, actor=actor, event="injection.give", target_id=injection.pk,
        detail={"muscle": injection.muscle, "side": injection.side},
    )  # fmt: skip
    return injection


def _says_the_same(injection: Injection, given: Given) -> bool:
    told = {
        "given_volume_ul": given.volume_ul,
        "given_units_centi": given.units_centi,
        "given_depth_um": given.depth_um,
        "complication": texts.tidy_lines(given.complication),
        **{
            name: getattr(given, name)
            for name in (
                "passes", "aspiration", "twitch", "crunch", "released", "pain_before", "pain_after",
            )
        },
    }  # fmt: skip
    same = all(getattr(injection, name) == value for name, value in told.items())
    same_time = given.given_at in {None, injection.given_at}
    return injection.status == InjectionStatus.GIVEN and same and same_time


def _insist_begun(injection: Injection, seen: str | None) -> None:
    if injection.procedure.started_at is None:
        raise Refused(_("Say first that injecting begins."))
    if seen is not None and seen != given_fingerprint(injection):
        raise Stale(_("This row was recorded elsewhere meanwhile. Compare, then record it again."))


def _follow_up(procedure: Procedure, injection: Injection, *, actor: User, now: datetime) -> None:
    findings.record_what_happened(procedure, actor=actor, now=now)
    happened = {
        "complication": injection.complication,
        "consent-not-asked": _("Injected without asking the patient about this muscle.")
        if injection.added_on_table and not injection.verbal_consent
        else "",
    }
    for kind, words in happened.items():
        if not words:
            continue
        AdverseEvent.objects.update_or_create(
            procedure=procedure,
            injection=injection,
            kind=kind,
            defaults={"words": words},
            create_defaults={
                "patient_id": procedure.patient_id,
                "words": words,
                "occurred_at": injection.given_at or now,
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
    seen: str | None = None,
    revision: int | None = None,
) -> Injection:
    """Keep that a planned row was not injected, and why."""
    injection = hold_row_open(
        procedure_id, injection_id, actor=actor, permission=Permission.INJECT, revision=revision
    )
    procedure = injection.procedure
    problems: dict[str, str] = {}
    same = injection.not_given_reason == texts.tidy_lines(reason)
    if seen is not None and injection.status == InjectionStatus.NOT_GIVEN and same:
        # A second click.
        return injection
    _insist_begun(injection, seen)
    why = texts.read(Injection, problems, not_given_reason=reason)["not_given_reason"]
    if not why:
        problems["not_given_reason"] = _("Say why it was not injected.")
    if problems:
        raise Refused(problems["not_given_reason"], fields=problems)
    injection.status = InjectionStatus.NOT_GIVEN
    injection.not_given_reason = why
    injection.given_volume_ul = injection.given_units_centi = injection.given_depth_um = None
    injection.given_at = None
    injection.given_by = None
    injection.save()
    let_go(
        procedure, actor=actor, event="injection.not-given", target_id=injection.pk,
        detail={"muscle": injection.muscle, "side": injection.side},
    )  # fmt: skip
    return injection
