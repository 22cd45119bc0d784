"""Somebody brings a centre's patients in: a bar while it lasts, then what came of it."""

import json
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from django.test import override_settings
from playwright.sync_api import expect

from tautband.interop.fhir import importer
from tautband.records.models import Patient
from tests import builders
from tests.acceptance.house import DESK, PHONE, House
from tests.acceptance.people import Person
from tests.conformance.exports import OWN, SECRETS, lines, person

pytestmark = pytest.mark.browser

MANY = 40
# The name of a file without a blank to break it at.
LONG = "broken" * 12


class Pace:
    """Holds an import at two moments, until the test has looked at the page."""

    def __init__(self) -> None:
        self.read, self.tenth = Event(), Event()

    def run(self, files: Iterable[Any], *, tell: importer.Tell, **asked: Any) -> object:
        """The importer itself, told to wait."""

        def wait_and_tell(far: importer.Progress) -> None:
            moment = {(0, 0): self.read, (10, MANY + 1): self.tenth}.get(
                (far.patients_done, far.patients_total)
            )
            if moment is None or moment.is_set():
                tell(far)
                return
            # What comes too soon after the last is not written down.
            time.sleep(0.4)
            tell(far)
            assert moment.wait(60)

        return importer.run_files(files, tell=wait_and_tell, **asked)


_pace: list[Pace] = []


def paced(files: Iterable[Any], **asked: Any) -> object:
    """What the page calls in these tests."""
    return _pace[-1].run(files, **asked)


@pytest.fixture
def pace() -> Iterator[Pace]:
    _pace.append(Pace())
    with override_settings(TAUTBAND_IMPORTER=f"{__name__}.paced"):
        yield _pace[-1]
    made = _pace.pop()
    made.read.set()
    made.tenth.set()


@pytest.fixture
def files(tmp_path: Path) -> list[Path]:
    """Forty patients, one more with everything, and a file that breaks off."""
    many = tmp_path / "Patient.ndjson"
    many.write_bytes(lines([person(str(number)) for number in range(MANY)]))
    broken = tmp_path / f"{LONG}.json"
    broken.write_text(json.dumps({"resourceType": "Bundle"})[:-4], "utf-8")
    return [many, OWN, broken]


def at_the_import_page(house: House, **options: Any) -> Person:
    house.watch.keep_secret(*SECRETS, "Marrow")
    desk = Person(house, builders.make_desk(), **options)
    desk.signs_in()
    desk.page.goto("/patients/import/")
    desk.is_at("Import patients")
    desk.looks("import")
    return desk


def everything_fits(desk: Person) -> bool:
    """Nothing has to be pushed sideways to be read, and no table sticks out of its panel."""
    return bool(
        desk.page.evaluate("""() => {
          const fits = (part) => part.scrollWidth <= part.clientWidth;
          return [document.documentElement, ...document.querySelectorAll(".panel")].every(fits);
        }""")
    )


@pytest.mark.parametrize(("variant", "size"), [("", DESK), ("phone", PHONE)])
def test_the_bar_moves_and_what_came_in_is_read_first(
    house: House, files: list[Path], pace: Pace, variant: str, size: tuple[int, int]
) -> None:
    house.variant = variant
    desk = at_the_import_page(house, size=size)
    page, progress = desk.page, desk.page.locator("#import-progress")
    expect(progress).to_be_hidden()
    # What is shown before the server answers is gone too soon to be waited for.
    page.evaluate("""() => {
      window.shown = [];
      const place = document.getElementById("import-progress");
      new MutationObserver(() => window.shown.push(place.innerText))
        .observe(place, { childList: true, subtree: true, characterData: true });
    }""")
    desk.field("FHIR R4 files").set_input_files(files)
    with desk.is_refused(422):
        desk.hands.press(desk.button("Import"))
        expect(progress).to_contain_text("Reading: 0.0 of 0.0 MB")
        expect(desk.button("Import")).to_be_disabled()
        assert 0 < progress.locator("progress").evaluate("bar => bar.value") <= 50
        desk.looks("import-reading")
        pace.read.set()
        expect(progress).to_contain_text(f"Patients: 10 of {MANY + 1}")
        bar = progress.locator("progress")
        assert bar.evaluate("bar => [bar.value, bar.max]") == [50 + 50 * 10 // (MANY + 1), 100]
        assert everything_fits(desk)
        desk.looks("import-running")
        pace.tenth.set()
        expect(page.get_by_text(f"New: {MANY + 1}.")).to_be_visible()
    expect(page.locator("#report")).to_be_focused()
    assert any("Sending: 100 of 100" in words for words in page.evaluate("window.shown"))
    expect(page.locator("#report")).to_contain_text(LONG)
    assert Patient.objects.count() == MANY + 1
    assert everything_fits(desk)
    desk.looks("import-done")
    # A second one needs no new page, and the bar begins anew.
    expect(page.locator("#import-progress")).to_be_hidden()
    desk.field("FHIR R4 files").set_input_files([OWN])
    desk.hands.press(desk.button("Import"))
    expect(page.get_by_text("Unchanged: 1.")).to_be_visible()
    assert Patient.objects.count() == MANY + 1


def test_who_leaves_the_page_meanwhile_finds_the_patients_there(
    house: House, files: list[Path], pace: Pace
) -> None:
    desk = at_the_import_page(house)
    desk.field("FHIR R4 files").set_input_files(files)
    pace.read.set()
    desk.hands.press(desk.button("Import"))
    expect(desk.page.locator("#import-progress")).to_contain_text(f"Patients: 10 of {MANY + 1}")
    with house.watch.expecting("htmx:(afterRequest|sendAbort|sendError)", desk.page):
        desk.page.goto("/patients/")
        desk.is_at("Patients")
    pace.tenth.set()
    by = time.monotonic() + 30
    while Patient.objects.count() < MANY + 1 and time.monotonic() < by:
        time.sleep(0.1)
    assert Patient.objects.count() == MANY + 1


def test_without_scripts_the_answer_is_the_same_page(house: House, files: list[Path]) -> None:
    desk = at_the_import_page(house, has_scripts=False)
    desk.field("FHIR R4 files").set_input_files(files)
    with desk.is_refused(422):
        desk.hands.press(desk.button("Import"))
        expect(desk.page.get_by_text(f"New: {MANY + 1}.")).to_be_visible()
    assert Patient.objects.count() == MANY + 1
