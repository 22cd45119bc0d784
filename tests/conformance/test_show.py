"""`tautband show`: what is stored of one patient, the same whichever store it is in."""

import json
import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.config.cli import parser
from tautband.demo.clock import Clock, ruling
from tautband.demo.plans import PLANS
from tautband.demo.sitting import Walk
from tautband.demo.visit import Pain, Visit
from tautband.errors import NotAllowed, Refused
from tautband.interop.fhir import importer
from tautband.records.actions import chart, encounters
from tautband.records.models import Patient
from tautband.records.queries.plain_record import plain_record
from tests.builders import make_desk, make_nurse, make_patient
from tests.conformance.exports import (
    BUNDLES,
    bundle,
    coded,
    lines,
    observed,
    person,
    resource,
    take,
    take_files,
)

pytestmark = pytest.mark.django_db
UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-")


def shown(capsys: pytest.CaptureFixture[str], *arguments: str, actor: User) -> str:
    args = parser().parse_args(["show", "--as", actor.username, *arguments])
    assert args.run(args) == 0
    return capsys.readouterr().out


def sitting_of(patient: Patient, clinician: User) -> None:
    """One sitting, from the door to the signature."""
    desk = make_desk()
    visit = Visit(
        patient=patient, clinician=clinician, nurse=make_nurse(), desk=desk,
        plan=PLANS["shoulder"], side="right", weight_g=70_000,
        pain=Pain(now=7, average=6, worst=8, peg=(6, 5, 5), after=3, at_30_min=2),
    )  # fmt: skip
    with ruling(Clock(datetime.now(UTC) - timedelta(hours=3))) as clock:
        procedure = encounters.walk_in(
            patient_id=patient.pk, clinician=clinician, reason="Shoulder pain", actor=desk
        )
        Walk(visit, procedure, clock).run()


def test_an_imported_patient_is_shown_whole(
    actor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    take(bundle(), actor=actor)
    record = json.loads(shown(capsys, "urn:example:mrn|ZQ-778812", "--json", actor=actor))
    assert record["demographics"]["family_name"] == "Quillfeather"
    assert record["demographics"]["identifiers"] == [
        {"system": "urn:example:mrn", "value": "ZQ-778812"}
    ]
    assert record["weights"] == [
        {
            "kg": "80.5", "as_entered": "80.5 kg", "measured_on": "2026-02-03",
            "measured_at": "2026-02-03T09:30:00+00:00", "source": "fhir",
        }
    ]  # fmt: skip
    assert [(one["text"], one["severity"]) for one in record["allergies"]] == [
        ("Lidocaine", "anaphylaxis")
    ]
    assert {(one["text"], one["standing"]) for one in record["medicines"]} == {
        ("Warfarin Sodium 5 MG Oral Tablet", "current"), ("Ibuprofen", "past"),
    }  # fmt: skip
    assert [one["standing"] for one in record["conditions"]] == ["past"]


def test_laboratory_values_keep_their_digits(
    actor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    raw = lines([person("a"), observed("a", "6301-6", value={"value": "V", "unit": "{INR}"})])
    take_files(actor, all__ndjson=raw.replace(b'"V"', b"1.10").replace(b'"{INR}"', b'"INR"'))
    record = json.loads(shown(capsys, "N-a", "--json", actor=actor))
    assert record["laboratory"] == [
        {
            "kind": "inr", "value": "1.10", "unit": "", "as_entered": "1.10",
            "measured_on": "2026-02-03", "source": "fhir",
        }
    ]  # fmt: skip


def test_somebody_asked_for_by_id_number_or_identifier_is_the_same(
    actor: User, capsys: pytest.CaptureFixture[str]
) -> None:
    take(bundle(), actor=actor)
    patient = Patient.objects.get()
    said = {
        shown(capsys, asked, "--json", actor=actor)
        for asked in (str(patient.pk), patient.number, "ZQ-778812", "urn:example:mrn|ZQ-778812")
    }
    assert len(said) == 1
    events = AuditEvent.objects.filter(action="patient.whole.view", patient_id=patient.pk)
    assert [event.actor for event in events] == [actor] * 4


@pytest.mark.parametrize("asked", ["ZQ-0", "urn:other|ZQ-778812", "", "99-999-99"])
def test_nobody_is_shown_who_is_not_named(asked: str, actor: User) -> None:
    take(bundle(), actor=actor)
    args = parser().parse_args(["show", "--as", actor.username, asked])
    with pytest.raises(Refused) as refusal:
        args.run(args)
    assert not asked or asked not in refusal.value.message
    assert not AuditEvent.objects.filter(action="patient.whole.view").exists()


def test_one_value_under_two_systems_has_to_be_told_apart(actor: User) -> None:
    for key, system in (("a", "urn:one"), ("b", "urn:two")):
        twin = person(key, identifier=[{"system": system, "value": "7"}])
        take_files(actor, all__ndjson=lines([twin]))
    args = parser().parse_args(["show", "--as", actor.username, "7"])
    with pytest.raises(Refused, match=r"system\|identifier"):
        args.run(args)


def test_who_may_not_read_records_is_told_so(actor: User) -> None:
    take(bundle(), actor=actor)
    args = parser().parse_args(["show", "--as", make_desk().username, "ZQ-778812"])
    with pytest.raises(NotAllowed):
        args.run(args)


def test_two_stores_that_hold_the_same_say_the_same(actor: User) -> None:
    """Nothing that the store itself made up stands in it: no id, no number, no hour of writing."""
    content = bundle()
    resource(content, "AllergyIntolerance")["code"] = coded("111088007", "Latex")
    take(content, actor=actor)
    patient = Patient.objects.get()
    sitting_of(patient, actor)
    record = plain_record(patient)
    text = json.dumps(record)
    assert not UUID.search(text)
    assert patient.number not in text
    assert "recorded_at" not in text
    with_ids = json.dumps(plain_record(patient, ids=True))
    assert str(patient.pk) in with_ids
    assert patient.number in with_ids


def test_a_sitting_is_shown_with_everything_in_it(actor: User) -> None:
    patient = make_patient(weight_kg=Decimal(70), medicines=("Bisoprolol",), actor=actor)
    sitting_of(patient, actor)
    [session] = plain_record(patient)["sessions"]
    assert session["status"] == "completed"
    assert session["signed_by"] == actor.full_name
    assert session["visit"]["weight_kg"] == "70"
    for part in ("syringes", "injections", "consents", "time_outs", "findings", "recovery"):
        assert session[part], part
    assert session["syringes"][0]["ingredients"][0]["lot"]
    assert {one["syringe"] for one in session["injections"]} <= {
        one["label"] for one in session["syringes"]
    }
    assert plain_record(patient)["outcomes"]


def test_what_was_entered_in_error_is_not_shown(actor: User) -> None:
    patient = make_patient(medicines=("Bisoprolol",), actor=actor)
    line = patient.statements.get()
    chart.mark_in_error(
        patient_id=patient.pk, what="statement", line_id=line.pk, reason="wrong-patient",
        actor=actor,
    )  # fmt: skip
    assert plain_record(patient)["medicines"] == []


def test_in_words_it_says_the_same(actor: User, capsys: pytest.CaptureFixture[str]) -> None:
    take(bundle(), actor=actor)
    said = shown(capsys, "ZQ-778812", actor=actor)
    for words in ("family name: Quillfeather", "kg: 80.5", "text: Lidocaine", "standing: past"):
        assert words in said
    assert "sessions" not in said


@pytest.mark.parametrize("path", BUNDLES, ids=lambda path: path.name[:8])
def test_the_same_bundle_twice_is_shown_alike(path: Path, actor: User) -> None:
    importer.run([path], actor=actor)
    patient = Patient.objects.get()
    first: Any = plain_record(patient)
    importer.run([path], actor=actor)
    patient.refresh_from_db()
    assert plain_record(patient) == first
