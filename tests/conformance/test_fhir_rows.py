"""A row inside a resource passes the gate and reads back the same, whatever its columns hold."""

from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from django.apps import apps
from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.interop.fhir import gate
from tautband.interop.fhir.elements import Bad, Element
from tautband.interop.fhir.export import rows
from tautband.records.queries.whole_record import LISTS

#: What is no part of a patient's record, or is written anew from the rest of it.
NOT_A_ROW = {
    "Centre": "the centre's own",
    "RescueKitCheck": "the centre's own",
    "Draft": "one person's unsaved form",
    "PatientIdentifier": "goes as Patient.identifier",
    "PatientSearchKey": "made of the names",
}
TEXTS = st.text(
    st.characters(codec="utf-8", categories=("L", "N", "P", "S", "Zs")), min_size=1, max_size=20
).map(lambda text: text.strip())
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3)
    ),
    max_leaves=6,
)  # fmt: skip
YEARS = {"min_value": datetime(1900, 1, 1), "max_value": datetime(2100, 1, 1)}  # noqa: DTZ001
_encoder = msgspec.json.Encoder(decimal_format="number")


def values(column: "models.Field[Any, Any]") -> st.SearchStrategy[Any]:
    """Everything a column can hold, also None where it may be empty."""
    target = column.target_field if isinstance(column, models.ForeignKey) else column
    strategy: st.SearchStrategy[Any]
    match target:
        case models.UUIDField():
            strategy = st.uuids()
        case models.JSONField():
            strategy = JSON.filter(lambda value: value is not None)
        case models.BooleanField():
            strategy = st.booleans()
        case models.PositiveBigIntegerField():
            strategy = st.integers(0, 2**62)
        case models.IntegerField():
            strategy = st.integers(0, 32_767)
        case models.DateTimeField():
            strategy = st.datetimes(timezones=st.just(UTC), **YEARS)
        case models.DateField():
            strategy = st.dates(date(1900, 1, 1), date(2100, 1, 1))
        case models.EmailField():
            strategy = st.sampled_from(["", "ada@clinic.example"])
        case _ if target.choices:
            strategy = st.sampled_from([value for value, _words in target.choices])
        case _:
            longest = target.max_length or 1000
            strategy = TEXTS.map(lambda text: text[:longest].strip()).filter(
                lambda text: bool(text) or target.blank
            )
    return strategy | st.none() if column.null else strategy


def read(row: models.Model) -> rows.CarriedRow:
    """The row as it comes out of a file that holds it."""
    holder = {
        "resourceType": "Observation", "status": "final", "code": {"text": "a row"},
        "extension": [rows.to_fhir(row)],
    }  # fmt: skip
    content = gate.checked(_encoder.encode(holder), "")
    [found] = rows.from_fhir(Element(content, ""))
    return found


@pytest.mark.parametrize("model", rows.CARRIED.values(), ids=lambda model: model.__name__)
@given(data=st.data())
@settings(max_examples=25, deadline=None)
def test_a_row_reads_back_as_it_was(model: type[models.Model], data: st.DataObject) -> None:
    written = {
        column.attname: data.draw(values(column), label=column.name)
        for column in rows.columns_of(model)
    }
    found = read(model(**written))
    assert found.model is model
    assert found.values == written


def test_every_table_about_a_patient_is_carried() -> None:
    known = {model.__name__ for model in apps.get_app_config("records").get_models()}
    assert known == set(rows.CARRIED) | set(NOT_A_ROW)
    assert {model.__name__ for model, *_ in LISTS.values()} | {"Patient"} == set(rows.CARRIED)


@pytest.mark.parametrize(
    "part",
    [
        {"url": "model", "valueCode": "User"},
        {"url": "amount", "valueString": "80000"},
        {"url": "amount", "valueDecimal": 80000.5},
        {"url": "amount", "valueDecimal": 10**30},
        {"url": "amount", "valueInteger": -1},
        {"url": "kind", "valueString": "shoe-size"},
        {"url": "measured_on", "valueString": "2026-02-03"},
        {"url": "recorded_by", "valueId": "okafor"},
        {"url": "password", "valueString": "a column of no row"},
    ],
)
def test_what_no_column_takes_is_refused(part: dict[str, Any]) -> None:
    sound = [
        {"url": "model", "valueCode": "Measurement"},
        {"url": "amount", "valueInteger": 80000},
        {"url": "kind", "valueString": "weight"},
    ]
    parts = [each for each in sound if each["url"] != part["url"]] + [part]
    holder = {"resourceType": "Observation", "extension": [{"url": rows.ROW, "extension": parts}]}
    content = msgspec.json.decode(_encoder.encode(holder), type=dict)
    with pytest.raises(Bad):
        list(rows.from_fhir(Element(content, "")))


@pytest.mark.parametrize("written", ["[NaN]", "[1", "[" * 100_000])
def test_what_is_no_json_is_no_list_of_answers(written: str) -> None:
    parts = [
        {"url": "model", "valueCode": "Encounter"},
        {"url": "diagnoses", "valueString": written},
    ]
    holder = {"resourceType": "Encounter", "extension": [{"url": rows.ROW, "extension": parts}]}
    with pytest.raises(Bad):
        list(rows.from_fhir(Element(holder, "")))
