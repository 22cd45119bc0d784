"""The people of the clinic, and what each does at the screen."""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from tautband.accounts import actions as accounts
from tautband.accounts.access import Role
from tautband.accounts.models import User
from tests import builders
from tests.acceptance.hands import Hands, Keys, Mouse
from tests.acceptance.house import DESK, House


def take_on(role: Role, name: str, *, is_senior: bool = False) -> User:
    """Somebody new works here."""
    return accounts.create(
        username=name.split()[-1].lower(),
        full_name=name,
        short_name=name.split()[-1],
        roles=[role],
        is_senior=is_senior,
        password=builders.PASSWORD,
        actor=None,
        must_change_password=False,
    )


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """What the desk is told of a new patient."""

    given_name: str
    family_name: str
    born_on: str
    sex: str
    phone: str

    @property
    def full_name(self) -> str:
        """As it stands on every page."""
        return f"{self.given_name} {self.family_name}"


class Person:
    """Somebody at a screen of their own."""

    def __init__(
        self,
        house: House,
        user: User,
        *,
        by_keyboard: bool = False,
        size: tuple[int, int] = DESK,
        has_scripts: bool = True,
    ) -> None:
        self.house = house
        self.user = user
        self.has_scripts = has_scripts
        self.page: Page = house.seat(size=size, java_script_enabled=has_scripts)
        self.hands: Hands = Keys(self.page) if by_keyboard else Mouse(self.page)

    # ── what everybody does ──────────────────────────────────────────────────────────────────

    def button(self, name: str, within: Locator | None = None) -> Locator:
        """A button by what is written on it."""
        return (within or self.page).get_by_role("button", name=name, exact=True)

    def link(self, name: str, within: Locator | None = None) -> Locator:
        """A link by its words."""
        return (within or self.page).get_by_role("link", name=name, exact=True)

    def field(self, label: str, within: Locator | None = None) -> Locator:
        """A field by its label."""
        return (within or self.page).get_by_label(label)

    def group(self, label: str) -> Locator:
        """Round buttons or boxes that belong together."""
        return self.page.get_by_role("radiogroup", name=label).or_(
            self.page.get_by_role("group", name=label)
        )

    def answers(self, question: str, answer: str) -> None:
        """Mark one answer to a question with round buttons."""
        self.hands.mark(self.group(question).get_by_role("radio", name=answer, exact=True))

    def looks(self, name: str) -> None:
        """Stop and look at the page: nothing on it may be a barrier."""
        # axe is a script itself.
        if self.has_scripts:
            self.house.looks_right(self.page, name)

    def sees(self, words: str) -> None:
        """These words stand on the page."""
        expect(self.page.get_by_text(words).first).to_be_visible()

    def is_at(self, heading: str) -> None:
        """The page with this heading is open."""
        expect(self.page.get_by_role("heading", name=heading, exact=True).first).to_be_visible()

    def is_refused(self, status: int) -> AbstractContextManager[None]:
        """Within this block the server says no; Chromium logs such an answer as an error."""
        return self.house.watch.expecting(f"status of {status}", self.page)

    def signs_in(self) -> None:
        """With name and password, at the page that asks for them."""
        self.page.goto("/")
        self.is_at("Sign in")
        self.looks("sign-in")
        self.hands.write(self.field("Sign-in name"), self.user.username)
        self.hands.write(self.field("Password"), builders.PASSWORD)
        self.hands.press(self.button("Sign in"))
        expect(self.page.locator(".top").first).to_contain_text(self.user.full_name)

    def opens_today(self) -> None:
        """The list of the day."""
        self.hands.press(self.link("Today", self.page.get_by_role("navigation", name="Main")))
        expect(self.page.locator("#board")).to_be_visible()

    def opens_session_of(self, name: str) -> None:
        """From the list of the day, at the step where it stands."""
        self.opens_today()
        self.hands.press(self.page.get_by_role("link", name=f"Session {name}"))
        expect(self.page.get_by_role("navigation", name="Steps of the session")).to_be_visible()

    def opens_step(self, name: str) -> None:
        """Another step of the same session."""
        steps = self.page.get_by_role("navigation", name="Steps of the session")
        if not steps.locator("[aria-current=step]", has_text=name).count():
            self.hands.press(steps.get_by_role("link", name=name))
        expect(steps.locator("[aria-current=step]")).to_contain_text(name)

    @property
    def banner(self) -> Locator:
        """Who is in front of you and what could hurt."""
        return self.page.locator("#patient-banner")


class DeskClerk(Person):
    """Registers, books, receives."""

    def looks_for(self, words: str) -> None:
        """Is this patient known here?"""
        self.hands.press(self.link("Patients", self.page.get_by_role("navigation", name="Main")))
        self.hands.write(self.field("Name, number, birth date or telephone"), words)
        self.hands.press(self.button("Find"))
        expect(self.page.get_by_role("heading", name="Found")).to_be_visible()

    def registers(self, who: Sheet) -> None:
        """A new patient, as far as the desk is told."""
        self.hands.press(self.link("Register a patient"))
        self.is_at("Register a patient")
        self.looks("register")
        self.hands.write(self.field("Given name"), who.given_name)
        self.hands.write(self.field("Family name"), who.family_name)
        self.hands.date(self.field("Born on"), who.born_on)
        self.answers("Sex", who.sex)
        self.hands.write(self.field("Telephone"), who.phone)
        self.hands.press(self.button("Register"))

    def says_it_is_somebody_else(self) -> None:
        """None of those who are alike."""
        self.hands.tick(self.field("This is a different person from everybody shown here"))
        self.hands.press(self.button("Register"))

    def receives_a_walk_in(self, clinician: str = "") -> None:
        """The patient of this page is here; with whom is asked where there are several."""
        if clinician:
            self.hands.choose(self.page.locator("select[name=clinician]"), clinician)
        self.hands.press(self.button("Walk in now"))
        self.is_at("Arrive")

    def books_the_first_free_time_today(self, reason: str) -> None:
        """From the patient's page."""
        self.hands.press(self.link("Book"))
        self.hands.press(self.button("Show what is free"))
        self.looks("book")
        self.hands.mark(self.group("Free times").get_by_role("radio").first)
        self.hands.write(self.field("Reason"), reason)
        self.hands.press(self.button("Book"))

    def receives_who_was_booked(self, name: str) -> None:
        """From the list of the day."""
        self.opens_today()
        self.hands.press(self.button(f"Arrived {name}"))
        self.is_at("Arrive")

    def confirms_who_it_is(self) -> None:
        """Two identifiers, asked openly."""
        said = self.group("What the patient said, and it matched")
        for box in said.get_by_role("checkbox").all():
            expect(box).not_to_be_checked()
        self.hands.tick(said.get_by_label("Full name"))
        self.hands.tick(said.get_by_label("Date of birth"))
        self.hands.press(self.button("Both match"))
        self.sees("confirmed")

    def imports(self, file: Path) -> None:
        """Patients from another system."""
        self.hands.press(self.link("Patients", self.page.get_by_role("navigation", name="Main")))
        self.hands.press(self.link("Import"))
        self.looks("import")
        self.page.get_by_label("FHIR R4 files").set_input_files(file)
        self.hands.press(self.button("Import"))


class Bedside(Person):
    """What nurse and clinician both do."""

    def read_back(self) -> None:
        """The time-out, aloud."""
        said = self.group("Two identifiers, asked again")
        self.hands.tick(said.get_by_label("Full name"))
        self.hands.tick(said.get_by_label("Date of birth"))
        for item in (
            "Muscles and sides read back",
            "Each syringe label read aloud",
            "Allergies read aloud",
            "Resuscitation equipment is in the room",
            "Lipid emulsion 20 % is here and in date",
        ):
            self.hands.tick(self.field(item))
        self.hands.press(self.button("Time-out done"))

    def opens_details(self, summary: str, within: Locator | None = None) -> None:
        """Fold out what is folded in."""
        self.opens(
            (within or self.page).locator(
                "details", has=self.page.locator("summary", has_text=summary)
            )
        )

    def opens(self, details: Locator) -> None:
        """Fold out what is folded in."""
        if details.get_attribute("open") is None:
            self.hands.press(details.locator("summary").first)


class Nurse(Bedside):
    """Weighs, asks, draws up, watches."""

    def weighs(self, kilograms: str) -> None:
        """Today."""
        self.hands.write(self.field("Weighed today"), kilograms)
        self.hands.press(self.button("Keep this weight"))
        expect(self.banner).to_contain_text(f"{kilograms} kg".replace(" ", "\N{NO-BREAK SPACE}"))

    def asks_today(self, **said: str) -> None:
        """Every question; "no" to all that is not said otherwise. Nothing is filled in before."""
        questions = self.page.locator(".asks .ask")
        assert self.page.locator(".asks input[type=radio]:checked").count() == 0
        for at in range(questions.count()):
            question = questions.nth(at)
            name = (question.get_attribute("id") or "").removeprefix("id_")
            answer = said.get(name, "No")
            self.hands.mark(question.get_by_role("radio", name=answer, exact=True))

    def keeps_the_answers(self) -> None:
        """To the next step."""
        self.hands.press(self.button("Save the answers"))
        self.is_at("Assess")

    def draws_up(self, product: str, *, volume: str, lot: str, expires: str) -> None:
        """One product into one syringe."""
        self.opens_details("Draw up a syringe")
        first = self.page.get_by_role("group", name="Product 1")
        self.hands.choose(self.field("Product and strength", first), product)
        self.hands.choose(self.field("Epinephrine on the label", first), "without epinephrine")
        self.hands.write(self.field("Volume (mL)", first), volume)
        self.hands.write(self.field("Lot", first), lot)
        self.hands.date(self.field("Expires", first), expires)
        self.hands.press(self.button("Put it on the tray"))
        expect(self.page.locator(".syringe").last).to_contain_text(lot)

    def watches(self, *, pain: str) -> None:
        """How the patient is."""
        self.hands.tick(self.field("Asked about numb lips"))
        self.answers("Pain at 30 minutes", pain)
        self.answers("Tolerated", "Well")
        self.answers("Somebody goes home with the patient", "Yes")
        self.hands.press(self.button("Keep"))

    def takes_vital_signs(self, systolic: str, diastolic: str, rate: str, spo2: str) -> None:
        """One set."""
        for label, value in (
            ("Systolic", systolic), ("Diastolic", diastolic), ("Heart rate", rate),
            ("SpO₂ (%)", spo2),
        ):  # fmt: skip
            self.hands.write(self.field(label), value)
        self.hands.press(self.button("Add", self.page.locator("#signs")))
        expect(self.page.locator("#signs table")).to_contain_text(f"{systolic}/{diastolic}")

    def lets_leave(self, why: str) -> None:
        """Before the time is up, with a reason."""
        self.hands.write(self.field("Leaves before the time because"), why)
        self.hands.press(self.button("Fit to leave"))
        self.sees("Fit to leave at")


class Clinician(Bedside):
    """Assesses, plans, injects, signs."""

    def assesses(self, *, now: str, average: str, onset: str) -> None:
        """How bad it is and since when."""
        self.answers("Pain now", now)
        self.answers("Pain on average, past week", average)
        self.hands.write(self.field("Since when, and how it began"), onset)

    def finds_on_map(self, muscle: str, side: str, count: int) -> None:
        """A trigger point, touched on the map."""
        self.hands.touch_map(muscle, side)
        expect(self.page.locator("#points form[action*='/points/'] h3")).to_have_count(count)

    def finds_in_list(self, letters: str, muscle: str, side: str, count: int) -> None:
        """A trigger point, named in the list."""
        self.hands.pick_muscle(letters, muscle, side)
        expect(self.page.locator("#points form[action*='/points/'] h3")).to_have_count(count)

    def describes_point(self, number: int, **signs: str) -> None:
        """What there is to feel at a trigger point."""
        point = self.page.locator("#points form.panel").nth(number - 1)
        for label, answer in signs.items():
            self.hands.choose(self.field(label.replace("_", " "), point), answer)
        self.settles_down()

    def goes_on_to_plan(self) -> None:
        """Keep what was assessed."""
        self.hands.press(self.button("Save and plan"))
        expect(self.page.locator("#plan-body")).to_be_visible()

    def row(self, number: int) -> Locator:
        """One row of the plan, or of what happens."""
        return self.page.locator("li.injrow").nth(number - 1)

    def plans_on_map(self, muscle: str, side: str, row: int) -> None:
        """Touched on the map: a filled row."""
        self.hands.touch_map(muscle, side)
        expect(self.page.locator("li.injrow")).to_have_count(row)

    def plans_in_list(self, letters: str, muscle: str, side: str, row: int) -> None:
        """Named in the list: a filled row."""
        self.hands.pick_muscle(letters, muscle, side)
        expect(self.page.locator("li.injrow")).to_have_count(row)

    def fills_row(self, number: int, *, amount: str, dose: str, depth: str, guidance: str) -> None:
        """How much, how deep, how guided."""
        row = self.row(number)
        self.hands.choose(self.field(f"Guidance, row {number}", row), guidance)
        expect(self.field(f"Guidance, row {number}", row).locator("option:checked")).to_have_text(
            guidance
        )
        self.hands.write(self.field(f"Millilitres, row {number}", row), amount)
        expect(row.locator(".num")).to_have_text(dose.replace(" ", "\N{NO-BREAK SPACE}"))
        self.opens(row.locator("details[id^=more-]"))
        self.hands.write(self.field("Deepest tip depth (mm)", row), depth)
        self.settles_down()

    def settles_down(self) -> None:
        """Wait until what was changed is kept."""
        self.page.wait_for_timeout(250)
        expect(self.page.locator(".htmx-request")).to_have_count(0)

    def ledger(self, line: str) -> str:
        """What a line of the ledger says now."""
        return self.page.locator(f"[data-ledger='{line}']").inner_text().replace("\xa0", " ")

    def checks_the_label(self) -> None:
        """Of a syringe that somebody else drew up."""
        self.hands.press(self.button("Label checked"))
        self.sees("checked by")

    def reads_what_waits(self) -> list[str]:
        """Acknowledge every warning that waits; which rules they were."""
        said = []
        while (waiting := self.page.locator(".find:has(button)")).count():
            finding = waiting.first
            said.append(finding.get_attribute("data-rule") or "")
            before = waiting.count()
            self.hands.press(self.button("I have read this", finding))
            expect(waiting).to_have_count(before - 1)
        return said

    def settles_the_plan(self) -> None:
        """This is what will be done."""
        self.hands.press(self.button("Settle the plan"))

    def asks_for_consent(self) -> None:
        """Every risk named, then the patient's word."""
        for box in self.page.locator("#id_risks_named input").all():
            expect(box).not_to_be_checked()
            self.hands.tick(box)
        self.hands.tick(self.field("Alternatives were talked over"))
        self.answers("The patient understands, weighs and can say what they decide", "Yes")
        self.answers("Who decides", "The patient")
        self.answers("How", "Said aloud")
        self.hands.press(self.button("The patient agrees"))
        self.is_at("Time-out")

    def begins(self) -> None:
        """The needle."""
        self.hands.choose(self.field("Position").first, "Lying face down")
        self.hands.write(self.field("Skin cleaned with").first, "alcohol")
        self.hands.press(self.button("Begin injecting"))
        expect(self.page.get_by_role("heading", name="Needles")).to_be_visible()

    def gives(self, number: int, *, amount: str, before: str, after: str) -> None:
        """What went in, and what it did."""
        row = self.row(number)
        self.opens_details("Record what happened", row)
        self.hands.write(self.field("mL that went in", row), amount)
        self.hands.choose(self.field("Aspiration", row), "Nothing came back")
        self.hands.choose(self.field("Twitch", row), "Yes")
        self.hands.choose(self.field("Pain before", row), before)
        self.hands.choose(self.field("Pain after", row), after)
        self.hands.press(self.button("Given", row))
        expect(self.row(number).locator(".word.ok")).to_contain_text("Given")

    def adds_on_the_table(self, muscle: str, *, syringe: str, amount: str, rows: int) -> None:
        """One more muscle while the patient lies there."""
        self.opens_details("Add a muscle on the table")
        form = self.page.locator("form[action$='/inject/add/']")
        self.hands.choose(self.field("Muscle and side", form), muscle)
        self.hands.choose(self.field("From", form), syringe)
        self.hands.write(self.field("Amount", form), amount)
        self.hands.write(self.field("Gauge", form), "25")
        self.hands.write(self.field("Needle (mm)", form), "38")
        self.hands.write(self.field("Depth (mm)", form), "15")
        self.hands.choose(self.field("Guidance", form), "Landmarks")
        self.hands.tick(self.field("The patient was asked aloud and agreed", form))
        self.hands.press(self.button("Add the muscle", form))
        expect(self.page.locator("li.injrow")).to_have_count(rows)

    def counts_needles(self, opened: str, disposed: str) -> None:
        """As many seen whole as were opened."""
        self.hands.write(self.field("Opened"), opened)
        self.hands.write(self.field("Seen whole and disposed of"), disposed)
        self.hands.press(self.button("End injecting"))

    def signs(self, aftercare: str) -> None:
        """Final."""
        self.hands.write(self.field("Aftercare and next step"), aftercare)
        self.hands.press(self.button("Sign"))
        self.sees("Signed")

    def opens_note_of(self, name: str) -> None:
        """From the list of the day."""
        self.opens_today()
        self.hands.press(self.page.get_by_role("link", name=f"Session {name}"))
        expect(self.page.locator("article.paper")).to_be_visible()

    def amends(self, why: str) -> None:
        """A new version of what was signed."""
        self.opens_details("Amend")
        self.hands.write(self.field("What was wrong or missing"), why)
        self.hands.press(self.button("Begin a new version"))
        self.is_at("Inject")
