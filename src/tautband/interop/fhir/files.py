"""Opening the files of an export: plain or gzipped, read a chunk at a time, none trusted."""

import codecs
import gzip
import zlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.utils.translation import gettext as _

from tautband.interop.fhir.elements import Bad

CHUNK = 1024 * 1024
# Real exports unpack to 5 to 40 times their size; a bomb to a thousand times.
MOST_UNPACKED_TIMES = 200
# Below this much nothing is a bomb, whatever it was packed to.
NO_BOMB_BYTES = 64 * 1024 * 1024
_GZIP = b"\x1f\x8b"
_BOM = codecs.BOM_UTF8
SUFFIXES = (".json", ".ndjson", ".jsonl")


@dataclass(frozen=True, slots=True)
class Origin:
    """A file to read: its name in the report, how to open it, and how long it is if known."""

    name: str
    open: Callable[[], BinaryIO]
    size: int = 0

    @property
    def holds_lines(self) -> bool:
        """Whether the name says that each line is a resource."""
        return self.name.removesuffix(".gz").endswith((".ndjson", ".jsonl"))


def origins(paths: Iterable[Path]) -> Iterator[Origin]:
    """Each file named, and each JSON or NDJSON file, gzipped or not, under each folder, in order.

    A file inside a folder is named from that folder on.
    """
    for path in paths:
        if path.is_dir():
            for inside in sorted(path.rglob("*")):
                if inside.name.removesuffix(".gz").endswith(SUFFIXES) and inside.is_file():
                    yield _origin(str(inside.relative_to(path)), inside)
        else:
            yield _origin(path.name, path)


def _origin(name: str, path: Path) -> Origin:
    size = path.stat().st_size if path.is_file() else 0
    return Origin(name, lambda: path.open("rb"), size)


def read(origin: Origin, *, passed: Callable[[int], None] = lambda _bytes: None) -> Iterator[bytes]:
    """The text of a file in chunks, as UTF-8 without a mark; Bad where it cannot be read.

    `passed` is told how many bytes of the file itself were read since the last time.
    """
    check = codecs.getincrementaldecoder("utf-8")()
    first = True
    try:
        with origin.open() as raw:
            for chunk in _unpacked(raw, passed):
                if first:
                    chunk, first = chunk.removeprefix(_BOM), False
                check.decode(chunk)
                yield chunk
            check.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Bad("", _("the file is not UTF-8 text")) from None
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise Bad("", _("the compressed file is broken or cut off")) from None
    except FileNotFoundError:
        raise Bad("", _("there is no such file")) from None
    except IsADirectoryError:
        raise Bad("", _("this is a folder")) from None
    except OSError:
        raise Bad("", _("the file cannot be read")) from None


def _unpacked(raw: BinaryIO, passed: Callable[[int], None]) -> Iterator[bytes]:
    head = raw.read(len(_GZIP))
    if head != _GZIP:
        yield from _chunks(raw, head, passed)
        return
    raw.seek(0)
    packed = unpacked = 0
    with gzip.GzipFile(fileobj=raw) as stream:
        # As soon as there is something: of a file that is cut off, what comes before still counts.
        while chunk := stream.read1(CHUNK):
            unpacked += len(chunk)
            passed(raw.tell() - packed)
            packed = raw.tell()
            if unpacked > max(NO_BOMB_BYTES, MOST_UNPACKED_TIMES * packed):
                raise Bad(
                    "",
                    _("the file unpacks to more than %d times its size: a compression bomb")
                    % MOST_UNPACKED_TIMES,
                )
            yield chunk


def _chunks(raw: BinaryIO, head: bytes, passed: Callable[[int], None]) -> Iterator[bytes]:
    # The first bytes were only looked at; a chunk that begins with them is read to its size.
    chunk = head + raw.read(CHUNK - len(head))
    while chunk:
        passed(len(chunk))
        yield chunk
        chunk = raw.read(CHUNK)
