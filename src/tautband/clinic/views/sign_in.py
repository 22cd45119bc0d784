"""Signing in and out, one's own password, and how one likes the screen."""

from typing import Any

from axes.handlers.proxy import AxesProxyHandler
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import authenticate, login, logout, update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from tautband.accounts import actions as accounts
from tautband.accounts import session_limits
from tautband.accounts.access import Permission, public, requires
from tautband.accounts.models import User
from tautband.clinic.context import home_of
from tautband.clinic.forms.people import PasswordForm, PreferencesForm, SignInForm
from tautband.clinic.forms.refusals import say
from tautband.clinic.middleware import before_password, before_setup, remember_language
from tautband.errors import Refused
from tautband.records.queries import people


def _next_of(request: HttpRequest, person: User) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    safe = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    # Straight back to the sign-in page would look as if nothing had happened; the start page is
    # another one for each role.
    if not safe or wanted == "/" or wanted.startswith(reverse("clinic:sign_in")):
        return home_of(person)
    return wanted


def _page(request: HttpRequest, form: SignInForm, *, status: int = 200) -> HttpResponse:
    context = {
        "form": form,
        "next": request.POST.get("next") or request.GET.get("next") or "",
        "ended": request.GET.get("ended", ""),
    }
    return render(request, "clinic/sign_in/sign_in.html", context, status=status)


@sensitive_post_parameters("password")
@never_cache
@before_password
@public
def sign_in(request: HttpRequest) -> HttpResponseBase:
    """Ask who it is. The same words whether the name or the password was wrong."""
    if isinstance(request.user, User):
        return HttpResponseRedirect(_next_of(request, request.user))
    if request.method != "POST":
        return _page(request, SignInForm())
    form = SignInForm(request.POST)
    if not form.is_valid():
        return _page(request, form, status=422)
    credentials = {
        "username": form.cleaned_data["username"].strip().lower(),
        "password": form.cleaned_data["password"],
    }
    was_locked = AxesProxyHandler.is_locked(request, credentials)
    person = authenticate(request, **credentials)
    if isinstance(person, User):
        login(request, person)
        session_limits.start(request)
        accounts.note_sign_in(person=person, kind="sign-in")
        return HttpResponseRedirect(_next_of(request, person))
    if getattr(request, "axes_locked_out", False) and not was_locked:
        _note_lock_out(credentials["username"])
    # Once there were too many, axes puts `locked_out` in the place of this page.
    form.add_error(None, _("This name and password do not belong together. Check both."))
    return _page(request, form, status=422)


def locked_out(request: HttpRequest, *details: Any) -> HttpResponse:
    """The sign-in page once there were too many wrong passwords (AXES_LOCKOUT_CALLABLE)."""
    form = SignInForm({"username": request.POST.get("username", "")})
    form.full_clean()
    form.errors.clear()
    minutes = int(settings.AXES_COOLOFF_TIME * 60)
    form.add_error(
        None,
        _(
            "Too many wrong passwords. Signing in with this name is closed for"
            " %(minutes)s minutes. If it was not you, tell the manager."
        )
        % {"minutes": minutes},
    )
    return _page(request, form, status=429)


def _note_lock_out(username: str) -> None:
    person = people.by_username(username)
    if person is not None:
        accounts.note_sign_in(person=person, kind="lock-out")


@require_POST
@before_password
@requires(Permission.USE)
def sign_out(request: HttpRequest, actor: User) -> HttpResponseBase:
    """End the sign-in."""
    accounts.note_sign_in(person=actor, kind="sign-out")
    logout(request)
    return HttpResponseRedirect(f"{reverse('clinic:sign_in')}?ended=self")


@sensitive_post_parameters("current", "password", "again")
@never_cache
@before_password
@requires(Permission.USE)
def password(request: HttpRequest, actor: User) -> HttpResponseBase:
    """Change one's own password."""
    form = PasswordForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            if not actor.check_password(form.cleaned_data["current"]):
                form.add_error("current", _("This is not your password until now."))
            elif form.cleaned_data["current"] == form.cleaned_data["password"]:
                form.add_error("password", _("Choose a password other than the one until now."))
            else:
                try:
                    accounts.set_password(
                        person=actor,
                        password=form.cleaned_data["password"],
                        actor=actor,
                        must_change_password=False,
                    )
                except Refused as refusal:
                    status = say(form, refusal)
                else:
                    update_session_auth_hash(request, actor)
                    messages.success(request, _("Your password is changed."))
                    return HttpResponseRedirect(home_of(actor))
    return render(
        request,
        "clinic/sign_in/password.html",
        {"form": form, "must": actor.must_change_password},
        status=status,
    )


@requires(Permission.USE)
def account(request: HttpRequest, actor: User) -> HttpResponseBase:
    """One's own page: theme, language, password."""
    form = PreferencesForm(
        request.POST or None, initial={"theme": actor.theme, "language": get_language()}
    )
    if request.method == "POST" and form.is_valid():
        accounts.set_preferences(
            person=actor,
            theme=form.cleaned_data["theme"],
            language=form.cleaned_data["language"],
        )
        answer = HttpResponseRedirect(reverse("clinic:account"))
        _remember_theme(answer, form.cleaned_data["theme"])
        messages.success(request, _("Kept."))
        return answer
    return render(
        request,
        "clinic/sign_in/account.html",
        {"form": form},
        status=422 if form.is_bound else 200,
    )


def _remember_theme(answer: HttpResponseBase, theme: str) -> None:
    # The sign-in page, too, stays dark in the scan room.
    if theme != "auto":
        answer.set_cookie("theme", theme, max_age=365 * 24 * 3600, samesite="Lax")


@require_POST
@before_setup
@before_password
@public
def language(request: HttpRequest) -> HttpResponseBase:
    """Switch the language: for the person who is signed in, or for this machine before that."""
    wanted = request.POST.get("language", "")
    if wanted not in dict(settings.LANGUAGES):
        words = _("There is no such language.")
        return HttpResponse(words, status=422, content_type="text/plain; charset=utf-8")
    if isinstance(request.user, User):
        accounts.set_preferences(person=request.user, language=wanted)
    back = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(
        back, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    answer = HttpResponseRedirect(back if safe else reverse("clinic:today"))
    remember_language(answer, wanted)
    return answer


@require_POST
@before_password
@requires(Permission.USE)
def theme(request: HttpRequest, actor: User) -> HttpResponseBase:
    """Remember light or dark for this person; the key D sends it."""
    wanted = request.POST.get("theme", "")
    try:
        accounts.set_preferences(person=actor, theme=wanted)
    except Refused as refusal:
        return HttpResponse(refusal.message, status=422, content_type="text/plain")
    answer = HttpResponse(status=204)
    _remember_theme(answer, wanted)
    return answer
