"""Static files under names that change with what is in them."""

from typing import ClassVar

from whitenoise.storage import CompressedManifestStaticFilesStorage

OURS = ("clinic/*.js", "design/*.js")
IMPORT = (
    r"""(?P<matched>^import (?P<names>[^"]+) from "(?P<url>\./[\w-]+\.js)";)""",
    'import %(names)s from "%(url)s";',
)


# whitenoise ships no types.
class HashedModules(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """A script of ours asks for the modules it imports by their hashed names too.

    Otherwise a browser could join a new script to the copy of an old module that it still holds.
    Django's own switch for this reads every script of every package, and stops at one that names a
    module it does not carry.
    """

    patterns: ClassVar[tuple[tuple[str, object], ...]] = (
        *CompressedManifestStaticFilesStorage.patterns,
        *((path, ((f"(?m){IMPORT[0]}", IMPORT[1]),)) for path in OURS),
    )
