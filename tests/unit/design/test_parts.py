"""The drawn parts and the tags say what they mean, in shape and in words."""

import json

import pytest
from django.template import Context, Template
from django.utils import translation

from tautband.clinical.findings import RuleAnswer, Severity
from tautband.design import forms, parts
from tautband.design.icons import icon_svg
from tautband.design.looks import look_of
from tests.unit.design.examples import AskForm, make_finding, make_line


def render(text: str, **context: object) -> str:
    return Template("{% load tautband %}" + text).render(Context(context))


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("ml", 500, "0.5\u00a0mL"),
        ("ml", 5000, "5\u00a0mL"),
        ("mg", 35000, "35\u00a0mg"),
        ("units", 15500, "155\u00a0units"),
        ("mm", 41200, "41.2\u00a0mm"),
        ("kg", 58000, "58\u00a0kg"),
        ("percent", 346, "35\u00a0%"),
        ("percent", None, "not known"),
        ("pain", 6, "6 of 10"),
        ("pain", 0, "0 of 10"),
        ("pain", None, "not asked"),
        ("ml", None, ""),
        ("side_word", "left", "Left"),
        ("side_word", "", ""),
        ("muscle_name", "levator_scapulae", "Levator scapulae"),
        ("muscle_name", "gone", "gone"),
        ("muscle_name", "", ""),
    ],
)
def test_filters(text: str, value: object, words: str) -> None:
    assert render("{{ value|" + text + " }}", value=value) == words


def test_an_amount_keeps_its_order_inside_arabic_text() -> None:
    with translation.override("ar"):
        assert render("{{ value|mg }}", value=35000) == "\u206835\u00a0mg\u2069"


def test_an_icon_is_silent_beside_a_word_and_named_alone() -> None:
    assert 'aria-hidden="true"' in icon_svg("clock")
    assert 'aria-label="Waiting"' in icon_svg("clock", "Waiting")
    assert icon_svg("no-such-icon") == ""


def test_a_bar_shows_before_now_and_the_warning_tick() -> None:
    bar = parts.ledger_bar(make_line())
    assert 'class="was" x="0" y="0" width="216"' in bar
    assert 'class="now" x="216" y="0" width="134"' in bar
    assert "tick soft" in bar
    assert "22\u00a0% used before, 14\u00a0% now" in bar
    assert "style=" not in bar


def test_a_bar_past_the_limit_shows_the_excess_and_the_limit() -> None:
    bar = parts.ledger_bar(make_line(600, 740))
    assert 'viewBox="0 0 1340 10"' in bar
    assert 'class="now" x="600" y="0" width="400"' in bar
    assert 'class="past" x="1000" y="0" width="340"' in bar
    assert 'class="tick" x1="1000"' in bar


def test_a_bar_already_past_the_limit_before_today_stays_inside_its_frame() -> None:
    bar = parts.ledger_bar(make_line(1200, 100))
    assert 'class="was" x="0" y="0" width="1000"' in bar
    assert 'class="now"' not in bar
    assert 'class="past" x="1000" y="0" width="300"' in bar


def test_an_unknown_share_is_hatched_never_empty() -> None:
    bar = parts.ledger_bar(make_line(None, None))
    assert 'class="bar unk"' in bar
    assert "Cannot tell" in bar


def test_the_care_path_is_drawn_once_per_state() -> None:
    path = parts.care_path(2, 8, now=True)
    assert path.count('class="d" cx') == 2
    assert path.count('class="n"') == 1
    assert path is parts.care_path(2, 8, now=True)


def test_three_answers_have_three_shapes() -> None:
    assert look_of(make_finding(severity=Severity.CRITICAL)).css == "stop"
    assert look_of(make_finding(severity=Severity.WARNING)).css == "warn"
    assert look_of(make_finding(severity=Severity.INFO)).css == "info"
    unknown = make_finding(answer=RuleAnswer.CANNOT_TELL, severity=Severity.CRITICAL)
    assert look_of(unknown).css == "unk"
    assert look_of(make_finding(answer=RuleAnswer.CLEAR, severity=None)).css == "clear"


def test_a_finding_carries_its_source_and_its_buttons() -> None:
    text = render("{% finding f %}<button>Go</button>{% endfinding %}", f=make_finding())
    assert "Warning:" in text
    assert "Label, section 2.1" in text
    assert '<div class="act"><button>Go</button></div>' in text
    assert 'class="act"' not in render("{% finding f %}{% endfinding %}", f=make_finding())


def test_htmx_is_told_not_to_evaluate_and_to_show_refusals() -> None:
    settings = json.loads(render("{% htmx_config %}"))
    assert settings["allowEval"] is False
    assert settings["includeIndicatorStyles"] is False
    assert settings["historyCacheSize"] == 0
    assert {"code": "403|409|422", "swap": True, "error": False} in settings["responseHandling"]


def test_nothing_is_chosen_for_anybody() -> None:
    form = AskForm()
    text = render(
        '{% include "design/_field.html" with field=form.pregnant look="ask" %}'
        '{% include "design/_field.html" with field=form.pain look="scale" %}',
        form=form,
    )
    assert "checked" not in text
    assert text.count('type="radio"') == 3 + 11
    assert 'role="radiogroup"' in text


def test_an_error_stands_at_its_field_and_leads_there_from_the_top() -> None:
    form = AskForm({"weight": "much"})
    field = render('{% include "design/_field.html" with field=form.weight unit="kg" %}', form=form)
    assert 'id="id_weight_error"' in field
    assert "id_weight_error" in field.split("aria-describedby=")[1].split('"')[1]
    assert 'aria-invalid="true"' in field
    summary = render('{% include "design/_error_summary.html" %}', form=form)
    assert 'href="#id_weight"' in summary
    assert 'href="#id_pregnant_0"' in summary


def test_the_summary_is_absent_when_nothing_is_wrong() -> None:
    assert render('{% include "design/_error_summary.html" %}', form=AskForm()).strip() == ""
    assert forms.error_lines(None, [{"text": "No"}]) == [forms.ErrorLine(id="", text="No")]
