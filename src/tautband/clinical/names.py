"""The Arabic names of muscles and drugs by their English names."""

from collections.abc import Mapping
from functools import cache

from tautband.clinical.anatomy import muscles
from tautband.clinical.knowledge import knowledge
from tautband.clinical.knowledge.arabic import arabic_names


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
