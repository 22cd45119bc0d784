"""JSON from outside, with its digits; refused where two readers could read two things."""

import json
from decimal import Decimal
from typing import Any

from tautband.clinical.contract.fields import Refusals, printable

MOST_BYTES = 10_000_000


def parse(raw: bytes, refusals: Refusals) -> Any:
    """JSON as plain data, numbers with their digits; None with a refusal where it is none."""
    if len(raw) > MOST_BYTES:
        refusals.add("file", f"Larger than {MOST_BYTES // 1_000_000} MB.")
        return None
    try:
        return json.loads(
            raw.decode("utf-8"), parse_float=Decimal, parse_constant=_not_a_number,
            object_pairs_hook=_once,
        )  # fmt: skip
    except UnicodeDecodeError as error:
        refusals.add(f"byte {error.start}", "Not UTF-8.")
    except json.JSONDecodeError as error:
        refusals.add(f"line {error.lineno}, column {error.colno}", f"Not JSON: {error.msg}.")
    except _Twice as error:
        refusals.add(printable(str(error)), "This key stands twice in one object.")
    except RecursionError:
        refusals.add("file", "Nested too deeply.")
    except ValueError:
        # NaN, Infinity, and whole numbers of thousands of digits.
        refusals.add("file", "It holds something that is not a finite number.")
    return None


class _Twice(Exception):
    """A key that stands twice in one object."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise _Twice(key)
        found[key] = value
    return found


def _not_a_number(_word: str) -> None:
    raise ValueError
