"""The icons that the pages may use: one sprite, written by `tools/vendor.py`."""

from functools import lru_cache
from pathlib import Path

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SPRITE = "vendor/icons/sprite.svg"
_FILE = Path(__file__).parent / "static" / SPRITE

#: Icons that point along the line of text and turn round in right-to-left pages.
FLIPS = frozenset(
    [
        "arrow-left",
        "arrow-right",
        "box-arrow-in-right",
        "box-arrow-right",
        "chevron-left",
        "chevron-right",
        "list-check",
    ]
)


@lru_cache(maxsize=1)
def icon_names() -> frozenset[str]:
    """Every name in the sprite."""
    return frozenset(part.split('"', 1)[0] for part in _FILE.read_text().split('<symbol id="')[1:])


@lru_cache(maxsize=1)
def sprite_url() -> str:
    """Where the sprite is served (looked up once: hashed names cost a lookup each)."""
    return static(SPRITE)


@lru_cache(maxsize=512)
def icon_svg(name: str, label: str = "") -> SafeString:
    """One icon; silent beside a word, named when it stands alone. An unknown name draws nothing."""
    if name not in icon_names():
        return SafeString("")
    css = "icon flips" if name in FLIPS else "icon"
    if label:
        return format_html(
            '<svg class="{}" role="img" aria-label="{}"><use href="{}#{}"/></svg>',
            css, label, sprite_url(), name,
        )  # fmt: skip
    return format_html(
        '<svg class="{}" aria-hidden="true"><use href="{}#{}"/></svg>', css, sprite_url(), name
    )
