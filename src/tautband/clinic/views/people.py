"""The people who work here: who they are, what they may do."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tautband.accounts import actions as accounts
from tautband.accounts.access import Permission, Role, requires
from tautband.accounts.models import User
from tautband.clinic.forms.people import ROLE_NAMES, PersonForm, RolesForm
from tautband.clinic.forms.refusals import say
from tautband.errors import Refused
from tautband.records.queries import people as people_query


def _listed() -> list[dict[str, object]]:
    return [
        {
            "person": person,
            "roles": [ROLE_NAMES[Role(role)] for role in person.roles],
        }
        for person in people_query.everybody()
    ]


@never_cache
@requires(Permission.MANAGE_PEOPLE)
def people(request: HttpRequest, actor: User) -> HttpResponseBase:
    """Everybody, and a form for one more; the new password is shown once, here and now."""
    form = PersonForm(request.POST or None)
    context: dict[str, object] = {"form": form}
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            password = accounts.random_password()
            try:
                person = accounts.create(
                    username=form.cleaned_data["username"],
                    full_name=form.cleaned_data["full_name"],
                    short_name=form.cleaned_data["short_name"],
                    roles=form.cleaned_data["roles"],
                    is_senior=form.cleaned_data["is_senior"],
                    password=password,
                    actor=actor,
                )
            except Refused as refusal:
                status = say(form, refusal)
            else:
                # Not a redirect: the password must not travel through a session or a URL.
                status = 201
                context = {"form": PersonForm(), "added": person, "password": password}
    context["people"] = _listed()
    return render(request, "clinic/people/people.html", context, status=status)


def _person(person_id: UUID) -> User:
    person = people_query.find(person_id)
    if person is None:
        raise Http404
    return person


@requires(Permission.MANAGE_PEOPLE)
def person(request: HttpRequest, actor: User, person_id: UUID) -> HttpResponseBase:
    """One person: roles, senior right, whether they still work here."""
    somebody = _person(person_id)
    initial = {
        "roles": somebody.roles,
        "is_senior": somebody.is_senior,
        "is_active": somebody.is_active,
    }
    form = RolesForm(request.POST or None, initial=initial)
    status = 200
    # With every box unticked only the token is posted, so the method is asked and not the data.
    if request.method == "POST":
        form = RolesForm(request.POST)
        status = 422
        if form.is_valid():
            try:
                accounts.set_roles(person=somebody, actor=actor, **form.cleaned_data)
            except Refused as refusal:
                status = say(form, refusal)
            else:
                messages.success(request, _("Kept."))
                return HttpResponseRedirect(reverse("clinic:people"))
    return render(
        request, "clinic/people/person.html", {"form": form, "somebody": somebody}, status=status
    )


@require_POST
@never_cache
@requires(Permission.MANAGE_PEOPLE)
def reset_password(request: HttpRequest, actor: User, person_id: UUID) -> HttpResponseBase:
    """Give somebody a new password, shown once on the page."""
    somebody = _person(person_id)
    password = accounts.random_password()
    accounts.set_password(
        person=somebody, password=password, actor=actor, must_change_password=True
    )
    return render(
        request,
        "clinic/people/people.html",
        {
            "form": PersonForm(),
            "people": _listed(),
            "reset": somebody,
            "password": password,
        },
        status=201,
    )
