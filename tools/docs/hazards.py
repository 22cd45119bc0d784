"""Reading docs/safety/hazards.yaml.

The file keeps to a small part of YAML, so that nothing has to be installed to read it: a list of
mappings whose values are one line of text or a list of such lines.
"""

from dataclasses import dataclass, fields
from pathlib import Path

PLACE = "docs/safety/hazards.yaml"


class MalformedHazard(ValueError):
    """A line that this reader, or YAML itself, would not read as meant."""


@dataclass(frozen=True, slots=True)
class Hazard:
    """What can hurt somebody, why, and what stands against it."""

    id: str
    hazard: str
    cause: tuple[str, ...]
    harm: str
    severity: str
    controls: tuple[str, ...]
    rules: tuple[str, ...]


def read(root: Path) -> list[Hazard]:
    """Every hazard, in the order of the file; raises MalformedHazard with the line's number."""
    found: list[dict[str, str | list[str]]] = []
    key = ""
    for number, line in enumerate((root / PLACE).read_text("utf-8").splitlines(), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        if line.startswith("    - "):
            values = found[-1][key]
            if not isinstance(values, list):
                raise MalformedHazard(f"line {number}: {key} is one line of text")
            values.append(_plain(line[6:], number))
            continue
        if line.startswith("- "):
            found.append({})
        elif not line.startswith("  "):
            raise MalformedHazard(f"line {number}: not indented as expected")
        key, _, value = line[2:].partition(":")
        found[-1][key] = _plain(value.strip(), number) if value.strip() not in {"", "[]"} else []
    return [_hazard(each) for each in found]


def _plain(text: str, number: int) -> str:
    if ": " in text or " #" in text or text[:1] in "'\"[{&*!|>%@`":
        raise MalformedHazard(f"line {number}: needs quotes in YAML; word it otherwise")
    return text


def _hazard(raw: dict[str, str | list[str]]) -> Hazard:
    if set(raw) != {each.name for each in fields(Hazard)}:
        raise MalformedHazard(f"{raw.get('id')}: has {sorted(raw)}")
    return Hazard(**{k: tuple(v) if isinstance(v, list) else v for k, v in raw.items()})  # type: ignore[arg-type]
