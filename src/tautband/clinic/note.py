"""The procedure note: what was found, agreed, injected and felt, in one order on every medium."""

from dataclasses import dataclass
from textwrap import fill

from django.utils import formats
from django.utils.translation import gettext as _

from tautband.clinic.banner import age_words, sex_words
from tautband.clinic.note_needle import injections, recovery, syringes
from tautband.clinic.note_sections import (
    Section,
    consent,
    history,
    joined,
    plan,
    points,
    safety,
    today,
    totals,
    when,
)
from tautband.clinical import amounts
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.design.languages import apart, said
from tautband.records.checks import Review
from tautband.records.models import Procedure
from tautband.records.models.vocabulary import ErrorReason
from tautband.records.queries import centre
from tautband.records.signed import Visit, visit_of

WIDTH = 78
# No-break spaces, and the marks that set names and amounts apart on a page.
_PLAIN = {ord(amounts.NBSP): " ", **dict.fromkeys(range(0x2066, 0x206A))}


def plain(text: str) -> str:
    """Text for another program: ordinary spaces, and no marks that only a page obeys."""
    return text.translate(_PLAIN)


@dataclass(frozen=True, kw_only=True)
class Note:
    """A whole note; `state` says whether it is signed, a draft, replaced or in error."""

    title: str
    state: str
    is_final: bool
    patient: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    signed: str


def note_of(procedure: Procedure, review: Review) -> Note:
    """The note of a sitting; before it is signed, the same words as a draft.

    Once signed it reads the visit as it stood then: an amendment changes no earlier version.
    """
    visit = visit_of(procedure)
    sections = [
        history(visit),
        today(visit),
        points(visit),
        consent(procedure),
        syringes(procedure, review),
        injections(procedure),
        totals(review),
        safety(procedure, review),
        recovery(procedure, visit),
        plan(procedure),
    ]
    return Note(
        title=_title(procedure),
        state=_state(procedure),
        is_final=procedure.status == ProcedureStatus.COMPLETED,
        patient=_patient(procedure, visit),
        sections=tuple(s for s in sections if s is not None and (s.lines or s.rows)),
        signed=signed_words(procedure),
    )


def as_text(note: Note) -> str:
    """The note as plain text, to paste into another record; no tabs, 78 columns."""
    out = [note.title, note.state, ""]
    out += [f"{label}: {words}" for label, words in note.patient]
    for section in note.sections:
        out += ["", section.title.upper()]
        out += [fill(f"{label}: {words}", WIDTH, subsequent_indent="  ") if label
                else fill(words, WIDTH, subsequent_indent="  ")
                for label, words in section.lines]  # fmt: skip
        for row in section.rows:
            cells = [
                f"{head} {cell}" if head and index else cell
                for index, (head, cell) in enumerate(zip(section.head, row, strict=True))
                if cell
            ]
            out.append(fill("- " + "; ".join(cells), WIDTH, subsequent_indent="  "))
    return plain("\n".join([*out, "", note.signed, ""]))


def _title(procedure: Procedure) -> str:
    if procedure.status == ProcedureStatus.NOT_DONE:
        return _("Trigger point injection: not injected")
    return _("Trigger point injection: procedure note")


def _state(procedure: Procedure) -> str:
    words = {
        ProcedureStatus.COMPLETED: _("Signed"),
        ProcedureStatus.SUPERSEDED: _("Replaced by a later version"),
        ProcedureStatus.ENTERED_IN_ERROR: _("Entered in error: counts for nothing"),
        ProcedureStatus.NOT_DONE: _("Not injected"),
    }.get(ProcedureStatus(procedure.status), _("Draft, not signed"))
    if procedure.in_error_reason:
        why = {
            ErrorReason.WRONG_PATIENT: _("it was another patient"),
            ErrorReason.NEVER_HAPPENED: _("it never happened"),
        }[ErrorReason(procedure.in_error_reason)]
        by = procedure.in_error_by.full_name if procedure.in_error_by else ""
        return joined(", ", f"{words}: {why}", by, when(procedure.in_error_at))
    if procedure.moved_from_id is not None:
        words = joined(". ", words, _("First written on another record, which counts for nothing"))
    if procedure.version > 1:
        return _("%(state)s. Version %(version)d, amended: %(reason)s") % {
            "state": words, "version": procedure.version, "reason": procedure.amendment_reason,
        }  # fmt: skip
    return words


def signed_words(procedure: Procedure) -> str:
    """Who signed it, and when."""
    if procedure.signed_by is None:
        return _("Not signed.")
    return _("Signed by %(name)s, %(when)s.") % {
        "name": apart(procedure.signed_by.full_name), "when": when(procedure.signed_at),
    }  # fmt: skip


def _patient(procedure: Procedure, visit: Visit) -> tuple[tuple[str, str], ...]:
    patient, encounter = procedure.patient, visit.encounter
    here = centre.current()
    on = encounter.on if procedure.started_at is None else centre.today(procedure.started_at)
    age, sex = age_words(patient, on), sex_words(patient.sex)
    weight = _("not known")
    if encounter.weight is not None:
        weighed = formats.date_format(encounter.weight.measured_on, "j M Y")
        weight = f"{said(amounts.format_kg(encounter.weight.amount))} ({weighed})"
    return (
        (_("Patient"), patient.full_name),
        (_("Born"), f"{formats.date_format(patient.born_on, 'j M Y')} ({age}, {sex})"),
        (_("Number"), patient.number),
        (_("Date"), formats.date_format(on, "j M Y")),
        (_("Weight"), weight),
        (_("Centre"), here.name if here else ""),
    )
