"""What is written on a patient's chart: weight, height, allergies, medicines, conditions."""

from datetime import date, datetime
from typing import TypeVar, cast
from uuid import UUID, uuid4

from django.db import transaction
from django.db.models import Model
from django.utils import timezone
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission
from tautband.accounts.models import User
from tautband.clinical.amounts import check_weight_g
from tautband.clinical.terms import AllergySeverity
from tautband.errors import Refused, Stale
from tautband.records.actions import elsewhere
from tautband.records.actions.demographics import tidy, too_long
from tautband.records.actions.imported import touched
from tautband.records.actions.patients import hold, insist, let_go
from tautband.records.actions.standing import insist_unused
from tautband.records.models import ClinicalStatement, ElsewhereDose, Measurement, Patient
from tautband.records.models.vocabulary import MeasurementKind, StatementKind
from tautband.records.queries import centre
from tautband.records.queries.chart import UNLIKELY_CHANGE_PERCENT, latest_measurement

LOWEST_HEIGHT_MM = 400
HIGHEST_HEIGHT_MM = 2600
# Why a line was wrong: kept on the trail, as a code.
ERROR_REASONS = ("wrong-patient", "never-happened", "typed-wrong", "entered-twice")
LINES: dict[str, type[ClinicalStatement] | type[Measurement] | type[ElsewhereDose]] = {
    "statement": ClinicalStatement,
    "measurement": Measurement,
    "elsewhere-dose": ElsewhereDose,
}
Line = TypeVar("Line", bound=ClinicalStatement | Measurement | ElsewhereDose)


class ConfirmFirst(Refused):
    """It may be right, but is unlikely enough that a person must say so."""


def _check_day(day: date, *, field: str, patient: Patient, today: date) -> date:
    words = ""
    if day > today:
        words = _("This day is in the future.")
    elif day < patient.born_on:
        words = _("This day lies before the patient was born.")
    if words:
        raise Refused(words, fields={field: words})
    return day


def _check_text(
    text: str,
    *,
    column: str,
    field: str,
    required: bool = False,
    model: type[Model] = ClinicalStatement,
) -> str:
    tidied = tidy(text)
    if required and not tidied:
        words = _("Say what it is.")
        raise Refused(words, fields={field: words})
    if words := too_long(tidied, model, column):
        raise Refused(words, fields={field: words})
    return tidied


@transaction.atomic
def record_weight(
    *,
    patient_id: UUID,
    weight_g: int,
    as_entered: str,
    measured_on: date,
    actor: User,
    measured_at: datetime | None = None,
    confirmed: bool = False,
    token: UUID | None = None,
    now: datetime | None = None,
) -> Measurement:
    """Write a weighing in grams; a big change against the last one needs `confirmed`."""
    insist(actor, Permission.MEASURE)
    patient = hold(patient_id)
    known = _again(Measurement, token, patient)
    if known is not None:
        return known
    measurement = weighed(
        patient, weight_g=weight_g, as_entered=as_entered, measured_on=measured_on,
        measured_at=measured_at, confirmed=confirmed, token=token, actor=actor,
        now=now or timezone.now(),
    )  # fmt: skip
    let_go(patient, actor=actor, event="chart.record-weight", target_id=measurement.pk)
    return measurement


def weighed(
    patient: Patient,
    *,
    weight_g: int,
    as_entered: str,
    measured_on: date,
    measured_at: datetime | None,
    confirmed: bool,
    token: UUID | None,
    actor: User,
    now: datetime,
) -> Measurement:
    """A weighing of a patient whose row is locked; the action that weighs writes the event."""
    known = _again(Measurement, token, patient)
    if known is not None:
        return known
    check_weight_g(weight_g)
    _check_day(measured_on, field="measured_on", patient=patient, today=centre.today(now))
    last = latest_measurement(patient.pk, MeasurementKind.WEIGHT)
    if last is not None and not confirmed:
        change = abs(weight_g - last.amount) * 100
        if change > UNLIKELY_CHANGE_PERCENT * last.amount:
            words = _(
                "This is more than %d %% away from the last weight. "
                "Read the scale again; if it is right, say so."
            )
            words %= UNLIKELY_CHANGE_PERCENT
            raise ConfirmFirst(words, fields={"confirmed": words})
    return _write_measurement(
        patient, MeasurementKind.WEIGHT, weight_g, as_entered=as_entered,
        measured_on=measured_on, measured_at=measured_at, token=token, actor=actor,
    )  # fmt: skip


@transaction.atomic
def record_height(
    *,
    patient_id: UUID,
    height_mm: int,
    as_entered: str,
    measured_on: date,
    actor: User,
    token: UUID | None = None,
    now: datetime | None = None,
) -> Measurement:
    """Write a height in millimetres."""
    insist(actor, Permission.MEASURE)
    patient = hold(patient_id)
    if (again := _again(Measurement, token, patient)) is not None:
        return again
    if not LOWEST_HEIGHT_MM <= height_mm <= HIGHEST_HEIGHT_MM:
        words = _("Nobody is this tall. Check the number and its unit.")
        raise Refused(words, fields={"height": words})
    today = centre.today(now or timezone.now())
    _check_day(measured_on, field="measured_on", patient=patient, today=today)
    measurement = _write_measurement(
        patient, MeasurementKind.HEIGHT, height_mm, as_entered=as_entered,
        measured_on=measured_on, measured_at=None, token=token, actor=actor,
    )  # fmt: skip
    let_go(patient, actor=actor, event="chart.record-height", target_id=measurement.pk)
    return measurement


def _again(model: type[Line], token: UUID | None, patient: Patient) -> Line | None:
    """The line this very form wrote already, if it was sent twice."""
    if token is None:
        return None
    known = cast("Line | None", model.objects.filter(pk=token, patient=patient).first())
    if known is None:
        insist_unused(model, token)
    return known


def _write_measurement(
    patient: Patient,
    kind: MeasurementKind,
    amount: int,
    *,
    as_entered: str,
    measured_on: date,
    measured_at: datetime | None,
    token: UUID | None,
    actor: User,
) -> Measurement:
    return Measurement.objects.create(
        pk=token or uuid4(),
        patient=patient,
        kind=kind,
        amount=amount,
        as_entered=as_entered[:40],
        measured_on=measured_on,
        measured_at=measured_at,
        recorded_by=actor,
    )


@transaction.atomic
def add_statement(
    *,
    patient_id: UUID,
    kind: StatementKind,
    text: str,
    actor: User,
    reaction: str = "",
    severity: str = "",
    started_on: date | None = None,
    system: str = "",
    code: str = "",
    token: UUID | None = None,
    now: datetime | None = None,
) -> ClinicalStatement:
    """Add an allergy, a medicine or a condition; an allergy ends "none known"."""
    insist(actor, Permission.EDIT_CHART)
    patient = hold(patient_id)
    if (again := _again(ClinicalStatement, token, patient)) is not None:
        return again
    text = _check_text(text, column="text", field="text", required=True)
    reaction = _check_text(reaction, column="reaction", field="reaction")
    if kind is StatementKind.ALLERGY and severity not in set(AllergySeverity):
        words = _("Say how bad it was, or that this is unknown.")
        raise Refused(words, fields={"severity": words})
    if started_on is not None:
        today = centre.today(now or timezone.now())
        _check_day(started_on, field="started_on", patient=patient, today=today)
    same = ClinicalStatement.objects.filter(
        patient=patient, kind=kind, text__iexact=text, active=True, entered_in_error=False
    )
    if same.exists():
        words = _("This is on the list already.")
        raise Refused(words, fields={"text": words})
    is_allergy = kind is StatementKind.ALLERGY
    statement = ClinicalStatement.objects.create(
        pk=token or uuid4(),
        patient=patient,
        kind=kind,
        text=text,
        reaction=reaction,
        severity=severity if is_allergy else "",
        started_on=started_on,
        system=system,
        code=code,
        recorded_by=actor,
    )
    columns = []
    if is_allergy and patient.no_known_allergies:
        patient.no_known_allergies = False
        columns = ["no_known_allergies"]
    let_go(patient, actor=actor, event=f"chart.add-{kind}", target_id=statement.pk, columns=columns)
    return statement


@transaction.atomic
def state_no_known_allergies(*, patient_id: UUID, actor: User) -> Patient:
    """The patient was asked and knows of no allergy: a statement of its own."""
    insist(actor, Permission.EDIT_CHART)
    patient = hold(patient_id)
    standing = ClinicalStatement.objects.filter(
        patient=patient, kind=StatementKind.ALLERGY, active=True, entered_in_error=False
    )
    if standing.exists():
        raise Refused(_("An allergy is on the list. End it first, or say that it was an error."))
    if not patient.no_known_allergies:
        patient.no_known_allergies = True
        let_go(
            patient,
            actor=actor,
            event="chart.state-no-known-allergies",
            columns=("no_known_allergies",),
        )
    return patient


@transaction.atomic
def end_statement(
    *,
    patient_id: UUID,
    statement_id: UUID,
    ended_on: date,
    actor: User,
    now: datetime | None = None,
) -> ClinicalStatement:
    """A medicine was stopped, a condition or an allergy is over."""
    insist(actor, Permission.EDIT_CHART)
    patient = hold(patient_id)
    statement = _line(ClinicalStatement, statement_id, patient)
    if not statement.active:
        raise Stale(_("This was ended meanwhile."))
    today = centre.today(now or timezone.now())
    _check_day(ended_on, field="ended_on", patient=patient, today=today)
    if statement.started_on is not None and ended_on < statement.started_on:
        words = _("This day lies before it began.")
        raise Refused(words, fields={"ended_on": words})
    statement.active = False
    statement.ended_on = ended_on
    statement.source = touched(statement.source)
    statement.save(update_fields=["active", "ended_on", "source"])
    let_go(patient, actor=actor, event=f"chart.end-{statement.kind}", target_id=statement.pk)
    return statement


def _line(model: type[Line], line_id: UUID, patient: Patient) -> Line:
    """The line, locked, if it stands and is this patient's own."""
    line = model.objects.select_for_update().filter(pk=line_id, patient=patient).first()
    if line is None:
        raise Refused(_("This line is not on the patient's record."))
    if line.entered_in_error:
        raise Stale(_("This was marked as an error meanwhile."))
    return cast("Line", line)


@transaction.atomic
def mark_in_error(*, patient_id: UUID, what: str, line_id: UUID, reason: str, actor: User) -> None:
    """A line was wrong: it stays readable, counts for nothing, and the trail says why.

    `what` is one of `statement`, `measurement`, `elsewhere-dose`.
    """
    if what not in LINES:
        raise Refused(_("There is no such line."))
    insist(actor, Permission.MEASURE if what == "measurement" else Permission.EDIT_CHART)
    if reason not in ERROR_REASONS:
        words = _("Choose why it was wrong.")
        raise Refused(words, fields={"reason": words})
    patient = hold(patient_id)
    line = _line(LINES[what], line_id, patient)
    line.entered_in_error = True
    columns = ["entered_in_error"]
    if isinstance(line, (ClinicalStatement, Measurement)):
        line.source = touched(line.source)
        columns.append("source")
    line.save(update_fields=columns)
    let_go(
        patient,
        actor=actor,
        event=f"chart.mark-{what}-in-error",
        target_id=line.pk,
        detail={"reason": reason},
    )


@transaction.atomic
def add_elsewhere_dose(
    *,
    patient_id: UUID,
    agent: str,
    amount_ug: int | None,
    units_centi: int | None,
    given_on: date,
    actor: User,
    date_is_about: bool = False,
    given_at: datetime | None = None,
    place: str = "",
    token: UUID | None = None,
    now: datetime | None = None,
) -> ElsewhereDose:
    """A dose the patient had elsewhere; both amounts None means that it is unknown, never zero."""
    insist(actor, Permission.EDIT_CHART)
    patient = hold(patient_id)
    if (again := _again(ElsewhereDose, token, patient)) is not None:
        return again
    today = centre.today(now or timezone.now())
    _check_day(given_on, field="given_on", patient=patient, today=today)
    if given_at is not None and given_at > (now or timezone.now()):
        words = _("This time is still to come.")
        raise Refused(words, fields={"given_time": words})
    elsewhere.check_amount(agent, amount_ug=amount_ug, units_centi=units_centi)
    dose = ElsewhereDose.objects.create(
        pk=token or uuid4(),
        patient=patient,
        agent=agent,
        amount_ug=amount_ug,
        units_centi=units_centi,
        given_on=given_on,
        date_is_about=date_is_about,
        given_at=given_at,
        place=_check_text(place, column="place", field="place", model=ElsewhereDose),
        recorded_by=actor,
    )
    let_go(
        patient,
        actor=actor,
        event="chart.add-elsewhere-dose",
        target_id=dose.pk,
        detail={"agent": agent},
    )
    return dose
