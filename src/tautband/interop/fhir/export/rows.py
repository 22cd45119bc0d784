"""A row of ours inside a resource, so that reading it back loses nothing.

FHIR R4 has no place for much of what a sitting holds: the version of the body map, the fingerprint
of a plan. So each resource that stands for a row also carries its columns, each under its name and
with FHIR's own type for it. What is empty is left out.
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext as _

from tautband.interop.fhir.elements import Bad, Element, moment_of
from tautband.interop.fhir.export.elements import Resource, definition, instant
from tautband.records.models import (
    AdverseEvent,
    Appointment,
    ClinicalStatement,
    Consent,
    Coverage,
    ElsewhereDose,
    Encounter,
    FindingRecord,
    FindingResponse,
    Ingredient,
    Injection,
    Measurement,
    Patient,
    PatientMerge,
    PatientReportedOutcome,
    PregnancyStatus,
    Procedure,
    RangeOfMotion,
    Recovery,
    ScreeningAnswer,
    SignedRecord,
    Syringe,
    TimeOut,
    TriggerPoint,
    VitalSigns,
)

ROW = definition("row")
MODEL = "model"
CARRIED: Mapping[str, type[models.Model]] = {
    model.__name__: model
    for model in (
        Patient, ClinicalStatement, Measurement, PregnancyStatus, Coverage, Appointment, Encounter,
        ElsewhereDose, PatientReportedOutcome, ScreeningAnswer, TriggerPoint, RangeOfMotion,
        Procedure, Syringe, Ingredient, Injection, Consent, TimeOut, Recovery, VitalSigns,
        FindingRecord, FindingResponse, AdverseEvent, SignedRecord, PatientMerge,
    )
}  # fmt: skip
# Where a sitting was first written on another patient: that record is not this patient's. And the
# record of a patient is always that of the one that stands, which was merged into no other.
NOT_CARRIED = frozenset({("Procedure", "moved_from"), ("Patient", "merged_into")})
_LARGEST_INTEGER = 2**31 - 1


@dataclass(frozen=True, slots=True)
class CarriedRow:
    """One row as read from a resource, by column; `path` is where it stands."""

    model: type[models.Model]
    values: Mapping[str, Any]
    path: str


def columns_of(model: type[models.Model]) -> list["models.Field[Any, Any]"]:
    """The columns of a model that are carried."""
    return [
        column
        for column in model._meta.concrete_fields
        if (model.__name__, column.name) not in NOT_CARRIED
    ]


def to_fhir(row: models.Model) -> Resource:
    """The extension that carries a row."""
    parts: list[Resource] = [{"url": MODEL, "valueCode": type(row).__name__}]
    for column in columns_of(type(row)):
        value = getattr(row, column.attname)
        is_empty = value is None or (value == "" and not isinstance(column, models.JSONField))
        if not is_empty:
            parts.append({"url": column.name, **_typed(column, value)})
    return {"url": ROW, "extension": parts}


def _typed(column: "models.Field[Any, Any]", value: Any) -> Resource:
    if isinstance(column, models.JSONField):
        return {"valueString": json.dumps(value, ensure_ascii=False, separators=(",", ":"))}
    match value:
        case bool():
            return {"valueBoolean": value}
        case int() if abs(value) <= _LARGEST_INTEGER:
            return {"valueInteger": value}
        case int():
            return {"valueDecimal": Decimal(value)}
        case UUID():
            return {"valueId": str(value)}
        case datetime():
            return {"valueInstant": instant(value)}
        case date():
            return {"valueDate": value.isoformat()}
        case _:
            return {"valueString": str(value)}


def from_fhir(resource: Element) -> Iterator[CarriedRow]:
    """Every row that a resource carries; Bad where one cannot be a row of ours."""
    for extension in resource.objects("extension"):
        if extension.text("url") == ROW:
            yield _row(list(extension.objects("extension")), extension.path)


def _row(parts: Iterable[Element], path: str) -> CarriedRow:
    named = {part.text("url"): part for part in parts}
    said = named.pop(MODEL, None)
    model = CARRIED.get(said.text("valueCode")) if said is not None else None
    if model is None:
        raise Bad(path, _("this carries no row of a kind that is known here"))
    values: dict[str, Any] = {}
    for column in columns_of(model):
        part = named.pop(column.name, None)
        values[column.attname] = _empty(column) if part is None else _read(column, part)
    if named:
        raise Bad(path, _("this carries a column that is not known here"))
    return CarriedRow(model, values, path)


def _empty(column: "models.Field[Any, Any]") -> str | None:
    text = isinstance(column, models.CharField | models.TextField) and not column.null
    return "" if text else None


def _read(column: "models.Field[Any, Any]", part: Element) -> Any:
    target = column.target_field if isinstance(column, models.ForeignKey) else column
    try:
        match target:
            case models.UUIDField():
                return UUID(part.required("valueId"))
            case models.JSONField():
                return json.loads(part.required("valueString"), parse_constant=_no_number)
            case models.BooleanField():
                return _there(part.flag("valueBoolean"))
            case models.IntegerField():
                name = "valueDecimal" if part.has("valueDecimal") else "valueInteger"
                # Held against what the column can hold: an integer of a database has an end.
                return target.clean(_whole(part.decimal(name), part.path), None)
            case models.DateTimeField():
                return _there(moment_of(part.required("valueInstant"), part.path).instant)
            case models.DateField():
                return _there(part.date("valueDate"))
            case _:
                # Held against the limits of its column, and as it was: nothing is tidied here.
                return target.clean(part.required("valueString"), None)
    except (ValueError, ValidationError, RecursionError):
        raise Bad(part.path, _("this is not a value of its column")) from None


def _no_number(_word: str) -> None:
    """NaN and Infinity are Python's, and no JSON."""
    raise ValueError


def _there(value: object) -> object:
    """What is carried has a value of its column's own type; what is empty is not carried at all."""
    if value is None:
        raise ValueError
    return value


def _whole(number: Decimal, path: str) -> int:
    if number != number.to_integral_value():
        raise Bad(path, _("a whole number is expected here"))
    return int(number)
