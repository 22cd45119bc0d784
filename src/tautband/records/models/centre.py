"""The centre itself, and what it checks each day."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tautband.records.models.columns import key, only, word
from tautband.records.models.vocabulary import PaperSize


class Centre(models.Model):
    """The one medical centre this record belongs to."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    languages = models.JSONField(default=list)
    emergency_number = models.CharField(max_length=32)
    out_of_hours_number = models.CharField(max_length=32)
    opens_at = models.TimeField()
    closes_at = models.TimeField()
    slot_minutes = models.PositiveSmallIntegerField(default=20)
    rooms = models.JSONField(default=list)
    paper_size = word(PaperSize, default="a4")
    next_patient_number = models.PositiveIntegerField(default=4_010_001)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_centre"),
            only("paper_size", PaperSize, "centre_paper_size_is_known_word"),
            models.CheckConstraint(
                condition=models.Q(closes_at__gt=models.F("opens_at")), name="centre_closes_later"
            ),
        ]

    def __str__(self) -> str:
        """The centre's own name, which is public."""
        return self.name


class RescueKitCheck(models.Model):
    """Somebody looked into the rescue kit and found it complete and in date."""

    id = key()
    checked_at = models.DateTimeField()
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+"
    )
    place = models.CharField(max_length=80)
    lipid_ml = models.PositiveIntegerField()
    lipid_expires_on = models.DateField()

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
