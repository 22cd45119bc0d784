"""One row of the board as HTML.

Written as text and not as a template: 300 rows of template variables cost 50 ms of CPU, this
costs five, and every screen of the centre asks for them every half minute. Whatever a person
typed goes through `escape`; the rest is ours.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from html import escape
from uuid import UUID

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tautband.clinical.lifecycle import Step
from tautband.design.parts import care_path


@cache
def bead_symbols() -> SafeString:
    """Every state of the care path, drawn once on the page for the rows to point at."""
    symbols = [
        care_path(done, len(Step), now=now)
        # What a `use` copies is styled by what stands inside the symbol, so the class goes there.
        .replace('<svg class="path"', f'<symbol overflow="visible" id="path-{done}{"n" * now}"')
        .replace(">", '><g class="path">', 1)
        .replace("</svg>", "</g></symbol>")
        for done in range(len(Step) + 1)
        for now in (False, True)
    ]
    drawn = "".join(symbols)
    return mark_safe(f'<svg class="path visually-hidden" aria-hidden="true">{drawn}</svg>')  # noqa: S308


@cache
def beads(done: int, *, now: bool) -> SafeString:
    """How far along the care path, as a pointer to one of the symbols."""
    return format_html(
        '<svg class="path" aria-hidden="true"><use href="#path-{}{}"/></svg>',
        done,
        "n" * now,
    )


@dataclass(slots=True, kw_only=True)
class Row:
    """One row of the board, in words."""

    key: UUID | None
    at: datetime
    time: str
    group: str
    css: str
    name: str
    name_url: str
    who: str
    plan: str
    region: str
    beads: SafeString
    state: str
    hints: list[tuple[SafeString, str]]
    wait: str
    wait_css: str
    wait_bar: SafeString
    where: str
    clinician: str
    buttons: list[tuple[str, str, SafeString]] = field(default_factory=list)
    link: tuple[str, str] | None = None
    time_url: str = ""


def draw(rows: Iterable[Row]) -> SafeString:
    """The rows of a table body; buttons belong to the form with the id "act"."""
    change = escape(_("move or cancel"))
    return mark_safe("".join(_row(row, change) for row in rows))  # noqa: S308 - escaped below


def _row(row: Row, change: str) -> str:
    name = escape(row.name)
    unseen = f'<span class="visually-hidden"> {name}</span>'
    time = row.time
    if row.time_url:
        time = f'<a href="{row.time_url}" aria-label="{time}, {name}: {change}">{time}</a>'
    who = f'<span class="n">{name}</span>'
    if row.name_url:
        who = f'<a class="n" id="n-{row.key}" href="{row.name_url}">{name}</a>'
    region = f"<small>{escape(row.region)}</small>" if row.region else ""
    hints = "".join(f"<small>{mark}{escape(words)}</small>" for mark, words in row.hints)
    wait = ""
    if row.wait:
        wait = f'<span class="{row.wait_css}">{row.wait_bar}<b>{escape(row.wait)}</b></span>'
    do = "".join(
        f'<button class="btn btn-quiet btn-sm" id="b{n}-{row.key}" form="act" formaction="{url}"'
        + (
            f' title="{escape(label)}">{icon}<span class="visually-hidden">{escape(label)}</span>'
            if icon
            else f">{escape(label)}"
        )
        + f"{unseen}</button>"
        for n, (url, label, icon) in enumerate(row.buttons)
    )
    if row.link:
        do += (
            f'<a class="btn btn-quiet btn-sm" id="l-{row.key}" href="{row.link[0]}">'
            f"{escape(row.link[1])}{unseen}</a>"
        )
    return (
        f'<tr class="{row.css}"><td class="t">{time}</td>'
        f'<td class="who">{who}<small>{escape(row.who)}</small></td>'
        f'<td class="plan">{escape(row.plan)}{region}</td>'
        f'<td class="beads">{row.beads}</td>'
        f'<td class="state"><b>{escape(row.state)}</b>{hints}</td>'
        f'<td class="num waits">{wait}</td>'
        f'<td class="where">{escape(row.where)}</td>'
        f'<td class="with">{escape(row.clinician)}</td><td class="do">{do}</td></tr>\n'
    )
