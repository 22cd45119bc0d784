"""Write the pages of docs/ that the code itself can tell.

`python tools/generate_docs.py` writes them; with `--check` nothing is written, and the exit code
is 1 when a page no longer says what the code says. `bin/check` asks, `bin/fix` writes.
"""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tautband.config.settings")
django.setup()

from tools.docs import pages  # noqa: E402


def main() -> int:
    """Write or compare every page."""
    stale = pages.stale(ROOT)
    if "--check" in sys.argv[1:]:
        for path in stale:
            print(f"{path.relative_to(ROOT)} is out of date: run bin/fix.")
        return 1 if stale else 0
    for path, text in stale.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        print(f"wrote {path.relative_to(ROOT)}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
