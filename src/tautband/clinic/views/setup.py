"""The first run: the centre and the person who manages it."""

from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters

from tautband.accounts import session_limits
from tautband.accounts.access import public
from tautband.clinic.forms.centre import SetupForm
from tautband.clinic.forms.refusals import say
from tautband.clinic.middleware import before_setup
from tautband.errors import Refused
from tautband.records.actions import centres
from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries import centre as centre_query

BACKEND = "django.contrib.auth.backends.ModelBackend"


@sensitive_post_parameters("code", "password", "again")
@never_cache
@before_setup
@public
def setup(request: HttpRequest) -> HttpResponseBase:
    """Ask once, for whoever holds the code; afterwards the page leads to sign-in."""
    if centre_query.current() is not None:
        return HttpResponseRedirect(reverse("clinic:sign_in"))
    initial = {
        "opens_at": "08:00",
        "closes_at": "18:00",
        "slot_minutes": 20,
        "languages": ["en"],
        "rooms": "Room 1\nRoom 2",
        "paper_size": PaperSize.A4,
    }
    form = SetupForm(request.POST or None, initial=initial)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = form.cleaned_data
            try:
                _centre, person = centres.set_up(
                    code=typed["code"],
                    fields=form.fields_of_centre(),
                    person=centres.FirstPerson(
                        username=typed["username"],
                        full_name=typed["full_name"],
                        short_name="",
                        password=typed["password"],
                        is_clinician=typed["is_clinician"],
                        is_senior=typed["is_senior"],
                    ),
                )
            except Refused as refusal:
                status = say(form, refusal)
            else:
                login(request, person, backend=BACKEND)
                session_limits.start(request)
                messages.success(request, _("The centre is open. Add the people who work here."))
                return HttpResponseRedirect(reverse("clinic:people"))
    return render(request, "clinic/setup/setup.html", {"form": form}, status=status)
