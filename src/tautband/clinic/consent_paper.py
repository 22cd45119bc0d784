"""The consent form of one sitting: its words, what was recorded, and the lines to sign on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats, timezone, translation

from tautband.clinical.consent_form import ConsentWords, Words, consent_words, words
from tautband.clinical.facts import SessionFacts
from tautband.clinical.leaflet import Language, word
from tautband.clinical.lifecycle import ProcedureStatus
from tautband.records.models import Consent, Procedure
from tautband.records.models.vocabulary import ConsentStatus, Decider
from tautband.records.queries import centre, procedures

PLAN_CODE_LETTERS = 8


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """One thing that the record says of how consent was asked, with its label."""

    label: Words
    value: Words


@dataclass(frozen=True, kw_only=True)
class SignatureLine:
    """One line to sign on; `name` is whoever it is known to be."""

    label: Words
    name: str


@dataclass(frozen=True, kw_only=True)
class ConsentPaper:
    """A whole form. `languages` are its columns; the first is the patient's."""

    language: Language
    languages: tuple[Language, ...]
    state: Words
    is_standing: bool
    labels: Any
    form: ConsentWords
    recorded: tuple[Recorded, ...]
    signatures: tuple[SignatureLine, ...]
    plan_code: str
    who: tuple[tuple[str, str], ...]

    @property
    def direction(self) -> str:
        """Which way the patient's language runs."""
        return "rtl" if self.language is Language.ARABIC else "ltr"

    @property
    def title(self) -> str:
        """What the paper is called, in the patient's language."""
        return str(words()["title"][self.language])


def may_print(procedure: Procedure) -> bool:
    """Whether there is a plan to agree to: settled, or already carried out."""
    return (
        procedure.status != ProcedureStatus.ENTERED_IN_ERROR
        and (procedure.planned_at is not None or procedure.is_history
             or procedure.started_at is not None)
    )  # fmt: skip


def consent_paper(procedure: Procedure, facts: SessionFacts, language: Language) -> ConsentPaper:
    """The form in English, or in Arabic with the English beside it."""
    standing = procedures.standing_consent(procedure)
    consent = standing or procedures.latest_consent(procedure)
    # What was said to another plan says nothing of this one.
    of_this_plan = consent if consent is not None and _is_of(consent, procedure) else None
    by_proxy = of_this_plan is not None and of_this_plan.given_by == Decider.PROXY
    return ConsentPaper(
        language=language,
        languages=(language,)
        if language is Language.ENGLISH
        else (Language.ARABIC, Language.ENGLISH),
        state=words()[_state(procedure, consent, of_this_plan)],
        is_standing=standing is not None,
        labels=words(),
        form=consent_words(
            facts,
            by_proxy=by_proxy,
            named=None if of_this_plan is None else of_this_plan.risks_named,
        ),
        recorded=tuple(_recorded(of_this_plan)) if of_this_plan is not None else (),
        signatures=tuple(_signatures(procedure, of_this_plan, by_proxy=by_proxy)),
        plan_code=procedure.plan_fingerprint[:PLAN_CODE_LETTERS],
        who=_who(procedure, language),
    )


def _is_of(consent: Consent, procedure: Procedure) -> bool:
    return consent.status != ConsentStatus.VOID and (
        consent.plan_fingerprint == procedure.plan_fingerprint
    )


def _state(procedure: Procedure, latest: Consent | None, of_this_plan: Consent | None) -> str:
    if procedure.status == ProcedureStatus.ENTERED_IN_ERROR:
        return "in-error"
    if not may_print(procedure):
        return "unsettled"
    if of_this_plan is not None:
        return str(of_this_plan.status)
    return "void" if latest is not None else "not-asked"


def _same(text: str) -> Words:
    """What a person typed is not translated."""
    return dict.fromkeys(Language, text)


def _when(at: datetime) -> Words:
    said: dict[str, str] = {}
    for language in Language:
        with translation.override(language):
            said[language] = formats.date_format(timezone.localtime(at), "j F Y, H:i")
    return said


def _recorded(consent: Consent) -> Sequence[Recorded]:
    labels = words()
    yes_no = {True: labels["yes"], False: labels["no"]}
    lines: list[tuple[str, Words | None]] = [
        ("asked-on", _when(consent.taken_at)),
        ("mode", labels.get(consent.mode)),
        ("explained", _same(consent.taken_by.full_name)),
        ("alternatives", yes_no[consent.alternatives_discussed]),
        ("capacity", None if consent.has_capacity is None else yes_no[consent.has_capacity]),
        ("proxy", _same(consent.proxy_name) if consent.proxy_name else None),
        ("authority", _same(consent.proxy_authority) if consent.proxy_authority else None),
        ("interpreter", _same(consent.interpreter) if consent.interpreter else None),
        ("chaperone", _same(consent.chaperone) if consent.chaperone else None),
        ("trainee", labels["yes"] if consent.trainee_named else None),
        ("withdrawn", _when(consent.ended_at)
         if consent.ended_at is not None and consent.status == ConsentStatus.WITHDRAWN else None),
    ]  # fmt: skip
    return [Recorded(label=labels[id_], value=value) for id_, value in lines if value]


def _signatures(
    procedure: Procedure, consent: Consent | None, *, by_proxy: bool
) -> Sequence[SignatureLine]:
    labels = words()
    lines = []
    if by_proxy and consent is not None:
        lines.append(SignatureLine(label=labels["sign-proxy"], name=consent.proxy_name))
    else:
        lines.append(SignatureLine(label=labels["sign-patient"], name=procedure.patient.full_name))
        if consent is None:
            # Nobody said yet who decides.
            lines.append(SignatureLine(label=labels["sign-proxy"], name=""))
    explained = consent.taken_by.full_name if consent is not None else ""
    lines.append(SignatureLine(label=labels["sign-explained"], name=explained))
    if (consent is not None and consent.interpreter) or procedure.patient.interpreter_language:
        name = consent.interpreter if consent is not None else ""
        lines.append(SignatureLine(label=labels["sign-interpreter"], name=name))
    return lines


def _who(procedure: Procedure, language: Language) -> tuple[tuple[str, str], ...]:
    patient, here = procedure.patient, centre.current()
    with translation.override(language):
        born = formats.date_format(patient.born_on, "j F Y")
        on = formats.date_format(procedure.encounter.on, "j F Y")
    return (
        (words()["sign-patient"][language], patient.full_name),
        (word("born", language), born),
        (word("number", language), patient.number),
        (word("date", language), on),
        (word("centre", language), here.name if here else ""),
    )
