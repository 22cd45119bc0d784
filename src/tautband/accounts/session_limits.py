"""Ends a sign-in that has been idle, or has lasted, too long."""

import time
from collections.abc import Callable
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import resolve_url

STARTED = "sign_in_started"
SEEN = "sign_in_seen"
# Writing the time of every request would make every page a write; a minute is exact enough.
GRAIN_SECONDS = 60


class SessionLimitsMiddleware:
    """Signs people out after 15 min without a request, and after 12 h whatever they do.

    The limits are `TAUTBAND_IDLE_SECONDS` and `TAUTBAND_HARD_SECONDS` in the settings. What was
    being typed survives as a draft on the server and is there again after signing in.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Check the two clocks, then go on."""
        if not request.user.is_authenticated:
            return self.get_response(request)
        now = int(time.time())
        started = request.session.setdefault(STARTED, now)
        seen = request.session.setdefault(SEEN, now)
        idle = getattr(settings, "TAUTBAND_IDLE_SECONDS", 15 * 60)
        hard = getattr(settings, "TAUTBAND_HARD_SECONDS", 12 * 60 * 60)
        if now - seen > idle or now - started > hard:
            logout(request)
            return self._to_sign_in(request)
        if now - seen >= min(GRAIN_SECONDS, idle):
            request.session[SEEN] = now
        return self.get_response(request)

    def _to_sign_in(self, request: HttpRequest) -> HttpResponseBase:
        # A POST cannot be replayed after signing in, so go back to the page it came from.
        back = request.get_full_path() if request.method == "GET" else ""
        url = resolve_url(settings.LOGIN_URL)
        target = (
            f"{url}?{urlencode({'next': back, 'ended': 'idle'})}" if back else f"{url}?ended=idle"
        )
        if request.headers.get("HX-Request"):
            answer = HttpResponse(status=401)
            answer["HX-Redirect"] = target
            return answer
        return HttpResponseRedirect(target)
