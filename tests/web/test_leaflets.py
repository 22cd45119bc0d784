"""The leaflet in the patient's hand: before the needle and after it, on screen and on paper."""

from io import BytesIO
from uuid import uuid4

import pytest
from django.urls import reverse
from pypdf import PdfReader

from tautband.audit.models import AuditEvent
from tautband.clinic.views.sessions import papers
from tests import builders
from tests.web.test_session_journey import arrive, clinic, plan, sign_in

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db


def page(procedure, part: str, language: str = "en") -> str:
    return reverse("clinic:leaflet", args=[procedure.pk, part, language])


def pdf(procedure, part: str, language: str = "en", size: str = "a4") -> str:
    return reverse("clinic:leaflet_pdf", args=[procedure.pk, part, language, size])


@pytest.fixture
def planned(clinic):
    procedure = arrive(clinic, builders.make_patient())
    plan(clinic, procedure)
    return procedure


def test_the_plan_is_explained_with_the_lung_that_lies_behind(clinic, planned) -> None:
    said = sign_in(clinic["clinician"]).get(page(planned, "before")).content.decode()
    assert "Infraspinatus (right)" in said
    assert "lidocaine" in said
    assert "Rarely, air gets around the lung" in said


def test_a_leaflet_of_nothing_says_that_it_is_not_complete(clinic, planned) -> None:
    said = sign_in(clinic["nurse"]).get(page(planned, "after")).content.decode()
    assert "Nothing was injected yet" in said


def test_the_arabic_one_runs_from_right_to_left_and_says_nobody_checked_it(
    clinic,
    planned,
) -> None:
    said = sign_in(clinic["clinician"]).get(page(planned, "before", "ar")).content.decode()
    assert 'lang="ar" dir="rtl"' in said
    assert "ليدوكايين" in said
    assert "No person has checked the Arabic" in said


@pytest.mark.parametrize("size", ["a4", "letter"])
@pytest.mark.parametrize("language", ["en", "ar"])
def test_it_is_made_as_a_paper_in_both_sizes(clinic, planned, size, language) -> None:
    answer = sign_in(clinic["clinician"]).get(pdf(planned, "before", language, size))
    assert answer.status_code == 200
    paper = PdfReader(BytesIO(answer.content))
    wide, high = (float(each) for each in paper.pages[0].mediabox[2:])
    inches = {"a4": (210 / 25.4, 297 / 25.4), "letter": (8.5, 11)}[size]
    assert (wide / 72, high / 72) == pytest.approx(inches, abs=0.01)
    for number, sheet in enumerate(paper.pages, start=1):
        words = sheet.extract_text()
        assert planned.patient.number in words
        assert f"{number} / {len(paper.pages)}" in words


def test_a_machine_that_makes_no_pdf_says_so(clinic, planned, monkeypatch) -> None:
    monkeypatch.setattr(papers.paper, "available", lambda: False)
    answer = sign_in(clinic["clinician"]).get(pdf(planned, "before"))
    assert answer.status_code == 503
    assert (
        "PDF, A4" not in sign_in(clinic["clinician"]).get(page(planned, "before")).content.decode()
    )


@pytest.mark.parametrize(
    "address",
    ["leaflet/during/en/", "leaflet/after/fr/", "leaflet/after/en/a5.pdf", "leaflet/x/en/a4.pdf"],
)
def test_what_there_is_no_leaflet_for_is_not_found(clinic, planned, address) -> None:
    answer = sign_in(clinic["clinician"]).get(f"/sessions/{planned.pk}/{address}")
    assert answer.status_code == 404


def test_whoever_reads_it_is_on_the_trail(clinic, planned) -> None:
    sign_in(clinic["clinician"]).get(page(planned, "before"))
    newest = AuditEvent.objects.latest("id")
    assert "leaflet.before" in newest.action
    assert newest.patient_id == planned.patient_id


def test_the_desk_and_strangers_do_not_see_it(clinic, planned) -> None:
    assert sign_in(clinic["desk"]).get(page(planned, "before")).status_code == 403
    assert sign_in(clinic["clinician"]).get(page(planned, "before").replace(
        str(planned.pk), str(uuid4()))).status_code == 404  # fmt: skip
