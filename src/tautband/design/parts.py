"""The drawn parts of a page: ledger bars, care-path beads, wait bars."""

from functools import lru_cache

from django.utils.html import escape, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from tautband.clinical import anatomy
from tautband.clinical.amounts import format_permille
from tautband.clinical.findings import LedgerLine
from tautband.clinical.terms import Side
from tautband.design.languages import apart, said

FULL = 1000


def side_words(side: Side) -> str:
    """The patient's side in words."""
    return {
        Side.LEFT: pgettext("side of the body", "Left"),
        Side.RIGHT: pgettext("side of the body", "Right"),
        Side.MIDLINE: pgettext("side of the body", "Midline"),
    }[side]


def muscle_options(chosen: str = "") -> SafeString:
    """Every muscle and side as the options of a select; `chosen` as its value says it."""
    return with_chosen(_muscle_options(get_language()), chosen)


def with_chosen(options: SafeString, chosen: str) -> SafeString:
    """Options with one of them selected; a value that is none of them selects nothing."""
    option = f'<option value="{escape(chosen)}"'
    return mark_safe(options.replace(option, f"{option} selected", 1))  # noqa: S308 its own text


# Drawn once for each language: 282 options were half of the work of a session's page.
@lru_cache(maxsize=8)
def _muscle_options(_language: str) -> SafeString:
    return format_html_join(
        "",
        '<option value="{}:{}">{}, {}</option>',
        (
            (muscle.id, side, muscle.name_en, side_words(Side(side)))
            for muscle in anatomy.muscles()
            for side in muscle.sides
        ),
    )


def used_permille(line: LedgerLine) -> int | None:
    """The whole share used, before and now, in parts per thousand; None when it cannot be known."""
    if line.used_before_permille is None or line.used_now_permille is None:
        return None
    return line.used_before_permille + line.used_now_permille


def percent(permille: int | None) -> str:
    """Parts per thousand as a percentage, rounded up so that it never flatters ("35 %")."""
    if permille is None:
        return gettext("not known")
    return apart(format_permille(permille))


def ledger_bar(line: LedgerLine) -> SafeString:
    """One limit as a slim bar: used before, used now, what is past the limit, and the warning tick.

    The bar is as long as the limit; a sum past the limit shrinks the scale so that the excess
    shows in its own colour behind the limit's tick.
    """
    total = used_permille(line)
    if total is None or line.used_before_permille is None or line.used_now_permille is None:
        words = escape(gettext("Cannot tell: %(left)s") % {"left": said(line.left)})
        return mark_safe(f'<svg class="bar unk" role="img" aria-label="{words}"></svg>')  # noqa: S308
    scale = max(FULL, total)
    before = min(line.used_before_permille, FULL)
    now = max(0, min(total, FULL) - before)
    words = escape(
        gettext("%(before)s used before, %(now)s now; %(left)s")
        % {
            "before": percent(line.used_before_permille),
            "now": percent(line.used_now_permille),
            "left": said(line.left),
        }
    )
    shapes = [
        f'<rect class="was" x="0" y="0" width="{before}" height="10"/>' if before else "",
        f'<rect class="now" x="{before}" y="0" width="{now}" height="10"/>' if now else "",
        f'<rect class="past" x="{FULL}" y="0" width="{total - FULL}" height="10"/>'
        if total > FULL
        else "",
    ]
    if line.warn_permille is not None and 0 < line.warn_permille < FULL:
        shapes.append(_tick(line.warn_permille, "tick soft"))
    if total >= FULL:
        shapes.append(_tick(FULL, "tick"))
    drawn = "".join(shapes)
    return mark_safe(  # noqa: S308
        f'<svg class="bar" viewBox="0 0 {scale} 10" preserveAspectRatio="none" role="img" '
        f'aria-label="{words}">{drawn}</svg>'
    )


def _tick(at: int, css: str) -> str:
    place = f'x1="{at}" x2="{at}" y1="-3" y2="13"'
    return f'<line class="{css}" {place} vector-effect="non-scaling-stroke"/>'


@lru_cache(maxsize=256)
def care_path(done: int, total: int, *, now: bool) -> SafeString:
    """The care path as beads, hidden from screen readers: the state stands beside it in words."""
    gap, reach = 14.8, 4.75
    lines, circles = [], []
    for index in range(total):
        x = reach + index * gap
        css = "d" if index < done else "n" if now and index == done else ""
        if index:
            reached = "d" if css else ""
            lines.append(
                f'<line class="{reached}" x1="{x - gap + 4:.1f}" x2="{x - 4:.1f}" y1="7" y2="7"/>'
            )
        if css == "n":
            circles.append(f'<circle class="halo" cx="{x:.1f}" cy="7" r="6.5"/>')
        circles.append(f'<circle class="{css}" cx="{x:.1f}" cy="7" r="4"/>')
    width = 2 * reach + (total - 1) * gap
    return mark_safe(  # noqa: S308
        f'<svg class="path" viewBox="0 0 {width:.1f} 14" aria-hidden="true">'
        + "".join(lines)
        + "".join(circles)
        + "</svg>"
    )


@lru_cache(maxsize=256)
def wait_bar(minutes: int, *, full: int = 40) -> SafeString:
    """How long somebody waits as a bar that is full at `full` minutes."""
    width = min(60, 60 * max(0, minutes) // full)
    return mark_safe(  # noqa: S308
        f'<svg viewBox="0 0 60 6" aria-hidden="true">'
        f'<rect x="{60 - width}" y="0" width="{width}" height="6" rx="1"/></svg>'
    )
