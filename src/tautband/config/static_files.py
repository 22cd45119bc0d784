"""Static files under names that change with what is in them."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedModules(CompressedManifestStaticFilesStorage):
    """A script asks for the modules it imports by their hashed names too.

    Otherwise a browser could join a new script to the copy of an old module that it still holds.
    """

    support_js_module_import_aggregation = True
