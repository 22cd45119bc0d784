"""Two records of one person made one, and taken apart again.

Nothing is destroyed: rows of the merged record point to the surviving one, and the merge remembers
each of them. So allergies and doses of both count at once, in every rule and every ledger.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.terms import Sex
from tautband.errors import Refused, Stale
from tautband.records.actions import demographics, moved_rows, texts
from tautband.records.actions.imported import touched
from tautband.records.actions.patients import insist, insist_stands
from tautband.records.actions.standing import void_plan, void_time_outs
from tautband.records.models import Patient, PatientMerge, Procedure
from tautband.records.queries import chart as charts
from tautband.records.queries import merging
from tautband.records.queries.merging import EACH_IN_ITS_TIME, WEIGH_FIRST, Matter, Side

FEWEST_LETTERS = 3
# Taken over where the surviving record says nothing.
_FILLED = ("other_name", "phone", "email", "address", "language", "interpreter_language")
_COLUMN_OF = {Matter.BORN_ON: "born_on", Matter.SEX: "sex", Matter.DIED_ON: "deceased_on"}
UNKNOWN = "unknown"
CONFIRMED = "yes"


class UnderWay(Refused):
    """A session has begun on one of the records and is not signed; `sittings` are their ids."""

    def __init__(self, sittings: Sequence[UUID]) -> None:
        super().__init__(
            _(
                "A session of this person is under way. What is known must not change under the"
                " needle: sign it first, or close it."
            )
        )
        self.sittings = tuple(sittings)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """Both records and their sittings, locked."""

    survivor: Patient
    merged: Patient
    sittings: Sequence[Procedure]


@transaction.atomic
def merge(
    *,
    survivor_id: UUID,
    merged_id: UUID,
    why: str,
    decided: Mapping[str, str],
    shown: str,
    actor: User,
    now: datetime | None = None,
) -> PatientMerge:
    """Merge one record into another; doing it twice merges once.

    `decided` answers each Matter in which the two contradict each other: the id of the record that
    is right (for the sex also `unknown`), `each-in-its-time` or `weigh-first` for the weight, `yes`
    for what only has to be confirmed. `shown` is `merging.shown` of the page it was decided on.
    """
    insist(actor, Permission.MERGE_PATIENTS)
    if survivor_id == merged_id:
        raise Refused(_("This is one record. Choose two."))
    held = _hold(survivor_id, merged_id)
    again = PatientMerge.objects.filter(
        survivor=held.survivor, merged_id=merged_id, merged_by=actor, undone_at__isnull=True
    ).first()
    if again is not None:
        # A second click.
        return again
    for patient in (held.survivor, held.merged):
        insist_stands(patient)
    _insist_none_under_way(held.sittings)
    staying, going = merging.side_of(held.survivor), merging.side_of(held.merged)
    if merging.shown(staying, going) != shown:
        raise Stale(
            _(
                "One of the records was changed meanwhile. Look at both as they are now, then"
                " decide."
            )
        )
    said = _check(staying, going, why=why, decided=decided)
    now = now or timezone.now()
    before = _columns(held.survivor)
    _settle(held.survivor, held.merged, said.decided, allergic=bool(going.chart.allergies))
    moved, relabelled = moved_rows.to_survivor(held.merged, held.survivor)
    done = PatientMerge.objects.create(
        survivor=held.survivor, merged_id=merged_id, merged_number=held.merged.number,
        why=said.why, decided=said.decided, moved=moved, relabelled=relabelled,
        columns=_changed(before, _columns(held.survivor)), merged_by=actor, merged_at=now,
    )  # fmt: skip
    held.merged.merged_into = held.survivor
    _close(held.survivor, held.merged, done, event="patient.merge", actor=actor)
    _close(held.merged, held.survivor, done, event="patient.merged-away", actor=actor)
    demographics.index(held.survivor)
    weigh = said.decided.get(Matter.WEIGHT) == WEIGH_FIRST
    _ask_anew(held.sittings, weigh=weigh, actor=actor)
    return done


@transaction.atomic
def unmerge(*, merge_id: UUID, why: str, actor: User, now: datetime | None = None) -> PatientMerge:
    """Take two records apart again: every row that moved goes back to where it was.

    Rows written after the merge stay on the surviving record, unless they belong to a visit that
    goes back. The latest merge into a record is undone first.
    """
    insist(actor, Permission.MERGE_PATIENTS)
    found = merging.merge_named(merge_id)
    if found is None:
        raise Refused(_("This merge does not exist."))
    if not Patient.objects.filter(pk=found.merged_id).exists():
        raise Refused(_("These records were merged elsewhere, and can only be taken apart there."))
    held = _hold(found.survivor_id, found.merged_id)
    done = PatientMerge.objects.select_for_update(of=("self",)).get(pk=merge_id)
    if done.undone_at is not None:
        if done.undone_by_id == actor.pk:
            # A second click.
            return done
        raise Stale(_("Somebody has undone this merge meanwhile."))
    done.survivor = held.survivor
    _insist_latest(done, held)
    _insist_none_under_way(held.sittings)
    done.undone_why = _reason(why)
    done.undone_by, done.undone_at = actor, now or timezone.now()
    moved_rows.back(done, held.merged)
    _restore(done, held.survivor)
    done.save(update_fields=["undone_why", "undone_by", "undone_at"])
    held.merged.merged_into = None
    _close(held.survivor, held.merged, done, event="patient.unmerge", actor=actor)
    _close(held.merged, held.survivor, done, event="patient.unmerged", actor=actor)
    demographics.index(held.survivor)
    _ask_anew(held.sittings, weigh=False, actor=actor)
    return done


# ── taking hold ──────────────────────────────────────────────────────────────────────────────


def _hold(survivor_id: UUID, merged_id: UUID) -> _Held:
    """Lock the sittings, then the patients, each in the order of their ids.

    Whoever changes a sitting locks it before its patient, and two merges of the same two records
    wait for each other instead of half of the other each.
    """
    pair = [survivor_id, merged_id]
    sittings = _sittings(pair)
    patients = {
        patient.pk: patient
        for patient in Patient.objects.select_for_update().filter(pk__in=pair).order_by("pk")
    }
    if len(patients) != len(pair):
        raise Refused(_("This patient does not exist."))
    if {one.pk for one in _sittings(pair)} != {one.pk for one in sittings}:
        raise Stale(_("A session was begun on one of the records meanwhile. Look at both again."))
    return _Held(survivor=patients[survivor_id], merged=patients[merged_id], sittings=sittings)


def _sittings(patients: Sequence[UUID]) -> list[Procedure]:
    return list(
        Procedure.objects.select_for_update(of=("self",))
        .select_related("encounter")
        .filter(patient__in=patients)
        .order_by("pk")
    )


def _insist_none_under_way(sittings: Sequence[Procedure]) -> None:
    begun = [one.pk for one in sittings if one.status == ProcedureStatus.IN_PROGRESS]
    if begun:
        raise UnderWay(begun)


def _insist_latest(done: PatientMerge, held: _Held) -> None:
    if held.survivor.merged_into_id is not None:
        raise Refused(
            _("The record that stayed was itself merged into another later. Undo that merge first.")
        )
    if held.merged.merged_into_id != held.survivor.pk:
        raise Refused(_("These two records are not merged."))
    if merging.merges_into(held.survivor)[0].pk != done.pk:
        raise Refused(_("Another record was merged into this one later. Undo that merge first."))


# ── what was decided ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True, kw_only=True)
class _Said:
    why: str
    decided: dict[str, str]


def _reason(why: str) -> str:
    problems: dict[str, str] = {}
    said = texts.read(PatientMerge, problems, why=why)["why"]
    if len(said) < FEWEST_LETTERS:
        problems["why"] = _("Say why.")
    if problems:
        raise Refused(problems["why"], fields=problems)
    return said


def undecided(one: Side, other: Side, decided: Mapping[str, str]) -> dict[str, str]:
    """What still has to be decided, with words; empty when every contradiction was."""
    return {
        str(matter): _UNDECIDED[matter]()
        for matter in sorted(merging.matters_of(one, other))
        if decided.get(matter, "") not in _answers(matter, one.patient, other.patient)
    }


def _check(staying: Side, going: Side, *, why: str, decided: Mapping[str, str]) -> _Said:
    """Every contradiction was decided, and the reason was given; else refused, field by field."""
    problems = undecided(staying, going, decided)
    said = ""
    try:
        said = _reason(why)
    except Refused as refusal:
        problems |= refusal.fields
    if problems:
        raise Refused(
            _("The two records contradict each other. Decide each of these."), fields=problems
        )
    kept = {str(matter): decided[matter] for matter in merging.matters_of(staying, going)}
    return _Said(why=said, decided=kept)


_UNDECIDED = {
    Matter.BORN_ON: lambda: _("Say which birth date is right. Until you know, do not merge."),
    Matter.SEX: lambda: _("Say which is right, or that it is not known."),
    Matter.DIED_ON: lambda: _("Say which is right. Until you know, do not merge."),
    Matter.WEIGHT: lambda: _("The weights are far apart. Say what to do with them."),
    Matter.ALLERGIES: lambda: _("Read the allergies of both. All of them count afterwards."),
    Matter.IDENTIFIERS: lambda: _("One system knows the two under different numbers. Confirm it."),
}


def _answers(matter: Matter, one: Patient, other: Patient) -> set[str]:
    records = {str(one.pk), str(other.pk)}
    return {
        Matter.BORN_ON: records,
        Matter.SEX: records | {UNKNOWN},
        Matter.DIED_ON: records,
        Matter.WEIGHT: {EACH_IN_ITS_TIME, WEIGH_FIRST},
        Matter.ALLERGIES: {CONFIRMED},
        Matter.IDENTIFIERS: {CONFIRMED},
    }[matter]


def _settle(
    survivor: Patient, merged: Patient, decided: Mapping[str, str], *, allergic: bool
) -> None:
    """Write on the surviving record what was decided, and what only the other one says."""
    for matter, column in _COLUMN_OF.items():
        if decided.get(matter) == str(merged.pk):
            setattr(survivor, column, getattr(merged, column))
    if decided.get(Matter.SEX) == UNKNOWN:
        survivor.sex = Sex.UNKNOWN
    for column in _FILLED:
        if not getattr(survivor, column):
            setattr(survivor, column, getattr(merged, column))
    # "None known" stands only while nobody knows of one.
    survivor.no_known_allergies = survivor.no_known_allergies and not allergic
    # A person said who this is; no import decides otherwise.
    survivor.source = touched(survivor.source)


_KEPT = (*_COLUMN_OF.values(), *_FILLED, "no_known_allergies", "source")


def _columns(patient: Patient) -> dict[str, Any]:
    """What a merge may change of the surviving record, as it can be kept."""
    values = {column: getattr(patient, column) for column in _KEPT}
    return {
        column: value.isoformat() if isinstance(value, date) else value
        for column, value in values.items()
    }


def _changed(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, list[Any]]:
    return {
        column: [value, after[column]] for column, value in before.items() if value != after[column]
    }


def _restore(done: PatientMerge, survivor: Patient) -> None:
    """Put back what the merge changed, where nobody has changed it since."""
    now = _columns(survivor)
    for column, (before, after) in done.columns.items():
        if now[column] != after:
            continue
        if column == "no_known_allergies" and _may_be_allergic(done, survivor):
            continue
        is_day = column in {"born_on", "deceased_on"} and before is not None
        setattr(survivor, column, date.fromisoformat(before) if is_day else before)


def _may_be_allergic(done: PatientMerge, survivor: Patient) -> bool:
    """Whether "none known" would say too much by now: unknown is asked again, none is not."""
    return bool(charts.of_patient(survivor).allergies) or merging.has_allergy_since(done)


# ── what follows from it ─────────────────────────────────────────────────────────────────────


def _close(
    patient: Patient, other: Patient, done: PatientMerge, *, event: str, actor: User
) -> None:
    """Raise the revision, save, and write the event: ids, counts and codes."""
    patient.revision += 1
    patient.save()
    trail.record(
        event,
        actor_id=actor.pk,
        patient_id=patient.pk,
        target_id=done.pk,
        detail={
            "other": str(other.pk),
            "rows": {name: len(keys) for name, keys in done.moved.items()},
            "decided": sorted(done.decided),
            "columns": sorted(done.columns),
        },
    )


def _ask_anew(sittings: Sequence[Procedure], *, weigh: bool, actor: User) -> None:
    """Before the needle, who it is and what is planned are no longer what was agreed and read back.

    This is not taken back when the merge is undone: identity, consent and time-out are asked again.
    """
    for sitting in sittings:
        if sitting.status != ProcedureStatus.PREPARATION:
            continue
        visit = sitting.encounter
        visit.identifiers_checked = []
        visit.identity_checked_at = visit.identity_checked_by = None
        columns = ["identifiers_checked", "identity_checked_at", "identity_checked_by"]
        if weigh:
            visit.weight = visit.weight_accepted_by = None
            columns += ["weight", "weight_accepted_by"]
        visit.save(update_fields=columns)
        voided = void_plan(sitting, reason=_("The record was merged with another, or taken apart."))
        void_time_outs(sitting)
        sitting.revision += 1
        sitting.save(update_fields=["revision", *voided])
        trail.record(
            "procedure.ask-anew", actor_id=actor.pk,
            patient_id=Procedure.objects.values_list("patient_id", flat=True).get(pk=sitting.pk),
            target_id=sitting.pk, detail={"procedure": str(sitting.pk)},
        )  # fmt: skip
