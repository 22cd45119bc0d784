"""A resource held against R4 field by field, as fast as may be; what is odd is left to the gate.

Exports say the same few things again and again: of a thousand observations the code, the category
and the unit are each one of a few hundred. So a resource is cut into its fields without being read.
Coded fields that were found valid before are recognised by their bytes; dates, references and
quantities by their form; only the others are read. What is said of a person is not remembered.

This only ever says yes to what the whole gate takes. No means: not sure, look at it closely.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from operator import call, itemgetter
from types import UnionType
from typing import Annotated, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

import msgspec

from tautband.interop.fhir import strict_json
from tautband.interop.fhir.r4 import invariants, primitives, references
from tautband.interop.fhir.r4 import structs as r4
from tautband.interop.fhir.references import SUBJECTS

#: The resources that come in by the thousand, and the fields of which not only the presence, but
#: also the content bears upon what else may be there.
DECISIVE: Mapping[str, frozenset[str]] = {
    **dict.fromkeys(SUBJECTS, frozenset()),
    "AllergyIntolerance": frozenset({"clinicalStatus", "verificationStatus"}),
    "Appointment": frozenset({"status"}),
    "Condition": frozenset({"clinicalStatus", "verificationStatus"}),
}
#: What bears upon everything, and is left to the gate, as is every `_name`.
ACROSS = frozenset({"contained", "component"})
# So much is remembered, and nothing longer.
_MOST_BYTES, _LONGEST = 8 * 1024 * 1024, 2048
# A field stands one level deeper than the resource begins.
_DEEPEST = strict_json.DEEPEST - 1

_ID = rb"[A-Za-z0-9\-.]{1,64}"
_BLANK = rb"[ \t\r\n]*"
_NUMBER = rb"-?(?:0|[1-9][0-9]{0,17})(?:\.[0-9]{1,30})?"
# ASCII without escapes: no blanks at all, or none at the beginning.
_SOLID = rb'"[!#-\[\]-~]+"'
_WORDS = rb'"[!#-\[\]-~][ !#-\[\]-~]*"'
# An escape for what is not text, or that hides a quotation mark.
_ODD_ESCAPE = re.compile(rb"\\(?:[bf]|u(?:00[012]|[dD][89a-fA-F]))").search
# In what was written anew, without blanks and with the id first: what holds nothing or but an id,
# a null, a number beyond all sense. No list of numbers is in the types looked at.
_HOLLOW = re.compile(rb'\{(?:"id":"(?:[^"\\]|\\.)*")?\}').search
_BEYOND = re.compile(rb'":-?[0-9](?:[0-9.]{0,59}[eE]|[0-9.]{60})').search

_split = msgspec.json.Decoder(dict[str, msgspec.Raw]).decode
_encode = msgspec.json.Encoder(decimal_format="number").encode
_whole = msgspec.json.Decoder(r4.AnyResource).decode
# The structs check themselves since `invariants` is there.
_READ_WHOLE = invariants.READ - {"Bundle"}
_Pieces = Sequence[bytes]
_T = TypeVar("_T")
_Match = Callable[[bytes], object]


class _Doubt(Exception):
    """Not surely valid."""


def is_valid(raw: bytes) -> bool:
    """Whether this is surely one valid R4 resource."""
    try:
        fields = _split(raw)
        names: _Names = (bytes(fields["resourceType"]), *fields)
        shape = _memory.shapes.get(names) or _memory.shape(names)
        shape.hold(raw, [*map(bytes, fields.values())])
    except (_Doubt, KeyError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def _read(decode: Callable[[bytes], Any], text: bytes) -> Any:
    """Read it, and hold it against all that R4 asks of it; _Doubt if it is not surely valid."""
    if text.count(b"{") + text.count(b"[") > _DEEPEST and strict_json.is_deep(text, _DEEPEST):
        raise _Doubt
    if b"\\" in text and _ODD_ESCAPE(text):
        raise _Doubt
    with references.watch() as noted:
        made = decode(text)
    again = _encode(made)
    # Of a key given twice only one is left; a number in quotation marks has lost them.
    if again.count(b'"') != text.count(b'"'):
        raise _Doubt
    if b"null" in again or _HOLLOW(again) or _BEYOND(again):
        raise _Doubt
    if not all(references.stands_alone(one) for one in noted if isinstance(one, r4.Reference)):
        raise _Doubt
    return made


def forget() -> None:
    """Begin anew, as a process does that has read nothing yet."""
    _memory.forget()


class _Form:
    """One type of field: how its content is recognised or read."""

    def __init__(self, its_type: Any, pattern: bytes = b"") -> None:
        self.is_coded = its_type in _CODED or get_origin(its_type) is Literal
        self.match: _Match | None = re.compile(pattern).fullmatch if pattern else None
        self.known: set[bytes] = set()
        self._decode = msgspec.json.Decoder(its_type).decode

    def read(self, piece: bytes) -> None:
        """Hold it against all that R4 asks of it; _Doubt if it is not surely valid."""
        _read(self._decode, piece)

    def look(self, piece: bytes) -> None:
        """The same, unless its form is one that is surely valid."""
        if not self.match or not self.match(piece):
            self.read(piece)

    def recognise(self, piece: bytes) -> None:
        """The same, but what was read before is known by its bytes."""
        if piece not in self.known:
            self.read(piece)
            if not _is_told(piece):
                _memory.add(self.known, piece, len(piece))


class _Unlike:
    """Resources that are read as a whole: they share little, or have fields that bear upon all."""

    def hold(self, raw: bytes, _pieces: list[bytes]) -> None:
        """_Doubt or msgspec.DecodeError if it is not surely valid."""
        made = _read(_whole, raw)
        # What is contained must be pointed to, which the gate finds out.
        kind = references.type_of(made)
        if kind not in _READ_WHOLE or made.contained is not primitives.UNSET:
            raise _Doubt


class _Alike:
    """The resources of one kind with the same fields in the same order, which are called by place.

    KeyError if one is among them that bears upon everything.
    """

    def __init__(self, kind: bytes, names: Sequence[str]) -> None:
        forms, decisive = _kinds[kind]
        # The type is what found these forms; at its place there is nothing to look at.
        self._forms = {at: forms[name] for at, name in enumerate(names) if name != "resourceType"}
        places = self._forms.keys()
        # Each name in quotation marks, a colon and a comma; brackets, but no comma at the end.
        self._frame = sum(len(name) + 4 for name in names) + 1
        self._coded = [at for at in places if self._forms[at].is_coded]
        self._matched = [at for at in places if self._forms[at].match]
        self._others = sorted(places - {*self._coded, *self._matched})
        self._matches = [form.match for at in self._matched if (form := self._forms[at]).match]
        self._take_coded = _taking(self._coded)
        self._take_matched = _taking(self._matched)
        self._take_decisive = _taking([at for at in places if names[at] in decisive])
        self._known: set[tuple[bytes, ...]] = set()
        self._together: set[tuple[bytes, ...]] = set()

    def hold(self, raw: bytes, pieces: list[bytes]) -> None:
        """Look at the fields; _Doubt or msgspec.DecodeError if they are not surely valid."""
        # Of a field given twice only one is left. Without blanks its length tells, and is cheaper.
        if self._frame + sum(map(len, pieces)) != len(raw):
            quotes = 2 * len(pieces) + b"".join(pieces).count(b'"')
            if quotes != raw.count(b'"'):
                raise _Doubt
        if not all(map(call, self._matches, self._take_matched(pieces))):
            for at in self._matched:
                self._forms[at].look(pieces[at])
        for at in self._others:
            self._forms[at].read(pieces[at])
        coded = self._take_coded(pieces)
        if coded not in self._known:
            self._learn(raw, pieces)
            if not any(map(_is_told, coded)):
                _memory.add(self._known, coded, sum(map(len, coded)))

    def _learn(self, raw: bytes, pieces: _Pieces) -> None:
        for at in self._coded:
            self._forms[at].recognise(pieces[at])
        decisive = self._take_decisive(pieces)
        if decisive not in self._together:
            # Whether all this may stand together, the structs know.
            _whole(raw)
            _memory.add(self._together, decisive, sum(map(len, decisive)))


def _is_told(piece: bytes) -> bool:
    """Whether a concept is in somebody's own words, without a code: these are not remembered."""
    return b'"text"' in piece and b'"coding"' not in piece


def _taking(places: list[int]) -> Callable[[_Pieces], tuple[bytes, ...]]:
    """Takes the pieces at some places."""
    if len(places) > 1:
        return itemgetter(*places)
    return lambda pieces: tuple(pieces[at] for at in places)


_Shape = _Alike | _Unlike
# A resource type as it stands in the text, and its fields in order.
_Names = tuple[bytes, *tuple[str, ...]]


class _Memory:
    """What was found valid; when it grows too large, all of it is forgotten."""

    def __init__(self) -> None:
        self.shapes: dict[_Names, _Shape] = {}
        self._bytes = 0

    def shape(self, names: _Names) -> _Shape:
        """How to look at resources of a kind with these fields."""
        kind, *others = names
        try:
            shape: _Shape = _Alike(kind, others)
        except KeyError:
            shape = _Unlike()
        self._grow(sum(map(len, names)))
        self.shapes[names] = shape
        return shape

    def add(self, known: set[_T], one: _T, length: int) -> None:
        """Remember one that is not too long."""
        if length <= _LONGEST:
            self._grow(length)
            known.add(one)

    def _grow(self, length: int) -> None:
        self._bytes += length
        if self._bytes > _MOST_BYTES:
            self.forget()

    def forget(self) -> None:
        """Begin anew."""
        self.shapes.clear()
        for form in _forms.values():
            form.known.clear()
        self._bytes = 0


# --- the forms, out of the structs ---

# What says nothing of a person by itself.
_CODED = (r4.CodeableConcept, primitives.Many[r4.CodeableConcept], r4.Coding, r4.Meta, bool)
_MATCHED = {
    primitives.Id: primitives.ID,
    primitives.Date: primitives.DATE,
    primitives.DateTime: primitives.DATE_TIME,
    primitives.Instant: primitives.INSTANT,
}


def _form(its_type: Any) -> _Form:
    if pattern := _MATCHED.get(its_type):
        return _Form(its_type, pattern.replace(r"\A", '"').replace(r"\Z", '"').encode("ascii"))
    if its_type in (r4.Quantity, r4.SimpleQuantity):
        return _Form(its_type, _quantity())
    inner = _listed(its_type)
    target = inner or its_type
    if isinstance(target, type) and issubclass(target, r4.Reference) and target.targets:
        pointing = _pointing_to(target.targets)
        return _Form(its_type, _several(pointing) if inner else pointing)
    return _Form(its_type)


def _listed(its_type: Any) -> Any:
    """Of what a list is one; None if it is no list."""
    plain = get_args(its_type)[0] if get_origin(its_type) is Annotated else its_type
    return get_args(plain)[0] if get_origin(plain) is list else None


def _pointing_to(targets: frozenset[str]) -> bytes:
    """A reference as servers write it, with or without words beside it."""
    kinds = b"|".join(sorted(target.encode("ascii") for target in targets))
    address = rb"urn:uuid:[0-9a-f\-]{36}|(?:https?://[A-Za-z0-9.\-:/]+/)?(?:%b)/%b" % (kinds, _ID)
    pointer, words = _pair(b"reference", b'"(?:%b)"' % address), _pair(b"display", _WORDS)
    return rb"\{%b(?:,%b)?\}" % (pointer, words)


def _quantity() -> bytes:
    """A quantity as most systems write it: a number, its unit in words and as a code."""
    value, unit = _pair(b"value", _NUMBER), _pair(b"unit", _WORDS)
    code = rb"%b,%b" % (_pair(b"system", _SOLID), _pair(b"code", _SOLID))
    return rb"\{%b(?:,%b)?(?:,%b)?\}" % (value, unit, code)


def _pair(name: bytes, value: bytes) -> bytes:
    return rb'%b"%b"%b:%b%b%b' % (_BLANK, name, _BLANK, _BLANK, value, _BLANK)


def _several(one: bytes) -> bytes:
    return rb"\[%b%b(?:%b,%b%b)*%b\]" % (_BLANK, one, _BLANK, _BLANK, one, _BLANK)


def _forms_of(kind: str) -> dict[str, _Form]:
    struct = getattr(r4, kind)
    names = dict(zip(struct.__struct_fields__, struct.__struct_encode_fields__, strict=True))
    found: dict[str, _Form] = {}
    for field, hint in get_type_hints(struct, include_extras=True).items():
        if field in names and not field.startswith("_") and field not in ACROSS:
            its_type = _without_unset(hint)
            if its_type not in _forms:
                _forms[its_type] = _form(its_type)
            found[names[field]] = _forms[its_type]
    return found


def _without_unset(hint: Any) -> Any:
    if get_origin(hint) in (Union, UnionType):
        return Union[tuple(one for one in get_args(hint) if one is not primitives.Unset)]  # noqa: UP007
    return hint


_memory = _Memory()
_forms: dict[Any, _Form] = {}
_kinds = {f'"{kind}"'.encode("ascii"): (_forms_of(kind), names) for kind, names in DECISIVE.items()}
