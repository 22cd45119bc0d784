"""What somebody typed in words: tidied, and refused where it is too long, never cut in silence."""

from django.db.models import Model

from tautband.records.actions.demographics import tidy, too_long


def tidy_lines(text: str) -> str:
    """The text line by line, without invisible characters, doubled blanks and empty ends."""
    return "\n".join(tidy(line) for line in text.splitlines()).strip()


def read(model: type[Model], problems: dict[str, str], **typed: str) -> dict[str, str]:
    """The texts as the columns of that name will hold them; what is too long joins `problems`."""
    cleaned = {column: tidy_lines(text) for column, text in typed.items()}
    for column, text in cleaned.items():
        if words := too_long(text, model, column):
            problems.setdefault(column, words)
    return cleaned
