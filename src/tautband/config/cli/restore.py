"""`tautband restore FILE`."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("restore", help="put a backup in the place of the store")
    command.add_argument("file", type=Path, help="a backup made by `tautband backup`")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Check, replace, keep the old one; the trail of the restored store says so."""
    from django.db import transaction

    from tautband.audit import trail
    from tautband.config import backups, store

    kept = backups.restore(args.file, say=print)
    store.bring_up()
    with transaction.atomic():
        trail.record("store.restore", actor_id=None)
    print("Done." + (f" The old store is kept as {kept}." if kept else ""))
    return 0
