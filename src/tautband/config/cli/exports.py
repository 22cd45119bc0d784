"""`tautband export PATIENT FILE` and `tautband export-audit FILE`."""

import argparse
import csv
import os
import sys
from collections.abc import Iterator
from datetime import date
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tautband.errors import Refused

if TYPE_CHECKING:
    from tautband.records.queries.audit_table import AuditRow

STDOUT = "-"
# A spreadsheet takes what begins with one of these for a formula, and runs it.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_TYPED = ("lot", "complication")


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the commands."""
    record = commands.add_parser("export", help="write a patient's whole record as FHIR R4")
    record.add_argument(
        "patient", help="an id, a number of this centre, an identifier, or system|identifier"
    )
    record.add_argument("file", help="where to write it, or - for standard output")
    record.set_defaults(run=run)
    audit = commands.add_parser(
        "export-audit", help="write a row of CSV for each injection given, without names"
    )
    audit.add_argument("file", help="where to write it, or - for standard output")
    audit.add_argument(
        "--from", dest="first", type=_day, metavar="DAY", help="first day, YYYY-MM-DD"
    )
    audit.add_argument("--to", dest="last", type=_day, metavar="DAY", help="last day, YYYY-MM-DD")
    audit.set_defaults(run=run_audit)
    for command in (record, audit):
        command.add_argument(
            "--as", dest="person", required=True, metavar="NAME",
            help="the sign-in name of whoever takes it along; their role must allow it",
        )  # fmt: skip


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError("a day is written YYYY-MM-DD") from None


def run(args: argparse.Namespace) -> int:
    """Put the export on the trail, and write the file."""
    from django.utils import timezone

    from tautband.clinic.note_documents import documents_of
    from tautband.config import store
    from tautband.config.cli.people import person_named
    from tautband.interop.fhir.export import bundle
    from tautband.records.actions import exports
    from tautband.records.queries import patients

    store.bring_up()
    person = person_named(args.person)
    found = patients.known_as(args.patient)
    if len(found) != 1:
        # What was asked for may be a person's number, so it is not repeated.
        raise Refused(
            "More than one patient goes by this: name the system as well, as system|identifier."
            if found
            else "No patient here goes by this."
        )
    patient = exports.hand_over_record(patient_id=found[0].pk, actor=person)
    _write(args.file, bundle.export(patient, now=timezone.now(), notes=documents_of))
    return 0


def run_audit(args: argparse.Namespace) -> int:
    """Put the export on the trail, and write the table."""
    from tautband.config import store
    from tautband.config.cli.people import person_named
    from tautband.records.actions import exports

    store.bring_up()
    rows = exports.hand_over_audit(
        actor=person_named(args.person), first=args.first, last=args.last
    )
    table = StringIO(newline="")
    csv.writer(table).writerows(_lines(rows))
    _write(args.file, table.getvalue().encode())
    return 0


def _lines(rows: "list[AuditRow]") -> Iterator[list[str]]:
    from tautband.records.queries.audit_table import COLUMNS

    yield list(COLUMNS)
    for row in rows:
        yield [_cell(name, getattr(row, name)) for name in COLUMNS]


def _cell(name: str, value: str) -> str:
    return f"'{value}" if name in _TYPED and value.startswith(_FORMULA) else value


def _write(file: str, content: bytes) -> None:
    """The whole file or none: another file of this name is only replaced once this one is whole."""
    if file == STDOUT:
        sys.stdout.buffer.write(content)
        sys.stdout.buffer.flush()
        return
    path = Path(file)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_bytes(content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
