"""Who referred a patient: one small form, for the desk as well."""

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.clinic.forms.refusals import say
from tautband.clinic.views.patients import find
from tautband.errors import Refused
from tautband.records.actions import referrers
from tautband.records.models import Patient


class ReferrerForm(forms.Form):
    """Whom the letter goes to; how long it may be the record says."""

    name = forms.CharField(
        label=gettext_lazy("Name, as the letter begins"),
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    practice = forms.CharField(
        label=gettext_lazy("Practice and address"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "dir": "auto"}),
    )
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def from_record(patient: Patient) -> dict[str, Any]:
        """What stands on the record."""
        return {
            "name": patient.referrer_name,
            "practice": patient.referrer_practice,
            "revision": patient.revision,
        }


def _back(request: HttpRequest, patient: Patient) -> str:
    """The page that led here, where it is one of ours; else the patient's."""
    asked = request.POST.get("next", "") or request.GET.get("next", "")
    if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) and asked.startswith("/"):
        return asked
    return reverse("clinic:patient", args=[patient.pk])


@never_cache
@require_http_methods(["GET", "POST"])
@requires(Permission.REGISTER_PATIENT)
def referrer(request: HttpRequest, actor: User, patient_id: UUID) -> HttpResponse:
    """Show and keep who referred the patient."""
    patient = find(patient_id)
    form = ReferrerForm(request.POST or None, initial=ReferrerForm.from_record(patient))
    back, status = _back(request, patient), 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            typed = form.cleaned_data
            try:
                referrers.name_referrer(
                    patient_id=patient.pk,
                    name=typed["name"],
                    practice=typed["practice"],
                    revision=typed["revision"],
                    actor=actor,
                )
            except Refused as refusal:
                status = say(form, refusal)
            else:
                messages.success(request, _("Kept."))
                return HttpResponseRedirect(back)
    trail.record_view("patient.referrer", actor_id=actor.pk, patient_id=patient.pk)
    context = {"form": form, "patient": patient, "back": back}
    return render(request, "clinic/patients/referrer.html", context, status=status)
