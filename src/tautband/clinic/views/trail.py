"""Reading the trail: who did what, and when. Ids only, no patient by name."""

from datetime import date
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.utils import timezone

from tautband.accounts.access import Permission, requires
from tautband.accounts.models import User
from tautband.clinic.events import event_words
from tautband.clinic.forms.trail import TrailForm
from tautband.records.queries import centre as centre_query
from tautband.records.queries import trail as trail_query

PAGE = 100


@requires(Permission.READ_TRAIL)
def trail(request: HttpRequest, actor: User) -> HttpResponseBase:
    """The trail, latest first, by day, person, action and record."""
    form = TrailForm(request.GET or None)
    wanted: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    day: date | None = wanted.get("day")
    events = trail_query.events(
        day=day,
        zone=centre_query.zone(),
        actor_id=wanted.get("person"),
        action=wanted.get("action") or "",
        record_id=wanted.get("record"),
        before=wanted.get("before"),
        limit=PAGE + 1,
    )
    more = events[PAGE - 1].pk if len(events) > PAGE else None
    onward = request.GET.copy()
    if more is not None:
        onward["before"] = str(more)
    return render(
        request,
        "clinic/trail/trail.html",
        {
            "form": form,
            "events": [(event, event_words(event.action)) for event in events[:PAGE]],
            "older": f"?{onward.urlencode()}" if more is not None else "",
            "is_first": not wanted.get("before"),
            "today": timezone.localdate(),
        },
        status=422 if form.is_bound and not form.is_valid() else 200,
    )
