"""Where the resources of an import wait until their patient is there: a temporary file on disk.

It is a SQLite database of its own in the data folder, open to its owner alone, and its name is
taken away as soon as it is open: however the import ends, nothing of it stays behind.
"""

import os
import sqlite3
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PREFIX = ".import-"
# The name of a spool lives for a moment; one older than this was left by a process that ended.
_LEFT_BEHIND_SECONDS = 60
_CACHE_KIB = 16 * 1024
# The scope of what does not stand for itself: single resources, NDJSON, pages of a search.
SHARED = 0

_TABLES = """
CREATE TABLE origin (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE body (seq INTEGER PRIMARY KEY, raw BLOB NOT NULL);
CREATE TABLE patient (
    seq INTEGER PRIMARY KEY, scope INTEGER NOT NULL, origin INTEGER NOT NULL, path TEXT NOT NULL,
    full_url TEXT NOT NULL, broken TEXT NOT NULL, digest TEXT NOT NULL DEFAULT '', same_as INTEGER,
    refused TEXT NOT NULL DEFAULT '', unreadable INTEGER NOT NULL DEFAULT 0);
CREATE TABLE name (
    scope INTEGER NOT NULL, name TEXT NOT NULL, patient INTEGER NOT NULL,
    PRIMARY KEY (scope, name, patient)) WITHOUT ROWID;
CREATE INDEX name_anywhere ON name (name);
CREATE TABLE identifier (
    value TEXT NOT NULL, patient INTEGER NOT NULL, digest TEXT NOT NULL,
    PRIMARY KEY (value, patient)) WITHOUT ROWID;
CREATE TABLE resource (
    seq INTEGER PRIMARY KEY, scope INTEGER NOT NULL, origin INTEGER NOT NULL, path TEXT NOT NULL,
    full_url TEXT NOT NULL, kind TEXT NOT NULL, broken TEXT NOT NULL, patient INTEGER);
CREATE INDEX resource_patient ON resource (patient, seq);
CREATE TABLE called (
    resource INTEGER NOT NULL, rank INTEGER NOT NULL, name TEXT NOT NULL,
    PRIMARY KEY (resource, rank)) WITHOUT ROWID;
CREATE TABLE broken_scope (
    scope INTEGER PRIMARY KEY, place TEXT NOT NULL, unreadable INTEGER NOT NULL);
CREATE TABLE target (
    name TEXT NOT NULL, scope INTEGER NOT NULL, seq INTEGER NOT NULL,
    PRIMARY KEY (name, scope)) WITHOUT ROWID;
"""
# Whom a resource is about: a patient of its own scope by that name, else the only one anywhere.
_FIND_PATIENTS = """
UPDATE resource SET patient = coalesce(
    (SELECT coalesce(p.same_as, p.seq) FROM called c
       JOIN name n ON n.scope = resource.scope AND n.name = c.name
       JOIN patient p ON p.seq = n.patient
      WHERE c.resource = resource.seq ORDER BY c.rank, p.seq LIMIT 1),
    (SELECT min(coalesce(p.same_as, p.seq)) FROM called c
       JOIN name n ON n.name = c.name JOIN patient p ON p.seq = n.patient
      WHERE c.resource = resource.seq
      GROUP BY c.resource HAVING count(DISTINCT coalesce(p.same_as, p.seq)) = 1))
"""
# Whoever is in a part of the files that broke off, or has something in it, is refused whole.
_REFUSE_BROKEN = """
UPDATE patient SET refused = ?1, unreadable = b.unreadable AND patient.scope = b.scope
  FROM broken_scope b
 WHERE patient.refused = '' AND (patient.scope = b.scope OR patient.seq IN (
    SELECT r.patient FROM resource r WHERE r.scope = b.scope AND r.patient IS NOT NULL))
"""


@dataclass(frozen=True, slots=True)
class Staged:
    """One resource that waits: where it came from, what it is, and its bytes."""

    seq: int
    scope: int
    origin: str
    path: str
    full_url: str
    kind: str
    raw: bytes
    broken: str = ""

    @property
    def where(self) -> str:
        """The file, and the place in it."""
        return f"{self.origin}: {self.path}"


class Staging:
    """The spool of one import; a context manager."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        _sweep(folder)
        path = folder / f"{PREFIX}{os.getpid()}-{time.time_ns()}"
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
        try:
            self._db = sqlite3.connect(path, isolation_level=None)
            # Nothing here is worth keeping, so nothing is written twice or waited for.
            for pragma in (
                "journal_mode=OFF", "synchronous=OFF", "locking_mode=EXCLUSIVE",
                "temp_store=MEMORY", f"cache_size=-{_CACHE_KIB}",
            ):  # fmt: skip
                self._db.execute(f"PRAGMA {pragma}")
            self._db.executescript(_TABLES)
        finally:
            path.unlink()
        self._db.execute("BEGIN")
        self._seq = 0
        self._scope = SHARED
        self._origin = 0

    def __enter__(self) -> "Staging":
        """The spool, open."""
        return self

    def __exit__(self, *_failure: object) -> None:
        """Close it, and with it the file is gone."""
        self._db.close()

    # --- putting in ---

    def begin_origin(self, name: str) -> None:
        """What comes next comes from this file."""
        self._origin += 1
        self._db.execute("INSERT INTO origin VALUES (?, ?)", (self._origin, name))

    def new_scope(self) -> int:
        """A scope for a Bundle that may stand for itself."""
        self._scope += 1
        return self._scope

    def put_patient(
        self, scope: int, path: str, full_url: str, raw: bytes, *, broken: str = ""
    ) -> None:
        """Keep a Patient, also one who cannot be read: others may point there."""
        self._db.execute(
            "INSERT INTO patient (seq, scope, origin, path, full_url, broken)"
            " VALUES (?, ?, ?, ?, ?, ?)",
            (self._put_body(raw), scope, self._origin, path, full_url, broken),
        )

    def put_resource(
        self, scope: int, path: str, full_url: str, raw: bytes, *, kind: str,
        subjects: Sequence[str], broken: str = "",
    ) -> None:  # fmt: skip
        """Keep a resource about the patient whom one of `subjects` names, the most exact first."""
        seq = self._put_body(raw)
        self._db.execute(
            "INSERT INTO resource VALUES (?, ?, ?, ?, ?, ?, ?, NULL)",
            (seq, scope, self._origin, path, full_url, kind, broken),
        )
        self._db.executemany(
            "INSERT INTO called VALUES (?, ?, ?)",
            [(seq, rank, name) for rank, name in enumerate(subjects)],
        )

    def put_target(self, scope: int, names: Sequence[str], raw: bytes) -> None:
        """Keep a resource to which others point: a medicine, a payer. The first by a name stays."""
        seq = self._put_body(raw)
        self._db.executemany(
            "INSERT OR IGNORE INTO target VALUES (?, ?, ?)", [(name, scope, seq) for name in names]
        )

    def target_in(self, scope: int, name: str) -> bytes | None:
        """What has this name in this scope already."""
        row = self._db.execute(
            "SELECT raw FROM target t JOIN body b ON b.seq = t.seq WHERE name = ? AND scope = ?",
            (name, scope),
        ).fetchone()
        return row[0] if row else None

    def _put_body(self, raw: bytes) -> int:
        self._seq += 1
        self._db.execute("INSERT INTO body VALUES (?, ?)", (self._seq, raw))
        return self._seq

    def merge_into_shared(self, scope: int) -> None:
        """The Bundle does not stand for itself after all."""
        for table in ("patient", "resource"):
            self._db.execute(f"UPDATE {table} SET scope = 0 WHERE scope = ?", (scope,))  # noqa: S608
        self._db.execute("UPDATE OR IGNORE target SET scope = 0 WHERE scope = ?", (scope,))

    # --- who is who ---

    def patients(self) -> Iterator[Staged]:
        """Every Patient in the order in which they came; safe while others are changed."""
        return self._each("patient", "1")

    def each_patient_once(self) -> Iterator[tuple[Staged, str, bool]]:
        """Each Patient, with why they are refused, if so, and whether their file was readable."""
        for staged in self._each("patient", "same_as IS NULL"):
            refused, unreadable = self._db.execute(
                "SELECT refused, unreadable FROM patient WHERE seq = ?", (staged.seq,)
            ).fetchone()
            yield staged, refused, not unreadable

    def know(
        self, patient: Staged, *, names: Sequence[str], identifiers: Sequence[str], digest: str
    ) -> None:
        """Note by which names others point to a patient, and by which identifiers they are known.

        `digest` stands for everything read of them.
        """
        self._db.execute("UPDATE patient SET digest = ? WHERE seq = ?", (digest, patient.seq))
        self._db.executemany(
            "INSERT OR IGNORE INTO name VALUES (?, ?, ?)",
            [(patient.scope, name, patient.seq) for name in names],
        )
        self._db.executemany(
            "INSERT OR IGNORE INTO identifier VALUES (?, ?, ?)",
            [(value, patient.seq, digest) for value in identifiers],
        )

    def join_twins(self) -> int:
        """Join the patients of one name and scope of whom the same was read; say how many."""
        return self._db.execute(
            "UPDATE patient SET same_as = first FROM ("
            " SELECT n.patient AS twin, min(o.patient) AS first FROM name n"
            " JOIN name o ON o.scope = n.scope AND o.name = n.name AND o.patient < n.patient"
            " JOIN patient p ON p.seq = n.patient JOIN patient q ON q.seq = o.patient"
            " WHERE p.digest = q.digest AND p.digest <> '' GROUP BY n.patient)"
            " WHERE seq = twin"
        ).rowcount

    def one_name_for_two(self) -> Iterator[tuple[int, str]]:
        """The patients who share a name in a scope with somebody else, and where that one is."""
        yield from self._db.execute(
            "SELECT DISTINCT n.patient, g.name || ': ' || q.path FROM name n"
            " JOIN name o ON o.scope = n.scope AND o.name = n.name AND o.patient <> n.patient"
            " JOIN patient p ON p.seq = n.patient JOIN patient q ON q.seq = o.patient"
            " JOIN origin g ON g.id = q.origin"
            " WHERE p.digest <> q.digest GROUP BY n.patient"
        ).fetchall()

    def one_identifier_for_two(self) -> Iterator[tuple[int, str]]:
        """The patients who share an identifier with somebody else, and where that one is."""
        yield from self._db.execute(
            "SELECT i.patient, g.name || ': ' || q.path FROM identifier i"
            " JOIN identifier o ON o.value = i.value AND o.digest <> i.digest"
            " JOIN patient q ON q.seq = o.patient JOIN origin g ON g.id = q.origin"
            " GROUP BY i.patient"
        ).fetchall()

    def refuse_patient(self, patient: int, why: str) -> None:
        """Refuse one patient whole; the first reason stands."""
        self._db.execute(
            "UPDATE patient SET refused = ? WHERE seq = ? AND refused = ''", (why, patient)
        )

    def break_scope(self, scope: int, where: str, *, unreadable: bool = False) -> None:
        """A part of the files broke off, or holds what cannot be read and may be anybody's."""
        self._db.execute(
            "INSERT INTO broken_scope VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET unreadable = max(unreadable, excluded.unreadable)",
            (scope, where, unreadable),
        )

    def find_patients(self) -> None:
        """Give each resource to its patient."""
        self._db.execute(_FIND_PATIENTS)

    def refuse_broken(self, why: str) -> None:
        """Refuse the patients of whom something may be missing."""
        self._db.execute(_REFUSE_BROKEN, (why,))

    # --- taking out ---

    def count_of_patients(self) -> int:
        """How many patients there are, each counted once."""
        row = self._db.execute("SELECT count(*) FROM patient WHERE same_as IS NULL")
        return int(row.fetchone()[0])

    def count_of(self, patient: int) -> int:
        """How many resources are about a patient."""
        row = self._db.execute("SELECT count(*) FROM resource WHERE patient = ?", (patient,))
        return int(row.fetchone()[0])

    def kinds_of(self, patient: int) -> dict[str, int]:
        """How many resources of each kind are about a patient."""
        return dict(
            self._db.execute(
                "SELECT kind, count(*) FROM resource WHERE patient = ? GROUP BY kind", (patient,)
            )
        )

    def resources_of(self, patient: int) -> Iterator[Staged]:
        """Everything about one patient, in the order in which it came."""
        return self._each("resource", "patient = ?", patient)

    def is_broken(self, scope: int) -> bool:
        """Whether a scope broke off, or holds what cannot be read and may be anybody's."""
        found = self._db.execute("SELECT 1 FROM broken_scope WHERE scope = ?", (scope,))
        return found.fetchone() is not None

    def resources_of_nobody(self) -> Iterator[Staged]:
        """What is about nobody in these files."""
        return self._each("resource", "patient IS NULL")

    def target(self, scope: int, name: str) -> bytes | None:
        """What a reference points to: in the same scope first, then anywhere."""
        row = self._db.execute(
            "SELECT raw FROM target t JOIN body b ON b.seq = t.seq WHERE name = ?"
            " ORDER BY scope <> ?, scope LIMIT 1", (name, scope),
        ).fetchone()  # fmt: skip
        return row[0] if row else None

    def _each(self, table: str, condition: str, *values: Any) -> Iterator[Staged]:
        last = 0
        while True:
            rows = self._db.execute(
                f"SELECT seq FROM {table} WHERE seq > ? AND {condition} ORDER BY seq LIMIT 256",  # noqa: S608
                (last, *values),
            ).fetchall()
            if not rows:
                return
            for (seq,) in rows:
                last = seq
                yield self._staged(table, seq)

    def _staged(self, table: str, seq: int) -> Staged:
        more = "'Patient', broken" if table == "patient" else "kind, broken"
        row = self._db.execute(
            f"SELECT scope, name, path, full_url, raw, {more} FROM {table}"  # noqa: S608
            f" JOIN origin ON origin.id = origin JOIN body USING (seq) WHERE seq = ?", (seq,),
        ).fetchone()  # fmt: skip
        scope, name, path, full_url, raw, kind, broken = row
        return Staged(seq, scope, name, path, full_url, kind, raw, broken)


def _sweep(folder: Path) -> None:
    """Remove what a process left that was ended in the moment before it took the name away."""
    for left in folder.glob(f"{PREFIX}*"):
        try:
            if time.time() - left.stat().st_mtime > _LEFT_BEHIND_SECONDS:
                left.unlink()
        except FileNotFoundError:
            continue
