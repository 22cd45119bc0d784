"""Every rule once over one session, and the ledger beside it."""

from collections.abc import Iterable

from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import SessionCheck
from tautband.clinical.knowledge import Knowledge, knowledge
from tautband.clinical.ledger import ledger
from tautband.clinical.rules import BEDSIDE, PACKS


def check_session(
    facts: SessionFacts, tables: Knowledge | None = None, *, packs: Iterable[str] = BEDSIDE
) -> SessionCheck:
    """What the rules of some packs say about one session: each exactly once, `clear` included.

    Pure: the same facts and tables give the same answer. Raises Refused for a muscle no
    table knows, KeyError for a pack that is none.
    """
    tables = tables or knowledge()
    wanted = [check for pack in dict.fromkeys(packs) for check in PACKS[pack]]
    return SessionCheck(
        findings=tuple(check(facts, tables) for check in wanted),
        ledger=ledger(facts, tables),
        knowledge_version=tables.version,
    )
