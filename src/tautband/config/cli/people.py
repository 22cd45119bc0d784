"""`tautband user add` and `tautband user password`, for when nobody can sign in."""

import argparse
from typing import TYPE_CHECKING, Any

from tautband.errors import Refused

if TYPE_CHECKING:
    from tautband.accounts.models import User


def add(commands: "argparse._SubParsersAction[Any]") -> None:
    """Describe the commands."""
    user = commands.add_parser("user", help="give somebody an account, or a new password")
    verbs = user.add_subparsers(title="what to do", metavar="VERB", required=True)
    new = verbs.add_parser("add", help="give somebody an account; prints a password once")
    new.add_argument("username", help="the name to sign in with")
    new.add_argument("--name", required=True, help="the person's full name")
    new.add_argument("--short", default="", help="the name on lists; default: the last name")
    new.add_argument(
        "--role",
        action="append",
        required=True,
        dest="roles",
        help="clinician, nurse, pharmacist, desk, manager or auditor; may repeat",
    )
    new.add_argument("--senior", action="store_true", help="may do what needs the senior right")
    new.set_defaults(run=run_add)
    renew = verbs.add_parser("password", help="give somebody a new password; prints it once")
    renew.add_argument("username")
    renew.set_defaults(run=run_password)


def person_named(username: str) -> "User":
    """The active person who signs in with this name."""
    from tautband.accounts.models import User

    person = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if person is None:
        raise Refused(f"Nobody signs in as {username}.")
    return person


def run_add(args: argparse.Namespace) -> int:
    """Make the account."""
    from tautband.accounts import actions
    from tautband.config import store

    store.bring_up()
    password = actions.random_password()
    person = actions.create(
        username=args.username,
        full_name=args.name,
        short_name=args.short,
        roles=args.roles,
        is_senior=args.senior,
        password=password,
        actor=None,
    )
    _show(person.username, password)
    return 0


def run_password(args: argparse.Namespace) -> int:
    """Replace the password."""
    from tautband.accounts import actions
    from tautband.config import store

    store.bring_up()
    person = person_named(args.username)
    password = actions.random_password()
    actions.set_password(person=person, password=password, actor=None, must_change_password=True)
    _show(person.username, password)
    return 0


def _show(username: str, password: str) -> None:
    print(f"{username}  {password}")
    print("The password is shown this once. A new one must be chosen at the first sign-in.")
