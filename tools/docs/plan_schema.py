"""The JSON Schema of a plan, as `tautband check` reads it."""

import json
from pathlib import Path

from tautband.clinical.contract.shape import shape


def render(_root: Path) -> str:
    """The file."""
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A planned session of trigger point injection, as tautband check reads it",
        **shape().schema(),
    }
    return json.dumps(schema, indent=1, ensure_ascii=False) + "\n"
