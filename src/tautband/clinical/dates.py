"""Days and months as a calendar counts them, in the centre's time zone."""

from datetime import date

from tautband.clinical.words import joined, say

MONTHS = (
    say("Jan"), say("Feb"), say("Mar"), say("Apr"), say("May"), say("Jun"),
    say("Jul"), say("Aug"), say("Sep"), say("Oct"), say("Nov"), say("Dec"),
)  # fmt: skip


def year_before(day: date) -> date:
    """The same day of last year; 28 February for 29 February, the cautious one."""
    if (day.month, day.day) == (2, 29):
        return date(day.year - 1, 2, 28)
    return day.replace(year=day.year - 1)


def shown(day: date) -> str:
    """A date as staff read it: `1 Dec 2026`."""
    return joined(" ", (str(day.day), MONTHS[day.month - 1], str(day.year)))
