"""`tautband import PATH…`."""

import argparse
import json
from pathlib import Path
from typing import Any


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("import", help="take in patients from FHIR R4 files")
    command.add_argument("path", type=Path, nargs="+", help="a bundle, gzipped or not, or a folder")
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
    report = importer.run(args.path, actor=person_named(args.person))
    if args.json:
        print(json.dumps(report.to_json(), indent=2, ensure_ascii=False))
        return report.exit_code
    print(
        "Patients: " + (", ".join(f"{n} {what}" for what, n in report.patients.items()) or "none")
    )
    for name, kept, ignored, refused in report.types:
        print(f"  {name}: {kept} kept, {ignored} ignored, {refused} refused")
    for each in report.refused:
        print(f"Refused: {each.where}: {each.why}")
    for words in report.differences:
        print(f"Differs: {words}")
    return report.exit_code
