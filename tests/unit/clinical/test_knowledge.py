"""The tables: complete, sourced, and loud when malformed."""

import re
from typing import Any

import pytest

from tautband.clinical.anatomy import _range, muscles
from tautband.clinical.ask import _detail
from tautband.clinical.knowledge import KnowledgeError, build, knowledge
from tautband.clinical.knowledge.tables import (
    CSV_TABLES,
    MUSCLES,
    TOML_TABLES,
    Row,
    csv_rows,
    fingerprint,
    read,
    toml_row,
)
from tautband.clinical.terms import AgentKind

TEXTS = {name: read(name) for name in (*TOML_TABLES, *CSV_TABLES)}
CONTRACT_AGENTS = {
    "lidocaine",
    "bupivacaine",
    "ropivacaine",
    "mepivacaine",
    "procaine",
    "chloroprocaine",
    "levobupivacaine",
    "prilocaine",
    "triamcinolone",
    "methylprednisolone",
    "dexamethasone",
    "betamethasone",
    "hydrocortisone",
    "onabotulinumtoxin_a",
    "abobotulinumtoxin_a",
    "incobotulinumtoxin_a",
    "saline",
    "none",
    "other",
}


def sourced(value: Any, place: str) -> list[str]:
    """The places below a value that carry a number or a row but no source."""
    if isinstance(value, list):
        return [p for i, v in enumerate(value) for p in sourced(v, f"{place}[{i}]")]
    if not isinstance(value, dict):
        return []
    if "cite" in value:
        complete = value["cite"] and (value["address"] or not value["verified"])
        return [] if complete and value["status"] in {"verified", "needs review"} else [place]
    if any(not isinstance(v, dict | list) for v in value.values()):
        return [place]
    return [p for k, v in value.items() for p in sourced(v, f"{place}.{k}")]


@pytest.mark.parametrize("name", TOML_TABLES)
def test_every_row_has_a_source(name: str) -> None:
    assert sourced(dict(toml_row(name, TEXTS[name]).fields), name) == []


def test_every_muscle_has_a_source() -> None:
    assert all(m.source.cite for m in muscles())


def test_every_agent_of_the_contract_is_there() -> None:
    assert set(knowledge().agents) >= CONTRACT_AGENTS


def test_every_anaesthetic_steroid_and_toxin_has_its_limits() -> None:
    tables = knowledge()
    for kind, limits in (
        (AgentKind.LOCAL_ANAESTHETIC, tables.anaesthetics),
        (AgentKind.CORTICOSTEROID, tables.steroids),
        (AgentKind.BOTULINUM_TOXIN, tables.toxins),
    ):
        named = {a.id for a in tables.agents.values() if a.kind is kind}
        assert {a for a in named if not a.startswith("unknown-")} == set(limits)


def test_ids_do_not_collide_between_agents_substances_and_conditions() -> None:
    tables = knowledge()
    ids = [*tables.agents, *tables.substances, *tables.conditions]
    assert len(ids) == len(set(ids))


def test_every_preservative_can_be_named_as_an_allergy() -> None:
    tables = knowledge()
    held = {p for a in tables.agents.values() for p in a.preservatives}
    assert held <= set(tables.substances)


def test_every_muscle_of_a_table_exists() -> None:
    known = {m.id for m in muscles()}
    assert all(set(d.muscles) <= known for d in knowledge().depths)
    assert len(known) == 139


def test_the_version_changes_with_any_table() -> None:
    assert re.fullmatch(r"[0-9a-f]{12}", knowledge().version)
    assert fingerprint(TEXTS) == knowledge().version
    for name in TEXTS:
        assert fingerprint(TEXTS | {name: TEXTS[name] + "\n"}) != knowledge().version


def test_the_sites_of_the_migraine_label_add_up() -> None:
    """155 units in 31 sites (BOTOX prescribing information, chronic migraine)."""
    listed = [m for m in muscles() if m.preempt_units_centi]
    assert sum(m.preempt_units_centi or 0 for m in listed) == 15_500
    assert sum(int(m.preempt_sites.split()[0]) for m in listed) == 31


def test_what_stops_rests_on_numbers_read_at_their_source() -> None:
    """The numbers whose excess is critical; one not read there would only warn."""
    tables = knowledge()
    critical = [tables.limit("epinephrine.stop_ug"), tables.limit("botulinum.interval_days")]
    critical += [tables.limit("load.stop_permille"), tables.limit("epinephrine.label_ug_per_ml")]
    assert all(number.verified for number in critical)
    assert all(pair.source.verified for pair in tables.incompatible)


def test_muscles_beside_the_neuraxis_exist() -> None:
    assert knowledge().beside_neuraxis <= {m.id for m in muscles()}


def test_what_a_product_holds_can_be_named_as_an_allergy() -> None:
    tables = knowledge()
    held = {h for a in tables.agents.values() for h in a.holds}
    assert held <= set(tables.substances)


def test_an_agent_has_a_name_for_a_sentence() -> None:
    assert knowledge().name("lidocaine") == "lidocaine"
    assert knowledge().name("onabotulinumtoxin_a") == "onabotulinumtoxinA"
    assert knowledge().name("unknown-corticosteroid") == "a corticosteroid of unknown name"
    assert knowledge().name("no-such-agent") == "a product of no table"


def test_unknown_agents_are_of_no_family() -> None:
    assert knowledge().kind("no-such-agent") is AgentKind.OTHER
    assert knowledge().toxin("no-such-agent").total_units is None


@pytest.mark.parametrize(
    ("name", "old", "new", "complaint"),
    [
        ("limits.toml", 'value = "40"', "value = 40", "must be text"),
        ("limits.toml", 'value = "40"', 'value = "forty"', "must be a number"),
        ("limits.toml", 'value = "40"', 'value = "-40"', "zero or more"),
        ("limits.toml", 'value = "40"', 'value = "NaN"', "zero or more"),
        ("limits.toml", 'status = "needs review"', 'status = "verified"', "disagree"),
        ("limits.toml", "verified = true", 'verified = "yes"', "true or false"),
        ("limits.toml", 'cite = "NCT02120261', 'cite = "" # ', "no source"),
        ("limits.toml", "[weight.light_kg]", "[weight.light_kg", "limits.toml"),
        ("agents.toml", 'kind = "inert"', 'kind = "magic"', "agents.toml.agent"),
        ("agents.toml", '"2.5", "5"', '"two", "5"', "agents.toml.agent"),
        ("agents.toml", 'classes = ["amide"]', 'classes = "amide"', "list of words"),
        ("agents.toml", "codes = [", "codes = [ 3,", "list of rows"),
        ("local_anaesthetics.toml", "[lidocaine.plain_mg]", "[lidocaine.mg]", "must be a row"),
        ("muscles.csv", "frontalis,", "frontalis,,,,,", "line 2"),
    ],
)  # fmt: skip
def test_a_malformed_table_is_named(name: str, old: str, new: str, complaint: str) -> None:
    assert old in TEXTS[name]
    with pytest.raises(KnowledgeError, match=re.escape(complaint)):
        build(TEXTS | {name: TEXTS[name].replace(old, new, 1)})


def test_a_verified_row_needs_an_address() -> None:
    fields = {"cite": "x", "address": "", "verified": True, "status": "verified"}
    with pytest.raises(KnowledgeError, match="no address"):
        Row("here", fields).source()


def test_a_number_without_a_fact_is_read() -> None:
    row = {"value": "1", "unit": "mg", "cite": "x", "address": "", "verified": False}
    number = Row("here", {"n": row | {"status": "needs review"}}).number("n")
    assert (number.fact, number.verified) == ("", False)


@pytest.mark.parametrize("text", ["x-y", "1-y"])
def test_a_malformed_range_is_named(text: str) -> None:
    with pytest.raises(KnowledgeError, match="is no range"):
        _range(text, 1000, "here")


def test_a_malformed_muscle_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    from tautband.clinical.anatomy import _muscle

    good = csv_rows(MUSCLES, TEXTS[MUSCLES])[0]
    with pytest.raises(KnowledgeError, match=r"muscles\.csv"):
        _muscle(Row(good.place, dict(good.fields) | {"pneumothorax_risk": "huge"}))


def test_a_malformed_question_is_named() -> None:
    with pytest.raises(KnowledgeError, match="here"):
        _detail(Row("here", {"name": "x", "label": "X", "type": "colour"}))
