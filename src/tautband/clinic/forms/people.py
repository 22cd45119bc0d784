"""Forms about the people who work here: signing in, passwords, roles."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tautband.accounts.access import Role

ROLE_WORDS = {
    Role.CLINICIAN: _("Clinician: plans, consents, injects, signs"),
    Role.NURSE: _("Nurse: asks, measures, draws up and checks, observes"),
    Role.PHARMACIST: _("Pharmacist: reads records and checks medicines"),
    Role.DESK: _("Desk: registers, books, receives"),
    Role.MANAGER: _("Manager: the centre, its people, its defaults"),
    Role.AUDITOR: _("Auditor: reads the trail"),
}
ROLE_NAMES = {
    Role.CLINICIAN: _("Clinician"),
    Role.NURSE: _("Nurse"),
    Role.PHARMACIST: _("Pharmacist"),
    Role.DESK: _("Desk"),
    Role.MANAGER: _("Manager"),
    Role.AUDITOR: _("Auditor"),
}
THEMES = [("auto", _("As this machine last had it")), ("light", _("Light")), ("dark", _("Dark"))]


class SignInForm(forms.Form):
    """Name and password."""

    username = forms.CharField(
        label=_("Sign-in name"),
        max_length=64,
        widget=forms.TextInput(
            attrs={"autocomplete": "username", "autocapitalize": "none", "autofocus": True}
        ),
    )
    password = forms.CharField(
        label=_("Password"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )


def new_password(label: Any) -> forms.CharField:
    """A field for a password that is being chosen."""
    return forms.CharField(
        label=label,
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )


class TwicePassword(forms.Form):
    """A new password, typed twice the same."""

    password = new_password(_("New password"))
    again = new_password(_("New password, once more"))

    def clean(self) -> dict[str, Any]:
        """Both must be the same."""
        cleaned = super().clean() or {}
        if "password" in cleaned and "again" in cleaned and cleaned["password"] != cleaned["again"]:
            self.add_error("again", _("The two passwords differ."))
        return cleaned


class PasswordForm(TwicePassword):
    """Changing one's own password."""

    current = forms.CharField(
        label=_("Password until now"),
        max_length=256,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )
    field_order = ("current", "password", "again")


class PreferencesForm(forms.Form):
    """How a person likes the screen."""

    theme = forms.ChoiceField(label=_("Theme"), choices=THEMES, widget=forms.RadioSelect)
    language = forms.ChoiceField(
        label=_("Language"), choices=settings.LANGUAGES, widget=forms.RadioSelect
    )


class RolesForm(forms.Form):
    """What a person may do."""

    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        help_text=_("One person may hold several."),
        choices=list(ROLE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    is_senior = forms.BooleanField(
        label=_("Senior right: may override a rule that stops, with a reason"), required=False
    )
    is_active = forms.BooleanField(label=_("Works here, and may sign in"), required=False)


class PersonForm(forms.Form):
    """A new person."""

    full_name = forms.CharField(
        label=_("Full name, as it stands on notes"), max_length=120, help_text=_("Dr Lena Okafor")
    )
    short_name = forms.CharField(
        label=_("Short name, for lists"),
        max_length=40,
        required=False,
        help_text=_("Left empty: the last word of the full name."),
    )
    username = forms.RegexField(
        r"^[A-Za-z0-9._@+-]+$",
        label=_("Sign-in name"),
        max_length=64,
        error_messages={"invalid": _("Letters, digits and . _ @ + - only, without spaces.")},
        widget=forms.TextInput(attrs={"autocapitalize": "none", "autocomplete": "off"}),
    )
    roles = forms.MultipleChoiceField(
        label=_("Roles"),
        help_text=_("One person may hold several."),
        choices=list(ROLE_WORDS.items()),
        widget=forms.CheckboxSelectMultiple,
    )
    is_senior = forms.BooleanField(
        label=_("Senior right: may override a rule that stops, with a reason"), required=False
    )
