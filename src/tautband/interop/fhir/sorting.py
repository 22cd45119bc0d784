"""Sorting the resources of the files: into the spool what may be kept, into a count what is not."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator

import msgspec
from django.utils.translation import gettext as _

from tautband.interop.fhir import loinc, references, strict_json
from tautband.interop.fhir.addresses import SAME_ADDRESS, address_fault, are_confused
from tautband.interop.fhir.cutting import BundleEnd, Piece, cut, cut_lines, is_lines
from tautband.interop.fhir.elements import Bad
from tautband.interop.fhir.files import Origin, read
from tautband.interop.fhir.references import SUBJECTS, Head
from tautband.interop.fhir.report import ImportReport, known_type, place
from tautband.interop.fhir.staging import SHARED, Staging

# What the kept kinds point to: looked up by name, and counted as ignored.
TARGETS = frozenset({"Medication", "Organization", "Practitioner"})
# A Bundle of these stands for itself; what is in the others may lie in several.
_ALONE = frozenset({"transaction", "batch", "collection", "document", "message"})
_PAGES = frozenset({"searchset", "history", "transaction-response", "batch-response"})

# What others may call by its address.
_LOOKED_UP = frozenset({"Patient", *SUBJECTS, *TARGETS})

_head = msgspec.json.Decoder(Head)


class _Coding(msgspec.Struct):
    system: str = ""
    code: str = ""


class _Code(msgspec.Struct):
    coding: list[_Coding] = []


_code = msgspec.json.Decoder(_Code)


class Sorter:
    """One import's sorting: the spool it fills, the report in which it counts."""

    def __init__(self, staging: Staging, report: ImportReport) -> None:
        self._staging = staging
        self._report = report
        self._types: Counter[str] = Counter()

    def sort(self, origin: Origin, *, passed: Callable[[int], None]) -> None:
        """Read one file to its end, or as far as it can be read."""
        self._staging.begin_origin(origin.name)
        self._types = Counter()
        # Taken before anything is read, for the resources of a Bundle, whose type may come last.
        scope = self._staging.new_scope()
        in_bundle = False
        try:
            for one in _pieces(origin, passed):
                if isinstance(one, BundleEnd):
                    self._end_bundle(one, scope)
                    scope, in_bundle = self._staging.new_scope(), False
                else:
                    in_bundle = one.in_bundle
                    self._sort_in(one, scope if in_bundle else SHARED, origin.name)
        except Bad as bad:
            where = place(origin.name, bad.path)
            self._report.refuse(where, bad.why)
            if in_bundle:
                self._staging.break_scope(scope, where, unreadable=True)
            elif self._types.keys() & SUBJECTS.keys() or _names_a_kept_kind(origin.name):
                # What is missing of a loose file may be anybody's.
                self._staging.break_scope(SHARED, where)

    def _end_bundle(self, end: BundleEnd, scope: int) -> None:
        if end.type in _PAGES:
            # A page that cannot be read whole stays by itself, and with it whoever is in it.
            if not self._staging.is_broken(scope):
                self._staging.merge_into_shared(scope)
        elif end.type not in _ALONE:
            said = _("this is not one of the allowed codes") if end.type else _("this is missing")
            raise Bad("Bundle.type", said)

    def _sort_in(self, piece: Piece, scope: int, name: str) -> None:
        if piece.broken:
            self._sort_in_broken(piece, scope, name, piece.path, piece.broken)
            return
        try:
            head = _head.decode(piece.raw)
        except RecursionError:
            self._sort_in_broken(piece, scope, name, piece.path, _("this is nested too deeply"))
        except msgspec.ValidationError:
            is_object = piece.raw.lstrip().startswith(b"{")
            path = f"{piece.path}.resourceType" if is_object else piece.path
            why = _("this is missing or wrong") if is_object else _("an object is expected here")
            self._sort_in_broken(piece, scope, name, path, why)
        except msgspec.DecodeError:
            self._sort_in_broken(piece, scope, name, piece.path, _("this is not JSON"))
        else:
            kind = head.resourceType
            fault = address_fault(kind, piece.full_url) if kind in _LOOKED_UP else None
            if fault is not None:
                path = f"{piece.path.removesuffix('.resource')}.fullUrl"
                self._sort_in_broken(piece, scope, name, path, fault)
                return
            self._types[kind] += 1
            self._sort_in_read(piece, head, scope, name)

    def _sort_in_read(self, piece: Piece, head: Head, scope: int, name: str) -> None:
        kind = head.resourceType
        if kind == "Patient":
            self._staging.put_patient(scope, piece.path, piece.full_url, piece.raw)
        elif kind not in SUBJECTS or (kind == "Observation" and not _is_kept(head)):
            if kind in TARGETS:
                names = references.names_of(kind, head.id, piece.full_url)
                first = self._staging.target_in(scope, names[0]) if piece.full_url else None
                if first is not None and are_confused(first, piece.raw):
                    where = place(name, f"{piece.path.removesuffix('.resource')}.fullUrl")
                    self._report.refuse(where, str(SAME_ADDRESS), kind)
                    self._staging.break_scope(scope, where)
                    return
                self._staging.put_target(scope, names, piece.raw)
            self._report.ignored[known_type(kind)] += 1
        else:
            pointers = references.subjects(head)
            kinds = {references.kind_called(one) for one in pointers}
            if kinds and kinds.isdisjoint({"", "Patient"}):
                # About a group, a place or a device.
                self._report.ignored[kind] += 1
                return
            self._staging.put_resource(
                scope, piece.path, piece.full_url, piece.raw, kind=kind,
                subjects=_patients_called(pointers),
            )  # fmt: skip

    def _sort_in_broken(self, piece: Piece, scope: int, name: str, path: str, why: str) -> None:
        """A resource that cannot be read refuses whoever it is about, as far as that can be told.

        Where it cannot be told, a Bundle is refused whole, and so are all loose files if the
        resource is of a kind that is kept: it might be anybody's allergy.
        """
        kind = references.kind_in(piece.raw)
        if not piece.is_whole and kind and kind != "Patient" and kind not in SUBJECTS:
            # Too long to keep, and nothing that is kept: a scanned letter, a film.
            self._report.ignored[known_type(kind)] += 1
            return
        if piece.is_whole:
            path, why = _exact_place(piece.raw, path, why)
        subject = references.subject_in(piece.raw)
        names = references.names_in(piece.raw, kind)
        self._types[kind] += 1
        if kind in SUBJECTS and subject:
            self._staging.put_resource(
                scope, path, piece.full_url, b"", kind=kind, subjects=[subject], broken=why
            )
            return
        if kind == "Patient" and names:
            self._staging.put_patient(scope, path, names[0], piece.raw, broken=why)
            return
        where = place(name, path)
        self._report.refuse(where, why, *([known_type(kind)] if kind else []))
        if scope != SHARED and kind in {"", "Patient", *SUBJECTS}:
            self._staging.break_scope(scope, where)
        elif kind in SUBJECTS:
            self._staging.break_scope(SHARED, where)


def _names_a_kept_kind(name: str) -> bool:
    """Whether a file is called as bulk exports call them: Observation.ndjson, Observation.3.ndjson.

    An export that breaks off at its very beginning tells no more than this.
    """
    return name.rpartition("/")[2].partition(".")[0] in SUBJECTS


def _exact_place(raw: bytes, path: str, why: str) -> tuple[str, str]:
    """Where in a resource the fault is, found by reading it once more, slowly."""
    try:
        strict_json.parse(raw, path)
    except Bad as bad:
        return bad.path, bad.why
    return path, why


def _pieces(origin: Origin, passed: Callable[[int], None]) -> Iterator[Piece | BundleEnd]:
    chunks = read(origin, passed=passed)
    first = next((chunk for chunk in chunks if not chunk.isspace()), b"")
    if not first:
        raise Bad("", _("the file is empty"))

    def all_of_it() -> Iterator[bytes]:
        yield first
        yield from chunks

    holds_lines = origin.holds_lines or is_lines(first)
    return cut_lines(all_of_it()) if holds_lines else cut(all_of_it())


def _is_kept(head: Head) -> bool:
    """Whether an Observation is of a kind we keep; one that cannot be told is, to be refused."""
    if isinstance(head.code, msgspec.UnsetType):
        return True
    try:
        code = _code.decode(head.code)
    except msgspec.DecodeError:
        return True
    return any(loinc.is_kept(one.system, one.code) for one in code.coding)


def _patients_called(pointers: Iterable[object]) -> list[str]:
    return [
        name
        for pointer in pointers
        if references.kind_called(pointer) in {"", "Patient"}
        for name in references.called(pointer)
    ]
