"""One trigger point injection session, from the door to the signed note, as three people live it.

The desk receives, the nurse prepares and watches, the clinician assesses, injects and signs; each
at a screen of their own. Every page they come to is looked at by axe, in light and in dark.
"""

import gzip
import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tautband.accounts.access import Role
from tautband.records.models import Patient, Procedure
from tests import builders
from tests.acceptance import pdf
from tests.acceptance.house import House
from tests.acceptance.people import Clinician, DeskClerk, Nurse, Sheet, take_on

pytestmark = pytest.mark.browser

OWN = Path(__file__).parent / "fhir" / "brandauer.json"
SYNTHEA = Path(__file__).resolve().parents[3] / "shared" / "data" / "fhir" / "synthea"
MARTA = Sheet(
    given_name="Marta", family_name="Lindqvist", born_on="1971-08-02", sex="Female",
    phone="01632 960 311",
)  # fmt: skip


@dataclass
class Clinic:
    """Who works here today, and who lies on the couch."""

    house: House
    desk: DeskClerk
    nurse: Nurse
    clinician: Clinician
    patient: str = ""
    takes: str = ""


def on_warfarin() -> list[Path]:
    """Our own bundle, and from the Synthea bundles beside the project the one with warfarin."""
    found = [
        file
        for file in sorted(SYNTHEA.glob("*.json.gz"))
        if any(
            entry["resource"]["resourceType"] == "MedicationRequest"
            and "warfarin" in json.dumps(entry["resource"]).casefold()
            for entry in json.loads(gzip.decompress(file.read_bytes()))["entry"]
        )
    ]
    return [OWN, *found]


# ── the story, told twice ────────────────────────────────────────────────────────────────────


def test_a_patient_registered_by_hand(house: House) -> None:
    clinic = given_three_people_at_work(house)
    given_somebody_alike_is_on_record(clinic)
    when_the_desk_registers_a_new_patient(clinic)
    when_the_desk_receives_her_without_a_booking(clinic)
    then_the_desk_is_shown_no_record(clinic)
    when_the_nurse_weighs_and_asks(clinic)
    the_rest_of_the_way(clinic)


@pytest.mark.parametrize("file", on_warfarin(), ids=lambda file: file.stem[:8])
def test_a_patient_on_warfarin_imported_from_elsewhere(house: House, file: Path) -> None:
    clinic = given_three_people_at_work(house)
    when_the_desk_imports_the_patient(clinic, file)
    when_the_desk_books_and_receives_the_patient(clinic)
    when_the_nurse_accepts_the_earlier_weight_and_asks_for_the_inr(clinic)
    then_the_anticoagulant_stands_on_top_of_the_page(clinic)
    the_rest_of_the_way(clinic)


def the_rest_of_the_way(clinic: Clinic) -> None:
    """From the assessment to the amended note."""
    when_the_clinician_assesses(clinic)
    when_the_nurse_draws_up_one_syringe(clinic)
    when_the_clinician_plans_one_muscle_on_the_map_and_one_from_the_list(clinic)
    then_the_plan_stands_only_once_every_warning_is_read(clinic)
    when_the_patient_consents(clinic)
    when_the_nurse_reads_the_time_out(clinic)
    when_the_clinician_injects_row_by_row(clinic)
    when_the_nurse_watches_and_lets_the_patient_leave(clinic)
    when_the_clinician_checks_and_signs(clinic)
    then_the_note_says_what_happened_on_screen_as_text_and_on_paper(clinic)
    when_the_clinician_amends_the_note(clinic)
    then_both_versions_can_be_read(clinic)


# ── given ────────────────────────────────────────────────────────────────────────────────────


def given_three_people_at_work(house: House) -> Clinic:
    clinic = Clinic(
        house=house,
        desk=DeskClerk(house, take_on(Role.DESK, "Jo Pell")),
        nurse=Nurse(house, take_on(Role.NURSE, "Rana Amari")),
        clinician=Clinician(house, take_on(Role.CLINICIAN, "Dr Lena Okafor")),
    )
    for person in (clinic.desk, clinic.nurse, clinic.clinician):
        person.signs_in()
    clinic.desk.looks("today-empty-desk")
    return clinic


def given_somebody_alike_is_on_record(clinic: Clinic) -> None:
    builders.make_patient(
        given_name="Marta", family_name="Lindquist", born_on=date.fromisoformat(MARTA.born_on)
    )
    clinic.house.watch.keep_secret("Marta", "Lindquist")


# ── the desk ─────────────────────────────────────────────────────────────────────────────────


def when_the_desk_registers_a_new_patient(clinic: Clinic) -> None:
    desk = clinic.desk
    clinic.patient = MARTA.full_name
    clinic.house.watch.keep_secret(MARTA.given_name, MARTA.family_name, MARTA.phone, MARTA.born_on)
    desk.looks_for("marta lindkvist")
    desk.sees("Marta Lindquist")
    desk.looks("patients-found")
    with desk.is_refused(422):
        desk.registers(MARTA)
        desk.is_at("Is it one of these?")
    desk.sees("a like name, born the same day")
    desk.looks("register-likely")
    expect(desk.field("Telephone")).to_have_value(MARTA.phone)
    desk.says_it_is_somebody_else()
    desk.sees("Registered as number")
    desk.looks("patient-at-desk")
    assert Patient.objects.count() == 2


def when_the_desk_receives_her_without_a_booking(clinic: Clinic) -> None:
    clinic.desk.receives_a_walk_in(clinic.clinician.user.full_name)
    clinic.desk.confirms_who_it_is()
    clinic.desk.looks("arrive-at-desk")


def when_the_desk_imports_the_patient(clinic: Clinic, file: Path) -> None:
    clinic.desk.imports(file)
    clinic.desk.sees("New: 1.")
    clinic.desk.looks("imported")
    patient = Patient.objects.get()
    clinic.patient, clinic.takes = patient.full_name, "Warfarin"
    clinic.house.variant = "warfarin"
    clinic.house.watch.keep_secret(
        patient.given_name, patient.family_name, patient.phone, str(patient.born_on)
    )


def when_the_desk_books_and_receives_the_patient(clinic: Clinic) -> None:
    desk = clinic.desk
    desk.looks_for(clinic.patient)
    desk.hands.press(desk.link(clinic.patient))
    desk.books_the_first_free_time_today("New: neck pain")
    desk.looks("booked")
    desk.receives_who_was_booked(clinic.patient)
    desk.confirms_who_it_is()
    # The desk knows who it is, and nothing of what the patient takes.
    expect(desk.banner).to_contain_text(clinic.patient)
    expect(desk.page.locator("body")).not_to_contain_text(clinic.takes)


def then_the_desk_is_shown_no_record(clinic: Clinic) -> None:
    desk = clinic.desk
    for step in ("ask", "assess", "plan", "consent", "inject", "check"):
        address = desk.page.url.replace("/arrive/", f"/{step}/")
        with desk.is_refused(403):
            desk.page.goto(address)
            desk.is_at("Your role does not allow this")
        expect(desk.page.get_by_text(clinic.patient)).to_have_count(0)
    desk.looks("not-allowed")


# ── the nurse ────────────────────────────────────────────────────────────────────────────────


def when_the_nurse_weighs_and_asks(clinic: Clinic) -> None:
    nurse = clinic.nurse
    nurse.opens_session_of(clinic.patient)
    nurse.opens_step("Arrive")
    expect(nurse.banner).to_contain_text("not known")
    nurse.weighs("71.5")
    nurse.looks("arrive")
    nurse.opens_step("Ask today")
    nurse.looks("ask")
    nurse.asks_today()
    nurse.keeps_the_answers()


def when_the_nurse_accepts_the_earlier_weight_and_asks_for_the_inr(clinic: Clinic) -> None:
    nurse = clinic.nurse
    nurse.opens_session_of(clinic.patient)
    nurse.opens_step("Arrive")
    nurse.looks("arrive-weighed-before")
    nurse.hands.press(nurse.button("Use this earlier weight on purpose"))
    expect(nurse.banner).not_to_contain_text("not known")
    nurse.opens_step("Ask today")
    nurse.asks_today(anticoagulant="Yes")
    which = nurse.page.locator("#id_anticoagulant_medicine")
    nurse.hands.write(which, "Warfarin")
    nurse.hands.write(nurse.page.locator("#id_anticoagulant_inr"), "2.4")
    nurse.looks("ask-thinner")
    nurse.keeps_the_answers()


def when_the_nurse_draws_up_one_syringe(clinic: Clinic) -> None:
    nurse = clinic.nurse
    nurse.opens_session_of(clinic.patient)
    nurse.opens_step("Plan")
    nurse.looks("plan-for-nurse")
    nurse.draws_up("Lidocaine 1 % · 10 mg/mL", volume="5", lot="LX4471", expires="2031-03-31")
    nurse.opens(nurse.page.locator("#draw-up-1"))
    # What went onto the tray is not offered a second time.
    expect(nurse.field("Lot", nurse.page.get_by_role("group", name="Product 1"))).to_have_value("")
    nurse.hands.press(nurse.link("Print labels"))
    nurse.is_at("Syringe labels")
    nurse.looks("labels")


def when_the_nurse_reads_the_time_out(clinic: Clinic) -> None:
    nurse = clinic.nurse
    nurse.opens_session_of(clinic.patient)
    nurse.is_at("Time-out")
    nurse.looks("time-out")
    nurse.read_back()
    nurse.is_at("Inject")


def when_the_nurse_watches_and_lets_the_patient_leave(clinic: Clinic) -> None:
    nurse = clinic.nurse
    nurse.opens_session_of(clinic.patient)
    nurse.is_at("Observe")
    nurse.watches(pain="2")
    nurse.takes_vital_signs("128", "76", "68", "98")
    nurse.looks("observe")
    nurse.lets_leave("feels well, lives next door")


def then_the_anticoagulant_stands_on_top_of_the_page(clinic: Clinic) -> None:
    expect(clinic.nurse.banner).to_contain_text("Anticoagulant")
    expect(clinic.nurse.banner).to_contain_text(clinic.takes)


# ── the clinician ────────────────────────────────────────────────────────────────────────────


def when_the_clinician_assesses(clinic: Clinic) -> None:
    clinician = clinic.clinician
    clinician.opens_today()
    clinician.looks("today")
    clinician.opens_session_of(clinic.patient)
    clinician.is_at("Assess")
    clinician.assesses(now="7", average="6", onset="Seven months ago, after a move")
    clinician.finds_on_map("infraspinatus", "right", 1)
    clinician.finds_in_list("lev", "levator_scapulae", "right", 2)
    clinician.describes_point(1, Kind="Active", Taut_band="Yes", Tender_spot="Yes")
    clinician.looks("assess")
    clinician.goes_on_to_plan()


def when_the_clinician_plans_one_muscle_on_the_map_and_one_from_the_list(clinic: Clinic) -> None:
    clinician = clinic.clinician
    clinician.opens_session_of(clinic.patient)
    clinician.looks("plan-empty")
    if clinic.takes:
        expect(clinician.banner).to_contain_text(clinic.takes)
    before = clinician.ledger("local-anaesthetic")
    clinician.plans_on_map("infraspinatus", "right", 1)
    clinician.fills_row(1, amount="1", dose="10 mg", depth="15", guidance="Landmarks")
    between = clinician.ledger("local-anaesthetic")
    clinician.plans_in_list("lev", "levator_scapulae", "right", 2)
    clinician.fills_row(2, amount="1.5", dose="15 mg", depth="12", guidance="Ultrasound")
    after = clinician.ledger("local-anaesthetic")
    # The ledger counts along, without the page being opened again.
    assert ["now 10 mg" in each for each in (before, between, after)] == [False, True, False]
    assert "now 25 mg" in after
    clinician.checks_the_label()


def then_the_plan_stands_only_once_every_warning_is_read(clinic: Clinic) -> None:
    clinician = clinic.clinician
    clinician.looks("plan")
    with clinician.is_refused(422):
        clinician.settles_the_plan()
        expect(clinician.page.locator("#error-summary")).to_be_visible()
    assert Procedure.objects.get().planned_at is None
    read = clinician.reads_what_waits()
    assert ("anticoagulant" in read) == bool(clinic.takes)
    clinician.settles_the_plan()
    clinician.is_at("Consent")


def when_the_patient_consents(clinic: Clinic) -> None:
    clinic.clinician.sees("Rarely: air around the lung")
    clinic.clinician.looks("consent")
    clinic.clinician.asks_for_consent()


def when_the_clinician_injects_row_by_row(clinic: Clinic) -> None:
    clinician = clinic.clinician
    clinician.opens_session_of(clinic.patient)
    clinician.is_at("Inject")
    clinician.looks("inject-ready")
    clinician.begins()
    clinician.looks("inject")
    clinician.gives(1, amount="1", before="7", after="3")
    clinician.adds_on_the_table("Soleus, Right", syringe="A · Lidocaine 1 %", amount="0.5", rows=3)
    clinician.gives(2, amount="1.5", before="6", after="3")
    clinician.gives(3, amount="0.5", before="6", after="2")
    clinician.looks("inject-given")
    clinician.counts_needles("3", "3")
    clinician.is_at("Observe")


def when_the_clinician_checks_and_signs(clinic: Clinic) -> None:
    clinic.clinician.opens_session_of(clinic.patient)
    clinic.clinician.looks("check")
    clinic.clinician.signs("Ring if breathless. Back in two weeks.")
    assert Procedure.objects.get().status == "completed"


def when_the_clinician_amends_the_note(clinic: Clinic) -> None:
    clinician = clinic.clinician
    clinician.opens_note_of(clinic.patient)
    clinician.amends("The second needle went 14 mm deep")
    clinician.opens(clinician.row(2).locator("details").first)
    clinician.hands.write(clinician.field("Deepest tip (mm)", clinician.row(2)), "14")
    clinician.hands.press(clinician.button("Given", clinician.row(2)))
    clinician.looks("inject-amended")
    clinician.opens_step("Sign")
    clinician.signs("Ring if breathless. Back in two weeks.")


# ── then ─────────────────────────────────────────────────────────────────────────────────────

TOLD = (
    "now 7, average of the past week 6", "Seven months ago, after a move", "Right infraspinatus",
    "taut band", "Right levator scapulae", "Right soleus", "added on the table",
    "LX4471", "checked by Dr Lena Okafor", "3 opened, 3 seen whole", "now 30 mg", "300 mg, label",
    "BP 128/76", "Ring if breathless. Back in two weeks.", "Signed by Dr Lena Okafor",
)  # fmt: skip


def then_the_note_says_what_happened_on_screen_as_text_and_on_paper(clinic: Clinic) -> None:
    clinician = clinic.clinician
    clinician.looks("note")
    on_screen = clinician.page.locator("article.paper").inner_text()
    as_text = clinician.page.request.get(
        clinician.link("Plain text").get_attribute("href") or ""
    ).text()
    paper = clinician.page.request.get(clinician.link("PDF").get_attribute("href") or "")
    assert paper.headers["content-type"] == "application/pdf"
    on_paper = pdf.words(paper.body())
    assert "\ufffd" not in on_paper
    for note in (on_screen, as_text, on_paper):
        plain = " ".join(note.split())
        for words in (*TOLD, clinic.patient, clinic.takes):
            assert words in plain, words
    clinician.hands.press(clinician.link("The patient"))
    clinician.looks("patient")


def then_both_versions_can_be_read(clinic: Clinic) -> None:
    clinician = clinic.clinician
    clinician.looks("note-amended")
    expect(clinician.page.locator("article.paper")).to_contain_text("depth 14")
    clinician.hands.press(clinician.link("Version 1"))
    expect(clinician.page.locator("article.paper")).to_contain_text("depth 12")
    clinician.looks("note-superseded")
