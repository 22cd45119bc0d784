"""Who somebody is, cleaned and checked before it is written."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tautband.clinical.terms import Sex
from tautband.errors import Refused
from tautband.records import search
from tautband.records.models import Patient, PatientSearchKey
from tautband.records.patient_facts import age_on

OLDEST_YEARS = 125
# Joiners that Arabic and Persian names need; every other invisible character is dropped.
_JOINERS = {"\u200c", "\u200d"}
_SHORTEST_PHONE_DIGITS = 4


def tidy(text: str) -> str:
    """One line of text without invisible characters and doubled blanks, in composed form."""
    normal = unicodedata.normalize("NFC", text)
    visible = "".join(
        c if c in _JOINERS or unicodedata.category(c) not in {"Cc", "Cf", "Co", "Cs"} else " "
        for c in normal
    )
    return " ".join(visible.split())


def too_long(text: str, model: type[Model], column: str) -> str:
    """Words for a text that its column cannot hold, "" if it can."""
    most = getattr(model._meta.get_field(column), "max_length", None)
    if most is None or len(text) <= most:
        return ""
    return str(ngettext("At most %d character.", "At most %d characters.", most) % most)


@dataclass(frozen=True, slots=True, kw_only=True)
class Demographics:
    """Who somebody is, as typed or imported."""

    given_name: str
    family_name: str
    born_on: date
    sex: str
    other_name: str = ""
    phone: str = ""
    email: str = ""
    address: str = ""
    language: str = ""
    interpreter_language: str = ""
    deceased_on: date | None = None

    @property
    def names(self) -> tuple[str, str, str]:
        """Every name, for searching."""
        return (self.given_name, self.family_name, self.other_name)


COLUMNS = tuple(column.name for column in fields(Demographics))
_TEXTS = tuple(name for name in COLUMNS if name not in {"born_on", "sex", "deceased_on"})


@dataclass(slots=True)
class _Problems:
    found: dict[str, str] = field(default_factory=dict)

    def add(self, name: str, words: str) -> None:
        self.found.setdefault(name, words)


def check(typed: Demographics, *, today: date) -> Demographics:
    """The same demographics tidied; Refused, field by field, if they cannot be."""
    problems = _Problems()
    texts = {name: tidy(getattr(typed, name)) for name in _TEXTS}
    for name, text in texts.items():
        if words := too_long(text, Patient, name):
            problems.add(name, words)
    if not texts["given_name"] and not texts["family_name"]:
        problems.add("family_name", _("Give at least one name."))
    _check_dates(typed, today=today, problems=problems)
    if typed.sex not in set(Sex):
        problems.add("sex", _("Choose one of the four."))
    if texts["phone"] and len(search.digits_of(texts["phone"])) < _SHORTEST_PHONE_DIGITS:
        problems.add("phone", _("This is not a telephone number."))
    if texts["email"]:
        try:
            validate_email(texts["email"])
        except ValidationError:
            problems.add("email", _("This is not an email address."))
    if problems.found:
        raise Refused(_("Something here cannot be right."), fields=problems.found)
    return Demographics(
        **texts, born_on=typed.born_on, sex=typed.sex, deceased_on=typed.deceased_on
    )


def _check_dates(typed: Demographics, *, today: date, problems: _Problems) -> None:
    if typed.born_on > today:
        problems.add("born_on", _("This birth date is in the future."))
    elif age_on(typed.born_on, today) > OLDEST_YEARS:
        problems.add("born_on", _("This birth date is more than %d years ago.") % OLDEST_YEARS)
    if typed.deceased_on is not None and not typed.born_on <= typed.deceased_on <= today:
        problems.add("deceased_on", _("This day lies before the birth or in the future."))


def of(patient: Patient) -> Demographics:
    """What stands on the record now."""
    return Demographics(**{name: getattr(patient, name) for name in COLUMNS})


def changed(patient: Patient, wanted: Demographics) -> Mapping[str, object]:
    """The columns whose value would change, with the new value."""
    return {
        name: getattr(wanted, name)
        for name in COLUMNS
        if getattr(wanted, name) != getattr(patient, name)
    }


def index(patient: Patient) -> None:
    """Write the keys under which search finds the patient anew."""
    keys = search.keys_of_patient(
        names=(patient.given_name, patient.family_name, patient.other_name),
        number=patient.number,
        phone=patient.phone,
        born_on=patient.born_on,
    )
    held = set(PatientSearchKey.objects.filter(patient=patient).values_list("value", flat=True))
    if gone := held - keys:
        PatientSearchKey.objects.filter(patient=patient, value__in=gone).delete()
    PatientSearchKey.objects.bulk_create(
        PatientSearchKey(patient=patient, value=value) for value in sorted(keys - held)
    )
