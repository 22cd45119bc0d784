"""`tautband serve`."""

import argparse
from typing import Any


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("serve", help="answer browsers")
    command.add_argument("--host", default="127.0.0.1", help="address to listen on")
    command.add_argument("--port", type=port, default=8000)
    command.add_argument("--workers", type=int, default=2, choices=range(1, 65), metavar="N",
                         help="processes; about one to a core")  # fmt: skip
    command.set_defaults(run=run)


def port(text: str) -> int:
    """A port that may be listened on."""
    number = int(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return number


def run(args: argparse.Namespace) -> int:
    """Bring the store up and serve until told to stop."""
    from django.core.checks import WARNING

    from tautband.config import server, store
    from tautband.records.queries import centre

    for message in store.bring_up():
        if message.level >= WARNING:
            print(message.msg, message.hint or "", flush=True)
    server.collect_static()
    server.refuse_taken(args.host, args.port)
    if centre.current() is None:
        from tautband.records.actions.centres import setup_code

        print(f"First run: the page asks for this code: {setup_code()}", flush=True)
    print(f"tautband answers on http://{args.host}:{args.port}/", flush=True)
    server.serve(host=args.host, port=args.port, workers=args.workers)
    return 0
