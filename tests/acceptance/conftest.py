"""A clinic that answers on this machine alone, and a browser that goes there."""

from collections.abc import Iterator
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, expect, sync_playwright
from pytest_django.live_server_helper import LiveServer

from tautband.records.queries import centre
from tests import builders
from tests.acceptance.house import House, Watch

# A machine that does other work as well is slow, not wrong.
expect.set_options(timeout=20_000)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Debian's Chromium."""
    with sync_playwright() as play:
        browser = play.chromium.launch(
            executable_path="/usr/bin/chromium",
            args=["--no-sandbox", "--disable-gpu", "--lang=en-US"],
        )
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def looked_at() -> set[str]:
    """The pages that axe has seen; one look is enough where only the patient's name differs."""
    return set()


@pytest.fixture
def house(chromium: Browser, looked_at: set[str], transactional_db: None) -> Iterator[House]:
    """The open clinic. Its time zone is one where it is noon, so that there is a day to work in."""
    now = timezone.now()
    noon = next(z for z in centre.time_zones() if now.astimezone(ZoneInfo(z)).hour == 12)
    builders.make_centre(time_zone=noon)
    server = LiveServer("127.0.0.1")
    host = server.url.removeprefix("http://")
    house = House(chromium, server.url, noon, Watch(host), looked_at)
    yield house
    house.close()
    server.stop()
    house.watch.check()
