"""A visit: booking, arrival, what was asked and what was found."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tautband.clinical.terms import Answer, Side
from tautband.records.models.chart import Measurement, author, once_per_source
from tautband.records.models.columns import between, key, only, word
from tautband.records.models.patient import Patient
from tautband.records.models.vocabulary import AppointmentStatus


class Appointment(models.Model):
    """A slot kept for a patient with one clinician."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="appointments")
    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="appointments"
    )
    starts_at = models.DateTimeField()
    minutes = models.PositiveSmallIntegerField(default=20)
    room = models.CharField(max_length=40, blank=True)
    reason = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=60, blank=True)
    status = word(AppointmentStatus, default="booked")
    cancelled_reason = models.CharField(max_length=160, blank=True)
    series = models.UUIDField(null=True)
    source = models.CharField(max_length=40, default="entered")
    source_id = models.CharField(max_length=200, blank=True)
    booked_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("status", AppointmentStatus, "appointment_status_is_known_word"),
            models.CheckConstraint(
                condition=~models.Q(status="cancelled") | ~models.Q(cancelled_reason=""),
                name="cancelled_means_why",
            ),
            models.UniqueConstraint(
                fields=["clinician", "starts_at"],
                condition=models.Q(status__in=["booked", "arrived"]),
                name="clinician_is_booked_once",
            ),
            once_per_source("appointment_once_per_source"),
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["starts_at"], name="appointment_day")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Encounter(models.Model):
    """One visit of one patient, from arrival until they leave."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="encounters")
    appointment = models.OneToOneField(
        Appointment, null=True, on_delete=models.PROTECT, related_name="encounter"
    )
    clinician = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="encounters"
    )
    arrived_at = models.DateTimeField()
    # The calendar day in the centre's time zone: lists and intervals count days, not instants.
    on = models.DateField(db_index=True)
    reason = models.CharField(max_length=160, blank=True)
    region = models.CharField(max_length=60, blank=True)
    room = models.CharField(max_length=40, blank=True)
    identifiers_checked = models.JSONField(default=list)
    identity_checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    identity_checked_at = models.DateTimeField(null=True)
    weight = models.ForeignKey(Measurement, null=True, on_delete=models.PROTECT, related_name="+")
    weight_accepted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(null=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    assessed_at = models.DateTimeField(null=True)
    assessed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    # Assessment. Recall is the past week for average and worst, kept with the record.
    pain_now = models.PositiveSmallIntegerField(null=True)
    pain_average = models.PositiveSmallIntegerField(null=True)
    pain_worst = models.PositiveSmallIntegerField(null=True)
    pain_recall = models.CharField(max_length=16, default="past-week")
    peg_pain = models.PositiveSmallIntegerField(null=True)
    peg_enjoyment = models.PositiveSmallIntegerField(null=True)
    peg_activity = models.PositiveSmallIntegerField(null=True)
    onset = models.CharField(max_length=160, blank=True)
    pattern = models.CharField(max_length=400, blank=True)
    tried = models.CharField(max_length=400, blank=True)
    diagnoses = models.JSONField(default=list)
    history_note = models.TextField(blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            between(column, 0, 10, f"encounter_{column}_0_to_10")
            for column in (
                "pain_now", "pain_average", "pain_worst",
                "peg_pain", "peg_enjoyment", "peg_activity",
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class ScreeningAnswer(models.Model):
    """One answer to one question of "ask today"."""

    id = key()
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="answers")
    question = models.CharField(max_length=40)
    answer = word(Answer)
    details = models.JSONField(default=dict)
    answered_by = author()
    answered_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("answer", Answer, "screening_answer_is_known_word"),
            models.UniqueConstraint(
                fields=["encounter", "question"], name="question_answered_once"
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class TriggerPoint(models.Model):
    """A spot found in one muscle, one side, at one visit. None means not tested."""

    id = key()
    encounter = models.ForeignKey(
        Encounter, on_delete=models.PROTECT, related_name="trigger_points"
    )
    muscle = models.CharField(max_length=60)
    side = word(Side)
    is_active = models.BooleanField(null=True)
    taut_band = models.BooleanField(null=True)
    tender_spot = models.BooleanField(null=True)
    referred_pain = models.BooleanField(null=True)
    recognised_pain = models.BooleanField(null=True)
    twitch = models.BooleanField(null=True)
    # Pressure pain threshold, up to three readings in tenths of kg/cm².
    pressure_readings = models.JSONField(default=list)
    map_view = models.CharField(max_length=8, blank=True)
    map_x_tenth = models.SmallIntegerField(null=True)
    map_y_tenth = models.SmallIntegerField(null=True)
    map_version = models.CharField(max_length=16, blank=True)
    note = models.CharField(max_length=240, blank=True)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [only("side", Side, "trigger_point_side_is_known_word")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class RangeOfMotion(models.Model):
    """How far a joint moves, in whole degrees, before and after the injections."""

    id = key()
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="motions")
    movement = models.CharField(max_length=80)
    side = word(Side)
    before_deg = models.PositiveSmallIntegerField(null=True)
    after_deg = models.PositiveSmallIntegerField(null=True)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("side", Side, "motion_side_is_known_word"),
            between("before_deg", 0, 360, "motion_before_within_a_turn"),
            between("after_deg", 0, 360, "motion_after_within_a_turn"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
