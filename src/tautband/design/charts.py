"""A patient's course as one drawn picture, all of it on one axis of time.

Drawn on the server as SVG with classes only, so that it prints, needs no script and passes a
strict content policy. The same facts stand beside it as words (`course_words`) and as a table
(`course_rows`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

from django.utils.dateformat import format as date_words
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, ngettext, pgettext


class Measure(StrEnum):
    """Which of the two 0–10 scores; 0 is best in both."""

    PAIN = "pain"
    FUNCTION = "function"


@dataclass(frozen=True, slots=True, kw_only=True)
class ScorePoint:
    """One answer on the 0–10 scale; answers of one day keep the order they are given in."""

    on: date
    measure: Measure
    score: Decimal | int


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionFlag:
    """One session; `relief_days` is None while nobody knows how long it helped."""

    on: date
    words: str = ""
    url: str = ""
    relief_days: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseEvent:
    """Something that happened on the way: a complication, a medicine begun."""

    on: date
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRow:
    """One day of the course, for the table beside the picture."""

    on: date
    pain: str
    function: str
    what: str


_LEFT, _RIGHT, _TOP, _HEIGHT = 72, 92, 44, 300
# "17 أغسطس" is longer than "17 Aug".
_FLAG_WIDTH, _FLAG_STEP = 76, 26
_SHORTEST = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class _Frame:
    """The plot: where a date and a score lie on the picture."""

    first: date
    last: date
    width: int
    top: int

    def x(self, on: date) -> float:
        span = (self.last - self.first).days
        share = (on - self.first).days / span
        return _LEFT + share * (self.width - _LEFT - _RIGHT)

    def y(self, score: Decimal | int) -> float:
        held = min(max(float(score), 0.0), 10.0)
        return self.top + _HEIGHT * (1 - held / 10)

    @property
    def right(self) -> int:
        return self.width - _RIGHT

    @property
    def bottom(self) -> int:
        return self.top + _HEIGHT


def course_chart(
    points: Sequence[ScorePoint],
    sessions: Sequence[SessionFlag],
    events: Sequence[CourseEvent],
    today: date,
    width: int = 1000,
) -> SafeString:
    """Draw the course up to today; `width` is in the picture's own units.

    What lies after today is left out. With no answer yet the axis is drawn and says so.
    """
    points = sorted((p for p in points if p.on <= today), key=lambda p: p.on)
    sessions = sorted((s for s in sessions if s.on <= today), key=lambda s: s.on)
    events = sorted((e for e in events if e.on <= today), key=lambda e: e.on)
    days = [p.on for p in points] + [s.on for s in sessions] + [e.on for e in events]
    first = min([*days, today - _SHORTEST]) - timedelta(days=7)
    last = today + timedelta(days=max(3, (today - first).days // 40))
    plain = _Frame(first, last, width, _TOP)
    levels = _levels([plain.x(s.on) for s in sessions] + [plain.x(today)], _FLAG_WIDTH + 4)
    frame = _Frame(first, last, width, _TOP + _FLAG_STEP * max(levels))

    drawn: list[str] = []
    y = float(frame.bottom + 28)
    rows: list[str] = []
    if any(s.relief_days is not None for s in sessions):
        rows += _relief(frame, sessions, today, y)
        y += 40
    if events:
        event_rows, y = _events(frame, events, y)
        rows += event_rows
    height = int(y + (0 if rows else 4))
    drawn += _grid(frame)
    drawn += _flags(frame, sessions, today, levels, height)
    drawn += _months(frame)
    drawn += rows
    drawn += _curves(frame, points)
    if not points:
        middle = (frame.right + _LEFT) / 2
        drawn.append(
            _text(middle, frame.top + _HEIGHT / 2, gettext("No answers yet"), "noh", "middle")
        )
    words = escape(course_words(points, sessions, events))
    name = escape(gettext("Course"))
    role = "group" if any(s.url for s in sessions) else "img"
    return mark_safe(  # noqa: S308 - every word inside is escaped
        f'<div class="chart-box" tabindex="0" role="group" aria-label="{name}">'
        f'<svg class="chart" viewBox="0 0 {width} {height}" role="{role}" aria-label="{words}">'
        + "".join(drawn)
        + "</svg></div>"
    )


def course_words(
    points: Sequence[ScorePoint], sessions: Sequence[SessionFlag], events: Sequence[CourseEvent]
) -> str:
    """What the picture shows, as a few sentences."""
    said = []
    for measure, name in _names().items():
        scores = [p for p in points if p.measure is measure]
        if scores:
            said.append(
                gettext("%(name)s: last %(last)s of 10, lowest %(low)s, highest %(high)s.")
                % {
                    "name": name,
                    "last": _score(scores[-1].score),
                    "low": _score(min(p.score for p in scores)),
                    "high": _score(max(p.score for p in scores)),
                }
            )
    if not said:
        said.append(gettext("No answers yet."))
    if sessions:
        said.append(
            ngettext("%(n)s session: %(dates)s.", "%(n)s sessions: %(dates)s.", len(sessions))
            % {"n": len(sessions), "dates": ", ".join(date_words(s.on, "j M Y") for s in sessions)}
        )
    said.extend(f"{date_words(e.on, 'j M Y')}: {e.words}." for e in events)
    return " ".join(said)


def course_rows(
    points: Sequence[ScorePoint], sessions: Sequence[SessionFlag], events: Sequence[CourseEvent]
) -> list[CourseRow]:
    """The same facts as lines of a table, the newest day first."""
    days = sorted(
        {p.on for p in points} | {s.on for s in sessions} | {e.on for e in events}, reverse=True
    )
    rows = []
    for day in days:
        scores = {
            measure: " → ".join(
                _score(p.score) for p in points if p.on == day and p.measure is measure
            )
            for measure in Measure
        }
        what = [s.words or gettext("Session") for s in sessions if s.on == day]
        what += [e.words for e in events if e.on == day]
        rows.append(
            CourseRow(
                on=day,
                pain=scores[Measure.PAIN],
                function=scores[Measure.FUNCTION],
                what=", ".join(what),
            )
        )
    return rows


def _names() -> dict[Measure, str]:
    return {
        Measure.PAIN: pgettext("score", "Pain"),
        Measure.FUNCTION: pgettext("score", "Function"),
    }


def _score(score: Decimal | int) -> str:
    return f"{Decimal(score).normalize():f}"


def _levels(xs: Sequence[float], room: float) -> list[int]:
    """The first line on which each label has room; of two on one spot the later one goes first."""
    ends: dict[int, float] = {}
    levels = [0] * len(xs)
    for index in sorted(range(len(xs)), key=lambda i: (xs[i], -i)):
        level = next(n for n in range(len(xs)) if ends.get(n, float("-inf")) + room <= xs[index])
        ends[level] = xs[index]
        levels[index] = level
    return levels


def _text(x: float, y: float, words: str, css: str, anchor: str = "start") -> str:
    return (
        f'<text class="{css}" x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'
    )


def _line(css: str, x1: float, y1: float, x2: float, y2: float) -> str:
    return f'<line class="{css}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>'


def _grid(frame: _Frame) -> list[str]:
    drawn = []
    for score in range(0, 11, 2):
        y = frame.y(score)
        drawn.append(_line("grid", _LEFT, y, frame.right, y))
        drawn.append(_text(_LEFT - 12, y + 4.5, str(score), "tick-word", "end"))
    return drawn


def _months(frame: _Frame) -> list[str]:
    drawn = []
    ticks = _ticks(frame)
    for index, tick in enumerate(ticks):
        x = frame.x(tick)
        end = frame.x(ticks[index + 1]) if index + 1 < len(ticks) else frame.right
        drawn.append(_line("axis", x, frame.bottom, x, frame.bottom + 5))
        if end - x >= 28:
            form = "M Y" if tick.month == 1 and end - x >= 60 else "Y" if tick.month == 1 else "M"
            drawn.append(
                _text(
                    (x + end) / 2, frame.bottom + 19, date_words(tick, form), "tick-word", "middle"
                )
            )
    return drawn


def _ticks(frame: _Frame) -> list[date]:
    """First days of months, thinned to every 1, 3, 6 or 12: at most 14 stand side by side."""
    months = []
    tick = frame.first.replace(day=1)
    while tick <= frame.last:
        months.append(tick)
        tick = (tick + timedelta(days=32)).replace(day=1)
    for step in (1, 3, 6, 12):
        chosen = [m for m in months if (m.month - 1) % step == 0 and m >= frame.first]
        if len(chosen) <= 14:
            break
    return chosen


def _flags(
    frame: _Frame, sessions: Sequence[SessionFlag], today: date, levels: Sequence[int], height: int
) -> list[str]:
    """A line and a dated flag for each session, and one for today."""
    drawn = []
    lowest = height - 8
    marks = [(s.on, date_words(s.on, "j M"), "flag", s) for s in sessions]
    for (on, words, css, flag), level in zip(
        [*marks, (today, gettext("Today"), "flag today", None)], levels, strict=True
    ):
        if flag is not None and on == today:
            continue
        x, y = frame.x(on), 8 + level * _FLAG_STEP
        left = x - _FLAG_WIDTH / 2
        box = (
            f'<g class="{css}">'
            + _line("stem", x, y + 22, x, lowest)
            + f'<rect x="{left:.1f}" y="{y}" width="{_FLAG_WIDTH}" height="22" rx="4"/>'
            + _text(x, y + 15.5, words, "flag-word", "middle")
            + (f"<title>{escape(flag.words)}</title>" if flag and flag.words else "")
            + "</g>"
        )
        if flag is not None and flag.url:
            box = f'<a href="{escape(flag.url)}">{box}</a>'
        drawn.append(box)
    return drawn


def _curves(frame: _Frame, points: Sequence[ScorePoint]) -> list[str]:
    """Function first, pain above it; each with its word at the end of the line."""
    drawn: list[str] = []
    ends: list[tuple[float, float, str]] = []
    for measure in (Measure.FUNCTION, Measure.PAIN):
        own = [p for p in points if p.measure is measure]
        if not own:
            continue
        places = []
        for index, point in enumerate(own):
            same_day = sum(1 for before in own[:index] if before.on == point.on)
            places.append((frame.x(point.on) + 2.2 * same_day, frame.y(point.score)))
        if len(places) > 1:
            path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
            drawn.append(f'<polyline class="line {measure}" points="{path}"/>')
        drawn.extend(_marker(measure, x, y) for x, y in places)
        x, y = places[-1]
        ends.append((x, y, f"{_names()[measure]} {_score(own[-1].score)}"))
    ends.sort(key=lambda end: end[1])
    if len(ends) == 2 and ends[1][1] - ends[0][1] < 20 and abs(ends[1][0] - ends[0][0]) < 90:
        middle = (ends[0][1] + ends[1][1]) / 2
        ends = [(ends[0][0], middle - 10, ends[0][2]), (ends[1][0], middle + 10, ends[1][2])]
    drawn.extend(_text(x + 12, y + 4.5, words, "t-ink") for x, y, words in ends)
    return drawn


def _marker(measure: Measure, x: float, y: float) -> str:
    if measure is Measure.PAIN:
        return f'<circle class="dot pain" cx="{x:.1f}" cy="{y:.1f}" r="4"/>'
    return f'<rect class="dot function" x="{x - 3.5:.1f}" y="{y - 3.5:.1f}" width="7" height="7"/>'


def _relief(frame: _Frame, sessions: Sequence[SessionFlag], today: date, y: float) -> list[str]:
    """How long each session helped, as bars; a relief that still lasts ends at today."""
    drawn = [_line("axis", 0, y, frame.right, y), _text(0, y + 25, gettext("Relief"), "t-ink")]
    for session in sessions:
        if session.relief_days is None:
            continue
        x = frame.x(session.on)
        end = frame.x(min(session.on + timedelta(days=session.relief_days), today))
        words = _weeks(session.relief_days)
        drawn.append(
            f'<rect class="relief" x="{x:.1f}" y="{y + 10:.1f}" '
            f'width="{max(end - x, 2):.1f}" height="20" rx="3"/>'
        )
        inside = end - x >= 64
        drawn.append(
            _text(x + 9 if inside else end + 8, y + 24.5, words, "t-ink noh" if inside else "t-ink")
        )
    return drawn


def _weeks(days: int) -> str:
    if days < 14:
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    return ngettext("%(n)s week", "%(n)s weeks", days // 7) % {"n": days // 7}


def _events(frame: _Frame, events: Sequence[CourseEvent], y: float) -> tuple[list[str], float]:
    """A warning mark and its words for each event, on as many lines as they need."""
    drawn = [_line("axis", 0, y, frame.right, y), _text(0, y + 25, gettext("Events"), "t-ink")]
    ends: list[float] = []
    for event in events:
        x = frame.x(event.on)
        length = 24 + 7.2 * len(event.words)
        backwards = x + length > frame.width
        start = x - length if backwards else x
        level = next((n for n, end in enumerate(ends) if end + 8 <= start), len(ends))
        ends[level : level + 1] = [start + length]
        line = y + 12 + 22 * level
        drawn.append(
            f'<path class="event" d="M{x:.1f} {line:.1f}l7 13h-14z"/>'
            + _text(
                x - 12 if backwards else x + 13,
                line + 12.5,
                event.words,
                "event-word",
                "end" if backwards else "start",
            )
        )
    return drawn, y + 22 * len(ends) + 22
