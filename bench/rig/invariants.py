"""What must hold across the tables however the server ended: no half session, no event missing.

Every action writes its rows and its one event in one transaction, so the trail tells which rows
there must be. Each check names what is broken by ids alone.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import F

from tautband.audit.models import AuditEvent
from tautband.clinical import ask
from tautband.records.actions.moved_rows import MOVED
from tautband.records.models import (
    AdverseEvent,
    Consent,
    ElsewhereDose,
    Encounter,
    Ingredient,
    Injection,
    Patient,
    PatientMerge,
    PatientReportedOutcome,
    Procedure,
    Recovery,
    ScreeningAnswer,
    Syringe,
    TimeOut,
)

# What takes a settled plan back.
CHANGES_THE_PLAN = frozenset(
    {
        "injection.plan", "injection.change", "injection.remove", "syringe.change",
        "syringe.discard", "syringe.use-for-rest", "procedure.ask-anew",
    }
)  # fmt: skip
CHANGES_THE_CHART = frozenset(
    {
        "outcome.record", "patient.edit-demographics", "patient.merge", "patient.merged-away",
        "patient.unmerge", "patient.unmerged",
    }
)  # fmt: skip
# Only where it tells something that the chart did not hold.
MAY_CHANGE_THE_CHART = ("encounter.ask", "encounter.weigh", "patient.import-")


@dataclass(slots=True)
class Trail:
    """The events, by sitting and by what they were done to, in the order they were written."""

    of_sitting: dict[UUID, list[tuple[str, UUID]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    of_chart: Counter[UUID] = field(default_factory=Counter)
    may_be_of_chart: Counter[UUID] = field(default_factory=Counter)

    @classmethod
    def read(cls) -> "Trail":
        """The whole trail at once."""
        trail = cls()
        rows = AuditEvent.objects.order_by("id").values_list(
            "action", "target_id", "patient_id", "detail"
        )
        for action, target, patient, detail in rows:
            if sitting := detail.get("procedure"):
                trail.of_sitting[UUID(sitting)].append((action, target))
            if action.startswith("chart.") or action in CHANGES_THE_CHART:
                trail.of_chart[patient] += 1
            elif action.startswith(MAY_CHANGE_THE_CHART):
                trail.may_be_of_chart[patient] += 1
        return trail

    def targets(self, sitting: UUID, *actions: str) -> set[UUID]:
        """What these actions were done to in a sitting."""
        return {target for action, target in self.of_sitting[sitting] if action in actions}

    def has(self, sitting: UUID, *actions: str) -> bool:
        """Whether any of these actions was ever done in a sitting."""
        return bool(self.targets(sitting, *actions))

    def last(self, sitting: UUID, target: UUID, *actions: str) -> str:
        """Which of these actions was done last to one thing, or nothing."""
        done = [a for a, t in self.of_sitting[sitting] if t == target and a in actions]
        return done[-1] if done else ""


def broken() -> list[str]:
    """Everything that does not hold; empty is well."""
    trail = Trail.read()
    found = [*_engine(), *_patients(trail), *broken_merges()]
    # A new version and a sitting written again for the right patient are copies: their rows were
    # not written one by one.
    copies = set(AuditEvent.objects.filter(action="procedure.record-on-right-patient")
                 .values_list("target_id", flat=True))  # fmt: skip
    for sitting in Procedure.objects.select_related("encounter").order_by("recorded_at"):
        said = [*_counts(sitting, trail), *_before(sitting, trail), *_status(sitting, trail)]
        if sitting.replaces_id is None and sitting.pk not in copies:
            said += [*_rows(sitting, trail), *_tray(sitting, trail), *_safety(sitting, trail)]
        found += [f"session {sitting.pk}: {words}" for words in said]
    lonely = Encounter.objects.filter(procedures__isnull=True).values_list("pk", flat=True)
    return found + [f"visit {key}: without a session" for key in lonely]


def _engine() -> Iterator[str]:
    """What the database itself says."""
    connection.check_constraints()
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        yield from (f"integrity_check: {row[0]}" for row in cursor.fetchall() if row[0] != "ok")
        cursor.execute("PRAGMA foreign_key_check")
        yield from (f"foreign_key_check: {row[0]} {row[1]}" for row in cursor.fetchall())


def _patients(trail: Trail) -> Iterator[str]:
    """Each change of a chart raised the patient's revision and wrote one event."""
    for key, revision in Patient.objects.values_list("pk", "revision"):
        least = trail.of_chart[key]
        if not least <= revision - 1 <= least + trail.may_be_of_chart[key]:
            yield f"patient {key}: revision {revision}, {least} events of the chart"


def broken_merges() -> Iterator[str]:
    """A merged record leads to one that stands, holds nothing itself, and one merge says why."""
    standing = dict(
        PatientMerge.objects.filter(undone_at=None).values_list("merged_id", "survivor_id")
    )
    led = dict(Patient.objects.exclude(merged_into=None).values_list("pk", "merged_into_id"))
    here = set(Patient.objects.filter(pk__in=standing).values_list("pk", flat=True))
    for key in led.keys() | here:
        if led.get(key) != standing.get(key):
            yield f"patient {key}: merged in one place and not in the other"
    for model in MOVED:
        held = model._default_manager.filter(patient__in=led).values_list("pk", flat=True)
        yield from (f"{model.__name__} {key}: on a record that was merged away" for key in held)
    for model, way in (
        (Procedure, "encounter__patient"), (PatientReportedOutcome, "encounter__patient"),
        (ElsewhereDose, "encounter__patient"), (AdverseEvent, "procedure__patient"),
        (Encounter, "appointment__patient"), (Encounter, "weight__patient"),
    ):  # fmt: skip
        apart = model._default_manager.filter(**{f"{way}__isnull": False}).exclude(
            **{way: F("patient")}
        )
        yield from (
            f"{model.__name__} {key}: on another record than what it hangs on"
            for key in apart.values_list("pk", flat=True)
        )


def _counts(sitting: Procedure, trail: Trail) -> Iterator[str]:
    """Each change raised the revision by one and wrote one event."""
    events = [a for a, _t in trail.of_sitting[sitting.pk] if a != "encounter.arrive"]
    replaced = 1 if sitting.status == "superseded" else 0
    if sitting.revision - 1 - replaced != len(events):
        yield f"revision {sitting.revision}, {len(events)} events"


def _before(sitting: Procedure, trail: Trail) -> Iterator[str]:
    """Arrival, identity, today's questions, assessment, all at the visit."""
    visit, key = sitting.encounter, sitting.pk
    if sitting.replaces_id is not None:
        return
    if not trail.has(key, "encounter.arrive"):
        yield "no event of the arrival"
    for done, *actions in (
        (visit.identity_checked_at, "encounter.confirm-identity"),
        (visit.weight_id, "encounter.weigh", "encounter.accept-weight"),
        (visit.asked_at, "encounter.ask"),
        (visit.assessed_at, "encounter.assess"),
    ):
        taken_back = done is None and trail.has(key, "procedure.ask-anew")
        if (done is not None) != trail.has(key, *actions) and not taken_back:
            yield f"{actions[0]} and the visit do not agree"
    answers = ScreeningAnswer.objects.filter(encounter=visit).count()
    if answers != (len(ask.questions()) if visit.asked_at else 0):
        yield f"{answers} answers of today's questions"


def _status(sitting: Procedure, trail: Trail) -> Iterator[str]:
    """The state, what it stands for, and the events that lead there."""
    key, status = sitting.pk, sitting.status
    begun, ended = sitting.started_at is not None, sitting.ended_at is not None
    signed = sitting.signed_at is not None
    watch = Recovery.objects.filter(procedure=sitting).first()
    original = sitting.replaces_id is None
    wrong: dict[str, bool] = {
        "being prepared, and begun": status == "preparation" and begun,
        "under way, and not begun": status == "in-progress" and not begun,
        "ended, and not begun": ended and not begun,
        "signed, and not complete": signed and status in {"preparation", "in-progress"},
        "complete, and not signed": status == "completed" and not (signed and sitting.signed_by_id),
        "complete, and not ended": status == "completed" and not ended,
        "complete, and the patient not let go": status == "completed"
        and (watch is None or watch.fit_to_leave_at is None),
        "complete, with rows that have no answer": status == "completed"
        and Injection.objects.filter(procedure=sitting, status="planned").exists(),
        "ended, and nobody watched": ended != (watch is not None),
        "signed, and no event": signed != trail.has(key, "procedure.sign"),
        "not done, and no event": (status == "not-done") != trail.has(key, "procedure.not-done"),
        "settled, and no mark of the plan": (sitting.planned_at is None)
        != (sitting.plan_fingerprint == ""),
        "begun, and no event": original and begun != trail.has(key, "procedure.start"),
        "ended, and no event": original and ended != trail.has(key, "procedure.finish"),
    }
    yield from (words for words, is_so in wrong.items() if is_so)
    settling = [a for a, _t in trail.of_sitting[key] if a in {*CHANGES_THE_PLAN, "procedure.plan"}]
    settled = bool(settling) and settling[-1] == "procedure.plan"
    if original and not begun and settled != (sitting.planned_at is not None):
        yield "the plan is settled in one place and not in the other"


def _agree(what: str, rows: set[UUID], events: set[UUID]) -> Iterator[str]:
    yield from (f"{what} {key}: no event" for key in rows - events)
    yield from (f"{what} {key}: an event, and no row" for key in events - rows)


def _rows(sitting: Procedure, trail: Trail) -> Iterator[str]:
    """Every row was planned, and what it says of the needle was said by an event."""
    key = sitting.pk
    rows = dict(Injection.objects.filter(procedure=sitting).values_list("pk", "status"))
    planned = trail.targets(key, "injection.plan", "injection.add-on-table")
    yield from _agree("row", set(rows), planned - trail.targets(key, "injection.remove"))
    words = {"injection.give": "given", "injection.not-given": "not-given", "": "planned"}
    for row, status in rows.items():
        if words[trail.last(key, row, "injection.give", "injection.not-given")] != status:
            yield f"row {row}: {status}, and the trail says otherwise"


def _tray(sitting: Procedure, trail: Trail) -> Iterator[str]:
    """Every syringe was drawn up, whole, and checked by whom the trail says."""
    key = sitting.pk
    syringes = dict(Syringe.objects.filter(procedure=sitting).values_list("pk", "checked_by"))
    drawn = trail.targets(key, "syringe.draw-up") - trail.targets(key, "syringe.discard")
    yield from _agree("syringe", set(syringes), drawn)
    full = set(Ingredient.objects.filter(syringe__procedure=sitting)
               .values_list("syringe_id", flat=True))  # fmt: skip
    yield from (f"syringe {one}: empty" for one in set(syringes) - full)
    for syringe, checked_by in syringes.items():
        last = trail.last(key, syringe, "syringe.check", "syringe.change")
        if (checked_by is not None) != (last == "syringe.check"):
            yield f"syringe {syringe}: checked in one place and not in the other"


def _safety(sitting: Procedure, trail: Trail) -> Iterator[str]:
    key = sitting.pk
    kept: list[tuple[str, Any, tuple[str, ...]]] = [
        ("consent", Consent, ("consent.given", "consent.declined")),
        ("time-out", TimeOut, ("time-out.take",)),
    ]
    for what, model, actions in kept:
        rows = set(model.objects.filter(procedure=sitting).values_list("pk", flat=True))
        yield from _agree(what, rows, trail.targets(key, *actions))
