"""Booking, moving and ending appointments."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect, QueryDict
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from tautband.accounts.access import Permission, Role, requires
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinic.forms.appointments import BookForm, CancelForm, MoveForm, WhenForm, day_or
from tautband.clinic.forms.refusals import say
from tautband.clinic.views.patients import find
from tautband.design.languages import said
from tautband.errors import Refused
from tautband.records.actions import appointments as actions
from tautband.records.actions import drafts
from tautband.records.models import Appointment, Centre, Patient
from tautband.records.models.vocabulary import AppointmentStatus
from tautband.records.queries import appointments as bookings
from tautband.records.queries import centre as centre_query
from tautband.records.queries import drafts as draft_query
from tautband.records.queries import people


def _centre() -> Centre:
    centre = centre_query.current()
    if centre is None:
        raise Http404
    return centre


def _appointment(appointment_id: UUID) -> Appointment:
    appointment = bookings.find(appointment_id)
    if appointment is None:
        raise Http404
    return appointment


def _chosen(
    request: HttpRequest, actor: User, *, clinician_id: UUID | None = None, day: date
) -> tuple[WhenForm, User | None, date]:
    """Which clinician and day the page is about: as asked, else the person's own diary today."""
    asked = request.GET or request.POST
    everyone = people.clinicians()
    wanted = asked.get("clinician") or str(clinician_id or "")
    chosen = next((each for each in everyone if str(each.pk) == wanted), None)
    if chosen is None and everyone:
        chosen = actor if Role.CLINICIAN in actor.roles else everyone[0]
    day = day_or(asked.get("day", ""), day)
    form = WhenForm(initial={"clinician": str(chosen.pk) if chosen else "", "day": day})
    return form, chosen, day


def _free(clinician: User | None, day: date, *, except_for: UUID | None = None) -> list[datetime]:
    if clinician is None:
        return []
    return bookings.free_on(
        day,
        centre=_centre(),
        clinician_id=clinician.pk,
        now=timezone.now(),
        except_for=except_for,
    )


def _near(day: date) -> dict[str, date]:
    return {
        "before": day - timedelta(days=1),
        "after": day + timedelta(days=1),
        "week_after": day + timedelta(days=7),
        "series_after": day + actions.series_step(),
    }


@requires(Permission.BOOK)
def appointment_new(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponseBase:
    """Book one patient: choose clinician and day, see what is free, take it."""
    patient = find(patient_id)
    when, clinician, day = _chosen(request, actor, day=centre_query.today(timezone.now()))
    slots = _free(clinician, day)
    kept = draft_query.of(actor, "appointment", patient_id)
    initial = {"token": uuid4(), "count": 1, **_texts(kept)}
    form = BookForm(request.POST or None, initial=initial)
    form.offer(slots)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and clinician is not None:
            try:
                told = _book(form.cleaned_data, patient=patient, clinician=clinician, actor=actor)
            except Refused as refusal:
                status = say(form, refusal)
                form.offer(_free(clinician, day))
            else:
                drafts.discard(actor=actor, form="appointment", subject=patient_id)
                for level, words in told:
                    messages.add_message(request, level, words)
                return HttpResponseRedirect(reverse("clinic:patient", args=[patient.pk]))
    trail.record_view("booking", actor_id=actor.pk, patient_id=patient.pk)
    return render(
        request,
        "clinic/appointments/new.html",
        {
            "patient": patient,
            "when": when,
            "form": form,
            "slots": slots,
            "clinician": clinician,
            "day": day,
            "near": _near(day),
            "upcoming": bookings.upcoming(patient.pk, now=timezone.now()),
            "draft_url": reverse("clinic:draft", args=["appointment", patient.pk]),
        },
        status=status,
    )


def _texts(kept: QueryDict | None) -> dict[str, str]:
    """What was typed before the sign-in ended; never the slot, which may be taken by now."""
    if kept is None:
        return {}
    return {name: str(kept[name]) for name in ("reason", "region", "count") if kept.get(name)}


def _book(
    typed: dict[str, Any], *, patient: Patient, clinician: User, actor: User
) -> list[tuple[int, str]]:
    what = {
        "patient_id": patient.pk,
        "clinician_id": clinician.pk,
        "starts_at": typed["starts_at"],
        "reason": typed["reason"],
        "region": typed["region"],
        "token": typed["token"],
        "actor": actor,
    }
    if typed["count"] == 1:
        booked = actions.book(**what)
        return [(messages.SUCCESS, _("Booked: %(when)s.") % {"when": in_words(booked.starts_at)})]
    result = actions.book_series(**what, count=typed["count"])
    told = [
        (
            messages.SUCCESS,
            ngettext(
                "%(count)s appointment booked: %(when)s.",
                "%(count)s appointments booked: %(when)s.",
                len(result.booked),
            )
            % {
                "count": len(result.booked),
                "when": "; ".join(in_words(each.starts_at) for each in result.booked),
            },
        )
    ]
    told += [
        (messages.WARNING, f"{in_words(at)}: {words} " + _("Book this one by hand."))
        for at, words in result.not_free
    ]
    return told


def in_words(at: datetime) -> str:
    """An instant on the centre's clock ("Tue 24 Nov 2026, 10:20")."""
    return date_format(timezone.localtime(at), "D j M Y, H:i")


@requires(Permission.BOOK)
def appointment(request: HttpRequest, actor: User, appointment_id: UUID) -> HttpResponseBase:
    """One appointment: move it, cancel it, or say that the patient did not come."""
    booked = _appointment(appointment_id)
    first_day = timezone.localtime(booked.starts_at).date()
    when, clinician, day = _chosen(
        request, actor, clinician_id=booked.clinician_id,
        day=max(first_day, centre_query.today(timezone.now())),
    )  # fmt: skip
    slots = _free(clinician, day, except_for=booked.pk)
    form = MoveForm(request.POST or None, initial={"was": booked.starts_at.isoformat()})
    form.offer(
        [slot for slot in slots if slot != booked.starts_at or clinician != booked.clinician]
    )
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid() and clinician is not None:
            try:
                moved = actions.move(
                    appointment_id=booked.pk,
                    clinician_id=clinician.pk,
                    starts_at=form.cleaned_data["starts_at"],
                    was=form.cleaned_data["was"],
                    actor=actor,
                )
            except Refused as refusal:
                status = say(form, refusal)
                booked = _appointment(appointment_id)
            else:
                words = _("Moved to %(when)s.") % {"when": in_words(moved.starts_at)}
                messages.success(request, words)
                return HttpResponseRedirect(_day_of(moved))
    trail.record_view(
        "appointment", actor_id=actor.pk, patient_id=booked.patient_id, target_id=booked.pk
    )
    return _show(request, booked, form=form, when=when, clinician=clinician, day=day, status=status)


def _show(
    request: HttpRequest,
    booked: Appointment,
    *,
    form: MoveForm,
    when: WhenForm,
    clinician: User | None,
    day: date,
    cancel_form: CancelForm | None = None,
    status: int = 200,
) -> HttpResponseBase:
    return render(
        request,
        "clinic/appointments/appointment.html",
        {
            "appointment": booked,
            "is_open": booked.status == AppointmentStatus.BOOKED,
            "has_passed": booked.starts_at <= timezone.now(),
            "form": form,
            "when": when,
            "clinician": clinician,
            "day": day,
            "near": _near(day),
            "cancel_form": cancel_form or CancelForm(),
            "day_url": _day_of(booked),
        },
        status=status,
    )


def _day_of(booked: Appointment) -> str:
    return f"{reverse('clinic:today')}?day={timezone.localtime(booked.starts_at).date()}"


@require_POST
@requires(Permission.BOOK)
def cancel(request: HttpRequest, actor: User, appointment_id: UUID) -> HttpResponseBase:
    """Give the slot back, with a reason."""
    booked = _appointment(appointment_id)
    form = CancelForm(request.POST)
    status = 422
    if form.is_valid():
        try:
            actions.cancel(
                appointment_id=booked.pk, reason=form.cleaned_data["reason"], actor=actor
            )
        except Refused as refusal:
            status = say(form, refusal)
            booked = _appointment(appointment_id)
        else:
            messages.success(request, _("Cancelled. The time is free again."))
            return HttpResponseRedirect(_day_of(booked))
    trail.record_view(
        "appointment", actor_id=actor.pk, patient_id=booked.patient_id, target_id=booked.pk
    )
    when, clinician, day = _chosen(
        request, actor, clinician_id=booked.clinician_id,
        day=timezone.localtime(booked.starts_at).date(),
    )  # fmt: skip
    move_form = MoveForm(initial={"was": booked.starts_at.isoformat()})
    move_form.offer(_free(clinician, day, except_for=booked.pk))
    return _show(
        request, booked, form=move_form, when=when, clinician=clinician, day=day,
        cancel_form=form, status=status,
    )  # fmt: skip


@require_POST
@requires(Permission.BOOK)
def did_not_attend(request: HttpRequest, actor: User, appointment_id: UUID) -> HttpResponseBase:
    """The patient did not come."""
    booked = _appointment(appointment_id)
    try:
        actions.did_not_attend(appointment_id=booked.pk, actor=actor)
    except Refused as refusal:
        messages.error(request, said(refusal.message))
    else:
        messages.success(request, _("Kept: did not attend."))
    return HttpResponseRedirect(_day_of(booked))
