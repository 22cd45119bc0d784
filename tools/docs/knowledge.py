"""docs/reference/knowledge.md: every number and word the rules lean on, and where it was read."""

from itertools import groupby
from pathlib import Path

from tautband.clinical.knowledge import knowledge
from tautband.clinical.knowledge.entries import Entry, entries
from tools.docs.markdown import page, table

TITLES = {
    "agents": "Agents", "local_anaesthetics": "Local anaesthetics",
    "corticosteroids": "Corticosteroids", "botulinum_toxins": "Botulinum toxins",
    "limits": "Other limits", "sources": "Sources of the rules", "depths": "Depths",
    "mixtures": "What must not be in one syringe", "payers": "Payers",
    "substances": "Substances", "conditions": "Conditions", "ask_today": "Questions of the day",
    "emergency": "Emergency", "risks": "Risks named for consent", "leaflets": "Leaflets",
    "labels": "Syringe labels", "consent_form": "Consent form", "muscles": "Muscles",
    "names_ar": "Arabic names",
}  # fmt: skip
LONGEST = 300


def render(_root: Path) -> str:
    """One line a row, table by table."""
    every = entries()
    read = sum(entry.source.verified for entry in every)
    blocks = [
        f"{len(every)} rows; {read} were read at the address they name, {len(every) - read} need"
        " review and act as a warning at most. No row is signed here: signatures live in the"
        " store of a centre, and each holds for one number and one source. Version of the tables:"
        f" `{knowledge().version}`.",
    ]
    for name, rows in groupby(every, key=lambda entry: entry.table):
        blocks += [
            f"## {TITLES[name]}",
            table(["Row", "Says", "Read at", "Read"], map(_line, rows)),
        ]
    return page("Knowledge", *blocks)


def _line(entry: Entry) -> list[str]:
    says = " ".join(entry.says.split())
    cite = entry.source.cite
    return [
        entry.name,
        says if len(says) <= LONGEST else f"{says[: LONGEST - 2]} …",
        f"[{cite}]({_link(entry.source.address)})" if entry.source.address else cite,
        "yes" if entry.source.verified else "no",
    ]


def _link(address: str) -> str:
    """An address as Markdown takes it whole."""
    return address.replace("(", "%28").replace(")", "%29").replace(" ", "%20")
