"""Whether this machine has the libraries that draw a PDF."""

import ctypes
import sys

# What WeasyPrint opens, by the names Linux has for them, and the Debian packages they come in.
PDF_LIBRARIES = (
    "libgobject-2.0.so.0",
    "libpango-1.0.so.0",
    "libpangoft2-1.0.so.0",
    "libharfbuzz.so.0",
    "libharfbuzz-subset.so.0",
    "libfontconfig.so.1",
)
PDF_PACKAGES = "libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0"


def missing_pdf_library() -> str:
    """The first library that WeasyPrint would not find; empty when all are there.

    Only Linux is asked: elsewhere the libraries have other names and WeasyPrint itself answers.
    """
    if not sys.platform.startswith("linux"):
        return ""
    for name in PDF_LIBRARIES:
        try:
            ctypes.CDLL(name)
        except OSError:
            return name
    return ""
