"""The course is drawn with nothing, one thing, or many things to show."""

import re
from datetime import date, timedelta
from decimal import Decimal
from xml.etree import ElementTree

from tautband.design.charts import (
    CourseEvent,
    Measure,
    ScorePoint,
    SessionFlag,
    course_chart,
    course_rows,
    course_words,
)
from tests.unit.design import examples

TODAY = date(2026, 11, 24)


def pain(days_ago: int, score: int | str) -> ScorePoint:
    return ScorePoint(
        on=TODAY - timedelta(days=days_ago), measure=Measure.PAIN, score=Decimal(score)
    )


def drawn(*args: object, **more: object) -> ElementTree.Element:
    return ElementTree.fromstring(str(course_chart(*args, **more)))  # type: ignore[arg-type]


def test_with_no_answers_the_axis_says_so() -> None:
    picture = course_chart([], [], [], TODAY)
    assert "No answers yet" in picture
    assert "Today" in picture
    assert "polyline" not in picture


def test_one_answer_is_a_dot_with_its_word() -> None:
    picture = course_chart([pain(0, "6")], [], [], TODAY)
    assert picture.count("<circle") == 1
    assert "polyline" not in picture
    assert "Pain 6" in picture


def test_a_year_is_well_formed_and_carries_no_style() -> None:
    points, sessions, events = examples.course()
    picture = course_chart(points, sessions, events, TODAY)
    ElementTree.fromstring(str(picture))
    assert "style=" not in picture
    assert picture.count('class="dot pain"') == 19
    assert picture.count('class="dot function"') == 10
    assert picture.count('class="relief"') == 4
    assert "Function 5.3" in picture


def test_later_answers_lie_further_right_and_more_pain_lies_higher() -> None:
    picture = course_chart([pain(60, 8), pain(30, 4), pain(0, 6)], [], [], TODAY)
    places = [
        (float(x), float(y))
        for x, y in re.findall(r'<circle[^>]*cx="([\d.]+)" cy="([\d.]+)"', picture)
    ]
    assert [x for x, _ in places] == sorted(x for x, _ in places)
    assert places[0][1] < places[2][1] < places[1][1]


def test_what_lies_after_today_is_left_out() -> None:
    picture = course_chart([pain(-5, 9)], [SessionFlag(on=TODAY + timedelta(days=3))], [], TODAY)
    assert "No answers yet" in picture
    assert picture.count("<rect") == 1


def test_close_sessions_do_not_cover_each_others_dates() -> None:
    sessions = [SessionFlag(on=TODAY - timedelta(days=d)) for d in (300, 297, 294, 1, 0)]
    root = drawn([], sessions, [], TODAY)
    boxes = [
        (float(r.attrib["x"]), float(r.attrib["y"]), float(r.attrib["width"]))
        for g in root.iter("g")
        for r in g.findall("rect")
    ]
    for index, (x, y, width) in enumerate(boxes):
        for other_x, other_y, _ in boxes[index + 1 :]:
            assert y != other_y or abs(x - other_x) >= width


def test_a_relief_that_lasts_ends_at_today() -> None:
    picture = course_chart(
        [], [SessionFlag(on=TODAY - timedelta(days=20), relief_days=400)], [], TODAY
    )
    ((x, width),) = re.findall(r'class="relief" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', picture)
    assert float(x) + float(width) <= 908


def test_words_are_escaped() -> None:
    event = CourseEvent(on=TODAY, words="<script>alert(1)</script>")
    session = SessionFlag(on=TODAY - timedelta(days=9), words='"><b>', url='/x?"><b>')
    picture = course_chart([], [session], [event], TODAY)
    assert "<script>" not in picture
    assert "<b>" not in picture


def test_ten_years_show_years_not_months() -> None:
    points = [pain(days, 5) for days in range(3650, 0, -200)]
    picture = course_chart(points, [], [], TODAY)
    assert picture.count("tick-word") <= 6 + 14


def test_the_same_facts_in_words_and_as_a_table() -> None:
    points = [pain(10, 8), pain(10, 3), pain(0, 6)]
    sessions = [SessionFlag(on=TODAY - timedelta(days=10), words="Lidocaine")]
    events = [CourseEvent(on=TODAY, words="Bruise")]
    said = course_words(points, sessions, events)
    assert "Pain: last 6 of 10, lowest 3, highest 8." in said
    assert "1 session: 14 Nov 2026." in said
    rows = course_rows(points, sessions, events)
    assert [(r.on.day, r.pain, r.what) for r in rows] == [
        (24, "6", "Bruise"),
        (14, "8 → 3", "Lidocaine"),
    ]
