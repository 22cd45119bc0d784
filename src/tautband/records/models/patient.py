"""A patient, and how to find one again."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tautband.clinical.terms import Sex
from tautband.records.models.columns import key, only, word


class Patient(models.Model):
    """A person who is treated here."""

    id = key()
    number = models.CharField(max_length=16, unique=True)
    given_name = models.CharField(max_length=80)
    family_name = models.CharField(max_length=80)
    other_name = models.CharField(max_length=160, blank=True)
    born_on = models.DateField()
    sex = word(Sex)
    phone = models.CharField(max_length=32, blank=True)
    email = models.EmailField(blank=True)
    address = models.CharField(max_length=240, blank=True)
    language = models.CharField(max_length=16, blank=True)
    interpreter_language = models.CharField(max_length=40, blank=True)
    deceased_on = models.DateField(null=True)
    # Whom the letter after a sitting goes to; the practice with its address, a line for each.
    referrer_name = models.CharField(max_length=120, blank=True)
    referrer_practice = models.CharField(max_length=240, blank=True)
    # "None known" is a statement of its own: an empty list is only "not asked".
    no_known_allergies = models.BooleanField(default=False)
    source = models.CharField(max_length=40, default="entered")
    # The record that stands for this one since the two were merged; see PatientMerge.
    merged_into = models.ForeignKey(
        "self", null=True, on_delete=models.PROTECT, related_name="merged_from"
    )
    revision = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            only("sex", Sex, "patient_sex_is_known_word"),
            models.CheckConstraint(
                condition=~models.Q(merged_into=models.F("id")),
                name="patient_is_not_merged_into_itself",
            ),
        ]

    def __str__(self) -> str:
        """The id alone: names stay out of logs."""
        return str(self.id)

    @property
    def full_name(self) -> str:
        """Given and family name in the order they are spoken."""
        return f"{self.given_name} {self.family_name}".strip()


class PatientIdentifier(models.Model):
    """A number by which another system knows the patient."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="identifiers")
    system = models.CharField(max_length=240)
    value = models.CharField(max_length=120)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["system", "value"], name="identifier_names_one_patient")
        ]

    def __str__(self) -> str:
        """The row's id: the value itself identifies a person."""
        return str(self.pk)


class PatientSearchKey(models.Model):
    """A folded piece of a patient's name, so that search forgives spelling and script."""

    patient = models.ForeignKey(Patient, on_delete=models.CASCADE, related_name="search_keys")
    value = models.CharField(max_length=48)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["value", "patient"], name="search_key_value")
        ]

    def __str__(self) -> str:
        """The row's id."""
        return str(self.pk)
