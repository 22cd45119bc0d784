"""No name and no identifier of a patient in logs, errors, the trail or a model's own words."""

import ast
import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from tests.architecture.source import SRC, dotted, name_of, python_files, tree_of

#: What says who somebody is, on whatever it stands.
IDENTITY = {
    "given_name", "family_name", "other_name", "full_name", "names", "born_on", "deceased_on",
    "phone", "email", "address", "proxy_name", "proxy_authority", "emergency_contact",
}  # fmt: skip
#: What says so on a patient, and is something else on another thing.
ON_A_PATIENT = {"number", "value", "language"}
PATIENTS = {"patient", "who", "known", "holder", "identifier", "identifiers", "one", "typed"}
#: A whole patient at once.
WHOLE = {"__dict__", "_asdict"}
UNPACKERS = {"asdict", "astuple", "vars", "model_to_dict", "repr"}
#: Where somebody who works here is named on a terminal to the person who runs it.
STAFF = {"config/cli/people.py", "config/cli/demo.py", "demo/load.py"}
#: Words a model may say besides ids: each is a code, or public.
CODES = {
    ("AuditEvent", "action"): "the verb",
    ("FindingRecord", "rule"): "the id of a rule",
    ("FindingResponse", "rule"): "the id of a rule",
    ("AdverseEvent", "kind"): "the kind of an incident",
    ("Centre", "name"): "the centre's own name, which hangs at its door",
}


def named_in(node: ast.AST) -> Iterator[str]:
    """Everything of a patient's identity that an expression reads."""
    for each in ast.walk(node):
        if isinstance(each, ast.Attribute):
            on = dotted(each.value).rpartition(".")[2]
            if each.attr in IDENTITY | WHOLE or (each.attr in ON_A_PATIENT and on in PATIENTS):
                yield ast.unparse(each)
        elif isinstance(each, ast.Name) and each.id in IDENTITY - {"names"}:
            yield each.id
        elif isinstance(each, ast.Call) and dotted(each.func).rpartition(".")[2] in UNPACKERS:
            yield ast.unparse(each.func)
        elif (
            isinstance(each, ast.FormattedValue)
            and each.conversion == ord("r")
            and dotted(each.value).rpartition(".")[2] in PATIENTS
        ):
            # What is known of a patient but is no row of theirs says all of it when asked so.
            yield f"{ast.unparse(each.value)}!r"


def is_logger(call: ast.Call) -> bool:
    if not isinstance(call.func, ast.Attribute):
        return False
    on = dotted(call.func.value).rpartition(".")[2].lower() or (
        dotted(call.func.value.func) if isinstance(call.func.value, ast.Call) else ""
    )
    verbs = {"debug", "info", "warning", "warn", "error", "exception", "critical", "log"}
    return call.func.attr in verbs and bool(re.search(r"log|warnings", on))


def said_to(tree: ast.Module, kind: str) -> Iterator[tuple[int, ast.AST]]:
    """Every expression that reaches logs, errors, the trail or a terminal."""
    for node in ast.walk(tree):
        if kind == "error" and isinstance(node, ast.Raise) and node.exc is not None:
            yield node.lineno, node.exc
        if not isinstance(node, ast.Call):
            continue
        name = dotted(node.func).rpartition(".")[2]
        wanted = {
            "log": is_logger(node),
            "terminal": name == "print",
            "trail": name in {"record", "record_view", "record_day_view", "let_go", "_audit"},
            "error": name in {"Refused", "Stale", "NotAllowed"} or name.endswith("Error"),
        }[kind]
        if wanted:
            for argument in [*node.args, *(each.value for each in node.keywords)]:
                yield node.lineno, argument


def leaks(tree: ast.Module, kind: str) -> list[str]:
    return sorted(
        {f"{line} {what}" for line, said in said_to(tree, kind) for what in named_in(said)}
    )


@pytest.mark.parametrize("kind", ["log", "error", "trail", "terminal"])
def test_nobody_is_named_in(kind: str) -> None:
    wrong = [
        f"{name_of(path)}:{leak}"
        for path in python_files(SRC)
        if kind != "terminal" or path.relative_to(SRC).as_posix() not in STAFF
        for leak in leaks(tree_of(path), kind)
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("log", "logger.info('for %s', patient.family_name)"),
        ("log", "logging.getLogger(__name__).warning(f'for {patient.born_on}')"),
        ("log", "log.error('for ' + str(patient.number))"),
        ("log", "logger.debug('%s', vars(patient))"),
        ("log", "logger.exception('%r', model_to_dict(patient))"),
        ("log", "warnings.warn(patient.phone)"),
        ("error", "raise Refused(_('%s is here already') % patient.full_name)"),
        ("error", "raise ValueError(f'no such day: {who.born_on}')"),
        ("error", "raise Refused(words, fields={'phone': _('not %s') % phone})"),
        ("error", "problem = Stale(f'{patient!r}')"),
        ("trail", "trail.record('x', actor_id=1, detail={'name': patient.given_name})"),
        ("trail", "let_go(patient, actor=actor, event='x', detail={'was': identifier.value})"),
        ("trail", "let_go(patient, actor=actor, event='x', detail=asdict(who))"),
        ("terminal", "print(patient.address)"),
    ],
)
def test_a_name_on_its_way_out_is_seen(kind: str, source: str) -> None:
    assert leaks(ast.parse(source), kind)


@pytest.mark.parametrize(
    ("kind", "source"),
    [
        ("log", "logger.info('for %s', patient.pk)"),
        ("error", "raise Refused(_('Row %d') % injection.number)"),
        ("error", "raise Refused(words, fields={'born_on': words})"),
        ("trail", "let_go(patient, actor=actor, event='x', detail={'fields': sorted(changes)})"),
        ("trail", "trail.record('x', actor_id=actor.pk, patient_id=patient.pk)"),
    ],
)
def test_an_id_on_its_way_out_is_left_alone(kind: str, source: str) -> None:
    assert leaks(ast.parse(source), kind) == []


def filled(model: type[models.Model]) -> models.Model:
    """A row with something to recognise in every column."""
    values: dict[str, Any] = {}
    for field in model._meta.concrete_fields:
        if field.primary_key or field.is_relation:
            continue
        if isinstance(field, models.CharField | models.TextField):
            values[field.name] = f"<{field.name}>"
        elif isinstance(field, models.DateTimeField):
            values[field.name] = datetime(1961, 7, 13, 11, 47, tzinfo=UTC)
        elif isinstance(field, models.DateField):
            values[field.name] = date(1961, 7, 13)
        elif isinstance(field, models.TimeField):
            values[field.name] = time(11, 47)
        elif isinstance(field, models.BooleanField):
            values[field.name] = True
        elif isinstance(field, models.IntegerField):
            values[field.name] = 194_716
        elif isinstance(field, models.JSONField):
            values[field.name] = {"json": f"<{field.name}>"}
    return model(**values)


OURS = [each for each in apps.get_models() if each.__module__.startswith("tautband.")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_row_says_its_id_and_no_more(model: type[models.Model]) -> None:
    row = filled(model)
    for words in (str(row), repr(row)):
        told = set(re.findall(r"<(\w+)>", words.removeprefix(f"<{model.__name__}: ")))
        assert told <= {name for owner, name in CODES if owner == model.__name__}
        # The digits of an id are chance.
        assert not re.search(r"1961|11:47|194716", words.replace(str(row.pk), ""))


def test_every_model_words_itself() -> None:
    assert len(OURS) > 20
    assert [each.__name__ for each in OURS if "__str__" not in vars(each)] == []


def test_the_codes_of_the_list_are_said() -> None:
    by_name = {each.__name__: each for each in OURS}
    assert all(f"<{name}>" in str(filled(by_name[owner])) for owner, name in CODES)
