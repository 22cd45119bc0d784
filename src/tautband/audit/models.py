"""Who did what to whose record, and when."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models


class AuditEvent(models.Model):
    """One line of the trail. Written once; the database itself refuses to change or delete it.

    `patient_id` and `target_id` are plain ids, not foreign keys, so that the trail outlives
    whatever it speaks of. `detail` holds ids, counts and codes, never names.
    """

    action = models.CharField(max_length=64)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    patient_id = models.UUIDField(null=True)
    target_id = models.UUIDField(null=True)
    detail = models.JSONField(default=dict)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes: ClassVar[list[Any]] = [
            models.Index(fields=["patient_id", "-recorded_at"], name="audit_by_patient"),
            models.Index(fields=["-recorded_at"], name="audit_by_time"),
        ]

    def __str__(self) -> str:
        """The action and what it was done to, as ids."""
        return f"{self.action} {self.target_id}"
