"""Every row of the tables is in the list that a pharmacist reads, with a hash of what it says."""

import re
from dataclasses import replace

import pytest

from tautband.clinical.knowledge import entries as module
from tautband.clinical.knowledge.entries import Entry, entries
from tautband.clinical.knowledge.tables import CSV_TABLES, TOML_TABLES, read


def test_no_row_with_a_source_is_left_out() -> None:
    for name in TOML_TABLES:
        written = len(re.findall(r"^\s*cite = |[{,] ?cite = ", read(name), re.M))
        listed = [each for each in entries() if f"{each.table}.toml" == name]
        assert len(listed) == written, name
    lines = sum(len(read(name).splitlines()) - 1 for name in CSV_TABLES)
    assert len([each for each in entries() if f"{each.table}.csv" in CSV_TABLES]) == lines


def test_a_row_is_found_under_one_name() -> None:
    names = [(each.table, each.name) for each in entries()]
    assert len(names) == len(set(names))
    assert len({each.hash for each in entries()}) == len(names)


def row(name: str) -> Entry:
    return next(each for each in entries() if f"{each.table}/{each.name}" == name)


def test_a_number_says_its_value_and_its_unit() -> None:
    lidocaine = row("local_anaesthetics/lidocaine.plain_mg_per_kg")
    assert lidocaine.says == "4.5 mg/kg"
    assert lidocaine.source.verified
    assert lidocaine.source.address.startswith("https://")
    assert "pneumothorax risk: high" in row("muscles/rhomboid_major").says


@pytest.mark.hazard("HAZ-003")
@pytest.mark.parametrize(
    ("was", "becomes"),
    [('value = "4.5"', 'value = "45"'), ("Lidocaine HCl prescribing", "Somebody's"),
     ("medlibrary.org", "example.org")],
)  # fmt: skip
def test_a_changed_number_or_source_is_another_row(
    monkeypatch: pytest.MonkeyPatch, was: str, becomes: str
) -> None:
    before = row("local_anaesthetics/lidocaine.plain_mg_per_kg")

    def changed(name: str) -> str:
        text = read(name)
        return text.replace(was, becomes, 1) if name == "local_anaesthetics.toml" else text

    monkeypatch.setattr(module, "read", changed)
    again = {(each.table, each.name): each for each in entries.__wrapped__()}
    after = again[before.table, before.name]
    assert after.hash != before.hash
    others = [each for each in entries() if again[each.table, each.name] != each]
    assert [(each.table, each.name) for each in others] == [(before.table, before.name)]
    assert replace(after, says=before.says, source=before.source, hash=before.hash) == before
