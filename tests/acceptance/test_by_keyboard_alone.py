"""The same way from the door to the signed note with the keyboard alone: no mouse, no touch.

At every stop of Tab the focus must be seen: a ring round it, inside the window, behind nothing.
"""

import pytest
from playwright.sync_api import expect

from tautband.accounts.access import Role
from tautband.records.models import Injection, Procedure
from tests import builders
from tests.acceptance.hands import Keys
from tests.acceptance.house import House
from tests.acceptance.people import Clinician, DeskClerk, Nurse, Person, Sheet, take_on
from tests.web import test_session_journey as pages

pytestmark = pytest.mark.browser

ODILE = Sheet(
    given_name="Odile", family_name="Farquharson", born_on="1968-04-17", sex="Female",
    phone="01632 960 522",
)  # fmt: skip


def keys_of(person: Person) -> Keys:
    assert isinstance(person.hands, Keys)
    return person.hands


def test_a_session_by_keyboard_alone(house: House) -> None:
    house.watch.keep_secret(ODILE.given_name, ODILE.family_name, ODILE.phone)
    desk = DeskClerk(house, take_on(Role.DESK, "Jo Pell"), by_keyboard=True)
    nurse = Nurse(house, take_on(Role.NURSE, "Rana Amari"), by_keyboard=True)
    clinician = Clinician(house, take_on(Role.CLINICIAN, "Dr Lena Okafor"), by_keyboard=True)
    people = (desk, nurse, clinician)
    for person in people:
        person.signs_in()

    desk.looks_for("farquharson")
    desk.registers(ODILE)
    desk.receives_a_walk_in()
    desk.confirms_who_it_is()

    nurse.opens_session_of(ODILE.full_name)
    nurse.opens_step("Arrive")
    nurse.weighs("71.5")
    nurse.opens_step("Ask today")
    nurse.asks_today()
    nurse.keeps_the_answers()

    clinician.opens_session_of(ODILE.full_name)
    clinician.assesses(now="7", average="6", onset="Seven months ago")
    clinician.finds_on_map("infraspinatus", "right", 1)
    clinician.finds_in_list("lev", "levator_scapulae", "right", 2)
    clinician.describes_point(1, Kind="Active", Taut_band="Yes")
    clinician.goes_on_to_plan()

    nurse.opens_session_of(ODILE.full_name)
    nurse.opens_step("Plan")
    nurse.draws_up("Lidocaine 1 % · 10 mg/mL", volume="5", lot="LX4471", expires="2031-03-31")

    clinician.opens_session_of(ODILE.full_name)
    clinician.plans_on_map("infraspinatus", "right", 1)
    clinician.fills_row(1, amount="1", dose="10 mg", depth="15", guidance="Landmarks")
    clinician.plans_in_list("lev", "levator_scapulae", "right", 2)
    clinician.fills_row(2, amount="1.5", dose="15 mg", depth="12", guidance="Ultrasound")
    clinician.checks_the_label()
    clinician.reads_what_waits()
    clinician.settles_the_plan()
    clinician.is_at("Consent")
    clinician.asks_for_consent()

    nurse.opens_session_of(ODILE.full_name)
    nurse.read_back()

    clinician.opens_session_of(ODILE.full_name)
    clinician.begins()
    clinician.gives(1, amount="1", before="7", after="3")
    clinician.gives(2, amount="1.5", before="6", after="3")
    clinician.counts_needles("2", "2")

    nurse.opens_session_of(ODILE.full_name)
    nurse.watches(pain="2")
    nurse.lets_leave("feels well")

    clinician.opens_session_of(ODILE.full_name)
    clinician.signs("Back in two weeks.")
    assert Procedure.objects.get().status == "completed"
    assert [line for person in people for line in keys_of(person).unseen] == []


@pytest.fixture
def clinician(house: House) -> Clinician:
    clinician = Clinician(house, builders.make_clinician(), by_keyboard=True)
    clinician.signs_in()
    return clinician


def given_a_plan(clinician: Clinician) -> Procedure:
    staff = {
        "clinician": clinician.user,
        "nurse": builders.make_nurse(),
        "desk": builders.make_desk(),
    }
    procedure = pages.arrive(staff, builders.make_patient())
    pages.plan(staff, procedure)
    clinician.page.goto(pages.url("session_plan", procedure.pk))
    return procedure


def test_the_first_stop_leads_past_the_head_of_the_page(clinician: Clinician) -> None:
    given_a_plan(clinician)
    keys = keys_of(clinician)
    skip = clinician.link("Skip to the content")
    keys.key("Tab")
    expect(skip).to_be_focused()
    expect(skip).to_be_in_viewport()
    keys.key("Enter")
    expect(clinician.page.locator("#main")).to_be_focused()
    keys.key("Tab")
    assert clinician.page.evaluate("document.activeElement.closest('#main') !== null")


def test_enter_in_a_row_keeps_the_row(clinician: Clinician) -> None:
    procedure = given_a_plan(clinician)
    keys = keys_of(clinician)
    keys.reach(clinician.field("Millilitres, row 1"))
    keys.key("Control+a")
    keys.type("2")
    keys.key("Enter")
    expect(clinician.row(1).locator(".num")).to_have_text("20\N{NO-BREAK SPACE}mg")
    assert procedure.injections.get().volume_ul == 2000


def test_plus_and_minus_keep_the_focus_while_the_row_is_saved(clinician: Clinician) -> None:
    given_a_plan(clinician)
    keys = keys_of(clinician)
    keys.reach(clinician.button("More, row 1"))
    for dose in ("15", "20", "25"):
        keys.key("Space")
        expect(clinician.row(1).locator(".num")).to_have_text(f"{dose}\N{NO-BREAK SPACE}mg")
        expect(clinician.button("More, row 1")).to_be_focused()
    assert Injection.objects.get().volume_ul == 2500


def test_every_muscle_of_the_map_can_be_walked_to(clinician: Clinician) -> None:
    given_a_plan(clinician)
    keys = keys_of(clinician)
    for view in ("Back", "Front"):
        keys.press(clinician.button(view))
        expect(clinician.page.locator(f"path[id^=map-{view.lower()}]").first).to_be_attached()
        keys.reach(clinician.page.locator("body-map path[role=button][tabindex='0']"))
        count = clinician.page.locator("body-map path[role=button]").count()
        here = (
            "map => [...map.querySelectorAll('path[role=button]')].indexOf(document.activeElement)"
        )
        body = clinician.page.locator("body-map")
        for _ in range(count):
            keys.key("PageUp")
        walked = {body.evaluate(here)}
        for _ in range(count):
            keys.key("PageDown")
            walked.add(body.evaluate(here))
        assert walked == set(range(count))
        assert count > 50


def test_a_slash_goes_to_the_list_of_muscles_and_d_darkens_the_room(clinician: Clinician) -> None:
    given_a_plan(clinician)
    keys = keys_of(clinician)
    keys.key("d")
    expect(clinician.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
    keys.key("/")
    expect(clinician.page.get_by_role("combobox", name="Add a muscle")).to_be_focused()
    keys.type("sol")
    expect(clinician.page.locator("#opt-soleus-left")).to_be_visible()
    keys.key("ArrowDown")
    keys.key("Escape")
    expect(clinician.page.locator("#opt-soleus-left")).to_have_count(0)
    # Letters typed into the list are letters, not the switch for the light.
    keys.type("d")
    expect(clinician.page.locator("html")).to_have_attribute("data-bs-theme", "dark")
