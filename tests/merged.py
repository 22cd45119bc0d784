"""Two records of one fictional person, merged through the action as a page would do it."""

from typing import Any

from tautband.accounts.models import User
from tautband.records.actions import merges
from tautband.records.models import Patient, PatientMerge
from tautband.records.queries import merging
from tautband.records.queries.merging import EACH_IN_ITS_TIME, Matter
from tests.builders import make_clinician


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
