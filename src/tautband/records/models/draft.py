"""What somebody was typing when the page, the network or the sign-in ended."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tautband.records.models.columns import key


class Draft(models.Model):
    """One person's unsaved form. Seen by that person only; gone once the form is saved."""

    id = key()
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    form = models.CharField(max_length=40)
    subject = models.UUIDField()
    fields = models.JSONField(default=dict)
    saved_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.UniqueConstraint(fields=["owner", "form", "subject"], name="one_draft_per_form")
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
