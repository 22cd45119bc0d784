"""A running clinic with browsers in it, and what no page of it may ever do."""

import os
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote_plus, urlsplit

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request

AXE = Path(__file__).parents[1] / "vendor" / "axe-core" / "axe.min.js"
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
DESK, TABLET, PHONE = (1440, 900), (1024, 768), (390, 844)
SIZES = {"desk": DESK, "tablet": TABLET, "phone": PHONE}
#: A folder for pictures of every page at every size, for looking at by eye.
PAGES_FOLDER = os.environ.get("TAUTBAND_PAGES", "")
PICTURED = bool(PAGES_FOLDER)
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")

# Told to every page before its own scripts run.
ON_EVERY_PAGE = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`Content policy: ${event.violatedDirective} ${event.blockedURI}`));
"""
LINES_OF_AXE = """async (tags) => {
  const ask = { runOnly: { type: "tag", values: tags }, resultTypes: ["violations"] };
  const found = await axe.run(document, ask);
  return found.violations.flatMap((rule) => rule.nodes.map((node) =>
    [rule.id, node.target.join(" "), node.failureSummary.replace(/\\s+/g, " ")].join(" · ")));
}"""


def _allowed_always() -> list[re.Pattern[str]]:
    # The board asks for itself every half minute; who leaves it in that moment ends the asking.
    # A question that gets no answer says htmx:sendError as well, and that stays a complaint.
    allowed = [re.compile(r"^htmx:(afterRequest|sendAbort), \[object HTMLDivElement\]$")]
    # Taking a picture hides the caret with a style of its own, which the policy forbids.
    return [*allowed, re.compile("inline style|Content policy: style-src")] if PICTURED else allowed


@dataclass
class Watch:
    """What the browsers of one test asked for, and what they complained of."""

    host: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    secrets: set[str] = field(default_factory=set)
    _allowed: list[re.Pattern[str]] = field(default_factory=_allowed_always)

    def over(self, context: BrowserContext) -> None:
        """Watch everything that the pages of this context do."""
        context.add_init_script(ON_EVERY_PAGE)
        context.on("request", self._request)
        context.on("console", self._console)
        context.on("weberror", lambda error: self.complaints.append(str(error.error)))

    def _request(self, request: Request) -> None:
        self.asked.append(request.url)

    def _console(self, said: ConsoleMessage) -> None:
        if said.type not in {"error", "warning"}:
            return
        if not any(words.search(said.text) for words in self._allowed):
            self.complaints.append(f"{said.type}: {said.text}")

    @contextmanager
    def expecting(self, words: str, page: Page) -> Iterator[None]:
        """Within this block the browser may complain in these words (a pattern)."""
        self._allowed.append(re.compile(words))
        yield
        # What the page said until now is told before it answers this.
        page.evaluate("0")
        self._allowed.pop()

    def keep_secret(self, *words: str) -> None:
        """Words that say who a patient is: they belong into no address."""
        self.secrets.update(word.casefold() for word in words if word)

    def check(self) -> None:
        """Nothing left this machine, no address told who anybody is, no browser complained."""
        elsewhere = {url for url in self.asked if not _is_here(url, self.host)}
        assert elsewhere == set()
        told = [url for url in self.asked if any(s in _readable(url) for s in self.secrets)]
        # Not the addresses themselves: they would put the name into the output of the tests.
        assert len(told) == 0, "a request told in its address who the patient is"
        assert not self.complaints, "\n".join(dict.fromkeys(self.complaints))


def _is_here(url: str, host: str) -> bool:
    parts = urlsplit(url)
    return parts.netloc == host or parts.scheme in {"data", "blob"}


def _readable(url: str) -> str:
    return unquote_plus(url).casefold()


@dataclass
class House:
    """The clinic on its address, the browsers of the people in it, and the watch over them."""

    browser: Browser
    address: str
    time_zone: str
    watch: Watch
    looked_at: set[str] = field(default_factory=set)
    variant: str = ""
    contexts: list[BrowserContext] = field(default_factory=list)

    def seat(self, *, size: tuple[int, int] = DESK, **options: Any) -> Page:
        """A browser of one's own: its own cookies, its own storage."""
        context = self.browser.new_context(
            base_url=self.address,
            locale="en-GB",
            timezone_id=self.time_zone,
            viewport={"width": size[0], "height": size[1]},
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(30_000)
        self.watch.over(context)
        self.contexts.append(context)
        return context.new_page()

    def close(self) -> None:
        """Send everybody home."""
        for context in self.contexts:
            context.close()

    def looks_right(self, page: Page, name: str) -> None:
        """No barrier that axe knows of, in light and dark; once for each name and variant."""
        name = "-".join(filter(None, [name, self.variant]))
        if name in self.looked_at:
            return
        self.looked_at.add(name)
        # Told at the end with everything else, so that one run shows all there is to mend.
        self.watch.complaints += [f"{name}, {line}" for line in barriers(page)]
        if PAGES_FOLDER:
            take_pictures(page, Path(PAGES_FOLDER), name)


def barriers(page: Page, themes: Sequence[str] = THEMES) -> list[str]:
    """What axe finds on the page as it stands, theme by theme."""
    page.evaluate(AXE.read_text("utf-8"))
    before = page.evaluate("document.documentElement.dataset.bsTheme")
    found = []
    for theme in themes:
        page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme }", theme)
        found += [f"{theme}: {line}" for line in page.evaluate(LINES_OF_AXE, TAGS)]
    page.evaluate("(theme) => { document.documentElement.dataset.bsTheme = theme }", before)
    return found


def take_pictures(page: Page, folder: Path, name: str) -> None:
    """The whole page as it is at a desk, on a tablet and on a phone, and dark at the desk."""
    folder.mkdir(parents=True, exist_ok=True)
    before = page.viewport_size
    for size, (width, height) in SIZES.items():
        _whole(page, width, height)
        page.screenshot(path=folder / f"{name}-{size}.png")
    _whole(page, *DESK)
    page.evaluate("document.documentElement.dataset.bsTheme = 'dark'")
    page.screenshot(path=folder / f"{name}-dark.png")
    page.evaluate("document.documentElement.dataset.bsTheme = 'light'")
    page.set_viewport_size(before or {"width": DESK[0], "height": DESK[1]})


def _whole(page: Page, width: int, height: int) -> None:
    """A window as high as the page, so that what sticks to its edges stands where it belongs."""
    page.set_viewport_size({"width": width, "height": height})
    tall = page.evaluate("document.documentElement.scrollHeight")
    page.set_viewport_size({"width": width, "height": max(height, tall)})
