"""Two records of one fictional person, merged through the action as a page would do it."""

from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps

from tautband.accounts.models import User
from tautband.clinical.lifecycle import Step
from tautband.demo.clock import Clock, ruling
from tautband.demo.plans import PLANS
from tautband.demo.sitting import Walk
from tautband.demo.visit import Pain, Visit
from tautband.records.actions import encounters, merges
from tautband.records.models import Patient, PatientMerge, PatientSearchKey, Procedure
from tautband.records.queries import merging
from tautband.records.queries.merging import EACH_IN_ITS_TIME, Matter
from tests.builders import make_clinician, make_desk, make_nurse

#: The trail remembers what happened, the merge itself what was merged; counters only rise.
NOT_COMPARED = {"auditevent", "patientmerge"}
COUNTERS = {"revision"}


def shown(one: Patient, other: Patient) -> str:
    """What a page drawn now would carry."""
    return merging.shown(*(merging.side_of(fresh(each)) for each in (one, other)))


def fresh(patient: Patient) -> Patient:
    """The patient as stored now."""
    return Patient.objects.get(pk=patient.pk)


def every_decision(survivor: Patient, **changes: str) -> dict[str, str]:
    """An answer to every question there may be: the surviving record is right."""
    right = str(survivor.pk)
    decided: dict[str, str] = {
        Matter.BORN_ON: right, Matter.SEX: right, Matter.DIED_ON: right,
        Matter.WEIGHT: EACH_IN_ITS_TIME, Matter.ALLERGIES: "yes", Matter.IDENTIFIERS: "yes",
    }  # fmt: skip
    return decided | {name.replace("_", "-"): value for name, value in changes.items()}


def merge(
    survivor: Patient, merged: Patient, *, actor: User | None = None, **changes: Any
) -> PatientMerge:
    """Merge `merged` into `survivor`; `changes` are decisions, by matter."""
    return merges.merge(
        survivor_id=survivor.pk, merged_id=merged.pk, why="Registered twice by the desk",
        decided=every_decision(survivor, **changes), shown=shown(survivor, merged),
        actor=actor or make_clinician(),
    )  # fmt: skip


def unmerge(merge: PatientMerge, *, actor: User | None = None) -> PatientMerge:
    """Take the two apart again."""
    return merges.unmerge(
        merge_id=merge.pk, why="Two cousins, not one person", actor=actor or make_clinician()
    )


def visit_of(patient: Patient, *, until: Step | None = None, plan: str = "shoulder") -> Procedure:
    """One sitting from the door to the step `until`, or to the signature."""
    visit = Visit(
        patient=patient, clinician=make_clinician(), nurse=make_nurse(), desk=make_desk(),
        plan=PLANS[plan], side="right", weight_g=70_000,
        pain=Pain(now=7, average=6, worst=8, peg=(6, 5, 5), after=3, at_30_min=2),
        **({"until": until} if until else {}),
    )  # fmt: skip
    with ruling(Clock(datetime.now(UTC) - timedelta(hours=3))) as clock:
        procedure = encounters.walk_in(
            patient_id=patient.pk, clinician=visit.clinician, reason="Neck", actor=visit.desk
        )
        Walk(visit, procedure, clock).run()
    procedure.refresh_from_db()
    return procedure


def every_row() -> dict[str, Any]:
    """Every row of every table of the record, but for counters of changes."""
    tables = {}
    for model in apps.get_app_config("records").get_models():
        if model._meta.model_name in NOT_COMPARED:
            continue
        # The keys of search are made of the names: which row holds one says nothing.
        left = COUNTERS | ({"id"} if model is PatientSearchKey else set())
        rows = model._default_manager.values()
        tables[model.__name__] = sorted(
            repr({k: v for k, v in row.items() if k not in left}) for row in rows
        )
    return tables
