"""Laboratory values, pregnancy, payers, medicines and bookings as other systems report them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.utils import timezone

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.records.actions import appointments
from tautband.records.models import (
    Appointment,
    ClinicalStatement,
    Coverage,
    Measurement,
    Patient,
    PregnancyStatus,
)
from tautband.records.models.vocabulary import AppointmentStatus
from tests.builders import make_clinician, make_patient
from tests.conformance.exports import (
    UCUM,
    about,
    coded,
    lines,
    observed,
    person,
    said,
    take_files,
)

pytestmark = pytest.mark.django_db


def measured(unit: str, value: Any, **fields: Any) -> dict[str, Any]:
    return {"value": value, "unit": unit, "system": UCUM, "code": unit, **fields}


def taken(actor: User, *resources: dict[str, Any], key: str = "a") -> Any:
    return take_files(actor, all__ndjson=lines([person(key), *resources]))


@pytest.mark.parametrize(
    ("code", "unit", "value", "kind", "amount"),
    [
        ("29463-7", "kg", "80.5", "weight", 80_500),
        ("29463-7", "g", "80500", "weight", 80_500),
        ("29463-7", "[lb_av]", "150", "weight", 68_039),
        ("3141-9", "kg", "71", "weight", 71_000),
        ("8302-2", "cm", "170.2", "height", 1702),
        ("8302-2", "m", "1.702", "height", 1702),
        ("8302-2", "[in_i]", "67", "height", 1702),
        ("39156-5", "kg/m2", "24.50", "bmi", 24_500),
        ("4548-4", "%", "6.7", "hba1c", 6_700),
        # NGSP % = 0.09148 × IFCC + 2.152
        ("59261-8", "mmol/mol", "53", "hba1c", 7_000),
        ("6301-6", "{INR}", "1.10", "inr", 1_100),
        ("34714-6", "1", "2.75", "inr", 2_750),
        ("777-3", "10*3/uL", "365.81", "platelets", 365_810),
        ("26515-7", "10*9/L", "150", "platelets", 150_000),
        ("777-3", "/uL", "88000", "platelets", 88_000),
        ("33914-3", "mL/min/{1.73_m2}", "58.4", "egfr", 58_400),
        ("98979-8", "mL/min/{1.73_m2}", "90", "egfr", 90_000),
    ],
)
def test_units_are_converted_exactly(
    code: str, unit: str, value: str, kind: str, amount: int, actor: User
) -> None:
    resource = observed("a", code, value=measured(unit, "VALUE"))
    raw = lines([person("a"), resource]).replace(b'"VALUE"', value.encode())
    report = take_files(actor, all__ndjson=raw)
    assert report.exit_code == 0, report.refused
    row = Measurement.objects.get()
    assert (row.kind, row.amount) == (kind, amount)
    assert row.as_entered.split(" ")[0] == value


@pytest.mark.parametrize("value", ["1.10", "1.1", "1.100", "2", "2.0"])
def test_decimals_keep_their_digits(value: str, actor: User) -> None:
    resource = observed("a", "6301-6", value=measured("{INR}", "VALUE"))
    take_files(
        actor, all__ndjson=lines([person("a"), resource]).replace(b'"VALUE"', value.encode())
    )
    row = Measurement.objects.get()
    assert row.digits == value
    assert row.value == Decimal(value)


def test_what_was_converted_has_the_digits_it_needs(actor: User) -> None:
    taken(actor, observed("a", "777-3", value=measured("/uL", 88_000)))
    assert Measurement.objects.get().digits == "88"


@pytest.mark.parametrize(
    ("code", "quantity_", "words"),
    [
        ("777-3", {"value": 250, "unit": "K/uL"}, "250"),
        ("777-3", {"value": 250, "unit": "10^9/L"}, "250"),
        ("33914-3", {"value": 61, "unit": "mL/min/1.73 m²"}, "61"),
        ("6301-6", {"value": 2.5}, "2.5"),
    ],
)
def test_what_laboratories_write_without_a_system_of_units_is_read(
    code: str, quantity_: dict[str, Any], words: str, actor: User
) -> None:
    report = taken(actor, observed("a", code, value=quantity_))
    assert report.exit_code == 0, report.refused
    assert Measurement.objects.get().digits == words


def test_a_bound_is_kept_as_a_bound(actor: User) -> None:
    bound = measured("mL/min/{1.73_m2}", 60, comparator=">")
    taken(actor, observed("a", "33914-3", value=bound))
    row = Measurement.objects.get()
    assert (row.amount, row.digits) == (60_000, ">60")


@pytest.mark.parametrize(
    ("code", "unit", "value"),
    [
        ("29463-7", "kg", 900), ("29463-7", "kg", 0), ("8302-2", "cm", 500),
        ("39156-5", "kg/m2", 900), ("4548-4", "%", 90), ("4548-4", "%", 0),
        ("6301-6", "{INR}", 99), ("777-3", "10*3/uL", 90000),
        ("777-3", "10*3/uL", -1), ("33914-3", "mL/min/{1.73_m2}", 900),
        ("4548-4", "mmol/L", 7), ("6301-6", "s", 12), ("777-3", "fL", 9), ("33914-3", "mL/s", 1),
    ],
)  # fmt: skip
def test_what_cannot_be_is_refused_with_its_patient(
    code: str, unit: str, value: int, actor: User
) -> None:
    report = taken(actor, observed("a", code, value=measured(unit, value)))
    assert report.exit_code == 1
    assert "line 2: Observation.valueQuantity" in said(report)
    assert str(value) not in said(report).replace("line 2", "")
    assert not Patient.objects.exists()


def test_words_of_a_laboratory_instead_of_a_number_are_counted(actor: User) -> None:
    report = taken(actor, observed("a", "777-3", valueString="clotted"))
    assert report.exit_code == 0
    assert report.to_json()["resources"]["Observation"]["ignored"] == 1


def test_no_value_with_a_reason_is_counted(actor: User) -> None:
    absent = coded("not-performed", "not performed",
                   "http://terminology.hl7.org/CodeSystem/data-absent-reason")  # fmt: skip
    report = taken(actor, observed("a", "6301-6", dataAbsentReason=absent))
    assert report.exit_code == 0
    assert report.to_json()["resources"]["Observation"]["ignored"] == 1


def test_what_was_entered_in_error_is_dropped_and_counted(actor: User) -> None:
    value = measured("{INR}", 2)
    report = taken(actor, observed("a", "6301-6", value=value, status="entered-in-error"))
    assert report.to_json()["resources"]["Observation"] == {"kept": 0, "ignored": 1, "refused": 0}
    assert not Measurement.objects.exists()
    taken(actor, observed("a", "6301-6", value=value))
    assert not Measurement.objects.get().entered_in_error
    taken(actor, observed("a", "6301-6", value=value, status="entered-in-error"))
    assert Measurement.objects.get().entered_in_error


# ── pregnancy ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("answer", "system", "status"),
    [
        ("77386006", "http://snomed.info/sct", "pregnant"),
        ("60001007", "http://snomed.info/sct", "not-pregnant"),
        ("LA15173-0", "http://loinc.org", "pregnant"),
        ("261665006", "http://snomed.info/sct", "unknown"),
        ("102874004", "http://snomed.info/sct", "unknown"),
    ],
)
def test_a_pregnancy_status_is_kept_with_its_day(
    answer: str, system: str, status: str, actor: User
) -> None:
    value = coded(answer, "said", system)
    report = taken(actor, observed("a", "82810-3", valueCodeableConcept=value))
    assert report.exit_code == 0, report.refused
    row = PregnancyStatus.objects.get()
    assert (row.status, row.observed_on.isoformat()) == (status, "2026-02-03")


# ── who pays ─────────────────────────────────────────────────────────────────────────────────


def coverage(**fields: Any) -> dict[str, Any]:
    payor = {"payor": [{"display": "Harbour Mutual"}]}
    return about("a", "Coverage", "co-1", **{"status": "active", **payor, **fields})


def test_the_payers_name_is_kept(actor: User) -> None:
    period = {"start": "2025-01-01", "end": "2027-12-31"}
    report = taken(actor, coverage(period=period))
    assert report.exit_code == 0, report.refused
    row = Coverage.objects.get()
    assert (row.payer, row.active, str(row.ended_on)) == ("Harbour Mutual", True, "2027-12-31")


def test_the_payer_may_be_an_organization_in_the_files(actor: User) -> None:
    organization = {"resourceType": "Organization", "id": "org-1", "name": "Quay Health"}
    pointed = coverage(payor=[{"reference": "Organization/org-1"}])
    inside = coverage(
        id="co-2", contained=[{"resourceType": "Organization", "id": "p", "name": "Inside Ltd"}],
        payor=[{"reference": "#p"}],
    )  # fmt: skip
    report = taken(actor, pointed, inside, organization)
    assert report.exit_code == 0, report.refused
    assert set(Coverage.objects.values_list("payer", flat=True)) == {"Quay Health", "Inside Ltd"}
    assert report.to_json()["resources"]["Organization"]["ignored"] == 1


def test_a_coverage_that_ended_is_kept_as_past_and_one_in_error_is_not(actor: User) -> None:
    taken(actor, coverage(status="cancelled"), coverage(id="co-2", status="entered-in-error"))
    assert not Coverage.objects.get().active


def test_a_coverage_by_nobody_is_refused(actor: User) -> None:
    report = taken(actor, coverage(payor=[{"reference": "Organization/gone"}]))
    assert report.exit_code == 1
    assert "Coverage.payor[0]" in said(report)


# ── medicines ────────────────────────────────────────────────────────────────────────────────


def medicine(**fields: Any) -> dict[str, Any]:
    named = {"medicationCodeableConcept": coded("11289", "Warfarin")}
    return about("a", "MedicationStatement", "ms-1", **{"status": "active", **named, **fields})


@pytest.mark.parametrize(
    ("status", "kept", "active"),
    [
        ("active", 1, True), ("on-hold", 1, True), ("unknown", 1, True), ("completed", 1, False),
        ("stopped", 1, False), ("intended", 0, None), ("not-taken", 0, None),
        ("entered-in-error", 0, None),
    ],
)  # fmt: skip
def test_a_medicine_as_stated(status: str, kept: int, active: bool | None, actor: User) -> None:
    report = taken(actor, medicine(status=status, effectivePeriod={"start": "2020-02-01"}))
    assert report.exit_code == 0, report.refused
    assert ClinicalStatement.objects.count() == kept
    if kept:
        row = ClinicalStatement.objects.get()
        assert (row.kind, row.text, row.active) == ("medicine", "Warfarin", active)
        assert str(row.started_on) == "2020-02-01"


def test_a_medicine_may_be_a_resource_of_its_own(actor: User) -> None:
    named = {"resourceType": "Medication", "id": "m-1", "code": coded("11289", "Warfarin")}
    pointed = medicine(medicationReference={"reference": "Medication/m-1"})
    del pointed["medicationCodeableConcept"]
    assert taken(actor, pointed, named).exit_code == 0
    assert ClinicalStatement.objects.get().text == "Warfarin"


# ── bookings ─────────────────────────────────────────────────────────────────────────────────


def soon(hours: int = 0, days: int = 9) -> datetime:
    return (timezone.now() + timedelta(days=days)).replace(
        hour=10 + hours, minute=0, second=0, microsecond=0
    )


def booking(at: datetime | None = None, **fields: Any) -> dict[str, Any]:
    start = at or soon()
    with_whom = {"display": fields.pop("with_whom")} if "with_whom" in fields else None
    people = [{"actor": {"reference": "Patient/pat-a"}, "status": "accepted"}]
    if with_whom:
        people.append({"actor": with_whom, "status": "accepted"})
    return {
        "resourceType": "Appointment", "id": "ap-1", "status": "booked", "participant": people,
        "start": start.isoformat(), "end": (start + timedelta(minutes=30)).isoformat(),
        "description": "Shoulder pain", **fields,
    }  # fmt: skip


def test_a_booking_stands_in_the_diary_of_the_only_clinician(actor: User) -> None:
    report = taken(actor, booking())
    assert report.exit_code == 0, report.refused
    row = Appointment.objects.get()
    assert (row.clinician, row.starts_at, row.minutes) == (actor, soon(), 30)
    assert (row.reason, row.status) == ("Shoulder pain", "booked")
    assert taken(actor, booking()).patients["unchanged"] == 1


def test_among_several_the_name_decides(actor: User) -> None:
    other = make_clinician()
    taken(actor, booking(with_whom=other.full_name.upper()))
    assert Appointment.objects.get().clinician == other


def test_a_booking_with_nobody_here_is_told_and_left_out(actor: User) -> None:
    make_clinician()
    report = taken(actor, booking(with_whom="Dr Somebody Else"))
    assert report.exit_code == 0
    assert not Appointment.objects.exists()
    assert report.to_json()["resources"]["Appointment"] == {"kept": 0, "ignored": 1, "refused": 0}
    [(_, difference)] = report.differences
    assert "no clinician here" in difference.here


def test_a_slot_is_never_double_booked(actor: User) -> None:
    taker = make_patient(actor=actor)
    start = soon().replace(minute=20)
    appointments.book(
        patient_id=taker.pk, clinician_id=actor.pk, starts_at=start, minutes=20, actor=actor
    )
    report = taken(actor, booking())
    assert report.exit_code == 0
    assert Appointment.objects.count() == 1
    [(_, difference)] = report.differences
    assert "something else is booked" in difference.here


@pytest.mark.parametrize(
    "status", ["cancelled", "entered-in-error", "noshow", "fulfilled", "proposed"]
)
def test_what_is_over_or_off_keeps_no_slot(status: str, actor: User) -> None:
    report = taken(actor, booking(status=status))
    assert report.exit_code == 0, report.refused
    assert not Appointment.objects.exists()
    assert report.to_json()["resources"]["Appointment"]["ignored"] == 1


def test_what_lies_in_the_past_keeps_no_slot(actor: User) -> None:
    report = taken(actor, booking(soon(days=-9)))
    assert report.exit_code == 0
    assert not Appointment.objects.exists()


def test_a_booking_follows_its_source_until_somebody_here_moves_it(actor: User) -> None:
    taken(actor, booking())
    assert taken(actor, booking(soon(1))).patients["updated"] == 1
    row = Appointment.objects.get()
    assert row.starts_at == soon(1)
    taken(actor, booking(soon(1), status="cancelled"))
    row.refresh_from_db()
    assert row.status == AppointmentStatus.CANCELLED
    taken(actor, booking(soon(1)))
    row.refresh_from_db()
    assert row.status == AppointmentStatus.BOOKED
    appointments.move(
        appointment_id=row.pk, clinician_id=actor.pk, starts_at=soon(3), was=row.starts_at,
        actor=actor,
    )  # fmt: skip
    report = taken(actor, booking(soon(2)))
    row.refresh_from_db()
    assert row.starts_at == soon(3)
    [(_, difference)] = report.differences
    assert difference.there == soon(2).astimezone(UTC).isoformat(timespec="minutes")
    assert AuditEvent.objects.filter(action="patient.import-updated").count() == 3


def test_a_booking_that_ends_before_it_begins_is_refused(actor: User) -> None:
    report = taken(actor, booking(end=soon(-1).isoformat()))
    assert report.exit_code == 1
    assert not Patient.objects.exists()


def test_a_weight_without_a_unit_is_no_weight(actor: User) -> None:
    report = taken(actor, observed("a", "29463-7", value={"value": 80}))
    assert report.exit_code == 1
    assert "valueQuantity" in said(report)
