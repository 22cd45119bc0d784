"""Two records of one person made one, and everything needed to take them apart again."""

from typing import Any, ClassVar

from django.conf import settings
from django.db import models

from tautband.records.models.chart import author
from tautband.records.models.columns import key
from tautband.records.models.patient import Patient


class PatientMerge(models.Model):
    """One merge: which record stays, which was merged into it, and what moved.

    Nothing is destroyed by it: the merged record keeps its own row, and `moved` remembers the id
    of every row that points to the surviving one since, by the name of its model. `columns` holds
    what the merge changed on the surviving record, as [before, after]; `relabelled` the id at its
    source of each moved row whose id the surviving record had already. The merged record is a
    plain id and not a foreign key, so that an exported record can say what was merged into it.
    """

    id = key()
    survivor = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="merges")
    merged_id = models.UUIDField(db_index=True)
    merged_number = models.CharField(max_length=16)
    why = models.CharField(max_length=400)
    # What a person decided where the two records contradicted each other, by what it was about.
    decided: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    columns: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    moved: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    relabelled: "models.JSONField[Any, Any]" = models.JSONField(default=dict)
    merged_by = author()
    merged_at = models.DateTimeField()
    undone_why = models.CharField(max_length=400, blank=True)
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    undone_at = models.DateTimeField(null=True)

    class Meta:
        constraints: ClassVar[list[Any]] = [
            models.CheckConstraint(
                condition=~models.Q(merged_id=models.F("survivor")),
                name="nobody_is_merged_into_themselves",
            ),
            models.CheckConstraint(condition=~models.Q(why=""), name="merge_says_why"),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True)
                | (
                    models.Q(undone_at__isnull=False, undone_by__isnull=False)
                    & ~models.Q(undone_why="")
                ),
                name="undone_merge_says_by_whom_and_why",
            ),
            models.UniqueConstraint(
                fields=["merged_id"],
                condition=models.Q(undone_at__isnull=True),
                name="merged_into_one_record",
            ),
        ]

    def __str__(self) -> str:
        """The id."""
        return str(self.id)
