"""The catalogue: complete, with the same blanks as the English, and in order on a page."""

import re
from pathlib import Path

import pytest
from django.utils import translation

from tautband.clinical.amounts import format_units
from tautband.clinical.words import capital, joined, known, say, say_n
from tautband.design.languages import said
from tools.words import catalogue, sources

ROOT = Path(__file__).parents[2]
FOUND = sources.gather(ROOT)
KEPT = catalogue.read(ROOT, "ar")
BLANK = re.compile(r"%\(\w+\)[sd]|%[sd]|%%|\{\w*\}")


def entries() -> list[tuple[sources.Message, tuple[str, ...]]]:
    found = []
    for (context, msgid), message in FOUND.items():
        entry = KEPT.get(msgid, context)
        strings = () if entry is None else entry.string
        found.append((message, strings if isinstance(strings, tuple) else (strings,)))
    return found


def test_every_word_of_the_interface_has_its_arabic() -> None:
    without = [message.msgid for message, strings in entries() if not strings or not all(strings)]
    assert without == []


def test_every_translation_keeps_the_blanks_of_its_english() -> None:
    wrong = []
    for message, strings in entries():
        if message.plural is None:
            if sorted(BLANK.findall(strings[0])) != sorted(BLANK.findall(message.msgid)):
                wrong.append((message.msgid, strings[0]))
            continue
        allowed = {*BLANK.findall(message.msgid), *BLANK.findall(message.plural)}
        blanks = [set(BLANK.findall(form)) for form in strings]
        # From three on the number decides nothing alone: it must be said.
        if (
            len(strings) != 6
            or any(b - allowed for b in blanks)
            or any(b != allowed for b in blanks[3:])
        ):
            wrong.append((message.msgid, strings))
    assert wrong == []


def test_doses_are_in_western_digits_in_arabic_too() -> None:
    assert [s for _, strings in entries() for s in strings if re.search("[٠-٩۰-۹]", s)] == []


def test_the_files_are_what_the_sources_and_translations_make() -> None:
    for path, wanted in catalogue.files(ROOT, "ar", FOUND).items():
        assert path.read_bytes() == wanted, f"{path.name} is out of date: run bin/fix."


def test_the_side_of_the_body_is_never_the_word_for_having_left() -> None:
    sides = {KEPT.get(word, "side of the body").string for word in ("Left", "Right", "Midline")}
    assert sides == {"اليسرى", "اليمنى", "الوسط"}
    bare = [m.places for (context, m_id), m in FOUND.items() if (context, m_id) == (None, "Left")]
    assert bare == [["src/tautband/clinic/note_needle.py"]]
    assert (None, "Right") not in FOUND


def test_an_amount_inside_a_translation_keeps_its_order() -> None:
    assert catalogue.set_apart("مستحلب الدهون 20 %، جرعة") == "مستحلب الدهون \u206620 %\u2069، جرعة"
    assert catalogue.set_apart("حتى %(n)s mL/kg") == "حتى \u2066%(n)s mL/kg\u2069"
    assert catalogue.set_apart("الصف 1 من 2") == "الصف 1 من 2"


@pytest.mark.parametrize(
    ("sentence", "english", "arabic"),
    [
        (say("No needle is planned."), "No needle is planned.", None),
        (say("Reckoned on {weight}.", weight="58 kg"), "Reckoned on 58 kg.", "\u206858 kg\u2069"),
        (say_n("{n} session left", "{n} sessions left", 2), "2 sessions left", None),
        (known("Infraspinatus"), "Infraspinatus", "العضلة تحت الشوكة"),
        (joined(", ", ("lidocaine", "x-9")), "lidocaine, x-9", "ليدوكايين، \u2068x-9\u2069"),
        (capital(say("no limit without a weight")), "No limit without a weight", None),
        (format_units(15500), "155\u00a0units", "155\u00a0وحدة"),
    ],
)
def test_a_sentence_is_its_english_and_can_be_said_in_arabic(
    sentence: str, english: str, arabic: str | None
) -> None:
    assert sentence == english
    assert said(sentence) == english
    with translation.override("ar"):
        words = said(sentence)
    assert re.search("[\u0621-\u064a]", words)
    assert not re.search("[A-Za-z]{3,}", words)
    if arabic is not None:
        assert arabic in words


def test_what_a_person_typed_is_never_taken_for_a_word_of_ours() -> None:
    with translation.override("ar"):
        assert "Yes" in said(say("Known elsewhere: {names}", names="Yes"))
        assert (
            said(joined(", ", ("Will Front", "Sign"))) == "\u2068Will Front\u2069، \u2068Sign\u2069"
        )


def test_a_sentence_written_into_a_page_is_escaped() -> None:
    hostile = say("Reckoned on {weight}.", weight="<b>1</b>")
    for language in ("en", "ar"):
        with translation.override(language):
            assert "<b>" not in hostile.__html__()
            assert "&lt;b&gt;" in hostile.__html__()
