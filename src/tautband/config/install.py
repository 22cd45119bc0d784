"""The data folder of an installation: where it is, and what is made in it the first time."""

import os
import secrets
from pathlib import Path

from tautband.config.durable import put_in_place

BASE = Path(__file__).parents[3]
SECRET_KEY = "secret-key"  # noqa: S105 the name of the file


def data_folder() -> Path:
    """The folder TAUTBAND_DATA names, or var/data of the project."""
    return Path(os.environ.get("TAUTBAND_DATA") or BASE / "var" / "data").absolute()


def prepare() -> Path:
    """Make the folder, open to its owner alone, and the key that signs cookies, once."""
    folder = data_folder()
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = folder / SECRET_KEY
    if not key.exists():
        write_private(key, secrets.token_urlsafe(50) + "\n")
    return folder


def write_private(path: Path, content: str) -> None:
    """Write a file whole or not at all, readable by its owner alone."""
    draft = path.with_name(f".{path.name}.{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(content)
    put_in_place(draft, path)


def secret_key() -> str:
    """The key of this installation; before there is one, a random one for this process.

    Reading the settings writes nothing: `prepare` makes the key before anything is served.
    """
    try:
        return (data_folder() / SECRET_KEY).read_text("ascii").strip()
    except FileNotFoundError:
        return secrets.token_urlsafe(50)
