"""The demo clinic in Arabic: from right to left, but for what has sides of its own."""

from collections.abc import Callable
from io import BytesIO

import pytest
from django.urls import reverse
from PIL import Image, ImageChops
from playwright.sync_api import Locator, Page

from tests.acceptance.house import DESK, SIZES
from tests.acceptance.test_pictures import Demo, demo, pages_of_the_demo, session_of

pytestmark = pytest.mark.browser
__all__ = ["demo"]

#: Pins a part of the page to one place and one font, so that only its drawing is compared.
PIN = """element => {
  Object.assign(element.style, {
    position: 'fixed', left: 0, top: 0, width: '420px', margin: 0, zIndex: 9999,
    background: '#fff', fontFamily: 'Inter',
  });
  for (const each of element.querySelectorAll('*')) each.style.fontFamily = 'Inter';
}"""
#: The same words in both languages, so that the words are no difference.
MUTE = """element => {
  for (const each of element.querySelectorAll('.side, .name, .ends, .end')) {
    each.style.visibility = 'hidden';
  }
}"""


def switch(page: Page, to: str) -> None:
    page.locator(f"form:has(input[name=language][value={to}]) button").first.click()
    page.wait_for_load_state("networkidle")
    assert page.evaluate("document.documentElement.lang") == to


def drawn(part: Locator) -> Image.Image:
    part.evaluate(MUTE)
    part.evaluate(PIN)
    return Image.open(BytesIO(part.screenshot(animations="disabled"))).convert("RGB")


def in_both(page: Page, address: str, look: Callable[[Page], Image.Image]) -> list[Image.Image]:
    pictures = []
    for language, direction in (("en", "ltr"), ("ar", "rtl")):
        page.goto(address)
        if page.evaluate("document.documentElement.lang") != language:
            switch(page, language)
        page.wait_for_load_state("networkidle")
        assert page.evaluate("getComputedStyle(document.body).direction") == direction
        pictures.append(look(page))
    return pictures


def alike(one: Image.Image, other: Image.Image) -> bool:
    """The same drawing: no pixel apart by more than the smoothing of an edge."""
    if one.size != other.size:
        return False
    apart = ImageChops.difference(one, other).convert("L").point(lambda value: 255 * (value > 40))
    return sum(apart.histogram()[1:]) == 0


def sides(page: Page) -> dict[str, str]:
    """What the map calls the half that lies to the left of the picture, and the other."""
    found = {}
    middle = page.locator("body-map svg").first.bounding_box()
    assert middle is not None
    for label in page.locator("body-map .side").all():
        box = label.bounding_box()
        assert box is not None
        is_left = box["x"] + box["width"] / 2 < middle["x"] + middle["width"] / 2
        found["left" if is_left else "right"] = label.inner_text().strip()
    return found


def test_the_map_and_the_scales_are_never_mirrored(demo: Demo) -> None:
    page = demo.seat("okafor")
    plan = reverse("clinic:session_plan", args=[session_of("Noor").pk])
    assess = reverse("clinic:session_assess", args=[session_of("Noor").pk])
    named: list[dict[str, str]] = []

    def the_map(page: Page) -> Image.Image:
        page.locator("body-map svg [role=button]").first.wait_for(state="attached")
        named.append(sides(page))
        return drawn(page.locator("body-map svg").first)

    english, arabic = in_both(page, plan, the_map)
    assert alike(english, arabic)
    # A mirrored one would be seen: the marks of this plan stand on one side more than the other.
    assert not alike(english, english.transpose(Image.Transpose.FLIP_LEFT_RIGHT))
    # The back is seen from behind: the patient's left is the picture's left, in both languages.
    assert named == [
        {"left": "Left", "right": "Right"},
        {"left": "اليسرى", "right": "اليمنى"},
    ]

    def the_scale(page: Page) -> Image.Image:
        return drawn(page.locator(".scale .ctl").first)

    english, arabic = in_both(page, assess, the_scale)
    assert alike(english, arabic)
    assert not alike(english, english.transpose(Image.Transpose.FLIP_LEFT_RIGHT))


def test_no_page_runs_out_of_its_window_in_arabic(demo: Demo) -> None:
    wrong = []
    demo.house.variant = "ar"
    for username, addresses in pages_of_the_demo().items():
        page = demo.seat(username)
        switch(page, "ar")
        for name, address in addresses.items():
            page.goto(address)
            page.wait_for_load_state("networkidle")
            demo.house.looks_right(page, name)
            for size, (width, height) in SIZES.items():
                page.set_viewport_size({"width": width, "height": height})
                over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
                if over > 0:
                    wrong.append(f"{name}, {size}: {over} px too wide")
            page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    assert wrong == []
