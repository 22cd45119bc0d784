"""Doses the patient had elsewhere, as told when asked today."""

from collections.abc import Mapping
from datetime import date, datetime, time
from decimal import Decimal

from tautband.accounts.models import User
from tautband.clinical.ask import UNKNOWN
from tautband.records.models import ElsewhereDose, Encounter
from tautband.records.queries import centre

QUESTIONS = {
    "steroid_elsewhere": "corticosteroid",
    "anaesthetic_elsewhere": "local-anaesthetic",
    "botulinum_elsewhere": "botulinum-toxin",
}


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
            place=said.get("where", "")[:120],
            recorded_by=actor,
        )


def _instant(day: date, clock: str) -> datetime | None:
    if not clock:
        return None
    return datetime.combine(day, time.fromisoformat(clock), tzinfo=centre.zone())
