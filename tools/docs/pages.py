"""The generated pages: where each stands, and what makes it."""

from collections.abc import Callable
from pathlib import Path

from tools.docs import arabic, evidence, knowledge, permissions, plan_schema, routes, rules, states

PAGES: dict[str, Callable[[Path], str]] = {
    "docs/reference/arabic.md": arabic.render,
    "docs/reference/states.md": states.render,
    "docs/reference/permissions.md": permissions.render,
    "docs/reference/routes.md": routes.render,
    "docs/reference/rules.md": rules.render,
    "docs/reference/knowledge.md": knowledge.render,
    "docs/reference/plan.schema.json": plan_schema.render,
    "docs/safety/evidence.md": evidence.render,
}


def stale(root: Path) -> dict[Path, str]:
    """The pages that do not say what the code says, each with what it should say."""
    wanted = {root / name: render(root) for name, render in PAGES.items()}
    return {
        path: text
        for path, text in wanted.items()
        if not path.exists() or path.read_text("utf-8") != text
    }
