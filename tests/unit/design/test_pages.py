"""Every kind of page is drawn whole, without inline style or script."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from django.template import Context, Engine, Template
from django.template.loader import render_to_string
from django.test import RequestFactory
from django.utils import translation

import tautband.design
from tests.unit.design import examples

GALLERY = Path(__file__).parent / "gallery/gallery"
ERRORS = ["400.html", "403.html", "403_csrf.html", "404.html", "design/lockout.html"]
VOID = {"meta", "link", "input", "br", "hr", "img", "path", "circle", "rect", "line", "use"}


class Outline(HTMLParser):
    """Every element with its attributes, and whether the tags close in order."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        assert self.open
        assert self.open.pop() == tag


def outline(html: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Outline()
    parser.feed(html)
    assert parser.open == []
    return parser.seen


def draw(name: str) -> str:
    text = (GALLERY / f"{name}.html").read_text()
    request = RequestFactory().get("/")
    context = Context({**examples.page(name), "request": request, "csrf_token": "t"})
    return Template(text, engine=Engine.get_default()).render(context)


@pytest.mark.parametrize("language", ["en", "ar"])
@pytest.mark.parametrize("name", ["today", "session", "patient", "forms", "paper"])
def test_a_page_is_whole_and_keeps_the_content_policy(name: str, language: str) -> None:
    with translation.override(language):
        seen = outline(draw(name))
    html = next(attrs for tag, attrs in seen if tag == "html")
    assert html["dir"] == ("rtl" if language == "ar" else "ltr")
    for tag, attrs in seen:
        assert tag != "style"
        assert "style" not in attrs, (tag, attrs)
        assert not any(key.startswith(("on", "hx-on")) for key in attrs), (tag, attrs)
        if tag == "script":
            assert attrs.get("src")
    ids = [attrs["id"] for _, attrs in seen if attrs.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("name", ["today", "session", "patient", "forms"])
def test_the_emergency_sheet_is_one_tap_away(name: str) -> None:
    assert 'class="emergency" href="/emergency"' in draw(name)


@pytest.mark.parametrize("name", ERRORS)
def test_an_error_page_helps_and_says_nothing_of_a_patient(name: str) -> None:
    html = render_to_string(name, examples.shell())
    outline(html)
    assert "<h1>" in html


def test_the_page_for_our_own_faults_needs_nothing() -> None:
    html = render_to_string("500.html")
    outline(html)
    assert "Nothing half-done was saved" in html


def test_no_template_of_the_house_carries_style_or_script_inline() -> None:
    for template in (Path(tautband.design.__file__).parent / "templates").rglob("*.html"):
        text = template.read_text()
        assert not re.search(r"\sstyle=|<style|<script(?![^>]*src=)|\son[a-z]+=|hx-on", text), (
            template.name
        )
