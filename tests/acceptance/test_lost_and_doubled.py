"""What goes wrong at a screen: pressed twice, cut off, signed out, out of date, forged, bare."""

import time
from collections.abc import Iterator
from importlib import import_module
from typing import Any
from unittest.mock import patch

import pytest
from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Page, expect

from tautband.accounts.models import User
from tautband.accounts.session_limits import SEEN
from tautband.records.actions import injections
from tautband.records.models import Encounter, Injection, Patient, Procedure, Syringe
from tests import builders
from tests.acceptance.house import House
from tests.acceptance.people import Clinician, DeskClerk, Nurse, Sheet
from tests.web import test_session_journey as pages

pytestmark = pytest.mark.browser

NILS = Sheet(
    given_name="Nils", family_name="Ekdahl", born_on="1980-02-29", sex="Male", phone="01632 960 777"
)
Staff = dict[str, User]


@pytest.fixture
def staff(house: House) -> Staff:
    house.watch.keep_secret(NILS.given_name, NILS.family_name)
    return {
        "clinician": builders.make_clinician(),
        "nurse": builders.make_nurse(),
        "desk": builders.make_desk(),
    }


def page_of(name: str, procedure: Procedure) -> str:
    return reverse(f"clinic:{name}", args=[procedure.pk])


def given_nils_is_here(staff: Staff) -> Procedure:
    patient = builders.make_patient(given_name=NILS.given_name, family_name=NILS.family_name)
    return pages.arrive(staff, patient)


def given_a_plan_for_nils(staff: Staff) -> Procedure:
    """One syringe, one row: 1 mL into the right infraspinatus."""
    procedure = given_nils_is_here(staff)
    pages.plan(staff, procedure)
    return procedure


def given_the_needle_may_begin(staff: Staff) -> Procedure:
    procedure = given_a_plan_for_nils(staff)
    pages.settle(staff, procedure)
    pages.consent_and_time_out(staff, procedure)
    return procedure


@pytest.fixture
def nurse(house: House, staff: Staff) -> Nurse:
    nurse = Nurse(house, staff["nurse"])
    nurse.signs_in()
    return nurse


@pytest.fixture
def clinician(house: House, staff: Staff) -> Clinician:
    clinician = Clinician(house, staff["clinician"])
    clinician.signs_in()
    return clinician


# ── pressed twice ────────────────────────────────────────────────────────────────────────────


def test_a_patient_registered_with_a_double_click_is_one_patient(
    house: House, staff: Staff
) -> None:
    desk = DeskClerk(house, staff["desk"])
    desk.signs_in()
    desk.page.goto(reverse("clinic:patient_new"))
    desk.hands.write(desk.field("Given name"), NILS.given_name)
    desk.hands.write(desk.field("Family name"), NILS.family_name)
    desk.hands.date(desk.field("Born on"), NILS.born_on)
    desk.answers("Sex", NILS.sex)
    desk.button("Register").dblclick()
    desk.sees("Registered as number")
    assert Patient.objects.count() == 1
    desk.button("Walk in now").dblclick()
    desk.is_at("Arrive")
    assert (Encounter.objects.count(), Procedure.objects.count()) == (1, 1)


def test_a_syringe_put_on_the_tray_with_a_double_click_is_one_syringe(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_a_plan_for_nils(staff)
    clinician.page.goto(page_of("session_plan", procedure))
    clinician.opens_details("Draw up a syringe")
    first = clinician.page.get_by_role("group", name="Product 1")
    clinician.hands.choose(
        clinician.field("Product and strength", first), "Ropivacaine 0.2 % · 2 mg/mL"
    )
    clinician.hands.write(clinician.field("Volume (mL)", first), "5")
    clinician.button("Put it on the tray").dblclick()
    expect(clinician.page.locator(".syringe")).to_have_count(2)
    clinician.settles_down()
    assert Syringe.objects.count() == 2


def test_a_muscle_added_on_the_table_with_a_double_click_is_one_muscle(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_the_needle_may_begin(staff)
    clinician.page.goto(page_of("session_inject", procedure))
    clinician.begins()
    clinician.opens_details("Add a muscle on the table")
    form = clinician.page.locator("form[action$='/inject/add/']")
    clinician.hands.choose(clinician.field("Muscle and side", form), "Soleus, Left")
    clinician.hands.choose(clinician.field("Guidance", form), "Landmarks")
    clinician.hands.tick(clinician.field("The patient was asked aloud and agreed", form))
    clinician.button("Add the muscle", form).dblclick()
    expect(clinician.row(2)).to_be_visible()
    assert Injection.objects.count() == 2


# ── cut off ──────────────────────────────────────────────────────────────────────────────────

CUT_OFF = "ERR_INTERNET_DISCONNECTED|htmx:(afterRequest|sendError)"


def test_answers_given_while_cut_off_stay_and_are_sent_later(staff: Staff, nurse: Nurse) -> None:
    procedure = given_nils_is_here(staff)
    nurse.page.goto(page_of("session_ask", procedure))
    with nurse.house.watch.expecting(CUT_OFF, nurse.page):
        nurse.page.context.set_offline(True)
        nurse.hands.mark(nurse.page.locator("#id_fainting").get_by_label("Yes"))
        nurse.sees("Not sent: no connection. What you typed stays here.")
        nurse.hands.press(nurse.button("Save the answers"))
        nurse.sees("No connection. What you typed stays here")
        expect(nurse.page.locator("#id_fainting").get_by_label("Yes")).to_be_checked()
        nurse.page.context.set_offline(False)
    expect(nurse.page.locator("#draft-status")).to_have_attribute("data-state", "saved")
    nurse.hands.press(nurse.button("Save the answers"))
    nurse.is_at("Assess")
    procedure.encounter.refresh_from_db()
    assert procedure.encounter.answers.get(question="fainting").answer == "yes"


def test_answers_survive_a_server_that_does_not_answer(staff: Staff, nurse: Nurse) -> None:
    procedure = given_nils_is_here(staff)
    nurse.page.goto(page_of("session_ask", procedure))
    nurse.hands.mark(nurse.page.locator("#id_fainting").get_by_label("Yes"))
    expect(nurse.page.locator("#draft-status")).to_have_attribute("data-state", "saved")
    address = page_of("session_ask", procedure)
    nurse.page.route(f"**{address}", lambda route: route.abort())
    with nurse.house.watch.expecting("ERR_FAILED|net::", nurse.page):
        nurse.hands.press(nurse.button("Save the answers"))
        nurse.page.wait_for_url("chrome-error://**")
        nurse.page.unroute(f"**{address}")
        nurse.page.goto(address)
    nurse.sees("Your unsaved answers are back. Check them, then save.")
    expect(nurse.page.locator("#id_fainting").get_by_label("Yes")).to_be_checked()


def test_a_row_changed_while_cut_off_says_so_and_is_sent_with_the_next_change(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_a_plan_for_nils(staff)
    clinician.page.goto(page_of("session_plan", procedure))
    amount = clinician.field("Millilitres, row 1")
    with clinician.house.watch.expecting(CUT_OFF, clinician.page):
        clinician.page.context.set_offline(True)
        clinician.hands.write(amount, "2")
        clinician.sees("No connection. What you typed stays here")
        clinician.settles_down()
        clinician.page.context.set_offline(False)
    expect(amount).to_have_value("2")
    assert Injection.objects.get().volume_ul == 1000
    # Another row is added meanwhile: its answer must not put the old amount back.
    clinician.plans_in_list("sol", "soleus", "left", 2)
    expect(clinician.row(1).locator(".num")).to_have_text("20\N{NO-BREAK SPACE}mg")
    assert Injection.objects.get(number=1).volume_ul == 2000


@pytest.fixture
def slow_server() -> Iterator[None]:
    """Half a second for every change of a row."""
    change = injections.change

    def slowly(**said: Any) -> Injection:
        time.sleep(0.5)
        return change(**said)

    with patch.object(injections, "change", slowly):
        yield


def test_what_is_typed_while_a_row_is_being_saved_is_kept(
    staff: Staff, clinician: Clinician, slow_server: None
) -> None:
    procedure = given_a_plan_for_nils(staff)
    clinician.page.goto(page_of("session_plan", procedure))
    row = clinician.row(1)
    plus = clinician.button("More, row 1", row)
    plus.click()
    clinician.page.wait_for_timeout(300)
    plus.click()
    clinician.opens(row.locator("details").first)
    depth = clinician.field("Deepest tip depth (mm)", row)
    depth.click()
    clinician.page.keyboard.press("Control+a")
    clinician.page.keyboard.type("12", delay=350)
    clinician.page.keyboard.press("Tab")
    expect(row.locator(".num")).to_have_text("20\N{NO-BREAK SPACE}mg")
    clinician.page.wait_for_timeout(1500)
    clinician.settles_down()
    saved = Injection.objects.get()
    assert (saved.volume_ul, saved.depth_um) == (2000, 12_000)
    expect(depth).to_have_value("12")


def test_a_plan_is_settled_with_what_was_typed_a_moment_ago(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_a_plan_for_nils(staff)
    pages.acknowledge_all(pages.sign_in(staff["clinician"]), procedure)
    clinician.page.goto(page_of("session_plan", procedure))
    clinician.field("Millilitres, row 1").fill("1.5")
    clinician.button("Settle the plan").click()
    expect(clinician.page.locator("#patient-banner")).to_be_visible()
    clinician.page.wait_for_url("**/consent/")
    procedure.refresh_from_db()
    assert procedure.planned_at is not None
    assert Injection.objects.get().volume_ul == 1500
    expect(clinician.page.locator("main")).to_contain_text("15\N{NO-BREAK SPACE}mg")


def test_whoever_leaves_the_page_at_once_leaves_nothing_behind(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_a_plan_for_nils(staff)
    clinician.page.goto(page_of("session_plan", procedure))
    clinician.field("Millilitres, row 1").fill("1.5")
    clinician.link("Today", clinician.page.get_by_role("navigation", name="Main")).click()
    expect(clinician.page.locator("#board")).to_be_visible()
    clinician.page.goto(page_of("session_plan", procedure))
    expect(clinician.field("Millilitres, row 1")).to_have_value("1.5")
    assert Injection.objects.get().volume_ul == 1500


# ── signed out ───────────────────────────────────────────────────────────────────────────────


def when_an_hour_passes(page: Page) -> None:
    """As the server sees it: the last request of this browser was an hour ago."""
    cookies = {cookie["name"]: cookie["value"] for cookie in page.context.cookies()}
    store = import_module(settings.SESSION_ENGINE).SessionStore
    session = store(session_key=cookies[settings.SESSION_COOKIE_NAME])
    session[SEEN] -= 60 * 60
    session.save()


def signs_in_again(person: Nurse | Clinician, page: Page) -> None:
    page.get_by_label("Sign-in name").fill(person.user.username)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_whoever_was_signed_out_finds_the_draft_again(staff: Staff, nurse: Nurse) -> None:
    procedure = given_nils_is_here(staff)
    nurse.page.goto(page_of("session_ask", procedure))
    nurse.hands.mark(nurse.page.locator("#id_fainting").get_by_label("Yes"))
    nurse.hands.mark(nurse.page.locator("#id_diabetes").get_by_label("Unknown"))
    expect(nurse.page.locator("#draft-status")).to_have_attribute("data-state", "saved")
    when_an_hour_passes(nurse.page)
    nurse.hands.press(nurse.button("Save the answers"))
    nurse.is_at("Sign in")
    nurse.sees("You were signed out after 15 minutes without a touch")
    signs_in_again(nurse, nurse.page)
    nurse.is_at("Ask today")
    nurse.sees("Your unsaved answers are back. Check them, then save.")
    expect(nurse.page.locator("#id_fainting").get_by_label("Yes")).to_be_checked()
    expect(nurse.page.locator("#id_diabetes").get_by_label("Unknown")).to_be_checked()


def test_whoever_is_signed_out_while_typing_is_told_and_signs_in_beside_it(
    staff: Staff, nurse: Nurse
) -> None:
    procedure = given_nils_is_here(staff)
    nurse.page.goto(page_of("session_ask", procedure))
    when_an_hour_passes(nurse.page)
    nurse.hands.mark(nurse.page.locator("#id_fainting").get_by_label("Yes"))
    nurse.sees("Not saved: you may be signed out. Sign in again in another tab")
    beside = nurse.page.context.new_page()
    beside.goto("/")
    signs_in_again(nurse, beside)
    expect(beside.locator("#board")).to_be_visible()
    nurse.page.bring_to_front()
    nurse.hands.press(nurse.button("Save the answers"))
    nurse.is_at("Assess")
    assert procedure.encounter.answers.get(question="fainting").answer == "yes"


# ── out of date ──────────────────────────────────────────────────────────────────────────────


def test_a_plan_changed_in_another_tab_is_told_in_place(staff: Staff, clinician: Clinician) -> None:
    procedure = given_a_plan_for_nils(staff)
    old = clinician.page
    old.goto(page_of("session_plan", procedure))
    new = old.context.new_page()
    new.goto(page_of("session_plan", procedure))
    new.get_by_label("Millilitres, row 1").fill("2")
    new.get_by_label("Millilitres, row 1").blur()
    expect(new.locator("li.injrow .num").first).to_have_text("20\N{NO-BREAK SPACE}mg")
    with clinician.is_refused(409):
        clinician.hands.write(clinician.field("Millilitres, row 1"), "3")
        clinician.sees("This row was changed elsewhere meanwhile.")
        clinician.sees("You had typed 3; it was not saved.")
    # Told, nothing overwritten, and the row stands there as it is now.
    assert Injection.objects.get().volume_ul == 2000
    expect(clinician.field("Millilitres, row 1")).to_have_value("2")


def test_a_plan_settled_from_an_old_page_is_told_in_place(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_a_plan_for_nils(staff)
    pages.acknowledge_all(pages.sign_in(staff["clinician"]), procedure)
    clinician.page.goto(page_of("session_plan", procedure))
    row = procedure.injections.get()
    changed = pages.sign_in(staff["clinician"]).post(
        reverse("clinic:session_change_row", args=[procedure.pk, row.pk]), {"amount": "2"}
    )
    assert changed.status_code == 302
    with clinician.is_refused(409):
        clinician.settles_the_plan()
        expect(clinician.page.locator("#error-summary")).to_be_visible()
    # The page that answers shows the plan as it is now.
    expect(clinician.field("Millilitres, row 1")).to_have_value("2")
    procedure.refresh_from_db()
    assert procedure.planned_at is None


def test_what_was_typed_at_the_table_stays_when_it_is_refused(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_the_needle_may_begin(staff)
    clinician.page.goto(page_of("session_inject", procedure))
    clinician.begins()
    row = clinician.row(1)
    clinician.hands.write(clinician.field("mL that went in", row), "1x")
    clinician.hands.choose(clinician.field("Twitch", row), "Yes")
    clinician.hands.choose(clinician.field("Pain before", row), "7")
    with clinician.is_refused(422):
        clinician.hands.press(clinician.button("Given", row))
        expect(clinician.page.locator("#error-summary")).to_be_visible()
    expect(clinician.field("mL that went in", row)).to_have_value("1x")
    expect(clinician.field("Twitch", row)).to_have_value("yes")
    expect(clinician.field("Pain before", row)).to_have_value("7")
    clinician.opens_details("Add a muscle on the table")
    form = clinician.page.locator("form[action$='/inject/add/']")
    clinician.hands.choose(clinician.field("Muscle and side", form), "Soleus, Left")
    clinician.hands.write(clinician.field("Depth (mm)", form), "25")
    with clinician.is_refused(422):
        clinician.hands.press(clinician.button("Add the muscle", form))
        clinician.sees("Ask the patient aloud")
    expect(clinician.field("Muscle and side", form)).to_have_value("soleus:left")
    expect(clinician.field("Depth (mm)", form)).to_have_value("25")
    clinician.hands.write(clinician.field("Opened"), "2")
    clinician.hands.write(clinician.field("Seen whole and disposed of"), "two")
    with clinician.is_refused(422):
        clinician.hands.press(clinician.button("End injecting"))
        expect(clinician.page.locator("#error-summary")).to_be_visible()
    expect(clinician.field("Opened")).to_have_value("2")
    expect(clinician.field("Seen whole and disposed of")).to_have_value("two")
    assert Injection.objects.get().status == "planned"


# ── forged ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.hazard("HAZ-019")
def test_the_address_of_another_role_shows_nothing_of_the_patient(
    house: House, staff: Staff
) -> None:
    procedure = given_a_plan_for_nils(staff)
    patient = procedure.patient
    told = (NILS.family_name, patient.number, "71.5", "infraspinatus", "LX4471")
    forbidden = {
        builders.make_auditor(): ("session_plan", "note", "session_check", "note_pdf"),
        builders.make_manager(): ("session_plan", "note", "session_arrive", "note_text"),
        builders.make_pharmacist(): ("session_ask", "session_assess", "session_observe"),
        staff["desk"]: ("session_plan", "session_inject", "note", "note_text"),
    }
    for user, names in forbidden.items():
        person = DeskClerk(house, user)
        person.signs_in()
        for name in names:
            with person.is_refused(403):
                person.page.goto(page_of(name, procedure))
                person.is_at("Your role does not allow this")
            shown = person.page.content()
            assert [words for words in told if words in shown] == [], name


@pytest.mark.hazard("HAZ-019")
def test_a_row_of_another_patient_cannot_be_changed_through_this_session(
    staff: Staff, clinician: Clinician
) -> None:
    procedure = given_a_plan_for_nils(staff)
    other = pages.arrive(staff, builders.make_patient())
    pages.plan(staff, other)
    theirs = other.injections.get()
    clinician.page.goto(page_of("session_plan", procedure))
    form = clinician.page.locator("form.row-form")
    address = reverse("clinic:session_change_row", args=[procedure.pk, theirs.pk])
    form.evaluate("(form, address) => form.setAttribute('action', address)", address)
    form.evaluate("(form) => { form.elements.amount.value = '3' }")
    with clinician.house.watch.expecting("status of 4", clinician.page):
        form.evaluate("(form) => form.submit()")
        expect(clinician.page.locator("#error-summary, h1").first).to_be_visible()
        clinician.page.wait_for_url(f"**{address}")
    theirs.refresh_from_db()
    assert theirs.volume_ul == 1000
    assert other.patient.family_name not in clinician.page.content()


def test_whoever_may_not_plan_reads_the_rows_and_cannot_write_in_them(
    staff: Staff, nurse: Nurse
) -> None:
    procedure = given_a_plan_for_nils(staff)
    nurse.page.goto(page_of("session_plan", procedure))
    expect(nurse.field("Millilitres, row 1")).to_be_disabled()
    expect(nurse.field("Guidance, row 1")).to_be_disabled()
    nurse.opens(nurse.page.locator("li.injrow details").first)
    expect(nurse.field("Deepest tip depth (mm)")).to_be_disabled()
    expect(nurse.button("Remove this row")).to_be_disabled()


# ── no scripts ───────────────────────────────────────────────────────────────────────────────


def test_the_way_to_the_note_needs_no_scripts(house: House, staff: Staff) -> None:
    patient = builders.make_patient(given_name=NILS.given_name, family_name=NILS.family_name)
    nurse = Nurse(house, staff["nurse"], has_scripts=False)
    clinician = Clinician(house, staff["clinician"], has_scripts=False)
    nurse.signs_in()
    nurse.page.goto(reverse("clinic:patient", args=[patient.pk]))
    nurse.hands.choose(nurse.page.locator("select[name=clinician]"), staff["clinician"].full_name)
    nurse.hands.press(nurse.button("Walk in now"))
    said = nurse.group("What the patient said, and it matched")
    nurse.hands.tick(said.get_by_label("Full name"))
    nurse.hands.tick(said.get_by_label("Date of birth"))
    nurse.hands.press(nurse.button("Both match"))
    nurse.weighs("71.5")
    nurse.opens_step("Ask today")
    nurse.asks_today()
    nurse.keeps_the_answers()

    clinician.signs_in()
    clinician.opens_session_of(patient.full_name)
    clinician.assesses(now="7", average="6", onset="Seven months ago")
    clinician.goes_on_to_plan()
    nurse.opens_step("Plan")
    nurse.draws_up("Lidocaine 1 % · 10 mg/mL", volume="5", lot="LX4471", expires="2031-03-31")
    clinician.page.reload()
    clinician.hands.press(clinician.button("Label checked"))
    adding = clinician.page.locator("#add-muscle")
    clinician.hands.choose(clinician.field("Muscle and side", adding), "Soleus, Left")
    clinician.hands.press(clinician.button("Add", adding))
    row = clinician.row(1)
    clinician.hands.write(clinician.field("Millilitres, row 1"), "2")
    clinician.hands.choose(clinician.field("Guidance, row 1"), "Landmarks")
    clinician.opens(row.locator("details").first)
    clinician.hands.write(clinician.field("Deepest tip depth (mm)", row), "20")
    clinician.hands.press(clinician.button("Save the row", row))
    expect(clinician.row(1).locator(".num")).to_have_text("20\N{NO-BREAK SPACE}mg")
    clinician.reads_what_waits()
    clinician.settles_the_plan()
    clinician.asks_for_consent()
    nurse.opens_session_of(patient.full_name)
    nurse.read_back()
    clinician.opens_session_of(patient.full_name)
    clinician.begins()
    clinician.gives(1, amount="2", before="7", after="3")
    clinician.counts_needles("1", "1")
    nurse.opens_session_of(patient.full_name)
    nurse.watches(pain="2")
    nurse.lets_leave("feels well")
    clinician.opens_session_of(patient.full_name)
    clinician.signs("Back in two weeks.")
    assert Procedure.objects.get().status == "completed"
