"""Blood thinners: press on the site, keep the medicine."""

from tautband.clinical.anatomy import muscle
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule, numbered
from tautband.clinical.terminology import listed

ANTICOAGULANT = Rule("anticoagulant")
_DEEP_REGIONS = frozenset({"hip", "pelvis"})


def check_anticoagulant(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Whoever bleeds longer is pressed on longer; the medicine is never stopped for this."""
    plan, patient = facts.planned, facts.patient
    if not plan.injections:
        return ANTICOAGULANT.clear(tables, "No needle is planned.")
    thinners = listed(patient.medications, "anticoagulant", "antiplatelet")
    disorder = listed(patient.conditions, "bleeding")
    named = (*thinners.named, *disorder.named)
    rows = tuple(range(len(plan.injections)))
    if named:
        return ANTICOAGULANT.fires(
            tables,
            Severity.WARNING,
            " ".join((_first_line(named), *_second_line(facts, tables))),
            rows=rows,
        )
    if not thinners.sure:
        return ANTICOAGULANT.cannot_tell(
            tables,
            "Cannot tell about blood thinners: the medicines are unknown, or one is only a code."
            " Ask.",
            missing=("patient.medications",),
            rows=rows,
        )
    return ANTICOAGULANT.clear(tables, "No blood thinner is listed.")


def _first_line(named: tuple[str, ...]) -> str:
    return (
        f"{', '.join(named)}: hold firm pressure after each needle. Do not advise stopping the"
        " medicine."
    )


def _second_line(facts: SessionFacts, tables: Knowledge) -> list[str]:
    lines: list[str] = []
    patient = facts.patient
    most = tables.limit("bleeding.inr").value
    if listed(patient.medications, "vitamin-k-antagonist").named:
        if patient.inr is None:
            lines.append("INR unknown: measure it.")
        elif patient.inr >= most:
            lines.append(f"INR {patient.inr}, {most} or more: ask who prescribes it.")
    deep = tuple(
        index
        for index, row in enumerate(facts.planned.injections)
        if row.muscle is not None and _hard_to_press(row.muscle)
    )
    if deep:
        lines.append(
            f"{numbered(deep).capitalize()}: deep or hard to press on; a bleed shows late."
        )
    return lines


def _hard_to_press(muscle_id: str) -> bool:
    where = muscle(muscle_id)
    return not where.compressible or where.region in _DEEP_REGIONS
