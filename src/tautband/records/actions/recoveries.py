"""The watch after the needle, until somebody says the patient may leave."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.errors import Refused, Stale
from tautband.records.actions import texts
from tautband.records.actions.standing import (
    fingerprint,
    hold_open,
    insist_unused,
    let_go,
    performed_at,
)
from tautband.records.models import (
    AdverseEvent,
    PatientReportedOutcome,
    Procedure,
    Recovery,
    VitalSigns,
)
from tautband.records.models.vocabulary import Instrument, Tolerance
from tautband.records.prepared import Prepared

_hold_watch: Prepared[Recovery] = Prepared(
    lambda procedure_id: Recovery.objects.select_for_update().filter(procedure=procedure_id)
)


def _watch(procedure: Procedure) -> Recovery:
    found = _hold_watch.first(procedure.pk)
    if found is None:
        raise Refused(_("The watch begins when injecting has ended."))
    return found


@dataclass(frozen=True, kw_only=True)
class Signs:
    """One set of vital signs; None means not taken."""

    systolic_mmhg: int | None = None
    diastolic_mmhg: int | None = None
    heart_rate_per_min: int | None = None
    spo2_percent: int | None = None


# What a monitor can show, in an arrest too: a number beyond it is a slip of the finger.
PLAUSIBLE = {
    "systolic_mmhg": (0, 350),
    "diastolic_mmhg": (0, 250),
    "heart_rate_per_min": (0, 350),
    "spo2_percent": (0, 100),
}


@transaction.atomic
def take_vital_signs(
    *,
    procedure_id: UUID,
    signs: Signs,
    actor: User,
    taken_at: datetime | None = None,
    token: UUID | None = None,
) -> VitalSigns:
    """Keep one set of vital signs; the same `token` twice keeps it once."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.OBSERVE)
    if token is not None and (again := procedure.vital_signs.filter(pk=token).first()):
        return again
    insist_unused(VitalSigns, token)
    values = {name: getattr(signs, name) for name in PLAUSIBLE}
    problems = {
        name: _("Give a number from %(low)d to %(high)d.") % {"low": low, "high": high}
        for name, (low, high) in PLAUSIBLE.items()
        if (value := values[name]) is not None and not low <= value <= high
    }
    if not problems and all(value is None for value in values.values()):
        problems["systolic_mmhg"] = _("Give at least one sign.")
    upper, lower = signs.systolic_mmhg, signs.diastolic_mmhg
    if upper is not None and lower is not None and lower > upper:
        problems.setdefault("diastolic_mmhg", _("The lower pressure is above the upper one."))
    at = performed_at(procedure, taken_at, now=timezone.now(), field="taken_at", problems=problems)
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    taken = VitalSigns.objects.create(
        pk=token or uuid4(), procedure=procedure, taken_at=at, recorded_by=actor, **values
    )
    let_go(procedure, actor=actor, event="recovery.vital-signs", target_id=taken.pk)
    return taken


@dataclass(frozen=True, kw_only=True)
class Seen:
    """How the patient is; an empty string means asked and none, `symptoms_asked` says asked."""

    symptoms_asked: bool
    toxicity_symptoms: str = ""
    chest_symptoms: str = ""
    weakness: str = ""
    pain_at_30_min: int | None = None
    tolerated: str = ""
    escort: bool | None = None
    note: str = ""


SYMPTOMS = ("toxicity_symptoms", "chest_symptoms", "weakness")


def watch_fingerprint(watch: Recovery) -> str:
    """What is recorded of the watch so far, as a short hash."""
    return fingerprint(watch, Seen.__dataclass_fields__)


@transaction.atomic
def observe(*, procedure_id: UUID, seen: Seen, actor: User, version: str | None = None) -> Recovery:
    """Keep how the patient is; a symptom opens an incident draft.

    `version` is the fingerprint of the watch that the page showed.
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.OBSERVE)
    watch = _watch(procedure)
    problems: dict[str, str] = {}
    typed = texts.read(
        Recovery, problems, toxicity_symptoms=seen.toxicity_symptoms,
        chest_symptoms=seen.chest_symptoms, weakness=seen.weakness, note=seen.note,
    )  # fmt: skip
    if seen.pain_at_30_min is not None and not 0 <= seen.pain_at_30_min <= 10:
        problems["pain_at_30_min"] = _("Choose a number from 0 to 10.")
    if seen.tolerated and seen.tolerated not in set(Tolerance):
        problems["tolerated"] = _("Choose how it was tolerated.")
    # Whoever writes down a symptom has asked; only "none" needs the tick to mean anything.
    asked = seen.symptoms_asked or any(typed[name] for name in SYMPTOMS)
    if not asked:
        problems["symptoms_asked"] = _("Ask about numbness, breathing and weakness, then tick.")
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    said: dict[str, object] = {
        "symptoms_asked": asked, "pain_at_30_min": seen.pain_at_30_min,
        "tolerated": seen.tolerated, "escort": seen.escort, **typed,
    }  # fmt: skip
    if version is not None and all(getattr(watch, name) == value for name, value in said.items()):
        # A second click.
        return watch
    if version is not None and version != watch_fingerprint(watch):
        raise Stale(
            _("Somebody recorded the watch meanwhile. Below is what you typed; compare, then keep.")
        )
    for name, value in said.items():
        setattr(watch, name, value)
    watch.save()
    _keep_pain(procedure, watch, actor)
    now = timezone.now()
    for kind in SYMPTOMS:
        if words := typed[kind]:
            AdverseEvent.objects.update_or_create(
                procedure=procedure,
                kind=kind.replace("_", "-"),
                defaults={"words": words},
                create_defaults={
                    "patient_id": procedure.patient_id,
                    "words": words,
                    "occurred_at": watch.started_at if procedure.is_history else now,
                    "opened_by": actor,
                },
            )
    let_go(procedure, actor=actor, event="recovery.observe")
    return watch


def _keep_pain(procedure: Procedure, watch: Recovery, actor: User) -> None:
    """The pain after half an hour joins the course; one taken back leaves it."""
    scores = PatientReportedOutcome.objects.filter(
        encounter=procedure.encounter,
        instrument=Instrument.NRS_NOW,
        answered_at=watch.started_at + timedelta(minutes=30),
    )
    if watch.pain_at_30_min is None:
        scores.delete()
        return
    scores.update_or_create(
        defaults={
            "patient_id": procedure.patient_id,
            "encounter": procedure.encounter,
            "instrument": Instrument.NRS_NOW,
            "answered_at": watch.started_at + timedelta(minutes=30),
            "score_centi": watch.pain_at_30_min * 100,
            "recorded_by": actor,
        },
    )


@transaction.atomic
def let_leave(
    *, procedure_id: UUID, early_reason: str, actor: User, left_at: datetime | None = None
) -> Recovery:
    """Say that the patient may leave; before the time is up, or unasked, only with a reason."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.OBSERVE)
    watch = _watch(procedure)
    if watch.fit_to_leave_at is not None:
        return watch
    problems: dict[str, str] = {}
    reason = texts.read(Recovery, problems, left_early_reason=early_reason)["left_early_reason"]
    now = timezone.now()
    due = watch.started_at + timedelta(minutes=watch.minimum_minutes)
    # Written up later without a time, the watch is taken to have lasted as long as it had to.
    usual = min(due, now) if procedure.is_history else None
    left = performed_at(procedure, left_at or usual, now=now, field="left_at", problems=problems)
    is_early = left < due
    if "left_early_reason" in problems:
        problems["early_reason"] = problems.pop("left_early_reason")
    elif not reason and not watch.symptoms_asked:
        problems["early_reason"] = _(
            "Ask about numbness, breathing and weakness first, or say why nobody could."
        )
    elif not reason and is_early:
        problems["early_reason"] = _(
            "The watch lasts %(minutes)d minutes. Say why the patient leaves sooner."
        ) % {"minutes": watch.minimum_minutes}
    if left < watch.started_at:
        problems["left_at"] = _("This time lies before the watch began.")
    if problems:
        raise Refused(next(iter(problems.values())), fields=problems)
    watch.fit_to_leave_at = left
    watch.fit_to_leave_by = actor
    watch.left_early_reason = reason if is_early or not watch.symptoms_asked else ""
    watch.save(update_fields=["fit_to_leave_at", "fit_to_leave_by", "left_early_reason"])
    let_go(procedure, actor=actor, event="recovery.let-leave", detail={"early": is_early})
    return watch
