"""Every read of a sitting that a page or a paper makes."""

from uuid import UUID

from django.db.models import Count, F, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Coalesce

from tautband.errors import Refused
from tautband.records.models import (
    Consent,
    Ingredient,
    Injection,
    Patient,
    Procedure,
    Syringe,
    TimeOut,
    TriggerPoint,
)
from tautband.records.models.vocabulary import ConsentStatus
from tautband.records.prepared import Prepared
from tautband.records.queries.progress import with_progress


def _whole(procedure_id: UUID) -> "QuerySet[Procedure]":
    # Counted apart: joined to it, every column of the sitting would have to be grouped by.
    points = TriggerPoint.objects.filter(encounter=OuterRef("encounter")).order_by()
    count = points.values("encounter").annotate(count=Count("pk")).values("count")
    return (
        with_progress(Procedure.objects.filter(pk=procedure_id))
        .select_related("patient", "encounter__clinician", "encounter__weight", "signed_by")
        .annotate(trigger_point_count=Coalesce(Subquery(count), 0))
    )


_find = Prepared(_whole)


def find(procedure_id: UUID) -> Procedure:
    """One sitting with its visit, patient and progress, in one query."""
    procedure = _find.first(procedure_id)
    if procedure is None:
        raise Refused("This session does not exist.")
    return procedure


def rows(procedure: Procedure) -> "QuerySet[Injection]":
    """The rows in order, each with its syringe."""
    return procedure.injections.select_related("syringe", "given_by").order_by("number")


def syringes(procedure: Procedure) -> "QuerySet[Syringe]":
    """The tray: each syringe with its products and who drew and checked it."""
    return (
        procedure.syringes.select_related("drawn_up_by", "checked_by", "corrected_by")
        .prefetch_related(Prefetch("ingredients", Ingredient.objects.order_by("position")))
        .order_by("label")
    )


_standing_consent: Prepared[Consent] = Prepared(
    lambda procedure_id: Consent.objects.filter(
        procedure=procedure_id,
        status=ConsentStatus.GIVEN,
        plan_fingerprint=F("procedure__plan_fingerprint"),
    )
)


def standing_consent(procedure: Procedure) -> Consent | None:
    """The consent that holds for the plan as it stands."""
    return _standing_consent.first(procedure.pk)


def latest_consent(procedure: Procedure) -> Consent | None:
    """The last thing said about consent, whatever it was."""
    return (
        procedure.consents.select_related("taken_by").order_by("-recorded_at", "-taken_at").first()
    )


_standing_time_out: Prepared[TimeOut] = Prepared(
    lambda procedure_id: TimeOut.objects.filter(
        procedure=procedure_id,
        plan_fingerprint=F("procedure__plan_fingerprint"),
        void_at__isnull=True,
    )
)


def standing_time_out(procedure: Procedure) -> TimeOut | None:
    """The time-out that holds for the plan as it stands."""
    return _standing_time_out.first(procedure.pk)


def latest_time_out(procedure: Procedure) -> TimeOut | None:
    """The last time-out taken."""
    return (
        procedure.time_outs.select_related("taken_by", "witness")
        .order_by("-recorded_at", "-taken_at")
        .first()
    )


def versions(procedure: Procedure) -> "list[Procedure]":
    """Every version of this sitting, first to last."""
    return list(
        Procedure.objects.filter(encounter_id=procedure.encounter_id)
        .select_related("signed_by")
        .order_by("version", "recorded_at")
    )


def earlier_sittings(patient: Patient, *, before: Procedure) -> "QuerySet[Procedure]":
    """Sittings of this patient that were signed before, latest first."""
    return (
        Procedure.objects.filter(patient=patient, status="completed")
        .exclude(encounter_id=before.encounter_id)
        .select_related("encounter")
        .prefetch_related("injections")
        .order_by("-encounter__on")
    )


# Muscles where the patient is touched in an intimate place: the chest, the buttock, the groin, the
# pelvis.
INTIMATE = frozenset(
    {
        "pectoralis_major_clavicular", "pectoralis_major_sternal", "pectoralis_minor", "sternalis",
        "gluteus_maximus", "gluteus_medius", "gluteus_minimus", "piriformis",
        "obturator_internus", "gemelli", "quadratus_femoris", "levator_ani", "coccygeus",
        "pyramidalis", "iliopsoas_distal", "pectineus", "gracilis", "adductor_longus",
        "adductor_brevis", "adductor_magnus",
    }
)  # fmt: skip


def asks_for_chaperone(procedure: Procedure) -> bool:
    """Whether a muscle of the plan asks for a chaperone to be offered."""
    return procedure.injections.filter(muscle__in=INTIMATE).exists()
