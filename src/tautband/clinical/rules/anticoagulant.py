"""Blood thinners: press on the site, keep the medicine."""

from tautband.clinical.anatomy import muscle
from tautband.clinical.facts import SessionFacts
from tautband.clinical.findings import Finding, Severity
from tautband.clinical.knowledge import Knowledge
from tautband.clinical.rules.answers import Rule, numbered
from tautband.clinical.terminology import conditions, medicines
from tautband.clinical.words import capital, joined, say

ANTICOAGULANT = Rule("anticoagulant")
# A bleeding disorder told with the medicines stands in their list.
_THINNERS = ("anticoagulant", "antiplatelet", "bleeding")
_DEEP_REGIONS = frozenset({"hip", "pelvis"})


def check_anticoagulant(facts: SessionFacts, tables: Knowledge) -> Finding:
    """Whoever bleeds longer is pressed on longer; the medicine is never stopped for this."""
    plan, patient = facts.planned, facts.patient
    if not plan.injections:
        return ANTICOAGULANT.clear(tables, say("No needle is planned."))
    thinners = medicines(patient, *_THINNERS)
    disorder = conditions(patient, "bleeding")
    named = tuple(dict.fromkeys((*thinners.named, *disorder.named)))
    rows = tuple(range(len(plan.injections)))
    if named:
        return ANTICOAGULANT.fires(
            tables,
            Severity.WARNING,
            joined(
                " ", (_first_line(named, has_medicine=bool(thinners.named)), *_more(facts, tables))
            ),
            rows=rows,
        )
    if not thinners.sure or not disorder.sure:
        return ANTICOAGULANT.cannot_tell(
            tables,
            say(
                "Cannot tell about blood thinners and bleeding disorders: nobody could say, or"
                " an entry is only a code. Ask; until then press as if there were one."
            ),
            missing=(
                *(() if thinners.sure else ("patient.medications",)),
                *(() if disorder.sure else ("patient.conditions",)),
            ),
            rows=rows,
        )
    return ANTICOAGULANT.clear(tables, say("No blood thinner and no bleeding disorder is known."))


def _first_line(named: tuple[str, ...], *, has_medicine: bool) -> str:
    text = joined(", ", named)
    keep = say(" Do not advise stopping the medicine.") if has_medicine else ""
    return say("{text}: hold firm pressure after each needle.{keep}", text=capital(text), keep=keep)


def _more(facts: SessionFacts, tables: Knowledge) -> list[str]:
    """The INR where it matters, and the rows that no hand can press on."""
    lines: list[str] = []
    patient = facts.patient
    most = tables.limit("bleeding.inr").value
    if patient.inr is not None and patient.inr >= most:
        lines.append(
            say("INR {inr}, {most} or more: ask who prescribes it.", inr=patient.inr, most=most)
        )
    elif patient.inr is None and medicines(patient, "vitamin-k-antagonist").named:
        lines.append(say("INR unknown: measure it."))
    elif patient.inr is None and medicines(patient, "unnamed-thinner").named:
        lines.append(say("Ask which one it is; for warfarin, measure the INR."))
    deep = tuple(
        index
        for index, row in enumerate(facts.planned.injections)
        if row.muscle is None or _hard_to_press(row.muscle)
    )
    if deep:
        lines.append(
            say(
                "{rows}: deep or hard to press on; a bleed shows late.",
                rows=capital(numbered(deep)),
            )
        )
    return lines


def _hard_to_press(muscle_id: str) -> bool:
    where = muscle(muscle_id)
    return not where.compressible or where.region in _DEEP_REGIONS
