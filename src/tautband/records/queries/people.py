"""The people who work here, as lists to choose from."""

from uuid import UUID

from tautband.accounts.access import Role
from tautband.accounts.models import User


def everybody() -> list[User]:
    """All people, those who still work here first, by name."""
    return list(User.objects.order_by("-is_active", "full_name"))


def find(person_id: UUID) -> User | None:
    """One person by id."""
    return User.objects.filter(pk=person_id).first()


def clinicians() -> list[User]:
    """Everybody who can be booked: active, and a clinician."""
    # Roles are filtered here and not in the database: JSON containment is not portable to SQLite.
    people = User.objects.filter(is_active=True).order_by("short_name", "full_name")
    return [person for person in people if Role.CLINICIAN in person.roles]


def clinician(person_id: UUID) -> User | None:
    """One active clinician by id."""
    person = User.objects.filter(pk=person_id, is_active=True).first()
    return person if person is not None and Role.CLINICIAN in person.roles else None


def bedside() -> list[User]:
    """Everybody who stands at the bedside: active clinicians and nurses."""
    here = User.objects.filter(is_active=True).order_by("short_name", "full_name")
    return [person for person in here if {Role.CLINICIAN, Role.NURSE} & set(person.roles)]


def at_the_bedside(person_id: UUID | None) -> User | None:
    """One of them by id."""
    return next((person for person in bedside() if person.pk == person_id), None)


def clinicians_ever() -> list[User]:
    """Every clinician there ever was, for what is written up after somebody has left."""
    everyone = User.objects.order_by("-is_active", "short_name", "full_name")
    return [person for person in everyone if Role.CLINICIAN in person.roles]


def by_username(username: str) -> User | None:
    """The person who signs in with this name, whatever its case."""
    return User.objects.filter(username=username.strip().lower()).first()
