"""The measurements start, and what holds a record against its trail finds what was planted."""

from collections.abc import Callable
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from uuid import uuid4

import pytest
from django.db.models import F

from bench.rig import figures, invariants
from bench.rig.clinic import OpenSession, open_session
from bench.rig.notebook import Notebook, Save
from bench.rig.visitor import form_fields, seen_in, values_of
from tautband.audit.models import AuditEvent
from tautband.records.actions import injections
from tautband.records.models import Encounter, Ingredient, Injection, Patient, Procedure
from tests import builders

MEASUREMENTS = sorted(path.stem for path in Path(invariants.__file__).parents[1].glob("*.py"))


@pytest.mark.parametrize("name", MEASUREMENTS)
def test_a_measurement_says_what_it_can_do(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        import_module(f"bench.{name}").main(["--help"])
    assert ended.value.code == 0
    assert f"bin/bench {name}" in capsys.readouterr().out


def test_there_are_the_measurements_the_manual_names() -> None:
    assert {"web", "faults", "demo"} <= set(MEASUREMENTS)


# ── what must hold after a kill ──────────────────────────────────────────────────────────────


@pytest.fixture
def sitting(db: None) -> OpenSession:
    builders.make_centre()
    people = builders.make_clinician(), builders.make_nurse(), builders.make_desk()
    return open_session(*people)


def test_a_sitting_made_by_the_actions_is_whole(sitting: OpenSession) -> None:
    assert invariants.broken() == []


def _given(sitting: OpenSession) -> None:
    Injection.objects.filter(pk=sitting.rows[0]).update(
        status="given", given_at=datetime(2026, 1, 1, tzinfo=UTC)
    )


def _row_without_event(sitting: OpenSession) -> None:
    Injection.objects.create(
        procedure_id=sitting.procedure, number=99, muscle="infraspinatus", side="left"
    )


def _row_gone(sitting: OpenSession) -> None:
    Injection.objects.filter(pk=sitting.rows[0]).delete()


def _changed_without_event(sitting: OpenSession) -> None:
    Procedure.objects.filter(pk=sitting.procedure).update(revision=F("revision") + 1)


def _begun(sitting: OpenSession) -> None:
    Procedure.objects.filter(pk=sitting.procedure).update(started_at=datetime.now(UTC))


def _settled(sitting: OpenSession) -> None:
    Procedure.objects.filter(pk=sitting.procedure).update(plan_fingerprint="0" * 64)


def _not_asked(sitting: OpenSession) -> None:
    Encounter.objects.filter(procedures=sitting.procedure).update(asked_at=None)


def _answer_missing(sitting: OpenSession) -> None:
    Encounter.objects.get(procedures=sitting.procedure).answers.all()[0].delete()


def _syringe_emptied(sitting: OpenSession) -> None:
    Ingredient.objects.filter(syringe=sitting.syringe).delete()


def _chart_changed(sitting: OpenSession) -> None:
    Patient.objects.filter(procedures=sitting.procedure).update(revision=F("revision") + 7)


@pytest.mark.parametrize(
    "plant",
    [
        _given, _row_without_event, _row_gone, _changed_without_event, _begun, _settled,
        _not_asked, _answer_missing, _syringe_emptied, _chart_changed,
    ],
)  # fmt: skip
def test_half_a_session_is_found(
    sitting: OpenSession, plant: Callable[[OpenSession], None]
) -> None:
    plant(sitting)
    assert invariants.broken()


def test_a_visit_without_a_session_is_found(sitting: OpenSession) -> None:
    whole = Encounter.objects.get(procedures=sitting.procedure)
    lonely = Encounter.objects.create(
        patient=whole.patient, clinician=whole.clinician, arrived_at=whole.arrived_at, on=whole.on
    )
    assert invariants.broken() == [f"visit {lonely.pk}: without a session"]


# ── what was acknowledged ────────────────────────────────────────────────────────────────────


def change(sitting: OpenSession, volume_ul: int) -> None:
    procedure = Procedure.objects.select_related("encounter__clinician").get(pk=sitting.procedure)
    injections.change(
        procedure_id=sitting.procedure, injection_id=sitting.rows[0],
        changes={"volume_ul": volume_ul}, actor=procedure.encounter.clinician,
    )  # fmt: skip


def sent(notebook: Notebook, sitting: OpenSession, value: int, *, answered: bool) -> None:
    save = notebook.send(Save(sitting.procedure, "injection.change", sitting.rows[0], value))
    if answered:
        notebook.acknowledge(save)


def test_an_acknowledged_save_that_stands_is_not_lost(sitting: OpenSession) -> None:
    notebook = Notebook()
    for value in (300, 400):
        change(sitting, value)
        sent(notebook, sitting, value, answered=True)
    assert notebook.lost() == []
    assert notebook.acknowledged == 2


def test_an_acknowledged_save_that_never_came_is_lost(sitting: OpenSession) -> None:
    notebook = Notebook()
    change(sitting, 300)
    sent(notebook, sitting, 300, answered=True)
    sent(notebook, sitting, 400, answered=True)
    assert len(notebook.lost()) == 2  # no event, and not the amount


def test_a_save_nobody_answered_may_have_been_done_or_not(sitting: OpenSession) -> None:
    notebook = Notebook()
    change(sitting, 300)
    sent(notebook, sitting, 300, answered=True)
    sent(notebook, sitting, 400, answered=False)
    assert notebook.lost() == []
    change(sitting, 400)
    assert notebook.lost() == []


def test_a_save_done_twice_is_found(sitting: OpenSession) -> None:
    notebook = Notebook()
    sent(notebook, sitting, 300, answered=True)
    for _twice in range(2):
        change(sitting, 300)
    [words] = notebook.lost()
    assert "1 acknowledged of 1 sent, 2 on the trail" in words


def test_an_amount_that_went_back_is_found(sitting: OpenSession) -> None:
    notebook = Notebook()
    change(sitting, 300)
    sent(notebook, sitting, 300, answered=True)
    Injection.objects.filter(pk=sitting.rows[0]).update(volume_ul=900)
    assert notebook.lost() == [f"row {sitting.rows[0]}: volume_ul is not what was acknowledged"]


def test_the_trail_of_another_session_counts_for_nothing(sitting: OpenSession) -> None:
    notebook = Notebook()
    notebook.acknowledge(notebook.send(Save(uuid4(), "procedure.sign")))
    assert len(notebook.lost()) == 1
    assert AuditEvent.objects.exists()


# ── reading pages, reading figures ───────────────────────────────────────────────────────────


def test_a_form_is_sent_as_it_stands_in_the_page() -> None:
    page = """
    <form id="other"><input name="a" value="wrong"></form>
    <form id="this"><input name="a" value="1"><input type="checkbox" name="b" checked>
    <input type="checkbox" name="c"><input name="d" value="2" disabled>
    <input type="submit" name="e">
    <select name="f"><option value="x"><option value="y" selected></select>
    <textarea name="g">words</textarea></form>
    """
    assert form_fields(page, "this") == {"a": ["1"], "b": ["on"], "f": ["y"], "g": ["words"]}


def test_hidden_values_are_read_from_a_page() -> None:
    row = uuid4()
    page = f'<form id="f-{row}" class="x"><input type="hidden" name="seen" value="0a1b"></form>'
    assert seen_in(page, row) == "0a1b"
    assert values_of(page + '<input name="risks" value="lung">', "risks") == ["lung"]


def test_percentiles_are_values_that_were_measured() -> None:
    values = [float(number) for number in range(1, 101)]
    assert [figures.percentile(values, share) for share in (0.5, 0.95, 0.99)] == [50, 95, 99]
    assert figures.percentile([7.0], 0.99) == 7
