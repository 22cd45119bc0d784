"""Every page is guarded or public on purpose; opening one changes nothing; addresses carry ids."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.urls.converters import SlugConverter, UUIDConverter
from django.utils import timezone

from tautband.accounts import actions as accounts
from tautband.accounts.access import Permission, Role
from tautband.clinical.lifecycle import Step
from tautband.demo.clock import Clock, ruling
from tautband.demo.plans import PLANS
from tautband.demo.sitting import Walk
from tautband.demo.visit import Pain, Visit
from tautband.records.actions import appointments, assessments, chart, encounters
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import StatementKind
from tests.architecture.source import SRC, name_of, python_files, tree_of
from tests.builders import make_centre, make_nurse, make_patient
from tests.merged import merge

#: What anybody may open, and why.
PUBLIC = {
    "emergency": "never refused: no sign-in stands between a patient and the antidote",
    "emergency_pdf": "the same sheet on paper",
    "setup": "the first run: there is nobody to sign in yet; a code from the server is asked for",
    "sign_in": "where one says who one is",
    "language": "whoever cannot read the sign-in page must be able to change that",
}
#: What may be read by its address. Everything else is an act, and answers to POST alone.
PAGES = {
    "today", "emergency", "setup", "sign_in", "account", "password", "people", "person", "centre",
    "rescue_kit", "trail", "appointment_new", "appointment", "patients", "patient_new",
    "patient_import", "patient_import_progress", "patient", "patient_edit", "patient_looked",
    "patient_duplicates", "patient_merge", "patient_unmerge",
    "chart", "chart_weight", "chart_height", "chart_elsewhere", "chart_allergy", "chart_medicine",
    "chart_condition", "chart_end", "chart_wrong", "session", "session_arrive", "session_ask",
    "session_assess", "session_plan", "session_labels",
    "session_correct_syringe", "session_consent", "session_time_out",
    "session_inject", "session_observe", "session_check", "muscle_search", "note", "note_text",
    "note_pdf", "leaflet", "leaflet_pdf", "emergency_pdf",
    "session_labels_pdf", "session_label_pdf",
    "consent_form", "consent_form_pdf", "letter", "letter_pdf", "letter_text", "patient_referrer",
}  # fmt: skip
#: What is no paper yet in the session that these tests open: the plan is not settled,
#: nothing is signed.
NOT_YET = {"consent_form_pdf": 409, "letter_pdf": 409, "letter_text": 409}
#: The words an address may end in after "?", and why none of them is a name.
ASKED = {
    "day": "a date of the list",
    "show": "one of the list's filters",
    "clinician": "the id of somebody who works here",
    "weight_kg": "a weight for the emergency sheet, of nobody in particular",
    "paper": "a4 or letter",
    "language": "en or ar, of the emergency sheet",
    "first": "the first free label of a sheet, counted from 1",
    "q": "letters of a muscle's name",
    "next": "the page to go back to, an address of ours",
    "ended": "why somebody was signed out",
    "discard": "1: the draft is dropped",
}
#: Views that hand a whole query to a form or copy it, and the fields they take from it.
WHOLE = {
    "clinic/views/trail.py": "TrailForm: day, person, action, before, and `record`: the id, never"
    " a name, by which an auditor narrows the trail",
    "clinic/views/appointments.py": "clinician and day, from the address or from the form",
}
#: The forms that are sent by GET, and what they send; each of the rest says method="post".
SENT_BY_GET = {
    "clinic/templates/clinic/appointments/_when.html": "clinician, day",
    "clinic/templates/clinic/emergency/emergency.html": "weight_kg",
    "clinic/templates/clinic/sessions/labels.html": "paper, first",
    "clinic/templates/clinic/trail/trail.html": "day, person, action, record",
}
#: The words that stand in an address as they are, and one of each. Any other word is refused.
SLUGS = {
    "form": "plan",
    "what": "statement",
    "part": "before",
    "language": "en",
    "size": "a4",
}


def routes() -> Iterator[URLPattern]:
    todo: list[URLPattern | URLResolver] = list(get_resolver().url_patterns)
    while todo:
        each = todo.pop()
        if isinstance(each, URLResolver):
            todo += each.url_patterns
        else:
            yield each


ROUTES = {str(each.name): each for each in routes()}


def converters_of(route: URLPattern) -> dict[str, Any]:
    return route.pattern.converters  # type: ignore[no-any-return]


def test_every_page_has_a_name_of_its_own() -> None:
    assert len(ROUTES) == len(list(routes())) > 60
    assert "None" not in ROUTES


def test_every_page_is_guarded_unless_it_is_listed_as_public() -> None:
    views = {name: route.callback for name, route in ROUTES.items()}
    guarded = {name for name, view in views.items() if hasattr(view, "guarded_by")}
    public = {name for name, view in views.items() if getattr(view, "is_public", False)}
    assert public == set(PUBLIC)
    assert guarded == set(views) - public
    assert all(views[name].guarded_by in set(Permission) for name in guarded)


def test_an_address_holds_ids_and_fixed_words_alone() -> None:
    wrong = []
    for name, route in ROUTES.items():
        for part, converter in converters_of(route).items():
            is_id = isinstance(converter, UUIDConverter)
            is_word = isinstance(converter, SlugConverter) and part in SLUGS
            if not is_id and not is_word:
                wrong.append(f"{name}: {part}")
    assert wrong == []


def queries_asked(path_name: str, tree: ast.Module) -> Iterator[tuple[str, str]]:
    """Every use of request.GET in a module: the word it asks for, or "" for the whole of it."""
    parents = {child: node for node in ast.walk(tree) for child in ast.iter_child_nodes(node)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Attribute) or node.attr != "GET":
            continue
        above, word = parents[node], ""
        if isinstance(above, ast.Subscript):
            word = ast.literal_eval(above.slice)
        elif isinstance(above, ast.Attribute) and above.attr in {"get", "getlist"}:
            call = parents[above]
            word = ast.literal_eval(call.args[0]) if isinstance(call, ast.Call) else ""
        yield path_name, word


def test_no_page_asks_for_a_patient_after_the_question_mark() -> None:
    wrong = []
    for path in python_files(SRC):
        short = path.relative_to(SRC).as_posix()
        if ".GET" not in path.read_text("utf-8"):
            continue
        for name, word in queries_asked(short, tree_of(path)):
            if word not in ASKED and not (word == "" and name in WHOLE):
                wrong.append(f"{name}: {word or 'the whole query'}")
    assert wrong == []


LINK = re.compile(r"""(?:[}"'/]|action=")\?([a-z_]+)=""")


def test_no_link_says_more_than_that() -> None:
    wrong = []
    for path in [*python_files(SRC), *SRC.rglob("*.html"), *SRC.rglob("*.js")]:
        if "vendor" in path.parts or path.parts[-2] == "config":
            continue
        for word in LINK.findall(path.read_text("utf-8")):
            if word not in ASKED and (word, path.name) != ("record", "trail.html"):
                wrong.append(f"{name_of(path)}: ?{word}=")
    assert wrong == []


def test_a_form_sends_what_was_typed_in_its_body() -> None:
    sent = {
        path.relative_to(SRC).as_posix()
        for path in SRC.rglob("*.html")
        for form in re.findall(r"<form\b[^>]*>", path.read_text("utf-8"))
        if 'method="post"' not in form
    }
    assert sent == set(SENT_BY_GET)


@pytest.mark.parametrize(
    ("source", "word"),
    [
        ("request.GET.get('patient', '')", "patient"),
        ("request.GET['name']", "name"),
        ("SearchForm(request.GET or None)", ""),
        ("self.request.GET.getlist('ids')", "ids"),
    ],
)
def test_what_a_page_asks_for_is_seen(source: str, word: str) -> None:
    assert list(queries_asked("here", ast.parse(source))) == [("here", word)]


def test_no_page_is_excused_from_the_token_of_its_form() -> None:
    excused = [
        name_of(path) for path in python_files(SRC) if "csrf_exempt" in path.read_text("utf-8")
    ]
    assert excused == []


# ── opened for real ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def sitting(db: None) -> dict[str, UUID | str]:
    """Somebody who may do everything, and one of each thing that has an address."""
    make_centre()
    everything = accounts.create(
        username="all", full_name="Test Everything", short_name="All", roles=list(Role),
        is_senior=True, password=uuid4().hex, actor=None, must_change_password=False,
    )  # fmt: skip
    patient, other = make_patient(), make_patient()
    merged = merge(patient, make_patient(), actor=everything)
    line = chart.add_statement(
        patient_id=patient.pk, kind=StatementKind.MEDICINE, text="Bisoprolol", actor=everything
    )
    coming = (timezone.now() + timedelta(days=7)).replace(hour=10, minute=0)
    booked = appointments.book(
        patient_id=patient.pk, clinician_id=everything.pk, starts_at=coming, actor=everything
    )
    visit = Visit(
        patient=patient, clinician=everything, nurse=make_nurse(), desk=everything,
        plan=PLANS["shoulder"], side="right", weight_g=70_000, until=Step.OBSERVE,
        pain=Pain(now=7, average=6, worst=8, peg=(6, 5, 5), after=3, at_30_min=2), tray=None,
    )  # fmt: skip
    with ruling(Clock(datetime.now(UTC) - timedelta(hours=1))) as clock:
        procedure = encounters.walk_in(
            patient_id=patient.pk, clinician=everything, reason="Shoulder pain", actor=everything
        )
        walk = Walk(visit, procedure, clock)
        for step in (walk.arrive, walk.ask, walk.assess, walk.draw_up, walk.put_rows):
            step()
        motion = assessments.record_motion(
            procedure_id=procedure.pk, movement="Abduction", side="right", before_deg=80,
            after_deg=None, actor=everything,
        )  # fmt: skip
    assert walk.syringe is not None
    return {
        "person_id": everything.pk, "patient_id": patient.pk, "procedure_id": procedure.pk,
        "appointment_id": booked.pk, "line_id": line.pk, "injection_id": walk.rows[0].pk,
        "syringe_id": walk.syringe.pk, "subject": uuid4(), **SLUGS,
        "other_id": other.pk, "merge_id": merged.pk,
        "point_id": procedure.encounter.trigger_points.first().pk, "motion_id": motion.pk,
    }  # fmt: skip


@pytest.fixture
def browser(client: Client, sitting: dict[str, UUID | str]) -> Client:
    client.force_login(accounts.User.objects.get(pk=sitting["person_id"]))
    # The first page of a sign-in sets the clocks of its session.
    client.get(reverse("clinic:account"))
    return client


def address(name: str, ids: dict[str, UUID | str]) -> str:
    return reverse(
        f"clinic:{name}", kwargs={part: ids[part] for part in converters_of(ROUTES[name])}
    )


def test_what_acts_answers_to_post_alone(browser: Client, sitting: dict[str, UUID | str]) -> None:
    answers = {
        name: {method: getattr(browser, method)(address(name, sitting)).status_code
               for method in ("get", "put", "delete")}
        for name in set(ROUTES) - PAGES
    }  # fmt: skip
    assert {name: said for name, said in answers.items() if set(said.values()) != {405}} == {}


def test_opening_a_page_changes_nothing_but_the_trail(
    browser: Client, sitting: dict[str, UUID | str]
) -> None:
    wrong, opened = {}, set()
    for name in sorted(PAGES):
        with CaptureQueriesContext(connection) as queries:
            answer = browser.get(address(name, sitting))
        if answer.status_code == 200:
            opened.add(name)
        written = [
            query["sql"][:60]
            for query in queries
            if query["sql"].startswith(("INSERT", "UPDATE", "DELETE", "REPLACE"))
            and not query["sql"].startswith(
                # The clock of the sign-in moves on now and then, and is no part of a record.
                ('INSERT INTO "audit_auditevent"', 'UPDATE "django_session"')
            )
        ]
        if written or answer.status_code != NOT_YET.get(name, min(answer.status_code, 399)):
            wrong[name] = (answer.status_code, written)
    assert wrong == {}
    # The rest lead on: there is a centre, somebody is signed in, a session has its own first page.
    assert PAGES - opened == {"setup", "sign_in", "session", *NOT_YET}


def test_a_word_that_is_not_one_of_the_fixed_ones_is_refused(
    browser: Client, sitting: dict[str, UUID | str]
) -> None:
    before = Procedure.objects.values().get()
    wrong, tried = [], set()
    for name, route in ROUTES.items():
        for part, converter in converters_of(route).items():
            if isinstance(converter, SlugConverter):
                strange = address(name, {**sitting, part: "anna-winterbourne"})
                answers = [
                    browser.get(strange),
                    browser.post(strange, {"reason": "never-happened"}),
                ]
                tried.add(part)
                if not {answer.status_code for answer in answers} <= {404, 405, 422}:
                    wrong.append(strange)
    assert wrong == []
    assert tried >= {"form", "what"}
    assert Procedure.objects.values().get() == before
