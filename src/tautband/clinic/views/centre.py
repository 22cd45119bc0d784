"""The centre's own details, and its rescue kit."""

from uuid import uuid4

from django.contrib import messages
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.context import home_of
from tautband.clinic.forms.centre import CentreForm, RescueKitForm
from tautband.clinic.forms.refusals import say
from tautband.errors import Refused
from tautband.records.actions import centres, rescue_kits
from tautband.records.queries import centre as centre_query


@requires(Permission.MANAGE_CENTRE)
def centre(request: HttpRequest, actor: User) -> HttpResponseBase:
    """How the centre works: name, zone, numbers, hours, rooms."""
    now_open = centre_query.current()
    initial = CentreForm.initial_of(now_open) if now_open else {}
    form = CentreForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                centres.change(fields=form.fields_of_centre(), actor=actor)
            except Refused as refusal:
                status = say(form, refusal)
            else:
                messages.success(request, _("The centre's details are kept."))
                return HttpResponseRedirect(reverse("clinic:centre"))
    return render(request, "clinic/centre/centre.html", {"form": form}, status=status)


@requires(Permission.CHECK_RESCUE_KIT)
def rescue_kit(request: HttpRequest, actor: User) -> HttpResponseBase:
    """Say that the rescue kit was looked into and is complete."""
    last = centre_query.latest_rescue_kit_check()
    initial = {"token": uuid4(), "place": last.place if last else ""}
    form = RescueKitForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                rescue_kits.check(actor=actor, **form.cleaned_data)
            except Refused as refusal:
                status = say(form, refusal)
            else:
                messages.success(request, _("The rescue kit is checked."))
                return HttpResponseRedirect(home_of(actor))
    return render(
        request, "clinic/centre/rescue_kit.html", {"form": form, "last": last}, status=status
    )
