"""What was found today: pain and function, trigger points, range of motion."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.anatomy import muscle as find_muscle
from tautband.clinical.outcomes import peg_mean
from tautband.clinical.terms import Side
from tautband.errors import Refused
from tautband.records.actions import texts
from tautband.records.actions.demographics import tidy
from tautband.records.actions.standing import hold_open, insist_seen, insist_unused, let_go
from tautband.records.models import (
    Encounter,
    PatientReportedOutcome,
    Procedure,
    RangeOfMotion,
    TriggerPoint,
)
from tautband.records.models.vocabulary import Instrument

if TYPE_CHECKING:
    from django.db.models.fields.related_descriptors import RelatedManager


@dataclass(frozen=True, kw_only=True)
class Assessment:
    """Pain and function as the patient says, 0 to 10; None means not asked."""

    pain_now: int | None = None
    pain_average: int | None = None
    pain_worst: int | None = None
    peg_pain: int | None = None
    peg_enjoyment: int | None = None
    peg_activity: int | None = None
    onset: str = ""
    pattern: str = ""
    tried: str = ""
    history_note: str = ""
    diagnoses: Sequence[Mapping[str, str]] = ()


SCALES = ("pain_now", "pain_average", "pain_worst", "peg_pain", "peg_enjoyment", "peg_activity")


WORDS = ("onset", "pattern", "tried", "history_note")
MOST_DIAGNOSES = 12
LONGEST_DIAGNOSIS = 160


@transaction.atomic
def assess(
    *, procedure_id: UUID, assessment: Assessment, actor: User, seen: str | None = None
) -> Procedure:
    """Keep how bad it is and what it stops the person doing; scores join the course.

    `seen` is the version of the assessment the page was drawn from (`standing.version_of`).
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASSESS)
    problems = {
        scale: _("Choose a number from 0 to 10.")
        for scale in SCALES
        if (value := getattr(assessment, scale)) is not None and not 0 <= value <= 10
    }
    if assessment.pain_now is None:
        problems["pain_now"] = _("Ask how bad the pain is now, from 0 to 10.")
    typed = texts.read(Encounter, problems, **{name: getattr(assessment, name) for name in WORDS})
    diagnoses = _diagnoses(assessment, problems)
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    encounter = procedure.encounter
    scores = {name: getattr(assessment, name) for name in SCALES}
    said: dict[str, object] = {**scores, **typed, "diagnoses": diagnoses}
    same = all(getattr(encounter, name) == value for name, value in said.items())
    if encounter.assessed_at is not None and seen is not None and same:
        # A second click.
        return procedure
    insist_seen(seen, encounter.assessed_at)
    for name, value in said.items():
        setattr(encounter, name, value)
    encounter.assessed_at = timezone.now()
    encounter.assessed_by = actor
    encounter.save()
    _keep_scores(encounter, assessment, actor)
    let_go(procedure, actor=actor, event="encounter.assess", target_id=encounter.pk)
    return procedure


def _diagnoses(assessment: Assessment, problems: dict[str, str]) -> list[dict[str, str]]:
    named = [
        {name: tidy(str(value)) for name, value in diagnosis.items()}
        for diagnosis in assessment.diagnoses
    ]
    if len(named) > MOST_DIAGNOSES:
        problems["diagnoses"] = _("Give at most %(most)d diagnoses.") % {"most": MOST_DIAGNOSES}
    elif any(len(each.get("text", "")) > LONGEST_DIAGNOSIS for each in named):
        words = _("Keep each diagnosis under %(most)d characters.")
        problems["diagnoses"] = words % {"most": LONGEST_DIAGNOSIS}
    return named


def _keep_scores(encounter: Encounter, assessment: Assessment, actor: User) -> None:
    scores = {
        Instrument.NRS_NOW: assessment.pain_now,
        Instrument.NRS_AVERAGE: assessment.pain_average,
        Instrument.NRS_WORST: assessment.pain_worst,
    }
    centi = {kind: value * 100 for kind, value in scores.items() if value is not None}
    peg = peg_mean(assessment.peg_pain, assessment.peg_enjoyment, assessment.peg_activity)
    if peg is not None:
        centi[Instrument.PEG] = round(peg * 100)
    # Only what was said on arrival: the pain after half an hour and what is told weeks later stay.
    encounter.outcomes.filter(answered_at=encounter.arrived_at).delete()
    PatientReportedOutcome.objects.bulk_create(
        PatientReportedOutcome(
            patient_id=encounter.patient_id,
            encounter=encounter,
            instrument=kind,
            score_centi=score,
            answered_at=encounter.arrived_at,
            recorded_by=actor,
        )
        for kind, score in centi.items()
    )


@dataclass(frozen=True, kw_only=True)
class Spot:
    """A trigger point as found; None means not tested."""

    muscle: str
    side: str
    is_active: bool | None = None
    taut_band: bool | None = None
    tender_spot: bool | None = None
    referred_pain: bool | None = None
    recognised_pain: bool | None = None
    twitch: bool | None = None
    pressure_readings_tenth: Sequence[int] = ()
    map_view: str = ""
    map_x_tenth: int | None = None
    map_y_tenth: int | None = None
    map_version: str = ""
    note: str = ""


def check_place(muscle_id: str, side: str) -> None:
    """Refuse a muscle that is not in the tables, or a side it does not have."""
    found = find_muscle(muscle_id)
    if side not in {str(each) for each in found.sides}:
        words = _("Choose a side for this muscle.")
        raise Refused(words, fields={"side": words})


SIGN_NAMES = ("taut_band", "tender_spot", "referred_pain", "recognised_pain", "twitch")


def _check_readings(readings: Sequence[int]) -> None:
    if len(readings) > 3 or any(not 0 < reading <= 200 for reading in readings):
        words = _("Give up to three readings between 0.1 and 20 kg/cm².")
        raise Refused(words, fields={"pressure": words})


@transaction.atomic
def add_trigger_point(
    *, procedure_id: UUID, spot: Spot, actor: User, token: UUID | None = None
) -> TriggerPoint:
    """Keep a spot found in one muscle and side; the same `token` twice keeps it once."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASSESS)
    if token is not None and (again := _points(procedure).filter(pk=token).first()):
        return again
    insist_unused(TriggerPoint, token)
    check_place(spot.muscle, spot.side)
    readings = list(spot.pressure_readings_tenth)
    _check_readings(readings)
    point = TriggerPoint.objects.create(
        pk=token or uuid4(),
        encounter=procedure.encounter,
        muscle=spot.muscle,
        side=Side(spot.side),
        is_active=spot.is_active,
        taut_band=spot.taut_band,
        tender_spot=spot.tender_spot,
        referred_pain=spot.referred_pain,
        recognised_pain=spot.recognised_pain,
        twitch=spot.twitch,
        pressure_readings=readings,
        map_view=spot.map_view,
        map_x_tenth=spot.map_x_tenth,
        map_y_tenth=spot.map_y_tenth,
        map_version=spot.map_version,
        note=_note(spot.note),
        recorded_by=actor,
    )
    let_go(
        procedure, actor=actor, event="trigger-point.add", target_id=point.pk,
        detail={"muscle": spot.muscle, "side": spot.side},
    )  # fmt: skip
    return point


def _points(procedure: Procedure) -> "RelatedManager[TriggerPoint]":
    return procedure.encounter.trigger_points


def _note(text: str) -> str:
    problems: dict[str, str] = {}
    note = texts.read(TriggerPoint, problems, note=text)["note"]
    if problems:
        raise Refused(problems["note"], fields=problems)
    return note


@transaction.atomic
def describe_trigger_point(
    *,
    procedure_id: UUID,
    point_id: UUID,
    is_active: bool | None,
    signs: Mapping[str, bool | None],
    pressure_readings_tenth: Sequence[int],
    actor: User,
    note: str = "",
) -> TriggerPoint:
    """Note what was felt and seen at a spot already placed."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASSESS)
    point = procedure.encounter.trigger_points.filter(pk=point_id).first()
    if point is None:
        raise Refused(_("This trigger point is not part of this visit."))
    _check_readings(pressure_readings_tenth)
    point.is_active = is_active
    for name in SIGN_NAMES:
        setattr(point, name, signs.get(name))
    point.pressure_readings = list(pressure_readings_tenth)
    point.note = _note(note)
    point.save()
    let_go(
        procedure, actor=actor, event="trigger-point.describe", target_id=point.pk,
        detail={"muscle": point.muscle, "side": point.side},
    )  # fmt: skip
    return point


@transaction.atomic
def remove_trigger_point(*, procedure_id: UUID, point_id: UUID, actor: User) -> None:
    """Take back a spot that was noted by mistake, while the sitting is still open."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASSESS)
    point = procedure.encounter.trigger_points.filter(pk=point_id).first()
    if point is None:
        raise Refused(_("This trigger point is not part of this visit."))
    place = {"muscle": point.muscle, "side": point.side}
    point.delete()
    let_go(
        procedure, actor=actor, event="trigger-point.remove", target_id=point_id, detail={**place}
    )


@transaction.atomic
def record_motion(
    *,
    procedure_id: UUID,
    movement: str,
    side: str,
    before_deg: int | None,
    after_deg: int | None,
    actor: User,
    token: UUID | None = None,
) -> RangeOfMotion:
    """Keep how far a joint moves, in degrees; the same `token` twice keeps it once."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASSESS)
    known = procedure.encounter.motions.filter(pk=token).first() if token else None
    if known is not None:
        return known
    insist_unused(RangeOfMotion, token)
    problems = _degrees({"before_deg": before_deg, "after_deg": after_deg})
    named = texts.read(RangeOfMotion, problems, movement=movement)["movement"]
    if not named:
        problems["movement"] = _("Name the movement.")
    if side not in set(Side):
        problems["side"] = _("Choose a side.")
    if before_deg is None and after_deg is None:
        problems.setdefault("before_deg", _("Give the degrees before, after, or both."))
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    motion = RangeOfMotion.objects.create(
        pk=token or uuid4(),
        encounter=procedure.encounter,
        movement=named,
        side=Side(side),
        before_deg=before_deg,
        after_deg=after_deg,
        recorded_by=actor,
    )
    let_go(procedure, actor=actor, event="motion.record", target_id=motion.pk)
    return motion


def _degrees(values: Mapping[str, int | None]) -> dict[str, str]:
    return {
        name: _("Give whole degrees from 0 to 360.")
        for name, value in values.items()
        if value is not None and not 0 <= value <= 360
    }


def _motion(procedure: Procedure, motion_id: UUID) -> RangeOfMotion:
    motion = procedure.encounter.motions.filter(pk=motion_id).first()
    if motion is None:
        raise Refused(_("This movement is not part of this visit."))
    return motion


@transaction.atomic
def measure_motion(
    *,
    procedure_id: UUID,
    motion_id: UUID,
    before_deg: int | None,
    after_deg: int | None,
    actor: User,
) -> RangeOfMotion:
    """Correct how far a joint moved before, or add how far it moves after the needle."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASSESS)
    motion = _motion(procedure, motion_id)
    problems = _degrees({"before_deg": before_deg, "after_deg": after_deg})
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    motion.before_deg, motion.after_deg = before_deg, after_deg
    motion.save(update_fields=["before_deg", "after_deg"])
    let_go(procedure, actor=actor, event="motion.measure", target_id=motion.pk)
    return motion


@transaction.atomic
def remove_motion(*, procedure_id: UUID, motion_id: UUID, actor: User) -> None:
    """Take back a movement that was noted by mistake, while the sitting is still open."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASSESS)
    motion = _motion(procedure, motion_id)
    detail: dict[str, object] = {"side": motion.side}
    motion.delete()
    let_go(procedure, actor=actor, event="motion.remove", target_id=motion_id, detail=detail)
