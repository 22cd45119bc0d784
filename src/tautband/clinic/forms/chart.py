"""Forms about what is written on a patient's chart."""

from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from tautband.clinic.forms.patients import day_field
from tautband.clinical import amounts
from tautband.clinical.knowledge import Agent, knowledge
from tautband.clinical.terms import AgentKind, AllergySeverity
from tautband.design.languages import said
from tautband.errors import Refused
from tautband.records.actions.chart import ERROR_REASONS
from tautband.records.models.vocabulary import StatementKind

MM_PER_INCH = Decimal("25.4")
INCHES_PER_FOOT = 12
SEVERITY_WORDS = {
    AllergySeverity.MILD: _("Mild"),
    AllergySeverity.MODERATE: _("Moderate"),
    AllergySeverity.SEVERE: _("Severe"),
    AllergySeverity.ANAPHYLAXIS: _("Anaphylaxis"),
    AllergySeverity.UNKNOWN: _("Unknown"),
}
ERROR_WORDS = dict(
    zip(
        ERROR_REASONS,
        (
            _("It belongs to another patient"),
            _("It never happened"),
            _("It was typed wrong"),
            _("It was entered twice"),
        ),
        strict=True,
    )
)


def _number(label: Any, *, required: bool = True, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=20,
        help_text=help_text,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "dir": "ltr"}),
        error_messages={"required": _("Enter a number.")},
    )


class TokenForm(forms.Form):
    """A form that creates a line: sent twice, it creates one."""

    token = forms.UUIDField(widget=forms.HiddenInput)


class WeightForm(TokenForm):
    """A weighing, in kilograms or pounds."""

    weight = _number(_("Weight"))
    unit = forms.ChoiceField(
        label=_("Unit"), choices=[("kg", "kg"), ("lb", "lb")], widget=forms.RadioSelect
    )
    measured_on = day_field(_("Weighed on"))
    confirmed = forms.BooleanField(
        label=_("I read the scale again: it is right"), required=False, widget=forms.HiddenInput
    )

    def ask_to_confirm(self) -> None:
        """Show the question that a hidden field held until now."""
        self.fields["confirmed"].widget = forms.CheckboxInput()

    def clean(self) -> dict[str, Any]:
        """Work out the grams."""
        cleaned = super().clean() or {}
        if cleaned.get("weight") and cleaned.get("unit"):
            try:
                cleaned["weight_g"] = amounts.parse_weight(cleaned["weight"], unit=cleaned["unit"])
            except Refused as refusal:
                self.add_error("weight", said(refusal.message))
        return cleaned

    @property
    def as_entered(self) -> str:
        """What was typed, with its unit."""
        return f"{self.cleaned_data['weight']} {self.cleaned_data['unit']}"


class HeightForm(TokenForm):
    """A height, in centimetres or in feet and inches."""

    css = "fields"
    height = _number(_("Centimetres"), required=False)
    feet = _number(_("or feet"), required=False)
    inches = _number(_("and inches"), required=False)
    measured_on = day_field(_("Measured on"))

    def clean(self) -> dict[str, Any]:
        """Work out the millimetres from one of the two."""
        cleaned = super().clean() or {}
        metric, imperial = cleaned.get("height"), cleaned.get("feet") or cleaned.get("inches")
        if bool(metric) == bool(imperial):
            self.add_error("height", _("Fill in centimetres, or feet and inches."))
            return cleaned
        try:
            if metric:
                cleaned["height_mm"] = amounts.parse_height_cm(metric)
                cleaned["as_entered"] = f"{metric} cm"
            else:
                feet = amounts.parse_decimal(
                    cleaned.get("feet") or "0", field="feet", highest=Decimal(9)
                )
                inches = amounts.parse_decimal(
                    cleaned.get("inches") or "0", field="inches", highest=Decimal(107)
                )
                length = (feet * INCHES_PER_FOOT + inches) * MM_PER_INCH
                cleaned["height_mm"] = int(length.to_integral_value(ROUND_HALF_EVEN))
                cleaned["as_entered"] = f"{amounts.plain(feet)} ft {amounts.plain(inches)} in"
        except Refused as refusal:
            for name, words in refusal.fields.items():
                self.add_error(name, said(words))
        return cleaned


class StatementForm(TokenForm):
    """A medicine or a condition."""

    kind = StatementKind.CONDITION
    text = forms.CharField(
        label=_("Condition"),
        max_length=240,
        error_messages={"required": _("Say what it is.")},
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    started_on = day_field(_("Since"), required=False)

    @property
    def line(self) -> dict[str, Any]:
        """What the action takes; only of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "token"}


class ConditionForm(StatementForm):
    """A condition."""


class MedicineForm(StatementForm):
    """A medicine."""

    kind = StatementKind.MEDICINE
    text = forms.CharField(
        label=_("Medicine"),
        max_length=240,
        error_messages={"required": _("Say what it is.")},
        help_text=_("Name, strength and how often: apixaban 5 mg, twice daily."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "list": "known"}),
    )


class AllergyForm(TokenForm):
    """An allergy: what it is to, what happened, how bad it was."""

    kind = StatementKind.ALLERGY
    text = forms.CharField(
        label=_("Allergic to"),
        max_length=240,
        error_messages={"required": _("Say what it is.")},
        help_text=_("The ingredient rather than the brand, where it is known."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto", "list": "known"}),
    )
    reaction = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=240,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )
    severity = forms.ChoiceField(
        label=_("How bad it was"),
        choices=list(SEVERITY_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Say how bad it was, or that this is unknown.")},
    )
    started_on = day_field(_("Since, or when it happened"), required=False)

    @property
    def line(self) -> dict[str, Any]:
        """What the action takes; only of a valid form."""
        return {name: value for name, value in self.cleaned_data.items() if name != "token"}


_COUNTED = (AgentKind.LOCAL_ANAESTHETIC, AgentKind.CORTICOSTEROID, AgentKind.BOTULINUM_TOXIN)
_GROUP_WORDS = {
    AgentKind.LOCAL_ANAESTHETIC: _("Local anaesthetics"),
    AgentKind.CORTICOSTEROID: _("Steroids"),
    AgentKind.BOTULINUM_TOXIN: _("Botulinum toxins"),
}


def _agents(kind: AgentKind) -> list[Agent]:
    return sorted(
        (agent for agent in knowledge().agents.values() if agent.kind is kind),
        key=lambda agent: agent.name,
    )


class ElsewhereForm(TokenForm):
    """A dose the patient had somewhere else."""

    agent = forms.ChoiceField(
        label=_("Medicine"), error_messages={"required": _("Choose the medicine from the list.")}
    )
    amount = _number(_("How much"), required=False, help_text=_("In mg; botulinum toxin in units."))
    amount_unknown = forms.BooleanField(label=_("The amount is not known"), required=False)
    given_on = day_field(_("Given on"))
    date_is_about = forms.BooleanField(label=_("About then; nobody is sure"), required=False)
    given_time = forms.TimeField(
        label=_("At what time"),
        required=False,
        help_text=_("Where it was today: local anaesthetics of one day add up."),
        widget=forms.TimeInput(format="%H:%M", attrs={"type": "time"}),
    )
    place = forms.CharField(
        label=_("Where"),
        required=False,
        max_length=120,
        help_text=_("Dentist, cosmetic clinic, another centre."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
    )

    def __init__(self, *args: Any, zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = zone
        groups: list[tuple[Any, Any]] = [
            (_GROUP_WORDS[kind], [(agent.id, agent.name) for agent in _agents(kind)])
            for kind in _COUNTED
        ]
        self.fields["agent"].choices = [("", _("Choose")), *groups]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        """Work out the amount in its unit; unknown is said, never assumed."""
        cleaned = super().clean() or {}
        cleaned["amount_ug"] = cleaned["units_centi"] = None
        typed, unknown = cleaned.get("amount"), cleaned.get("amount_unknown")
        if bool(typed) == bool(unknown):
            self.add_error("amount", _("Enter how much, or say that the amount is unknown."))
        elif typed and cleaned.get("agent"):
            in_units = knowledge().kind(cleaned["agent"]) is AgentKind.BOTULINUM_TOXIN
            try:
                if in_units:
                    cleaned["units_centi"] = amounts.parse_units(typed, field="amount")
                else:
                    cleaned["amount_ug"] = amounts.parse_amount(
                        typed, field="amount", scale=1000, highest=Decimal(5000), unit="mg"
                    )
            except Refused as refusal:
                self.add_error("amount", refusal.message)
        day, time = cleaned.get("given_on"), cleaned.get("given_time")
        cleaned["given_at"] = (
            datetime.combine(day, time, tzinfo=self.zone) if day and time else None
        )
        return cleaned

    @property
    def dose(self) -> dict[str, Any]:
        """What the action takes; only of a valid form."""
        taken = (
            "agent", "amount_ug", "units_centi", "given_on", "date_is_about", "given_at", "place",
        )  # fmt: skip
        return {name: self.cleaned_data[name] for name in taken}


class EndForm(forms.Form):
    """When a medicine, a condition or an allergy ended."""

    ended_on = day_field(_("Ended on"))


class ErrorForm(forms.Form):
    """Why a line was wrong."""

    reason = forms.ChoiceField(
        label=_("Why it was wrong"),
        choices=list(ERROR_WORDS.items()),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why it was wrong.")},
    )


def known_names() -> list[str]:
    """What may be offered while an allergy or a medicine is typed."""
    tables = knowledge()
    return sorted(
        {thing.name for thing in (*tables.agents.values(), *tables.substances.values())},
        key=str.casefold,
    )
