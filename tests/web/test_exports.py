"""Taking a record along: from the page and from the command line, always on the trail."""

import csv
import json
from io import StringIO
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.config.cli import parser
from tautband.errors import NotAllowed, Refused
from tautband.interop.fhir import gate
from tautband.records.models import Injection, Patient
from tautband.records.queries.audit_table import COLUMNS
from tests.builders import (
    make_auditor,
    make_clinician,
    make_desk,
    make_manager,
    make_patient,
    make_pharmacist,
)
from tests.conformance.test_fhir_export import sitting_of

pytestmark = pytest.mark.django_db


def command(*arguments: object) -> int:
    args = parser().parse_args([str(each) for each in arguments])
    code: int = args.run(args)
    return code


def events(action: str) -> list[AuditEvent]:
    return list(AuditEvent.objects.filter(action=action))


def test_whoever_reads_a_record_takes_it_along_under_a_name_that_tells_nothing(
    client: Client,
) -> None:
    patient, reader = make_patient(family_name="Quillfeather"), make_pharmacist()
    client.force_login(reader)
    page = client.get(reverse("clinic:patient", args=[patient.pk]))
    address = reverse("clinic:patient_export", args=[patient.pk])
    assert f'action="{address}"' in page.content.decode()
    answer = client.post(address)
    assert answer.status_code == 200
    assert answer["Content-Type"] == "application/fhir+json"
    assert answer["Content-Disposition"] == f'attachment; filename="record-{patient.pk}.json"'
    assert "no-store" in answer["Cache-Control"]
    gate.refuse_invalid(answer.content, "")
    [event] = events("patient.export")
    assert (event.actor_id, event.patient_id) == (reader.pk, patient.pk)


def test_the_desk_sees_no_button_and_gets_no_file(client: Client) -> None:
    patient = make_patient()
    client.force_login(make_desk())
    address = reverse("clinic:patient_export", args=[patient.pk])
    page = client.get(reverse("clinic:patient", args=[patient.pk]))
    assert address not in page.content.decode()
    assert client.post(address).status_code == 403
    assert events("patient.export") == []


def test_opening_the_address_takes_nothing_along(client: Client) -> None:
    patient = make_patient()
    client.force_login(make_clinician())
    assert client.get(reverse("clinic:patient_export", args=[patient.pk])).status_code == 405
    assert events("patient.export") == []


def test_the_command_writes_the_file_whole_and_the_trail(
    tmp_path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    patient, reader = make_patient(), make_clinician()
    file = tmp_path / "record.json"
    assert command("export", "--as", reader.username, patient.number, file) == 0
    assert json.loads(file.read_bytes())["id"] == str(patient.pk)
    assert list(tmp_path.glob(".*")) == []
    assert command("export", "--as", reader.username, patient.pk, "-") == 0
    assert json.loads(capfdbinary.readouterr().out)["id"] == str(patient.pk)
    assert [event.actor_id for event in events("patient.export")] == [reader.pk] * 2


@pytest.mark.parametrize("make", [make_desk, make_manager, make_auditor])
def test_whoever_does_not_read_records_exports_none(make: type[User], tmp_path: Path) -> None:
    patient, person = make_patient(), make()
    file = tmp_path / "record.json"
    with pytest.raises(NotAllowed):
        command("export", "--as", person.username, patient.number, file)
    assert not file.exists()
    assert events("patient.export") == []


def test_nobody_of_that_name_is_said_without_repeating_it(tmp_path: Path) -> None:
    make_patient()
    reader = make_clinician()
    with pytest.raises(Refused) as refused:
        command("export", "--as", reader.username, "ZQ-778812", tmp_path / "record.json")
    assert "ZQ-778812" not in refused.value.message


def table(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(StringIO(file.read_text("utf-8"))))


def test_the_audit_has_a_row_for_each_injection_and_names_nobody(tmp_path: Path) -> None:
    clinician, manager = make_clinician(), make_manager()
    patient = make_patient(given_name="Zebediah", family_name="Quillfeather")
    procedure = sitting_of(patient, clinician)
    file = tmp_path / "injections.csv"
    assert command("export-audit", "--as", manager.username, file) == 0
    rows = table(file)
    given = {str(one.muscle): one for one in procedure.injections.filter(status="given")}
    assert rows
    assert tuple(rows[0]) == COLUMNS
    assert sorted(row["muscle"] for row in rows) == sorted(given)
    for row in rows:
        one = given[row["muscle"]]
        assert row["procedure_id"] == str(procedure.pk)
        assert row["operator_id"] == str(one.given_by_id)
        assert row["ml"] == f"{(one.given_volume_ul or 0) / 1000:g}"
        assert row["pain_before"] == str(one.pain_before if one.pain_before is not None else "")
        assert len(row["mg"].split("; ")) == len(row["agent"].split("; "))
    text = file.read_text("utf-8")
    for secret in (
        "Zebediah",
        "Quillfeather",
        patient.number,
        str(patient.pk),
        str(patient.born_on),
    ):
        assert secret not in text
    [event] = events("audit.export")
    assert event.detail["rows"] == len(rows)


def test_the_audit_keeps_to_its_days_and_writes_no_formula(tmp_path: Path) -> None:
    procedure = sitting_of(make_patient(), make_clinician())
    manager = make_manager()
    Injection.objects.filter(procedure=procedure).update(complication="=1+1")
    on, file = procedure.encounter.on, tmp_path / "injections.csv"
    assert command("export-audit", "--as", manager.username, file, "--from", on, "--to", on) == 0
    assert {row["complication"] for row in table(file)} == {"'=1+1"}
    later = ("--from", on.replace(year=on.year + 1))
    assert command("export-audit", "--as", manager.username, file, *later) == 0
    assert table(file) == []


@pytest.mark.parametrize("make", [make_desk, make_clinician, make_pharmacist])
def test_the_audit_is_for_managers_and_auditors(make: type[User], tmp_path: Path) -> None:
    person = make()
    assert Patient.objects.count() == 0
    with pytest.raises(NotAllowed):
        command("export-audit", "--as", person.username, tmp_path / "injections.csv")
    assert command("export-audit", "--as", make_auditor().username, tmp_path / "a.csv") == 0
