"""Labels for syringes: all that is in them, in the right colour and place, or no label at all."""

import re
from datetime import date
from io import BytesIO
from uuid import uuid4

import pytest
from django.utils import timezone
from pypdf import PdfReader

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.clinic.syringe_label import HIGH_MM, SHEETS, WIDE_MM, labels_of, laid_out
from tautband.clinic.views.sessions import labels
from tautband.clinical.knowledge import knowledge
from tautband.clinical.terms import AgentKind
from tautband.records.actions import procedures as acts
from tautband.records.models import Ingredient, Patient, Procedure, Syringe
from tautband.records.models.vocabulary import PaperSize
from tests import builders
from tests.web.printed import printed
from tests.web.test_session_journey import arrive, clinic, plan, sign_in, url

__all__ = ["clinic"]
pytestmark = pytest.mark.django_db
POINTS_PER_MM = 72 / 25.4
MIXED = {
    "0.product": "lidocaine:10000", "0.volume": "4", "0.lot": "LX1", "0.expires": "2099-03-31",
    "0.brand": "Xylocaine", "0.epinephrine": "5000",
    "1.product": "triamcinolone:40000", "1.volume": "1", "1.lot": "TR9", "1.expires": "2099-05-31",
}  # fmt: skip
FULL = {
    f"{i}.{name}": value
    for i in range(3)
    for name, value in {
        "product": ("lidocaine:10000", "bupivacaine:5000", "mepivacaine:10000")[i],
        "volume": "12.25", "lot": f"LOT-{i}-0123456789-0123456789", "expires": "2099-09-30",
        "brand": f"Brand {i} of a very long name indeed", "epinephrine": "12500",
    }.items()
}  # fmt: skip


@pytest.fixture
def tray(clinic) -> Procedure:
    """A sitting with syringe A: plain lidocaine, drawn up by a nurse and checked by a doctor."""
    procedure = arrive(clinic, builders.make_patient())
    plan(clinic, procedure)
    return procedure


def draw_up(clinic, procedure, fields) -> None:
    nurse = sign_in(clinic["nurse"])
    drawn = nurse.post(url("session_draw_up", procedure.pk), {"token": uuid4(), **fields})
    assert drawn.status_code == 302, drawn.content.decode()[-2000:]


@pytest.fixture
def mixed(clinic, tray) -> Procedure:
    """Beside it syringe B, anaesthetic with epinephrine and steroid, and C, as full as can be."""
    draw_up(clinic, tray, MIXED)
    draw_up(clinic, tray, FULL)
    return tray


def sheet(clinic, procedure, **asked):
    return sign_in(clinic["nurse"]).get(url("session_labels_pdf", procedure.pk), asked)


def drawn_with(pdf: bytes) -> set[str]:
    """Every colour that something is filled with, as #rrggbb."""
    found = set()
    for page in PdfReader(BytesIO(pdf)).pages:
        data = page.get_contents().get_data().decode("latin-1")
        for parts in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) rg\b", data):
            found.add("#" + "".join(f"{round(float(each) * 255):02x}" for each in parts))
    return found


def test_a_label_says_what_how_much_for_whom_by_whom_and_until_when(clinic, mixed) -> None:
    text = " ".join(printed(sheet(clinic, mixed)).text.split())
    patient = mixed.patient
    for words in (
        "Lidocaine", "1 % · 10 mg/mL", "4 mL = 40 mg", "8 mg/mL mixed", "Xylocaine", "lot LX1",
        "exp Mar 2099", "Epinephrine (adrenaline)", "5 µg/mL", "20 micrograms in all",
        "Triamcinolone", "40 mg/mL", "1 mL = 40 mg", "lot TR9", "Total 5 mL",
        "into muscle (IM) only", patient.full_name, patient.number, "Drawn up", "Checked",
        "Use before the end of this session",
    ):  # fmt: skip
        assert words in text, words
    assert clinic["nurse"].short_name in text
    assert clinic["clinician"].short_name in text


def boxes(pdf: bytes, number: int = 0) -> dict[str, list[tuple[float, float]]]:
    """Where each piece of text begins on a page, in mm from its upper left corner."""
    page = PdfReader(BytesIO(pdf)).pages[number]
    high = float(page.mediabox.height)
    found: dict[str, list[tuple[float, float]]] = {}

    def note(text, matrix, text_matrix, _font, _size) -> None:
        if text.strip():
            a, b, c, d, e, f = matrix
            x, y = text_matrix[4], text_matrix[5]
            left, up = a * x + c * y + e, b * x + d * y + f
            place = (left / POINTS_PER_MM, (high - up) / POINTS_PER_MM)
            found.setdefault(text.strip(), []).append(place)

    page.extract_text(visitor_text=note)
    return found


def overflowing(pdf: bytes, size: PaperSize, page: int = 0) -> list[str]:
    """The text of a sheet that begins below the last label of its row, or between labels."""
    left, top = SHEETS[size].margins_mm
    out = []
    for words, places in boxes(pdf, page).items():
        for x, y in places:
            row, down = divmod(y - top, HIGH_MM)
            on_grid = 0 <= row < SHEETS[size].rows
            # The ink of a letter begins about its own height above the line it stands on.
            if on_grid and not (1.2 < down < HIGH_MM - 0.3 and x >= left):
                out.append(f"{words}: {x:.1f}, {down:.1f}")
    return out


@pytest.mark.hazard("HAZ-022")
@pytest.mark.parametrize("size", list(PaperSize))
def test_nothing_of_the_fullest_label_is_cut_off(clinic, mixed, size) -> None:
    Patient.objects.filter(pk=mixed.patient_id).update(
        given_name="Wilhelmina Alexandra Konstantina", family_name="Featherstonehaugh-Montgomery"
    )
    User.objects.filter(pk=clinic["nurse"].pk).update(short_name="WWWWWWWWWWWW")
    sign_in(clinic["clinician"]).post(
        url("session_change_syringe", mixed.pk, mixed.syringes.get(label="C").pk),
        {"what": "check"},
    )
    answer = sheet(clinic, mixed, paper=size)
    text = " ".join(printed(answer).text.split())
    assert "459.38 micrograms in all" in text
    assert text.count("Use before") == 3
    assert text.count("…") >= 3
    assert overflowing(answer.content, size) == []


@pytest.mark.hazard("HAZ-022")
def test_no_product_is_too_long_for_its_label(clinic, tray) -> None:
    """Every product there is, alone and beside two others, with a long brand and lot."""
    tray.injections.all().delete()
    tray.syringes.all().delete()
    known = [agent for agent in knowledge().agents.values() if agent.named and agent.id != "none"]
    for number, agent in enumerate(known):
        for beside in (0, 1, 2):
            syringe = Syringe.objects.create(
                procedure=tray, label=f"{number}{'ABC'[beside]}", drawn_up_by=clinic["nurse"],
                drawn_up_at=timezone.now(), reconstituted_at=timezone.now(), use_within_hours=24,
            )  # fmt: skip
            for position in range(beside + 1):
                is_toxin = agent.kind is AgentKind.BOTULINUM_TOXIN
                Ingredient.objects.create(
                    syringe=syringe, position=position, agent=agent.id, volume_ul=12_255,
                    product="A brand with a very long name", lot="LOT-0123456789-01234",
                    concentration_ug_per_ml=(agent.strengths or (None,))[-1],
                    epinephrine_ng_per_ml=12_500, units_centi=12_345 if is_toxin else None,
                    expires_on=date(2099, 9, 30),
                )  # fmt: skip
    drawn = labels_of(tray)
    assert len(drawn) == 3 * len(known) > 45
    answer = sheet(clinic, tray)
    reader = PdfReader(BytesIO(answer.content))
    wrong = []
    for page in range(len(reader.pages)):
        wrong += overflowing(answer.content, PaperSize.A4, page)
    assert wrong == []


@pytest.mark.parametrize("size", list(PaperSize))
def test_sheets_have_the_size_and_start_at_the_first_free_label(clinic, mixed, size) -> None:
    last = SHEETS[size].places
    answer = sheet(clinic, mixed, paper=size, first=str(last - 1))
    made = printed(answer)
    assert made.all_on(size)
    assert len(made.pages) == 2
    assert made.on_every_page(mixed.patient.number, mixed.patient.full_name)
    assert (made.title, made.language) == ("Syringe labels", "en")
    assert made.is_in_our_fonts
    assert "Lidocaine" in made.pages[0]
    assert "Bupivacaine" in made.pages[1]


def test_the_grid_lies_in_the_middle_of_the_paper_and_inside_it() -> None:
    for place in SHEETS.values():
        (left, top), (wide, high) = place.margins_mm, place.paper_mm
        x, y = place.corner_mm(place.places - 1)
        assert left + x + WIDE_MM + left == pytest.approx(wide)
        assert top + y + HIGH_MM + top == pytest.approx(high)
        # Office printers leave about a quarter of an inch white; the stock of A4 does too.
        assert min(left, top) > 6.35
    assert SHEETS[PaperSize.A4].margins_mm == pytest.approx((7.25, 15.15))
    assert laid_out([], SHEETS[PaperSize.A4]) == []


@pytest.mark.hazard("HAZ-022")
def test_the_colours_are_those_of_the_classes(clinic, tray) -> None:
    plain = drawn_with(sheet(clinic, tray).content)
    assert "#afa9a0" in plain
    assert not {"#d6bfdd"} & plain
    draw_up(clinic, tray, {**MIXED, "0.epinephrine": "0"})
    assert "#d6bfdd" not in drawn_with(sheet(clinic, tray).content)
    draw_up(clinic, tray, MIXED)
    assert {"#afa9a0", "#d6bfdd", "#000000"} <= drawn_with(sheet(clinic, tray).content)


def test_one_label_alone_is_a_page_of_its_own_size(clinic, mixed) -> None:
    syringe = mixed.syringes.get(label="B")
    answer = sign_in(clinic["nurse"]).get(url("session_label_pdf", mixed.pk, syringe.pk))
    made = printed(answer)
    (size,) = made.sizes_mm
    assert size == pytest.approx((WIDE_MM, HIGH_MM), abs=0.1)
    for words in ("Triamcinolone", "Epinephrine", mixed.patient.number, mixed.patient.full_name):
        assert words in made.text
    assert answer["Content-Disposition"] == 'inline; filename="syringe-label.pdf"'


def test_the_page_shows_the_same_labels(clinic, mixed) -> None:
    page = sign_in(clinic["nurse"]).get(url("session_labels", mixed.pk)).content.decode()
    assert page.count('<article lang="en" dir="ltr" class="label ') == 3
    assert page.count("label local-anaesthetic") == 1
    assert "Epinephrine (adrenaline)" in page


def test_a_toxin_in_a_syringe_is_good_for_hours_that_stand_on_it(clinic, tray) -> None:
    draw_up(clinic, tray, {
        "0.product": "onabotulinumtoxin_a:0", "0.volume": "2", "0.units": "100", "0.lot": "BT1",
        "0.expires": "2099-01-01",
    })  # fmt: skip
    text = printed(sheet(clinic, tray)).text
    assert "50 units/mL" in text
    assert "100 units / 2 mL" in " ".join(text.split())


@pytest.mark.parametrize("first", ["0", "22", "-1", "x", "9" * 40, "१"])
def test_a_place_that_no_sheet_has_is_refused(clinic, tray, first) -> None:
    answer = sheet(clinic, tray, paper="a4", first=first)
    assert answer.status_code == 422
    assert "labels 1 to 21" in answer.content.decode()


def test_there_is_no_label_of_an_empty_tray_or_of_another_sitting(clinic, tray) -> None:
    empty = arrive(clinic, builders.make_patient())
    refused = sheet(clinic, empty)
    assert refused.status_code == 409
    assert "Nothing is drawn up yet" in refused.content.decode()
    nurse = sign_in(clinic["nurse"])
    assert sheet(clinic, tray, paper="a5").status_code == 404
    of_another = url("session_label_pdf", empty.pk, tray.syringes.get().pk)
    assert nurse.get(of_another).status_code == 404


@pytest.mark.hazard("HAZ-022")
def test_a_closed_session_prints_no_labels(clinic, tray) -> None:
    acts.mark_not_done(
        procedure_id=tray.pk, reason="patient-declined", note="", actor=clinic["clinician"]
    )
    nurse = sign_in(clinic["nurse"])
    syringe = tray.syringes.get()
    for address in (url("session_labels_pdf", tray.pk),
                    url("session_label_pdf", tray.pk, syringe.pk)):  # fmt: skip
        refused = nurse.get(address)
        assert refused.status_code == 409
        assert "This session is closed" in refused.content.decode()
    page = nurse.get(url("session_labels", tray.pk)).content.decode()
    assert "This session is closed" in page
    assert "<article" not in page


def test_a_machine_without_pdf_leads_to_the_page(clinic, tray, monkeypatch) -> None:
    monkeypatch.setattr(labels.paper, "available", lambda: False)
    nurse = sign_in(clinic["nurse"])
    for address in (url("session_labels_pdf", tray.pk),
                    url("session_label_pdf", tray.pk, tray.syringes.get().pk)):  # fmt: skip
        answer = nurse.get(address)
        assert answer.status_code == 503
        assert url("session_labels", tray.pk) in answer.content.decode()
    assert "labels.pdf" in nurse.get(url("session_labels", tray.pk)).content.decode()


def test_each_printing_is_on_the_trail_and_only_whoever_prepares_prints(clinic, tray) -> None:
    sheet(clinic, tray)
    newest = AuditEvent.objects.latest("id")
    assert newest.action == "session.labels.pdf.view"
    assert newest.patient_id == tray.patient_id
    for person in (clinic["desk"], builders.make_pharmacist()):
        assert sign_in(person).get(url("session_labels_pdf", tray.pk)).status_code == 403


@pytest.mark.hazard("HAZ-022")
def test_a_label_reads_as_the_pack_does_whoever_prints_it(clinic, mixed) -> None:
    User.objects.filter(pk=clinic["nurse"].pk).update(language="ar")
    answer = sheet(clinic, mixed)
    text = " ".join(printed(answer).text.split())
    for words in ("Lidocaine", "1 % · 10 mg/mL", "Epinephrine (adrenaline)", "Use before"):
        assert words in text
    page = sign_in(clinic["nurse"]).get(url("session_labels", mixed.pk)).content.decode()
    assert '<html lang="ar" dir="rtl"' in page
    assert page.count('<article lang="en" dir="ltr" class="label ') == 3
