"""`tautband import PATH…`."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tautband.interop.fhir.report import ImportReport


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("import", help="take in patients from FHIR R4 files")
    command.add_argument(
        "path",
        type=Path,
        nargs="+",
        help="a file of FHIR JSON or NDJSON, gzipped or not, or a folder",
    )
    command.add_argument(
        "--source",
        default="",
        metavar="NAME",
        help="the system they come from, if another one has the same ids",
    )
    command.add_argument("--as", dest="person", required=True, metavar="NAME",
                         help="the sign-in name of whoever answers for this import")  # fmt: skip
    command.add_argument("--json", action="store_true", help="print the report as JSON")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Hand the files over, and print what became of them."""
    from tautband.config import store
    from tautband.config.cli.people import person_named
    from tautband.interop.fhir import importer

    store.bring_up()
    report = importer.run(args.path, actor=person_named(args.person), source=args.source)
    if args.json:
        print(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
    else:
        for line in _lines(report):
            print(line)
    return report.exit_code


def _lines(report: "ImportReport") -> Iterator[str]:
    """The report as a person reads it."""
    counts = ", ".join(f"{count} {what}" for what, count in report.patients.items())
    yield f"Patients: {counts or 'none'}"
    for name, kept, ignored, refused in report.types:
        yield f"  {name}: {kept} kept, {ignored} ignored, {refused} refused"
    for refusal in report.refused:
        yield f"Refused: {refusal.where}: {refusal.why}"
    if not report.has_patient:
        yield "Nothing readable with a patient in it."
    for patient_id, one in report.differences:
        here, there = one.here or "nothing", one.there or "nothing"
        yield f"Differs: {patient_id}: {one.about}.{one.name}: here {here}, there {there}"
