"""A clinic of fictional people to measure: a full day, a long history, sessions being planned."""

import os
import sqlite3
from dataclasses import dataclass, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

if TYPE_CHECKING:
    from tautband.accounts.models import User

DAY_ROWS = 300
PAST_SITTINGS, ROWS_OF_EACH = 40, 5
PASSWORD = "correct horse battery staple"


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSession:
    """A session at the plan, with four rows."""

    procedure: UUID
    rows: tuple[UUID, ...]
    syringe: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Clinic:
    """Who signs in, and what they will look at."""

    username: str
    patient: UUID
    sessions: tuple[OpenSession, ...]


def use(data: Path, *, settings: str, database: str = "") -> None:
    """Make this process work on that data folder; once per process."""
    os.environ["TAUTBAND_DATA"] = str(data)
    os.environ["DJANGO_SETTINGS_MODULE"] = settings
    os.environ.pop("TAUTBAND_DATABASE_URL", None)
    if database:
        os.environ["TAUTBAND_DATABASE_URL"] = database
    import django

    from tautband.config import install

    install.prepare()
    django.setup()
    from tautband.config import store

    store.bring_up()


def build(*, sessions: int) -> Clinic:
    """Fill the empty store that `use` opened."""
    from django.utils import timezone

    from tautband.records.queries import centre
    from tests import builders
    from tests.web.busy_day import make_busy_day
    from tests.web.past_sittings import past_sitting

    builders.make_centre()
    now = timezone.now()
    clinicians = [builders.make_clinician() for _ in range(10)]
    nurse, desk = builders.make_nurse(), builders.make_desk()
    doctor = clinicians[0]
    patient = builders.make_patient(
        height_cm=Decimal(165), allergies=("Latex",), medicines=("Warfarin",),
        conditions=("Asthma",),
    )  # fmt: skip
    for number in range(PAST_SITTINGS):
        past_sitting(patient, doctor, days_ago=5 + 8 * number, injections=ROWS_OF_EACH)
    opened = tuple(open_session(doctor, nurse, desk) for _ in range(sessions))
    make_busy_day(
        rows=DAY_ROWS - sessions, clinicians=clinicians, now=now, today=centre.today(now)
    )  # fmt: skip
    _book(opened, doctor)
    return Clinic(username=doctor.username, patient=patient.pk, sessions=opened)


def _book(opened: tuple[OpenSession, ...], doctor: "User") -> None:
    """Give the open sessions a booking each, so that the day has as many bookings as lines."""
    from tautband.records.models import Appointment, Encounter

    for number, session in enumerate(opened):
        visit = Encounter.objects.get(procedures=session.procedure)
        visit.appointment = Appointment.objects.create(
            patient_id=visit.patient_id, clinician=doctor, booked_by=doctor, status="arrived",
            starts_at=visit.arrived_at - timedelta(seconds=number),
        )  # fmt: skip
        visit.save(update_fields=["appointment"])


def open_session(doctor: "User", nurse: "User", desk: "User") -> OpenSession:
    """Walk a new patient to the plan, through the actions that the pages use."""
    from django.utils import timezone

    from tautband.clinical.lifecycle import Step
    from tautband.demo.clock import Clock
    from tautband.demo.plans import PLANS
    from tautband.demo.sitting import Walk
    from tautband.demo.visit import Pain, Visit
    from tautband.records.actions import encounters
    from tautband.records.actions.rows import Row
    from tests import builders

    patient = builders.make_patient(medicines=("Ramipril 5 mg",), no_known_allergies=True)
    begun = timezone.now() - timedelta(minutes=30)
    procedure = encounters.walk_in(
        patient_id=patient.pk, clinician=doctor, reason="Neck pain", actor=desk, now=begun
    )
    over_lung = Row(
        muscle="trapezius_upper", side="right", volume_ul=1000, needle_gauge=25, needle_um=25_000,
        depth_um=18_000, pleura_depth_um=41_200, guidance="ultrasound",
    )  # fmt: skip
    plain = Row(
        muscle="infraspinatus", side="right", volume_ul=500, needle_gauge=25, needle_um=38_000,
        depth_um=15_000, guidance="landmark",
    )  # fmt: skip
    rows = [
        over_lung,
        plain,
        replace(over_lung, muscle="levator_scapulae"),
        replace(plain, muscle="supraspinatus", side="left"),
    ]
    walk = Walk(
        Visit(
            patient=patient, clinician=doctor, nurse=nurse, desk=desk, plan=PLANS["neck-shoulder"],
            side="right", weight_g=70_000, rows=rows, until=Step.PLAN,
            pain=Pain(now=7, average=6, worst=8, peg=(7, 6, 6), after=3, at_30_min=3),
        ),
        procedure,
        Clock(begun),
    )  # fmt: skip
    walk.run()
    assert walk.syringe is not None
    return OpenSession(
        procedure=procedure.pk, rows=tuple(row.pk for row in walk.rows), syringe=walk.syringe.pk
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """A clinician and a nurse by the names they sign in with, and their patients."""

    doctor: str
    doctor_id: UUID
    nurse: str
    patients: tuple[UUID, ...]
    questions: tuple[str, ...]


def crews(number: int, *, patients: int) -> list[Crew]:
    """So many pairs of people, each with patients of their own."""
    from tautband.clinical import ask
    from tests import builders

    builders.make_centre()
    questions = tuple(question.id for question in ask.questions())
    made = []
    for _ in range(number):
        doctor, nurse = builders.make_clinician(), builders.make_nurse()
        people = tuple(builders.make_patient().pk for _ in range(patients))
        made.append(
            Crew(
                doctor=doctor.username, doctor_id=doctor.pk, nurse=nurse.username,
                patients=people, questions=questions,
            )
        )  # fmt: skip
    return made


def copy_store(source: Path, target: Path) -> None:
    """The same SQLite file in another data folder."""
    target.mkdir(parents=True)
    name = "tautband.sqlite3"
    with sqlite3.connect(source / name) as old, sqlite3.connect(target / name) as new:
        old.backup(new)
    old.close()
    new.close()
