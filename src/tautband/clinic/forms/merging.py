"""Deciding that two records are of one person, or that they are not."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.utils import formats
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tautband.clinic.banner import sex_words
from tautband.clinical.amounts import format_kg
from tautband.records.actions.merges import CONFIRMED, UNKNOWN
from tautband.records.models import Patient
from tautband.records.queries.merging import EACH_IN_ITS_TIME, WEIGH_FIRST, Matter, Side

FIELD_OF = {matter: str(matter).replace("-", "_") for matter in Matter}


def _why() -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("What tells you? Somebody who reads this later must understand it."),
        required=False,
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto", "autocomplete": "off"}),
    )


class MergeForm(forms.Form):
    """Which record stays, each contradiction, and why. Nothing is chosen beforehand."""

    survivor = forms.ChoiceField(
        label=gettext_lazy("Which record stays?"),
        help_text=gettext_lazy(
            "Its number and name stay. The other one leads to it, and can be found by its own."
        ),
        widget=forms.RadioSelect,
        error_messages={
            "required": gettext_lazy("Choose the record that stays."),
            "invalid_choice": gettext_lazy("Choose the record that stays."),
        },
    )
    shown = forms.CharField(widget=forms.HiddenInput, required=False)
    why = _why()

    def __init__(
        self, *args: Any, left: Side, right: Side, matters: Collection[Matter], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        both = (left.patient, right.patient)
        self.fields["survivor"].choices = [  # type: ignore[attr-defined]
            (str(one.pk), f"{one.full_name}, {_('no.')} {one.number}") for one in both
        ]
        asked = {
            Matter.BORN_ON: self._born_on,
            Matter.SEX: self._sex,
            Matter.DIED_ON: self._died_on,
            Matter.WEIGHT: self._weight,
            Matter.ALLERGIES: self._allergies,
            Matter.IDENTIFIERS: self._identifiers,
        }
        for matter in Matter:
            if matter in matters:
                self.fields[FIELD_OF[matter]] = asked[matter](left, right)
        self.order_fields(["survivor", *(FIELD_OF[matter] for matter in Matter), "why", "shown"])

    @property
    def decided(self) -> dict[str, str]:
        """What was chosen, by what it is about; whether it will do, the record says."""
        return {
            str(matter): str(self.data.get(name, ""))
            for matter, name in FIELD_OF.items()
            if name in self.fields
        }

    @property
    def undecided(self) -> dict[str, str]:
        """What was typed without what was decided: which record stays, and why."""
        return {name: str(self.data.get(name, "")) for name in ("survivor", "why", "shown")}

    @staticmethod
    def _born_on(left: Side, right: Side) -> forms.Field:
        return _choice(
            _("Which birth date is right?"),
            [(side.patient, _day(side.patient.born_on)) for side in (left, right)],
        )

    @staticmethod
    def _sex(left: Side, right: Side) -> forms.Field:
        return _choice(
            _("Which sex is right?"),
            [(side.patient, sex_words(side.patient.sex)) for side in (left, right)],
            more=[(UNKNOWN, _("Not known: pregnancy is asked about until it is"))],
        )

    @staticmethod
    def _died_on(left: Side, right: Side) -> forms.Field:
        return _choice(
            _("Has the patient died?"),
            [(side.patient, _day(side.patient.deceased_on) or _("no")) for side in (left, right)],
        )

    @staticmethod
    def _weight(left: Side, right: Side) -> forms.Field:
        told = [
            f"{format_kg(side.chart.weight.amount)} ({_day(side.chart.weight.measured_on)})"
            for side in (left, right)
            if side.chart.weight is not None
        ]
        return _choice(
            _("The weights are far apart: %s") % ", ".join(told),
            [],
            more=[
                (EACH_IN_ITS_TIME, _("Each was right on its day")),
                (WEIGH_FIRST, _("I do not know: weigh before the next session")),
            ],
        )

    @staticmethod
    def _allergies(_left: Side, _right: Side) -> forms.Field:
        return _tick(_("I have read the allergies of both. All of them count afterwards."))

    @staticmethod
    def _identifiers(_left: Side, _right: Side) -> forms.Field:
        return _tick(
            _("One system knows the two under different numbers. It is one person all the same.")
        )


def _day(on: Any) -> str:
    return formats.date_format(on, "j M Y") if on else ""


def _choice(
    label: str, sides: list[tuple[Patient, str]], *, more: list[tuple[str, str]] | None = None
) -> forms.Field:
    # What is missing or forged is said by the record itself, in its own words.
    choices = [
        (str(patient.pk), f"{words} ({_('no.')} {patient.number})") for patient, words in sides
    ]
    return forms.CharField(
        label=label,
        required=False,
        widget=forms.RadioSelect(choices=[*choices, *(more or [])]),
    )


def _tick(label: str) -> forms.Field:
    return forms.CharField(
        label=label, required=False, widget=forms.CheckboxInput(attrs={"value": CONFIRMED})
    )


class UnmergeForm(forms.Form):
    """Why two records are taken apart again."""

    why = _why()
