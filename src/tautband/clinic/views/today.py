"""Today: who is booked, who is here, how long they wait, and what they wait for."""

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from tautband.accounts.access import Permission, permissions_of, requires
from tautband.accounts.models import User
from tautband.accounts.session_limits import POLL_HEADER
from tautband.audit import trail
from tautband.clinic.day_board import Board, Hints, counts_of, lots_in_words
from tautband.clinic.day_row import Row, bead_symbols, draw
from tautband.clinic.forms.appointments import day_or
from tautband.records.queries import centre as centre_query
from tautband.records.queries import day as day_query

# Signed into each board that was noted on the trail: only such a board may refresh unnoted.
_poll_signer = TimestampSigner(salt="board")


def _is_on_the_screen(token: str, actor: User, day: date) -> bool:
    """Whether a poll comes from a board of this day that this person has open."""
    try:
        said = _poll_signer.unsign(token, max_age=settings.TAUTBAND_HARD_SECONDS)
    except BadSignature:
        return False
    return said == f"{actor.pk} {day}"


def _filters() -> dict[str, str]:
    return {
        "all": _("All"),
        "waiting": _("Waiting"),
        "rooms": _("In rooms"),
        "observed": _("Observed"),
        "to-come": _("To come"),
        "done": _("Done"),
    }


def _query(day: date, today: date, show: str) -> str:
    parts = ([] if day == today else [f"day={day}"]) + ([] if show == "all" else [f"show={show}"])
    return "?" + "&".join(parts)


@requires(Permission.VIEW_DAY)
def today(request: HttpRequest, actor: User) -> HttpResponseBase:
    """The board of one day; the page asks for its table again every half minute."""
    now = timezone.now()
    zone = centre_query.zone()
    this_day = now.astimezone(zone).date()
    day = day_or(request.GET.get("day", ""), this_day)
    names = _filters()
    show = request.GET.get("show", "all")
    if show not in names:
        show = "all"
    permissions = permissions_of(actor)
    sees_record = Permission.VIEW_RECORD in permissions
    is_poll = POLL_HEADER in request.headers

    lines = day_query.lines_of(day, zone=zone)
    plans: dict[UUID, day_query.PlanSummary] = {}
    lots: list[day_query.OpenLot] = []
    hints = Hints()
    if sees_record:
        plans, lots = day_query.plans_of(day)
        # Only before the questions of the day are asked; afterwards the session itself says it.
        coming = [line.patient_id for line in lines if not line.milestones.planned]
        hints = Hints(
            thinners=day_query.thinners_of(coming),
            not_before=day_query.botulinum_not_before(coming, day=day),
        )
    board = Board(
        day=day, now=now, zone=zone, permissions=permissions, person_id=actor.pk, plans=plans,
        hints=hints,
    )  # fmt: skip
    rows = board.rows(lines)
    counts = counts_of(rows)
    shown = rows if show == "all" else [row for row in rows if row.group == show]
    context: dict[str, Any] = {
        **_split(shown, now=now if day == this_day else None),
        "now": now,
        "day": day,
        "heading": date_format(day, "l j F" if day.year == this_day.year else "l j F Y"),
        "is_today": day == this_day,
        "days": {
            "before": _query(day - timedelta(days=1), this_day, show),
            "after": _query(day + timedelta(days=1), this_day, show),
            "today": _query(this_day, this_day, show),
        },
        "filters": [
            (_query(day, this_day, key), names[key], counts[key], key == show) for key in names
        ],
        "show": show,
        "here": reverse("clinic:today") + _query(day, this_day, show),
        "sees_record": sees_record,
        "checks": board.checks(lines) if sees_record else [],
        "lots": lots_in_words(lots, day=day),
        "kit": centre_query.latest_rescue_kit_check(),
        "kit_is_of_today": False,
        "may_check_kit": Permission.CHECK_RESCUE_KIT in permissions,
        "may_receive": Permission.RECEIVE in permissions,
        "poll_header": POLL_HEADER,
        "poll_token": _poll_signer.sign(f"{actor.pk} {day}"),
    }
    if context["kit"] is not None:
        context["kit_is_of_today"] = context["kit"].checked_at.astimezone(zone).date() == this_day
    if not _is_on_the_screen(request.headers.get(POLL_HEADER, ""), actor, day):
        # A board that refreshes itself is looked at once; a poll out of nowhere is a look.
        trail.record_day_view(actor_id=actor.pk, patients=len(lines), day=day)
    if is_poll:
        return render(request, "clinic/today/_board.html", {**context, "oob": True})
    return render(request, "clinic/today/today.html", {**context, "symbols": bead_symbols()})


def _split(rows: list[Row], *, now: datetime | None) -> dict[str, Any]:
    """The rows above and below the line of now; whoever is here already stands above it."""
    here, later = rows, list[Row]()
    if now is not None:
        here = [row for row in rows if row.group != "to-come" or row.at <= now]
        later = [row for row in rows if row.group == "to-come" and row.at > now]
    return {"rows": here, "later": later, "drawn": draw(here), "drawn_later": draw(later)}
