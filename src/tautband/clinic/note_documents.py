"""The procedure note in every form there is, for papers and files that leave the house."""

from django.utils import timezone

from tautband.clinic import paper
from tautband.clinic.note import as_text, note_of
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.checks import Review, review, said_of
from tautband.records.facts import Basis
from tautband.records.models import Procedure
from tautband.records.signed import review_of

TEXT, PDF = "text/plain; charset=utf-8", "application/pdf"


def reviewed(procedure: Procedure) -> Review:
    """What the rules said when it was signed; until then, what they say now."""
    now = timezone.now()
    if (as_signed := review_of(procedure, now=now)) is not None:
        return as_signed
    basis = Basis.PLAN if procedure.started_at is None else Basis.RECORD
    return review(procedure, basis=basis, now=now, said=said_of(procedure))


def documents_of(procedure: Procedure) -> list[tuple[str, bytes]]:
    """The note as text; signed, also as PDF where this machine makes one."""
    note = note_of(procedure, reviewed(procedure))
    documents = [(TEXT, as_text(note).encode())]
    if procedure.status == ProcedureStatus.COMPLETED and paper.available():
        drawn = paper.pdf("clinic/sessions/note_paper.html", {"note": note, "procedure": procedure})
        documents.append((PDF, drawn))
    return documents
