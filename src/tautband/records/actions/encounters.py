"""A visit: arrival, identity, weight, what was asked today."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID, uuid4

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, Role, may
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinical import ask
from tautband.clinical.terms import Answer
from tautband.errors import NotAllowed, Refused
from tautband.records.actions import asked, chart, elsewhere, patients, texts
from tautband.records.actions.standing import hold_open, insist_seen, insist_unused, let_go
from tautband.records.models import (
    Appointment,
    Encounter,
    Measurement,
    Patient,
    Procedure,
    ScreeningAnswer,
)
from tautband.records.models.vocabulary import AppointmentStatus, MeasurementKind
from tautband.records.queries import centre, merging

IDENTIFIERS = ("name", "born_on", "number", "phone", "address")


def _insist(actor: User, permission: Permission) -> None:
    if not may(actor, permission):
        raise NotAllowed(_("Your role does not do this. Ask a colleague who may."))


def _open(
    *,
    patient: Patient,
    clinician: User,
    actor: User,
    now: datetime,
    appointment: Appointment | None,
    reason: str,
    region: str,
    room: str,
    token: UUID,
) -> Procedure:
    if Role.CLINICIAN not in clinician.roles or not clinician.is_active:
        words = _("Choose a clinician who works here.")
        raise Refused(words, fields={"clinician": words})
    encounter = Encounter.objects.create(
        patient=patient,
        appointment=appointment,
        clinician=clinician,
        arrived_at=now,
        on=centre.today(now),
        reason=reason,
        region=region,
        room=room,
    )
    procedure = Procedure.objects.create(pk=token, patient=patient, encounter=encounter)
    trail.record(
        "encounter.arrive",
        actor_id=actor.pk,
        patient_id=patient.pk,
        target_id=encounter.pk,
        detail={"procedure": str(procedure.pk), "booked": appointment is not None},
    )
    return procedure


@transaction.atomic
def receive(*, appointment_id: UUID, actor: User, now: datetime | None = None) -> Procedure:
    """A booked patient is here: the visit begins. Doing it twice opens one visit."""
    _insist(actor, Permission.RECEIVE)
    about = Appointment.objects.filter(pk=appointment_id).values_list("patient_id", flat=True)
    for patient_id in about:
        # Before the booking: a merge takes the two in this order, too.
        patients.hold(patient_id)
    appointment = (
        Appointment.objects.select_for_update(of=("self",))
        .select_related("patient", "clinician")
        .filter(pk=appointment_id)
        .first()
    )
    if appointment is None:
        raise Refused(_("This appointment does not exist."))
    if appointment.status == AppointmentStatus.ARRIVED:
        standing = Procedure.objects.filter(encounter__appointment=appointment).first()
        if standing is not None:
            return standing
    if appointment.status != AppointmentStatus.BOOKED:
        raise Refused(_("This appointment was cancelled or missed. Book again, or add a walk-in."))
    appointment.status = AppointmentStatus.ARRIVED
    appointment.save(update_fields=["status"])
    return _open(
        patient=appointment.patient,
        clinician=appointment.clinician,
        actor=actor,
        now=now or timezone.now(),
        appointment=appointment,
        reason=appointment.reason,
        region=appointment.region,
        room=appointment.room,
        token=uuid4(),
    )


@transaction.atomic
def walk_in(
    *,
    patient_id: UUID,
    clinician: User,
    reason: str,
    actor: User,
    region: str = "",
    room: str = "",
    token: UUID | None = None,
    now: datetime | None = None,
) -> Procedure:
    """A patient without a booking is here. `token` makes a second click harmless."""
    _insist(actor, Permission.RECEIVE)
    patient = Patient.objects.select_for_update().filter(pk=patient_id).first()
    if patient is None:
        raise Refused(_("This patient does not exist."))
    patients.insist_stands(patient)
    again = Procedure.objects.filter(pk=token, patient=patient).first() if token else None
    if again is not None:
        return again
    insist_unused(Procedure, token)
    problems: dict[str, str] = {}
    typed = texts.read(Encounter, problems, reason=reason, region=region, room=room)
    if problems:
        raise Refused(_("Something here is too long."), fields=problems)
    return _open(
        patient=patient,
        clinician=clinician,
        actor=actor,
        now=now or timezone.now(),
        appointment=None,
        token=token or uuid4(),
        **typed,
    )


@transaction.atomic
def confirm_identity(*, procedure_id: UUID, identifiers: Sequence[str], actor: User) -> Procedure:
    """Two things the patient said, unprompted, match the record."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.RECEIVE)
    chosen = [name for name in IDENTIFIERS if name in identifiers]
    if len(chosen) < 2:
        words = _("Ask openly for two identifiers, and tick the two that matched.")
        raise Refused(words, fields={"identifiers": words})
    encounter = procedure.encounter
    encounter.identifiers_checked = chosen
    encounter.identity_checked_at = timezone.now()
    encounter.identity_checked_by = actor
    encounter.save(
        update_fields=["identifiers_checked", "identity_checked_at", "identity_checked_by"]
    )
    let_go(
        procedure, actor=actor, event="encounter.confirm-identity", target_id=encounter.pk,
        detail={"identifiers": chosen},
    )  # fmt: skip
    return procedure


@transaction.atomic
def weigh(
    *,
    procedure_id: UUID,
    weight_g: int,
    as_entered: str,
    actor: User,
    confirmed: bool = False,
    token: UUID | None = None,
    now: datetime | None = None,
) -> Procedure:
    """Weigh the patient now, and reckon today's doses from it: the chart and the visit at once."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.MEASURE)
    if token is not None and procedure.encounter.weight_id == token:
        return procedure
    now = now or timezone.now()
    measured = chart.weighed(
        patients.hold(procedure.patient_id),
        weight_g=weight_g,
        as_entered=as_entered,
        measured_on=centre.today(now),
        measured_at=now,
        confirmed=confirmed,
        token=token,
        actor=actor,
        now=now,
    )
    _reckon_from(procedure, measured, actor)
    let_go(
        procedure, actor=actor, event="encounter.weigh", target_id=measured.pk,
        detail={"encounter": str(procedure.encounter_id)},
    )  # fmt: skip
    return procedure


def _reckon_from(procedure: Procedure, weight: Measurement, actor: User) -> None:
    encounter = procedure.encounter
    encounter.weight = weight
    encounter.weight_accepted_by = actor
    encounter.save(update_fields=["weight", "weight_accepted_by"])


@transaction.atomic
def accept_weight(*, procedure_id: UUID, measurement_id: UUID, actor: User) -> Procedure:
    """Say on purpose which weighing today's doses are reckoned from."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.MEASURE)
    weight = Measurement.objects.filter(
        pk=measurement_id,
        patient_id=procedure.patient_id,
        kind=MeasurementKind.WEIGHT,
        entered_in_error=False,
    ).first()
    if weight is None:
        raise Refused(_("This weight is not on the patient's record. Weigh the patient."))
    _insist_weight_counts(procedure, weight)
    _reckon_from(procedure, weight, actor)
    let_go(
        procedure, actor=actor, event="encounter.accept-weight", target_id=procedure.encounter_id,
        detail={"measurement": str(weight.pk)},
    )  # fmt: skip
    return procedure


def _insist_weight_counts(procedure: Procedure, weight: Measurement) -> None:
    """Refuse a weight of which nobody could say whose it is; what is over keeps what it had."""
    if merging.doubted_since(procedure, weight) is not None:
        raise Refused(
            _("Two records with weights far apart were merged here. Weigh the patient first.")
        )


@transaction.atomic
def move(*, procedure_id: UUID, room: str, actor: User) -> Procedure:
    """The patient waits or sits somewhere else now."""
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.RECEIVE)
    problems: dict[str, str] = {}
    procedure.encounter.room = texts.read(Encounter, problems, room=room)["room"]
    if problems:
        raise Refused(problems["room"], fields=problems)
    procedure.encounter.save(update_fields=["room"])
    let_go(procedure, actor=actor, event="encounter.move", target_id=procedure.encounter_id)
    return procedure


@dataclass(frozen=True, kw_only=True)
class AskedToday:
    """One answer as it came from the page."""

    answer: str
    details: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def answer_questions(
    *,
    procedure_id: UUID,
    answers: Mapping[str, AskedToday],
    actor: User,
    seen: str | None = None,
) -> Procedure:
    """Keep today's answers: every question answered yes, no or unknown, none left out.

    `seen` is the version of the answers that the page was drawn from (`standing.version_of`).
    """
    procedure = hold_open(procedure_id, actor=actor, permission=Permission.ASK)
    now = timezone.now()
    problems: dict[str, str] = {}
    cleaned: dict[str, dict[str, str]] = {}
    for question in ask.questions():
        given = answers.get(question.id)
        if given is None or given.answer not in set(Answer):
            problems[question.id] = _("Choose yes, no or unknown.")
            continue
        try:
            said = ask.check_answer(question.id, given.answer, given.details)
            elsewhere.check(question.id, said, patient=procedure.patient, now=now)
            cleaned[question.id] = {k: v for k, v in said.items() if k != "answer"}
        except Refused as refusal:
            problems |= {
                f"{question.id}.{name}": words for name, words in refusal.fields.items()
            } or {question.id: refusal.message}
    if problems:
        raise Refused(_("Some answers are missing or cannot be right."), fields=problems)
    encounter = procedure.encounter
    told = {question: (answers[question].answer, more) for question, more in cleaned.items()}
    stands = {row.question: (row.answer, row.details) for row in encounter.answers.all()}
    if encounter.asked_at is not None and seen is not None and told == stands:
        # A second click, or a colleague who heard the same.
        return procedure
    insist_seen(seen, encounter.asked_at)
    before = dict(encounter.answers.values_list("question", "answer"))
    encounter.answers.all().delete()
    ScreeningAnswer.objects.bulk_create(
        ScreeningAnswer(
            encounter=encounter,
            question=question,
            answer=answers[question].answer,
            details=details,
            answered_by=actor,
            answered_at=now,
        )
        for question, details in cleaned.items()
    )
    elsewhere.take_over(
        encounter=encounter,
        details={q: d for q, d in cleaned.items() if answers[q].answer == Answer.YES},
        actor=actor,
    )
    added = asked.to_chart(
        encounter=encounter,
        answers={question: Answer(answers[question].answer) for question in cleaned},
        details=cleaned,
        actor=actor,
    )
    encounter.asked_at = now
    encounter.asked_by = actor
    encounter.save(update_fields=["asked_at", "asked_by"])
    changed = [
        f"{question}:{old}>{answers[question].answer}"
        for question, old in sorted(before.items())
        if question in answers and answers[question].answer != old
    ]
    let_go(
        procedure, actor=actor, event="encounter.ask", target_id=encounter.pk,
        detail={"changed": changed, "added_to_chart": added},
    )  # fmt: skip
    return procedure
