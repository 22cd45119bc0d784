"""Finding a patient, and finding out whether one is here already."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Case, IntegerField, Sum, Value, When

from tautband.records import search
from tautband.records.models import Patient, PatientIdentifier, PatientSearchKey
from tautband.records.queries.merging import survivor_of

MOST_CANDIDATES = 120
MOST_SHOWN = 30
_STRONG = 8


def one(patient_id: UUID) -> Patient | None:
    """The patient with this id."""
    return Patient.objects.filter(pk=patient_id).first()


def by_number(number: str) -> Patient | None:
    """The patient with this number of ours."""
    return Patient.objects.filter(number=number.strip()).first()


def known_as(text: str) -> list[Patient]:
    """The patients who go by this id, number of ours, `system|value`, or value of an identifier.

    A record that was merged into another still goes by its id and its number.
    """
    text = text.strip()
    try:
        key = UUID(text)
    except ValueError:
        pass
    else:
        # Merged elsewhere, only the id of the merged record came along.
        came_along = Patient.objects.filter(merges__merged_id=key, merges__undone_at=None)
        return list(Patient.objects.filter(pk=key)) or list(came_along)
    found = by_number(text)
    if found is not None:
        return [found]
    system, bar, value = text.rpartition("|")
    rows = PatientIdentifier.objects.filter(value=value if bar else text)
    if bar:
        rows = rows.filter(system=system)
    ids = rows.order_by("patient_id").values_list("patient_id", flat=True).distinct()
    return list(Patient.objects.filter(pk__in=ids))


def _names(patient: Patient) -> tuple[str, str, str]:
    return (patient.given_name, patient.family_name, patient.other_name)


def _candidates(keys: Collection[str], strong: Collection[str], *, at_most: int) -> list[Patient]:
    """The patients that share most keys, the strong ones weighing more: one indexed query."""
    weight = Case(
        When(value__in=strong, then=Value(_STRONG)),
        default=Value(1),
        output_field=IntegerField(),
    )
    best = (
        PatientSearchKey.objects.filter(value__in=keys)
        .values("patient_id")
        .annotate(hits=Sum(weight))
        .order_by("-hits", "patient_id")
        .values_list("patient_id", flat=True)[:at_most]
    )
    return list(Patient.objects.filter(pk__in=list(best)))


@dataclass(frozen=True, slots=True)
class Found:
    """A patient who answers a search; `through` is the merged record that was found, if any."""

    patient: Patient
    through: Patient | None = None


def search_patients(text: str, *, at_most: int = MOST_SHOWN) -> list[Found]:
    """The patients that answer best what was typed, best first.

    Two queries at most, and one for each merged record that was found: it leads to the one that
    stands for it.
    """
    query = search.read_query(text)
    if query.is_empty:
        return []
    ranked: list[tuple[float, str, str, Patient]] = []
    for patient in _candidates(query.keys, query.strong_keys, at_most=MOST_CANDIDATES):
        score = search.score(
            query,
            names=_names(patient),
            number=patient.number,
            phone=patient.phone,
            born_on=patient.born_on,
        )
        if score >= search.WORTH_SHOWING:
            ranked.append((-score, patient.family_name, patient.number, patient))
    ranked.sort(key=lambda row: row[:3])
    found: dict[UUID, Found] = {}
    for *_, patient in ranked:
        stands = survivor_of(patient)
        # A record's own name says more than that of one merged into it.
        if stands.pk not in found or stands.pk == patient.pk:
            found[stands.pk] = Found(stands, None if stands.pk == patient.pk else patient)
    return list(found.values())[:at_most]


def recently_registered(*, at_most: int = 10) -> list[Found]:
    """The patients registered last."""
    rows = Patient.objects.filter(merged_into=None).order_by("-recorded_at")[:at_most]
    return [Found(patient) for patient in rows]


@dataclass(frozen=True, slots=True)
class Likely:
    """A patient already here who may be the same person, and why: codes, not words.

    Alike may be a record that was merged into theirs.
    """

    patient: Patient
    why: tuple[str, ...]


def likely_duplicates(
    *,
    names: Iterable[str],
    born_on: date,
    phone: str = "",
    identifiers: Iterable[tuple[str, str]] = (),
    exclude: UUID | None = None,
) -> list[Likely]:
    """Who of the patients here may be the same person: by name and birth date, or by a number.

    Codes: `identifier`, `phone`, `name-and-birth-date`, `name-and-near-birth-date`.
    """
    names = tuple(names)
    asked = search.tokens(*names)
    dates = search.dates_near(born_on)
    found: dict[UUID, Patient] = {
        patient.pk: patient
        for patient in Patient.objects.filter(
            search_keys__value__in=dates,
        ).distinct()
    }
    tail = search.digits_of(phone)[-search.SHORTEST_PHONE :]
    if len(tail) == search.SHORTEST_PHONE:
        for patient in Patient.objects.filter(search_keys__value=f"p:{tail}").distinct():
            found[patient.pk] = patient
    by_identifier = holders_of(identifiers)
    for patient in by_identifier:
        found[patient.pk] = patient
    identified = {patient.pk for patient in by_identifier}
    likely: dict[UUID, tuple[float, Likely]] = {}
    for patient in found.values():
        stands = survivor_of(patient)
        if stands.pk == exclude:
            continue
        likeness = _both_ways(asked, search.tokens(*_names(patient)))
        why = []
        if patient.pk in identified:
            why.append("identifier")
        if search.same_phone(phone, patient.phone):
            why.append("phone")
        if likeness >= search.CLOSE_NAME and search.are_near(born_on, patient.born_on):
            exact = born_on == patient.born_on
            why.append("name-and-birth-date" if exact else "name-and-near-birth-date")
        rank = -likeness - len(why)
        if why and (stands.pk not in likely or rank < likely[stands.pk][0]):
            likely[stands.pk] = (rank, Likely(stands, tuple(why)))
    ranked = sorted(likely.values(), key=lambda row: (row[0], row[1].patient.number))
    return [one for _, one in ranked]


def _both_ways(asked: tuple[search.Token, ...], known: tuple[search.Token, ...]) -> float:
    """The better of the two directions: one of them may have been written with fewer names."""
    return max(search.name_likeness(asked, known), search.name_likeness(known, asked))


def holders_of(identifiers: Iterable[tuple[str, str]]) -> list[Patient]:
    """The patients who hold any of these (system, value) pairs."""
    wanted = set(identifiers)
    if not wanted:
        return []
    rows = PatientIdentifier.objects.filter(
        system__in={system for system, _ in wanted}, value__in={value for _, value in wanted}
    ).select_related("patient")
    held = {row.patient_id: row.patient for row in rows if (row.system, row.value) in wanted}
    return list(held.values())
