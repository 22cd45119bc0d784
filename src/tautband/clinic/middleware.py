"""Puts every request into the centre's time zone and the person's language."""

from collections.abc import Callable
from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from tautband.accounts.models import User
from tautband.clinic import merged_away
from tautband.records.actions.patients import MergedAway
from tautband.records.queries import centre as centre_query


class CentreMiddleware:
    """Reads the centre once per request, and sends people where they must go first.

    While there is no centre, everybody goes to the first run; somebody whose password was given
    to them goes to choose their own. A view marked `never_refused` is left alone, so that it
    answers even when the database does not.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then leave time zone, language and centre as they were for the next request."""
        language = translation.get_language()
        with timezone.override(None), centre_query.held(None):
            try:
                answer = self.get_response(request)
            finally:
                translation.activate(language or "en")
        # Whoever sits down next must not find a patient behind the Back button.
        if "Cache-Control" not in answer and getattr(request, "user", None) is not None:
            add_never_cache_headers(answer)
        return answer

    def process_view(
        self, request: HttpRequest, view: Any, args: Any, kwargs: Any
    ) -> HttpResponseBase | None:
        """Hold the centre for the view, or send the person where they must go first."""
        if getattr(view, "never_refused", False):
            return None
        if _holds_nul(request):
            # No keyboard types it, and no database keeps it in a text.
            raise BadRequest("NUL in a form")
        centre = centre_query.current()
        if centre is None:
            if getattr(view, "before_setup", False):
                return None
            return _go(request, reverse("clinic:setup"))
        centre_query.hold(centre)
        timezone.activate(centre.time_zone)
        person = request.user
        if not isinstance(person, User):
            return None
        translation.activate(person.language)
        if person.must_change_password and not getattr(view, "before_password", False):
            return _go(request, reverse("clinic:password"))
        return None

    def process_exception(
        self, request: HttpRequest, exception: Exception
    ) -> HttpResponseBase | None:
        """Lead from a record that was merged away to the one that stands for it."""
        if isinstance(exception, MergedAway):
            return merged_away.lead_on(request, exception)
        return None


def _holds_nul(request: HttpRequest) -> bool:
    return any(
        "\x00" in value
        for name, values in request.POST.lists()
        for value in (name, *map(str, values))
    )


def _go(request: HttpRequest, url: str) -> HttpResponseBase:
    if request.headers.get("HX-Request"):
        answer = HttpResponse(status=204)
        answer["HX-Redirect"] = url
        return answer
    return HttpResponseRedirect(url)


def before_setup(view: Any) -> Any:
    """Mark a view as open while there is no centre yet."""
    view.before_setup = True
    return view


def before_password(view: Any) -> Any:
    """Mark a view as open to somebody who must still choose a password."""
    view.before_password = True
    return view


def never_refused(view: Any) -> Any:
    """Mark a view as answering always: no centre, no sign-in, no database."""
    view.never_refused = True
    return view
