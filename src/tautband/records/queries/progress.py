"""How far along the care path a sitting is, read in the same query as the sitting itself."""

from typing import Any, cast

from django.db.models import (
    BooleanField,
    Exists,
    ExpressionWrapper,
    F,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
)

from tautband.clinical.lifecycle import Milestones, ProcedureStatus
from tautband.records.models import Consent, Procedure, TimeOut
from tautband.records.models.vocabulary import ConsentStatus

#: Equipment without lipid in date is not ready.
KIT_READY = Q(resuscitation_ready=True, lipid_in_date=True)


def with_progress(procedures: "QuerySet[Procedure]") -> "QuerySet[Procedure]":
    """Add what `milestones` needs: two subqueries and two joins, no further query per row."""
    consents = Consent.objects.filter(
        procedure=OuterRef("pk"),
        status=ConsentStatus.GIVEN,
        plan_fingerprint=OuterRef("plan_fingerprint"),
    )
    standing = TimeOut.objects.filter(procedure=OuterRef("pk"), void_at__isnull=True)
    time_outs = standing.filter(plan_fingerprint=OuterRef("plan_fingerprint"))
    return procedures.select_related("encounter").annotate(
        has_consent=Exists(consents),
        has_time_out=Exists(time_outs),
        said_resuscitation=Subquery(
            standing.order_by("-taken_at").values_list(
                ExpressionWrapper(KIT_READY, output_field=BooleanField())
            )[:1]
        ),
        left_at=F("recovery__fit_to_leave_at"),
        observed_since=F("recovery__started_at"),
        observe_minutes=F("recovery__minimum_minutes"),
    )


def milestones(procedure: Procedure) -> Milestones:
    """What has been done; the procedure must come from `with_progress`."""
    row = cast(Any, procedure)
    planned = procedure.planned_at is not None
    return Milestones(
        arrived=procedure.encounter.identity_checked_at is not None,
        asked=procedure.encounter.asked_at is not None,
        assessed=procedure.encounter.assessed_at is not None,
        planned=planned,
        consented=planned and row.has_consent,
        timed_out=planned and row.has_time_out,
        injecting=procedure.started_at is not None,
        injected=procedure.ended_at is not None,
        observed=row.left_at is not None,
        # Whoever says that nothing is injected signs that too, but no sitting.
        signed=procedure.signed_at is not None and procedure.status != ProcedureStatus.NOT_DONE,
    )
