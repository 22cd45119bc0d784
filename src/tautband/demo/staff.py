"""The made-up people who work at the demo clinic, each with a password nobody else ever had."""

from collections.abc import Iterator
from dataclasses import dataclass

from tautband.accounts import actions as accounts
from tautband.accounts.access import Role
from tautband.accounts.models import User


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """How somebody signs in: name, password, and what they are, in words."""

    username: str
    password: str
    what: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Staff:
    """Everybody who works here."""

    okafor: User
    vance: User
    amari: User
    rana: User
    tom: User
    desk: User
    pharmacist: User
    manager: User
    auditor: User

    @property
    def clinicians(self) -> tuple[User, User, User]:
        """Who plans and injects; the last is in training."""
        return (self.okafor, self.vance, self.amari)

    @property
    def nurses(self) -> tuple[User, User]:
        """Who prepares and watches."""
        return (self.rana, self.tom)


def _people() -> Iterator[tuple[str, str, str, str, Role, bool]]:
    yield "manager", "manager", "Ruth Adeyemi", "Adeyemi", Role.MANAGER, False
    yield "okafor", "okafor", "Dr Lena Okafor", "Okafor", Role.CLINICIAN, True
    yield "vance", "vance", "Dr Piet Vance", "Vance", Role.CLINICIAN, False
    yield "amari", "amari", "Dr Yusra Amari", "Amari", Role.CLINICIAN, False
    yield "rana", "rana", "Rana Amari", "R. Amari", Role.NURSE, False
    yield "tom", "tom", "Tom Brandt", "Brandt", Role.NURSE, False
    yield "desk", "pell", "Jo Pell", "J. Pell", Role.DESK, False
    yield "pharmacist", "tanaka", "Mei Tanaka", "Tanaka", Role.PHARMACIST, False
    yield "auditor", "kowal", "Stefan Kowal", "Kowal", Role.AUDITOR, False


def hire() -> tuple[Staff, tuple[Login, ...]]:
    """Give everybody an account; the passwords are made now and kept nowhere."""
    people: dict[str, User] = {}
    logins: list[Login] = []
    for key, username, full_name, short_name, role, is_senior in _people():
        password = accounts.random_password()
        people[key] = accounts.create(
            username=username,
            full_name=full_name,
            short_name=short_name,
            roles=[role],
            is_senior=is_senior,
            password=password,
            # The manager comes first, as at a real installation, and takes on the others.
            actor=people.get("manager"),
            must_change_password=False,
        )
        what = f"{full_name}, {role}{', senior' if is_senior else ''}"
        logins.append(Login(username=username, password=password, what=what))
    return Staff(**people), tuple(logins)
