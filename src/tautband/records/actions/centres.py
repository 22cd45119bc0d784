"""Opening the centre at first run, and changing how it works."""

import os
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import time
from pathlib import Path

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from tautband.accounts import actions as accounts
from tautband.accounts.access import Permission, Role, may
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import NotAllowed, Refused
from tautband.records.models import Centre
from tautband.records.models.vocabulary import PaperSize
from tautband.records.queries import centre as centre_query

SETUP_CODE_FILE = "setup-code.txt"
SLOT_MINUTES = range(5, 241)
MOST_ROOMS = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class CentreFields:
    """What a manager says about the centre."""

    name: str
    time_zone: str
    emergency_number: str
    out_of_hours_number: str
    opens_at: time = time(8, 0)
    closes_at: time = time(18, 0)
    slot_minutes: int = 20
    languages: Sequence[str] = ("en",)
    rooms: Sequence[str] = field(default=())
    paper_size: str = PaperSize.A4


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstPerson:
    """Who sets the centre up, and manages it from then on."""

    username: str
    full_name: str
    short_name: str
    password: str
    is_clinician: bool = False
    is_senior: bool = False


def setup_code(folder: Path | None = None) -> str:
    """The one-time code that whoever started the server must type at first run.

    Made on first use and kept in the data folder, readable by its owner alone, so that a stranger
    on the network cannot claim a fresh installation.
    """
    path = _code_path(folder)
    if path.exists():
        return path.read_text(encoding="ascii").strip()
    path.parent.mkdir(parents=True, exist_ok=True)
    code = accounts.random_password(groups=3)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(code + "\n")
    return code


def _code_path(folder: Path | None = None) -> Path:
    return Path(folder or settings.TAUTBAND_DATA) / SETUP_CODE_FILE


def _code_is_right(given: str) -> bool:
    path = _code_path()
    if not path.exists():
        return False
    wanted = path.read_text(encoding="ascii").strip()
    return secrets.compare_digest(given.strip().lower().encode(), wanted.encode())


def _checked(fields: CentreFields) -> CentreFields:
    problems: dict[str, str] = {}
    rooms = list(dict.fromkeys(room.strip() for room in fields.rooms if room.strip()))
    languages = list(dict.fromkeys(fields.languages))
    if not fields.name.strip():
        problems["name"] = _("Give the centre's name.")
    if fields.time_zone not in centre_query.time_zones():
        problems["time_zone"] = _("Choose a time zone from the list.")
    if not languages or any(code not in dict(settings.LANGUAGES) for code in languages):
        problems["languages"] = _("Choose at least one language from the list.")
    for name in ("emergency_number", "out_of_hours_number"):
        number = getattr(fields, name)
        if not any(sign.isdigit() for sign in number):
            problems[name] = _("Give a telephone number.")
    if fields.closes_at <= fields.opens_at:
        problems["closes_at"] = _("The centre closes later than it opens, on the same day.")
    if fields.slot_minutes not in SLOT_MINUTES:
        problems["slot_minutes"] = _("A slot is 5 to 240 minutes long.")
    if fields.paper_size not in set(PaperSize):
        problems["paper_size"] = _("Choose A4 or Letter.")
    if len(rooms) > MOST_ROOMS or any(len(room) > 40 for room in rooms):
        problems["rooms"] = _("At most 60 rooms, each named in 40 letters or fewer.")
    if problems:
        raise Refused(_("The centre's details need another look."), fields=problems)
    return CentreFields(
        name=fields.name.strip(),
        time_zone=fields.time_zone,
        emergency_number=fields.emergency_number.strip(),
        out_of_hours_number=fields.out_of_hours_number.strip(),
        opens_at=fields.opens_at,
        closes_at=fields.closes_at,
        slot_minutes=fields.slot_minutes,
        languages=languages,
        rooms=rooms,
        paper_size=str(fields.paper_size),
    )


def _refuse_second() -> None:
    if Centre.objects.exists():
        raise Refused(_("This installation already has its centre. Sign in instead."))


@transaction.atomic
def open_centre(*, fields: CentreFields, actor: User) -> Centre:
    """Open the one centre this record belongs to; a second one is refused."""
    _refuse_second()
    if not may(actor, Permission.MANAGE_CENTRE):
        raise NotAllowed(_("Only a manager opens the centre."))
    checked = _checked(fields)
    try:
        with transaction.atomic():
            centre = Centre.objects.create(**asdict(checked))
    except IntegrityError as error:
        # Two people finished the first run at the same moment; the database kept the first.
        raise Refused(_("This installation already has its centre. Sign in instead.")) from error
    trail.record("centre.open", actor_id=actor.pk, detail={"time_zone": centre.time_zone})
    centre_query.forget()
    return centre


@transaction.atomic
def set_up(*, code: str, fields: CentreFields, person: FirstPerson) -> tuple[Centre, User]:
    """The first run: the first person, who manages, and the centre. Works once."""
    _refuse_second()
    if not _code_is_right(code):
        words = _("This is not the code that the server printed when it started.")
        raise Refused(words, fields={"code": words})
    _checked(fields)
    manager = accounts.create(
        username=person.username,
        full_name=person.full_name,
        short_name=person.short_name,
        roles=[Role.MANAGER, *([Role.CLINICIAN] if person.is_clinician else [])],
        is_senior=person.is_clinician and person.is_senior,
        password=person.password,
        actor=None,
        must_change_password=False,
    )
    centre = open_centre(fields=fields, actor=manager)
    transaction.on_commit(lambda: _code_path().unlink(missing_ok=True))
    return centre, manager


@transaction.atomic
def change(*, fields: CentreFields, actor: User) -> Centre:
    """Change how the centre works."""
    if not may(actor, Permission.MANAGE_CENTRE):
        raise NotAllowed(_("Only a manager changes the centre."))
    checked = asdict(_checked(fields))
    centre = Centre.objects.select_for_update().get(pk=1)
    changed = [name for name, value in checked.items() if getattr(centre, name) != value]
    for name in changed:
        setattr(centre, name, checked[name])
    # Named columns only: the patient numbers are counted up on the same row by others.
    centre.save(update_fields=changed)
    trail.record("centre.change", actor_id=actor.pk, detail={"changed": changed})
    centre_query.forget()
    return centre
