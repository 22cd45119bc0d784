"""`tautband demo`: a working clinic of fictional patients."""

import argparse
import os
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from typing import Any

from tautband.config import install, libraries
from tautband.config.cli.serve import port
from tautband.errors import Refused

PASSWORDS = "demo-passwords.txt"
PATIENCE_SECONDS = 20


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("demo", help="open a demo clinic of fictional patients")
    command.add_argument("what", nargs="?", choices=["load"],
                         help="load: only make the clinic, do not serve it")  # fmt: skip
    command.add_argument("--port", type=port, default=8000)
    command.add_argument("--no-browser", action="store_true", help="do not open a browser")
    command.add_argument("--data", type=Path, help="folder of the demo clinic; default var/demo")
    command.set_defaults(run=run, before_django=choose_folder)


def choose_folder(args: argparse.Namespace) -> None:
    """The demo clinic never lies in the folder of a real one."""
    if args.data or "TAUTBAND_DATA" not in os.environ:
        os.environ["TAUTBAND_DATA"] = str(args.data or install.BASE / "var" / "demo")


def run(args: argparse.Namespace) -> int:
    """Make the clinic if there is none, say how to sign in, and serve it."""
    from tautband.config import server, store
    from tautband.records.queries import centre

    if args.what != "load":
        server.refuse_taken("127.0.0.1", args.port)
    store.bring_up()
    passwords = install.data_folder() / PASSWORDS
    if centre.current() is None:
        load(passwords)
    elif not passwords.exists():
        # Fictional patients must never be offered as the way into a real clinic.
        raise Refused("This store holds a clinic that `demo` did not make. Use `tautband serve`.")
    if args.what == "load":
        return 0
    server.collect_static()
    url = f"http://127.0.0.1:{args.port}/"
    print(f"\nThe demo clinic answers on {url}  (every patient is fictional)\n")
    print(passwords.read_text("utf-8"))
    if missing := libraries.missing_pdf_library():
        print(f"PDFs are off: {missing} is missing (Debian: {libraries.PDF_PACKAGES}).")
        print("The printable page of each note works all the same.\n")
    print("Ctrl-C ends it.", flush=True)
    if not args.no_browser and _has_screen():
        threading.Thread(target=_open_when_ready, args=(url,), daemon=True).start()
    server.serve(host="127.0.0.1", port=args.port, workers=2)
    return 0


def load(passwords: Path) -> None:
    """Make the clinic: all of it or, when that is interrupted, nothing."""
    from datetime import UTC, datetime

    from django.db import transaction

    from tautband.demo.load import load as load_clinic

    print("Making the demo clinic, once …", flush=True)
    started = time.monotonic()
    with transaction.atomic():
        people = load_clinic(now=datetime.now(UTC))
        width = max(len(each.username) for each in people)
        lines = [f"  {each.username:<{width}}  {each.password}  {each.what}" for each in people]
        install.write_private(passwords, "\n".join(lines) + "\n")
    print(f"Made in {time.monotonic() - started:.0f} s.", flush=True)


def _has_screen() -> bool:
    return sys.platform == "darwin" or bool({"DISPLAY", "WAYLAND_DISPLAY"} & os.environ.keys())


def _open_when_ready(url: str) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        try:
            urllib.request.urlopen(url, timeout=1).close()  # noqa: S310 our own address
        except (urllib.error.URLError, OSError):
            time.sleep(0.2)
        else:
            webbrowser.open(url)
            return
