"""Files of any size in little memory; an import may end at any moment, and leaves nothing."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.test import override_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from tautband.accounts.models import User
from tautband.interop.fhir import importer
from tautband.interop.fhir.cutting import MOST_BYTES, Piece, cut
from tautband.interop.fhir.elements import Bad
from tautband.interop.fhir.files import Origin
from tautband.interop.fhir.staging import PREFIX, SHARED, Staging
from tautband.records.models import Measurement, Patient
from tests.conformance.exports import (
    BUNDLES,
    allergy,
    collection,
    lines,
    observed,
    origin,
    person,
    quantity,
    said,
    take,
    take_files,
)
from tests.unit.config.conftest import ROOT, Scratch

PEAK_MB = 300


def chunks(raw: bytes, size: int) -> Iterator[bytes]:
    for begin in range(0, len(raw), size):
        yield raw[begin : begin + size]


# ── cutting ──────────────────────────────────────────────────────────────────────────────────

_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(alphabet='a"\\{}[]:,é\n'),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(alphabet='e"\\{[', max_size=3), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(_VALUES, st.integers(1, 40), st.booleans(), st.booleans())
@settings(deadline=None, max_examples=300)
def test_every_resource_is_cut_out_whole_wherever_the_chunks_end(
    value: object, size: int, indented: bool, type_last: bool
) -> None:
    resources = [{"resourceType": "Patient", "x": value}, {"resourceType": "Claim", "y": [value]}]
    entries = [{"fullUrl": f"urn:{n}", "resource": one} for n, one in enumerate(resources)]
    head = {"resourceType": "Bundle", "type": "batch", "meta": {"entry": [1]}, "x": value}
    content = {"entry": entries, **head} if type_last else {**head, "entry": entries}
    raw = json.dumps(content, indent=2 if indented else None).encode()
    *pieces, end = cut(chunks(raw, size))
    assert [json.loads(piece.raw) for piece in pieces if isinstance(piece, Piece)] == resources
    assert getattr(end, "type", "") == "batch"


@given(st.integers(0, 400), st.integers(1, 60))
@settings(deadline=None, max_examples=200)
def test_what_is_cut_off_anywhere_is_never_taken_for_whole(at: int, size: int) -> None:
    raw = json.dumps(collection(person("a"))).encode()
    with pytest.raises(Bad):
        list(cut(chunks(raw[: at % len(raw) or 1], size)))


def test_a_resource_too_long_to_keep_is_passed_by() -> None:
    long = {"resourceType": "DocumentReference", "data": "x" * (MOST_BYTES + 3_000_000)}
    raw = json.dumps(collection(person("a"), {**long, "id": "1"}, person("b"))).encode()
    pieces = [one for one in cut(chunks(raw, 1_000_000)) if isinstance(one, Piece)]
    assert [bool(piece.broken) for piece in pieces] == [False, True, False]
    assert len(pieces[1].raw) < 100_000


@pytest.mark.django_db
def test_a_long_document_between_them_does_no_harm_to_patients(actor: User) -> None:
    long = {"resourceType": "DocumentReference", "id": "1", "data": "x" * (MOST_BYTES + 3_000_000)}
    report = take(collection(person("a"), long, person("b")), actor=actor)
    assert report.exit_code == 0
    assert Patient.objects.count() == 2
    assert report.to_json()["resources"]["DocumentReference"]["ignored"] == 1  # type: ignore[index]


@pytest.mark.django_db
def test_a_kept_resource_too_long_refuses_its_patient(actor: User) -> None:
    long = observed(
        "a", "29463-7", value=quantity(), note=[{"text": "x" * (MOST_BYTES + 3_000_000)}]
    )
    report = take(collection(person("a"), long, person("b")), actor=actor)
    assert report.exit_code == 1
    assert Patient.objects.get().family_name == "Marrowb"
    assert "entry[1].resource one resource of more than" in said(report)


# ── the spool ────────────────────────────────────────────────────────────────────────────────


def left_in(folder: Path) -> list[str]:
    return [path.name for path in folder.rglob(f"{PREFIX}*")]


def test_the_spool_is_its_owners_alone_and_nameless(tmp_path: Path) -> None:
    with Staging(tmp_path / "data") as staging:
        staging.begin_origin("a.json")
        staging.put_patient(SHARED, "Patient", "", b"x" * 100_000_000)
        assert left_in(tmp_path) == []
        opened = [Path(f"/proc/self/fd/{fd}") for fd in os.listdir("/proc/self/fd")]
        spools = [fd for fd in opened if PREFIX in (os.readlink(fd) if fd.is_symlink() else "")]
        assert [fd.stat().st_mode & 0o777 for fd in spools] == [0o600]
    assert left_in(tmp_path) == []


def test_what_a_dead_process_left_is_removed_by_the_next(tmp_path: Path) -> None:
    old, young = tmp_path / f"{PREFIX}1-1", tmp_path / f"{PREFIX}2-2"
    old.touch()
    young.touch()
    os.utime(old, (time.time() - 3600, time.time() - 3600))
    with Staging(tmp_path):
        assert left_in(tmp_path) == [young.name]


@pytest.mark.django_db
def test_an_import_that_fails_leaves_no_spool(actor: User, tmp_path: Path) -> None:
    class Full(Exception):
        pass

    def full(_progress: importer.Progress) -> None:
        raise Full

    with override_settings(TAUTBAND_DATA=tmp_path), pytest.raises(Full):
        importer.run_origins([origin(collection(person("a")))], actor=actor, tell=full)
    assert left_in(tmp_path) == []


@pytest.mark.django_db
def test_how_far_it_is_only_ever_grows(actor: User) -> None:
    told: list[importer.Progress] = []
    files = [origin(collection(person(key)), f"{key}.json") for key in "abc"]
    importer.run_origins(files, actor=actor, tell=told.append)
    read = [one.bytes_read for one in told]
    assert read == sorted(read)
    assert told[-1].bytes_read == told[-1].bytes_total == sum(file.size for file in files)
    assert (told[-1].patients_done, told[-1].patients_total) == (3, 3)


# ── one patient, one transaction ─────────────────────────────────────────────────────────────


@pytest.mark.django_db
def test_one_patient_who_fails_takes_nobody_along(
    actor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    wrote = Measurement.objects.bulk_create

    class Broken(Exception):
        pass

    def once(rows: list[Measurement], **options: int) -> list[Measurement]:
        if rows and rows[0].patient.family_name == "Marrowb":
            raise Broken
        return wrote(rows, **options)

    monkeypatch.setattr(Measurement._default_manager, "bulk_create", once)
    some = [observed(key, "29463-7", f"o-{key}", value=quantity()) for key in "ab"]
    with pytest.raises(Broken):
        take_files(actor, all__ndjson=lines([person("a"), person("b"), allergy("b"), *some]))
    assert Patient.objects.get().family_name == "Marrowa"
    assert Measurement.objects.get().patient.family_name == "Marrowa"


def store_of(scratch: Scratch) -> list[tuple[object, ...]]:
    """Everything that came in, without what differs from one run to the next."""
    rows: list[tuple[object, ...]] = []
    for statement in (
        "SELECT family_name, born_on FROM records_patient",
        "SELECT i.value, p.family_name FROM records_patientidentifier i"
        " JOIN records_patient p ON p.id = i.patient_id",
        "SELECT m.kind, m.amount, m.source_id, p.family_name FROM records_measurement m"
        " JOIN records_patient p ON p.id = m.patient_id",
        "SELECT s.kind, s.text, s.source_id, p.family_name FROM records_clinicalstatement s"
        " JOIN records_patient p ON p.id = s.patient_id",
        "SELECT action, count(*) FROM audit_auditevent WHERE action LIKE 'patient.import%'"
        " GROUP BY action",
    ):
        rows += sorted(tuple(map(str, row)) for row in scratch.ask(statement))
    return rows


def write_export(folder: Path, patients: int) -> None:
    folder.mkdir()
    everybody = [person(str(n)) for n in range(patients)]
    some = [observed(str(n), "29463-7", f"o-{n}", value=quantity()) for n in range(patients)]
    allergies = [allergy(str(n), f"a-{n}") for n in range(patients)]
    (folder / "Observation.ndjson").write_bytes(lines(some))
    (folder / "AllergyIntolerance.ndjson").write_bytes(lines(allergies))
    (folder / "Patient.ndjson").write_bytes(lines(everybody))


@pytest.fixture
def ready(scratch: Scratch) -> Scratch:
    """A store with a centre and somebody who may import."""
    code = "import django; django.setup(); from tests.builders import *; make_centre()"
    where = {**scratch.environment, "PYTHONPATH": f"{ROOT}:{ROOT / 'src'}"}
    subprocess.run([sys.executable, "-c", code], env=where, check=True)
    scratch.run("user", "add", "ines", "--name", "Ines Example", "--role", "clinician")
    return scratch


def test_killed_at_any_moment_and_run_again_it_comes_to_the_same_end(
    ready: Scratch, tmp_path: Path
) -> None:
    """A killed import leaves whole patients alone, and no spool; the last run completes them."""
    export = tmp_path / "export"
    write_export(export, 60)
    seen = set()
    for moment in (0.4, 0.9, 1.2, 1.5, 1.8, 2.1):
        process = ready.start("import", "--as", "ines", export)
        time.sleep(moment)
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate(timeout=20)
        assert left_in(ready.data) == []
        came = ready.ask("SELECT id FROM records_patient WHERE source = 'fhir'")
        seen.add(len(came))
        for table, each in (("measurement", 1), ("clinicalstatement", 1), ("patientidentifier", 1)):
            [(count,)] = ready.ask(
                f"SELECT count(*) FROM records_{table} r JOIN records_patient p"
                " ON p.id = r.patient_id WHERE p.source = 'fhir'"
            )
            assert count == each * len(came)
    ready.run("import", "--as", "ines", export)
    assert store_of(ready)[-1] == ("patient.import-created", "60")
    assert len(store_of(ready)) == 60 * 4 + 1
    again = ready.run("import", "--as", "ines", export, "--json")
    assert json.loads(again)["patients"] == {"created": 0, "updated": 0, "unchanged": 60}
    assert seen - {60} != set()


# ── memory ───────────────────────────────────────────────────────────────────────────────────


def test_a_large_file_takes_little_memory(ready: Scratch, tmp_path: Path) -> None:
    """What a file of 160 MB needs does not grow with it; `bin/bench import` measures 320 MB."""
    large = tmp_path / "large.json"
    claim = {"resourceType": "Claim", "id": "c", "text": {"div": "x" * 2000}}
    filler = json.dumps({"resource": claim}).encode() + b",\n"
    entries = [
        {"resource": one}
        for key in ("a", "b")
        for one in (person(key), observed(key, "29463-7", f"o-{key}", value=quantity()))
    ]
    with large.open("wb") as file:
        file.write(b'{"resourceType": "Bundle", "type": "collection", "entry": [')
        while file.tell() < 160_000_000:
            file.write(filler * 500)
        file.write(b",".join(json.dumps(entry).encode() for entry in entries) + b"]}")
    code = (
        "import sys; from tautband.config.cli import main; code = main(sys.argv[1:]);"
        "print(open('/proc/self/status').read(), file=sys.stderr); sys.exit(code)"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, "import", "--as", "ines", str(large)],
        env=ready.environment, cwd=ROOT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    found = re.search(r"VmHWM:\s+(\d+) kB", done.stderr)
    assert found is not None
    assert int(found[1]) / 1024 < PEAK_MB
    assert "2 created" in done.stdout


@pytest.mark.django_db
def test_a_line_without_end_is_passed_by(actor: User) -> None:
    endless = b'{"resourceType": "Claim", "x": "' + b"x" * (MOST_BYTES + 4_000_000) + b'"}'
    raw = lines([person("a"), endless, observed("a", "29463-7", value=quantity())])
    report = take(raw, actor=actor, name="all.ndjson")
    assert report.exit_code == 0
    assert Measurement.objects.count() == 1


@pytest.mark.django_db
def test_the_bundles_come_in_alike_in_one_file_or_in_many(actor: User) -> None:
    """The same resources as NDJSON split by type, patients last, find the same patients."""
    report = importer.run(BUNDLES, actor=actor)
    assert report.exit_code == 0
    again = importer.run_origins(
        [Origin(path.name, lambda path=path: path.open("rb"), 0) for path in reversed(BUNDLES)],  # type: ignore[misc]
        actor=actor,
    )
    assert again.to_json()["patients"] == {
        "created": 0, "updated": 0, "unchanged": len(BUNDLES),
    }  # fmt: skip
