"""What every page shows around its content: where one may go, who one is, where one is."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tautband.accounts.access import Permission, permissions_of
from tautband.accounts.models import User
from tautband.records.queries import centre as centre_query

#: The main pages, in the order in which they stand in the head of every page.
PAGES = (
    ("clinic:today", _("Today"), Permission.VIEW_DAY),
    ("clinic:patients", _("Patients"), Permission.VIEW_PATIENT),
    ("clinic:people", _("People"), Permission.MANAGE_PEOPLE),
    ("clinic:centre", _("Centre"), Permission.MANAGE_CENTRE),
    ("clinic:trail", _("Trail"), Permission.READ_TRAIL),
)


def home_of(person: User) -> str:
    """The first page this person may open."""
    held = permissions_of(person)
    for name, _label, permission in PAGES:
        if permission in held:
            return reverse(name)
    return reverse("clinic:account")


def _other_languages() -> list[dict[str, str]]:
    return [
        {"code": code, "name": name} for code, name in settings.LANGUAGES if code != get_language()
    ]


def _address(request: HttpRequest) -> str:
    """Where to come back to: this page, or the one whose form was sent to an address of its own."""
    if request.method == "GET":
        return request.get_full_path()
    came_from = urlsplit(request.headers.get("Referer", ""))
    return came_from._replace(scheme="", netloc="").geturl()


def page(request: HttpRequest) -> dict[str, Any]:
    """The context of `design/base.html`."""
    centre = centre_query.current()
    around: dict[str, Any] = {
        "emergency_url": reverse("clinic:emergency"),
        "centre_name": centre.name if centre else "",
        "theme": request.COOKIES.get("theme", ""),
        "paper_size": centre.paper_size if centre else "",
        "language_url": partial(reverse, "clinic:language"),
        "other_languages": _other_languages,
        "here": partial(_address, request),
    }
    person = getattr(request, "user", None)
    if not isinstance(person, User):
        return around
    held = permissions_of(person)
    match = request.resolver_match
    here = match.view_name if match else ""
    if person.theme != "auto":
        around["theme"] = person.theme
    # Found when they are drawn: a piece that htmx swaps in has no head.
    around |= {
        "nav": partial(_nav, held, here),
        "person_name": person.full_name,
        "person_key": person.pk.hex,
        "account_url": partial(reverse, "clinic:account"),
        "sign_out_url": partial(reverse, "clinic:sign_out"),
        "theme_url": partial(reverse, "clinic:theme"),
        "home_url": partial(home_of, person),
    }
    return around


def _nav(held: frozenset[Permission], here: str) -> list[dict[str, Any]]:
    return [
        {"url": reverse(name), "label": label, "current": name == here}
        for name, label, permission in PAGES
        if permission in held
    ]
