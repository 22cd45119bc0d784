"""`tautband backup FILE`."""

import argparse
from pathlib import Path
from typing import Any


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("backup", help="copy the store while it is in use, and check it")
    command.add_argument("file", type=Path, help="where the copy goes")
    command.add_argument("--force", action="store_true", help="replace an older copy there")
    command.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy, check, put in place; the trail says that it was done."""
    from django.db import transaction

    from tautband.audit import trail
    from tautband.config import backups, store

    store.bring_up()
    target = backups.backup(args.file, force=args.force)
    with transaction.atomic():
        trail.record("store.backup", actor_id=None, detail={"bytes": target.stat().st_size})
    print(f"{target} holds the whole store and was checked.")
    return 0
