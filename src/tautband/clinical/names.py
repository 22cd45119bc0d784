"""The Arabic names of muscles and drugs, by id and by the English name."""

from collections.abc import Mapping
from functools import cache

from tautband.clinical.anatomy import muscles
from tautband.clinical.knowledge import knowledge
from tautband.clinical.knowledge.tables import ARABIC_NAMES, csv_rows, read


@cache
def arabic_names() -> Mapping[tuple[str, str], str]:
    """The Arabic name by kind ("muscle", "agent") and id."""
    return {
        (row.text("kind"), row.text("id")): row.text("name_ar")
        for row in csv_rows(ARABIC_NAMES, read(ARABIC_NAMES))
    }


@cache
def arabic_by_english() -> Mapping[str, str]:
    """The Arabic name by the English one, casefolded: full names and those used in a sentence."""
    tables = knowledge()
    english = {("muscle", muscle.id): {muscle.name_en} for muscle in muscles()}
    english |= {
        ("agent", agent.id): {agent.name, tables.name(agent.id)} for agent in tables.agents.values()
    }
    arabic = arabic_names()
    return {
        str(name).casefold(): arabic[key]
        for key, names in english.items()
        if key in arabic
        for name in names
    }
