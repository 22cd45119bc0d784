"""Forms about appointments."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from tautband.records.actions.appointments import LONGEST_SERIES
from tautband.records.queries import people


def _clinicians() -> list[tuple[str, Any]]:
    return [(str(person.pk), person.full_name) for person in people.clinicians()]


class WhenForm(forms.Form):
    """Which clinician, on which day; asked first, to see what is free."""

    clinician = forms.ChoiceField(label=_("Clinician"), choices=_clinicians)
    day = forms.DateField(
        label=_("Day"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )


class SlotForm(forms.Form):
    """One of the free times of that clinician and day."""

    starts_at = forms.TypedChoiceField(
        label=_("Free times"),
        coerce=datetime.fromisoformat,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose a time."),
            "invalid_choice": _("This time is no longer free. Choose another."),
        },
    )

    def offer(self, slots: list[datetime]) -> None:
        """Offer these times, worded on the centre's clock."""
        field = self.fields["starts_at"]
        if isinstance(field, forms.ChoiceField):
            field.choices = [
                (slot.isoformat(), date_format(timezone.localtime(slot), "H:i")) for slot in slots
            ]


class BookForm(SlotForm):
    """A new appointment, alone or as a series."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=160,
        required=False,
        help_text=_("New: neck pain, 7 months. Repeat: botulinum toxin."),
    )
    region = forms.CharField(label=_("Region"), max_length=60, required=False)
    count = forms.TypedChoiceField(
        label=_("How often"),
        coerce=int,
        choices=[
            (1, _("Once")),
            *(
                (n, _("%(count)s times, twelve weeks apart") % {"count": n})
                for n in range(2, LONGEST_SERIES + 1)
            ),
        ],
        error_messages={"required": _("Choose how often.")},
    )
    token = forms.UUIDField(widget=forms.HiddenInput)
    field_order = ("starts_at", "reason", "region", "count", "token")


class MoveForm(SlotForm):
    """Another time for an appointment; `was` is the time that the page showed."""

    was = forms.CharField(widget=forms.HiddenInput)

    def clean_was(self) -> datetime:
        """The time as an instant."""
        try:
            was = datetime.fromisoformat(self.cleaned_data["was"])
        except ValueError as error:
            raise forms.ValidationError(_("Open the page again.")) from error
        if timezone.is_naive(was):
            raise forms.ValidationError(_("Open the page again."))
        return was


class CancelForm(forms.Form):
    """Why an appointment is given back."""

    reason = forms.CharField(label=_("Why it is cancelled"), max_length=160)


def day_or(text: str, otherwise: date) -> date:
    """A day out of a query string; anything that is not one becomes the other day."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return otherwise
    return day if 2000 <= day.year <= 2199 else otherwise
