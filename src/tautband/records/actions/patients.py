"""Registering a patient and correcting who they are."""

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, may
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import NotAllowed, Refused, Stale
from tautband.records.actions import demographics
from tautband.records.actions.demographics import Demographics
from tautband.records.models import Centre, Patient, PatientIdentifier
from tautband.records.prepared import Prepared
from tautband.records.queries import centre, merging
from tautband.records.queries.patients import Likely, holders_of, likely_duplicates

ENTERED = "entered"
_LAST_NUMBER = 9_999_999
Identifier = tuple[str, str]


class MayBeHereAlready(Refused):
    """Somebody very like this person is on record; `likely` says who and why."""

    def __init__(self, likely: Sequence[Likely]) -> None:
        super().__init__(
            _(
                "This person may be here already. Open the record if it is the same person; "
                "otherwise say that this is a different person."
            )
        )
        self.likely = tuple(likely)


class MergedAway(Stale):
    """This record was merged into another; `survivor_id` says which."""

    def __init__(self, patient: Patient) -> None:
        survivor = merging.survivor_of(patient)
        super().__init__(
            _(
                "This record was merged into the record with number %s meanwhile. Nothing was"
                " saved here: go on there."
            )
            % survivor.number
        )
        self.patient_id = patient.pk
        self.survivor_id = survivor.pk
        self.number = survivor.number


def insist(actor: User, permission: Permission) -> None:
    """Refuse what the person's roles do not allow."""
    if not may(actor, permission):
        raise NotAllowed(_("Your role does not do this. Ask a colleague who may."))


_hold: Prepared[Patient] = Prepared(
    lambda patient_id: Patient.objects.select_for_update().filter(pk=patient_id)
)


def hold(patient_id: UUID, *, revision: int | None = None) -> Patient:
    """Lock the patient's row until the transaction ends; a stale page is told so."""
    patient = _hold.first(patient_id)
    if patient is None:
        raise Refused(_("This patient does not exist."))
    insist_stands(patient)
    if revision is not None and revision != patient.revision:
        raise Stale(
            _("This record was changed elsewhere meanwhile. Look at it as it is now, then go on.")
        )
    return patient


def insist_stands(patient: Patient) -> None:
    """Refuse to write on a record that was merged into another."""
    if patient.merged_into_id is not None:
        raise MergedAway(patient)


def let_go(
    patient: Patient,
    *,
    actor: User,
    event: str,
    target_id: UUID | None = None,
    columns: Collection[str] = (),
    detail: dict[str, object] | None = None,
) -> None:
    """Raise the revision, save the named columns, and write the one audit event."""
    patient.revision += 1
    patient.save(update_fields=["revision", *columns])
    trail.record(
        event,
        actor_id=actor.pk,
        patient_id=patient.pk,
        target_id=target_id or patient.pk,
        detail=detail,
    )


def next_number() -> str:
    """The centre's next patient number, as NN-NNN-NN; the centre's row stays locked."""
    place = Centre.objects.select_for_update().first()
    if place is None:
        raise Refused(_("Set up the centre first: patients are numbered by it."))
    digits = f"{place.next_patient_number:07}"
    if place.next_patient_number > _LAST_NUMBER:
        raise Refused(_("The centre has no patient numbers left."))
    place.next_patient_number += 1
    place.save(update_fields=["next_patient_number"])
    return f"{digits[:2]}-{digits[2:5]}-{digits[5:]}"


def create(
    who: Demographics,
    *,
    patient_id: UUID,
    source: str,
    identifiers: Collection[Identifier],
    actor: User,
) -> Patient:
    """Write a checked patient with a new number; the caller writes the event."""
    patient = Patient.objects.create(
        pk=patient_id,
        number=next_number(),
        source=source,
        created_by=actor,
        **{name: getattr(who, name) for name in demographics.COLUMNS},
    )
    PatientIdentifier.objects.bulk_create(
        PatientIdentifier(patient=patient, system=system, value=value)
        for system, value in identifiers
    )
    demographics.index(patient)
    return patient


def _clean_identifiers(identifiers: Collection[Identifier]) -> list[Identifier]:
    cleaned = []
    for system, value in identifiers:
        value = demographics.tidy(value)
        if not value:
            continue
        if words := demographics.too_long(value, PatientIdentifier, "value"):
            raise Refused(words, fields={"identifier": words})
        cleaned.append((system, value))
    return list(dict.fromkeys(cleaned))


@transaction.atomic
def register(
    *,
    who: Demographics,
    actor: User,
    identifiers: Collection[Identifier] = (),
    different_from: Collection[UUID] = (),
    token: UUID | None = None,
    now: datetime | None = None,
) -> Patient:
    """Put a new patient on record.

    Whoever is very like them must be named in `different_from`, after a person looked; the same
    `token` twice registers once.
    """
    insist(actor, Permission.REGISTER_PATIENT)
    token = token or uuid4()
    again = Patient.objects.filter(pk=token, created_by=actor).first()
    if again is not None:
        return again
    who = demographics.check(who, today=centre.today(now or timezone.now()))
    known_as = _clean_identifiers(identifiers)
    likely = likely_duplicates(
        names=who.names, born_on=who.born_on, phone=who.phone, identifiers=known_as
    )
    if {one.patient.pk for one in likely} - set(different_from):
        raise MayBeHereAlready(likely)
    if holders_of(known_as):
        words = _("Another patient holds this number. One of the two is wrong.")
        raise Refused(words, fields={"identifier": words})
    patient = create(who, patient_id=token, source=ENTERED, identifiers=known_as, actor=actor)
    trail.record(
        "patient.register",
        actor_id=actor.pk,
        patient_id=patient.pk,
        target_id=patient.pk,
        detail={"different_from": sorted(str(one.patient.pk) for one in likely)},
    )
    return patient


@transaction.atomic
def edit_demographics(
    *,
    patient_id: UUID,
    revision: int,
    who: Demographics,
    actor: User,
    now: datetime | None = None,
) -> Patient:
    """Correct who a patient is; from then on no import overwrites it."""
    insist(actor, Permission.REGISTER_PATIENT)
    patient = hold(patient_id, revision=revision)
    who = demographics.check(who, today=centre.today(now or timezone.now()))
    changes = demographics.changed(patient, who)
    if not changes:
        return patient
    for name, value in changes.items():
        setattr(patient, name, value)
    patient.source = ENTERED
    let_go(
        patient,
        actor=actor,
        event="patient.edit-demographics",
        columns=(*changes, "source"),
        detail={"fields": sorted(changes)},
    )
    demographics.index(patient)
    return patient
