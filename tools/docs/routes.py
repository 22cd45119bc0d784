"""docs/reference/routes.md, out of the URLs and the guards on their views."""

from pathlib import Path
from typing import Any

from tools.docs.markdown import page, table


def render(root: Path) -> str:
    """Every address, its name, and who may open it."""
    from django.urls import URLPattern, get_resolver

    rows = []
    for part in get_resolver().url_patterns:
        for pattern in getattr(part, "url_patterns", []):
            if isinstance(pattern, URLPattern):
                rows.append(
                    [f"`/{pattern.pattern}`", f"`{pattern.name}`", _guard(pattern.callback)]
                )
    return page(
        "Routes",
        "Addresses carry random ids only, never a name or a number of a patient. The names are"
        " in the namespace `clinic`. Which roles hold a permission: `permissions.md`.",
        table(["Address", "Name", "Open to"], sorted(rows)),
    )


def _guard(view: Any) -> str:
    if getattr(view, "is_public", False):
        return "anybody"
    permission = getattr(view, "guarded_by", None)
    return f"`{permission}`" if permission else "NOBODY SAID"
