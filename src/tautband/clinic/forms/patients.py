"""Forms about who a patient is: finding, registering, correcting, importing."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from tautband.clinical.terms import Sex
from tautband.records.actions.demographics import COLUMNS, Demographics
from tautband.records.models import Patient

SEX_CHOICES = [
    (Sex.FEMALE, _("Female")),
    (Sex.MALE, _("Male")),
    (Sex.OTHER, _("Other")),
    (Sex.UNKNOWN, _("Not known")),
]
# By what kind of number another place knows the patient, and the system it is kept under.
NATIONAL, INSURANCE, PASSPORT = (
    "urn:tautband:national-number",
    "urn:tautband:insurance-number",
    "urn:tautband:passport-number",
)
IDENTIFIER_CHOICES = [
    (NATIONAL, _("National number")),
    (INSURANCE, _("Insurance number")),
    (PASSPORT, _("Passport number")),
]
DATE_FORMATS = ["%Y-%m-%d", "%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d %m %Y", "%d %b %Y", "%d %B %Y"]
MOST_FILES = 60


def day_field(label: Any, *, required: bool = True, help_text: Any = "") -> forms.DateField:
    """A calendar day, by the browser's own picker or typed."""
    return forms.DateField(
        label=label,
        required=required,
        help_text=help_text,
        input_formats=DATE_FORMATS,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={
            "required": _("Give the day."),
            "invalid": _("This day does not exist. Write it as day, month, year: 3.3.1969."),
        },
    )


def _name(label: Any, most: int, *, help_text: Any = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=False,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", **attrs}),
    )


class SearchForm(forms.Form):
    """What somebody remembers of a patient."""

    q = forms.CharField(
        label=_("Name, number, birth date or telephone"),
        required=False,
        max_length=120,
        strip=True,
        widget=forms.TextInput(
            attrs={
                "type": "search",
                "autocomplete": "off",
                "dir": "auto",
                "spellcheck": "false",
                "enterkeyhint": "search",
            }
        ),
    )


class DemographicsForm(forms.Form):
    """Who somebody is; what is wrong with it the record says, field by field."""

    given_name = _name(_("Given name"), 80)
    family_name = _name(
        _("Family name"), 80, help_text=_("Somebody with one name only: write it here.")
    )
    other_name = _name(
        _("Other names or spelling"),
        160,
        help_text=_("A former name, or the name in another script."),
    )
    born_on = day_field(_("Born on"))
    sex = forms.ChoiceField(
        label=_("Sex"),
        choices=SEX_CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one of the four.")},
    )
    phone = _name(_("Telephone"), 32, type="tel", dir="ltr")
    email = _name(_("Email"), 254, type="email", dir="ltr")
    address = _name(_("Address"), 240)
    language = forms.ChoiceField(label=_("Language for papers"), required=False)
    interpreter_language = _name(
        _("Interpreter needed for"), 40, help_text=_("Leave it empty if none is needed.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["family_name"].required = True
        self.fields["family_name"].error_messages["required"] = _("Give at least one name.")
        held = str(self.initial.get("language", ""))
        choices = [("", _("Not said")), *settings.LANGUAGES]
        if held and held not in dict(settings.LANGUAGES):
            # An import may bring a language that no paper is printed in; it stays as it is.
            choices.append((held, held))
        self.fields["language"] = forms.ChoiceField(
            label=_("Language for papers"), required=False, choices=choices
        )

    @property
    def who(self) -> Demographics:
        """The typed demographics; only of a valid form."""
        typed = self.cleaned_data
        return Demographics(**{name: typed[name] for name in COLUMNS if name in typed})


class RegisterForm(DemographicsForm):
    """A new patient; `different` says that whoever is shown as alike is somebody else."""

    identifier_system = forms.ChoiceField(
        label=_("Kind of number"), required=False, choices=[("", _("None")), *IDENTIFIER_CHOICES]
    )
    identifier = _name(_("The number"), 120, dir="ltr")
    different = forms.BooleanField(
        label=_("This is a different person from everybody shown here"), required=False
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    def clean(self) -> dict[str, Any]:
        """A number needs its kind."""
        cleaned = super().clean() or {}
        if cleaned.get("identifier") and not cleaned.get("identifier_system"):
            self.add_error("identifier_system", _("Say what kind of number this is."))
        return cleaned

    @property
    def identifiers(self) -> list[tuple[str, str]]:
        """The number typed, with its system; none if nothing was typed."""
        typed = self.cleaned_data
        if not typed["identifier"]:
            return []
        return [(typed["identifier_system"], typed["identifier"])]


class EditForm(DemographicsForm):
    """Correcting who a patient is."""

    deceased_on = day_field(_("Died on"), required=False)
    revision = forms.IntegerField(widget=forms.HiddenInput)

    @staticmethod
    def from_record(patient: Patient) -> dict[str, Any]:
        """What stands on the record, as the form's first values."""
        held: dict[str, Any] = {name: getattr(patient, name) for name in COLUMNS}
        return {**held, "revision": patient.revision}


class _ManyFiles(forms.ClearableFileInput):
    allow_multiple_selected = True


class _FilesField(forms.FileField):
    def clean(self, data: Any, initial: Any = None) -> Any:
        given = data if isinstance(data, (list, tuple)) else [data] if data else []
        if not given:
            raise forms.ValidationError(_("Choose at least one file."))
        if len(given) > MOST_FILES:
            raise forms.ValidationError(_("At most 60 files at once."))
        return [super(_FilesField, self).clean(one, initial) for one in given]


class ImportForm(forms.Form):
    """One or more FHIR files."""

    uploads = _FilesField(
        label=_("FHIR R4 files"),
        help_text=_("JSON or NDJSON, plain or gzipped; one patient each or many."),
        widget=_ManyFiles(
            attrs={"multiple": True, "accept": ".json,.ndjson,.jsonl,.gz,application/json"}
        ),
    )
    source = forms.CharField(
        label=_("System they come from"),
        help_text=_("Only where two systems use the same ids: name each in its own words."),
        required=False,
        max_length=40,
    )
    token = forms.UUIDField(widget=forms.HiddenInput)

    @property
    def chosen(self) -> Sequence[UploadedFile]:
        """The files, only of a valid form."""
        files: list[UploadedFile] = self.cleaned_data["uploads"]
        return files
