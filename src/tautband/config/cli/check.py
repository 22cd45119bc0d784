"""`tautband check PLAN.json`."""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

NOTHING_CRITICAL, CRITICAL, PLAN_REFUSED = 0, 1, 2


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the command."""
    command = commands.add_parser("check", help="say what every safety rule says of a plan")
    command.add_argument("plan", help="a file in the form of docs/reference/check.md; - is stdin")
    command.add_argument(
        "--pack", action="append", default=[], metavar="P",
        help="a pack of rules beside the core; may be given more than once",
    )  # fmt: skip
    command.add_argument("--json", action="store_true", help="print the answer as JSON")
    command.set_defaults(run=run, needs_no_store=True)


def run(args: argparse.Namespace) -> int:
    """Read the plan, run every rule once, print the answers; no store, no Django."""
    from tautband.clinical import contract

    try:
        answer = contract.check_json(_bytes_of(args.plan), args.pack)
    except OSError as error:
        why = error.strerror or str(error)
        return _refused({"refused": [{"where": "file", "why": f"{why}."}]}, as_json=args.json)
    except contract.PlanRefused as refusal:
        return _refused(refusal.as_plain(), as_json=args.json)
    if args.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
    else:
        for line in _lines(answer):
            print(line)
    return CRITICAL if contract.is_critical(answer) else NOTHING_CRITICAL


def _bytes_of(name: str) -> bytes:
    """What the file holds, as much of it as is ever read: one byte too many is refused later."""
    from tautband.clinical.contract.document import MOST_BYTES

    if name == "-":
        return sys.stdin.buffer.read(MOST_BYTES + 1)
    with Path(name).open("rb") as opened:
        return opened.read(MOST_BYTES + 1)


def _refused(plain: dict[str, Any], *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(plain, indent=2, ensure_ascii=False))
    else:
        for each in plain["refused"]:
            print(f"{each['where']}: {each['why']}", file=sys.stderr)
    return PLAN_REFUSED


def _lines(answer: dict[str, Any]) -> list[str]:
    order = ("critical", "warning", "info")
    loud = [each for each in answer["findings"] if each["severity"]]
    loud.sort(key=lambda each: order.index(each["severity"]))
    lines = [
        f"{each['severity']:<8} {each['rule']}: {each['words']} ({each['cite']})" for each in loud
    ]
    clear = len(answer["findings"]) - len(loud)
    lines.append(f"{'clear':<8} {clear} of {len(answer['findings'])} rules")
    for each in answer["ledger"].values():
        lines.append(f"{'ledger':<8} {each['label']}: {each['left']} ({each['limit']})")
    return lines
