"""Every page opened in Arabic: no English words of ours are left in it.

Names, what people typed, citations and words marked as English (`lang="en"`) are not ours to say
in Arabic; names of drugs and units may stay Latin.
"""

import re
from html.parser import HTMLParser
from pathlib import Path
from uuid import UUID

import pytest
from django.conf import settings
from django.test import Client

from tautband.accounts import actions as accounts
from tautband.accounts.models import User
from tautband.clinical import anatomy
from tautband.clinical.knowledge import knowledge
from tests.architecture.test_pages import PAGES, address, browser, sitting
from tools.words import sources

pytestmark = pytest.mark.django_db
__all__ = ["browser", "sitting"]

ROOT = Path(__file__).parents[2]
#: Elements whose text is not a sentence of ours.
NOT_OURS = {"script", "style", "bdi", "code", "kbd"}
#: Of a class that says so: a citation, an id, the name of somebody, of the centre.
NOT_OURS_BY_CLASS = {"src", "cite", "code", "id", "who", "opt", "brand", "with", "name", "n"}
SPOKEN_ATTRIBUTES = {"aria-label", "title", "placeholder", "alt", "data-label", "data-lost"}
VOID = {"br", "hr", "img", "input", "link", "meta", "use", "rect", "line", "circle", "path"}
LATIN_WORDS = re.compile(r"(?<!\w)[A-Za-z]{2,}(?:[ -][A-Za-z]{2,}){2,}(?!\w)")


class Spoken(HTMLParser):
    """The texts of a page that a person reads or hears and that are ours."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.texts: list[str] = []
        self.silent: list[str] = []
        self.direction = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "html":
            self.direction = given.get("dir", "")
        classes = set(given.get("class", "").split())
        is_ours = not (
            tag in NOT_OURS or classes & NOT_OURS_BY_CLASS or given.get("lang", "ar") != "ar"
        )
        if not self.silent and is_ours:
            self.texts += [given[name] for name in SPOKEN_ATTRIBUTES & given.keys()]
        if tag not in VOID and (self.silent or not is_ours):
            self.silent.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if self.silent and tag in self.silent:
            while self.silent.pop() != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not self.silent and data.strip():
            self.texts.append(" ".join(data.split()))


#: Where a limit was read; a citation stays in the language of its source.
CITES = sorted(
    {
        *(source.cite for source in knowledge().sources.values()),
        *(number.source.cite for number in knowledge().limits.values()),
        *(each.plain_mg.source.cite for each in knowledge().anaesthetics.values()),
    },
    key=len,
    reverse=True,
)


def our_english() -> frozenset[str]:
    """Every message that its Arabic does not leave as it is, and every name of a muscle."""
    messages = {
        message.msgid
        for message in sources.gather(ROOT).values()
        if re.search("[A-Za-z]{3}", message.msgid) and "%" not in message.msgid
    }
    return frozenset(messages | {str(each.name_en) for each in anatomy.muscles()})


#: What the fixture's people typed, and words that are Latin in Arabic, too.
TYPED = (
    "Shoulder pain", "Aching", "Bisoprolol", "Abduction", "Harbour Street Medical Centre",
    "Test Everything", "Worse in the evening, better with warmth", "Registered twice by the desk",
    "US Letter",
)  # fmt: skip
TIME_ZONE = re.compile(r"[A-Z]\w+/[\w/ -]+")


def left_in_english(page: str, ours: frozenset[str]) -> list[str]:
    """The words of ours that a page still says in English."""
    spoken = Spoken()
    spoken.feed(page)
    found = []
    for text in spoken.texts:
        bare = text.strip(" :.·,\u2066\u2067\u2068\u2069")
        if any(typed in text for typed in TYPED):
            continue
        for cite in CITES:
            text = text.replace(cite, "")
        if TIME_ZONE.fullmatch(text) or text in dict(settings.LANGUAGES).values():
            continue
        # Set apart is what somebody typed, or a name: neither is ours.
        said = re.sub("[\u2066\u2068][^\u2069]*\u2069", "", text)
        if bare in ours or LATIN_WORDS.search(said):
            found.append(text)
    return found


def test_what_the_reader_of_pages_sees() -> None:
    ours = frozenset({"Sign out"})
    page = '<html dir="rtl"><p title="Keep what you typed">مرحبا</p><b>Sign out</b>'
    assert left_in_english(page, ours) == ["Keep what you typed", "Sign out"]
    assert left_in_english('<p lang="en">Keep what you typed</p><bdi>Sign out</bdi>', ours) == []
    assert left_in_english('<p class="src">Read in a book<br>twice</p><p>نعم</p>', ours) == []


def test_no_page_says_english_words_of_ours_in_arabic(
    browser: Client, sitting: dict[str, UUID | str]
) -> None:
    accounts.set_preferences(person=User.objects.get(pk=sitting["person_id"]), language="ar")
    ours = our_english() - {str(agent.name) for agent in knowledge().agents.values()}
    opened, wrong = set(), {}
    for name in sorted(PAGES):
        answer = browser.get(address(name, sitting))
        if answer.status_code != 200 or not answer["Content-Type"].startswith("text/html"):
            continue
        opened.add(name)
        text = answer.content.decode()
        if found := left_in_english(text, ours):
            wrong[name] = found
    assert len(opened) > 40
    assert wrong == {}
