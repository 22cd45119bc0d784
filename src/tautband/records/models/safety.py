"""Consent, time-out, recovery, what the rules said, and what went wrong."""

from typing import Any, ClassVar

from django.db import models

from tautband.clinical.findings import Gate, RuleAnswer, Severity
from tautband.records.models.chart import author
from tautband.records.models.columns import between, key, only, word
from tautband.records.models.patient import Patient
from tautband.records.models.procedure import Injection, Procedure, person
from tautband.records.models.vocabulary import (
    AdverseEventStatus,
    ConsentMode,
    ConsentStatus,
    Decider,
    Moment,
    ResponseKind,
    Tolerance,
)


class Consent(models.Model):
    """One asking for consent to one plan; `plan_fingerprint` says which."""

    id = key()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="consents")
    status = word(ConsentStatus)
    plan_fingerprint = models.CharField(max_length=64)
    given_by = word(Decider)
    proxy_name = models.CharField(max_length=120, blank=True)
    proxy_authority = models.CharField(max_length=160, blank=True)
    has_capacity = models.BooleanField(null=True)
    interpreter = models.CharField(max_length=120, blank=True)
    alternatives_discussed = models.BooleanField(default=False)
    risks_named = models.JSONField(default=list)
    off_label_named = models.BooleanField(null=True)
    trainee_named = models.BooleanField(null=True)
    chaperone = models.CharField(max_length=120, blank=True)
    mode = word(ConsentMode)
    note = models.CharField(max_length=400, blank=True)
    taken_by = author()
    taken_at = models.DateTimeField()
    recorded_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    ended_reason = models.CharField(max_length=240, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("status", ConsentStatus, "consent_status_is_known_word"),
            only("given_by", Decider, "consent_decider_is_known_word"),
            only("mode", ConsentMode, "consent_mode_is_known_word"),
            models.UniqueConstraint(
                fields=["procedure"],
                condition=models.Q(status="given"),
                name="one_standing_consent",
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class TimeOut(models.Model):
    """The stop before the needle: everything read back aloud."""

    id = key()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="time_outs")
    plan_fingerprint = models.CharField(max_length=64)
    identifiers_checked = models.JSONField(default=list)
    sides_read_back = models.BooleanField()
    labels_checked = models.BooleanField()
    allergies_read_back = models.BooleanField()
    resuscitation_ready = models.BooleanField()
    lipid_in_date = models.BooleanField()
    taken_by = author()
    witness = person()
    taken_at = models.DateTimeField()
    # Once the plan changes or consent ends it holds no longer, whatever is planned after it.
    void_at = models.DateTimeField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Recovery(models.Model):
    """The watch after the needle, until somebody says the patient may leave."""

    procedure = models.OneToOneField(
        Procedure, primary_key=True, on_delete=models.PROTECT, related_name="recovery"
    )
    started_at = models.DateTimeField()
    minimum_minutes = models.PositiveSmallIntegerField()
    toxicity_symptoms = models.CharField(max_length=240, blank=True)
    chest_symptoms = models.CharField(max_length=240, blank=True)
    weakness = models.CharField(max_length=240, blank=True)
    symptoms_asked = models.BooleanField(default=False)
    pain_at_30_min = models.PositiveSmallIntegerField(null=True)
    tolerated = word(Tolerance, blank=True)
    escort = models.BooleanField(null=True)
    fit_to_leave_at = models.DateTimeField(null=True)
    fit_to_leave_by = person()
    left_early_reason = models.CharField(max_length=240, blank=True)
    note = models.CharField(max_length=400, blank=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            between("pain_at_30_min", 0, 10, "recovery_pain_0_to_10"),
            only("tolerated", Tolerance, "recovery_tolerance_is_known_word", blank=True),
        ]

    def __str__(self) -> str:
        """The id of its procedure."""
        return str(self.procedure_id)


class VitalSigns(models.Model):
    """One set of vital signs."""

    id = key()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="vital_signs")
    taken_at = models.DateTimeField()
    systolic_mmhg = models.PositiveSmallIntegerField(null=True)
    diastolic_mmhg = models.PositiveSmallIntegerField(null=True)
    heart_rate_per_min = models.PositiveSmallIntegerField(null=True)
    spo2_percent = models.PositiveSmallIntegerField(null=True)
    recorded_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            between("spo2_percent", 0, 100, "vital_signs_spo2_is_a_percentage"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class FindingRecord(models.Model):
    """What one rule said at one moment, kept as it was said."""

    id = key()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="findings")
    moment = word(Moment)
    rule = models.CharField(max_length=40)
    answer = word(RuleAnswer)
    severity = word(Severity, blank=True)
    gate = word(Gate)
    words = models.TextField()
    cite = models.TextField(blank=True)
    rows = models.JSONField(default=list)
    missing = models.JSONField(default=list)
    knowledge_version = models.CharField(max_length=32)
    fingerprint = models.CharField(max_length=64)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("moment", Moment, "finding_moment_is_known_word"),
            models.UniqueConstraint(
                fields=["procedure", "moment", "fingerprint"], name="finding_kept_once_a_moment"
            ),
        ]

    def __str__(self) -> str:
        """The rule and the id."""
        return f"{self.rule} {self.id}"


class FindingResponse(models.Model):
    """How somebody answered a finding; bound to its words, so that a changed one asks again."""

    id = key()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="responses")
    rule = models.CharField(max_length=40)
    fingerprint = models.CharField(max_length=64)
    kind = word(ResponseKind)
    reason = models.CharField(max_length=40, blank=True)
    words = models.CharField(max_length=400, blank=True)
    given_by = author()
    given_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("kind", ResponseKind, "response_kind_is_known_word"),
            models.UniqueConstraint(
                fields=["procedure", "fingerprint", "kind"], name="finding_answered_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(kind="overridden")
                | (~models.Q(reason="") & ~models.Q(words="")),
                name="override_says_why",
            ),
        ]

    def __str__(self) -> str:
        """The rule and the id."""
        return f"{self.rule} {self.id}"


class AdverseEvent(models.Model):
    """Something that went wrong, or that the rules say may have: an incident to be followed."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="adverse_events")
    procedure = models.ForeignKey(
        Procedure, on_delete=models.PROTECT, related_name="adverse_events"
    )
    injection = models.ForeignKey(Injection, null=True, on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(max_length=60)
    words = models.TextField()
    grade = models.PositiveSmallIntegerField(null=True)
    status = word(AdverseEventStatus, default="draft")
    occurred_at = models.DateTimeField()
    opened_by = author()
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("status", AdverseEventStatus, "adverse_event_status_is_known_word"),
            between("grade", 1, 5, "adverse_event_grade_1_to_5"),
        ]

    def __str__(self) -> str:
        """The kind and the id."""
        return f"{self.kind} {self.id}"
