"""Everything that stands on one patient's record, as plain data that two stores can be compared by.

Left out is what was entered in error, and, unless ids are asked for, whatever differs between two
stores that hold the same: ids, numbers given here, who wrote a line here and when. People are
named by their full names; amounts are in the units people speak.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import ForeignKey, Model

from tautband.accounts.models import User
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.models import (
    Appointment,
    ClinicalStatement,
    Coverage,
    ElsewhereDose,
    Encounter,
    Measurement,
    Patient,
    PatientReportedOutcome,
    PregnancyStatus,
    Procedure,
)
from tautband.records.models.chart import format_decimal
from tautband.records.models.vocabulary import MeasurementKind, StatementKind
from tautband.records.queries import merging

Plain = dict[str, Any]
# What the store itself adds to a row, and what names other rows of it.
_OF_THE_STORE = frozenset(
    {"id", "recorded_at", "recorded_by", "created_by", "booked_by", "revision", "number",
     "source_id", "series", "plan_fingerprint", "fingerprint", "knowledge_version",
     "entered_in_error"}
)  # fmt: skip
_VITAL = {MeasurementKind.WEIGHT: "weights", MeasurementKind.HEIGHT: "heights"}
_LISTS = {
    StatementKind.ALLERGY: "allergies",
    StatementKind.MEDICINE: "medicines",
    StatementKind.CONDITION: "conditions",
}
# The parts of a sitting, by the name under which a procedure reaches them.
_PARTS = (
    "injections", "consents", "time_outs", "vital_signs", "findings", "responses",
    "adverse_events",
)  # fmt: skip


def plain_record(patient: Patient, *, ids: bool = False) -> Plain:
    """The record of a patient; every list in an order of its own, the same in every store."""
    people = {person.pk: person.full_name for person in User.objects.all()}
    row = _Rows(ids, people)
    record: Plain = {"demographics": _demographics(patient, row)}
    record |= {name: [] for name in ("weights", "heights", "laboratory")}
    for measured in Measurement.objects.filter(patient=patient, entered_in_error=False):
        name = _VITAL.get(MeasurementKind(measured.kind), "laboratory")
        record[name].append(_measured(measured, row))
    record["pregnancy"] = _listed(PregnancyStatus, patient, row)
    record |= {name: [] for name in _LISTS.values()}
    for statement in ClinicalStatement.objects.filter(patient=patient, entered_in_error=False):
        line = row.plain(statement, leave=("kind", "active"))
        line["standing"] = "current" if statement.active else "past"
        record[_LISTS[StatementKind(statement.kind)]].append(line)
    record["payers"] = _listed(Coverage, patient, row)
    record["doses_elsewhere"] = _listed(ElsewhereDose, patient, row)
    record["appointments"] = [row.plain(one) for one in Appointment.objects.filter(patient=patient)]
    record["outcomes"] = [
        row.plain(one, leave=("score_centi",)) | {"score": _hundredths(one.score_centi)}
        for one in PatientReportedOutcome.objects.filter(patient=patient, entered_in_error=False)
    ]
    record["sessions"] = [_session(one, row) for one in _procedures(patient)]
    return {name: _sorted(part) if isinstance(part, list) else part
            for name, part in record.items()}  # fmt: skip


class _Rows:
    """Turns rows into plain data, all in the same way."""

    def __init__(self, ids: bool, people: Mapping[Any, str]) -> None:
        self._ids = ids
        self._people = people

    def plain(self, row: Model, *, leave: Iterable[str] = ()) -> Plain:
        """The columns that hold something, by name; people by name, other rows by id if asked."""
        found: Plain = {}
        left = {"patient", *leave} if self._ids else {"patient", *leave, *_OF_THE_STORE}
        for field in row._meta.concrete_fields:
            value = getattr(row, field.attname)
            if field.name in left or value in (None, "", [], {}):
                continue
            if isinstance(field, ForeignKey):
                if field.related_model is User:
                    found[field.name] = self._people.get(value, "")
                elif self._ids:
                    found[field.attname] = str(value)
            else:
                found[field.name] = _value(value)
        return found


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Decimal):
        return format_decimal(value)
    if isinstance(value, (bool, int, str, list, dict)):
        return value
    return str(value)


def _sorted(lines: list[Plain]) -> list[Plain]:
    """In an order that depends on nothing but what the lines say."""
    return sorted(lines, key=lambda line: json.dumps(line, sort_keys=True, ensure_ascii=False))


def _hundredths(value: int) -> str:
    return format_decimal(Decimal(value) / 100)


def _demographics(patient: Patient, row: _Rows) -> Plain:
    found = row.plain(patient)
    found["identifiers"] = _sorted(
        [{"system": one.system, "value": one.value} for one in patient.identifiers.all()]
    )
    found["merged_into_this"] = _sorted(
        [
            {"id": str(one.merged_id), "number": one.merged_number, "why": one.why}
            for one in merging.merges_into(patient)
        ]
    )
    return found


def _measured(measured: Measurement, row: _Rows) -> Plain:
    line = row.plain(measured, leave=("kind", "amount"))
    if measured.kind == MeasurementKind.WEIGHT:
        return line | {"kg": format_decimal(measured.value)}
    if measured.kind == MeasurementKind.HEIGHT:
        return line | {"cm": format_decimal(measured.value)}
    return line | {"kind": measured.kind, "value": measured.digits, "unit": measured.unit}


def _listed(
    model: type[PregnancyStatus] | type[Coverage] | type[ElsewhereDose],
    patient: Patient,
    row: _Rows,
) -> list[Plain]:
    rows: Any = model._default_manager.filter(patient=patient, entered_in_error=False)
    return [row.plain(one) for one in rows]


# ── sittings ─────────────────────────────────────────────────────────────────────────────────


def _procedures(patient: Patient) -> "list[Procedure]":
    return list(
        Procedure.objects.filter(patient=patient)
        .exclude(status=ProcedureStatus.ENTERED_IN_ERROR)
        .select_related("encounter__weight", "recovery")
        .prefetch_related(
            *_PARTS, "injections__syringe", "syringes__ingredients", "encounter__answers",
            "encounter__trigger_points", "encounter__motions",
        )
    )  # fmt: skip


def _session(procedure: Procedure, row: _Rows) -> Plain:
    found: Plain = {"on": procedure.encounter.on.isoformat()}
    found |= row.plain(procedure, leave=("encounter", "replaces", "moved_from"))
    found["visit"] = _visit(procedure.encounter, row)
    found["syringes"] = _sorted(
        [
            row.plain(syringe, leave=("procedure",))
            | {
                "ingredients": [
                    row.plain(one, leave=("syringe",))
                    for one in sorted(syringe.ingredients.all(), key=lambda each: each.position)
                ]
            }
            for syringe in procedure.syringes.all()
        ]
    )
    numbers = {str(one.pk): one.number for one in procedure.injections.all()}
    for name in _PARTS:
        lines = [_part(one, row, numbers) for one in getattr(procedure, name).all()]
        if lines:
            found[name] = _sorted(lines)
    recovery = getattr(procedure, "recovery", None)
    if recovery is not None:
        found["recovery"] = row.plain(recovery, leave=("procedure",))
    return found


def _part(part: Any, row: _Rows, numbers: Mapping[str, int]) -> Plain:
    line = row.plain(part, leave=("procedure", "syringe", "injection"))
    if getattr(part, "syringe", None) is not None:
        line["syringe"] = part.syringe.label
    if part._meta.model_name == "injection":
        line["number"] = part.number
    if part._meta.model_name == "findingrecord" and part.rows:
        line["rows"] = [numbers.get(one, one) for one in part.rows]
    return line


def _visit(encounter: Encounter, row: _Rows) -> Plain:
    found = row.plain(encounter, leave=("appointment", "weight", "on"))
    if encounter.weight is not None:
        found["weight_kg"] = format_decimal(encounter.weight.value)
    for name in ("answers", "trigger_points", "motions"):
        lines = [row.plain(one, leave=("encounter",)) for one in getattr(encounter, name).all()]
        if lines:
            found[name] = _sorted(lines)
    return found
