"""The demo clinic at one fixed moment, page by page: looked at by axe, and pictured.

An ordinary run writes its pictures where tests write. TAUTBAND_SCREENSHOTS=1 writes those of the
documents anew into docs/images; TAUTBAND_PAGES=folder puts every page at every size there.
"""

import os
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path

import pytest
from django.urls import reverse
from PIL import Image
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tautband.demo.clock import Clock, ruling
from tautband.demo.load import ZONE, DemoSummary, load
from tautband.records.models import Patient, Procedure
from tests.acceptance.house import DESK, PHONE, SIZES, House, Watch

pytestmark = pytest.mark.browser

# A Tuesday in winter, when London keeps UTC.
MOMENT = datetime(2026, 11, 24, 11, 24, tzinfo=UTC)
# High enough for the plan and what the rules say of it.
TALL = (1440, 1300)
LARGEST = 250_000
# A palette keeps a page with the relief of the body below the limit, and text stays sharp.
COLOURS = 256


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """Where the pictures go."""
    if os.environ.get("TAUTBAND_SCREENSHOTS") == "1":
        folder = Path(__file__).parents[2] / "docs" / "images"
    else:
        folder = tmp_path / "images"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


class Demo:
    """The demo clinic, answering at 24 past eleven and for ever."""

    def __init__(self, house: House, made: DemoSummary) -> None:
        self.house = house
        self.passwords = {login.username: login.password for login in made}

    def seat(self, username: str) -> Page:
        """Somebody of the demo, signed in."""
        page = self.house.seat()
        page.clock.set_fixed_time(MOMENT)
        page.goto("/")
        page.get_by_label("Sign-in name").fill(username)
        page.get_by_label("Password").fill(self.passwords[username])
        page.get_by_role("button", name="Sign in", exact=True).click()
        expect(page.locator("a.who").first).to_be_attached()
        return page


@pytest.fixture
def demo(chromium: object, transactional_db: None) -> Iterator[Demo]:
    """Made at that moment, and served at it."""
    made = load(seed=1, now=MOMENT)
    server = LiveServer("127.0.0.1")
    with ruling(Clock(MOMENT)):
        watch = Watch(server.url.removeprefix("http://"))
        house = House(chromium, server.url, ZONE, watch)  # type: ignore[arg-type]
        yield Demo(house, made)
        house.close()
        server.stop()
    watch.check()


def picture(page: Page, file: Path, *, size: tuple[int, int] = DESK, of: str = "") -> None:
    """What is in the window, or one part of the page, as a small PNG."""
    page.set_viewport_size({"width": size[0], "height": size[1]})
    page.evaluate("window.scrollTo(0, 0)")
    page.mouse.move(0, 0)
    part = page.locator(of) if of else page
    drawn = Image.open(BytesIO(part.screenshot())).convert("RGB")
    drawn.quantize(COLOURS, dither=Image.Dither.NONE).save(file, optimize=True)
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})
    assert file.stat().st_size <= LARGEST, file.name


def nothing_runs_out(page: Page, name: str) -> None:
    """At no size does a page have to be moved sideways."""
    for size, (width, height) in SIZES.items():
        page.set_viewport_size({"width": width, "height": height})
        over = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        assert over <= 0, f"{name}, {size}: {over} px too wide"
    page.set_viewport_size({"width": DESK[0], "height": DESK[1]})


def session_of(given_name: str) -> Procedure:
    """Today's session of somebody."""
    return Procedure.objects.filter(patient__given_name=given_name).latest("encounter__arrived_at")


def pages_of_the_demo() -> dict[str, dict[str, str]]:
    """By whom each page is opened, and where it is."""
    noor = Patient.objects.get(given_name="Noor")
    signed = Procedure.objects.filter(status="completed", patient=noor).latest("signed_at")

    def session(name: str, of: str) -> str:
        return reverse(f"clinic:{name}", args=[session_of(of).pk])

    def patient(name: str) -> str:
        return reverse(f"clinic:{name}", args=[noor.pk])

    return {
        "okafor": {
            "today": "/",
            "session": session("session_plan", "Noor"),
            "patient": patient("patient"),
            "note": reverse("clinic:note", args=[signed.pk]),
            "leaflet": reverse("clinic:leaflet", args=[signed.pk, "after", "en"]),
            "leaflet-ar": reverse("clinic:leaflet", args=[signed.pk, "after", "ar"]),
            "chart": patient("chart"),
            "add-allergy": patient("chart_allergy"),
            "add-weight": patient("chart_weight"),
            "add-elsewhere": patient("chart_elsewhere"),
            "looked": patient("patient_looked"),
            "patients": reverse("clinic:patients"),
            "arrive": session("session_arrive", "Grace"),
            "ask": session("session_ask", "Grace"),
            "assess": session("session_assess", "Noor"),
            "labels": session("session_labels", "Noor"),
            "consent": session("session_consent", "Samuel"),
            "time-out": session("session_time_out", "Samuel"),
            "inject": session("session_inject", "Lucía"),
            "observe": session("session_observe", "Maryam"),
            "check": session("session_check", "Maryam"),
            "account": reverse("clinic:account"),
            "password": reverse("clinic:password"),
            "emergency": reverse("clinic:emergency") + "?weight_kg=58",
        },
        "rana": {"today-nurse": "/", "rescue-kit": reverse("clinic:rescue_kit")},
        "pell": {
            "today-desk": "/",
            "patient-desk": patient("patient"),
            "edit": patient("patient_edit"),
            "book": patient("appointment_new"),
            "register": reverse("clinic:patient_new"),
            "import": reverse("clinic:patient_import"),
        },
        "manager": {
            "people": reverse("clinic:people"),
            "centre": reverse("clinic:centre"),
        },
        "kowal": {"trail": reverse("clinic:trail")},
    }


def test_the_pages_of_the_demo_clinic(demo: Demo, images: Path) -> None:
    for username, addresses in pages_of_the_demo().items():
        page = demo.seat(username)
        for name, address in addresses.items():
            page.goto(address)
            page.wait_for_load_state("networkidle")
            nothing_runs_out(page, name)
            demo.house.looks_right(page, name)
            if name in {"today", "patient", "note", "inject", "emergency"}:
                picture(page, images / f"{name}.png")
            if name == "session":
                for _ in range(2):
                    page.get_by_role("button", name="Nearer").click()
                picture(page, images / "session.png", size=TALL)
                picture(page, images / "session-phone.png", size=PHONE)
                picture(page, images / "map.png", of="body-map")
                page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
                picture(page, images / "session-dark.png", size=TALL)
                page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
