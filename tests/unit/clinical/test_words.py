"""A sentence is English text, and escaped where a page writes it before anybody said how."""

from collections.abc import Iterator

import pytest

from tautband.clinical import words
from tautband.clinical.words import Sentence, say, written_by


@pytest.fixture
def alone() -> Iterator[None]:
    """The heart as it is without pages around it."""
    before = words._write
    written_by(words._write_english)
    yield
    written_by(before)


@pytest.mark.usefixtures("alone")
def test_a_sentence_is_escaped_by_itself() -> None:
    said = say("{name} is < 5 & 'more' > \"4\"", name="x")
    assert said.__html__() == "x is &lt; 5 &amp; &#x27;more&#x27; &gt; &quot;4&quot;"


def test_pages_say_how_a_sentence_is_written() -> None:
    before = words._write
    try:
        written_by(lambda sentence: f"<{sentence.template}>")
        assert say("{n} mL", n=1).__html__() == "<{n} mL>"
    finally:
        written_by(before)
    assert isinstance(say("a"), Sentence)
