"""Names of muscles for the pages, read once from the table that the rules use."""

from functools import lru_cache

from tautband.clinical.knowledge.tables import MUSCLES, csv_rows, read


@lru_cache(maxsize=1)
def names() -> dict[str, str]:
    """The English name of every muscle, by id."""
    return {row.text("id"): row.text("name_en") for row in csv_rows(MUSCLES, read(MUSCLES))}


def muscle_words(muscle: str) -> str:
    """The English name of a muscle; the id itself when the table does not know it (an older record)."""
    return names().get(muscle, muscle)
