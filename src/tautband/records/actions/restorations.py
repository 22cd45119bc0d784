"""Putting a patient on record as another installation of this software held them, row by row.

This is for import alone. It writes signed history that nobody here signed, so it is done whole or
not at all, only where the patient is not yet, and only rows that hang together: nothing that stands
here is ever touched, and nobody who works here is made the author of a line.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import models, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts import actions as accounts
from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import Refused
from tautband.records.actions import demographics
from tautband.records.actions.imported import Intake, Outcome
from tautband.records.actions.patients import Identifier, insist, next_number
from tautband.records.models import Appointment, Centre, Patient, PatientIdentifier, Procedure
from tautband.records.queries import centre
from tautband.records.queries.patients import holders_of
from tautband.records.queries.whole_record import LISTS

Row = tuple[type[models.Model], Mapping[str, Any]]
# A number so far ahead of the next one would leave the centre without any.
_FURTHEST_NUMBER = 100_000
# The models that make up a record, in the order in which one may point to another.
_MODELS: list[type[models.Model]] = [Patient, *(model for model, _way, _order in LISTS.values())]
_ORDER = {model: index for index, model in enumerate(_MODELS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedPerson:
    """Somebody whom the rows name, as the other installation called them."""

    id: UUID
    full_name: str
    short_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedRecord:
    """One patient's rows, by column, with the identifiers and the people they name."""

    rows: Sequence[Row]
    identifiers: Sequence[Identifier]
    people: Sequence[CarriedPerson]


@transaction.atomic
def restore(*, record: CarriedRecord, actor: User, now: datetime | None = None) -> Intake:
    """Write the rows as they are, with their ids, versions and times.

    The number is kept where it is free here, else the centre gives its next. A record all of whose
    rows are here already is left as it is; one of which only a part is, is refused.
    """
    insist(actor, Permission.IMPORT_PATIENTS)
    if any(model is Procedure for model, _values in record.rows):
        # Sessions come in signed, so whoever answers for them must be somebody who signs.
        insist(actor, Permission.SIGN)
    now = now or timezone.now()
    rows = [model(**values) for model, values in record.rows]
    patient = _the_patient(rows)
    if Patient.objects.filter(pk=patient.pk).exists():
        _insist_all_here(rows)
        return Intake(patient.pk, Outcome.UNCHANGED)
    if holders_of(record.identifiers):
        raise Refused(_("Another patient here has one of these identifiers."))
    _insist_whole(rows, {person.id for person in record.people})
    _insist_past(rows, now)
    demographics.check(demographics.of(patient), today=centre.today(now))
    patient.number = _number(patient.number)
    remembered = _remember(record.people, actor)
    for row in sorted(rows, key=lambda each: _ORDER[type(each)]):
        # Raw, so that times that the store would set by itself stay as they were.
        row.save_base(raw=True, force_insert=True)
    PatientIdentifier.objects.bulk_create(
        PatientIdentifier(patient=patient, system=system, value=value)
        for system, value in dict.fromkeys(record.identifiers)
    )
    demographics.index(patient)
    trail.record(
        "patient.restore",
        actor_id=actor.pk,
        patient_id=patient.pk,
        target_id=patient.pk,
        detail={
            "rows": len(rows),
            "sessions": [str(row.pk) for row in rows if isinstance(row, Procedure)],
            "people": remembered,
        },
    )
    return Intake(patient.pk, Outcome.CREATED)


def _the_patient(rows: Sequence[models.Model]) -> Patient:
    found = [row for row in rows if isinstance(row, Patient)]
    if len(found) != 1:
        raise Refused(_("The record of one patient is expected."))
    return found[0]


def _insist_all_here(rows: Sequence[models.Model]) -> None:
    for row in rows:
        if not type(row)._default_manager.filter(pk=row.pk).exists():
            raise Refused(
                _("This patient is here already, and not all of this record. It is taken in whole"
                  " where the patient is not, and never in parts.")
            )  # fmt: skip


def _insist_whole(rows: Sequence[models.Model], people: set[UUID]) -> None:
    """Every row belongs to this patient, points to rows that come along, and there are no twins."""
    here: dict[type[models.Model], set[Any]] = {}
    for row in rows:
        keys = here.setdefault(type(row), set())
        if row.pk in keys:
            raise Refused(_("Two parts of this record have one id."))
        keys.add(row.pk)
    for row in rows:
        for target, key in _pointed_at(row):
            if key not in (people if target is User else here.get(target, set())):
                raise Refused(_("A part of this record points to what did not come with it."))


def _pointed_at(row: models.Model) -> Iterator[tuple[type[models.Model], Any]]:
    for column in row._meta.concrete_fields:
        target = column.related_model
        if isinstance(target, type) and (key := getattr(row, column.attname)) is not None:
            yield target, key


def _insist_past(rows: Sequence[models.Model], now: datetime) -> None:
    """Nothing that happened lies in the future; only a booking may."""
    for row in rows:
        for column in row._meta.concrete_fields:
            value = getattr(row, column.attname)
            is_booking = isinstance(row, Appointment) and column.name == "starts_at"
            if isinstance(value, datetime) and value > now and not is_booking:
                raise Refused(_("Something in this record has not happened yet."))


def _number(wanted: str) -> str:
    """The number the patient had, where nobody here has it and it leaves others for the rest."""
    place = Centre.objects.select_for_update().first()
    digits = wanted.replace("-", "")
    is_ours = len(digits) == 7 and digits.isdecimal() and digits.isascii()
    if place is None or not is_ours or Patient.objects.filter(number=wanted).exists():
        return next_number()
    ahead = int(digits) - place.next_patient_number
    if ahead > _FURTHEST_NUMBER or wanted != f"{digits[:2]}-{digits[2:5]}-{digits[5:]}":
        return next_number()
    if ahead >= 0:
        place.next_patient_number = int(digits) + 1
        place.save(update_fields=["next_patient_number"])
    return wanted


def _remember(people: Sequence[CarriedPerson], actor: User) -> int:
    """Keep the names of those who are not known here yet; how many these were."""
    known = {
        person.pk: person for person in User.objects.filter(pk__in=[each.id for each in people])
    }
    for person in known.values():
        if person.is_active or person.has_usable_password():
            raise Refused(_("A file cannot say what somebody did who has an account here."))
    fresh = [each for each in people if each.id not in known]
    for each in fresh:
        accounts.remember(
            person_id=each.id, full_name=each.full_name, short_name=each.short_name, actor=actor
        )
    return len(fresh)
