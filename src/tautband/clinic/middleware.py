"""Puts every request into the centre's time zone and the person's language."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from tautband.accounts.models import User
from tautband.clinic import merged_away
from tautband.records.actions.patients import MergedAway
from tautband.records.models import Centre
from tautband.records.queries import centre as centre_query

#: On a request whose person is known, and whose language is theirs.
_SPOKEN_TO = "language_of_a_person"


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
                _tell_language(request, answer)
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
            translation.activate(_language_of_machine(request, centre))
            return None
        translation.activate(person.language or _first_language(centre))
        setattr(request, _SPOKEN_TO, True)
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


def _first_language(centre: Centre) -> str:
    """The language of the centre, where nobody has chosen another."""
    return str(centre.languages[0]) if centre.languages else settings.LANGUAGE_CODE


def _language_of_machine(request: HttpRequest, centre: Centre) -> str:
    """What was last chosen on this machine, before anybody signs in."""
    chosen = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
    return chosen if chosen in dict(settings.LANGUAGES) else _first_language(centre)


def _tell_language(request: HttpRequest, answer: HttpResponseBase) -> None:
    """Say which language the page is in, and remember it for pages that ask nobody's account.

    The emergency sheet must open in it even when the database does not answer.
    """
    language = translation.get_language() or settings.LANGUAGE_CODE
    answer.setdefault("Content-Language", language)
    # Who is signed in is not asked here: the emergency sheet answers without the database.
    if (
        getattr(request, _SPOKEN_TO, False)
        and request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME) != language
    ):
        remember_language(answer, language)


def remember_language(answer: HttpResponseBase, language: str) -> None:
    """Keep the language of this machine in its cookie."""
    answer.set_cookie(
        settings.LANGUAGE_COOKIE_NAME,
        language,
        max_age=365 * 24 * 3600,
        secure=settings.LANGUAGE_COOKIE_SECURE,
        httponly=settings.LANGUAGE_COOKIE_HTTPONLY,
        samesite="Lax",
    )


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
