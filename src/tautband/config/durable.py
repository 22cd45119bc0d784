"""Making sure that a file is on the disk before anything is said about it."""

import os
from pathlib import Path


def sync(path: Path) -> None:
    """Wait until a file, or the list of names in a folder, is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def put_in_place(draft: Path, target: Path) -> None:
    """Give a finished file its name so that a power cut leaves the old one or the new one."""
    sync(draft)
    draft.replace(target)
    sync(target.parent)
