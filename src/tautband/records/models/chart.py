"""What is known about a patient between sittings: statements, measurements, doses elsewhere."""

import re
from decimal import Decimal
from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tautband.clinical.terms import AllergySeverity
from tautband.records.models.columns import key, only, word
from tautband.records.models.patient import Patient
from tautband.records.models.vocabulary import (
    Instrument,
    MeasurementKind,
    Pregnancy,
    StatementKind,
)

_REPORTED = re.compile(r"([<>]=?|)(\d+(?:\.\d+)?)(?: |$)")


def author() -> "models.ForeignKey[Any, Any]":
    """Who wrote the line."""
    return models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")


def format_decimal(value: Decimal) -> str:
    """A number without needless zeros and never with an exponent."""
    return f"{value.normalize():f}"


def once_per_source(name: str) -> Any:
    """The constraint that one resource of one source is one row of a patient."""
    return models.UniqueConstraint(
        fields=["patient", "source", "source_id"],
        condition=~models.Q(source_id=""),
        name=name,
    )


class ClinicalStatement(models.Model):
    """An allergy, a medicine or a condition: three lists of one shape.

    Never deleted: a statement that ended has `ended_on` or `active` false; one that was wrong has
    `entered_in_error`.
    """

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="statements")
    kind = word(StatementKind)
    text = models.CharField(max_length=240, blank=True)
    system = models.CharField(max_length=120, blank=True)
    code = models.CharField(max_length=64, blank=True)
    reaction = models.CharField(max_length=240, blank=True)
    severity = word(AllergySeverity, blank=True)
    active = models.BooleanField(default=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    entered_in_error = models.BooleanField(default=False)
    source = models.CharField(max_length=40, default="entered")
    source_id = models.CharField(max_length=200, blank=True)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("kind", StatementKind, "statement_kind_is_known_word"),
            only("severity", AllergySeverity, "statement_severity_is_known_word", blank=True),
            models.CheckConstraint(
                condition=~models.Q(text="", code=""), name="statement_says_something"
            ),
            once_per_source("statement_once_per_source"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


# How many of `amount` make one of the unit people speak: grams in a kilogram, millimetres in a
# centimetre, platelets per microlitre in 10⁹/L, thousandths of the rest.
SCALE: dict[str, tuple[int, str]] = {
    MeasurementKind.WEIGHT: (1000, "kg"),
    MeasurementKind.HEIGHT: (10, "cm"),
    MeasurementKind.BMI: (1000, "kg/m²"),
    MeasurementKind.HBA1C: (1000, "%"),
    MeasurementKind.INR: (1000, ""),
    MeasurementKind.PLATELETS: (1000, "10⁹/L"),
    MeasurementKind.EGFR: (1000, "mL/min/1.73 m²"),
}


class Measurement(models.Model):
    """Something measured on a patient, as a whole number in the smallest sensible unit."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="measurements")
    kind = word(MeasurementKind)
    amount = models.PositiveIntegerField()
    # Exactly what was typed or received ("150 lb"), because a conversion must stay checkable.
    as_entered = models.CharField(max_length=40)
    measured_on = models.DateField()
    measured_at = models.DateTimeField(null=True)
    entered_in_error = models.BooleanField(default=False)
    source = models.CharField(max_length=40, default="entered")
    source_id = models.CharField(max_length=200, blank=True)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("kind", MeasurementKind, "measurement_kind_is_known_word"),
            models.CheckConstraint(
                condition=models.Q(amount__gt=0), name="measurement_is_positive"
            ),
            once_per_source("measurement_once_per_source"),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["patient", "kind", "-measured_on"], name="measurement_latest")
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)

    @property
    def value(self) -> Decimal:
        """The amount in the unit people speak: kg, cm."""
        return Decimal(self.amount) / SCALE[self.kind][0]

    @property
    def unit(self) -> str:
        """The unit people speak; empty for what has none."""
        return SCALE[self.kind][1]

    @property
    def digits(self) -> str:
        """The value with the digits it was reported with (1.10), and with its bound (>60).

        Converted from another unit it has only the digits it needs.
        """
        written = _REPORTED.match(self.as_entered)
        if written is None:
            return format_decimal(self.value)
        bound, number = written.groups()
        same = Decimal(number) == self.value
        return bound + (number if same else format_decimal(self.value))


class PregnancyStatus(models.Model):
    """Whether the patient was pregnant on a day, as another system reports it."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="pregnancies")
    status = word(Pregnancy)
    observed_on = models.DateField()
    entered_in_error = models.BooleanField(default=False)
    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=200)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("status", Pregnancy, "pregnancy_status_is_known_word"),
            once_per_source("pregnancy_status_once_per_source"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Coverage(models.Model):
    """Who pays for a patient's care, by name, as another system states it."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="coverages")
    payer = models.CharField(max_length=160)
    active = models.BooleanField(default=True)
    started_on = models.DateField(null=True)
    ended_on = models.DateField(null=True)
    entered_in_error = models.BooleanField(default=False)
    source = models.CharField(max_length=40)
    source_id = models.CharField(max_length=200)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=~models.Q(payer=""), name="coverage_names_the_payer"),
            once_per_source("coverage_once_per_source"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class ElsewhereDose(models.Model):
    """A dose the patient had somewhere else: dentist, cosmetic clinic, another centre.

    An unknown amount is None, and unknown is never zero.
    """

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="elsewhere_doses")
    agent = models.CharField(max_length=40)
    encounter = models.ForeignKey(
        "records.Encounter", null=True, on_delete=models.PROTECT, related_name="elsewhere_doses"
    )
    amount_ug = models.PositiveBigIntegerField(null=True)
    units_centi = models.PositiveBigIntegerField(null=True)
    given_on = models.DateField()
    date_is_about = models.BooleanField(default=False)
    given_at = models.DateTimeField(null=True)
    place = models.CharField(max_length=200, blank=True)
    entered_in_error = models.BooleanField(default=False)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(amount_ug__isnull=True) | models.Q(units_centi__isnull=True),
                name="elsewhere_dose_in_one_unit",
            )
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class PatientReportedOutcome(models.Model):
    """One score of one instrument at one time; `score_centi` is in hundredths."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="outcomes")
    encounter = models.ForeignKey(
        "records.Encounter", null=True, on_delete=models.PROTECT, related_name="outcomes"
    )
    instrument = word(Instrument)
    score_centi = models.PositiveSmallIntegerField()
    answered_at = models.DateTimeField()
    entered_in_error = models.BooleanField(default=False)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("instrument", Instrument, "outcome_instrument_is_known_word"),
            models.CheckConstraint(
                condition=models.Q(score_centi__lte=1000), name="outcome_within_its_scale"
            ),
        ]
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["patient", "answered_at"], name="outcome_course")
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
