"""The plainest valid example of each thing, built through the actions; every person is made up."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from itertools import count
from typing import Any
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone

from tautband.accounts import actions as accounts
from tautband.accounts.access import Role
from tautband.accounts.models import User
from tautband.clinical.terms import Sex
from tautband.records.actions import centres, chart, patients
from tautband.records.actions.demographics import Demographics
from tautband.records.models import Centre, Patient
from tautband.records.models.vocabulary import StatementKind
from tautband.records.queries import centre as centre_queries

PASSWORD = "correct horse battery staple"  # a test's own
_numbers: Iterator[int] = count(1)
_GIVEN = ("Ada", "Bruno", "Chiara", "Dmitri", "Esme", "Farid", "Greta", "Hamza", "Ines", "Jonas")
_FAMILY = ("Albright", "Bassett", "Cordova", "Dunmore", "Eastgate", "Farrow", "Gable", "Holloway")


def _person(role: Role, *, is_senior: bool = False) -> User:
    number = next(_numbers)
    return accounts.create(
        username=f"{role}-{number}-{uuid4().hex[:6]}",
        full_name=f"Test {str(role).title()} {number}",
        short_name=f"{str(role)[:1].upper()}{number}",
        roles=[role],
        is_senior=is_senior,
        password=PASSWORD,
        actor=None,
        must_change_password=False,
    )


def make_clinician(*, senior: bool = False) -> User:
    """Somebody who plans and injects."""
    return _person(Role.CLINICIAN, is_senior=senior)


def make_nurse() -> User:
    """Somebody who prepares and observes."""
    return _person(Role.NURSE)


def make_pharmacist() -> User:
    """Somebody who reads the record."""
    return _person(Role.PHARMACIST)


def make_desk() -> User:
    """Somebody who registers and books."""
    return _person(Role.DESK)


def make_manager() -> User:
    """Somebody who runs the centre."""
    return _person(Role.MANAGER)


def make_auditor() -> User:
    """Somebody who reads the trail."""
    return _person(Role.AUDITOR)


def make_centre(**changes: Any) -> Centre:
    """The one centre, opened once; `changes` are fields of CentreFields to differ in."""
    fields = centres.CentreFields(
        **{
            "name": "Harbour Street Medical Centre",
            "time_zone": "Europe/London",
            "emergency_number": "999",
            "out_of_hours_number": "01632 960 000",
            "languages": ("en", "ar"),
            "rooms": ("Room 1", "Room 2"),
            **changes,
        }
    )
    place = centre_queries.current()
    if place is None:
        return centres.open_centre(fields=fields, actor=make_manager())
    if changes:
        return centres.change(fields=fields, actor=make_manager())
    return place


def make_patient(
    *,
    weight_kg: Decimal | None = Decimal(70),
    height_cm: Decimal | None = None,
    born_on: date | None = None,
    sex: Sex = Sex.FEMALE,
    given_name: str = "",
    family_name: str = "",
    phone: str = "",
    allergies: tuple[str, ...] = (),
    medicines: tuple[str, ...] = (),
    conditions: tuple[str, ...] = (),
    no_known_allergies: bool = False,
    actor: User | None = None,
    token: UUID | None = None,
) -> Patient:
    """An adult on record, weighed today unless `weight_kg` is None."""
    make_centre()
    number = next(_numbers)
    actor = actor or make_clinician()
    who = Demographics(
        given_name=given_name or _GIVEN[number % len(_GIVEN)],
        family_name=family_name or f"{_FAMILY[number % len(_FAMILY)]}{_letters(number)}",
        # Far enough apart that no two of them look like one person written twice.
        born_on=born_on or date(1950 + number % 40, 1 + number % 12, 1 + number % 28),
        sex=sex,
        phone=phone,
    )
    with transaction.atomic():
        likely = patients.likely_duplicates(names=who.names, born_on=who.born_on, phone=phone)
        patient = patients.register(
            who=who,
            actor=actor,
            different_from=[one.patient.pk for one in likely],
            token=token,
        )
        today = centre_queries.today(timezone.now())
        if weight_kg is not None:
            chart.record_weight(
                patient_id=patient.pk,
                weight_g=int(weight_kg * 1000),
                as_entered=f"{weight_kg} kg",
                measured_on=today,
                measured_at=timezone.now(),
                actor=actor,
            )
        if height_cm is not None:
            chart.record_height(
                patient_id=patient.pk,
                height_mm=int(height_cm * 10),
                as_entered=f"{height_cm} cm",
                measured_on=today,
                actor=actor,
            )
        lists = (
            (StatementKind.ALLERGY, allergies),
            (StatementKind.MEDICINE, medicines),
            (StatementKind.CONDITION, conditions),
        )
        for kind, texts in lists:
            for text in texts:
                chart.add_statement(
                    patient_id=patient.pk,
                    kind=kind,
                    text=text,
                    severity="unknown" if kind is StatementKind.ALLERGY else "",
                    actor=actor,
                )
        if no_known_allergies:
            chart.state_no_known_allergies(patient_id=patient.pk, actor=actor)
    patient.refresh_from_db()
    return patient


def _letters(number: int) -> str:
    """A number as letters, so that made-up family names differ."""
    letters = ""
    while number:
        number, digit = divmod(number, 20)
        letters += "bcdfghjklmnpqrstvwxz"[digit]
    return letters
