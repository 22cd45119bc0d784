"""`tautband show PATIENT`."""

import argparse
import json
from collections.abc import Iterator
from typing import Any

from tautband.errors import NotAllowed, Refused


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("show", help="print everything that stands on a patient's record")
    command.add_argument(
        "patient", help="an id, a number of this centre, an identifier, or system|identifier"
    )
    command.add_argument(
        "--as", dest="person", required=True, metavar="NAME",
        help="the sign-in name of whoever looks; their role must read records",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="print it as JSON")
    command.add_argument(
        "--ids", action="store_true", help="with what differs between two stores that hold the same"
    )
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Find the one patient, say on the trail that somebody looks, and print."""
    from tautband.accounts.access import Permission, may
    from tautband.audit import trail
    from tautband.config import store
    from tautband.config.cli.people import person_named
    from tautband.records.queries import merging, patients
    from tautband.records.queries.plain_record import plain_record

    store.bring_up()
    person = person_named(args.person)
    if not may(person, Permission.VIEW_RECORD):
        raise NotAllowed("This role does not read records.")
    found = patients.known_as(args.patient)
    if len(found) != 1:
        # What was asked for may be a person's number, so it is not repeated.
        raise Refused(
            "More than one patient goes by this: name the system as well, as system|identifier."
            if found
            else "No patient here goes by this."
        )
    [asked_for] = found
    patient = merging.survivor_of(asked_for)
    trail.record_view("patient.whole", actor_id=person.pk, patient_id=patient.pk)
    record = plain_record(patient, ids=args.ids)
    if patient != asked_for:
        words = {"number": asked_for.number, "merged_into": patient.number}
        record = {"asked_for": words, **record}
    if args.json:
        print(json.dumps(record, indent=2, ensure_ascii=False, sort_keys=True))
    else:
        for line in _lines(record):
            print(line)
    return 0


def _lines(part: object, depth: int = 0) -> Iterator[str]:
    """Plain data as indented lines; what holds nothing is left out."""
    space = "  " * depth
    if isinstance(part, dict):
        for name, value in part.items():
            words = name.replace("_", " ")
            if isinstance(value, (dict, list)) and value:
                yield f"{space}{words}:"
                yield from _lines(value, depth + 1)
            elif not isinstance(value, (dict, list)):
                yield f"{space}{words}: {_said(value)}"
    elif isinstance(part, list):
        for one in part:
            lines = list(_lines(one, depth + 1))
            if lines:
                yield f"{space}- {lines[0].strip()}"
                yield from lines[1:]
    else:
        yield f"{space}{_said(part)}"


def _said(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
