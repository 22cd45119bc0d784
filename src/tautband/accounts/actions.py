"""Everything that can be done to a person's account: one verb, one transaction, one event."""

import secrets
from collections.abc import Iterable
from uuid import UUID

from django.conf import settings
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from tautband.accounts.access import Role
from tautband.accounts.models import User
from tautband.audit import trail
from tautband.errors import Refused

# No letters or digits that look alike on paper.
ALPHABET = "abcdefghjkmnpqrstuvwxyz23456789"


def random_password(*, groups: int = 4) -> str:
    """A password a person can type: groups of four, about 19.8 bits each."""
    return "-".join("".join(secrets.choice(ALPHABET) for _ in range(4)) for _ in range(groups))


def _audit(action: str, *, actor: User | None, target: User, detail: dict[str, object]) -> None:
    trail.record(action, actor_id=actor.pk if actor else None, target_id=target.pk, detail=detail)


def _clean_roles(roles: Iterable[str]) -> list[str]:
    wanted = list(dict.fromkeys(roles))
    unknown = [role for role in wanted if role not in set(Role)]
    if unknown:
        raise Refused(_("There is no such role."), fields={"roles": _("There is no such role.")})
    return [str(role) for role in Role if role in wanted]


def _check_password(password: str, person: User) -> None:
    try:
        validate_password(password, person)
    except ValidationError as error:
        words = " ".join(error.messages)
        raise Refused(words, fields={"password": words}) from error


@transaction.atomic
def create(
    *,
    username: str,
    full_name: str,
    short_name: str,
    roles: Iterable[str],
    is_senior: bool,
    password: str,
    actor: User | None,
    must_change_password: bool = True,
) -> User:
    """Give a person an account; `actor` is None only at installation."""
    username = username.strip().lower()
    if not username or not full_name.strip():
        raise Refused(_("Give a sign-in name and the person's full name."))
    if User.objects.filter(username=username).exists():
        words = _("Somebody already signs in with this name.")
        raise Refused(words, fields={"username": words})
    person = User(
        username=username,
        full_name=full_name.strip(),
        short_name=short_name.strip() or full_name.strip().split()[-1],
        roles=_clean_roles(roles),
        is_senior=is_senior,
        must_change_password=must_change_password,
        # Nobody has asked yet: it is the centre's until the person says otherwise.
        language="",
    )
    _check_password(password, person)
    person.set_password(password)
    person.save()
    _audit(
        "person.create",
        actor=actor,
        target=person,
        detail={"roles": person.roles, "senior": is_senior},
    )
    return person


@transaction.atomic
def set_roles(
    *, person: User, roles: Iterable[str], is_senior: bool, is_active: bool, actor: User
) -> User:
    """Change what a person may do; the last active manager cannot lock everybody out."""
    cleaned = _clean_roles(roles)
    still_manages = is_active and Role.MANAGER in cleaned
    if Role.MANAGER in person.roles and not still_manages:
        # Filtered here and not in the database: JSON containment is not portable to SQLite.
        managers = [
            user.pk for user in User.objects.filter(is_active=True) if Role.MANAGER in user.roles
        ]
        if managers == [person.pk]:
            raise Refused(_("This is the only manager. Make somebody else a manager first."))
    person.roles = cleaned
    person.is_senior = is_senior
    person.is_active = is_active
    person.save(update_fields=["roles", "is_senior", "is_active"])
    _audit(
        "person.set-roles",
        actor=actor,
        target=person,
        detail={"roles": cleaned, "senior": is_senior, "active": is_active},
    )
    return person


@transaction.atomic
def set_password(
    *, person: User, password: str, actor: User | None, must_change_password: bool
) -> None:
    """Give a person a new password."""
    _check_password(password, person)
    person.set_password(password)
    person.must_change_password = must_change_password
    person.save(update_fields=["password", "must_change_password"])
    _audit("person.set-password", actor=actor, target=person, detail={})


@transaction.atomic
def set_preferences(*, person: User, theme: str | None = None, language: str | None = None) -> None:
    """Remember how a person likes the screen."""
    if theme is not None:
        if theme not in {"auto", "light", "dark"}:
            raise Refused(_("There is no such theme."))
        person.theme = theme
    if language is not None:
        if language not in dict(settings.LANGUAGES):
            raise Refused(_("There is no such language."))
        person.language = language
    person.save(update_fields=["theme", "language"])
    _audit("person.set-preferences", actor=person, target=person, detail={})


@transaction.atomic
def note_sign_in(*, person: User, kind: str) -> None:
    """Put a sign-in, sign-out or lock-out on the trail; who was locked out is not who tried."""
    _audit(f"person.{kind}", actor=None if kind == "lock-out" else person, target=person, detail={})


@transaction.atomic
def remember(*, person_id: UUID, full_name: str, short_name: str, actor: User) -> User:
    """Keep the name of somebody of another centre, whom a record from there names.

    They cannot sign in: the account is closed, holds no role, and has no password.
    """
    person = User(
        id=person_id,
        username=f"elsewhere-{person_id.hex}",
        full_name=full_name,
        short_name=short_name,
        roles=[],
        is_active=False,
    )
    person.set_unusable_password()
    person.save(force_insert=True)
    _audit("person.remember", actor=actor, target=person, detail={})
    return person
