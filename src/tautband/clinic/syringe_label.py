"""The label of a syringe in words, and where each label lies on a sheet."""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _

from tautband.clinical import amounts
from tautband.clinical.facts import IngredientFacts
from tautband.clinical.knowledge import knowledge
from tautband.clinical.labels import EPINEPHRINE, LabelClass, LabelContents, LabelLine, contents
from tautband.clinical.terms import AgentKind
from tautband.records.models import Ingredient, Patient, Procedure, Syringe
from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries import procedures

LONGEST_NAME, LONGEST_STAFF, LONGEST_PRODUCT, LONGEST_LOT = 44, 10, 18, 14
BRANDS_THAT_FIT = 3


@dataclass(frozen=True, kw_only=True)
class DrugWords:
    """One drug on a label: its name, its strength, and what of it is in the syringe."""

    name: str
    strength: str
    detail: str
    colour: LabelClass


@dataclass(frozen=True, kw_only=True)
class SyringeLabel:
    """Everything one label says."""

    tag: str
    colour: LabelClass
    drugs: tuple[DrugWords, ...]
    total: str
    who: tuple[str, str]
    drawn: str
    checked: str
    use_before: str
    made_up: str

    @property
    def fill(self) -> str:
        """The style for how much is on it; more drugs take smaller letters."""
        return {3: "three", 4: "four"}.get(len(self.drugs), "")


def labels_of(procedure: Procedure) -> list[SyringeLabel]:
    """The labels of the whole tray, in the order of its letters."""
    return [label_of(each, procedure.patient) for each in procedures.syringes(procedure)]


def label_of(syringe: Syringe, patient: Patient) -> SyringeLabel:
    """The label of one syringe; whoever has not drawn it up or checked it signs on the line.

    In English whoever prints it: it is held against the pack, and must read as the pack does.
    """
    with translation.override("en"):
        return _label(syringe, patient)


def _label(syringe: Syringe, patient: Patient) -> SyringeLabel:
    items = list(syringe.ingredients.all())
    held = contents([_facts(item) for item in items])
    born = formats.date_format(patient.born_on, "j M Y")
    return SyringeLabel(
        tag=syringe.label,
        colour=held.colour,
        drugs=tuple(_drugs(held, items)),
        total=_("Total %(ml)s") % {"ml": amounts.format_ml(held.volume_ul)}
        if held.volume_ul is not None
        else "",
        who=(
            _short(patient.full_name, LONGEST_NAME),
            _("born %(day)s, no. %(number)s") % {"day": born, "number": patient.number},
        ),
        drawn=_by(syringe.drawn_up_by, syringe.drawn_up_at),
        checked=_by(syringe.checked_by, syringe.checked_at),
        use_before=_use_before(syringe, items),
        made_up=_made_up(syringe),
    )


def _facts(item: Ingredient) -> IngredientFacts:
    return IngredientFacts(
        agent=item.agent,
        concentration_ug_per_ml=item.concentration_ug_per_ml,
        epinephrine_ng_per_ml=item.epinephrine_ng_per_ml,
        volume_ul=item.volume_ul,
        units_centi=item.units_centi,
    )


def _short(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1].rstrip()}…"


def _drugs(held: LabelContents, items: Sequence[Ingredient]) -> Iterable[DrugWords]:
    waiting = iter(items)
    tight = len(held.lines) > BRANDS_THAT_FIT
    for line in held.lines:
        item = None if line.agent == EPINEPHRINE else next(waiting)
        yield DrugWords(
            name=_name(line),
            strength=_strength(line),
            detail=" · ".join(filter(None, [*_amounts(line), *_pack(item, tight=tight)])),
            colour=line.colour,
        )


def _name(line: LabelLine) -> str:
    if line.agent == EPINEPHRINE:
        return _("Epinephrine (adrenaline)")
    found = knowledge().agents.get(line.agent)
    # Plain text: a page would else say the name in its reader's language.
    return str(found.name) if found else line.agent


def _strength(line: LabelLine) -> str:
    """The strength of the product as its pack says it."""
    if line.agent == EPINEPHRINE:
        if line.ug is None:
            return _("not known")
        return f"{amounts.format_ug(line.ng_per_ml)}/mL" if line.ng_per_ml else ""
    if line.units_centi_per_ml is not None:
        return f"{amounts.format_units(line.units_centi_per_ml)}/mL"
    if not line.strength_ug_per_ml:
        inert = knowledge().kind(line.agent) is AgentKind.INERT
        return "" if inert else _("strength not known")
    per_ml = amounts.format_mg_per_ml(line.strength_ug_per_ml)
    if line.colour is LabelClass.LOCAL_ANAESTHETIC:
        return f"{amounts.format_strength(line.strength_ug_per_ml)} · {per_ml}"
    return per_ml


def _amounts(line: LabelLine) -> Iterable[str]:
    if line.agent == EPINEPHRINE:
        yield from _epinephrine_amounts(line)
        return
    volume = "" if line.volume_ul is None else amounts.format_ml(line.volume_ul)
    if line.units_centi is not None:
        yield f"{amounts.format_units(line.units_centi)} / {volume}"
    elif line.ug is not None:
        yield f"{volume} = {amounts.format_mg(line.ug)}"
    else:
        yield volume
    if line.mixed_ug_per_ml is not None:
        yield _("%(amount)s/mL mixed") % {"amount": amounts.format_mg(line.mixed_ug_per_ml)}


def _epinephrine_amounts(line: LabelLine) -> Iterable[str]:
    if line.ug is None:
        yield _("amount not known")
        return
    # Written out: µg beside mg is read wrong on paper.
    yield _("%(count)s micrograms in all") % {"count": _count(line.ug)}
    if line.mixed_ug_per_ml is not None:
        yield _("%(count)s micrograms/mL mixed") % {"count": _count(line.mixed_ug_per_ml)}


def _count(ug: Fraction) -> str:
    """Micrograms up to the next hundredth."""
    return amounts.plain(Decimal(math.ceil(ug * 100)) / 100)


def _pack(item: Ingredient | None, *, tight: bool) -> Iterable[str]:
    if item is None:
        return
    yield "" if tight else _short(item.product, LONGEST_PRODUCT)
    yield _("lot %(lot)s") % {"lot": _short(item.lot, LONGEST_LOT) or "?"}
    if item.expires_on is not None:
        yield _("exp %(day)s") % {"day": formats.date_format(item.expires_on, "M Y")}


def _by(person: object, at: datetime | None) -> str:
    name = _short(getattr(person, "short_name", ""), LONGEST_STAFF)
    return " ".join(filter(None, [name, _moment(at) if name else ""]))


def _moment(at: datetime | None) -> str:
    return "" if at is None else formats.date_format(timezone.localtime(at), "j M H:i")


def _use_before(syringe: Syringe, items: Sequence[Ingredient]) -> str:
    """The earliest moment that makes it unusable, as far as anybody knows."""
    made_up, hours = syringe.reconstituted_at, syringe.use_within_hours
    if made_up is not None and hours is not None:
        return _moment(made_up + timedelta(hours=hours))
    if any(item.units_centi is not None for item in items):
        return _("not known")
    return _("the end of this session")


def _made_up(syringe: Syringe) -> str:
    if syringe.reconstituted_at is None or syringe.use_within_hours is None:
        return ""
    return _("made up %(at)s, use within %(hours)d h") % {
        "at": _moment(syringe.reconstituted_at), "hours": syringe.use_within_hours,
    }  # fmt: skip


# ── on a sheet ───────────────────────────────────────────────────────────────────────────────

WIDE_MM, HIGH_MM = 63.5, 38.1
BETWEEN_COLUMNS_MM = 2.5
COLUMNS = 3


@dataclass(frozen=True, kw_only=True)
class Sheet:
    """Where labels lie: A4 as on stock with 21 of 63.5 × 38.1 mm (L7160); Letter to be cut.

    The grid stands in the middle of the paper.
    """

    paper_mm: tuple[float, float]
    rows: int

    @property
    def places(self) -> int:
        """How many labels one sheet holds."""
        return COLUMNS * self.rows

    @property
    def margins_mm(self) -> tuple[float, float]:
        """From the left edge and from the top edge to the first label."""
        wide = COLUMNS * WIDE_MM + (COLUMNS - 1) * BETWEEN_COLUMNS_MM
        high = self.rows * HIGH_MM
        return (self.paper_mm[0] - wide) / 2, (self.paper_mm[1] - high) / 2

    def corner_mm(self, place: int) -> tuple[float, float]:
        """The left and upper edge of one place, counted from the first label."""
        row, column = divmod(place, COLUMNS)
        return column * (WIDE_MM + BETWEEN_COLUMNS_MM), row * HIGH_MM


SHEETS = {
    PaperSize.A4: Sheet(paper_mm=(210, 297), rows=7),
    PaperSize.LETTER: Sheet(paper_mm=(215.9, 279.4), rows=6),
}


@dataclass(frozen=True, kw_only=True)
class Placed:
    """A label with its place, as lengths for a style."""

    label: SyringeLabel
    left: str
    top: str


def laid_out(labels: Sequence[SyringeLabel], sheet: Sheet, *, first: int = 1) -> list[list[Placed]]:
    """The labels page by page; `first` is the first place of the first sheet that is still free."""
    pages: list[list[Placed]] = []
    for index, label in enumerate(labels, start=first - 1):
        page, place = divmod(index, sheet.places)
        while len(pages) <= page:
            pages.append([])
        left, top = sheet.corner_mm(place)
        pages[page].append(Placed(label=label, left=f"{left:.2f}mm", top=f"{top:.2f}mm"))
    return pages
