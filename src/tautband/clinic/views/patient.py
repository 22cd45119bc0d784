"""One patient: one axis of time, what is left, what to know before any needle, who looked."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from tautband.accounts.access import Permission, Role, permissions_of, requires
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.audit.models import AuditEvent
from tautband.clinic.banner import age_words, patient_banner, sex_words
from tautband.clinic.courses import course_of, drug_words, muscle_words, trouble_words
from tautband.clinic.events import event_words
from tautband.clinic.views.chart import severity_words
from tautband.clinic.views.patients import find
from tautband.clinical import terminology
from tautband.clinical.amounts import format_units
from tautband.clinical.check import check_session
from tautband.clinical.facts import Term
from tautband.clinical.knowledge import knowledge
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.facts import facts_for_patient
from tautband.records.models import AdverseEvent, ClinicalStatement, Patient
from tautband.records.queries import centre, courses, merging, people
from tautband.records.queries import chart as charts
from tautband.records.queries.chart import Chart
from tautband.records.queries.courses import SittingLine

WINDOW = timedelta(days=365)
# A weight older than this is shown as what it is: old.
WEIGHT_IS_OLD = timedelta(days=90)
FEW_LOOKS = 6
MOST_LOOKS = 200
FEW_MUSCLES = 4


@never_cache
@requires(Permission.VIEW_PATIENT)
def show(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """The patient's page; whoever may not read the record sees who it is and the bookings."""
    patient = find(patient_id)
    now = timezone.now()
    held = permissions_of(actor)
    trail.record_view("patient", actor_id=actor.pk, patient_id=patient.pk)
    context: dict[str, Any] = {
        "patient": patient,
        "held": {str(permission) for permission in held},
        "bookings": courses.bookings_of(patient, now=now),
        "merged": merging.merged_records(patient),
        "token": uuid4(),
        "clinicians": _to_walk_in_with(actor) if Permission.RECEIVE in held else [],
    }
    if Permission.VIEW_RECORD not in held:
        context |= _front_desk(patient, now=now)
        return render(request, "clinic/patients/desk.html", context)
    context |= _record(patient, now=now)
    context["looks"] = _looks(patient, context["merged"], at_most=FEW_LOOKS)
    return render(request, "clinic/patients/patient.html", context)


def _to_walk_in_with(actor: User) -> list[User]:
    """Whom a walk-in may see; nothing to choose for a clinician, or where there is only one."""
    if Role.CLINICIAN in actor.roles:
        return []
    here = people.clinicians()
    return here if len(here) > 1 else []


def _front_desk(patient: Patient, *, now: datetime) -> dict[str, Any]:
    today = centre.today(now)
    return {
        "age": age_words(patient, today),
        "sex": sex_words(patient.sex),
        "past": courses.past_bookings_of(patient, now=now),
    }


def _record(patient: Patient, *, now: datetime) -> dict[str, Any]:
    today = centre.today(now)
    facts = facts_for_patient(patient, now=now)
    its_chart = charts.of_patient(patient, with_elsewhere=False)
    sittings = courses.sittings_of(patient)
    troubles = courses.complications_of(patient)
    scores = courses.scores_of(patient, since=now - WINDOW)
    course = course_of(scores, sittings, troubles, since=now - WINDOW, now=now)
    banner = patient_banner(patient, facts.patient, on=today)
    banner["heading"] = "h1"
    if its_chart.weight is not None:
        weighed = its_chart.weight.measured_on
        banner["weight_when"] = (
            _("today") if weighed == today else formats.date_format(weighed, "j M Y")
        )
    return {
        "banner": banner,
        "course": course,
        "ledger": check_session(facts).ledger,
        "chart": its_chart,
        "warnings": list(_before_any_needle(its_chart, troubles, today=today)),
        "sittings": [_sitting_words(one) for one in sittings],
        "open_sitting": next((one.procedure for one in sittings if one.is_open), None),
    }


def _looks(patient: Patient, merged: Iterable[Patient], *, at_most: int) -> list[dict[str, Any]]:
    """Who looked, at whichever of the records that are one by now."""
    events = trail.of_patient(patient.pk, *(one.pk for one in merged))
    return [_look(event) for event in events[:at_most]]


def _look(event: AuditEvent) -> dict[str, Any]:
    return {
        "at": event.recorded_at,
        "who": event.actor.full_name if event.actor else _("the system"),
        "what": event_words(event.action),
    }


# ── before any needle ────────────────────────────────────────────────────────────────────────


def _term(statement: ClinicalStatement) -> Term:
    return Term(text=statement.text, system=statement.system, code=statement.code)


def _before_any_needle(
    chart: Chart, troubles: Iterable[AdverseEvent], *, today: date
) -> Iterable[dict[str, Any]]:
    """What everybody with a needle must know: blood thinners, allergies, what went wrong before."""
    if chart.weight is None or today - chart.weight.measured_on > WEIGHT_IS_OLD:
        weighed = chart.weight.measured_on if chart.weight else None
        words = _("Weight of %s") % formats.date_format(weighed, "j M Y") if weighed else ""
        yield {
            "what": words or _("Weight not known"),
            "words": _("Weigh the patient first: the dose limit depends on it."),
        }
    for medicine in chart.medicines:
        if terminology.is_anticoagulant(_term(medicine)):
            yield {
                "what": medicine.text or medicine.code,
                "words": _("Bruises more. Press longer; never advise stopping it."),
                "source": knowledge().sources.get("anticoagulant"),
            }
    for allergy in chart.allergies:
        said = ", ".join(
            part for part in (allergy.reaction, severity_words(allergy.severity)) if part
        )
        yield {
            "what": allergy.text or allergy.code,
            "words": _("Allergy: %s") % said if said else _("Allergy, reaction not known."),
        }
    for trouble in troubles:
        on = formats.date_format(timezone.localtime(trouble.occurred_at), "j M Y")
        yield {"what": f"{trouble_words(trouble)}, {on}", "words": trouble.words}


# ── sessions ─────────────────────────────────────────────────────────────────────────────────


def _status_words(status: str) -> dict[str, str]:
    """The status as a word, its class and its icon."""
    return {
        ProcedureStatus.PREPARATION: {"word": _("Being prepared"), "css": "plain", "icon": "clock"},
        ProcedureStatus.IN_PROGRESS: {"word": _("Under way"), "css": "plain", "icon": "clock"},
        ProcedureStatus.COMPLETED: {"word": _("Signed"), "css": "ok", "icon": "check2"},
        ProcedureStatus.NOT_DONE: {"word": _("Not done"), "css": "plain", "icon": "x-lg"},
    }.get(ProcedureStatus(status), {"word": status, "css": "plain", "icon": "clock"})


def _sitting_words(line: SittingLine) -> dict[str, Any]:
    pain = None
    if line.pain_before is not None and line.pain_after is not None:
        pain = (line.pain_before, line.pain_after)
    page = "clinic:session" if line.is_open else "clinic:note"
    return {
        "line": line,
        "url": reverse(page, args=[line.procedure.pk]),
        "drugs": drug_words(line),
        "units": format_units(line.units_centi) if line.units_centi else "",
        "count": muscle_words(line),
        "muscles": line.muscles[:FEW_MUSCLES],
        "more": len(line.muscles) - FEW_MUSCLES,
        "pain": pain,
        "status": _status_words(line.procedure.status),
    }


@never_cache
@requires(Permission.VIEW_RECORD)
def looked(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """Who looked at this record or changed it, latest first."""
    patient = find(patient_id)
    trail.record_view("patient.looked", actor_id=actor.pk, patient_id=patient.pk)
    context = {
        "patient": patient,
        "looks": _looks(patient, merging.merged_records(patient), at_most=MOST_LOOKS),
        "most": MOST_LOOKS,
    }
    return render(request, "clinic/patients/looked.html", context)
