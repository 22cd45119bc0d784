"""Cutting a stream of JSON into the resources it holds, a piece at a time, whatever its size.

One pass over the bytes finds where objects begin and end; what a piece means is for others to
read. The frame around the entries of a Bundle is kept, with a 0 for each entry, and read as JSON
when it ends: so a missing comma between two entries is found as well.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import msgspec
from django.utils.translation import gettext as _

from tautband.interop.fhir.elements import Bad

# A chart photograph inside a Patient is a few megabytes; no resource we keep is near this.
MOST_BYTES = 16 * 1024 * 1024
# FHIR's own deepest published example nests 18 levels; Python gives up at about a thousand.
MOST_DEPTH = 100
# How much of something too long is kept, to tell whose it is.
_HEAD = 64 * 1024
_CHUNKS_AT_MOST = 1024 * 1024

_QUIET = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_TEXT = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BLANK = re.compile(rb"[ \t\r\n]*+")
_ENTRY_KEY = re.compile(rb'"entry"[ \t\r\n]*:[ \t\r\n]*\Z')
_QUOTE, _OPEN, _LIST = ord('"'), ord("{"), ord("[")
_OPENING = frozenset(b"{[")


class _Kind(msgspec.Struct):
    """A top-level object, of whatever type."""

    resourceType: str | None = None


class _Frame(msgspec.Struct):
    """The frame of a Bundle: everything but its entries."""

    type: str | None = None
    entry: list[int] | msgspec.UnsetType = msgspec.UNSET


class _Entry(msgspec.Struct):
    """One entry of a Bundle."""

    fullUrl: str | None = None
    resource: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    request: Any = None
    response: Any = None

    @property
    def deletes(self) -> bool:
        """Whether it says that something is gone, in a history or a transaction."""
        return isinstance(self.request, dict) and self.request.get("method") == "DELETE"


_kind = msgspec.json.Decoder(_Kind)
_frame = msgspec.json.Decoder(_Frame)
_entry = msgspec.json.Decoder(_Entry)


@dataclass(frozen=True, slots=True)
class Piece:
    """One resource as it stands in the file; `broken` says why it cannot be read, if so.

    Of a resource longer than any we keep, `raw` is only the beginning.
    """

    raw: bytes
    path: str
    full_url: str = ""
    broken: str = ""
    in_bundle: bool = False
    is_whole: bool = True


@dataclass(frozen=True, slots=True)
class BundleEnd:
    """The Bundle whose pieces came just before is read to its end; `type` as it is written."""

    type: str


class _Cut(Exception):
    """The bytes end in the middle of something."""


def cut(chunks: Iterable[bytes]) -> Iterator[Piece | BundleEnd]:
    """The resources of a file that holds one JSON object, or several one after the other.

    Raises Bad where the rest cannot be read; the pieces before it stand.
    """
    yield from _Cutter(chunks).run()


def cut_lines(chunks: Iterable[bytes]) -> Iterator[Piece | BundleEnd]:
    """The resources of an NDJSON file; a line that cannot be read is told, and the next one read.

    Raises Bad if the file breaks off within its last line.
    """
    rest, number, is_skipped = b"", 0, False
    for chunk in chunks:
        *lines, rest = (rest + chunk).split(b"\n")
        for line in lines:
            number += 1
            if not is_skipped:
                yield from _line(line, number)
            is_skipped = False
        if len(rest) > MOST_BYTES:
            if not is_skipped:
                yield Piece(rest[:_HEAD], f"line {number + 1}", broken=_too_long(), is_whole=False)
            rest, is_skipped = b"", True
    if rest.strip() and not is_skipped:
        pieces = list(_line(rest, number + 1))
        if any(isinstance(one, Piece) and one.broken for one in pieces):
            raise Bad(f"line {number + 1}", _("the file breaks off here"))
        yield from pieces


def is_lines(head: bytes) -> bool:
    """Whether a file that begins so is NDJSON: its first line is an object, and more follows."""
    line, _newline, rest = head.lstrip().partition(b"\n")
    if not rest.strip():
        return False
    try:
        return isinstance(msgspec.json.decode(line), dict)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False


def _line(line: bytes, number: int) -> Iterator[Piece | BundleEnd]:
    line = line.strip()
    if not line:
        return
    path = f"line {number}"
    try:
        kind = _kind.decode(line).resourceType
        if kind not in {None, "Bundle"}:
            yield Piece(line, f"{path}: {kind}")
            return
    except (msgspec.DecodeError, RecursionError):
        # What is wrong the cutter names.
        pass
    try:
        for one in _Cutter([line]).run():
            yield replace(one, path=f"{path}: {one.path}") if isinstance(one, Piece) else one
    except Bad as bad:
        yield Piece(line, f"{path}: {bad.path}" if bad.path else path, broken=bad.why)


def _too_long() -> str:
    return _("one resource of more than %d MB") % (MOST_BYTES // (1024 * 1024))


class _Cutter:
    """Where the cutting stands: a window of the bytes, and the mark up to which it is used up."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self._chunks = iter(chunks)
        self._window = b""
        self._at = 0
        # From here on the window is still needed; None while what is read is thrown away.
        self._mark: int | None = 0
        # The beginning of an entry that is too long, once that is known.
        self._head = b""
        self._may_throw_away = False
        # The first entry that holds nothing, of what may turn out to be a Bundle.
        self._hollow: list[Piece] = []

    def run(self) -> Iterator[Piece | BundleEnd]:
        while self._skip_blank():
            if self._window[self._at] != _OPEN:
                raise Bad("", _("a JSON object is expected here"))
            try:
                yield from self._top()
            except _Cut:
                raise Bad("", _("the file breaks off here")) from None

    # --- the window ---

    def _more(self) -> None:
        """Read on; what lies before the mark is given up."""
        chunk = next(self._chunks, None)
        if chunk is None:
            raise _Cut
        keep = self._at if self._mark is None else self._mark
        self._window = self._window[keep:] + chunk
        self._at -= keep
        if self._mark is not None:
            self._mark = 0
            if len(self._window) > MOST_BYTES + _CHUNKS_AT_MOST:
                self._throw_away()

    def _throw_away(self) -> None:
        if not self._may_throw_away:
            raise Bad("", _too_long())
        self._head = self._window[:_HEAD]
        self._mark = None

    def _taken(self) -> bytes:
        """What stands between the mark and here; the mark moves up."""
        taken = b"" if self._mark is None else self._window[self._mark : self._at]
        self._mark = self._at
        return taken

    def _skip_blank(self) -> bool:
        while True:
            self._at = self._mark = _end(_BLANK, self._window, self._at)
            if self._at < len(self._window):
                return True
            try:
                self._more()
            except _Cut:
                return False

    def _bracket(self) -> int:
        """Go to the next bracket outside a string, and return it."""
        while True:
            self._at = _end(_QUIET, self._window, self._at)
            if self._at == len(self._window):
                self._more()
            elif self._window[self._at] == _QUOTE:
                self._at += 1
                self._finish_string()
            else:
                return self._window[self._at]

    def _finish_string(self) -> None:
        """A string that goes beyond the window: read on to its end, scanning each byte once."""
        while True:
            self._at = _end(_TEXT, self._window, self._at)
            if self._at < len(self._window) and self._window[self._at] == _QUOTE:
                self._at += 1
                return
            self._more()

    def _close(self, depth: int) -> None:
        """From just behind an opening bracket to just behind the one that closes it."""
        level = depth + 1
        # Written out, not called: most of the time of a large import is spent in this loop.
        match, window, at = _QUIET.match, self._window, self._at
        while level > depth:
            found = match(window, at)
            at = found.end() if found else at
            bracket = window[at] if at < len(window) else _QUOTE
            if bracket == _QUOTE:
                # The end of the window, within a string or not.
                self._at = at
                bracket = self._bracket()
                window, at = self._window, self._at
            at += 1
            if bracket in _OPENING:
                level += 1
                if level > MOST_DEPTH:
                    raise Bad("", _("this is nested too deeply"))
            else:
                level -= 1
        self._at = at

    # --- one top-level object ---

    def _top(self) -> Iterator[Piece | BundleEnd]:
        frame = bytearray()
        self._hollow.clear()
        entries: int | None = None
        pieces = 0
        self._at += 1
        while (bracket := self._bracket()) in _OPENING:
            is_entry = bracket == _LIST and entries is None and self._is_entry()
            self._at += 1
            if not is_entry:
                self._close(1)
                continue
            entries = 0
            while self._bracket() == _OPEN:
                frame += self._taken()
                piece = self._entry(f"Bundle.entry[{entries}]")
                if piece is not None:
                    pieces += 1
                    yield piece
                frame += b"0"
                entries += 1
                if len(frame) > MOST_BYTES:
                    raise Bad("Bundle", _too_long())
            # The end of the list, or something in it that is no object: the frame tells.
            if self._window[self._at] == _LIST:
                raise Bad(f"Bundle.entry[{entries}]", _("an object is expected here"))
            self._at += 1
        self._at += 1
        frame += self._taken()
        whole = self._framed(bytes(frame), entries or 0, pieces)
        if isinstance(whole, BundleEnd):
            yield from self._hollow
        yield whole

    def _is_entry(self) -> bool:
        before = self._window[max(self._mark or 0, self._at - 64) : self._at]
        return bool(_ENTRY_KEY.search(before))

    def _entry(self, path: str) -> Piece | None:
        self._may_throw_away, self._head = True, b""
        self._at += 1
        try:
            self._close(2)
        except Bad as bad:
            raise Bad(path, bad.why) from None
        self._may_throw_away = False
        raw = self._taken()
        if self._head:
            return Piece(
                self._head, f"{path}.resource", broken=_too_long(), in_bundle=True, is_whole=False
            )
        try:
            entry = _entry.decode(raw)
        except RecursionError:
            return Piece(raw, path, broken=_("this is nested too deeply"), in_bundle=True)
        except msgspec.ValidationError as error:
            return Piece(raw, path, broken=_wrong_type(error), in_bundle=True)
        except msgspec.DecodeError:
            return Piece(raw, path, broken=_("this is not JSON"), in_bundle=True)
        if entry.deletes:
            why = _("this deletes something, which an import does not do")
            return Piece(raw, f"{path}.request.method", broken=why, in_bundle=True)
        if isinstance(entry.resource, msgspec.UnsetType):
            if entry.request is None and entry.response is None:
                # bdl-5: nobody knows what was to be here. In a List it is nothing unusual.
                why = _("this is missing")
                self._hollow.append(Piece(raw, f"{path}.resource", broken=why, in_bundle=True))
                del self._hollow[1:]
            return None
        resource = bytes(entry.resource)
        return Piece(resource, f"{path}.resource", entry.fullUrl or "", in_bundle=True)

    def _framed(self, raw: bytes, entries: int, pieces: int) -> Piece | BundleEnd:
        """The top-level object itself, now that all of it is there."""
        try:
            kind = _kind.decode(raw).resourceType
            if not kind:
                raise Bad("resourceType", _("this is missing"))
            if kind == "Bundle":
                return _bundle_end(_frame.decode(raw), entries)
        except RecursionError:
            raise Bad("", _("this is nested too deeply")) from None
        except msgspec.ValidationError as error:
            path = _path_in(error)
            if path.startswith("entry["):
                raise Bad(f"Bundle.{path}", _("an object is expected here")) from None
            raise Bad(path, _wrong_type(error)) from None
        except msgspec.DecodeError:
            raise Bad("", _("this is not JSON")) from None
        if pieces:
            raise Bad("resourceType", _("what has entries with resources is a Bundle"))
        return Piece(raw, kind)


def _bundle_end(frame: _Frame, entries: int) -> BundleEnd:
    if frame.entry not in (msgspec.UNSET, [0] * entries):
        raise Bad("Bundle.entry", _("an object is expected here"))
    return BundleEnd(frame.type or "")


def _end(pattern: re.Pattern[bytes], window: bytes, at: int) -> int:
    match = pattern.match(window, at)
    return match.end() if match else at


def _wrong_type(error: msgspec.ValidationError) -> str:
    # msgspec names the types and the place, never a value.
    words, _at, _place = str(error).partition(" - at ")
    return _("wrong type: %s") % words.replace("`", "")


def _path_in(error: msgspec.ValidationError) -> str:
    return str(error).partition("`$.")[2].rstrip("`")
