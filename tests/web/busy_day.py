"""A day with many rows, written straight into the tables: only its size matters here."""

from datetime import date, datetime, timedelta
from uuid import uuid4

from tautband.accounts.models import User
from tautband.records.models import (
    Appointment,
    ClinicalStatement,
    Encounter,
    Ingredient,
    Injection,
    Patient,
    Procedure,
    Recovery,
    Syringe,
)

MEDICINES = ("Warfarin 5 mg", "Ramipril 5 mg", "Metformin 500 mg", "Paracetamol", "Apixaban 5 mg")
MUSCLES = ("trapezius_upper", "levator_scapulae", "infraspinatus", "supraspinatus")


def make_busy_day(*, rows: int, clinicians: list[User], now: datetime, today: date) -> None:
    """Half of the rows are booked, half are visits, a third of those injected."""
    author = clinicians[0]
    patients = Patient.objects.bulk_create(
        Patient(
            number=f"90-{n:06}", given_name="Test", family_name=f"Person{n}",
            born_on=date(1940 + n % 60, 1 + n % 12, 1 + n % 28), sex="female",
            interpreter_language="Czech" if n % 9 == 0 else "", created_by=author,
        )
        for n in range(rows)
    )  # fmt: skip
    ClinicalStatement.objects.bulk_create(
        ClinicalStatement(
            patient=patient, kind="medicine", text=MEDICINES[(n + k) % 5], recorded_by=author
        )
        for n, patient in enumerate(patients)
        for k in range(4)
    )
    half = rows // 2
    appointments = Appointment.objects.bulk_create(
        Appointment(
            patient=patient, clinician=clinicians[n % len(clinicians)], minutes=5,
            starts_at=now + timedelta(minutes=(n - half) // len(clinicians)), reason="Neck pain",
            region="Neck", status="arrived" if n < half else "booked", booked_by=author,
        )
        for n, patient in enumerate(patients)
    )  # fmt: skip
    encounters = Encounter.objects.bulk_create(
        Encounter(
            patient=each.patient, appointment=each, clinician=each.clinician, on=today,
            arrived_at=each.starts_at, room="Room 1" if n % 2 else "", region="Neck",
            identity_checked_at=now, asked_at=now, assessed_at=now,
        )
        for n, each in enumerate(appointments[:half])
    )  # fmt: skip
    procedures = Procedure.objects.bulk_create(
        Procedure(
            patient_id=encounter.patient_id, encounter=encounter,
            status="in-progress" if n % 3 == 0 else "preparation",
            planned_at=now if n % 3 < 2 else None,
            started_at=now if n % 3 == 0 else None, ended_at=now if n % 6 == 0 else None,
        )
        for n, encounter in enumerate(encounters)
    )  # fmt: skip
    Recovery.objects.bulk_create(
        Recovery(procedure=each, started_at=now, minimum_minutes=30)
        for each in procedures
        if each.ended_at
    )
    syringes = Syringe.objects.bulk_create(
        Syringe(procedure=each, label="A") for each in procedures
    )
    Ingredient.objects.bulk_create(
        Ingredient(
            id=uuid4(), syringe=syringe, position=k, agent=agent, volume_ul=4000, lot=f"LX{n % 7}",
            concentration_ug_per_ml=10_000, expires_on=date(2030, 3, 31),
        )
        for n, syringe in enumerate(syringes)
        for k, agent in enumerate(("lidocaine", "triamcinolone_acetonide"))
    )  # fmt: skip
    Injection.objects.bulk_create(
        Injection(
            procedure_id=syringe.procedure_id, number=k + 1, muscle=muscle, side="left",
            syringe=syringe, volume_ul=1000,
        )
        for syringe in syringes
        for k, muscle in enumerate(MUSCLES)
    )  # fmt: skip
