"""Ends a sign-in that has been idle, or has lasted, too long."""

import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

STARTED = "sign_in_started"
SEEN = "sign_in_seen"
# Writing the time of every request would make every page a write; a minute is exact enough.
GRAIN_SECONDS = 60
#: A page that refreshes itself sends this header, so that an empty chair is not taken for a person.
POLL_HEADER = "X-Tautband-Poll"


def start(request: HttpRequest) -> None:
    """Set both clocks at the moment of signing in."""
    request.session[STARTED] = request.session[SEEN] = int(time.time())


class SessionLimitsMiddleware:
    """Signs people out after 15 min without a request, and after 12 h whatever they do.

    The limits are `TAUTBAND_IDLE_SECONDS` and `TAUTBAND_HARD_SECONDS` in the settings. What was
    being typed survives as a draft on the server and is there again after signing in. A view
    marked `never_refused` is left alone: it must not even need the database.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Go on; the clocks are read once the view is known."""
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Check the two clocks before the view runs."""
        if getattr(view, "never_refused", False) or not request.user.is_authenticated:
            return None
        now = int(time.time())
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        idle = getattr(settings, "TAUTBAND_IDLE_SECONDS", 15 * 60)
        hard = getattr(settings, "TAUTBAND_HARD_SECONDS", 12 * 60 * 60)
        if now - seen > idle or now - started > hard:
            logout(request)
            return _to_sign_in(request)
        is_poll = POLL_HEADER in request.headers
        if not is_poll and now - seen >= min(GRAIN_SECONDS, idle):
            request.session[SEEN] = now
        return None


def _page_behind(request: HttpRequest) -> str:
    """Where the person was: a POST or a piece of a page cannot be gone back to, its page can."""
    if request.headers.get("HX-Request"):
        shown = request.headers.get("HX-Current-URL", "")
    elif request.method == "GET":
        return request.get_full_path()
    else:
        shown = request.headers.get("Referer", "")
    parts = urlsplit(shown)
    if not parts.path.startswith("/") or parts.netloc != request.get_host():
        return ""
    return parts.path + (f"?{parts.query}" if parts.query else "")


def _to_sign_in(request: HttpRequest) -> HttpResponseBase:
    back = _page_behind(request)
    query = {"next": back, "ended": "idle"} if back else {"ended": "idle"}
    target = f"{resolve_url(settings.LOGIN_URL)}?{urlencode(query)}"
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=401)
        answer["HX-Redirect"] = target
        return answer
    return HttpResponseRedirect(target)
