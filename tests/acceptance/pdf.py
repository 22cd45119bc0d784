"""Reads the words out of a PDF as WeasyPrint writes it: a test says what stands on paper."""

import re
import zlib

_OBJECT = re.compile(rb"(\d+) 0 obj\n(.*?)\nendobj", re.DOTALL)
_STREAM = re.compile(rb"(.*?)stream\r?\n(.*)\r?\nendstream", re.DOTALL)
_FONT = re.compile(rb"/([A-Z]{6}) (\d+) 0 R")
_TO_UNICODE = re.compile(rb"/ToUnicode (\d+) 0 R")
_CHARACTER = re.compile(rb"<([0-9a-f]{4})> <([0-9a-f]+)>")
# Which font, where to, and glyphs: the three operators that matter for reading.
_SHOWN = re.compile(rb"/([A-Z]{6}) \S+ Tf|\bTm\n|\[(.*?)\] ?TJ", re.DOTALL)
_GLYPH = re.compile(rb"<([0-9a-f]+)>")


def words(pdf: bytes) -> str:
    """The text in the order in which it is drawn, a space between any two runs."""
    assert pdf.startswith(b"%PDF-")
    assert pdf.rstrip().endswith(b"%%EOF")
    plain, streams = _objects(pdf)
    fonts: dict[bytes, dict[bytes, str]] = {}
    for dictionary in plain.values():
        for name, number in _FONT.findall(dictionary):
            table = _TO_UNICODE.search(plain.get(int(number), b""))
            if table:
                fonts[name] = _characters(streams[int(table[1])])
    pages = [_read(stream, fonts) for stream in streams.values() if b" Tf\n" in stream]
    return " ".join(" ".join(pages).split())


def _objects(pdf: bytes) -> tuple[dict[int, bytes], dict[int, bytes]]:
    """Every dictionary and every unpacked stream by its number; packed dictionaries too."""
    plain: dict[int, bytes] = {}
    streams: dict[int, bytes] = {}
    for found in _OBJECT.finditer(pdf):
        number, body = int(found[1]), found[2]
        held = _STREAM.fullmatch(body)
        if held is None:
            plain[number] = body
            continue
        plain[number] = held[1]
        data = zlib.decompress(held[2]) if b"/FlateDecode" in held[1] else held[2]
        streams[number] = data
        if b"/ObjStm" in held[1]:
            first = re.search(rb"/First (\d+)", held[1])
            assert first is not None
            start = int(first[1])
            pairs = [int(part) for part in data[:start].split()]
            places = [*pairs[1::2], len(data) - start]
            for nth, name in enumerate(pairs[::2]):
                plain[name] = data[start + places[nth] : start + places[nth + 1]]
    return plain, streams


def _characters(table: bytes) -> dict[bytes, str]:
    return {
        glyph: bytes.fromhex(to.decode()).decode("utf-16-be")
        for glyph, to in _CHARACTER.findall(table)
    }


def _read(stream: bytes, fonts: dict[bytes, dict[bytes, str]]) -> str:
    read: list[str] = []
    font: dict[bytes, str] = {}
    for found in _SHOWN.finditer(stream):
        if found[1]:
            font = fonts.get(found[1], {})
        elif found[2]:
            for run in _GLYPH.findall(found[2]):
                read += [font.get(run[at : at + 4], "\ufffd") for at in range(0, len(run), 4)]
        else:
            read.append(" ")
    return "".join(read)
