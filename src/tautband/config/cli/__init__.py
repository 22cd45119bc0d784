"""The command line: one module to a command, and what they have in common.

Exit codes: 0 done; 1 refused, or done in part; 2 the command or the store cannot be used.
"""

import argparse
import os
import signal
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import NoReturn

from tautband.config import install
from tautband.errors import Refused

# In the order of the help text. Modules that need Django import it when they run.
COMMANDS = (
    "serve", "demo", "check", "imports", "exports", "show", "backup", "restore", "check_store",
    "people",
)  # fmt: skip
DONE, REFUSED, UNUSABLE = 0, 1, 2


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        """Say what is wrong on one line, and where help is."""
        self.exit(UNUSABLE, f"{self.prog}: {message} (try {self.prog} --help)\n")


def parser() -> argparse.ArgumentParser:
    """Everything the command line understands."""
    top = _Parser(prog="tautband", description="The record of a trigger point injection clinic.")
    commands = top.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name in COMMANDS:
        import_module(f"tautband.config.cli.{name}").add(commands)
    return top


def main(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; what went wrong is one line on stderr."""
    args = parser().parse_args(arguments)
    # A pipe that closes early (`tautband … | head`) is no error of ours.
    signal.signal(signal.SIGPIPE, signal.SIG_DFL)
    # Nothing this program writes is for other accounts of the machine.
    os.umask(0o077)
    if hasattr(args, "before_django"):
        args.before_django(args)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tautband.config.settings")
    try:
        if getattr(args, "needs_no_store", False):
            return int(args.run(args))
        return _run(args)
    except KeyboardInterrupt:
        return 130


def _run(args: argparse.Namespace) -> int:
    import django
    from django.core.exceptions import ImproperlyConfigured

    try:
        install.prepare()
        django.setup()
    except ImproperlyConfigured as error:
        return fail(str(error), code=UNUSABLE)
    except OSError as error:
        return fail(f"{error.strerror}: {error.filename}", code=UNUSABLE)

    from django.db import OperationalError

    from tautband.config import store

    try:
        return int(args.run(args))
    except store.StoreUnusable as error:
        return fail(error.message, code=UNUSABLE)
    except Refused as error:
        return fail(error.message, code=REFUSED)
    except OperationalError as error:
        return fail(f"The store failed: {error}", code=UNUSABLE)
    except OSError as error:
        return fail(f"{error.strerror or error}: {error.filename or ''}", code=REFUSED)


def fail(message: str, *, code: int) -> int:
    """Say on one line of stderr what went wrong, and return the exit code."""
    print("tautband: " + " ".join(message.split()).rstrip(": "), file=sys.stderr)
    return code
