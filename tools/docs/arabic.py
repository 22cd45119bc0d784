"""docs/reference/arabic.md: the Arabic that patients hear and no person has checked."""

from pathlib import Path

from tools.docs import markdown
from tools.words import catalogue, sources

#: Where the words stand that a patient hears or reads.
OF_PATIENTS = ("ask_today.toml", "risks.toml", "clinic/papers/", "clinic/letter.py")
WHY = (
    "The Arabic is the project's own. Below is what a patient hears or reads of the catalogue and"
    " no person who treats patients in Arabic has checked yet; once an entry is marked as checked"
    " ([translate the interface](../how-to/translate.md) says how) it leaves this list. Leaflets"
    " and the names of muscles and drugs have a `status` in their own tables, `leaflets.toml` and"
    " `names_ar.csv` in `src/tautband/clinical/knowledge/`. What staff read is in"
    " `src/tautband/locale/ar/LC_MESSAGES/django.po`."
)


def render(root: Path) -> str:
    """The list, in the order of the English."""
    kept = catalogue.read(root, "ar")
    rows = []
    for (context, msgid), message in sorted(
        sources.gather(root).items(), key=lambda each: (each[0][1], each[0][0] or "")
    ):
        if not any(part in place for part in OF_PATIENTS for place in message.places):
            continue
        entry = kept.get(msgid, context)
        if entry is not None and any(c.startswith("checked:") for c in entry.user_comments):
            continue
        forms = "" if entry is None else entry.string
        arabic = " / ".join(forms) if isinstance(forms, tuple) else str(forms)
        rows.append([_plain(msgid), _plain(arabic)])
    return markdown.page(
        "Arabic to be checked by a person", WHY, markdown.table(["English", "Arabic"], rows)
    )


def _plain(text: str) -> str:
    return text.replace("\n", " ").replace("<", "&lt;")
