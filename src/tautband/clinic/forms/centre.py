"""Forms about the centre itself: first run, its details, its rescue kit."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tautband.clinic.forms.people import TwicePassword, new_password
from tautband.records.actions.centres import CentreFields
from tautband.records.models import Centre
from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries.centre import time_zones

PAPER_CHOICES = [
    (PaperSize.A4, _("A4 (210 × 297 mm)")),
    (PaperSize.LETTER, _("US Letter (8.5 × 11 in)")),
]


def _zones() -> list[tuple[str, Any]]:
    return [("", _("Choose")), *((name, name.replace("_", " ")) for name in time_zones())]


class CentreForm(forms.Form):
    """What a manager says about the centre."""

    name = forms.CharField(label=_("Name of the centre"), max_length=120)
    time_zone = forms.ChoiceField(
        label=_("Time zone"),
        choices=_zones,
        help_text=_("Days and intervals are counted in it."),
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages for patients"),
        choices=settings.LANGUAGES,
        widget=forms.CheckboxSelectMultiple,
    )
    first_language = forms.ChoiceField(
        label=_("Language of the pages"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect,
        required=False,
        help_text=_("Until somebody chooses their own."),
    )
    emergency_number = forms.CharField(
        label=_("Emergency number"),
        max_length=32,
        help_text=_("Who comes when somebody collapses. It stands on the emergency sheet."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    out_of_hours_number = forms.CharField(
        label=_("Out-of-hours number"),
        max_length=32,
        help_text=_("Whom a patient calls when the centre is closed."),
        widget=forms.TextInput(attrs={"inputmode": "tel"}),
    )
    opens_at = forms.TimeField(
        label=_("Opens at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    closes_at = forms.TimeField(
        label=_("Closes at"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M")
    )
    slot_minutes = forms.IntegerField(
        label=_("Minutes in a slot"),
        min_value=5,
        max_value=240,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    rooms = forms.CharField(
        label=_("Rooms, one a line"),
        required=False,
        max_length=2600,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    paper_size = forms.ChoiceField(
        label=_("Paper in the printers"),
        choices=PAPER_CHOICES,
        help_text=_("Every page that prints and every PDF is laid out for it."),
    )

    def fields_of_centre(self) -> CentreFields:
        """What was typed, for the action."""
        typed = self.cleaned_data
        return CentreFields(
            name=typed["name"],
            time_zone=typed["time_zone"],
            languages=_first(typed["first_language"], typed["languages"]),
            emergency_number=typed["emergency_number"],
            out_of_hours_number=typed["out_of_hours_number"],
            opens_at=typed["opens_at"],
            closes_at=typed["closes_at"],
            slot_minutes=typed["slot_minutes"],
            rooms=typed["rooms"].splitlines(),
            paper_size=typed["paper_size"],
        )

    @staticmethod
    def initial_of(centre: Centre) -> dict[str, Any]:
        """The centre as it is."""
        return {
            "name": centre.name,
            "time_zone": centre.time_zone,
            "languages": centre.languages,
            "first_language": centre.languages[0] if centre.languages else "",
            "emergency_number": centre.emergency_number,
            "out_of_hours_number": centre.out_of_hours_number,
            "opens_at": centre.opens_at,
            "closes_at": centre.closes_at,
            "slot_minutes": centre.slot_minutes,
            "rooms": "\n".join(centre.rooms),
            "paper_size": centre.paper_size,
        }


def _first(language: str, languages: list[str]) -> list[str]:
    """The languages with one of them first; it is one of them, whether it was ticked or not."""
    return list(dict.fromkeys([language, *languages])) if language else languages


class SetupForm(CentreForm, TwicePassword):
    """First run: the code, the centre, and the first person."""

    code = forms.CharField(
        label=_("Code"),
        max_length=64,
        help_text=_(
            "The server printed it when it started; it also stands in setup-code.txt in its data"
            " folder."
        ),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
    )
    full_name = forms.CharField(label=_("Your full name, as it stands on notes"), max_length=120)
    username = forms.RegexField(
        r"^[A-Za-z0-9._@+-]+$",
        label=_("Your sign-in name"),
        max_length=64,
        error_messages={"invalid": _("Letters, digits and . _ @ + - only, without spaces.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "username"}),
    )
    is_clinician = forms.BooleanField(
        label=_("I am also a clinician who plans and injects"), required=False
    )
    is_senior = forms.BooleanField(
        label=_("I hold the senior right: I may override a rule that stops"), required=False
    )
    password = new_password(_("Your password"))
    again = new_password(_("Your password, once more"))


class RescueKitForm(forms.Form):
    """What was seen in the rescue kit."""

    place = forms.CharField(label=_("Where the kit is"), max_length=80)
    lipid_ml = forms.IntegerField(
        label=_("Lipid emulsion 20 %"),
        min_value=1,
        max_value=10_000,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
    lipid_expires_on = forms.DateField(
        label=_("The first of it goes out of date on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    token = forms.UUIDField(widget=forms.HiddenInput)
