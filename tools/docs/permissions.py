"""docs/reference/permissions.md, out of `accounts/access.py`."""

from pathlib import Path

from tools.docs.markdown import page, table


def render(root: Path) -> str:
    """Who may do what, whatever the record."""
    from tautband.accounts.access import ROLE_PERMISSIONS, Permission, Role

    return page(
        "Permissions",
        "One person may hold several roles; what they may do adds up. This table says what a role"
        " allows on any record. Whether it may be done to *this* record *now* is asked in"
        " `records/policies.py`: a signed session, for instance, is changed by nobody.",
        table(
            ["Permission", *(f"{role}" for role in Role)],
            [
                [
                    f"`{permission}`",
                    *("yes" if permission in ROLE_PERMISSIONS[role] else "" for role in Role),
                ]
                for permission in Permission
            ],
        ),
        "The **senior** right is no role. It is given to a person, and lets a clinician override"
        " a critical finding with a reason and words, where the rule may be overridden at all.",
    )
