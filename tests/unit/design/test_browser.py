"""The small scripts in a real browser, under the strict content policy."""

import mimetypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Page, Route, sync_playwright

import tautband.design
from tests.unit.design import examples
from tests.unit.design.test_pages import draw

pytestmark = pytest.mark.browser

STATIC = Path(tautband.design.__file__).parent / "static"
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'"
)
FOUND = [
    {"id": "levator_scapulae", "name": "Levator scapulae", "other": "", "sides": ["left", "right"]},
    {"id": "procerus", "name": "Procerus", "other": "frown", "sides": ["midline"]},
]


@dataclass
class House:
    """A page of the gallery in a browser, and what it sent."""

    page: Page
    sent: list[tuple[str, dict[str, list[str]]]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    answer: int = 200

    def serve(self, route: Route) -> None:
        path = urlsplit(route.request.url).path
        if path.startswith("/static/"):
            kind = {".js": "text/javascript", ".woff2": "font/woff2", ".webp": "image/webp"}
            file = STATIC / path.removeprefix("/static/")
            guess = kind.get(file.suffix) or mimetypes.guess_type(file.name)[0]
            route.fulfill(body=file.read_bytes(), content_type=guess)
        elif route.request.method == "POST":
            self.sent.append((path, parse_qs(route.request.post_data or "")))
            body = '<ol class="inj" id="rows"><li>answered</li></ol>'
            route.fulfill(status=self.answer, body=body, content_type="text/html")
        elif path == "/muscles":
            body = render_to_string("design/_muscle_results.html", {"muscles": FOUND})
            route.fulfill(body=body, content_type="text/html")
        else:
            html = draw(path.strip("/"))
            route.fulfill(
                body=html, content_type="text/html", headers={"Content-Security-Policy": POLICY}
            )

    def open(self, name: str) -> Page:
        self.page.goto(f"http://tautband.test/{name}")
        return self.page

    def rows(self) -> list[dict[str, list[str]]]:
        return [fields for path, fields in self.sent if path == "/rows"]


@pytest.fixture(scope="module")
def chromium() -> Iterator[object]:
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium", args=["--no-sandbox", "--disable-gpu"]
        )
        yield browser
        browser.close()


@pytest.fixture
def house(chromium: object) -> Iterator[House]:
    page = chromium.new_page(viewport={"width": 1440, "height": 900})  # type: ignore[attr-defined]
    house = House(page)
    page.on("pageerror", lambda error: house.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: house.complaints.append(said.text) if "Policy" in said.text else None,
    )
    page.route("**/*", house.serve)
    yield house
    page.close()
    assert house.complaints == []


@pytest.mark.hazard("HAZ-002")
def test_the_sides_are_written_where_the_patient_has_them(house: House) -> None:
    page = house.open("session")
    words = page.locator("body-map .side")
    assert words.all_inner_texts() == ["Left", "Right"]
    page.get_by_role("button", name="Front", exact=True).click()
    assert words.all_inner_texts() == ["Right", "Left"]
    assert page.locator('[data-view="front"][aria-pressed="true"]').count() == 1
    page.wait_for_selector("#map-front-deltoid_anterior-right")
    right = page.locator("#map-front-deltoid_anterior-right").bounding_box()
    left = page.locator("#map-front-deltoid_anterior-left").bounding_box()
    assert right is not None
    assert left is not None
    assert right["x"] < left["x"]


@pytest.mark.hazard("HAZ-002")
def test_a_tap_sends_muscle_side_and_place_once(house: House) -> None:
    page = house.open("session")
    page.locator("#map-back-gluteus_maximus-left").click()
    page.wait_for_selector("#rows:has-text('answered')")
    (row,) = house.rows()
    assert row["muscle_side"] == ["gluteus_maximus:left"]
    assert float(row["map_x"][0]) < 0
    assert row["map_view"] == ["back"]
    assert row["map_version"] == ["1"]


def test_two_quick_taps_are_two_rows_in_order(house: House) -> None:
    page = house.open("session")
    page.wait_for_selector("#map-back-gluteus_maximus-left")
    for muscle in ("gluteus_maximus-left", "infraspinatus-right"):
        page.locator(f"#map-back-{muscle}").dispatch_event("click")
    page.wait_for_timeout(600)
    assert [row["muscle_side"] for row in house.rows()] == [
        ["gluteus_maximus:left"],
        ["infraspinatus:right"],
    ]


def test_a_choice_is_sent_after_the_answer_replaced_the_form(house: House) -> None:
    page = house.open("session")
    page.wait_for_selector("#map-back-gluteus_maximus-left")
    form = page.locator("#add-muscle")
    form.evaluate("form => form.setAttribute('hx-target', '.rows-col')")
    column = page.locator(".rows-col").evaluate("column => column.outerHTML")
    sent: list[str] = []

    def answer(route: Route) -> None:
        sent.extend(parse_qs(route.request.post_data or "")["muscle_side"])
        route.fulfill(body=column, content_type="text/html")

    page.route("**/rows", answer)
    for muscle in ("gluteus_maximus-left", "infraspinatus-right"):
        page.locator(f"#map-back-{muscle}").click()
        page.wait_for_timeout(600)
    assert sent == ["gluteus_maximus:left", "infraspinatus:right"]


def test_the_map_is_walked_by_arrows_and_chosen_by_enter(house: House) -> None:
    page = house.open("session")
    page.wait_for_selector("#map-back-trapezius_middle-left")
    assert page.locator('body-map path[tabindex="0"]').count() == 1
    page.locator("#map-back-trapezius_middle-left").focus()
    page.keyboard.press("ArrowRight")
    assert page.evaluate("document.activeElement.id") != "map-back-trapezius_middle-left"
    assert page.locator('body-map path[tabindex="0"]').count() == 1
    focused = page.evaluate("({...document.activeElement.dataset})")
    page.keyboard.press("Enter")
    page.wait_for_selector("#rows:has-text('answered')")
    assert house.rows()[0]["muscle_side"] == [f"{focused['muscle']}:{focused['side']}"]


def test_what_is_chosen_is_named_numbered_and_repainted(house: House) -> None:
    page = house.open("session")
    page.wait_for_selector("g.pin")
    assert page.locator("body-map g.pin").count() == 5
    label = page.locator("#map-back-trapezius_upper-right").get_attribute("aria-label")
    assert label is not None
    assert label.endswith("chosen 1")
    page.evaluate("document.querySelector('body-map').setAttribute('chosen', '[]')")
    assert page.locator("body-map g.pin").count() == 0


@pytest.mark.hazard("HAZ-002")
def test_enter_never_guesses_a_side(house: House) -> None:
    page = house.open("session")
    page.locator("h1").click()
    page.keyboard.press("/")
    page.keyboard.type("lev")
    page.wait_for_selector("#opt-levator_scapulae-left")
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert house.rows() == []
    page.keyboard.press("ArrowRight")
    marked = page.locator("[role=combobox]").get_attribute("aria-activedescendant")
    assert marked == "opt-levator_scapulae-right"
    page.keyboard.press("Enter")
    page.wait_for_timeout(300)
    assert [row["muscle_side"] for row in house.rows()] == [["levator_scapulae:right"]]
    assert page.locator("[role=combobox]").input_value() == ""


def test_enter_without_letters_sends_nothing(house: House) -> None:
    page = house.open("session")
    page.locator("[role=combobox]").focus()
    page.keyboard.press("Enter")
    page.wait_for_timeout(200)
    assert house.sent == []


def test_a_refusal_is_shown_in_place(house: House) -> None:
    house.answer = 422
    page = house.open("session")
    page.locator("#map-back-gluteus_maximus-left").click()
    page.wait_for_selector("#rows:has-text('answered')")
    assert page.locator("#connection").is_hidden()


def test_a_lost_connection_is_said_and_nothing_is_lost(house: House) -> None:
    page = house.open("session")
    page.wait_for_selector("#map-back-gluteus_maximus-left")
    page.route("**/rows", lambda route: route.abort())
    page.locator("#map-back-gluteus_maximus-left").click()
    page.wait_for_selector("#connection:not([hidden])")
    assert "No connection" in page.locator("#connection").inner_text()
    assert page.locator(".injrow").count() == 4


def test_steps_count_in_decimals_and_stay_in_bounds(house: House) -> None:
    page = house.open("session")
    stepper = page.locator(".stepper").nth(2)
    more, less = stepper.locator('[data-by="1"]'), stepper.locator('[data-by="-1"]')
    more.click()
    assert stepper.locator("input").input_value() == "1"
    stepper.locator("input").fill("0.3")
    less.click()
    assert stepper.locator("input").input_value() == "0"
    less.click()
    assert stepper.locator("input").input_value() == "0"
    stepper.locator("input").fill("0.7")
    more.click()
    assert stepper.locator("input").input_value() == "1"


def test_what_is_typed_is_kept_as_a_draft(house: House) -> None:
    page = house.open("forms")
    page.locator("textarea").fill("tender")
    page.wait_for_selector("#draft-status[data-state=saved]", timeout=4000)
    path, fields = house.sent[-1]
    assert path == "/draft"
    assert fields["note"] == ["tender"]
    house.answer = 403
    page.locator("textarea").fill("tender, left")
    page.wait_for_selector("#draft-status[data-state=refused]", timeout=4000)
    assert page.locator("textarea").input_value() == "tender, left"


def test_the_key_d_darkens_but_not_while_typing(house: House) -> None:
    page = house.open("forms")
    page.locator("textarea").focus()
    page.keyboard.press("d")
    assert page.locator("html").get_attribute("data-bs-theme") == "light"
    page.locator("h1").click()
    page.keyboard.press("d")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"


@pytest.mark.parametrize("name", ["today", "session", "patient", "forms", "paper"])
@pytest.mark.parametrize("width", [1440, 1024, 390])
def test_nothing_runs_out_of_the_page(house: House, name: str, width: int) -> None:
    assert examples.page(name)
    house.page.set_viewport_size({"width": width, "height": 800})
    page = house.open(name)
    page.wait_for_timeout(100)
    assert page.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
