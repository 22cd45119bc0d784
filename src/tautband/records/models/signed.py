"""What a signature stands under: the visit and the words of the rules, kept as they were."""

from typing import Any

from django.db import models

from tautband.records.models.procedure import Procedure


class SignedRecord(models.Model):
    """The visit, the findings and the ledger as they stood when the sitting was signed.

    A visit is shared by all versions of its sitting, and the rules answer from today's chart: a
    signed note reads neither, so that an amendment or a later fact never changes what was signed.
    Written once, in the transaction of the signature; `tautband.records.signed` reads it back.
    """

    procedure = models.OneToOneField(
        Procedure, primary_key=True, on_delete=models.PROTECT, related_name="signed_record"
    )
    visit: "models.JSONField[Any, Any]" = models.JSONField()
    findings: "models.JSONField[Any, Any]" = models.JSONField()
    ledger: "models.JSONField[Any, Any]" = models.JSONField()
    knowledge_version = models.CharField(max_length=32)
    recorded_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        """The id of its procedure."""
        return str(self.procedure_id)
