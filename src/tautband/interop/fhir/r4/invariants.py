"""Makes every struct check itself: importing this is enough.

Held are HL7's constraints of severity "error" for the types read here, the cardinalities that a
primitive's `_name` may fulfil, choices, and closed lists of concepts.
"""

from tautband.interop.fhir.r4 import datatypes, references, resources
from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.r4.cardinality import (
    choice_check,
    concept_check,
    lists_check,
    required_check,
)
from tautband.interop.fhir.r4.primitives import CHECKS, Checked
from tautband.interop.fhir.r4.rules import RULES, Check

#: The types of resource that are read; of all others only the name is known.
READ = frozenset(
    name
    for name in r4.RESOURCE_TYPES
    if issubclass(getattr(r4, name, r4.Other), r4.Resource)
)  # fmt: skip
# These register their rules as they are imported.
RULE_MODULES = (datatypes, references, resources)


def _checks(owner: type[Checked]) -> list[Check]:
    checks: list[Check] = []
    if owner in r4.LISTS:
        checks.append(lists_check(r4.LISTS[owner]))
    # An Extension has fifty forms of its value: its rule counts them in a cheaper way.
    if owner is not r4.Extension:
        checks += [choice_check(owner, *choice) for choice in r4.CHOICES.get(owner, ())]
    if owner in r4.REQUIRED:
        checks.append(required_check(r4.REQUIRED[owner]))
    concepts = r4.CONCEPTS.get(owner, {}).items()
    checks += [concept_check(name, allowed) for name, allowed in concepts]
    for base in reversed(owner.__mro__):
        checks += RULES.get(base, [])
    return checks


def _compile() -> None:
    """Put together, for each struct, what is checked of it."""
    for owner in list(vars(r4).values()):
        if isinstance(owner, type) and issubclass(owner, Checked):
            checks = _checks(owner)
            if checks:
                CHECKS[owner] = tuple(checks)


_compile()
