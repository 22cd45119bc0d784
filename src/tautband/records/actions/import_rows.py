"""The rows of a patient that come in by import: new ones written, known ones brought up to date."""

from collections.abc import Sequence
from typing import Any

from tautband.accounts.models import User
from tautband.records.actions.imported import (
    Difference,
    ImportedCoverage,
    ImportedMeasurement,
    ImportedPatient,
    ImportedPregnancyStatus,
    ImportedStatement,
)
from tautband.records.models import (
    ClinicalStatement,
    Coverage,
    Measurement,
    Patient,
    PregnancyStatus,
)

_AT_ONCE = 500
Stated = ImportedStatement | ImportedMeasurement | ImportedPregnancyStatus | ImportedCoverage
Row = ClinicalStatement | Measurement | PregnancyStatus | Coverage


def take_rows(
    patient: Patient, imported: ImportedPatient, *, actor: User, differences: list[Difference]
) -> int:
    """Write what is stated of this patient; how many rows changed.

    What is withdrawn at its source is marked as entered in error here, and never written anew.
    """
    return sum(
        _take(model, stated, patient, source=imported.source, actor=actor, differences=differences)
        for model, stated in (
            (ClinicalStatement, imported.statements),
            (Measurement, imported.measurements),
            (PregnancyStatus, imported.pregnancies),
            (Coverage, imported.coverages),
        )
    )


def _take(
    model: type[Row],
    stated: Sequence[Stated],
    patient: Patient,
    *,
    source: str,
    actor: User,
    differences: list[Difference],
) -> int:
    if not stated:
        return 0
    manager: Any = model._default_manager
    rows = manager.filter(patient=patient).exclude(source_id="")
    held = {row.source_id: row for row in rows}
    fresh: list[Row] = []
    touched = 0
    for one in stated:
        known = held.get(one.source_id)
        if known is not None:
            touched += renew(known, _wanted(one), source=source, differences=differences)
        elif not one.withdrawn:
            columns = {name: getattr(one, name) for name in one.columns}
            fresh.append(
                model(
                    patient=patient, source=source, source_id=one.source_id, recorded_by=actor,
                    **columns,
                )
            )  # fmt: skip
    manager.bulk_create(fresh, batch_size=_AT_ONCE)
    return touched + len(fresh)


def _wanted(stated: Stated) -> dict[str, object]:
    if stated.withdrawn:
        return {"entered_in_error": True}
    columns = {name: getattr(stated, name) for name in stated.columns}
    return {"entered_in_error": False, **columns}


def renew(
    row: Any, wanted: dict[str, object], *, source: str, differences: list[Difference]
) -> int:
    """Bring one row up to what is stated; 1 if it changed, 0 if not or if it is ours by now."""
    changes = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    if not changes:
        return 0
    if row.source != source:
        differences += [
            Difference(row.source_id, name, spoken(getattr(row, name)), spoken(value))
            for name, value in changes.items()
        ]
        return 0
    for name, value in changes.items():
        setattr(row, name, value)
    row.save(update_fields=list(changes))
    return 1


def spoken(value: object) -> str:
    """A value of a column as text; "" for what is not there."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
