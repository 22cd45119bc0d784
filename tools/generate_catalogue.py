"""Gather the words of the interface into the catalogue of each language, and compile it.

`python tools/generate_catalogue.py` writes `locale/*/LC_MESSAGES/django.po` and `.mo`; with
`--check` nothing is written, and the exit code is 1 when either is out of date. Translations stay
where their English is unchanged; a changed sentence is a new one, to be translated anew.
"""

import os
import sys
from pathlib import Path

import django

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "src")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tautband.config.settings")
django.setup()

from tools.words import catalogue, sources  # noqa: E402


def main() -> int:
    """Write or compare every catalogue."""
    found = sources.gather(ROOT)
    check = "--check" in sys.argv[1:]
    stale = 0
    for language in catalogue.LANGUAGES:
        for path, wanted in catalogue.files(ROOT, language, found).items():
            if path.exists() and path.read_bytes() == wanted:
                continue
            stale += 1
            if check:
                print(f"{path.relative_to(ROOT)} is out of date: run bin/fix.")
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(wanted)
            print(f"wrote {path.relative_to(ROOT)}")
    return 1 if check and stale else 0


if __name__ == "__main__":
    sys.exit(main())
