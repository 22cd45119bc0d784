"""The Arabic names of muscles and drugs, by id."""

from collections.abc import Mapping
from functools import cache

from tautband.clinical.knowledge.tables import ARABIC_NAMES, csv_rows, read


@cache
def arabic_names() -> Mapping[tuple[str, str], str]:
    """The Arabic name by kind ("muscle", "agent") and id."""
    return {
        (row.text("kind"), row.text("id")): row.text("name_ar")
        for row in csv_rows(ARABIC_NAMES, read(ARABIC_NAMES))
    }
