"""The import page: several files at once, how far it is, what came in, and what differs."""

import json
import os
import threading
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile, TemporaryUploadedFile
from django.test import Client, override_settings
from django.urls import reverse

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.clinic import import_progress
from tautband.clinic.import_progress import Followed, HowFar, how_far
from tautband.interop.fhir import importer
from tautband.records.actions import chart
from tautband.records.models import ClinicalStatement, Patient
from tests.builders import make_centre, make_clinician, make_desk
from tests.conformance.exports import OWN, bundle, collection, observed, person, quantity, resource

pytestmark = pytest.mark.django_db
URL = "clinic:patient_import"


@pytest.fixture(autouse=True)
def data(tmp_path: Path) -> Any:
    make_centre()
    with override_settings(TAUTBAND_DATA=tmp_path):
        yield tmp_path


@pytest.fixture
def clinician(client: Client) -> User:
    person_ = make_clinician()
    client.force_login(person_)
    return person_


@pytest.fixture
def desk(client: Client) -> Client:
    client.force_login(make_desk())
    return client


def upload(content: object, name: str = "own.json") -> SimpleUploadedFile:
    raw = content if isinstance(content, bytes) else json.dumps(content).encode()
    return SimpleUploadedFile(name, raw)


def send(client: Client, *uploads: Any, token: UUID | None = None, **fields: Any) -> Any:
    return client.post(
        reverse(URL), {"uploads": list(uploads), "token": str(token or uuid4()), **fields}
    )


def test_files_are_imported_from_the_page(desk: Client) -> None:
    response = send(desk, upload(OWN.read_bytes()), upload(b"{", "bad.json"))
    assert response.status_code == 422
    assert b"bad.json" in response.content
    assert Patient.objects.filter(family_name="Quillfeather").exists()
    response = send(desk, upload(OWN.read_bytes()))
    assert response.status_code == 200
    assert b"Unchanged: 1." in response.content


def test_no_file_is_said_in_place(desk: Client) -> None:
    response = send(desk)
    assert response.status_code == 422
    assert b"Choose at least one file." in response.content
    assert send(desk, upload(b"")).status_code == 422


def test_the_page_offers_a_plain_form(desk: Client) -> None:
    page = desk.get(reverse(URL)).content.decode()
    assert 'method="post" enctype="multipart/form-data"' in page
    assert 'name="token"' in page
    assert "<script>" not in page
    assert " style=" not in page


def test_a_large_upload_is_read_from_disk(desk: Client, tmp_path: Path) -> None:
    large = TemporaryUploadedFile("large.json", "application/json", 0, None)
    filler = {"resourceType": "Claim", "id": "c", "text": {"div": "x" * 3_000_000}}
    large.write(json.dumps(collection(person("a"), filler, person("b"))).encode())
    large.seek(0)
    assert send(desk, large).status_code == 200
    assert Patient.objects.count() == 2


def test_ids_of_two_systems_are_kept_apart(desk: Client) -> None:
    weight = observed("a", "29463-7", value=quantity())
    for source in ("north", "south"):
        assert send(desk, upload(collection(person("a"), weight)), source=source).status_code == 200
    assert Patient.objects.get().measurements.count() == 2


# ── differences ──────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def changed_here(clinician: User, client: Client) -> Patient:
    """An imported patient, of whom somebody here has ended a medicine and corrected the name."""
    send(client, upload(OWN.read_bytes()))
    patient = Patient.objects.get()
    warfarin = ClinicalStatement.objects.get(text__startswith="Warfarin")
    chart.end_statement(
        patient_id=patient.pk, statement_id=warfarin.pk, ended_on=patient.recorded_at.date(),
        actor=clinician,
    )  # fmt: skip
    return patient


def test_what_differs_is_shown_with_both_values(client: Client, changed_here: Patient) -> None:
    content = bundle()
    resource(content, "MedicationRequest")["medicationCodeableConcept"]["text"] = "Marcoumar"
    response = send(client, upload(content))
    assert response.status_code == 200
    page = response.content.decode()
    assert reverse("clinic:patient", args=[changed_here.pk]) in page
    for words in ("Marcoumar", "Warfarin Sodium 5 MG Oral Tablet", "still holds", "ended on"):
        assert words in page
    looked = AuditEvent.objects.filter(action="patient.differences.view")
    assert [event.patient_id for event in looked] == [changed_here.pk]
    warfarin = ClinicalStatement.objects.get(text__startswith="Warfarin")
    assert not warfarin.active


def test_the_desk_learns_that_the_chart_differs_and_not_how(
    client: Client, changed_here: Patient
) -> None:
    client.force_login(make_desk())
    page = send(client, upload(OWN.read_bytes())).content.decode()
    assert "still holds" in page
    assert "on the chart" in page
    assert changed_here.recorded_at.date().isoformat() not in page
    assert "Warfarin" not in page


def test_a_name_with_html_in_it_is_shown_as_it_is_written(client: Client, clinician: User) -> None:
    send(client, upload(collection(person("a"))))
    patient = Patient.objects.get()
    patient.source = "entered"
    patient.save()
    harm = person("a", name=[{"family": "<script>alert(1)</script>", "given": ["Ines"]}])
    page = send(client, upload(collection(harm))).content.decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_a_page_shows_no_more_than_a_person_can_read(desk: Client) -> None:
    rubbish = b"\n".join([b"rubbish"] * 400)
    response = send(desk, upload(rubbish, "a.ndjson"))
    assert response.status_code == 422
    assert response.content.decode().count("a.ndjson") == 300
    assert b"100 more lines" in response.content


# ── how far ──────────────────────────────────────────────────────────────────────────────────


def ask(client: Client, token: UUID) -> Any:
    return client.get(reverse("clinic:patient_import_progress", args=[token]))


def test_how_far_it_is_can_be_asked_while_it_runs(
    desk: Client, monkeypatch: pytest.MonkeyPatch, data: Path
) -> None:
    monkeypatch.setattr(import_progress, "_EVERY_SECONDS", 0)
    token, said, modes = uuid4(), [], set()

    def follow(files: Any, *, tell: Any, **more: Any) -> Any:
        def told(progress: Any) -> None:
            tell(progress)
            said.append(ask(desk, token).content.decode())
            modes.update(path.stat().st_mode & 0o777 for path in data.glob("import-progress-*"))

        return importer.run_files(files, tell=told, **more)

    monkeypatch.setattr("tautband.clinic.views.imports.import_string", lambda _name: follow)
    assert send(desk, upload(OWN.read_bytes()), token=token).status_code == 200
    assert any("Reading" in each for each in said)
    assert "Patients: 1 of 1" in said[-1]
    assert 'value="100"' in said[-1]
    assert modes == {0o600}
    assert list(data.glob("import-progress-*")) == []
    assert b"value=" not in ask(desk, token).content


def test_an_import_nobody_started_is_nowhere(desk: Client) -> None:
    answer = ask(desk, uuid4())
    assert answer.status_code == 200
    assert b"value=" not in answer.content


def test_what_an_import_left_whose_server_was_ended_is_removed(data: Path) -> None:
    old = data / f"import-progress-{uuid4()}"
    old.write_text("[1, 2, 3, 4]")
    os.utime(old, (0, 0))
    with Followed(uuid4()):
        assert not old.exists()


def test_how_far_it_is_is_written_a_few_times_a_second_at_most() -> None:
    token = uuid4()
    with Followed(token) as followed:
        for done in range(1000):
            followed.tell(HowFar(1, 1, done, 1000))
        seen = how_far(token)
    assert seen == HowFar(1, 1, 0, 1000)


def test_two_imports_at_once_know_of_each_other_nothing() -> None:
    tokens = [uuid4(), uuid4()]

    def run(number: int) -> None:
        with Followed(tokens[number]) as followed:
            followed.tell(HowFar(number, 10, 0, 0))
            seen[number] = how_far(tokens[number])

    seen: dict[int, HowFar | None] = {}
    threads = [threading.Thread(target=run, args=(number,)) for number in (0, 1)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert seen == {0: HowFar(0, 10, 0, 0), 1: HowFar(1, 10, 0, 0)}
