"""Doses the patient had elsewhere, as told when asked today."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from django.utils.translation import gettext as _

from tautband.accounts.models import User
from tautband.clinical.ask import UNKNOWN
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import AgentKind
from tautband.errors import Refused
from tautband.records.models import ElsewhereDose, Encounter, Patient
from tautband.records.queries import centre

QUESTIONS = {
    "steroid_elsewhere": "corticosteroid",
    "anaesthetic_elsewhere": "local-anaesthetic",
    "botulinum_elsewhere": "botulinum-toxin",
}


def check(question: str, said: Mapping[str, str], *, patient: Patient, now: datetime) -> None:
    """Refuse a dose elsewhere on a day still to come, or before the patient was born.

    It would count for nothing: the rules look back from today.
    """
    if question not in QUESTIONS or "on" not in said:
        return
    given_on = date.fromisoformat(said["on"])
    at = _instant(given_on, said.get("at", ""))
    field, words = "on", ""
    if given_on > centre.today(now):
        words = _("This day is in the future.")
    elif given_on < patient.born_on:
        words = _("This day lies before the patient was born.")
    elif at is not None and at > now:
        field, words = "at", _("This time is still to come.")
    if words:
        raise Refused(words, fields={field: words})


def check_amount(agent: str, *, amount_ug: int | None, units_centi: int | None) -> None:
    """Refuse an agent that no table knows, the wrong unit for it, and nothing given as a dose."""
    known = knowledge().agents.get(agent)
    if known is None:
        words = _("Choose the medicine from the list.")
        raise Refused(words, fields={"agent": words})
    in_units = known.kind is AgentKind.BOTULINUM_TOXIN
    wrong = amount_ug if in_units else units_centi
    if wrong is not None:
        words = _("Botulinum toxin is counted in units, everything else in milligrams.")
        raise Refused(words, fields={"amount": words})
    for amount in (amount_ug, units_centi):
        if amount is not None and amount <= 0:
            words = _("Enter how much, or say that the amount is unknown.")
            raise Refused(words, fields={"amount": words})


def take_over(
    *, encounter: Encounter, details: Mapping[str, Mapping[str, str]], actor: User
) -> None:
    """Keep each dose told today as a dose elsewhere; asked again, the later telling replaces it."""
    encounter.elsewhere_doses.update(entered_in_error=True)
    for question, kind in QUESTIONS.items():
        said = details.get(question)
        if not said:
            continue
        in_units = kind == "botulinum-toxin"
        amount = None if said["amount"] == UNKNOWN else Decimal(said["amount"])
        given_on = date.fromisoformat(said["on"])
        ElsewhereDose.objects.create(
            patient_id=encounter.patient_id,
            encounter=encounter,
            # Which drug it was may be unknown while its family is not: the rules must see that.
            agent=said["agent"] if said["agent"] != UNKNOWN else f"unknown-{kind}",
            amount_ug=None if in_units or amount is None else int(amount * 1000),
            units_centi=int(amount * 100) if in_units and amount is not None else None,
            given_on=given_on,
            date_is_about=said.get("about") == "about",
            given_at=_instant(given_on, said.get("at", "")),
            place=said.get("where", ""),
            recorded_by=actor,
        )


def _instant(day: date, clock: str) -> datetime | None:
    if not clock:
        return None
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=centre.zone())
