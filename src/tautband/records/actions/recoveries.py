"""The watch after the needle, until somebody says the patient may leave."""

from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.errors import Refused
from tautband.records.actions.standing import hold_open, let_go
from tautband.records.models import (
    AdverseEvent,
    PatientReportedOutcome,
    Procedure,
    Recovery,
    VitalSigns,
)
from tautband.records.models.vocabulary import Instrument
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


PLAUSIBLE = {
    "systolic_mmhg": (40, 300),
    "diastolic_mmhg": (20, 200),
    "heart_rate_per_min": (20, 300),
    "spo2_percent": (40, 100),
}


@transaction.atomic
def take_vital_signs(*, procedure_id: UUID, signs: Signs, actor: User) -> VitalSigns:
    """Keep one set of vital signs."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.OBSERVE)
    values = {name: getattr(signs, name) for name in PLAUSIBLE}
    problems = {
        name: _("Give a number from %(low)d to %(high)d.") % {"low": low, "high": high}
        for name, (low, high) in PLAUSIBLE.items()
        if (value := values[name]) is not None and not low <= value <= high
    }
    if not problems and all(value is None for value in values.values()):
        problems["systolic_mmhg"] = _("Give at least one sign.")
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    taken = VitalSigns.objects.create(
        procedure=procedure, taken_at=timezone.now(), recorded_by=actor, **values
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


@transaction.atomic
def observe(*, procedure_id: UUID, seen: Seen, actor: User) -> Recovery:
    """Keep how the patient is; a symptom opens an incident draft."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.OBSERVE)
    watch = _watch(procedure)
    problems: dict[str, str] = {}
    if seen.pain_at_30_min is not None and not 0 <= seen.pain_at_30_min <= 10:
        problems["pain_at_30_min"] = _("Choose a number from 0 to 10.")
    if not seen.symptoms_asked:
        problems["symptoms_asked"] = _("Ask about numbness, breathing and weakness, then tick.")
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    for name in Seen.__dataclass_fields__:
        setattr(watch, name, getattr(seen, name))
    watch.save()
    now = timezone.now()
    if seen.pain_at_30_min is not None:
        PatientReportedOutcome.objects.update_or_create(
            encounter=procedure.encounter,
            instrument=Instrument.NRS_NOW,
            answered_at=watch.started_at + timedelta(minutes=30),
            defaults={
                "patient_id": procedure.patient_id,
                "score_centi": seen.pain_at_30_min * 100,
                "recorded_by": actor,
            },
        )
    for kind in ("toxicity_symptoms", "chest_symptoms", "weakness"):
        if words := getattr(seen, kind).strip():
            AdverseEvent.objects.update_or_create(
                procedure=procedure,
                kind=kind.replace("_", "-"),
                defaults={
                    "patient_id": procedure.patient_id,
                    "words": words,
                    "occurred_at": now,
                    "opened_by": actor,
                },
            )
    let_go(procedure, actor=actor, event="recovery.observe")
    return watch


@transaction.atomic
def let_leave(*, procedure_id: UUID, early_reason: str, actor: User) -> Recovery:
    """Say that the patient may leave; before the time is up only with a reason."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.OBSERVE)
    watch = _watch(procedure)
    if watch.fit_to_leave_at is not None:
        return watch
    if not watch.symptoms_asked:
        raise Refused(_("Ask about numbness, breathing and weakness first."))
    now = timezone.now()
    due = watch.started_at + timedelta(minutes=watch.minimum_minutes)
    if now < due and not early_reason.strip():
        words = _("The watch lasts %(minutes)d minutes. Say why the patient leaves sooner.") % {
            "minutes": watch.minimum_minutes
        }
        raise Refused(words, fields={"early_reason": words})
    watch.fit_to_leave_at = now
    watch.fit_to_leave_by = actor
    watch.left_early_reason = early_reason.strip()[:240] if now < due else ""
    watch.save(update_fields=["fit_to_leave_at", "fit_to_leave_by", "left_early_reason"])
    let_go(procedure, actor=actor, event="recovery.let-leave", detail={"early": now < due})
    return watch
