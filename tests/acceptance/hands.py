"""Two ways to work a page: with a mouse, or with the keyboard alone."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

from playwright.sync_api import Locator, Page, expect

# A page has fewer stops than this; more presses of Tab mean that the thing cannot be reached.
MOST_TABS = 500

HELD = (Path(__file__).parent / "focus.js").read_text("utf-8")


class Hands(Protocol):
    """What a person does to a page."""

    page: Page

    def press(self, target: Locator) -> None:
        """A button, a link, the head of what folds out."""

    def write(self, target: Locator, words: str) -> None:
        """Into a field, in place of what stands there."""

    def date(self, target: Locator, day: str) -> None:
        """A day, as year-month-day, into a field for days."""

    def choose(self, target: Locator, words: str) -> None:
        """One line of a list that drops down."""

    def mark(self, target: Locator) -> None:
        """One of several round buttons."""

    def tick(self, target: Locator) -> None:
        """A box."""

    def touch_map(self, muscle: str, side: str) -> None:
        """A muscle on the body map."""

    def pick_muscle(self, letters: str, muscle: str, side: str) -> None:
        """A muscle from the list, by its first letters."""


@dataclass
class Mouse:
    """Clicks, and types where it clicked."""

    page: Page

    def press(self, target: Locator) -> None:
        target.click()

    def write(self, target: Locator, words: str) -> None:
        target.fill(words)
        target.blur()

    def date(self, target: Locator, day: str) -> None:
        target.fill(day)
        target.blur()

    def choose(self, target: Locator, words: str) -> None:
        target.select_option(label=words)

    def mark(self, target: Locator) -> None:
        target.check()

    def tick(self, target: Locator) -> None:
        target.check()

    def touch_map(self, muscle: str, side: str) -> None:
        self.page.locator(f"body-map path[id$='-{muscle}-{side}']").click()

    def pick_muscle(self, letters: str, muscle: str, side: str) -> None:
        box = self.page.get_by_role("combobox", name="Add a muscle")
        box.click()
        box.press_sequentially(letters)
        self.page.locator(f"#opt-{muscle}-{side}").click()


@dataclass
class Keys:
    """Keyboard alone. What has the focus must show it, at every stop."""

    page: Page
    presses: int = 0
    stops: int = 0
    unseen: list[str] = field(default_factory=list)

    def key(self, name: str, times: int = 1) -> None:
        """Press one key."""
        for _ in range(times):
            self.page.keyboard.press(name)
            self.presses += 1

    def type(self, words: str) -> None:
        """Type letters where the focus is."""
        self.page.keyboard.type(words)
        self.presses += len(words)

    def reach(self, target: Locator) -> None:
        """Go on with Tab until the target has the focus."""
        for presses in range(MOST_TABS):
            # Looked for anew each time: an answer of the server may have replaced it meanwhile.
            found = target.evaluate(HELD)
            if presses:
                self._note(found)
            if found["here"]:
                return
            self.key("Tab")
        raise AssertionError(f"Tab never reaches {target}")

    def _look(self) -> None:
        self._note(self.page.locator("body").evaluate(HELD))

    def _note(self, found: dict[str, Any]) -> None:
        self.stops += 1
        if not found["seen"] or found["covered"]:
            how = "covered" if found["seen"] else "no ring"
            self.unseen.append(f"{self.page.url.rsplit('/', 2)[-2]}: {found['what']}: {how}")

    def press(self, target: Locator) -> None:
        self.reach(target)
        self.key("Enter")

    def write(self, target: Locator, words: str) -> None:
        self.reach(target)
        self.key("Control+a")
        self.type(words)
        self.key("Tab")
        self._look()

    def date(self, target: Locator, day: str) -> None:
        year, month, date = day.split("-")
        self.reach(target)
        # Month first, as a browser set to American English asks for it (conftest.py).
        self.type(f"{month}{date}{year}")
        expect(target).to_have_value(day)

    def choose(self, target: Locator, words: str) -> None:
        self.reach(target)
        wanted = target.evaluate(
            r"""(list, words) =>
              [...list.options].findIndex((one) => one.label.replace(/\s+/g, " ").trim() === words)
            """,
            words,
        )
        assert wanted >= 0, f"no line {words!r} in the list"
        at = int(target.evaluate("(list) => list.selectedIndex"))
        self.key("ArrowDown" if wanted > at else "ArrowUp", abs(wanted - at))
        assert target.evaluate("(list) => list.selectedIndex") == wanted

    def mark(self, target: Locator) -> None:
        self.reach(target)
        name = target.get_attribute("name")
        for _ in range(24):
            if self.page.evaluate("document.activeElement.value") == target.get_attribute("value"):
                break
            self.key("ArrowRight")
            assert self.page.evaluate("document.activeElement.name") == name
        if not target.is_checked():
            self.key("Space")
        expect(target).to_be_checked()

    def tick(self, target: Locator) -> None:
        self.reach(target)
        if not target.is_checked():
            self.key("Space")
        expect(target).to_be_checked()

    def touch_map(self, muscle: str, side: str) -> None:
        start = self.page.locator("body-map path[role=button][tabindex='0']")
        self.reach(start)
        for key in self.way(muscle, side):
            self.key(key)
            self._look()
        self.key("Enter")

    def way(self, muscle: str, side: str) -> list[str]:
        """The keys that lead over the map from the focused muscle to another one."""
        found: list[str] | None = self.page.evaluate(
            """([muscle, side]) => {
              const map = document.querySelector("body-map");
              const from = document.activeElement;
              const ways = new Map([[from, []]]);
              for (const [path, way] of ways) {
                if (path.dataset.muscle === muscle && path.dataset.side === side) return way;
                for (const key of ["ArrowUp", "ArrowDown", "ArrowLeft", "ArrowRight"]) {
                  const next = map.neighbour(path, key);
                  if (next && !ways.has(next)) ways.set(next, [...way, key]);
                }
              }
              return null;
            }""",
            [muscle, side],
        )
        assert found is not None, f"no way over the map to {muscle} {side}"
        return found

    def pick_muscle(self, letters: str, muscle: str, side: str) -> None:
        self.reach(self.page.get_by_role("combobox", name="Add a muscle"))
        self.type(letters)
        expect(self.page.locator(f"#opt-{muscle}-{side}")).to_be_visible()
        for _ in range(12):
            marked = self.marked()
            if marked.startswith(f"opt-{muscle}-"):
                break
            self.key("ArrowDown")
        for _ in range(2):
            if self.marked() != f"opt-{muscle}-{side}":
                self.key("ArrowRight")
        assert self.marked() == f"opt-{muscle}-{side}"
        self.key("Enter")

    def marked(self) -> str:
        """Which line of the muscles found is marked."""
        at = "document.activeElement.getAttribute('aria-activedescendant') ?? ''"
        return str(self.page.evaluate(at))
