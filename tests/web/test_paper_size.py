"""The centre says what its printers hold; all that prints is laid out for it."""

import pytest
from django.urls import reverse

from tautband.clinic.views.sessions import notes
from tests import builders
from tests.web.printed import printed
from tests.web.test_session_journey import arrive, clinic, plan, sign_in

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db


@pytest.fixture
def planned(clinic):
    procedure = arrive(clinic, builders.make_patient())
    plan(clinic, procedure)
    return procedure


def note(procedure, query: str = "") -> str:
    return reverse("clinic:note_pdf", args=[procedure.pk]) + query


@pytest.mark.parametrize("size", ["a4", "letter"])
def test_the_note_is_on_the_paper_of_the_centre(clinic, planned, size) -> None:
    builders.make_centre(paper_size=size)
    made = printed(sign_in(clinic["clinician"]).get(note(planned)))
    assert made.all_on(size)
    assert (made.title, made.language) == ("Trigger point injection: procedure note", "en")
    assert made.on_every_page(planned.patient.number)


def test_one_note_can_be_asked_for_on_the_other_paper(clinic, planned) -> None:
    doctor = sign_in(clinic["clinician"])
    made = printed(doctor.get(note(planned, "?paper=letter")))
    assert made.all_on("letter")
    assert doctor.get(note(planned, "?paper=a5")).status_code == 404


@pytest.mark.parametrize(("size", "other"), [("a4", "letter"), ("letter", "a4")])
def test_a_page_prints_on_it_too(clinic, planned, size, other) -> None:
    builders.make_centre(paper_size=size)
    doctor = sign_in(clinic["clinician"])
    for address in (f"/sessions/{planned.pk}/note/", "/emergency/", "/"):
        page = doctor.get(address).content.decode()
        assert f"design/print-{size}" in page
        assert f"design/print-{other}" not in page


def test_a_note_of_a_machine_without_pdf_leads_to_its_page(clinic, planned, monkeypatch) -> None:
    monkeypatch.setattr(notes.paper, "available", lambda: False)
    answer = sign_in(clinic["clinician"]).get(note(planned))
    assert answer.status_code == 503
    assert reverse("clinic:note", args=[planned.pk]) in answer.content.decode()


def test_a_paper_names_nobody_in_its_file_name(clinic, planned) -> None:
    doctor = sign_in(clinic["clinician"])
    leaflet = reverse("clinic:leaflet_pdf", args=[planned.pk, "before", "ar", "a4"])
    named = [doctor.get(address)["Content-Disposition"] for address in (note(planned), leaflet)]
    assert named == [
        'inline; filename="procedure-note.pdf"', 'inline; filename="leaflet-before-ar.pdf"',
    ]  # fmt: skip
