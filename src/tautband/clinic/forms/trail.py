"""The form that narrows the trail."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from tautband.records.queries import people
from tautband.records.queries.trail import actions


def _people() -> list[tuple[str, Any]]:
    return [
        ("", _("Anybody")),
        *((str(person.pk), person.full_name) for person in people.everybody()),
    ]


def _actions() -> list[tuple[str, Any]]:
    return [("", _("Anything")), *((action, action) for action in actions())]


class TrailForm(forms.Form):
    """Which part of the trail to show."""

    day = forms.DateField(
        label=_("Day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    person = forms.TypedChoiceField(
        label=_("Person"), choices=_people, coerce=UUID, empty_value=None, required=False
    )
    action = forms.ChoiceField(label=_("Action"), choices=_actions, required=False)
    record = forms.UUIDField(
        label=_("Id of a patient or of what was changed"),
        required=False,
        error_messages={"invalid": _("This is not an id. Copy one from the list.")},
    )
    before = forms.IntegerField(required=False, min_value=1, widget=forms.HiddenInput)
