"""Every rule once over one session, and the ledger beside it."""

from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import SessionCheck
from tautband.clinical.knowledge import Knowledge, knowledge
from tautband.clinical.ledger import ledger
from tautband.clinical.rules import RULES


def check_session(facts: SessionFacts, tables: Knowledge | None = None) -> SessionCheck:
    """What the rules say about one session: each exactly once, `clear` included.

    Pure: the same facts and tables give the same answer. Raises Refused for a muscle no
    table knows.
    """
    tables = tables or knowledge()
    return SessionCheck(
        findings=tuple(check(facts, tables) for check in RULES),
        ledger=ledger(facts, tables),
        knowledge_version=tables.version,
    )
