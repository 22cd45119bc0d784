"""Opening the files of an export: plain or gzipped, each bounded, none trusted."""

import gzip
import json
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, BinaryIO

from django.utils.translation import gettext as _

from tautband.interop.fhir.elements import Bad

# A bundle of one patient's whole life is a few megabytes; a bomb is thousands of times that.
MOST_BYTES = 64 * 1024 * 1024
_CHUNK = 1024 * 1024
_GZIP = b"\x1f\x8b"
_SUFFIXES = (".json", ".json.gz")


@dataclass(frozen=True, slots=True)
class Origin:
    """A file to read: what it is called in the report, and how to open it."""

    name: str
    open: Callable[[], BinaryIO]


def origins(paths: Iterable[Path]) -> Iterator[Origin]:
    """Each file named, and each .json or .json.gz file under each folder named, in order."""
    for path in paths:
        if path.is_dir():
            for inside in sorted(path.rglob("*")):
                if inside.name.endswith(_SUFFIXES) and inside.is_file():
                    yield Origin(str(inside.relative_to(path)), _opener(inside))
        else:
            yield Origin(path.name, _opener(path))


def _opener(path: Path) -> Callable[[], BinaryIO]:
    return lambda: path.open("rb")


def read_json(origin: Origin) -> object:
    """The JSON value of a file; Bad with an empty path if there is none that may be read."""
    return _parse(_bytes(origin))


def _bytes(origin: Origin) -> bytes:
    try:
        with origin.open() as raw:
            head = raw.read(len(_GZIP))
            raw.seek(0)
            if head == _GZIP:
                with gzip.GzipFile(fileobj=raw) as unpacked:
                    return _bounded(unpacked)
            return _bounded(raw)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Bad("", _("the compressed file is broken or cut off")) from None
    except FileNotFoundError:
        raise Bad("", _("there is no such file")) from None
    except OSError:
        raise Bad("", _("the file cannot be read")) from None


def _bounded(stream: Any) -> bytes:
    parts: list[bytes] = []
    size = 0
    while chunk := stream.read(_CHUNK):
        size += len(chunk)
        if size > MOST_BYTES:
            megabytes = MOST_BYTES // (1024 * 1024)
            raise Bad("", _("the file unpacks to more than %d MB") % megabytes)
        parts.append(chunk)
    return b"".join(parts)


def _no_constant(_name: str) -> object:
    raise ValueError


def _parse(content: bytes) -> object:
    try:
        return json.loads(
            content.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise Bad("", _("the file is not UTF-8 text")) from None
    except RecursionError:
        raise Bad("", _("the file is nested too deeply")) from None
    except (ValueError, ArithmeticError):
        raise Bad("", _("the file is not JSON")) from None
