"""What a clinician signs says where it was read; a number that was not read stops nobody."""

import csv
import tomllib
from collections.abc import Iterator
from io import StringIO
from typing import Any
from urllib.parse import urlsplit

import pytest

from tautband.clinical import check_session
from tautband.clinical.facts import SessionFacts
from tautband.clinical.knowledge import Knowledge, build, knowledge
from tautband.clinical.knowledge.tables import fingerprint
from tautband.clinical.terms import Infection
from tests.architecture.source import SRC
from tests.unit.clinical.build import facts, of, past, patient, product, row, syringe, term, toxin

FOLDER = SRC / "clinical" / "knowledge"
TEXTS = {path.name: path.read_text("utf-8") for path in FOLDER.iterdir() if path.suffix != ".py"
         and path.is_file()}  # fmt: skip
STATUS = {True: "verified", False: "needs review"}
Line = tuple[str, dict[str, Any]]


def rows_of(value: Any, place: str) -> Iterator[Line]:
    """Every row of a TOML table: whatever holds a plain value, with all that hangs below it."""
    if isinstance(value, list):
        for index, each in enumerate(value):
            yield from rows_of(each, f"{place}[{index}]")
    elif isinstance(value, dict):
        if "cite" in value or any(not isinstance(each, dict | list) for each in value.values()):
            yield place, value
        else:
            for key, each in value.items():
                yield from rows_of(each, f"{place}.{key}")


def every_row() -> Iterator[Line]:
    for name, text in TEXTS.items():
        if name.endswith(".toml"):
            yield from rows_of(tomllib.loads(text), name)
        else:
            for number, line in enumerate(csv.DictReader(StringIO(text)), start=2):
                verified = line["verified"] == "y"
                yield f"{name}:{number}", {**line, "verified": verified, "status": STATUS[verified]}


def fault_of(row: dict[str, Any]) -> str:
    """What a row leaves unsaid about where it comes from, "" if nothing."""
    cite, address, verified = (row.get(key) for key in ("cite", "address", "verified"))
    if not isinstance(cite, str) or len(cite) < 5:
        return "no source"
    if not isinstance(verified, bool) or row.get("status") != STATUS[verified]:
        return "no status, or one that disagrees"
    if not isinstance(address, str) or (address and not urlsplit(address).netloc):
        return "no address"
    if verified and not address:
        return "read, but it does not say where"
    return ""


def test_the_version_of_the_knowledge_covers_every_table_of_the_folder() -> None:
    assert fingerprint(TEXTS) == knowledge().version


def test_every_row_says_where_it_was_read() -> None:
    rows = list(every_row())
    assert len(rows) > 300
    assert [f"{place}: {fault}" for place, row in rows if (fault := fault_of(row))] == []


@pytest.mark.parametrize(
    "text",
    [
        '[a]\nvalue = "1"',
        '[a]\nvalue = "1"\ncite = ""\naddress = ""\nverified = false\nstatus = "needs review"',
        '[a]\nvalue = "1"\ncite = "A label"\naddress = ""\nverified = true\nstatus = "verified"',
        '[a]\nvalue = "1"\ncite = "A label"\nverified = false\nstatus = "needs review"',
        '[a]\nvalue = "1"\ncite = "Label"\naddress = "p. 3"\nverified = true\nstatus = "verified"',
        '[a]\nvalue = "1"\ncite = "A label"\naddress = ""\nverified = false\nstatus = "verified"',
        '[[a]]\nid = "x"\n[[a]]\nid = "y"',
        '[a.b]\nwords = ["x"]\nvalue = "1"',
    ],
)  # fmt: skip
def test_a_row_without_its_source_is_seen(text: str) -> None:
    assert all(fault_of(row) for _, row in rows_of(tomllib.loads(text), "here"))


# ── what stops somebody ──────────────────────────────────────────────────────────────────────

ABO = "abobotulinumtoxin_a"
#: One session for every rule that can stop, which it does.
STOPPED: dict[str, SessionFacts] = {
    "la-load": of(product(ml="40")),
    "la-24h": of(product("bupivacaine", "5", "10"), history=(
        past(product("bupivacaine", "5", "75"), hours_ago=20),)),
    "la-strength": of(product(mg_per_ml="200", ml="1")),
    "la-child": of(product(), who=patient(age_years=17)),
    "epinephrine-total": of(product(ml="110", epinephrine="5")),
    "steroid-cyp3a4": of(product("triamcinolone", "40", "1"),
                         who=patient(medications=(term("Ritonavir 100 mg"),))),
    "syringe-incompatible": facts(row(), syringes=(
        syringe(product("ropivacaine", "2"), product("betamethasone", "6")),)),
    "bont-interval": of(toxin(), history=(past(toxin(), days_ago=30),)),
    "bont-total": of(toxin("450")),
    "bont-mixed-products": facts(row(units="50"), row(syringe="B", units="50"), syringes=(
        syringe(toxin()), syringe(toxin(agent=ABO), name="B"))),
    "bont-milk-allergy": of(toxin(agent=ABO), who=patient(allergies=(term("Cow's milk"),))),
    "bont-neuromuscular": of(toxin(), who=patient(conditions=(term("Myasthenia gravis"),))),
    "allergy-agent": of(product(), who=patient(allergies=(term("Lidocaine"),))),
    "infection-site": of(product(), who=patient(infection=Infection.SITE)),
    "needle-pleura": of(product(), muscle="rhomboid_major", pleura="20", depth="25"),
    "diaphragm-refused": facts(row("diaphragm")),
    "consent-missing": facts(row(), consent=False),
    "resuscitation-missing": facts(row(), resuscitation=False),
    "identity-unconfirmed": facts(row(), identity_confirmed=False),
}  # fmt: skip
#: Rules that stop on a fact, with no number in it.
ON_A_FACT = {
    "steroid-cyp3a4", "bont-mixed-products", "bont-milk-allergy", "bont-neuromuscular",
    "allergy-agent", "infection-site", "diaphragm-refused", "consent-missing",
    "resuscitation-missing", "identity-unconfirmed",
}  # fmt: skip
#: Rules that stop on a number without asking whether it was read: the contract of the check sets
#: it. Each number they use is verified, or named below.
ON_A_SET_NUMBER = {
    "la-child": ("limits.toml.age.adult_years",),
    "la-strength": ("limits.toml.strength.slip_factor",),
    "needle-pleura": ("limits.toml.lung.margin_mm",),
}
SET_THOUGH_NOT_READ = {
    "limits.toml.strength.slip_factor": "what counts as a slip: five times off, by the contract",
    "limits.toml.lung.margin_mm": "what is kept from the lung: 5 mm by the contract, for review",
}


def stopping(tables: Knowledge | None = None) -> set[str]:
    return {
        rule
        for rule, session in STOPPED.items()
        if any(
            found.rule == rule and found.stops for found in check_session(session, tables).findings
        )
    }


def test_every_rule_that_can_stop_is_seen_stopping() -> None:
    assert stopping() == set(STOPPED)
    declared = {
        finding.rule
        for session in STOPPED.values()
        for finding in check_session(session).findings
        if finding.stops
    }
    assert declared <= set(STOPPED)


def test_with_nothing_read_no_number_stops_anybody() -> None:
    unread = {
        name: text.replace("verified = true", "verified = false").replace(
            'status = "verified"', 'status = "needs review"'
        )
        for name, text in TEXTS.items()
    }
    assert not any(number.verified for number in build(unread).limits.values())
    assert stopping(build(unread)) == ON_A_FACT | set(ON_A_SET_NUMBER)


def test_a_number_that_stops_unasked_was_read_or_is_named_here() -> None:
    rows = dict(every_row())
    asked = [place for places in ON_A_SET_NUMBER.values() for place in places]
    unread = {place for place in asked if not rows[place]["verified"]}
    assert unread == set(SET_THOUGH_NOT_READ)


def test_every_stop_shows_a_source() -> None:
    shown = [
        finding
        for session in STOPPED.values()
        for finding in check_session(session, knowledge()).findings
        if finding.stops
    ]
    assert all(finding.source.cite for finding in shown)
