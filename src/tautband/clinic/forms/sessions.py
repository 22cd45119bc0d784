"""Forms of a session. They read what was typed; the actions judge it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tautband.clinical.terms import BodyPosition, Guidance
from tautband.records.actions.encounters import IDENTIFIERS

IDENTIFIER_WORDS = {
    "name": _("Full name"),
    "born_on": _("Date of birth"),
    "number": _("Number here"),
    "phone": _("Telephone"),
    "address": _("Address"),
}
IDENTIFIER_CHOICES = [(name, IDENTIFIER_WORDS[name]) for name in IDENTIFIERS]
YES_NO = [("yes", _("Yes")), ("no", _("No"))]
YES_NO_UNKNOWN = [*YES_NO, ("unknown", _("Unknown"))]
ZERO_TO_TEN = [(str(n), str(n)) for n in range(11)]
POSITION_WORDS = {
    BodyPosition.PRONE: _("Lying face down"),
    BodyPosition.SUPINE: _("Lying face up"),
    BodyPosition.SIDE_LYING: _("Lying on the side"),
    BodyPosition.SEATED: _("Seated"),
}
GUIDANCE_WORDS = {
    Guidance.NONE: _("By hand"),
    Guidance.LANDMARK: _("Landmarks"),
    Guidance.ULTRASOUND: _("Ultrasound"),
    Guidance.EMG: _("EMG"),
    Guidance.FLUOROSCOPY: _("Fluoroscopy"),
}


def flag(text: str | None) -> bool | None:
    """yes, no, anything else is not known."""
    return {"yes": True, "no": False}.get(text or "")


def whole(text: str | None) -> int | None:
    """A whole number in any script's digits, or None when nothing was typed.

    Nonsense is -1, which every action refuses.
    """
    cleaned = (text or "").strip()
    if not cleaned:
        return None
    return int(cleaned) if cleaned.isdecimal() and len(cleaned) < 7 else -1


class IdentityForm(forms.Form):
    """Two identifiers, asked openly; nothing preselected."""

    identifiers = forms.MultipleChoiceField(
        label=_("What the patient said, and it matched"),
        help_text=_("Ask openly: “What is your full name?”, never “Are you …?”. Tick two."),
        choices=IDENTIFIER_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )


def scale(label: Any, *, required: bool = False, help_text: Any = "") -> forms.ChoiceField:
    """One 0–10 scale."""
    return forms.ChoiceField(
        label=label,
        choices=ZERO_TO_TEN,
        widget=forms.RadioSelect,
        required=required,
        help_text=help_text,
    )


def moment(label: Any) -> forms.DateTimeField:
    """A day and a time, for what is written up later."""
    return forms.DateTimeField(
        label=label,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        required=False,
    )


class AssessmentForm(forms.Form):
    """Pain and function as the patient says."""

    pain_now = scale(_("Pain now"))
    pain_average = scale(_("Pain on average, past week"))
    pain_worst = scale(_("Worst pain, past week"))
    peg_pain = scale(_("PEG: pain on average, past week"))
    peg_enjoyment = scale(_("PEG: how much pain took away enjoyment of life, past week"))
    peg_activity = scale(_("PEG: how much pain got in the way of everyday activity, past week"))
    onset = forms.CharField(label=_("Since when, and how it began"), max_length=160, required=False)
    pattern = forms.CharField(
        label=_("Pattern: where it spreads, what brings it on, what eases it"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    tried = forms.CharField(
        label=_("What was tried, and how it helped"),
        max_length=400,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    diagnoses = forms.CharField(
        label=_("Diagnoses, one a line"),
        required=False,
        max_length=800,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class ConsentForm(forms.Form):
    """How consent was asked for; nothing is preselected."""

    given_by = forms.ChoiceField(
        label=_("Who decides"),
        choices=[("patient", _("The patient")), ("proxy", _("Somebody with authority"))],
        widget=forms.RadioSelect,
        required=False,
    )
    has_capacity = forms.ChoiceField(
        label=_("The patient understands, weighs and can say what they decide"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    mode = forms.ChoiceField(
        label=_("How"),
        choices=[("verbal", _("Said aloud")), ("signed", _("Signed on paper"))],
        widget=forms.RadioSelect,
        required=False,
    )
    alternatives_discussed = forms.BooleanField(
        label=_("Alternatives were talked over, doing nothing included"), required=False
    )
    trainee_named = forms.ChoiceField(
        label=_("A trainee takes part, and the patient knows"),
        choices=[("yes", _("Yes")), ("no", _("No trainee"))],
        widget=forms.RadioSelect,
        required=False,
    )
    off_label_named = forms.BooleanField(label=_("Use outside the label was named"), required=False)
    interpreter = forms.CharField(label=_("Interpreter"), max_length=120, required=False)
    chaperone = forms.CharField(label=_("Chaperone"), max_length=120, required=False)
    proxy_name = forms.CharField(
        label=_("Name of the person who decides"), max_length=120, required=False
    )
    proxy_authority = forms.CharField(label=_("What entitles them"), max_length=160, required=False)
    note = forms.CharField(label=_("Note"), max_length=400, required=False)
    taken_at = moment(_("When it was asked"))


class TimeOutForm(forms.Form):
    """Read aloud, each item ticked when it was said."""

    taken_at = moment(_("When it was read aloud"))

    identifiers = forms.MultipleChoiceField(
        label=_("Two identifiers, asked again"),
        choices=IDENTIFIER_CHOICES,
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )
    sides = forms.BooleanField(
        label=_("Muscles and sides read back against consent and the mark on the skin"),
        required=False,
    )
    labels = forms.BooleanField(
        label=_("Each syringe label read aloud: drug, strength, lot, expiry"), required=False
    )
    allergies = forms.BooleanField(label=_("Allergies read aloud"), required=False)
    resuscitation = forms.BooleanField(
        label=_("Resuscitation equipment is in the room"), required=False
    )
    lipid_in_date = forms.BooleanField(
        label=_("Lipid emulsion 20 % is here and in date"), required=False
    )


class StartForm(forms.Form):
    """How injecting begins."""

    position = forms.ChoiceField(
        label=_("Position"),
        choices=[("", _("as in each row")), *POSITION_WORDS.items()],
        required=False,
    )
    skin_preparation = forms.CharField(label=_("Skin cleaned with"), max_length=80, required=False)


class PastStartForm(StartForm):
    """A sitting that already took place and is written up now."""

    started_at = forms.DateTimeField(
        label=_("When it took place"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        required=False,
    )


class RecoveryForm(forms.Form):
    """How the patient is after the needle."""

    symptoms_asked = forms.BooleanField(
        label=_("Asked about numb lips, ringing ears, dizziness, breath, chest pain, weakness"),
        required=False,
    )
    toxicity_symptoms = forms.CharField(
        label=_("Signs of too much local anaesthetic"), max_length=240, required=False
    )
    chest_symptoms = forms.CharField(label=_("Breath or chest"), max_length=240, required=False)
    weakness = forms.CharField(
        label=_("Weakness of a treated limb"), max_length=240, required=False
    )
    pain_at_30_min = scale(_("Pain at 30 minutes"))
    tolerated = forms.ChoiceField(
        label=_("Tolerated"),
        choices=[("well", _("Well")), ("fairly", _("Fairly")), ("badly", _("Badly"))],
        widget=forms.RadioSelect,
        required=False,
    )
    escort = forms.ChoiceField(
        label=_("Somebody goes home with the patient"),
        choices=YES_NO,
        widget=forms.RadioSelect,
        required=False,
    )
    note = forms.CharField(label=_("Note"), max_length=400, required=False)
