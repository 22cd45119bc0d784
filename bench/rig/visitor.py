"""Somebody with a browser, as far as a server can tell: cookies, forms, a kept connection."""

import http.client
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from urllib.parse import urlencode

TIMEOUT_SECONDS = 60


class Broken(Exception):
    """The connection broke: whether the server did what was asked is not known."""


class Unexpected(Exception):
    """An answer that is not the one a working server gives; carries the status and the path."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, and how long it took from the first byte out to the last byte in."""

    status: int
    location: str
    text: str
    seconds: float


class Visitor:
    """One person at one browser. Not for several threads at once."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.cookies: dict[str, str] = {}
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str, *, headers: Mapping[str, str] | None = None) -> Answer:
        """Ask for a page."""
        return self._ask("GET", path, None, headers or {})

    def post(
        self,
        path: str,
        fields: Mapping[str, object] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Send a form, with the token against forgery that the cookie holds."""
        form = {**(fields or {}), "csrfmiddlewaretoken": self.cookies.get("csrftoken", "")}
        return self._ask("POST", path, urlencode(form, doseq=True), headers or {})

    def sign_in(self, path: str, username: str, password: str) -> None:
        """Sign in on the page at `path`; anything but a redirect is a fault."""
        self.get(path)
        answer = self.post(path, {"username": username, "password": password})
        if answer.status != 302:
            raise Unexpected(f"signing in: {answer.status}")

    def hang_up(self) -> None:
        """Close the kept connection, as a server does with one that was idle for long."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _ask(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> Answer:
        sent = {
            "Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items()),
            "Accept-Encoding": "identity",
            **headers,
        }
        if body is not None:
            sent["Content-Type"] = "application/x-www-form-urlencoded"
        if self._connection is None:
            self._connection = http.client.HTTPConnection(
                "127.0.0.1", self.port, timeout=TIMEOUT_SECONDS
            )
        begun = time.perf_counter()
        try:
            self._connection.request(method, path, body, sent)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException) as error:
            self.hang_up()
            raise Broken(type(error).__name__) from error
        seconds = time.perf_counter() - begun
        for header in response.headers.get_all("Set-Cookie", []):
            for name, morsel in SimpleCookie(header).items():
                self.cookies[name] = morsel.value
        return Answer(
            status=response.status, location=response.headers.get("Location", ""),
            text=content.decode("utf-8", "replace"), seconds=seconds,
        )  # fmt: skip


class _Form(HTMLParser):
    """Reads the fields of the form with one id as a browser would send them unchanged."""

    def __init__(self, form_id: str) -> None:
        super().__init__()
        self.form_id = form_id
        self.fields: dict[str, list[str]] = {}
        self._inside = False
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "form":
            self._inside = given.get("id") == self.form_id
        if not self._inside or "disabled" in given:
            return
        name, value = given.get("name", ""), given.get("value", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and "selected" in given:
            self.fields.setdefault(self._select, []).append(value)
        elif tag == "textarea":
            self._text = name
            self.fields.setdefault(name, [""])
        elif tag == "input" and name:
            kind = given.get("type", "text")
            if kind in {"submit", "button", "file"}:
                return
            if kind in {"checkbox", "radio"} and "checked" not in given:
                return
            self.fields.setdefault(name, []).append(value or ("on" if kind == "checkbox" else ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._inside = False
        elif tag == "textarea":
            self._text = ""

    def handle_data(self, data: str) -> None:
        if self._inside and self._text:
            self.fields[self._text] = [self.fields[self._text][0] + data]


def form_fields(page: str, form_id: str) -> dict[str, list[str]]:
    """The fields of a form of a page, as they stand in it."""
    reader = _Form(form_id)
    reader.feed(page)
    return reader.fields


def seen_in(page: str, row: object) -> str:
    """The fingerprint that the row's form carries, so that a stale save is told so."""
    found = re.search(rf'id="f-{row}"[^>]*>.*?name="seen" value="([0-9a-f]+)"', page, re.DOTALL)
    if found is None:
        raise Unexpected("the page does not show the row")
    return found.group(1)


def values_of(page: str, name: str) -> list[str]:
    """The value of every input of a page that has this name."""
    return re.findall(rf'name="{name}" value="([^"]+)"', page)
