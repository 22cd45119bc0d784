"""The pages on which two records are compared, merged and taken apart."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tautband.accounts.models import User
from tautband.audit.models import AuditEvent
from tautband.clinical.terms import Sex
from tautband.records.actions import chart, encounters
from tautband.records.models import (
    ClinicalStatement,
    Draft,
    Measurement,
    Patient,
    PatientIdentifier,
    PatientMerge,
    Procedure,
)
from tautband.records.models.vocabulary import StatementKind
from tests.builders import make_clinician, make_desk, make_nurse, make_patient
from tests.merged import fresh, merge

pytestmark = [pytest.mark.django_db, pytest.mark.hazard("HAZ-021")]


@pytest.fixture
def actor() -> User:
    return make_clinician()


@pytest.fixture
def clinic(client: Client, actor: User) -> Client:
    client.force_login(actor)
    return client


@pytest.fixture
def pair() -> tuple[Patient, Patient]:
    """One woman registered twice, with a contradiction in everything that matters."""
    one = make_patient(
        given_name="Ottoline", family_name="Featherstone", born_on=date(1969, 3, 4),
        sex=Sex.FEMALE, allergies=("Latex",), weight_kg=Decimal(60),
    )  # fmt: skip
    other = make_patient(
        given_name="Otoline", family_name="Fetherstone", born_on=date(1969, 3, 5), sex=Sex.OTHER,
        no_known_allergies=True, weight_kg=Decimal(90), phone="01632 960 123",
    )  # fmt: skip
    for number, patient in enumerate((one, other)):
        PatientIdentifier.objects.create(patient=patient, system="urn:example", value=str(number))
    return one, other


def page_of(pair: tuple[Patient, Patient]) -> str:
    return reverse("clinic:patient_merge", args=[pair[0].pk, pair[1].pk])


def shown_on(page: Any) -> str:
    return str(page.context["shown"])


def answered(clinic: Client, pair: tuple[Patient, Patient], **changes: str) -> dict[str, str]:
    """The form as somebody sends it who decided everything, on the page as it is now."""
    one, _other = pair
    return {
        "shown": shown_on(clinic.get(page_of(pair))), "survivor": str(one.pk), "why": "One woman",
        "born_on": str(one.pk), "sex": str(one.pk), "weight": "weigh-first", "allergies": "yes",
        "identifiers": "yes", **changes,
    }  # fmt: skip


def text_of(response: Any) -> str:
    return " ".join(response.content.decode().split())


# ── finding and comparing ────────────────────────────────────────────────────────────────────


def test_who_is_alike_is_offered_and_anybody_else_can_be_looked_for(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    stranger = make_patient(family_name="Quillfeather")
    url = reverse("clinic:patient_duplicates", args=[one.pk])
    assert url in text_of(clinic.get(reverse("clinic:patient", args=[one.pk])))
    page = text_of(clinic.get(url))
    assert page_of(pair) in page
    assert stranger.family_name not in page
    found = text_of(clinic.post(url, {"q": "quillfeather"}))
    assert reverse("clinic:patient_merge", args=[one.pk, stranger.pk]) in found
    seen = AuditEvent.objects.filter(action="patients.likely.view").latest("pk")
    assert set(seen.detail["patients"]) == {str(other.pk), str(stranger.pk)}
    assert "Nobody else" in text_of(clinic.post(url, {"q": one.number}))


def test_a_likely_double_at_registration_leads_to_its_own_duplicates(
    clinic: Client, client: Client, pair: tuple[Patient, Patient]
) -> None:
    form = {
        "given_name": "Ottoline", "family_name": "Featherstone", "born_on": "1969-03-04",
        "sex": "female", "token": "7a3c0f5e-58a0-4a53-9d1c-0c6a2f6d3b11",
    }  # fmt: skip
    url = reverse("clinic:patient_duplicates", args=[pair[0].pk])
    assert url in text_of(clinic.post(reverse("clinic:patient_new"), form))
    client.force_login(make_desk())
    assert url not in text_of(client.post(reverse("clinic:patient_new"), form))


def test_both_are_laid_side_by_side_and_nothing_is_chosen(
    clinic: Client, actor: User, pair: tuple[Patient, Patient]
) -> None:
    response = clinic.get(page_of(pair))
    page = text_of(response)
    for words in (
        "Ottoline Featherstone", "Otoline Fetherstone", "4 Mar 1969", "5 Mar 1969", "Latex",
        "none known, asked", "60 kg", "90 kg", "01632 960 123", "urn:example: 0",
    ):  # fmt: skip
        assert words.replace(" kg", "\u00a0kg") in page or words in page, words
    rows = {r.label: r for s in response.context["sections"] for r in s.rows}
    assert {label for label, row in rows.items() if row.differs and row.matters} == {
        "Born on", "Sex", "Allergies", "Weight", "Known elsewhere as",
    }  # fmt: skip
    assert not rows["Medicines"].differs
    assert "checked" not in page
    looked = AuditEvent.objects.filter(action="patient.beside.view", actor_id=actor.pk)
    assert {event.patient_id for event in looked} == {one.pk for one in pair}


def test_two_records_that_agree_ask_only_which_stays_and_why(clinic: Client) -> None:
    same = {"born_on": date(1970, 1, 2), "weight_kg": None}
    form = clinic.get(page_of((make_patient(**same), make_patient(**same)))).context["form"]
    assert [field.name for field in form.visible_fields()] == ["survivor", "why"]


def test_comparing_costs_the_same_whatever_they_hold(clinic: Client, actor: User) -> None:
    pair = (make_patient(), make_patient())

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            clinic.get(page_of(pair))
        return len(queries)

    cost()
    plain = cost()
    for patient in pair:
        for number in range(12):
            chart.add_statement(
                patient_id=patient.pk, kind=StatementKind.MEDICINE, text=f"Medicine {number}",
                actor=actor,
            )  # fmt: skip
    assert cost() == plain <= 27


def test_a_name_that_is_a_tag_stays_a_name(clinic: Client) -> None:
    pair = (make_patient(family_name="<script>alert(1)</script>"), make_patient())
    assert "<script>alert" not in text_of(clinic.get(page_of(pair)))


# ── merging ──────────────────────────────────────────────────────────────────────────────────


def test_the_two_are_merged_and_the_page_says_so(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    response = clinic.post(page_of(pair), answered(clinic, pair, sex=str(other.pk)), follow=True)
    assert response.redirect_chain == [(reverse("clinic:patient", args=[one.pk]), 302)]
    assert f"Number {other.number} leads here now" in text_of(response)
    assert "Merged into this record:" in text_of(response)
    assert (fresh(other).merged_into_id, fresh(one).sex) == (one.pk, "other")
    assert PatientMerge.objects.get().decided["weight"] == "weigh-first"


def test_either_of_the_two_may_stay(clinic: Client, pair: tuple[Patient, Patient]) -> None:
    one, other = pair
    clinic.post(page_of(pair), answered(clinic, pair, survivor=str(other.pk)))
    assert fresh(one).merged_into_id == other.pk
    assert fresh(other).born_on == date(1969, 3, 4)


def test_what_is_not_decided_is_asked_in_its_place_and_nothing_typed_is_lost(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    one, _other = pair
    sent = {"shown": shown_on(clinic.get(page_of(pair))), "survivor": str(one.pk), "why": "Same"}
    response = clinic.post(page_of(pair), {**sent, "sex": str(one.pk)})
    assert response.status_code == 422
    errors = response.context["form"].errors
    assert set(errors) - {"__all__"} == {"born_on", "weight", "allergies", "identifiers"}
    page = text_of(response)
    assert "> Same</textarea>" in page
    assert page.count("checked") == 2
    assert not PatientMerge.objects.exists()


def test_everything_that_is_missing_is_said_at_once(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    errors = clinic.post(page_of(pair), {}).context["form"].errors
    assert set(errors) == {"survivor", "born_on", "sex", "weight", "allergies", "identifiers"}


@pytest.mark.parametrize(
    "forged",
    [
        {"survivor": ""}, {"survivor": "3c2d4f5e-58a0-4a53-9d1c-0c6a2f6d3b11"}, {"why": "  "},
        {"why": "x" * 401}, {"born_on": "unknown"}, {"allergies": "on"}, {"weight": "none"},
    ],
)  # fmt: skip
def test_a_forged_or_empty_answer_is_refused(
    clinic: Client, pair: tuple[Patient, Patient], forged: dict[str, str]
) -> None:
    response = clinic.post(page_of(pair), answered(clinic, pair, **forged))
    assert response.status_code == 422
    assert set(forged) <= set(response.context["form"].errors)
    assert not PatientMerge.objects.exists()


def test_a_forged_stamp_of_the_page_is_a_page_that_is_old(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    for stamp in ("", "0" * 64, "ﷺ" * 9):
        assert clinic.post(page_of(pair), answered(clinic, pair, shown=stamp)).status_code == 409
    assert not PatientMerge.objects.exists()


def test_a_page_that_is_old_shows_what_is_new_and_asks_again(
    clinic: Client, actor: User, pair: tuple[Patient, Patient]
) -> None:
    sent = answered(clinic, pair)
    chart.add_statement(
        patient_id=pair[1].pk, kind=StatementKind.ALLERGY, text="Penicillin", severity="severe",
        actor=actor,
    )  # fmt: skip
    response = clinic.post(page_of(pair), sent)
    page = text_of(response)
    assert response.status_code == 409
    assert "Penicillin" in page
    assert "> One woman</textarea>" in page
    # Which one stays is kept; what was decided on the older page is not.
    assert page.count("checked") == 1
    assert clinic.post(page_of(pair), {**sent, "shown": shown_on(response)}).status_code == 302


def test_a_second_click_says_that_it_is_done(clinic: Client, pair: tuple[Patient, Patient]) -> None:
    sent = answered(clinic, pair)
    first, second = (clinic.post(page_of(pair), sent) for _ in range(2))
    assert first.url == second.url
    assert PatientMerge.objects.count() == 1
    assert clinic.get(page_of((pair[1], pair[0]))).status_code == 302


def test_a_record_is_not_compared_with_itself_or_with_nobody(clinic: Client) -> None:
    patient = make_patient()
    assert clinic.get(page_of((patient, patient))).status_code == 404
    nobody = reverse("clinic:patient_merge", args=[patient.pk, make_clinician().pk])
    assert clinic.get(nobody).status_code == 404


def test_a_session_under_way_is_named_and_linked(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    procedure = encounters.walk_in(
        patient_id=pair[0].pk, clinician=make_clinician(), reason="Neck", actor=make_desk()
    )
    Procedure.objects.filter(pk=procedure.pk).update(
        status="in-progress", started_at=procedure.recorded_at
    )
    response = clinic.post(page_of(pair), answered(clinic, pair))
    assert response.status_code == 422
    assert reverse("clinic:session", args=[procedure.pk]) in text_of(response)
    assert not PatientMerge.objects.exists()


# ── a page of the record that was merged away ────────────────────────────────────────────────


@pytest.mark.parametrize(
    "name",
    ["patient", "patient_edit", "patient_looked", "chart", "chart_weight", "chart_allergy",
     "appointment_new", "patient_duplicates"],
)  # fmt: skip
def test_an_old_address_leads_to_the_record_that_stays_and_says_so(
    clinic: Client, pair: tuple[Patient, Patient], name: str
) -> None:
    one, other = pair
    merge(one, other)
    response = clinic.get(reverse(f"clinic:{name}", args=[other.pk]), follow=True)
    assert response.redirect_chain == [(reverse(f"clinic:{name}", args=[one.pk]), 302)]
    assert f"was merged into number {one.number}" in text_of(response)
    assert response.status_code == 200


def test_what_was_typed_on_the_merged_record_waits_on_the_one_that_stays(
    clinic: Client, actor: User, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    page = clinic.get(reverse("clinic:chart_allergy", args=[other.pk]))
    merge(one, other)
    typed = {
        "text": "Iodine", "severity": "severe", "reaction": "Rash",
        "token": str(page.context["form"].initial["token"]),
    }  # fmt: skip
    response = clinic.post(reverse("clinic:chart_allergy", args=[other.pk]), typed)
    assert response.status_code == 409
    there = reverse("clinic:chart_allergy", args=[one.pk])
    assert there in text_of(response)
    assert "Nothing was saved" in text_of(response)
    assert not ClinicalStatement.objects.filter(text="Iodine").exists()
    waiting = text_of(clinic.get(there))
    assert 'value="Iodine"' in waiting
    assert 'value="Rash"' in waiting
    form = clinic.get(there).context["form"]
    sent = {**typed, "token": str(form.initial["token"])}
    assert clinic.post(there, sent).status_code == 302
    assert ClinicalStatement.objects.get(text="Iodine").patient_id == one.pk
    assert not Draft.objects.filter(owner=actor, subject=one.pk).exists()


def test_details_typed_on_the_merged_record_are_shown_and_not_put_over_the_other(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    merge(one, other)
    typed = {
        "given_name": "Otoline", "family_name": "Fetherstone-Hay", "born_on": "1969-03-05",
        "sex": "other", "revision": "1",
    }  # fmt: skip
    response = clinic.post(reverse("clinic:patient_edit", args=[other.pk]), typed)
    assert response.status_code == 409
    assert "Fetherstone-Hay" in text_of(response)
    assert fresh(one).family_name == "Featherstone"
    edit = clinic.get(reverse("clinic:patient_edit", args=[one.pk]))
    assert "Fetherstone-Hay" not in text_of(edit)


@pytest.mark.parametrize("name", ["walk_in", "chart_no_allergies", "patient_export"])
def test_an_act_on_the_merged_record_is_not_done_on_the_other(
    clinic: Client, pair: tuple[Patient, Patient], name: str
) -> None:
    one, other = pair
    merge(one, other)
    response = clinic.post(reverse(f"clinic:{name}", args=[other.pk]), {})
    assert response.status_code == 409
    assert reverse("clinic:patient", args=[one.pk]) in text_of(response)
    assert not Procedure.objects.exists()
    assert not fresh(one).no_known_allergies


def test_a_line_of_the_merged_record_is_ended_on_the_one_that_stays(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    line = Measurement.objects.get(patient=other)
    merge(one, other)
    old = reverse("clinic:chart_wrong", args=[other.pk, "measurement", line.pk])
    new = reverse("clinic:chart_wrong", args=[one.pk, "measurement", line.pk])
    assert clinic.get(old).url == new
    assert clinic.post(new, {"reason": "wrong-patient"}).status_code == 302


def test_search_says_under_which_name_somebody_was_found(
    client: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    merge(one, other)
    client.force_login(make_desk())
    page = text_of(client.post(reverse("clinic:patients"), {"q": other.number}))
    assert reverse("clinic:patient", args=[one.pk]) in page
    assert reverse("clinic:patient", args=[other.pk]) not in page
    assert f"no. {other.number}, which was merged into this record" in page


def test_who_looked_at_either_stands_on_the_one_that_stays(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    nurse = make_nurse()
    Client().force_login(nurse)
    clinic.get(reverse("clinic:patient", args=[other.pk]))
    merge(one, other)
    page = text_of(clinic.get(reverse("clinic:patient_looked", args=[one.pk])))
    assert ">merged away<" in page
    assert ">merged<" in page


# ── taking apart ─────────────────────────────────────────────────────────────────────────────


def test_the_two_are_taken_apart_on_a_page_that_lists_what_stays(
    clinic: Client, actor: User, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    done = merge(one, other)
    chart.add_statement(
        patient_id=one.pk, kind=StatementKind.ALLERGY, text="Iodine", severity="mild", actor=actor
    )
    url = reverse("clinic:patient_unmerge", args=[one.pk, done.pk])
    assert url in text_of(clinic.get(reverse("clinic:patient_duplicates", args=[one.pk])))
    assert "Iodine" in text_of(clinic.get(url))
    assert clinic.post(url, {"why": ""}).status_code == 422
    response = clinic.post(url, {"why": "Two sisters"}, follow=True)
    assert f"Number {other.number} stands on its own again" in text_of(response)
    assert fresh(other).merged_into_id is None
    assert clinic.post(url, {"why": "Two sisters"}).status_code == 302
    assert clinic.get(url).status_code == 302
    clinic.force_login(make_clinician())
    assert clinic.post(url, {"why": "Two sisters"}).status_code == 409


def test_a_merge_is_taken_apart_on_its_own_record_alone(
    clinic: Client, pair: tuple[Patient, Patient]
) -> None:
    done = merge(*pair)
    forged = reverse("clinic:patient_unmerge", args=[make_patient().pk, done.pk])
    assert clinic.get(forged).status_code == 404
    assert clinic.post(forged, {"why": "Two sisters"}).status_code == 404
    assert PatientMerge.objects.get().undone_at is None


def test_weights_nobody_could_reconcile_are_not_offered_at_arrival(
    client: Client, pair: tuple[Patient, Patient]
) -> None:
    one, other = pair
    merge(one, other, weight="weigh-first")
    procedure = encounters.walk_in(
        patient_id=one.pk, clinician=make_clinician(), reason="Neck", actor=make_desk()
    )
    client.force_login(make_nurse())
    page = text_of(client.get(reverse("clinic:session_arrive", args=[procedure.pk])))
    assert "Two records with weights far apart were merged" in page
    assert 'name="accept"' not in page
    weigh = reverse("clinic:session_weigh", args=[procedure.pk])
    forged = str(Measurement.objects.filter(patient=one).latest("recorded_at").pk)
    assert client.post(weigh, {"accept": forged}).status_code == 422
    sent = {"weight": "61", "unit": "kg", "confirmed": "yes"}
    assert client.post(weigh, sent).status_code == 302
