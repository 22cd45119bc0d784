"""Laboratory values and reports of other systems, as lines of the chart."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.utils.translation import gettext as _

from tautband.records.models import Measurement, PregnancyStatus
from tautband.records.models.vocabulary import MeasurementKind, Pregnancy

# How many of each kind stand open; the older ones are folded away.
LATEST = 3


def kind_words(kind: str) -> str:
    """What was measured, in words."""
    return {
        MeasurementKind.BMI: _("Body mass index"),
        MeasurementKind.HBA1C: _("HbA1c"),
        MeasurementKind.INR: _("INR"),
        MeasurementKind.PLATELETS: _("Platelets"),
        MeasurementKind.EGFR: _("eGFR"),
    }.get(MeasurementKind(kind), kind)


def pregnancy_words(status: str) -> str:
    """What was reported of pregnancy, in words."""
    return {
        Pregnancy.PREGNANT: _("Pregnant"),
        Pregnancy.NOT_PREGNANT: _("Not pregnant"),
        Pregnancy.UNKNOWN: _("Not known whether pregnant"),
    }[Pregnancy(status)]


def source_words(source: str) -> str:
    """Where a line comes from: nothing where a person wrote it here."""
    return "" if source == "entered" else _("from another system")


def laboratory_lines(
    measured: Iterable[Measurement],
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """The latest values of each kind, and the older ones; the latest day first within a kind."""
    by_kind: dict[str, list[Measurement]] = {str(kind): [] for kind in MeasurementKind}
    for row in measured:
        by_kind[row.kind].append(row)
    latest: list[dict[str, Any]] = []
    older: list[dict[str, Any]] = []
    for rows in by_kind.values():
        for number, row in enumerate(rows):
            (latest if number < LATEST else older).append(_line(row))
    return latest, older


def _line(row: Measurement) -> dict[str, Any]:
    said = f"{row.digits}\u00a0{row.unit}".strip("\u00a0")
    # Only what was converted is shown as it was written as well.
    is_converted = not row.as_entered.startswith(row.digits)
    return {
        "row": row,
        "what": kind_words(row.kind),
        "value": said,
        "as_entered": row.as_entered if is_converted else "",
        "source": source_words(row.source),
    }


def pregnancy_lines(reports: Sequence[PregnancyStatus]) -> list[dict[str, Any]]:
    """The latest reports of pregnancy."""
    return [
        {"row": row, "words": pregnancy_words(row.status), "source": source_words(row.source)}
        for row in reports[:LATEST]
    ]
