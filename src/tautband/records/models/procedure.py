"""One sitting: syringes, injections, consent, time-out, observation, signature."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tautband.clinical.lifecycle import ProcedureStatus
from tautband.clinical.terms import BodyPosition, Guidance, Side
from tautband.records.models.columns import between, key, only, word
from tautband.records.models.encounter import Encounter
from tautband.records.models.patient import Patient
from tautband.records.models.vocabulary import Aspiration, ErrorReason, InjectionStatus


def person() -> "models.ForeignKey[Any, Any]":
    """Somebody who did a part of it, once it is done."""
    return models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )


class Procedure(models.Model):
    """One sitting. `revision` rises with every change, so that a stale page cannot overwrite."""

    id = key()
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="procedures")
    encounter = models.ForeignKey(Encounter, on_delete=models.PROTECT, related_name="procedures")
    status = word(ProcedureStatus, default="preparation")
    revision = models.PositiveIntegerField(default=1)
    version = models.PositiveSmallIntegerField(default=1)
    replaces = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="amendments"
    )
    amendment_reason = models.CharField(max_length=400, blank=True)
    steroid_reason = models.CharField(max_length=240, blank=True)
    plan_note = models.CharField(max_length=400, blank=True)
    # Decided for this sitting: so much of the label's maximum, and the weight it is reckoned on.
    ceiling_percent = models.PositiveSmallIntegerField(null=True)
    dosing_weight_g = models.PositiveIntegerField(null=True)
    planned_at = models.DateTimeField(null=True)
    planned_by = person()
    plan_fingerprint = models.CharField(max_length=64, blank=True)
    skin_preparation = models.CharField(max_length=80, blank=True)
    operator = person()
    supervisor = person()
    # When it was done; may lie in the past where a sitting is written up later.
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    already_happened = models.BooleanField(default=False)
    second_lung_side_confirmed_at = models.DateTimeField(null=True)
    needles_opened = models.PositiveSmallIntegerField(null=True)
    needles_disposed = models.PositiveSmallIntegerField(null=True)
    not_done_reason = models.CharField(max_length=40, blank=True)
    not_done_note = models.CharField(max_length=400, blank=True)
    aftercare_note = models.CharField(max_length=400, blank=True)
    signed_at = models.DateTimeField(null=True)
    signed_by = person()
    in_error_reason = word(ErrorReason, blank=True)
    in_error_at = models.DateTimeField(null=True)
    in_error_by = person()
    # Where it was first written on another patient: that record, which counts for nothing.
    moved_from = models.OneToOneField(
        "self", null=True, on_delete=models.PROTECT, related_name="moved_to"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("status", ProcedureStatus, "procedure_status_is_known_word"),
            only("in_error_reason", ErrorReason, "procedure_error_is_known_word", blank=True),
            models.CheckConstraint(
                condition=~models.Q(status="entered-in-error") | ~models.Q(in_error_reason=""),
                name="in_error_means_why",
            ),
            models.CheckConstraint(
                condition=models.Q(ceiling_percent__isnull=True)
                | models.Q(ceiling_percent__gte=1, ceiling_percent__lte=100),
                name="a_ceiling_only_lowers",
            ),
            models.UniqueConstraint(
                fields=["replaces"],
                condition=~models.Q(status="entered-in-error"),
                name="one_amendment_of_a_version",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="completed")
                | models.Q(signed_at__isnull=False, signed_by__isnull=False),
                name="completed_means_signed",
            ),
            models.CheckConstraint(
                condition=models.Q(ended_at__isnull=True)
                | models.Q(started_at__isnull=True)
                | models.Q(ended_at__gte=models.F("started_at")),
                name="procedure_ends_after_it_starts",
            ),
            models.UniqueConstraint(
                fields=["encounter"],
                # An amendment being written stands beside the signed version it will replace.
                condition=models.Q(
                    status__in=["preparation", "in-progress", "completed"], replaces__isnull=True
                ),
                name="encounter_has_one_standing_procedure",
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)

    @property
    def is_history(self) -> bool:
        """Whether it tells of what is over: written up later, or an amendment. Never refused."""
        return self.already_happened or self.replaces_id is not None


class Syringe(models.Model):
    """What was drawn up, by whom, and who checked it."""

    id = key()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="syringes")
    label = models.CharField(max_length=4)
    drawn_up_by = person()
    drawn_up_at = models.DateTimeField(null=True)
    corrected_by = person()
    checked_by = person()
    checked_at = models.DateTimeField(null=True)
    reconstituted_at = models.DateTimeField(null=True)
    use_within_hours = models.PositiveSmallIntegerField(null=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["procedure", "label"], name="syringe_label_is_unique"),
            models.CheckConstraint(
                condition=models.Q(checked_by__isnull=True)
                | models.Q(drawn_up_by__isnull=True)
                | ~models.Q(checked_by=models.F("drawn_up_by")),
                name="syringe_checked_by_another",
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Ingredient(models.Model):
    """One product in a syringe.

    Whole numbers: µg/mL, ng/mL (epinephrine), µL, hundredths of a unit.
    For a botulinum toxin `units_centi` is what the syringe holds and `volume_ul` the saline it
    is dissolved in; for saline and diluents both strengths are None.
    """

    id = key()
    syringe = models.ForeignKey(Syringe, on_delete=models.CASCADE, related_name="ingredients")
    position = models.PositiveSmallIntegerField(default=0)
    agent = models.CharField(max_length=40)
    product = models.CharField(max_length=120, blank=True)
    concentration_ug_per_ml = models.PositiveIntegerField(null=True)
    epinephrine_ng_per_ml = models.PositiveIntegerField(null=True)
    volume_ul = models.PositiveIntegerField()
    units_centi = models.PositiveIntegerField(null=True)
    lot = models.CharField(max_length=40, blank=True)
    expires_on = models.DateField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=models.Q(volume_ul__gt=0), name="ingredient_has_a_volume"
            )
        ]
        indexes: ClassVar[list[Any]] = [models.Index(fields=["lot"], name="ingredient_lot")]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)


class Injection(models.Model):
    """What goes, and then what went, from one syringe into one muscle and side.

    The plan stands in its own columns and what happened in the `given_…` ones, so that neither
    ever overwrites the other. Dry needling has no syringe.
    """

    id = key()
    procedure = models.ForeignKey(Procedure, on_delete=models.PROTECT, related_name="injections")
    number = models.PositiveSmallIntegerField()
    muscle = models.CharField(max_length=60)
    side = word(Side)
    sites = models.PositiveSmallIntegerField(default=1)
    syringe = models.ForeignKey(
        Syringe, null=True, on_delete=models.PROTECT, related_name="injections"
    )
    volume_ul = models.PositiveIntegerField(null=True)
    units_centi = models.PositiveIntegerField(null=True)
    needle_gauge = models.PositiveSmallIntegerField(null=True)
    needle_um = models.PositiveIntegerField(null=True)
    depth_um = models.PositiveIntegerField(null=True)
    entry_angle_deg = models.PositiveSmallIntegerField(default=90)
    pleura_depth_um = models.PositiveIntegerField(null=True)
    guidance = word(Guidance, blank=True)
    position = word(BodyPosition, blank=True)
    map_view = models.CharField(max_length=8, blank=True)
    map_x_tenth = models.SmallIntegerField(null=True)
    map_y_tenth = models.SmallIntegerField(null=True)
    map_version = models.CharField(max_length=16, blank=True)
    added_on_table = models.BooleanField(default=False)
    # Asked aloud for a muscle added on the table; None where the consent of the plan covers it.
    verbal_consent = models.BooleanField(null=True)

    status = word(InjectionStatus, default="planned")
    given_volume_ul = models.PositiveIntegerField(null=True)
    given_units_centi = models.PositiveIntegerField(null=True)
    given_depth_um = models.PositiveIntegerField(null=True)
    given_at = models.DateTimeField(null=True)
    given_by = person()
    passes = models.PositiveSmallIntegerField(null=True)
    aspiration = word(Aspiration, blank=True)
    twitch = models.BooleanField(null=True)
    crunch = models.BooleanField(null=True)
    released = models.BooleanField(null=True)
    pain_before = models.PositiveSmallIntegerField(null=True)
    pain_after = models.PositiveSmallIntegerField(null=True)
    complication = models.CharField(max_length=160, blank=True)
    not_given_reason = models.CharField(max_length=160, blank=True)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("side", Side, "injection_side_is_known_word"),
            only("status", InjectionStatus, "injection_status_is_known_word"),
            only("guidance", Guidance, "injection_guidance_is_known_word", blank=True),
            only("position", BodyPosition, "injection_position_is_known_word", blank=True),
            only("aspiration", Aspiration, "injection_aspiration_is_known_word", blank=True),
            models.UniqueConstraint(
                fields=["procedure", "number"], name="injection_number_is_unique"
            ),
            models.CheckConstraint(condition=models.Q(sites__gte=1), name="injection_has_a_site"),
            models.CheckConstraint(
                condition=~models.Q(status="given") | models.Q(given_at__isnull=False),
                name="given_means_when",
            ),
            models.CheckConstraint(
                condition=~models.Q(status="not-given") | ~models.Q(not_given_reason=""),
                name="not_given_means_why",
            ),
            between("pain_before", 0, 10, "injection_pain_before_0_to_10"),
            between("pain_after", 0, 10, "injection_pain_after_0_to_10"),
            between("entry_angle_deg", 1, 90, "injection_angle_1_to_90"),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
