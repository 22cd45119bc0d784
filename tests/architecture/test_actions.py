"""An action is one verb, one transaction, one event of the trail; every argument has its name."""

import ast
import inspect
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from functools import wraps
from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from tautband.audit import trail
from tautband.audit.models import AuditEvent
from tautband.clinical.terms import Sex
from tautband.demo.clock import Clock, ruling
from tautband.demo.plans import PLANS
from tautband.demo.sitting import Walk
from tautband.demo.visit import Pain, Visit
from tautband.records.actions import chart, encounters, imports
from tautband.records.actions.demographics import Demographics
from tautband.records.models import Measurement, Patient
from tautband.records.models.vocabulary import StatementKind
from tests.architecture.event_paths import (
    FOLLOWED,
    Function,
    Module,
    Way,
    action_modules,
    actions_of,
    is_atomic,
    module_named,
)
from tests.architecture.source import SRC, dotted, name_of, python_files, tree_of
from tests.builders import make_centre, make_clinician, make_desk, make_nurse, make_patient

#: Actions without an `actor`, and who answers for them instead.
NO_ACTOR = {
    "accounts.actions.set_preferences": "`person` likes the screen so, and nobody else may say it",
    "accounts.actions.note_sign_in": "`person` signs in or out; who was locked out is not known",
    "records.actions.centres.set_up": "the first run: there is nobody yet; a code is asked for",
}
#: Actions with ways that the count cannot prove or that mean something else, and why.
OTHERWISE = {
    "records.actions.centres.set_up": (
        {Way(wrote=True, events=2)},
        "two actions in one transaction: somebody's account, and the centre",
    ),
    "records.actions.signatures.record_on_right_patient": (
        {Way(wrote=True, events=1), Way(wrote=True, events=2)},
        "opens a visit, an action of its own with its own event, and says where it came from",
    ),
    "records.actions.restorations.restore": (
        {Way(wrote=True, events=2)},
        "one event for the record, and one for each person of another centre whose name is kept",
    ),
    "records.actions.merges.merge": (
        {Way(wrote=True, events=2)},
        "one event on each of the two records, and one for each session that is asked anew",
    ),
    "records.actions.merges.unmerge": (
        {Way(wrote=True, events=2)},
        "the same, the other way round",
    ),
    "records.actions.drafts.keep": (
        {Way(wrote=True, events=0), Way(wrote=True, events=1)},
        "a draft is not the record: its beginning is an event, each later keystroke is not",
    ),
    "records.actions.imports.take_in": (
        {Way(wrote=True, events=0), Way(wrote=True, events=1)},
        "writes an event exactly when a column or a row changed, which the test below runs",
    ),
}
RIGHT = {Way(wrote=False, events=0), Way(wrote=True, events=1), Way(wrote=False, events=1)}


def every_action() -> Iterator[tuple[str, Module, Function]]:
    for module in action_modules():
        for name, function in actions_of(module).items():
            yield f"{module.name.removeprefix('tautband.')}.{name}", module, function


ACTIONS = {name: (module, function) for name, module, function in every_action()}


def test_there_are_actions_to_look_at() -> None:
    assert len(ACTIONS) > 60


@pytest.mark.parametrize("name", ACTIONS)
def test_every_argument_of_an_action_has_its_name(name: str) -> None:
    _, function = ACTIONS[name]
    arguments = function.args
    assert [arguments.posonlyargs, arguments.args, arguments.vararg] == [[], [], None]
    named = {each.arg for each in arguments.kwonlyargs}
    assert ("actor" in named) is (name not in NO_ACTOR)


@pytest.mark.parametrize("name", ACTIONS)
def test_an_action_writes_one_event_whichever_way_it_goes(name: str) -> None:
    module, function = ACTIONS[name]
    ways = module.ways(function.name)
    expected, _ = OTHERWISE.get(name, (set(), ""))
    assert ways - RIGHT == expected - RIGHT
    assert any(way.events for way in ways)


def test_the_whole_of_an_action_is_the_transaction() -> None:
    wrong = [
        name
        for name, (_, function) in ACTIONS.items()
        if dotted(function.decorator_list[0]) != "transaction.atomic"
    ]
    assert wrong == []


def test_what_writes_without_being_an_action_is_used_by_actions_alone() -> None:
    wrong = []
    for path in python_files(SRC):
        package = name_of(path).removeprefix("src/").removesuffix(".py").replace("/", ".")
        if package.startswith(FOLLOWED) or "actions" not in path.read_text("utf-8"):
            continue
        here = Module(package, tree_of(path), module_named)
        for node in ast.walk(here.tree):
            if isinstance(node, ast.Attribute | ast.Name):
                module, _, function = here._whole(dotted(node)).rpartition(".")
                if module.startswith(FOLLOWED) and writes_by_itself(module, function):
                    wrong.append(f"{name_of(path)}:{node.lineno} {dotted(node)}")
    assert wrong == []


def writes_by_itself(module: str, function: str) -> bool:
    held = module_named(module)
    if held is None or function not in held.functions or is_atomic(held.functions[function]):
        return False
    return any(way.wrote or way.events for way in held.ways(function))


def test_letting_go_is_not_an_action_and_is_seen_to_write() -> None:
    assert writes_by_itself("tautband.records.actions.standing", "let_go")
    assert not writes_by_itself("tautband.records.actions.standing", "hold")
    assert not writes_by_itself("tautband.records.actions.chart", "record_weight")


# ── the count itself ─────────────────────────────────────────────────────────────────────────


def ways_of(body: str) -> set[tuple[bool, int]]:
    source = (
        "from tautband.audit import trail\nfrom tautband.records.actions.standing import let_go\n"
        "def helper(row):\n    row.save()\n"
        "def act(*, row, rows, actor):\n" + "\n".join(f"    {line}" for line in body.splitlines())
    )
    module = Module("here", ast.parse(source), module_named)
    return {(way.wrote, way.events) for way in module.ways("act")}


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("row.save()\ntrail.record('x', actor_id=1)", {(True, 1)}),
        ("let_go(row, actor=actor, event='x')", {(True, 1)}),
        ("row.save()", {(True, 0)}),
        ("helper(row)", {(True, 0)}),
        ("let_go(row)\nlet_go(row)", {(True, 2)}),
        ("if row:\n    return None\nlet_go(row)", {(False, 0), (True, 1)}),
        ("if row:\n    row.save()\nelse:\n    let_go(row)", {(True, 0), (True, 1)}),
        ("row.save()\nif rows:\n    return row\nlet_go(row)", {(True, 0), (True, 1)}),
        ("for each in rows:\n    let_go(each)", {(False, 0), (True, 1), (True, 2)}),
        ("for each in rows:\n    each.save()\nlet_go(row)", {(True, 1)}),
        ("for x in rows:\n    if x:\n        break\n    x.save()", {(False, 0), (True, 0)}),
        ("row.save()\nraise ValueError", set()),
        ("try:\n    row.save()\nexcept ValueError:\n    raise\nlet_go(row)", {(True, 1)}),
        ("try:\n    let_go(row)\nexcept ValueError:\n    pass", {(False, 0), (True, 1)}),
        ("with row:\n    return let_go(row)", {(True, 1)}),
        ("row and let_go(row)", {(False, 0), (True, 1)}),
        ("[let_go(each) for each in rows]", {(False, 0), (True, 1), (True, 2)}),
        ("x, new = row.get_or_create()\nif new:\n    let_go(row)", {(False, 0), (True, 1)}),
        ("x, new = row.update_or_create()\nif new:\n    let_go(row)", {(True, 0), (True, 1)}),
        ("x, n = row.get_or_create()\nif not n:\n    return\nlet_go(row)", {(False, 0), (True, 1)}),
        ("match row:\n    case 1:\n        let_go(row)\n    case _:\n        row.save()",
         {(False, 0), (True, 0), (True, 1)}),
    ],
)  # fmt: skip
def test_every_way_is_counted(body: str, expected: set[tuple[bool, int]]) -> None:
    assert ways_of(body) == expected


# ── and seen running ─────────────────────────────────────────────────────────────────────────


class Watch:
    """Runs every action as it is, and notes what the outermost call wrote."""

    def __init__(self) -> None:
        self.depth = 0
        self.seen: dict[str, set[tuple[bool, int]]] = {}

    def around(self, name: str, action: Callable[..., Any]) -> Callable[..., Any]:
        @wraps(action)
        def watched(**arguments: Any) -> Any:
            if self.depth:
                return action(**arguments)
            before = AuditEvent.objects.count()
            self.depth += 1
            try:
                with CaptureQueriesContext(connection) as queries:
                    result = action(**arguments)
            finally:
                self.depth -= 1
            wrote = any(
                query["sql"].startswith(("INSERT", "UPDATE", "DELETE"))
                and "audit_auditevent" not in query["sql"]
                for query in queries
            )
            self.seen.setdefault(name, set()).add((wrote, AuditEvent.objects.count() - before))
            return result

        return watched


@pytest.fixture
def watch(monkeypatch: pytest.MonkeyPatch) -> Watch:
    watching = Watch()
    for name, (module, function) in ACTIONS.items():
        held = import_module(module.name)
        action = getattr(held, function.name)
        assert not inspect.signature(action).parameters.keys() & {"args"}
        monkeypatch.setattr(held, function.name, watching.around(name, action))
    return watching


#: What one sitting goes through, from the door to the signature.
WALKED = {
    "chart.record_weight", "encounters.walk_in", "encounters.confirm_identity",
    "encounters.accept_weight", "encounters.answer_questions", "assessments.assess",
    "assessments.add_trigger_point", "syringes.draw_up", "syringes.check", "injections.add",
    "procedures.authorise", "consents.take", "time_outs.take", "procedures.start",
    "injections.record_given", "procedures.finish", "recoveries.observe", "recoveries.let_leave",
    "signatures.sign",
}  # fmt: skip


@pytest.mark.django_db
def test_a_sitting_from_the_door_to_the_signature_writes_one_event_each_time(watch: Watch) -> None:
    make_centre()
    patient = make_patient()
    clinician, nurse, desk = make_clinician(), make_nurse(), make_desk()
    watch.seen.clear()
    start = datetime(2026, 3, 4, 9, 0, tzinfo=UTC)
    visit = Visit(
        patient=patient, clinician=clinician, nurse=nurse, desk=desk, plan=PLANS["shoulder"],
        side="right", pain=Pain(now=7, average=6, worst=8, peg=(6, 5, 5), after=3, at_30_min=2),
        weight_g=70_000,
    )  # fmt: skip
    with ruling(Clock(start)) as clock:
        procedure = encounters.walk_in(
            patient_id=patient.pk, clinician=clinician, reason="Shoulder pain", actor=desk
        )
        Walk(visit, procedure, clock).run()
    seen = {name.removeprefix("records.actions."): ways for name, ways in watch.seen.items()}
    assert set(seen) >= WALKED
    assert {name: ways for name, ways in seen.items() if ways != {(True, 1)}} == {}


@pytest.mark.django_db
def test_an_import_writes_one_event_exactly_when_it_changes_something(watch: Watch) -> None:
    make_centre()
    clinician = make_clinician()
    who = Demographics(
        given_name="Nils", family_name="Winterbourne", born_on=date(1970, 5, 6), sex=Sex.MALE
    )

    def take(**changes: Any) -> tuple[bool, int]:
        watch.seen.clear()
        stated = {
            "source": "a bundle", "who": who, "identifiers": [("urn:example", "1")], **changes,
        }  # fmt: skip
        imports.take_in(imported=imports.ImportedPatient(**stated), actor=clinician)
        return watch.seen["records.actions.imports.take_in"].pop()

    allergy = imports.ImportedStatement(
        kind=StatementKind.ALLERGY, source_id="1", text="Latex", severity="moderate"
    )
    assert take() == (True, 1)
    assert take() == (False, 0)
    assert take(statements=[allergy]) == (True, 1)
    assert take(statements=[allergy]) == (False, 0)
    moved = Demographics(**{**{n: getattr(who, n) for n in who.__slots__}, "address": "Quay Lane"})
    assert take(who=moved) == (True, 1)
    assert take(who=moved, identifiers=[("urn:example", "1"), ("urn:example", "2")]) == (True, 1)
    assert Patient.objects.count() == 1


@pytest.mark.django_db
def test_what_the_trail_cannot_take_is_not_written(monkeypatch: pytest.MonkeyPatch) -> None:
    patient, clinician = make_patient(weight_kg=None), make_clinician()

    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left")

    monkeypatch.setattr(trail, "record", full)
    with pytest.raises(OSError, match="no space"):
        chart.record_weight(
            patient_id=patient.pk, weight_g=70_000, as_entered="70 kg", actor=clinician,
            measured_on=date(2020, 1, 2),
        )  # fmt: skip
    assert not Measurement.objects.exists()


def test_an_event_outside_a_transaction_is_a_bug(transactional_db: None) -> None:
    with pytest.raises(trail.OutsideTransaction):
        trail.record("test.happened", actor_id=None)
    assert not AuditEvent.objects.exists()
